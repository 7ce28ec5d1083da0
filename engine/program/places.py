"""Where a node stands: in a function, a loop, a class or a method, as it is handed down a tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

FUNCTION, LOOP, CLASS, METHOD = 1, 2, 4, 8
PARTED = frozenset(
    {ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.arg, ast.FormattedValue, ast.AnnAssign}
)
"""Nodes whose parts do not all stand where they stand, or are not all judged."""


def children(node: ast.AST, place: int) -> Iterable[tuple[ast.AST, int]]:
    """The parts of a node that are judged, and where they stand."""
    if type(node) in PARTED:
        return _parts(node, place)
    return [(child, place) for child in ast.iter_child_nodes(node)] if node._fields else ()


def _parts(node: ast.AST, place: int) -> Iterator[tuple[ast.AST, int]]:
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        body: list[ast.AST] = list(node.body) if isinstance(node, ast.FunctionDef) else [node.body]
        inside = FUNCTION | METHOD if place & CLASS and isinstance(node, ast.FunctionDef) else FUNCTION
        yield from ((child, inside) for child in body)
        yield node.args, place
        if isinstance(node, ast.FunctionDef):
            yield from ((child, place) for child in node.decorator_list)
    elif isinstance(node, ast.ClassDef):
        yield from ((child, CLASS) for child in node.body)
        yield from ((child, place) for child in (*node.decorator_list, *node.bases, *node.keywords))
    elif isinstance(node, (ast.For, ast.While)):
        yield from ((child, place | LOOP) for child in node.body)
        yield from ((child, place) for child in node.orelse)
        if isinstance(node, ast.For):
            yield node.target, place
            yield node.iter, place
        else:
            yield node.test, place
    elif isinstance(node, ast.FormattedValue):
        yield node.value, place
    elif isinstance(node, ast.AnnAssign):
        yield node.target, place
        if node.value is not None:
            yield node.value, place
