"""`typing`, whose names say nothing at run time, and `dataclasses`, which write a class's first methods."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.library.collections import record
from engine.program.values import Builtin, Instance, TypeValue, UserClass, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]


NAMES = (
    *("Any", "Callable", "ClassVar", "Dict", "Final", "Generator", "Generic", "Iterable", "Iterator", "List"),
    *(
        "Literal",
        "Mapping",
        "NamedTuple",
        "Optional",
        "Sequence",
        "Set",
        "Tuple",
        "Type",
        "TypeVar",
        "Union",
        "NoReturn",
    ),
)
MEMBERS: dict[str, Value] = {name: TypeValue(name, frozenset(), text=f"typing.{name}") for name in NAMES}
NAMED_TUPLE = MEMBERS["NamedTuple"]


def named_tuple(name: str, fields: list[str], members: dict[str, Value]) -> Value:
    """What `class A(NamedTuple)` makes of its annotated names and what its body gave them."""
    more = next((key for key in members if key not in fields), None)
    if more is not None:
        raise ProgramError(
            "TypeError",
            f"a NamedTuple holds annotated names alone here, not {more}",
            code="class-bases",
            hint="Write a function beside it, or a class of your own.",
        )
    for before, after in pairwise(fields):
        if before in members and after not in members:
            text = f"non-default namedtuple field {after} cannot follow default field {before}"
            raise ProgramError("TypeError", text, code="arguments")
    return record(name, fields, members)


def _field(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("field", given, keywords, 0, 0, ("default", "default_factory", "repr"))
    maker = keywords.get("default_factory")
    return Builtin("field", lambda at, _, __: keywords.get("default") if maker is None else at.call(maker, [], {}))


def _dataclass(run: Machine, given: Given, keywords: Keywords) -> Value:
    return _written(given[0]) if given else Builtin("dataclass", _dataclass)


def _fields(of: UserClass) -> list[str]:
    """The annotated names of a class and of those above it, the uppermost first."""
    names: dict[str, None] = {}
    for one in reversed(list(of.line())):
        names.update(dict.fromkeys(one.annotated))
    return list(names)


def _written(of: Value) -> UserClass:
    if type(of) is not UserClass:
        text = f"dataclass() must be called on a class, not on a value of type '{type_name(of)}'"
        raise ProgramError("TypeError", text, code="arguments", hint="Write @dataclass above a class.")
    names = _fields(of)

    def initialise(run: Machine, given: Given, keywords: Keywords) -> Value:
        owner, *values = given
        text = f"{of.name}.__init__()"
        if len(values) > len(names):
            told = f"{text} takes {len(names) + 1} positional arguments but {len(values) + 1} were given"
            raise ProgramError("TypeError", told, code="arguments")
        for key in keywords:
            if key not in names:
                told = f"{text} got an unexpected keyword argument '{key}'"
                raise ProgramError("TypeError", told, code="arguments")
        bound = {**dict(zip(names, values, strict=False)), **keywords}
        for name in names:
            if name in bound:
                owner.fields[name] = bound[name]
                continue
            found = of.find(name)
            if found is None:
                told = f"{text} missing 1 required positional argument: '{name}'"
                raise ProgramError("TypeError", told, code="arguments")
            usual = found[1]
            made = type(usual) is Builtin and usual.name == "field"
            owner.fields[name] = run.call(usual, [], {}) if made else usual
        after = of.find("__post_init__")
        if after is not None:
            run.call(after[1], [owner], {})
        return None

    def told(run: Machine, given: Given, keywords: Keywords) -> Value:
        owner = given[0]
        room = run.meter.limits.string
        parts = [f"{name}={run.repr(owner.fields.get(name), room)}" for name in names]
        return run.checked_text(f"{of.name}({', '.join(parts)})")

    def same(run: Machine, given: Given, keywords: Keywords) -> Value:
        first, second = given
        if type(second) is not Instance or second.of is not first.of:
            return False
        return all(run.same(first.fields.get(name), second.fields.get(name)) for name in names)

    for name, call in (("__init__", initialise), ("__repr__", told), ("__eq__", same)):
        of.members.setdefault(name, Builtin(name, call, binds=True))
    of.members.setdefault("__match_args__", tuple(names))
    return of


DATACLASSES: dict[str, Value] = {"dataclass": Builtin("dataclass", _dataclass), "field": Builtin("field", _field)}
