"""`dataclasses`: the methods that a class's annotated names write."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program.arguments import missing, take
from engine.program.failures import FROZEN, ProgramError
from engine.program.library.copy import deep, like
from engine.program.special import NOT_IMPLEMENTED
from engine.program.values import DICTS, Builtin, ErrorClass, Instance, SetValue, UserClass, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]

OPTIONS = {
    "init": True,
    "repr": True,
    "eq": True,
    "order": False,
    "frozen": False,
    "match_args": True,
    "kw_only": False,
}
"""What `dataclass` may be asked for, and what it does unasked."""
ABSENT = ("unsafe_hash", "slots", "weakref_slot")
"""Options that would change what the language does not have."""
ORDERS = {"__lt__": ast.Lt, "__le__": ast.LtE, "__gt__": ast.Gt, "__ge__": ast.GtE}
NONE: Value = object()
DEPTH = 30


class Field:
    """What `field()` says of a name: its default or what makes one, and which of the methods look at it."""

    __slots__ = ("compare", "default", "init", "maker", "repr")

    def __init__(self, default: Value = NONE, maker: Value = NONE, *, init: bool, repr: bool, compare: bool) -> None:
        self.default, self.maker = default, maker
        self.init, self.repr, self.compare = init, repr, compare

    @property
    def given(self) -> bool:
        """Whether an object gets a value for it where the call gives none."""
        return self.default is not NONE or self.maker is not NONE


def _field(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("field", given, keywords, 0, 0, ("default", "default_factory", "init", "repr", "compare"))
    if "default" in keywords and "default_factory" in keywords:
        raise ProgramError("ValueError", "cannot specify both default and default_factory", code="arguments")
    told = {name: run.truth(keywords.get(name, True)) for name in ("init", "repr", "compare")}
    return Field(keywords.get("default", NONE), keywords.get("default_factory", NONE), **told)


def _dataclass(run: Machine, given: Given, keywords: Keywords) -> Value:
    for name in ABSENT:
        if name in keywords and run.truth(keywords[name]):
            text = f"dataclass({name}=True) is not part of the language here"
            raise ProgramError("NotImplementedError", text, code="not-yet", hint=f"Leave {name} out.")
    take("dataclass", given, keywords, 0, 1, (*OPTIONS, *ABSENT))
    asked = {name: run.truth(keywords.get(name, usual)) for name, usual in OPTIONS.items()}
    if asked["order"] and not asked["eq"]:
        raise ProgramError("ValueError", "eq must be true if order is true", code="arguments")
    if given:
        return _written(given[0], asked)

    def decorate(run: Machine, classes: Given, keywords: Keywords) -> Value:
        take("dataclass", classes, keywords, 1, 1)
        return _written(classes[0], asked)

    return Builtin("dataclass", decorate)


def _own(of: UserClass) -> dict[str, Field]:
    """The fields that a class adds itself; its members hold their defaults afterwards."""
    found: dict[str, Field] = {}
    for name in of.annotated:
        usual = of.members.get(name, NONE)
        if type(usual) in (list, SetValue, *DICTS):
            text = f"mutable default <class '{type_name(usual)}'> for field {name} is not allowed: use default_factory"
            hint = f"Write {name}: {type_name(usual)} = field(default_factory={type_name(usual)})."
            raise ProgramError("ValueError", text, code="arguments", hint=hint)
        if type(usual) is Field:
            found[name] = usual
            del of.members[name]
            if usual.default is not NONE:
                of.members[name] = usual.default
        else:
            found[name] = Field(usual, init=True, repr=True, compare=True)
    return found


def _written(of: Value, asked: dict[str, bool]) -> UserClass:
    """The class, with the methods it was asked to have and does not have."""
    if type(of) is not UserClass:
        text = f"dataclass() must be called on a class, not on a value of type '{type_name(of)}'"
        raise ProgramError("TypeError", text, code="arguments", hint="Write @dataclass above a class.")
    above = next((one for one in list(of.line())[1:] if one.written is not None), None)
    fields: dict[str, Field] = {}
    if above is not None and above.written is not None:
        fields.update(above.written)
        if (above.frozen is not None) is not asked["frozen"]:
            here, there = ("frozen", "non-frozen") if asked["frozen"] else ("non-frozen", "frozen")
            text = f"cannot inherit {here} dataclass from a {there} one"
            raise ProgramError("TypeError", text, code="class-bases")
    fields.update(_own(of))
    put = [name for name, one in fields.items() if one.init]
    before = None
    for name in () if asked["kw_only"] else put:
        if fields[name].given:
            before = name
        elif before is not None:
            text = f"non-default argument '{name}' follows default argument"
            raise ProgramError("TypeError", text, code="arguments", hint=f"Put {name} before {before}.")
    of.written, of.frozen = fields, frozenset(fields) if asked["frozen"] else None
    for name, call in _methods(of, fields, put, asked).items():
        if name in ORDERS and name in of.members:
            text = f"Cannot overwrite attribute {name} in class {of.name}. Consider using functools.total_ordering"
            raise ProgramError("TypeError", text, code="arguments")
        of.members.setdefault(name, Builtin(name, call, binds=True))
    if asked["match_args"]:
        of.members.setdefault("__match_args__", tuple(put))
    return of


def _methods(
    of: UserClass, fields: dict[str, Field], put: list[str], asked: dict[str, bool]
) -> dict[str, Callable[..., Value]]:
    compared = [name for name, one in fields.items() if one.compare]

    def initialise(run: Machine, given: Given, keywords: Keywords) -> Value:
        owner, *values = given
        text = f"{of.name}.__init__()"
        room = 0 if asked["kw_only"] else len(put)
        if len(values) > room:
            least = 1 + sum(not fields[name].given for name in put[:room])
            takes = f"from {least} to {room + 1}" if least <= room else str(room + 1)
            noun = "argument" if takes == "1" else "arguments"
            told = f"{text} takes {takes} positional {noun} but {len(values) + 1} were given"
            raise ProgramError("TypeError", told, code="arguments")
        bound = dict(zip(put, values, strict=False))
        for key, value in keywords.items():
            if key not in put or key in bound:
                said = "got multiple values for argument" if key in bound else "got an unexpected keyword argument"
                raise ProgramError("TypeError", f"{text} {said} '{key}'", code="arguments")
            bound[key] = value
        for name, one in fields.items():
            if name in bound:
                owner.fields[name] = bound[name]
            elif one.maker is not NONE:
                owner.fields[name] = run.call(one.maker, [], {})
            elif one.default is not NONE:
                owner.fields[name] = one.default
            elif one.init:
                kind = "keyword-only" if asked["kw_only"] else "positional"
                missing(
                    text.removesuffix("()"), [one for one in put if one not in bound and not fields[one].given], kind
                )
        after = of.find("__post_init__")
        if after is not None:
            run.call(after[1], [owner], {})
        return None

    def told(run: Machine, given: Given, keywords: Keywords) -> Value:
        owner, room = given[0], run.meter.limits.string
        shown = [name for name, one in fields.items() if one.repr]
        parts = [f"{name}={run.repr(owner.fields.get(name), room)}" for name in shown]
        return run.checked_text(f"{owner.of.name}({', '.join(parts)})")

    def by(kind: type[ast.cmpop]) -> Callable[..., Value]:
        def compare(run: Machine, given: Given, keywords: Keywords) -> Value:
            first, second = given
            if type(second) is not Instance or second.of is not first.of:
                return NOT_IMPLEMENTED
            left, right = (tuple([one.fields.get(name) for name in compared]) for one in given)
            return run.same(left, right) if kind is ast.Eq else run.compare(kind, left, right)

        return compare

    made: dict[str, Callable[..., Value]] = {}
    if asked["init"]:
        made["__init__"] = initialise
    if asked["repr"]:
        made["__repr__"] = told
    if asked["eq"]:
        made["__eq__"] = by(ast.Eq)
    if asked["order"]:
        made.update({name: by(kind) for name, kind in ORDERS.items()})
    return made


def _fields_of(value: Value) -> dict[str, Field] | None:
    """The fields of an object whose class is a dataclass; None of anything else."""
    if type(value) is not Instance:
        return None
    return next((one.written for one in value.of.line() if one.written is not None), None)


def _asdict(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("asdict", given, keywords, 1, 1)
    if _fields_of(given[0]) is None:
        raise ProgramError("TypeError", "asdict() should be called on dataclass instances", code="arguments")
    return _plain(run, given[0], 0)


def _plain(run: Machine, value: Value, depth: int) -> Value:
    """A copy of a value in which objects of dataclasses are dicts."""
    run.meter.burn(1)
    if depth > DEPTH:
        raise ProgramError("RecursionError", "maximum recursion depth exceeded", code="nesting")
    fields = _fields_of(value)
    if fields is not None:
        return {name: _plain(run, value.fields[name], depth + 1) for name in fields}
    if type(value) in (list, tuple):
        return type(value)([_plain(run, each, depth + 1) for each in value])
    if type(value) in DICTS:
        return like(value, {key: _plain(run, each, depth + 1) for key, each in value.items()})
    return deep(run, value)


def _replace(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("replace", given, {}, 1, 1)
    fields = _fields_of(given[0])
    if fields is None:
        raise ProgramError("TypeError", "replace() should be called on dataclass instances", code="arguments")
    kept = {name: given[0].fields[name] for name, one in fields.items() if one.init and name not in keywords}
    return run.call(given[0].of, [], {**kept, **keywords})


MEMBERS: dict[str, Value] = {
    "asdict": Builtin("asdict", _asdict),
    "replace": Builtin("replace", _replace),
    "dataclass": Builtin("dataclass", _dataclass),
    "field": Builtin("field", _field),
    FROZEN: ErrorClass(FROZEN),
}
