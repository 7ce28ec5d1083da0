"""A value as text: what `print`, `str`, `repr` and f-strings show, bounded in depth and width."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from engine.devices import Device
from engine.nn.module import Module
from engine.program import values
from engine.program.failures import ProgramError
from engine.program.fstrings import fault
from engine.program.typenames import home_of
from engine.program.values import Value, type_name
from engine.tensor import Tensor

DEPTH = 20
WIDE, SHORT = 200, 50
"""So much is shown of a pattern, and of what one found."""
FLAGS = ((2, "IGNORECASE"), (8, "MULTILINE"), (16, "DOTALL"), (64, "VERBOSE"), (256, "ASCII"))
TRUNCATED = "... (truncated)"
FUNCTION = re.compile(r"<function (?:[\w.<>]{0,80}\.)?([\w<>]{1,80}) at 0x[0-9a-f]{1,16}>")


def unplaced(text: str) -> str:
    """A text of the host's, its functions told without their places in memory."""
    return FUNCTION.sub(r"<function \1>", text)


class _Full(Exception):
    pass


Say = Callable[..., str | None]


def _silent(value: Value, *names: str) -> str | None:
    return None


class _Printer:
    __slots__ = ("room", "parts", "open", "say")

    def __init__(self, room: int, say: Say) -> None:
        self.room = room
        self.say = say
        self.parts: list[str] = []
        self.open: list[int] = []

    def put(self, text: str) -> None:
        self.room -= len(text)
        if self.room < 0:
            self.parts.append(text[: self.room])
            raise _Full
        self.parts.append(text)

    def show(self, value: Value) -> None:
        kind = type(value)
        if kind in (int, float, bool, type(None)):
            self.put(repr(value))
        elif kind is str:
            self.put(repr(value if len(value) <= self.room else value[: self.room]))
        elif kind is list:
            self.row("[", value, "]", value)
        elif kind is tuple:
            self.row("(", value, ",)" if len(value) == 1 else ")", value)
        elif kind in values.DICTS:
            self.mapping(kind, value)
        elif kind is values.Array:
            self.put(repr(value.data))
        elif kind is values.Deque:
            most = value.items.maxlen
            self.put("deque(")
            self.row("[", value.items, "]" if most is None else f"], maxlen={most}", value)
            self.put(")")
        elif kind is values.Record:
            self.put(f"{value.of.name}(")
            for place, (name, item) in enumerate(zip(value.of.fields, value, strict=True)):
                self.put(f"{', ' if place else ''}{name}=")
                self.show(item)
            self.put(")")
        elif kind is values.View:
            self.put(f"{value.name}(")
            self.row("[", value.items(), "])", value.owner)
        elif kind is values.SetValue and not value.items:
            self.put("set()")
        elif kind is values.SetValue:
            self.row("{", value.ordered(), "}", value)
        elif kind is range:
            self.put(repr(value))
        elif kind is type(...):
            self.put("Ellipsis")
        elif kind is values.Method and type(value.owner) is values.Instance:
            self.put(f"<bound method {value.name} of ")
            self.show(value.owner)
            self.put(">")
        else:
            said = self.say(value, "__repr__") if kind is values.Instance else None
            self.put(_object(value, self.room) if said is None else said)

    def row(self, left: str, items: Collection[Value], right: str, owner: Value) -> None:
        if id(owner) in self.open or len(self.open) >= DEPTH:
            self.put(f"{left}...{right.replace(',', '')}")
            return
        self.open.append(id(owner))
        self.put(left)
        for place, item in enumerate(items):
            if place:
                self.put(", ")
            self.show(item)
        self.put(right)
        self.open.pop()

    def mapping(self, kind: type, value: dict[Value, Value]) -> None:
        """A dict, or one of its kin in the words of its type."""
        if kind is dict:
            self.pairs(value)
            return
        self.put(f"{type_name(value)}(")
        if kind is values.Ordered and value:
            self.row("[", list(value.items()), "]", value)
        elif kind is values.Default:
            self.show(value.factory)  # type: ignore[attr-defined]
            self.put(", ")
            self.pairs(value)
        elif value:
            self.pairs(dict(sorted(value.items(), key=lambda pair: pair[1], reverse=True)))
        self.put(")")

    def pairs(self, value: dict[Value, Value]) -> None:
        if id(value) in self.open or len(self.open) >= DEPTH:
            self.put("{...}")
            return
        self.open.append(id(value))
        self.put("{")
        for place, (key, item) in enumerate(value.items()):
            if place:
                self.put(", ")
            self.show(key)
            self.put(": ")
            self.show(item)
        self.put("}")
        self.open.pop()


IN_PYTHON = frozenset(
    (
        "backward",
        "norm",
        "register_hook",
        "register_post_accumulate_grad_hook",
        "split",
        "unflatten",
        "unique",
        "unique_consecutive",
    )
)
"""The methods of a tensor that PyTorch has written in Python."""


def _host(function: Value, room: int) -> str:
    """A function or a method of PyTorch, as where its call was forgotten: `print(loss.item)`."""
    name = function.name.rpartition(".")[2]
    if not function.bound:
        home = home_of(function)
        if home == "torch._VariableFunctionsClass":
            return f"<built-in method {name} of type object>"
        return f"<{'built-in ' if home.startswith('torch._C') else ''}function {name}>"
    owner = function.bound[0]
    if isinstance(owner, Tensor) and name not in IN_PYTHON:
        return f"<built-in method {name} of {type_name(owner)} object>"
    if isinstance(owner, Tensor):
        return f"<bound method Tensor.{name} of {text(owner, room)}>"
    if isinstance(owner, Module):
        own = type(owner).__dict__.get(name) is not None and type(owner).__name__ != "Shell"
        return f"<bound method {type(owner).__name__ if own else 'Module'}.{name} of {owner.beginning(room)}>"
    return f"<bound method {type_name(owner)}.{name} of {text(owner, room)}>"


def _object(value: Value, room: int) -> str:
    kind = type(value)
    if kind is values.UserFunction:
        return f"<function {value.name}>"
    if kind is values.HostFunction:
        return _host(value, room)
    if kind is values.Builtin:
        return f"<built-in function {value.name}>"
    if kind is values.Namespace:
        return f"<module '{value.path}'>"
    if kind is values.TypeValue:
        return str(value.text)
    if kind is values.TypeUnion:
        return " | ".join(_object(one, room)[8:-2] if one is not None else "None" for one in value.kinds)
    if kind is values.ErrorClass:
        return f"<class '{value.kind}'>"
    if kind is values.ErrorValue:
        return f"{value.kind}({', '.join(text(item, 200) for item in value.items)})"
    if kind is values.UserClass:
        return f"<class '__main__.{value.name}'>"
    if kind is values.Instance and value.of.kind == "optimizer" and value.rule is not None:
        return str(
            value.rule.told(
                value.of.name, lambda held: format(held) if isinstance(held, (str, Tensor)) else text(held, room)
            )
        )
    if kind is values.Instance and value.of.cases is not None:
        return f"<{value.of.name}.{value.fields['name']}: {text(value.fields['value'], room)}>"
    if kind is values.Instance and value.shell is None:
        return f"<__main__.{value.of.name} object>"
    if kind is values.Instance:
        return str(value.shell.beginning(room))
    if isinstance(value, Module):
        return value.beginning(room)
    if kind is values.Method:
        return f"<bound method {value.name}>"
    if kind is values.Pattern:
        flags = "".join(f"|re.{name}" for flag, name in FLAGS if value.steps.flags & flag)
        return f"re.compile({repr(value.text)[:WIDE]}{flags.replace('|', ', ', 1)})"
    if kind is values.Match:
        first, last = value.marks[:2]
        return f"<re.Match object; span=({first}, {last}), match={repr(value.text[first:last])[:SHORT]}>"
    if kind is values.Super:
        return "<super object>"
    if kind is values.Mode:
        return f"<{value.label}>"
    if kind in (values.Stream, values.Manager):
        return f"<{value.name} object>"
    if kind is values.Output:
        return f"<_io.TextIOWrapper name='<{value.name}>' mode='w' encoding='utf-8'>"
    if value is ...:
        return "Ellipsis"
    # Only the engine's own types are left: the interpreter lets no other host object into a program.
    shown = unplaced(repr(value))
    return f"<{type_name(value)} object>" if " object at 0x" in shown else shown


def text(value: Value, room: int, say: Say = _silent) -> str:
    """The `repr` of a value, cut at `room` characters where it is longer; `say` asks an object for its own text."""
    printer = _Printer(room, say)
    try:
        printer.show(value)
    except _Full:
        printer.parts.append(TRUNCATED)
    return "".join(printer.parts)


def shown(value: Value, room: int, say: Say = _silent) -> str:
    """The `str` of a value, cut at `room` characters where it is longer."""
    kind = type(value)
    if kind is str:
        return str(value if len(value) <= room else value[:room] + TRUNCATED)
    if kind is values.ErrorValue:
        return str(value.text)
    if kind is Device:
        return str(value)
    if kind is values.Array:
        array = str(value.data)
        return array if len(array) <= room else array[:room] + TRUNCATED
    said = say(value, "__str__", "__repr__") if kind is values.Instance else None
    if said is None and kind is values.Instance and value.of.cases is not None:
        return f"{value.of.name}.{value.fields['name']}"
    return text(value, room, say) if said is None else said if len(said) <= room else said[:room] + TRUNCATED


def formatted(value: Value, spec: str, room: int) -> str:
    """A number or a string under a format specification; errors in Python's words."""
    if not spec:
        return shown(value, room)
    found = fault(spec)
    if found:
        raise ProgramError("ValueError", found[0], hint=found[1], code="format-spec")
    if type(value) not in (bool, int, float, str):
        name = type_name(value)
        raise ProgramError("TypeError", f"unsupported format string passed to {name}.__format__", code="format-type")
    try:
        return format(value, spec)
    except (ValueError, OverflowError) as error:
        raise ProgramError(type(error).__name__, str(error), code="format-spec") from None
