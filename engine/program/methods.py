"""The methods of strings, lists, tuples and dicts: one table of (type, name)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program import fstrings, queues, sets, stepping
from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.library import collections as counts
from engine.program.library import contextlib as managers
from engine.program.library import draws
from engine.program.library import functools as memories
from engine.program.library import random as dice
from engine.program.library import re as regular
from engine.program.library import sys as output
from engine.program.sequences import sort
from engine.program.values import DICTS, Ordered, PropertyValue, Record, SetValue, Tally, Value, View, type_name
from engine.size import Size

if TYPE_CHECKING:
    from engine.program.machine import Machine

Handler = Callable[["Machine", Value, list[Value], dict[str, Value]], Value]


def _texts(name: str, given: list[Value]) -> None:
    for value in given:
        if type(value) is not str:
            raise ProgramError("TypeError", f"{name}() argument must be str, not {type_name(value)}")


def _text(name: str, least: int, most: int) -> Handler:
    """A method of `str` whose arguments are strings and whose result is no longer than its parts."""
    apply = STRING[name]

    def handler(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        take(name, given, keywords, least, most)
        if name in ("startswith", "endswith") and type(given[0]) is tuple:
            run.meter.burn(len(given[0]) // 20)
            _texts(name, list(given[0]))
        else:
            _texts(name, given)
        try:
            result = apply(owner, *given)
        except ValueError as error:
            raise ProgramError("ValueError", str(error)) from None
        if type(result) is str:
            run.meter.need_text(len(result))
        return result

    return handler


STRING: dict[str, Callable[..., Value]] = {
    "split": str.split,
    "rsplit": str.rsplit,
    "splitlines": str.splitlines,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "capitalize": str.capitalize,
    "swapcase": str.swapcase,
    "casefold": str.casefold,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "find": str.find,
    "index": str.index,
    "count": str.count,
    "isdigit": str.isdigit,
    "isalpha": str.isalpha,
    "isspace": str.isspace,
    "isupper": str.isupper,
    "islower": str.islower,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
    "partition": str.partition,
    "rpartition": str.rpartition,
}
ONE_TEXT = (
    "startswith",
    "endswith",
    "find",
    "index",
    "count",
    "removeprefix",
    "removesuffix",
    "partition",
    "rpartition",
)


def _format(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    parts: list[str] = []
    counted = 0
    for literal, field in fstrings.fields(owner):
        parts.append(literal)
        if field is None:
            continue
        if not field.name:
            key, counted = str(counted), counted + 1
        else:
            key = field.name
        if key.isdigit():
            if int(key) >= len(given):
                text = f"Replacement index {int(key)} out of range for positional args tuple"
                raise ProgramError("IndexError", text, code="format-field")
            value = given[int(key)]
        elif key in keywords:
            value = keywords[key]
        else:
            raise ProgramError("KeyError", repr(key), code="format-field")
        if field.conversion:
            show = run.repr if field.conversion == "r" else run.shown
            value = show(value, run.meter.limits.string + 1)
        parts.append(run.formatted(value, field.spec))
        run.meter.need_text(sum(map(len, parts)))
    return run.checked_text("".join(parts))


def _add(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("add", given, keywords, 1, 1)
    run.meter.need_items(len(owner.items) + 1)
    owner.items[run.key(given[0])] = None
    return None


def _discard(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("discard", given, keywords, 1, 1)
    owner.items.pop(run.key(given[0]), None)
    return None


def _remove_member(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("remove", given, keywords, 1, 1)
    if run.key(given[0]) not in owner.items:
        raise ProgramError("KeyError", run.repr(given[0], 200), code="key")
    del owner.items[given[0]]
    return None


def _clear_set(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("clear", given, keywords, 0, 0)
    owner.items.clear()
    return None


def _copy_set(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("copy", given, keywords, 0, 0)
    run.meter.burn(len(owner.items) // 100)
    return SetValue(owner.items)


def _extend_set(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("update", given, keywords, 0, None)
    for other in given:
        for item in run.iterate(other):
            owner.items[run.key(item)] = None
            run.meter.need_items(len(owner.items))
    return None


def _combined(name: str, kind: type[ast.operator]) -> Handler:
    def handler(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        take(name, given, keywords, 1, 1)
        return sets.combine(run.meter, kind, owner, run.gathered(run.iterate(given[0])))

    return handler


def _held(name: str, kind: type[ast.cmpop]) -> Handler:
    def handler(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        take(name, given, keywords, 1, 1)
        return sets.order(run.meter, kind, owner, run.gathered(run.iterate(given[0])))

    return handler


def _join(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("join", given, keywords, 1, 1)
    parts = run.gather(given[0])
    length = len(owner) * max(len(parts) - 1, 0)
    for place, part in enumerate(parts):
        if type(part) is not str:
            raise ProgramError("TypeError", f"sequence item {place}: expected str instance, {type_name(part)} found")
        length += len(part)
    run.meter.need_text(length)
    return str(owner).join(parts)


def _replace(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("replace", given, keywords, 2, 2)
    _texts("replace", given)
    old, new = given
    run.meter.need_text(len(owner) + owner.count(old) * (len(new) - len(old)))
    return owner.replace(old, new)


def _counted(sign: int) -> Handler:
    def handler(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        take("update", given, keywords, 0, 1)
        counts.count(run, owner, given[0] if given else None, sign)
        return None

    return handler


def _setter(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("setter", given, keywords, 1, 1)
    return PropertyValue(owner.getter, given[0])


def _pad(name: str) -> Handler:
    apply = {"ljust": str.ljust, "rjust": str.rjust, "center": str.center, "zfill": str.zfill}[name]

    def handler(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        take(name, given, keywords, 1, 1 if name == "zfill" else 2)
        if type(given[0]) is not int:
            raise ProgramError("TypeError", f"'{type_name(given[0])}' object cannot be interpreted as an integer")
        _texts(name, given[1:])
        if len(given) > 1 and len(given[1]) != 1:
            raise ProgramError("TypeError", "The fill character must be exactly one character long")
        run.meter.need_text(given[0])
        result = apply(owner, *given)
        return result

    return handler


def _append(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("append", given, keywords, 1, 1)
    run.meter.need_items(len(owner) + 1)
    owner.append(given[0])
    return None


def _extend(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("extend", given, keywords, 1, 1)
    items = run.gather(given[0])
    run.meter.need_items(len(owner) + len(items))
    owner.extend(items)
    return None


def _insert(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("insert", given, keywords, 2, 2)
    run.meter.need_items(len(owner) + 1)
    run.meter.burn(len(owner) // 100)
    owner.insert(run.size(given[0]), given[1])
    return None


def _pop_list(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("pop", given, keywords, 0, 1)
    run.meter.burn(len(owner) // 100)
    try:
        return owner.pop(run.size(given[0])) if given else owner.pop()
    except IndexError as error:
        raise ProgramError("IndexError", str(error)) from None


def _place(run: Machine, owner: Value, wanted: Value) -> int:
    for place, item in enumerate(owner):
        if run.same(item, wanted):
            return place
    return -1


def _index(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("index", given, keywords, 1, 1)
    place = _place(run, owner, given[0])
    if place < 0:
        name = type_name(owner)
        raise ProgramError("ValueError", f"{run.repr(given[0], 60)} is not in {name}")
    return place


def _remove(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("remove", given, keywords, 1, 1)
    place = _place(run, owner, given[0])
    if place < 0:
        raise ProgramError("ValueError", "list.remove(x): x not in list")
    del owner[place]
    return None


def _count(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("count", given, keywords, 1, 1)
    return sum(run.same(item, given[0]) for item in list(owner))


def _reverse(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("reverse", given, keywords, 0, 0)
    run.meter.burn(len(owner) // 100)
    owner.reverse()
    return None


def _sort(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("sort", given, keywords, 0, 0, ("key", "reverse"))
    owner[:] = sort(run, list(owner), keywords)
    return None


def _clear(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("clear", given, keywords, 0, 0)
    owner.clear()
    return None


def _copy(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("copy", given, keywords, 0, 0)
    run.meter.burn(len(owner) // 100)
    return owner.copy()


def _get(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("get", given, keywords, 1, 2)
    return owner.get(run.key(given[0]), given[1] if len(given) > 1 else None)


def _pop_dict(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("pop", given, keywords, 1, 2)
    key = run.key(given[0])
    if key in owner:
        return owner.pop(key)
    if len(given) > 1:
        return given[1]
    raise ProgramError("KeyError", run.repr(given[0], 200))


def _pop_item(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("popitem", given, keywords, 0, 0)
    if not owner:
        raise ProgramError("KeyError", "'popitem(): dictionary is empty'")
    return owner.popitem()


def _of_number(name: str, work: Callable[[Value], Value]) -> Handler:
    """A method of a plain number that takes nothing."""

    def call(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        take(name, given, keywords, 0, 0)
        return work(owner)

    return call


def _setdefault(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("setdefault", given, keywords, 1, 2)
    run.meter.need_items(len(owner) + 1)
    return owner.setdefault(run.key(given[0]), given[1] if len(given) > 1 else None)


def _update(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    if len(given) > 1 or (given and type(given[0]) not in DICTS):
        raise ProgramError("TypeError", "update() takes a dict here", hint="Write d.update({...}) or d[key] = value.")
    added = {**(given[0] if given else {}), **keywords}
    run.meter.need_items(len(owner) + len(added))
    run.meter.burn(len(added) // 100)
    owner.update(added)
    return None


def _view(name: str) -> Handler:
    def handler(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        take(name, given, keywords, 0, 0)
        return View(f"{'o' if type(owner) is Ordered else ''}dict_{name}", owner)

    return handler


def _get_item(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("__getitem__", given, keywords, 1, 1)
    return run.item(owner, given[0])


def _set_item(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("__setitem__", given, keywords, 2, 2)
    run.set_item(owner, *given)
    return None


def _length(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("__len__", given, keywords, 0, 0)
    return run.length(owner)


CHANGING = frozenset(
    (
        "__setitem__",
        "append",
        "extend",
        "insert",
        "pop",
        "remove",
        "reverse",
        "sort",
        "clear",
        "setdefault",
        "update",
        "add",
        "discard",
        "popitem",
    )
)
"""The methods after which a list or dict is not what it was."""

METHODS: dict[tuple[type, str], Handler] = {
    **queues.METHODS,
    **counts.METHODS,
    **stepping.METHODS,
    **memories.METHODS,
    **output.METHODS,
    **managers.METHODS,
    **regular.METHODS,
    **draws.METHODS,
    **dice.METHODS,
    (Tally, "update"): _counted(1),
    (Tally, "subtract"): _counted(-1),
    **{(str, name): _text(name, 0, 0) for name in STRING},
    **{(str, name): _text(name, 1, 1) for name in ONE_TEXT},
    **{(str, name): _text(name, 0, 1) for name in ("split", "rsplit", "strip", "lstrip", "rstrip")},
    **{(str, name): _pad(name) for name in ("ljust", "rjust", "center", "zfill")},
    (str, "format"): _format,
    (SetValue, "add"): _add,
    (SetValue, "discard"): _discard,
    (SetValue, "remove"): _remove_member,
    (SetValue, "clear"): _clear_set,
    (SetValue, "copy"): _copy_set,
    (SetValue, "update"): _extend_set,
    (SetValue, "union"): _combined("union", ast.BitOr),
    (SetValue, "intersection"): _combined("intersection", ast.BitAnd),
    (SetValue, "difference"): _combined("difference", ast.Sub),
    (SetValue, "symmetric_difference"): _combined("symmetric_difference", ast.BitXor),
    (SetValue, "issubset"): _held("issubset", ast.LtE),
    (SetValue, "issuperset"): _held("issuperset", ast.GtE),
    (PropertyValue, "setter"): _setter,
    (str, "join"): _join,
    (str, "replace"): _replace,
    **{(kind, "__getitem__"): _get_item for kind in (str, list, tuple, dict)},
    **{(kind, "__setitem__"): _set_item for kind in (list, dict)},
    **{(kind, "__len__"): _length for kind in (str, list, tuple, dict)},
    (list, "append"): _append,
    (list, "extend"): _extend,
    (list, "insert"): _insert,
    (list, "pop"): _pop_list,
    (list, "remove"): _remove,
    (list, "index"): _index,
    (list, "count"): _count,
    (list, "reverse"): _reverse,
    (list, "sort"): _sort,
    (list, "clear"): _clear,
    (list, "copy"): _copy,
    **{(kind, "index"): _index for kind in (tuple, Record, Size)},
    **{(kind, "count"): _count for kind in (tuple, Record, Size)},
    (dict, "get"): _get,
    (dict, "popitem"): _pop_item,
    (int, "bit_length"): _of_number("bit_length", int.bit_length),
    (float, "is_integer"): _of_number("is_integer", float.is_integer),
    (dict, "keys"): _view("keys"),
    (dict, "values"): _view("values"),
    (dict, "items"): _view("items"),
    (dict, "pop"): _pop_dict,
    (dict, "setdefault"): _setdefault,
    (dict, "update"): _update,
    (dict, "clear"): _clear,
    (dict, "copy"): _copy,
}
