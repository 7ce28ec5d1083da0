"""`functools`: `partial`, `reduce`, `wraps` and the caches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import Builtin, PropertyValue, Record, RecordType, UserFunction, Value

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


INFO = RecordType("CacheInfo", ("hits", "misses", "maxsize", "currsize"), {})


class Memory:
    """A function with its results kept by its arguments; beyond `most` the one asked for longest ago goes."""

    def __init__(self, function: Value, most: int | None) -> None:
        self._function, self._most = function, most
        self.clear()

    def clear(self) -> None:
        self._kept: dict[Value, Value] = {}
        self._hits = self._misses = 0

    def info(self) -> Record:
        """How often a result was there, how often not, and how many there are."""
        told = Record((self._hits, self._misses, self._most, len(self._kept)))
        told.of = INFO
        return told

    def __call__(self, run: Machine, given: Given, keywords: Keywords) -> Value:
        key: Value = tuple(map(run.key, given)), tuple((name, run.key(value)) for name, value in keywords.items())
        if len(given) == 1 and type(given[0]) in (int, str) and not keywords:
            key = given[0]  # as in Python, where f(1) and f(1.0) are kept apart, f(1, 2) and f(1.0, 2) are not
        kept = self._kept
        if key in kept:
            self._hits += 1
            result = kept.pop(key)
        else:
            self._misses += 1
            result = run.call(self._function, given, keywords)
        kept[key] = result
        if self._most is not None and len(kept) > self._most:
            del kept[next(iter(kept))]
        run.meter.need_items(len(kept))
        return result


def _cached(function: Value, most: int | None) -> Value:
    name = function.name if type(function) in (UserFunction, Builtin) else "lru_cache"
    return Builtin(name, Memory(function, most), binds=True)


def _memory(owner: Value, name: str) -> Memory:
    if type(owner.call) is not Memory:
        text = f"'builtin_function_or_method' object has no attribute '{name}'"
        raise ProgramError("AttributeError", text, code="attribute", name=name)
    return owner.call


def _info(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("cache_info", given, keywords, 0, 0)
    return _memory(owner, "cache_info").info()


def _clear(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("cache_clear", given, keywords, 0, 0)
    _memory(owner, "cache_clear").clear()


def _once(run: Machine, given: Given, keywords: Keywords) -> Value:
    """A property that is worked out when it is first read."""
    take("cached_property", given, keywords, 1, 1)
    return PropertyValue(Builtin("cached_property", Memory(given[0], None), binds=True))


METHODS: dict[tuple[type, str], Callable[..., Value]] = {
    (Builtin, "cache_info"): _info,
    (Builtin, "cache_clear"): _clear,
}


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
    "cached_property": Builtin("cached_property", _once),
}
