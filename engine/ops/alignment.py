"""The loss of labels that lie along the steps of a sequence in a way that is not known: CTC."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.application import apply
from engine.ops.table import FUNCTIONS, METHODS, internal, row, spelled
from engine.refusals import fault
from engine.tensor import Tensor

Lengths = tuple[int, ...]
HOW = "input_lengths target_lengths blank zero_infinity"
CTC_LOSS = row(
    "ctc_loss", "ctc_loss(log_probs, targets, input_lengths, target_lengths, blank)",
    {"log_probs": "ctc_loss_backward(g, log_probs, targets, result, log_alpha, input_lengths, target_lengths, blank, zero_infinity)"},
    inputs="log_probs targets", settings=HOW, results="result log_alpha", symbol="CTC", spelled=("torch.ctc_loss", "F.ctc_loss"),
    samples=(((4, 2, 3), [[1, 2], [1, 1]], (4, 3), (2, 2), 0, False), ((3, 2, 3), [2, 1, 0], (2, 3), (1, 2), 2, True)),
    en="At each step a label's probability is weighed against its share of all ways that spell the labels.", zh="每一步上，标签的概率与它在拼出标签的所有路径中的份额相比较。",
)  # fmt: skip
UNDERIVED = 'underivable(g, "aten::_ctc_loss_backward")'
BACKWARD = row(
    "ctc_loss_backward", "ctc_loss_backward(g_, log_probs, targets, loss, log_alpha, input_lengths, target_lengths, blank, zero_infinity)",
    dict.fromkeys(("g_", "log_probs", "loss"), UNDERIVED),
    inputs="g_ log_probs targets loss log_alpha", settings=HOW, node="torch::autograd::NotImplemented!", symbol="CTC′",
    samples=(((1,), (2, 1, 3), [[1]], (1,), np.zeros((1, 2, 3)), (2,), (1,), 0, False),),
    en="PyTorch does not differentiate this a second time.", zh="PyTorch 不再对它求导。",
)  # fmt: skip
internal("ctc_loss_backward", BACKWARD, 5)
HERE = "(while checking arguments for ctc_loss_allocate_outputs)"
REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def _told(name: str, lengths: Any, count: int, most: float) -> Lengths:
    """Lengths as numbers, one for each row. Raises RuntimeError in PyTorch's words for others."""
    if isinstance(lengths, Tensor):
        if lengths._data.dtype.kind not in "iu":
            raise RuntimeError(f"{name} must be integral")
        lengths = np.reshape(lengths._data, -1).tolist()
    if len(lengths) != count:
        raise RuntimeError(f"{name} must be of size batch_size")
    for length in lengths:
        if length < 0:
            raise RuntimeError(f"Expected {name} to have value at least 0, but got value {length} {HERE}")
        if length > most:
            raise RuntimeError(f"Expected {name} to have value at most {int(most)}, but got value {length} {HERE}")
    return tuple(lengths)


def _labelled(targets: Tensor, lengths: Lengths, labels: int) -> Tensor:
    """Labels as whole numbers. Raises RuntimeError where there are others than as many as the lengths say, IndexError for one that is none."""
    shape, longest = targets._data.shape, max(lengths, default=0)
    about = f"for argument #2 'targets' {HERE}"
    if len(shape) not in (1, 2):
        raise RuntimeError(f"Expected 1 to 2 dimensions, but got {len(shape)}-dimensional tensor {about}")
    wanted = len(lengths) if len(shape) == 2 else sum(lengths)
    if shape[0] != wanted:
        raise RuntimeError(f"Expected tensor to have size {wanted} at dimension 0, but got size {shape[0]} {about}")
    if len(shape) == 2 and shape[1] < longest:
        raise RuntimeError(
            f"Expected tensor to have size at least {longest} at dimension 1, but got size {shape[1]} {about}"
        )
    whole = targets if targets._data.dtype == np.int64 else Tensor(np.asarray(targets._data).astype(np.int64))
    used = whole._data if len(shape) == 1 else whole._data[np.arange(shape[1]) < np.asarray(lengths)[:, None]]
    for each in used[(used < 0) | (used >= labels)][:1].tolist():
        raise IndexError(f"targets must be labels, from 0 up to {labels - 1}, but got {each}.")
    return whole


@spelled("torch.ctc_loss")
def ctc_loss(
    log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: int = 0, zero_infinity: bool = False
) -> Tensor:  # fmt: skip
    """How unlikely the labels are: `log_probs` (T, N, C) or (T, C), `targets` (N, S) or all in one row.

    Raises RuntimeError for sizes that do not fit, IndexError for a target that is no label.
    """
    alone = log_probs._data.ndim != 3
    rows = METHODS["unsqueeze"](log_probs, 1) if alone else log_probs
    if rows._data.dtype.name not in ("float32", "float64"):
        raise NotImplementedError(f"\"ctc_loss_cpu\" not implemented for '{rows.dtype.scalar}'")
    if rows._data.ndim != 3:
        told = f"Expected 3-dimensional tensor, but got {rows._data.ndim}-dimensional tensor"
        raise RuntimeError(f"{told} for argument #1 'log_probs' {HERE}")
    steps, count, labels = rows._data.shape
    if not 0 <= blank < labels:
        raise RuntimeError("blank must be in label range")
    long = _told("input_lengths", input_lengths, count, steps)
    wide = _told("target_lengths", target_lengths, count, math.inf)
    given = (rows, _labelled(targets, wide, labels))
    loss: Tensor = apply(CTC_LOSS, given, (long, wide, blank, bool(zero_infinity)))[0]
    if zero_infinity:
        loss = FUNCTIONS["where"](METHODS["eq"](loss, math.inf), Tensor(loss._data.dtype.type(0)), loss)
    if reduction == 1:
        spread = np.maximum(np.asarray(wide, loss._data.dtype), 1)
        loss = METHODS["mean"](METHODS["div"](loss, Tensor(spread)))
    elif reduction == 2:
        loss = METHODS["sum"](loss)
    return METHODS["squeeze"](loss, 0) if alone and not reduction else loss


@spelled("torch.nn.functional.ctc_loss")
def ctc_loss_by_name(
    log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:  # fmt: skip
    """The same, its reduction told by name. Raises ValueError for another than none, mean and sum."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    given = (log_probs, targets, input_lengths, target_lengths, blank, REDUCTIONS[reduction], zero_infinity)
    wrong = fault("ctc_loss", given, {})
    if wrong is not None:
        raise wrong
    return ctc_loss(*given)
