"""Inverses, determinants and solutions of matrices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine.application import apply
from engine.kernels.matrices import LinAlgError, pinv_backward, ranks
from engine.ops.answers import answer
from engine.ops.op import Op
from engine.ops.reduction import all_but_one, times
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
    "linalg_slogdet", "slogdet(A)", {"A": "slogdet_backward(g, A)"}, results="sign logabsdet", many=True, symbol="slogdet",
    spelled=("torch.linalg.slogdet", "torch.slogdet", "Tensor.slogdet"), samples=(((3, 3),), ((2, 2, 2),)),
    en="The logarithm sends back the turned inverse; the sign is flat.", zh="对数传回逆的转置；符号是平的。",
)  # fmt: skip
SOLVE = row(
    "linalg_solve", "solved(A, B, left, vector)",
    {
        "A": "solve_outer(solved(transpose(A, -2, -1), g, left, vector), result, left, vector)",
        "B": "solved(transpose(A, -2, -1), g, left, vector)",
    },
    together="solve_backward(g, A, result, left, vector, wanted)", settings="left vector", node="LinalgSolveExBackward0!", symbol="A⁻¹B", spelled=("torch.linalg.solve",),
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
    "linalg_pinv", "pinv(A, atol, rtol, hermitian)", {"A": "pinv_backward(g, A, result)"}, settings="atol rtol hermitian", symbol="x⁺",
    spelled=("torch.linalg.pinv", "torch.pinverse", "Tensor.pinverse"), samples=(((2, 3), None, None, False), ((3, 2), None, None, False), ((3, 3), 0.0, 0.1, False)),
    en="As of an inverse, and what the matrix does not reach adds its part.", zh="如同逆矩阵；矩阵够不到的部分也有贡献。",
)  # fmt: skip
SOLVE_TRIANGULAR = row(
    "linalg_solve_triangular", "solved_triangular(A, B, upper, left, unitriangular)",
    {
        "A": "triangle_outer(solved_triangular(transpose(A, -2, -1), g, not upper, left, unitriangular), result, upper, left, unitriangular)",
        "B": "solved_triangular(transpose(A, -2, -1), g, not upper, left, unitriangular)",
    },
    together="solve_triangular_backward(g, A, result, upper, left, unitriangular, wanted)", settings="upper left unitriangular", symbol="A⁻¹B",
    spelled=("torch.linalg.solve_triangular",),
    samples=(((3, 3), (3, 2), True, True, False), ((2, 2), (3, 2), False, False, False), ((3, 3), (3, 2), False, True, True)),
    en="As of a solution; only the triangle that was read receives a gradient.", zh="与求解相同；只有被读取的三角得到梯度。",
)  # fmt: skip
LSTSQ = row(
    "linalg_lstsq", "least_squares(A, B, rcond, vector, residual)",
    {
        "A": "least_squares_matrix(g, A, B, solution, pinv(A, 0.0, rcond, False), vector)",
        "B": "least_squares_side(g, A, B, solution, pinv(A, 0.0, rcond, False), vector)",
    },
    together="least_squares_backward(g, A, B, solution, rcond, vector, wanted)", settings="rcond vector residual", results="solution residuals", many=True, symbol="A⁺B", spelled=("torch.linalg.lstsq",),
    samples=(((4, 2), (4, 3), 1e-12, False, True), ((3, 3), (3,), 1e-12, True, False)),
    en="As of the pseudo-inverse times the right side; what is left over sends its own part.", zh="如同伪逆乘以右端；残差另有自己的一份。",
)  # fmt: skip


def matrix(name: str, value: Any, *, square: bool = True, real: bool = True, low: bool = True) -> Tensor:
    """The matrix. Raises RuntimeError or TypeError in PyTorch's words where it is none, not square, not of real numbers, or of half ones where not `low`."""
    if not isinstance(value, Tensor):
        raise argument(name.replace(".", "_"), "A", 1, value)
    if value._data.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    rows, columns = value._data.shape[-2:]
    if square and rows != columns:
        raise RuntimeError(f"{name}: A must be batches of square matrices, but they are {rows} by {columns} matrices")
    if real and value._data.dtype.kind != "f":
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {value.dtype.scalar}")
    if not low and value._data.dtype.itemsize == 2:
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got {value.dtype.scalar}")
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
    result: Tensor = _run(INV, (matrix("linalg.inv", A, low=False),), (), SINGULAR)
    return result


@spelled("torch.linalg.det", "torch.det", "Tensor.det")
def det(A: Tensor) -> Tensor:  # noqa: N803
    result: Tensor = apply(DET, (matrix("linalg.det", A),))
    return result


@spelled("internal.det_backward")
def det_backward(g: Tensor, x: Tensor, result: Tensor) -> Tensor:
    """The same of Tensors: by a solution where there is one, else by the singular values, as PyTorch does it."""
    m, size = METHODS, x._data.shape[-1]
    if not x._data.size:
        return Tensor(np.zeros_like(x._data))
    if size == 1:
        made: Tensor = m["expand"](m["unsqueeze"](m["unsqueeze"](g, -1), -1), x._data.shape)
        return made
    singular = np.abs(result._data) < 100 * np.finfo(x._data.dtype).eps
    if not np.any(singular) or np.all(singular):
        return _cofactors(g, x, result, bool(np.any(singular)))
    made, take = FUNCTIONS["empty_like"](x), m["__getitem__"]
    for some, broken in ((~singular, False), (singular, True)):
        mask = Tensor(some)
        parts = _cofactors(take(g, mask), take(x, mask), take(result, mask), broken)
        made = FUNCTIONS["index_put"](made, (mask,), parts)
    return made


@spelled("internal.slogdet_backward")
def slogdet_backward(g: Sequence[Tensor], x: Tensor) -> Tensor:
    return _turned_inverse(g[1], x)


def _turned_inverse(scale: Tensor, x: Tensor) -> Tensor:
    m = METHODS
    spread = m["expand"](m["unsqueeze"](scale, -1), x._data.shape[:-1])
    return solve(m["transpose"](x, -2, -1), m["transpose"](FUNCTIONS["diag_embed"](spread), -2, -1))


def _cofactors(g: Tensor, x: Tensor, result: Tensor, singular: bool) -> Tensor:
    m = METHODS
    if not singular:
        return _turned_inverse(m["mul"](g, result), x)
    left, values, right = FUNCTIONS["linalg.svd"](x)
    factor = m["mul"](m["mul"](det(left), det(right)), g)
    others = m["mul"](m["unsqueeze"](factor, -1), all_but_one(values, values._data.ndim - 1))
    made: Tensor = m["matmul"](m["mul"](left, m["unsqueeze"](others, -2)), right)
    return made


PAIRS = {
    "linalg.lstsq": answer("linalg_lstsq", "solution residuals rank singular_values"),
    "slogdet": answer("slogdet", "sign logabsdet"),
    "linalg.slogdet": answer("linalg_slogdet", "sign logabsdet"),
}


@spelled("torch.linalg.slogdet")
def linalg_slogdet(A: Tensor) -> Any:  # noqa: N803
    return PAIRS["linalg.slogdet"](*apply(SLOGDET, (matrix("linalg.slogdet", A, low=False),)))


@spelled("torch.slogdet", "Tensor.slogdet")
def slogdet(input: Tensor) -> Any:
    return PAIRS["slogdet"](*apply(SLOGDET, (matrix("linalg.slogdet", input, low=False),)))


@spelled("torch.logdet", "Tensor.logdet")
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant, nan where that is negative."""
    sign, size = apply(SLOGDET, (matrix("logdet", input, low=False),))
    nan = Tensor(np.full(sign._data.shape, math.nan, sign._data.dtype)[()])
    result: Tensor = FUNCTIONS["where"](METHODS["eq"](sign.detach(), -1.0), nan, size)
    return result


@spelled("torch.linalg.solve")
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:  # noqa: N803
    """What A must be multiplied by to give B. Raises LinAlgError where A has no inverse."""
    matrix("linalg.solve", A)
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


@spelled("internal.solve_backward")
def solve_backward(
    g: Tensor, x: Tensor, result: Tensor, left: bool, vector: bool, wanted: Sequence[bool]
) -> Iterator[Tensor]:
    """The solution of the turned matrix, once for both gradients, as PyTorch makes them."""
    m = METHODS
    side = _solved(m["transpose"](x, -2, -1), m["unsqueeze"](g, -1) if vector else g, left, False)
    if wanted[0]:
        yield _outer(side, m["unsqueeze"](result, -1) if vector else result, left)
    if wanted[1]:
        yield m["squeeze"](side, -1) if vector else side


def _outer(side: Tensor, found: Tensor, left: bool) -> Tensor:
    m = METHODS
    turned = m["transpose"](found, -2, -1)
    made: Tensor = m["neg"](m["matmul"](side, turned) if left else m["matmul"](turned, side))
    return made


@spelled("internal.solve_triangular_backward")
def solve_triangular_backward(
    g: Tensor, x: Tensor, result: Tensor, upper: bool, left: bool, unit: bool, wanted: Sequence[bool]
) -> Iterator[Tensor]:
    m = METHODS
    side = solve_triangular(m["transpose"](x, -2, -1), g, not upper, left, unit)
    if wanted[0]:
        yield m["triu" if upper else "tril"](_outer(side, result, left), int(unit) if upper else -int(unit))
    if wanted[1]:
        yield side


@spelled("internal.least_squares_backward")
def least_squares_backward(
    g: Sequence[Tensor], x: Tensor, y: Tensor, found: Tensor, limit: float, vector: bool, wanted: Sequence[bool]
) -> Iterator[Tensor]:
    """By one pseudo-inverse for both; what the residuals add is made of one difference."""
    m = METHODS
    sides, found, pull = (m["unsqueeze"](each, -1) if vector else each for each in (y, found, g[0]))
    inverse = _pinv(x, 0.0, limit, False)
    made: list[Tensor | None] = [None, None]
    if wanted[0]:
        made[0] = pinv_backward(m["matmul"](pull, m["transpose"](sides, -2, -1)), x, inverse)
    if wanted[1]:
        made[1] = m["matmul"](m["transpose"](inverse, -2, -1), pull)
    if g[1]._data.size:
        scale, missed = m["unsqueeze"](g[1], -2), m["sub"](m["matmul"](x, found), sides)
        if wanted[0]:
            part = m["matmul"](m["mul"](scale, missed), m["transpose"](found, -2, -1))
            made[0] = m["add"](made[0], times(part, 2))
        if wanted[1]:
            made[1] = m["add"](made[1], m["mul"](times(scale, -2), missed))
    if made[0] is not None:
        yield made[0]
    if made[1] is not None:
        yield m["squeeze"](made[1], -1) if vector else made[1]


@spelled("torch.linalg.cholesky")
def cholesky(input: Tensor, *, upper: bool = False) -> Tensor:
    """The triangle whose product with itself turned gives A. Raises LinAlgError where A is not positive."""
    result: Tensor = _run(CHOLESKY, (matrix("linalg.cholesky", input),), (upper,), NEGATIVE)
    return result


@spelled("internal.pinv")
def _pinv(A: Tensor, atol: Any, rtol: Any, hermitian: bool) -> Tensor:  # noqa: N803
    result: Tensor = apply(PINV, (A,), (atol, rtol, hermitian))
    return result


@spelled("torch.linalg.pinv")
def pinv(input: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """The inverse as near as there is one: singular values up to the greater of `atol` and `rtol` times the greatest count as zero."""
    if input._data.ndim < 2 or input._data.dtype.kind != "f" or input._data.dtype.itemsize == 2:
        raise RuntimeError(
            f"linalg.pinv({input.dtype.scalar}{{{list(input._data.shape)}}}): expected a tensor with 2 or more dimensions of float, double, cfloat or "
            "cdouble types"
        )
    if hermitian:
        matrix("linalg.eigh", input)
    atol, rtol = (_limit(each) for each in (atol, rcond if rtol is None else rtol))
    return _pinv(input, atol, rtol, hermitian)


@spelled("torch.pinverse", "Tensor.pinverse")
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    return pinv(input, rcond)


def _limit(value: Any) -> Any:
    """A bound on singular values, one for each matrix where it is a tensor."""
    if not isinstance(value, Tensor):
        return value
    return value._data[..., None] if value._data.ndim else value._data


@spelled("torch.linalg.matrix_rank")
def matrix_rank(
    input: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """How many singular values are above the greater of `atol` and `rtol` times the greatest."""
    if input._data.ndim < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    given, relative = (_limit(each) for each in (atol if tol is None else tol, 0.0 if tol is not None else rtol))
    if input._data.dtype.kind != "f" or input._data.dtype.itemsize == 2:
        if relative is not None and not input._data.size:
            return Tensor(ranks(input._data, given, relative, hermitian))
        if relative is not None:
            FUNCTIONS["linalg.eigvalsh" if hermitian else "linalg.svdvals"](input)  # raises what they raise
        raise RuntimeError("This function doesn't handle types other than float and double")
    if hermitian:
        matrix("linalg.eigh", input)
    return Tensor(ranks(input._data, given, relative, hermitian))


@spelled("torch.linalg.solve_triangular", "internal.solved_triangular")
def solve_triangular(input: Tensor, B: Tensor, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:  # noqa: N803
    """What a triangle must be multiplied by to give B; infinite where its diagonal is zero."""
    matrix("linalg.solve_triangular", input, real=False)
    if B._data.ndim < 2:
        raise RuntimeError("linalg.solve_triangular: The input tensor B must have at least 2 dimensions.")
    size, (rows, columns) = input._data.shape[-1], B._data.shape[-2:]
    if (rows if left else columns) != size:
        raise RuntimeError(
            f"linalg.solve_triangular: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({size}x{size} and {rows}x{columns})"
        )
    result: Tensor = apply(SOLVE_TRIANGULAR, (input, B), (upper, left, unitriangular))
    return result


@spelled("torch.linalg.lstsq")
def lstsq(input: Tensor, b: Tensor, rcond: float | None = None, *, driver: str | None = None) -> Any:
    """The shortest solution that misses b least, with what it misses by, ranks and singular values where the driver tells them."""
    driver, words = driver or "gelsy", "torch.linalg.lstsq: "
    if input._data.ndim < 2:
        raise RuntimeError(f"{words}input must have at least 2 dimensions.")
    if not b._data.ndim:
        raise RuntimeError(f"{words}other must have at least 1 dimension.")
    if input._data.dtype != b._data.dtype:
        raise RuntimeError(
            f"{words}Expected input and other to have the same dtype, but got input's dtype {input.dtype.scalar} and other's dtype {b.dtype.scalar}"
        )
    if not 0 <= input._data.ndim - b._data.ndim <= 1:
        raise RuntimeError(
            f"{words}input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        )
    rows, columns = input._data.shape[-2:]
    vector = b._data.ndim < input._data.ndim
    if rows != b._data.shape[-1 if vector else -2]:
        raise RuntimeError(f"{words}input.size(-2) should match other.size({-1 if vector else -2})")
    if driver not in ("gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"{words}parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    if input._data.dtype.kind != "f" or input._data.dtype.itemsize == 2:
        raise RuntimeError("This function doesn't handle types other than float and double")
    limit = np.finfo(input._data.dtype).eps * max(rows, columns) if rcond is None else rcond
    ranked, none = ranks(input._data, 0.0, limit, False), np.zeros(0, input._data.dtype)
    residual = rows > columns and driver != "gelsy" and bool(np.all(ranked == columns))
    solution, residuals = apply(LSTSQ, (input, b), (limit, vector, residual))
    rank = Tensor(np.zeros(0, np.int64) if driver == "gels" else ranked)
    values = Tensor(np.linalg.svd(input._data, compute_uv=False) if driver in ("gelsd", "gelss") else none)
    return PAIRS["linalg.lstsq"](solution, residuals, rank, values)
