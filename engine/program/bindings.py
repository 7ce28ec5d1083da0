"""Names and items: where a value goes, and what `owner[index]` finds."""

from __future__ import annotations

import operator
from itertools import islice
from typing import Any

from engine import identities
from engine.program import arrays, classes, printing, reach, sizes, special
from engine.program.failures import ProgramError
from engine.program.functions import range_length
from engine.program.gate import CALLABLE, RAISED, TENSORS
from engine.program.hints import nearest
from engine.program.library import re as regular
from engine.program.library.typing import BRACKETED
from engine.program.narration import Naming, encoded, named_first, named_inside
from engine.program.operators import Operators
from engine.program.unknown import ELSEWHERE, IMPORTS
from engine.program.values import (
    DICTS,
    Array,
    Default,
    Deque,
    Frame,
    Instance,
    Match,
    Record,
    Tally,
    TypeValue,
    UserClass,
    Value,
    type_name,
)
from engine.size import Size

SHORT = 40
WIDE = 200
EXACT = 2**53
INSIDE = 16
LETTERS = 16
"""So many letters of a value that is told cost a unit of fuel."""


class Bindings(Operators):
    """What names and items hold."""

    titled: set[int]

    # Names

    def look_up(self, name: str) -> Value:
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.declared.top:
                frame = self.top
            if name in frame.names:
                return frame.names[name]
            if name in frame.declared.local and frame.label is not None:
                if frame is self.frame:
                    text = f"cannot access local variable '{name}' where it is not associated with a value"
                    raise ProgramError("UnboundLocalError", text, code="unbound-local", name=name)
                text = (
                    f"cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                )
                raise ProgramError("NameError", text, code="name", name=name)
            frame = frame.parent
        if name in self.builtins:
            return self.builtins[name]
        raise self.unknown_name(name)

    def unknown_name(self, name: str) -> ProgramError:
        known: list[str] = []
        frame: Frame | None = self.frame
        while frame is not None:
            known.extend(frame.names)
            frame = frame.parent
        text = f"name '{name}' is not defined"
        near = ELSEWHERE.get(name) or self.of_self(name) or nearest(name, known) or nearest(name, self.builtins)
        if near:
            return ProgramError(
                "NameError", text, code="name", hint=f"Did you mean {near}?", name=name, suggestion=near
            )
        if name in IMPORTS:
            hint = f"Write {IMPORTS[name]} first."
            return ProgramError("NameError", text, code="import-missing", hint=hint, name=name)
        return ProgramError("NameError", text, code="name", hint="Give it a value in a line above.", name=name)

    def of_self(self, name: str) -> str | None:
        """How a method names what its own object has under this name."""
        frame = self.frame
        while frame.label is None and frame.parent is not None:
            frame = frame.parent
        method = frame.method
        owner = self.first(frame, method) if method is not None and method.home is not None else None
        if type(owner) is not Instance or not classes.has(owner, name):
            return None
        return f"{method.node.args.args[0].arg}.{name}" if method is not None and method.node.args.args else None

    def bind_in(self, frame: Frame, name: str, value: Value) -> None:
        """Binds a name in the scope it belongs to, and says so."""
        declared = frame.declared
        owner = self.owner(frame, name) if declared.top or declared.outer else frame
        owner.names[name] = value
        if owner.label is not None:
            self.announce(owner, name, value)

    def owner(self, frame: Frame, name: str) -> Frame:
        """The scope that a name of this one belongs to."""
        if name in frame.declared.top:
            return self.top
        if name not in frame.declared.outer:
            return frame
        outer = frame.parent
        while outer is not None and outer is not self.top and name not in outer.declared.local:
            outer = outer.parent
        if outer is None or outer is self.top:
            raise ProgramError("NameError", f"no binding for nonlocal '{name}' found", code="name", name=name)
        return outer

    def announce(self, frame: Frame, name: str, value: Value) -> None:
        if frame is not self.top:
            self.announce_inside(str(frame.label), {name: value})
            return
        self.tell(Naming(self.recorder.line, name, self.titled), name, value)

    def tell(self, naming: Naming, name: str, value: Value) -> None:
        """Says what a name at the top holds now."""
        kind, recorder = value.__class__, self.recorder
        if kind in TENSORS:
            recorder.note((naming.tensor, value, recorder.span))
            return
        if (kind is int and -EXACT < value < EXACT) or (kind is float and value - value == 0):
            text = repr(value)
        else:
            module = value.shell if kind is Instance else value
            if type(module) in reach.MODULES:
                self.announce_parameters(name, module)
            text = encoded(self.bounded(value))
        self.pending.append(f"{naming.plain}{text}}}")

    def announce_inside(self, label: str, names: dict[str, Any]) -> None:
        """Says what tensors are called in a call of a function, where they have no other name."""
        recorder, titled = self.recorder, self.titled
        for name, value in names.items():
            kind = value.__class__
            if kind not in TENSORS:
                continue
            known = value._identity
            if known is not None and known[0] is recorder and known[1] in titled:
                continue
            if label == "<lambda>":
                self.note((identities.identify, recorder.line, recorder.span, value))
            else:
                self.note((named_inside, recorder.line, recorder.span, titled, f"{label}.{name}", value))

    def announce_parameters(self, name: str, module: Value) -> None:
        """Says what the parameters of a module are called from now on, where they have no name yet."""
        recorder = self.recorder
        for path, parameter in islice(module.named_parameters(), INSIDE):
            self.note((named_first, recorder.line, recorder.span, self.titled, f"{name}.{path}", parameter))

    def refitted(self, module: Value) -> None:
        """Says what parameters are called that a module was given after a name at the top held it, or a module around it."""
        for name, value in list(self.top.names.items()):
            whole = value.shell if value.__class__ is Instance else value
            if type(whole) not in reach.MODULES:
                continue
            self.meter.burn(INSIDE)
            if any(one is module for one in islice(whole.modules(), INSIDE)):
                self.announce_parameters(name, whole)

    def changed(self, container: Value) -> None:
        """Says anew what the names of a list or dict hold, also where it is an item of what they name."""
        for name, value in list(self.top.names.items()):
            kind = type(value)
            if value is container:
                self.announce(self.top, name, value)
            elif kind in DICTS or kind is list:
                items = value.values() if kind in DICTS else value
                if any(item is container for item in islice(items, INSIDE)):
                    self.announce(self.top, name, value)

    def bounded(self, value: Value) -> Value:
        """A value that is no tensor, as an event tells it."""
        kind = type(value)
        if value is None or kind is bool or (kind is int and -EXACT < value < EXACT):
            return value
        if kind is float and value - value == 0:
            return value
        if kind is str and len(value) <= WIDE:
            return value
        told: dict[str, Value] = {"type": type_name(value), "text": self.written(value)}
        self.meter.burn(len(told["text"]) // LETTERS)
        if kind in (list, tuple) and any(type(item) in TENSORS for item in value[:64]):
            told["tensors"] = [self.recorder.identify(item) if type(item) in TENSORS else None for item in value[:64]]
        return told

    def written(self, value: Value) -> str:
        """The text of a value for an event; where that fails, as of a layer made with what it does not take, its type: the program goes on."""
        try:
            return printing.text(value, WIDE)
        except RAISED:
            return f"<{type_name(value)}>"

    # Items

    def item(self, owner: Value, index: Value) -> Value:
        """What `owner[index]` gives."""
        kind = type(owner)
        if kind in TENSORS:
            picked = self.outward(index)
            self.meter.need_elements(sizes.of_index(owner, picked))
            return self.host(operator.getitem, [owner, picked], {})
        if kind in DICTS:
            key = self.key(index)
            if key not in owner:
                if kind is Tally:
                    return 0
                if kind is Default and owner.factory is not None:
                    self.meter.need_items(len(owner) + 1)
                    made = self.call(owner.factory, [], {})
                    owner[key] = made
                    return made
                raise ProgramError("KeyError", self.repr(index, WIDE), code="key")
            return owner[key]
        if kind in (list, tuple, str, range, Size) or kind in reach.NAMED_TUPLES:
            return self.pick(owner, index)
        if kind is Array:
            return arrays.item(self, owner, index)
        if kind is Deque:
            return self.pick(list(owner.items), index)
        if kind is Match:
            return regular.part(self, owner, index)
        if kind in reach.INDEXED:
            return self.host(reach.INDEXED[kind], [owner, self.index(index)], {})
        if owner is None:
            raise ProgramError("TypeError", "'NoneType' object is not subscriptable")
        found = special.ask(self, owner, "__getitem__", index)
        if found is not special.NOT_IMPLEMENTED:
            return found
        if kind is TypeValue and (owner.text.startswith("typing.") or owner.name in BRACKETED):
            return owner  # `list[int]`: what is in the brackets says nothing here
        if kind is UserClass and owner.cases is not None:
            if type(index) is not str or index not in owner.cases:
                raise ProgramError("KeyError", self.repr(index, WIDE), code="key")
            return owner.cases[index]
        text = f"type '{owner.name}' is not subscriptable" if kind is TypeValue else f"'{type_name(owner)}' object is not subscriptable"  # fmt: skip
        if kind in CALLABLE:
            raise ProgramError("TypeError", text, code="brackets", hint="A function is called with ( ), not with [ ].")
        raise ProgramError("TypeError", text, code="not-subscriptable")

    def pick(self, owner: Value, index: Value) -> Value:
        name = type_name(owner)
        if type(index) is slice:
            if type(owner) is not range:
                self.meter.burn(len(owner) // 100)
            found = owner[index]
            if type(owner) is Record:
                return tuple(found)
            return Size(found) if type(owner) is Size else found
        index = self.index(index)
        if type(index) is not int:
            if name == "str":
                text = f"string indices must be integers, not '{type_name(index)}'"
            else:
                text = f"{name} indices must be integers or slices, not {type_name(index)}"
            raise ProgramError("TypeError", text, code="index-type")
        size = range_length(owner) if type(owner) is range else len(owner)
        if not -size <= index < size:
            name = {"str": "string", "range": "range object", "torch.Size": "tuple"}.get(name, name)
            raise ProgramError("IndexError", f"{name} index out of range", code="index")
        return owner[index]

    def set_item(self, owner: Value, index: Value, value: Value) -> None:
        """Does `owner[index] = value`."""
        kind = type(owner)
        if kind in TENSORS:
            if type(value) not in TENSORS and type(value) not in (bool, int, float):
                value = self.outward(value)
            picked = self.outward(index)
            self.meter.need_elements(sizes.of_index(owner, picked))
            self.host(operator.setitem, [owner, picked, value], {})
        elif kind in DICTS:
            self.meter.need_items(len(owner) + 1)
            owner[self.key(index)] = value
            self.changed(owner)
        elif kind is list and type(index) is slice:
            items = self.gather(value)
            self.meter.need_items(len(owner) + len(items))
            try:
                owner[index] = items
            except ValueError as error:
                raise ProgramError("ValueError", str(error)) from None
            self.changed(owner)
        elif kind is list:
            index = self.index(index)
            if type(index) is not int:
                text = f"list indices must be integers or slices, not {type_name(index)}"
                raise ProgramError("TypeError", text, code="index-type")
            if not -len(owner) <= index < len(owner):
                raise ProgramError("IndexError", "list assignment index out of range", code="index")
            owner[index] = value
            self.changed(owner)
        elif kind in reach.PLACED:
            self.host(reach.PLACED[kind], [owner, self.index(index), self.outward(value)], {})
        elif kind is Array:
            arrays.set_item(self, owner, index, value)
        elif special.ask(self, owner, "__setitem__", index, value) is special.NOT_IMPLEMENTED:
            text = f"'{type_name(owner)}' object does not support item assignment"
            raise ProgramError("TypeError", text, code="not-subscriptable")
