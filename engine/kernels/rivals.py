"""Losses in which a class's score is held against the scores of its rivals."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def _rows(x: Array) -> Array:
    """Scores as rows: (N, C)."""
    return np.reshape(x, (-1, np.shape(x)[-1])) if np.ndim(x) else np.reshape(x, (1, 1))


def _gaps(x: Array, target: Array, margin: float) -> tuple[Array, Array, Array]:
    """How far each score comes within the margin of its row's target, 0 at the target itself; the rows' numbers and their targets."""
    rows, own = _rows(x), np.reshape(target, -1)
    each = np.arange(len(rows))
    gaps = np.maximum(rows - rows[each, own][:, None] + rows.dtype.type(margin), 0)
    gaps[each, own] = 0
    return gaps, each, own


def _told(losses: Array, reduction: str, like: Array) -> Array:
    """Losses of rows in the shape of the targets, or as one number; the mean of none is 0."""
    if reduction == "none":
        return losses.reshape(np.shape(like))
    total = losses.sum()
    return total / losses.dtype.type(max(len(losses), 1)) if reduction == "mean" else total


def _share(g: Array, rows: Array, reduction: str) -> Array:
    """What arrives at each row: (N, 1), or (1, 1) for all alike."""
    parts = rows.shape[1] * (max(len(rows), 1) if reduction == "mean" else 1)
    return np.reshape(g, (-1, 1)) / rows.dtype.type(parts)


def multi_margin(x: Array, target: Array, weight: Array | None, p: int, margin: float, reduction: str) -> Array:
    """Of each row the mean over its scores of how far they come within the margin of the target's, to the power `p`."""
    gaps, _, own = _gaps(x, target, margin)
    losses = (gaps * gaps if p == 2 else gaps).sum(1) / gaps.dtype.type(gaps.shape[1])
    return _told(losses if weight is None else losses * weight[own], reduction, target)


def multi_margin_loss_backward(
    g: Array, x: Array, target: Array, weight: Array | None, p: int, margin: float, reduction: str
) -> Array:
    """What comes back to the scores: to each that is too near, and all of that away from the target."""
    gaps, each, own = _gaps(x, target, margin)
    pull = (2 * gaps if p == 2 else (gaps > 0).astype(gaps.dtype)) * _share(g, gaps, reduction)
    if weight is not None:
        pull = pull * weight[own][:, None]
    pull[each, own] = -pull.sum(1)
    return pull.reshape(np.shape(x))


def _listed(target: Array) -> tuple[Array, Array]:
    """Which places of each row name a target, those before the first -1, and which classes are one."""
    rows = _rows(target)
    named = np.logical_and.accumulate(rows >= 0, axis=1)
    there = np.zeros(rows.shape, bool)
    at = np.nonzero(named)
    there[at[0], rows[at]] = True
    return named, there


def _rivalry(x: Array, target: Array, named: Array, there: Array) -> Array:
    """How far each class that is no target comes within 1 of each that is: (N, targets, classes)."""
    rows, places = _rows(x), np.where(named, _rows(target), 0)
    own = np.take_along_axis(rows, places, axis=1)
    return np.where(named[:, :, None] & ~there[:, None, :], np.maximum(1 - own[:, :, None] + rows[:, None, :], 0), 0)


def multilabel_margin(x: Array, target: Array, reduction: str) -> tuple[Array, Array]:
    """Of each row how far the classes that are no targets come within 1 of those that are, over the number of classes; and which are targets."""
    named, there = _listed(target)
    losses = _rivalry(x, target, named, there).sum((1, 2)) / _rows(x).dtype.type(there.shape[1])
    like = np.empty(np.shape(x)[:-1])
    return _told(losses, reduction, like), there.reshape(np.shape(target)).astype(losses.dtype)


def multilabel_margin_loss_backward(g: Array, x: Array, target: Array, is_target: Array, reduction: str) -> Array:
    """What comes back to the scores: each pair of a target and a rival that is too near pulls them apart."""
    named, there = _listed(target)
    near = (_rivalry(x, target, named, there) > 0).astype(is_target.dtype)
    pull = near.sum(1)
    rows, at = np.nonzero(named)
    np.subtract.at(pull, (rows, _rows(target)[rows, at]), near.sum(2)[rows, at])
    return (pull * _share(g, pull, reduction)).reshape(np.shape(x))


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (multi_margin, multi_margin_loss_backward, multilabel_margin, multilabel_margin_loss_backward)
}
