"""How far one distribution is from another: the Kullback-Leibler divergence, a formula for each kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from engine.distributions.compound import Independent
from engine.distributions.continuous import Exponential, Laplace, Normal, Uniform
from engine.distributions.counts import Binomial, Geometric, OneHotCategorical, Poisson
from engine.distributions.discrete import Bernoulli, Categorical
from engine.distributions.distribution import Distribution, ops_of, room
from engine.distributions.gammas import Beta, Dirichlet, Gamma
from engine.distributions.multivariate_normal import MultivariateNormal
from engine.distributions.tails import Pareto
from engine.distributions.transformed import EULER, Cauchy, Gumbel, HalfNormal, LogNormal, TransformedDistribution
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


def _between_gammas(p: Gamma, q: Gamma) -> Any:
    log, lgamma = METHODS["log"], METHODS["lgamma"]
    rates = q.concentration * log(p.rate / q.rate)
    shapes = lgamma(q.concentration) - lgamma(p.concentration)
    apart = (p.concentration - q.concentration) * METHODS["digamma"](p.concentration)
    return rates + shapes + apart + (q.rate - p.rate) * (p.concentration / p.rate)


def _between_betas(p: Beta, q: Beta) -> Any:
    lgamma, digamma = METHODS["lgamma"], METHODS["digamma"]
    mine, other = p.concentration1 + p.concentration0, q.concentration1 + q.concentration0
    first = lgamma(q.concentration1) + lgamma(q.concentration0) + lgamma(mine)
    second = lgamma(p.concentration1) + lgamma(p.concentration0) + lgamma(other)
    apart = (p.concentration1 - q.concentration1) * digamma(p.concentration1)
    beside = (p.concentration0 - q.concentration0) * digamma(p.concentration0)
    return first - second + apart + beside + (other - mine) * digamma(mine)


def _between_dirichlets(p: Dirichlet, q: Dirichlet) -> Any:
    total, lgamma, digamma = METHODS["sum"], METHODS["lgamma"], METHODS["digamma"]
    mine, other = total(p.concentration, -1), total(q.concentration, -1)
    whole = lgamma(mine) - lgamma(other)
    each = total(lgamma(p.concentration) - lgamma(q.concentration), -1)
    slopes = digamma(p.concentration) - METHODS["unsqueeze"](digamma(mine), -1)
    return whole - each + total((p.concentration - q.concentration) * slopes, -1)


def _between_poissons(p: Poisson, q: Poisson) -> Any:
    log = METHODS["log"]
    return p.rate * (log(p.rate) - log(q.rate)) - (p.rate - q.rate)


def _between_geometrics(p: Geometric, q: Geometric) -> Any:
    return -p.entropy() - METHODS["log1p"](-q.probs) / p.probs - q.logits


def _between_binomials(p: Binomial, q: Binomial) -> Any:
    more = p.total_count > q.total_count
    log1p = METHODS["log1p"]
    found = p.total_count * (p.probs * (p.logits - q.logits) + log1p(-p.probs) - log1p(-q.probs))
    found[METHODS["expand_as"](more, found)] = math.inf
    return found


def _between_cauchys(p: Cauchy, q: Cauchy) -> Any:
    together = METHODS["log"](METHODS["pow"](p.scale + q.scale, 2) + METHODS["pow"](p.loc - q.loc, 2))
    return together - METHODS["log"](4 * p.scale * q.scale)


def _between_gumbels(p: Gumbel, q: Gumbel) -> Any:
    ratio, mine, other = p.scale / q.scale, q.loc / q.scale, p.loc / q.scale
    apart = -METHODS["log"](ratio) - mine + other
    stretched = METHODS["exp"](mine + METHODS["lgamma"](1 + ratio) - other)
    return apart + ratio * EULER + stretched - (1 + EULER)


def _between_multivariate_normals(p: MultivariateNormal, q: MultivariateNormal) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be computed"
        )
    total, own, other = METHODS["sum"], p._tril, q._tril
    diagonal = METHODS["diagonal"]
    sizes = total(METHODS["log"](diagonal(other, dim1=-2, dim2=-1)), -1) - total(METHODS["log"](diagonal(own, dim1=-2, dim2=-1)), -1)  # fmt: skip
    solve = FUNCTIONS["linalg.solve_triangular"]
    spreads = METHODS["pow"](solve(other, own, upper=False), 2)
    apart = solve(other, METHODS["unsqueeze"](q.loc - p.loc, -1), upper=False)
    distance = total(METHODS["pow"](METHODS["squeeze"](apart, -1), 2), -1)
    return sizes + 0.5 * (total(spreads, (-2, -1)) + distance - p.event_shape[0])


def _between_transformed(p: TransformedDistribution, q: TransformedDistribution) -> Any:
    return kl_divergence(p.base_dist, q.base_dist)


def _exponential_to_gamma(p: Exponential, q: Gamma) -> Any:
    ratio = q.rate / p.rate
    own = q.concentration
    return -own * METHODS["log"](ratio) + ratio + METHODS["lgamma"](own) + own * EULER - (1 + EULER)


def _exponential_to_normal(p: Exponential, q: Normal) -> Any:
    square = METHODS["pow"]
    variance, rate = square(q.scale, 2), square(p.rate, 2)
    apart = METHODS["reciprocal"](rate) - q.loc / p.rate + square(q.loc, 2) * 0.5
    return 0.5 * METHODS["log"](rate * variance * 2 * math.pi) - 1 + apart / variance


def _gamma_to_exponential(p: Gamma, q: Exponential) -> Any:
    return -p.entropy() - METHODS["log"](q.rate) + q.rate * p.concentration / p.rate


def _gamma_to_normal(p: Gamma, q: Normal) -> Any:
    square, own = METHODS["pow"], p.concentration
    variance, rate = square(q.scale, 2), square(p.rate, 2)
    whole = 0.5 * METHODS["log"](rate * variance * 2 * math.pi) - own - METHODS["lgamma"](own)
    apart = 0.5 * (square(own, 2) + own) / rate - q.loc * own / p.rate + 0.5 * square(q.loc, 2)
    return whole + (own - 1) * METHODS["digamma"](own) + apart / variance


def _laplace_to_normal(p: Laplace, q: Normal) -> Any:
    square = METHODS["pow"]
    variance = square(q.scale, 2)
    ratio = square(p.scale, 2) / variance
    apart = 0.5 * square(p.loc, 2) - p.loc * q.loc + 0.5 * square(q.loc, 2)
    return -(0.5 * METHODS["log"](2 * ratio / math.pi)) + ratio + apart / variance - 1


def _normal_to_laplace(p: Normal, q: Laplace) -> Any:
    away = p.loc - q.loc
    share = away / p.scale
    near = math.sqrt(2 / math.pi) * p.scale * METHODS["exp"](-0.5 * METHODS["pow"](share, 2))
    far = away * METHODS["erf"](math.sqrt(0.5) * share)
    return -METHODS["log"](p.scale / q.scale) + (near + far) / q.scale - 0.5 * (1 + math.log(0.5 * math.pi))


def _uniform_to_normal(p: Uniform, q: Normal) -> Any:
    width, square = p.high - p.low, METHODS["pow"]
    apart = square(width, 2) / 12 + square((p.high + p.low - 2 * q.loc) / 2, 2)
    return METHODS["log"](math.sqrt(math.pi * 2) * q.scale / width) + 0.5 * apart / square(q.scale, 2)


def _beta_to_uniform(p: Beta, q: Uniform) -> Any:
    found = -p.entropy() + METHODS["log"](q.high - q.low)
    found[(q.low > 0) | (q.high < 1)] = math.inf
    return found


MIXED: dict[tuple[type, type], Callable[[Any, Any], Any]] = {
    (Exponential, Gamma): _exponential_to_gamma,
    (Exponential, Normal): _exponential_to_normal,
    (Gamma, Exponential): _gamma_to_exponential,
    (Gamma, Normal): _gamma_to_normal,
    (Laplace, Normal): _laplace_to_normal,
    (Normal, Laplace): _normal_to_laplace,
    (Uniform, Normal): _uniform_to_normal,
    (Beta, Uniform): _beta_to_uniform,
}
"""Those of two different kinds."""
BOUNDED, ABOVE = (Beta, Pareto, Uniform), (Beta, Exponential, Gamma, Pareto, Uniform)
APART: dict[type, tuple[str, tuple[type, ...]]] = {
    Exponential: ("rate", BOUNDED),
    Gamma: ("concentration", BOUNDED),
    Gumbel: ("loc", ABOVE),
    Laplace: ("loc", ABOVE),
    Normal: ("loc", ABOVE),
}
"""What a kind reaches where others have no density, so that they are infinitely far from it; and what it is shaped like."""
DIVERGENCES: dict[type, Callable[[Any, Any], Any]] = {
    Normal: _between_normals,
    Bernoulli: _between_bernoullis,
    Categorical: _between_categoricals,
    Uniform: _between_uniforms,
    Exponential: _between_exponentials,
    Laplace: _between_laplaces,
    Independent: _between_independents,
    Gamma: _between_gammas,
    Beta: _between_betas,
    Dirichlet: _between_dirichlets,
    Poisson: _between_poissons,
    Geometric: _between_geometrics,
    Binomial: _between_binomials,
    OneHotCategorical: lambda p, q: _between_categoricals(p._draw, q._draw),
    Cauchy: _between_cauchys,
    Gumbel: _between_gumbels,
    MultivariateNormal: _between_multivariate_normals,
    LogNormal: _between_transformed,
    HalfNormal: _between_transformed,
}


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """The Kullback-Leibler divergence of q from p. Raises NotImplementedError for two kinds without a formula."""
    kind = next((kind for kind in type(p).__mro__ if kind in DIVERGENCES and isinstance(q, kind)), None)
    shaped, others = APART.get(type(p), ("", ()))
    if kind is None and type(q) in others:
        return FUNCTIONS["full_like"](p.__dict__[shaped], math.inf)
    formula = MIXED.get((type(p), type(q))) if kind is None else DIVERGENCES[kind]
    if formula is None:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
        )
    room(p.batch_shape, q.batch_shape)
    ops_of(10 if p.WEIGHT == q.WEIGHT == 10 else 120, p._extent(), q._extent())
    return formula(p, q)
