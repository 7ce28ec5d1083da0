"""Elimination, what is solved by its triangles, and the exponential of a matrix.

What goes back to the triangles is written once, for arrays and for Tensors, over the few `Tools` in which the two differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from engine.kernels.matrices import solved_triangular

Array = Any


class Tools(NamedTuple):
    """`solve(x, y, upper, left, unit)`, `lower(x)` below the diagonal, `upper(x)`, `join(parts, dim)`, and `placed(x, order)`: the rows in an order."""

    solve: Callable[..., Any]
    lower: Callable[[Any], Any]
    upper: Callable[[Any], Any]
    join: Callable[[list[Any], int], Any]
    placed: Callable[[Any, Any], Any]


def placed(x: Array, order: Array) -> Array:
    """The rows of each matrix in an order of its own."""
    shape = (*np.broadcast_shapes(x.shape[:-2], order.shape[:-1]), *x.shape[-2:])
    return np.take_along_axis(np.broadcast_to(x, shape), np.broadcast_to(order[..., None], (*shape[:-1], 1)), -2)


ARRAYS = Tools(solved_triangular, lambda x: np.tril(x, -1), np.triu, np.concatenate, placed)


def lu_factor(x: Array, pivot: bool) -> tuple[Array, Array]:
    """Both triangles in one matrix, the lower below the diagonal, and with which row each was exchanged, from one."""
    rows, columns = x.shape[-2:]
    made, pivots = np.array(x), np.zeros((*x.shape[:-2], min(rows, columns)), np.int32)
    for place in np.ndindex(x.shape[:-2]):
        left = made[place]
        for at in range(min(rows, columns)):
            best = at + int(np.argmax(np.abs(left[at:, at])))
            pivots[(*place, at)] = best + 1
            left[[at, best]] = left[[best, at]]
            if left[at, at]:
                left[at + 1 :, at] /= left[at, at]
                left[at + 1 :, at + 1 :] -= np.outer(left[at + 1 :, at], left[at, at + 1 :])
    return np.ascontiguousarray(made.mT).mT, pivots


def order_of(pivots: Array, rows: int) -> Array:
    """Which row of the matrix stands in each place after the exchanges."""
    made = np.broadcast_to(np.arange(rows), (*pivots.shape[:-1], rows)).copy()
    for place in np.ndindex(pivots.shape[:-1]):
        row = made[place]
        for at, other in enumerate(pivots[place]):
            row[[at, other - 1]] = row[[other - 1, at]]
    return made


def lu(x: Array, pivot: bool) -> tuple[Array, Array, Array]:
    """Which row stands in each place, the lower triangle with its ones, and the upper one."""
    factors, pivots = lu_factor(x, pivot)
    return lu_parts(factors, order_of(pivots, x.shape[-2]), ARRAYS, np.eye(*_sides(x), dtype=x.dtype))


def _sides(x: Any) -> tuple[int, int]:
    rows, columns = x.shape[-2:]
    return rows, min(rows, columns)


def lu_parts(factors: Any, order: Any, tools: Tools, ones: Any) -> tuple[Any, Any, Any]:
    """The triangles that stand in one matrix."""
    _, least = _sides(factors)
    return order, tools.lower(factors[..., :, :least]) + ones, tools.upper(factors[..., :least, :])


def triangles_back(g: Any, order: Any, low: Any, up: Any, tools: Tools) -> Any:
    """The gradient of a matrix, of those of its triangles, `g`; `order` brings its rows back into their places."""
    pull, push = g
    least, rows, columns = low.shape[-1], low.shape[-2], up.shape[-1]
    square, wedge = low[..., :least, :], up[..., :, :least]
    below = beside = None
    if rows > least:
        below = tools.solve(wedge.mT, pull[..., least:, :], False, False, False)
        push = push - low[..., least:, :].mT @ below
        pull = pull[..., :least, :]
    if columns > least:
        beside = tools.solve(square.mT, push[..., :, least:], True, True, True)
        pull = pull - beside @ up[..., :, least:].mT
        push = push[..., :, :least]
    inner = tools.lower(square.mT @ pull) + tools.upper(push @ wedge.mT)
    made = tools.solve(square.mT, tools.solve(wedge.mT, inner, False, False, False), True, True, True)
    if below is not None:
        made = tools.join([made, below], -2)
    if beside is not None:
        made = tools.join([made, beside], -1)
    return tools.placed(made, order)


def factors_back(side: Any, found: Any, parts: tuple[Any, Any, Any], left: bool, adjoint: bool, tools: Tools) -> Any:
    """The gradient of both triangles in one matrix, where `side` solves the turned equation for the gradient of the solution `found`."""
    order, low, up = parts
    if left:
        whole = -(found @ side.mT) if adjoint else -(side @ found.mT)
    else:
        whole = -(side.mT @ found) if adjoint else -(found.mT @ side)
    whole = tools.placed(whole, order)
    return tools.lower(whole @ up.mT) + tools.upper(low.mT @ whole)


def _parts(factors: Array, pivots: Array) -> tuple[Any, Any, Any]:
    order = order_of(pivots, factors.shape[-2])
    return lu_parts(factors, order, ARRAYS, np.eye(*_sides(factors), dtype=factors.dtype))


def lu_backward(g: Any, order: Array, low: Array, up: Array) -> Array:
    return triangles_back((g[1], g[2]), np.argsort(order, -1), low, up, ARRAYS)


def lu_factor_backward(g: Any, factors: Array, pivots: Array) -> Array:
    order, low, up = _parts(factors, pivots)
    least = low.shape[-1]
    pull = np.tril(g[0][..., :, :least], -1), np.triu(g[0][..., :least, :])
    return triangles_back(pull, np.argsort(order, -1), low, up, ARRAYS)


def lu_solved(factors: Array, pivots: Array, y: Array, left: bool, adjoint: bool) -> Array:
    """What the matrix of these triangles, turned where `adjoint`, must be multiplied by to give `y`."""
    if not left:
        return lu_solved(factors, pivots, y.mT, True, not adjoint).mT
    order = order_of(pivots, factors.shape[-1])
    if adjoint:
        inner = solved_triangular(factors.mT, y, False, True, False)
        return placed(solved_triangular(factors.mT, inner, True, True, True), np.argsort(order, -1))
    inner = solved_triangular(factors, placed(y, order), False, True, True)
    return solved_triangular(factors, inner, True, True, False)


def lu_solve_factors(side: Array, found: Array, factors: Array, pivots: Array, left: bool, adjoint: bool) -> Array:
    return factors_back(side, found, _parts(factors, pivots), left, adjoint, ARRAYS)


def cholesky_solve(y: Array, factor: Array, upper: bool) -> Array:
    """What the matrix with this factor must be multiplied by to give `y`."""
    low = factor.mT if upper else factor
    made = solved_triangular(low.mT, solved_triangular(low, y, False, True, False), True, True, False)
    return np.ascontiguousarray(made.mT).mT


def cholesky_solve_factor(side: Any, found: Any, factor: Any, upper: bool) -> Any:
    common = side @ found.mT
    common = common + common.mT
    return -(factor @ common) if upper else -(common @ factor)


def cholesky_inverse(factor: Array, upper: bool) -> Array:
    """The inverse of the matrix with this factor."""
    return cholesky_solve(np.eye(factor.shape[-1], dtype=factor.dtype), factor, upper)


def cholesky_inverse_backward(g: Any, factor: Any, inverse: Any, upper: bool) -> Any:
    inner = inverse @ ((g + g.mT) @ inverse)
    return -(factor @ inner) if upper else -(inner @ factor)


TERMS = 18
"""So many terms of the series are added once the matrix has been halved until its norm is at most one half."""


def matrix_exp(x: Array) -> Array:
    """The exponential: that of the matrix halved several times, squared as often."""
    wide = x.astype(np.float64)
    size = x.shape[-1]
    if not x.size:
        return np.array(x)
    norm = float(np.abs(wide).sum(-2).max())
    halvings = max(0, math.ceil(math.log2(norm)) + 1) if math.isfinite(norm) and norm > 0 else 0
    small, made = wide / 2.0**halvings, np.broadcast_to(np.eye(size), x.shape).copy()
    for term in range(TERMS, 0, -1):
        made = np.eye(size) + small @ made / term
    for _ in range(halvings):
        made = made @ made
    return made.astype(x.dtype)


def beside(g: Array, x: Array) -> float:
    """What a gradient is divided by to stand beside a matrix: so much larger than it that it alone would make for halvings without end."""
    if not x.size:
        return 1.0
    large, own = (float(np.abs(each).sum(-2).max()) for each in (g, x))
    return large / max(own, 1.0) if math.isfinite(large) and large > max(own, 1.0) else 1.0


def matrix_exp_backward(g: Array, x: Array) -> Array:
    """The corner of the exponential of the turned matrix twice on the diagonal, with the gradient beside it."""
    size, turned, scale = x.shape[-1], x.mT, beside(g, x)
    above = np.concatenate([turned, g / scale], -1)
    whole = matrix_exp(np.concatenate([above, np.concatenate([np.zeros_like(x), turned], -1)], -2))
    return np.ascontiguousarray(whole[..., :size, size:]) * scale


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (
        *(lu, lu_backward, lu_factor, lu_factor_backward, lu_solved, lu_solve_factors, matrix_exp, matrix_exp_backward),
        *(cholesky_inverse, cholesky_inverse_backward, cholesky_solve, cholesky_solve_factor),
    )
}
EITHER = {kernel.__name__: kernel for kernel in (cholesky_inverse_backward, cholesky_solve_factor)}
