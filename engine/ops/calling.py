"""`apply_`, `map_`, `map2_`: a function of the program called with each number of a tensor in turn, which its result takes the place of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.ops.inplace import write
from engine.ops.shape import expand
from engine.ops.table import argument, spelled
from engine.signatures import type_name
from engine.tensor import Tensor

TRACKED = "Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead."


def _number(value: Any, kind: str) -> Any:
    """What a function gave, as a number for memory of this kind. Raises TypeError for what is none."""
    if isinstance(value, Tensor):
        value = value.item()
    if isinstance(value, (bool, int, float)):
        return value if kind == "f" else bool(value) if kind == "b" else int(value)
    if kind == "f":
        raise TypeError(f"must be real number, not {type_name(value)}")
    raise TypeError(f"'{type_name(value)}' object cannot be interpreted as an integer")


def _each(self: Tensor, name: str, function: Any, others: tuple[Any, ...]) -> Tensor:
    if self.requires_grad or any(isinstance(other, Tensor) and other.requires_grad for other in others):
        raise RuntimeError(TRACKED.format(name=name))
    for other in others:
        if other.dtype is not self.dtype:
            kinds = (f"torch.{each.dtype.scalar}Tensor" for each in (self, other))
            which = "'other'" if len(others) == 1 else "'x'" if other is others[0] else "'y'"
            raise TypeError(f"{name}: expected {next(kinds)} for {which} (got {next(kinds)})")
    rows = [
        np.asarray(each._data).ravel().tolist() for each in (self, *(expand(other, self.shape) for other in others))
    ]
    if not callable(function):
        raise TypeError(f"'{type_name(function)}' object is not callable")
    kind = self._data.dtype.kind
    found = [_number(function(*values), kind) for values in zip(*rows, strict=True)]
    # PyTorch does not count this as a change of the memory.
    write(self, np.array(found, self._data.dtype).reshape(self._data.shape), name, writes=0)
    return self


@spelled("Tensor.apply_")
def apply_(self: Tensor, *callable: Callable[..., Any]) -> Tensor:
    """The tensor, each number replaced by what the function gives for it. Raises RuntimeError where the tensor requires grad."""
    if len(callable) != 1:
        raise TypeError(f"TensorBase.apply_() takes exactly one argument ({len(callable)} given)")
    return _each(self, "apply_", callable[0], ())


@spelled("Tensor.map_")
def map_(self: Tensor, other: Tensor, callable: Callable[..., Any]) -> Tensor:
    """The same with a second number, of `other`, which is expanded. Raises TypeError for another dtype."""
    if not isinstance(other, Tensor):
        raise argument("map_", "other", 1, other)
    return _each(self, "map_", callable, (other,))


@spelled("Tensor.map2_")
def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Callable[..., Any]) -> Tensor:
    """The same with a third number."""
    for place, (name, each) in enumerate((("x", x), ("y", y)), 1):
        if not isinstance(each, Tensor):
            raise argument("map2_", name, place, each)
    return _each(self, "map2_", callable, (x, y))
