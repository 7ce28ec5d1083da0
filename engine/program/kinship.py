"""What `isinstance` and `issubclass` ask of types, and the unions of types that `int | float` makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.program import reach
from engine.program.arguments import take
from engine.program.classes import error_of
from engine.program.failures import PARENTS, ProgramError
from engine.program.values import ErrorClass, ErrorValue, Instance, TypeUnion, TypeValue, UserClass, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

TYPES = frozenset({TypeValue, UserClass, ErrorClass})


def union(left: Value, right: Value) -> Value:
    """What `left | right` gives where both are types, None or unions of such, and one of them is more than None; else None."""
    if (left is None and right is None) or not all(
        value is None or type(value) in TYPES or type(value) is TypeUnion for value in (left, right)
    ):
        return None
    kinds: list[Value] = []
    for one in (left, right):
        for kind in one.kinds if type(one) is TypeUnion else (one,):
            if kind not in kinds:
                kinds.append(kind)
    return kinds[0] if len(kinds) == 1 else TypeUnion(tuple(kinds))


def isinstance_(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("isinstance", given, keywords, 2, 2)
    words = "isinstance() arg 2 must be a type, a tuple of types, or a union"
    return any(_is(given[0], one) for one in _wanted(given[1], words))


def issubclass_(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("issubclass", given, keywords, 2, 2)
    if type(given[0]) not in TYPES:
        raise ProgramError("TypeError", "issubclass() arg 1 must be a class")
    words = "issubclass() arg 2 must be a class, a tuple of classes, or a union"
    return any(_below(given[0], one) for one in _wanted(given[1], words))


def _wanted(value: Value, words: str) -> Iterator[Value]:
    """The types that are asked for, one at a time. Raises TypeError with these words where one is none."""
    waiting = [value]
    while waiting:
        one = waiting.pop(0)
        if type(one) is tuple:
            waiting[:0] = one
        elif type(one) is TypeUnion:
            yield from one.kinds
        elif type(one) in TYPES:
            yield one
        else:
            raise ProgramError("TypeError", words)


def _is(value: Value, wanted: Value) -> bool:
    if wanted is None:
        return value is None
    if type(value) is Instance:
        return _below(value.of, wanted)
    if wanted is reach.TYPES["nn.Buffer"]:
        return type(value) in wanted.types and value._persistent is not None
    if type(wanted) is TypeValue:
        return type(value) in wanted.types and (wanted.dtype is None or value.dtype is wanted.dtype)
    return type(wanted) is ErrorClass and type(value) is ErrorValue and _kin(value.kind, wanted.kind)


def _below(kind: Value, wanted: Value) -> bool:
    """Whether one type is the other, or built on it."""
    if type(kind) is UserClass:
        if type(wanted) is UserClass:
            return wanted in kind.line()
        if type(wanted) is ErrorClass:
            return kind.kind == "error" and _kin(error_of(kind), wanted.kind)
        return wanted is not None and (
            reach.ROOTS.get(kind.kind) is wanted or (kind.layer is not None and _below(kind.layer, wanted))
        )
    if type(kind) is ErrorClass:
        return type(wanted) is ErrorClass and _kin(kind.kind, wanted.kind)
    return kind is wanted or (
        type(wanted) is TypeValue and wanted.dtype is None and bool(kind.types) and kind.types <= wanted.types
    )


def _kin(kind: str, wanted: str) -> bool:
    current: str | None = kind
    while current is not None and current != wanted:
        current = PARENTS.get(current)
    return current == wanted


FUNCTIONS: dict[str, Callable[..., Value]] = {"isinstance": isinstance_, "issubclass": issubclass_}
