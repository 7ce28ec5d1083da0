"""Arrays as bounded JSON: the `Value` of an event.

Up to `WHOLE` elements travel in full; larger arrays as a summary with a sampled grid, so an event stays small whatever the program holds.
Numbers carry the shortest digits that round-trip in their own dtype; what JSON cannot say is the string "nan", "inf" or "-inf".
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

WHOLE = 64
GRID = 16

_NOT_A_NUMBER = {"nan": '"nan"', "inf": '"inf"', "-inf": '"-inf"'}


def number_json(value: Any) -> str:
    """The JSON text of one NumPy scalar or Python number, shortest digits that round-trip in its dtype."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    text = float.__repr__(value) if isinstance(value, float) else str(value)
    return _NOT_A_NUMBER.get(text, text)


def value_json(data: Any, dtype: str) -> str:
    """The `Value` of `data` (a NumPy array or scalar) as one JSON text; `dtype` is its name on the page, such as "float32"."""
    shape = np.shape(data)
    if not shape:
        body = number_json(data if isinstance(data, np.generic) else data[()])
        return f'{{"shape":[],"dtype":"{dtype}","data":{body}}}'
    sizes = ",".join(map(str, shape))
    head = f'{{"shape":[{sizes}],"dtype":"{dtype}"'
    if not data.size and max(shape) > WHOLE:
        return f'{head},"data":[]}}'  # nothing is in it, however many rows it has
    if data.size <= WHOLE:
        return f'{head},"data":{_nested(data)}}}'
    return f"{head},{_summary(data)}}}"


def _nested(data: np.ndarray) -> str:
    if data.ndim == 1:
        items = data.tolist() if data.dtype == np.float64 else data
        return "[" + ",".join(map(number_json, items)) + "]"
    return "[" + ",".join(_nested(row) for row in data) + "]"


def _summary(data: np.ndarray) -> str:
    numbers = data.astype(np.float64)
    countable = np.isfinite(numbers)
    finite = numbers.ravel() if countable.all() else numbers[countable]
    if finite.size:
        with np.errstate(over="ignore"):
            facts = [finite.min(), finite.max(), finite.mean(), np.sqrt(np.square(finite).sum())]
        texts = [number_json(float(fact)) for fact in facts]
    else:
        texts = ["null"] * 4
    names = ("min", "max", "mean", "norm")
    body = ",".join(f'"{name}":{text}' for name, text in zip(names, texts, strict=True))
    return f'{body},"nonfinite":{numbers.size - finite.size},"sample":{_nested(sample(data))}'


def sample(data: np.ndarray) -> np.ndarray:
    """Evenly spaced elements of `data` as a grid of at most 16 x 16: rows are all leading dimensions, columns the last one."""
    table = data.reshape(1, -1) if data.ndim == 1 else data.reshape(-1, data.shape[-1])
    rows, columns = (_places(size) for size in table.shape)
    grid: np.ndarray = table[np.ix_(rows, columns)]
    return grid


def _places(size: int) -> np.ndarray:
    return np.unique(np.linspace(0, size - 1, min(size, GRID)).round().astype(np.int64))


def text_json(text: str) -> str:
    """A Python string as JSON text of ASCII characters only."""
    return json.dumps(text)
