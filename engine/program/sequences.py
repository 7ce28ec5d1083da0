"""The functions of the language that go through what can be looped over: `zip`, `map`, `sum`, `max`, `sorted` and their kin."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.program import reach, special, stepping
from engine.program.arguments import integer, take
from engine.program.failures import ProgramError
from engine.program.values import DICTS, Deque, HostFunction, Stream, Value, View, type_name
from engine.size import Size

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
END = object()


def _enumerate(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("enumerate", given, keywords, 1, 2, ("start",))
    start = integer(given[1] if len(given) > 1 else keywords.get("start", 0), "enumerate-integer")
    return Stream("enumerate", ((start + place, item) for place, item in enumerate(run.iterate(given[0]))))


def _zip(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("zip", given, keywords, 0, None, ("strict",))
    strict = run.truth(keywords.get("strict", False))
    sources = [run.iterate(value) for value in given]
    return Stream("zip", _zipped(sources, strict))


def _zipped(sources: list[Iterator[Value]], strict: bool) -> Iterator[Value]:
    while sources:
        row = []
        for place, source in enumerate(sources):
            try:
                row.append(next(source))
            except StopIteration:
                if strict and (place or any(next(other, END) is not END for other in sources[1:])):
                    raise ProgramError("ValueError", "zip() arguments have different lengths") from None
                return
        yield tuple(row)


def _map(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("map", given, keywords, 2, None)
    rows = _zipped([run.iterate(value) for value in given[1:]], False)
    return Stream("map", (run.call(given[0], list(row), {}) for row in rows))


def _filter(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("filter", given, keywords, 2, 2)
    test, items = given[0], run.iterate(given[1])
    return Stream("filter", (x for x in items if run.truth(x if test is None else run.call(test, [x], {}))))


def _reversed(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("reversed", given, keywords, 1, 1)
    value = given[0]
    kind = type(value)
    if run.is_tensor(value):
        dims = [0] if value.ndim else []
        return run.call(HostFunction("flip", reach.METHODS["flip"], (value,)), dims, {}) if dims else value
    if kind is range:
        return Stream("reversed", iter(value[::-1]))
    if kind is Deque or kind is View:
        return Stream("reversed", iter(run.gather(value)[::-1]))
    if kind in (list, tuple, str, Size, *DICTS) or kind in reach.NAMED_TUPLES:
        return Stream("reversed", iter(list(value)[::-1]))
    own = special.method(value, "__len__") is not None and special.method(value, "__getitem__") is not None
    if not own and kind not in reach.INDEXED:
        raise ProgramError("TypeError", f"'{type_name(value)}' object is not reversible")
    return Stream("reversed", (run.item(value, place) for place in reversed(range(run.length(value)))))


def _iter(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("iter", given, keywords, 1, 1)
    if type(given[0]) is Stream or special.method(given[0], "__next__") is not None:
        return given[0]
    return Stream("iterator", run.iterate(given[0]))


def _next(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("next", given, keywords, 1, 2)
    if special.method(given[0], "__next__") is not None:
        try:
            return special.ask(run, given[0], "__next__")
        except ProgramError as error:
            if error.kind != "StopIteration" or len(given) < 2:
                raise
            return given[1]
    if type(given[0]) is not Stream:
        raise ProgramError(
            "TypeError", f"'{type_name(given[0])}' object is not an iterator", hint="Write next(iter(...))."
        )
    try:
        return stepping.step(run, given[0], given[0].items.__next__)
    except ProgramError as error:
        if error.root != "StopIteration" or len(given) < 2:
            raise
        return given[1]


def _sum(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("sum", given, keywords, 1, 2, ("start",))
    total = given[1] if len(given) > 1 else keywords.get("start", 0)
    if type(total) is str:
        raise ProgramError("TypeError", "sum() can't sum strings [use ''.join(seq) instead]")
    for item in run.iterate(given[0]):
        total = run.operate(ast.Add, total, item)
    return total


def _best(name: str, kind: type[ast.cmpop], run: Machine, given: Given, keywords: Keywords) -> Value:
    take(name, given, keywords, 1, None, ("key", "default"))
    items = run.iterate(given[0]) if len(given) == 1 else iter(given)
    key = keywords.get("key")
    found = False
    best = best_key = None
    for item in items:
        rank = item if key is None else run.call(key, [item], {})
        if not found or run.truth(run.compare(kind, rank, best_key)):
            found, best, best_key = True, item, rank
    if found:
        return best
    if "default" in keywords:
        return keywords["default"]
    raise ProgramError("ValueError", f"{name}() arg is an empty sequence")


def _any(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("any", given, keywords, 1, 1)
    return any(run.truth(item) for item in run.iterate(given[0]))


def _all(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("all", given, keywords, 1, 1)
    return all(run.truth(item) for item in run.iterate(given[0]))


def _sorted(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("sorted", given, keywords, 1, 1, ("key", "reverse"))
    return sort(run, run.gather(given[0]), keywords)


def sort(run: Machine, items: list[Value], keywords: Keywords) -> list[Value]:
    """The items in order, compared by the language's own `<`."""
    key = keywords.get("key")
    ranks = items if key is None else [run.call(key, [item], {}) for item in items]

    def compare(first: int, second: int) -> int:
        if run.truth(run.compare(ast.Lt, ranks[first], ranks[second])):
            return -1
        return 1 if run.truth(run.compare(ast.Lt, ranks[second], ranks[first])) else 0

    # About as many comparisons as there will be, some of which are made twice.
    run.meter.burn(len(items) * len(items).bit_length() // 4)
    order = list(range(len(items)))
    order.sort(key=functools.cmp_to_key(compare), reverse=run.truth(keywords.get("reverse", False)))
    return [items[place] for place in order]


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "reversed": _reversed,
    "iter": _iter,
    "next": _next,
    "sum": _sum,
    "min": functools.partial(_best, "min", ast.Lt),
    "max": functools.partial(_best, "max", ast.Gt),
    "any": _any,
    "all": _all,
    "sorted": _sorted,
}
