"""The functions of the language itself: `print`, `len`, `range` and the others a tutorial uses."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING

from engine import inside
from engine.program import arrays, kinship, reach, sequences, special
from engine.program.arguments import integer, take
from engine.program.classes import above
from engine.program.failures import OF_MODULES, PARENTS, ProgramError
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
    Output,
    PropertyValue,
    SetValue,
    Tally,
    TypeValue,
    UserClass,
    UserFunction,
    Value,
    type_name,
)
from engine.size import Size
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.program.machine import Machine

SHOWN = 10_000
"""How much of one value `print` shows before it says that it stops."""

Given = list[Value]
Keywords = dict[str, Value]


def _print(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("print", given, keywords, 0, None, ("sep", "end", "flush", "file"))
    file = keywords.get("file")
    if file is not None and type(file) is not Output:
        raise ProgramError("AttributeError", f"'{type_name(file)}' object has no attribute 'write'", code="argument")
    if file is not None and file.name == "stderr":
        return None
    if any(inside.turns):  # within `vmap`, which PyTorch has run once for all samples
        return None
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


def _range(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("range", given, keywords, 1, 3)
    numbers = [integer(run.index(value), "range-integer") for value in given]
    if len(numbers) == 3 and numbers[2] == 0:
        raise ProgramError("ValueError", "range() arg 3 must not be zero")
    return range(*numbers)


def _slice(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("slice", given, keywords, 1, 3)
    ends = [None if value is None else integer(run.index(value), "slice") for value in given]
    if len(ends) == 3 and ends[2] == 0:
        raise ProgramError("ValueError", "slice step cannot be zero", code="slice")
    return slice(*ends)


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
    if type(value) not in NUMBERS:
        text = f"type {type_name(value)} doesn't define __round__ method"
        if run.is_tensor(value):
            hint = "Write torch.round(x, decimals=2), or round(x.item(), 2)."
            raise ProgramError("TypeError", text, code="round-tensor", hint=hint)
        raise ProgramError("TypeError", text)
    if digits is not None:
        digits = max(-400, min(400, integer(digits, "round-integer")))
    try:
        result = round(value) if digits is None else round(value, digits)
    except (ValueError, OverflowError) as error:
        raise ProgramError(type(error).__name__, str(error)) from None
    if type(result) is int:
        run.meter.need_bits(result.bit_length())
    return result


def _pow(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("pow", given, keywords, 2, 3)
    if len(given) > 2:
        if any(type(value) not in (bool, int) for value in given):
            raise ProgramError("TypeError", "pow() 3rd argument not allowed unless all arguments are integers")
        try:
            return pow(given[0], given[1], given[2])  # of numbers that are all short
        except ValueError as error:
            raise ProgramError("ValueError", str(error)) from None
    return run.operate(ast.Pow, given[0], given[1])


def _divmod(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("divmod", given, keywords, 2, 2)
    if any(map(run.is_tensor, given)):
        left, right = map(type_name, given)
        text = f"unsupported operand type(s) for divmod(): '{left}' and '{right}'"
        raise ProgramError("TypeError", text, code="operand-types")
    return run.operate(ast.FloorDiv, given[0], given[1]), run.operate(ast.Mod, given[0], given[1])


def _float(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("float", given, keywords, 0, 1)
    return run.as_float(given[0]) if given else 0.0


def _int(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("int", given, keywords, 0, 2, ("base",))
    if not given:
        return 0
    value = given[0]
    if len(given) > 1 or keywords:
        if type(value) is not str:
            raise ProgramError("TypeError", "int() can't convert non-string with explicit base")
        base = run.whole(given[1] if len(given) > 1 else keywords["base"])
        try:
            result = int(value, base)
        except (ValueError, OverflowError) as error:
            raise ProgramError("ValueError", str(error)[:200]) from None
        run.meter.need_bits(result.bit_length())
        return result
    if run.is_tensor(value):
        value = run.host(Tensor._number, [value], {})
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
    if given and type(given[0]) is ErrorValue and len(given[0].text) <= SHOWN:  # which is a text already
        return run.shown(given[0], SHOWN)
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


def _fromkeys(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("fromkeys", given, keywords, 1, 2)
    made: dict[Value, Value] = {}
    for key in run.iterate(given[0]):
        made[run.key(key)] = given[1] if len(given) > 1 else None
        run.meter.need_items(len(made))
    return made


def _set(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("set", given, keywords, 0, 1)
    return run.gathered(run.iterate(given[0])) if given else SetValue()


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
    known = TYPES.get(type_name(value))
    if known is not None and type(value) in known.types:
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


def _chr(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("chr", given, keywords, 1, 1)
    number = run.whole(given[0])
    if not 0 <= number < 0x110000:
        raise ProgramError("ValueError", "chr() arg not in range(0x110000)")
    return chr(number)


def _ord(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("ord", given, keywords, 1, 1)
    text = given[0]
    if type(text) is not str:
        raise ProgramError("TypeError", f"ord() expected string of length 1, but {type_name(text)} found")
    if len(text) != 1:
        raise ProgramError("TypeError", f"ord() expected a character, but string of length {len(text)} found")
    return ord(text)


def _digits(name: str, host: Callable[[int], str], run: Machine, given: Given, keywords: Keywords) -> Value:
    take(name, given, keywords, 1, 1)
    return host(run.whole(given[0]))


def _classmethod(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("classmethod", given, keywords, 1, 1)
    return ClassMethod(given[0])


def _id(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("id", given, keywords, 1, 1)
    return run.number_of(given[0])


def _hash(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("hash", given, keywords, 1, 1)
    return _hashed(run, run.key(given[0]))


def _hashed(run: Machine, value: Value) -> int:
    """Python's number for a key; that of a text is the same in every run, where Python draws it anew."""
    if type(value) is str:
        return int.from_bytes(blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)
    if isinstance(value, tuple):
        return hash(tuple(_hashed(run, item) for item in value))
    if type(value) in (int, bool) or (type(value) is float and value == value):
        return hash(value)
    return run.number_of(value)


def _super(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("super", given, keywords, 0, 2)
    return above(run, given)


TYPES: dict[str, TypeValue] = {
    "bool": TypeValue("bool", frozenset({bool}), _bool),
    "int": TypeValue("int", frozenset({int, bool}), _int),
    "float": TypeValue("float", frozenset({float}), _float),
    "str": TypeValue("str", frozenset({str}), _str),
    "list": TypeValue("list", frozenset({list}), _list),
    "tuple": TypeValue("tuple", frozenset({tuple, Size, *reach.NAMED_TUPLES}), _tuple),
    "dict": TypeValue("dict", DICTS, _dict),
    "set": TypeValue("set", frozenset({SetValue}), _set),
    "range": TypeValue("range", frozenset({range}), _range),
    "slice": TypeValue("slice", frozenset({slice}), _slice),
}

OF_TYPES: dict[tuple[str, str], Value] = {("dict", "fromkeys"): Builtin("fromkeys", _fromkeys)}
"""What is called on a type itself, by the names of both."""

_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **sequences.FUNCTIONS,
    **kinship.FUNCTIONS,
    "print": _print,
    "len": _len,
    "abs": _abs,
    "round": _round,
    "pow": _pow,
    "divmod": _divmod,
    "repr": _repr,
    "format": _format,
    "callable": _callable,
    "type": _type,
    "super": _super,
    "property": _property,
    "classmethod": _classmethod,
    "chr": _chr,
    "ord": _ord,
    **{name: functools.partial(_digits, name, host) for name, host in (("hex", hex), ("bin", bin), ("oct", oct))},
    "hash": _hash,
    "id": _id,
}

BUILTINS: dict[str, Value] = {
    **TYPES,
    **{name: Builtin(name, call) for name, call in _FUNCTIONS.items()},
    **{kind: ErrorClass(kind) for kind in PARENTS if kind not in OF_MODULES},
    "NotImplemented": special.NOT_IMPLEMENTED,
    "Ellipsis": ...,
    "__name__": "__main__",
}
