"""Targets: where an assignment puts a value, prepared as callables that take the value."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program import attributes
from engine.program.failures import ProgramError
from engine.program.gate import TENSORS
from engine.program.narration import Naming
from engine.program.values import Value, type_name

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

Target = Callable[[Value], None]


def name(run: Interpreter, node: ast.Name, line: int) -> Target:
    key, naming, top = node.id, Naming(line, node.id, run.titled), run.top

    def assign(value: Value) -> None:
        if run.frame is top:
            top.names[key] = value
            run.tell(naming, key, value)
        else:
            run.bind_in(run.frame, key, value)

    return assign


def named(run: Interpreter, of: Callable[[], Value], key: str, line: int) -> Callable[[], None]:
    """What gives a name the value of an expression."""
    naming, top, recorder = Naming(line, key, run.titled), run.top, run.recorder
    names, note, tensor = top.names, recorder.note, naming.tensor

    def assign() -> None:
        value = of()
        if run.frame is not top:
            run.bind_in(run.frame, key, value)
        elif value.__class__ in TENSORS:
            names[key] = value
            note((tensor, value, recorder.span))
        else:
            names[key] = value
            run.tell(naming, key, value)

    return assign


def attribute(run: Interpreter, node: ast.Attribute, line: int) -> Target:
    of, key, span = run.evaluator(node.value), node.attr, run.span(node)

    def assign(value: Value) -> None:
        owner = of()
        run.recorder.span = span
        attributes.write(run, owner, key, value)

    return assign


def subscript(run: Interpreter, node: ast.Subscript, line: int) -> Target:
    of, at, span = run.evaluator(node.value), run.evaluator(node.slice), run.span(node)

    def assign(value: Value) -> None:
        owner = of()
        index = at()
        run.recorder.span = span
        run.set_item(owner, index, value)

    return assign


def row(run: Interpreter, node: ast.Tuple | ast.List, line: int) -> Target:
    parts = [run.target(part.value if isinstance(part, ast.Starred) else part, line) for part in node.elts]
    star = next((place for place, part in enumerate(node.elts) if type(part) is ast.Starred), None)

    def assign(value: Value) -> None:
        for put, item in zip(parts, _parted(_items(run, value), len(parts), star), strict=True):
            put(item)

    return assign


def _items(run: Interpreter, value: Value) -> list[Value]:
    try:
        return run.gather(value)
    except ProgramError as error:
        if error.code == "not-iterable":
            text = f"cannot unpack non-iterable {type_name(value)} object"
            raise ProgramError("TypeError", text, code="not-iterable") from None
        raise


def _parted(items: list[Value], wanted: int, star: int | None) -> list[Value]:
    """The items, one for each part of the target; what is over goes to the starred one."""
    if star is None:
        if len(items) < wanted:
            text = f"not enough values to unpack (expected {wanted}, got {len(items)})"
            raise ProgramError("ValueError", text, code="unpack")
        if len(items) > wanted:
            text = f"too many values to unpack (expected {wanted})"
            raise ProgramError("ValueError", text, code="unpack")
        return items
    if len(items) < wanted - 1:
        text = f"not enough values to unpack (expected at least {wanted - 1}, got {len(items)})"
        raise ProgramError("ValueError", text, code="unpack")
    end = len(items) - (wanted - star - 1)
    return [*items[:star], items[star:end], *items[end:]]
