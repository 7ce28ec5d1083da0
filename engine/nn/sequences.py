"""`torch.nn.utils.rnn`: sequences of different lengths in one tensor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from engine.nn import budget
from engine.ops import FUNCTIONS
from engine.tensor import Tensor


def pad_sequence(
    sequences: Sequence[Tensor],
    batch_first: bool = False,
    padding_value: float | Tensor = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """The sequences side by side, filled up to the longest: shape (length, count, ...), or (count, length, ...) where asked so."""
    if isinstance(padding_value, Tensor) and padding_value.ndim:
        raise TypeError("pad_sequence(): argument 'padding_value' (position 3) must be float, not Tensor")
    row = list(sequences)
    longest = max(each.shape[0] for each in row)
    rest = row[0].shape[1:]
    budget.room(len(row) * longest * math.prod(rest))
    filled = []
    for each in row:
        missing = longest - each.shape[0]
        ends = (0, missing) if padding_side == "right" else (missing, 0)
        filled.append(FUNCTIONS["nn.functional.pad"](each, (0, 0) * len(rest) + ends, "constant", padding_value))
    result: Tensor = FUNCTIONS["stack"](filled, 0 if batch_first else 1)
    return result


FUNCTIONS_OF_RNN: dict[str, Callable[..., Any]] = {"pad_sequence": pad_sequence}
