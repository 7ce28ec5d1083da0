"""Broadcasting: what does not fit together, and a gradient summed back to the shape that was stretched."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from engine.tensor import Tensor


def unbroadcast(grad: Any, shape: tuple[int, ...]) -> Any:
    """`grad` summed over the axes along which `shape` was broadcast; https://numpy.org/doc/stable/user/basics.broadcasting.html."""
    extra, axes = _broadcast_axes(grad.shape, shape)
    if extra or axes:
        grad = np.add.reduce(grad, axis=(*range(extra), *axes))
    return grad.reshape(shape)


def unbroadcast_tensor(grad: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The same on Tensors, so that it can be differentiated."""
    extra, axes = _broadcast_axes(grad._data.shape, shape)
    if extra or axes:
        grad = grad.sum((*range(extra), *axes), True) if shape else grad.sum()
    result: Tensor = grad.view(shape) if extra and shape else grad
    return result


@functools.lru_cache(maxsize=1024)
def spreads(shape: tuple[int, ...], wide: tuple[int, ...]) -> bool:
    """Whether `shape` can be broadcast to `wide`."""
    extra = len(wide) - len(shape)
    return extra >= 0 and all(size in (1, wide[extra + axis]) for axis, size in enumerate(shape))


def together(left: tuple[int, ...], right: tuple[int, ...], *, before: int = 0) -> None:
    """Raises RuntimeError for two shapes that do not broadcast, which stand behind so many dimensions more."""
    for back in range(1, min(len(left), len(right)) + 1):
        if left[-back] != right[-back] and 1 not in (left[-back], right[-back]):
            raise RuntimeError(
                f"The size of tensor a ({left[-back]}) must match the size of tensor b ({right[-back]}) at non-singleton dimension "
                f"{max(len(left), len(right)) - back + before}"
            )


@functools.lru_cache(maxsize=1024)
def _broadcast_axes(wide: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    extra = len(wide) - len(shape)
    return extra, tuple(extra + axis for axis, size in enumerate(shape) if size == 1 and wide[extra + axis] != 1)


def summed_axes(wide: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes of `wide` that un-broadcasting to `shape` sums over."""
    extra, axes = _broadcast_axes(wide, shape)
    return (*range(extra), *axes)
