"""Fixes of two dtypes that meet where one was wanted."""

from __future__ import annotations

import ast
import re

from engine.program.mistakes import Fix, Mistake, operand

PRODUCTS = frozenset({"matmul", "mm", "bmm", "mv", "dot", "inner"})
_TWO = re.compile(r"(?:got:?|found) (\w+(?: int)?)(?: !=| and) (\w+(?: int)?)$")
_FOUND = re.compile(r"expected scalar type (\w+) but found (\w+)$")
FLOATS = ("half", "float", "double")


def operands(node: ast.AST | None) -> tuple[ast.expr, ast.expr] | None:
    """The two sides of a matrix product, however it is spelled."""
    match node:
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            return left, right
        case ast.Call(func=ast.Attribute(attr=name), args=[left, right]) if name in PRODUCTS:
            return left, right
        case ast.Call(func=ast.Attribute(attr=name, value=left), args=[right]) if name in PRODUCTS:
            return left, right
    return None


def one_dtype(mistake: Mistake) -> Fix | None:
    """One side is brought to the other's dtype: whole numbers to floats, the wider float to the narrower; what a layer is given to the layer's own."""
    match = _TWO.search(mistake.error.text) or _FOUND.search(mistake.error.text)
    if match is None:
        return None
    first, second = (word.lower() for word in match.groups())
    sides = operands(mistake.node)
    if sides is not None:
        if first in FLOATS and (second not in FLOATS or FLOATS.index(first) < FLOATS.index(second)):
            return _cast(mistake, sides[1], first)
        return _cast(mistake, sides[0], second)
    node = mistake.node
    if isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Starred):
        return _cast(mistake, node.args[0], second)
    return None


def whole(mistake: Mistake) -> Fix | None:
    """The class numbers that a loss is given become whole numbers."""
    node = mistake.node
    return _cast(mistake, node.args[1], "long") if isinstance(node, ast.Call) and len(node.args) > 1 else None


def _cast(mistake: Mistake, node: ast.expr, kind: str) -> Fix | None:
    place = mistake.here(node)
    if place[0] != place[2] or kind not in (*FLOATS, "long"):
        return None
    return Fix(*place, f"{operand(mistake, node)}.{kind}()")
