"""`torch.nn.utils.rnn`: sequences of different lengths in one tensor."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine import dtypes
from engine.nn import budget
from engine.ops import FUNCTIONS, METHODS, packing
from engine.ops.table import all_tensors
from engine.signatures import type_name
from engine.tensor import Tensor


class PackedSequence(NamedTuple):
    """Sequences of different lengths in one row of steps, how many have each step, and the order they were brought into and out of it."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


def sequence_of(
    data: Tensor, batch_sizes: Tensor | None = None, sorted_indices: Tensor | None = None, unsorted_indices: Tensor | None = None
) -> PackedSequence:  # fmt: skip
    """A packed sequence of these parts; the order back is found where it is not given. Raises ValueError for steps that are not counted."""
    if batch_sizes is None:
        raise ValueError("PackedSequence: give `batch_sizes`, how many sequences have each step")
    back = invert_permutation(sorted_indices) if unsorted_indices is None else unsorted_indices
    return PackedSequence(data, batch_sizes, sorted_indices, back)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The order that takes back a permutation."""
    if permutation is None:
        return None
    return METHODS["argsort"](permutation)  # type: ignore[no-any-return]


def counts_of(packed: Any) -> list[int]:
    """How many sequences have each step. Raises AttributeError for what is not packed, RuntimeError for counts that do not fit the data."""
    if not isinstance(packed, PackedSequence):
        raise AttributeError(f"'{type(packed).__name__}' object has no attribute 'batch_sizes'")
    data, sizes = packed.data, packed.batch_sizes
    fits = isinstance(data, Tensor) and isinstance(sizes, Tensor) and sizes._data.dtype.kind in "iu"
    if not fits or sizes._data.ndim != 1 or not sizes._data.size or data._data.ndim < 1:
        raise RuntimeError("PackedSequence: expected batch_sizes to be a row of whole numbers, and data to have steps")
    counts: list[int] = sizes.tolist()
    if counts[-1] < 1 or any(np.diff(counts) > 0) or sum(counts) > len(data._data):
        raise RuntimeError(
            f"PackedSequence: expected batch_sizes that do not grow, {len(data._data)} steps in all, but got {counts[:20]}"
        )
    budget.step(len(counts))
    return counts


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """The steps of padded sequences (length, batch, ...) in one row. Raises RuntimeError in PyTorch's words for lengths that do not fit.

    Without `enforce_sorted` the sequences are brought into order first, the longest ahead.
    """
    sizes = lengths if isinstance(lengths, Tensor) else FUNCTIONS["as_tensor"](lengths, dtype=dtypes.int64)
    order = None
    if not enforce_sorted:
        if not isinstance(input, Tensor):
            raise AttributeError(f"'{type(input).__name__}' object has no attribute 'index_select'")
        sizes, order = METHODS["sort"](sizes, descending=True)
        input = METHODS["index_select"](input, 0 if batch_first else 1, order)
    if sizes._data.size and sizes._data.dtype.kind in "iu":
        budget.step(max(int(sizes._data.max()), 0))
    data, counts = packing.pack(input, sizes, batch_first)
    return sequence_of(data, counts, order)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The sequences side by side again, filled up to the longest or to `total_length`, and their lengths. Raises ValueError for too short a one."""
    counts = counts_of(sequence)
    if total_length is not None and total_length < len(counts):
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {len(counts)}"
        )
    total = len(counts) if total_length is None else total_length
    budget.room(total * counts[0] * math.prod(sequence.data._data.shape[1:]))
    padded, lengths = packing.pad(sequence.data, counts, batch_first, padding_value, total)
    back = sequence.unsorted_indices
    if back is None:
        return padded, lengths
    return METHODS["index_select"](padded, 0 if batch_first else 1, back), METHODS["__getitem__"](lengths, back)


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """The steps of sequences in one row."""
    row = list(sequences)
    lengths = [each._data.shape[0] for each in row]
    return pack_padded_sequence(pad_sequence(row), lengths, enforce_sorted=enforce_sorted)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """Each sequence at its own length."""
    rows: Any = padded_sequences if batch_first else METHODS["transpose"](padded_sequences, 0, 1)
    budget.step(len(rows._data))
    return [rows[place][:length] for place, length in enumerate(lengths.tolist()[: len(rows._data)])]


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences that were packed."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences, batch_first=True), batch_first=True)


def pad_sequence(
    sequences: Sequence[Tensor],
    batch_first: bool = False,
    padding_value: Any = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """The sequences side by side, filled up to the longest: shape (length, count, ...), or (count, length, ...) where asked so."""
    if isinstance(padding_value, Tensor) and padding_value.ndim:
        raise TypeError("pad_sequence(): argument 'padding_value' (position 3) must be float, not Tensor")
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    row = list(sequences)
    if not row:
        raise RuntimeError("received an empty list of sequences")
    all_tensors(row)
    if not isinstance(batch_first, bool):
        raise TypeError(
            f"pad_sequence(): argument 'batch_first' (position 2) must be bool, not {type_name(batch_first)}"
        )
    if isinstance(padding_value, str):
        raise TypeError("pad_sequence(): argument 'padding_value' (position 3) must be float, not str")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    if not row[0].ndim:
        raise RuntimeError("ArrayRef: invalid slice, N = 1; size = 0")
    longest = max(each.shape[0] for each in row)
    rest = row[0].shape[1:]
    budget.room(len(row) * longest * math.prod(rest))
    size = (len(row), longest, *rest) if batch_first else (longest, len(row), *rest)
    result: Tensor = FUNCTIONS["full"](size, padding_value, dtype=row[0].dtype)
    select, narrow, copy = (METHODS[name] for name in ("select", "narrow", "copy_"))
    for place, each in enumerate(row):
        length = each.shape[0]
        start = longest - length if padding_side == "left" else 0
        if batch_first:
            copy(narrow(select(result, 0, place), 0, start, length), each)
        else:
            copy(select(narrow(result, 0, start, length), 1, place), each)
    return result


def _of_data(name: str) -> Callable[..., PackedSequence]:
    def method(packed: PackedSequence, *given: Any, **named: Any) -> PackedSequence:
        return packed._replace(data=METHODS[name](packed.data, *given, **named))

    return method


PACKED_METHODS = {name: _of_data(name) for name in ("to", "cpu", "double", "float", "half", "int", "long")}

FUNCTIONS_OF_RNN: dict[str, Callable[..., Any]] = {
    "PackedSequence": sequence_of,
    **{
        function.__name__: function
        for function in (
            invert_permutation, pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence, unpack_sequence, unpad_sequence,
        )
    },
}  # fmt: skip
