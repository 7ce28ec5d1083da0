"""Matrices inverted, solved and taken apart. What is written with `.mT` and operators alone serves Tensors as it stands."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
LINALG: Any = np.linalg


class _LinAlgError(RuntimeError):
    """A matrix that does not allow what is asked: its place in the batch, and the diagonal element or minor where that showed."""

    def __init__(self, text: str, batch: int | None = None, order: int = 0) -> None:
        self.batch, self.order = batch, order
        super().__init__(text)


LinAlgError = _LinAlgError
SINGULAR = "linalg.inv: The diagonal element {} is zero, the inversion could not be completed because the input matrix is singular."


def _fault(batch: int | None, order: int) -> LinAlgError:
    return LinAlgError(SINGULAR.format(order), batch, order)


def inv(x: Array) -> Array:
    """The inverse. Raises LinAlgError."""
    return _columns(_each(x, LINALG.inv))


def _columns(x: Array) -> Array:
    """The same matrices laid out column by column, as LAPACK leaves them."""
    return np.ascontiguousarray(x.mT).mT


def _each(x: Array, call: Any) -> Array:
    try:
        return call(x)
    except np.linalg.LinAlgError:
        raise _first_broken(x) from None


def _first_broken(x: Array) -> LinAlgError:
    for place in np.ndindex(x.shape[:-2]):
        order = _vanishing(x[place])
        if order:
            batch = int(np.ravel_multi_index(place, x.shape[:-2])) if place else None
            return _fault(batch, order)
    return _fault(None, x.shape[-1])


def _vanishing(x: Array) -> int:
    """Which diagonal element of the upper factor is zero, counted from one; zero for none."""
    zeros = np.flatnonzero(np.diagonal(_eliminated(x)[0]) == 0)
    return int(zeros[0]) + 1 if zeros.size else 0


def _eliminated(x: Array) -> tuple[Array, list[int]]:
    """Both factors in one matrix, the lower below the diagonal, and the order that the rows were brought into."""
    left, order = np.array(x), list(range(x.shape[0]))
    for at in order[:]:
        pivot = at + int(np.argmax(np.abs(left[at:, at])))
        left[[at, pivot]] = left[[pivot, at]]
        order[at], order[pivot] = order[pivot], order[at]
        if left[at, at]:
            left[at + 1 :, at] /= left[at, at]
            left[at + 1 :, at + 1 :] -= np.outer(left[at + 1 :, at], left[at, at + 1 :])
    return left, order


def _inverse(x: Array) -> Array:
    """The inverse by substitution into the factors, infinite where there is none."""
    factors, order = _eliminated(x)
    lower = solved_triangular(factors, np.eye(len(x), dtype=x.dtype)[order], False, True, True)
    return solved_triangular(factors, lower, True, True, False)


def det(x: Array) -> Array:
    return LINALG.det(_wide(x)).astype(x.dtype)


def _wide(x: Array) -> Array:
    """LAPACK knows no half numbers; they come this far in empty matrices only."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def det_backward(g: Array, x: Array, result: Array) -> Array:
    """The turned inverse times the determinant; nothing where that is zero, as in PyTorch."""
    scale = np.asarray(g * result)[..., None, None]
    singular = (np.asarray(result) == 0)[..., None, None]
    whole = np.where(singular, np.eye(x.shape[-1], dtype=x.dtype), x)
    return np.where(singular, 0, scale * LINALG.inv(whole).mT).astype(x.dtype)


def slogdet(x: Array) -> tuple[Array, Array]:
    sign, size = LINALG.slogdet(x)
    return sign, size


def slogdet_backward(g: Any, x: Array) -> Array:
    """The turned inverse, scaled by the gradient of the logarithm."""
    try:
        inverse = LINALG.inv(x)
    except np.linalg.LinAlgError:
        flat = x.reshape(-1, *x.shape[-2:])
        inverse = np.stack([_inverse(each) for each in flat]).reshape(x.shape)
    return np.asarray(g[1])[..., None, None] * inverse.mT


def solved(x: Array, y: Array, left: bool, vector: bool) -> Array:
    """What x must be multiplied by to give y. Raises LinAlgError."""
    if x.dtype == np.float16:
        return solved(_wide(x), _wide(y), left, vector).astype(x.dtype)
    if vector:
        made = np.squeeze(_each(x, lambda a: LINALG.solve(a, y[..., None])), -1)
        return made if made.ndim == 1 else _columns(made)  # a batch of vectors lies as one matrix would
    if left:
        return _columns(_each(x, lambda a: LINALG.solve(a, y)))
    return _each(x, lambda a: LINALG.solve(a.mT, y.mT)).mT


def cholesky(x: Array, upper: bool) -> Array:
    """The lower factor, or the upper. Raises LinAlgError with the order of the minor that is not positive."""
    x = np.tril(x)
    try:
        made = LINALG.cholesky(_wide(x)).astype(x.dtype, copy=False)
    except np.linalg.LinAlgError:
        raise _not_positive(x) from None
    return np.ascontiguousarray(made).mT if upper else _columns(made)


def _not_positive(x: Array) -> LinAlgError:
    for place in np.ndindex(x.shape[:-2]):
        for order in range(1, x.shape[-1] + 1):
            try:
                LINALG.cholesky(x[place][:order, :order])
            except np.linalg.LinAlgError:
                batch = int(np.ravel_multi_index(place, x.shape[:-2])) if place else None
                return _fault(batch, order)
    return _fault(None, 1)


def _limits(x: Array, atol: Any, rtol: Any, greatest: Array) -> Array:
    """Up to where singular values count as zero."""
    if rtol is None:
        rtol = np.finfo(x.dtype).eps * max(x.shape[-2:])
        rtol = rtol if atol is None else np.where(np.asarray(atol) > 0, 0.0, rtol)
    return np.maximum(0.0 if atol is None else atol, rtol * greatest)


def ranks(x: Array, atol: Any, rtol: Any, hermitian: bool) -> Array:
    """How many singular values each matrix has above the limits."""
    if not x.size:
        return np.zeros(x.shape[:-2], np.int64)[()]
    values = np.abs(LINALG.eigvalsh(x)) if hermitian else LINALG.svd(x, compute_uv=False)
    return np.sum(values > _limits(x, atol, rtol, np.max(values, -1, keepdims=True)), -1)


def pinv(x: Array, atol: Any, rtol: Any, hermitian: bool) -> Array:
    """The inverse of what the singular values above the limits stretch; of a symmetric matrix by its eigenvalues."""
    if not x.size:
        return np.zeros_like(x.mT)
    if hermitian:
        values, left = LINALG.eigh(x)
        right = left.mT
    else:
        left, values, right = LINALG.svd(x, full_matrices=False)
    size = np.abs(values)
    kept = size > _limits(x, atol, rtol, np.max(size, -1, keepdims=True))
    turned = np.where(kept, 1 / np.where(kept, values, 1), 0).astype(x.dtype)
    return (right.mT * turned[..., None, :]) @ left.mT


def pinv_backward(g: Any, x: Any, p: Any) -> Any:
    """As of an inverse, and two parts for what the matrix does not reach."""
    turned, back = p.mT, g.mT
    if x.shape[-2] <= x.shape[-1]:
        inner = back @ p
        outer = inner @ turned
        return -((p @ inner).mT) + outer - (x @ p) @ outer + (turned @ p) @ (back - inner @ x)
    inner = p @ back
    outer = turned @ inner
    return -((inner @ p).mT) + (back - x @ inner) @ p @ turned + outer - (outer @ p) @ x


def solved_triangular(x: Array, y: Array, upper: bool, left: bool, unit: bool) -> Array:
    """By substitution, row by row, so that a zero on the diagonal gives infinities."""
    if not left:
        return _columns(solved_triangular(x.mT, y.mT, not upper, True, unit).mT)
    size, batch = x.shape[-1], np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    made = np.broadcast_to(y, (*batch, *y.shape[-2:])).astype(np.result_type(x, y))
    for at in reversed(range(size)) if upper else range(size):
        known = slice(at + 1, size) if upper else slice(at)
        made[..., at, :] -= np.squeeze(x[..., at : at + 1, known] @ made[..., known, :], -2)
        if not unit:
            made[..., at, :] /= x[..., at, at, None]
    return _columns(made)


def triangle_outer(h: Any, x: Any, upper: bool, left: bool, unit: bool) -> Any:
    made = -(h @ x.mT) if left else -(x.mT @ h)
    if isinstance(made, np.ndarray):
        return np.triu(made, 1 if unit else 0) if upper else np.tril(made, -1 if unit else 0)
    return made.triu(1 if unit else 0) if upper else made.tril(-1 if unit else 0)


def least_squares(x: Array, y: Array, limit: float, vector: bool, residual: bool) -> tuple[Array, Array]:
    """The shortest x that misses y least, and the squares of what is missed, summed by columns, where they are asked for."""
    sides = y[..., None] if vector else y
    found = pinv(x, 0.0, limit, False) @ sides
    missed = np.sum((sides - x @ found) ** 2, -2) if residual else np.zeros(0, x.dtype)
    return (found[..., 0] if vector else _upper(found, x.shape[-2])), missed


def _upper(found: Array, rows: int) -> Array:
    """The solution laid out column by column, as the first of so many rows, where LAPACK leaves it."""
    *batch, count, width = found.shape
    whole = np.zeros((*batch, width, max(rows, count)), found.dtype)
    whole[..., :count] = found.mT
    return whole[..., :count].mT


def _missed(g: Any, x: Any, sides: Any, found: Any) -> Any:
    return 2 * (sides - x @ found) * g[1][..., None, :] if math.prod(g[1].shape) else None


def least_squares_matrix(g: Any, x: Any, y: Any, found: Any, p: Any, vector: bool) -> Any:
    sides, found, pull = (each[..., None] if vector else each for each in (y, found, g[0]))
    made, missed = pinv_backward(pull @ sides.mT, x, p), _missed(g, x, sides, found)
    return made if missed is None else made - missed @ found.mT


def least_squares_side(g: Any, x: Any, y: Any, found: Any, p: Any, vector: bool) -> Any:
    sides, found, pull = (each[..., None] if vector else each for each in (y, found, g[0]))
    made, missed = p.mT @ pull, _missed(g, x, sides, found)
    made = made if missed is None else made + missed
    return made[..., 0] if vector else made


def eigh(x: Array, uplo: str) -> tuple[Array, Array]:
    if not x.size:
        return np.zeros(x.shape[:-1], x.dtype), np.zeros_like(x)
    values, vectors = LINALG.eigh(x, uplo)
    return values, _columns(vectors)


def _absent(gradient: Any) -> bool:
    """Whether no gradient came to this result, or nothing but zeros."""
    if isinstance(gradient, np.ndarray):
        return not np.any(gradient)
    return not gradient.requires_grad and not np.any(gradient.detach().numpy())


WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "fill_": lambda view, value: view.fill_(value),
    "mul_": lambda view, value: view._scale(value),
    "copy_": lambda view, value: view.copy_(value),
}


def _on_diagonal(x: Any, how: str, value: Any) -> Any:
    """`x` itself with its diagonals written: filled, multiplied or copied onto, as the Tensor's method of that name says."""
    if not isinstance(x, np.ndarray):
        WRITES[how](x.diagonal(0, -2, -1), value)
        return x
    every = range(x.shape[-1])
    x[..., every, every] = x[..., every, every] * value if how == "mul_" else value
    return x


def _half(x: Any) -> Any:
    return x * 0.5 if isinstance(x, np.ndarray) else x._times(0.5)


def _halved(x: Any) -> Any:
    """A matrix and its transpose together, the diagonal counted once."""
    return _on_diagonal(x + x.mT, "mul_", 0.5)


def _gaps(values: Any) -> Any:
    """Each value less each other; ones on the diagonal."""
    return _on_diagonal(values[..., None, :] - values[..., :, None], "fill_", 1.0)


def eigh_backward(g: Any, values: Any, vectors: Any) -> Any:
    """The gradients of the values on the diagonal, those of the vectors by the gaps between the values."""
    if _absent(g[1]):
        return (vectors * g[0][..., None, :]) @ vectors.mT
    turned = vectors.mT @ g[1]
    inner = _half(turned - turned.mT) / _gaps(values)
    return vectors @ (_on_diagonal(inner, "copy_", g[0]) @ vectors.mT)


def _first(x: Any, dim: int, count: int) -> Any:
    """So many rows or columns, the first ones."""
    if isinstance(x, np.ndarray):
        return x[..., :count] if dim == -1 else x[..., :count, :]
    return x.narrow(dim, 0, count)


def _placed(values: Any) -> Any:
    """A matrix with these on its diagonal."""
    if not isinstance(values, np.ndarray):
        return values.diag_embed()
    return values[..., None, :] * np.eye(values.shape[-1], dtype=values.dtype)


def svd(x: Array, full: bool) -> tuple[Array, Array, Array]:
    left, values, right = (each.astype(x.dtype, copy=False) for each in LINALG.svd(_wide(x), full_matrices=full))
    return _columns(left), values, _columns(right)


def svd_backward(g: Any, left: Any, values: Any, right: Any, full: bool) -> Any:
    """The gradients of values and of both sets of vectors, brought together."""
    rows, columns, count = left.shape[-2], right.shape[-1], values.shape[-1]
    if full:
        left, right = _first(left, -1, count), _first(right, -2, count)
        g = (_first(g[0], -1, count), g[1], _first(g[2], -2, count))
    if _absent(g[0]) and _absent(g[2]):
        slope = g[1]
        return left @ (slope[..., :, None] * right) if rows >= columns else (left * slope[..., None, :]) @ right
    turned = g[2].mT
    other = right.mT
    from_left, from_right = left.mT @ g[0], right @ turned
    inner = (from_left - from_left.mT) * values[..., None, :] + values[..., :, None] * (from_right - from_right.mT)
    inner = inner / _gaps(values * values) + _placed(g[1])
    if rows < columns:
        outside = g[2] / values[..., :, None]
        return left @ (inner @ right + outside - (outside @ other) @ right)
    if rows > columns:
        outside = g[0] / values[..., None, :]
        return (left @ inner + outside - left @ (left.mT @ outside)) @ right
    return left @ (inner @ right)


def qr(x: Array, mode: str) -> tuple[Array, Array]:
    made, rest = LINALG.qr(x, mode="complete" if mode == "complete" else "reduced")
    return _columns(made), _columns(rest)


def qr_inner(g: Any, made: Any, rest: Any, mode: str) -> Any:
    """What goes back through the triangle. Raises RuntimeError in PyTorch's words where there is no way back."""
    rows, columns = rest.shape[-2:]
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are "
            "going to differentiate through linalg.qr."
        )
    if rows > columns:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    inner = g[1] @ rest.mT - made.mT @ g[0]
    if rows != columns:
        turned = -inner
        apart = turned - turned.mT
        return made @ (np.tril(apart) if isinstance(apart, np.ndarray) else apart.tril())
    return made @ _halved(np.triu(inner) if isinstance(inner, np.ndarray) else inner.triu()) + g[0]


def qr_square(rest: Any) -> Any:
    """The triangle without the columns beyond the square, turned."""
    rows, columns = rest.shape[-2:]
    return (rest if rows == columns else rest[..., :, :rows]).mT


def qr_widened(first: Array, g: Any, made: Array, rest: Array) -> Array:
    """The gradient of the square, beside it nothing, and what the triangle sends through the turn."""
    rows, columns = rest.shape[-2:]
    if rows == columns:
        return first
    beyond = np.zeros((*first.shape[:-1], columns - rows), first.dtype)
    return np.concatenate([first, beyond], -1) + made @ g[1]


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (
        cholesky, det, det_backward, eigh, eigh_backward, inv, least_squares, least_squares_matrix, least_squares_side, pinv, pinv_backward, qr, qr_inner, qr_square,
        qr_widened, slogdet, slogdet_backward, solved, solved_triangular, svd, svd_backward, triangle_outer,
    )
}  # fmt: skip
EITHER = {
    kernel.__name__: kernel
    for kernel in (
        eigh_backward, least_squares_matrix, least_squares_side, pinv_backward, qr_inner, qr_square, svd_backward, triangle_outer,
    )
}  # fmt: skip
