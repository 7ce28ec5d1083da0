"""Pictures made larger or smaller: each output place looks at one, two or four input places along each dimension."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.shape import Array

Sizes = tuple[int, ...]
Scales = tuple[float, ...] | None
Taps = list[tuple[Array, Array | None]]


def _step(size: int, out: int, align: bool, scale: float | None) -> float:
    """How far apart output places lie in the input."""
    if align:
        return (size - 1) / (out - 1) if out > 1 else 0.0
    return 1 / scale if scale else size / out


SMALL = 128
"""Pictures whose sides add up to so much at most are resized by PyTorch in a way of its own, which doubles by halving places."""


def _taps(size: int, out: int, mode: str, align: bool, scale: float | None, kind: Any, halved: bool) -> Taps:
    """For each tap the input place of every output place and its weight; one tap without weights where a place is copied."""
    place = np.arange(out)
    if mode == "nearest" and halved and out in (size, 2 * size):
        return [(place * size // out, None)]
    if mode in ("nearest", "nearest-exact"):
        step = np.float32(_step(size, out, False, scale))
        middle = np.float32(0.5) if mode == "nearest-exact" else np.float32(0)
        return [(np.minimum(np.floor((place.astype(np.float32) + middle) * step).astype(np.int64), size - 1), None)]
    step = kind(_step(size, out, align, scale))
    where = step * place.astype(kind) if align else step * (place.astype(kind) + kind(0.5)) - kind(0.5)
    if mode == "bicubic":
        first = np.floor(where).astype(np.int64)
        offset = np.clip(where - first, 0, 1)
        return [
            (np.clip(first + tap - 1, 0, size - 1), weight.astype(kind)) for tap, weight in enumerate(_cubic(offset))
        ]
    where = np.maximum(where, kind(0))
    first = np.minimum(np.floor(where).astype(np.int64), size - 1)
    share = np.clip(where - first, 0, 1).astype(kind)
    return [(first, 1 - share), (np.minimum(first + 1, size - 1), share)]


def _cubic(t: Array) -> tuple[Array, ...]:
    """The weights of four neighbours by Keys' cubic with a slope of -0.75, https://doi.org/10.1109/TASSP.1981.1163711."""
    slope = -0.75

    def near(x: Array) -> Array:
        return ((slope + 2) * x - (slope + 3)) * x * x + 1

    def far(x: Array) -> Array:
        return ((slope * x - 5 * slope) * x + 8 * slope) * x - 4 * slope

    return far(t + 1), near(t), near(1 - t), far(2 - t)


def _plan(shape: Sizes, out: Sizes, mode: str, align: bool, scales: Scales, kind: Any, halved: bool) -> list[Taps]:
    wide = kind if kind in (np.float32, np.float64) else np.float32
    return [
        _taps(size, each, mode, align, None if scales is None else scales[at], wide, halved)
        for at, (size, each) in enumerate(zip(shape[-len(out) :], out, strict=True))
    ]


def resampled(x: Array, output_size: Sizes, mode: str, align_corners: bool, scales: Scales) -> Array:
    """`x` with other sizes of its last dimensions."""
    count, kind = len(output_size), x.dtype
    halved = count == 2 and sum(output_size) <= SMALL
    for dim, taps in enumerate(_plan(x.shape, output_size, mode, align_corners, scales, kind.type, halved), -count):
        total = None
        for index, weight in taps:
            part = np.take(x, index, dim)
            part = part if weight is None else part * _along(weight, dim)
            total = part if total is None else total + part
        x = total
    return _rounded(x, kind)


def _rounded(x: Array, kind: Any) -> Array:
    return x.astype(kind, copy=False) if kind.kind == "f" else np.clip(np.floor(x + 0.5), 0, 255).astype(kind)


def resampled_back(g: Array, shape: Sizes, mode: str, align_corners: bool, scales: Scales) -> Array:
    """Zeros of `shape`, to which every `g` is added at the places that it looked at, by its weights."""
    count, kind = g.ndim - 2, g.dtype
    for dim, taps in enumerate(_plan(shape, g.shape[2:], mode, align_corners, scales, kind.type, True), -count):
        size = list(g.shape)
        size[dim] = shape[dim]
        made = np.zeros(size, g.dtype if taps[0][1] is None else np.result_type(g, taps[0][1]))
        for index, weight in taps:
            # Places rise along a dimension, so those that look at one place lie side by side.
            used, starts = np.unique(index, return_index=True)
            sums = np.add.reduceat(g if weight is None else g * _along(weight, dim), starts, axis=dim)
            made[(..., used) + (slice(None),) * (-dim - 1)] += sums
        g = made
    return g.astype(kind, copy=False)


def _along(weight: Array, dim: int) -> Array:
    return weight.reshape((-1,) + (1,) * (-dim - 1))


def scaled_sizes(size: Sizes, scales: tuple[float, ...]) -> Sizes:
    """The sizes of the output, rounded down as PyTorch does."""
    return tuple(math.trunc(each * scale) for each, scale in zip(size, scales, strict=True))


KERNELS: dict[str, Any] = {kernel.__name__: kernel for kernel in (resampled, resampled_back)}
