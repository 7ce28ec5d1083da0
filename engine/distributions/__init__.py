"""`torch.distributions`, by the ops that PyTorch composes them of: a kind of distribution each, what is made of others, and divergences.

A distribution's parameters keep their place in the graph: gradients reach them through `log_prob`, `entropy` and `rsample`.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from engine.distributions.compound import Independent, MixtureSameFamily
from engine.distributions.continuous import Exponential, Laplace, Normal, Uniform
from engine.distributions.counts import (
    Binomial,
    Geometric,
    OneHotCategorical,
    OneHotCategoricalStraightThrough,
    Poisson,
)
from engine.distributions.discrete import Bernoulli, Categorical, Multinomial
from engine.distributions.distribution import Distribution, ops_of
from engine.distributions.divergences import kl_divergence
from engine.distributions.gammas import Beta, Chi2, Dirichlet, Gamma, StudentT
from engine.distributions.multivariate_normal import MultivariateNormal
from engine.distributions.relaxed import RelaxedBernoulli, RelaxedOneHotCategorical
from engine.distributions.tails import InverseGamma, NegativeBinomial, Pareto, Weibull
from engine.distributions.transformed import (
    Cauchy,
    Gumbel,
    HalfCauchy,
    HalfNormal,
    LogNormal,
    TransformedDistribution,
)
from engine.distributions.transforms import (
    TRANSFORMS,
    AffineTransform,
    ComposeTransform,
    Inverse,
    PowerTransform,
    Transform,
)

FACTS: dict[type[Distribution], str] = {
    Normal: "loc scale mean mode stddev variance",
    Uniform: "low high mean stddev variance",
    Exponential: "rate mean mode stddev variance",
    Laplace: "loc scale mean mode stddev variance",
    MultivariateNormal: "loc covariance_matrix precision_matrix scale_tril mean mode stddev variance",
    Bernoulli: "probs logits mean stddev variance param_shape",
    Categorical: "probs logits mode param_shape",
    Multinomial: "total_count probs logits mean stddev variance param_shape",
    Independent: "base_dist mean mode stddev variance",
    MixtureSameFamily: "mixture_distribution component_distribution mean stddev variance",
    Gamma: "concentration rate mean mode stddev variance",
    Chi2: "df concentration rate mean mode stddev variance",
    Dirichlet: "concentration mean mode stddev variance",
    Beta: "concentration1 concentration0 mean mode stddev variance",
    StudentT: "df loc scale mean mode stddev variance",
    Poisson: "rate mean mode stddev variance",
    Geometric: "probs logits mean mode stddev variance param_shape",
    Binomial: "total_count probs logits mean mode stddev variance param_shape",
    OneHotCategorical: "probs logits mean mode stddev variance param_shape",
    OneHotCategoricalStraightThrough: "probs logits mean mode stddev variance param_shape",
    Cauchy: "loc scale mean mode stddev variance",
    TransformedDistribution: "base_dist transforms",
    LogNormal: "loc scale base_dist transforms mean mode stddev variance",
    Gumbel: "loc scale base_dist transforms mean mode stddev variance",
    HalfNormal: "scale base_dist transforms mean mode stddev variance",
    Pareto: "scale alpha base_dist transforms mean mode stddev variance",
    Weibull: "scale concentration base_dist transforms mean mode stddev variance",
    InverseGamma: "concentration rate base_dist transforms mean mode stddev variance",
    NegativeBinomial: "total_count probs logits mean mode stddev variance param_shape",
    RelaxedBernoulli: "temperature probs logits transforms",
    RelaxedOneHotCategorical: "temperature probs logits transforms",
    HalfCauchy: "scale base_dist transforms mean mode stddev variance",
}
"""What can be read of each kind, beside its shapes."""
KINDS: tuple[type[Distribution], ...] = tuple(FACTS)
WAYS: tuple[type[Transform], ...] = (*TRANSFORMS, Inverse)
WAYS_FACTS: dict[type[Transform], str] = dict.fromkeys(WAYS, "inv event_dim sign")
WAYS_FACTS[AffineTransform] += " loc scale"
WAYS_FACTS[ComposeTransform] += " parts"
WAYS_FACTS[PowerTransform] += " exponent"
CALLED = ("sample", "rsample", "log_prob", "cdf", "icdf", "entropy", "perplexity", "expand", "enumerate_support")


def _reader(name: str) -> Callable[[Distribution], Any]:
    find = attrgetter(name)

    def read(of: Distribution) -> Any:
        ops_of(2, of._extent())
        return find(of)

    return read


TORCH: dict[str, Any] = {
    **{f"distributions.{kind.__name__}": kind for kind in (*KINDS, *TRANSFORMS)},
    "distributions.kl_divergence": kl_divergence,
}


def _methods(kind: type) -> dict[str, Any]:
    """What a kind has by itself or by what it is built on."""
    return {name: method for each in reversed(kind.__mro__) for name, method in each.__dict__.items()}


OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {
    **{(kind, name): method for kind in KINDS for name, method in _methods(kind).items() if name in CALLED},
    **{(kind, "log_abs_det_jacobian"): kind.log_abs_det_jacobian for kind in WAYS},
}
GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    **{
        (kind, name): _reader(name)
        for kind, names in FACTS.items()
        for name in ("batch_shape", "event_shape", "has_rsample", "has_enumerate_support", *names.split())
    },
    **{(kind, name): attrgetter(name) for kind, names in WAYS_FACTS.items() for name in names.split()},
}
APPLIED: dict[type, Callable[..., Any]] = dict.fromkeys(WAYS, Transform.__call__)
"""What a transform does when a program calls it."""
