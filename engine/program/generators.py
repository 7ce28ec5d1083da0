"""Generators: which statements of a `def` hold a `yield`, in the places the language has."""

from __future__ import annotations

import ast


def _parts(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks that a statement may yield from."""
    match statement:
        case ast.For() | ast.While() | ast.If():
            return [statement.body, statement.orelse]
        case ast.With():
            return [statement.body]
        case ast.Try():
            handled = [one.body for one in statement.handlers]
            return [statement.body, *handled, statement.orelse, statement.finalbody]
    return []


def steps(function: ast.FunctionDef) -> set[ast.AST]:
    """The def itself, its `yield`s in the places the language has, and the statements around them; empty where it is no generator."""
    found: set[ast.AST] = set()

    def look(body: list[ast.stmt]) -> bool:
        any_here = False
        for statement in body:
            if isinstance(statement, (ast.Expr, ast.Assign)) and isinstance(
                statement.value, (ast.Yield, ast.YieldFrom)
            ):
                found.add(statement.value)
                holds = True
            else:
                holds = sum(look(part) for part in _parts(statement)) > 0  # each is looked at
            if holds:
                found.add(statement)
            any_here = any_here or holds
        return any_here

    if look(function.body):
        found.add(function)
    return found
