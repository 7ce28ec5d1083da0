"""Products of two vectors."""

from __future__ import annotations

import warnings

from engine.application import apply
from engine.broadcast import together
from engine.ops import dims
from engine.ops.indexing import _linear
from engine.ops.table import METHODS, row, spelled
from engine.tensor import Tensor

CROSS = row(
    "linalg_cross", "cross(self, other, dim)", {"self": "cross(other, g, dim)", "other": "cross(g, self, dim)"}, settings="dim", symbol="×⃗",
    spelled=("torch.cross", "torch.linalg.cross", "Tensor.cross"), samples=(((2, 3), (2, 3), 1), ((3, 2), (3, 2), 0)),
    en="Each vector receives the cross product of the gradient and the other one.", zh="每个向量得到梯度与另一个向量的叉积。",
)  # fmt: skip
VDOT = row(
    "vdot", "dot(self, other)", {"self": "g * other", "other": "g * self"}, symbol="·", spelled=("torch.vdot", "Tensor.vdot"), samples=(((3,), (3,)),),
    en="Each vector receives the other one, scaled by the gradient.", zh="每个向量得到另一个向量，乘以梯度。",
)  # fmt: skip
spelled("internal.cross")(_linear(CROSS, "self", "other", "dim"))


@spelled("torch.linalg.cross")
def linalg_cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    return _cross(input, other, dim)


def _cross(input: Tensor, other: Tensor, dim: int) -> Tensor:
    if input._data.ndim != other._data.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    place = dims.one(dim, input._data.ndim)
    left, right = input._data.shape[place], other._data.shape[place]
    if (left, right) != (3, 3):
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {left} and {right}")
    if input._data.dtype != other._data.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.scalar} but found {other.dtype.scalar}")
    together(input._data.shape, other._data.shape)
    result: Tensor = apply(CROSS, (input, other), (place,))
    return result


@spelled("torch.cross", "Tensor.cross")
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The vectors that stand upright on both; without `dim` along the first dimension of three."""
    if dim is not None:
        return _cross(input, other, dim)
    if 3 not in input._data.shape:
        raise RuntimeError("no dimension of size 3 in input")
    warnings.warn(DIMLESS, UserWarning, stacklevel=2)
    return _cross(input, other, input._data.shape.index(3))


DIMLESS = (
    "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply use torch.linalg.cross.\n"
    "The default value of dim will change to agree with that of linalg.cross in a future release."
)


@spelled("torch.vdot", "Tensor.vdot")
def vdot(input: Tensor, other: Tensor) -> Tensor:
    if input._data.ndim != 1 or input._data.shape != other._data.shape or input._data.dtype != other._data.dtype:
        return METHODS["dot"](input, other)  # type: ignore[no-any-return]
    result: Tensor = apply(VDOT, (input, other))
    return result
