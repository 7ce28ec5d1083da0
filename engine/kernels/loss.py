"""Losses of predictions and their reduction."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.reduction import mean

Array = Any
Shape = tuple[int, ...]


UNSIGNED = {np.dtype(f"i{width}"): np.dtype(f"u{width}") for width in (1, 2, 4, 8)}


def nll(x: Array, target: Array, weight: Array | None, ignored: int, reduction: str) -> Array:
    """Minus the chosen log-probabilities; `x` is (N, C, ...) or (C). Raises IndexError for a class that is neither one of the C nor ignored."""
    classes = x.shape[0 if x.ndim == 1 else 1]
    if x.ndim == 2 and weight is None and reduction == "mean" and len(target) and not 0 <= ignored < classes:
        # What most training loops ask for.
        try:
            picked = x[np.arange(len(target)), target]
            if np.minimum.reduce(target) >= 0:
                return np.add.reduce(picked) / -len(target)
        except IndexError:
            pass  # some are ignored, or beyond every class
    # Seen without its sign, what is below zero is beyond every class.
    seen = target.view(UNSIGNED.get(target.dtype, target.dtype))
    if not target.size or np.maximum.reduce(seen, axis=None) >= classes:
        outside = (target != ignored) & ((target < 0) | (target >= classes))
        if outside.any():
            raise IndexError(f"Target {np.ravel(target)[np.ravel(outside).argmax()]} is out of bounds.")
    picked, weights = _picked(x, target, weight, ignored)
    losses = -picked * weights
    if reduction == "none":
        return losses
    return losses.sum() / weights.sum() if reduction == "mean" else losses.sum()


def nll_backward(
    g: Array, x: Array, target: Array, shape: Shape, weight: Array | None, ignored: int, reduction: str
) -> Array:
    blank = np.zeros(shape, g.dtype)
    if len(shape) == 2 and weight is None and reduction == "mean":
        # One place in each row.
        rows, classes = shape
        every = np.arange(rows)
        if not -classes <= ignored < classes:
            try:
                blank[every, target] = g / -rows
                return blank
            except IndexError:
                pass  # some are ignored
        kept = target != ignored
        blank[every, target * kept] = np.where(kept, g / -np.count_nonzero(kept), 0)
        return blank
    if len(shape) == 1:
        target = target.reshape(())
    _, weights = _picked(blank, target, weight, ignored)
    share = -weights / weights.sum() if reduction == "mean" else -weights
    axis = 0 if len(shape) == 1 else 1
    places = np.where(target == ignored, 0, target)
    np.put_along_axis(blank, np.expand_dims(places, axis), np.expand_dims(np.asarray(g * share, g.dtype), axis), axis)
    return blank


def cross_entropy_backward(g: Array, scores: Array, target: Array) -> Array:
    """What a mean of log-probabilities (N, C), picked by class, sends back through the softmax and its logarithm.

    To the bit what `nll_backward` and the rule of `log_softmax` give one after the other: a row that holds one number has it for a sum.
    Raises IndexError where a class is none of the C.
    """
    rows = len(target)
    share = g / -rows
    blank = np.zeros(scores.shape, scores.dtype)
    blank[np.arange(rows), target] = share
    made = np.exp(scores)
    made *= -share
    made += blank
    return made


def _picked(x: Array, target: Array, weight: Array | None, ignored: int) -> tuple[Array, Array]:
    axis = 0 if x.ndim == 1 else 1
    if not axis:  # one class, told by a single number or by a list of one
        target = target.reshape(())
    kept = np.asarray(target != ignored)
    places = np.where(kept, target, 0)
    if x.ndim == 2:
        weights = kept.astype(x.dtype) if weight is None else kept * weight[places]
        return x[np.arange(x.shape[0]), places], weights
    picked = np.squeeze(np.take_along_axis(x, np.expand_dims(places, axis), axis), axis)
    weights = kept.astype(x.dtype) if weight is None else kept * weight[places]
    return picked, weights


def bce(x: Array, target: Array, weight: Array | None, reduction: str) -> Array:
    """Binary cross entropy; PyTorch keeps its logarithms at or above -100."""
    low = x.dtype.type(-100)
    losses = (target - 1) * np.maximum(np.log1p(-x), low) - target * np.maximum(np.log(x), low)
    return reduced(losses if weight is None else (losses * weight).astype(x.dtype, copy=False), reduction)


def bce_logits(x: Array, target: Array, weight: Array | None, pos_weight: Array | None, reduction: str) -> Array:
    """The same of scores; `pos_weight` says how often a positive answer counts."""
    surprise = np.maximum(-x, x.dtype.type(0)) + np.log1p(np.exp(-np.abs(x)))
    if pos_weight is not None:
        surprise = ((pos_weight - 1) * target + 1) * surprise
    losses = (1 - target) * x + surprise
    losses = losses if weight is None else losses * weight
    if losses.dtype != target.dtype:  # PyTorch writes them where 1 - target stands
        losses = losses.astype(target.dtype)
    return reduced(losses, reduction)


def reduced(losses: Array, reduction: str) -> Array:
    """The losses themselves, their mean or their sum."""
    if reduction == "mean":
        return mean(np.asarray(losses))
    return losses.sum() if reduction == "sum" else losses


def mean_share(g: Array, shape: Shape, reduction: str) -> Array:
    """What one element gets of the gradient of a reduced loss."""
    return g / max(math.prod(shape), 1) if reduction == "mean" else g


def share_of(g: Array, x: Array, reduction: str) -> Array:
    """The same, of an array or a Tensor by its elements."""
    return mean_share(g, x.shape, reduction)


KERNELS: dict[str, Any] = {
    **{
        kernel.__name__: kernel
        for kernel in (
            nll, nll_backward, bce, bce_logits, reduced, mean_share, share_of,
        )
    },
}  # fmt: skip
