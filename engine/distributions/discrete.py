"""Distributions of whole numbers: Bernoulli, Categorical and Multinomial."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from engine import dtypes, grad_mode
from engine.distributions.distribution import (
    EITHER,
    NO_SAMPLES,
    OVERFLOW,
    REAL,
    REAL_ROWS,
    SIMPLEX,
    UNIT,
    Constraint,
    Distribution,
    lazily,
    ops_of,
    room,
    spread,
)
from engine.nn import budget
from engine.ops.table import FUNCTIONS, METHODS
from engine.size import Size
from engine.tensor import Tensor

ONE_OF_TWO = "Either `probs` or `logits` must be specified, but not both."


class Odds(Distribution):
    """A distribution told by probabilities or by logits: the one that was not given is made where it is first asked for."""

    def __init__(self, batch_shape: tuple[int, ...], validate_args: bool | None, given: str) -> None:
        self._given = given
        super().__init__(batch_shape, validate_args)

    @property
    def param_shape(self) -> Size:
        shape: Size = self.__dict__[self._given].shape
        return shape

    def _extent(self) -> tuple[int, ...]:
        return self.param_shape

    def _clamped(self) -> Any:
        probs = self.__dict__["probs"]
        eps = float(np.finfo(probs._data.dtype).eps)
        return METHODS["clamp"](probs, min=eps, max=1 - eps)


def _binary_logits(self: Odds) -> Any:
    probs = self._clamped()
    return METHODS["log"](probs) - METHODS["log1p"](-probs)


class Bernoulli(Odds):
    """One with probability `probs`, else zero; or told by its log odds, `logits`."""

    NEGATIVE = OVERFLOW
    PARAMETERS: ClassVar = {"probs": UNIT, "logits": REAL}
    SUPPORT: ClassVar = EITHER
    probs = lazily("probs", lambda self: METHODS["sigmoid"](self.logits))
    logits = lazily("logits", _binary_logits)

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError(ONE_OF_TWO)
        given = "logits" if probs is None else "probs"
        (value,) = spread(logits if probs is None else probs)
        self.__dict__[given] = value
        super().__init__(value.shape, validate_args, given)

    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))

    def sample(self, sample_shape: Any = ()) -> Any:
        """Zeros and ones, apart from the graph."""
        shape = self._shape(sample_shape)
        with grad_mode.no_grad():
            return FUNCTIONS["bernoulli"](METHODS["expand"](self.probs, shape))

    def enumerate_support(self, expand: bool = True) -> Any:
        """Zero and one."""
        return self._each(FUNCTIONS["arange"](2, dtype=self.probs.dtype), expand)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability."""
        self._admit(value)
        logits, value = spread(self.logits, value)
        return -FUNCTIONS["nn.functional.binary_cross_entropy_with_logits"](logits, value, reduction="none")

    def entropy(self) -> Any:
        ops_of(4, self._extent())
        return FUNCTIONS["nn.functional.binary_cross_entropy_with_logits"](self.logits, self.probs, reduction="none")


class Categorical(Odds):
    """A whole number from 0, with the probabilities of the last dimension of `probs`, or with their logarithms, `logits`."""

    NEGATIVE = NO_SAMPLES
    PARAMETERS: ClassVar = {"probs": SIMPLEX, "logits": REAL_ROWS}
    probs = lazily("probs", lambda self: FUNCTIONS["nn.functional.softmax"](self.logits, dim=-1))
    logits = lazily("logits", lambda self: METHODS["log"](self._clamped()))

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError(ONE_OF_TWO)
        given = "logits" if probs is None else "probs"
        value: Any = logits if probs is None else probs
        if not isinstance(value, Tensor):
            raise AttributeError(f"'{type(value).__name__}' object has no attribute 'dim'")
        if not value._data.ndim:
            raise ValueError(f"`{given}` parameter must be at least one-dimensional.")
        whole = METHODS["sum"](value, -1, keepdim=True) if given == "probs" else METHODS["logsumexp"](value, -1, keepdim=True)  # fmt: skip
        value = self.__dict__[given] = value / whole if given == "probs" else value - whole
        super().__init__(value.shape[:-1], validate_args, given)

    mode = property(lambda self: METHODS["argmax"](self.probs, -1))

    def support(self) -> Constraint:
        last = self.param_shape[-1] - 1
        return (
            lambda values: (values % 1 == 0) & (values >= 0) & (values <= last),
            f"IntegerInterval(lower_bound=0, upper_bound={last})",
        )

    def sample(self, sample_shape: Any = ()) -> Any:
        """Whole numbers, apart from the graph."""
        shape = self._shape(sample_shape)
        rows = METHODS["reshape"](self.probs, -1, self.param_shape[-1])
        count = math.prod(sample_shape)
        budget.room(count * rows._data.size)
        drawn = FUNCTIONS["multinomial"](rows, count, True)
        return METHODS["reshape"](METHODS["transpose"](drawn, 0, 1), shape)

    def enumerate_support(self, expand: bool = True) -> Any:
        """The numbers that may be drawn."""
        return self._each(FUNCTIONS["arange"](self.param_shape[-1]), expand)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of each number."""
        self._admit(value)
        places = METHODS["unsqueeze"](METHODS["long"](value), -1)
        room(places._data.shape, self.logits.shape)
        places, logits = FUNCTIONS["broadcast_tensors"](places, self.logits)
        return METHODS["squeeze"](METHODS["gather"](logits, -1, places[..., :1]), -1)

    def entropy(self) -> Any:
        ops_of(4, self._extent())
        least = float(np.finfo(self.logits._data.dtype).min)
        return -METHODS["sum"](METHODS["clamp"](self.logits, min=least) * self.probs, -1)


class Multinomial(Distribution):
    """How often each outcome comes in `total_count` draws, with the probabilities of the last dimension of `probs`, or with their logarithms, `logits`."""

    NEGATIVE = NO_SAMPLES

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._draw = Categorical(probs, logits)
        super().__init__(self._draw.batch_shape, validate_args, self._extent()[-1:])

    probs = property(lambda self: self._draw.probs)
    logits = property(lambda self: self._draw.logits)
    param_shape = property(lambda self: self._draw.param_shape)
    mean = property(lambda self: self.probs * self.total_count)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))

    def _extent(self) -> tuple[int, ...]:
        return self._draw.param_shape

    def sample(self, sample_shape: Any = ()) -> Any:
        """Counts, apart from the graph."""
        shape = self._shape(sample_shape)
        drawn = self._draw.sample((self.total_count, *sample_shape))
        drawn = METHODS["permute"](drawn, *range(1, drawn._data.ndim), 0)
        counts = FUNCTIONS["zeros"](shape, dtype=dtypes.int64)
        METHODS["scatter_add_"](counts, -1, drawn, FUNCTIONS["ones_like"](drawn))
        return METHODS["type_as"](counts, self.probs)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of these counts."""
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        room(value._data.shape, self._extent())
        ops_of(10, value._data.shape, self._extent())
        logits, value = spread(self.logits, value)
        logits = METHODS["clone"](logits)
        all_of_them = METHODS["lgamma"](METHODS["sum"](value, -1) + 1)
        each = METHODS["sum"](METHODS["lgamma"](value + 1), -1)
        logits[(value == 0) & (logits == -math.inf)] = 0
        return all_of_them - each + METHODS["sum"](logits * value, -1)
