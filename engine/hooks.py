"""Hooks of nodes: what runs before and after a node's own work, and what anomaly detection says of it."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from engine import anomaly
from engine.accumulator import AccumulateGrad
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.function import Function

Results = list[tuple[int, Any, tuple[int, ...]]]
Tell = Callable[[Sequence[Any], Sequence[Any]], None]

KEYS = itertools.count()


class Batch:
    """One backward call of PyTorch's for many rows of gradients, of which there is one for each here. A hook that answered nothing for the first row
    only looked, and has looked then.
    """

    __slots__ = ("_first", "_looked")

    active: ClassVar[Batch | None] = None

    def __init__(self) -> None:
        self._first = True
        self._looked: set[int] = set()

    @contextmanager
    def row(self) -> Iterator[None]:
        """Inside it the next row is at work."""
        before, Batch.active = Batch.active, self
        try:
            yield
        finally:
            Batch.active = before
            self._first = False

    def answer(self, key: int, hook: Any, shown: tuple[Any, ...]) -> Any:
        if key in self._looked:
            return None
        answer = hook(*shown)
        if self._first and answer is None:
            self._looked.add(key)
        return answer


def answered(key: int, hook: Any, *shown: Any) -> Any:
    """What a hook answers to what it is shown: None where it has looked at this batch before."""
    return hook(*shown) if Batch.active is None else Batch.active.answer(key, hook, shown)


class RemovableHandle:
    """What `register_hook` gives: `remove()` takes the hook away, also when asked twice."""

    __slots__ = ("_hooks", "_key")

    def __init__(self, hooks: dict[int, Any], hook: Any, first: bool = False) -> None:
        self._hooks = hooks
        self._key = next(KEYS)
        later = dict(hooks) if first else {}
        if first:
            hooks.clear()
        hooks[self._key] = hook
        hooks.update(later)

    def remove(self) -> None:
        self._hooks.pop(self._key, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def register_prehook(node: Function | AccumulateGrad, hook: Callable[..., Any]) -> RemovableHandle:
    """Let `hook(grad_outputs)` see, and replace, what arrives at a node."""
    return RemovableHandle((node.keep() if isinstance(node, AccumulateGrad) else node.rare()).prehooks, hook)


def register_hook(node: Function | AccumulateGrad, hook: Callable[..., Any]) -> RemovableHandle:
    """Let `hook(grad_inputs, grad_outputs)` see, and replace, what a node hands back."""
    return RemovableHandle((node.keep() if isinstance(node, AccumulateGrad) else node.rare()).posthooks, hook)


class Seeds:
    """The tensors that a backward call was started with, which hooks are shown themselves as long as nothing was added to them."""

    active: ClassVar[Sequence[Tensor]] = ()


def shown(gradient: Any) -> Any:
    """A gradient as a program sees it, a Tensor; None stays None."""
    if gradient is None or isinstance(gradient, Tensor):
        return gradient
    for seed in Seeds.active:
        if seed._data is gradient:
            return seed
    return Tensor(gradient)


def _fitting(hook: Any, answer: Any, before: tuple[Any, ...]) -> tuple[Any, ...]:
    """A hook's answer, a tuple. Raises as PyTorch does where it is none, or of the wrong length, or where one of it cannot stand for the one before."""
    if answer is None:
        return before
    if not isinstance(answer, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(answer).__name__}'")
    if len(answer) != len(before):
        raise RuntimeError(
            f"hook '{hook.__name__}' has returned an incorrect number of values (got {len(answer)}, but expected {len(before)})"
        )
    for given, each in zip(before, answer, strict=True):
        if each is not None:
            refuse_unlike(hook, each, given)
    return answer


def refuse_unlike(hook: Any, answer: Any, given: Tensor | None) -> None:
    """Raises TypeError and RuntimeError where what a hook gives is not of the kind that it was given."""
    if given is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if not isinstance(answer, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(answer).__name__}'")
    if answer._data.dtype != given._data.dtype:
        kinds = f"was {given.dtype.legacy} got {answer.dtype.legacy}"
        raise RuntimeError(f"hook '{hook.__name__}' has changed the type of value ({kinds})")
    if answer._data.shape != given._data.shape:
        raise RuntimeError(f"hook '{hook.__name__}' has changed the size of value")


def before_node(hooks: dict[int, Any], buffer: Sequence[Any], tracked: bool, tell: Tell | None) -> list[Any]:
    """The arriving gradients after the node's prehooks; `tell` notes what each saw and what it made of that."""
    arrived = tuple(shown(each) for each in buffer)
    for key, hook in tuple(hooks.items()):
        before, arrived = arrived, _fitting(hook, answered(key, hook, arrived), arrived)
        if tell is not None:
            tell(before, arrived)
    return [each if tracked or each is None else each._data for each in arrived]


def after_node(
    hooks: dict[int, Any], results: Results, edges: int, buffer: Sequence[Any], tracked: bool, tell: Tell | None
) -> Results:
    """What a node hands back after its hooks; of one that hands nothing back `tell` notes what arrived."""
    inputs: tuple[Any, ...] = tuple(
        next((shown(value) for number, value, _ in results if number == edge), None) for edge in range(edges)
    )
    outputs = tuple(shown(each) for each in buffer)
    for key, hook in tuple(hooks.items()):
        before, inputs = inputs, _fitting(hook, answered(key, hook, inputs, outputs), inputs)
        if tell is not None:
            tell(before or outputs, inputs or outputs)
    changed: Results = []
    for number, value, wide in results:
        now = inputs[number]
        changed.append((number, now if tracked or now is None else now._data, wide if value is not None else ()))
    return changed


def refuse_nan(node: Function, results: Results) -> None:
    """Raises RuntimeError where a node hands back what is not a number."""
    for number, value, _ in results:
        if value is not None and anomaly.not_a_number(value._data if isinstance(value, Tensor) else value):
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {number}th output.")


def tell_where(node: Function) -> None:
    """Warn of the node that failed, with the place in the program that made it."""
    rare = node._rare
    made_at = "" if rare is None else rare.made_at
    if made_at:
        text = f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{made_at}"
    else:
        text = (
            f"Error detected in {node.name()}. No forward pass information available. Enable detect anomaly during forward pass for "
            "more information."
        )
    warnings.warn(text, UserWarning, stacklevel=4)


type.__setattr__(AccumulateGrad, "register_prehook", register_prehook)
type.__setattr__(AccumulateGrad, "register_hook", register_hook)
