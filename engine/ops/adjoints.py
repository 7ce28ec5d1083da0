"""The derivatives of convolution, which are ops themselves: one for all three where PyTorch differentiates again, and its parts."""

from __future__ import annotations

from typing import Any

from engine.application import apply
from engine.ops.table import internal, row, spelled

ADJOINT = {
    "en": "A derivative of convolution, itself convolution with one of the two turned round.",
    "zh": "卷积的导数，本身也是卷积，只是其中一个翻转过来。",
}
HOW = "stride padding dilation groups"

CONV_INPUT = row(
    "convolution_backward_input", "conv_input(g_, weight, shape, stride, padding, dilation, groups)",
    {
        "g_": "conv(g, weight, None, stride, padding, dilation, groups)",
        "weight": "conv_weight(g_, g, weight.shape, stride, padding, dilation, groups)",
    },
    settings="shape stride padding dilation groups", node="ConvolutionBackwardBackward0!", symbol="∗′",
    samples=(
        ((2, 3, 3, 3), (3, 2, 2, 3), (2, 2, 4, 5), (1, 1), (0, 0), (1, 1), 1),
        ((1, 2, 3, 2), (2, 2, 3, 2), (1, 4, 5, 4), (2, 1), (1, 0), (1, 2), 2),
    ), **ADJOINT,
)  # fmt: skip
CONV_WEIGHT = row(
    "convolution_backward_weight", "conv_weight(g_, input, shape, stride, padding, dilation, groups)",
    {
        "g_": "fitted(conv(input, g, None, stride, padding, dilation, groups), g_.shape)",
        "input": "conv_input(g_, g, input.shape, stride, padding, dilation, groups)",
    },
    settings="shape stride padding dilation groups", node="ConvolutionBackwardBackward0!", symbol="∗′",
    samples=(
        ((2, 3, 3, 3), (2, 2, 4, 5), (3, 2, 2, 3), (1, 1), (0, 0), (1, 1), 1),
        ((1, 2, 3, 2), (1, 4, 5, 4), (2, 2, 3, 2), (2, 1), (1, 0), (1, 2), 2),
    ), **ADJOINT,
)  # fmt: skip
CHANNEL_SUM = row(
    "channel_sum", "channel_sum(g_)", {"g_": "channel_spread(g, g_.shape)"}, node="ConvolutionBackwardBackward0!", symbol="Σ",
    samples=(((2, 3, 2, 2),),), en="Every place of a channel receives the gradient of its sum.", zh="通道的每个位置都得到其总和的梯度。",
)  # fmt: skip
CHANNEL_SPREAD = row(
    "channel_spread", "channel_spread(self, shape)", {"self": "channel_sum(g)"}, settings="shape", node="Expand", symbol="expand",
    samples=(((3,), (2, 3, 2, 2)),), en="The value was used in every place of its channel: the gradient is the sum there.",
    zh="该值用于其通道的每个位置：梯度是那里的总和。",
)  # fmt: skip


def _all(name: str, second: str, samples: Any) -> None:
    """What goes back to input, kernels and bias, as the one op that PyTorch has for it."""
    how = "stride, padding, dilation, groups"
    op = row(
        f"{name}_backward", f"{name}_backward(g_, input, weight, input_size, weight_size, {how}, wanted)",
        {
            "g_": f"{name}_twice_g(nth(g, wanted, 0), nth(g, wanted, 1), nth(g, wanted, 2), input, weight, g_.shape, {how})",
            "input": f"{name}_twice_input(nth(g, wanted, 1), g_, input_size, {how})",
            "weight": f"conv_twice_weight({second}, weight_size, {how})",
        },
        settings=f"input_size weight_size {HOW} wanted", many=True, node="ConvolutionBackwardBackward0!", symbol="∗′", samples=samples, **ADJOINT,
    )  # fmt: skip
    spelled(f"internal.{name}_backward")(
        lambda g, x, weight, shape, wide, *settings: apply(op, (g, x, weight), (shape, wide, *settings))
    )


_all(
    "conv", "nth(g, wanted, 0), g_",
    (
        ((2, 3, 3, 3), (2, 2, 4, 5), (3, 2, 2, 3), (2, 2, 4, 5), (3, 2, 2, 3), (1, 1), (0, 0), (1, 1), 1, (True, True, True)),
        ((1, 2, 3, 2), (1, 4, 5, 4), (2, 2, 3, 2), (1, 4, 5, 4), (2, 2, 3, 2), (2, 1), (1, 0), (1, 2), 2, (False, True, True)),
    ),
)  # fmt: skip
_all(
    "unconv", "g_, nth(g, wanted, 0)",
    (
        ((2, 3, 4, 4), (2, 2, 3, 2), (2, 3, 2, 3), (2, 2, 3, 2), (2, 3, 2, 3), (1, 1), (0, 0), (1, 1), 1, (True, True, True)),
        ((1, 2, 7, 3), (1, 4, 3, 2), (4, 1, 3, 2), (1, 4, 3, 2), (4, 1, 3, 2), (2, 1), (1, 0), (1, 2), 2, (True, False, True)),
    ),
)  # fmt: skip
internal("conv_input", CONV_INPUT, 2)
internal("conv_weight", CONV_WEIGHT, 2)
internal("channel_sum", CHANNEL_SUM, 1)
internal("channel_spread", CHANNEL_SPREAD, 1)
