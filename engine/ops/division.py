"""Quotients rounded to whole numbers, and what they leave."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.application import apply
from engine.ops.arithmetic import _check, common, operand
from engine.ops.op import Op
from engine.ops.remainders import FMOD, FMOD_NUMBER, REMAINDER, REMAINDER_NUMBER
from engine.ops.table import METHODS, argument, row, spelled
from engine.promotion import wrapped
from engine.tensor import Tensor

STEPS = {
    "en": "A rounded quotient is flat between its steps: no gradient passes.",
    "zh": "取整的商在台阶之间是平的：梯度为零。",
}
NONE = {"en": "A rounded quotient; PyTorch has no derivative for it.", "zh": "取整的商；PyTorch 没有给出它的导数。"}

DIV_MODE = row(
    "div_mode", "divided(self, other, rounding_mode)",
    {"self": "g / other if rounding_mode is None else zeros_like(g)", "other": "-g * ((self / other) / other) if rounding_mode is None else zeros_like(g)"},
    settings="rounding_mode", node="DivBackward2!", promotes=True, symbol="⌊÷⌋", domain=(0.5, 2.0), spelled=('torch.div(x, y, rounding_mode="floor")',),
    samples=(((3,), (3,), "floor"), ((3,), (3,), None)), **STEPS,
)  # fmt: skip
FLOOR_DIVIDE = row(
    "floor_divide", 'divided(self, other, "floor")', {"self": 'underivable(g, "floor_divide")', "other": 'underivable(g, "floor_divide")'},
    node="torch::autograd::NotImplemented!", promotes=True, symbol="⌊÷⌋", domain=(0.5, 2.0), spelled=("x // y", "torch.floor_divide", "Tensor.floor_divide"),
    samples=(((3,), (3,)),), **NONE,
)  # fmt: skip
REMAINDER_BASE = row(
    "remainder_base", "remainder(self, other)", {"other": 'underivable(g, "remainder")'}, inputs="self other", node="torch::autograd::NotImplemented!", promotes=True,
    symbol="mod", domain=(0.5, 2.0), spelled=("7 % x",), samples=((5.0, (3,)),), **NONE,
)  # fmt: skip


WORDS = {
    "floor_divide": "div_floor_cpu",
    "remainder": "remainder_cpu",
    "fmod": "fmod_cpu",
    "div floor": "div_floor_cpu",
    "div trunc": "div_trunc_cpu",
}


def _operands(name: str, input: Any, other: Any, rounding: str | None = None) -> tuple[Any, Any]:
    first, second = operand(name, input, 1), operand(name, other)
    if not isinstance(first, Tensor) and not isinstance(second, Tensor):
        raise argument(name, "input", 1, first)
    _check(name, first, second)
    if common(first, second) is dtypes.bool_:
        raise NotImplementedError(f"\"{WORDS[f'{name} {rounding}' if rounding else name]}\" not implemented for 'Bool'")
    whole = [each._data.dtype.kind != "f" if isinstance(each, Tensor) else not isinstance(each, float) for each in (first, second)]  # fmt: skip
    filled = all(each._data.size for each in (first, second) if isinstance(each, Tensor))
    if filled and all(whole) and np.any((second._data if isinstance(second, Tensor) else second) == 0):
        raise RuntimeError("ZeroDivisionError")
    return first, second


@spelled("torch.floor_divide", "Tensor.floor_divide")
def floor_divide(input: Any, other: Any) -> Tensor:
    result: Tensor = apply(FLOOR_DIVIDE, _operands("floor_divide", input, other))
    return result


def check_mode(rounding_mode: str | None) -> None:
    """Raises RuntimeError for another mode than PyTorch knows."""
    if rounding_mode not in (None, "floor", "trunc"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )


@spelled("internal.divided")
def rounded(input: Any, other: Any, rounding_mode: str | None) -> Tensor:
    """The quotient, rounded down (`floor`), towards zero (`trunc`) or not at all. Raises RuntimeError for another mode."""
    check_mode(rounding_mode)
    if rounding_mode is None:
        input, other = (_real(each) for each in (input, other))
    result: Tensor = apply(DIV_MODE, _operands("div", input, other, rounding_mode), (rounding_mode,))
    return result


def _real(value: Any) -> Any:
    if isinstance(value, Tensor) and value._data.dtype.kind != "f":
        return METHODS["to"](value, dtypes.get_default_dtype())
    return value


def remaindered(name: str, both: Op, number: Op, base: Op | None) -> Any:
    """The front of a remainder: of tensors, by a number, or of a number."""

    def front(input: Any, other: Any) -> Tensor:
        first, second = _operands(name, input, other)
        if not isinstance(first, Tensor):
            if base is None:
                raise argument(name, "input", 1, first)
            result: Tensor = apply(base, (first, second))
        elif isinstance(second, Tensor):
            result = apply(both, (first, second))
        else:
            kind = common(first, second)
            first = first if first.dtype is kind else METHODS["to"](first, kind)
            result = apply(number, (first,), (wrapped(second, kind.numpy),))
        return result

    return front


remainder = spelled("torch.remainder", "Tensor.remainder")(
    remaindered("remainder", REMAINDER, REMAINDER_NUMBER, REMAINDER_BASE)
)
spelled("torch.fmod", "Tensor.fmod")(remaindered("fmod", FMOD, FMOD_NUMBER, None))


def _by(self: Tensor, other: Any) -> Any:
    return floor_divide(self, other) if isinstance(other, (Tensor, bool, int, float, np.generic)) else NotImplemented


def _of(self: Tensor, other: Any) -> Any:
    return floor_divide(other, self) if isinstance(other, (bool, int, float, np.generic)) else NotImplemented


def _left(self: Tensor, other: Any) -> Any:
    return remainder(self, other) if isinstance(other, (Tensor, bool, int, float, np.generic)) else NotImplemented


def _left_of(self: Tensor, other: Any) -> Any:
    return remainder(other, self) if isinstance(other, (bool, int, float, np.generic)) else NotImplemented


METHODS["__floordiv__"], METHODS["__rfloordiv__"] = _by, _of
METHODS["__mod__"], METHODS["__rmod__"] = _left, _left_of
