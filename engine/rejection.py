"""Numbers that are drawn by rejection, so that nobody knows beforehand how many uniforms each takes: Poisson, gamma and binomial.

The order in which uniforms and normals are taken was found by comparing with PyTorch 2.13.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.random import Generator


class Supply:
    """Uniforms and normals one at a time, drawn in rows; what was not used goes back into the stream."""

    __slots__ = ("_before", "_kept", "_row", "_source", "_used")

    def __init__(self, source: Generator) -> None:
        self._source, self._row, self._used = source, np.empty(0), 0
        self._kept = source.kept
        self._before = source.get_state()

    def next(self) -> float:
        if self._used == len(self._row):
            self._before = self._source.get_state()
            self._row, self._used = self._source.double(1024), 0
        self._used += 1
        return float(self._row[self._used - 1])

    def normal(self) -> float:
        """The second of the last pair where it is left, else the first of a new one."""
        if self._kept is not None:
            found, self._kept = self._kept, None
            return found
        angle = 2.0 * math.pi * self.next()
        radius = math.sqrt(-2.0 * math.log1p(-self.next()))
        self._kept = radius * math.sin(angle)
        return radius * math.cos(angle)

    def give_back(self) -> None:
        self._source.set_state(self._before)
        self._source.double(self._used)
        self._source.kept = self._kept


def poisson(rate: float, supply: Supply) -> int:
    """A count of this rate: by products of uniforms below 10, by Hoermann's transformed rejection from there on."""
    return _few(rate, supply) if rate < 10 else _many(rate, supply)


def _few(rate: float, supply: Supply) -> int:
    if rate == 0:
        return 0
    floor, product, count = math.exp(-rate), supply.next(), 0
    while product > floor:
        product *= supply.next()
        count += 1
    return count


def _many(rate: float, supply: Supply) -> int:
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    squeeze, reach = 1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = supply.next() - 0.5, supply.next()
        edge = 0.5 - abs(u)
        count = math.floor((2 * a / edge + b) * u + rate + 0.43) if edge else -1
        if edge >= 0.07 and v <= reach:
            return count
        if count < 0 or (edge < 0.013 and v > edge):
            continue
        chance = (math.log(v) if v else -math.inf) + math.log(squeeze) - math.log(a / (edge * edge) + b)
        if chance <= -rate + count * math.log(rate) - math.lgamma(count + 1):
            return count


def gamma(shape: float, third: float, inverse: float, supply: Supply) -> float:
    """A number of the gamma distribution of this shape and rate 1: Marsaglia and Tsang (2000), from below 1 by a power of a uniform.

    `third` is the shape (from below 1 one more) less a third, and `inverse` one over it, as they are in the dtype of the shape.
    """
    if shape == 0:
        return 0.0
    scale = (1 - supply.next()) ** inverse if shape < 1 else 1.0
    pace = 1 / math.sqrt(9 * third)
    while True:
        normal, cube = 0.0, 0.0
        while cube <= 0:
            normal = supply.normal()
            cube = 1 + pace * normal
        cube = cube * cube * cube
        uniform, square = 1 - supply.next(), normal * normal
        if uniform < 1 - 0.0331 * square * square:
            return scale * third * cube
        if math.log(uniform) < 0.5 * square + third * (1 - cube + math.log(cube)):
            return scale * third * cube


def binomial(count: float, share: float, supply: Supply) -> float:
    """How many of `count` draws come out, each with the probability `share`: by waiting times where few are expected, else by Hoermann's rejection."""
    if share != share:
        return share
    if count <= 0 or share <= 0:
        return 0.0
    if share >= 1:
        return count
    rare = min(share, 1 - share)
    found = _rejected(count, rare, supply) if count * rare >= 10 else _waited(count, rare, supply)
    return found if share <= 0.5 else count - found


def _waited(count: float, share: float, supply: Supply) -> float:
    spent, found, rest = 0.0, 0, math.log1p(-share)
    while True:
        uniform = supply.next()
        spent += math.ceil(math.log(uniform) / rest) if uniform else math.inf
        if spent > count:
            return float(found)
        found += 1


_STIRLING = (
    0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.0207906721037650, 0.0166446911898211, 0.0138761288230707, 0.0118967099458917,
    0.0104112652619720, 0.0092554621827127, 0.0083305634333628,
)  # fmt: skip
"""What Stirling's formula lacks of the logarithm of k!, for k from 0 to 9."""


def _lacking(k: float) -> float:
    if k <= 9:
        return _STIRLING[int(k)]
    square = (k + 1) ** 2
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)


def _rejected(count: float, share: float, supply: Supply) -> float:
    std = math.sqrt(count * share * (1 - share))
    b = 1.15 + 2.53 * std
    a = -0.0873 + 0.0248 * b + 0.01 * share
    centre, reach, odds = count * share + 0.5, 0.92 - 4.2 / b, share / (1 - share)
    alpha, mode = (2.83 + 5.1 / b) * std, math.floor((count + 1) * share)
    while True:
        u, v = supply.next() - 0.5, supply.next()
        edge = 0.5 - abs(u)
        found = math.floor((2 * a / edge + b) * u + centre) if edge else -1
        if edge >= 0.07 and v <= reach:
            return float(found)
        if found < 0 or found > count:
            continue
        chance = math.log(v * alpha / (a / (edge * edge) + b)) if v else -math.inf
        bound = (mode + 0.5) * math.log((mode + 1) / (odds * (count - mode + 1)))
        bound += (count + 1) * math.log((count - mode + 1) / (count - found + 1))
        bound += (found + 0.5) * math.log(odds * (count - found + 1) / (found + 1))
        bound += _lacking(mode) + _lacking(count - mode) - _lacking(found) - _lacking(count - found)
        if chance <= bound:
            return float(found)
