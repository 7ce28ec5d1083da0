"""Modules made of modules: Sequential, ModuleList, ModuleDict; and ParameterList of parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import inf
from typing import Any, TypeVar

from engine.nn import budget, module_text
from engine.nn.module import Module, adopt, kind_of
from engine.nn.parameter import Parameter
from engine.nn.tree import full_name

Row = TypeVar("Row", bound="_Row")
Item = TypeVar("Item")


def _all(items: Collection[Item]) -> list[Item]:
    """The items as a list, for a unit of fuel and one more for every twenty."""
    budget.step(1 + len(items) // 20)
    return list(items)


def _pairs(name: str, given: Any, called: str = "") -> list[tuple[Any, Any]]:
    """The keys and values of a dict, or of a list of pairs. Raises TypeError or ValueError where it is neither."""
    if isinstance(given, (dict, ModuleDict, ParameterDict)):
        return list(given.items())
    if not isinstance(given, Iterable):
        raise TypeError(
            f"{called or name}.update should be called with an iterable of key/value pairs, but got {kind_of(given)}"
        )
    pairs = list(given)
    for place, pair in enumerate(pairs):
        if not isinstance(pair, Iterable):
            raise TypeError(f"{name} update sequence element #{place} should be Iterable; is{kind_of(pair)}")
        if len(tuple(pair)) != 2:
            raise ValueError(f"{name} update sequence element #{place} has length {len(tuple(pair))}; 2 is required")
    return pairs


def _listed(name: str, given: Any) -> list[Any]:
    """What is added to the end of a list. Raises TypeError for what cannot be looped over."""
    if not isinstance(given, Iterable):
        raise TypeError(f"{name}.extend should be called with an iterable, but got {kind_of(given)}")
    return list(given)


def _place(size: int, index: Any) -> int:
    """Where an index points among so many, counted from the front. Raises TypeError for what is no integer, IndexError for what is outside."""
    if not isinstance(index, int):
        raise TypeError(f"'{kind_of(index)}' object cannot be interpreted as an integer")
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of range")
    return index % size


class _Row(Module):
    """Children called "0", "1", ... in order."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(_all(self._modules.values()))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)._of(list(self)[index])
        return list(self)[_place(len(self), index)]

    def __add__(self: Row, other: Iterable[Module]) -> Row:
        if not isinstance(other, Iterable):
            raise TypeError(f"'{kind_of(other)}' object is not iterable")
        return type(self)._of([*self, *other])

    def __iadd__(self: Row, other: Iterable[Module]) -> Row:
        return self.extend(other)

    def __setitem__(self, index: int, module: Module) -> None:
        name = _all(self._modules)[_place(len(self), index)]
        if not isinstance(module, Module):
            raise TypeError(
                f"cannot assign '{full_name(module)}' as child module '{name}' (torch.nn.Module or None expected)"
            )
        adopt(self, name, module)

    def __delitem__(self, index: Any) -> None:
        left = list(self)
        del left[index if isinstance(index, slice) else _place(len(self), index)]
        self._modules.clear()
        for module in left:
            self.append(module)

    @classmethod
    def _of(cls: type[Row], modules: list[Module]) -> Row:
        made: Row = cls()
        for module in modules:
            made.append(module)
        return made

    def append(self: Row, module: Module) -> Row:
        """Add a child at the end. Raises TypeError for what is no Module."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self: Row, modules: Iterable[Module]) -> Row:
        """Add children at the end. Raises TypeError for what is no Module."""
        for module in _listed(self._get_name(), modules):
            self.append(module)
        return self

    def insert(self: Row, index: int, module: Module) -> Row:
        """Add a child before the place `index`. Raises TypeError for what is no Module."""
        if not isinstance(module, Module):
            raise TypeError(f"{full_name(module)} is not a Module subclass")
        row = list(self)
        row.insert(index, module)
        self._modules.clear()
        return self.extend(row)

    def pop(self, index: int = -1) -> Module:
        """Take a child out."""
        found: Module = self[index]
        del self[index]
        return found


class Sequential(_Row):
    """Calls its children one after the other, each with what the one before gave."""

    def __init__(self, *args: Any) -> None:
        """Raises TypeError for what is no Module."""
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], dict) else enumerate(args)
        for name, module in named:
            self.add_module(str(name), module)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(dict(_all(self._modules.items())[index]))
        return super().__getitem__(index)

    def __delitem__(self, index: Any) -> None:
        """Take children out; those that are left keep an order, and names that had been given them go."""
        names = _all(self._modules)
        gone = names[index] if isinstance(index, slice) else [names[_place(len(names), index)]]
        for name in gone:
            del self._modules[name]
        left = list(self)
        budget.step(len(left) // 8)
        self._modules.clear()
        self._modules.update({str(place): module for place, module in enumerate(left)})

    def __add__(self, other: Any) -> Sequential:
        if not isinstance(other, Sequential):
            raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
        return super().__add__(other)

    def __iadd__(self, other: Any) -> Sequential:
        if not isinstance(other, Sequential):
            raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
        return self.extend(other)

    def __mul__(self, other: Any) -> Sequential:
        """The children `other` times over: the same ones, not copies."""
        return self._of(self._times(other))

    __rmul__ = __mul__

    def __imul__(self, other: Any) -> Sequential:
        return self.extend(self._times(other)[len(self) :])

    def _times(self, other: Any) -> list[Module]:
        if not isinstance(other, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(other)}")
        if other <= 0:
            raise ValueError(f"Non-positive multiplication factor {other} for {type(self)}")
        budget.step(len(self) * other)
        return list(self) * other

    def insert(self, index: int, module: Module) -> Sequential:
        """Add a child before the place `index`. Raises AssertionError for what is no Module, IndexError for a place outside."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not isinstance(index, int):
            raise TypeError(f"'<=' not supported between instances of 'int' and '{kind_of(index)}'")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        return super().insert(index, module)

    def forward(self, input: Any) -> Any:
        for module in self:
            input = module._call((input,), {})
        return input


class ModuleList(_Row):
    """A list whose items are children; it is not called."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        """Raises TypeError for what is no Module."""
        super().__init__()
        self.extend(() if modules is None else modules)

    def _text(self, room: float = inf) -> str:
        budget.step()
        with budget.nested:
            texts = ["None" if module is None else module._told_within(room) for module in self]
        text = module_text.block(self._get_name(), "", module_text.listed(texts))
        budget.step(1 + sum(map(len, texts)) // 20)
        return text


class ModuleDict(Module):
    """A dict whose values are children; it is not called."""

    def __init__(self, modules: dict[str, Module] | None = None) -> None:
        """Raises TypeError for what is no Module."""
        super().__init__()
        self.update(modules or {})

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(_all(self._modules))

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def keys(self) -> list[str]:
        return _all(self._modules)

    def values(self) -> list[Any]:
        return _all(self._modules.values())

    def items(self) -> list[tuple[str, Any]]:
        return _all(self._modules.items())

    def update(self, modules: dict[str, Module]) -> None:
        """Add the children of a dict. Raises TypeError for what is no Module."""
        for key, module in _pairs(self._get_name(), modules):
            self[key] = module

    def pop(self, key: str) -> Any:
        """Take a child out."""
        return self._modules.pop(key)

    def clear(self) -> None:
        """Take all of them out."""
        self._modules.clear()


class ParameterList(Module):
    """A list whose items are parameters."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterList should not be called.")

    def __iadd__(self, values: Iterable[Any]) -> ParameterList:
        return self.extend(values)

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self.extend(() if values is None else values)

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Any]:
        return iter(_all(self._parameters.values()))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return ParameterList(list(self)[index])
        return list(self)[_place(len(self), index)]

    def __setitem__(self, index: int, value: Any) -> None:
        self._parameters[str(_place(len(self), index))] = value if isinstance(value, Parameter) else Parameter(value)

    def append(self, value: Any) -> ParameterList:
        """Add a tensor at the end, as a parameter."""
        self.register_parameter(str(len(self)), value if isinstance(value, Parameter) else Parameter(value))
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        for value in _listed(self._get_name(), values):
            self.append(value)
        return self

    def extra_repr(self) -> str:
        return "\n".join(
            f"  ({name}): Parameter containing: [torch.{param.dtype.name} of size {'x'.join(map(str, param.shape))}]"
            for name, param in self._parameters.items()
            if param is not None
        )


class ParameterDict(Module):
    """A dict whose values are parameters."""

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self.update({} if parameters is None else parameters)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterDict should not be called.")

    def __or__(self, other: Any) -> ParameterDict:
        made = self.copy()
        made.update(other)
        return made

    def __ior__(self, other: Any) -> ParameterDict:
        self.update(other)
        return self

    def __reversed__(self) -> Iterator[str]:
        return reversed(_all(self._parameters))

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(_all(self._parameters))

    def __contains__(self, key: object) -> bool:
        return key in self._parameters

    def __getitem__(self, key: str) -> Any:
        self._key(key)
        if key not in self._parameters:
            raise AttributeError(f"'ParameterDict' object has no attribute '{key}'")
        return self._parameters[key]

    @staticmethod
    def _key(key: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(
                f"Index given to ParameterDict cannot be used as a key as it is not a string (type is '{kind_of(key)}'). Open an issue on "
                "github if you need non-string keys."
            )

    def __setitem__(self, key: str, value: Any) -> None:
        self._key(key)
        self.register_parameter(key, value if isinstance(value, Parameter) else Parameter(value))

    def __delitem__(self, key: str) -> None:
        del self._parameters[key]

    def copy(self) -> ParameterDict:
        """A dict of its own that holds the same parameters."""
        return type(self)(_all(self._parameters.items()))

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A dict of these keys, each with a parameter over the memory of `default`."""
        return ParameterDict([(key, default) for key in keys])

    def popitem(self) -> tuple[str, Any]:
        """Take out the parameter that came last, with its key. Raises KeyError where there is none."""
        if not self._parameters:
            raise KeyError("popitem(): dictionary is empty")
        return self._parameters.popitem()

    def keys(self) -> list[str]:
        return _all(self._parameters)

    def values(self) -> list[Any]:
        return _all(self._parameters.values())

    def items(self) -> list[tuple[str, Any]]:
        return _all(self._parameters.items())

    def get(self, key: str, default: Any = None) -> Any:
        """The parameter, or `default` where there is none of that name."""
        return self._parameters.get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The parameter, made of `default` where there is none of that name."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, parameters: Any) -> None:
        """Add the tensors of a dict, in the order of its keys, or of a list of pairs, as parameters. Raises TypeError and ValueError for another."""
        pairs = _pairs(self._get_name(), parameters, "ParametersDict")
        for key, value in sorted(pairs, key=lambda pair: pair[0]) if type(parameters) is dict else pairs:
            self[key] = value

    def pop(self, key: str) -> Any:
        """Take a parameter out."""
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Take all of them out."""
        self._parameters.clear()

    def extra_repr(self) -> str:
        return "\n".join(
            f"  ({name}): Parameter containing: [{param.dtype.legacy} of size {'x'.join(map(str, param.shape))}]"
            for name, param in self._parameters.items()
            if param is not None
        )


OPERATED: dict[tuple[type, str], Any] = {
    **{(kind, "Add"): kind.__add__ for kind in (Sequential, ModuleList)},
    **{(kind, "+="): kind.__iadd__ for kind in (Sequential, ModuleList, ParameterList)},
    (Sequential, "Mult"): Sequential.__mul__,
    (Sequential, "*="): Sequential.__imul__,
    (ParameterDict, "BitOr"): ParameterDict.__or__,
    (ParameterDict, "|="): ParameterDict.__ior__,
}
"""The operators that they stand on the left of."""
LAYERS: tuple[type[Module], ...] = (Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict)
