"""Values put into copies of an array, at places given by indices."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
Shape = tuple[int, ...]


def _grid(index: Array, dim: int) -> tuple[Array, ...]:
    """Where an index points to; one without dimensions is a list of one place."""
    index = np.atleast_1d(index)
    places: list[Array] = list(np.indices(index.shape, sparse=True))
    places[dim] = index
    return tuple(places)


def _part(source: Array, index: Array) -> Array:
    """As much of the source as the index asks for."""
    return np.atleast_1d(source)[tuple(slice(size) for size in np.atleast_1d(index).shape)]


def scatter(x: Array, dim: int, index: Array, source: Array) -> Array:
    """`x` with the source written along `dim`; of several writes to one place the last one stays."""
    made = np.array(x)
    if not np.size(index):
        return made
    if not made.ndim:
        made[...] = source if np.ndim(source) == 0 else np.ravel(source)[-1]
    else:
        made[_grid(index, dim)] = source if np.ndim(source) == 0 else _part(source, index)
    return made


def scatter_added(x: Array, dim: int, index: Array, source: Array) -> Array:
    made = np.array(x)
    if not made.ndim:
        return made + np.sum(_part(source, index), dtype=made.dtype)
    np.add.at(made, _grid(index, dim), _part(source, index))
    return made


def scatter_folded(x: Array, dim: int, index: Array, source: Array, reduce: str) -> Array:
    """`x` with the source added or multiplied into the places along `dim`."""
    made = np.array(np.atleast_1d(x))
    index, source = np.atleast_1d(index), np.atleast_1d(source)
    folded = np.add if reduce == "add" else np.multiply
    folded.at(made, _grid(index, dim), _part(source, index))
    return made.reshape(np.shape(x))


def index_added(x: Array, dim: int, index: Array, source: Array, alpha: float) -> Array:
    made = np.array(x)
    if not made.ndim:
        return made + np.asarray(alpha).astype(made.dtype) * np.sum(source, dtype=made.dtype)
    where: Any = (slice(None),) * dim + (np.ravel(index),)
    np.add.at(made, where, (source * np.asarray(alpha).astype(made.dtype)).astype(made.dtype))
    return made


def index_copied(x: Array, dim: int, index: Array, source: Array) -> Array:
    made = np.array(x)
    if not made.ndim:
        made[...] = source
    else:
        made[(slice(None),) * dim + (np.ravel(index),)] = source
    return made


def index_filled(x: Array, dim: int, index: Array, value: Any) -> Array:
    return index_copied(x, dim, index, np.asarray(value, x.dtype))


def masked_select(x: Array, mask: Array) -> Array:
    x, mask = np.broadcast_arrays(x, mask)
    return x[mask]


def masked_put(g: Array, shape: Shape, mask: Array) -> Array:
    """Zeros with `g`, in order, where the mask holds."""
    made = np.zeros(np.broadcast_shapes(shape, np.shape(mask)), g.dtype)
    made[np.broadcast_to(mask, made.shape)] = g
    return made


def masked_scatter(x: Array, mask: Array, source: Array) -> Array:
    made = np.array(np.broadcast_to(x, np.broadcast_shapes(np.shape(x), np.shape(mask))))
    where = np.broadcast_to(mask, made.shape)
    made[where] = np.ravel(source)[: int(where.sum())]
    return made


def masked_taken(g: Array, shape: Shape, mask: Array) -> Array:
    """What the source of a masked scatter receives: `g` at the mask, then zeros."""
    made = np.zeros(int(np.prod(shape)), g.dtype)
    part = g[np.broadcast_to(mask, g.shape)]
    made[: part.size] = part
    return made.reshape(shape)


def take_flat(x: Array, index: Array) -> Array:
    return np.ravel(x)[index]


def put_flat(g: Array, shape: Shape, index: Array) -> Array:
    """Zeros with `g` added at places of the flat array."""
    made = np.zeros(int(np.prod(shape)), g.dtype)
    np.add.at(made, index, g)
    return made.reshape(shape)


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (
        index_added, index_copied, index_filled, masked_put, masked_scatter, masked_select, masked_taken, put_flat, scatter, scatter_added,
        scatter_folded, take_flat,
    )
}  # fmt: skip
