"""A line search that ends where the strong Wolfe conditions hold, with cubic steps between two points.

Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6; the order of evaluation is PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

ENOUGH, FLAT = 1e-4, 0.9
"""The share of the promised descent that must be had, and of the first slope that may be left."""


class Point(NamedTuple):
    """What a function is worth at a place, and its gradient there."""

    value: float
    gradient: Any


class _Probe(NamedTuple):
    """A point on the line: how far along, what was found, and the slope."""

    at: Any
    value: float
    gradient: Any
    slope: Any


def between(left: _Probe, right: _Probe, bounds: tuple[Any, Any] | None = None) -> Any:
    """Where the cubic through two points with their slopes is least, held within bounds."""
    low, high = bounds or ((left.at, right.at) if left.at <= right.at else (right.at, left.at))
    bend = left.slope + right.slope - 3 * (left.value - right.value) / (left.at - right.at)
    square = bend**2 - left.slope * right.slope
    if not square >= 0:
        return (low + high) / 2.0
    root = np.sqrt(square)
    first, second = (left, right) if left.at <= right.at else (right, left)
    place = second.at - (second.at - first.at) * (
        (second.slope + root - bend) / (second.slope - first.slope + 2 * root)
    )
    return min(max(place, low), high)


def strong_wolfe(
    look: Callable[[Any], Point],
    length: Any,
    along: Any,
    here: Point,
    slope: Any,
    *,
    least: float = 1e-9,
    most: int = 25,
) -> tuple[Point, Any, int]:
    """The point found, how far along it lies, and how often `look` was asked; `most` bounds the moves of the search."""
    start = _Probe(0, here.value, here.gradient, slope)

    def probe(distance: Any) -> _Probe:
        found = look(distance)
        return _Probe(distance, found.value, found.gradient, found.gradient.dot(along))

    before, now = start, probe(length)
    turns, done = 0, False
    bracket = [start, now]
    while turns < most:
        if now.value > here.value + ENOUGH * now.at * slope or (turns > 1 and now.value >= before.value):
            bracket = [before, now]
            break
        if abs(now.slope) <= -FLAT * slope:
            bracket, done = [now], True
            break
        if now.slope >= 0:
            bracket = [before, now]
            break
        further = between(before, now, (now.at + 0.01 * (now.at - before.at), now.at * 10))
        before, now = now, probe(further)
        turns += 1
    else:
        bracket = [start, now]
    asked = turns + 1
    low = 0 if bracket[0].value <= bracket[-1].value else 1
    high, stuck = 1 - low, False
    widest = np.abs(along).max()
    while not done and turns < most:
        if abs(bracket[1].at - bracket[0].at) * widest < least:
            break
        place = between(bracket[0], bracket[1])
        left, right = min(each.at for each in bracket), max(each.at for each in bracket)
        margin = 0.1 * (right - left)
        close = min(right - place, place - left) < margin
        if close and (stuck or place >= right or place <= left):
            place = right - margin if abs(place - right) < abs(place - left) else left + margin
            close = False
        stuck = bool(close)
        now = probe(place)
        asked += 1
        turns += 1
        if now.value > here.value + ENOUGH * now.at * slope or now.value >= bracket[low].value:
            bracket[high] = now
            low, high = (0, 1) if bracket[0].value <= bracket[1].value else (1, 0)
            continue
        if abs(now.slope) <= -FLAT * slope:
            done = True
        elif now.slope * (bracket[high].at - bracket[low].at) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = now
    best = bracket[low if len(bracket) > 1 else 0]
    return Point(best.value, best.gradient), best.at, asked
