"""`register_multi_grad_hook`: a hook over several tensors of one backward call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from engine.autograd import METHODS
from engine.call import Call, Target
from engine.function import edge_to
from engine.hooks import RemovableHandle
from engine.nn import budget
from engine.tensor import Tensor


def increment_version(tensor: Any) -> None:
    """The memory of a tensor, or of each of several, counts as written to once more. Raises RuntimeError for what is no tensor."""
    row = (tensor,) if isinstance(tensor, Tensor) else tensor
    if not isinstance(row, (list, tuple)) or not all(isinstance(each, Tensor) for each in row):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    for each in row:
        if not each.is_inference():
            each._cell().written()


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
    edge = edge_to(tensor) if tensor._requires_grad else None
    if edge is None:
        raise AssertionError("Expected gradient function to be set")
    return edge[0]


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
    found: WeakKeyDictionary[Call, list[Any]] = WeakKeyDictionary()
    awaited: WeakKeyDictionary[Call, int] = WeakKeyDictionary()

    def seen(place: int) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            call = _running()
            if call not in found:
                found[call] = [None] * len(targets)
            if call not in awaited:
                budget.step(len(targets))
                awaited[call] = sum(call.executes(target) for target in targets)
            found[call][place] = gradient
            awaited[call] -= 1
            if not awaited[call]:
                del awaited[call]
                fn(found.pop(call))

        return hook

    return MultiHandle([register(tensor, seen(place)) for place, tensor in enumerate(tensors)])


def _running() -> Call:
    assert Call.running is not None
    return Call.running
