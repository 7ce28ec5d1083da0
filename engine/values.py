"""Arrays as bounded JSON: the `Value` of an event.

Up to `WHOLE` elements travel in full; larger arrays as a summary with a sampled grid, so an event stays small whatever the program holds.
Numbers carry the shortest digits that round-trip in their own dtype; what JSON cannot say is the string "nan", "inf" or "-inf".
"""

from __future__ import annotations

import math
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np

WHOLE = 64
GRID = 16
BLOCK = 1 << 15
SHORTER = frozenset({np.dtype(np.float16), np.dtype(np.float32)})
"""Dtypes whose digits are fewer than those of the Python number."""

_NOT_A_NUMBER = {"nan": '"nan"', "inf": '"inf"', "-inf": '"-inf"'}


def number_json(value: Any) -> str:
    """The JSON text of one NumPy scalar or Python number, shortest digits that round-trip in its dtype."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    text = float.__repr__(value) if isinstance(value, float) else str(value)
    return _NOT_A_NUMBER.get(text, text)


def value_json(data: Any, dtype: str) -> str:
    """The `Value` of `data` (a NumPy array or scalar) as one JSON text; `dtype` is its name on the page, such as "float32"."""
    shape = data.shape
    if not shape:
        body = number_json(data if isinstance(data, np.generic) else data[()])
        return f'{{"shape":[],"dtype":"{dtype}","data":{body}}}'
    head = _head(shape, dtype)
    if not data.size and max(shape) > WHOLE:
        return f'{head},"data":[]}}'  # nothing is in it, however many rows it has
    if data.size <= WHOLE:
        return f'{head},"data":{_nested(data)}}}'
    return f"{head},{_summary(data)}}}"


@lru_cache(1024)
def _head(shape: tuple[int, ...], dtype: str) -> str:
    """How the text of an array begins."""
    return f'{{"shape":[{",".join(map(str, shape))}],"dtype":"{dtype}"'


def _nested(data: np.ndarray) -> str:
    flat = data.reshape(-1)
    if data.dtype.kind == "b":
        texts = ["true" if each else "false" for each in flat.tolist()]
    else:
        # Digits are found as Python's numbers where those are the same, so that no NumPy number is made for each.
        texts = list(map(str, flat if data.dtype in SHORTER else flat.tolist()))
        if not _NOT_A_NUMBER.keys().isdisjoint(texts):
            texts = [_NOT_A_NUMBER.get(text, text) for text in texts]
    for axis in range(data.ndim - 1, 0, -1):
        size = data.shape[axis]
        ends = range(size, math.prod(data.shape[: axis + 1]) + 1, size) if size else [0] * math.prod(data.shape[:axis])
        texts = [f"[{','.join(texts[end - size : end])}]" for end in ends]
    return f"[{','.join(texts)}]"


def _summary(data: np.ndarray) -> str:
    flat = np.ascontiguousarray(data).ravel()
    finite = flat
    low, high = _extremes(flat)
    if not (isfinite(low) and isfinite(high)):
        finite = flat[np.isfinite(flat)]
        low, high = _extremes(finite) if finite.size else (0.0, 0.0)
    if finite.size:
        with np.errstate(over="ignore"):
            total, squares = _totals(finite, np.empty(min(finite.size, BLOCK)))
            facts = [low, high, total / finite.size, np.sqrt(squares)]
        texts = [number_json(float(fact)) for fact in facts]
    else:
        texts = ["null"] * 4
    names = ("min", "max", "mean", "norm")
    body = ",".join(f'"{name}":{text}' for name, text in zip(names, texts, strict=True))
    return f'{body},"nonfinite":{flat.size - finite.size},"sample":{_nested(sample(flat.reshape(data.shape)))}'


def _extremes(data: np.ndarray) -> tuple[float, float]:
    """The least and the greatest number, not-a-number where there is one; of two zeros the one with a sign is the lesser, on every machine."""
    low, high = float(data.min()), float(data.max())
    if not low:
        low = -0.0 if np.signbit(data).any() else 0.0
    if not high:
        high = -0.0 if np.signbit(data).all() else 0.0
    return low, high


def _totals(data: np.ndarray, room: np.ndarray) -> tuple[Any, Any]:
    """The sum of `data` and of its squares in float64, added in the order of `np.sum`, but in pieces that stay in the processor's cache."""
    size = data.size
    if size > BLOCK:
        half = size // 2 - size // 2 % 8
        (one, first), (two, second) = _totals(data[:half], room), _totals(data[half:], room)
        return one + two, first + second
    numbers = room[:size]
    numbers[...] = data
    total = np.add.reduce(numbers)
    np.multiply(numbers, numbers, out=numbers)
    return total, np.add.reduce(numbers)


def sample(data: np.ndarray) -> np.ndarray:
    """Evenly spaced elements of `data` as a grid of at most 16 x 16: rows are all leading dimensions, columns the last one."""
    table = data.reshape(1, -1) if data.ndim == 1 else data.reshape(-1, data.shape[-1])
    grid: np.ndarray = table[_places(len(table))[:, None], _places(table.shape[1])]
    return grid


@lru_cache(256)
def _places(size: int) -> np.ndarray:
    return np.unique(np.linspace(0, size - 1, min(size, GRID)).round().astype(np.int64))
