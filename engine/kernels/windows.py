"""Windows on memory that a program chooses by size, stride and offset.

`within` says where the array itself lies in its base where it is a view: the shape of the base, then size, stride and offset.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided as _strided

from engine.memory import as_strided, as_strided_backward, may_overlap, root

Array = Any
Shape = tuple[int, ...]
Within = tuple[Shape, Shape, Shape, int] | None


def strided(x: Array, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None, within: Within) -> Array:
    """The window itself, over the same memory."""
    owner = root(x)
    flat = owner.ravel("K")
    start = (x.__array_interface__["data"][0] - owner.__array_interface__["data"][0]) // x.itemsize
    start += storage_offset - (within[3] if within else 0)
    return _strided(flat[start:], size, tuple(each * x.itemsize for each in stride))


def strided_backward(
    g: Array, shape: Shape, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None, within: Within
) -> Array:
    """What the array receives for `g` at the window."""
    if within is None:
        return as_strided_backward(g, shape, size, stride, storage_offset, layout)
    whole, sizes, steps, offset = within
    spread = as_strided_backward(g, whole, size, stride, storage_offset, layout)
    return as_strided(_shared(spread, within, layout), sizes, steps, offset, layout)


def _shared(spread: Array, within: tuple[Shape, Shape, Shape, int], layout: Shape | None) -> Array:
    """A place of memory that several elements show shares what it receives among them."""
    whole, sizes, steps, offset = within
    if not may_overlap(sizes, steps):
        return spread
    return spread / np.maximum(
        as_strided_backward(np.ones(sizes, spread.dtype), whole, sizes, steps, offset, layout), 1
    )


def taken_strided(
    x: Array, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None, within: Within
) -> Array:
    """The window on a copy; memory outside of the array counts as zero."""
    if within is None:
        return as_strided(x, size, stride, storage_offset, layout)
    whole, sizes, steps, offset = within
    spread = _shared(as_strided_backward(x, whole, sizes, steps, offset, layout), within, layout)
    return as_strided(spread, size, stride, storage_offset, layout)


def index_put_added(x: Array, value: Array, index: tuple[Any, ...]) -> Array:
    """`x` with `value` added at the indices, at one that occurs twice both."""
    made = np.array(x)
    where: Any = tuple(slice(None) if part is None else part for part in index)
    np.add.at(made, where, value)
    return made


KERNELS: dict[str, Any] = {kernel.__name__: kernel for kernel in (index_put_added, strided, strided_backward, taken_strided)}  # fmt: skip
