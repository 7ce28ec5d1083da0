"""Sets: what their operators give."""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.program.arithmetic import ORDERS, unsupported
from engine.program.failures import ProgramError
from engine.program.limits import Meter
from engine.program.values import SetValue, Value

Items = dict[Value, None]


def _union(left: Items, right: Items) -> list[Value]:
    return [*left, *right]


def _common(left: Items, right: Items) -> list[Value]:
    return [item for item in left if item in right]


def _less(left: Items, right: Items) -> list[Value]:
    return [item for item in left if item not in right]


def _either(left: Items, right: Items) -> list[Value]:
    return [*_less(left, right), *_less(right, left)]


COMBINE: dict[type[ast.operator], Callable[[Items, Items], list[Value]]] = {
    ast.BitOr: _union,
    ast.BitAnd: _common,
    ast.Sub: _less,
    ast.BitXor: _either,
}


def combine(
    meter: Meter, kind: type[ast.operator], left: SetValue, right: SetValue, in_place: bool = False
) -> SetValue:
    """The set that an operator gives for two. Raises TypeError for an operator that sets have not."""
    if kind not in COMBINE:
        raise unsupported(kind, left, right, in_place)
    meter.burn((len(left.items) + len(right.items)) // 100)
    made = SetValue(COMBINE[kind](left.items, right.items))
    meter.need_items(len(made.items))
    return made


def order(meter: Meter, kind: type[ast.cmpop], left: SetValue, right: SetValue) -> bool:
    """True where one set holds the other, as the comparison asks."""
    meter.burn((len(left.items) + len(right.items)) // 100)
    small, large = (left, right) if kind in (ast.Lt, ast.LtE) else (right, left)
    if kind not in ORDERS:
        raise ProgramError("TypeError", "sets are compared with == and < here")
    held = all(item in large.items for item in small.items)
    return held and (kind in (ast.LtE, ast.GtE) or len(small.items) < len(large.items))
