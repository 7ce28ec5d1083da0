"""Shell: a module whose forward is a plain callable, for classes that are not Python's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from engine.nn.module import Module, lookup, register

OWN = ("_name", "_forward", "_extra_repr", "_own", "owner", "core")


class Shell(Module):
    """A module named `name` whose `forward` and text are given as callables; `owner` is the maker's own, untouched here.

    What else of its class PyTorch calls is in `own`, by name: `train`, its text, what gives and takes its extra state, and a parametrization's
    `right_inverse`.

    With a `core`, a layer of the engine's own, the two are one module seen in two ways: they share parameters, buffers, children,
    hooks and mode, and what is not given comes from the core.
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any] | None = None,
        extra_repr: Callable[[], str] | None = None,
        owner: Any = None,
        core: Module | None = None,
        own: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        if core is None:
            super().__init__()
        else:
            object.__setattr__(self, "__dict__", core.__dict__)
        self.__dict__.update(
            _name=name, _forward=forward, _extra_repr=extra_repr, _own=own or {}, owner=owner, core=core
        )

    @property
    def right_inverse(self) -> Callable[..., Any] | None:
        """The way back of a parametrization, where its class has one."""
        return self._of_class("right_inverse")

    def train(self, mode: bool = True) -> Shell:
        """As its class does it, where it does."""
        given = self._of_class("train")
        if given is None:
            return super().train(mode)
        given(mode)
        return self

    def _of_class(self, name: str) -> Callable[..., Any] | None:
        found: Callable[..., Any] | None = self.__dict__["_own"].get(name)
        return found

    def take_state(self, other: Shell, copied: Callable[[Any], Any]) -> None:
        """Take parameters, buffers, children, hooks and mode of another, as `copied` makes them, and a core of the same kind."""
        state = self.__dict__
        state.update({name: copied(held) for name, held in other.__dict__.items() if name not in OWN})
        if other.core is not None:
            state["core"] = core = object.__new__(type(other.core))
            object.__setattr__(core, "__dict__", state)

    def register(self, name: str, value: Any) -> bool:
        """Whether `value` was taken as a parameter, buffer or child of this name; see `engine.nn.module.register`."""
        return register(self, name, value)

    def lookup(self, name: str) -> Any:
        """The parameter, buffer or child of this name, or `training`; else `ABSENT`."""
        return lookup(self, name)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        given, core = self.__dict__["_forward"], self.__dict__["core"]
        if given is not None:
            return given(*args, **kwargs)
        return super().forward(*args, **kwargs) if core is None else core.counted(*args, **kwargs)

    def extra_repr(self) -> str:
        given, core = self.__dict__["_extra_repr"], self.__dict__["core"]
        return str(given()) if given is not None else "" if core is None else core.extra_repr()

    def _text(self, room: float = inf) -> str:
        core = self.__dict__["core"]
        if core is None or self.__dict__["_extra_repr"] is not None:
            return super()._text(room)
        return self._get_name() + str(core._text(room)).removeprefix(core._get_name())

    def _told_within(self, room: float) -> str:
        given = self._of_class("__repr__")
        return self._text(room) if given is None else str(given())

    def _get_name(self) -> str:
        return str(self.__dict__["_name"])
