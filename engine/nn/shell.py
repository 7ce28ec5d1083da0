"""Shell: a module whose forward is a plain callable, for classes that are not Python's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.nn.module import Module, lookup, register


class Shell(Module):
    """A module named `name` whose `forward` and text are given as callables; `owner` is the maker's own, untouched here."""

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any] | None = None,
        extra_repr: Callable[[], str] | None = None,
        owner: Any = None,
    ) -> None:
        super().__init__()
        self.__dict__.update(_name=name, _forward=forward, _extra_repr=extra_repr, owner=owner)

    def take_state(self, other: Shell, copied: Callable[[Any], Any]) -> None:
        """Take parameters, buffers, children, hooks and mode of another, as `copied` makes them."""
        own = ("_name", "_forward", "_extra_repr", "owner")
        self.__dict__.update({name: copied(held) for name, held in other.__dict__.items() if name not in own})

    def register(self, name: str, value: Any) -> bool:
        """Whether `value` was taken as a parameter, buffer or child of this name; see `engine.nn.module.register`."""
        return register(self, name, value)

    def lookup(self, name: str) -> Any:
        """The parameter, buffer or child of this name, or `training`; else `ABSENT`."""
        return lookup(self, name)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        given = self.__dict__["_forward"]
        return super().forward(*args, **kwargs) if given is None else given(*args, **kwargs)

    def extra_repr(self) -> str:
        given = self.__dict__["_extra_repr"]
        return "" if given is None else str(given())

    def _get_name(self) -> str:
        return str(self.__dict__["_name"])
