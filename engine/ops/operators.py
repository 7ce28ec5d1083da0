"""A tensor and a number as PyTorch's own rules put them together, in C++, where `2 * x` is another op than in a program."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.application import apply
from engine.ops.arithmetic import DIV_NUMBER, MUL_NUMBER
from engine.ops.margins import ADD_NUMBER, SUB_NUMBER
from engine.ops.op import Op
from engine.tensor import Tensor


def _floating(value: Any) -> bool:
    return isinstance(value, Tensor) and value._data.dtype.kind == "f"


def _combining(plain: Callable[[Any, Any], Any], by_number: Op, *, turns: bool) -> Callable[[Any, Any], Any]:
    """`turns` says that a number on the left changes places with the tensor; else it becomes a tensor filled with it.

    A number that is an operand (`engine.saved.operand`) stands for the tensor that PyTorch makes of it.
    """

    def combine(left: Any, right: Any) -> Any:
        if type(right) in (int, float) and _floating(left):
            return apply(by_number, (left,), (right,))
        if turns and type(left) in (int, float) and _floating(right):
            return apply(by_number, (right,), (left,))
        if not turns and isinstance(left, (int, float)) and _floating(right):
            alike = right._data if type(left) in (int, float) else right._data[(0,) * right._data.ndim]
            left = Tensor(np.full_like(alike, left)[()])
        return plain(_plain(left), _plain(right))

    return combine


def _plain(value: Any) -> Any:
    """A number as Python has it, which takes the dtype of the tensor beside it: NumPy gives one of a class of its own 64 bits."""
    return value + 0 if isinstance(value, (int, float)) and type(value) not in (int, float, bool) else value


OPERATORS = {
    "+": _combining(operator.add, ADD_NUMBER, turns=True),
    "-": _combining(operator.sub, SUB_NUMBER, turns=False),
    "*": _combining(operator.mul, MUL_NUMBER, turns=True),
    "/": _combining(operator.truediv, DIV_NUMBER, turns=False),
}
"""By the sign that a formula writes, in the place of Python's operators where a rule is put on Tensors."""
