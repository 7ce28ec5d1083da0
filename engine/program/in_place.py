"""Fixes of what is changed in place, or made anew where it should be changed in place."""

from __future__ import annotations

import ast

from engine.program.mistakes import BLOCKS, POSTFIX, Fix, Mistake, alone, before, insert, operand
from engine.tensor import Tensor


def leaf(value: Tensor) -> bool | None:
    """Whether a tensor is a leaf; None of a view that nobody may look at any more."""
    try:
        return value.is_leaf
    except RuntimeError:
        return None


def untracked(mistake: Mistake) -> Fix | None:
    """The change of a leaf happens under `no_grad`."""
    statement = mistake.error.statement
    if mistake.torch is None or not isinstance(statement, (ast.AugAssign, ast.Assign, ast.Expr)):
        return None
    if not alone(mistake, statement):
        return None
    text = mistake.between(statement)
    if "\n" in text and any(sign in text for sign in ('"""', "'''", "\\\n")):
        return None
    first, column, last, end = mistake.here(statement)
    inner = "    " + text.replace("\n", "\n    ")
    blanks = mistake.line(first)[:column]
    return Fix(first, column, last, end, f"with {mistake.torch}.no_grad():\n{blanks}{inner}")


SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.Mod: "%",
    ast.FloorDiv: "//",
}
IN_PLACE = {"add_": "+", "sub_": "-", "mul_": "*", "div_": "/", "pow_": "**"}
METHODS = (
    "abs acos asin atan ceil clamp cos cosh erf exp expm1 floor log log10 log1p log2 masked_fill neg reciprocal relu "
    "round rsqrt sigmoid sign sin sinh sqrt square tan tanh tril triu trunc add sub mul div pow"
)
APPLIED = frozenset(f"{word}_" for word in METHODS.split())
"""The in-place methods whose name without the last sign is that of a method that gives a new tensor."""


def _renewed(mistake: Mistake, statement: ast.stmt) -> tuple[str, str] | None:
    """The name that a statement changes in place, and the statement that makes a new tensor instead."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value) if type(op) in SIGNS:
            return name, f"{name} = {name} {SIGNS[type(op)]} {operand(mistake, value)}"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) as call):
            alone = len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred)
            if method in IN_PLACE and alone:
                return name, f"{name} = {name} {IN_PLACE[method]} {operand(mistake, call.args[0])}"
            if method in APPLIED:
                given = mistake.between(call)[len(mistake.between(call.func)) :]
                return name, f"{name} = {name}.{method[:-1]}{given}"
    return None


def _element(statement: ast.stmt) -> str | None:
    """The name of the tensor whose elements a statement sets, where no method gives a new tensor instead."""
    match statement:
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name))):
            return name
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return name
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method))) if method.endswith("_"):
            return name
    return None


def out_of_place(mistake: Mistake) -> Fix | None:
    """The last change in place of a tensor with the version that the error tells of, made out of place."""
    for statement in before(mistake):
        renewed = _renewed(mistake, statement)
        name = renewed[0] if renewed else _element(statement)
        value = mistake.names.get(name) if name is not None else None
        if not isinstance(value, Tensor) or value._version != mistake.arguments.get("version"):
            continue
        if (leaf(value) and value.requires_grad) or not alone(mistake, statement):
            return None
        place = mistake.here(statement)
        if renewed:
            return Fix(*place, renewed[1]) if "#" not in mistake.between(statement) or place[0] == place[2] else None
        blanks = mistake.line(place[0])[: place[1]]
        return insert(place[0], place[1], f"{name} = {name}.clone()\n{blanks}")
    return None


def reads_grad(node: ast.AST, name: str) -> bool:
    """Whether an expression asks for the `.grad` of a name."""
    return any(
        isinstance(one, ast.Attribute)
        and one.attr == "grad"
        and isinstance(one.value, ast.Name)
        and one.value.id == name
        for one in ast.walk(node)
    )


def retained(mistake: Mistake) -> Fix | None:
    """The gradient of a tensor that is no leaf is kept, where the tensor is made; a weight that is made anew is changed in place instead."""
    statement = mistake.error.statement
    read = [
        node.value.id
        for node in (ast.walk(statement) if statement is not None and not isinstance(statement, BLOCKS) else ())
        if isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.value, ast.Name)
    ]
    for name in read:
        value = mistake.names.get(name)
        if not isinstance(value, Tensor) or leaf(value) is not False or value.retains_grad:
            continue
        for made in before(mistake):
            match made:
                case ast.Assign(targets=[ast.Name(id=target)]) if target == name and alone(mistake, made):
                    meant = leaf_meant(mistake, made)
                    if meant is not None:
                        return meant
                    stepped = _stepped(mistake, made, name)
                    if stepped is not None or made is statement:
                        return stepped
                    line, column, last, _ = mistake.here(made)
                    text = mistake.line(last)
                    return insert(last, len(text), f"\n{mistake.line(line)[:column]}{name}.retain_grad()")
    return None


def leaf_meant(mistake: Mistake, statement: ast.Assign) -> Fix | None:
    """`w = torch.randn(3, requires_grad=True) * 0.1`: the flag is set last, on what the arithmetic gave."""
    value = statement.value
    first, column, last, end = mistake.here(value)
    flags = [
        (call, keyword)
        for call in ast.walk(value)
        if isinstance(call, ast.Call) and call is not value
        for keyword in call.keywords
        if keyword.arg == "requires_grad" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
    ]
    if len(flags) != 1 or first != last:
        return None
    call, keyword = flags[0]
    if keyword is not call.keywords[-1] or not call.args:
        return None
    begin = max(mistake.here(part)[3] for part in (*call.args, *call.keywords[:-1]))
    text = mistake.line(first)
    text = text[column:begin] + text[mistake.here(keyword)[3] : end]
    return Fix(first, column, last, end, f"{text if isinstance(value, POSTFIX) else f'({text})'}.requires_grad_()")


def _stepped(mistake: Mistake, statement: ast.Assign, name: str) -> Fix | None:
    match statement.value:
        case ast.BinOp(left=ast.Name(id=left), op=ast.Sub() | ast.Add() as op, right=right) if left == name:
            place = mistake.here(statement)
            if mistake.torch is None or place[0] != place[2]:
                return None
            blanks = mistake.line(place[0])[: place[1]]
            step = f"{name} {SIGNS[type(op)]}= {mistake.between(right)}"
            return Fix(*place, f"with {mistake.torch}.no_grad():\n{blanks}    {step}")
    return None
