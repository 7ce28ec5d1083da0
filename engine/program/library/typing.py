"""`typing`, whose names say nothing at run time, but for `NamedTuple`."""

from __future__ import annotations

from itertools import pairwise

from engine.program.failures import ProgramError
from engine.program.library.collections import record
from engine.program.values import TypeValue, Value

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
