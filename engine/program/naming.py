"""`getattr`, `setattr`, `hasattr` and `delattr`: a name that the program has as a text, resolved where written names are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program import attributes, classes, forms, layers, reach
from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import Builtin, Instance, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine


def _text(what: str, value: Value, allowed: frozenset[str]) -> str:
    if type(value) is not str:
        raise ProgramError("TypeError", f"attribute name must be string, not '{type_name(value)}'")
    if value.startswith("__") and value not in allowed:
        text = f"names that begin with two underscores are kept for Python itself: {value[:60]}"
        raise ProgramError("AttributeError", text, code="underscore")
    return str(value)


def _get(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("getattr", given, keywords, 2, 3)
    name = _text("getattr", given[1], forms.READ)
    try:
        return attributes.read(run, given[0], name)
    except ProgramError as error:
        if len(given) < 3 or error.kind != "AttributeError":
            raise
        return given[2]


def _has(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("hasattr", given, keywords, 2, 2)
    name = _text("hasattr", given[1], forms.READ)
    try:
        attributes.read(run, given[0], name)
    except ProgramError as error:
        if error.kind != "AttributeError":
            raise
        return False
    return True


def _set(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("setattr", given, keywords, 3, 3)
    name = _text("setattr", given[1], frozenset())
    run.meter.need_text(len(name))
    attributes.write(run, given[0], name, given[2])
    return None


def _delete(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("delattr", given, keywords, 2, 2)
    name = _text("delattr", given[1], frozenset())
    if type(given[0]) in reach.MODULES:
        layers.erase(run, given[0], name)
        return None
    if type(given[0]) is not Instance:
        raise attributes.unknown(given[0], name, [])
    classes.erase(run, given[0], name)
    return None


NAMING: dict[str, Value] = {
    name: Builtin(name, call)
    for name, call in (("getattr", _get), ("setattr", _set), ("hasattr", _has), ("delattr", _delete))
}
