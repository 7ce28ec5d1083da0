"""The ops that PyTorch runs where a derivative is itself differentiated: one for what the first derivative's formula spells out."""

from __future__ import annotations

from typing import Any

from engine import dtypes
from engine.application import apply
from engine.ops.arithmetic import MUL_NUMBER
from engine.ops.margins import ADD_NUMBER
from engine.ops.norms import NORM, vector_norm
from engine.ops.op import Op, camel
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

NOTE = {"en": "A derivative that is itself differentiated.", "zh": "导数再求一次导。"}
PAIR = (((2, 3), (2, 3)),)

SIGMOID_BACKWARD = row(
    "sigmoid_backward", "g_ * (1 - result_) * result_",
    {"g_": "g * (1 - result_) * result_", "result_": "g * g_ * (1 - 2 * result_)"},
    node="SigmoidBackwardBackward0!", symbol="σ′", samples=PAIR, **NOTE,
)  # fmt: skip
TANH_BACKWARD = row(
    "tanh_backward", "g_ * (1 - result_ * result_)", {"g_": "g * (1 - result_ * result_)", "result_": "-2 * (g * g_ * result_)"},
    node="TanhBackwardBackward0!", symbol="tanh′", samples=PAIR, **NOTE,
)  # fmt: skip
LEAKY_RELU_BACKWARD = row(
    "leaky_relu_backward", "threshold_backward(g_, self, slope)", {"g_": "threshold_backward(g, self, slope)", "self": "zeros_like(g)"},
    settings="slope", node="LeakyReluBackwardBackward0!", symbol="LReLU′", samples=(((2, 3), (2, 3), 0.1),), **NOTE,
)  # fmt: skip
HARDTANH_BACKWARD = row(
    "hardtanh_backward", "where((self <= min_val) | (self >= max_val), 0, g_)",
    {"g_": "where((self <= min_val) | (self >= max_val), 0, g)", "self": "zeros_like(g)"},
    settings="min_val max_val", node="HardtanhBackwardBackward0!", symbol="hardtanh′", samples=(((2, 3), (2, 3), -1.0, 1.0),), **NOTE,
)  # fmt: skip
SOFTPLUS_BACKWARD = row(
    "softplus_backward", "where(self * beta > threshold, g_, g_ * sigmoid(self * beta))",
    {
        "g_": "where(self * beta > threshold, g, g * sigmoid(self * beta))",
        "self": "where(self * beta > threshold, 0, g * g_ * sigmoid(self * beta) * (1 - sigmoid(self * beta)) * beta)",
    },
    twice={"self": "sigmoid_backward(g * g_, sigmoid(self * beta)) * (self * beta < threshold) * beta"},
    settings="beta threshold", node="SoftplusBackwardBackward0!", symbol="softplus′", samples=(((2, 3), (2, 3), 1.0, 20.0), ((2, 3), (2, 3), 2.0, 1.0)), **NOTE,
)  # fmt: skip
SOFTMAX_BACKWARD = row(
    "softmax_backward", "result_ * (g_ - total_along(g_ * result_, dim))",
    {
        "g_": "result_ * (g - total_along(g * result_, dim))",
        "result_": "g * (g_ - total_along(g_ * result_, dim)) - g_ * total_along(g * result_, dim)",
    },
    settings="dim", node="SoftmaxBackwardDataBackward0!", symbol="softmax′", samples=(((2, 3), (2, 3), 1),), **NOTE,
)  # fmt: skip
LOG_SOFTMAX_BACKWARD = row(
    "log_softmax_backward", "g_ - exp(result_) * total_along(g_, dim)",
    {"g_": "g - total_along(g * exp(result_), dim)", "result_": "-(g * exp(result_) * total_along(g_, dim))"},
    settings="dim", node="LogSoftmaxBackwardDataBackward0!", symbol="logsmax′", samples=(((2, 3), (2, 3), 1),), **NOTE,
)  # fmt: skip

ELU_BACKWARD = row(
    "elu_backward", "where(self <= 0, g_ * (alpha * scale * input_scale) * exp(self * input_scale), g_ * scale)",
    {
        "g_": "where(self <= 0, g * (alpha * scale * input_scale) * exp(self * input_scale), g * scale)",
        "self": "where(self < 0, g * g_ * input_scale * (alpha * scale * input_scale) * exp(self * input_scale), 0)",
    },
    twice={"self": "elu_backward(g * g_ * input_scale, self, alpha, scale, input_scale) * (self < 0)"},
    settings="alpha scale input_scale", node="EluBackwardBackward0!", symbol="ELU′", samples=(((2, 3), (2, 3), 1.5, 1.1, 0.5),), **NOTE,
)  # fmt: skip
GATE_BACKWARD = row(
    "gate_backward", "where(self <= threshold, 0, g_)", {"g_": "where(self <= threshold, 0, g)", "self": "zeros_like(g)"},
    settings="threshold", node="ThresholdBackwardBackward0!", symbol="gate", samples=(((2, 3), (2, 3), 0.1),), **NOTE,
)  # fmt: skip
HARDSHRINK_BACKWARD, SOFTSHRINK_BACKWARD = (
    row(
        f"{name}_backward", "where((self >= -lambd) & (self <= lambd), 0, g_)",
        {"g_": "where((self >= -lambd) & (self <= lambd), 0, g)", "self": "zeros_like(g)"},
        settings="lambd", node=f"{name.capitalize()}BackwardBackward0!", symbol="shrink′", samples=(((2, 3), (2, 3), 0.5),), **NOTE,
    )
    for name in ("hardshrink", "softshrink")
)  # fmt: skip
HARDSWISH_BACKWARD = row(
    "hardswish_backward", "where(self <= -3, 0, where(self < 3, g_ * (self / 3 + 0.5), g_))",
    {"g_": "where(self <= -3, 0, where(self < 3, g * (self / 3 + 0.5), g))", "self": "where((self > -3) & (self < 3), g * g_ / 3, 0)"},
    node="HardswishBackwardBackward0!", symbol="hswish′", samples=PAIR, **NOTE,
)  # fmt: skip
HARDSIGMOID_BACKWARD = row(
    "hardsigmoid_backward", "where((self > -3) & (self < 3), g_ * 0.1666666716337204, 0)",
    {"g_": 'underivable(g, "hardsigmoid_backward")', "self": 'underivable(g, "hardsigmoid_backward")'},
    node="torch::autograd::NotImplemented!", symbol="hard σ′", samples=PAIR,
    en="The slope of hardsigmoid; PyTorch has no derivative for it.", zh="hardsigmoid 的斜率；PyTorch 没有给出它的导数。",
)  # fmt: skip


GELU_BACKWARD = row(
    "gelu_backward", "g_ * (normal_cdf(self) + self * normal_pdf(self))",
    {"g_": "g * (normal_cdf(self) + self * normal_pdf(self))", "self": "g * g_ * normal_pdf(self) * (2 - self * self)"},
    node="GeluBackwardBackward0!", symbol="GELU′", samples=PAIR, **NOTE,
)  # fmt: skip
GELU_TANH_BACKWARD = row(
    "gelu_tanh_backward", "g_ * gelu_tanh_slope(self)",
    {
        "g_": "g * gelu_tanh_slope(self)",
        "self": "g * g_ * (1 - tanh(gelu_inner(self)) ** 2) * (gelu_slope(self) * (1 - self * tanh(gelu_inner(self)) * gelu_slope(self)) + 0.10703222440890037 * self ** 2)",
    },
    node="GeluBackwardBackward0!", symbol="GELU′", samples=PAIR, **NOTE,
)  # fmt: skip
LOG_SIGMOID_BACKWARD = row(
    "log_sigmoid_backward", "g_ * sigmoid(-self)", {"g_": "g * sigmoid(-self)", "self": "-g * g_ * sigmoid(self) * sigmoid(-self)"},
    node="LogSigmoidBackwardBackward0!", symbol="log σ′", samples=PAIR, **NOTE,
)  # fmt: skip


def _distance(name: str, slope: str, bend: str, **facts: Any) -> Op:
    """What a loss by distance sends to its prediction; `bend` is the slope of that slope."""
    return row(
        f"{name}_backward", f"share_of(g_, self, reduction) * ({slope})",
        {
            "g_": f"share_of(g, self, reduction) * ({slope})",
            "self": f"share_of(g * g_, self, reduction) * {bend}",
            "target": f"-share_of(g * g_, self, reduction) * {bend}",
        },
        **facts, **NOTE,
    )  # fmt: skip


def _losses(*settings: Any) -> Any:
    return tuple((() if reduction != "none" else (2, 3), (2, 3), (2, 3), reduction, *settings) for reduction in ("mean", "sum", "none"))  # fmt: skip


MSE_LOSS_BACKWARD = _distance("mse_loss", "2 * (self - target)", "2", settings="reduction", node="MseLossBackwardBackward0!", symbol="MSE′", samples=_losses())  # fmt: skip
SMOOTH_L1_LOSS_BACKWARD = _distance(
    "smooth_l1_loss", "where(abs(self - target) < beta, (self - target) / beta, sign(self - target))", "where(abs(self - target) < beta, 1 / beta, 0)",
    settings="reduction beta", node="SmoothL1LossBackwardBackward0!", symbol="L1~′", samples=_losses(0.7),
)  # fmt: skip
HUBER_LOSS_BACKWARD = _distance(
    "huber_loss", "where(abs(self - target) < delta, self - target, delta * sign(self - target))", "where(abs(self - target) < delta, 1, 0)",
    settings="reduction delta", node="HuberLossBackwardBackward0!", symbol="Huber′", samples=_losses(0.7),
)  # fmt: skip
SOFT_MARGIN_LOSS_BACKWARD = row(
    "soft_margin_loss_backward", "share_of(g_, self, reduction) * (-target * sigmoid(-target * self))",
    {
        "g_": "share_of(g, self, reduction) * (-target * sigmoid(-target * self))",
        "self": "share_of(g * g_, self, reduction) * (target * target * sigmoid(-target * self) * sigmoid(target * self))",
    },
    inputs="g_ self target", settings="reduction", node="SoftMarginLossBackwardBackward0!", symbol="margin′",
    samples=(((), (2, 3), [1.0, -1.0, 1.0], "mean"), ((3,), (3,), [1.0, -1.0, 1.0], "none")), **NOTE,
)  # fmt: skip


def _front(op: Op) -> None:
    def front(*given: Any) -> Tensor:
        count = len(op.inputs)
        result: Tensor = apply(op, given[:count], given[count:])
        return result

    spelled(f"internal.{op.name}")(front)


for _op in (
    SIGMOID_BACKWARD,
    TANH_BACKWARD,
    LEAKY_RELU_BACKWARD,
    HARDTANH_BACKWARD,
    SOFTPLUS_BACKWARD,
    SOFTMAX_BACKWARD,
    LOG_SOFTMAX_BACKWARD,
    ELU_BACKWARD,
    GATE_BACKWARD,
    HARDSHRINK_BACKWARD,
    SOFTSHRINK_BACKWARD,
    HARDSIGMOID_BACKWARD,
    HARDSWISH_BACKWARD,
    GELU_BACKWARD,
    GELU_TANH_BACKWARD,
    LOG_SIGMOID_BACKWARD,
    MSE_LOSS_BACKWARD,
    SMOOTH_L1_LOSS_BACKWARD,
    HUBER_LOSS_BACKWARD,
    SOFT_MARGIN_LOSS_BACKWARD,
):
    _front(_op)


def _measured(name: str, sizes: str, dims: str, line: str, samples: Any, **facts: Any) -> None:
    """What goes back to input, weight and bias of a normalization, as the one op that PyTorch has for it."""
    spread = f"mean(input, {dims}, True), rstd_of(input, {dims}, eps)"
    weight, hw, hb = (line.format(each) for each in ("weight", "nth(g, wanted, 1)", "nth(g, wanted, 2)"))
    first = "nth(g, wanted, 0)"
    pulled = f"measured_weight({first}, g_, input, {spread}, {dims})"
    held = ("bias",) if sizes else ()
    op = row(
        f"{name}_backward", f"{name}_backward(g_, input, weight, {sizes}eps, wanted)",
        {
            "g_": f"measured_g({first}, {hw}, {hb}, input, {spread}, {weight}, {dims}, g_.shape)",
            "input": f"measured_x({first}, {hw}, g_, input, {spread}, {weight}, {dims})",
            "weight": f"channel_total({pulled}, input.shape)" if name == "batch_norm" else pulled,
            **dict.fromkeys(held, "None"),
        },
        settings=f"{'normalized_shape ' if sizes else ''}eps wanted", many=True, silent=True, node=f"Native{camel(name)}BackwardBackward0!", symbol="norm′",
        samples=samples, **facts, **NOTE,
    )  # fmt: skip
    count = len(op.inputs)
    spelled(f"internal.{name}_backward")(lambda *given: apply(op, given[:count], given[count:]))


def _running() -> None:
    """The same where means and variances ran along: nothing of them depends on the input."""
    by_weight, by_bias = (f"nth(g, wanted, {place})" for place in (1, 2))
    pulled = "nth(g, wanted, 0)"
    rstd, scale, average = (
        f"lined({row}, input.shape)" for row in ("rsqrt(running_var + eps)", "weight", "running_mean")
    )
    op = row(
        "batch_norm_running_backward", "batch_norm_running_backward(g_, input, weight, running_mean, running_var, eps, wanted)",
        {
            "g_": f"running_g({pulled}, lined({by_weight}, input.shape), lined({by_bias}, input.shape), input, {average}, {rstd}, {scale}, g_.shape)",
            "input": f"running_pull(lined({by_weight}, input.shape), g_, {rstd})",
            "weight": f"channel_total(running_pull({pulled}, g_, {rstd}), input.shape)",
        },
        inputs="g_ input weight running_mean running_var", settings="eps wanted", many=True, silent=True, node="NativeBatchNormBackwardBackward0!",
        symbol="norm′", beside=(3, 4), **NOTE,
        samples=(
            ((4, 3), (4, 3), (3,), [0.1, 0.2, -0.3], [1.0, 2.0, 0.5], 1e-5, (True, True, True)),
            ((2, 2, 3), (2, 2, 3), None, [0.5, 0.0], [1.0, 3.0], 0.1, (True, False, True)),
        ),
    )  # fmt: skip
    spelled("internal.batch_norm_running_backward")(lambda *given: apply(op, given[:5], given[5:]))


_running()
_measured(
    "layer_norm", "normalized_shape, ", "last_dims(normalized_shape)", "{}",
    (((2, 3), (2, 3), (3,), None, (3,), 1e-5, (True, True, True)), ((2, 2, 3), (2, 2, 3), None, None, (2, 3), 0.1, (True, False, False)), ((2, 3), (2, 3), (3,), None, (3,), 0.1, (False, True, True))),
    beside=(2, 3),
)  # fmt: skip
_measured(
    "batch_norm", "", "batch_dims(input.shape)", "lined({}, input.shape)",
    (((4, 3), (4, 3), (3,), 1e-5, (True, True, True)), ((2, 2, 3), (2, 2, 3), None, 0.1, (True, False, True)), ((2, 2, 2, 2), (2, 2, 2, 2), (2,), 0.1, (False, True, False))),
    beside=(3, 4),
)  # fmt: skip


@spelled("internal.renorm_pulled")
def renorm_pulled(g: Tensor, x: Tensor, p: float, others: tuple[int, ...], maxnorm: float) -> Tensor:
    """What goes back through `renorm`, worked out in float64, as PyTorch does."""
    m = METHODS
    size = vector_norm(x, p, others, True, dtype=dtypes.float64)
    along = m["sum"](m["mul"](x, g), others, True, dtype=dtypes.float64)
    inverse = m["reciprocal"](apply(ADD_NUMBER, (size,), (1e-7,)))
    pulled = NORM.tensor_rules[0](along, x, size, x._data.shape, p, others, True)
    made = m["mul"](apply(MUL_NUMBER, (inverse,), (maxnorm,)), m["sub"](g, m["mul"](inverse, pulled)))
    result: Tensor = FUNCTIONS["where"](m["gt"](size, maxnorm), m["to"](made, g.dtype), g)
    return result
