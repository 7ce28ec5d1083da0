"""A step of the chain rule in numbers: the rule of an edge with this step's values put in, and the local derivative by itself."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.notation import CONSTANTS
from engine.values import number_json

if TYPE_CHECKING:
    from engine.function import Function
    from engine.notation import Formula


def local(node: Function, edge: int, arrived: Sequence[Any], sources: Any) -> str:
    """The local derivative of a step between single numbers: the rule itself, run with a gradient of one."""
    values, results = sources
    one = arrived[0].dtype.type(1)
    rule = node._op.array_rules[edge]
    padded = results or [None] * len(node._op.results)
    return number_json(np.asarray(rule(one, *values, *padded, *node._shapes, *node._settings)).astype(one.dtype)[()])


def arithmetic(node: Function, edge: int, arrived: Sequence[Any], sources: Any) -> str | None:
    """The rule with this step's numbers put in, where all of them are 0-d; else None."""
    op = node._op
    if op.variadic or op.many or sources is None or (np.ndim(arrived[0]) and op.formulas[edge].needs("g")):
        return None
    values, results = sources
    numbers: dict[str, Any] = {"g": arrived[0]}
    numbers.update(zip(op.inputs, values, strict=True))
    numbers.update(zip(op.results, results, strict=False))
    numbers.update(zip(op.settings, node._settings, strict=True))
    formula = op.formulas[edge].case(numbers)
    texts: dict[str, str] = {"n": "1"}
    for name in formula.uses:
        if name.endswith("_shape") and name not in op.settings:
            if node._shapes[op.inputs.index(name[: -len("_shape")])] != ():
                return None
            continue
        value: Any = numbers.get(name)
        if name in op.settings and isinstance(value, (bool, str, tuple)):
            continue
        if np.ndim(value) or isinstance(value, (str, tuple, list)) or value is None:
            return None
        texts[name] = short(value)
    return formula.substitute(texts)


def short(value: Any) -> str:
    """A number with four significant digits and a true minus sign, as the page writes it."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    return _rounded(float(value)).replace("-", "−").replace("inf", "∞")


def _rounded(number: float) -> str:
    """The digits of `short`, in ASCII."""
    size = abs(number)
    if 1e-4 <= size < 1e6:
        text = f"{number:.4g}"
        if "." in text and "e" not in text:
            return text
        if number.is_integer():
            return str(int(number))
        # 0.99999 must not look like 1: as many digits as tell it from a whole number.
        return next(
            (close for digits in range(4, 9) if not float(close := f"{number:.{digits}g}").is_integer()),
            f"{number:.8g}",
        )
    if size == 0 or not isfinite(number):
        return "0" if size == 0 else str(number)
    mantissa, _, power = f"{number:.3e}".partition("e")
    return f"{mantissa}e{int(power)}"


BARE, PLAIN, FIRST = range(3)
"""Where a number stands in a line: in brackets of the formula's own, by itself, at the very beginning."""
_SIGNED = re.compile("−([\ua000-\ua0ff])")


def said(value: Any) -> tuple[str, str, str]:
    """The JSON text of a number within a line, by where it stands: one with a sign or a power has brackets where it is by itself."""
    text = _rounded(float(value))
    if text[0] == "-":
        text = "\\u2212" + text[1:]
    elif "e" not in text:
        text = text.replace("inf", "\\u221e")
        return text, text, text
    if text[-1] == "f":
        text = text.replace("inf", "\\u221e")
        return text, f"({text})", f"({text})"
    text = text.replace("-", "\\u2212")
    return text, f"({text})", text


class Wording:
    """A formula of single numbers, such as `g * (1 - result ** 2)`, typeset once: the line of `Formula.substitute` as JSON text.

    `names` are the numbers in the order in which they stand, `places` where each stands, `text` the line with a `%s` for each.
    """

    __slots__ = ("names", "places", "text")

    def __init__(self, names: tuple[str, ...], places: tuple[int, ...], text: str) -> None:
        self.names = names
        self.places = places
        self.text = text

    @classmethod
    def of(cls, formula: Formula) -> Wording | None:
        """None where the line depends on more of a number than its sign: in a condition, as the exponent of a power, under a root."""
        if isinstance(formula.tree, ast.IfExp):
            return None
        for part in ast.walk(formula.symbols):
            if (
                isinstance(part, ast.BinOp)
                and isinstance(part.op, ast.Pow)
                and not isinstance(part.right, ast.Constant)
            ):
                return None
        if "sqrt" in formula.functions or not formula.uses.isdisjoint(CONSTANTS):
            return None
        letters = {name: chr(0xA000 + number) for number, name in enumerate(sorted(formula.uses))}
        bare = re.split("([\ua000-\ua0ff])", formula.substitute({"n": "1", **letters}))
        signed = _SIGNED.split(
            formula.substitute({"n": "1", **{name: f"−{letter}" for name, letter in letters.items()}})
        )
        if bare[1::2] != signed[1::2]:
            return None
        named = {letter: name for name, letter in letters.items()}
        names = tuple(named[letter] for letter in bare[1::2])
        places = []
        for number in range(len(names)):
            before, after = bare[2 * number], signed[2 * number]
            opened = len(after) - len(after.rstrip("(")) > len(before) - len(before.rstrip("("))
            places.append(PLAIN if opened else FIRST if not number and not before else BARE)
        return cls(names, tuple(places), "%s".join(json.dumps(part.replace("%", "%%"))[1:-1] for part in bare[::2]))
