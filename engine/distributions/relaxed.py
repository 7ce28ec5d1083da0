"""Choices made smooth by a temperature, so that a sample moves with the odds: RelaxedBernoulli and RelaxedOneHotCategorical."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from engine.distributions.discrete import Bernoulli, Categorical
from engine.distributions.distribution import REAL, SIMPLEX, UNIT, Distribution, ops_of
from engine.distributions.transformed import TransformedDistribution
from engine.distributions.transforms import ExpTransform, SigmoidTransform
from engine.ops.table import FUNCTIONS, METHODS


def _clamped(probs: Any) -> Any:
    eps = float(np.finfo(probs._data.dtype).eps)
    return METHODS["clamp"](probs, min=eps, max=1 - eps)


def _uniforms(shape: Any, like: Any) -> Any:
    return _clamped(FUNCTIONS["rand"](shape, dtype=like.dtype))


class LogitRelaxedBernoulli(Distribution):
    """The log odds of a smooth choice between zero and one."""

    PARAMETERS: ClassVar = {}
    WEIGHT: ClassVar = 40

    def __init__(self, temperature: Any, draw: Bernoulli, validate_args: bool | None = None) -> None:
        self.temperature = temperature
        self._draw = draw
        super().__init__(draw.batch_shape, validate_args)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Log odds, which move with those of the choice."""
        shape, log, log1p = self._shape(sample_shape), METHODS["log"], METHODS["log1p"]
        probs = _clamped(METHODS["expand"](self._draw.probs, shape))
        uniforms = _uniforms(shape, probs)
        return (log(uniforms) - log1p(-uniforms) + log(probs) - log1p(-probs)) / self.temperature

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        logits, value = FUNCTIONS["broadcast_tensors"](self._draw.logits, value)
        away = logits - value * self.temperature
        return METHODS["log"](self.temperature) + away - 2 * METHODS["log1p"](METHODS["exp"](away))


class ExpRelaxedCategorical(Distribution):
    """The logarithms of the shares of a smooth choice among several."""

    PARAMETERS: ClassVar = {}
    WEIGHT: ClassVar = 40

    def __init__(self, temperature: Any, draw: Categorical, validate_args: bool | None = None) -> None:
        self.temperature = temperature
        self._draw = draw
        super().__init__(draw.batch_shape, validate_args, draw.param_shape[-1:])

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Logarithms of shares, which move with those of the choice."""
        shape, log = self._shape(sample_shape), METHODS["log"]
        logits = METHODS["expand"](self._draw.logits, shape)
        gumbels = -log(-log(_uniforms(shape, logits)))
        scores = (logits + gumbels) / self.temperature
        return scores - METHODS["logsumexp"](scores, -1, keepdim=True)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        count = self.event_shape[0]
        ops_of(4 * count, self.batch_shape)
        logits, value = FUNCTIONS["broadcast_tensors"](self._draw.logits, value)
        scale = METHODS["lgamma"](FUNCTIONS["full_like"](self.temperature, float(count)))
        scale = scale - METHODS["log"](self.temperature) * -(count - 1)
        score = logits - value * self.temperature
        return METHODS["sum"](score - METHODS["logsumexp"](score, -1, keepdim=True), -1) + scale


class _Relaxed(TransformedDistribution):
    base_dist: Any
    temperature = property(lambda self: self.base_dist.temperature)
    probs = property(lambda self: self.base_dist._draw.probs)
    logits = property(lambda self: self.base_dist._draw.logits)

    def _told(self, name: str) -> Any:
        return self.base_dist._draw.__dict__.get(name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class RelaxedBernoulli(_Relaxed):
    """A number between zero and one that a temperature draws to either end."""

    PARAMETERS: ClassVar = {"probs": UNIT, "logits": REAL}
    SUPPORT: ClassVar = UNIT

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = LogitRelaxedBernoulli(temperature, Bernoulli(probs, logits, validate_args), validate_args)
        super().__init__(base, SigmoidTransform(), validate_args)


class RelaxedOneHotCategorical(_Relaxed):
    """Shares of one that a temperature draws to a single place: the Gumbel softmax."""

    PARAMETERS: ClassVar = {"probs": SIMPLEX}
    SUPPORT: ClassVar = SIMPLEX

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = ExpRelaxedCategorical(temperature, Categorical(probs, logits, validate_args), validate_args)
        super().__init__(base, ExpTransform(), validate_args)
