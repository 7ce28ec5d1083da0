"""A step of the chain rule in numbers: the rule of an edge with this step's values put in, and the local derivative by itself."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import typeset
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
    if op.variadic or op.many or sources is None:
        return None
    formula = op.formulas[edge]
    values, results = sources
    numbers: dict[str, Any] = {"g": arrived[0]}
    numbers.update(zip(op.inputs, values, strict=True))
    numbers.update(zip(op.results, results, strict=False))
    numbers.update(zip(op.settings, node._settings, strict=True))
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
    number = float(value)
    if not np.isfinite(number):
        return "nan" if number != number else "∞" if number > 0 else "−∞"
    if number.is_integer() and abs(number) < 1e6:
        text = str(int(number))
    elif 1e-4 <= abs(number) < 1e6:
        # 0.99999 must not look like 1: as many digits as tell it from a whole number.
        text = next(
            (close for digits in range(4, 9) if not float(close := f"{number:.{digits}g}").is_integer()),
            f"{number:.8g}",
        )
    else:
        text = f"{number:.3e}"
        mantissa, _, power = text.partition("e")
        text = f"{mantissa}e{int(power)}"
    return text.replace("-", "−")


class Short:
    """A formula of products and signs alone, such as `g * other`, parted once into its names and the signs between them."""

    __slots__ = ("_parts",)

    def __init__(self, parts: list[tuple[bool, str]]) -> None:
        self._parts = parts

    @classmethod
    def of(cls, formula: Formula) -> Short | None:
        """None where the formula holds more than that."""
        parts = _parted(formula.tree)
        return None if parts is None else cls(parts)

    def text(self, numbers: Mapping[str, Any], known: dict[Any, str]) -> str:
        """The line of `Formula.substitute`; `known` gives the texts of numbers."""
        line = "".join([known[numbers[part]] if named else part for named, part in self._parts])
        return typeset.opened(line) if line[0] == "(" else line


def _parted(tree: ast.expr) -> list[tuple[bool, str]] | None:
    if isinstance(tree, ast.Name):
        return None if tree.id in CONSTANTS else [(True, tree.id)]
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub) and isinstance(tree.operand, ast.Name):
        return [(False, "−"), (True, tree.operand.id)]
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Mult, ast.Div)) and isinstance(tree.right, ast.Name):
        left, right = _parted(tree.left), _parted(tree.right)
        if (
            left is not None
            and right is not None
            and (isinstance(tree.op, ast.Mult) or isinstance(tree.left, ast.Name))
        ):
            return [*left, (False, " × " if isinstance(tree.op, ast.Mult) else " / "), *right]
    return None
