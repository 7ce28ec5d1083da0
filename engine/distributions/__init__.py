"""`torch.distributions`, by the ops that PyTorch composes them of: a kind of distribution each, what is made of others, and divergences.

A distribution's parameters keep their place in the graph: gradients reach them through `log_prob`, `entropy` and `rsample`.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from engine.distributions.compound import Independent, MixtureSameFamily
from engine.distributions.continuous import Exponential, Laplace, Normal, Uniform
from engine.distributions.discrete import Bernoulli, Categorical, Multinomial
from engine.distributions.distribution import Distribution, ops_of
from engine.distributions.divergences import kl_divergence
from engine.distributions.multivariate_normal import MultivariateNormal

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
}
"""What can be read of each kind, beside its shapes."""
KINDS: tuple[type[Distribution], ...] = tuple(FACTS)
CALLED = ("sample", "rsample", "log_prob", "cdf", "icdf", "entropy", "perplexity")


def _reader(name: str) -> Callable[[Distribution], Any]:
    find = attrgetter(name)

    def read(of: Distribution) -> Any:
        ops_of(2, of._extent())
        return find(of)

    return read


TORCH: dict[str, Any] = {
    **{f"distributions.{kind.__name__}": kind for kind in KINDS},
    "distributions.kl_divergence": kl_divergence,
}
OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {
    (kind, name): method
    for kind in KINDS
    for name, method in {**Distribution.__dict__, **kind.__dict__}.items()
    if name in CALLED
}
GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    (kind, name): _reader(name)
    for kind, names in FACTS.items()
    for name in ("batch_shape", "event_shape", *names.split())
}
