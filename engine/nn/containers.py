"""Modules made of modules: Sequential, ModuleList, ModuleDict; and ParameterList of parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
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


def _pairs(name: str, given: Any) -> list[tuple[Any, Any]]:
    """The keys and values of a dict, or of a list of pairs. Raises TypeError or ValueError where it is neither."""
    if isinstance(given, dict):
        return list(given.items())
    if not isinstance(given, Iterable):
        raise TypeError(f"{name}.update should be called with an iterable of key/value pairs, but got {kind_of(given)}")
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
        return type(self)._of([*self, *other])

    def __setitem__(self, index: int, module: Module) -> None:
        name = _all(self._modules)[_place(len(self), index)]
        if not isinstance(module, Module):
            raise TypeError(
                f"cannot assign '{full_name(module)}' as child module '{name}' (torch.nn.Module or None expected)"
            )
        adopt(self, name, module)

    def __delitem__(self, index: int) -> None:
        left = list(self)
        del left[_place(len(self), index)]
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

    def __add__(self, other: Any) -> Sequential:
        if not isinstance(other, Sequential):
            raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
        return super().__add__(other)

    def forward(self, input: Any) -> Any:
        for module in self:
            input = module._call((input,), {})
        return input


def children_of(module: Module) -> ModuleDict:
    """The children of a module as a dict: what goes in or out there goes in or out of the module."""
    view = ModuleDict()
    view.__dict__["_modules"] = module._modules
    return view


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

    def __init__(self, parameters: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.update({} if parameters is None else parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(_all(self._parameters))

    def __contains__(self, key: object) -> bool:
        return key in self._parameters

    def __getitem__(self, key: str) -> Any:
        if key not in self._parameters:
            raise AttributeError(f"'ParameterDict' object has no attribute '{key}'")
        return self._parameters[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.register_parameter(key, value if isinstance(value, Parameter) else Parameter(value))

    def __delitem__(self, key: str) -> None:
        del self._parameters[key]

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

    def update(self, parameters: dict[str, Any]) -> None:
        """Add the tensors of a dict, as parameters."""
        for key, value in dict(parameters).items():
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


LAYERS: tuple[type[Module], ...] = (Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict)
ROW_METHODS: dict[str, Callable[..., Any]] = {
    "append": _Row.append,
    "extend": _Row.extend,
    "insert": _Row.insert,
    "pop": _Row.pop,
}
