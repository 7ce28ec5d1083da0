"""Losses in which a class's score is held against the scores of its rivals: the margin of one class, and of several."""

from __future__ import annotations

from typing import Any

from engine.application import apply
from engine.ops.loss import _reduction, fixed
from engine.ops.table import internal, row, spelled
from engine.tensor import Tensor

TWICE = {"en": "PyTorch does not differentiate this a second time.", "zh": "PyTorch 不再对它求导。"}

MULTI_MARGIN_LOSS = row(
    "multi_margin_loss", "multi_margin(self, target, weight, p, margin, reduction)",
    {"self": "multi_margin_loss_backward(g, self, target, weight, p, margin, reduction)"},
    inputs="self target weight", settings="p margin reduction", symbol="margin", spelled=("F.multi_margin_loss",),
    samples=(((2, 3), [0, 2], None, 1, 1.0, "mean"), ((2, 3), [1, 1], [0.5, 2.0, 1.0], 2, 0.7, "none"), ((3,), [2], None, 1, 1.0, "sum")),
    en="Every rival that comes too near is pushed down, and the target up by as much.", zh="每个靠得太近的对手被压低，目标则抬高同样多。",
)  # fmt: skip
MULTI_MARGIN_LOSS_BACKWARD = row(
    "multi_margin_loss_backward", "multi_margin_loss_backward(g_, self, target, weight, p, margin, reduction)",
    dict.fromkeys(("g_", "self"), 'underivable(g, "aten::multi_margin_loss_backward")'),
    inputs="g_ self target weight", settings="p margin reduction", node="torch::autograd::NotImplemented!", symbol="margin′",
    samples=(((), (2, 3), [0, 2], None, 1, 1.0, "mean"),), **TWICE,
)  # fmt: skip
MULTILABEL_MARGIN_LOSS = row(
    "multilabel_margin_loss", "multilabel_margin(self, target, reduction)",
    {"self": "multilabel_margin_loss_backward(g, self, target, is_target, reduction)"},
    inputs="self target", settings="reduction", results="result is_target", symbol="margin", spelled=("F.multilabel_margin_loss",),
    samples=(((2, 3), [[0, 2, -1], [1, -1, 0]], "mean"), ((2, 3), [[2, 0, -1], [-1, 0, 1]], "none"), ((3,), [1, 1, -1], "sum")),
    en="Every class that should not be told is pushed below each that should, by the margin.", zh="每个不该选中的类别都被压到每个该选中的类别之下，差距至少为间隔。",
)  # fmt: skip
MULTILABEL_MARGIN_LOSS_BACKWARD = row(
    "multilabel_margin_loss_backward", "multilabel_margin_loss_backward(g_, self, target, is_target, reduction)",
    dict.fromkeys(("g_", "self"), 'underivable(g, "aten::multilabel_margin_loss_backward")'),
    inputs="g_ self target is_target", settings="reduction", node="torch::autograd::NotImplemented!", symbol="margin′",
    samples=(((), (2, 3), [[0, 2, -1], [1, -1, 0]], [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]], "mean"),), **TWICE,
)  # fmt: skip
internal("multi_margin_loss_backward", MULTI_MARGIN_LOSS_BACKWARD, 4)
internal("multilabel_margin_loss_backward", MULTILABEL_MARGIN_LOSS_BACKWARD, 4)


def _scored(input: Tensor) -> tuple[int, int]:
    """How many rows of scores there are and how long they are. Raises RuntimeError for what is neither a row nor rows."""
    shape = input._data.shape
    if len(shape) > 2 or (shape and not shape[-1]):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(shape)}"
        )
    return (shape[0] if len(shape) == 2 else 1), (shape[-1] if shape else 1)


def _kinds(input: Tensor, target: Tensor, word: str) -> None:
    """Raises RuntimeError for targets that are no whole numbers, NotImplementedError for scores that the loss is not of."""
    if input.dtype.name not in ("float32", "float64"):
        raise NotImplementedError(f"\"{word}\" not implemented for '{input.dtype.scalar}'")
    if target.dtype.name != "int64":
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.scalar}")


@spelled("torch.nn.functional.multi_margin_loss")
def multi_margin_loss(
    input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:  # fmt: skip
    """How far the scores (N, C) or (C,) come within the margin of that of the target (N,).

    Raises ValueError for another power than 1 and 2, RuntimeError for sizes that do not fit.
    """
    reduction = _reduction(reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    fixed("multi_margin_loss", "weight", weight)
    count, classes = _scored(input)
    shape = target._data.shape
    if len(shape) > 1 or target._data.size != count:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). Expected target "
            f"size [{count}], but got {list(shape)}. Input has shape {list(input.shape)}."
        )
    if weight is not None and weight._data.size != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")
    _kinds(input, target, "multi_margin_loss_cpu_kernel")
    if weight is not None and weight.dtype is not input.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.scalar} but found {weight.dtype.scalar}")
    if ((target._data < 0) | (target._data >= classes)).any():
        raise RuntimeError("target out of range")
    result: Tensor = apply(MULTI_MARGIN_LOSS, (input, target, weight), (int(p), float(margin), reduction))
    return result


@spelled("torch.nn.functional.multilabel_margin_loss")
def multilabel_margin_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """How far classes that are no targets come within 1 of those that are; a row of targets ends at its first -1.

    Raises RuntimeError for sizes that do not fit and for a target that is no class.
    """
    reduction = _reduction(reduction)
    _, classes = _scored(input)
    if target._data.shape != input._data.shape:
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    if target._data.size and not -1 <= target._data.min() <= target._data.max() < classes:
        raise RuntimeError("argument #2 'target' is out of range")
    _kinds(input, target, "multilabel_margin_loss_forward_out_frame")
    result: Any = apply(MULTILABEL_MARGIN_LOSS, (input, target), (reduction,))
    found: Tensor = result[0]
    return found
