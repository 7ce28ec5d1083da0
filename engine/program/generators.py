"""Generators: which statements of a `def` hold a `yield`, in the places the language has."""

from __future__ import annotations

import ast


def steps(function: ast.FunctionDef) -> set[ast.AST]:
    """The def itself, its `yield`s in the places the language has, and the statements around them; empty where it is no generator."""
    found: set[ast.AST] = set()

    def look(body: list[ast.stmt]) -> bool:
        any_here = False
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, (ast.Yield, ast.YieldFrom)):
                found.add(statement.value)
                holds = True
            elif isinstance(statement, (ast.For, ast.While, ast.If)):
                first, second = look(statement.body), look(statement.orelse)
                holds = first or second
            else:
                holds = False
            if holds:
                found.add(statement)
            any_here = any_here or holds
        return any_here

    if look(function.body):
        found.add(function)
    return found
