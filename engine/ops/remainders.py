"""Rarer functions of two numbers: angles, remainders, blends."""

from __future__ import annotations

from typing import Any

from engine import dtypes
from engine.application import apply
from engine.ops.arithmetic import TENSORS, _binary, _check
from engine.ops.table import METHODS, argument, row, spelled
from engine.tensor import Tensor

ATAN2 = _binary(
    "atan2", "atan2(self, other)",
    {"self": "g * other * reciprocal_or_zero(self * self + other * other)", "other": "g * -self * reciprocal_or_zero(self * self + other * other)"},
    together="atan2_backward(g, self, other, wanted)",
    symbol="atan2", domain=(0.5, 2.0), spelled=("torch.atan2", "Tensor.atan2"), samples=TENSORS,
    en="The angle turns with each side in proportion to the other side.", zh="角度随每条边的变化，与另一条边成比例。",
)  # fmt: skip
REMAINDER = _binary(
    "remainder", "remainder(self, other)", {"self": "g", "other": '-g * divided(self, other, "floor")'}, symbol="mod", domain=(0.5, 2.0), node="RemainderBackward1!",
    spelled=("torch.remainder", "x % y"), samples=(((3,), (3,)),),
    en="The remainder moves with x, and jumps where the quotient does.", zh="余数随 x 移动，在商跳变处跳变。",
)  # fmt: skip
FMOD = _binary(
    "fmod", "fmod(self, other)", {"self": "g", "other": '-g * divided(self, other, "trunc")'}, symbol="mod", domain=(0.5, 2.0), node="FmodBackward1!",
    spelled=("torch.fmod",), samples=(((3,), (3,)),),
    en="The remainder moves with x, and jumps where the quotient does.", zh="余数随 x 移动，在商跳变处跳变。",
)  # fmt: skip
REMAINDER_NUMBER, FMOD_NUMBER = (
    row(
        f"{name}_number", f"{name}(self, other)", {"self": "g"}, settings="other", node=f"{name.capitalize()}Backward0!", symbol="mod",
        spelled=(shown,), samples=(((3,), 0.7),), en="The remainder moves with x.", zh="余数随 x 移动。",
    )
    for name, shown in (("remainder", "x % 2"), ("fmod", "torch.fmod(x, 2)"))
)  # fmt: skip
LERP_TENSOR = row(
    "lerp_tensor", "self + weight * (end - self)", {"self": "g * (1 - weight)", "end": "g * weight", "weight": "g * (end - self)"}, node="LerpBackward1!", symbol="lerp",
    spelled=("torch.lerp(x, y, t)",), samples=(((3,), (3,), (3,)), ((2, 3), (3,), ())),
    en="Start and end share the gradient by the weight; the weight receives it by their distance.", zh="起点与终点按权重分得梯度；权重按两者之差得到梯度。",
)  # fmt: skip
ADDCDIV = row(
    "addcdiv", "self + value * (tensor1 / tensor2)",
    {"self": "g", "tensor1": "g * (value / tensor2)", "tensor2": "-g * (value * tensor1 / (tensor2 * tensor2))"}, settings="value", promotes=True, symbol="+÷",
    spelled=("torch.addcdiv", "Tensor.addcdiv"), samples=(((3,), (3,), (3,), 0.5),), domain=(0.5, 2.0),
    en="The sum passes the gradient on; the quotient hands its share to both its parts.", zh="和把梯度原样传下；商把它那份交给被除数与除数。",
)  # fmt: skip
LERP = row(
    "lerp", "self + weight * (end - self)", {"self": "g * (1 - weight)", "end": "g * weight"}, twice={"self": "times(g, 1 - weight)", "end": "times(g, weight)"}, inputs="self end", settings="weight", symbol="lerp",
    spelled=("torch.lerp", "Tensor.lerp"), samples=(((3,), (3,), 0.3),),
    en="Start and end share the gradient by their weights.", zh="起点与终点按权重分得梯度。",
)  # fmt: skip
ADDCMUL = row(
    "addcmul", "self + value * tensor1 * tensor2",
    {"self": "g", "tensor1": "g * (tensor2 * value)", "tensor2": "g * (tensor1 * value)"}, settings="value", promotes=True, symbol="+×",
    spelled=("torch.addcmul", "Tensor.addcmul"), samples=(((3,), (3,), (3,), 0.5),),
    en="The sum passes the gradient on; each factor receives it scaled by the other.", zh="和把梯度原样传下；每个因子得到乘以另一因子的梯度。",
)  # fmt: skip


@spelled("torch.atan2", "Tensor.atan2")
def atan2(input: Tensor, other: Tensor) -> Tensor:
    for place, value in enumerate((input, other), 1):
        if not isinstance(value, Tensor):
            raise argument("atan2", "input" if place == 1 else "other", place, value)
    _check("atan2", input, other)
    if input._data.dtype.kind != "f" or other._data.dtype.kind != "f":
        kind = dtypes.result_type([input._data, other._data], [])
        kind = kind if kind.is_floating_point else dtypes.get_default_dtype()
        input, other = (each if each._data.dtype.kind == "f" else METHODS["to"](each, kind) for each in (input, other))
    result: Tensor = apply(ATAN2, (input, other))
    return result


def alike(input: Tensor, end: Tensor, weight: Any) -> None:
    """Raises RuntimeError for the first tensor of another dtype."""
    for name, each in (("end", end), ("weight", weight)):
        if isinstance(each, Tensor) and each._data.dtype != input._data.dtype:
            raise RuntimeError(f"expected dtype {input.dtype.cpp} for `{name}` but got dtype {each.dtype.cpp}")


@spelled("torch.lerp", "Tensor.lerp")
def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """`input` moved towards `end` by the weight, a number or a tensor. Raises RuntimeError where the dtypes differ."""
    alike(input, end, weight)
    _check("lerp", input, end)
    if isinstance(weight, Tensor):
        _check("lerp", input, weight)
    if isinstance(weight, Tensor):
        result: Tensor = apply(LERP_TENSOR, (input, end, weight))
        return result
    result = apply(LERP, (input, end), (weight,))
    return result


def _threefold(name: str, *tensors: Tensor) -> None:
    """Raises RuntimeError for tensors whose shapes do not fit each other, two after two."""
    for place, first in enumerate(tensors):
        for second in tensors[place + 1 :]:
            _check(name, first, second)


@spelled("torch.addcmul", "Tensor.addcmul")
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    _threefold("addcmul", input, tensor1, tensor2)
    result: Tensor = apply(ADDCMUL, (input, tensor1, tensor2), (value,))
    return result


@spelled("torch.addcdiv", "Tensor.addcdiv")
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """`input` with a scaled quotient added. Raises RuntimeError for integers, whose quotient would be rounded."""
    if tensor1._data.dtype.kind != "f" and tensor2._data.dtype.kind != "f":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of "
            "tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2))"
            ".to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv "
            "behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes."
        )
    _threefold("addcdiv", input, tensor1, tensor2)
    result: Tensor = apply(ADDCDIV, (input, tensor1, tensor2), (value,))
    return result
