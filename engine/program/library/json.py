"""`json`: a value as text, and the value of a text, within the limits on strings and whole numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import JSON_ERROR, ProgramError
from engine.program.values import DICTS, Builtin, ErrorClass, Record, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
DEEP = 30
WIDE = 20
"""The most spaces that a level is moved in by."""
OPTIONS = ("indent", "sort_keys", "ensure_ascii", "separators", "default", "allow_nan")


def _dumps(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("dumps", given, keywords, 1, 1, OPTIONS)
    indent, separators = keywords.get("indent"), keywords.get("separators")
    if type(indent) is int:
        indent = min(indent, WIDE)
    elif indent is not None and not (type(indent) is str and len(indent) <= WIDE):
        raise ProgramError("TypeError", f"indent is a whole number here, not {type_name(indent)}", code="argument")
    if separators is not None and not (
        type(separators) is tuple and len(separators) == 2 and all(type(each) is str for each in separators)
    ):
        raise ProgramError("TypeError", "separators are a tuple of two strings here", code="argument")
    plain = _plain(run, given[0], keywords.get("default"), 0)
    try:
        text = json.dumps(
            plain,
            indent=indent,
            separators=separators,
            sort_keys=run.truth(keywords.get("sort_keys", False)),
            ensure_ascii=run.truth(keywords.get("ensure_ascii", True)),
            allow_nan=run.truth(keywords.get("allow_nan", True)),
        )
    except (TypeError, ValueError) as error:
        raise ProgramError(type(error).__name__, str(error)) from None
    return run.checked_text(text)


def _plain(run: Machine, value: Value, default: Value, depth: int) -> Value:
    """The value, made of nothing but what JSON has; each part for its letters and a unit of fuel."""
    run.meter.burn(1)
    if depth > DEEP:
        raise ProgramError("ValueError", "Circular reference detected", code="nesting")
    kind = type(value)
    if kind is str:
        run.meter.need_text(len(value))
        return value
    if value is None or kind in (bool, int, float):
        return value
    if kind in (list, tuple, Record):
        run.meter.need_text(len(value))
        return [_plain(run, item, default, depth + 1) for item in value]
    if kind in DICTS:
        run.meter.need_text(len(value))
        found = {}
        for key, item in value.items():
            if key is not None and type(key) not in (bool, int, float, str):
                text = f"keys must be str, int, float, bool or None, not {type_name(key)}"
                raise ProgramError("TypeError", text, code="argument")
            found[key] = _plain(run, item, default, depth + 1)
        return found
    if default is not None:
        return _plain(run, run.call(default, [value], {}), default, depth + 1)
    text = f"Object of type {type_name(value)} is not JSON serializable"
    raise ProgramError("TypeError", text, code="argument", hint="Write x.tolist() or x.item().")


def _loads(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("loads", given, keywords, 1, 1)
    text = given[0]
    if type(text) is not str:
        words = f"the JSON object must be str, bytes or bytearray, not {type_name(text)}"
        raise ProgramError("TypeError", words, code="argument")
    run.meter.burn(1 + len(text) // 10)
    if _depth(text) > 10 * DEEP:
        raise ProgramError("RecursionError", "maximum recursion depth exceeded while decoding a JSON array")

    def whole(digits: str) -> Value:
        return run.call(run.builtins["int"], [digits], {})

    try:
        return json.loads(text, parse_int=whole)
    except json.JSONDecodeError as error:
        raise ProgramError(JSON_ERROR, str(error)) from None
    except RecursionError:
        text = "maximum recursion depth exceeded while decoding a JSON array"
        raise ProgramError("RecursionError", text) from None


def _depth(text: str) -> int:
    """How many brackets are open at most, those within strings aside."""
    deepest = depth = 0
    signs = iter(text)
    for sign in signs:
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
        elif sign == '"':
            for within in signs:
                if within == "\\":
                    next(signs, None)
                elif within == '"':
                    break
    return deepest


MEMBERS: dict[str, Value] = {
    "dumps": Builtin("dumps", _dumps),
    "loads": Builtin("loads", _loads),
    "JSONDecodeError": ErrorClass(JSON_ERROR),
}
