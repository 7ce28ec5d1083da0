"""Distributions of counts: Poisson, Geometric and Binomial; and OneHotCategorical, which counts one draw."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from engine import grad_mode
from engine.distributions.discrete import ONE_OF_TWO, Categorical, Odds
from engine.distributions.distribution import (
    NO_SAMPLES,
    NOT_NEGATIVE,
    OVERFLOW,
    REAL,
    UNIT,
    Constraint,
    Distribution,
    described,
    lazily,
    ops_of,
    spread,
)
from engine.nn import budget
from engine.ops import laws
from engine.ops.table import FUNCTIONS, METHODS

COUNT: Constraint = (lambda values: (values % 1 == 0) & (values >= 0), "IntegerGreaterThan(lower_bound=0)")
ONE_HOT: Constraint = (
    lambda values: np.all((values == 0) | (values == 1), -1) & (values.sum(-1) == 1),
    "OneHot()",
)


def _log_odds(self: Odds) -> Any:
    probs = self._clamped()
    return METHODS["log"](probs) - METHODS["log1p"](-probs)


class Poisson(Distribution):
    """How often something happens that happens `rate` times on average."""

    NEGATIVE = OVERFLOW
    PARAMETERS: ClassVar = {"rate": NOT_NEGATIVE}
    SUPPORT: ClassVar = COUNT
    WEIGHT: ClassVar = 40

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self.rate: Any
        (self.rate,) = spread(rate)
        super().__init__(self.rate.shape, validate_args)

    mean = property(lambda self: self.rate)
    mode = property(lambda self: METHODS["floor"](self.rate))
    variance = property(lambda self: self.rate)

    def sample(self, sample_shape: Any = ()) -> Any:
        """Counts, apart from the graph."""
        shape = self._shape(sample_shape)
        ops_of(200, shape)
        with grad_mode.no_grad():
            return FUNCTIONS["poisson"](METHODS["expand"](self.rate, shape))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability."""
        self._admit(value)
        rate, value = spread(self.rate, value)
        return METHODS["xlogy"](value, rate) - rate - METHODS["lgamma"](value + 1)


class Geometric(Odds):
    """How many draws fail before the first that comes out, with probability `probs`; or told by its log odds."""

    PARAMETERS: ClassVar = {"probs": UNIT, "logits": REAL}
    SUPPORT: ClassVar = COUNT
    probs = lazily("probs", lambda self: METHODS["sigmoid"](self.logits))
    logits = lazily("logits", _log_odds)

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError(ONE_OF_TWO)
        given = "logits" if probs is None else "probs"
        value: Any = spread(logits if probs is None else probs)[0]
        self.__dict__[given] = value
        super().__init__(value.shape, validate_args, given)
        if self._validates and probs is not None and not (np.asarray(value._data) > 0).all():
            raise ValueError(
                f"Expected parameter probs {described(value)} of distribution {self!r} to be positive but found invalid values:\n{value[~(value > 0)]}"
            )

    mean = property(lambda self: 1.0 / self.probs - 1.0)
    mode = property(lambda self: FUNCTIONS["zeros_like"](self.probs))
    variance = property(lambda self: (1.0 / self.probs - 1.0) / self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        """Counts, apart from the graph."""
        shape = self._shape(sample_shape)
        with grad_mode.no_grad():
            noise = FUNCTIONS["empty"](shape, dtype=self.probs.dtype)
            METHODS["uniform_"](noise, float(np.finfo(noise._data.dtype).tiny), 1)
            return METHODS["floor"](METHODS["log"](noise) / METHODS["log1p"](-self.probs))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability."""
        self._admit(value)
        value, probs = spread(value, self.probs)
        probs = METHODS["clone"](probs)
        probs[(probs == 1) & (value == 0)] = 0
        return value * METHODS["log1p"](-probs) + METHODS["log"](self.probs)

    def entropy(self) -> Any:
        ops_of(6, self._extent())
        cross = FUNCTIONS["nn.functional.binary_cross_entropy_with_logits"]
        return cross(self.logits, self.probs, reduction="none") / self.probs


class OfMany(Odds):
    """A distribution of a count and a probability, or its log odds."""

    total_count: Any

    def _take(self, total_count: Any, probs: Any, logits: Any, validate_args: bool | None) -> None:
        """Takes the parameters. Raises ValueError unless one of `probs` and `logits` is given."""
        if (probs is None) == (logits is None):
            raise ValueError(ONE_OF_TWO)
        given = "logits" if probs is None else "probs"
        count, value = spread(total_count, logits if probs is None else probs)
        self.total_count = METHODS["type_as"](count, value)
        self.__dict__[given] = value
        super().__init__(value.shape, validate_args, given)


class Binomial(OfMany):
    """How many of `total_count` draws come out, each with probability `probs`; or told by the log odds, `logits`."""

    NEGATIVE = OVERFLOW
    PARAMETERS: ClassVar = {"total_count": COUNT, "probs": UNIT, "logits": REAL}
    WEIGHT: ClassVar = 80
    probs = lazily("probs", lambda self: METHODS["sigmoid"](self.logits))
    logits = lazily("logits", _log_odds)

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._take(total_count, probs, logits, validate_args)

    mean = property(lambda self: self.total_count * self.probs)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))

    @property
    def mode(self) -> Any:
        return METHODS["clamp"](METHODS["floor"]((self.total_count + 1) * self.probs), max=self.total_count)

    def support(self) -> Constraint:
        count = np.asarray(self.total_count._data)
        return (
            lambda values: (values % 1 == 0) & (values >= 0) & (values <= count),
            f"IntegerInterval(lower_bound=0, upper_bound={self.total_count})",
        )

    def sample(self, sample_shape: Any = ()) -> Any:
        """Counts, apart from the graph."""
        shape = self._shape(sample_shape)
        with grad_mode.no_grad():
            return laws.binomial(METHODS["expand"](self.total_count, shape), METHODS["expand"](self.probs, shape))

    def enumerate_support(self, expand: bool = True) -> Any:
        """From none to `total_count`. Raises NotImplementedError where that differs within the batch."""
        counts = np.asarray(self.total_count._data)
        count = int(counts.max())
        if counts.min() != count:
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        budget.room(count + 1)
        return self._each(FUNCTIONS["arange"](1 + count, dtype=self.total_count.dtype), expand)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of each count."""
        self._admit(value)
        clamp, lgamma, logits, count = METHODS["clamp"], METHODS["lgamma"], self.logits, self.total_count
        above = (clamp(logits, min=0) + logits - clamp(logits, max=0)) / 2
        whole = count * above + count * METHODS["log1p"](METHODS["exp"](-METHODS["abs"](logits))) - lgamma(count + 1)
        return value * logits - lgamma(value + 1) - lgamma(count - value + 1) - whole

    def entropy(self) -> Any:
        most = int(self.total_count._data.max())
        if not np.all(np.asarray(self.total_count._data) == most):
            raise NotImplementedError("Inhomogeneous total count not supported by `entropy`.")
        counts = FUNCTIONS["arange"](1 + most, dtype=self.logits.dtype)
        counts = METHODS["expand"](
            METHODS["view"](counts, (-1, *(1,) * len(self.batch_shape))), (-1, *self.batch_shape)
        )
        found = self.log_prob(counts)
        return -METHODS["sum"](METHODS["exp"](found) * found, 0)


class OneHotCategorical(Distribution):
    """A row with a one in the place that a Categorical draws."""

    NEGATIVE = NO_SAMPLES
    PARAMETERS: ClassVar = {"probs": REAL, "logits": REAL}
    SUPPORT: ClassVar = ONE_HOT

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._draw = Categorical(probs, logits, validate_args)
        super().__init__(self._draw.batch_shape, validate_args, self._draw.param_shape[-1:])

    probs = property(lambda self: self._draw.probs)
    logits = property(lambda self: self._draw.logits)
    param_shape = property(lambda self: self._draw.param_shape)
    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))

    @property
    def mode(self) -> Any:
        return self._marked(METHODS["argmax"](self.probs, -1))

    def _marked(self, places: Any) -> Any:
        return METHODS["to"](FUNCTIONS["nn.functional.one_hot"](places, self.event_shape[0]), self.probs)

    def _extent(self) -> tuple[int, ...]:
        return self._draw.param_shape

    def sample(self, sample_shape: Any = ()) -> Any:
        """Rows with a single one, apart from the graph."""
        self._shape(sample_shape)
        with grad_mode.no_grad():
            return self._marked(self._draw.sample(sample_shape))

    def enumerate_support(self, expand: bool = True) -> Any:
        """The rows with a single one."""
        budget.room(self.event_shape[0] ** 2)
        return self._each(FUNCTIONS["eye"](self.event_shape[0], dtype=self.probs.dtype), expand)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of each row."""
        self._admit(value)
        return self._draw.log_prob(METHODS["argmax"](value, -1))

    def entropy(self) -> Any:
        return self._draw.entropy()


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """The same, through which the gradient goes straight to the probabilities."""

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Rows with a single one, which move as the probabilities do."""
        return self.sample(sample_shape) + (self.probs - self.probs.detach())
