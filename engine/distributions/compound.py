"""Distributions that are made of others: Independent and MixtureSameFamily."""

from __future__ import annotations

from typing import Any

from engine import grad_mode
from engine.distributions.discrete import Categorical
from engine.distributions.distribution import Constraint, Distribution, ops_of, shape_of
from engine.nn import budget
from engine.ops.table import FUNCTIONS, METHODS
from engine.size import Size


class Independent(Distribution):
    """Another distribution, whose last `reinterpreted_batch_ndims` dimensions are one event: their log probabilities are summed."""

    def __init__(
        self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None
    ) -> None:
        count, own = reinterpreted_batch_ndims, base_distribution.batch_shape
        if count > len(own):
            raise ValueError(
                f"Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual {count} vs {len(own)}"
            )
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = count
        kept = len(own) - count
        super().__init__(own[:kept], validate_args, (*own[kept:], *base_distribution.event_shape))

    def __repr__(self) -> str:
        return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"

    mean = property(lambda self: self.base_dist.mean)
    mode = property(lambda self: self.base_dist.mode)
    variance = property(lambda self: self.base_dist.variance)

    def _extent(self) -> tuple[int, ...]:
        return self.base_dist._extent()

    def support(self) -> Constraint:
        return self.base_dist.support()

    def sample(self, sample_shape: Any = ()) -> Any:
        """What the distribution itself gives, apart from the graph."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """What the distribution itself gives, as a function of its parameters."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density of each event."""
        return self._summed(self.base_dist.log_prob(value))

    def entropy(self) -> Any:
        return self._summed(self.base_dist.entropy())

    def _summed(self, each: Any) -> Any:
        if not self.reinterpreted_batch_ndims:
            return each
        kept = each._data.ndim - self.reinterpreted_batch_ndims
        return METHODS["sum"](METHODS["reshape"](each, *each._data.shape[:kept], -1), -1)


class MixtureSameFamily(Distribution):
    """One of several distributions of a kind, drawn by a Categorical: the last batch dimension of the components is the choice."""

    def __init__(
        self, mixture_distribution: Categorical, component_distribution: Distribution, validate_args: bool | None = None
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution")
        self.mixture_distribution = mixture_distribution
        self.component_distribution = component_distribution
        choices, shape = mixture_distribution.batch_shape, Size(component_distribution.batch_shape[:-1])
        for one, other in zip(reversed(choices), reversed(shape), strict=False):
            if one != other and 1 not in (one, other):
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({choices}) is not compatible with "
                    f"`component_distribution.batch_shape`({shape})"
                )
        wanted, count = mixture_distribution.logits.shape[-1], component_distribution.batch_shape[-1]
        if wanted != count:
            raise ValueError(
                f"`mixture_distribution component` ({wanted}) does not equal `component_distribution.batch_shape[-1]` ({count})"
            )
        super().__init__(shape, validate_args, component_distribution.event_shape)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"

    @property
    def mean(self) -> Any:
        return METHODS["sum"](self._odds() * self.component_distribution.mean, -1 - len(self.event_shape))

    @property
    def variance(self) -> Any:
        choice = -1 - len(self.event_shape)
        within = METHODS["sum"](self._odds() * self.component_distribution.variance, choice)
        apart = METHODS["pow"](self.component_distribution.mean - self._padded(self.mean), 2.0)
        return within + METHODS["sum"](self._odds() * apart, choice)

    def _extent(self) -> tuple[int, ...]:
        return self.component_distribution._extent()

    def support(self) -> Constraint:
        return self.component_distribution.support()

    def _odds(self) -> Any:
        """The probabilities of the choices, shaped to be taken times what the components have."""
        probs = self.mixture_distribution.probs
        own = len(self.mixture_distribution.batch_shape)
        more = 0 if own == 1 else len(self.batch_shape) - own
        shape = probs._data.shape
        return METHODS["reshape"](probs, *shape[:-1], *(1,) * more, shape[-1], *(1,) * len(self.event_shape))

    def _padded(self, value: Any) -> Any:
        return METHODS["unsqueeze"](value, -1 - len(self.event_shape))

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        found = self.component_distribution.cdf(self._padded(value))
        return METHODS["sum"](found * self.mixture_distribution.probs, -1)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density, over all choices."""
        self._admit(value)
        ops_of(4 * self.component_distribution.batch_shape[-1], shape_of(value))
        each = self.component_distribution.log_prob(self._padded(value))
        return METHODS["logsumexp"](each + FUNCTIONS["log_softmax"](self.mixture_distribution.logits, -1), -1)

    def sample(self, sample_shape: Any = ()) -> Any:
        """What the chosen component gives, apart from the graph."""
        self._shape(sample_shape)
        with grad_mode.no_grad():
            choice = len(sample_shape) + len(self.batch_shape)
            chosen = self.mixture_distribution.sample(sample_shape)
            each = self.component_distribution.sample(sample_shape)
            budget.room(each._data.size)
            places = METHODS["reshape"](chosen, *chosen._data.shape, *(1,) * (len(self.event_shape) + 1))
            places = METHODS["repeat"](places, *(1,) * chosen._data.ndim, 1, *self.event_shape)
            return METHODS["squeeze"](FUNCTIONS["gather"](each, choice, places), choice)
