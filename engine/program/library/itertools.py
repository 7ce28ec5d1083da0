"""`itertools`: each a stream that takes its items one by one, every item for its fuel."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.limits import Limited
from engine.program.values import Builtin, Stream, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
Maker = Callable[["Machine", Given, Keywords], Iterator[Value]]


def _stream(name: str, least: int, most: int | None, allowed: tuple[str, ...], make: Maker) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, least, most, allowed)
        return Stream(name, make(run, given, keywords))

    return Builtin(name, call)


def _chain(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    for source in given:
        yield from run.iterate(source)


def _product(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    repeat = max(run.whole(keywords.get("repeat", 1)), 0)
    run.meter.need_items(len(given) * repeat)
    pools = [run.gather(source) for source in given] * repeat

    def rows() -> Iterator[tuple[Value, ...]]:
        places = [0] * len(pools)
        turning = all(pools)
        while turning:
            run.meter.burn(len(pools) // 20)
            yield tuple([pool[place] for pool, place in zip(pools, places, strict=True)])
            turning = False
            for wheel in reversed(range(len(pools))):
                places[wheel] += 1
                if places[wheel] < len(pools[wheel]):
                    turning = True
                    break
                places[wheel] = 0

    return rows()


def _picked(run: Machine, items: list[Value], size: int, *, ordered: bool, again: bool) -> Iterator[Value]:
    def rows(left: list[Value], wanted: int) -> Iterator[tuple[Value, ...]]:
        if not wanted:
            yield ()
            return
        for place, item in enumerate(left):
            run.meter.burn(1 + len(left) // 50)
            rest = [*left[:place], *left[place + 1 :]] if ordered else left[place if again else place + 1 :]
            for row in rows(rest, wanted - 1):
                yield (item, *row)

    if size < 0:
        raise ProgramError("ValueError", "r must be non-negative")
    if size <= len(items) and size > run.meter.limits.calls:
        raise Limited("calls", run.meter.limits.calls)
    return rows(items, size) if size <= len(items) or again else iter(())


def _combinations(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    return _picked(run, run.gather(given[0]), run.whole(given[1]), ordered=False, again=False)


def _permutations(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    items = run.gather(given[0])
    return _picked(run, items, run.whole(given[1]) if len(given) > 1 else len(items), ordered=True, again=False)


def _count(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    value = given[0] if given else 0
    step = given[1] if len(given) > 1 else 1
    while True:
        yield value
        value = run.operate(ast.Add, value, step)


def _cycle(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    items = run.gather(given[0])
    while items:
        yield from items


def _repeat(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    times = run.whole(given[1]) if len(given) > 1 else -1
    while times:
        yield given[0]
        times -= 1


def _islice(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    ends = [None if value is None else run.whole(value) for value in given[1:]]
    start, stop, step = (0, ends[0], 1) if len(ends) == 1 else (ends[0] or 0, ends[1], (ends[2:] or [1])[0] or 1)
    if stop is not None and stop <= start:
        return
    for place, item in enumerate(run.iterate(given[0])):
        if place >= start and (place - start) % step == 0:
            yield item
        if stop is not None and place + 1 >= stop:
            return


def _accumulate(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    total: Value = run
    for item in run.iterate(given[0]):
        if total is run:
            total = item
        elif len(given) > 1:
            total = run.call(given[1], [total, item], {})
        else:
            total = run.operate(ast.Add, total, item)
        yield total


def _pairwise(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    before: Value = run
    for item in run.iterate(given[0]):
        if before is not run:
            yield before, item
        before = item


def _zip_longest(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    sources = [run.gather(source) for source in given]
    fill = keywords.get("fillvalue")
    for place in range(max(map(len, sources), default=0)):
        yield tuple([source[place] if place < len(source) else fill for source in sources])


def _groupby(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    key = given[1] if len(given) > 1 else keywords.get("key")
    group: list[Value] = []
    mark: Value = None
    for item in run.iterate(given[0]):
        here = item if key is None else run.call(key, [item], {})
        if group and not run.same(mark, here):
            yield mark, Stream("itertools._grouper", iter(group))
            group = []
        mark = here
        group.append(item)
        run.meter.need_items(len(group))
    if group:
        yield mark, Stream("itertools._grouper", iter(group))


def _starmap(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    for row in run.iterate(given[1]):
        yield run.call(given[0], run.gather(row), {})


def _sorted_out(name: str) -> Maker:
    """`takewhile`, `dropwhile` and `filterfalse`, by what a test says of each item."""

    def make(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
        dropping = name == "dropwhile"
        for item in run.iterate(given[1]):
            if name == "dropwhile" and not dropping:
                yield item
                continue
            held = run.truth(item if given[0] is None else run.call(given[0], [item], {}))
            if name == "takewhile" and not held:
                return
            dropping = dropping and held
            if name == "takewhile" or not held:
                yield item

    return make


def _compress(run: Machine, given: Given, keywords: Keywords) -> Iterator[Value]:
    for item, kept in zip(run.iterate(given[0]), run.iterate(given[1]), strict=False):
        if run.truth(kept):
            yield item


def _tee(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("tee", given, keywords, 1, 2)
    count = run.size(given[1]) if len(given) > 1 else 2
    run.meter.need_items(count)
    items = run.gather(given[0])
    return tuple(Stream("itertools._tee", iter(items)) for _ in range(count))


MEMBERS: dict[str, Value] = {
    "groupby": _stream("groupby", 1, 2, ("key",), _groupby),
    "starmap": _stream("starmap", 2, 2, (), _starmap),
    "compress": _stream("compress", 2, 2, (), _compress),
    "tee": Builtin("tee", _tee),
    **{name: _stream(name, 2, 2, (), _sorted_out(name)) for name in ("takewhile", "dropwhile", "filterfalse")},
    "chain": _stream("chain", 0, None, (), _chain),
    "product": _stream("product", 0, None, ("repeat",), _product),
    "combinations": _stream("combinations", 2, 2, (), _combinations),
    "permutations": _stream("permutations", 1, 2, (), _permutations),
    "count": _stream("count", 0, 2, (), _count),
    "cycle": _stream("cycle", 1, 1, (), _cycle),
    "repeat": _stream("repeat", 1, 2, (), _repeat),
    "islice": _stream("islice", 2, 4, (), _islice),
    "accumulate": _stream("accumulate", 1, 2, (), _accumulate),
    "pairwise": _stream("pairwise", 1, 1, (), _pairwise),
    "zip_longest": _stream("zip_longest", 0, None, ("fillvalue",), _zip_longest),
}
