"""Values folded into places: their sum, product, mean or extreme with what stands there."""

from __future__ import annotations

from engine.function import apply
from engine.ops import scatter
from engine.ops.indexing import _linear
from engine.ops.inplace import change, guard
from engine.ops.table import row, spelled
from engine.tensor import Tensor

SCATTER_REDUCE = row(
    "scatter_reduce", "scatter_reduced(self, dim, index, src, reduce, include_self)",
    {
        "self": "fold_self(g, self, index, src, result, dim, reduce, include_self)",
        "src": "fold_src(g, self, index, src, result, dim, reduce, include_self)",
    },
    inputs="self index src", settings="dim reduce include_self", symbol="fold", spelled=("torch.scatter_reduce", "Tensor.scatter_reduce"),
    samples=tuple(((2, 3), [[0, 0], [2, 1]], (2, 2), 1, reduce, include) for reduce in ("sum", "prod", "mean", "amax", "amin") for include in (True, False)),
    en="A sum hands its gradient to every part, a mean divides it, a product scales it by the other factors, an extreme gives it to those chosen.",
    zh="和把梯度交给每一项，均值平分，积按其余因子缩放，极值交给被选中者。",
)  # fmt: skip
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
