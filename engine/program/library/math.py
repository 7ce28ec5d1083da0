"""`math`: its functions of numbers, each within the limit on integers, and its constants."""

from __future__ import annotations

import ast
import functools
import math
from typing import TYPE_CHECKING

from engine.program.arguments import integer, take
from engine.program.failures import ProgramError
from engine.program.values import NUMBERS, Builtin, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]


def _real(name: str, run: Machine, given: Given, keywords: Keywords) -> Value:
    least, most = REAL[name]
    take(f"math.{name}", given, keywords, least, most)
    numbers = [value if type(value) in NUMBERS else run.as_real(value) for value in given]
    try:
        result = HOST[name](*numbers)
    except (ValueError, ZeroDivisionError):
        raise ProgramError("ValueError", "math domain error") from None
    except OverflowError:
        raise ProgramError("OverflowError", "math range error") from None
    if type(result) is int:
        run.meter.need_bits(result.bit_length())
    return result


def _whole(name: str, run: Machine, given: Given, keywords: Keywords) -> Value:
    least, most = WHOLE[name]
    take(f"math.{name}", given, keywords, least, most)
    numbers = [integer(value, "whole-number") for value in given]
    if name in ("factorial", "comb", "perm"):
        # log2 n! <= n log2 n bounds all three from above closely enough at 256 bits.
        largest = max(numbers[0], 0)
        if largest > 1000:
            run.meter.need_bits(run.meter.limits.integer_bits + 1)
    try:
        result = HOST[name](*numbers)
    except ValueError as error:
        raise ProgramError("ValueError", str(error)) from None
    run.meter.need_bits(result.bit_length())
    return result


def _product(name: str, run: Machine, given: Given, keywords: Keywords) -> Value:
    take("math.prod", given, keywords, 1, 1, ("start",))
    total = keywords.get("start", 1)
    for item in run.iterate(given[0]):
        total = run.operate(ast.Mult, total, item)
    return total


REAL: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("sqrt", "exp", "log2", "log10", "log1p", "expm1", "sin", "cos", "tan", "asin", "acos"), (1, 1)),
    **dict.fromkeys(("atan", "sinh", "cosh", "tanh", "floor", "ceil", "trunc", "fabs", "isnan", "isinf"), (1, 1)),
    **dict.fromkeys(("isfinite", "degrees", "radians", "erf", "erfc", "gamma", "lgamma"), (1, 1)),
    **dict.fromkeys(("atan2", "pow", "fmod", "copysign", "isclose"), (2, 2)),
    "log": (1, 2),
    "hypot": (0, 10),
}
WHOLE: dict[str, tuple[int, int]] = {"factorial": (1, 1), "comb": (2, 2), "perm": (1, 2), "gcd": (0, 10), "lcm": (0, 5)}
HOST = {name: value for name, value in math.__dict__.items() if name in REAL or name in WHOLE}

MEMBERS: dict[str, Value] = {
    **{name: Builtin(name, functools.partial(_real, name)) for name in REAL},
    **{name: Builtin(name, functools.partial(_whole, name)) for name in WHOLE},
    "prod": Builtin("prod", functools.partial(_product, "prod")),
    "pi": math.pi,
    "e": math.e,
    "tau": math.tau,
    "inf": math.inf,
    "nan": math.nan,
}
