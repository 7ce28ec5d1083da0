"""PyTorch's words for arguments that none of an op's signatures takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.signatures import read
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


def handed(called: str, text: str, *given: Any, **named: Any) -> None:
    """Raises TypeError where a function that PyTorch has in Python would hand on what the one `called` within it does not take."""
    signature = read(called, text)
    told = signature.refusal(given, named) or signature.unpacked(given, named)
    if told is not None:
        raise TypeError(told)
