"""Running extremes and sums of exponentials, the k-th of a line and its most frequent value."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.reduction import sorted_along

Array = Any


def _running(x: Array, dim: int, extreme: Any) -> tuple[Array, Array]:
    if not x.ndim:
        return x, np.int64(0)
    x = np.ascontiguousarray(x)
    values = extreme.accumulate(x, axis=dim)
    places = np.arange(x.shape[dim]).reshape((-1,) + (1,) * (x.ndim - 1 - dim))
    new = (x == values) | (x != x)
    return values, np.maximum.accumulate(np.where(new, places, 0), axis=dim)


def cummax(x: Array, dim: int) -> tuple[Array, Array]:
    """The greatest so far and where it stood; of equal ones the last."""
    return _running(x, dim, np.maximum)


def cummin(x: Array, dim: int) -> tuple[Array, Array]:
    return _running(x, dim, np.minimum)


def logcumsumexp(x: Array, dim: int) -> Array:
    if x.dtype.itemsize == 2:
        return logcumsumexp(x.astype(np.float32), dim).astype(x.dtype)
    return np.logaddexp.accumulate(x, axis=dim) if x.ndim else x


def logcumsumexp_backward(g: Array, x: Array, result: Array, dim: int) -> Array:
    """The gradients of all later sums, weighted in logarithms so that nothing overflows."""
    if not x.ndim:
        return g
    made = np.zeros_like(g)
    least = np.finfo(g.dtype).min
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for sign in (1, -1):
            weight = np.where(g * sign > 0, np.log(np.abs(g)), least)
            later = np.flip(logcumsumexp(np.flip(weight - result, dim), dim), dim)
            made += sign * np.exp(later + x)
    return made


def aminmax(x: Array, dim: int | None, keepdim: bool) -> tuple[Array, Array]:
    axis = dim if x.ndim else None
    return np.min(x, axis=axis, keepdims=keepdim), np.max(x, axis=axis, keepdims=keepdim)


def aminmax_backward(g: Any, x: Array, least: Array, most: Array, dim: int | None, keepdim: bool) -> Array:
    """Each of the two gradients shared evenly by the elements that were chosen."""
    made = np.zeros_like(x)
    for each, chosen in zip(g, (least, most), strict=True):
        if each is None:
            continue
        if dim is not None and x.ndim and not keepdim:
            each, chosen = np.expand_dims(each, dim), np.expand_dims(chosen, dim)
        mask = x == chosen
        made = made + mask * (each / np.sum(mask, axis=dim if x.ndim else None, keepdims=True).astype(x.dtype))
    return made


def kth(x: Array, k: int, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The k-th least along `dim` and where it stood."""
    if not x.ndim:
        return x, np.int64(0)
    values, places = sorted_along(x, dim, False)
    value, place = (np.take(each, [k - 1], axis=dim) for each in (values, places))
    return (value, place) if keepdim else (np.squeeze(value, dim), np.squeeze(place, dim))


def mode(x: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The most frequent value, of several the least, and where it stands last."""
    if not x.ndim:
        return x, np.int64(0)
    lines = np.moveaxis(x, dim, -1)
    places = np.empty((*lines.shape[:-1], 1), np.int64)
    for at in np.ndindex(lines.shape[:-1]):
        values, counts = np.unique(lines[at], return_counts=True)
        places[at] = np.flatnonzero(lines[at] == values[np.argmax(counts)])[-1]
    found = np.moveaxis(places, -1, dim)
    pair = np.take_along_axis(x, found, dim), found
    return pair if keepdim else (np.squeeze(pair[0], dim), np.squeeze(found, dim))


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (aminmax, aminmax_backward, cummax, cummin, kth, logcumsumexp, logcumsumexp_backward, mode)
}
