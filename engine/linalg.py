"""`torch.linalg`: the names in the op table that begin so."""

from typing import Any

from engine.ops import FUNCTIONS
from engine.refusals import spoken


def __getattr__(name: str) -> Any:
    if f"linalg.{name}" in FUNCTIONS:
        return spoken(f"linalg.{name}", FUNCTIONS)
    raise AttributeError(f"module 'torch.linalg' has no attribute '{name}'")
