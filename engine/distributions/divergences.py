"""How far one distribution is from another: the Kullback-Leibler divergence, a formula for each kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from engine.distributions.compound import Independent
from engine.distributions.continuous import Exponential, Laplace, Normal, Uniform
from engine.distributions.discrete import Bernoulli, Categorical
from engine.distributions.distribution import Distribution, ops_of, room
from engine.ops.table import FUNCTIONS, METHODS


def _between_normals(p: Normal, q: Normal) -> Any:
    ratio = METHODS["pow"](p.scale / q.scale, 2)
    apart = METHODS["pow"]((p.loc - q.loc) / q.scale, 2)
    return 0.5 * (ratio + apart - 1 - METHODS["log"](ratio))


def _between_bernoullis(p: Bernoulli, q: Bernoulli) -> Any:
    softplus = FUNCTIONS["nn.functional.softplus"]
    ones = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    ones[q.probs == 0] = math.inf
    ones[p.probs == 0] = 0
    zeros = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    zeros[q.probs == 1] = math.inf
    zeros[p.probs == 1] = 0
    return ones + zeros


def _between_categoricals(p: Categorical, q: Categorical) -> Any:
    part = p.probs * (p.logits - q.logits)
    part[METHODS["expand_as"](q.probs == 0, part)] = math.inf
    part[METHODS["expand_as"](p.probs == 0, part)] = 0
    return METHODS["sum"](part, -1)


def _between_uniforms(p: Uniform, q: Uniform) -> Any:
    found = METHODS["log"]((q.high - q.low) / (p.high - p.low))
    found[(q.low > p.low) | (q.high < p.high)] = math.inf
    return found


def _between_exponentials(p: Exponential, q: Exponential) -> Any:
    ratio = q.rate / p.rate
    return -METHODS["log"](ratio) + ratio - 1


def _between_laplaces(p: Laplace, q: Laplace) -> Any:
    ratio, apart = p.scale / q.scale, METHODS["abs"](p.loc - q.loc)
    return -METHODS["log"](ratio) + apart / q.scale + ratio * METHODS["exp"](-apart / p.scale) - 1


def _between_independents(p: Independent, q: Independent) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return p._summed(kl_divergence(p.base_dist, q.base_dist))


DIVERGENCES: dict[type, Callable[[Any, Any], Any]] = {
    Normal: _between_normals,
    Bernoulli: _between_bernoullis,
    Categorical: _between_categoricals,
    Uniform: _between_uniforms,
    Exponential: _between_exponentials,
    Laplace: _between_laplaces,
    Independent: _between_independents,
}


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """The Kullback-Leibler divergence of q from p. Raises NotImplementedError for two of different kinds."""
    if type(p) is not type(q) or type(p) not in DIVERGENCES:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
        )
    room(p.batch_shape, q.batch_shape)
    ops_of(10, p._extent(), q._extent())
    return DIVERGENCES[type(p)](p, q)
