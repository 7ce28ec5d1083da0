"""`torch.special`: the names in the op table that begin so."""

from typing import Any

from engine.ops import FUNCTIONS
from engine.refusals import spoken


def __getattr__(name: str) -> Any:
    if f"special.{name}" in FUNCTIONS:
        return spoken(f"special.{name}", FUNCTIONS)
    raise AttributeError(f"module 'torch.special' has no attribute '{name}'")
