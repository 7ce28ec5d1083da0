"""The one gate between a program's values and the engine's functions: what goes out, what comes in, and whose error it is."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterable
from types import GeneratorType, MethodType
from typing import Any

import numpy as np

from engine import strangers
from engine.dtypes import dtype
from engine.nn.module import Module
from engine.nn.shell import Shell
from engine.program import printing, reach, rules, special, typenames
from engine.program.failures import PARENTS, ProgramError
from engine.program.limits import Limited, too_deep
from engine.program.narration import Narrator
from engine.program.values import (
    DICTS,
    GATHERED,
    Array,
    Builtin,
    Carried,
    ClassMethod,
    Deque,
    ErrorClass,
    ErrorValue,
    HostFunction,
    Instance,
    Manager,
    Match,
    Method,
    Mode,
    Namespace,
    Ordered,
    Output,
    Pattern,
    PropertyValue,
    Record,
    SetValue,
    Stack,
    Stream,
    Super,
    TypeValue,
    UserClass,
    UserFunction,
    Value,
    View,
    type_name,
)
from engine.size import Size
from engine.standin import Standin, standing
from engine.tensor import Tensor

TENSORS = reach.TENSORS
INERT = frozenset({bool, int, float, str, type(None), slice, type(...), range, dtype, Size, Carried, *TENSORS})
OWN = frozenset(
    {
        *(UserFunction, Method, Builtin, HostFunction, UserClass, Instance, TypeValue, Namespace, SetValue, Mode, View),
        *(
            Array,
            Deque,
            Pattern,
            Match,
            Record,
            Ordered,
            ErrorClass,
            ErrorValue,
            PropertyValue,
            ClassMethod,
            Super,
            Stream,
            Manager,
            Stack,
            Output,
            special.NotImplementedValue,
        ),
    }
)
CALLABLE = frozenset({UserFunction, Method, Builtin, HostFunction, UserClass})
RAISED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
STRANGER = re.compile(r"'(\w{1,40})' object has no attribute")
LACKING = tuple((kind.__name__, frozenset(dir(kind))) for kind in (Tensor, Module))
"""What the engine looks for in an argument of the one kind or the other."""
TAKES_NOTHING = re.compile(r"Tensor\.\w{1,40}\(\) takes no ")
"""Python's words where `x.abs(1)` is called as it stands, which name the class that the method is of."""
HOST_CLASS = re.compile(r"<class 'engine\.[\w.]{0,80}?\b(\w{1,40})'>")
strangers.NAMED.update(kind.__name__ for kind in GATHERED.values())
NESTING = 30
LOOKED_AT = 20
"""So many items of a list are looked at for one unit of fuel, on their way to the engine."""
TOLD_OF = 2
"""So many tensors of a list are told of for one: each is an operand of what is made of them."""


def _named_class(found: re.Match[str]) -> str:
    """How PyTorch tells a class of the engine's."""
    layer = reach.TYPES.get(f"nn.{found.group(1)}")
    return f"<class 'torch.{found.group(1)}'>" if layer is None else layer.text


class Gate(Narrator):
    """A run as the engine meets it."""

    @abstractmethod
    def call(self, function: Value, given: list[Value], keywords: dict[str, Value]) -> Value: ...

    @abstractmethod
    def gather(self, value: Value) -> list[Value]: ...

    def host(self, function: Callable[..., Any], given: list[Value], keywords: dict[str, Value]) -> Value:
        """What a function of the engine gives for a program's values; its errors become the program's."""
        self.begin()
        try:
            result = function(*given, **keywords)
        except RAISED as error:
            raise self.translated(error) from None
        self.account()
        return self.admitted(result)

    def translated(self, error: Exception) -> BaseException:
        """An engine's error as the program's own; what names our own insides goes on unchanged, to end the run."""
        if isinstance(error, RecursionError):
            return too_deep(error, self.meter.limits)
        if isinstance(error, MemoryError):
            return Limited("memory", self.meter.limits.alive)
        kind, text = type(error).__name__, str(error)
        # An error that the engine raised itself bears no name of an attribute: its words are meant.
        lacking = error.name if isinstance(error, AttributeError) else None
        strange = STRANGER.match(text) if lacking else None
        wanted = next((kind for kind, names in LACKING if lacking in names), None)
        if strange and wanted:
            hint = "Did backward() run, and is the tensor a leaf?" if strange.group(1) == "NoneType" else None
            return ProgramError(
                "TypeError", f"argument must be {wanted}, not {strange.group(1)}", code="argument", hint=hint
            )
        if kind == "AssertionError" and not text:
            return error  # an assertion of our own
        if text.startswith("setting an array element with a sequence"):
            text = "expected sequences of equal length in a nested list"
        elif said := strangers.told("", error):
            kind, text = type(said).__name__, str(said)
        if TAKES_NOTHING.match(text):
            text = text.replace("Tensor", "TensorBase", 1)
        text = printing.unplaced(HOST_CLASS.sub(_named_class, text))
        if kind not in PARENTS or " object at 0x" in text or "site-packages" in text:
            return error
        return ProgramError(kind, text)

    def outward(self, value: Value, depth: int = 0) -> Any:
        """A program's value as the engine takes it: functions become callbacks, unknown objects are refused."""
        kind = type(value)
        if kind in INERT:
            return value
        rows = kind is list or kind is tuple
        each = TOLD_OF if rows and value and type(value[0]) in TENSORS else LOOKED_AT
        self.meter.burn(1 + len(value) // each if rows else 1)
        if depth > NESTING:
            raise ProgramError("ValueError", "too many nested lists", code="nesting")
        if kind is list:
            return value if _flat(value) else [self.outward(item, depth + 1) for item in value]
        if kind is tuple:
            return value if _flat(value) else tuple([self.outward(item, depth + 1) for item in value])
        if kind in DICTS:
            return {self.key_outward(key): self.outward(item, depth + 1) for key, item in value.items()}
        if kind in CALLABLE:
            return self.callback(value, self.outward)
        if kind is TypeValue and value.name in reach.PYTHON_DTYPES:
            return reach.PYTHON_DTYPES[value.name]
        if kind is TypeValue and value.name == "bfloat16":
            hint = "Use torch.float32, or torch.float16."
            raise ProgramError("NotImplementedError", "torch.bfloat16 is not here", code="no-bfloat16", hint=hint)
        if kind is TypeValue and value.dtype is not None:
            return value.dtype.legacy
        if kind is Array:
            return value.data if value.data.ndim else value.data.item()
        if kind is Record:
            return tuple([self.outward(item, depth + 1) for item in value])
        if kind in (Stream, View, SetValue, Deque):
            items = [self.outward(item, depth + 1) for item in self.gather(value)]
            named = GATHERED.get("set" if kind is SetValue else value.name) if kind is not Deque else None
            return items if named is None else named(items)
        if kind in reach.HOST_TYPES:
            return value
        if kind is Instance and (value.shell is not None or value.rule is not None):
            return value.rule if value.shell is None else value.shell
        if special.method(value, "__call__") is not None:
            return self.callback(value, self.outward)
        if kind not in OWN:
            text = f"a value of type '{type_name(value)}' cannot be given to the engine"
            raise ProgramError("TypeError", text, code="argument")
        if kind is TypeValue:
            return standing(typenames.home_of(value), value.name)
        return standing(typenames.home_of(value), type_name(value))(value)

    def registrable(self, value: Value) -> Any:
        """A value that a module may take under a name: what it never takes goes as what an error tells of it."""
        kind = type(value)
        if kind in CALLABLE or kind is TypeValue or (kind is Instance and value.shell is None):
            return self.outward(value)
        return value

    def key_outward(self, key: Value) -> Any:
        """The key of a dict as the engine takes it; one that it does not know is refused, for it would be told as the host writes it."""
        kind = type(key)
        if kind in INERT or kind in reach.HOST_TYPES or (kind is tuple and _flat(key)):
            return key
        text = f"a key of type '{type_name(key)}' cannot be given to the engine"
        raise ProgramError("TypeError", text, code="dict-key", hint="Use a string as the key.")

    def carried(self, value: Value) -> Any:
        """A value for the program's own `forward`, which gets it as it is: bare where a module looks for such, else in a wrapping."""
        kind = type(value)
        if kind in INERT:
            return value
        rows = kind is list or kind is tuple
        self.meter.burn(1 + len(value) // LOOKED_AT if rows else 1)
        if kind in reach.HOST_TYPES or (rows and _flat(value)):
            return value
        return value.shell if kind is Instance and value.shell is not None else Carried(value)

    def returned(self, value: Value, depth: int = 0) -> Any:
        """What a program's own `forward` gives: rows and dicts as a module around it may take them, in them what is carried."""
        kind = type(value)
        if kind is not list and kind is not tuple and kind is not dict:
            return self.carried(value)
        self.meter.burn(1 + len(value) // LOOKED_AT)
        if depth > NESTING:
            raise ProgramError("ValueError", "too many nested lists", code="nesting")
        if _flat(value) and kind is not dict:
            return value
        if kind is not dict:
            return kind([self.returned(item, depth + 1) for item in value])
        if not _flat(value):
            return Carried(value)
        return {key: self.returned(item, depth + 1) for key, item in value.items()}

    def callback(self, function: Value, back: Callable[[Value], Any]) -> Callable[..., Any]:
        """A host function that runs the program's own, under the same fuel and depth; `back` makes of its result what the engine gets."""

        def run(*given: Any, **keywords: Any) -> Any:
            line, span, depth = self.recorder.line, self.recorder.span, len(self.scopes)
            self.account()
            try:
                named = {name: self.admitted(value) for name, value in keywords.items()}
                return back(self.call(function, [self.admitted(value) for value in given], named))
            finally:
                self.leave(depth)  # those that an error left open: the engine's own, around them, are left next
                self.recorder.line, self.recorder.span = line, span
                self.begin()

        run.__name__ = run.__qualname__ = named = function.of.name if type(function) is Instance else function.name
        run.__module__, run.__qualname__ = typenames.home_of(function), named.rpartition(".")[2]
        if type_name(function) != "method":
            return run

        def method(_: Any, *given: Any, **keywords: Any) -> Any:
            return run(*given, **keywords)

        method.__name__ = method.__qualname__ = run.__name__
        return MethodType(method, self)

    def admitted(self, result: Any) -> Value:
        """An engine's result as a program's value; what the program has no name for stays outside."""
        kind = type(result)
        if kind is Carried or isinstance(result, Standin):
            return result.value
        if kind is OrderedDict:
            return Ordered((key, self.admitted(item)) for key, item in result.items())
        if kind is Shell or kind in rules.OWN:
            return result.owner
        if kind in OWN:
            return result
        if kind in TENSORS:
            if result.numel() >= 1000:
                self.meter.watch(result._data)
            return result
        if kind in INERT or kind in reach.HOST_TYPES:
            if kind is int:
                self.meter.need_bits(result.bit_length())
            return result
        if kind is list or kind is tuple:
            items = [self.admitted(item) for item in result]
            if all(item is before for item, before in zip(items, result, strict=True)):
                return result
            return items if kind is list else tuple(items)
        if kind in DICTS:
            for key, item in result.items():
                result[key] = self.admitted(item)
            return result
        if kind is GeneratorType:
            return Stream("generator", (self.admitted(item) for item in result))
        if kind is np.ndarray and result.dtype.kind in "biuf":
            return Array(result)
        if isinstance(result, np.generic):
            return self.admitted(result.item())
        raise ProgramError(
            "NotImplementedError",
            f"a result of type '{kind.__name__}' is not part of the language here",
            code="not-yet",
        )


def _flat(value: Iterable[Value]) -> bool:
    return all(type(item) in INERT for item in value)
