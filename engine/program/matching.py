"""Patterns of `match`: each is prepared once, as a callable that says whether a value has its form and notes what it captures."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program import attributes
from engine.program.failures import ProgramError
from engine.program.functions import BUILTINS
from engine.program.scopes import captured
from engine.program.statements import Act, Signal
from engine.program.values import DICTS, Deque, Record, TypeValue, UserClass, Value
from engine.size import Size

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

Found = dict[str, Value]
Form = Callable[[Value, Found], bool]

ROWS = frozenset({list, tuple, range, Size, Record, Deque})
"""What a pattern in brackets may fit."""
WHOLE = frozenset({"bool", "dict", "float", "int", "list", "set", "str", "tuple"})
"""Types whose one bare pattern is for the value itself."""


def match(run: Interpreter, node: ast.Match) -> Act:
    """What runs a `match`: the first case whose pattern fits and whose guard agrees."""
    subject_of = run.evaluator(node.subject)
    cases = [
        (
            run.reaching(case.pattern.lineno),
            _form(run, case.pattern),
            None if case.guard is None else (run.evaluator(case.guard), run.span(case.guard)),
            run.block(case.body),
        )
        for case in node.cases
    ]

    def act() -> Signal:
        subject = subject_of()
        for reach, fits, guard, body in cases:
            reach()
            found: Found = {}
            if not fits(subject, found):
                continue
            for name, value in found.items():
                run.bind_in(run.frame, name, value)
            if guard is not None:
                agreed = guard[0]()
                run.recorder.span = guard[1]
                if not run.truth(agreed):
                    continue
            return body()
        return None

    return act


def _form(run: Interpreter, pattern: ast.pattern) -> Form:
    """A pattern as it is tried, for one unit of fuel; an error learns where it arose."""
    inner = FORMS[type(pattern)](run, pattern)
    span = run.program.spans[pattern]

    def fits(value: Value, found: Found) -> bool:
        run.meter.burn(1)
        try:
            return inner(value, found)
        except ProgramError as error:
            error.span = error.span or span
            raise

    return fits


def _value(run: Interpreter, pattern: ast.MatchValue) -> Form:
    of, span = run.evaluator(pattern.value), run.span(pattern.value)

    def fits(value: Value, found: Found) -> bool:
        wanted = of()
        run.recorder.span = span
        return run.truth(run.compare(ast.Eq, value, wanted))

    return fits


def _singleton(run: Interpreter, pattern: ast.MatchSingleton) -> Form:
    wanted = pattern.value
    return lambda value, found: value is wanted


def _capture(run: Interpreter, pattern: ast.MatchAs) -> Form:
    name = pattern.name
    inner = None if pattern.pattern is None else _form(run, pattern.pattern)

    def fits(value: Value, found: Found) -> bool:
        if inner is not None and not inner(value, found):
            return False
        if name is not None:
            found[name] = value
        return True

    return fits


def _any(run: Interpreter, pattern: ast.MatchOr) -> Form:
    forms = [_form(run, one) for one in pattern.patterns]

    def fits(value: Value, found: Found) -> bool:
        for form in forms:
            tried: Found = {}
            if form(value, tried):
                found.update(tried)
                return True
        return False

    return fits


def _row(run: Interpreter, pattern: ast.MatchSequence) -> Form:
    parts = pattern.patterns
    star = next((place for place, one in enumerate(parts) if isinstance(one, ast.MatchStar)), None)
    rest = None if star is None else captured(parts[star])
    forms = [_form(run, one) for one in parts if not isinstance(one, ast.MatchStar)]

    def fits(value: Value, found: Found) -> bool:
        if type(value) not in ROWS:
            return False
        items = run.gather(value)
        if len(items) < len(forms) or (star is None and len(items) > len(forms)):
            return False
        start = len(forms) if star is None else star
        end = len(items) - (len(forms) - start)
        if not all(form(item, found) for form, item in zip(forms, [*items[:start], *items[end:]], strict=True)):
            return False
        if rest is not None:
            found[rest] = items[start:end]
        return True

    return fits


def _mapping(run: Interpreter, pattern: ast.MatchMapping) -> Form:
    pairs = [(run.evaluator(key), _form(run, one)) for key, one in zip(pattern.keys, pattern.patterns, strict=True)]

    def fits(value: Value, found: Found) -> bool:
        if type(value) not in DICTS:
            return False
        keys = [run.key(key_of()) for key_of, _ in pairs]
        if len(set(keys)) < len(keys):
            raise ProgramError("ValueError", "mapping pattern checks duplicate key", code="match")
        for key, (_, form) in zip(keys, pairs, strict=True):
            if key not in value or not form(value[key], found):
                return False
        if pattern.rest is not None:
            run.meter.burn(len(value) // 100)
            found[pattern.rest] = {key: item for key, item in value.items() if key not in keys}
        return True

    return fits


def _object(run: Interpreter, pattern: ast.MatchClass) -> Form:
    class_of, span = run.evaluator(pattern.cls), run.span(pattern.cls)
    bare = [_form(run, one) for one in pattern.patterns]
    named = list(zip(pattern.kwd_attrs, (_form(run, one) for one in pattern.kwd_patterns), strict=True))

    def fits(value: Value, found: Found) -> bool:
        wanted = class_of()
        run.recorder.span = span
        if type(wanted) not in (TypeValue, UserClass):
            raise ProgramError("TypeError", "called match pattern must be a class", code="match")
        if not run.call(BUILTINS["isinstance"], [value, wanted], {}):
            return False
        if bare and type(wanted) is TypeValue and wanted.name in WHOLE and len(bare) == 1:
            return bare[0](value, found) and _attributes(run, value, named, found)
        return _attributes(run, value, [*zip(_order(run, wanted, len(bare)), bare, strict=True), *named], found)

    return fits


def _order(run: Interpreter, wanted: Value, count: int) -> list[str]:
    """The attributes that so many bare patterns of a class are for."""
    known = wanted.find("__match_args__") if type(wanted) is UserClass else None
    names = list(known[1]) if known is not None and type(known[1]) is tuple else []
    if any(type(name) is not str or name.startswith("__") for name in names):
        raise ProgramError("TypeError", "__match_args__ elements must be strings", code="match")
    if count > len(names):
        text = f"{wanted.name}() accepts {len(names)} positional sub-patterns ({count} given)"
        raise ProgramError("TypeError", text, code="match", hint="Name the attributes: Point(x=0, y=y).")
    return names[:count]


def _attributes(run: Interpreter, value: Value, named: list[tuple[str, Form]], found: Found) -> bool:
    for name, form in named:
        try:
            held = attributes.read(run, value, name)
        except ProgramError as error:
            if error.kind == "AttributeError":
                return False
            raise
        if not form(held, found):
            return False
    return True


FORMS: dict[type[ast.pattern], Callable[..., Form]] = {
    ast.MatchValue: _value,
    ast.MatchSingleton: _singleton,
    ast.MatchAs: _capture,
    ast.MatchOr: _any,
    ast.MatchSequence: _row,
    ast.MatchMapping: _mapping,
    ast.MatchClass: _object,
}
