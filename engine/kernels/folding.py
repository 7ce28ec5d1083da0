"""Values folded into copies of an array; blocks, crosses and turns."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.memory import laid_out

Array = Any
Shape = tuple[int, ...]
STARTS = {"sum": 0, "mean": 0, "prod": 1}
FOLDS = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


def scatter_reduced(x: Array, dim: int, index: Array, source: Array, reduce: str, include: bool) -> Array:
    """`x` with the source folded in along `dim`; without `include` what stood there does not count."""
    made, index, source = np.array(np.atleast_1d(x)), np.atleast_1d(index), np.atleast_1d(source)
    places: list[Array] = list(np.indices(index.shape, sparse=True))
    places[dim] = index
    part = source[tuple(slice(size) for size in index.shape)]
    return _folded(made, tuple(places), part, reduce, include).reshape(np.shape(x))


def index_reduced(x: Array, dim: int, index: Array, source: Array, reduce: str, include: bool) -> Array:
    """`x` with slices of the source folded in along `dim`; without `include` what stood there does not count."""
    where = (slice(None),) * dim + (np.ravel(index),)
    return _folded(np.array(np.atleast_1d(x)), where, np.atleast_1d(source), reduce, include).reshape(np.shape(x))


def put_values(x: Array, index: Array, source: Array, accumulate: bool) -> Array:
    """`x` with the source written, or added, at places counted through it row by row."""
    made, where, values = np.array(x, order="C"), np.ravel(index), np.ravel(source)
    flat = made.reshape(-1)
    if accumulate:
        np.add.at(flat, where, values)
    else:
        flat[where] = values
    return made


def _folded(made: Array, where: tuple[Any, ...], part: Array, reduce: str, include: bool) -> Array:
    if not include:
        made[where] = STARTS[reduce] if reduce in STARTS else _least(made.dtype, reduce)
    fold: Any = FOLDS[reduce]
    fold.at(made, where, part)
    if reduce == "mean":
        count = np.full(made.shape, 1 if include else 0)
        np.add.at(count, where, 1)
        count = np.maximum(count, 1).astype(made.dtype)
        made = made / count if made.dtype.kind == "f" else np.floor_divide(made, count)
    return made


def _least(kind: Any, reduce: str) -> Any:
    if kind.kind == "f":
        return -np.inf if reduce == "amax" else np.inf
    if kind.kind == "b":
        return reduce == "amin"
    return np.iinfo(kind).min if reduce == "amax" else np.iinfo(kind).max


def cross(x: Array, y: Array, dim: int) -> Array:
    x, y = np.broadcast_arrays(x, y)
    return np.cross(x, y, axis=dim)


def rot90(x: Array, k: int, dims: tuple[int, int]) -> Array:
    return np.rot90(laid_out(x, (x,)), k, dims).copy(order="K")


def block_diag(arrays: Any) -> Array:
    """Matrices along the diagonal of a matrix of zeros."""
    blocks = [np.atleast_2d(each) for each in arrays]
    made = np.zeros(tuple(sum(each.shape[axis] for each in blocks) for axis in (0, 1)), np.result_type(*blocks))
    row = column = 0
    for each in blocks:
        made[row : row + each.shape[0], column : column + each.shape[1]] = each
        row, column = row + each.shape[0], column + each.shape[1]
    return made


def unblock(g: Array, shapes: Any) -> tuple[Array, ...]:
    """The blocks of the diagonal again."""
    parts, row, column = [], 0, 0
    for shape in shapes:
        rows, columns = (1, 1, *shape)[-2:]
        parts.append(np.reshape(g[row : row + rows, column : column + columns], shape))
        row, column = row + rows, column + columns
    return tuple(parts)


def summed_sheets(x: Array) -> Array:
    """The sum of a batch, in its own dtype."""
    return np.sum(x, axis=0, dtype=x.dtype)


def sheets(first: Shape, second: Shape) -> Shape:
    """The shape of a batch of products."""
    return (*first[:2], second[-1])


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (block_diag, cross, index_reduced, put_values, rot90, scatter_reduced, sheets, summed_sheets, unblock)
}
