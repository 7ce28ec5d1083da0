"""Values in order: sort and topk, with the indices they came from."""

from __future__ import annotations

from typing import Any

from engine.application import apply
from engine.ops import dims
from engine.ops.answers import answer
from engine.ops.table import row, spelled
from engine.tensor import Tensor

BACK = {
    "en": "Each value's gradient goes back to the place that the value came from.",
    "zh": "每个值的梯度回到它原来的位置。",
}
SORT = row(
    "sort", "sorted_along(self, dim, descending)", {"self": "scatter_chosen(g, self.shape, dim, indices)"}, settings="dim descending", results="values indices",
    symbol="sort", spelled=("torch.sort", "Tensor.sort"), samples=(((2, 3), 1, False), ((3,), 0, True)), **BACK,
)  # fmt: skip
SORT_STABLE = row(
    "sort_stable", SORT.forward, dict(SORT.vjp), settings="dim descending", results="values indices", node="SortBackward1!", symbol="sort",
    spelled=("torch.sort(x, stable=True)",), samples=(((2, 3), 1, False),), **BACK,
)  # fmt: skip
TOPK = row(
    "topk", "top_along(self, k, dim, largest)", {"self": "scatter_chosen(g, self.shape, dim, indices)"}, settings="k dim largest", results="values indices",
    symbol="topk", spelled=("torch.topk", "Tensor.topk"), samples=(((2, 3), 2, 1, True), ((4,), 1, 0, False)), **BACK,
)  # fmt: skip


SORTED, FOUND = answer("sort", "values indices"), answer("topk", "values indices")


@spelled("torch.sort", "Tensor.sort")
def sort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> Any:
    op = SORT if stable is None else SORT_STABLE
    return SORTED(*apply(op, (input,), (dims.one(dim, input._data.ndim), bool(descending))))


@spelled("torch.topk", "Tensor.topk")
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k greatest or least values. Raises RuntimeError where there are not that many."""
    place = dims.one(dim, input._data.ndim)
    if input._data.dtype.kind == "b":
        raise RuntimeError("topk does not support bool dtypes on CPU")
    if not 0 <= k <= (input._data.shape[place] if input._data.ndim else 1):
        raise RuntimeError("selected index k out of range")
    return FOUND(*apply(TOPK, (input,), (k, place, bool(largest))))


@spelled("torch.argsort", "Tensor.argsort")
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    found: Tensor = sort(input.detach(), dim, descending)[1]
    return found
