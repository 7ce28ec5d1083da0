"""Values folded into places: their sum, product, mean or extreme with what stands there."""

from __future__ import annotations

import warnings

import numpy as np

from engine.application import apply
from engine.ops import scatter
from engine.ops.indexing import _linear, check_kind
from engine.ops.inplace import change, guard
from engine.ops.table import row, spelled
from engine.tensor import Tensor

FOLDED = {
    "en": "A sum hands its gradient to every part, a mean divides it, a product scales it by the other factors, an extreme gives it to those chosen.",
    "zh": "和把梯度交给每一项，均值平分，积按其余因子缩放，极值交给被选中者。",
}
SCATTER_REDUCE = row(
    "scatter_reduce", "scatter_reduced(self, dim, index, src, reduce, include_self)",
    {
        "self": "scatter_fold_self(g, self, index, src, result, dim, reduce, include_self, scatter_fold_part(g, self, index, src, result, dim, reduce, include_self))",
        "src": "scatter_fold_src(g, self, index, src, result, dim, reduce, include_self, scatter_fold_part(g, self, index, src, result, dim, reduce, include_self))",
    },
    together="scatter_fold_both(g, self, index, src, result, dim, reduce, include_self, scatter_fold_part(g, self, index, src, result, dim, reduce, include_self), wanted)", inputs="self index src", settings="dim reduce include_self", symbol="fold", spelled=("torch.scatter_reduce", "Tensor.scatter_reduce"),
    samples=tuple(((2, 3), [[0, 0], [2, 1]], (2, 2), 1, reduce, include) for reduce in ("sum", "prod", "mean", "amax", "amin") for include in (True, False)),
    **FOLDED,
)  # fmt: skip
INDEX_REDUCE = row(
    "index_reduce", "index_reduced(self, dim, index, source, reduce, include_self)",
    {
        "self": "index_fold_self(g, self, index, source, result, dim, reduce, include_self, index_fold_part(g, self, index, source, result, dim, reduce, include_self))",
        "source": "index_fold_src(g, self, index, source, result, dim, reduce, include_self, index_fold_part(g, self, index, source, result, dim, reduce, include_self))",
    },
    together="index_fold_both(g, self, index, source, result, dim, reduce, include_self, index_fold_part(g, self, index, source, result, dim, reduce, include_self), wanted)", inputs="self index source", settings="dim reduce include_self", symbol="fold", spelled=("torch.index_reduce", "Tensor.index_reduce"),
    samples=tuple(((2, 3), [2, 0, 2], (2, 3), 1, reduce, include) for reduce in ("prod", "mean", "amax", "amin") for include in (True, False)),
    **FOLDED,
)  # fmt: skip
PUT = row(
    "put_values", "put_values(self, index, source, accumulate)",
    {
        "self": "g if accumulate else put_values(g, index, zeros_like(source), False)",
        "source": "reshape(take_flat(g, index), source.shape)",
    },
    inputs="self index source", settings="accumulate", held=("source",), node="Put", symbol="[…]=", spelled=("torch.put", "Tensor.put"),
    samples=(((2, 3), [4, 0], (2,), False), ((2, 3), [4, 0, 4], (3, 1), True)), **scatter.WRITTEN,
)  # fmt: skip
spelled("internal.index_added")(_linear(scatter.INDEX_ADD, "self", "dim", "index", "source", "alpha"))
spelled("internal.index_reduced")(_linear(INDEX_REDUCE, "self", "dim", "index", "source", "reduce", "include_self"))
spelled("internal.put_values")(_linear(PUT, "self", "index", "source", "accumulate"))
spelled("internal.scatter_added")(_linear(scatter.SCATTER_ADD, "self", "dim", "index", "src"))
spelled("internal.scatter_reduced")(_linear(SCATTER_REDUCE, "self", "dim", "index", "src", "reduce", "include_self"))
KINDS = ("sum", "prod", "mean", "amax", "amin")


def _place(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str) -> int:
    if reduce not in KINDS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if reduce == "mean" and input._data.dtype.kind == "b":
        raise NotImplementedError("\"scatter_gather_tensor_cpu_reduce_mean\" not implemented for 'Bool'")
    return scatter._checked("scatter", input, dim, index, src)


@spelled("torch.scatter_reduce", "Tensor.scatter_reduce")
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """`input` with the source folded in at the indices along `dim`. Raises RuntimeError for what does not fit."""
    place = _place(input, dim, index, src, reduce)
    result: Tensor = apply(SCATTER_REDUCE, (input, index, src), (place, reduce, include_self))
    return result


@spelled("Tensor.scatter_reduce_")
def scatter_reduce_(
    self: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """The tensor itself with the source folded in."""
    guard(self, overlapping=True)
    place = _place(self, dim, index, src, reduce)
    return change(self, SCATTER_REDUCE, (index, src), (place, reduce, include_self), "scatter_reduce_")


def _reduced_along(input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str) -> int:
    """The dimension along which slices are folded in. Raises RuntimeError and IndexError for what does not fit."""
    if reduce not in KINDS[1:]:
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    warnings.warn("index_reduce() is in beta and the API may change at any time.", UserWarning, stacklevel=3)
    place = scatter.added("index_reduce_", input, dim, index, source)
    if input._data.dtype.kind == "b":
        raise NotImplementedError("\"index_func_\" not implemented for 'Bool'")
    return place


@spelled("torch.index_reduce", "Tensor.index_reduce")
def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """`input` with slices of the source folded in at the indices along `dim`."""
    place = _reduced_along(input, dim, index, source, reduce)
    result: Tensor = apply(INDEX_REDUCE, (input, index, source), (place, reduce, include_self))
    return result


@spelled("Tensor.index_reduce_")
def index_reduce_(
    self: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """The tensor itself with slices of the source folded in."""
    guard(self, overlapping=True)
    place = _reduced_along(self, dim, index, source, reduce)
    return change(self, INDEX_REDUCE, (index, source), (place, reduce, include_self), "index_reduce_")


def _flat_places(input: Tensor, index: Tensor, source: Tensor) -> None:
    """Raises IndexError and RuntimeError in PyTorch's words where the source cannot be put there."""
    check_kind("put_", index)
    if input._data.dtype != source._data.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {input.dtype.scalar} and source.dtype = "
            f"{source.dtype.scalar}"
        )
    if index._data.size != source._data.size:
        raise IndexError(
            f"put_(): Expected source and index to have the same number of elements, but got source.numel() = {source._data.size}, "
            f"index.numel() = {index._data.size}"
        )
    size = input._data.size
    if index._data.size and not size:
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    beyond = index._data[(index._data < -size) | (index._data >= size)]
    if np.size(beyond):
        raise IndexError(f"out of range: tried to access index {np.ravel(beyond)[0]} on a tensor of {size} elements.")


@spelled("torch.put", "Tensor.put")
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """`input` with a source written, or added, at places counted through it row by row."""
    _flat_places(input, index, source)
    result: Tensor = apply(PUT, (input, index, source), (accumulate,))
    return result


@spelled("Tensor.put_")
def put_(self: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """The tensor itself with a source written, or added, at places counted through it row by row."""
    guard(self)
    _flat_places(self, index, source)
    return change(self, PUT, (index, source), (accumulate,), "put_")
