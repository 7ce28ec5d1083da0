"""`torch.nn.functional`: the names in the op table, and the functions composed of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from engine.nn.composed import COMPOSED
from engine.ops import FUNCTIONS
from engine.refusals import spoken


class _Offered(dict[str, Callable[..., Any]]):
    """By its path, each function as a program calls it: what is wrong with its arguments is said as PyTorch says it."""

    def __missing__(self, name: str) -> Callable[..., Any]:
        self[name] = spoken(name, FUNCTIONS if name in FUNCTIONS else COMPOSED)
        return self[name]


OFFERED = _Offered()


def __getattr__(name: str) -> Any:
    full = f"nn.functional.{name}"
    if full in FUNCTIONS or full in COMPOSED:
        # From now on it stands in the module and is found without a call.
        found = sys.modules[__name__].__dict__[name] = OFFERED[full]
        return found
    raise AttributeError(f"module 'torch.nn.functional' has no attribute '{name}'")
