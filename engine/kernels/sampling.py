"""Pictures read at any place: each place of a grid looks at the nearest pixels along each dimension, by weights that depend on it smoothly."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

Array = Any
Sizes = tuple[int, ...]


class Tap(NamedTuple):
    """One pixel along one dimension for every place of a grid: which, whether it is inside, its weight, and the weight's slope and bend."""

    index: Array
    inside: Array
    weight: Array
    slope: Array
    bend: Array


def _pixels(x: Array, size: int, align: bool) -> tuple[Array, float]:
    """Places from -1 to 1 counted in pixels, and how many pixels lie in a step of one."""
    return ((x + 1) / 2 * (size - 1), (size - 1) / 2) if align else (((x + 1) * size - 1) / 2, size / 2)


def _clipped(place: Array, size: int) -> tuple[Array, Array]:
    """Places brought to the nearest edge, and their slope: zero from the edge on."""
    return np.fmin(np.fmax(place, 0), size - 1), ((place > 0) & (place < size - 1)).astype(place.dtype)


def _reflected(place: Array, size: int, align: bool) -> tuple[Array, Array]:
    """Places mirrored at the edges until they are inside, and their slope."""
    low, span = (0.0, float(size - 1)) if align else (-0.5, float(size))
    if not span:
        return np.zeros_like(place), np.zeros_like(place)
    away = np.abs(place - low)
    sign = np.where(place < low, -1, 1)
    extra, odd = np.fmod(away, span), np.floor(away / span) % 2 == 1
    found, slope = _clipped(np.where(odd, span - extra, extra) + low, size)
    return found, slope * np.where(odd, -sign, sign)


def _kept(place: Array, size: int, padding: str, align: bool) -> tuple[Array, Array]:
    if padding == "zeros":
        return place, np.ones_like(place)
    return _clipped(place, size) if padding == "border" else _reflected(place, size, align)


SLOPE = -0.75
CUBIC = (
    (0.0, SLOPE, -2 * SLOPE, SLOPE),
    (1.0, 0.0, -(SLOPE + 3), SLOPE + 2),
    (0.0, -SLOPE, 2 * SLOPE + 3, -(SLOPE + 2)),
    (0.0, 0.0, SLOPE, -SLOPE),
)
"""The weights of four neighbours by powers of the offset: Keys' cubic, https://doi.org/10.1109/TASSP.1981.1163711."""


def _tap(where: Array, size: int, weight: Array, slope: Array, bend: Array) -> Tap:
    inside = (where >= 0) & (where < size)
    return Tap(np.where(inside, where, 0).astype(np.int64), inside, weight, slope, bend)


def _taps(x: Array, size: int, mode: str, padding: str, align: bool) -> list[Tap]:
    place, step = _pixels(x, size, align)
    # Half numbers tell the place; weights are made of wider ones.
    place = place.astype(np.result_type(x, np.float32))
    none = np.zeros_like(x)
    if mode == "bicubic":
        first = np.floor(place)
        t = place - first
        return [
            _tap(
                np.rint(_kept(first + number - 1, size, padding, align)[0]),
                size,
                ((d * t + c) * t + b) * t + a,
                ((3 * d * t + 2 * c) * t + b) * step,
                (6 * d * t + 2 * c) * step * step,
            )
            for number, (a, b, c, d) in enumerate(CUBIC)
        ]
    place, slope = _kept(place, size, padding, align)
    if mode == "nearest":
        return [_tap(np.rint(place), size, np.ones_like(x), none, none)]
    first, slope = np.floor(place), slope * step
    share = place - first
    return [_tap(first, size, 1 - share, -slope, none), _tap(first + 1, size, share, slope, none)]


class Corner(NamedTuple):
    """One pixel for every place of a grid: its number in the flat picture, (batch, 1, places), and the taps that led to it."""

    flat: Array
    inside: Array
    taps: tuple[Tap, ...]

    def share(self, *along: int) -> Array:
        """How much the pixel counts, derived by the dimensions told: (batch, 1, places)."""
        made = np.ones((), self.taps[0].weight.dtype)
        for dim, tap in enumerate(self.taps):
            made = made * (tap.weight, tap.slope, tap.bend)[along.count(dim)]
        # What is outside counts as a zero there, so a place that is no number gives none.
        return np.where(self.inside, made, made * 0)[:, None]


def _rows(grid: Array) -> Array:
    return grid.reshape(grid.shape[0], math.prod(grid.shape[1:-1]), grid.shape[-1])


def _corners(grid: Array, sizes: Sizes, mode: str, padding: str, align: bool) -> Iterator[Corner]:
    """Every pixel that a place looks at. A grid's last dimension begins with the picture's last."""
    rank = len(sizes)
    places = _rows(grid)
    along = [_taps(places[..., rank - 1 - dim], size, mode, padding, align) for dim, size in enumerate(sizes)]
    for taps in itertools.product(*along):
        flat, inside = np.zeros((), np.int64), np.ones((), np.bool_)
        for tap, size in zip(taps, sizes, strict=True):
            flat, inside = flat * size + tap.index, inside & tap.inside
        yield Corner(flat[:, None], inside, taps)


def _lines(x: Array) -> Array:
    return x.reshape(*x.shape[:2], math.prod(x.shape[2:]))


def _starts(shape: Sizes) -> Array:
    """Where each picture of each channel begins in the flat array."""
    batch, channels, *sizes = shape
    return np.arange(batch * channels).reshape(batch, channels, 1) * math.prod(sizes)


def _read(x: Array, corner: Corner) -> Array:
    """What a picture holds at these pixels: (batch, channels, places)."""
    return np.take(x, _starts(x.shape) + corner.flat, mode="clip")


def _placed(made: Array, corner: Corner, values: Array) -> None:
    """Add values to a flat picture at these pixels."""
    counted = np.bincount((_starts(made.shape) + corner.flat).ravel(), values.ravel(), made.size)
    made += counted.reshape(made.shape).astype(made.dtype)


def grid_sampled(input: Array, grid: Array, mode: str, padding: str, align: bool) -> Array:
    """The picture (batch, channels, ...) read at the places of a grid (batch, ..., dimensions)."""
    made = np.zeros((*input.shape[:2], math.prod(grid.shape[1:-1])), np.result_type(input, np.float32))
    for corner in _corners(grid, input.shape[2:], mode, padding, align):
        made += _read(input, corner) * corner.share()
    return made.reshape(*input.shape[:2], *grid.shape[1:-1]).astype(input.dtype, copy=False)


def grid_to_input(g: Array, input: Array, grid: Array, mode: str, padding: str, align: bool) -> Array:
    """Every pixel gets the gradients of the places that looked at it, by its share in each."""
    made, pull = np.zeros_like(_lines(input)), _lines(g)
    for corner in _corners(grid, input.shape[2:], mode, padding, align):
        _placed(made, corner, pull * corner.share())
    return made.reshape(input.shape)


def grid_to_grid(g: Array, input: Array, grid: Array, mode: str, padding: str, align: bool) -> Array:
    """How the result moves as a place of the grid does, summed over channels."""
    pull, rank = _lines(g), grid.shape[-1]
    made = np.zeros((grid.shape[0], pull.shape[-1], rank), grid.dtype)
    for corner in _corners(grid, input.shape[2:], mode, padding, align):
        felt = (_read(input, corner) * pull).sum(1)
        for dim in range(rank):
            made[..., rank - 1 - dim] += felt * corner.share(dim)[:, 0]
    return made.reshape(grid.shape)


def grid_sampler_backward(g: Array, input: Array, grid: Array, mode: str, padding: str, align: bool, wanted: Sequence[bool]) -> tuple[Array, ...]:  # fmt: skip
    """What goes back to picture and grid, those of both that are wanted."""
    rules = (rule for rule, want in zip((grid_to_input, grid_to_grid), wanted, strict=True) if want)
    return tuple(rule(g, input, grid, mode, padding, align) for rule in rules)


def _moved(h: Array, corner: Corner, *along: int) -> Array:
    """The share of a pixel as the grid moves by `h`: (batch, 1, places)."""
    steps, rank = _rows(h), h.shape[-1]
    return sum(steps[:, None, :, rank - 1 - dim] * corner.share(dim, *along) for dim in range(rank))


def grid_twice(h: Array | None, k: Array | None, g: Array, input: Array, grid: Array, mode: str, padding: str, align: bool, to: str) -> Array:  # fmt: skip
    """What `to`, one of the three, gets back where `h` arrives at the picture's gradient and `k` at the grid's; None for nothing."""
    if to == "input" and (k is None or mode == "nearest"):
        return None
    pull, rank = _lines(g), grid.shape[-1]
    made = np.zeros_like({"g": pull, "input": _lines(input), "grid": _rows(grid)}[to])
    for corner in _corners(grid, input.shape[2:], mode, padding, align):
        if to == "input":
            _placed(made, corner, pull * _moved(k, corner))
            continue
        for picture, moves in ((h, False), (None if k is None else input, True)):
            if picture is None:
                continue
            seen = _read(picture, corner)
            if to == "g":
                made += seen * (_moved(k, corner) if moves else corner.share())
                continue
            felt = (seen * pull).sum(1)
            for dim in range(rank):
                made[..., rank - 1 - dim] += felt * (_moved(k, corner, dim) if moves else corner.share(dim))[:, 0]
    return made.reshape({"g": g, "input": input, "grid": grid}[to].shape)


def affine_base(size: Sizes, align: bool, like: Array) -> Array:
    """The places of a grid that changes nothing, and a one behind each: (places..., dimensions + 1)."""
    lines = []
    for count in size[2:]:
        line = np.linspace(-1, 1, count, dtype=like.dtype) if count > 1 else np.zeros(count, like.dtype)
        lines.append(line if align or count < 1 else line * ((count - 1) / count))
    rows = np.meshgrid(*lines, indexing="ij")
    return np.stack([*reversed(rows), np.ones_like(rows[0])], -1).astype(like.dtype)


def affine_grid(theta: Array, size: Sizes, align: bool) -> Array:
    """The grid (batch, ..., dimensions) that an affine map (batch, dimensions, dimensions + 1) makes of the plain one."""
    base = affine_base(size, align, theta)
    flat = base.reshape(-1, base.shape[-1])
    return (flat @ theta.mT).reshape(theta.shape[0], *size[2:], theta.shape[1])


def affine_back(g: Array, size: Sizes, align: bool) -> Array:
    """The gradients of all places, by where each of them was."""
    base = affine_base(size, align, g)
    return (base.reshape(-1, base.shape[-1]).T @ _rows(g)).mT


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (
        affine_back, affine_grid, grid_sampled, grid_sampler_backward, grid_to_grid, grid_to_input, grid_twice,
    )
}  # fmt: skip
