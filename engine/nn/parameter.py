"""Parameter: a tensor that is made to be learned; Buffer: one that belongs to a module's state and is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes, recording
from engine.nn import budget
from engine.signatures import LONG, OVERFLOW, type_name
from engine.tensor import Tensor


class Parameter(Tensor):
    """A leaf over the memory of `data` that requires grad, unless told otherwise; it prints as what it is."""

    __slots__ = ()

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        """Raises RuntimeError for integers that should require grad, AttributeError for what is no tensor."""
        if data is None:
            data = _nothing()
        if not isinstance(data, Tensor):
            raise AttributeError(f"'{type_name(data)}' object has no attribute 'detach'")
        if requires_grad and not data.is_floating_point():
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        super().__init__(data._array(), bool(requires_grad))
        data._share(self, counted=True)
        if recording.active is not None:
            recording.active.created(self, base=data)

    def _is_parameter(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        made = own(np.array(self._data), self._requires_grad, writes=0)
        memo[id(self)] = made
        return made


class Buffer:
    """What is made is a plain tensor, a leaf over the memory of `data`, which a module takes for a buffer when it is set as an attribute."""

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Any:
        """Raises AttributeError for what is no tensor."""
        if data is None:
            data = _nothing()
        if not isinstance(data, Tensor):
            raise AttributeError(f"'{type_name(data)}' object has no attribute 'detach'")
        made: Tensor = data.detach().requires_grad_(data.requires_grad)
        made._persistent = persistent
        return made


def _nothing() -> Tensor:
    return Tensor(np.empty(0, dtypes.get_default_dtype().numpy))


def own(data: Any, requires_grad: bool = True, writes: int = 1) -> Parameter:
    """A parameter with memory of its own, recorded as created; PyTorch has written to it once when a layer is made.

    Raises RuntimeError where it requires grad and its dtype cannot.
    """
    if requires_grad and data.dtype.kind != "f":
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    made: Parameter = Parameter.__new__(Parameter)
    Tensor.__init__(made, data, requires_grad)
    made._cell().count = writes
    budget.hold(data)
    if recording.active is not None:
        recording.active.created(made)
    return made


def shape_of(*sizes: Any) -> tuple[int, ...]:
    """The sizes as a shape that there is room for. Raises TypeError for what is no whole number, RuntimeError for a negative one."""
    for place, size in enumerate(sizes, 1):
        if not isinstance(size, int) or isinstance(size, bool):
            kind = type_name(size)
            if place == 1:
                told = f"(position 1) must be tuple of ints, but found element of type {kind} at pos 0"
            else:
                told = (
                    f'failed to unpack the object at pos {place} with error "type must be tuple of ints,but got {kind}"'
                )
            raise TypeError(f"empty(): argument 'size' {told}")
        if not -LONG <= size < LONG:
            raise TypeError(
                f"empty(): argument 'size' failed to unpack the object at pos {place} with error \"{OVERFLOW}"
            )
    if any(size < 0 for size in sizes):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {list(sizes)}")
    total = 1
    for size in sizes[:64]:
        total *= size
    budget.room(total)
    return tuple(sizes)


def numpy_kind(dtype: dtypes.dtype | None) -> Any:
    """The NumPy dtype of a parameter that is to be made."""
    return (dtype or dtypes.get_default_dtype()).numpy
