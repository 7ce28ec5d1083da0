"""The functions of the language itself: `print`, `len`, `range` and the others a tutorial uses."""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.program import arrays, printing, reach, special
from engine.program.arguments import take
from engine.program.classes import above, belongs
from engine.program.failures import PARENTS, ProgramError
from engine.program.values import (
    DICTS,
    NUMBERS,
    Array,
    Builtin,
    ClassMethod,
    Default,
    ErrorClass,
    ErrorValue,
    HostFunction,
    Instance,
    Method,
    Ordered,
    PropertyValue,
    SetValue,
    Stream,
    Tally,
    TypeValue,
    UserClass,
    UserFunction,
    Value,
    type_name,
)

if TYPE_CHECKING:
    from engine.program.machine import Machine

SHOWN = 10_000
"""How much of one value `print` shows before it says that it stops."""

Given = list[Value]
Keywords = dict[str, Value]


def _print(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("print", given, keywords, 0, None, ("sep", "end", "flush"))
    parts = {}
    for key, usual in (("sep", " "), ("end", "\n")):
        value = keywords.get(key)
        if value is not None and type(value) is not str:
            raise ProgramError("TypeError", f"{key} must be None or a string, not {type_name(value)}")
        parts[key] = usual if value is None else value
    pieces = []
    for place, value in enumerate(given):
        piece = (parts["sep"] if place else "") + run.shown(value, SHOWN)
        run.meter.burn(len(piece) // 100)
        pieces.append(piece)
        run.meter.need_printed(0, sum(map(len, pieces)))
    run.print("".join(pieces) + parts["end"])
    return None


def range_length(value: range) -> int:
    """How many numbers a range holds, also where `len` cannot say."""
    step = value.step
    distance = value.stop - value.start if step > 0 else value.start - value.stop
    return max(0, -(-distance // abs(step)))


def _len(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("len", given, keywords, 1, 1)
    return run.length(given[0])


def _integer(value: Value, what: str) -> int:
    if type(value) not in (int, bool):
        raise ProgramError("TypeError", f"'{type_name(value)}' object cannot be interpreted as an integer", code=what)
    return int(value)


def _range(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("range", given, keywords, 1, 3)
    numbers = [_integer(run.index(value), "range-integer") for value in given]
    if len(numbers) == 3 and numbers[2] == 0:
        raise ProgramError("ValueError", "range() arg 3 must not be zero")
    return range(*numbers)


def _enumerate(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("enumerate", given, keywords, 1, 2, ("start",))
    start = _integer(given[1] if len(given) > 1 else keywords.get("start", 0), "enumerate-integer")
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
                if strict and (place or any(next(other, printing) is not printing for other in sources[1:])):
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
    if type(value) is range:
        return Stream("reversed", iter(value[::-1]))
    if type(value) not in (list, tuple, str, dict):
        raise ProgramError("TypeError", f"'{type_name(value)}' object is not reversible")
    return Stream("reversed", iter(list(value)[::-1]))


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
    for item in run.iterate(given[0]):
        return item
    if len(given) > 1:
        return given[1]
    raise ProgramError("StopIteration", "")


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


def _abs(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("abs", given, keywords, 1, 1)
    value = given[0]
    if type(value) in NUMBERS:
        return abs(value)
    if type(value) is Array:
        return arrays.unary(run, value, abs)
    if run.is_tensor(value):
        return run.method(value, "abs")
    if special.method(value, "__abs__") is not None:
        return special.ask(run, value, "__abs__")
    raise ProgramError("TypeError", f"bad operand type for abs(): '{type_name(value)}'")


def _round(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("round", given, keywords, 1, 2, ("ndigits",))
    value = given[0]
    digits = given[1] if len(given) > 1 else keywords.get("ndigits")
    if type(value) is Array:
        return arrays.method(run, value, "round", given[1:], {})
    if run.is_tensor(value):
        return run.method(value, "round")
    if type(value) not in NUMBERS:
        raise ProgramError("TypeError", f"type {type_name(value)} doesn't define __round__ method")
    if digits is not None:
        digits = max(-400, min(400, _integer(digits, "round-integer")))
    try:
        result = round(value) if digits is None else round(value, digits)
    except (ValueError, OverflowError) as error:
        raise ProgramError(type(error).__name__, str(error)) from None
    if type(result) is int:
        run.meter.need_bits(result.bit_length())
    return result


def _pow(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("pow", given, keywords, 2, 2)
    return run.operate(ast.Pow, given[0], given[1])


def _divmod(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("divmod", given, keywords, 2, 2)
    return run.operate(ast.FloorDiv, given[0], given[1]), run.operate(ast.Mod, given[0], given[1])


def _float(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("float", given, keywords, 0, 1)
    return run.as_float(given[0]) if given else 0.0


def _int(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("int", given, keywords, 0, 1)
    if not given:
        return 0
    value = given[0]
    if run.is_tensor(value):
        value = run.host(int, [value], {})
    elif type(value) is Array and value.data.size == 1:
        value = value.data.item()
    elif special.method(value, "__int__") is not None:
        value = special.ask(run, value, "__int__")
    if type(value) not in (bool, int, float, str):
        text = f"int() argument must be a string, a bytes-like object or a real number, not '{type_name(value)}'"
        raise ProgramError("TypeError", text)
    try:
        result = int(value)
    except (ValueError, OverflowError) as error:
        raise ProgramError(type(error).__name__, str(error)[:200]) from None
    run.meter.need_bits(result.bit_length())
    return result


def _bool(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("bool", given, keywords, 0, 1)
    return run.truth(given[0]) if given else False


def _str(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("str", given, keywords, 0, 1)
    return run.checked_text(run.shown(given[0], run.meter.limits.string + 1)) if given else ""


def _repr(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("repr", given, keywords, 1, 1)
    return run.checked_text(run.repr(given[0], run.meter.limits.string + 1))


def _format(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("format", given, keywords, 1, 2)
    spec = given[1] if len(given) > 1 else ""
    if type(spec) is not str:
        raise ProgramError("TypeError", f"format() argument 2 must be str, not {type_name(spec)}")
    return run.formatted(given[0], spec)


def _list(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("list", given, keywords, 0, 1)
    return run.gather(given[0]) if given else []


def _tuple(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("tuple", given, keywords, 0, 1)
    return tuple(run.gather(given[0])) if given else ()


def _dict(run: Machine, given: Given, keywords: Keywords) -> Value:
    if len(given) > 1:
        raise ProgramError("TypeError", f"dict expected at most 1 argument, got {len(given)}", code="arguments")
    made: dict[Value, Value] = {}
    if given and type(given[0]) in DICTS:
        made.update(given[0])
    elif given:
        for pair in run.iterate(given[0]):
            items = run.gather(pair)
            if len(items) != 2:
                text = f"dictionary update sequence element #{len(made)} has length {len(items)}; 2 is required"
                raise ProgramError("ValueError", text)
            made[run.key(items[0])] = items[1]
            run.meter.need_items(len(made))
    made.update(keywords)
    return made


def _set(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("set", given, keywords, 0, 1)
    return run.gathered(run.iterate(given[0])) if given else SetValue()


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


def _isinstance(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("isinstance", given, keywords, 2, 2)
    wanted = given[1] if type(given[1]) is tuple else (given[1],)
    return any(_is(given[0], one) for one in wanted)


def _is(value: Value, wanted: Value) -> bool:
    kind = type(wanted)
    if type(value) is Instance and kind is TypeValue:
        return reach.ROOTS.get(value.of.kind) is wanted or (value.of.layer is not None and value.of.layer is wanted)
    if kind is UserClass:
        return belongs(value, wanted)
    if kind is TypeValue:
        return type(value) in wanted.types
    if kind is ErrorClass:
        return type(value) is ErrorValue and _kin(value.kind, wanted.kind)
    raise ProgramError("TypeError", "isinstance() arg 2 must be a type, a tuple of types, or a union")


def _kin(kind: str, wanted: str) -> bool:
    current: str | None = kind
    while current is not None and current != wanted:
        current = PARENTS.get(current)
    return current == wanted


CALLED = frozenset({UserFunction, Method, Builtin, HostFunction, TypeValue, ErrorClass, UserClass})


def _callable(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("callable", given, keywords, 1, 1)
    value = given[0]
    if type(value) is Instance:
        return value.of.kind == "module" or special.method(value, "__call__") is not None
    return type(value) in CALLED or type(value) in reach.MODULES


def _type(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("type", given, keywords, 1, 1)
    return type_of(run, given[0])


def type_of(run: Machine, value: Value) -> Value:
    """What `type(value)` gives."""
    if type(value) is ErrorValue:
        return ErrorClass(value.kind)
    if type(value) is Instance:
        return value.of
    for known in TYPES.values():
        if type(value) in known.types and not (type(value) is bool and known.name == "int"):
            return known
    if type(value) is Array:
        return TypeValue(type_name(value), frozenset({Array}))
    if type(value) in reach.OF_HOST:
        return reach.OF_HOST[type(value)]
    name = type_name(value)
    if type(value) in reach.NODES:
        name = run.host(reach.OBJECTS[type(value), "name"], [value], {}).rpartition("::")[2]
    home = "collections." if type(value) in (Ordered, Tally, Default) else ""
    return TypeValue(name, frozenset({type(value)}), text=f"<class '{home}{name}'>")


def _property(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("property", given, keywords, 1, 2)
    return PropertyValue(*given)


def _classmethod(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("classmethod", given, keywords, 1, 1)
    return ClassMethod(given[0])


def _id(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("id", given, keywords, 1, 1)
    return run.number_of(given[0])


def _super(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("super", given, keywords, 0, 2)
    return above(run, given)


TYPES: dict[str, TypeValue] = {
    "bool": TypeValue("bool", frozenset({bool}), _bool),
    "int": TypeValue("int", frozenset({int, bool}), _int),
    "float": TypeValue("float", frozenset({float}), _float),
    "str": TypeValue("str", frozenset({str}), _str),
    "list": TypeValue("list", frozenset({list}), _list),
    "tuple": TypeValue("tuple", frozenset({tuple}), _tuple),
    "dict": TypeValue("dict", frozenset({dict}), _dict),
    "set": TypeValue("set", frozenset({SetValue}), _set),
    "range": TypeValue("range", frozenset({range}), _range),
}

_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "print": _print,
    "len": _len,
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
    "abs": _abs,
    "round": _round,
    "pow": _pow,
    "divmod": _divmod,
    "repr": _repr,
    "format": _format,
    "sorted": _sorted,
    "isinstance": _isinstance,
    "callable": _callable,
    "type": _type,
    "super": _super,
    "property": _property,
    "classmethod": _classmethod,
    "id": _id,
}

BUILTINS: dict[str, Value] = {
    **TYPES,
    **{name: Builtin(name, call) for name, call in _FUNCTIONS.items()},
    **{kind: ErrorClass(kind) for kind in PARENTS},
    "NotImplemented": special.NOT_IMPLEMENTED,
    "__name__": "__main__",
}


def _real(name: str, run: Machine, given: Given, keywords: Keywords) -> Value:
    least, most = REAL[name]
    take(f"math.{name}", given, keywords, least, most)
    numbers = [value if type(value) in NUMBERS else run.as_real(value) for value in given]
    try:
        result = MATH_HOST[name](*numbers)
    except (ValueError, ZeroDivisionError):
        raise ProgramError("ValueError", "math domain error") from None
    except OverflowError:
        raise ProgramError("OverflowError", "math range error") from None
    if type(result) is int:
        run.meter.need_bits(result.bit_length())
    return result


def _whole(name: str, run: Machine, given: Given, keywords: Keywords) -> Value:
    least, most = WHOLE[name]
    take(f"math.{name}", given, keywords, least, most)
    numbers = [_integer(value, "whole-number") for value in given]
    if name in ("factorial", "comb", "perm"):
        # log2 n! <= n log2 n bounds all three from above closely enough at 256 bits.
        largest = max(numbers[0], 0)
        if largest > 1000:
            run.meter.need_bits(run.meter.limits.integer_bits + 1)
    try:
        result = MATH_HOST[name](*numbers)
    except ValueError as error:
        raise ProgramError("ValueError", str(error)) from None
    run.meter.need_bits(result.bit_length())
    return result


def _product(name: str, run: Machine, given: Given, keywords: Keywords) -> Value:
    take("math.prod", given, keywords, 1, 1, ("start",))
    total = keywords.get("start", 1)
    for item in run.iterate(given[0]):
        total = run.operate(ast.Mult, total, item)
    return total


REAL: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("sqrt", "exp", "log2", "log10", "log1p", "expm1", "sin", "cos", "tan", "asin", "acos"), (1, 1)),
    **dict.fromkeys(("atan", "sinh", "cosh", "tanh", "floor", "ceil", "trunc", "fabs", "isnan", "isinf"), (1, 1)),
    **dict.fromkeys(("isfinite", "degrees", "radians", "erf", "erfc", "gamma", "lgamma"), (1, 1)),
    **dict.fromkeys(("atan2", "pow", "fmod", "copysign", "isclose"), (2, 2)),
    "log": (1, 2),
    "hypot": (0, 10),
}
WHOLE: dict[str, tuple[int, int]] = {"factorial": (1, 1), "comb": (2, 2), "perm": (1, 2), "gcd": (0, 10), "lcm": (0, 5)}
MATH_HOST = {name: value for name, value in math.__dict__.items() if name in REAL or name in WHOLE}

MATH: dict[str, Value] = {
    **{name: Builtin(name, functools.partial(_real, name)) for name in REAL},
    **{name: Builtin(name, functools.partial(_whole, name)) for name in WHOLE},
    "prod": Builtin("prod", functools.partial(_product, "prod")),
    "pi": math.pi,
    "e": math.e,
    "tau": math.tau,
    "inf": math.inf,
    "nan": math.nan,
}
