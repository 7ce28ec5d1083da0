"""The state of one run, and what its values mean."""

from __future__ import annotations

import ast
import operator
import sys
import weakref
from abc import abstractmethod
from collections.abc import Callable, Iterator
from random import Random

import numpy as np

from engine.program import cost, printing, reach, sizes, special, unbound
from engine.program.failures import ProgramError, Span
from engine.program.functions import BUILTINS, range_length
from engine.program.gate import NESTING, RAISED, TENSORS, Gate
from engine.program.limits import Limited, Meter
from engine.program.parse import Program
from engine.program.values import (
    DICTS,
    TOP,
    Array,
    Deque,
    Frame,
    HostFunction,
    Instance,
    Pattern,
    SetValue,
    Stream,
    UserClass,
    UserFunction,
    Value,
    View,
    type_name,
)
from engine.recorder import Recorder
from engine.size import Size
from engine.tensor import Tensor

PART = 4
"""The fuel for cutting one part off a tensor and telling of it."""
TEXT = 200


class Machine(Gate):
    """What a run holds: its scopes, its budget and its recorder."""

    def __init__(self, program: Program, recorder: Recorder, meter: Meter, move: Callable[[], int]) -> None:
        super().__init__(recorder, meter, move)
        self.program = program
        self.top = Frame(None, TOP, "", {})
        self.frame = self.top
        self.builtins = BUILTINS
        self.sweeps: list[ast.Call] = []
        self.missed: dict[Span, None] = {}
        self.draws: np.random.RandomState | None = None
        self.dice: Random | None = None
        self.settings: dict[str, Value] = {"float32_matmul_precision": "highest", "deterministic": False}
        self.files: dict[str, Value] = {}
        self.patterns: dict[tuple[str, int], Pattern] = {}
        self.numbers: dict[int, tuple[int, Value]] = {}
        self.noted: dict[int, tuple[weakref.ref[Tensor], dict[str, Value]]] = {}

    # Told by the parts that build on this one

    @abstractmethod
    def operate(self, kind: type[ast.operator], left: Value, right: Value, *, in_place: bool = False) -> Value: ...

    @abstractmethod
    def compare(self, kind: type[ast.cmpop], left: Value, right: Value) -> Value: ...

    @abstractmethod
    def same(self, left: Value, right: Value, depth: int = 0) -> bool: ...

    @abstractmethod
    def item(self, owner: Value, index: Value) -> Value: ...

    @abstractmethod
    def set_item(self, owner: Value, index: Value, value: Value) -> None: ...

    @abstractmethod
    def bind_in(self, frame: Frame, name: str, value: Value) -> None: ...

    @abstractmethod
    def gathered(self, items: Iterator[Value]) -> SetValue: ...

    @abstractmethod
    def changed(self, container: Value) -> None: ...

    @abstractmethod
    def refitted(self, module: Value) -> None: ...

    # The recorder

    def span(self, node: ast.AST) -> list[int]:
        """Where an expression stands: what the recorder is told before the engine does what comes from it."""
        return list(self.program.spans[node])

    def blame(self, error: ProgramError, node: ast.expr) -> None:
        """Tells an error the expression it arose in, where no inner one has."""
        if error.span is None:
            error.span = self.program.spans[node]
        if error.node is None:
            error.node = node

    def fault(self, error: ProgramError, node: ast.stmt) -> None:
        """Tells an error the statement it arose in, where no inner one has."""
        if error.span is None:
            error.span = self.program.spans[node]
        if error.statement is None:
            error.statement = node

    # The engine

    def method(self, owner: Value, name: str) -> Value:
        """What a tensor's method without arguments gives."""
        return self.call(HostFunction(name, reach.METHODS[name], (owner,)), [], {})

    def need_result(self, kind: type[ast.operator], left: Value, right: Value) -> None:
        self.meter.need_elements(sizes.of_operator(kind, left, right))
        if kind is ast.MatMult or kind is ast.Pow:
            self.meter.need_work(cost.of_operator(kind, left, right))

    def first(self, frame: Frame, method: UserFunction) -> Value:
        """What a method's first parameter holds in this call."""
        arguments = method.node.args
        first = next(iter((*arguments.posonlyargs, *arguments.args)), None)
        return frame.names.get(first.arg) if first is not None else None

    def miss(self, tensor: Value) -> None:
        """Remembers where a gradient was looked for that no backward call could have left."""
        if tensor._node is not None and not tensor.retains_grad and self.recorder.calls and self.recorder.span:
            first, column, last, end = self.recorder.span
            self.missed[first, column, last, end] = None

    # What values mean

    def number_of(self, value: Value) -> int:
        """What `id(value)` gives: a number of this run's own, the same for the same object."""
        known = self.numbers.get(id(value))
        if known is None:
            self.meter.need_items(len(self.numbers) + 1)
            # The object is kept, so that no other can take its place.
            known = self.numbers[id(value)] = (len(self.numbers) + 1, value)
        return known[0]

    def notes(self, tensor: Value) -> dict[str, Value]:
        """What the program has put on a tensor under names of its own."""
        return self.noted[id(tensor)][1] if id(tensor) in self.noted else {}

    def annotate(self, tensor: Value, name: str, value: Value) -> None:
        """Puts a value on a tensor, for as long as the tensor lives."""
        key = id(tensor)
        if key not in self.noted:
            self.meter.need_items(len(self.noted) + 1)
            noted = self.noted
            self.noted[key] = weakref.ref(tensor, lambda _: noted.pop(key, None)), {}
        fields = self.noted[key][1]
        self.meter.need_items(len(fields) + 1)
        fields[name] = value

    def is_tensor(self, value: Value) -> bool:
        return type(value) in TENSORS

    def truth(self, value: Value) -> bool:
        """What `if` sees in a value."""
        kind = type(value)
        if kind is bool:
            return bool(value)
        if kind in (int, float, str, list, tuple, dict, Size) or value is None:
            return bool(value)
        if kind is range:
            return range_length(value) > 0
        if kind is View:
            return bool(value.owner)
        if kind is SetValue or kind is Deque:
            return bool(value.items)
        if kind in TENSORS:
            return bool(self.host(bool, [value], {}))
        if kind is Array:
            if value.data.size != 1:
                text = "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
                raise ProgramError("ValueError", text, code="ambiguous-truth")
            return bool(value.data)
        if kind is Instance and value.shell is None:
            return special.truth(self, value)
        return True

    def index(self, value: Value) -> Value:
        """A value as a whole number where it stands for one, a one-element integer tensor included."""
        if type(value) is bool:
            return int(value)
        if type(value) is Array and not value.data.ndim and value.data.dtype.kind in "iu":
            return int(value.data)
        if type(value) in TENSORS:
            return self.host(operator.index, [value], {})
        return value

    def whole(self, value: Value) -> int:
        """The value, a whole number. Raises TypeError in Python's words."""
        value = self.index(value)
        if type(value) is not int:
            text = f"'{type_name(value)}' object cannot be interpreted as an integer"
            raise ProgramError("TypeError", text, code="whole-number")
        return int(value)

    def size(self, value: Value) -> int:
        """The value, a whole number that a list or a deque can count with. Raises TypeError, or OverflowError in Python's words."""
        number = self.whole(value)
        if not -sys.maxsize - 1 <= number <= sys.maxsize:
            raise ProgramError("OverflowError", "Python int too large to convert to C ssize_t")
        return number

    def as_float(self, value: Value) -> float:
        """What `float(value)` gives."""
        if type(value) in TENSORS:
            return float(self.host(float, [value], {}))
        if type(value) is Array and value.data.size == 1:
            return float(value.data.item())
        if special.method(value, "__float__") is not None:
            value = special.ask(self, value, "__float__")
        if type(value) not in (bool, int, float, str):
            text = f"float() argument must be a string or a real number, not '{type_name(value)}'"
            raise ProgramError("TypeError", text)
        try:
            return float(value)
        except (ValueError, OverflowError) as error:
            raise ProgramError(type(error).__name__, str(error)[:TEXT]) from None

    def as_real(self, value: Value) -> float:
        """The value as a number for `math`. Raises TypeError in Python's words."""
        if type(value) not in TENSORS and type(value) is not Array:
            raise ProgramError("TypeError", f"must be real number, not {type_name(value)}")
        return self.as_float(value)

    def key(self, value: Value, depth: int = 0) -> Value:
        """The value, fit to be a dict's key. Raises TypeError in Python's words."""
        kind = type(value)
        if depth > NESTING:
            raise ProgramError("ValueError", "too many nested tuples", code="nesting")
        if kind in (list, dict, slice, Stream, View, SetValue):
            raise ProgramError("TypeError", f"unhashable type: '{type_name(value)}'", code="unhashable")
        if kind is Instance and value.of.find("__eq__") is not None:
            raise self.unhashable(value)
        if kind is tuple:
            for item in value:
                self.meter.burn(1)
                self.key(item, depth + 1)
        return value

    def unhashable(self, value: Instance) -> ProgramError:
        """Why an object that is compared by what it holds is no key."""
        if value.of.frozen is None:
            return ProgramError("TypeError", f"unhashable type: '{value.of.name}'", code="unhashable")
        text = "a frozen dataclass as a key is not part of the language here"
        return ProgramError("NotImplementedError", text, code="not-yet", hint="Use a tuple of its fields as the key.")

    def length(self, value: Value) -> int:
        """What `len(value)` gives."""
        kind = type(value)
        if kind in (str, list, tuple, *DICTS, Size) or kind in reach.NAMED_TUPLES:
            return len(value)
        if kind is range:
            return range_length(value)
        if kind is View:
            return len(value.owner)
        if kind is SetValue or kind is Deque:
            return len(value.items)
        if kind is Array and value.data.ndim:
            return len(value.data)
        if kind in TENSORS:
            return int(self.host(len, [value], {}))
        if kind in reach.SIZED:
            return int(self.host(reach.SIZED[kind], [value], {}))
        if kind is UserClass and value.cases is not None:
            return len(value.cases)
        size = special.ask(self, value, "__len__")
        if size is not special.NOT_IMPLEMENTED:
            return self.whole(size)
        raise ProgramError("TypeError", f"object of type '{type_name(value)}' has no len()")

    def iterate(self, value: Value) -> Iterator[Value]:
        """The items of a value one at a time, each for a unit of fuel."""
        kind = type(value)
        if kind is list:
            return self.counted(iter(value))
        if kind in (tuple, str, range, Size) or kind in reach.NAMED_TUPLES:
            return self.counted(iter(value))
        if kind in DICTS:
            return self.counted(iter(list(value)))
        if kind is View:
            return self.counted(iter(value.items()))
        if kind is Stream:
            return self.drawn(value)
        if kind is Array and value.data.ndim:
            return self.counted(Array(part) for part in value.data)
        if kind is Deque:
            return self.counted(iter(list(value.items)))
        if kind is SetValue:
            return self.counted(iter(list(value.ordered())))
        if kind in TENSORS:
            if not value.ndim:
                raise ProgramError("TypeError", "iteration over a 0-d tensor")
            count = self.length(value)
            self.meter.need_items(count)
            self.meter.burn(count * PART)
            return self.counted(iter(self.host(reach.METHODS["unbind"], [value], {})))
        if kind in reach.ITERATED:
            return self.counted(iter(self.host(reach.ITERATED[kind], [value], {})))
        if kind is UserClass and value.cases is not None:
            return self.counted(iter(list(value.cases.values())))
        items = special.items(self, value) if kind is Instance else None
        if items is not None:
            return items
        raise ProgramError("TypeError", f"'{type_name(value)}' object is not iterable", code="not-iterable")

    def counted(self, items: Iterator[Value]) -> Iterator[Value]:
        meter = self.meter
        for item in items:
            meter.fuel = left = meter.fuel - 1
            if left < 0:
                raise meter.empty()
            yield item

    def drawn(self, stream: Stream) -> Iterator[Value]:
        """The items of a stream. A stream over a stream over a stream goes no deeper than calls may."""
        ahead = stream.items.__next__
        while True:
            try:
                item = self.resume(stream, ahead)
            except StopIteration:
                return
            yield item

    def resume(self, stream: Stream, ahead: Callable[[], Value]) -> Value:
        """What a stream comes to next, for a unit of fuel. Raises StopIteration at its end."""
        meter = self.meter
        meter.burn(1)
        if stream.busy:
            raise ProgramError("ValueError", "generator already executing", code="generator-busy")
        if meter.draws >= meter.limits.calls:
            raise Limited("calls", meter.limits.calls)
        stream.busy = True
        meter.draws += 1
        try:
            return ahead()
        finally:
            meter.draws -= 1
            stream.busy = False

    def gather(self, value: Value) -> list[Value]:
        """All items of a value, within the limit on containers."""
        if type(value) in (list, tuple, str, dict, range, View, SetValue):
            self.meter.need_items(self.length(value))
        found = []
        for item in self.iterate(value):
            found.append(item)
            self.meter.need_items(len(found))
        return found

    # Text

    def shown(self, value: Value, room: int) -> str:
        """The `str` of a value."""
        unbound.check(value)
        try:
            return printing.shown(value, room, self.told)
        except RAISED as error:
            raise self.translated(error) from None

    def repr(self, value: Value, room: int) -> str:
        """The `repr` of a value."""
        unbound.check(value)
        try:
            return printing.text(value, room, self.told)
        except RAISED as error:
            raise self.translated(error) from None

    def told(self, value: Instance, *names: str) -> str | None:
        """What an object says of itself, if its class has a method for it."""
        return special.text(self, value, *names)

    def checked_text(self, text: str) -> str:
        """The text, where it is not too long for a string of the program."""
        self.meter.need_text(len(text))
        return text

    def formatted(self, value: Value, spec: str) -> str:
        """The value under a format specification; a 0-d tensor gives its number."""
        if type(value) is Tensor and value.ndim == 0:
            value = self.host(reach.METHODS["item"], [value], {})
        if type(value) is Array and spec and not value.data.ndim:
            value = value.data.item()
        room = self.meter.limits.string + 1
        return self.checked_text(printing.formatted(value, spec, room) if spec else self.shown(value, room))
