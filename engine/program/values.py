"""What a program's names can hold besides tensors and plain Python values: objects of the interpreter, never host classes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from engine.program.scopes import Names

Value = Any
"""A Tensor, bool, int, float, str, list, tuple, dict, range, None, or one of the classes below."""

NUMBERS = frozenset({bool, int, float})
TOP = Names(frozenset())


class Frame:
    """One scope: the names bound in it, and the scope it was written in."""

    __slots__ = ("names", "parent", "declared", "label")

    def __init__(self, parent: Frame | None, declared: Names, label: str | None) -> None:
        self.names: dict[str, Value] = {}
        self.parent = parent
        self.declared = declared
        self.label = label


class UserFunction:
    """A `def` or `lambda` of the program, with the scope it closes over."""

    __slots__ = ("name", "node", "frame", "defaults", "keyword_defaults", "modes")

    def __init__(
        self,
        name: str,
        node: ast.FunctionDef | ast.Lambda,
        frame: Frame,
        defaults: list[Value],
        keyword_defaults: list[Value],
    ) -> None:
        self.name = name
        self.node = node
        self.frame = frame
        self.defaults = defaults
        self.keyword_defaults = keyword_defaults
        self.modes: tuple[Mode, ...] = ()


class Builtin:
    """A function of the language itself; `call` takes the interpreter, the arguments and the keyword arguments."""

    __slots__ = ("name", "call")

    def __init__(self, name: str, call: Callable[..., Value]) -> None:
        self.name = name
        self.call = call


class HostFunction:
    """A function of the engine that `engine.names` lists, perhaps bound to the value it was reached from."""

    __slots__ = ("name", "function", "bound")

    def __init__(self, name: str, function: Callable[..., Value], bound: tuple[Value, ...] = ()) -> None:
        self.name = name
        self.function = function
        self.bound = bound


class Mode:
    """A grad mode that a `with` enters: a fresh host context for each entry, or the one that its call has switched on already."""

    __slots__ = ("label", "make", "switched")

    def __init__(self, label: str, make: Callable[[], Any], switched: Any = None) -> None:
        self.label = label
        self.make = make
        self.switched = switched


class Namespace:
    """A module of the tables: `torch`, `torch.nn`, `math`."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path


class TypeValue:
    """A type as a value: what `isinstance` tests against and, where it can be called, what makes one."""

    __slots__ = ("name", "text", "types", "call")

    def __init__(
        self, name: str, types: frozenset[type], call: Callable[..., Value] | None = None, text: str | None = None
    ) -> None:
        self.name = name
        self.types = types
        self.call = call
        self.text = text or f"<class '{name}'>"


class ErrorClass:
    """`ValueError` and its kin, as a name in the program."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        self.kind = kind


class ErrorValue:
    """An error that the program took or made: a kind and a text, nothing else."""

    __slots__ = ("kind", "text", "items")

    def __init__(self, kind: str, text: str, items: tuple[Value, ...] = ()) -> None:
        self.kind = kind
        self.text = text
        self.items = items


class Stream:
    """Something to be looped over once: a generator expression, `zip`, `enumerate`."""

    __slots__ = ("name", "items")

    def __init__(self, name: str, items: Iterator[Value]) -> None:
        self.name = name
        self.items = items


class View:
    """The keys, values or pairs of a dict, as they are now."""

    __slots__ = ("name", "owner")

    def __init__(self, name: str, owner: dict[Value, Value]) -> None:
        self.name = name
        self.owner = owner

    def items(self) -> list[Value]:
        if self.name == "dict_keys":
            return list(self.owner.keys())
        return list(self.owner.values()) if self.name == "dict_values" else list(self.owner.items())


TYPE_NAMES: dict[type, str] = {
    UserFunction: "function",
    Builtin: "builtin_function_or_method",
    HostFunction: "builtin_function_or_method",
    Namespace: "module",
    TypeValue: "type",
    ErrorClass: "type",
    Mode: "no_grad",
}


def type_name(value: Value) -> str:
    """The name of a value's type as the program may see it."""
    kind = type(value)
    if kind is ErrorValue:
        return str(value.kind)
    if kind in (Stream, View):
        return str(value.name)
    return TYPE_NAMES.get(kind, kind.__name__)
