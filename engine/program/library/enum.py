"""`enum`: classes whose values have names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.values import ENUM, Builtin, ClassMethod, Instance, PropertyValue, UserClass, UserFunction, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine


class Next:
    """What `auto()` gives until the class is made: the number after the last."""

    __slots__ = ()


def _auto(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("auto", given, keywords, 0, 0)
    return Next()


def enumerate_members(run: Machine, made: UserClass) -> None:
    """Makes the named values of a class that is built on `Enum` out of what its body assigned; a value that comes again is another name for the first."""
    if ENUM not in made.line() or made is ENUM:
        return
    made.cases = {}
    last: Value = 0
    for name, value in list(made.members.items()):
        if name.startswith("_") or type(value) in (UserFunction, PropertyValue, ClassMethod, Builtin):
            continue
        if type(value) is Next:
            value = last + 1 if type(last) is int else 1
        last = value
        known = next((one for one in made.cases.values() if run.same(one.fields["value"], value)), None)
        case = known if known is not None else Instance(made)
        if known is None:
            case.fields.update(name=name, value=value)
            made.cases[name] = case
        made.members[name] = case


MEMBERS: dict[str, Value] = {"Enum": ENUM, "auto": Builtin("auto", _auto)}
