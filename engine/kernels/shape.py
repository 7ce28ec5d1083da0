"""Elements as they are, arranged otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.kernels.indexing import narrow, select

Array = Any
Shape = tuple[int, ...]
Dim = tuple[int, ...]


def expand(x: Array, shape: Shape) -> Array:
    if isinstance(x, np.generic):
        if not shape:
            return x
        made: Array = np.ndarray(shape, x.dtype, np.asarray(x), 0, (0,) * len(shape))
        made.flags.writeable = False  # as what NumPy spreads, but in a third of its time
        return made
    if shape == x.shape:
        return x
    made = np.broadcast_to(x, shape)
    if 1 not in shape or not x.ndim:
        return made
    # A dimension that stays at 1 keeps its step and a new one steps over all that is behind it, which NumPy does not count.
    steps, new = list(made.strides), len(shape) - x.ndim
    for dim in reversed(range(len(shape))):
        if shape[dim] == 1:
            steps[dim] = x.strides[dim - new] if dim >= new else shape[dim + 1] * steps[dim + 1]
    return np.lib.stride_tricks.as_strided(x, shape, steps, writeable=False)


def unsqueeze(x: Array, dim: int) -> Array:
    return np.expand_dims(x, dim)


def unsqueeze_all(x: Array, dim: Dim, ndim: int) -> Array:
    """The reduced axes put back with size 1."""
    return np.expand_dims(x, dim) if dim and ndim else x


def permute(x: Array, dims: Dim) -> Array:
    return np.transpose(x, dims)


def transpose(x: Array, dim0: int, dim1: int) -> Array:
    return np.swapaxes(x, dim0, dim1) if x.ndim else x


def t(x: Array) -> Array:
    return x.T


def reshape(x: Array, shape: Shape) -> Array:
    return np.reshape(x, shape)


def view(x: Array, shape: Shape) -> Array:
    return x.reshape(shape, copy=False)


def squeeze(x: Array, dim: Dim) -> Array:
    return np.squeeze(x, axis=dim)


def flip(x: Array, dims: Dim) -> Array:
    return np.flip(x, dims).copy(order="K") if x.ndim else x.copy()


def unbind(x: Array, dim: int) -> tuple[Array, ...]:
    return tuple(select(x, dim, place) for place in range(x.shape[dim]))


def split(x: Array, sizes: Sequence[int], dim: int) -> tuple[Array, ...]:
    parts, start = [], 0
    for size in sizes:
        parts.append(narrow(x, dim, start, start + size, 1))
        start += size
    return tuple(parts)


def cat(arrays: Sequence[Array], dim: int) -> Array:
    """The arrays laid end to end along `dim`; one of shape (0,) goes with every other."""
    kept = [array for array in arrays if array.shape != (0,)]
    joined = np.concatenate(kept or arrays, axis=dim)
    return joined if len(kept) == len(arrays) else joined.astype(np.result_type(*arrays), copy=False)


def stack(arrays: Sequence[Array], dim: int) -> Array:
    return np.stack(arrays, axis=dim)


def uncat(g: Array, shapes: Sequence[Shape], dim: int) -> tuple[Array, ...]:
    """The parts of `g` that belong to arrays of these shapes, laid end to end along `dim`."""
    parts = iter(split(g, [shape[dim] for shape in shapes if shape != (0,)], dim))
    return tuple(np.zeros(0, g.dtype) if shape == (0,) else next(parts) for shape in shapes)


def unstack(g: Array, dim: int) -> tuple[Array, ...]:
    return unbind(np.asarray(g), dim)


def tile(x: Array, repeats: Shape) -> Array:
    return np.tile(x, repeats)


def untile(g: Array, shape: Shape, repeats: Shape) -> Array:
    """`g` summed over the copies that `repeats` made."""
    wide = (1,) * (len(repeats) - len(shape)) + tuple(shape)
    pairs = tuple(size for pair in zip(repeats, wide, strict=True) for size in pair)
    return np.reshape(g, pairs).sum(axis=tuple(range(0, len(pairs), 2))).reshape(shape)


def cast(x: Array, dtype: Any) -> Array:
    return x.astype(dtype)


def copy(x: Array) -> Array:
    """Memory of its own in the layout of `x`; row by row where `x` shows elements more than once."""
    return np.array(x, order="C" if 0 in x.shape or 0 in x.strides else "K")


def copy_rows(x: Array) -> Array:
    return np.array(x, order="C")


def size(shape: Shape, dim: Dim | None = None) -> int:
    """How many elements a reduction over `dim` folds into one."""
    return math.prod(shape) if dim is None else math.prod(shape[axis] for axis in dim)


def rank(shape: Shape) -> int:
    return len(shape)


def inverse(dims: Dim) -> Dim:
    """The permutation that undoes `dims`."""
    return tuple(int(place) for place in np.argsort(dims))


def opposite(widths: Sequence[Any]) -> tuple[Any, ...]:
    """Every width or step with its sign turned."""
    return tuple(opposite(each) if isinstance(each, tuple) else -each for each in widths)


KERNELS: dict[str, Any] = {
    "tril": np.tril,
    "triu": np.triu,
    "alias": lambda x: x[...],
    "rank_of": np.ndim,
    **{
        kernel.__name__: kernel
        for kernel in (
            expand, unsqueeze, unsqueeze_all, permute, transpose, t, reshape, view, squeeze, flip, unbind, split, cat, stack, uncat, unstack, tile, untile, cast, copy, copy_rows, size, rank, inverse, opposite,
        )
    },
}  # fmt: skip
