"""Many elements folded into one, or put in order."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.kernels.elementwise import ratio
from engine.memory import laid_out

Array = Any
Dim = tuple[int, ...]

_sum: Any = np.add.reduce
_max: Any = np.maximum.reduce


def total(x: Array, dim: Dim | None = None, keepdim: bool = False) -> Array:
    """The sum over `dim`; of integers and booleans int64."""
    if x.dtype.kind == "f":
        # From a plain zero on, which is the sum of negative zeros too.
        return _sum(x, axis=dim, keepdims=keepdim, initial=0.0)
    return np.sum(x, axis=dim, keepdims=keepdim, dtype=np.int64)


def prod(x: Array, dim: Dim | None = None, keepdim: bool = False) -> Array:
    return np.prod(x, axis=dim, keepdims=keepdim, dtype=x.dtype if x.dtype.kind == "f" else np.int64)


def mean(x: Array, dim: Dim | None = None, keepdim: bool = False) -> Array:
    count = x.size if dim is None else math.prod(x.shape[axis] for axis in dim)
    return (np.sum(x, axis=dim, keepdims=keepdim) / x.dtype.type(count)).astype(x.dtype)


def var(x: Array, dim: Dim | None, correction: float, keepdim: bool = False) -> Array:
    """The variance with `correction` fewer degrees of freedom; nan where none is left."""
    count = x.size if dim is None else math.prod(x.shape[axis] for axis in dim)
    centred = x - np.mean(x, axis=dim, keepdims=True)
    if x.size and x.ndim:
        # The mean of equal elements is rounded; their variance is exactly zero.
        first = x[tuple(slice(1) if dim is None or axis in dim else slice(None) for axis in range(x.ndim))]
        centred = np.where(np.all(x == first, axis=dim, keepdims=True), x - first, centred)
    squares = np.sum(np.square(centred), axis=dim, keepdims=keepdim)
    return (squares / np.float64(max(count - correction, 0))).astype(x.dtype)


def var_mean(x: Array, dim: Dim | None, correction: float, keepdim: bool) -> tuple[Array, Array]:
    return var(x, dim, correction, keepdim), mean(x, dim, keepdim)


def std_mean(x: Array, dim: Dim | None, correction: float, keepdim: bool) -> tuple[Array, Array]:
    return np.sqrt(var(x, dim, correction, keepdim)), mean(x, dim, keepdim)


def spread_backward(
    g: tuple[Array | None, Array | None], x: Array, spread: Array | None, dim: Dim | None, correction: float, keepdim: bool
) -> Array:  # fmt: skip
    """What the variance, or the deviation that `spread` holds, and the mean beside it send back."""
    axes = tuple(range(x.ndim)) if dim is None else dim
    count = math.prod(x.shape[axis] for axis in axes)
    pushed, average = g
    made: Array = np.zeros_like(x)
    if pushed is not None:
        if spread is not None:
            pushed = np.where(spread == 0, pushed.dtype.type(0), pushed / (2 * spread))
        away = x - mean(x, axes, True)
        made = ratio(2, count - correction) * (pushed if keepdim else np.expand_dims(pushed, axes)) * away
    return made if average is None else made + (average if keepdim else np.expand_dims(average, axes)) / count


def norm(x: Array, p: float, dim: Dim | None, keepdim: bool = False) -> Array:
    """The p-norm of the entries, of narrow ones summed in wide ones."""
    if x.dtype.itemsize == 2:
        return norm(x.astype(np.float32), p, dim, keepdim).astype(x.dtype)
    size = np.abs(x)
    if p == 2:
        return np.sqrt(np.sum(np.square(x), axis=dim, keepdims=keepdim))
    if p == math.inf:
        return np.max(size, axis=dim, keepdims=keepdim)
    if p == -math.inf:
        return np.min(size, axis=dim, keepdims=keepdim)
    if p == 0:
        return np.sum(x != 0, axis=dim, keepdims=keepdim).astype(x.dtype)
    if p == 1:
        return np.sum(size, axis=dim, keepdims=keepdim)
    return np.sum(size**p, axis=dim, keepdims=keepdim) ** x.dtype.type(1 / p)


def logsumexp(x: Array, dim: Dim, keepdim: bool = False) -> Array:
    """log(sum(exp(x))), shifted by the greatest entry where that is finite."""
    top = np.max(x, axis=dim, keepdims=True) if x.size else np.zeros_like(np.sum(x, axis=dim, keepdims=True))
    top = np.where(np.isfinite(top), top, x.dtype.type(0))
    result = np.log(np.sum(np.exp(x - top), axis=dim, keepdims=True)) + top
    return result if keepdim else np.squeeze(result, axis=dim)


def softmax(x: Array, dim: int) -> Array:
    if not x.ndim:
        return np.exp(x - x)
    raised = np.exp(x - _max(x, axis=dim, keepdims=True, initial=-np.inf))
    return raised / _sum(raised, axis=dim, keepdims=True)


def log_softmax(x: Array, dim: int) -> Array:
    if not x.ndim:
        return x - x
    shifted = x - _max(x, axis=dim, keepdims=True, initial=-np.inf)
    return shifted - np.log(_sum(np.exp(shifted), axis=dim, keepdims=True))


def max_along(x: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    return _along(x, np.argmax, dim, keepdim)


def min_along(x: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    return _along(x, np.argmin, dim, keepdim)


def _along(x: Array, choose: Callable[..., Array], dim: int, keepdim: bool) -> tuple[Array, Array]:
    if not x.ndim:
        return x, np.int64(0)
    places = np.expand_dims(choose(x, axis=dim), dim)
    values = np.take_along_axis(x, places, axis=dim)
    if keepdim:
        return values, places
    return np.squeeze(values, axis=dim), np.squeeze(places, axis=dim)


def sorted_along(x: Array, dim: int, descending: bool) -> tuple[Array, Array]:
    """The values in order and where they stood; equal ones keep their order."""
    if not x.ndim:
        return x, np.int64(0)
    if descending:
        places = x.shape[dim] - 1 - np.flip(np.argsort(np.flip(x, dim), axis=dim, kind="stable"), dim)
    else:
        places = np.argsort(x, axis=dim, kind="stable")
    return laid_out(np.take_along_axis(x, places, axis=dim), (x,)), laid_out(places, (x,))


def top_along(x: Array, k: int, dim: int, largest: bool) -> tuple[Array, Array]:
    """The first k in order."""
    values, places = sorted_along(x, dim, largest)
    if not x.ndim:
        return values, places
    return np.take(values, range(k), axis=dim), np.take(places, range(k), axis=dim)


def argmax(x: Array, dim: int | None, keepdim: bool) -> Array:
    return np.argmax(x, axis=dim, keepdims=keepdim)


def argmin(x: Array, dim: int | None, keepdim: bool) -> Array:
    return np.argmin(x, axis=dim, keepdims=keepdim)


def _answered(truth: Array, x: Array) -> Array:
    """Bytes answer with bytes."""
    return truth.astype(np.uint8) if x.dtype == np.uint8 else truth


def cumsum(x: Array, dim: int) -> Array:
    kind = x.dtype if x.dtype.kind == "f" else np.int64
    return np.cumsum(x, axis=dim, dtype=kind) if x.ndim else x.astype(kind)


def prod_but_one(g: Array, x: Array, result: Array, dim: int | None) -> Array:
    """`g` times the product of all other elements, exact where elements are zero."""
    if np.all(x):
        return g * (result / x)
    if dim is None or not np.ndim(x):
        return np.reshape(g * _others(np.reshape(x, -1), 0), np.shape(x))
    return g * _others(x, dim)


def _others(x: Array, dim: int) -> Array:
    ahead, behind = np.ones_like(x), np.ones_like(x)
    first, last = [slice(None)] * x.ndim, [slice(None)] * x.ndim
    first[dim], last[dim] = slice(1, None), slice(None, -1)
    ahead[tuple(first)] = np.cumprod(x, axis=dim)[tuple(last)]
    behind[tuple(last)] = np.flip(np.cumprod(np.flip(x, dim), axis=dim), dim)[tuple(first)]
    return ahead * behind


KERNELS: dict[str, Any] = {
    "all_of": lambda x, dim, keepdim: _answered(np.all(x, axis=dim, keepdims=keepdim), x),
    "any_of": lambda x, dim, keepdim: _answered(np.any(x, axis=dim, keepdims=keepdim), x),
    "amax": lambda x, dim=None, keepdim=False: np.max(x, axis=dim or None, keepdims=keepdim),
    "amin": lambda x, dim=None, keepdim=False: np.min(x, axis=dim or None, keepdims=keepdim),
    "sum": total,
    **{
        kernel.__name__: kernel
        for kernel in (
            prod, mean, var, var_mean, std_mean, spread_backward, norm, logsumexp, softmax, log_softmax, max_along, min_along, sorted_along, top_along, argmax, argmin, cumsum, prod_but_one,
        )
    },
}  # fmt: skip
