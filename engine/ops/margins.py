"""Losses by distance and by margin: smooth L1, Huber, KL divergence, hinge, ranking, cosine, triplet and likelihoods."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes
from engine.application import apply
from engine.ops.arithmetic import MUL_NUMBER, _check
from engine.ops.loss import _reduction, _together, _warn_sizes, fixed
from engine.ops.norms import NORM
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

ROUND = {
    "en": "Near the target the pull grows with the error, farther away it stays the same.",
    "zh": "靠近目标时拉力随误差增大，远处则保持不变。",
}
REDUCED = (((2, 3), (2, 3), "mean", 0.7), ((3,), (3,), "sum", 2.0), ((3,), (3,), "none", 1.0))

SMOOTH_L1_LOSS = row(
    "smooth_l1_loss", "reduced(smooth_l1(self, target, beta), reduction)",
    {
        "self": "mean_share(g, self.shape, reduction) * where(abs(self - target) < beta, (self - target) / beta, sign(self - target))",
        "target": "mean_share(g, self.shape, reduction) * where(abs(target - self) < beta, (target - self) / beta, sign(target - self))",
    },
    twice={"self": "smooth_l1_loss_backward(g, self, target, reduction, beta)", "target": "smooth_l1_loss_backward(g, target, self, reduction, beta)"},
    settings="reduction beta", promotes=True, node="SmoothL1LossBackward0!", symbol="L1~", spelled=("F.smooth_l1_loss",), samples=REDUCED, **ROUND,
)  # fmt: skip
HUBER_LOSS = row(
    "huber_loss", "reduced(huber(self, target, delta), reduction)",
    {
        "self": "mean_share(g, self.shape, reduction) * where(abs(self - target) < delta, self - target, delta * sign(self - target))",
        "target": "mean_share(g, self.shape, reduction) * where(abs(target - self) < delta, target - self, delta * sign(target - self))",
    },
    twice={"self": "huber_loss_backward(g, self, target, reduction, delta)", "target": "huber_loss_backward(g, target, self, reduction, delta)"},
    settings="reduction delta", promotes=True, symbol="Huber", spelled=("F.huber_loss",), samples=REDUCED, **ROUND,
)  # fmt: skip
SOFT_MARGIN_LOSS = row(
    "soft_margin_loss", "reduced(log1p(exp(-target * self)), reduction)", {"self": "-mean_share(g, self.shape, reduction) * target * exp(-target * self) / (exp(-target * self) + 1)"},
    twice={"self": "soft_margin_loss_backward(g, self, target, reduction)"},
    inputs="self target", settings="reduction", symbol="margin", spelled=("F.soft_margin_loss",), samples=(((2, 3), [1.0, -1.0, 1.0], "mean"), ((3,), [1.0, -1.0, 1.0], "none")),
    en="A score is pulled to its side, the harder the farther it stands on the other.", zh="分数被拉向自己的一侧，离得越远拉得越狠。",
)  # fmt: skip
ADD_NUMBER = row(
    "add_number", "self + other", {"self": "g"}, settings="other", node="AddBackward1!", symbol="+", samples=(((2, 3), 1.5),),
    en="A number added changes no slope.", zh="加一个数不改变斜率。",
)  # fmt: skip
SUB_NUMBER = row(
    "sub_number", "self - other", {"self": "g"}, settings="other", node="SubBackward1!", symbol="−", samples=(((2, 3), 1.5),),
    en="A number taken away changes no slope.", zh="减一个数不改变斜率。",
)  # fmt: skip
DISTANCE = row(
    "norm_along", NORM.forward, {"self": NORM.vjp["self"]}, settings="p dim keepdim", node="NormBackward1!", silent=True, symbol="‖x‖", spelled=("F.pairwise_distance",),
    samples=(((2, 3), 2, (1,), False), ((2, 3), 1, (1,), True)), en=NORM.note["en"], zh=NORM.note["zh-CN"],
)  # fmt: skip


def _all(loss: Tensor, reduction: str) -> Tensor:
    """The losses themselves, their mean or their sum."""
    result: Tensor = loss if _reduction(reduction) == "none" else METHODS[reduction](loss)
    return result


def _plus(x: Tensor, number: float) -> Tensor:
    if x._data.dtype.kind != "f" and isinstance(number, float):
        x = METHODS["to"](x, dtypes.get_default_dtype())
    result: Tensor = apply(ADD_NUMBER, (x,), (number,))
    return result


def _at_least(x: Tensor, bound: float) -> Tensor:
    """A fresh copy raised to the bound behind autograd's back, as PyTorch does it."""
    if np.any(x._data < bound):
        x._data = np.maximum(x._data, x._data.dtype.type(bound))
    return x


@spelled("torch.nn.functional.smooth_l1_loss")
def smooth_l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    _warn_sizes(input, target)
    if beta == 0:
        return FUNCTIONS["nn.functional.l1_loss"](*_together(input, target), reduction=reduction)  # type: ignore[no-any-return]
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    result: Tensor = apply(SMOOTH_L1_LOSS, _together(input, target), (_reduction(reduction), beta))
    return result


@spelled("torch.nn.functional.huber_loss")
def huber_loss(
    input: Tensor, target: Tensor, *, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    _warn_sizes(input, target)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    pair = _together(input, target)
    if target._data.dtype != input._data.dtype:
        # The losses are written where the difference of the input's dtype stands.
        wide = dtypes.promote(input.dtype, target.dtype)
        if input._data.dtype.kind != "f":
            raise RuntimeError(
                f"result type {wide.scalar} can't be cast to the desired output type {input.dtype.scalar}"
            )
        pair = (pair[0], METHODS["to"](pair[1], input.dtype))
    if weight is None:
        result: Tensor = apply(HUBER_LOSS, pair, (_reduction(reduction), delta))
        return result
    if weight._data.shape != input._data.shape:
        raise ValueError("Weights and input must have the same size.")
    losses = METHODS["mul"](apply(HUBER_LOSS, pair, ("none", delta)), weight)
    return _all(losses, reduction)


@spelled("torch.nn.functional.kl_div")
def kl_div(input: Tensor, target: Tensor, *, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """The divergence of log-probabilities from a distribution; `batchmean` is the mathematical one."""
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            UserWarning,
            stacklevel=2,
        )
    m = METHODS
    if input._data.dtype.kind != "f" or target._data.dtype.kind != "f":
        raise RuntimeError("kl_div: Integral inputs not supported.")
    if log_target:
        apart = m["sub"](target, input)
        losses = m["mul"](m["exp"](target), apart)
    else:
        crossed = m["mul"](target, input)  # first, as PyTorch's compiler takes what stands on the right
        losses = m["sub"](FUNCTIONS["xlogy"](target, target), crossed)
    if reduction == "batchmean":
        total: Tensor = m["sum"](losses)
        return m["div"](total, input._data.shape[0]) if input._data.ndim else total
    return _all(losses, reduction)


@spelled("torch.nn.functional.hinge_embedding_loss")
def hinge_embedding_loss(input: Tensor, target: Tensor, *, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    m = METHODS
    zero = Tensor(input._data.dtype.type(0))
    apart = m["clamp_min"](FUNCTIONS["sub"](Tensor(input._data.dtype.type(margin)), input), 0)
    far = FUNCTIONS["where"](m["ne"](target, 1), apart, zero)
    near = FUNCTIONS["where"](m["ne"](target, -1), input, zero)
    return _all(m["add"](far, near), reduction)


@spelled("torch.nn.functional.margin_ranking_loss")
def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, *, margin: float = 0, reduction: str = "mean"
) -> Tensor:
    if input1._data.ndim != input2._data.ndim or input1._data.ndim != target._data.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    m = METHODS
    apart = m["sub"](input1, input2)
    order = m["mul"](m["neg"](target), apart)
    return _all(m["clamp_min"](_plus(order, margin), 0), reduction)


@spelled("torch.cosine_similarity", "torch.nn.functional.cosine_similarity")
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along `dim`, their lengths no less than `eps`. Raises RuntimeError where that is below zero."""
    if not eps >= 0:
        raise RuntimeError(f"eps must be non-negative, got: {eps:g}")
    _check("cosine_similarity", x1, x2)
    kind = dtypes.result_type([x1._data, x2._data], [])
    if not kind.is_floating_point:
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {kind.scalar}")
    x1, x2 = METHODS["to"](x1, kind), METHODS["to"](x2, kind)
    shape = FUNCTIONS["broadcast_shapes"](x1._data.shape, x2._data.shape)
    m = METHODS
    alike = x1._data.shape == x2._data.shape
    pair = [each if alike else m["expand"](each, shape) for each in (x1, x2)]
    parts = []
    for each in pair:
        length = _at_least(m["clone"](FUNCTIONS["linalg.vector_norm"](each, 2, dim, True)), eps)
        parts.append(m["div"](each, length))
    result: Tensor = m["sum"](m["mul"](*parts), dim)
    return result


@spelled("torch.nn.functional.cosine_embedding_loss")
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, *, margin: float = 0, reduction: str = "mean"
) -> Tensor:
    if target._data.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target._data.ndim == 1 and (input1._data.ndim, input2._data.ndim) != (2, 2):
        raise RuntimeError("1D target tensor expects 2D input tensors, but found inputs with sizes " + f"{list(input1.shape)} and {list(input2.shape)}.")  # fmt: skip
    if not target._data.ndim and (input1._data.ndim, input2._data.ndim) != (1, 1):
        raise RuntimeError("0D target tensor expects 1D input tensors, but found inputs with sizes " + f"{list(input1.shape)} and {list(input2.shape)}.")  # fmt: skip
    m, dim = METHODS, target._data.ndim
    product = m["sum"](m["mul"](input1, input2), dim)
    first, second = (_plus(m["sum"](m["mul"](each, each), dim), 1e-12) for each in (input1, input2))
    cosine = m["div"](product, m["sqrt"](m["mul"](first, second)))
    zero = Tensor(cosine._data.dtype.type(0))
    ones = Tensor(cosine._data * 0 + cosine._data.dtype.type(1))
    near = m["sub"](ones, cosine)
    far = m["clamp_min"](apply(SUB_NUMBER, (cosine,), (margin,)), 0)
    where = FUNCTIONS["where"]
    return _all(m["add"](where(m["eq"](target, 1), near, zero), where(m["eq"](target, -1), far, zero)), reduction)


@spelled("torch.pairwise_distance", "torch.nn.functional.pairwise_distance")
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    apart = _plus(METHODS["sub"](x1, x2), eps)
    result: Tensor = apply(DISTANCE, (apart,), (p, (max(apart._data.ndim - 1, 0),), keepdim))
    return result


@spelled("torch.nn.functional.triplet_margin_with_distance_loss")
def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """How far, by a distance of one's own, the positive is not yet nearer to the anchor than the negative by `margin`. Raises ValueError and RuntimeError."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    _three(margin, anchor, positive, negative)
    m, apart = METHODS, distance_function or pairwise_distance
    near, far = apart(anchor, positive), apart(anchor, negative)
    if swap:
        far = m["minimum"](far, apart(positive, negative))
    loss: Tensor = m["clamp_min"](m["sub"](m["add"](near, margin), far), 0)
    return loss if reduction == "none" else m[reduction](loss)


def _three(margin: float, *tensors: Tensor) -> None:
    """Raises ValueError for a margin that is not positive, RuntimeError for tensors of other numbers of dimensions."""
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    ranks = [each._data.ndim for each in tensors]
    if len({*ranks}) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {ranks[0]}D, positive {ranks[1]}D, and negative {ranks[2]}D inputs"
        )


@spelled("torch.nn.functional.triplet_margin_loss")
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    _three(margin, anchor, positive, negative)
    m = METHODS
    near, far = pairwise_distance(anchor, positive, p, eps), pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = m["minimum"](far, pairwise_distance(positive, negative, p, eps))
    return _all(m["clamp_min"](m["sub"](_plus(near, margin), far), 0), reduction)


@spelled("torch.poisson_nll_loss", "torch.nn.functional.poisson_nll_loss")
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    *,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    m = METHODS
    if log_input:
        counted = m["mul"](target, input)
        loss = m["sub"](m["exp"](input), counted)
    else:
        loss = m["sub"](input, m["mul"](target, m["log"](_plus(input, eps))))
    if full:
        if target._data.dtype.kind != "f":
            target = m["to"](target, dtypes.get_default_dtype())
        # What stands on the right first, as PyTorch's compiler takes it.
        spread = apply(MUL_NUMBER, (m["log"](apply(MUL_NUMBER, (target,), (2 * math.pi,))),), (0.5,))
        stirling = m["sub"](m["mul"](target, m["log"](target)), target)
        loss = m["add"](loss, m["masked_fill"](m["add"](stirling, spread), m["le"](target, 1), 0))
    return _all(loss, reduction)


@spelled("torch.nn.functional.gaussian_nll_loss")
def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Any, full: bool = False, *, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """How unlikely the targets are under normal distributions. Raises ValueError for negative variances or wrong sizes."""
    m = METHODS
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = FUNCTIONS["full_like"](input, var)
    elif (var._data < 0).any():
        raise ValueError("var has negative entry/entries")
    if var._data.shape != input._data.shape:
        if input._data.shape[:-1] == var._data.shape:
            var = m["unsqueeze"](var, -1)
        elif input._data.ndim != var._data.ndim or sum(b for a, b in zip(input._data.shape, var._data.shape, strict=True) if a != b) != 1:  # fmt: skip
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    if var._data.dtype.kind != "f":
        word = {"int64": "long int"}.get(var.dtype.name, var.dtype.name)
        raise RuntimeError(f"result type Float can't be cast to the desired output type {word}")
    var = _at_least(m["clone"](var), eps)
    loss = m["mul"](m["add"](m["log"](var), m["div"](m["pow"](m["sub"](input, target), 2), var)), 0.5)
    if full:
        loss = m["add"](loss, 0.5 * math.log(2 * math.pi))
    return _all(loss, reduction)


@spelled("torch.nn.functional.soft_margin_loss")
def soft_margin_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    fixed("soft_margin_loss", "target", target)
    METHODS["neg"](target)
    if input._data.dtype.kind != "f":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {input.dtype.scalar}")
    wide = _together(input, target)[0]._data.shape
    if wide != input._data.shape:
        raise RuntimeError(f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(wide)}")
    if target._data.dtype != input._data.dtype:
        target = METHODS["to"](target, input.dtype)
    result: Tensor = apply(SOFT_MARGIN_LOSS, (input, target), (_reduction(reduction),))
    return result


@spelled("torch.nn.functional.multilabel_soft_margin_loss")
def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    m, soft = METHODS, FUNCTIONS["nn.functional.logsigmoid"]
    losses = m["neg"](
        m["add"](m["mul"](target, soft(input)), m["mul"](FUNCTIONS["rsub"](target, 1), soft(m["neg"](input))))
    )
    if weight is not None:
        losses = m["mul"](losses, weight)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    return _all(m["div"](m["sum"](losses, input._data.ndim - 1), input._data.shape[-1]), reduction)
