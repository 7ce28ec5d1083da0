"""Distances between the rows of two matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.reduction import norm

Array = Any


def euclid(x: Array, y: Array) -> Array:
    """All distances by one product of matrices: |x|^2 - 2xy + |y|^2 under the root."""
    squares = np.sum(x * x, -1, keepdims=True) - 2 * (x @ y.mT) + np.sum(y * y, -1, keepdims=True).mT
    return np.sqrt(np.maximum(squares, 0))


def _sent(g: Array, away: Array, far: Array, p: float) -> Array:
    """What goes back to the differences `away`, whose length is `far`; nothing where that is zero."""
    size = np.abs(away)
    if p == 0:
        return np.zeros_like(away)
    if p == 1:
        return g * np.sign(away)
    if p == math.inf:
        return g * np.sign(away) * (1 - np.minimum(1, np.ceil(np.abs(size - far))))
    slope = np.sign(away) * size ** (p - 1) if p < 2 else away * size ** (p - 2)
    return np.where((far == 0) | ((away == 0) & (p < 1)), 0, slope * g / far ** (p - 1))


def cdist_backward(g: Array, x: Array, y: Array, p: float | None, result: Array) -> Array:
    """What goes back to the rows of `x`; nothing where a distance is zero, or where there are no distances."""
    if p is None:
        return np.zeros_like(x)
    away = x[..., :, None, :] - y[..., None, :, :]
    return np.sum(_sent(g[..., None], away, result[..., None], p), -2, dtype=x.dtype)


def _pairs(x: Array) -> tuple[Array, Array, Array]:
    """The numbers of the rows of every pair, each pair once, and how far the first is from the second."""
    first, second = np.triu_indices(len(x), 1)
    return first, second, x[first] - x[second]


def pdist(x: Array, p: float) -> Array:
    """The distance of every pair of rows, each pair once."""
    return np.asarray(norm(_pairs(x)[2], p, (-1,), False))


def pdist_backward(g: Array, x: Array, p: float, result: Array) -> Array:
    """What goes back to the rows, to both of a pair."""
    first, second, away = _pairs(x)
    sent = _sent(g[:, None], away, result[:, None], p)
    made = np.zeros_like(x)
    np.add.at(made, first, sent)
    np.subtract.at(made, second, sent)
    return made


def mirror(x: Array) -> Array:
    return x.mT


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel for kernel in (cdist_backward, euclid, mirror, pdist, pdist_backward)
}
