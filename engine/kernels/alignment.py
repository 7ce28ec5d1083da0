"""Connectionist temporal classification: all ways in which labels may lie along steps, summed.

After Graves, Fernandez, Gomez, Schmidhuber, "Connectionist Temporal Classification", 2006. Between, before and after the labels stands a blank
that may be left out, but not between two labels that are alike. What is summed are probabilities, by their logarithms, in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
Lengths = tuple[int, ...]


def _spelled(targets: Array, lengths: Lengths, blank: int) -> tuple[Array, Array]:
    """The labels of each row with blanks around them, and where a blank may be left out before a label: (N, 2 * longest + 1) each."""
    longest = max(lengths, default=0)
    labels = np.full((len(lengths), 2 * longest + 1), blank, np.int64)
    starts = np.cumsum((0, *lengths))
    for row, length in enumerate(lengths):
        own = targets[row] if targets.ndim == 2 else targets[starts[row] :]
        labels[row, 1 : 2 * length : 2] = own[:length]
    over = np.zeros(labels.shape, bool)
    over[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    return labels, over


def _later(x: Array, count: int) -> Array:
    """What stood so many places before; no way leads to the first ones."""
    made = np.full_like(x, -np.inf)
    made[:, count:] = x[:, : x.shape[1] - count]
    return made


def _stepped(ways: Array, over: Array) -> Array:
    """The ways that lead to each place a step on: they stayed, went on by one, or left out a blank."""
    return np.logaddexp(np.logaddexp(ways, _later(ways, 1)), np.where(over, _later(ways, 2), -np.inf))


def _seen(log_probs: Array, labels: Array) -> Array:
    """The logarithm of what each label has at each step: (T, N, places)."""
    rows = np.asarray(log_probs, np.float64)
    return np.take_along_axis(rows, np.broadcast_to(labels, (len(rows), *labels.shape)), 2)


def ctc_loss(
    log_probs: Array, targets: Array, input_lengths: Lengths, target_lengths: Lengths, blank: int
) -> tuple[Array, Array]:
    """Minus the logarithm of how likely the labels are: (N); and that of all ways to each place at each step: (N, T, places)."""
    labels, over = _spelled(targets, target_lengths, blank)
    seen, ends = _seen(log_probs, labels), np.asarray(target_lengths)
    inside = np.arange(labels.shape[1]) <= 2 * ends[:, None]
    found = np.full(seen.shape, -np.inf)
    ways = np.where(inside & (np.arange(labels.shape[1]) < 2), 0.0, -np.inf)
    for step, here in enumerate(seen):
        ways = np.where(inside, (ways if step == 0 else _stepped(ways, over)) + here, -np.inf)
        found[step] = ways
    rows, last = np.arange(len(ends)), np.asarray(input_lengths) - 1
    if len(seen):
        final = found[last, rows]
        likely = np.logaddexp(final[rows, 2 * ends], np.where(ends > 0, final[rows, 2 * ends - 1], -np.inf))
    else:
        likely = np.full(len(ends), -np.inf)
    likely = np.where(last >= 0, likely, np.where(ends > 0, -np.inf, 0.0))
    return (-likely).astype(log_probs.dtype), found.swapaxes(0, 1).astype(log_probs.dtype)


def ctc_loss_backward(
    g: Array, log_probs: Array, targets: Array, loss: Array, log_alpha: Array, input_lengths: Lengths, target_lengths: Lengths, blank: int, zero_infinity: bool
) -> Array:  # fmt: skip
    """What goes back to logarithms of probabilities: the probability less the share of each label's ways, none after a row's end.

    It is that of what a softmax was taken of, as PyTorch gives it: it adds up to nothing at each step.
    """
    labels, over = _spelled(targets, target_lengths, blank)
    seen, count = _seen(log_probs, labels), labels.shape[1]
    ends, last = np.asarray(target_lengths)[:, None], np.asarray(input_lengths) - 1
    places = np.arange(count)
    finals = np.where((places == 2 * ends) | (places == 2 * ends - 1), 0.0, -np.inf)
    turned = np.zeros_like(over)
    turned[:, : max(count - 2, 0)] = over[:, 2:]
    ways = np.full(labels.shape, -np.inf)
    wide = np.asarray(log_probs, np.float64)
    made = np.zeros(wide.shape)
    rows = np.arange(len(labels))[:, None]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for step in range(len(seen) - 1, -1, -1):
            back = _stepped(ways[:, ::-1], turned[:, ::-1])[:, ::-1]
            ways = np.where((last == step)[:, None], finals, back) + seen[step]
            both = np.asarray(log_alpha[:, step], np.float64) + ways
            most = np.maximum(both.max(1, keepdims=True), -1e300)
            shares = np.zeros(wide.shape[1:])
            np.add.at(shares, (rows, labels), np.exp(both - most))
            share = np.exp(np.log(shares) + most + np.asarray(loss, np.float64)[:, None] - wide[step])
            made[step] = np.where((last >= step)[:, None], (np.exp(wide[step]) - share) * g[:, None], 0)
    if zero_infinity:
        made[:, np.isinf(loss)] = 0
    return made.astype(log_probs.dtype)


KERNELS: dict[str, Any] = {kernel.__name__: kernel for kernel in (ctc_loss, ctc_loss_backward)}
