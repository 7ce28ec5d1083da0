"""Matrices taken apart by elimination: two triangles and an order of rows; what a Cholesky factor solves; the exponential of a matrix."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine.application import apply
from engine.kernels.elimination import (
    Tools,
    beside,
    cholesky_solve_factor,
    factors_back,
    lu_parts,
    order_of,
    triangles_back,
)
from engine.kernels.matrices import LinAlgError
from engine.ops.answers import answer
from engine.ops.matrices import matrix
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

LU = row(
    "linalg_lu", "lu(A, pivot)", {"A": "lu_backward(g, order, L, U)"}, settings="pivot", results="order L U", many=True,
    symbol="lu", spelled=("torch.linalg.lu",), samples=(((3, 3), True), ((3, 2), True), ((2, 3), True)),
    en="Both triangles send their gradients back, each through the other.", zh="两个三角各自经由对方把梯度传回。",
)  # fmt: skip
LU_FACTOR = row(
    "linalg_lu_factor", "lu_factor(A, pivot)", {"A": "lu_factor_backward(g, LU, pivots)"}, settings="pivot",
    results="LU pivots", many=True, node="LinalgLuFactorExBackward0!", symbol="lu", spelled=("torch.linalg.lu_factor",),
    samples=(((3, 3), True), ((3, 2), True)),
    en="Both triangles send their gradients back, each through the other.", zh="两个三角各自经由对方把梯度传回。",
)  # fmt: skip
LU_SOLVE = row(
    "linalg_lu_solve", "lu_solved(LU, pivots, B, left, adjoint)",
    {
        "LU": "lu_solve_factors(lu_solved(LU, pivots, g, left, not adjoint), result, LU, pivots, left, adjoint)",
        "B": "lu_solved(LU, pivots, g, left, not adjoint)",
    },
    inputs="LU pivots B", settings="left adjoint", symbol="A⁻¹B", spelled=("torch.linalg.lu_solve",),
    samples=(((2, 2), [2, 2], (2, 3), True, False), ((2, 2), [1, 2], (3, 2), False, False), ((2, 2), [2, 2], (2, 1), True, True)),
    en="The right side receives the solution of the turned matrix; the triangles that, times the solution.", zh="右端得到转置矩阵的解；两个三角得到它与解之积。",
)  # fmt: skip
CHOLESKY_SOLVE = row(
    "cholesky_solve", "cholesky_solve(self, input2, upper)",
    {"self": "cholesky_solve(g, input2, upper)", "input2": "cholesky_solve_factor(cholesky_solve(g, input2, upper), result, input2, upper)"},
    together="cholesky_solve_backward(g, input2, result, upper, wanted)",
    settings="upper", symbol="A⁻¹B", spelled=("torch.cholesky_solve", "Tensor.cholesky_solve"), samples=(((1, 2), (1, 1), False), ((2, 1, 3), (2, 1, 1), True)), domain=(0.5, 2.0),
    en="The right side receives the solution of its gradient; the factor that, times the solution.", zh="右端得到以其梯度为右端的解；因子得到它与解之积。",
)  # fmt: skip
CHOLESKY_INVERSE = row(
    "cholesky_inverse", "cholesky_inverse(self, upper)", {"self": "cholesky_inverse_backward(g, self, result, upper)"}, settings="upper", symbol="x⁻¹",
    spelled=("torch.cholesky_inverse", "Tensor.cholesky_inverse"), samples=(((1, 1), False), ((2, 1, 1), True)), domain=(0.5, 2.0),
    en="The gradient between two inverses, with the sign turned, times the factor.", zh="梯度夹在两个逆之间并变号，再乘以因子。",
)  # fmt: skip
MATRIX_EXP = row(
    "linalg_matrix_exp", "matrix_exp(self)", {"self": "matrix_exp_backward(g, self)"}, symbol="eⁿ", spelled=("torch.linalg.matrix_exp", "torch.matrix_exp", "Tensor.matrix_exp"),
    samples=(((2, 2),), ((2, 3, 3),)), en="The gradient is carried along in the exponential of a larger matrix.", zh="把梯度放进一个更大的矩阵，由它的指数带出。",
)  # fmt: skip

PAIRS = {name: answer(name, fields) for name, fields in (("linalg_lu", "P L U"), ("linalg_lu_factor", "LU pivots"))}


@spelled("torch.linalg.lu")
def lu(A: Tensor, *, pivot: bool = True) -> Any:  # noqa: N803
    """A as an order of rows, a lower triangle with ones and an upper one. Raises RuntimeError without `pivot`."""
    _pivoted("linalg.lu_factor", pivot)
    order, low, up = apply(LU, (_apart("linalg.lu", A),), (pivot,))
    rows = A._data.shape[-2]
    ones = np.arange(rows)[:, None] == order._data[..., None, :]
    return PAIRS["linalg_lu"](Tensor(ones.astype(A._data.dtype)), low, up)


@spelled("torch.linalg.lu_factor")
def lu_factor(A: Tensor, *, pivot: bool = True) -> Any:  # noqa: N803
    """Both triangles in one matrix, and for each row, counted from one, with which it was exchanged. Raises RuntimeError without `pivot`."""
    _pivoted("linalg.lu_factor", pivot)
    return PAIRS["linalg_lu_factor"](*apply(LU_FACTOR, (_apart("torch.lu_factor", A),), (pivot,)))


def _pivoted(name: str, pivot: bool) -> None:
    if not pivot:
        raise RuntimeError(f"{name}: LU without pivoting is not implemented on the CPU")


def _apart(name: str, A: Tensor) -> Tensor:  # noqa: N803
    if A._data.ndim < 2:
        raise RuntimeError(f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead")
    if A._data.dtype.kind != "f" or A._data.dtype.itemsize == 2:
        raise NotImplementedError(f"\"lu_cpu\" not implemented for '{A.dtype.scalar}'")
    return A


@spelled("torch.linalg.lu_solve")
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:  # noqa: N803
    """What the matrix that these triangles are of must be multiplied by to give B. Raises RuntimeError where they do not belong together."""
    matrix("torch.linalg.lu_solve", LU)
    if pivots._data.dtype != np.int32:
        raise RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32")
    if B._data.ndim < 2:
        raise RuntimeError("linalg.lu_solve: The input tensor B must have at least 2 dimensions.")
    size, sides = LU._data.shape[-1], B._data.shape[-2:]
    if sides[0 if left else 1] != size:
        told = "x".join(map(str, sides))
        raise RuntimeError(
            f"linalg.lu_solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} ({size}x{size} and {told})"
        )
    if pivots._data.shape[-1] != size:
        raise RuntimeError("linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix")
    _need_wide("linalg.lu_solve_cpu", LU)
    result: Tensor = apply(LU_SOLVE, (LU, pivots, B), (left, adjoint))
    return result


def _need_wide(word: str, value: Tensor) -> None:
    """Raises NotImplementedError for what LAPACK has not: whole numbers and half ones."""
    if value._data.dtype.kind != "f" or value._data.dtype.itemsize == 2:
        raise NotImplementedError(f"\"{word}\" not implemented for '{value.dtype.scalar}'")


TOOLS = Tools(
    lambda x, y, upper, left, unit: FUNCTIONS["linalg.solve_triangular"](
        x, y, upper=upper, left=left, unitriangular=unit
    ),
    lambda x: METHODS["tril"](x, -1),
    METHODS["triu"],
    FUNCTIONS["cat"],
    lambda x, order: FUNCTIONS["take_along_dim"](x, order, -2),
)


def _parts(factors: Tensor, pivots: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    rows, columns = factors._data.shape[-2:]
    ones = Tensor(np.eye(rows, min(rows, columns), dtype=factors._data.dtype))
    return lu_parts(factors, _column(order_of(pivots._data, rows)), TOOLS, ones)


def _column(order: Any) -> Tensor:
    return Tensor(order[..., None])


@spelled("internal.lu_backward")
def lu_backward(g: Sequence[Tensor], order: Tensor, low: Tensor, up: Tensor) -> Any:
    return triangles_back((g[1], g[2]), _column(np.argsort(order._data, -1)), low, up, TOOLS)


@spelled("internal.lu_factor_backward")
def lu_factor_backward(g: Sequence[Tensor], factors: Tensor, pivots: Tensor) -> Any:
    order, low, up = _parts(factors, pivots)
    least = low._data.shape[-1]
    m = METHODS
    pull = m["tril"](m["narrow"](g[0], -1, 0, least), -1), m["triu"](m["narrow"](g[0], -2, 0, least))
    return triangles_back(pull, Tensor(np.argsort(order._data, -2)), low, up, TOOLS)


@spelled("internal.lu_solve_factors")
def lu_solve_factors(side: Tensor, found: Tensor, factors: Tensor, pivots: Tensor, left: bool, adjoint: bool) -> Any:
    return factors_back(side, found, _parts(factors, pivots), left, adjoint, TOOLS)


@spelled("internal.lu_solved")
def _lu_solved(LU: Tensor, pivots: Tensor, B: Tensor, left: bool, adjoint: bool) -> Tensor:  # noqa: N803
    result: Tensor = apply(LU_SOLVE, (LU, pivots, B), (left, adjoint))
    return result


@spelled("torch.cholesky_solve", "Tensor.cholesky_solve", "internal.cholesky_solve")
def cholesky_solve(input: Tensor, L: Tensor, upper: bool = False) -> Tensor:  # noqa: N803
    """What the matrix with this factor must be multiplied by to give the input. Raises RuntimeError where they do not belong together."""
    for name, each in (("b", input), ("u", L)):
        if each._data.ndim < 2:
            raise RuntimeError(
                f"{name} should have at least 2 dimensions, but has {each._data.ndim} dimensions instead"
            )
    if L._data.shape[-1] != L._data.shape[-2]:
        raise RuntimeError(
            f"A must be batches of square matrices, but they are {L._data.shape[-2]} by {L._data.shape[-1]} matrices"
        )
    if input._data.dtype != L._data.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {input.dtype.scalar} and A of type {L.dtype.scalar} instead."
        )
    if input._data.shape[-2] != L._data.shape[-1]:
        raise RuntimeError(
            f"Incompatible matrix sizes for cholesky_solve: each A matrix is {L._data.shape[-1]} by {L._data.shape[-1]} but each b matrix is "
            f"{input._data.shape[-2]} by {input._data.shape[-1]}"
        )
    _need_wide("cholesky_solve_cpu", L)
    result: Tensor = apply(CHOLESKY_SOLVE, (input, L), (upper,))
    return result


@spelled("internal.cholesky_solve_backward")
def cholesky_solve_backward(
    g: Tensor, factor: Tensor, found: Tensor, upper: bool, wanted: Sequence[bool]
) -> Iterator[Tensor]:
    """By one solution for both."""
    side = cholesky_solve(g, factor, upper)
    if wanted[0]:
        yield side
    if wanted[1]:
        yield cholesky_solve_factor(side, found, factor, upper)


@spelled("torch.cholesky_inverse", "Tensor.cholesky_inverse")
def cholesky_inverse(input: Tensor, upper: bool = False) -> Tensor:
    """The inverse of the matrix with this factor. Raises LinAlgError where one of its diagonal is zero."""
    _need_wide("cholesky_inverse_out_cpu", matrix("cholesky_inverse", input, real=False))
    nothing = np.argwhere(np.diagonal(input._data, axis1=-2, axis2=-1) == 0)
    if nothing.size:
        *lead, place = nothing[0].tolist()
        batch = np.ravel_multi_index(lead, input._data.shape[:-2]) if lead else 0
        told = f"(Batch element {batch}): " if lead else ""
        raise LinAlgError(
            f"cholesky_inverse: {told}The diagonal element {place + 1} is zero, the inversion could not be completed because the input "
            "matrix is singular."
        )
    result: Tensor = apply(CHOLESKY_INVERSE, (input,), (upper,))
    return result


@spelled("torch.linalg.matrix_exp", "torch.matrix_exp", "Tensor.matrix_exp", "internal.matrix_exp")
def matrix_exp(A: Tensor) -> Tensor:  # noqa: N803
    """The sum of all powers of a matrix, each over its factorial."""
    result: Tensor = apply(MATRIX_EXP, (matrix("linalg.matrix_exp", A),))
    return result


@spelled("internal.matrix_exp_backward")
def matrix_exp_backward(g: Tensor, x: Tensor) -> Tensor:
    """As the kernel of this name, of Tensors; each block is written into zeros."""
    m, size, scale = METHODS, x._data.shape[-1], beside(g._data, x._data)
    turned, whole = m["transpose"](x, -2, -1), m["new_zeros"](g, (*x._data.shape[:-2], 2 * size, 2 * size))
    for top, left, block in (
        (0, 0, turned),
        (size, size, turned),
        (0, size, g if scale == 1 else m["div"](g, scale)),
    ):
        m["copy_"](m["narrow"](m["narrow"](whole, -2, top, size), -1, left, size), block)
    made: Tensor = m["narrow"](m["narrow"](matrix_exp(whole), -2, 0, size), -1, size, size)
    return made if scale == 1 else m["mul"](made, scale)


@spelled("torch.linalg.cond")
def cond(A: Tensor, p: Any = None) -> Tensor:  # noqa: N803
    """How much a matrix can enlarge an error: the norm of the matrix times that of its inverse."""
    m = METHODS
    if A._data.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p in (None, 2, -2):
        values = FUNCTIONS["linalg.svdvals"](matrix("linalg.svd", A, square=False))
        great, small = m["narrow"](values, -1, 0, 1), m["narrow"](values, -1, values._data.shape[-1] - 1, 1)
        result: Tensor = m["squeeze"](m["div"](small, great) if p == -2 else m["div"](great, small), -1)
        return result
    measure = FUNCTIONS["linalg.matrix_norm"]
    if p not in ("fro", "nuc", 1, -1, math.inf, -math.inf):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    matrix(f"linalg.cond(ord={p})", A, real=False)
    try:
        result = m["mul"](measure(A, p), measure(FUNCTIONS["linalg.inv"](A), p))
    except LinAlgError:
        result = m["new_full"](A, A._data.shape[:-2], math.inf)
    return result if p == "nuc" else m["nan_to_num"](result, math.inf, math.inf, -math.inf)
