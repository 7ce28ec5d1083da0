"""How far a number that was drawn moves with the parameter that it was drawn by: gamma and Dirichlet.

The slope of a sample x of a law with distribution function F is -(dF/da) / (dF/dx). There is no closed form, so PyTorch takes an
approximation for each region, and so does this file: Jankowiak and Obermeyer, "Pathwise Derivatives Beyond the Reparameterization
Trick" (2018). The numbers of its fitted fractions were compared with PyTorch 2.13.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.special import digamma

Array = Any

# A fraction of polynomials in log(x / a), whose coefficients are polynomials in log(a).
_GAMMA = np.array(
    [
        [0.16009398, -0.094634809, 0.025146376, -0.0030648343, 1, 0.32668115, 0.10406089, 0.0014179084],
        [0.53487893, 0.1298071, 0.065735949, -0.0015649758, 0.16639465, 0.020070113, -0.0035938915, -0.00058392623],
        [0.040121004, -0.0065914022, -0.0026286047, -0.0013441777, 0.017050642, -0.0021309326, 0.00085092367, -1.5247877e-07],
    ]
)  # fmt: skip
# The same in log(x), log(a) - log(x) and what log(total) has more than that.
_BETA = np.array(
    [
        1.003668233, -0.01061107488, -0.0657888334, 0.01201642863, 0.6336835991, -0.3557432599, 0.05486251648, -0.001465281033,
        -0.03276231906, 0.004474107445, 0.002429354597, -0.0001557569013, 0.221950385, -0.3187676331, 0.01799915743, 0.01074823814,
        -0.2951249643, 0.06219954479, 0.01535556598, 0.001550077057, 0.02155310298, 0.004170831599, 0.001292462449, 6.976601077e-05,
        -0.05980841433, 0.008441916499, 0.01085618172, 0.002319392565, 0.02911413504, 0.01400243777, -0.002721828457, 0.000751041181,
        0.005900514878, -0.001936558688, -9.495446725e-06, 5.385558597e-05, 1, -0.02924021934, -0.04438342661, 0.007285809825,
        0.6357567472, -0.3473456711, 0.05454656494, -0.002407477521, -0.03301322327, 0.004845219414, 0.00231480583, -0.0002307248149,
        0.5925320577, -0.1757678135, 0.01505928619, 0.000564515273, 0.1014815858, -0.06589186703, 0.01272886114, -0.0007316646956,
        -0.007258481865, 0.001096195486, 0.0003934994223, -4.12701925e-05, 0.06469649321, -0.0236701437, 0.002902096474, -5.896963079e-05,
        0.001925008108, -0.002869809258, 0.0008000589141, -6.063713228e-05, -0.0003477407336, 6.959756487e-05, 1.097287507e-05, -1.650964693e-06,
    ]
).reshape(2, 3, 3, 4)  # fmt: skip


def _by_region(inputs: tuple[Array, ...], *regions: tuple[Array, Any]) -> Array:
    """What the first region that an element lies in makes of it; nought where that is no number."""
    found, left = np.zeros(inputs[0].shape), np.ones(inputs[0].shape, bool)
    for where, rule in regions:
        here = left & where
        left &= ~here
        if here.any():
            found[here] = rule(*(each[here] for each in inputs))
    return np.where(np.isnan(found), 0.0, found)


def _gamma_small(a: Array, x: Array) -> Array:
    term, below = np.ones_like(x), a
    whole, slope = 1 / a, 1 / a**2
    for count in range(1, 6):
        term, below = term * (-x / count), below + 1
        whole, slope = whole + term / below, slope + term / below**2
    power = x**a
    return -((np.log(x) - digamma(a)) * power * whole - power * slope) / (x ** (a - 1) * np.exp(-x))


def _gamma_middle(a: Array, x: Array) -> Array:
    second = 1440 * a**2 + 6 * x * (53 - 120 * x) - 65 * x * x / a + a * (107 + 3600 * x)
    return (1 + 24 * a * (1 + 12 * a)) * second / (1244160 * a**4)


def _gamma_large(a: Array, x: Array) -> Array:
    root, away = np.sqrt(8 * a), a - x
    bent = (x - a - a * np.log(x / a)) ** -1.5
    both = root / away + np.where(x < a, -bent, bent)
    inner = np.log(x / a) * both - np.sqrt(2 / a) * (a + x) / away**2
    return -(1 + (1 + 1 / (24 * a)) / (12 * a)) * x * inner / root


def _gamma_fitted(a: Array, x: Array) -> Array:
    u, v = np.log(x / a), np.log(a)
    c = _GAMMA[0][:, None] + u * (_GAMMA[1][:, None] + u * _GAMMA[2][:, None])
    top, under = (part[0] + v * (part[1] + v * (part[2] + v * part[3])) for part in (c[:4], c[4:]))
    return np.exp(top / under)


def gamma_backward(g: Array, a: Array, x: Array) -> Array:
    """What goes back to `a` from a draw `x` of the gamma distribution of this shape and rate 1."""
    wide = np.asarray(a, np.float64), np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        near = (wide[1] >= 0.9 * wide[0]) & (wide[1] <= 1.1 * wide[0])
        slope = _by_region(
            wide,
            (wide[1] < 0.8, _gamma_small),
            ((wide[0] > 8) & near, _gamma_middle),
            (wide[0] > 8, _gamma_large),
            (np.True_, _gamma_fitted),
        )
    return g * slope.astype(x.dtype)


def _beta_small(x: Array, a: Array, total: Array) -> Array:
    b, factor = total - a, digamma(a) - digamma(total) - np.log(x)
    term, series = np.ones_like(x), (factor + 1 / a) / a
    for count in range(1, 11):
        term = term * ((count - b) * x / count)
        series = series + term / (a + count) * (factor + 1 / (a + count))
    return x * (1 - x) ** -b * series


def _beta_near_one(x: Array, a: Array, total: Array) -> Array:
    b, rest = total - a, 1 - x  # the other share, as its own first parameter sees it
    factor = digamma(total) - digamma(a)
    term, product, slope = np.ones_like(x), np.ones_like(x), np.zeros_like(x)
    series = factor / b
    for count in range(1, 9):
        term = term * (-rest / count)
        slope, product = slope * (a - count) + product, product * (a - count)
        series = series + term / (b + count) * (slope + factor * product)
    return (1 - rest) ** (1 - a) * series


def _beta_centre(x: Array, a: Array, total: Array) -> Array:
    b = total - a
    inner = (453 + 1620 * b * (1 - x) - 455 * x) * b + a * (8 * (1 - x) * (135 * b - 11))
    inner = (43 + 20 * (16 + 27 * b) * x) * b**3 + a * (3 * (59 + 180 * b - 90 * x) * b**2 + a * inner)
    found = 47 * x * b**4 + a * inner
    before = (1 + 12 * a) * (1 + 12 * b) / total**2
    return before / (1 - x) * found / (12960 * a**3 * b**2 * (1 + 12 * total))


def _stirling(a: Array) -> Array:
    return 1 + 1 / (12 * a) + 1 / (288 * a**2)


def _beta_large(x: Array, a: Array, total: Array) -> Array:
    b = total - a
    away = a * (x - 1) + b * x
    first = (2 * a**2 * (x - 1) + a * b * (x - 1) - x * b**2) / (np.sqrt(2 * a / b) * total**1.5 * away**2)
    bent = (b * np.log(b / (total * (1 - x))) + a * np.log(a / (total * x))) ** -1.5
    third = np.sqrt(8 * a * b / total) / away + np.where(x < a / total, bent, -bent)
    whole = first + 0.5 * np.log(a / (total * x)) * third
    return _stirling(a) * _stirling(b) / _stirling(total) * (-x / np.sqrt(2 * a * b / total)) * whole


def _beta_fitted(x: Array, a: Array, total: Array) -> Array:
    u = np.log(x)
    v = np.log(a) - u
    w = np.log(total) - v
    powers = [u**i * v**j for i in range(3) for j in range(3)]
    top, under = (
        sum(
            power * (c[0] + w * (c[1] + w * (c[2] + w * c[3])))
            for power, c in zip(powers, part.reshape(9, 4), strict=True)
        )
        for part in _BETA
    )
    return top / under * x * (digamma(total) - digamma(a)) / (total - a)


def dirichlet_slope(x: Array, a: Array, total: Array) -> Array:
    """How far a share `x` of a Dirichlet distribution moves with its own concentration `a`, of `total` with all others."""
    with np.errstate(all="ignore"):
        b, edge = total - a, total * x * (1 - x)
        mean, std = a / total, np.sqrt(a * b / (total + 1)) / total
        large, near = (a > 6) & (b > 6), (mean - 0.1 * std <= x) & (x <= mean + 0.1 * std)
        return _by_region(
            (x, a, total),
            ((x <= 0.5) & (edge < 2.5), _beta_small),
            ((x >= 0.5) & (edge < 0.75), _beta_near_one),
            (large & near, _beta_centre),
            (large, _beta_large),
            (np.True_, _beta_fitted),
        )


def dirichlet_backward(g: Array, a: Array, x: Array) -> Array:
    """What goes back to the concentrations `a` from shares `x` that were drawn with them; the last dimension holds the shares of one draw."""
    wide = np.asarray(a, np.float64), np.asarray(x, np.float64)
    total = np.broadcast_to(np.asarray(a.sum(-1, keepdims=True), np.float64), a.shape)
    slope = dirichlet_slope(wide[1], wide[0], total).astype(x.dtype)
    return slope * (g - (x * g).sum(-1, keepdims=True))


KERNELS: dict[str, Any] = {kernel.__name__: kernel for kernel in (dirichlet_backward, gamma_backward)}
