"""Operators on plain values, each checked for size before it is computed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from engine.program.failures import ProgramError
from engine.program.limits import Meter
from engine.program.values import DICTS, NUMBERS, Value, type_name

Operator = Callable[[Value, Value], Value]

OPERATORS: dict[type[ast.operator], tuple[str, Operator]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("** or pow()", operator.pow),
    ast.MatMult: ("@", operator.matmul),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.BitXor: ("^", operator.xor),
    ast.LShift: ("<<", operator.lshift),
    ast.RShift: (">>", operator.rshift),
}

IN_PLACE: dict[type[ast.operator], Operator] = {
    ast.Add: operator.iadd,
    ast.Sub: operator.isub,
    ast.Mult: operator.imul,
    ast.Div: operator.itruediv,
    ast.FloorDiv: operator.ifloordiv,
    ast.Mod: operator.imod,
    ast.Pow: operator.ipow,
    ast.MatMult: operator.imatmul,
    ast.BitAnd: operator.iand,
    ast.BitOr: operator.ior,
    ast.BitXor: operator.ixor,
    ast.LShift: operator.ilshift,
    ast.RShift: operator.irshift,
}

ORDERS: dict[type[ast.cmpop], tuple[str, Operator]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}

# CPython's words differ between its versions; a trace must not.
BY_ZERO: dict[type[ast.operator], tuple[str, str]] = {
    ast.Div: ("division by zero", "float division by zero"),
    ast.FloorDiv: ("integer division or modulo by zero", "float floor division by zero"),
    ast.Mod: ("integer modulo by zero", "float modulo"),
    ast.Pow: ("0.0 cannot be raised to a negative power", "0.0 cannot be raised to a negative power"),
}

SEQUENCES = frozenset({str, list, tuple})


def _bits(value: Value) -> int:
    return int(value).bit_length()


def _need_integer(meter: Meter, kind: type[ast.operator], left: int, right: int) -> None:
    if kind is ast.Mult:
        meter.need_bits(_bits(left) + _bits(right) - 1)
    elif kind is ast.Pow and right > 1 and _bits(left) > 1:
        meter.need_bits((_bits(left) - 1) * right)
    elif kind is ast.LShift and left and right > 0:
        meter.need_bits(_bits(left) + right)


def numbers(meter: Meter, kind: type[ast.operator], left: Value, right: Value, in_place: bool) -> Value:
    """The result of an operator on two Python numbers, within the limits."""
    if type(left) is not float and type(right) is not float:
        _need_integer(meter, kind, left, right)
    try:
        result = OPERATORS[kind][1](left, right)
    except ZeroDivisionError:
        whole = type(left) is not float and type(right) is not float
        raise ProgramError("ZeroDivisionError", BY_ZERO[kind][0 if whole else 1]) from None
    except ValueError:
        raise ProgramError("ValueError", "negative shift count") from None
    except OverflowError:
        raise ProgramError("OverflowError", "Result too large") from None
    except TypeError:
        raise unsupported(kind, left, right, in_place) from None
    if type(result) is int:
        meter.need_bits(_bits(result))
    elif type(result) not in NUMBERS:
        raise ProgramError(
            "ValueError", "a negative number to a fractional power is complex, which the language here has not"
        )
    return result


def plain(meter: Meter, kind: type[ast.operator], left: Value, right: Value, in_place: bool) -> Value:
    """The result of an operator on values that are no tensors; TypeError in Python's words where there is none."""
    of_left, of_right = type(left), type(right)
    if of_left in NUMBERS and of_right in NUMBERS:
        return numbers(meter, kind, left, right, in_place)
    if kind is ast.Add and of_left is of_right and of_left in SEQUENCES:
        _need_length(meter, of_left, len(left) + len(right))
        meter.burn((len(left) + len(right)) // 100)
        return left + right
    if kind is ast.Add and of_left in SEQUENCES:
        name = type_name(left)
        if of_left is str:
            raise ProgramError(
                "TypeError", f'can only concatenate str (not "{type_name(right)}") to str', code="add-text"
            )
        raise ProgramError("TypeError", f'can only concatenate {name} (not "{type_name(right)}") to {name}')
    if kind is ast.Mult:
        if of_right in SEQUENCES and of_left in (int, bool):
            left, right, of_left = right, left, of_right
        if of_left in SEQUENCES and type(right) in (int, bool):
            _need_length(meter, of_left, len(left) * max(right, 0))
            meter.burn(len(left) * max(right, 0) // 100)
            return left * max(right, 0)
        if of_left in SEQUENCES or of_right in SEQUENCES:
            other = right if of_left in SEQUENCES else left
            raise ProgramError("TypeError", f"can't multiply sequence by non-int of type '{type_name(other)}'")
    if kind is ast.BitOr and of_left in DICTS and of_right in DICTS:
        meter.need_items(len(left) + len(right))
        meter.burn((len(left) + len(right)) // 100)
        return {**left, **right}
    raise unsupported(kind, left, right, in_place)


def _need_length(meter: Meter, kind: type, length: int) -> None:
    if kind is str:
        meter.need_text(length)
    else:
        meter.need_items(length)


def unsupported(kind: type[ast.operator], left: Value, right: Value, in_place: bool) -> ProgramError:
    """Python's TypeError for an operator that the two types do not have."""
    sign = OPERATORS[kind][0]
    sign = f"{sign.partition(' ')[0]}=" if in_place else sign
    return _clash(f"unsupported operand type(s) for {sign}: '{type_name(left)}' and '{type_name(right)}'", left, right)


def unordered(kind: type[ast.cmpop], left: Value, right: Value) -> ProgramError:
    """Python's TypeError for a comparison that the two types do not have."""
    sign = ORDERS[kind][0]
    return _clash(
        f"'{sign}' not supported between instances of '{type_name(left)}' and '{type_name(right)}'", left, right
    )


def _clash(text: str, left: Value, right: Value) -> ProgramError:
    """The error of two types that do not go together; where one of them is None, its words ask what is None."""
    return ProgramError("TypeError", text, code=None if left is None or right is None else "operand-types")


def order(kind: type[ast.cmpop], left: Value, right: Value) -> Value:
    """The result of `<` and its kin on numbers or on strings."""
    if (type(left) in NUMBERS and type(right) in NUMBERS) or (type(left) is str and type(right) is str):
        return ORDERS[kind][1](left, right)
    raise unordered(kind, left, right)
