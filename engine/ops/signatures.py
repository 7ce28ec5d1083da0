"""PyTorch's words for arguments that none of an op's signatures takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.tensor import Tensor

BINARY = ("Tensor input, Tensor other, *, Tensor out = None", "Tensor input, Number other, *, Tensor out = None")
EXTREME = (
    "Tensor input, *, Tensor out = None",
    "Tensor input, Tensor other, *, Tensor out = None",
    "Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None",
)


def unmatched(op: str, values: Sequence[Any], signatures: Sequence[str]) -> TypeError:
    given = ", ".join("Tensor" if isinstance(value, Tensor) else type(value).__name__ for value in values)
    lines = "".join(f" * ({signature})\n" for signature in signatures)
    return TypeError(
        f"{op}() received an invalid combination of arguments - got ({given}), but expected one of:\n{lines}"
    )
