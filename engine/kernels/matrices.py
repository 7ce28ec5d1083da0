"""Matrices inverted, solved and taken apart. What is written with `.mT` and operators alone serves Tensors as it stands."""

from __future__ import annotations

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
    if x.shape[-1] != x.shape[-2]:
        raise NotImplementedError("the derivative of qr is not here for more columns than rows")
    return _each(x, LINALG.inv)


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
    left = np.array(x)
    size = left.shape[0]
    for at in range(size):
        pivot = at + int(np.argmax(np.abs(left[at:, at])))
        if not left[pivot, at]:
            return at + 1
        left[[at, pivot]] = left[[pivot, at]]
        left[at + 1 :, at:] -= np.outer(left[at + 1 :, at] / left[at, at], left[at, at:])
    return 0


def det(x: Array) -> Array:
    return LINALG.det(x)


def det_backward(g: Array, x: Array, result: Array) -> Array:
    """`g` times the cofactors, also of a matrix that has no inverse."""
    if not x.size:
        return np.zeros_like(x)
    left, values, right = LINALG.svd(x)
    others = np.stack([np.prod(np.delete(values, at, -1), -1) for at in range(values.shape[-1])], -1)
    turn = LINALG.det(left) * LINALG.det(right)
    cofactors = (left * others[..., None, :]) @ right * turn[..., None, None]
    return np.asarray(g)[..., None, None] * cofactors


def slogdet(x: Array) -> tuple[Array, Array]:
    sign, size = LINALG.slogdet(x)
    return sign, size


def slogdet_backward(g: Any, inverse: Any) -> Any:
    """The turned inverse, scaled by the gradient of the logarithm."""
    return g[1][..., None, None] * inverse.mT


def solved(x: Array, y: Array, left: bool, vector: bool) -> Array:
    """What x must be multiplied by to give y. Raises LinAlgError."""
    if vector:
        return np.squeeze(_each(x, lambda a: LINALG.solve(a, y[..., None])), -1)
    if left:
        return _each(x, lambda a: LINALG.solve(a, y))
    return _each(x, lambda a: LINALG.solve(a.mT, y.mT)).mT


def cholesky(x: Array, upper: bool) -> Array:
    """The lower factor, or the upper. Raises LinAlgError with the order of the minor that is not positive."""
    x = np.tril(x)
    try:
        made = LINALG.cholesky(x)
    except np.linalg.LinAlgError:
        raise _not_positive(x) from None
    return made.mT if upper else made


def _not_positive(x: Array) -> LinAlgError:
    for place in np.ndindex(x.shape[:-2]):
        for order in range(1, x.shape[-1] + 1):
            try:
                LINALG.cholesky(x[place][:order, :order])
            except np.linalg.LinAlgError:
                batch = int(np.ravel_multi_index(place, x.shape[:-2])) if place else None
                return _fault(batch, order)
    return _fault(None, 1)


def pinv(x: Array) -> Array:
    return LINALG.pinv(x, rtol=max(x.shape[-2:]) * np.finfo(x.dtype).eps) if x.size else x.mT.copy()


def eigh(x: Array, uplo: str) -> tuple[Array, Array]:
    values, vectors = LINALG.eigh(x, uplo)
    return values, vectors


def _like(array: Array, like: Any) -> Any:
    return array if isinstance(like, np.ndarray) else type(like)(array)


def _dtype(like: Any) -> Any:
    return like.dtype if isinstance(like, np.ndarray) else like.dtype.numpy


def _identity(like: Any) -> Any:
    return _like(np.eye(like.shape[-1], dtype=_dtype(like)), like)


def eigh_backward(g: Any, values: Any, vectors: Any) -> Any:
    """The gradients of the values on the diagonal, those of the vectors by the gaps between the values."""
    eye = _identity(vectors)
    gaps = values[..., None, :] - values[..., :, None] + eye
    inner = (vectors.mT @ g[1]) * (1 - eye) / gaps + g[0][..., None, :] * eye
    return vectors @ (inner @ vectors.mT)


def svd(x: Array, full: bool) -> tuple[Array, Array, Array]:
    left, values, right = LINALG.svd(x, full_matrices=full)
    return left, values, right


def svd_backward(g: Any, left: Any, values: Any, right: Any) -> Any:
    """The gradients of values and of both sets of vectors, brought together."""
    rows, columns, count = left.shape[-2], right.shape[-1], values.shape[-1]
    left, right, turned = left[..., :count], right[..., :count, :], g[2][..., :count, :].mT
    other = right.mT
    from_left, from_right = left.mT @ g[0][..., :count], right @ turned
    squares = values * values
    eye = _identity(from_left)
    gaps = squares[..., None, :] - squares[..., :, None] + eye
    inner = (from_left - from_left.mT) / gaps * values[..., None, :]
    inner = inner + values[..., :, None] * ((from_right - from_right.mT) / gaps) + g[1][..., None, :] * eye
    made = left @ inner @ right
    if rows > count:
        outside = g[0][..., :count] - left @ from_left
        made = made + (outside / values[..., None, :]) @ right
    if columns > count:
        outside = turned - other @ from_right
        made = made + left @ (outside / values[..., None, :]).mT
    return made


def qr(x: Array, mode: str) -> tuple[Array, Array]:
    made, rest = LINALG.qr(x, mode="complete" if mode == "complete" else "reduced")
    return made, rest


def qr_backward(g: Any, made: Any, rest: Any, inverse: Any) -> Any:
    """Of a matrix with no more columns than rows."""
    eye = _identity(rest)
    size = rest.shape[-1]
    upper = _like(np.triu(np.ones((size, size), _dtype(rest))), rest)
    inner = (g[1] @ rest.mT - made.mT @ g[0]) * upper
    inner = inner + inner.mT - inner * eye
    return (g[0] + made @ inner) @ inverse.mT


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (
        cholesky, det, det_backward, eigh, eigh_backward, inv, pinv, qr, qr_backward, slogdet, slogdet_backward, solved, svd, svd_backward,
    )
}  # fmt: skip
EITHER = {kernel.__name__: kernel for kernel in (eigh_backward, qr_backward, slogdet_backward, svd_backward)}
