"""Table: the children of a module by name, as the dict that `_modules` is: what goes in or out there goes in or out of the module."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from engine.nn import budget
from engine.nn.module import Module, adopt, kind_of


class Table:
    """The children of one module. What is no module raises TypeError."""

    __slots__ = ("_module",)

    def __init__(self, module: Module) -> None:
        self._module = module

    @property
    def _held(self) -> dict[str, Any]:
        held: dict[str, Any] = self._module._modules
        budget.step(1 + len(held) // 20)
        return held

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._held))

    def __getitem__(self, name: str) -> Any:
        return self._held[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if not isinstance(name, str) or not (value is None or isinstance(value, Module)):
            raise TypeError(f"_modules holds a Module or None under a string, not {kind_of(value)}")
        adopt(self._module, name, value)

    def __delitem__(self, name: str) -> None:
        del self._held[name]

    def keys(self) -> list[str]:
        return list(self._held)

    def values(self) -> list[Any]:
        return list(self._held.values())

    def items(self) -> list[tuple[str, Any]]:
        return list(self._held.items())

    def get(self, name: str, default: Any = None) -> Any:
        return self._held.get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        return self._held.pop(name, *default)

    def clear(self) -> None:
        self._held.clear()

    def update(self, others: dict[str, Any]) -> None:
        for name, value in dict(others).items():
            self[name] = value

    def __repr__(self) -> str:
        pairs = self.items()
        texts = [f"{name!r}: {_shown(value)}" for name, value in pairs]
        budget.step(sum(map(len, texts)) // 20)
        return "{" + ", ".join(texts) + "}"


def _shown(value: Any) -> str:
    return value._told_within(inf) if isinstance(value, Module) else repr(value)


METHODS = ("keys", "values", "items", "get", "pop", "clear", "update")
