"""Parts taken from an array, and put back into zeros."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
Shape = tuple[int, ...]


def select(x: Array, dim: int, index: int) -> Array:
    return x[(slice(None),) * dim + (index, ...)]


def narrow(x: Array, dim: int, start: int, stop: int, step: int) -> Array:
    return x[(slice(None),) * dim + (slice(start, stop, step), ...)]


def select_backward(g: Array, shape: Shape, dim: int, index: int) -> Array:
    """Zeros with `g` at one index."""
    made = np.zeros(shape, g.dtype)
    made[(slice(None),) * dim + (index,)] = g
    return made


def slice_backward(g: Array, shape: Shape, dim: int, start: int, stop: int, step: int) -> Array:
    """Zeros with `g` along one slice."""
    made = np.zeros(shape, g.dtype)
    made[(slice(None),) * dim + (slice(start, stop, step),)] = g
    return made


def select_replaced(x: Array, src: Array, dim: int, index: int) -> Array:
    """A copy with `src` at one index."""
    made = x.copy()
    made[(slice(None),) * dim + (index,)] = src
    return made


def slice_replaced(x: Array, src: Array, dim: int, start: int, stop: int, step: int) -> Array:
    """A copy with `src` along one slice."""
    made = x.copy()
    made[(slice(None),) * dim + (slice(start, stop, step),)] = src
    return made


def take(x: Array, index: tuple[Any, ...]) -> Array:
    return x[tuple(slice(None) if part is None else part for part in index)]


def put(g: Array, shape: Shape, index: tuple[Any, ...]) -> Array:
    """Zeros with `g` added at the indices; an index that occurs twice receives both."""
    made = np.zeros(shape, g.dtype)
    where: Any = tuple(slice(None) if part is None else part for part in index)
    np.add.at(made, where, g)
    return made


def gather(x: Array, dim: int, index: Array) -> Array:
    if not index.size:
        return np.zeros(index.shape, x.dtype)
    if not x.ndim:
        return np.broadcast_to(x, index.shape).copy()
    return x[_places(index, dim)]


def scatter_chosen(g: Array, shape: Shape, dim: int, index: Array) -> Array:
    """`g` at the places that were chosen, one from each row along `dim` or each its own; zero elsewhere."""
    made = np.zeros(shape, g.dtype)
    if shape:
        np.put_along_axis(made, index, g, dim)
        return made
    return g.reshape(())


def scatter_add(g: Array, shape: Shape, dim: int, index: Array) -> Array:
    """Zeros with `g` added along `dim` at `index`."""
    made = np.zeros(shape, g.dtype)
    if not index.size:
        return made
    if not made.ndim:
        return made + g.sum()
    np.add.at(made, _places(index, dim), g)
    return made


def _places(index: Array, dim: int) -> tuple[Array, ...]:
    if not np.ndim(index):  # one place of a line
        return (np.asarray(index),)
    grid: list[Array] = list(np.indices(np.shape(index), sparse=True))
    grid[dim] = np.asarray(index)
    return tuple(grid)


def index_select(x: Array, dim: int, index: Array) -> Array:
    return np.take(x, np.ravel(index), axis=dim) if x.ndim else x


def distinct(index: Array) -> Array:
    """Every place once."""
    return np.unique(index)


def index_add(g: Array, shape: Shape, dim: int, index: Array) -> Array:
    made: Array = np.zeros(shape, g.dtype)
    where: Any = (slice(None),) * dim + (np.ravel(index),)
    if not made.ndim:
        return made + g.sum()
    np.add.at(made, where, g)
    return made


def embedding(index: Array, weight: Array) -> Array:
    return weight[index]


def embedding_backward(g: Array, index: Array, shape: Shape, padding_idx: int | None, by_frequency: bool) -> Array:
    """Zeros with `g` added at the rows of `index`, over their number where that is asked, but for the row that only pads."""
    made = np.zeros(shape, g.dtype)
    if by_frequency:
        g = g / np.bincount(np.ravel(index), minlength=shape[0])[index][..., None].astype(g.dtype)
    np.add.at(made, index, g)
    if padding_idx is not None:
        made[padding_idx] = 0
    return made


def embedding_unpadded(index: Array, weight: Array, padding_idx: int | None) -> Array:
    """The rows of these numbers, those of padding zero."""
    rows = weight[index]
    return rows if padding_idx is None else np.where((index == padding_idx)[..., None], rows.dtype.type(0), rows)


def _steps(counts: tuple[int, ...], length: int, batch: int) -> Array:
    """Where a step is one of a sequence: (length, batch)."""
    return np.arange(batch) < np.asarray(counts[:length], np.int64)[:, None]


def packed(x: Array, counts: tuple[int, ...], batch_first: bool) -> Array:
    """The steps of sequences side by side in one row: the first `counts[step]` of each step."""
    rows = x.swapaxes(0, 1) if batch_first else x
    return rows[: len(counts)][_steps(counts, *rows.shape[:2])]


def unpacked(g: Array, shape: Shape, counts: tuple[int, ...], batch_first: bool) -> Array:
    """Zeros with the steps back in their places."""
    made = np.zeros(shape, g.dtype)
    rows = made.swapaxes(0, 1) if batch_first else made
    rows[: len(counts)][_steps(counts, *rows.shape[:2])] = g
    return made


KERNELS: dict[str, Any] = {
    **{
        kernel.__name__: kernel
        for kernel in (
            select, narrow, select_backward, select_replaced, slice_backward, slice_replaced, take, put, gather, scatter_add, scatter_chosen, index_select, distinct, index_add, embedding, embedding_backward, embedding_unpadded, packed, unpacked,
        )
    },
}  # fmt: skip
