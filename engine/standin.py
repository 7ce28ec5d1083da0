"""What stands for a value of a program that the engine knows nothing of: its type bears the value's own name, for words of errors."""

from __future__ import annotations

import functools
from typing import Any


class Standin:
    """Holds the value, which goes back to the program as it is; its class is made by `standing`."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


@functools.lru_cache(maxsize=1000)
def standing(home: str, name: str) -> type[Standin]:
    """The class of stand-ins for values of a type of this name, of the module `home`; it stands for the type itself too."""
    return type(name, (Standin,), {"__slots__": (), "__module__": home})


def stands(name: str) -> bool:
    """Whether there are stand-ins of a type of this name."""
    return any(kind.__name__ == name for kind in Standin.__subclasses__())


def typename(value: Any, otherwise: str) -> str:
    """The full name of a function, a class or a stand-in, as `torch.typename` tells it; `otherwise` of all else."""
    of = type(value) if isinstance(value, Standin) else value
    home = of.__module__ if callable(of) or isinstance(of, type) else "builtins"
    if home == "builtins" or home.startswith("engine."):
        return otherwise
    return f"{home}.{of.__qualname__}"
