"""Why a root has no graph, told from the assignments behind it, and the edit that gives it one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.program import reach
from engine.program.mistakes import Fix, Mistake, argument, before, operand
from engine.program.values import Instance
from engine.tensor import Tensor

MAKERS = frozenset({"tensor", "ones", "zeros", "full", "rand", "randn", "eye", "linspace", "arange", "empty"})
"""The functions of `torch` that take `requires_grad`."""
OFF = frozenset({"no_grad", "inference_mode"})


def graph(mistake: Mistake) -> Fix | None:
    """The graph is recorded, kept, or given a leaf to begin at: what the text shows to be missing."""
    call = mistake.node
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return None
    root = call.func.value if call.func.attr == "backward" else call.args[0] if call.args else None
    if root is None:
        return None
    made = dict(assignments(mistake, root))
    return _recorded(mistake, made) or _attached(mistake, [root, *made.values()]) or _leaf(mistake, made)


def kept(mistake: Mistake) -> Fix | None:
    """A number stays a tensor, where `.item()` took it out."""
    node = mistake.node
    while isinstance(node, (ast.Call, ast.Attribute)):
        node = node.func if isinstance(node, ast.Call) else node.value
    if not isinstance(node, ast.Name):
        return None
    added = [
        statement.value
        for statement in before(mistake)
        if isinstance(statement, ast.AugAssign)
        and isinstance(statement.target, ast.Name)
        and statement.target.id == node.id
    ]
    for value in (*(value for _, value in assignments(mistake, node)), *added):
        match value:
            case ast.Call(func=ast.Attribute(value=inner, attr="item"), args=[], keywords=[]):
                line, end = mistake.here(inner)[2:]
                last, close = mistake.here(value)[2:]
                return Fix(line, end, last, close, "") if mistake.line(line)[end : end + 5] == ".item" else None
    return None


def assignments(mistake: Mistake, root: ast.expr) -> Iterator[tuple[ast.Assign, ast.expr]]:
    """The last assignment of each name that a value was made from, and what it assigned."""
    latest: dict[str, ast.Assign] = {}
    for statement in before(mistake):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]):
                latest.setdefault(name, statement)
    waiting = [root]
    while waiting:
        for name in _loaded(waiting.pop()):
            made = latest.pop(name, None)
            if made is not None:
                yield made, made.value
                waiting.append(made.value)


def _loaded(node: ast.AST) -> list[str]:
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]


def wanting(mistake: Mistake, node: ast.expr) -> bool:
    """Whether what an expression names, or what that was made from, holds a tensor that requires grad."""
    names = {*_loaded(node), *(name for _, value in assignments(mistake, node) for name in _loaded(value))}
    return any(
        (isinstance(value, Tensor) and value.requires_grad)
        or (isinstance(value, Instance) and value.shell is not None)
        or type(value) in reach.MODULES
        for value in (mistake.names.get(name) for name in names)
    )


def _recorded(mistake: Mistake, made: dict[ast.Assign, ast.expr]) -> Fix | None:
    """`no_grad` around an assignment becomes `enable_grad`."""
    for block in ast.walk(mistake.program.tree):
        if not isinstance(block, ast.With):
            continue
        inside = {statement for statement in ast.walk(block) if isinstance(statement, ast.Assign)} & made.keys()
        for item in block.items:
            way = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
            if not (isinstance(way, ast.Attribute) and way.attr in OFF):
                continue
            if any(wanting(mistake, made[statement]) for statement in inside):
                line, end = mistake.here(way)[2:]
                return Fix(line, end - len(way.attr), line, end, "enable_grad")
    return None


def _attached(mistake: Mistake, values: list[ast.expr]) -> Fix | None:
    """What cut a value off its graph is left out: `.detach()`, `.data`, `torch.tensor(...)` around a tensor."""
    for node in (one for value in values for one in ast.walk(value)):
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="detach"), args=[], keywords=[]):
                pass
            case ast.Attribute(value=inner, attr="data"):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Name(id=torch), attr="tensor"), args=[inner], keywords=[]) if (
                torch == mistake.torch
            ):
                pass
            case _:
                continue
        place = mistake.here(node)
        if place[0] == place[2] and wanting(mistake, inner):
            return Fix(*place, operand(mistake, inner))
    return None


def _leaf(mistake: Mistake, made: dict[ast.Assign, ast.expr]) -> Fix | None:
    """The one tensor whose gradient is meant is made with `requires_grad=True`."""
    tree = mistake.program.tree
    read = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.value, ast.Name)
    }
    could: dict[str, ast.Call] = {}
    for statement, value in made.items():
        match statement.targets[0], value:
            case ast.Name(id=name), ast.Call(func=ast.Attribute(value=ast.Name(id=torch), attr=maker)) if (
                torch == mistake.torch and maker in MAKERS
            ):
                tensor = mistake.names.get(name)
                if (
                    isinstance(tensor, Tensor)
                    and tensor.is_floating_point()
                    and not tensor.requires_grad
                    and isinstance(value, ast.Call)
                ):
                    could[name] = value
    meant = [name for name in could if name in read] or list(could)
    if len(meant) == 1 or (meant and meant[0] in read):
        return argument(mistake, could[meant[0]], "requires_grad", "True")
    return None
