"""Truth and bits: logical and bitwise operations, and remainders thrown away. Their results are untracked or without derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.application import apply
from engine.ops.arithmetic import _check, common, operand
from engine.ops.op import Op
from engine.ops.signatures import BINARY, unmatched
from engine.ops.table import METHODS, argument, row, spelled
from engine.tensor import Tensor

TRUTH: dict[str, Any] = {
    "en": "True or False has no slope; nothing flows back.",
    "zh": "真与假没有斜率，没有梯度流回。",
}
BITS: dict[str, Any] = {"en": "Bits have no slope; nothing flows back.", "zh": "二进制位没有斜率，没有梯度流回。"}
PAIR = (([1, 0, 1], [1, 1, 0]),)

LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR = (
    row(f"logical_{name}", f"logical_{name}(self, other)", inputs="self other", symbol=symbol, spelled=(f"torch.logical_{name}", f"Tensor.logical_{name}"), samples=PAIR, **TRUTH)
    for name, symbol in (("and", "∧"), ("or", "∨"), ("xor", "⊻"))
)  # fmt: skip
LOGICAL_NOT = row("logical_not", "logical_not(self)", inputs="self", symbol="¬", spelled=("torch.logical_not", "Tensor.logical_not"), samples=(([1, 0],),), **TRUTH)  # fmt: skip
BITWISE = {
    name: row(
        f"bitwise_{name}", f"bitwise_{name}(self, other)", inputs="self other", promotes=True, symbol=symbol,
        spelled=(f"x {sign} y", f"torch.bitwise_{name}", f"Tensor.bitwise_{name}"), samples=PAIR, **BITS,
    )
    for name, symbol, sign in (
        ("and", "∧", "&"), ("or", "∨", "|"), ("xor", "⊻", "^"), ("left_shift", "≪", "<<"), ("right_shift", "≫", ">>"),
    )
}  # fmt: skip
BITWISE_NOT = row("bitwise_not", "~self", inputs="self", symbol="¬", spelled=("~x", "torch.bitwise_not", "Tensor.bitwise_not"), samples=(([1, 0],),), **BITS)  # fmt: skip
SIGNS = {"and": "&", "or": "|", "xor": "^", "left_shift": "<<", "right_shift": ">>"}
WORDS = {"and": "bitwise_and_cpu", "or": "bitwise_or_cpu", "xor": "bitwise_xor_cpu", "left_shift": "lshift_cpu", "right_shift": "rshift_cpu"}  # fmt: skip


def _logical(op: Op) -> None:
    def front(input: Tensor, other: Tensor) -> Tensor:
        for place, value in enumerate((input, other), 1):
            if not isinstance(value, Tensor):
                raise argument(op.name, "input" if place == 1 else "other", place, value)
        _check(op.name, input, other)
        result: Tensor = apply(op, (input, other))
        return result

    spelled(f"torch.{op.name}", f"Tensor.{op.name}")(front)


for _op in (LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR):
    _logical(_op)


@spelled("torch.logical_not", "Tensor.logical_not")
def logical_not(input: Tensor) -> Tensor:
    if not isinstance(input, Tensor):
        raise argument("logical_not", "input", 1, input)
    result: Tensor = apply(LOGICAL_NOT, (input,))
    return result


def whole(input: Tensor) -> None:
    """Raises NotImplementedError for numbers that have no bits to turn."""
    if input._data.dtype.kind == "f":
        raise NotImplementedError(f"\"bitwise_not_cpu\" not implemented for '{input.dtype.scalar}'")


@spelled("torch.bitwise_not", "Tensor.bitwise_not")
def bitwise_not(input: Tensor) -> Tensor:
    whole(input)
    result: Tensor = apply(BITWISE_NOT, (input,))
    return result


def _bitwise(name: str, op: Op) -> Callable[[Any, Any], Tensor]:
    def front(input: Any, other: Any) -> Tensor:
        first, second = operand(op.name, input, 1), operand(op.name, other)
        _check(op.name, first, second)
        if not isinstance(first, Tensor) and not isinstance(second, Tensor):
            raise unmatched(op.name, (first, second), BINARY)
        kind = common(first, second)
        if kind.is_floating_point:
            raise NotImplementedError(f"\"{WORDS[name]}\" not implemented for '{kind.scalar}'")
        result: Tensor = apply(op, (first, second))
        return result

    spelled(f"torch.bitwise_{name}", f"Tensor.bitwise_{name}")(front)
    return front


def _operator(front: Callable[[Any, Any], Tensor], turned: bool = False) -> Callable[[Tensor, Any], Any]:
    def method(self: Tensor, other: Any) -> Any:
        if not isinstance(other, (Tensor, bool, int, float, np.generic)):
            return NotImplemented
        return front(other, self) if turned else front(self, other)

    return method


for _name, _operator_name in {"and": "and", "or": "or", "xor": "xor", "left_shift": "lshift", "right_shift": "rshift"}.items():  # fmt: skip
    _front = _bitwise(_name, BITWISE[_name])
    METHODS[f"__{_operator_name}__"] = _operator(_front)
    METHODS[f"__r{_operator_name}__"] = _operator(_front, turned=True)


def inverted(input: Tensor) -> Tensor:
    """`~input`. Raises TypeError for numbers that have no bits to turn."""
    if input._data.dtype.kind == "f":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return bitwise_not(input)


METHODS["__invert__"] = inverted
