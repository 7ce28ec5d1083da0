"""`torch.special`: the names in the op table that begin so."""

from typing import Any

from engine.ops import FUNCTIONS


def __getattr__(name: str) -> Any:
    if f"special.{name}" in FUNCTIONS:
        return FUNCTIONS[f"special.{name}"]
    raise AttributeError(f"module 'torch.special' has no attribute '{name}'")
