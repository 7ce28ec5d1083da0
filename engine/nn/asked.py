"""What PyTorch's layers ask their input for first: a list in the place of a tensor is refused for not having it, in Python's words."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.signatures import type_name

ASKED: dict[str, str] = {
    "Flatten": "flatten",
    "Unflatten": "unflatten",
    "TransformerEncoderLayer": "dtype",
    **dict.fromkeys(("LazyLinear", "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d"), "shape"),
    **dict.fromkeys(
        ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d",
         "InstanceNorm3d", "MultiheadAttention", "Upsample", "Softmax2d", "EmbeddingBag"),
        "dim",
    ),
}  # fmt: skip
OF_ARRAYS = frozenset(("dtype", "flatten", "shape"))
"""What an array of NumPy's has too."""
PLAIN = frozenset({list, tuple, dict, str, int, float, bool, type(None), np.ndarray})


def refuse(name: str, input: Any) -> None:
    """Raises AttributeError where a plain value is given to a layer of this name that asks it for what a tensor has."""
    if type(input) in PLAIN and name in ASKED and not (isinstance(input, np.ndarray) and ASKED[name] in OF_ARRAYS):
        raise AttributeError(f"'{type_name(input)}' object has no attribute '{ASKED[name]}'")
