"""Questions with the answer True or False; their results are untracked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import inside
from engine.application import apply
from engine.ops import dims
from engine.ops.arithmetic import _check, operand
from engine.ops.op import Op
from engine.ops.signatures import BINARY, unmatched
from engine.ops.table import METHODS, row, spelled, unary
from engine.tensor import Tensor

SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
SHOWN = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}


def _comparison(name: str, sign: str) -> Callable[[Tensor, Any], Tensor]:
    op = row(
        name, f"self {sign} other", inputs="self other", promotes=True, symbol=SHOWN[name],
        spelled=(f"x {sign} y", f"torch.{name}", f"Tensor.{name}"), samples=(((2, 3), (2, 3)), ((3,), 0.5)),
        en="A comparison has no slope; nothing flows back.", zh="比较没有斜率，没有梯度流回。",
    )  # fmt: skip

    def front(input: Tensor, other: Any) -> Tensor:
        if not isinstance(input, Tensor):
            raise unmatched(name, (input, other), BINARY)
        other = operand(name, other)
        _check(name, input, other)
        result: Tensor = apply(op, (input, other))
        return result

    def method(self: Tensor, other: Any) -> Any:
        if not isinstance(other, (Tensor, bool, int, float, np.generic)):
            return NotImplemented
        return front(self, other)

    spelled(f"torch.{name}", f"Tensor.{name}")(front)
    METHODS[f"__{name}__"] = method
    return front


for _name, _sign in SIGNS.items():
    _comparison(_name, _sign)

ISNAN = row(
    "isnan", "isnan(self)", inputs="self", symbol="nan?", spelled=("torch.isnan", "Tensor.isnan"), samples=(((3,),),),
    en="True where the value is not a number.", zh="不是数（nan）处为 True。",
)  # fmt: skip


@spelled("torch.isnan", "Tensor.isnan")
def isnan(input: Tensor) -> Tensor:
    result: Tensor = apply(ISNAN, (input,))
    return result


@spelled("torch.equal", "Tensor.equal")
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements."""
    inside.refuse(inside.NO_RULE.format("aten::equal"), input, other)
    return bool(input._data.shape == other._data.shape and np.array_equal(input._data, other._data))


@spelled("torch.allclose", "Tensor.allclose")
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements are close. Raises RuntimeError where the dtypes differ."""
    inside.refuse(inside.UNSUPPORTED.format("torch.allclose"), input, other)
    if input._data.dtype != other._data.dtype:
        raise RuntimeError(f"{input.dtype.scalar} did not match {other.dtype.scalar}")
    for name, size in (("rtol", rtol), ("atol", atol)):
        if not size >= 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {size:g}")
    _check("allclose", input, other)
    return bool(np.allclose(input._data, other._data, rtol, atol, equal_nan))


@spelled("torch.is_tensor")
def is_tensor(obj: Any) -> bool:
    return isinstance(obj, Tensor)


@spelled("torch.numel")
def numel(input: Tensor) -> int:
    return input.numel()


ANY = row("any", "any_of(self, dim, keepdim)", inputs="self", settings="dim keepdim", symbol="any", spelled=("torch.any", "Tensor.any"),
          samples=(([True, False], None, False),), en="True where one element is.", zh="有一个元素为真即为 True。")  # fmt: skip
ALL = row("all", "all_of(self, dim, keepdim)", inputs="self", settings="dim keepdim", symbol="all", spelled=("torch.all", "Tensor.all"),
          samples=(([True, False], None, False),), en="True where all elements are.", zh="全部元素为真才为 True。")  # fmt: skip


def _question(op: Op) -> None:
    def front(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
        places = dims.several(op.name, dim, input._data.ndim)
        result: Tensor = apply(op, (input,), (places, keepdim))
        return result

    spelled(f"torch.{op.name}", f"Tensor.{op.name}")(front)


_question(ANY)
_question(ALL)

ISINF, ISFINITE = (
    row(
        name, f"{name}(self)", inputs="self", symbol=f"{symbol}?", spelled=(f"torch.{name}", f"Tensor.{name}"), samples=(((3,),),),
        en="A question about each value; nothing flows back.", zh="对每个值的提问，没有梯度流回。",
    )
    for name, symbol in (("isinf", "∞"), ("isfinite", "<∞"))
)  # fmt: skip
for _op in (ISINF, ISFINITE):
    spelled(f"torch.{_op.name}", f"Tensor.{_op.name}")(unary(_op))
