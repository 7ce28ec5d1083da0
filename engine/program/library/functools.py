"""`functools`: `partial`, `reduce`, `wraps` and the caches."""

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
            inner[0].doc = wrapped.doc if type(wrapped) is UserFunction else None
        return inner[0]

    return Builtin("wraps", rename)


MOST = 128
"""How many results `lru_cache` keeps where the program does not say."""


def _cached(function: Value, most: int | None) -> Value:
    """The function with its results kept by its arguments; beyond `most` the one asked for longest ago goes."""
    kept: dict[Value, Value] = {}

    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        key: Value = tuple(map(run.key, given)), tuple((name, run.key(value)) for name, value in keywords.items())
        if len(given) == 1 and type(given[0]) in (int, str) and not keywords:
            key = given[0]  # as in Python, where f(1) and f(1.0) are kept apart, f(1, 2) and f(1.0, 2) are not
        result = kept.pop(key) if key in kept else run.call(function, given, keywords)
        kept[key] = result
        if most is not None and len(kept) > most:
            del kept[next(iter(kept))]
        run.meter.need_items(len(kept))
        return result

    name = function.name if type(function) in (UserFunction, Builtin) else "lru_cache"
    return Builtin(name, call, binds=True)


def _cache(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("cache", given, keywords, 1, 1)
    return _cached(given[0], None)


def _lru_cache(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("lru_cache", given, keywords, 0, 2, ("maxsize", "typed"))
    if given and type(given[0]) in (UserFunction, Builtin):
        return _cached(given[0], MOST)
    wanted = keywords.get("maxsize", given[0] if given else MOST)
    if wanted is not None and type(wanted) is not int:
        text = "Expected first argument to be an integer, a callable, or None"
        raise ProgramError("TypeError", text, code="arguments")
    most = None if wanted is None else max(wanted, 0)

    def decorate(at: Machine, inner: Given, named: Keywords) -> Value:
        take("lru_cache", inner, named, 1, 1)
        return _cached(inner[0], most)

    return Builtin("lru_cache", decorate)


MEMBERS: dict[str, Value] = {
    "partial": Builtin("partial", _partial),
    "reduce": Builtin("reduce", _reduce),
    "wraps": Builtin("wraps", _wraps),
    "lru_cache": Builtin("lru_cache", _lru_cache),
    "cache": Builtin("cache", _cache),
}
