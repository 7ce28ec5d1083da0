"""`heapq` and `bisect`: lists that are kept in order, compared by the language's own `<`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.sequences import sort
from engine.program.values import Builtin, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]


def _below(run: Machine, left: Value, right: Value) -> bool:
    run.meter.burn(1)
    return run.truth(run.compare(ast.Lt, left, right))


def _heap(given: Given) -> list[Value]:
    if type(given[0]) is not list:
        raise ProgramError("TypeError", "heap argument must be a list", code="argument")
    return given[0]


def _rise(run: Machine, heap: list[Value], place: int, top: int = 0) -> None:
    """Lets what lies at a place rise as far as it is below what is over it."""
    item = heap[place]
    while place > top:
        over = (place - 1) >> 1
        if not _below(run, item, heap[over]):
            break
        heap[place] = heap[over]
        place = over
    heap[place] = item


def _sink(run: Machine, heap: list[Value], place: int) -> None:
    """Lets what lies at a place sink to the leaves, the lesser child rising, and rise from there."""
    top, item, end = place, heap[place], len(heap)
    child = 2 * place + 1
    while child < end:
        if child + 1 < end and not _below(run, heap[child], heap[child + 1]):
            child += 1
        heap[place] = heap[child]
        place, child = child, 2 * child + 1
    heap[place] = item
    _rise(run, heap, place, top)


def _push(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("heappush", given, keywords, 2, 2)
    heap = _heap(given)
    run.meter.need_items(len(heap) + 1)
    heap.append(given[1])
    _rise(run, heap, len(heap) - 1)
    run.changed(heap)


def _pop(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("heappop", given, keywords, 1, 1)
    heap = _heap(given)
    if not heap:
        raise ProgramError("IndexError", "index out of range")
    last = heap.pop()
    if heap:
        last, heap[0] = heap[0], last
        _sink(run, heap, 0)
    run.changed(heap)
    return last


def _exchanged(name: str, *, first: bool) -> Callable[..., Value]:
    """`heapreplace`, or `heappushpop`, which gives a thing that is `first` back at once."""

    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 2, 2)
        heap, item = _heap(given), given[1]
        if first and not (heap and _below(run, heap[0], item)):
            return item
        if not heap:
            raise ProgramError("IndexError", "index out of range")
        item, heap[0] = heap[0], item
        _sink(run, heap, 0)
        run.changed(heap)
        return item

    return call


def _heapify(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("heapify", given, keywords, 1, 1)
    heap = _heap(given)
    for place in reversed(range(len(heap) // 2)):
        _sink(run, heap, place)
    run.changed(heap)


def _most(name: str, *, reverse: bool) -> Callable[..., Value]:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 2, 3, ("key",))
        key = given[2] if len(given) > 2 else keywords.get("key")
        found = sort(run, run.gather(given[1]), {"key": key, "reverse": reverse})
        return found[: max(run.size(given[0]), 0)]

    return call


def _place(run: Machine, given: Given, keywords: Keywords, name: str, *, right: bool) -> int:
    take(name, given, keywords, 2, 4, ("lo", "hi", "key"))
    items, item = given[0], given[1]
    low = run.whole(given[2] if len(given) > 2 else keywords.get("lo", 0))
    end = given[3] if len(given) > 3 else keywords.get("hi")
    high = run.length(items) if end is None else run.whole(end)
    if low < 0:
        raise ProgramError("ValueError", "lo must be non-negative")
    key = keywords.get("key")
    while low < high:
        middle = (low + high) // 2
        there = run.item(items, middle)
        there = there if key is None else run.call(key, [there], {})
        if not _below(run, item, there) if right else _below(run, there, item):
            low = middle + 1
        else:
            high = middle
    return low


def _bisect(name: str, *, right: bool) -> Value:
    return Builtin(name, lambda run, given, keywords: _place(run, given, keywords, name, right=right))


def _insort(name: str, *, right: bool) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        if given and type(given[0]) is not list:
            raise ProgramError("TypeError", "only a list can be inserted into here", code="argument")
        key = keywords.get("key")
        wanted = [given[0], run.call(key, [given[1]], {}), *given[2:]] if key is not None and len(given) > 1 else given
        place = _place(run, wanted, keywords, name, right=right)
        run.meter.need_items(len(given[0]) + 1)
        given[0].insert(place, given[1])
        run.changed(given[0])
        return None

    return Builtin(name, call)


MEMBERS: dict[str, Value] = {
    "heappush": Builtin("heappush", _push),
    "heappop": Builtin("heappop", _pop),
    "heapify": Builtin("heapify", _heapify),
    "heappushpop": Builtin("heappushpop", _exchanged("heappushpop", first=True)),
    "heapreplace": Builtin("heapreplace", _exchanged("heapreplace", first=False)),
    "nlargest": Builtin("nlargest", _most("nlargest", reverse=True)),
    "nsmallest": Builtin("nsmallest", _most("nsmallest", reverse=False)),
}
BISECT: dict[str, Value] = {
    **{name: _bisect(name, right=name != "bisect_left") for name in ("bisect", "bisect_left", "bisect_right")},
    **{name: _insort(name, right=name != "insort_left") for name in ("insort", "insort_left", "insort_right")},
}
