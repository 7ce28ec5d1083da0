"""Edges put around an array, diagonals taken and laid, elements rolled, running products."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.elementwise import sigmoid

Array = Any
Shape = tuple[int, ...]
Widths = tuple[tuple[int, int], ...]

MODES = {"reflect": "reflect", "replicate": "edge"}


def padded(x: Array, widths: Widths, value: float) -> Array:
    """`x` with constant edges; a negative width crops."""
    cut = tuple(slice(max(-low, 0), size + min(high, 0)) for size, (low, high) in zip(x.shape, widths, strict=True))
    return np.pad(x[cut], [(max(low, 0), max(high, 0)) for low, high in widths], constant_values=value)


def edged(x: Array, widths: Widths, mode: str, rank: int) -> Array:
    """`x` with edges that mirror it or repeat its border."""
    return x[_sources(x.shape, widths, mode)]


def unedged(g: Array, x: Array, widths: Widths, mode: str, rank: int) -> Array:
    """Each element's own gradient and those of its images."""
    made = np.zeros(x.shape, g.dtype)
    np.add.at(made, _sources(x.shape, widths, mode), g)
    return made


def _sources(shape: Shape, widths: Widths, mode: str) -> tuple[Array, ...]:
    places = []
    for size, (low, high) in zip(shape, widths, strict=True):
        line = np.arange(-low, size + high)
        if mode == "replicate":
            line = np.clip(line, 0, size - 1)
        else:
            line = np.abs(line)
            line = np.where(line > size - 1, 2 * (size - 1) - line, line)
        places.append(line)
    return np.ix_(*places)


def diagonal(x: Array, offset: int, dim1: int, dim2: int) -> Array:
    """A view of the diagonal, as the last dimension."""
    made = np.diagonal(x, offset, dim1, dim2)
    if made.size and x.flags.writeable:
        made.flags.writeable = True
    return made


def diagonal_backward(g: Array, shape: Shape, offset: int, dim1: int, dim2: int) -> Array:
    """Zeros with `g` on the diagonal."""
    made = np.zeros(shape, g.dtype)
    line = np.diagonal(made, offset, dim1, dim2)
    line.flags.writeable = True
    line[...] = g
    return made


def diagonal_replaced(x: Array, src: Array, offset: int, dim1: int, dim2: int) -> Array:
    """A copy with `src` on the diagonal."""
    made = x.copy()
    line = np.diagonal(made, offset, dim1, dim2)
    line.flags.writeable = True
    line[...] = src
    return made


def diag_embed(x: Array, offset: int, dim1: int, dim2: int) -> Array:
    """Matrices of zeros with the last dimension of `x` on their diagonal."""
    size = x.shape[-1] + abs(offset)
    ndim = x.ndim + 1
    shape = list(x.shape[:-1])
    for place in sorted((dim1, dim2)):
        shape.insert(place, size)
    assert len(shape) == ndim
    return diagonal_backward(x, tuple(shape), offset, dim1, dim2)


def roll(x: Array, shifts: Shape, dims: Shape) -> Array:
    return np.roll(x, shifts, dims) if dims else np.roll(x, shifts[0])


def cumprod(x: Array, dim: int) -> Array:
    kind = x.dtype if x.dtype.kind == "f" else np.int64
    return np.cumprod(x, axis=dim, dtype=kind) if x.ndim else x.astype(kind)


def cumprod_backward(g: Array, x: Array, result: Array, dim: int) -> Array:
    """The gradient of a running product, exact where elements are zero."""
    if not x.ndim:
        return g
    if np.all(x):
        return _tail(g * result, dim) / x
    zeros = np.cumsum(x == 0, axis=dim)
    first = (x == 0) & (zeros == 1)
    before = _tail(g * result, dim) / np.where(x == 0, x.dtype.type(1), x)
    at = _tail(np.where(zeros >= 1, g * np.cumprod(np.where(first, x.dtype.type(1), x), axis=dim), 0), dim)
    return np.where(zeros == 0, before, np.where(first, at, 0)).astype(x.dtype)


def _tail(x: Array, dim: int) -> Array:
    return np.flip(np.cumsum(np.flip(x, dim), axis=dim), dim)


def middle(x: Array, dim: int, skip: bool, keepdim: bool) -> tuple[Array, Array]:
    """The lower median along `dim` and its place; nan where one is, unless those are skipped."""
    if not x.ndim:
        return x, np.int64(0)
    order = np.argsort(x, axis=dim, kind="stable")
    missing = np.isnan(x).sum(axis=dim, keepdims=True) if x.dtype.kind == "f" else np.zeros(1, np.int64)
    count = x.shape[dim] - missing if skip else np.full_like(missing, x.shape[dim])
    rank = np.broadcast_to(
        np.maximum(count - 1, 0) // 2, [1 if axis == dim else size for axis, size in enumerate(x.shape)]
    )
    place = np.take_along_axis(order, rank, dim)
    if not skip and x.dtype.kind == "f":
        place = np.where(missing > 0, np.expand_dims(np.argmax(np.isnan(x), axis=dim), dim), place)
    values = np.take_along_axis(x, place, dim)
    return (values, place) if keepdim else (np.squeeze(values, dim), np.squeeze(place, dim))


def middle_of_all(x: Array, skip: bool) -> Array:
    return middle(np.reshape(x, -1), 0, skip, False)[0]


def glu(x: Array, dim: int) -> Array:
    value, gate = np.array_split(x, 2, dim)
    return value * sigmoid(gate)


def half(x: Any, dim: int, place: int) -> Any:
    """The first or the second half along `dim`, of an array or a Tensor."""
    size = x.shape[dim] // 2
    return x[(slice(None),) * dim + (slice(place * size, (place + 1) * size),)]


def glu_backward(g: Array, x: Array, dim: int) -> Array:
    value, gate = np.array_split(x, 2, dim)
    opened = sigmoid(gate)
    return np.concatenate([g * opened, g * value * opened * (1 - opened)], dim)


def traced(g: Array, shape: Shape) -> Array:
    made: Array = np.where(np.eye(shape[0], shape[1]) == 1, g, g.dtype.type(0))
    return made


def unfolded(x: Array, dim: int, size: int, step: int) -> Array:
    """A view of the windows along `dim`, each as the last dimension."""
    if not x.ndim:
        return x.reshape(1)[:size]
    windows = np.lib.stride_tricks.sliding_window_view(x, size, dim, writeable=x.flags.writeable)
    return windows[(slice(None),) * dim + (slice(None, None, step),)]


def refolded(g: Array, shape: Shape, dim: int, size: int, step: int) -> Array:
    """Zeros with the windows' gradients added where they stood."""
    made = np.zeros(shape or (1,), g.dtype)
    for place in range(size):
        last = place + step * (g.shape[dim] - 1) + 1 if shape else 1
        made[(slice(None),) * dim + (slice(place, last, step),)] += g[..., place]
    return made.reshape(shape)


def counted(x: Array, dim: tuple[int, ...] | None) -> Array:
    return np.asarray(np.count_nonzero(x, axis=dim), np.int64)


def smooth_l1(x: Array, target: Array, beta: float) -> Array:
    off = np.abs(x - target)
    return np.where(off < beta, 0.5 * off * off / beta, off - 0.5 * beta)


def huber(x: Array, target: Array, delta: float) -> Array:
    off = np.abs(x - target)
    return np.where(off <= delta, 0.5 * off * off, delta * (off - 0.5 * delta))


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (
        counted, cumprod, cumprod_backward, diag_embed, diagonal, diagonal_backward, diagonal_replaced, edged, glu, glu_backward, half, refolded, traced, unfolded, huber, middle, middle_of_all, padded, roll, smooth_l1, unedged,
    )
}  # fmt: skip
