"""How PyTorch reads the arguments of a call: the signatures of its functions, and why a signature does not fit."""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import accepted, devices, dtypes, random, storage
from engine.size import Size
from engine.tensor import Tensor

Given = tuple[Any, ...]
Named = dict[str, Any]

SPOKEN = {
    "ints": "tuple of ints", "pair": "tuple of ints", "floats": "tuple of floats", "Tensors": "tuple of Tensors", "dtype": "torch.dtype", "Device": "torch.device",
    "Layout": "torch.layout", "MemoryFormat": "torch.memory_format", "Generator": "torch.Generator", "names": "tuple of names",
    "indices": "tuple of Tensors",
}  # fmt: skip
FACTORY = (
    "dtype? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool? requires_grad=False"
)
TYPES: dict[type, str] = {
    dtypes.dtype: "torch.dtype",
    devices.Device: "torch.device",
    random.Generator: "torch._C.Generator",
    Size: "torch.Size",
}
RESULTS = "torch.return_types"
NAMED_HOMES = frozenset({RESULTS, storage.UntypedStorage.__module__})
"""The modules that PyTorch's words tell as part of a type's name."""
# NumPy's names of arguments, and the ops that take a number where their signature says Tensor.
ALIASES = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}
NUMBERS_TOO = frozenset(
    f"{name}{here}" for name in ("add", "div", "divide", "mul", "multiply", "sub", "subtract", "true_divide", "floor_divide") for here in ("", "_")
) | {"copy_"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its type, how many a single value stands for, and what is taken where nothing is given."""

    name: str
    kind: str
    size: int
    none: bool
    default: str | None
    keyword: bool

    def __str__(self) -> str:
        default = "" if self.default is None else f" = {self.default}"
        return f"{SPOKEN.get(self.kind, self.kind)} {self.name}{default}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function."""

    called: str
    parameters: tuple[Parameter, ...]
    shown: bool
    positional: int
    least: int

    @property
    def spread(self) -> bool:
        """Whether sizes may be given one by one."""
        return self.positional == 1 and self.parameters[0].kind == "ints"

    def __str__(self) -> str:
        parts = [str(each) for each in self.parameters]
        if self.positional < len(parts):
            parts.insert(self.positional, "*")
        return f"({', '.join(parts)})"

    def refusal(self, given: Given, named: Named) -> str | None:
        """Why these arguments do not fit; None where they do. Raises TypeError at once, as PyTorch does, for what is no Tensor in a list."""
        spread = self.spread and given and (len(given) == 1 or _whole(given[0], symbolic=True))
        if len(given) > self.positional and not spread:
            return self._surplus(len(given))
        place, left = 0, len(named)
        for number, each in enumerate(self.parameters):
            keyword = place >= len(given)
            if keyword:
                key = next((key for key in (each.name, *ALIASES.get(each.name, ())) if key in named), None)
                if key is None:
                    if each.default is None:
                        return self._missing(number)
                    continue
                value = named[key]
                left -= 1
            else:
                value = given[place]
            if (value is None and each.none) or _fits(each, value, self.called, place):
                place += not keyword
            elif not keyword and spread and place == 0 and _whole(given[0], symbolic=True):
                place = len(given)
            else:
                return self._mismatch(each, value, None if keyword else place + 1)
        return self._strange(named, len(given)) if left else None

    def unpacked(self, given: Given, named: Named) -> str | None:
        """Why arguments that fit cannot be read: of a list only the first was looked at. Raises ValueError for a size, OverflowError for another number beyond 64 bits."""
        for place, each in enumerate(self.parameters):
            value = given if self.spread and place == 0 and len(given) > 1 else None
            value = (given[place] if place < len(given) else named.get(each.name)) if value is None else value
            if each.kind == "ints" and isinstance(value, (list, tuple)):
                for at, item in enumerate(value, 1):
                    head = (
                        f"{self.called}(): argument '{each.name}' failed to unpack the object at pos {at} with error "
                    )
                    if not (_whole(item, symbolic=True) or isinstance(item, bool)):
                        return f'{head}"type must be tuple of ints,but got {type_name(item)}"'
                    if _long(item):
                        return f'{head}"{OVERFLOW}'
            elif each.kind in ("int", "ints") and _long(value):
                raise ValueError(OVERFLOW)
            elif each.kind == "Number" and _long(value):
                raise OverflowError("int too big to convert")
        return None

    def by_name(self, given: Given, named: Named) -> Named:
        """The arguments by their names, with plain numbers for tensors that stand for one: what an old order of them means today."""
        whole = {**{each.name: value for each, value in zip(self.parameters, given, strict=False)}, **named}
        _, plain = self.with_numbers((), whole) or ((), whole)
        return plain

    def by_place(self, given: Given, named: Named) -> tuple[Given, Named]:
        """The arguments with those in their places that may stand there, and without those that say what goes without saying."""
        rest = {
            key: value
            for key, value in named.items()
            if not any(each.keyword and (each.name, each.default) == (key, str(value)) for each in self.parameters)
        }
        for each in self.parameters[len(given) : self.positional]:
            key = next((key for key in (each.name, *ALIASES.get(each.name, ())) if key in rest), None)
            if key is None:
                break
            given = *given, rest.pop(key)
        return given, rest

    def with_numbers(self, given: Given, named: Named) -> tuple[Given, Named] | None:
        """The arguments with plain numbers in the place of tensors that stand for one; None where there are none."""
        places = {at: each for at, each in enumerate(self.parameters) if each.kind in ("Number", "float")}
        names = {each.name for each in places.values()}
        first = tuple(
            value.item() if at in places and isinstance(value, Tensor) else value for at, value in enumerate(given)
        )
        rest = {
            key: value.item() if key in names and isinstance(value, Tensor) else value for key, value in named.items()
        }
        same = all(map(operator.is_, (*first, *rest.values()), (*given, *named.values())))
        return None if same else (first, rest)

    def _surplus(self, count: int) -> str:
        most, least = self.positional, self.least
        if least != most:
            return f"{self.called}() takes from {least} to {most} positional arguments but {count} were given"
        return f"{self.called}() takes {most} positional argument{'s' * (most != 1)} but {count} {'was' if count == 1 else 'were'} given"

    def _missing(self, start: int) -> str:
        missing = [each.name for each in self.parameters[start:] if each.default is None]
        told = ", ".join(f'"{name}"' for name in missing)
        # PyTorch has the plural where there is one.
        return f"{self.called}() missing {len(missing)} required positional argument{'s' * (len(missing) == 1)}: {told}"

    def _mismatch(self, parameter: Parameter, value: Any, place: int | None) -> str:
        where = "" if place is None else f" (position {place})"
        kind = SPOKEN.get(parameter.kind, parameter.kind)
        head = f"{self.called}(): argument '{parameter.name}'{where} must be {kind}"
        if place is not None and parameter.kind in ("ints", "pair") and isinstance(value, (list, tuple)):
            return f"{head}, but found element of type {type_name(value[0])} at pos 0"
        return f"{head}, not {type_name(value)}"

    def _strange(self, named: Named, given: int) -> str | None:
        for key in named:
            place = next((at for at, each in enumerate(self.parameters) if key in (each.name, *ALIASES.get(each.name, ()))), None)  # fmt: skip
            if place is None:
                return f"{self.called}() got an unexpected keyword argument '{key}'"
            if place < given:
                return f"{self.called}() got multiple values for argument '{key}'"
        return None


LONG = 2**63
OVERFLOW = "Overflow when unpacking long long"


def type_name(value: Any) -> str:
    """The type of a value as PyTorch's messages name it."""
    kind = type(value)
    named = (np.generic, np.ndarray)
    home = "numpy." if isinstance(value, named) else f"{kind.__module__}." if kind.__module__ in NAMED_HOMES else ""
    return TYPES.get(kind) or f"{home}{kind.__name__}"


def _whole(value: Any, *, symbolic: bool = False) -> bool:
    if isinstance(value, Tensor):
        if symbolic:
            return value._data.size == 1 and value._data.dtype.kind in "iub"
        return not value._data.ndim and value._data.dtype.kind in "iu" and not value._requires_grad
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _long(value: Any) -> bool:
    return isinstance(value, int) and not -LONG <= value < LONG


def _number(value: Any) -> bool:
    if isinstance(value, Tensor):
        return not value._data.ndim and not value._requires_grad
    return isinstance(value, (int, float, np.generic))


def _listed(parameter: Parameter, value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return not value or _whole(value[0], symbolic=True)
    return parameter.size > 0 and _whole(value, symbolic=True)


def _tensors(value: Any, place: int) -> bool:
    if not isinstance(value, (list, tuple)):
        return False
    for at, each in enumerate(value):
        if not isinstance(each, Tensor):
            raise TypeError(f"expected Tensor as element {at} in argument {place}, but got {type_name(each)}")
    return True


def _fits(parameter: Parameter, value: Any, called: str, place: int) -> bool:
    kind = parameter.kind
    if kind == "Tensor":
        return isinstance(value, Tensor) or (called in NUMBERS_TOO and isinstance(value, (int, float, np.generic)))
    if kind == "Tensors":
        return _tensors(value, place)
    if kind in ("ints", "pair"):
        return _listed(parameter, value)
    if kind == "int":
        return _whole(value)
    if kind in ("Number", "float"):
        return _number(value)
    if kind == "Device":
        return isinstance(value, (str, int, devices.Device))
    if kind == "dtype":
        return isinstance(value, dtypes.dtype)
    exact: tuple[type, ...] | None = {
        "indices": (list, tuple),
        "bool": (bool, np.bool_),
        "str": (str,),
        "Generator": (random.Generator,),
        "Layout": (storage.Layout,),
        "MemoryFormat": (storage.MemoryFormat,),
    }.get(kind)
    return exact is None or isinstance(value, exact)


def _parameters(text: str) -> tuple[Parameter, ...]:
    made: list[Parameter] = []
    keyword = False
    for part in text.replace("factory", FACTORY).split(", ") if text != "none" else ():
        if part == "*":
            keyword = True
            continue
        head, equals, default = part.partition("=")
        kind, _, name = head.rpartition(" ")
        none = kind.endswith("?") or default == "None"
        kind, _, size = kind.rstrip("?").partition("[")
        made.append(Parameter(name, kind, int(size.rstrip("]") or 0), none, default if equals else None, keyword))
    return tuple(made)


def _rows(table: str) -> dict[str, tuple[str, list[str]]]:
    """For each name of a table, how it is called in messages and its signatures."""
    found: dict[str, tuple[str, list[str]]] = {}
    names: list[str] = []
    texts: list[str] = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            texts.append(line.strip())
            continue
        if texts:
            names, texts = [], []
        for name in line.split():
            path, _, called = name.partition("=")
            names.append(path)
            found[path] = (called or path.rpartition(".")[2], texts)
    return found


def _as_method(text: str) -> str | None:
    """A function's signature as that of the method; None where it takes no tensor."""
    mark, parts = text[: text.startswith("!")], text.removeprefix("!").split(", ")
    own = next((each for each in ("Tensor input", "Tensor self") if each in parts), None)
    if own is None:
        return None
    parts.remove(own)
    parts = [each for each in parts if not each.endswith(" out=None")]
    if parts and parts[-1] == "*":
        parts.pop()
    return mark + (", ".join(parts) or "none")


@functools.cache
def _tables() -> tuple[dict[str, tuple[str, list[str]]], dict[str, tuple[str, list[str]]]]:
    return _rows(accepted.FUNCTIONS), _rows(accepted.METHODS)


@functools.cache
def signatures(name: str) -> tuple[Signature, ...]:
    """The signatures of a function, or of a method where the name begins with `Tensor.`; none where PyTorch reads its arguments otherwise."""
    functions, methods = _tables()
    if not name.startswith("Tensor."):
        called, texts = functions.get(name, (name, []))
    else:
        called = name.removeprefix("Tensor.")
        texts = methods[called][1] if called in methods else []
        if not texts:
            whole = functions.get(called) or functions.get(called.rstrip("_"), ("", []))
            texts = list(dict.fromkeys(filter(None, map(_as_method, whole[1]))))
    if texts == ["python"]:
        return ()
    return tuple([read(called, text) for text in texts])


def read(called: str, text: str) -> Signature:
    """The signature that a text of accepted.py stands for."""
    parameters = _parameters(text.removeprefix("!"))
    positional = sum(not each.keyword for each in parameters)
    least = sum(each.default is None for each in parameters)
    return Signature(called, parameters, not text.startswith("!"), positional, least)


def known(name: str) -> bool:
    """Whether there may be a signature for this name, told without reading any."""
    functions, methods = _tables()
    bare = name.removeprefix("Tensor.")
    return name in functions or (
        bare is not name and (bare in methods or bare in functions or bare.rstrip("_") in functions)
    )
