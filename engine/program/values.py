"""What a program's names can hold besides tensors and plain Python values: objects of the interpreter, never host classes."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Literal

from engine.dtypes import dtype as Dtype
from engine.function import Function
from engine.program.scopes import Names
from engine.signatures import NAMED_HOMES
from engine.size import Size
from engine.tensor import Tensor

Value = Any
"""A Tensor, bool, int, float, str, list, tuple, dict, range, None, or one of the classes below."""

Kind = Literal["plain", "module", "function", "error", "optimizer", "scheduler"]

NUMBERS = frozenset({bool, int, float})
TOP = Names(frozenset())


class Frame:
    """One scope: the names bound in it, and the scope it was written in."""

    __slots__ = ("names", "parent", "declared", "label", "method")

    def __init__(
        self,
        parent: Frame | None,
        declared: Names,
        label: str | None,
        names: dict[str, Value],
        method: UserFunction | None = None,
    ) -> None:
        self.parent = parent
        self.declared = declared
        self.label = label
        self.names = names
        self.method = method


def documented(node: ast.FunctionDef | ast.ClassDef | ast.Lambda) -> str | None:
    """The text that a definition begins with, as it stands."""
    return None if isinstance(node, ast.Lambda) else ast.get_docstring(node, clean=False)


class UserFunction:
    """A `def` or `lambda` of the program, with the scope it closes over; `home` is the class whose body it stands in."""

    __slots__ = ("name", "node", "frame", "defaults", "keyword_defaults", "modes", "home", "once", "abstract", "doc")

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
        self.home: UserClass | None = None
        self.once = False
        self.abstract = False
        self.doc = documented(node)


class UserClass:
    """A class of the program: a record of names, never a host class. `kind` is what its root is, `layer` the layer or optimizer at its root, where it is one."""

    __slots__ = (
        "name",
        "base",
        "kind",
        "layer",
        "members",
        "statics",
        "annotated",
        "written",
        "frozen",
        "doc",
        "cases",
    )

    def __init__(self, name: str, base: UserClass | None, kind: Kind, layer: TypeValue | None = None) -> None:
        self.name = name
        self.base = base
        self.kind = kind
        self.layer = layer
        self.members: dict[str, Value] = {}
        self.statics: set[str] = set()
        self.annotated: list[str] = []
        self.doc: str | None = None
        self.cases: dict[str, Instance] | None = None
        # Of a dataclass: its fields, and those that no object's may be written to, where it is frozen.
        self.written: dict[str, Any] | None = None
        self.frozen: frozenset[str] | None = None

    def line(self) -> Iterator[UserClass]:
        """The class, its base, the base's base."""
        current: UserClass | None = self
        while current is not None:
            yield current
            current = current.base

    def find(self, name: str) -> tuple[UserClass, Value] | None:
        """The first class of the line that has this name, and what it is there."""
        for one in self.line():
            if name in one.members:
                return one, one.members[name]
        return None


ENUM = UserClass("Enum", None, "plain")
"""`enum.Enum`: what the body of a class that is built on it assigns becomes an object of that class."""
ENUM.cases = {}
ABSTRACT = UserClass("ABC", None, "plain")
"""`abc.ABC`: of classes that are built on it no object is made while a method is abstract."""


class Instance:
    """An object of a program's class: its fields and what it is to the engine.

    Of a module that is the `shell` that holds parameters and children, of an optimizer or scheduler the `rule`.
    """

    __slots__ = ("of", "fields", "shell", "rule")

    def __init__(self, of: UserClass) -> None:
        self.of = of
        self.fields: dict[str, Value] = {}
        self.shell: Any = None
        self.rule: Any = None


class Method:
    """A function of a class, bound to the object it was reached from."""

    __slots__ = ("function", "owner")

    def __init__(self, function: UserFunction, owner: Value) -> None:
        self.function = function
        self.owner = owner

    @property
    def name(self) -> str:
        return self.function.name


class Super:
    """What `super()` gives: an object, seen from the class above `home`."""

    __slots__ = ("owner", "home")

    def __init__(self, owner: Instance, home: UserClass) -> None:
        self.owner = owner
        self.home = home


class Builtin:
    """A function of the language itself; `call` takes the interpreter, the arguments and the keyword arguments.

    One that `binds` is a method where it stands in a class.
    """

    __slots__ = ("name", "call", "binds")

    def __init__(self, name: str, call: Callable[..., Value], *, binds: bool = False) -> None:
        self.name = name
        self.call = call
        self.binds = binds


class PropertyValue:
    """A method of a class that is read, and perhaps written, like an attribute."""

    __slots__ = ("getter", "setter")

    def __init__(self, getter: Value, setter: Value = None) -> None:
        self.getter = getter
        self.setter = setter


class ClassMethod:
    """A method whose first argument is the class."""

    __slots__ = ("function",)

    def __init__(self, function: Value) -> None:
        self.function = function


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


class Manager:
    """What `contextlib` gives a `with`: `make` makes the context of one entry, which gives values of the program."""

    __slots__ = ("name", "make")

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self.name = name
        self.make = make


class Stack:
    """An `ExitStack`: how to leave what it has entered, and to do what it was told to, in the other order."""

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held: list[Callable[[BaseException | None], bool]] = []


class Output:
    """`sys.stdout` or `sys.stderr`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Namespace:
    """A module of the tables: `torch`, `torch.nn`, `math`."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path


class TypeValue:
    """A type as a value: what `isinstance` tests against and, where it can be called, what makes one; of tensors, perhaps, of one `dtype`."""

    __slots__ = ("name", "text", "types", "call", "dtype")

    def __init__(
        self,
        name: str,
        types: frozenset[type],
        call: Callable[..., Value] | None = None,
        text: str | None = None,
        dtype: Dtype | None = None,
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.types = types
        self.call = call
        self.text = text or f"<class '{name}'>"


class TypeUnion:
    """Types of which a value may have any: `int | float`; None among them stands for its own type."""

    __slots__ = ("kinds",)

    def __init__(self, kinds: tuple[Value, ...]) -> None:
        self.kinds = kinds


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
    """Something to be looped over once: a generator, `zip`, `enumerate`; `busy` while it makes its next item."""

    __slots__ = ("name", "items", "busy")

    def __init__(self, name: str, items: Iterator[Value]) -> None:
        self.name = name
        self.items = items
        self.busy = False


class Gathered:
    """What a program loops over once, as the engine gets it: its items, under the name of its type, which is no list to PyTorch."""

    __slots__ = ("items",)

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


GATHERED: dict[str, type[Gathered]] = {
    name: type(kind, (Gathered,), {"__slots__": ()})
    for name, kind in (
        *(
            (name, name)
            for name in (
                "generator",
                "map",
                "zip",
                "filter",
                "enumerate",
                "dict_keys",
                "dict_values",
                "dict_items",
                "set",
            )
        ),
        *((f"odict_{name}", f"odict_{name}") for name in ("keys", "values", "items")),
        ("reversed", "list_reverseiterator"),
        ("iterator", "list_iterator"),
    )
}
"""By the name of a stream or of a view of a dict."""


class SetValue:
    """A set of the language: its items are the keys of a dict, so that their order is the same on every machine."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Value] = ()) -> None:
        self.items: dict[Value, None] = dict.fromkeys(items)

    def ordered(self) -> Collection[Value]:
        """The items in the order to be shown and looped over: Python's own for a few whole numbers, else that of their coming."""
        few = len(self.items) <= 256 and all(type(item) is int for item in self.items)
        return list(set(self.items)) if few else self.items.keys()


class Array:
    """An array of NumPy, or one of its scalars; the interpreter alone looks inside."""

    __slots__ = ("data",)

    def __init__(self, data: Any) -> None:
        self.data = data


class Source:
    """A generator of random numbers, of one run; `host` is NumPy's or Python's, which the interpreter alone asks."""

    __slots__ = ("host",)

    def __init__(self, host: Any) -> None:
        self.host = host


class RandomState(Source):
    """NumPy's older generator, which `np.random.seed` sets."""

    __slots__ = ()


class NumpyGenerator(Source):
    """What `np.random.default_rng` gives."""

    __slots__ = ()


class Dice(Source):
    """Python's `random.Random`."""

    __slots__ = ()


class Ordered(dict):  # type: ignore[type-arg]
    """An `OrderedDict` of the language."""

    __slots__ = ()


class Tally(dict):  # type: ignore[type-arg]
    """A `Counter` of the language: what it has not counts 0."""

    __slots__ = ()


class Default(dict):  # type: ignore[type-arg]
    """A `defaultdict` of the language; `factory` is a value that the interpreter calls."""

    __slots__ = ("factory",)
    factory: Value


DICTS: frozenset[type] = frozenset({dict, Ordered, Tally, Default})


class Deque:
    """A queue with two ends."""

    __slots__ = ("items",)

    def __init__(self, most: int | None) -> None:
        self.items: deque[Value] = deque(maxlen=most)


class RecordType:
    """What `namedtuple` made: a name, the names of the parts, and the parts that may be left out."""

    __slots__ = ("name", "fields", "defaults")

    def __init__(self, name: str, fields: tuple[str, ...], defaults: dict[str, Value]) -> None:
        self.name = name
        self.fields = fields
        self.defaults = defaults


class Record(tuple):  # type: ignore[type-arg]
    """A tuple whose parts have names."""

    of: RecordType


class Carried:
    """A value of the program on its way through a module of the engine's to the program's own `forward`, or back: nobody looks into it."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


Carried.__name__ = "object"  # as the engine calls what it has no name for


class Pattern:
    """A regular expression made ready; the matcher alone looks into its steps."""

    __slots__ = ("text", "steps")

    def __init__(self, text: str, steps: Any) -> None:
        self.text = text
        self.steps = steps


class Match:
    """What a pattern found in a text, looked at from `start` to `stop`: the marks of its groups."""

    __slots__ = ("of", "text", "marks", "start", "stop")

    def __init__(self, of: Pattern, text: str, marks: list[int], start: int, stop: int) -> None:
        self.of = of
        self.text = text
        self.marks = marks
        self.start = start
        self.stop = stop


class View:
    """The keys, values or pairs of a dict, as they are now."""

    __slots__ = ("name", "owner")

    def __init__(self, name: str, owner: dict[Value, Value]) -> None:
        self.name = name
        self.owner = owner

    def items(self) -> list[Value]:
        if self.name.endswith("dict_keys"):
            return list(self.owner.keys())
        return list(self.owner.values()) if self.name.endswith("dict_values") else list(self.owner.items())


TYPE_NAMES: dict[type, str] = {
    Size: "torch.Size",
    UserFunction: "function",
    Builtin: "builtin_function_or_method",
    HostFunction: "builtin_function_or_method",
    Namespace: "module",
    TypeValue: "type",
    TypeUnion: "types.UnionType",
    ErrorClass: "type",
    UserClass: "type",
    Method: "method",
    Super: "super",
    SetValue: "set",
    Ordered: "OrderedDict",
    Tally: "Counter",
    Default: "defaultdict",
    Deque: "collections.deque",
    RandomState: "numpy.random.mtrand.RandomState",
    NumpyGenerator: "numpy.random._generator.Generator",
    Dice: "random.Random",
    Pattern: "re.Pattern",
    Match: "re.Match",
    PropertyValue: "property",
    Stack: "ExitStack",
    Output: "TextIOWrapper",
    ClassMethod: "classmethod",
}


def type_name(value: Value) -> str:
    """The name of a value's type as the program may see it."""
    kind = type(value)
    if kind is ErrorValue:
        return str(value.kind)
    if kind is Instance:
        return str(value.of.name)
    if kind is Array:
        return (
            "numpy.ndarray"
            if value.data.ndim or type(value.data).__name__ == "ndarray"
            else f"numpy.{value.data.dtype.name}"
        )
    if kind is Record:
        return str(value.of.name)
    if kind in (Stream, View, Manager):
        return str(value.name)
    if kind is Mode:
        return str(value.label)
    if isinstance(value, Function):
        return value.name()
    if kind is HostFunction and value.bound and type(value.bound[0]) is not Tensor:
        return "method"
    name = TYPE_NAMES.get(kind, kind.__name__)
    return f"{kind.__module__}.{name}" if kind.__module__ in NAMED_HOMES else name
