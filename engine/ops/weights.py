"""Weight normalization: a length for each slice of a weight, times the slice's direction."""

from __future__ import annotations

from engine.application import apply
from engine.ops.table import METHODS, row, spelled
from engine.tensor import Tensor

WEIGHT_NORM = row(
    "weight_norm", "v * (size / norm_except(v, dim))",
    {
        "v": "size / norm_except(v, dim) * (g - v * (sum_except(g * v, dim) / norm_except(v, dim) ** 2))",
        "size": "sum_except(g * v, dim) / norm_except(v, dim)",
    },
    inputs="v size", settings="dim", node="WeightNormInterfaceBackward0!", symbol="v/‖v‖", spelled=("torch.nn.utils.parametrizations.weight_norm",),
    samples=(((3, 4), (3, 1), 0), ((3, 4), (1, 4), 1), ((2, 3, 2), (2, 1, 1), 0)),
    en="The length receives what points along the slice; the slice what stands across it.", zh="长度得到沿切片方向的部分；切片得到与它垂直的部分。",
)  # fmt: skip


@spelled("internal.norm_except")
def norm_except(x: Tensor, dim: int) -> Tensor:
    """The length of each slice along a dimension, which stays with the others as 1; of all of them together for -1."""
    m, shape = METHODS, x._data.shape
    if dim == -1:
        whole: Tensor = m["norm"](x, 2)
        return whole
    if dim == 0:
        rows = m["norm"](m["view"](m["contiguous"](x), shape[0], -1), 2, 1)
        made: Tensor = m["view"](rows, shape[0], *(1,) * (len(shape) - 1))
        return made
    if dim == len(shape) - 1:
        columns = m["norm"](m["view"](m["contiguous"](x), -1, shape[-1]), 2, 0)
        made = m["view"](columns, *(1,) * (len(shape) - 1), shape[-1])
        return made
    turned: Tensor = m["transpose"](norm_except(m["transpose"](x, 0, dim), 0), 0, dim)
    return turned


@spelled("internal.sum_except")
def sum_except(x: Tensor, dim: int) -> Tensor:
    """The sum over all dimensions but one."""
    summed: Tensor = METHODS["sum"](x, tuple(axis for axis in range(x._data.ndim) if axis != dim), True)
    return summed


def weight_norm(v: Tensor, size: Tensor, dim: int) -> Tensor:
    """The slices of a weight along `dim`, each of the length that is given; -1 stands for all of it."""
    if dim in (0, v._data.ndim - 1):
        result: Tensor = apply(WEIGHT_NORM, (v, size), (dim,))
        return result
    composed: Tensor = METHODS["mul"](v, METHODS["div"](size, norm_except(v, dim)))
    return composed
