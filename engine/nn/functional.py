"""`torch.nn.functional`: the names in the op table, and the functions composed of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.nn.composed import COMPOSED
from engine.ops import FUNCTIONS
from engine.refusals import spoken


def call(name: str) -> Callable[..., Any]:
    """The function of this name: a row's own where there is one. Raises KeyError where there is none."""
    full = f"nn.functional.{name}"
    return FUNCTIONS[full] if full in FUNCTIONS else COMPOSED[full]


def __getattr__(name: str) -> Any:
    full = f"nn.functional.{name}"
    if full in FUNCTIONS or full in COMPOSED:
        return spoken(full, FUNCTIONS if full in FUNCTIONS else COMPOSED)
    raise AttributeError(f"module 'torch.nn.functional' has no attribute '{name}'")
