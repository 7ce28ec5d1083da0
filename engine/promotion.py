"""Operands brought to one dtype, by PyTorch's categories and not by NumPy's widths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import dtypes
from engine.tensor import Tensor


def promoted(inputs: Sequence[Any], values: list[Any]) -> list[Any]:
    """Operands in the one dtype that PyTorch would compute in; Python numbers stay numbers where they do not change it."""
    arrays = [value for item, value in zip(inputs, values, strict=True) if isinstance(item, Tensor)]
    numbers = [value for item, value in zip(inputs, values, strict=True) if not isinstance(item, Tensor)]
    first = arrays[0].dtype
    if not numbers:
        if all(array.dtype == first for array in arrays):
            return values
    elif len(arrays) == 1 and (first.kind == "f" or (first.kind in "iu" and not isinstance(numbers[0], float))):
        return values if first.kind == "f" else [wrapped(value, first) for value in values]
    kind = dtypes.result_type(arrays, numbers).numpy
    return [
        value.astype(kind)
        if isinstance(item, Tensor)
        else kind.type(value)
        if kind.kind == "b" or isinstance(value, bool)
        else value
        for item, value in zip(inputs, values, strict=True)
    ]


def wrapped(value: Any, kind: Any) -> Any:
    """A whole number as memory of this dtype holds it: what is too great comes round again."""
    if value.__class__ is not int or kind.kind not in "iu":
        return value
    ends = np.iinfo(kind)
    return (
        value if ends.min <= value <= ends.max else (value - int(ends.min)) % 2 ** (8 * kind.itemsize) + int(ends.min)
    )
