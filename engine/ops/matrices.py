"""`torch.linalg`: inverses, determinants, solutions and factors of matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.function import apply
from engine.kernels.matrices import LinAlgError
from engine.ops import dims
from engine.ops.answers import answer
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, argument, row, spelled
from engine.tensor import Tensor

INV = row(
    "linalg_inv", "inv(A)", {"A": "inv_backward(g, result)"}, node="LinalgInvExBackward0!", symbol="x⁻¹", spelled=("torch.linalg.inv", "torch.inverse", "Tensor.inverse"),
    samples=(((3, 3),), ((2, 2, 2),)), en="The gradient between two turned inverses, with the sign turned.", zh="梯度夹在两个转置的逆之间，再变号。",
)  # fmt: skip
DET = row(
    "linalg_det", "det(A)", {"A": "det_backward(g, A, result)"}, symbol="det", spelled=("torch.linalg.det", "torch.det", "Tensor.det"),
    samples=(((3, 3),), ((2, 2, 2),)), en="Each element receives the gradient times its cofactor.", zh="每个元素得到梯度乘以它的代数余子式。",
)  # fmt: skip
SLOGDET = row(
    "linalg_slogdet", "slogdet(A)", {"A": "slogdet_backward(g, inv(A))"}, results="sign logabsdet", many=True, symbol="slogdet",
    spelled=("torch.linalg.slogdet", "torch.slogdet", "Tensor.slogdet"), samples=(((3, 3),), ((2, 2, 2),)),
    en="The logarithm sends back the turned inverse; the sign is flat.", zh="对数传回逆的转置；符号是平的。",
)  # fmt: skip
SOLVE = row(
    "linalg_solve", "solved(A, B, left, vector)",
    {
        "A": "solve_outer(solved(transpose(A, -2, -1), g, left, vector), result, left, vector)",
        "B": "solved(transpose(A, -2, -1), g, left, vector)",
    },
    settings="left vector", node="LinalgSolveExBackward0!", symbol="A⁻¹B", spelled=("torch.linalg.solve",),
    samples=(((3, 3), (3, 2), True, False), ((3, 3), (3,), True, True), ((2, 2), (3, 2), False, False)),
    en="The right side receives the solution of the turned matrix; the matrix that, times the solution, with the sign turned.",
    zh="右端得到转置矩阵的解；矩阵得到它与解之积的相反数。",
)  # fmt: skip
CHOLESKY = row(
    "linalg_cholesky", "cholesky(self, upper)",
    {"self": "cholesky_backward(transpose(g, -2, -1) if upper else g, transpose(result, -2, -1) if upper else result)"}, settings="upper",
    node="LinalgCholeskyExBackward0!", symbol="chol", spelled=("torch.linalg.cholesky",),
    samples=(((2, 1, 1), False), ((1, 1), True)), domain=(0.5, 2.0),
    en="The gradient of the factor, spread over both triangles of the matrix.", zh="因子的梯度，分到矩阵的两个三角上。",
)  # fmt: skip
PINV = row(
    "linalg_pinv", "pinv(A)", {"A": "pinv_backward(g, A, result)"}, symbol="x⁺", spelled=("torch.linalg.pinv", "torch.pinverse", "Tensor.pinverse"),
    samples=(((2, 3),), ((3, 2),)), en="As of an inverse, and what the matrix does not reach adds its part.", zh="如同逆矩阵；矩阵够不到的部分也有贡献。",
)  # fmt: skip
EIGH = row(
    "linalg_eigh", "eigh(A, UPLO)", {"A": "eigh_backward(g, eigenvalues, eigenvectors)"}, settings="UPLO", results="eigenvalues eigenvectors", many=True,
    symbol="eigh", spelled=("torch.linalg.eigh", "torch.linalg.eigvalsh"), samples=(((2, 1, 1), "L"),),
    en="Values send their gradient along their vectors; vectors turn by the gaps between the values.", zh="特征值沿特征向量传回梯度；特征向量按特征值之差转动。",
)  # fmt: skip
SVD = row(
    "linalg_svd", "svd(A, full_matrices)", {"A": "svd_backward(g, U, S, Vh)"}, settings="full_matrices", results="U S Vh", many=True, symbol="svd",
    spelled=("torch.linalg.svd", "torch.svd", "torch.linalg.svdvals"),
    samples=(((2, 3), False), ((3, 2), False)),
    en="Values send their gradient along their pair of vectors; vectors turn by the gaps between the values.", zh="奇异值沿它的一对向量传回梯度；向量按奇异值之差转动。",
)  # fmt: skip
QR = row(
    "linalg_qr", "qr(A, mode)", {"A": "qr_backward(g, Q, R, inv(R))"}, settings="mode", results="Q R", many=True, symbol="qr",
    spelled=("torch.linalg.qr", "torch.qr"), samples=(((3, 3), "reduced"), ((3, 2), "reduced")),
    en="Both factors send their gradients back through the triangle.", zh="两个因子都把梯度经由三角阵传回。",
)  # fmt: skip


def _float(name: str, value: Any, *, square: bool = True) -> Tensor:
    """The matrix. Raises RuntimeError or TypeError in PyTorch's words where it is none."""
    if not isinstance(value, Tensor):
        raise argument(f"linalg_{name}", "A", 1, value)
    if value._data.ndim < 2:
        raise RuntimeError(f"linalg.{name}: The input tensor A must have at least 2 dimensions.")
    rows, columns = value._data.shape[-2:]
    if square and rows != columns:
        raise RuntimeError(
            f"linalg.{name}: A must be batches of square matrices, but they are {rows} by {columns} matrices"
        )
    if value._data.dtype.kind != "f":
        raise RuntimeError(
            f"linalg.{name}: Expected a floating point or complex tensor as input. Got {value.dtype.scalar}"
        )
    return value


def _run(op: Op, inputs: Sequence[Any], settings: tuple[Any, ...], words: str) -> Any:
    try:
        return apply(op, tuple(inputs), settings)
    except LinAlgError as fault:
        batch = "" if fault.batch is None else f"(Batch element {fault.batch}): "
        raise LinAlgError(words.format(batch=batch, order=fault.order)) from None


SINGULAR = (
    "linalg.inv: {batch}The diagonal element {order} is zero, the inversion could not be completed because the input matrix is "
    "singular."
)
UNSOLVED = "torch.linalg.solve: {batch}The solver failed because the input matrix is singular."
NEGATIVE = (
    "linalg.cholesky: {batch}The factorization could not be completed because the input is not positive-definite (the leading minor of "
    "order {order} is not positive-definite)."
)


@spelled("torch.linalg.inv", "torch.inverse", "Tensor.inverse", "internal.inv")
def inv(A: Tensor) -> Tensor:  # noqa: N803
    """The inverse of a matrix, or of each of a batch. Raises LinAlgError where there is none."""
    result: Tensor = _run(INV, (_float("inv", A),), (), SINGULAR)
    return result


@spelled("torch.linalg.det", "torch.det", "Tensor.det")
def det(A: Tensor) -> Tensor:  # noqa: N803
    result: Tensor = apply(DET, (_float("det", A),))
    return result


@spelled("internal.det_backward")
def det_backward(g: Tensor, x: Tensor, result: Tensor) -> Tensor:
    m = METHODS
    scale = m["unsqueeze"](m["unsqueeze"](m["mul"](g, result), -1), -1)
    made: Tensor = m["mul"](scale, m["transpose"](inv(x), -2, -1))
    return made


PAIRS = {
    "slogdet": answer("slogdet", "sign logabsdet"),
    "linalg.slogdet": answer("linalg_slogdet", "sign logabsdet"),
    "linalg.eigh": answer("linalg_eigh", "eigenvalues eigenvectors"),
    "linalg.svd": answer("linalg_svd", "U S Vh"),
    "svd": answer("svd", "U S V"),
    "linalg.qr": answer("linalg_qr", "Q R"),
    "qr": answer("qr", "Q R"),
}


@spelled("torch.linalg.slogdet")
def linalg_slogdet(A: Tensor) -> Any:  # noqa: N803
    return PAIRS["linalg.slogdet"](*apply(SLOGDET, (_float("slogdet", A),)))


@spelled("torch.slogdet", "Tensor.slogdet")
def slogdet(input: Tensor) -> Any:
    return PAIRS["slogdet"](*apply(SLOGDET, (_float("slogdet", input),)))


@spelled("torch.logdet", "Tensor.logdet")
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant, nan where that is negative."""
    sign, size = apply(SLOGDET, (_float("logdet", input),))
    nan = Tensor(np.full(sign._data.shape, math.nan, sign._data.dtype)[()])
    result: Tensor = FUNCTIONS["where"](METHODS["eq"](sign.detach(), -1.0), nan, size)
    return result


@spelled("torch.linalg.solve")
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:  # noqa: N803
    """What A must be multiplied by to give B. Raises LinAlgError where A has no inverse."""
    _float("solve", A)
    if A._data.dtype != B._data.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {A.dtype.scalar} and B of type "
            f"{B.dtype.scalar} instead"
        )
    vector = B._data.ndim == 1 or (A._data.ndim - 1 == B._data.ndim and B._data.shape == A._data.shape[:-1])
    rows = (*B._data.shape, 1)[-2:] if vector else B._data.shape[-2:]
    size = A._data.shape[-1]
    if vector and not left:
        raise RuntimeError("linalg.solve: Vector broadcasting of the left hand side is not supported for left=False")
    if rows[0 if left else 1] != size:
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({size}x{size} and {rows[0]}x{rows[1]})"
        )
    return _solved(A, B, left, vector)


@spelled("internal.solved")
def _solved(x: Tensor, y: Tensor, left: bool, vector: bool) -> Tensor:
    result: Tensor = _run(SOLVE, (x, y), (left, vector), UNSOLVED)
    return result


@spelled("torch.linalg.cholesky")
def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:  # noqa: N803
    """The triangle whose product with itself turned gives A. Raises LinAlgError where A is not positive."""
    result: Tensor = _run(CHOLESKY, (_float("cholesky", A),), (upper,), NEGATIVE)
    return result


@spelled("torch.linalg.pinv", "torch.pinverse", "Tensor.pinverse")
def pinv(A: Tensor) -> Tensor:  # noqa: N803
    """The inverse as near as there is one."""
    if A._data.ndim < 2 or A._data.dtype.kind != "f":
        raise RuntimeError(
            f"linalg.pinv({A.dtype.scalar}{{{list(A._data.shape)}}}): expected a tensor with 2 or more dimensions of float, double, cfloat or "
            "cdouble types"
        )
    result: Tensor = apply(PINV, (A,))
    return result


@spelled("torch.linalg.eigh")
def eigh(A: Tensor, UPLO: str = "L") -> Any:  # noqa: N803
    """The values and vectors of a symmetric matrix, of which one triangle is read."""
    return PAIRS["linalg.eigh"](*_eigh("eigh", A, UPLO))


def _eigh(name: str, A: Tensor, UPLO: str) -> Any:  # noqa: N803
    _float(name, A)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return apply(EIGH, (A,), (UPLO.upper(),))


@spelled("torch.linalg.eigvalsh")
def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:  # noqa: N803
    found: Tensor = _eigh("eigvalsh", A, UPLO)[0]
    return found


@spelled("torch.linalg.svd")
def linalg_svd(A: Tensor, full_matrices: bool = True) -> Any:  # noqa: N803
    """A as two turns and a stretch between them."""
    return PAIRS["linalg.svd"](*apply(SVD, (_float("svd", A, square=False),), (full_matrices,)))


@spelled("torch.svd", "Tensor.svd")
def svd(input: Tensor, some: bool = True) -> Any:
    left, values, right = apply(SVD, (_float("svd", input, square=False),), (not some,))
    return PAIRS["svd"](left, values, METHODS["transpose"](right, -2, -1))


@spelled("torch.linalg.svdvals")
def svdvals(A: Tensor) -> Tensor:  # noqa: N803
    found: Tensor = apply(SVD, (_float("svdvals", A, square=False),), (False,))[1]
    return found


def _qr(A: Tensor, mode: str) -> Any:  # noqa: N803
    _float("qr", A, square=False)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    made, rest = apply(QR, (A,), (mode,))
    return (Tensor(np.zeros(0, A._data.dtype)) if mode == "r" else made), rest


@spelled("torch.linalg.qr")
def linalg_qr(A: Tensor, mode: str = "reduced") -> Any:  # noqa: N803
    """A as a turn and an upper triangle."""
    return PAIRS["linalg.qr"](*_qr(A, mode))


@spelled("torch.qr", "Tensor.qr")
def qr(input: Tensor, some: bool = True) -> Any:
    return PAIRS["qr"](*_qr(input, "reduced" if some else "complete"))


@spelled("torch.linalg.matrix_rank")
def matrix_rank(A: Tensor, *, tol: float | None = None, hermitian: bool = False) -> Tensor:  # noqa: N803
    """How many singular values are not negligible."""
    values = np.linalg.svd(_float("matrix_rank", A, square=False)._data, compute_uv=False)
    limit = values[..., :1] * max(A._data.shape[-2:]) * np.finfo(values.dtype).eps if tol is None else tol
    return Tensor(np.sum(values > limit, -1))


@spelled("torch._spectral")
def spectral(A: Tensor, ord: Any, dim: Any, keepdim: bool) -> Tensor:  # noqa: N803
    """The norms that singular values give: their sum, the greatest, the least."""
    m, ndim = METHODS, A._data.ndim
    rows, columns = (dims.one(each, ndim) for each in dim)
    order = [place for place in range(ndim) if place not in (rows, columns)] + [rows, columns]
    values = svdvals(m["permute"](A, order))
    made = m["sum"](values, -1, keepdim) if ord == "nuc" else m["amax" if ord > 0 else "amin"](values, -1, keepdim)
    if keepdim:
        made = m["permute"](m["unsqueeze"](made, -1), [order.index(place) for place in range(ndim)])
    return made  # type: ignore[no-any-return]


@spelled("torch.linalg.norm")
def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False) -> Tensor:  # noqa: N803
    """The norm of a vector, or of a matrix where there are two dimensions. Raises RuntimeError where it is not told which."""
    if ord is not None and dim is None and A._data.ndim not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
        )
    matrix = A._data.ndim == 2 if dim is None else isinstance(dim, (tuple, list)) and len(dim) == 2
    if ord is not None and matrix:
        result: Tensor = FUNCTIONS["linalg.matrix_norm"](A, ord, (0, 1) if dim is None else dim, keepdim)
        return result
    result = FUNCTIONS["linalg.vector_norm"](A, 2 if ord is None else ord, dim, keepdim)
    return result
