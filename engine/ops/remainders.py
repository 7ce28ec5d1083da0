"""Rarer functions of two numbers: angles, remainders, blends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.function import apply
from engine.ops.arithmetic import TENSORS, _binary, _check, operand
from engine.ops.op import Op
from engine.ops.table import METHODS, row, spelled
from engine.tensor import Tensor

ATAN2 = _binary(
    "atan2", "atan2(self, other)",
    {"self": "g * (other / (self * self + other * other))", "other": "g * -(self / (self * self + other * other))"},
    symbol="atan2", domain=(0.5, 2.0), spelled=("torch.atan2", "Tensor.atan2"), samples=TENSORS,
    en="The angle turns with each side in proportion to the other side.", zh="角度随每条边的变化，与另一条边成比例。",
)  # fmt: skip
REMAINDER = _binary(
    "remainder", "remainder(self, other)", {"self": "g", "other": "-g * floor(self / other)"}, symbol="mod", domain=(0.5, 2.0), node="RemainderBackward1!",
    spelled=("torch.remainder", "x % y"), samples=(((3,), (3,)),),
    en="The remainder moves with x, and jumps where the quotient does.", zh="余数随 x 移动，在商跳变处跳变。",
)  # fmt: skip
FMOD = _binary(
    "fmod", "fmod(self, other)", {"self": "g", "other": "-g * trunc(self / other)"}, symbol="mod", domain=(0.5, 2.0), node="FmodBackward1!",
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
LERP = row(
    "lerp", "self + weight * (end - self)", {"self": "g * (1 - weight)", "end": "g * weight"}, inputs="self end", settings="weight", symbol="lerp",
    spelled=("torch.lerp", "Tensor.lerp"), samples=(((3,), (3,), 0.3),),
    en="Start and end share the gradient by their weights.", zh="起点与终点按权重分得梯度。",
)  # fmt: skip
ADDCMUL = row(
    "addcmul", "self + value * tensor1 * tensor2",
    {"self": "g", "tensor1": "g * tensor2 * value", "tensor2": "g * tensor1 * value"}, settings="value", promotes=True, symbol="+×",
    spelled=("torch.addcmul", "Tensor.addcmul"), samples=(((3,), (3,), (3,), 0.5),),
    en="The sum passes the gradient on; each factor receives it scaled by the other.", zh="和把梯度原样传下；每个因子得到乘以另一因子的梯度。",
)  # fmt: skip


def _front(op: Op, number: Op | None = None) -> Callable[..., Tensor]:
    def front(input: Tensor, other: Any) -> Tensor:
        other = operand(op.name, other)
        _check(op.name, input, other)
        if isinstance(other, Tensor):
            result: Tensor = apply(op, (input, other))
        elif number is not None:
            result = apply(number, (input,), (other,))
        else:
            raise TypeError(f"{op.name}(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
        return result

    spelled(f"torch.{op.name}", f"Tensor.{op.name}")(front)
    return front


_front(ATAN2)
METHODS["__mod__"] = _front(REMAINDER, REMAINDER_NUMBER)
_front(FMOD, FMOD_NUMBER)


@spelled("torch.lerp", "Tensor.lerp")
def lerp(input: Tensor, end: Tensor, weight: float) -> Tensor:
    _check("lerp", input, end)
    result: Tensor = apply(LERP, (input, end), (weight,))
    return result


@spelled("torch.addcmul", "Tensor.addcmul")
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    result: Tensor = apply(ADDCMUL, (input, tensor1, tensor2), (value,))
    return result
