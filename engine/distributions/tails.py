"""Distributions with long tails that are others, transformed: Pareto, Weibull and InverseGamma; and NegativeBinomial."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from engine import grad_mode
from engine.distributions.continuous import Exponential
from engine.distributions.counts import COUNT, OfMany, _log_odds
from engine.distributions.distribution import NOT_NEGATIVE, POSITIVE, REAL, Constraint, lazily, ops_of, spread
from engine.distributions.gammas import Gamma
from engine.distributions.transformed import EULER, TransformedDistribution
from engine.distributions.transforms import AffineTransform, ExpTransform, PowerTransform
from engine.ops.table import FUNCTIONS, METHODS

BELOW_ONE: Constraint = (
    lambda values: (values >= 0) & (values < 1),
    "HalfOpenInterval(lower_bound=0.0, upper_bound=1.0)",
)


class Pareto(TransformedDistribution):
    """Numbers of at least `scale`, of which few are very large: fewer, the greater `alpha`."""

    PARAMETERS: ClassVar = {"alpha": POSITIVE, "scale": POSITIVE}

    def __init__(self, scale: Any, alpha: Any, validate_args: bool | None = None) -> None:
        self.scale: Any
        self.alpha: Any
        self.scale, self.alpha = spread(scale, alpha)
        parts = [ExpTransform(), AffineTransform(0, self.scale)]
        super().__init__(Exponential(self.alpha, validate_args), parts, validate_args)

    def support(self) -> Constraint:
        least = np.asarray(self.scale._data)
        return (lambda values: values >= least, f"GreaterThanEq(lower_bound={self.scale})")

    @property
    def mean(self) -> Any:
        alpha = METHODS["clamp"](self.alpha, min=1)
        return alpha * self.scale / (alpha - 1)

    mode = property(lambda self: self.scale)

    @property
    def variance(self) -> Any:
        alpha, power = METHODS["clamp"](self.alpha, min=2), METHODS["pow"]
        return power(self.scale, 2) * alpha / (power(alpha - 1, 2) * (alpha - 2))

    def entropy(self) -> Any:
        ops_of(6, self._extent())
        return METHODS["log"](self.scale / self.alpha) + (1 + METHODS["reciprocal"](self.alpha))


class Weibull(TransformedDistribution):
    """How long something lasts whose risk grows or falls with a power of its age."""

    PARAMETERS: ClassVar = {"scale": POSITIVE, "concentration": POSITIVE}
    SUPPORT: ClassVar = POSITIVE

    def __init__(self, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.scale: Any
        self.concentration: Any
        self.scale, self.concentration = spread(scale, concentration)
        parts = [PowerTransform(METHODS["reciprocal"](self.concentration)), AffineTransform(0, self.scale)]
        super().__init__(Exponential(FUNCTIONS["ones_like"](self.scale), validate_args), parts, validate_args)

    _part = property(lambda self: METHODS["reciprocal"](self.concentration))
    mean = property(lambda self: self.scale * METHODS["exp"](METHODS["lgamma"](1 + self._part)))
    mode = property(lambda self: self.scale * METHODS["pow"]((self.concentration - 1) / self.concentration, self._part))

    @property
    def variance(self) -> Any:
        exp, lgamma = METHODS["exp"], METHODS["lgamma"]
        return METHODS["pow"](self.scale, 2) * (exp(lgamma(1 + 2 * self._part)) - exp(2 * lgamma(1 + self._part)))

    def entropy(self) -> Any:
        ops_of(8, self._extent())
        return EULER * (1 - self._part) + METHODS["log"](self.scale * self._part) + 1


class InverseGamma(TransformedDistribution):
    """The reciprocals of numbers of the gamma distribution."""

    PARAMETERS: ClassVar = {"concentration": POSITIVE, "rate": POSITIVE}
    SUPPORT: ClassVar = POSITIVE

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        base = Gamma(concentration, rate, validate_args)
        minus = -FUNCTIONS["ones"]((), dtype=base.rate.dtype)
        super().__init__(base, PowerTransform(minus), validate_args)

    def _told(self, name: str) -> Any:
        return self.base_dist.__dict__[name]

    def __repr__(self) -> str:
        return "InverseGamma()"

    concentration = property(lambda self: self.base_dist.concentration)
    rate = property(lambda self: self.base_dist.rate)
    mode = property(lambda self: self.rate / (self.concentration + 1))

    @property
    def mean(self) -> Any:
        found = self.rate / (self.concentration - 1)
        return FUNCTIONS["where"](self.concentration > 1, found, math.inf)

    @property
    def variance(self) -> Any:
        square, own = METHODS["square"], self.concentration
        return FUNCTIONS["where"](own > 2, square(self.rate) / square(own - 1) / (own - 2), math.inf)

    def entropy(self) -> Any:
        ops_of(60, self._extent())
        own = self.concentration
        return own + METHODS["log"](self.rate) + METHODS["lgamma"](own) - (1 + own) * METHODS["digamma"](own)


class NegativeBinomial(OfMany):
    """How many draws come out, each with probability `probs`, before `total_count` have failed; or told by the log odds, `logits`."""

    PARAMETERS: ClassVar = {"total_count": NOT_NEGATIVE, "probs": BELOW_ONE, "logits": REAL}
    SUPPORT: ClassVar = COUNT
    WEIGHT: ClassVar = 80
    probs = lazily("probs", lambda self: METHODS["sigmoid"](self.logits))
    logits = lazily("logits", _log_odds)

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take(total_count, probs, logits, validate_args)

    mean = property(lambda self: self.total_count * METHODS["exp"](self.logits))
    variance = property(lambda self: self.mean / METHODS["sigmoid"](-self.logits))

    @property
    def mode(self) -> Any:
        return METHODS["clamp"](METHODS["floor"]((self.total_count - 1) * METHODS["exp"](self.logits)), min=0.0)

    def sample(self, sample_shape: Any = ()) -> Any:
        """Counts, apart from the graph."""
        shape = self._shape(sample_shape)
        ops_of(200, shape)
        with grad_mode.no_grad():
            rate = Gamma(self.total_count, METHODS["exp"](-self.logits), False).sample(sample_shape)
            return FUNCTIONS["poisson"](rate)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of each count."""
        self._admit(value)
        lgamma, logsigmoid, count = METHODS["lgamma"], FUNCTIONS["nn.functional.logsigmoid"], self.total_count
        open_ = count * logsigmoid(-self.logits) + value * logsigmoid(self.logits)
        whole = -lgamma(count + value) + lgamma(1.0 + value) + lgamma(count)
        return open_ - METHODS["masked_fill"](whole, count + value == 0.0, 0.0)
