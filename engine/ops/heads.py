"""The first two nodes of a backward call worked out as one, which gives the same bits: what most training loops end in."""

from __future__ import annotations

from typing import Any

from engine.kernels.loss import cross_entropy_backward
from engine.ops.activation import LOG_SOFTMAX
from engine.ops.loss import NLL_LOSS
from engine.quick import FREED, QuickFunction
from engine.routes import route_of
from engine.versions import Version

_SCORES = route_of(LOG_SOFTMAX, (True,), (True,))
_LOSS = route_of(NLL_LOSS, (True,), (True, True, False))


def _cross_entropy(node: QuickFunction, gradient: Any, keep: bool) -> tuple[Any, int, Any] | None:
    """Where the call goes on after the loss at its root and the log_softmax it was made of, with the gradient that gets there; these two are run.

    None, and nothing done, where that log_softmax is of another kind, was freed or may have been written to, or where one class is left out.
    """
    scores = node._first
    if scores.__class__ is not QuickFunction or scores._route is not _SCORES or scores._sequence < Version.latest:
        return None
    held, kept = node._held, scores._held
    if held is FREED or kept is FREED or scores._first.__class__ is not QuickFunction:
        return None
    (result,), target = kept, held[1]._data
    odds, before = node._odds, scores._odds
    assert odds is not None and before is not None
    ignored, reduction = odds.settings
    if (
        result.ndim != 2
        or before.settings != (1,)
        or reduction != "mean"
        or -result.shape[1] <= ignored < result.shape[1]
    ):
        return None
    try:
        made = cross_entropy_backward(gradient, result, target)
    except IndexError:
        return None
    if not keep:
        node._held = scores._held = FREED
    return scores._first, 0 if before.ports is None else before.ports[0], made


_LOSS.head = _cross_entropy
