"""Distributions that are drawn by the gamma distribution: Gamma, Chi2, Dirichlet, Beta and StudentT."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from engine.distributions.distribution import (
    LEADING,
    NOT_NEGATIVE,
    OVERFLOW,
    POSITIVE,
    REAL,
    SIMPLEX,
    UNIT,
    Distribution,
    ops_of,
    spread,
)
from engine.ops import laws
from engine.ops.table import FUNCTIONS, METHODS
from engine.tensor import Tensor

POSITIVE_ROWS = (lambda values: np.all(values > 0, -1), "IndependentConstraint(GreaterThan(lower_bound=0.0), 1)")


class Gamma(Distribution):
    """The gamma distribution: of `concentration` waiting times, each of the given rate, the sum."""

    NEGATIVE = OVERFLOW
    PARAMETERS: ClassVar = {"concentration": POSITIVE, "rate": POSITIVE}
    SUPPORT: ClassVar = NOT_NEGATIVE
    WEIGHT: ClassVar = 40

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration: Any
        self.rate: Any
        self.concentration, self.rate = spread(concentration, rate)
        super().__init__(self.concentration.shape, validate_args)

    mean = property(lambda self: self.concentration / self.rate)
    mode = property(lambda self: METHODS["clamp"]((self.concentration - 1) / self.rate, min=0))
    variance = property(lambda self: self.concentration / METHODS["pow"](self.rate, 2))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution, which move with its parameters."""
        shape = self._shape(sample_shape)
        value = laws.gamma(METHODS["expand"](self.concentration, shape)) / METHODS["expand"](self.rate, shape)
        least = float(np.finfo(value._data.dtype).tiny)
        if not np.all(np.asarray(value._data) >= least):
            METHODS["clamp_"](value.detach(), min=least)
        return value

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        xlogy = FUNCTIONS["xlogy"]
        powers = xlogy(self.concentration, self.rate) + xlogy(self.concentration - 1, value)
        return powers - self.rate * value - METHODS["lgamma"](self.concentration)

    def entropy(self) -> Any:
        ops_of(50, self._extent())
        shape = self.concentration
        return shape - METHODS["log"](self.rate) + METHODS["lgamma"](shape) + (1.0 - shape) * METHODS["digamma"](shape)


class Chi2(Gamma):
    """The sum of the squares of `df` standard normal numbers."""

    PARAMETERS: ClassVar = {"df": POSITIVE}

    def _told(self, name: str) -> Any:
        return self.df

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args)

    df = property(lambda self: self.concentration * 2)


class Dirichlet(Distribution):
    """Shares of one, as many as the last dimension of `concentration` is long."""

    NEGATIVE = LEADING
    PARAMETERS: ClassVar = {"concentration": POSITIVE_ROWS}
    SUPPORT: ClassVar = SIMPLEX
    WEIGHT: ClassVar = 60

    def __init__(self, concentration: Any, validate_args: bool | None = None) -> None:
        if not isinstance(concentration, Tensor):
            raise AttributeError(f"'{type(concentration).__name__}' object has no attribute 'dim'")
        if not concentration._data.ndim:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration: Any = concentration
        shape = concentration.shape
        super().__init__(shape[:-1], validate_args, shape[-1:])

    mean = property(lambda self: self.concentration / METHODS["sum"](self.concentration, -1, True))

    @property
    def mode(self) -> Any:
        above = METHODS["clamp"](self.concentration - 1, min=0.0)
        found = above / METHODS["sum"](above, -1, True)
        bent = METHODS["all"](self.concentration < 1, dim=-1)
        highest = METHODS["argmax"](found[bent], -1)
        found[bent] = METHODS["to"](FUNCTIONS["nn.functional.one_hot"](highest, found.shape[-1]), found)
        return found

    @property
    def variance(self) -> Any:
        total = METHODS["sum"](self.concentration, -1, True)
        return self.concentration * (total - self.concentration) / (METHODS["pow"](total, 2) * (total + 1))

    def _extent(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.concentration._data.shape
        return shape

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Shares of one, which move with the concentrations."""
        return laws.dirichlet(METHODS["expand"](self.concentration, self._shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        total, own = METHODS["sum"], self.concentration
        powers = total(FUNCTIONS["xlogy"](own - 1.0, value), -1)
        return powers + METHODS["lgamma"](total(own, -1)) - total(METHODS["lgamma"](own), -1)

    def entropy(self) -> Any:
        ops_of(60, self._extent())
        total, own, digamma = METHODS["sum"], self.concentration, METHODS["digamma"]
        whole = total(own, -1)
        spent = total(METHODS["lgamma"](own), -1) - METHODS["lgamma"](whole)
        return spent - (own.shape[-1] - whole) * digamma(whole) - total((own - 1.0) * digamma(own), -1)


class Beta(Distribution):
    """A number between 0 and 1: the first of two shares."""

    NEGATIVE = LEADING
    PARAMETERS: ClassVar = {"concentration1": POSITIVE, "concentration0": POSITIVE}
    SUPPORT: ClassVar = UNIT

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        one, other = spread(concentration1, concentration0)
        self._shares = Dirichlet(FUNCTIONS["stack"]([one, other], -1), validate_args)
        super().__init__(self._shares.batch_shape, validate_args)

    concentration1 = property(lambda self: METHODS["select"](self._shares.concentration, -1, 0))
    concentration0 = property(lambda self: METHODS["select"](self._shares.concentration, -1, 1))
    mean = property(lambda self: self.concentration1 / (self.concentration1 + self.concentration0))
    mode = property(lambda self: METHODS["select"](self._shares.mode, -1, 0))

    @property
    def variance(self) -> Any:
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (METHODS["pow"](total, 2) * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution, which move with the concentrations."""
        self._shape(sample_shape)
        return METHODS["select"](self._shares.rsample(sample_shape), -1, 0)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        return self._shares.log_prob(FUNCTIONS["stack"]([value, 1.0 - value], -1))

    def entropy(self) -> Any:
        return self._shares.entropy()


class StudentT(Distribution):
    """Student's distribution of `df` degrees of freedom, moved by `loc` and stretched by `scale`."""

    PARAMETERS: ClassVar = {"df": POSITIVE, "loc": REAL, "scale": POSITIVE}
    WEIGHT: ClassVar = 60

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df: Any
        self.loc: Any
        self.scale: Any
        self.df, self.loc, self.scale = spread(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.shape, validate_args)

    mode = property(lambda self: self.loc)

    @property
    def mean(self) -> Any:
        found = METHODS["clone"](self.loc)
        found[self.df <= 1] = math.nan
        return found

    @property
    def variance(self) -> Any:
        found, wide = METHODS["clone"](self.df), self.df > 2
        found[wide] = METHODS["pow"](self.scale[wide], 2) * self.df[wide] / (self.df[wide] - 2)
        found[(self.df <= 2) & (self.df > 1)] = math.inf
        found[self.df <= 1] = math.nan
        return found

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution, which move with its parameters."""
        normal = METHODS["normal_"](FUNCTIONS["empty"](self._shape(sample_shape), dtype=self.df.dtype))
        spread_out = normal * METHODS["rsqrt"](self._chi2.rsample(sample_shape) / self.df)
        return self.loc + self.scale * spread_out

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        log, lgamma = METHODS["log"], METHODS["lgamma"]
        away = (value - self.loc) / self.scale
        whole = log(self.scale) + 0.5 * log(self.df) + 0.5 * math.log(math.pi)
        whole = whole + lgamma(0.5 * self.df) - lgamma(0.5 * (self.df + 1.0))
        return -0.5 * (self.df + 1.0) * METHODS["log1p"](away**2.0 / self.df) - whole

    def entropy(self) -> Any:
        ops_of(90, self._extent())
        half, above = 0.5 * self.df, 0.5 * (self.df + 1)
        lgamma, digamma = METHODS["lgamma"], METHODS["digamma"]
        beta = lgamma(half) + math.log(math.sqrt(math.pi)) - lgamma(above)
        return (
            METHODS["log"](self.scale) + above * (digamma(above) - digamma(half)) + 0.5 * METHODS["log"](self.df) + beta
        )
