"""Nested Python data read as PyTorch reads it: first its shape, then the dtype that it suggests, then its numbers."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.signatures import OVERFLOW, type_name
from engine.tensor import Tensor

LISTS = (list, tuple, range)
PLAIN = frozenset({bool, int, float})


def numbers(data: Any, dtype: dtypes.dtype | None) -> Any:
    """An array of the data in a dtype, or in the one that it suggests. Raises TypeError, ValueError or RuntimeError in PyTorch's words."""
    shape = _shape(data)
    found: list[Any] = []
    _gather(data, shape, 0, found)
    kind = dtype or _suggested(found)
    if not PLAIN.issuperset(map(type, found)):
        found = [_number(each, kind) for each in found]
    if kind.numpy.kind in "iu":
        found = _whole(found, kind)
    try:
        return np.array(found, dtype=kind.numpy).reshape(shape)
    except OverflowError:
        raise OverflowError("int too large to convert to float") from None


def _shape(data: Any) -> tuple[int, ...]:
    shape = []
    while isinstance(data, LISTS) or (isinstance(data, np.ndarray) and data.ndim):
        shape.append(len(data))
        if not len(data):
            return tuple(shape)
        data = data[0]
    if shape and isinstance(data, str):
        raise ValueError("too many dimensions 'str'")
    return tuple(shape)


def _gather(data: Any, shape: tuple[int, ...], depth: int, into: list[Any]) -> None:
    if depth == len(shape):
        into.append(data)
    elif not isinstance(data, (*LISTS, np.ndarray)):
        raise TypeError("new(): invalid data type 'str'" if isinstance(data, str) else "not a sequence")
    elif shape[depth] and len(data) != shape[depth]:
        raise ValueError(f"expected sequence of length {shape[depth]} at dim {depth} (got {len(data)})")
    elif shape[depth] and depth == len(shape) - 1:
        into.extend(data)
    elif shape[depth]:
        for part in data:
            _gather(part, shape, depth + 1, into)


def _suggested(found: list[Any]) -> dtypes.dtype:
    kinds = set(map(type, found))
    if not found or (float in kinds and PLAIN.issuperset(kinds)):
        return dtypes.get_default_dtype()
    if PLAIN.issuperset(kinds):
        return dtypes.int64 if int in kinds else dtypes.bool_
    return functools.reduce(dtypes.promote, map(_kind, found))


def _kind(value: Any) -> dtypes.dtype:
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        return dtypes.of(value._data.dtype if isinstance(value, Tensor) else value.dtype)
    if isinstance(value, (bool, int, float)):
        return dtypes.of_number(value)
    if isinstance(value, LISTS):
        return _suggested(list(value))
    if isinstance(value, str):
        raise TypeError("new(): invalid data type 'str'")
    raise RuntimeError(f"Could not infer dtype of {type_name(value)}")


def _number(value: Any, kind: dtypes.dtype) -> Any:
    if isinstance(value, Tensor):
        return value._number() if kind.is_floating_point else value.__index__()
    if isinstance(value, np.generic):
        return value.item()
    if not isinstance(value, (bool, int, float)):
        raise TypeError(
            f"must be real number, not {type_name(value)}"
            if kind.is_floating_point
            else f"'{type_name(value)}' object cannot be interpreted as an integer"
        )
    return value


def _whole(found: list[Any], kind: dtypes.dtype) -> list[int]:
    """The numbers as whole ones that the dtype has room for; unsigned memory wraps small negative ones."""
    ends = np.iinfo(kind.numpy)
    low = -ends.max if kind is dtypes.uint8 else ends.min
    if all(low <= each <= ends.max for each in found):
        return [int(each) % 256 for each in found] if kind is dtypes.uint8 else list(map(int, found))
    for each in found:
        if isinstance(each, int) and not -(2**63) <= each < 2**63:
            raise ValueError(OVERFLOW)
        if not (math.isfinite(each) and low <= each <= ends.max):
            raise RuntimeError(f"value cannot be converted to type {kind.name} without overflow")
    return found
