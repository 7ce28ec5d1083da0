"""The short way: small operations, whose result needs no room and whose work costs no fuel of its own, go straight to the engine.

Nothing here adds an answer or takes a check away that could say no: `tests/program/test_short.py` holds the short way to the long one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import detour, saving
from engine.program import arithmetic, cost, prices, reach, sizes
from engine.program.gate import RAISED, TENSORS
from engine.program.values import NUMBERS, Value
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.program.operators import Operators

SMALL = 1000
"""Below so many elements a result takes no fuel (`Meter.need_elements`)."""
OPERATORS: dict[type[ast.operator], int] = {**dict.fromkeys((ast.Add, ast.Sub, ast.Mult, ast.Div), SMALL), ast.Pow: 300}
"""Operators that work element by element, and below which size they are small."""
MEASURES = frozenset({int, float})
BITS = 60
"""Whole numbers of so many bits are short; sums and products of two are far from the limit on integers."""
PRICED = frozenset((*sizes.RULES, *sizes.PIECES, *cost.RULES, *prices.SORTED, *prices.SLOW))
FUNCTIONS = frozenset(
    name
    for name in (*reach.TORCH, *reach.METHODS)
    if not {last := name.rpartition(".")[2], last.removesuffix("_")} & PRICED
    and not {name} & (reach.WHOLE | cost.PASSES | {*reach.MODES, "state_dict"})
)
"""Functions whose result is no larger than what their tensors broadcast to, and which take no longer than addition."""


def operator(run: Operators, kind: type[ast.operator]) -> Callable[[Value, Value], Value]:
    """What gives the result of an operator on two values."""
    operate, pending = run.operate, run.pending
    if kind not in OPERATORS:
        return lambda left, right: operate(kind, left, right)
    apply, small = arithmetic.OPERATORS[kind][1], OPERATORS[kind]
    plain, divides = kind is not ast.Pow, kind is ast.Div
    short = 1 << min(BITS, run.meter.limits.integer_bits // 2)

    def result(left: Value, right: Value) -> Value:
        of_left, of_right = left.__class__, right.__class__
        if of_left is Tensor and of_right is Tensor:
            count = left._data.size * right._data.size
        elif of_left in TENSORS:
            if of_right in TENSORS:
                count = left._data.size * right._data.size
            else:
                count = left._data.size if of_right in NUMBERS else small
        elif of_right in TENSORS:
            count = right._data.size if of_left in NUMBERS else small
        elif (
            plain
            and of_left in MEASURES
            and of_right in MEASURES
            and -short < left < short
            and -short < right < short
            and (right or not divides)
        ):
            return apply(left, right)
        else:
            count = small
        if count >= small or detour.reasons:
            return operate(kind, left, right)
        try:
            value = apply(left, right)
        except RAISED as error:
            raise run.translated(error) from None
        if len(pending) >= run.patience:
            run.pass_on()
        return value

    return result


def comparison(run: Operators, kind: type[ast.cmpop]) -> Callable[[Value, Value], Value]:
    """What gives the result of a comparison of two values."""
    compare = run.compare
    if kind not in arithmetic.ORDERS:
        return lambda left, right: compare(kind, left, right)
    apply = arithmetic.ORDERS[kind][1]

    def result(left: Value, right: Value) -> Value:
        if left.__class__ in MEASURES and right.__class__ in MEASURES:
            return apply(left, right)
        return compare(kind, left, right)

    return result


def small(values: list[Any], named: dict[str, Any]) -> bool:
    """Whether these are numbers and tensors that broadcast to fewer elements than take fuel.

    An empty tensor is not small: a sum over what it has not leaves as many elements as its other dimensions say. Where the program's own hooks pack
    what is saved, nothing is: they run inside the operation.
    """
    count = 0 if saving.hooks else 1
    for value in (*values, *named.values()) if named else values:
        kind = value.__class__
        if kind in TENSORS:
            count *= value._data.size
        elif kind not in NUMBERS:
            return False
    return 0 < count < SMALL


def call(run: Operators, function: Callable[..., Any], values: list[Any], named: dict[str, Any]) -> Value:
    """What a function of `FUNCTIONS` gives for small values."""
    recorder = run.recorder
    span = recorder.span
    try:
        result = function(*values, **named)
    except RAISED as error:
        raise run.translated(error) from None
    if len(run.pending) >= run.patience:
        run.pass_on()
    recorder.span = span
    return result if result.__class__ in TENSORS else run.admitted(result)
