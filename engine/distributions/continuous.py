"""Distributions of real numbers: Normal, Uniform, Exponential and Laplace."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from engine import grad_mode
from engine.distributions.distribution import (
    NOT_NEGATIVE,
    OVERFLOW,
    POSITIVE,
    REAL,
    Constraint,
    Distribution,
    ops_of,
    spread,
)
from engine.ops.table import FUNCTIONS, METHODS


class _Around(Distribution):
    """A distribution that lies alike on both sides of `loc`, and is as wide as `scale` says."""

    PARAMETERS: ClassVar = {"loc": REAL, "scale": POSITIVE}

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc: Any
        self.scale: Any
        self.loc, self.scale = spread(loc, scale)
        super().__init__(self.loc.shape, validate_args)

    mean = property(lambda self: self.loc)
    mode = property(lambda self: self.loc)


class Normal(_Around):
    """The normal distribution of mean `loc` and standard deviation `scale`."""

    NEGATIVE = OVERFLOW
    stddev = property(lambda self: self.scale)
    variance = property(lambda self: METHODS["pow"](self.scale, 2))

    def sample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution, apart from the graph."""
        shape = self._shape(sample_shape)
        with grad_mode.no_grad():
            return FUNCTIONS["normal"](METHODS["expand"](self.loc, shape), METHODS["expand"](self.scale, shape))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution as a function of its parameters: the reparametrization trick."""
        noise = METHODS["normal_"](FUNCTIONS["empty"](self._shape(sample_shape), dtype=self.loc.dtype))
        return self.loc + noise * self.scale

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        var = self.scale**2
        log_scale = METHODS["log"](self.scale)
        return -((value - self.loc) ** 2) / (2 * var) - log_scale - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        self._admit(value)
        standard = (value - self.loc) * METHODS["reciprocal"](self.scale) / math.sqrt(2)
        return 0.5 * (1 + METHODS["erf"](standard))

    def icdf(self, value: Any) -> Any:
        """The value whose `cdf` this is."""
        self._reach(value)
        return self.loc + self.scale * METHODS["erfinv"](2 * value - 1) * math.sqrt(2)

    def entropy(self) -> Any:
        ops_of(4, self._extent())
        return 0.5 + 0.5 * math.log(2 * math.pi) + METHODS["log"](self.scale)


class Uniform(Distribution):
    """Numbers from `low` to below `high`, each as likely as any other."""

    PARAMETERS: ClassVar = {"low": REAL, "high": REAL}

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low: Any
        self.high: Any
        self.low, self.high = spread(low, high)
        super().__init__(self.low.shape, validate_args)

    def required(self) -> dict[str, Constraint]:
        low, high = np.asarray(self.low._data), np.asarray(self.high._data)
        return {
            "low": (lambda values: values < high, f"LessThan(upper_bound={self.high})"),
            "high": (lambda values: values > low, f"GreaterThan(lower_bound={self.low})"),
        }

    mean = property(lambda self: (self.high + self.low) / 2)
    stddev = property(lambda self: (self.high - self.low) / 12**0.5)
    variance = property(lambda self: METHODS["pow"](self.high - self.low, 2) / 12)

    def support(self) -> Constraint:
        low, high = np.asarray(self.low._data), np.asarray(self.high._data)
        bounds = f"lower_bound={self.low}, upper_bound={self.high}"
        return lambda values: (values >= low) & (values <= high), f"Interval({bounds})"

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution as a function of its ends."""
        return self.low + FUNCTIONS["rand"](self._shape(sample_shape), dtype=self.low.dtype) * (self.high - self.low)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density: minus infinity outside."""
        self._admit(value)
        above = METHODS["type_as"](METHODS["le"](self.low, value), self.low)
        below = METHODS["type_as"](METHODS["gt"](self.high, value), self.low)
        return METHODS["log"](METHODS["mul"](above, below)) - METHODS["log"](self.high - self.low)

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        self._admit(value)
        return METHODS["clamp"]((value - self.low) / (self.high - self.low), min=0, max=1)

    def icdf(self, value: Any) -> Any:
        """The value whose `cdf` this is."""
        self._reach(value)
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Any:
        ops_of(2, self._extent())
        return METHODS["log"](self.high - self.low)


class Exponential(Distribution):
    """The time until something happens that happens `rate` times in a unit of time."""

    PARAMETERS: ClassVar = {"rate": POSITIVE}
    SUPPORT: ClassVar = NOT_NEGATIVE

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self.rate: Any
        (self.rate,) = spread(rate)
        super().__init__(self.rate.shape, validate_args)

    mean = property(lambda self: METHODS["reciprocal"](self.rate))
    mode = property(lambda self: FUNCTIONS["zeros_like"](self.rate))
    stddev = property(lambda self: METHODS["reciprocal"](self.rate))
    variance = property(lambda self: METHODS["pow"](self.rate, -2))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Waiting times as a function of the rate."""
        noise = FUNCTIONS["empty"](self._shape(sample_shape), dtype=self.rate.dtype)
        return METHODS["exponential_"](noise) / self.rate

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        return METHODS["log"](self.rate) - self.rate * value

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        self._admit(value)
        return 1 - METHODS["exp"](-self.rate * value)

    def icdf(self, value: Any) -> Any:
        """The value whose `cdf` this is."""
        self._reach(value)
        return -METHODS["log1p"](-value) / self.rate

    def entropy(self) -> Any:
        ops_of(2, self._extent())
        return 1.0 - METHODS["log"](self.rate)


class Laplace(_Around):
    """The Laplace distribution around `loc`, which falls off on both sides by the same factor a `scale`."""

    stddev = property(lambda self: 2**0.5 * self.scale)
    variance = property(lambda self: 2 * METHODS["pow"](self.scale, 2))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution as a function of its parameters."""
        noise = FUNCTIONS["empty"](self._shape(sample_shape), dtype=self.loc.dtype)
        METHODS["uniform_"](noise, float(np.finfo(noise._data.dtype).eps) - 1, 1)
        return self.loc - self.scale * METHODS["sign"](noise) * METHODS["log1p"](-METHODS["abs"](noise))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        return -METHODS["log"](2 * self.scale) - METHODS["abs"](value - self.loc) / self.scale

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        self._admit(value)
        apart = value - self.loc
        return 0.5 - 0.5 * METHODS["sign"](apart) * METHODS["expm1"](-METHODS["abs"](value - self.loc) / self.scale)

    def icdf(self, value: Any) -> Any:
        """The value whose `cdf` this is."""
        self._reach(value)
        apart = value - 0.5
        return self.loc - self.scale * METHODS["sign"](apart) * METHODS["log1p"](-2 * METHODS["abs"](apart))

    def entropy(self) -> Any:
        ops_of(3, self._extent())
        return 1 + METHODS["log"](2 * self.scale)
