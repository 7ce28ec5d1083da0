"""The ops that PyTorch runs where a derivative is itself differentiated: one for what the first derivative's formula spells out."""

from __future__ import annotations

from engine.function import apply
from engine.ops.op import Op
from engine.ops.table import row, spelled
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
    settings="slope", node="LeakyReluBackwardBackward0!", symbol="gate", samples=(((2, 3), (2, 3), 0.1),), **NOTE,
)  # fmt: skip
HARDTANH_BACKWARD = row(
    "hardtanh_backward", "where((self <= min_val) | (self >= max_val), 0, g_)",
    {"g_": "where((self <= min_val) | (self >= max_val), 0, g)", "self": "zeros_like(g)"},
    settings="min_val max_val", node="HardtanhBackwardBackward0!", symbol="gate", samples=(((2, 3), (2, 3), -1.0, 1.0),), **NOTE,
)  # fmt: skip
SOFTPLUS_BACKWARD = row(
    "softplus_backward", "where(self * beta > threshold, g_, g_ * sigmoid(self * beta))",
    {
        "g_": "where(self * beta > threshold, g, g * sigmoid(self * beta))",
        "self": "where(self * beta > threshold, 0, g * g_ * sigmoid(self * beta) * (1 - sigmoid(self * beta)) * beta)",
    },
    settings="beta threshold", node="SoftplusBackwardBackward0!", symbol="σ", samples=(((2, 3), (2, 3), 1.0, 20.0), ((2, 3), (2, 3), 2.0, 1.0)), **NOTE,
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
    settings="dim", node="LogSoftmaxBackwardDataBackward0!", symbol="log softmax′", samples=(((2, 3), (2, 3), 1),), **NOTE,
)  # fmt: skip

ELU_BACKWARD = row(
    "elu_backward", "where(self <= 0, g_ * (alpha * scale * input_scale) * exp(self * input_scale), g_ * scale)",
    {
        "g_": "where(self <= 0, g * (alpha * scale * input_scale) * exp(self * input_scale), g * scale)",
        "self": "where(self < 0, g * g_ * input_scale * (alpha * scale * input_scale) * exp(self * input_scale), 0)",
    },
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


def _front(op: Op) -> None:
    def front(g: Tensor, value: Tensor, *settings: float) -> Tensor:
        result: Tensor = apply(op, (g, value), settings)
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
):
    _front(_op)
