"""The normal distribution of several numbers that hang together."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from engine.distributions.distribution import REAL_ROWS, Constraint, Distribution, lazily, ops_of, shape_of
from engine.ops.table import FUNCTIONS, METHODS
from engine.tensor import Tensor


def _positive_definite(values: Any) -> Any:
    if not np.allclose(values, np.swapaxes(values, -1, -2), atol=1e-6):
        return False
    try:
        np.linalg.cholesky(values)
    except np.linalg.LinAlgError:
        return False
    return True


def _lower(values: Any) -> Any:
    return np.all(np.tril(values) == values) and np.all(np.diagonal(values, 0, -2, -1) > 0)


DEFINITE: Constraint = (_positive_definite, "PositiveDefinite()")
WAYS = ("covariance_matrix", "precision_matrix", "scale_tril")


class MultivariateNormal(Distribution):
    """The normal distribution of mean `loc`, told by one of covariance, its inverse, or the covariance's lower Cholesky factor.

    `loc` has shape (..., n), the matrix (..., n, n); a sample is a row of n numbers.
    """

    PARAMETERS: ClassVar = {
        "loc": REAL_ROWS,
        "covariance_matrix": DEFINITE,
        "precision_matrix": DEFINITE,
        "scale_tril": (_lower, "LowerCholesky()"),
    }
    SUPPORT: ClassVar = REAL_ROWS
    covariance_matrix = lazily("covariance_matrix", lambda self: self._square(self._tril @ METHODS["transpose"](self._tril, -2, -1)))  # fmt: skip
    precision_matrix = lazily("precision_matrix", lambda self: self._square(_inverse(self._tril)))
    scale_tril = lazily("scale_tril", lambda self: self._square(self._tril))

    def __init__(
        self, loc: Any, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(loc, Tensor):
            raise AttributeError(f"'{type(loc).__name__}' object has no attribute 'dim'")
        if not loc._data.ndim:
            raise ValueError("loc must be at least one-dimensional.")
        told = [
            (name, given)
            for name, given in zip(WAYS, (covariance_matrix, precision_matrix, scale_tril), strict=True)
            if given is not None
        ]
        if len(told) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        ((name, matrix),) = told
        if matrix._data.ndim < 2:
            what = "scale_tril matrix" if name == "scale_tril" else name
            raise ValueError(f"{what} must be at least two-dimensional, with optional leading batch dimensions")
        batch = np.broadcast_shapes(matrix._data.shape[:-2], loc._data.shape[:-1])
        self.__dict__[name] = METHODS["expand"](matrix, *batch, -1, -1)
        self.loc: Any = METHODS["expand"](loc, *batch, -1)
        super().__init__(batch, validate_args, self.loc.shape[-1:])
        self._tril: Any = matrix if name == "scale_tril" else FUNCTIONS["linalg.cholesky"](matrix) if name == "covariance_matrix" else _factor(matrix)  # fmt: skip

    mean = property(lambda self: self.loc)
    mode = property(lambda self: self.loc)

    @property
    def variance(self) -> Any:
        squares = METHODS["sum"](METHODS["pow"](self._tril, 2), -1)
        return METHODS["expand"](squares, *self.batch_shape, *self.event_shape)

    def _square(self, matrix: Any) -> Any:
        return METHODS["expand"](matrix, *self.batch_shape, *self.event_shape, *self.event_shape)

    def _extent(self) -> tuple[int, ...]:
        return (*self.batch_shape, *self.event_shape, *self.event_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Rows of numbers as a function of mean and matrix."""
        shape = self._shape(sample_shape)
        ops_of(self.event_shape[0], shape)
        noise = FUNCTIONS["normal"](FUNCTIONS["zeros"](shape, dtype=self.loc.dtype), FUNCTIONS["ones"](shape, dtype=self.loc.dtype))  # fmt: skip
        return self.loc + METHODS["squeeze"](FUNCTIONS["matmul"](self._tril, METHODS["unsqueeze"](noise, -1)), -1)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density of each row."""
        self._admit(value)
        ops_of(self.event_shape[0], shape_of(value), self._extent()[:-1])
        far = _distance(self._tril, value - self.loc)
        return -0.5 * (self.event_shape[0] * math.log(2 * math.pi) + far) - self._log_scale()

    def _log_scale(self) -> Any:
        return METHODS["sum"](METHODS["log"](METHODS["diagonal"](self._tril, dim1=-2, dim2=-1)), -1)

    def entropy(self) -> Any:
        ops_of(4, self._extent())
        whole = 0.5 * self.event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._log_scale()
        return METHODS["expand"](whole, *self.batch_shape) if self.batch_shape else whole


def _inverse(tril: Any) -> Any:
    """The inverse of L L^T."""
    one = FUNCTIONS["eye"](tril._data.shape[-1], dtype=tril.dtype)
    half = FUNCTIONS["linalg.solve_triangular"](tril, one, upper=False)
    return METHODS["transpose"](half, -2, -1) @ half


def _factor(precision: Any) -> Any:
    """The lower Cholesky factor of the inverse of a matrix."""
    turned = FUNCTIONS["linalg.cholesky"](METHODS["flip"](precision, (-2, -1)))
    inverse = METHODS["transpose"](METHODS["flip"](turned, (-2, -1)), -2, -1)
    one = FUNCTIONS["eye"](precision._data.shape[-1], dtype=precision.dtype)
    return FUNCTIONS["linalg.solve_triangular"](inverse, one, upper=False)


def _distance(tril: Any, apart: Any) -> Any:
    """The square of the distance of each row from 0 in the measure of L L^T, in the steps and so with the nodes of PyTorch: the rows that share
    a factor are solved for together, so its batch dimensions go last."""
    size, batch = apart._data.shape[-1], apart._data.shape[:-1]
    outer = len(batch) - (tril._data.ndim - 2)
    shape = list(batch[:outer])
    for own, all_of_them in zip(tril._data.shape[:-2], batch[outer:], strict=True):
        shape += [all_of_them // own, own]
    whole = len(shape)
    order = [*range(outer), *range(outer, whole, 2), *range(outer + 1, whole, 2), whole]
    rows = METHODS["permute"](METHODS["reshape"](apart, *shape, size), *order)
    factors = METHODS["reshape"](tril, -1, size, size)
    flat = METHODS["permute"](METHODS["reshape"](rows, -1, factors._data.shape[0], size), 1, 2, 0)
    solved = FUNCTIONS["linalg.solve_triangular"](factors, flat, upper=False)
    far = METHODS["t"](METHODS["sum"](METHODS["pow"](solved, 2), -2))
    far = METHODS["reshape"](far, *rows._data.shape[:-1])
    pairs = range(len(batch) - outer)
    back = [*range(outer), *(place for pair in pairs for place in (outer + pair, len(batch) + pair))]
    return METHODS["reshape"](METHODS["permute"](far, *back), *batch)
