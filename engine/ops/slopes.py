"""Slopes of sampled values, by differences: `torch.gradient`; and how values fall into bins: `torch.histogram`."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.ops import dims
from engine.ops.answers import answer
from engine.ops.creation import made
from engine.ops.table import FUNCTIONS, METHODS, spelled
from engine.tensor import Tensor

HISTOGRAM = answer("histogram", "hist bin_edges")


@spelled("torch.gradient")
def gradient(input: Tensor, *, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The slope along each dimension: central differences, and one-sided ones of `edge_order` at both ends.

    `spacing` is the distance between neighbours, one for each dimension, or the coordinates along each.
    """
    ndim = input._data.ndim
    places = (
        list(range(ndim)) if dim is None else [dims.one(each, ndim) for each in ([dim] if type(dim) is int else dim)]
    )
    twice = next((place for at, place in enumerate(places) if place in places[:at]), None)
    if twice is not None:
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    gaps = (
        [1.0 if spacing is None else spacing] * len(places) if not isinstance(spacing, (list, tuple)) else list(spacing)
    )
    if len(gaps) != len(places):
        head = "torch.gradient expected spacing to be unspecified, a scalar"
        raise RuntimeError(
            f"{head}, or a list of length equal to 'self.dim() = {ndim}', since dim argument was not given, but got a list of length {len(gaps)}"
            if dim is None
            else f"{head} or it's spacing and dim arguments to have the same length, but got a spacing argument of length {len(gaps)} and a dim argument of length {len(places)}."
        )
    for place in places:
        if input._data.shape[place] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    return tuple(_along(input, place, gap, edge_order) for place, gap in zip(places, gaps, strict=True))


def _along(values: Tensor, place: int, gap: Any, order: int) -> Tensor:
    size = values._data.shape[place]

    def cut(first: int, count: int) -> Any:
        return METHODS["narrow"](values, place, first if first >= 0 else size + first, count)

    if isinstance(gap, Tensor):
        return _uneven(values, place, gap, order)
    if order == 1:
        first, last = (cut(1, 1) - cut(0, 1)) / gap, (cut(-1, 1) - cut(-2, 1)) / gap
    else:
        first = (-1.5 * cut(0, 1) + 2.0 * cut(1, 1) - 0.5 * cut(2, 1)) / gap
        last = (1.5 * cut(-1, 1) - 2.0 * cut(-2, 1) + 0.5 * cut(-3, 1)) / gap
    middle = (cut(2, size - 2) - cut(0, size - 2)) / gap / 2
    joined: Tensor = FUNCTIONS["cat"]((first, middle, last), place)
    return joined


def _uneven(values: Tensor, place: int, at: Tensor, order: int) -> Tensor:
    """The same over coordinates that do not lie evenly; the differences are weighted by the gaps on both sides."""
    size = values._data.shape[place]
    if at._data.shape != (size,):
        raise RuntimeError(f"torch.gradient expected each tensor to have one dimension, of size {size} here")
    shape = [1] * values._data.ndim
    shape[place] = -1

    def cut(first: int, count: int) -> Any:
        return METHODS["narrow"](values, place, first if first >= 0 else size + first, count)

    gaps = METHODS["reshape"](METHODS["diff"](at), shape)

    def gap(first: int, count: int) -> Any:
        return METHODS["narrow"](gaps, place, first if first >= 0 else size - 1 + first, count)

    before, after = gap(0, size - 2), gap(1, size - 2)
    middle = (
        cut(0, size - 2) * (-after / (before * (before + after)))
        + cut(1, size - 2) * ((after - before) / (before * after))
        + cut(2, size - 2) * (before / (after * (before + after)))
    )
    if order == 1:
        first, last = (cut(1, 1) - cut(0, 1)) / gap(0, 1), (cut(-1, 1) - cut(-2, 1)) / gap(-1, 1)
    else:
        one, two = gap(0, 1), gap(1, 1)
        first = (
            cut(0, 1) * (-(2 * one + two) / (one * (one + two)))
            + cut(1, 1) * ((one + two) / (one * two))
            + cut(2, 1) * (-one / (two * (one + two)))
        )
        one, two = gap(-2, 1), gap(-1, 1)
        last = (
            cut(-3, 1) * (two / (one * (one + two)))
            + cut(-2, 1) * (-(one + two) / (one * two))
            + cut(-1, 1) * ((2 * two + one) / (two * (one + two)))
        )
    joined: Tensor = FUNCTIONS["cat"]((first, middle, last), place)
    return joined


@spelled("torch.histogram", "Tensor.histogram")
def histogram(
    input: Tensor, bins: Any = 100, *, range: Any = None, weight: Tensor | None = None, density: bool = False
) -> Any:
    """How many values, or what weight, falls between neighbouring edges; the last bin holds its right edge. Returns `hist` and `bin_edges`."""
    kind = input._data.dtype
    searched = not isinstance(bins, Tensor) and range is None and input._data.size > 0
    if kind.kind != "f" or (searched and kind.itemsize < 4):
        words = (
            "histogramdd"
            if searched
            else "linspace_cpu"
            if kind.kind == "b" and not isinstance(bins, Tensor)
            else "histogram_cpu"
        )
        raise NotImplementedError(f"\"{words}\" not implemented for '{input.dtype.scalar}'")
    flat = np.ravel(input._data)
    if isinstance(bins, Tensor):
        edges = np.asarray(bins._data, kind)
    else:
        if bins <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
        low, high = (float(end) for end in range) if range is not None else _ends(flat)
        if low > high:
            raise RuntimeError(
                f"torch.histogram(): min should not exceed max, but got min {low:g} max {high:g} for dimension 0"
            )
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = np.asarray(FUNCTIONS["linspace"](low, high, bins + 1, dtype=input.dtype)._data)
    weights = np.ones(flat.size, kind) if weight is None else np.ravel(weight._data)
    count = len(edges) - 1
    inside = (flat >= edges[0]) & (flat <= edges[-1])
    places = np.minimum(np.searchsorted(edges, flat[inside], side="right") - 1, count - 1)
    found = np.bincount(places, weights[inside], minlength=count).astype(kind)
    if density:
        found = (found / found.sum() / np.diff(edges)).astype(kind)
    return HISTOGRAM(made(found), made(np.array(edges)))


def _ends(flat: Any) -> tuple[float, float]:
    return (float(flat.min()), float(flat.max())) if flat.size else (0.0, 1.0)
