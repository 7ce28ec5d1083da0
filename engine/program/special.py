"""Special methods: the names with two underscores that a program's class may define, and what the language does with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.program import reach
from engine.program.failures import ProgramError
from engine.program.values import Builtin, Instance, Method, UserFunction, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine


class NotImplementedValue:
    """What an operator's method gives back to let the other operand try."""

    __slots__ = ()


NOT_IMPLEMENTED = NotImplementedValue()

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("__eq__", "__eq__"),
    ast.NotEq: ("__ne__", "__ne__"),
    ast.Lt: ("__lt__", "__gt__"),
    ast.Gt: ("__gt__", "__lt__"),
    ast.LtE: ("__le__", "__ge__"),
    ast.GtE: ("__ge__", "__le__"),
}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}

SPECIAL = frozenset(
    {
        *(f"__{prefix}{name}__" for name in OPERATORS.values() for prefix in ("", "r", "i")),
        *(name for pair in COMPARISONS.values() for name in pair),
        *UNARY.values(),
        *("__call__", "__len__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__iter__", "__next__"),
        *("__repr__", "__str__", "__bool__", "__float__", "__int__", "__abs__", "__enter__", "__exit__"),
        *("__post_init__", "__setattr__", "__setstate__"),
    }
)


def method(value: Value, name: str) -> Value:
    """The special method of a program's object, bound to it; None where its class has none."""
    if type(value) is not Instance:
        return None
    found = value.of.find(name)
    if found is None:
        return None
    member = found[1]
    if type(member) is UserFunction:
        return Method(member, value)
    if type(member) is Builtin and member.binds:
        return Builtin(name, lambda run, given, keywords: member.call(run, [value, *given], keywords))
    return None


def ask(run: Machine, value: Value, name: str, *given: Value) -> Value:
    """What the special method gives; `NOT_IMPLEMENTED` where there is none."""
    found = method(value, name)
    return of_layer(run, value, name, *given) if found is None else run.call(found, list(given), {})


def of_layer(run: Machine, value: Value, name: str, *given: Value) -> Value:
    """What an object has from the container of modules that it is; `NOT_IMPLEMENTED` where it is none."""
    layer = value.shell.core if type(value) is Instance and value.shell is not None else None
    if name == "__len__" and type(layer) in reach.SIZED:
        return run.length(layer)
    if name == "__getitem__" and type(layer) in reach.INDEXED:
        return run.item(layer, *given)
    if name == "__setitem__" and type(layer) in reach.PLACED:
        return run.set_item(layer, *given)
    return NOT_IMPLEMENTED


def operate(run: Machine, kind: type[ast.operator], left: Value, right: Value, *, in_place: bool) -> Value:
    """The result of an operator that one of the two objects defines; `NOT_IMPLEMENTED` where none does."""
    name = OPERATORS[kind]
    if in_place:
        result = ask(run, left, f"__i{name}__", right)
        if result is not NOT_IMPLEMENTED:
            return result
    result = ask(run, left, f"__{name}__", right)
    if result is NOT_IMPLEMENTED:
        result = ask(run, right, f"__r{name}__", left)
    return result


def compare(run: Machine, kind: type[ast.cmpop], left: Value, right: Value) -> Value:
    """The result of a comparison that one of the two objects defines; `NOT_IMPLEMENTED` where none does."""
    here, there = COMPARISONS[kind]
    result = ask(run, left, here, right)
    if result is NOT_IMPLEMENTED:
        result = ask(run, right, there, left)
    if result is NOT_IMPLEMENTED and kind is ast.NotEq:
        equal = compare(run, ast.Eq, left, right)
        return equal if equal is NOT_IMPLEMENTED else not run.truth(equal)
    return result


def truth(run: Machine, value: Instance) -> bool:
    """What `if` sees in an object."""
    result = ask(run, value, "__bool__")
    if result is NOT_IMPLEMENTED:
        result = ask(run, value, "__len__")
        return result is NOT_IMPLEMENTED or bool(run.whole(result))
    if type(result) is not bool:
        raise ProgramError("TypeError", f"__bool__ should return bool, returned {type_name(result)}")
    return result


def items(run: Machine, value: Instance) -> Iterator[Value] | None:
    """The items of an object that can be looped over, else None."""
    found = method(value, "__iter__")
    if found is not None:
        source = run.call(found, [], {})
        stepper = method(source, "__next__")
        if stepper is not None:
            return _stepped(run, stepper)
        if type(source) is Instance:
            raise ProgramError("TypeError", f"iter() returned non-iterator of type '{type_name(source)}'")
        return run.iterate(source)
    layer = value.shell.core if value.shell is not None else None
    if type(layer) in reach.ITERATED:
        return run.iterate(layer)
    picker = method(value, "__getitem__")
    return None if picker is None else _picked(run, picker)


def _stepped(run: Machine, stepper: Value) -> Iterator[Value]:
    while True:
        run.meter.burn(1)
        try:
            item = run.call(stepper, [], {})
        except ProgramError as error:
            if error.kind == "StopIteration":
                return
            raise
        yield item


def _picked(run: Machine, picker: Value) -> Iterator[Value]:
    place = 0
    while True:
        run.meter.burn(1)
        try:
            item = run.call(picker, [place], {})
        except ProgramError as error:
            if error.kind == "IndexError":
                return
            raise
        yield item
        place += 1


def text(run: Machine, value: Instance, *names: str) -> str | None:
    """What the first of these methods that the object has says of it; None where it has none."""
    for name in names:
        found = method(value, name)
        if found is not None:
            said = run.call(found, [], {})
            if type(said) is not str:
                raise ProgramError("TypeError", f"{name} returned non-string (type {type_name(said)})")
            return said
    return _of_error(run, value, names[0]) if value.of.kind == "error" else None


def _of_error(run: Machine, value: Instance, name: str) -> str:
    """What an error says of itself whose class says nothing: what it was made of."""
    room = run.meter.limits.string
    given = value.fields.get("args")
    given = given if type(given) is tuple else ()
    if name == "__repr__":
        return f"{value.of.name}({', '.join(run.repr(item, room) for item in given)})"
    if len(given) == 1:
        return run.shown(given[0], room)
    return run.repr(given, room) if given else ""
