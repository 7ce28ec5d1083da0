"""How wrong a guess is: the losses, and the linear layer before them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, fronts, grad_mode, inside
from engine.application import apply
from engine.broadcast import together
from engine.kernels.loss import nll
from engine.kernels.reduction import log_softmax
from engine.ops.activation import LOG_SOFTMAX
from engine.ops.arithmetic import DIV_NUMBER, MUL_NUMBER, add
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

MSE_LOSS = row(
    "mse_loss", "reduced((self - target) ** 2, reduction)",
    {
        "self": "mean_share(g, self.shape, reduction) * 2 * (self - target)",
        "target": "mean_share(g, self.shape, reduction) * 2 * (target - self)",
    },
    twice={"self": "mse_loss_backward(g, self, target, reduction)", "target": "mse_loss_backward(g, target, self, reduction)"},
    settings="reduction", promotes=True, symbol="MSE", spelled=("F.mse_loss",), samples=(((2, 3), (2, 3), "mean"), ((3,), (3,), "sum"), ((3,), (3,), "none")),
    en="Each prediction is pulled by twice its error, shared out over the mean.", zh="每个预测按误差的两倍被拉动，再按平均分摊。",
)  # fmt: skip
NLL_LOSS = row(
    "nll_loss", "nll(self, target, weight, ignore_index, reduction)",
    {"self": "nll_backward(g, self, target, self.shape, weight, ignore_index, reduction)"}, inputs="self target weight", settings="ignore_index reduction",
    symbol="NLL", spelled=("F.nll_loss", "F.cross_entropy"), samples=(((3, 4), [0, 3, 1], None, -100, "mean"), ((3, 4), [0, 3, 1], None, -100, "none")),
    en="Only the log-probability of the right class receives a gradient, and it is negative.", zh="只有正确类别的对数概率得到梯度，且为负。",
)  # fmt: skip
NLL_LOSS_2D = row(
    "nll_loss2d", NLL_LOSS.forward, dict(NLL_LOSS.vjp), inputs="self target weight", settings="ignore_index reduction", node="NllLoss2D", symbol="NLL",
    twice={"self": "nll_backward2d(g, self, target, self.shape, weight, ignore_index, reduction)"}, spelled=("F.nll_loss(pictures)",),
    samples=(((1, 3, 1, 2), [[[0, 2]]], None, -100, "mean"), ((1, 3, 1, 2), [[[0, 2]]], None, -100, "none")), en=NLL_LOSS.note["en"], zh=NLL_LOSS.note["zh-CN"],
)  # fmt: skip
NLL_BACKWARD = row(
    "nll_backward", "nll_backward(g_, self, target, shape, weight, ignore_index, reduction)",
    {"g_": "nll(g, target, weight, ignore_index, reduction)", "self": "zeros_like(self)"},
    inputs="g_ self target weight", settings="shape ignore_index reduction", node="NllLossBackwardBackward0!", symbol="NLL′",
    samples=(((), (3, 4), [0, 3, 1], None, (3, 4), -100, "mean"),),
    en="Where the gradient was placed, it is taken from there.", zh="梯度从它被放置的位置取回。",
)  # fmt: skip
NLL_BACKWARD_2D = row(
    "nll_backward2d", NLL_BACKWARD.forward, {"g_": "nll(g, target, weight, ignore_index, reduction)", "self": "zeros_like(self)"}, twice={"g_": "nll2d(g, target, weight, ignore_index, reduction)"},
    inputs="g_ self target weight", settings="shape ignore_index reduction", node="NllLoss2DBackwardBackward0!", symbol="NLL′",
    samples=(((), (1, 3, 1, 2), [[[0, 2]]], None, (1, 3, 1, 2), -100, "mean"),), en=NLL_BACKWARD.note["en"], zh=NLL_BACKWARD.note["zh-CN"],
)  # fmt: skip
BCE, BCE_WEIGHED = (
    row(
        name, f"bce(self, target, {weight}, reduction)",
        {
            "self": times.format("mean_share(g, self.shape, reduction) * (self - target) / clamp_least((1 - self) * self)"),
            "target": times.format("mean_share(g, self.shape, reduction) * (log(1 - self) - log(self))"),
        },
        twice={
            "self": f"binary_cross_entropy_backward(g, self, target, {weight}, reduction)",
            "target": "mean_of(" + times.format("-logit(self) * g") + ", self.shape, reduction)",
        },
        settings="reduction", held=("target",), node="BinaryCrossEntropyBackward0!", symbol="BCE", spelled=(shown,), domain=(0.1, 0.9), samples=samples, inputs=inputs,
        en="A probability is pulled toward its target, the harder the surer it was and wrong.", zh="概率被拉向目标；错得越肯定，拉得越狠。",
    )
    for name, inputs, weight, times, shown, samples in (
        ("binary_cross_entropy", "self target", "None", "{}", "F.binary_cross_entropy", (((2, 3), (2, 3), "mean"), ((3,), (3,), "sum"))),
        ("binary_cross_entropy_weighed", "self target weight", "weight", "({}) * weight", "F.binary_cross_entropy(x, y, w)", (((2, 3), (2, 3), [0.5, 2.0, 3.0], "mean"), ((3,), (3,), [0.5, 2.0, 3.0], "none"))),
    )
)  # fmt: skip
BCE_BACKWARD = row(
    "binary_cross_entropy_backward", "weighed(share_of(g_, self, reduction) * (self - target) / clamp_least((1 - self) * self), weight)",
    {
        "g_": "weighed(share_of(g, self, reduction) * (self - target) / clamp_least((1 - self) * self), weight)",
        "self": "weighed(share_of(g * g_, self, reduction) * (self * self - 2 * self * target + target) / ((self + 1e-12) ** 2 * (1 - self + 1e-12) ** 2), weight)",
        "target": "weighed(-share_of(g * g_, self, reduction) / ((self + 1e-12) * (1 - self + 1e-12)), weight)",
    },
    inputs="g_ self target weight", settings="reduction", node="BinaryCrossEntropyBackwardBackward0!", symbol="BCE′", domain=(0.1, 0.9),
    samples=(((), (2, 3), (2, 3), None, "mean"), ((3,), (3,), (3,), [0.5, 2.0, 3.0], "none")),
    en="A derivative that is itself differentiated.", zh="导数再求一次导。",
)  # fmt: skip
BCE_LOGITS = row(
    "binary_cross_entropy_with_logits", "bce_logits(self, target, None, None, reduction)",
    {
        "self": "mean_share(g, self.shape, reduction) * (sigmoid(self) - target)",
        "target": "-mean_share(g, self.shape, reduction) * self",
    },
    twice={"self": "mean_of((sigmoid(self) - target) * g, self.shape, reduction)", "target": "mean_of(-self * g, self.shape, reduction)"},
    settings="reduction", held=("target",), symbol="BCE", spelled=("F.binary_cross_entropy_with_logits",), samples=(((2, 3), (2, 3), "mean"), ((3,), (3,), "none")),
    en="A score is pulled by its probability less the target.", zh="分数按其概率与目标之差被拉动。",
)  # fmt: skip
BCE_LOGITS_WEIGHED = row(
    "binary_cross_entropy_with_logits_weighed", "bce_logits(self, target, weight, pos_weight, reduction)",
    {
        "self": "mean_of(weighed(bce_logits_slope(self, target, pos_weight) * g, weight), self.shape, reduction)",
        "target": "mean_of(weighed(bce_logits_target(self, pos_weight) * g, weight), self.shape, reduction)",
    },
    inputs="self target weight pos_weight", settings="reduction", held=("target",), node="BinaryCrossEntropyWithLogitsBackward0!", symbol="BCE",
    spelled=("F.binary_cross_entropy_with_logits(x, y, w)",), samples=(((2, 3), (2, 3), None, [0.5, 2.0, 3.0], "mean"), ((3,), (3,), [0.5, 2.0, 3.0], [2.0], "none")),
    en="The pull is scaled by the weight of its place; a positive answer counts as often as its own weight says.", zh="拉力乘以该处的权重；正例按自己的权重计数。",
)  # fmt: skip

_scores = fronts.leading(LOG_SOFTMAX, True)
_loss = fronts.leading(NLL_LOSS, True, True, False)

CLASS_KINDS = (np.dtype(np.int64), np.dtype(np.uint8))


def fixed(function: str, name: str, value: Tensor | None) -> None:
    """Raises RuntimeError for a tensor that requires grad where PyTorch has no derivative."""
    if value is not None and value._requires_grad and grad_mode.enabled:
        raise RuntimeError(
            f"The function '{function}' is not differentiable with respect to argument '{name}'. This input cannot have requires_grad True."
        )


def _reduction(reduction: str) -> str:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def _warn_sizes(input: Tensor, target: Tensor) -> None:
    if input._data.shape != target._data.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead to "
            "incorrect results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=3,
        )


def _together(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    if input._data.shape == target._data.shape:
        return input, target
    try:
        shape = np.broadcast_shapes(input._data.shape, target._data.shape)
    except ValueError:
        together(input._data.shape, target._data.shape)
        raise
    expand = METHODS["expand"]
    return tuple(each if each._data.shape == shape else expand(each, shape) for each in (input, target))  # type: ignore[return-value]


def _weighed(losses: Tensor, input: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """The losses times their weights, reduced; their mean is over the weights. Raises ValueError for weights of another shape."""
    if weight._data.shape != input._data.shape:
        raise ValueError("Weights and input must have the same size.")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"Invalid reduction mode: {reduction}. Expected one of 'none', 'mean', 'sum'.")
    m = METHODS
    losses = m["mul"](losses, weight)
    if reduction == "none":
        return losses
    total: Tensor = m["sum"](losses)
    return m["div"](total, m["sum"](weight)) if reduction == "mean" else total


@spelled("torch.nn.functional.mse_loss")
def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    _warn_sizes(input, target)
    if weight is not None:
        return _weighed(METHODS["pow"](METHODS["sub"](*_together(input, target)), 2), input, weight, reduction)
    result: Tensor = apply(MSE_LOSS, _together(input, target), (_reduction(reduction),))
    return result


@spelled("torch.nn.functional.l1_loss")
def l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    _warn_sizes(input, target)
    loss = METHODS["abs"](METHODS["sub"](*_together(input, target)))
    if weight is not None:
        return _weighed(loss, input, weight, reduction)
    result: Tensor = loss if _reduction(reduction) == "none" else METHODS[reduction](loss)
    return result


def _targets(input: Tensor, target: Tensor) -> None:
    shape, wanted = input._data.shape, target._data.shape
    if len(shape) == 2 and shape[:1] == wanted and target._data.dtype in CLASS_KINDS:
        return
    if not shape:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if len(shape) > 1 and shape[:1] != wanted[:1]:
        raise ValueError(
            f"Expected input batch_size ({shape[0]}) to match target batch_size ({wanted[0] if wanted else 0})."
        )
    if len(shape) == 1 and len(wanted) == 1 and wanted != (1,):
        raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {wanted[0]}")
    if len(shape) < 3 and len(wanted) > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if len(shape) == 4:
        if len(wanted) != 3:
            raise RuntimeError(
                f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {len(wanted)}"
            )
        if wanted != (shape[0], *shape[2:]):
            raise RuntimeError(f"size mismatch (got input: {list(shape)} , target: {list(wanted)}")
    elif len(shape) > 2 and wanted != (shape[0], *shape[2:]):
        raise RuntimeError(f"Expected target size {[shape[0], *shape[2:]]}, got {list(wanted)}")
    kind = target._data.dtype
    if kind not in CLASS_KINDS:
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.scalar}")
    if len(shape) > 2 and kind == np.uint8:
        raise RuntimeError("expected scalar type Long but found Byte")


def _class_weights(input: Tensor, weight: Tensor | None) -> None:
    """Raises RuntimeError for weights that are not one for each class, or of another dtype than the scores."""
    if weight is None:
        return
    shape, given = input._data.shape, weight._data.shape
    classes = shape[0 if len(shape) == 1 else 1]
    if len(shape) > 2 and weight._data.size != classes:
        raise RuntimeError("weight tensor should be defined either for all or no classes")
    if len(shape) < 3 and given != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: {list(given)}"
        )
    if weight._data.dtype != input._data.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.scalar} but found {weight.dtype.scalar}")


@spelled("torch.nn.functional.nll_loss")
def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    fixed("nll_loss_forward" if input._data.ndim < 3 else "nll_loss2d_forward", "weight", weight)
    _targets(input, target)
    _class_weights(input, weight)
    settings = (ignore_index, _reduction(reduction))
    shape = input._data.shape
    if len(shape) < 3:
        return apply(NLL_LOSS, (input, target, weight), settings)  # type: ignore[no-any-return]
    if len(shape) == 4 or not input._data.size:
        return apply(NLL_LOSS_2D, (input, target, weight), settings)  # type: ignore[no-any-return]
    m = METHODS
    flat = m["view"](m["contiguous"](input), (*shape[:2], 1, -1))
    result: Tensor = apply(NLL_LOSS_2D, (flat, m["view"](m["contiguous"](target), (shape[0], 1, -1)), weight), settings)
    return m["view"](result, (shape[0], *shape[2:])) if reduction == "none" else result


def _nll(op: Op) -> Callable[..., Any]:
    def loss(input: Tensor, target: Tensor, weight: Tensor | None, ignored: int, reduction: str) -> Any:
        return apply(op, (input, target, weight), (ignored, reduction))

    return loss


def _nll_backward(op: Op) -> Callable[..., Any]:
    def back(
        g: Tensor,
        input: Tensor,
        target: Tensor,
        shape: tuple[int, ...],
        weight: Tensor | None,
        ignored: int,
        reduction: str,
    ) -> Any:
        return apply(op, (g, input, target, weight), (shape, ignored, reduction))

    return back


spelled("internal.nll")(_nll(NLL_LOSS))
spelled("internal.nll2d")(_nll(NLL_LOSS_2D))
spelled("internal.nll_backward")(_nll_backward(NLL_BACKWARD))
spelled("internal.nll_backward2d")(_nll_backward(NLL_BACKWARD_2D))


@spelled("torch.nn.functional.cross_entropy")
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The loss of scores against class numbers, or against probabilities of the same shape as the scores."""
    shape, given = input._data.shape, target._data
    if (
        (weight is None and not label_smoothing)
        and (len(shape) == 2 and given.shape == shape[:1])
        and (given.dtype in CLASS_KINDS and input._data.dtype.kind == "f")
    ):
        # What most training loops ask for.
        if fronts.ordinary(input, target):
            data = input._data
            scores = _scores(input, None, (1,), log_softmax(data, 1), (shape, data.dtype))
            settings = ignore_index, _reduction(reduction)
            loss = nll(scores._data, given, None, *settings)
            return _loss(scores, target, settings, loss, (shape, data.dtype, given.dtype, loss.shape))
        scores = apply(LOG_SOFTMAX, (input,), (1,))
        return apply(NLL_LOSS, (scores, target, None), (ignore_index, _reduction(reduction)))  # type: ignore[no-any-return]
    axis = 0 if input._data.ndim == 1 else 1
    logs = FUNCTIONS["log_softmax"]
    if target._data.shape == input._data.shape and target._data.dtype.kind == "f":
        classes = input._data.shape[axis]
        if weight is not None and weight._data.shape != (classes,):
            raise RuntimeError(
                f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of "
                f"shape: {list(weight.shape)}"
            )
        return _soft_targets(logs(input, axis), target, axis, weight, reduction, label_smoothing)
    if target._data.shape == input._data.shape:
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {target.dtype.scalar}"
        )
    scores = logs(input, axis)
    hard = nll_loss(scores, target, weight, ignore_index=ignore_index, reduction=reduction)
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    if label_smoothing <= 0:
        return hard
    lead = (1,) * axis + (-1,) + (1,) * (input._data.ndim - axis - 1)
    terms = scores if weight is None else METHODS["mul"](scores, METHODS["view"](weight, *lead))
    smooth = METHODS["neg"](METHODS["sum"](terms, axis))
    smooth = METHODS["masked_fill"](smooth, METHODS["eq"](target, ignore_index), 0.0)
    asked = target._data[target._data != ignore_index]
    kept = float(asked.size if weight is None else weight._data[asked].sum())
    if reduction != "none":
        smooth = METHODS["sum"](smooth)
    if reduction == "mean":
        smooth = METHODS["div"](smooth, kept)
    share = label_smoothing / input._data.shape[axis]
    return add(apply(MUL_NUMBER, (hard,), (1 - label_smoothing,)), apply(MUL_NUMBER, (smooth,), (share,)))


def _soft_targets(
    scores: Tensor, target: Tensor, axis: int, weight: Tensor | None, reduction: str, smoothing: float
) -> Tensor:
    if smoothing > 0:
        target = METHODS["add"](METHODS["mul"](target, 1 - smoothing), smoothing / scores._data.shape[axis])
    terms = METHODS["mul"](scores, target)
    if weight is not None:
        lead = (1,) * axis + (-1,) + (1,) * (scores._data.ndim - axis - 1)
        terms = METHODS["mul"](terms, METHODS["view"](weight, *lead))
    if _reduction(reduction) == "none":
        result: Tensor = METHODS["neg"](METHODS["sum"](terms, axis))
        return result
    total: Tensor = METHODS["neg"](METHODS["sum"](terms))
    count = scores._data.size // scores._data.shape[axis]
    return apply(DIV_NUMBER, (total,), (count,)) if reduction == "mean" else total


def _spreads(weight: Tensor, input: Tensor, *, eager: bool = False, first: bool = False) -> None:
    """Raises RuntimeError for a weight that does not broadcast to the input's shape.

    `eager` says that PyTorch expands it first, `first` that it is the first of the two that are multiplied.
    """
    shape = list(input.shape)
    for place, (wide, size) in enumerate(zip(reversed(shape), reversed(weight.shape), strict=False), 1):
        if size not in (wide, 1) and eager:
            raise RuntimeError(
                f"Attempting to broadcast a dimension of length {size} at -{place}! Mismatching argument at index 1 had {weight.shape}; but "
                f"expected shape should be broadcastable to {shape}"
            )
        if size not in (wide, 1) and wide != 1:
            one, other = (size, wide) if first else (wide, size)
            raise RuntimeError(
                f"The size of tensor a ({one}) must match the size of tensor b ({other}) at non-singleton dimension {len(shape) - place}"
            )
    spread = np.broadcast_shapes(tuple(shape), weight._data.shape)
    if list(spread) != shape:
        raise RuntimeError(f"output with shape {shape} doesn't match the broadcast shape {list(spread)}")


@spelled("torch.nn.functional.binary_cross_entropy")
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    if input._data.shape != target._data.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. Please ensure "
            "they have the same size."
        )
    if input._data.dtype != target._data.dtype:
        raise RuntimeError(f"Found dtype {target.dtype.scalar} but expected {input.dtype.scalar}")
    for name, data in (("input", input._data), ("target", target._data)):
        if data.size and not (np.all(data >= 0) and np.all(data <= 1)):
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    result: Tensor
    if weight is None:
        result = apply(BCE, (input, target), (_reduction(reduction),))
    else:
        fixed("binary_cross_entropy", "weight", weight)
        _spreads(weight, input, eager=True)
        result = apply(BCE_WEIGHED, (input, target, weight), (_reduction(reduction),))
    return result


@spelled("internal.binary_cross_entropy_backward")
def binary_cross_entropy_backward(
    g: Tensor, input: Tensor, target: Tensor, weight: Tensor | None, reduction: str
) -> Tensor:
    result: Tensor = apply(BCE_BACKWARD, (g, input, target, weight), (reduction,))
    return result


@spelled("torch.nn.functional.binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    if input._data.shape != target._data.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"\"log_sigmoid_cpu\" not implemented for '{input.dtype.scalar}'")
    if target._data.dtype.kind != "f":
        # PyTorch writes 1 - target and what comes after it into one place.
        if target._data.dtype.kind == "b":
            METHODS["sub"](target, target)
        raise RuntimeError(
            f"result type {input.dtype.scalar} can't be cast to the desired output type {target.dtype.scalar}"
        )
    result: Tensor
    if weight is None and pos_weight is None:
        result = apply(BCE_LOGITS, (input, target), (_reduction(reduction),))
        return result
    fixed("binary_cross_entropy_with_logits", "weight", weight)
    fixed("binary_cross_entropy_with_logits", "pos_weight", pos_weight)
    for each in (pos_weight, weight):
        if each is not None:
            _spreads(each, input, first=each is pos_weight)
    result = apply(BCE_LOGITS_WEIGHED, (input, target, weight, pos_weight), (_reduction(reduction),))
    return result


@spelled("torch.nn.functional.linear")
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`input @ weight.T + bias`, through the ops that PyTorch uses."""
    if not input._data.ndim or not weight._data.ndim:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {input._data.ndim}D and {weight._data.ndim}D"
        )
    turned = METHODS["t"](weight)
    if bias is None:
        result: Tensor = METHODS["matmul"](input, turned)
        return result
    if input._data.ndim == 2:
        result = METHODS["addmm"](bias, input, turned)
        return result
    if not input.is_contiguous():
        # PyTorch adds the bias in place.
        result = METHODS["add"](METHODS["matmul"](input, turned), bias)
        result._cell().written()
        return result
    lead = input._data.shape[:-1]
    rows = -1 if lead and input._data.size else math.prod(lead)
    folded = METHODS["view"](input, rows, input._data.shape[-1])
    result = METHODS["view"](METHODS["addmm"](bias, folded, turned), *lead, weight._data.shape[0])
    return result


@spelled("torch.nn.functional.one_hot")
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    if num_classes == -1:
        inside.refuse(inside.CLASSES, tensor)
    if tensor._data.dtype != dtypes.int64.numpy:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if tensor._data.size and tensor._data.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    top = int(tensor._data.max()) + 1 if tensor._data.size else 0
    if num_classes == -1:
        num_classes = top
    if num_classes < top:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return FUNCTIONS["tensor"](np.eye(num_classes, dtype=np.int64)[tensor._data])  # type: ignore[no-any-return]
