"""Functions beyond the school's: gamma, the inverse of the error function and other rarities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any

_erf = np.frompyfunc(math.erf, 1, 1)
_erfc = np.frompyfunc(math.erfc, 1, 1)
_gamma = np.frompyfunc(lambda x: math.inf if math.isinf(x) or (x <= 0 and x == int(x)) else math.lgamma(x), 1, 1)
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
_STEPS = 12


def erfc(x: Array) -> Array:
    return np.asarray(_erfc(x)).astype(x.dtype)


def erfinv(x: Array) -> Array:
    """The number whose error function is `x`, by Newton's rule from the bell curve's tail."""
    wide = np.asarray(x, np.float64)
    size = np.abs(wide)
    with np.errstate(all="ignore"):
        left = np.where(size < 1, 1 - size, 0.5)
        start = np.log(left * (1 + np.minimum(size, 1)))
        middle = 2 / (math.pi * 0.147) + start / 2
        found = np.sqrt(np.sqrt(middle * middle - start / 0.147) - middle)
        for _ in range(3):
            off = np.where(size > 0.5, left - np.asarray(_erfc(found), float), np.asarray(_erf(found), float) - size)
            step = off * math.sqrt(math.pi) / 2 * np.exp(found * found)
            found = found - step / (1 + found * step)
        found = np.where(size < 1, found, np.where(size == 1, math.inf, math.nan))
    return np.copysign(found, wide).astype(x.dtype)


def lgamma(x: Array) -> Array:
    """The logarithm of the size of the gamma function; infinite where that is."""
    return np.asarray(_gamma(x)).astype(x.dtype)


def digamma(x: Array) -> Array:
    """The slope of lgamma; the asymptotic series of DLMF 5.11.2, reflected below zero."""
    wide = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        below = wide < 0
        shifted = np.where(below, 1 - wide, wide)
        total = np.zeros_like(shifted)
        for step in range(_STEPS):
            total -= 1 / (shifted + step)
        top = shifted + _STEPS
        total += np.log(top) - 0.5 / top
        for place, number in enumerate(_BERNOULLI, 1):
            total -= number / (2 * place * top ** (2 * place))
        total = np.where(below, total - math.pi / np.tan(math.pi * np.fmod(wide, 1)), total)
        total = np.where(below & (wide == np.floor(wide)), math.nan, total)
        total = np.where(wide == 0, np.copysign(math.inf, -wide), total)
    return total.astype(x.dtype)


def polygamma(n: int, x: Array) -> Array:
    """The n-th derivative of digamma, through Hurwitz's zeta; of the first order also below zero."""
    if n == 0:
        return digamma(x)
    wide = np.asarray(x, np.float64)
    sign = 1 if n % 2 else -1
    with np.errstate(all="ignore"):
        if n == 1:
            # Near a pole the sine of a rounded angle is all that PyTorch has, so it is rounded here too.
            below, pi = wide < 0.5, x.dtype.type(math.pi)
            direct = _zeta(2, np.where(below, 1 - wide, wide))
            mirrored = np.asarray((pi / np.sin(pi * np.asarray(x))) ** 2, np.float64)
            return np.asarray(np.where(below, mirrored - direct, direct)).astype(x.dtype)
        return np.asarray(sign * (math.factorial(n) if n <= 170 else math.inf) * _zeta(n + 1, wide)).astype(x.dtype)


def _zeta(power: int, x: Array) -> Array:
    """Hurwitz's zeta; infinite at its poles, which are zero and the whole numbers below it; below zero by the sum over all whole steps."""
    below, start = x < 0, x - np.floor(x)
    poles = (x <= 0) & (x == np.floor(x))
    if power > 2:
        x = np.where(np.isposinf(x), np.nan, x)
    above = _rising(power, np.where(below, start, x))
    sign = -1 if power % 2 else 1
    mirrored = above + sign * (_rising(power, 1 - start) - _rising(power, 1 - x)) if np.any(below) else above
    return np.where(poles, np.inf, np.where(below, mirrored, above))


def _rising(power: int, x: Array) -> Array:
    total = np.zeros_like(x)
    for step in range(_STEPS):
        total += (x + step) ** -float(power)
    top = x + _STEPS
    total += top ** (1.0 - power) / (power - 1) + 0.5 * top ** -float(power)
    rising = float(power)
    for place, number in enumerate(_BERNOULLI, 1):
        total += number / math.factorial(2 * place) * rising * top ** -(power + 2.0 * place - 1)
        rising *= (power + 2 * place - 1) * (power + 2 * place)
    return total


def xlogy(x: Array, y: Array) -> Array:
    """x * log(y), zero where x is, nan where y is."""
    with np.errstate(all="ignore"):
        return np.where(np.isnan(y), y, np.where(x == 0, x * 0, x * np.log(y)))


def sinc(x: Array) -> Array:
    return np.sinc(x).astype(x.dtype)


def heaviside(x: Array, values: Array) -> Array:
    """1 above zero, `values` at it; 0 elsewhere, where x is no number too."""
    kind = np.result_type(x, values)
    return np.asarray(np.where(np.equal(x, 0), values, np.greater(x, 0))).astype(kind)


KERNELS: dict[str, Any] = {
    "acosh": np.arccosh,
    "asinh": np.arcsinh,
    "atanh": np.arctanh,
    "copysign": np.copysign,
    "fmax": np.fmax,
    "fmin": np.fmin,
    "frexp": np.frexp,
    "gcd": np.gcd,
    "hypot": np.hypot,
    "lcm": np.lcm,
    "logaddexp": np.logaddexp,
    "logaddexp2": np.logaddexp2,
    "signbit": np.signbit,
    **{
        kernel.__name__: kernel
        for kernel in (digamma, erfc, erfinv, heaviside, lgamma, polygamma, sinc, xlogy)
    },
}  # fmt: skip
