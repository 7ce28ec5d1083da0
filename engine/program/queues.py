"""The methods of `Counter`, `OrderedDict` and `deque`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import Deque, Ordered, Tally, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine
    from engine.program.methods import Handler

Given = list[Value]
Keywords = dict[str, Value]


def _most_common(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("most_common", given, keywords, 0, 1)
    run.meter.burn(len(owner))
    pairs = sorted(owner.items(), key=lambda pair: pair[1], reverse=True)
    return pairs if not given or given[0] is None else pairs[: max(run.whole(given[0]), 0)]


def _elements(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("elements", given, keywords, 0, 0)
    run.meter.need_items(sum(max(number, 0) for number in owner.values()))
    return [key for key, number in owner.items() for _ in range(number)]


def _total(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("total", given, keywords, 0, 0)
    return sum(owner.values())


def _move_to_end(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("move_to_end", given, keywords, 1, 1)
    value = run.item(owner, given[0])
    del owner[given[0]]
    owner[given[0]] = value
    return None


def _put(side: str) -> Handler:
    def handler(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
        take(side, given, keywords, 1, 1)
        run.meter.need_items(len(owner.items) + 1)
        (owner.items.appendleft if side == "appendleft" else owner.items.append)(given[0])
        return None

    return handler


def _pop(side: str) -> Handler:
    def handler(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
        take(side, given, keywords, 0, 0)
        if not owner.items:
            raise ProgramError("IndexError", "pop from an empty deque")
        return owner.items.popleft() if side == "popleft" else owner.items.pop()

    return handler


def _extend(side: str) -> Handler:
    def handler(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
        take(side, given, keywords, 1, 1)
        items = run.gather(given[0])
        run.meter.need_items(len(owner.items) + len(items))
        (owner.items.extendleft if side == "extendleft" else owner.items.extend)(items)
        return None

    return handler


def _clear(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("clear", given, keywords, 0, 0)
    owner.items.clear()
    return None


def _insert(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("insert", given, keywords, 2, 2)
    run.meter.need_items(len(owner.items) + 1)
    run.meter.burn(len(owner.items) // 100)
    if len(owner.items) == owner.items.maxlen:
        raise ProgramError("IndexError", "deque already at its maximum size")
    owner.items.insert(run.size(given[0]), given[1])
    return None


def _place(run: Machine, owner: Value, wanted: Value) -> int:
    return next((place for place, item in enumerate(list(owner.items)) if run.same(item, wanted)), -1)


def _index(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("index", given, keywords, 1, 1)
    place = _place(run, owner, given[0])
    if place < 0:
        raise ProgramError("ValueError", f"{run.repr(given[0], 60)} is not in deque")
    return place


def _remove(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("remove", given, keywords, 1, 1)
    place = _place(run, owner, given[0])
    if place < 0:
        raise ProgramError("ValueError", f"{run.repr(given[0], 60)} is not in deque")
    del owner.items[place]
    return None


def _count(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("count", given, keywords, 1, 1)
    return sum(run.same(item, given[0]) for item in list(owner.items))


def _reverse(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("reverse", given, keywords, 0, 0)
    run.meter.burn(len(owner.items) // 100)
    owner.items.reverse()
    return None


def _rotate(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("rotate", given, keywords, 0, 1)
    run.meter.burn(len(owner.items) // 100)
    owner.items.rotate(run.size(given[0]) if given else 1)
    return None


def _copy(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("copy", given, keywords, 0, 0)
    run.meter.need_items(len(owner.items))
    made = Deque(owner.items.maxlen)
    made.items.extend(owner.items)
    return made


METHODS: dict[tuple[type, str], Handler] = {
    (Tally, "most_common"): _most_common,
    (Tally, "elements"): _elements,
    (Tally, "total"): _total,
    (Ordered, "move_to_end"): _move_to_end,
    (Deque, "append"): _put("append"),
    (Deque, "appendleft"): _put("appendleft"),
    (Deque, "pop"): _pop("pop"),
    (Deque, "popleft"): _pop("popleft"),
    (Deque, "extend"): _extend("extend"),
    (Deque, "extendleft"): _extend("extendleft"),
    (Deque, "clear"): _clear,
    (Deque, "insert"): _insert,
    (Deque, "index"): _index,
    (Deque, "remove"): _remove,
    (Deque, "count"): _count,
    (Deque, "reverse"): _reverse,
    (Deque, "rotate"): _rotate,
    (Deque, "copy"): _copy,
}
