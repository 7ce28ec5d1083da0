"""Products and distances of vectors, and lengths kept within a bound."""

from __future__ import annotations

from engine.function import apply
from engine.ops import dims
from engine.ops.arithmetic import _check
from engine.ops.indexing import _linear
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

CROSS = row(
    "linalg_cross", "cross(self, other, dim)", {"self": "cross(other, g, dim)", "other": "cross(g, self, dim)"}, settings="dim", symbol="×⃗",
    spelled=("torch.cross", "torch.linalg.cross", "Tensor.cross"), samples=(((2, 3), (2, 3), 1), ((3, 2), (3, 2), 0)),
    en="Each vector receives the cross product of the gradient and the other one.", zh="每个向量得到梯度与另一个向量的叉积。",
)  # fmt: skip
DIST = row(
    "dist", "norm(self - other, p, None, False)",
    {"self": "dist_backward(g, self - other, p, result)", "other": "-dist_backward(g, self - other, p, result)"}, settings="p", symbol="dist",
    spelled=("torch.dist", "Tensor.dist"), samples=(((2, 3), (2, 3), 2.0), ((3,), (3,), 3.0)),
    en="The gradient pushes the two apart along the line between them.", zh="梯度沿两者的连线把它们推开。",
)  # fmt: skip
CDIST = row(
    "cdist", "norm(unsqueeze(x1, -2) - unsqueeze(x2, -3), p, (-1,), False)",
    {
        "x1": "sum(norm_backward(unsqueeze(g, -1), unsqueeze(x1, -2) - unsqueeze(x2, -3), p, unsqueeze(result, -1), (-1,)), (-2,), False)",
        "x2": "-sum(norm_backward(unsqueeze(g, -1), unsqueeze(x1, -2) - unsqueeze(x2, -3), p, unsqueeze(result, -1), (-1,)), (-3,), False)",
    },
    settings="p", symbol="cdist", spelled=("torch.cdist",), samples=(((2, 3), (4, 3), 2.0), ((2, 2, 3), (2, 2, 3), 3.0)),
    en="Each point is pushed away from all points of the other set.", zh="每个点被推离另一组的所有点。",
)  # fmt: skip
RENORM = row(
    "renorm", "self * renorm_factor(norm(self, p, others, True), maxnorm)",
    {"self": "renorm_backward(g, self, p, others, norm(self, p, others, True), maxnorm)"}, settings="p others maxnorm",
    symbol="renorm", spelled=("torch.renorm", "Tensor.renorm"), samples=(((2, 3), 2.0, (1,), 0.5), ((2, 3), 2.0, (0,), 9.0)),
    en="Slices that were shortened lose the part of the gradient along them.", zh="被缩短的切片失去沿自身方向的那部分梯度。",
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
    FUNCTIONS["broadcast_shapes"](input._data.shape, other._data.shape)
    result: Tensor = apply(CROSS, (input, other), (place,))
    return result


@spelled("torch.cross", "Tensor.cross")
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The vectors that stand upright on both; without `dim` along the first dimension of three."""
    if dim is not None:
        return _cross(input, other, dim)
    if 3 not in input._data.shape:
        raise RuntimeError("no dimension of size 3 in input")
    return _cross(input, other, input._data.shape.index(3))


@spelled("torch.dist", "Tensor.dist")
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    _check("dist", input, other)
    result: Tensor = apply(DIST, (input, other), (p,))
    return result


@spelled("torch.cdist")
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The distance of every row of one matrix from every row of the other."""
    for place, each in ((1, x1), (2, x2)):
        if each._data.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, X{place} got: {each.ndim}D")
    if x1._data.shape[-1] != x2._data.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {x1._data.shape[-1]} X2: {x2._data.shape[-1]}"
        )
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    result: Tensor = apply(CDIST, (x1, x2), (p,))
    return result


def _others(input: Tensor, p: float, dim: int, maxnorm: float) -> tuple[int, ...]:
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    if input._data.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    place = dims.one(dim, input._data.ndim)
    return tuple(each for each in range(input._data.ndim) if each != place)


@spelled("torch.renorm", "Tensor.renorm")
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices along `dim`, none longer than `maxnorm`."""
    result: Tensor = apply(RENORM, (input,), (p, _others(input, p, dim, maxnorm), maxnorm))
    return result


@spelled("torch.vdot", "Tensor.vdot")
def vdot(input: Tensor, other: Tensor) -> Tensor:
    if input._data.ndim != 1 or input._data.shape != other._data.shape or input._data.dtype != other._data.dtype:
        return METHODS["dot"](input, other)  # type: ignore[no-any-return]
    result: Tensor = apply(VDOT, (input, other))
    return result
