"""`typing`, whose names say nothing at run time, but for `NamedTuple`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.library.collections import record
from engine.program.values import Builtin, TypeValue, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

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
        "Union",
        "NoReturn",
        "Protocol",
        "Self",
        "Annotated",
        "Hashable",
        "Sized",
        "Collection",
        "MutableMapping",
        "MutableSequence",
        "DefaultDict",
        "Deque",
        "Counter",
        "OrderedDict",
        "FrozenSet",
        "Text",
        "AnyStr",
        "TypeAlias",
        "SupportsFloat",
    ),
)


def _variable(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    name = given[0] if given and type(given[0]) is str else "T"
    return TypeValue(name[:60], frozenset(), text=f"~{name[:60]}")


def _cast(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("cast", given, keywords, 2, 2)
    return given[1]


MEMBERS: dict[str, Value] = {
    **{name: TypeValue(name, frozenset(), text=f"typing.{name}") for name in NAMES},
    "TypeVar": TypeValue("TypeVar", frozenset(), _variable, "<class 'typing.TypeVar'>"),
    "cast": Builtin("cast", _cast),
    "TYPE_CHECKING": False,
}
NAMED_TUPLE = MEMBERS["NamedTuple"]
SAYING_NOTHING = (MEMBERS["Generic"], MEMBERS["Protocol"])
"""Bases that change nothing at run time."""
BRACKETED = frozenset({"list", "dict", "tuple", "set", "type", "frozenset"})
"""Python's own types that take types in brackets."""


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
