"""Copies in which a part is replaced: a slice, one place along a dimension, a diagonal."""

from __future__ import annotations

import numpy as np

from engine.application import apply
from engine.ops import dims
from engine.ops.indexing import _linear
from engine.ops.padding import _two
from engine.ops.scatter import WRITTEN
from engine.ops.table import row, spelled
from engine.tensor import Tensor

SLICE_SCATTER = row(
    "slice_scatter", "slice_replaced(self, src, dim, start, stop, step)",
    {
        "self": "slice_replaced(g, zeros_like(narrow(g, dim, start, stop, step)), dim, start, stop, step)",
        "src": "narrow(g, dim, start, stop, step)",
    },
    settings="dim start stop step", symbol="[:]=", spelled=("torch.slice_scatter", "Tensor.slice_scatter"), samples=(((4, 3), (2, 3), 0, 1, 4, 2),), **WRITTEN,
)  # fmt: skip
SELECT_SCATTER = row(
    "select_scatter", "select_replaced(self, src, dim, index)",
    {"self": "select_replaced(g, zeros_like(select(g, dim, index)), dim, index)", "src": "select(g, dim, index)"}, settings="dim index",
    symbol="[i]=", spelled=("torch.select_scatter", "Tensor.select_scatter"), samples=(((2, 3), (2,), 1, 2),), **WRITTEN,
)  # fmt: skip
DIAGONAL_SCATTER = row(
    "diagonal_scatter", "diagonal_replaced(self, src, offset, dim1, dim2)",
    {
        "self": "diagonal_replaced(g, zeros_like(diagonal(g, offset, dim1, dim2)), offset, dim1, dim2)",
        "src": "diagonal(g, offset, dim1, dim2)",
    },
    settings="offset dim1 dim2", symbol="diag=", spelled=("torch.diagonal_scatter", "Tensor.diagonal_scatter"), samples=(((2, 3), (2,), 1, 0, 1),), **WRITTEN,
)  # fmt: skip
spelled("internal.slice_replaced")(_linear(SLICE_SCATTER, "self", "src", "dim", "start", "stop", "step"))
spelled("internal.select_replaced")(_linear(SELECT_SCATTER, "self", "src", "dim", "index"))
spelled("internal.diagonal_replaced")(_linear(DIAGONAL_SCATTER, "self", "src", "offset", "dim1", "dim2"))


def _fits(src: Tensor, part: tuple[int, ...]) -> None:
    if src._data.shape != part:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = {list(part)}"
        )


@spelled("torch.slice_scatter", "Tensor.slice_scatter")
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy in which a slice along `dim` is `src`. Raises RuntimeError where `src` has another shape than the slice."""
    if not input._data.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    place = dims.one(dim, input._data.ndim)
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    shape = input._data.shape
    first, last, _ = slice(start, end).indices(shape[place])
    last = max(first, last)
    _fits(src, (*shape[:place], len(range(first, last, step)), *shape[place + 1 :]))
    result: Tensor = apply(SLICE_SCATTER, (input, src), (place, first, last, step))
    return result


@spelled("torch.select_scatter", "Tensor.select_scatter")
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy in which the place `index` along `dim` is `src`. Raises IndexError outside, RuntimeError for another shape."""
    if not input._data.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    place = dims.one(dim, input._data.ndim)
    shape = input._data.shape
    if not -shape[place] <= index < shape[place]:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(shape)} at dimension {place}")
    _fits(src, (*shape[:place], *shape[place + 1 :]))
    result: Tensor = apply(SELECT_SCATTER, (input, src), (place, index % shape[place]))
    return result


@spelled("torch.diagonal_scatter", "Tensor.diagonal_scatter")
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy whose diagonal is `src`. Raises RuntimeError where `src` has another shape than the diagonal."""
    first, second = _two(input, dim1, dim2)
    _fits(src, np.diagonal(input._data, offset, first, second).shape)
    result: Tensor = apply(DIAGONAL_SCATTER, (input, src), (offset, first, second))
    return result
