"""Lengths of vectors and matrices, distances, and lengths kept within a bound."""

from __future__ import annotations

import math
from types import NoneType
from typing import Any

from engine import dtypes
from engine.application import apply
from engine.ops import dims
from engine.ops.arithmetic import _check
from engine.ops.retyped import reduced, retyped
from engine.ops.signatures import handed
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.signatures import type_name
from engine.tensor import Tensor

Dtype = dtypes.dtype | None

NORM = row(
    "norm", "norm(self, p, dim, keepdim)",
    {"self": "norm_backward(restore(g, dim, keepdim, rank(self.shape)), self, p, restore(result, dim, keepdim, rank(self.shape)), dim)"},
    settings="p dim keepdim", node="LinalgVectorNormBackward0!", symbol="‖x‖", spelled=("torch.norm", "torch.linalg.vector_norm", "Tensor.norm"), silent=True,
    samples=(((2, 3), 2, None, False), ((2, 3), 2, (1,), True), ((2, 3), 1, None, False), ((2, 3), 3.0, (0,), False), ((4,), math.inf, None, False), ((4,), 1.5, None, False)),
    en="The gradient points along the vector, scaled to length one; at zero it is zero.", zh="梯度沿向量方向，长度归一；在零处为零。",
)  # fmt: skip
DIST = row(
    "dist", "norm(self - other, p, None, False)",
    {
        "self": "norm_backward(g, self - other, p, result, None)",
        "other": "-norm_backward(g, self - other, p, result, None) if p else None",
    },
    settings="p", symbol="dist", spelled=("torch.dist", "Tensor.dist"), samples=(((2, 3), (2, 3), 2.0), ((3,), (3,), 3.0)), silent=True, promotes=True,
    en="The gradient pushes the two apart along the line between them.", zh="梯度沿两者的连线把它们推开。",
)  # fmt: skip
CDIST = row(
    "cdist", "norm(unsqueeze(x1, -2) - unsqueeze(x2, -3), p, (-1,), False)",
    {"x1": "cdist_backward(g, x1, x2, p, result)", "x2": "cdist_backward(mirror(g), x2, x1, p, mirror(result))"},
    settings="p", symbol="cdist", spelled=("torch.cdist",), samples=(((2, 3), (4, 3), 2.0), ((2, 2, 3), (2, 2, 3), 3.0), ((3, 3), (2, 3), 1.0), ((3, 3), (2, 3), 0.5), ((3, 3), (2, 3), 1.5)),
    en="Each point is pushed away from all points of the other set.", zh="每个点被推离另一组的所有点。",
)  # fmt: skip
UNDERIVED = 'underivable(g, "_cdist_backward")'
CDIST_BACKWARD = row(
    "cdist_backward", "cdist_backward(g_, x1, x2, p, distances)", {"g_": UNDERIVED, "x1": UNDERIVED, "x2": UNDERIVED, "distances": UNDERIVED},
    inputs="g_ x1 x2 distances", settings="p", node="CdistBackwardBackward0!", symbol="cdist′", spelled=(), samples=(((2, 4), (2, 3), (4, 3), (2, 4), 2.0),),
    en="PyTorch does not differentiate this a second time.", zh="PyTorch 不再对它求导。",
)  # fmt: skip
PDIST = row(
    "pdist", "pdist(self, p)", {"self": "pdist_backward(g, self, p, result)"}, settings="p", symbol="pdist", spelled=("torch.pdist", "F.pdist"),
    samples=(((4, 3), 2.0), ((3, 2), 1.0), ((3, 2), 1.5), ((3, 2), 3.0)), en="The two points of each pair are pushed apart.", zh="每一对中的两个点被彼此推开。",
)  # fmt: skip
UNPAIRED = 'underivable(g, "_pdist_backward")'
PDIST_BACKWARD = row(
    "pdist_backward", "pdist_backward(g_, self, p, distances)", {"g_": UNPAIRED, "self": UNPAIRED, "distances": UNPAIRED},
    inputs="g_ self distances", settings="p", node="PdistBackwardBackward0!", symbol="pdist′", samples=(((3,), (3, 2), (3,), 2.0),),
    en=CDIST_BACKWARD.note["en"], zh=CDIST_BACKWARD.note["zh-CN"],
)  # fmt: skip
EUCLID = row(
    "euclidean_dist", "euclid(x1, x2)",
    {
        "x1": "x1 * sum(euclid_ratio(g, result), (-1,), True) - euclid_ratio(g, result) @ x2",
        "x2": "x2 * unsqueeze(sum(euclid_ratio(g, result), (-2,), False), -1) - transpose(euclid_ratio(g, result), -2, -1) @ x1",
    },
    symbol="cdist", spelled=("torch.cdist",), samples=(((2, 3), (4, 3)), ((2, 2, 3), (2, 4, 3))),
    en="Each point is pushed away from all points of the other set.", zh="每个点被推离另一组的所有点。",
)  # fmt: skip
RENORM = row(
    "renorm", "self * renorm_factor(norm(self, p, others, True), maxnorm)",
    {"self": "renorm_backward(g, self, p, others, norm(self, p, others, True), maxnorm)"}, settings="p others maxnorm",
    twice={"self": "renorm_pulled(g, self, p, others, maxnorm)"},
    symbol="renorm", spelled=("torch.renorm", "Tensor.renorm"), samples=(((2, 3), 2.0, (1,), 0.5), ((2, 3), 2.0, (0,), 9.0)),
    en="Slices that were shortened lose the part of the gradient along them.", zh="被缩短的切片失去沿自身方向的那部分梯度。",
)  # fmt: skip
retyped(NORM)


@spelled("torch.pdist", "torch.nn.functional.pdist")
def pdist(input: Tensor, p: float = 2) -> Tensor:
    """The distances of every two rows, each pair once. Raises RuntimeError for what is no matrix of real numbers."""
    if input._data.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if input._data.dtype.kind != "f":
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    if input.dtype is dtypes.float16 and len(input._data) > 1:
        raise NotImplementedError("\"pdist\" not implemented for 'Half'")
    result: Tensor = apply(PDIST, (input,), (p,))
    return result


@spelled("internal.pdist_backward")
def pdist_backward(g: Tensor, input: Tensor, p: float, distances: Tensor) -> Tensor:
    result: Tensor = apply(PDIST_BACKWARD, (g, input, distances), (p,))
    return result


@spelled("internal.cdist_backward")
def cdist_backward(g: Tensor, x1: Tensor, x2: Tensor, p: float | None, distances: Tensor) -> Tensor:
    if not g._data.size:  # PyTorch gives the zeros of this matrix's own shape then
        p = None
    result: Tensor = apply(CDIST_BACKWARD, (g, x1, x2, distances), (p,))
    return result


@spelled("internal.mirror")
def mirror(x: Tensor) -> Tensor:
    result: Tensor = METHODS["contiguous"](METHODS["transpose"](x, -2, -1))
    return result


def _float(name: str, input: Tensor, dtype: Dtype = None, *, low: bool = True) -> None:
    """Raises RuntimeError in PyTorch's words for a dtype that has no lengths."""
    kind = input.dtype
    if not kind.is_floating_point:
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {kind.scalar}")
    if kind is dtypes.float16 and not low:
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got {kind.scalar}")
    if dtype is None:
        return
    if not dtype.is_floating_point:
        raise RuntimeError(f"{name}: dtype should be floating point or complex, but got {dtype.scalar}")
    if dtypes.promote(kind, dtype) is not dtype:
        raise RuntimeError(
            f"{name}: the dtype of the input ({kind.scalar}) should be convertible without narrowing to the specified dtype ({dtype.scalar})"
        )


@spelled("torch.linalg.vector_norm")
def vector_norm(input: Tensor, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Dtype = None) -> Tensor:
    """The p-norm of the elements, or of those along some dimensions. Raises RuntimeError where there are none to choose from."""
    if isinstance(ord, str):
        raise TypeError(f"linalg_vector_norm(): argument 'ord' (position 2) must be Number, not {type(ord).__name__}")
    ord = 2 if ord is None else ord
    _float("linalg.vector_norm", input)
    places = dims.several("linalg_vector_norm", dim, input._data.ndim) or None
    if ord < 0 or ord == math.inf:
        if not places and not input._data.size:
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {ord:g} norm on an empty tensor because the operation does not have an identity"
            )
        for place in places or ():
            if not input._data.shape[place]:
                raise RuntimeError(
                    f"linalg.vector_norm cannot compute the {ord:g} norm on the dimension {place}because this dimension is empty and the "
                    "operation does not have an identity"
                )
    _float("linalg.vector_norm", input, dtype)
    return reduced(NORM, input, (ord, places, keepdim), dtype)


def _handed(input: Tensor, p: Any, dim: Any, keepdim: Any) -> None:
    """Raises TypeError for what the norm that PyTorch takes here does not take."""
    sized = isinstance(p, str) and (p != "fro" or (isinstance(dim, (tuple, list)) and len(dim) > 2))
    called, ord = ("linalg_matrix_norm", "str ord") if sized else ("linalg_vector_norm", "Number ord")
    order = 2 if not sized and isinstance(p, str) else p
    handed(called, f"Tensor self, {ord}, ints[1]? dim, bool keepdim", input, order, dim, keepdim)


@spelled("torch.norm")
def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Dtype = None) -> Tensor:
    if not isinstance(input, Tensor):
        raise AttributeError(f"'{type_name(input)}' object has no attribute 'layout'")
    p = 2.0 if p is None else p
    if not (
        isinstance(p, (str, int, float)) and isinstance(dim, (int, tuple, list, NoneType)) and keepdim.__class__ is bool
    ):
        _handed(input, p, dim, keepdim)
    several = dim is not None and not isinstance(dim, int)
    if not isinstance(p, str):
        return vector_norm(input, p, dim, keepdim, dtype=dtype)
    if p == "fro" and (not several or len(dim) <= 2):
        return vector_norm(input, 2, dim, keepdim, dtype=dtype)
    places = tuple(range(input._data.ndim)) if dim is None else dim if several else (dim,)
    return matrix_norm(input, p, places, keepdim, dtype=dtype)


@spelled("Tensor.norm")
def method(self: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Dtype = None) -> Tensor:
    return norm(self, p, dim, keepdim, dtype)


method.__qualname__ = "Tensor.norm"


@spelled("torch.linalg.matrix_norm")
def matrix_norm(input: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Dtype = None) -> Tensor:  # fmt: skip
    """The Frobenius or nuclear norm, the greatest or least singular value, or the greatest or least sum of rows or columns."""
    if input._data.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    spectral = ord in ("nuc", 2, -2)
    _float("linalg.matrix_norm", input, low=not spectral)
    pair = (dim,) if isinstance(dim, int) else tuple(dim)
    if len(pair) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, pair))}")
    rows, columns = (dims.one(each, input._data.ndim) for each in pair)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({rows}, {columns})")
    _float("linalg.matrix_norm", input, dtype)
    if ord == "fro":
        return vector_norm(input, 2, pair, keepdim, dtype=dtype)
    if spectral:
        return _spectral(input if dtype is None else METHODS["to"](input, dtype), ord, rows, columns, keepdim)
    if isinstance(ord, str) or abs(ord) not in (1, math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    inner, outer = (columns, rows) if abs(ord) == math.inf else (rows, columns)
    sums = vector_norm(input, 1, inner, keepdim, dtype=dtype)
    return _extreme(sums, ord, outer - 1 if inner < outer and not keepdim else outer, keepdim)


def _extreme(x: Tensor, ord: float, dim: int, keepdim: bool) -> Tensor:
    """The greatest or least; of no norms the greatest is zero."""
    if ord > 0 and not x._data.shape[dim]:
        nothing: Tensor = METHODS["sum"](x, dim, keepdim)
        return nothing
    if not x._data.shape[dim]:
        raise IndexError(f"amin(): Expected reduction dim {dim} to have non-zero size.")
    found: Tensor = METHODS["amax" if ord > 0 else "amin"](x, dim, keepdim)
    return found


def _spectral(A: Tensor, ord: Any, rows: int, columns: int, keepdim: bool) -> Tensor:  # noqa: N803
    """The norms that singular values give: their sum, the greatest, the least."""
    m, ndim = METHODS, A._data.ndim
    order = [place for place in range(ndim) if place not in (rows, columns)] + [rows, columns]
    values = FUNCTIONS["linalg.svdvals"](m["permute"](A, order))
    made: Tensor = m["sum"](values, -1, keepdim) if ord == "nuc" else _extreme(values, ord, -1, keepdim)
    if keepdim:
        made = m["permute"](m["unsqueeze"](made, -1), [order.index(place) for place in range(ndim)])
    return made


@spelled("torch.linalg.norm")
def linalg_norm(input: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Dtype = None) -> Tensor:  # fmt: skip
    """The norm of a vector, or of a matrix where there are two dimensions. Raises RuntimeError where it is not told which."""
    if isinstance(ord, str):
        return matrix_norm(input, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    count = input._data.ndim if dim is None else 1 if isinstance(dim, int) else len(dim)
    if dim is not None and count not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}")
    if dim is None and ord is not None and count not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {input.ndim}D."
        )
    if ord is not None and count == 2:
        return matrix_norm(input, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, ord, dim, keepdim, dtype=dtype)


@spelled("torch.dist", "Tensor.dist")
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    _check("dist", input, other)
    kind = dtypes.result_type([input._data, other._data], [])
    if kind is dtypes.bool_:
        METHODS["sub"](input, other)  # raises what a difference of truth values raises
    if not kind.is_floating_point:
        raise RuntimeError(
            f"norm(): input dtype should be either floating point or complex. Got {kind.scalar} instead."
        )
    result: Tensor = apply(DIST, (input, other), (p,))
    return result


MODES = {
    "use_mm_for_euclid_dist_if_necessary": 0, "use_mm_for_euclid_dist": 1, "donot_use_mm_for_euclid_dist": 2,
}  # fmt: skip


@spelled("torch.cdist")
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The distance of every row of one matrix from every row of the other; between many rows, where p is 2, by a product of matrices."""
    if compute_mode not in MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    for place, each in ((1, x1), (2, x2)):
        if each._data.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, X{place} got: {each.ndim}D")
    for place, each in ((1, x1), (2, x2)):
        if each._data.dtype.kind != "f":
            raise RuntimeError(f"cdist only supports floating-point dtypes, X{place} got: {each.dtype.scalar}")
    left, right, mode = x1._data.shape, x2._data.shape, MODES[compute_mode]
    if left[-1] != right[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {left[-1]} X2: {right[-1]}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if x1._data.dtype != x2._data.dtype:
        raise RuntimeError(f"expected scalar type {x1.dtype.scalar} but found {x2.dtype.scalar}")
    batch = FUNCTIONS["broadcast_shapes"](left[:-2], right[:-2])
    many = mode == 1 or (mode == 0 and max(left[-2], right[-2]) > 25)
    if p == 2 and many and x1._data.size and x2._data.size:
        shape = (*batch, left[-2], right[-2])
        if math.prod(batch) != 1:
            x1, x2 = METHODS["expand"](x1, *batch, *left[-2:]), METHODS["expand"](x2, *batch, *right[-2:])
        made: Tensor = METHODS["view"](apply(EUCLID, (x1, x2)), shape)
        return made
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
    others = _others(input, p, dim, maxnorm)
    _float("linalg.vector_norm", input)
    result: Tensor = apply(RENORM, (input,), (p, others, maxnorm))
    return result
