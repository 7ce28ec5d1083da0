"""`torch.nn.functional`, by the names in the op table."""

from __future__ import annotations

from typing import Any

from engine.ops import FUNCTIONS


def __getattr__(name: str) -> Any:
    full = f"nn.functional.{name}"
    if full in FUNCTIONS:
        return FUNCTIONS[full]
    raise AttributeError(f"module 'torch.nn.functional' has no attribute '{name}'")
