"""Statements that only serve a module which is not here, such as those that plot: what can be left out along with its import."""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.program.failures import Span

LEFT_OUT = frozenset({"import-plot", "import-notebook"})
"""The codes of modules without which a program says the same."""


def bound(names: list[ast.alias]) -> set[str]:
    """The variables that these names of an import become."""
    return {alias.asname or alias.name.partition(".")[0] for alias in names}


def part(names: list[ast.alias], alias: ast.alias, kept: list[ast.alias], span: Callable[[ast.alias], Span]) -> Span:
    """What goes with one of the names of an import when others are kept: the comma before it, or behind it where nothing before it is kept."""
    at = names.index(alias)
    line, column, last, end = span(alias)
    if names.index(kept[0]) < at:
        _, _, line, column = span(names[at - 1])
    else:
        last, end = span(names[at + 1])[:2]
    return line, column, last, end


def serving(tree: ast.Module, names: set[str]) -> list[ast.stmt]:
    """The statements, in order, that only call these names, or what such a call gave."""
    known = set(names)
    found: list[ast.stmt] = []
    rows = [node for node in ast.walk(tree) if isinstance(node, (ast.Expr, ast.Assign))]
    for statement in sorted(rows, key=lambda row: row.lineno):
        if _root(statement.value) in known:
            found.append(statement)
            if isinstance(statement, ast.Assign):
                known |= {
                    name.id for target in statement.targets for name in ast.walk(target) if type(name) is ast.Name
                }
    return found


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def without(lines: list[str], span: Span) -> str | None:
    """What stands in a statement's place when it is left out; None where it shares its line, or takes several."""
    first, column, last, end = span
    line = lines[first - 1]
    if first != last or line[:column].strip() or line[end:].strip():
        return None
    return f"{'pass  ' if column else ''}# {line[column:end]}"
