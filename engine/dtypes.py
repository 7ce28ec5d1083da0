"""PyTorch's dtypes and its rules of promotion, which are not NumPy's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Category = Literal[0, 1, 2]
BOOL: Category = 0
INTEGER: Category = 1
FLOAT: Category = 2


@dataclass(frozen=True, slots=True, eq=False)
class dtype:  # noqa: N801
    """One of PyTorch's dtypes: its name, NumPy's dtype, its category and the words error messages use."""

    name: str
    numpy: Any
    category: Category
    scalar: str
    itemsize: int

    @property
    def is_floating_point(self) -> bool:
        return self.category == FLOAT

    @property
    def legacy(self) -> str:
        """The tensor type of PyTorch's messages, such as `torch.FloatTensor`."""
        return f"torch.{self.scalar}Tensor"

    @property
    def cpp(self) -> str:
        """C++'s name of it, which some messages tell."""
        return _CPP.get(self.name, self.name)

    def __repr__(self) -> str:
        return f"torch.{self.name}"


_CPP = {
    "float16": "c10::Half", "float32": "float", "float64": "double", "int8": "signed char", "uint8": "unsigned char", "int16": "short int",
    "int32": "int", "int64": "long int",
}  # fmt: skip


def _make(name: str, category: Category, scalar: str) -> dtype:
    kind = np.dtype(name)
    return dtype(name, kind, category, scalar, kind.itemsize)


float16 = _make("float16", FLOAT, "Half")
float32 = _make("float32", FLOAT, "Float")
float64 = _make("float64", FLOAT, "Double")
int8 = _make("int8", INTEGER, "Char")
int16 = _make("int16", INTEGER, "Short")
int32 = _make("int32", INTEGER, "Int")
int64 = _make("int64", INTEGER, "Long")
uint8 = _make("uint8", INTEGER, "Byte")
bool_ = _make("bool", BOOL, "Bool")

DTYPES = {
    "float32": float32,
    "float": float32,
    "float64": float64,
    "double": float64,
    "float16": float16,
    "half": float16,
    "int64": int64,
    "long": int64,
    "int32": int32,
    "int": int32,
    "int16": int16,
    "short": int16,
    "int8": int8,
    "uint8": uint8,
    "bool": bool_,
}
OF_NUMPY: dict[Any, dtype] = {kind.numpy: kind for kind in DTYPES.values()}

_default = float32
one: Any = np.float32(1)
"""The number one in the default dtype."""


def get_default_dtype() -> dtype:
    """The dtype that Python floats and factory functions give."""
    return _default


def set_default_dtype(kind: dtype, /) -> None:
    """Make `kind` what Python floats and factory functions give. Raises TypeError for a dtype that is not floating point."""
    global _default, one
    if not isinstance(kind, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not kind.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _default, one = kind, kind.numpy.type(1)


def of(kind: Any) -> dtype:
    """The dtype of a NumPy dtype. Raises TypeError where PyTorch has none."""
    found = OF_NUMPY.get(kind)
    if found is None:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{kind}. The only supported types are: "
            "float64, float32, float16, int64, int32, int16, int8, uint8, and bool."
        )
    return found


def of_number(value: float) -> dtype:
    """The dtype that a Python number gives to a tensor made of it."""
    if isinstance(value, bool):
        return bool_
    return int64 if isinstance(value, int) else _default


def promote(first: dtype, second: dtype) -> dtype:
    """The dtype of two tensors of equal standing."""
    if first is second:
        return first
    if first.category != second.category:
        return first if first.category > second.category else second
    return OF_NUMPY[np.promote_types(first.numpy, second.numpy)]


def result_type(arrays: Iterable[Any], numbers: Iterable[float]) -> dtype:
    """The dtype of an operation: arrays with dimensions decide; 0-d values and numbers only raise the category."""
    ranks: list[dtype | None] = [None, None, None]
    for array in arrays:
        rank = 0 if array.ndim else 1
        kind, known = of(array.dtype), ranks[rank]
        ranks[rank] = kind if known is None else promote(known, kind)
    for number in numbers:
        kind, known = of_number(number), ranks[2]
        ranks[2] = kind if known is None else promote(known, kind)
    result: dtype | None = None
    for found in ranks:
        if found is not None and (result is None or found.category > result.category):
            result = found
    assert result is not None
    return result
