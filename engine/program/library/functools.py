"""`functools`: `partial`, `reduce` and `wraps`; caches are left out, for a run is short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import Builtin, UserFunction, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]


def _partial(run: Machine, given: Given, keywords: Keywords) -> Value:
    if not given:
        raise ProgramError("TypeError", "type 'partial' takes at least one argument", code="arguments")
    function, *before = given

    def call(at: Machine, more: Given, named: Keywords) -> Value:
        return at.call(function, [*before, *more], {**keywords, **named})

    return Builtin("partial", call)


def _reduce(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("reduce", given, keywords, 2, 3)
    items = run.iterate(given[1])
    if len(given) > 2:
        total = given[2]
    else:
        total = next(items, run)
        if total is run:
            raise ProgramError("TypeError", "reduce() of empty iterable with no initial value")
    for item in items:
        total = run.call(given[0], [total, item], {})
    return total


def _wraps(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("wraps", given, keywords, 1, 1)
    wrapped = given[0]

    def rename(at: Machine, inner: Given, named: Keywords) -> Value:
        take("wraps", inner, named, 1, 1)
        if type(inner[0]) is UserFunction and type(wrapped) in (UserFunction, Builtin):
            inner[0].name = wrapped.name
        return inner[0]

    return Builtin("wraps", rename)


def _same(name: str) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        if given and type(given[0]) is UserFunction:
            return given[0]

        def decorate(at: Machine, inner: Given, named: Keywords) -> Value:
            take(name, inner, named, 1, 1)
            return inner[0]

        return Builtin(name, decorate)

    return Builtin(name, call)


MEMBERS: dict[str, Value] = {
    "partial": Builtin("partial", _partial),
    "reduce": Builtin("reduce", _reduce),
    "wraps": Builtin("wraps", _wraps),
    "lru_cache": _same("lru_cache"),
    "cache": _same("cache"),
}
