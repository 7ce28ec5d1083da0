"""The named functions that formulas call, on arrays; `DEFINITIONS` are formulas themselves and so hold for Tensors as they stand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.memory import as_strided, as_strided_backward, copy_slices, index_put, uncopy_slices
from engine.notation import CONSTANTS, Formula

Array = Any
Shape = tuple[int, ...]
Dim = tuple[int, ...]


def _greatest(chosen: Array, first: Array, second: Array) -> Array:
    """What was chosen; of two equal zeros the first, as their signs may differ."""
    return chosen if np.all(chosen) else np.where(first == second, first, chosen)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small)).astype(x.dtype)


_erf = np.frompyfunc(math.erf, 1, 1)


def erf(x: Array) -> Array:
    return np.asarray(_erf(x)).astype(x.dtype)


def expand(x: Array, shape: Shape) -> Array:
    return np.broadcast_to(x, shape) if shape != np.shape(x) else x


def total(x: Array, dim: Dim | None = None, keepdim: bool = False) -> Array:
    """The sum over `dim`; of integers and booleans int64."""
    if x.dtype.kind == "f":
        # The sum of negative zeros is a plain zero.
        return np.sum(x, axis=dim, keepdims=keepdim) + x.dtype.type(0)
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


def norm(x: Array, p: float, dim: Dim | None, keepdim: bool = False) -> Array:
    """The p-norm of the entries."""
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
    raised = np.exp(x - np.max(x, axis=dim, keepdims=True, initial=-np.inf))
    return raised / np.sum(raised, axis=dim, keepdims=True)


def log_softmax(x: Array, dim: int) -> Array:
    if not x.ndim:
        return x - x
    shifted = x - np.max(x, axis=dim, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))


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
    return np.take_along_axis(x, places, axis=dim), places


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


def cumsum(x: Array, dim: int) -> Array:
    kind = x.dtype if x.dtype.kind == "f" else np.int64
    return np.cumsum(x, axis=dim, dtype=kind) if x.ndim else x.astype(kind)


def flip(x: Array, dims: Dim) -> Array:
    return np.flip(x, dims) if x.ndim else x


def clamp(x: Array, low: float | None, high: float | None) -> Array:
    result = x if low is None else np.where(x < low, x.dtype.type(low), x)
    return result if high is None else np.where(result > high, x.dtype.type(high), result)


def where(condition: Array, first: Array, second: Array) -> Array:
    return np.where(condition, first, second)


def unsqueeze(x: Array, dim: int) -> Array:
    return np.expand_dims(x, dim)


def unsqueeze_all(x: Array, dim: Dim, ndim: int) -> Array:
    """The reduced axes put back with size 1."""
    return np.expand_dims(x, dim) if dim and ndim else x


def dot(x: Array, y: Array) -> Array:
    return np.dot(x, y)


def mv(x: Array, y: Array) -> Array:
    return x @ y


def outer(x: Array, y: Array) -> Array:
    return np.outer(x, y)


def bmm(x: Array, y: Array) -> Array:
    return x @ y


def permute(x: Array, dims: Dim) -> Array:
    return np.transpose(x, dims)


def transpose(x: Array, dim0: int, dim1: int) -> Array:
    return np.swapaxes(x, dim0, dim1) if x.ndim else x


def t(x: Array) -> Array:
    return np.transpose(x)


def reshape(x: Array, shape: Shape) -> Array:
    return np.reshape(x, shape)


def view(x: Array, shape: Shape) -> Array:
    return x.reshape(shape, copy=False)


def squeeze(x: Array, dim: Dim) -> Array:
    return np.squeeze(x, axis=dim)


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


def take(x: Array, index: tuple[Any, ...]) -> Array:
    return x[tuple(slice(None) if part is None else part for part in index)]


def put(g: Array, shape: Shape, index: tuple[Any, ...]) -> Array:
    """Zeros with `g` added at the indices; an index that occurs twice receives both."""
    made = np.zeros(shape, g.dtype)
    where: Any = tuple(slice(None) if part is None else part for part in index)
    np.add.at(made, where, g)
    return made


def gather(x: Array, dim: int, index: Array) -> Array:
    if not x.ndim:
        return np.broadcast_to(x, index.shape).copy()
    return x[_places(index, dim)]


def scatter_add(g: Array, shape: Shape, dim: int, index: Array) -> Array:
    """Zeros with `g` added along `dim` at `index`."""
    made = np.zeros(shape, g.dtype)
    if not made.ndim:
        return made + g.sum()
    np.add.at(made, _places(index, dim), g)
    return made


def _places(index: Array, dim: int) -> tuple[Array, ...]:
    grid: list[Array] = list(np.indices(np.shape(index), sparse=True))
    grid[dim] = np.asarray(index)
    return tuple(grid)


def index_select(x: Array, dim: int, index: Array) -> Array:
    return np.take(x, np.ravel(index), axis=dim) if x.ndim else x


def index_add(g: Array, shape: Shape, dim: int, index: Array) -> Array:
    made: Array = np.zeros(shape, g.dtype)
    where: Any = (slice(None),) * dim + (np.ravel(index),)
    if not made.ndim:
        return made + g.sum()
    np.add.at(made, where, g)
    return made


def embedding(index: Array, weight: Array) -> Array:
    return weight[index]


def embedding_backward(g: Array, index: Array, shape: Shape) -> Array:
    made = np.zeros(shape, g.dtype)
    np.add.at(made, index, g)
    return made


def unbind(x: Array, dim: int) -> tuple[Array, ...]:
    return tuple(select(x, dim, place) for place in range(x.shape[dim]))


def split(x: Array, sizes: Sequence[int], dim: int) -> tuple[Array, ...]:
    parts, start = [], 0
    for size in sizes:
        parts.append(narrow(x, dim, start, start + size, 1))
        start += size
    return tuple(parts)


def cat(arrays: Sequence[Array], dim: int) -> Array:
    return np.concatenate(arrays, axis=dim)


def stack(arrays: Sequence[Array], dim: int) -> Array:
    return np.stack(arrays, axis=dim)


def uncat(g: Array, shapes: Sequence[Shape], dim: int) -> tuple[Array, ...]:
    """The parts of `g` that belong to arrays of these shapes, laid end to end along `dim`."""
    return split(g, [shape[dim] for shape in shapes], dim)


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
    return np.array(x, order="C")


def masked_fill(x: Array, mask: Array, value: float) -> Array:
    return np.where(mask, x.dtype.type(value), x)


def prod_but_one(g: Array, x: Array, result: Array, dim: int | None) -> Array:
    """`g` times the product of all other elements, exact where elements are zero."""
    if np.all(x):
        return g * (result / x)
    if dim is None:
        return np.reshape(g * _others(np.reshape(x, -1), 0), np.shape(x))
    return g * _others(x, dim)


def _others(x: Array, dim: int) -> Array:
    ahead, behind = np.ones_like(x), np.ones_like(x)
    first, last = [slice(None)] * x.ndim, [slice(None)] * x.ndim
    first[dim], last[dim] = slice(1, None), slice(None, -1)
    ahead[tuple(first)] = np.cumprod(x, axis=dim)[tuple(last)]
    behind[tuple(last)] = np.flip(np.cumprod(np.flip(x, dim), axis=dim), dim)[tuple(first)]
    return ahead * behind


def nll(x: Array, target: Array, weight: Array | None, ignored: int, reduction: str) -> Array:
    """Minus the chosen log-probabilities; `x` is (N, C, ...) or (C)."""
    picked, weights = _picked(x, target, weight, ignored)
    losses = -picked * weights
    if reduction == "none":
        return losses
    return losses.sum() / weights.sum() if reduction == "mean" else losses.sum()


def nll_backward(
    g: Array, x: Array, target: Array, shape: Shape, weight: Array | None, ignored: int, reduction: str
) -> Array:
    blank = np.zeros(shape, g.dtype)
    _, weights = _picked(blank, target, weight, ignored)
    share = -weights / weights.sum() if reduction == "mean" else -weights
    axis = 0 if len(shape) == 1 else 1
    places = np.where(target == ignored, 0, target)
    np.put_along_axis(blank, np.expand_dims(places, axis), np.expand_dims(np.asarray(g * share, g.dtype), axis), axis)
    return blank


def _picked(x: Array, target: Array, weight: Array | None, ignored: int) -> tuple[Array, Array]:
    axis = 0 if x.ndim == 1 else 1
    kept = np.asarray(target != ignored)
    places = np.where(kept, target, 0)
    picked = np.squeeze(np.take_along_axis(x, np.expand_dims(places, axis), axis), axis)
    weights = kept.astype(x.dtype) if weight is None else kept * weight[places]
    return picked, weights


def softplus(x: Array, beta: float, threshold: float) -> Array:
    scaled = x * beta
    return np.where(scaled > threshold, x, np.logaddexp(scaled, x.dtype.type(0)) / beta)


def bce(x: Array, target: Array, reduction: str) -> Array:
    """Binary cross entropy; PyTorch keeps its logarithms at or above -100."""
    low = x.dtype.type(-100)
    losses = (target - 1) * np.maximum(np.log1p(-x), low) - target * np.maximum(np.log(x), low)
    return reduced(losses, reduction)


def bce_logits(x: Array, target: Array, reduction: str) -> Array:
    losses = (1 - target) * x + np.maximum(-x, x.dtype.type(0)) + np.log1p(np.exp(-np.abs(x)))
    return reduced(losses, reduction)


def reduced(losses: Array, reduction: str) -> Array:
    """The losses themselves, their mean or their sum."""
    if reduction == "mean":
        return mean(np.asarray(losses))
    return losses.sum() if reduction == "sum" else losses


def mean_share(g: Array, shape: Shape, reduction: str) -> Array:
    """What one element gets of the gradient of a reduced loss."""
    return g / max(math.prod(shape), 1) if reduction == "mean" else g


def size(shape: Shape, dim: Dim | None = None) -> int:
    """How many elements a reduction over `dim` folds into one."""
    return math.prod(shape) if dim is None else math.prod(shape[axis] for axis in dim)


def rank(shape: Shape) -> int:
    return len(shape)


def ln(value: float) -> float:
    """The logarithm of a plain number: -inf at zero, nan below."""
    return math.log(value) if value > 0 else -math.inf if value == 0 else math.nan


def threshold_backward(g: Array, result: Array, slope: float) -> Array:
    """`g` where the result is positive, `slope` times `g` elsewhere."""
    return np.where(result > 0, g, g * g.dtype.type(slope) if slope else g.dtype.type(0))


def inverse(dims: Dim) -> Dim:
    """The permutation that undoes `dims`."""
    return tuple(int(place) for place in np.argsort(dims))


def ratio(above: float, below: float) -> float:
    """A quotient of plain numbers; infinite where nothing is left below."""
    return above / below if below > 0 else math.inf


VOCABULARY: dict[str, Any] = {
    "abs": np.abs,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "acos": np.arccos,
    "asin": np.arcsin,
    "cosh": np.cosh,
    "exp2": np.exp2,
    "log10": np.log10,
    "log2": np.log2,
    "sinh": np.sinh,
    "tril": np.tril,
    "triu": np.triu,
    "trunc": np.trunc,
    "fmod": np.fmod,
    "remainder": np.remainder,
    "atan2": np.arctan2,
    "isfinite": np.isfinite,
    "isinf": np.isinf,
    "alias": lambda x: x[...],
    "all_of": lambda x, dim, keepdim: np.all(x, axis=dim, keepdims=keepdim),
    "any_of": lambda x, dim, keepdim: np.any(x, axis=dim, keepdims=keepdim),
    "amax": lambda x, dim=None, keepdim=False: np.max(x, axis=dim or None, keepdims=keepdim),
    "amin": lambda x, dim=None, keepdim=False: np.min(x, axis=dim or None, keepdims=keepdim),
    "atan": np.arctan,
    "ceil": np.ceil,
    "cos": np.cos,
    "exp": np.exp,
    "expm1": np.expm1,
    "floor": np.floor,
    "full_like": np.full_like,
    "spread": lambda source, target: np.broadcast_to(source, target.shape).astype(target.dtype),
    "isnan": np.isnan,
    "log": np.log,
    "log1p": np.log1p,
    "maximum": lambda a, b: _greatest(np.maximum(a, b), a, b),
    "minimum": lambda a, b: _greatest(np.minimum(a, b), a, b),
    "ones_like": np.ones_like,
    "rank_of": lambda x: np.ndim(x),
    "round": np.round,
    "sign": np.sign,
    "sin": np.sin,
    "sqrt": np.sqrt,
    "square": np.square,
    "sum": total,
    "tan": np.tan,
    "tanh": np.tanh,
    "zeros_like": np.zeros_like,
    **{
        kernel.__name__: kernel
        for kernel in (
            argmax, argmin, as_strided, as_strided_backward, bce, bce_logits, bmm, cast, cat, clamp, copy, copy_slices, cumsum, dot, embedding, embedding_backward, erf, expand,
            flip, gather, index_add, index_put, index_select, inverse, ln, log_softmax, logsumexp, masked_fill, max_along, mean, mean_share, min_along, mv,
            narrow, nll, nll_backward, norm, outer, permute, prod, prod_but_one, put, rank, ratio, reduced, reshape, scatter_add, select,
            select_backward, sigmoid, size, slice_backward, softmax, softplus, sorted_along, split, squeeze, stack, t, take, threshold_backward, tile, top_along, transpose, unbind,
            uncat, uncopy_slices, unsqueeze, unsqueeze_all, unstack, untile, var, view, where,
        )
    },
}  # fmt: skip

# These look at shapes and numbers only, so they serve Tensors as they are.
EITHER = {
    "rank_of": lambda x: x.ndim,
    "inverse": inverse,
    "ln": ln,
    "mean_share": mean_share,
    "rank": rank,
    "ratio": ratio,
    "size": size,
}

DEFINITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "restore": (("g", "dim", "keepdim", "ndim"), "g if keepdim else unsqueeze_all(g, dim, ndim)"),
    "unreduce": (("g", "dim", "keepdim", "shape"), "expand(restore(g, dim, keepdim, rank(shape)), shape)"),
    "within": (
        ("x", "low", "high"),
        "x <= high if low is None else x >= low if high is None else (x >= low) & (x <= high)",
    ),
    "total_along": (("x", "dim"), "sum(x, (dim,), True) if rank_of(x) else x"),
    "share": (("g", "chosen", "dim"), "where(chosen, g / sum(where(chosen, ones_like(g), 0), dim, True), 0)"),
    "norm_backward": (
        ("g", "x", "p", "result", "dim"),
        (
            "share(g * sign(x), abs(x) == result, dim) if (p == inf) | (p == -inf) else zeros_like(x) if p == 0"
            " else g * sign(x) if p == 1"
            " else sign(x) * abs(x) ** (p - 1) * masked_fill(g / result ** (p - 1), result == 0, 0)"
        ),
    ),
    "clamp_least": (("x",), "where(x < 1e-12, 1e-12, x)"),
    "gelu_inner": (("x",), "0.7978845608028654 * (x + 0.044715 * x ** 3)"),
    "gelu_slope": (("x",), "0.7978845608028654 * (1 + 0.134145 * x ** 2)"),
    "normal_cdf": (("x",), "0.5 * (1 + erf(x * SQRT1_2))"),
    "normal_pdf": (("x",), "exp(-0.5 * x * x) * 0.3989422804014327"),
}

VOCABULARY.update(CONSTANTS)
for _name, (_parameters, _text) in DEFINITIONS.items():
    VOCABULARY[_name] = Formula(_text, _parameters).bind(VOCABULARY)
