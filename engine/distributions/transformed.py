"""Distributions that are others, transformed: TransformedDistribution, LogNormal, Gumbel, HalfNormal and HalfCauchy; and Cauchy."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from engine import grad_mode
from engine.distributions.compound import Independent
from engine.distributions.continuous import Normal, Uniform, _Around
from engine.distributions.distribution import (
    NOT_NEGATIVE,
    NUMBERS,
    OVERFLOW,
    POSITIVE,
    REAL,
    Distribution,
    ops_of,
)
from engine.distributions.transforms import (
    AbsTransform,
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    Transform,
    rightmost,
)
from engine.ops.table import FUNCTIONS, METHODS

EULER = 0.57721566490153286060


class TransformedDistribution(Distribution):
    """What transforms make, one after another, of the numbers of another distribution."""

    def __init__(self, base_distribution: Distribution, transforms: Any, validate_args: bool | None = None) -> None:
        parts = [transforms] if isinstance(transforms, Transform) else list(transforms) if isinstance(transforms, (list, tuple)) else None  # fmt: skip
        if parts is None:
            raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
        if not all(isinstance(part, Transform) for part in parts):
            raise ValueError("transforms must be a Transform or a list of Transforms")
        base, joined = base_distribution, ComposeTransform(parts)
        before = (*base.batch_shape, *base.event_shape)
        shape = joined.forward_shape(before)
        if shape != before:
            base = base.expand(shape[: len(shape) - len(base.event_shape)])
        within = max(len(base.event_shape), joined.event_dim)
        if within > len(base.event_shape):
            base = Independent(base, within - len(base.event_shape))
        self.base_dist, self.transforms = base, parts
        super().__init__(shape[: len(shape) - within], validate_args, shape[len(shape) - within :])

    def _extent(self) -> tuple[int, ...]:
        return (*self.batch_shape, *self.event_shape)

    def _made(self, value: Any) -> Any:
        for part in self.transforms:
            value = part(value)
        return value

    def sample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution, apart from the graph."""
        self._shape(sample_shape)
        with grad_mode.no_grad():
            return self._made(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution, which move with the parameters of base and transforms."""
        self._shape(sample_shape)
        return self._made(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density: that of the base, less how far the transforms stretch there."""
        self._admit(value)
        within, found, after = len(self.event_shape), 0.0, value
        for part in reversed(self.transforms):
            before = part._inv_call(after)
            found = found - rightmost(part.log_abs_det_jacobian(before, after), within - part.event_dim)
            after = before
        return found + rightmost(self.base_dist.log_prob(after), within - len(self.base_dist.event_shape))

    def _signed(self, value: Any) -> Any:
        sign: Any = 1
        for part in self.transforms:
            sign = sign * part.sign
        return value if type(sign) is int and sign == 1 else sign * (value - 0.5) + 0.5

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        self._admit(value)
        for part in reversed(self.transforms):
            value = part._inv_call(value)
        return self._signed(self.base_dist.cdf(value))

    def icdf(self, value: Any) -> Any:
        """The value whose `cdf` this is."""
        self._reach(value)
        return self._made(self.base_dist.icdf(self._signed(value)))


class LogNormal(TransformedDistribution):
    """Numbers whose logarithm is normal, of mean `loc` and standard deviation `scale`."""

    NEGATIVE = OVERFLOW
    PARAMETERS: ClassVar = {"loc": REAL, "scale": POSITIVE}
    SUPPORT: ClassVar = POSITIVE

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args), ExpTransform(), validate_args)

    loc = property(lambda self: self.base_dist.loc)
    scale = property(lambda self: self.base_dist.scale)
    mean = property(lambda self: METHODS["exp"](self.loc + METHODS["pow"](self.scale, 2) / 2))
    mode = property(lambda self: METHODS["exp"](self.loc - METHODS["square"](self.scale)))

    @property
    def variance(self) -> Any:
        square = METHODS["pow"](self.scale, 2)
        return METHODS["expm1"](square) * METHODS["exp"](2 * self.loc + square)

    def entropy(self) -> Any:
        return self.base_dist.entropy() + self.loc


class Gumbel(TransformedDistribution):
    """The largest of many numbers, moved by `loc` and stretched by `scale`."""

    PARAMETERS: ClassVar = {"loc": REAL, "scale": POSITIVE}

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        around = _Around(loc, scale, validate_args=False)
        self.loc, self.scale = around.loc, around.scale
        kind = np.finfo(self.loc._data.dtype)
        low, high = float(kind.tiny), float(1 - kind.eps)
        if not (isinstance(loc, NUMBERS) and isinstance(scale, NUMBERS)):
            low, high = (FUNCTIONS["full_like"](self.loc, end) for end in (low, high))
        parts = [
            ExpTransform().inv,
            AffineTransform(0, -FUNCTIONS["ones_like"](self.scale)),
            ExpTransform().inv,
            AffineTransform(self.loc, -self.scale),
        ]
        super().__init__(Uniform(low, high, validate_args), parts, validate_args)

    mean = property(lambda self: self.loc + self.scale * EULER)
    mode = property(lambda self: self.loc)
    stddev = property(lambda self: math.pi / math.sqrt(6) * self.scale)
    variance = property(lambda self: METHODS["pow"](self.stddev, 2))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        away = (self.loc - value) / self.scale
        return away - METHODS["exp"](away) - METHODS["log"](self.scale)

    def entropy(self) -> Any:
        ops_of(2, self._extent())
        return METHODS["log"](self.scale) + (1 + EULER)


class Cauchy(_Around):
    """Cauchy's distribution, which has neither mean nor variance."""

    mean = property(lambda self: FUNCTIONS["full_like"](self.loc, math.nan))
    variance = property(lambda self: FUNCTIONS["full_like"](self.loc, math.inf))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution as a function of its parameters."""
        noise = METHODS["cauchy_"](FUNCTIONS["empty"](self._shape(sample_shape), dtype=self.loc.dtype))
        return self.loc + noise * self.scale

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        return (
            -math.log(math.pi) - METHODS["log"](self.scale) - METHODS["log1p"](((value - self.loc) / self.scale) ** 2)
        )

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        self._admit(value)
        return METHODS["atan"]((value - self.loc) / self.scale) / math.pi + 0.5

    def icdf(self, value: Any) -> Any:
        """The value whose `cdf` this is."""
        self._reach(value)
        return METHODS["tan"](math.pi * (value - 0.5)) * self.scale + self.loc

    def entropy(self) -> Any:
        ops_of(2, self._extent())
        return math.log(4 * math.pi) + METHODS["log"](self.scale)


class _Half(TransformedDistribution):
    """The sizes of the numbers of a distribution that lies alike on both sides of nought."""

    PARAMETERS: ClassVar = {"scale": POSITIVE}
    SUPPORT: ClassVar = NOT_NEGATIVE
    BASE: ClassVar[type[_Around]]

    def _told(self, name: str) -> Any:
        return self.scale

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(self.BASE(0, scale, False), AbsTransform(), validate_args)

    scale = property(lambda self: self.base_dist.scale)
    mode = property(lambda self: FUNCTIONS["zeros_like"](self.scale))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density: twice that of both sides."""
        self._admit(value)
        return FUNCTIONS["where"](value >= 0, self.base_dist.log_prob(value) + math.log(2), -math.inf)

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        self._admit(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, value: Any) -> Any:
        """The value whose `cdf` this is."""
        self._reach(value)
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self) -> Any:
        return self.base_dist.entropy() - math.log(2)


class HalfNormal(_Half):
    """The sizes of normal numbers around nought."""

    NEGATIVE = OVERFLOW
    BASE: ClassVar = Normal
    mean = property(lambda self: self.scale * math.sqrt(2 / math.pi))
    variance = property(lambda self: METHODS["pow"](self.scale, 2) * (1 - 2 / math.pi))


class HalfCauchy(_Half):
    """The sizes of Cauchy's numbers around nought."""

    BASE: ClassVar = Cauchy
    mean = property(lambda self: FUNCTIONS["full_like"](self.scale, math.inf))
    variance = property(lambda self: self.base_dist.variance)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        found = math.log(2 / math.pi) - METHODS["log"](self.scale) - METHODS["log1p"]((value / self.scale) ** 2)
        return FUNCTIONS["where"](value >= 0, found, -math.inf)
