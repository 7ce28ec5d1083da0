"""Bends made of straight pieces: hardsigmoid, hardswish, threshold and the shrinks; and celu, which is nearly one."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.application import apply
from engine.ops.activation import _real, implied_dim
from engine.ops.inplace import change
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.signatures import type_name
from engine.tensor import Tensor

HARDSIGMOID = row(
    "hardsigmoid", "clamp(self / 6 + 0.5, 0, 1)", {"self": "where((self > -3) & (self < 3), g * 0.1666666716337204, 0)"}, symbol="hard σ", twice={"self": "hardsigmoid_backward(g, self)"}, spelled=("F.hardsigmoid",),
    samples=(((2, 3),),), en="A sixth of the gradient passes on the slope, nothing on the flats.", zh="斜坡上传过梯度的六分之一，平坦处不传。",
)  # fmt: skip
HARDSWISH = row(
    "hardswish", "self * clamp(self / 6 + 0.5, 0, 1)", {"self": "where(self <= -3, 0, where(self < 3, g * (self / 3 + 0.5), g))"}, symbol="hswish", twice={"self": "hardswish_backward(g, self)"},
    spelled=("F.hardswish",), samples=(((2, 3),),), en="The gate is a straight slope; input and gate both pass a gradient.", zh="门是一段直线斜坡；输入与门都传回梯度。",
)  # fmt: skip
CELU = row(
    "celu", "where(self >= 0, self, expm1(self / alpha) * alpha)", {"self": "where(self <= 0, g * (alpha * inverse) * exp(self * inverse), g)"}, settings="alpha inverse", symbol="CELU",
    twice={"self": "elu_backward(g, self, alpha, 1, inverse)"},
    spelled=("F.celu",), samples=(((2, 3), 1.0, 1.0), ((2, 3), 2.0, 0.5)),
    en="The gradient passes where the input is positive; elsewhere it fades with the exponential.", zh="输入为正处梯度通过，其余处随指数函数衰减。",
)  # fmt: skip
THRESHOLD = row(
    "threshold", "where(self <= threshold, value, self)", {"self": "where(self <= threshold, 0, g)"}, settings="threshold value",
    symbol="gate", twice={"self": "gate_backward(g, self, threshold)"},
    spelled=("F.threshold",), samples=(((2, 3), 0.1, 20.0),),
    en="The gradient passes where the input was let through.", zh="输入被放行处梯度通过。",
)  # fmt: skip
CELU_HERE = row(
    "celu_", "where(self > 0, self, expm1(self / alpha) * alpha)", {"self": "where(result > 0, g, g * inverse * (result + alpha))"}, settings="alpha inverse",
    node="CeluBackward1!", symbol="CELU", spelled=("F.celu(x, inplace=True)",), samples=(((2, 3), 1.0, 1.0), ((2, 3), 2.0, 0.5)),
    en="The gradient passes where the result is positive; elsewhere it fades with what is left above the floor.", zh="结果为正处梯度通过，其余处随结果高出下限的部分衰减。",
)  # fmt: skip
THRESHOLD_HERE = row(
    "threshold_", "where(self <= threshold, value, self)", {"self": "where(self <= threshold, 0, g)"}, settings="threshold value", node="ThresholdBackward1!",
    symbol="gate", spelled=("F.threshold(x, 0.1, 0., inplace=True)",), samples=(((2, 3), 0.1, -5.0),),
    en="The gradient passes where the input was let through.", zh="输入被放行处梯度通过。",
)  # fmt: skip
HARDSHRINK = row(
    "hardshrink", "where((self >= -lambd) & (self <= lambd), 0, self)", {"self": "where((self >= -lambd) & (self <= lambd), 0, g)"}, settings="lambd",
    twice={"self": "hardshrink_backward(g, self, lambd)"}, symbol="shrink", spelled=("F.hardshrink",), samples=(((2, 3), 0.5),),
    en="The gradient passes where the input was let through.", zh="输入被放行处梯度通过。",
)  # fmt: skip
SOFTSHRINK = row(
    "softshrink", "where(self > lambd, self - lambd, where(self < -lambd, self + lambd, self * 0))", {"self": "where((self >= -lambd) & (self <= lambd), 0, g)"},
    twice={"self": "softshrink_backward(g, self, lambd)"}, settings="lambd", symbol="shrink", spelled=("F.softshrink",), samples=(((2, 3), 0.5),),
    en="The gradient passes where something of the input is left.", zh="输入还有剩余处梯度通过。",
)  # fmt: skip


def coarse_inverse(alpha: float) -> float:
    """What PyTorch's rule for celu divides by passes through float32."""
    return 1.0 / float(np.float32(alpha))


def _bent(op: Op, input: Tensor, settings: tuple[float, ...], inplace: bool, here: Op | None = None) -> Tensor:
    if inplace:
        return change(input, here or op, (), settings, f"{op.name}_")
    result: Tensor = apply(op, (input,), settings)
    return result


@spelled("torch.nn.functional.hardsigmoid")
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    return _bent(HARDSIGMOID, input, (), inplace)


@spelled("torch.nn.functional.hardswish")
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    return _bent(HARDSWISH, input, (), inplace)


@spelled("torch.nn.functional.celu", "torch.celu")
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Raises RuntimeError for an alpha of zero."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return _bent(CELU, input, (alpha, coarse_inverse(alpha)), inplace, CELU_HERE)


@spelled("torch.nn.functional.threshold", "torch.threshold")
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Raises TypeError for what is no number."""
    numbers: tuple[tuple[str, Any], ...] = (("threshold", threshold), ("value", value))
    for place, (name, each) in enumerate(numbers, 2):
        if not isinstance(each, (int, float, np.generic, Tensor)):
            text = f"threshold(): argument '{name}' (position {place}) must be Number, not {type_name(each)}"
            raise TypeError(text)
    if input._data.dtype.kind in "iu":
        threshold, value = int(threshold), int(value)
    return _bent(THRESHOLD, input, (threshold, value), inplace, THRESHOLD_HERE)


@spelled("torch.nn.functional.hardshrink", "torch.hardshrink")
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    result: Tensor = apply(HARDSHRINK, (input,), (lambd,))
    return result


@spelled("torch.nn.functional.softshrink")
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Raises RuntimeError for a lambda that is negative or beyond the dtype."""
    if input._data.dtype.kind == "f" and not 0 <= lambd <= np.finfo(input._data.dtype).max:
        most = f"{float(np.finfo(input._data.dtype).max):g}"
        raise RuntimeError(
            f"lambda must be in range [0, {most}] for input dtype {input.dtype.scalar}, but found {lambd:g}"
        )
    result: Tensor = apply(SOFTSHRINK, (input,), (lambd,))
    return result


@spelled("torch.nn.functional.tanhshrink")
def tanhshrink(input: Tensor) -> Tensor:
    """The input less its tanh."""
    result: Tensor = METHODS["sub"](input, METHODS["tanh"](input))
    return result


@spelled("torch.nn.functional.softmin")
def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: dtypes.dtype | None = None) -> Tensor:
    """The softmax of the negative."""
    place = implied_dim("softmin", input) if dim is None else dim
    result: Tensor = METHODS["softmax"](METHODS["neg"](input), place, dtype)
    return result


@spelled("torch.celu_", "torch.nn.functional.celu_")
def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    _real("elu_cpu", input)
    return celu(input, alpha, True)


@spelled("torch.threshold_", "torch.nn.functional.threshold_")
def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    result: Tensor = FUNCTIONS["nn.functional.threshold"](input, threshold, value, True)
    return result
