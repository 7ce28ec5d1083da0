"""`register_multi_grad_hook`: a hook over several tensors of one backward call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.autograd import METHODS
from engine.call import Call, Target
from engine.hooks import RemovableHandle
from engine.nn import budget
from engine.tensor import Tensor


class MultiHandle:
    """What `register_multi_grad_hook` gives: `remove()` takes the hook off all its tensors."""

    __slots__ = ("_handles",)

    def __init__(self, handles: list[RemovableHandle]) -> None:
        self._handles = handles

    def remove(self) -> None:
        for handle in self._handles:
            handle.remove()

    def __enter__(self) -> MultiHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def _target(tensor: Tensor) -> Target:
    node = tensor._history()
    if node is None and not tensor._requires_grad:
        raise AssertionError("Expected gradient function to be set")
    return tensor if node is None else node


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Callable[..., Any], *, mode: str = "all") -> MultiHandle:
    """Let `fn` see the gradients of all tensors that a backward call reaches, once they are there; of "any" the first one.

    Raises ValueError for another mode, AssertionError for a tensor without grad among all.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    register = METHODS["register_hook"]
    if mode == "any":
        ran: list[Call] = []

        def once(gradient: Tensor) -> None:
            call = _running()
            if call not in ran:
                ran[:] = [call]
                fn(gradient)

        return MultiHandle([register(tensor, once) for tensor in tensors if tensor.requires_grad])
    targets = [_target(tensor) for tensor in tensors]
    found: dict[int, list[Any]] = {}
    awaited: dict[int, int] = {}

    def seen(place: int) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            call = _running()
            if id(call) not in found:
                budget.step(len(targets))
                found[id(call)] = [None] * len(targets)
                awaited[id(call)] = sum(call.executes(target) for target in targets)
            row = found[id(call)]
            awaited[id(call)] -= row[place] is None
            row[place] = gradient
            if not awaited[id(call)]:
                del awaited[id(call)]
                fn(found.pop(id(call)))

        return hook

    return MultiHandle([register(tensor, seen(place)) for place, tensor in enumerate(tensors)])


def _running() -> Call:
    assert Call.running is not None
    return Call.running
