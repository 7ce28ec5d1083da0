"""Kernels that look at part of a tensor's memory by size, stride and offset, counted in elements, and write into it.

`layout` is the strides of the whole where it is not contiguous, else None.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided as _strided

Array = Any
Shape = tuple[int, ...]


def layout_of(array: Array) -> Shape | None:
    """The strides of an array in elements; None where they are those of its shape."""
    if array.flags.c_contiguous:
        return None
    return tuple(stride // array.itemsize for stride in array.strides)


def region(part: Array, whole: Array) -> tuple[Shape, Shape, int, Shape | None]:
    """Where `part` lies in the memory of `whole`: size, stride, offset, and the layout of `whole`."""
    start = part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    stride = tuple(each // whole.itemsize for each in part.strides)
    return part.shape, stride, start // whole.itemsize if part.size else 0, layout_of(whole)


def dense(array: Array) -> bool:
    """Whether the elements lie side by side in some order, each in a place of its own."""
    step = int(array.itemsize)
    for stride, size in sorted(_steps(array)):
        if stride != step:
            return False
        step *= size
    return True


def partly_shared(target: Array, source: Array) -> bool:
    """Whether two dense arrays share memory, but not element for element: PyTorch writes no such thing."""
    if not (isinstance(target, np.ndarray) and isinstance(source, np.ndarray) and np.may_share_memory(target, source)):
        return False
    if not target.size or not source.size or not (dense(target) and dense(source)):
        return False
    same = target.__array_interface__["data"][0] == source.__array_interface__["data"][0]
    alike = target.nbytes == source.nbytes and target.ndim == source.ndim and _steps(target) == _steps(source)
    return not (same and alike)


def _steps(array: Array) -> list[tuple[int, int]]:
    return [(stride, size) for stride, size in zip(array.strides, array.shape, strict=True) if size > 1]


def _flat(x: Array, layout: Shape | None) -> Array:
    """The elements in the order of memory, a copy."""
    x = np.asarray(x)
    if layout is None:
        return np.array(x, order="C").reshape(-1)
    made = np.empty(x.size, x.dtype)
    _window(made, x.shape, layout, 0)[...] = x
    return made


def _window(flat: Array, size: Shape, stride: Shape, offset: int) -> Array:
    return _strided(flat[offset:], size, tuple(each * flat.itemsize for each in stride))


def as_strided(x: Array, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None = None) -> Array:
    return _window(_flat(x, layout), size, stride, storage_offset)


def as_strided_backward(
    g: Array, shape: Shape, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None = None
) -> Array:
    """Zeros with `g` added at the places of the window; a place that is seen twice receives both."""
    g = np.asarray(g)
    made = _flat(np.zeros(shape, g.dtype), layout)
    places = _window(np.arange(made.size), size, stride, storage_offset)
    np.add.at(made, places, g)
    return made.reshape(shape) if layout is None else _window(made, shape, layout, 0)


def copy_slices(
    arrays: Sequence[Array], op: str, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None = None
) -> Array:
    """The first array with the second one written through the window."""
    whole, part = arrays
    made = _flat(whole, layout)
    _window(made, size, stride, storage_offset)[...] = part
    return made.reshape(whole.shape) if layout is None else _window(made, whole.shape, layout, 0)


def uncopy_slices(
    g: Array,
    shapes: Sequence[Shape],
    op: str,
    size: Shape,
    stride: Shape,
    storage_offset: int,
    layout: Shape | None = None,
) -> tuple[Array, Array]:
    """`g` without the window, and the window alone."""
    part = as_strided(g, size, stride, storage_offset, layout)
    return copy_slices((g, np.zeros((), part.dtype)), op, size, stride, storage_offset, layout), part


def index_put(x: Array, value: Array, index: tuple[Any, ...]) -> Array:
    """`x` with `value` at the indices."""
    made = np.array(x)
    made[tuple(slice(None) if part is None else part for part in index)] = value
    return made


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel for kernel in (as_strided, as_strided_backward, copy_slices, index_put, uncopy_slices)
}
