"""A module that may be called: `engine.record()` is the function of that name, `engine.record.Trace` its neighbour."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class Doorway(ModuleType):
    """A module whose call is the call of the function that bears its last name."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self.__dict__[self.__name__.rpartition(".")[2]](*arguments, **keywords)


def open_door(name: str) -> None:
    """Make the module `name` callable."""
    sys.modules[name].__class__ = Doorway
