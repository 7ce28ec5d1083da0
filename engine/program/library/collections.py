"""`collections`: counters, dicts with a default or an order, queues with two ends, and tuples whose parts have names."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.functions import BUILTINS
from engine.program.values import DICTS, Builtin, Default, Deque, Ordered, Record, RecordType, Tally, TypeValue, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]


def _filled(run: Machine, made: Value, given: Given, keywords: Keywords) -> Value:
    made.update(run.call(BUILTINS["dict"], given, keywords))
    return made


def _ordered(run: Machine, given: Given, keywords: Keywords) -> Value:
    return _filled(run, Ordered(), given, keywords)


def _default(run: Machine, given: Given, keywords: Keywords) -> Value:
    made = _filled(run, Default(), given[1:], keywords)
    made.factory = given[0] if given else None
    return made


def _tally(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("Counter", given, {}, 0, 1)
    made = Tally()
    count(run, made, given[0] if given else None, 1)
    made.update(keywords)
    return made


def count(run: Machine, tally: Tally, source: Value, sign: int) -> None:
    """Adds the items of a source to a tally, or the counts of a dict."""
    if source is None:
        return
    if type(source) in DICTS:
        for key, number in source.items():
            tally[key] = tally.get(key, 0) + sign * number
    else:
        for item in run.iterate(source):
            key = run.key(item)
            tally[key] = tally.get(key, 0) + sign
            run.meter.need_items(len(tally))
    run.changed(tally)


def _deque(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("deque", given, keywords, 0, 2, ("maxlen",))
    most = given[1] if len(given) > 1 else keywords.get("maxlen")
    length = None if most is None else run.size(most)
    if length is not None and length < 0:
        raise ProgramError("ValueError", "maxlen must be non-negative")
    made = Deque(length)
    if given:
        made.items.extend(run.gather(given[0]))
    return made


def _namedtuple(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("namedtuple", given, keywords, 2, 2, ("defaults",))
    fields = given[1].replace(",", " ").split() if type(given[1]) is str else run.gather(given[1])
    if type(given[0]) is not str or any(type(name) is not str or not name.isidentifier() for name in fields):
        raise ProgramError("ValueError", "Type names and field names must be valid identifiers")
    if any(name.startswith("_") for name in fields):
        raise ProgramError("ValueError", "Field names cannot start with an underscore")
    defaults = run.gather(keywords["defaults"]) if "defaults" in keywords else []
    return record(given[0], fields, dict(zip(fields[len(fields) - len(defaults) :], defaults, strict=False)))


def record(name: str, fields: list[str], defaults: dict[str, Value]) -> Builtin:
    """What makes tuples whose parts have names."""
    return Builtin(name, functools.partial(_record, RecordType(name, tuple(fields), defaults)))


def _record(of: RecordType, run: Machine, given: Given, keywords: Keywords) -> Value:
    bound = dict(zip(of.fields, given, strict=False))
    if len(given) > len(of.fields):
        text = f"{of.name}.__new__() takes {len(of.fields) + 1} positional arguments but {len(given) + 1} were given"
        raise ProgramError("TypeError", text, code="arguments")
    for key, value in keywords.items():
        if key not in of.fields:
            text = f"{of.name}.__new__() got an unexpected keyword argument '{key}'"
            raise ProgramError("TypeError", text, code="arguments")
        bound[key] = value
    bound = {**of.defaults, **bound}
    missing = [f"'{name}'" for name in of.fields if name not in bound]
    if missing:
        noun = "argument" if len(missing) == 1 else "arguments"
        text = f"{of.name}.__new__() missing {len(missing)} required positional {noun}: {' and '.join(missing)}"
        raise ProgramError("TypeError", text, code="arguments")
    made = Record(bound[name] for name in of.fields)
    made.of = of
    return made


def _replaced(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("_replace", given, keywords, 0, 0, tuple(keywords))
    unknown = [name for name in keywords if name not in owner.of.fields]
    if unknown:
        raise ProgramError("ValueError", f"Got unexpected field names: {unknown}", code="arguments")
    return _record(owner.of, run, [], {**dict(zip(owner.of.fields, owner, strict=True)), **keywords})


def _as_dict(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("_asdict", given, keywords, 0, 0)
    return dict(zip(owner.of.fields, owner, strict=True))


METHODS: dict[tuple[type, str], Callable[..., Value]] = {(Record, "_replace"): _replaced, (Record, "_asdict"): _as_dict}

MEMBERS: dict[str, Value] = {
    "Counter": TypeValue("Counter", frozenset({Tally}), _tally, "<class 'collections.Counter'>"),
    "OrderedDict": TypeValue("OrderedDict", frozenset({Ordered}), _ordered, "<class 'collections.OrderedDict'>"),
    "defaultdict": TypeValue("defaultdict", frozenset({Default}), _default, "<class 'collections.defaultdict'>"),
    "deque": TypeValue("deque", frozenset({Deque}), _deque, "<class 'collections.deque'>"),
    "namedtuple": Builtin("namedtuple", _namedtuple),
}
