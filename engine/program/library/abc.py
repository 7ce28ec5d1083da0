"""`abc`: classes of which no object is made until every abstract method has been written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.values import ABSTRACT, Builtin, PropertyValue, UserFunction, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine


def _abstract(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("abstractmethod", given, keywords, 1, 1)
    marked = given[0].getter if type(given[0]) is PropertyValue else given[0]
    if type(marked) is UserFunction:
        marked.abstract = True
    return given[0]


MEMBERS: dict[str, Value] = {"ABC": ABSTRACT, "abstractmethod": Builtin("abstractmethod", _abstract)}
