"""Sequences of different lengths in one row of steps: the first step of each, then the second of those that have one, and so on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from engine.application import apply
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

PACK = row(
    "pack_padded_sequence", "packed(input, counts, batch_first)", {"input": "unpacked(g, input.shape, counts, batch_first)"}, settings="counts batch_first",
    symbol="pack", spelled=("nn.utils.rnn.pack_padded_sequence",), samples=(((3, 2, 2), (2, 2, 1), False), ((2, 3, 2), (2, 1), True)),
    en="Every step gets its gradient back; what only padded gets zero.", zh="每一步取回自己的梯度；填充处为零。",
)  # fmt: skip


@spelled("internal.unpacked")
def unpacked(g: Tensor, shape: Sequence[int], counts: Sequence[int], batch_first: bool) -> Tensor:
    """Zeros with the steps back in their places, written step by step as PyTorch does."""
    batch, length, *rest = shape if batch_first else (shape[1], shape[0], *shape[2:])
    made: Any = Tensor(np.zeros((length, batch, *rest), g._data.dtype))
    start, steps = 0, cast(Any, g)
    for step, count in enumerate(counts[:length]):
        METHODS["copy_"](made[step][0:count], steps[start : start + count])
        start += count
    return METHODS["transpose"](made, 0, 1) if batch_first else made  # type: ignore[no-any-return]


def pack(input: Tensor, lengths: Tensor, batch_first: bool) -> tuple[Tensor, Tensor]:
    """The steps in one row, and how many sequences have each step. Raises RuntimeError and IndexError for lengths that do not fit."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"_pack_padded_sequence(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    if lengths._data.ndim != 1:
        raise RuntimeError(
            f"'lengths' argument should be a 1D CPU int64 tensor, but got {lengths._data.ndim}D cpu {lengths.dtype.scalar} tensor"
        )
    place, rank = (0 if batch_first else 1), input._data.ndim
    if not rank:
        raise IndexError(f"Dimension specified as {place} but tensor has no dimensions")
    if rank == 1:
        raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got 1)")
    if not input._data.size:
        raise RuntimeError("Cannot pack empty tensors.")
    batch, sizes = input._data.shape[place], lengths._data.astype(np.int64)
    if sizes.size != batch:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {sizes.size} (batch_size={batch})"
        )
    if int(sizes[-1]) <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if np.any(np.diff(sizes) > 0):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to "
            "pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability."
        )
    counts = np.searchsorted(-sizes, -np.arange(int(sizes[0])), "left")
    data: Tensor = apply(PACK, (input,), (tuple(map(int, counts)), batch_first))
    return data, Tensor(counts.astype(np.int64))


def pad(
    data: Tensor, counts: Sequence[int], batch_first: bool, padding_value: float, total: int
) -> tuple[Tensor, Tensor]:
    """The steps of each sequence in a row, filled up to `total`, and the lengths."""
    batch, rest = counts[0], data._data.shape[1:]
    made: Any = FUNCTIONS["full"]((total, batch, *rest), padding_value, dtype=data.dtype)
    start = before = 0
    lengths = np.zeros(batch, np.int64)
    rows: Any = data
    for step, after in enumerate((*counts[1:], 0), 1):
        count = counts[step - 1]
        if after == count:
            continue
        many = count * (step - before)
        part = METHODS["view"](rows[start : start + many], step - before, count, *rest)
        METHODS["copy_"](made[before:step][:, 0:count], part)
        lengths[after:count] = step
        start, before = start + many, step
    return (METHODS["transpose"](made, 0, 1) if batch_first else made), Tensor(lengths)
