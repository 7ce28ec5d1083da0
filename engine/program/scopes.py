"""Which names a function body binds itself: Python's rule, read off the tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Function = ast.FunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True)
class Names:
    """The names a body binds (`local`), and those it declares to live elsewhere."""

    local: frozenset[str]
    outer: frozenset[str] = frozenset()
    top: frozenset[str] = frozenset()


def captured(node: ast.AST) -> str | None:
    """The name that a pattern of `match` itself binds."""
    if isinstance(node, ast.MatchMapping):
        return node.rest
    return node.name if isinstance(node, (ast.MatchAs, ast.MatchStar)) else None


def parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    """All parameters, in order of writing but for the starred ones, which come last."""
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    if arguments.vararg:
        yield arguments.vararg
    if arguments.kwarg:
        yield arguments.kwarg


def names_of(function: Function) -> Names:
    """The names that belong to this function's own scope."""
    bound: set[str] = {parameter.arg for parameter in parameters(function.args)}
    outer: set[str] = set()
    top: set[str] = set()
    stack: list[ast.AST] = list(function.body) if type(function) is ast.FunctionDef else [function.body]  # type: ignore[list-item]
    while stack:
        node = stack.pop()
        kind = type(node)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            bound.add(node.name)
            stack.extend(node.decorator_list)
            if isinstance(node, ast.FunctionDef):
                stack.extend(node.args.defaults)
                stack.extend(default for default in node.args.kw_defaults if default is not None)
            continue
        if kind is ast.Lambda:
            continue
        if isinstance(node, ast.Name):
            if type(node.ctx) is not ast.Load:
                bound.add(node.id)
            continue
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            stack.extend(_walrus(node))
            stack.append(node.generators[0].iter)
            continue
        if isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Global):
            top.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            outer.update(node.names)
        elif (name := captured(node)) is not None:
            bound.add(name)
        stack.extend(ast.iter_child_nodes(node))
    return Names(frozenset(bound - outer - top), frozenset(outer), frozenset(top))


def _walrus(comprehension: ast.AST) -> list[ast.AST]:
    return [node.target for node in ast.walk(comprehension) if isinstance(node, ast.NamedExpr)]


def targets_of(comprehension: Comprehension) -> frozenset[str]:
    """The names the loops of a comprehension bind."""
    found = set()
    for generator in comprehension.generators:
        for node in ast.walk(generator.target):
            if isinstance(node, ast.Name) and type(node.ctx) is ast.Store:
                found.add(node.id)
    return frozenset(found)


def bound_in(tree: ast.Module) -> frozenset[str]:
    """Every name that a text binds anywhere, as a variable, a parameter, a def or an import."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and type(node.ctx) is ast.Store:
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.ExceptHandler):
            found.add(node.name or "")
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif (name := captured(node)) is not None:
            found.add(name)
    return frozenset(found)
