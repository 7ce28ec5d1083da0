"""Pooling over the last two or three dimensions: windows looked at along one of them, then along the others, so that work grows with a window's sides."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.kernels.convolution import bordered
from engine.kernels.shape import Array

Sizes = tuple[int, ...]


@functools.lru_cache(maxsize=256)
def pooled_sizes(size: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil: bool) -> Sizes:
    """How many windows there are along each dimension; rounded up, the last must still begin in the input or its left border."""
    found = []
    for each, wide, hop, edge, step in zip(size, kernel, stride, padding, dilation, strict=True):
        free = each + 2 * edge - step * (wide - 1) - 1
        count = (-(-free // hop) if ceil else free // hop) + 1
        found.append(count - 1 if ceil and (count - 1) * hop >= each + edge else count)
    return tuple(found)


@functools.lru_cache(maxsize=256)
def _ends(size: Sizes, out: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    """How far input and windows go."""
    return tuple(
        max((count - 1) * hop + step * (wide - 1) + 1, each + edge)
        for each, count, wide, hop, edge, step in zip(size, out, kernel, stride, padding, dilation, strict=True)
    )


def _taps(dim: int, count: int, kernel: int, stride: int, dilation: int) -> Iterator[tuple[Any, ...]]:
    """For each place in a window along a dimension, counted from the last, what all windows have there."""
    rest = (slice(None),) * (-1 - dim)
    for place in range(kernel):
        start = place * dilation
        yield (..., slice(start, start + (count - 1) * stride + 1, stride), *rest)


def _greatest(views: list[Array], codes: Sequence[Array] | None, worth: Any, nans: bool) -> tuple[Array, Array | None]:
    """The greatest of what the views have at each place, and the code of the first that has it: its own, None for 0, and `worth` for each
    view before. Of nans, where there are any, the last."""
    best, found = views[0], None if codes is None else codes[0]
    for place, view in enumerate(views[1:], 1):
        wins = view > best
        if nans:
            wins |= view != view
        best = np.maximum(best, view)
        marks = wins.view(np.int8)
        # Chosen by arithmetic, which takes its time whatever wins.
        if codes is not None:
            found = (codes[place] + worth * place - found) * marks + found
        else:
            marks = marks * (worth * place)
            found = marks if found is None else np.maximum(found, marks)
    return best, found


def _shifts(count: int, hop: int) -> Iterator[slice]:
    """A line, begun so many times `hop` later each time, as far as all of them go."""
    return (slice(place * hop, (place + 1 - count) * hop or None) for place in range(count))


# So many windows may lie between two that are asked for, and so many numbers are looked at together, for they stay at hand.
CLOSE, BLOCK = 4, 1 << 17


class Look(NamedTuple):
    """How windows are looked at: there are `out` of them, in a picture that is `size` with the border they need. `across` and `down` find what
    they have at each of their places along either dimension. Where they are `close` a picture is a line, along which one window shifts place
    by place, and those asked for are `hops` places apart."""

    out: Sizes
    size: Sizes
    across: tuple[Any, ...]
    down: tuple[Any, ...]
    close: bool
    hops: Sizes


@functools.lru_cache(maxsize=256)
def _look(size: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil: bool) -> Look:
    out = pooled_sizes(size, kernel, stride, padding, dilation, ceil)
    size = _ends(size, out, kernel, stride, padding, dilation)
    close = stride[0] * stride[1] <= CLOSE
    taps: list[Iterator[Any]] = [
        _shifts(kernel[dim], dilation[1] if dim == -1 else dilation[0] * size[1])
        if close
        else _taps(dim, out[dim], kernel[dim], stride[dim], dilation[dim])
        for dim in (-1, -2)
    ]
    return Look(out, size, tuple(taps[0]), tuple(taps[1]), close, (math.prod(size), stride[0] * size[1], stride[1]))


@functools.lru_cache(maxsize=64)
def _within(
    wide: int, out: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> tuple[Array, Array]:
    """Where windows begin in a picture so wide, counted row by row, and how much further each place of a window is."""
    rows, columns = (np.arange(count) * hop - edge for count, hop, edge in zip(out, stride, padding, strict=True))
    high, across = (np.arange(count) * step for count, step in zip(kernel, dilation, strict=True))
    return (rows * wide)[:, None] + columns, ((high * wide)[:, None] + across).reshape(-1)


def max_pool(
    x: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> tuple[Array, Array]:
    """The greatest of every window, and where in its picture or body it lies, counted row by row."""
    if len(kernel_size) == 2:
        return _of_pictures(x, kernel_size, stride, padding, dilation, ceil_mode)
    settings = (kernel_size, stride, padding, dilation)
    values, places = _of_pictures(x, kernel_size[1:], stride[1:], padding[1:], dilation[1:], ceil_mode)
    deep, high, wide = x.shape[-3:]
    ways = tuple((*each[:1], unit, unit) for each, unit in zip(settings, (1, 1, 0, 1), strict=True))
    size = (deep, *values.shape[-2:])
    out = pooled_sizes(size, *ways, ceil_mode)
    layers = bordered(values, _least(x.dtype), _ends(size, out, *ways), (padding[0], 0, 0))
    found, numbers = _greatest(
        [layers[tap] for tap in _taps(-3, out[0], kernel_size[0], stride[0], dilation[0])], None, np.int64(1), True
    )
    numbers = np.zeros(found.shape, np.int64) if numbers is None else numbers
    starts = (np.arange(out[0]) * stride[0] - padding[0])[:, None, None]
    layer = np.clip(starts + numbers * dilation[0], 0, deep - 1)
    return found, layer * (high * wide) + np.take_along_axis(places, layer, -3)


def _least(kind: Any) -> Any:
    return -np.inf if kind.kind == "f" else np.iinfo(kind).min


def _of_pictures(
    x: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> tuple[Array, Array]:
    """The greatest of every window of pictures, and its place."""
    *lead, high, wide = x.shape
    out, size, across, down, close, hops = _look((high, wide), kernel_size, stride, padding, dilation, ceil_mode)
    least = _least(x.dtype)
    x = bordered(x, least, size, padding)
    code = np.int8 if kernel_size[0] * kernel_size[1] < 128 else np.int64

    def kept(values: Array, count: int) -> Array:
        if not close:
            return values
        return np.ndarray((count, *out), values.dtype, values, 0, [hop * values.itemsize for hop in hops])

    def chosen(pictures: Array, nans: bool) -> tuple[Array, Array]:
        values = pictures.reshape(-1) if close else pictures
        best, found = _greatest([values[tap] for tap in across], None, code(1), nans)
        codes = None if found is None else [found[tap] for tap in down]
        best, found = _greatest([best[tap] for tap in down], codes, code(kernel_size[1]), nans)
        found = np.zeros(best.shape, code) if found is None else found
        return kept(best, len(pictures)), kept(found, len(pictures))

    pictures = x.reshape(math.prod(lead), *size)
    greatest: Array = np.empty((len(pictures), *out), x.dtype)
    numbers: Array = np.empty((len(pictures), *out), code)
    step = max(BLOCK // hops[0], 1)
    for start in range(0, len(pictures), step):
        block = slice(start, start + step)
        greatest[block], numbers[block] = chosen(pictures[block], False)
        if np.isnan(np.maximum.reduce(greatest[block], axis=None, initial=least)):
            greatest[block], numbers[block] = chosen(pictures[block], True)
    greatest = greatest.reshape(*lead, *out)
    numbers = numbers.reshape(greatest.shape)
    corners, steps = _within(wide, out, kernel_size, stride, padding, dilation)
    if size == (high, wide):
        within = steps.take(numbers)
        within += corners
        return greatest, within
    # A window of nothing but minus infinity may find it in the border: its place is then the nearest one inside.
    lower, further = np.divmod(numbers, code(kernel_size[1]))
    rows, columns = (np.arange(count) * hop - edge for count, hop, edge in zip(out, stride, padding, strict=True))
    row = np.clip(rows[:, None] + lower * np.intp(dilation[0]), 0, high - 1)
    return greatest, row * wide + np.clip(columns + further * np.intp(dilation[1]), 0, wide - 1)


def pool_back(g: Array, x: Array, place: Array, count: int = 2) -> Array:
    """Zeros like `x`, to which every `g` is added at the place in its last `count` dimensions that it came from."""
    area = math.prod(x.shape[-count:])
    lead = math.prod(x.shape[:-count])
    flat = (place.reshape(lead, math.prod(place.shape[-count:])) + (np.arange(lead) * area)[:, None]).reshape(-1)
    made = np.zeros(lead * area, g.dtype)
    np.add.at(made, flat, g.reshape(-1))
    return made.reshape(x.shape)


def pool_take(g: Array, place: Array, count: int = 2) -> Array:
    """What lies at those places of the last `count` dimensions."""
    values, places = (each.reshape(*each.shape[:-count], math.prod(each.shape[-count:])) for each in (g, place))
    found = np.take_along_axis(values, places, -1)
    return found.reshape(place.shape)


def unpool(x: Array, place: Array, output_size: Sizes) -> Array:
    """Pictures of zeros with every value at its place, which is counted row by row; of several at one place the last."""
    area, lead = math.prod(output_size), math.prod(x.shape[: -len(output_size)])
    made = np.zeros((lead, area), x.dtype)
    made[np.arange(lead)[:, None], place.reshape(lead, -1)] = x.reshape(lead, -1)
    return made.reshape(*x.shape[: -len(output_size)], *output_size)


def _areas(
    size: Sizes, out: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, include: bool, divisor: int | None
) -> Any:
    """By how many the sum of every window is divided: one number where all are alike."""
    if divisor is not None:
        return divisor
    sides = []
    for each, count, wide, hop, edge in zip(size, out, kernel, stride, padding, strict=True):
        start = np.arange(count) * hop - edge
        end = np.minimum(start + wide, each + edge)
        sides.append(end - start if include else np.minimum(end, each) - np.maximum(start, 0))
    if all((side == side[0]).all() for side in sides if side.size) and all(side.size for side in sides):
        return math.prod(int(side[0]) for side in sides)
    return functools.reduce(np.multiply.outer, sides)


def _divided(x: Array, areas: Any) -> Array:
    found = x / areas if x.dtype.kind == "f" else np.trunc(x / areas)
    return np.asarray(found, x.dtype)


def avg_pool(
    x: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, count_include_pad: bool, divisor_override: int | None
) -> Array:  # fmt: skip
    """The mean of every window, of its border too if that counts; or its sum over a divisor of one's own."""
    count = len(kernel_size)
    size, step = x.shape[-count:], (1,) * count
    out = pooled_sizes(size, kernel_size, stride, padding, step, ceil_mode)
    x = bordered(x, 0, _ends(size, out, kernel_size, stride, padding, step), padding)
    for dim in range(-1, -count - 1, -1):
        first, *rest = _taps(dim, out[dim], kernel_size[dim], stride[dim], 1)
        total = np.array(x[first])
        for tap in rest:
            total += x[tap]
        x = total
    return _divided(x, _areas(size, out, kernel_size, stride, padding, count_include_pad, divisor_override))


def avg_pool_back(
    g: Array, x: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, count_include_pad: bool,
    divisor_override: int | None,
) -> Array:  # fmt: skip
    """Zeros like `x`, to which every `g`, over what its window was divided by, is added all over that window."""
    count = len(kernel_size)
    size, out = x.shape[-count:], g.shape[-count:]
    g = _divided(g, _areas(size, out, kernel_size, stride, padding, count_include_pad, divisor_override))
    for dim in range(-count, 0):
        wide = list(g.shape)
        wide[dim] = max((out[dim] - 1) * stride[dim] + kernel_size[dim], size[dim] + padding[dim])
        spread = np.zeros(wide, g.dtype)
        for tap in _taps(dim, out[dim], kernel_size[dim], stride[dim], 1):
            spread[tap] += g
        g = spread
    inner = tuple(slice(edge, edge + each) for edge, each in zip(padding, size, strict=True))
    return np.ascontiguousarray(g[(..., *inner)])


def _spans(size: int, out: int) -> tuple[Array, Array]:
    """Where each of `out` nearly equal parts of a line begins and ends; neighbours may overlap."""
    place = np.arange(out)
    return place * size // out, -((place + 1) * size // -out)


def _shares(size: Sizes, out: Sizes) -> Any:
    """How many values each part has."""
    made: Any = 1
    for start, end in (_spans(*each) for each in zip(size, out, strict=True)):
        made = np.multiply.outer(made, end - start)
    return made


def adaptive_avg_pool(x: Array, output_size: Sizes) -> Array:
    """The means of as many parts as are asked for along each of the last dimensions."""
    lead = x.ndim - len(output_size)
    size = x.shape[lead:]
    if not math.prod(output_size) or not x.size:
        return np.zeros((*x.shape[:lead], *output_size), x.dtype)
    for dim in range(x.ndim - 1, lead - 1, -1):
        edges = np.stack(_spans(size[dim - lead], output_size[dim - lead]), 1).reshape(-1)
        end = np.zeros((*x.shape[:dim], 1, *x.shape[dim + 1 :]), x.dtype)
        x = np.add.reduceat(np.concatenate([x, end], dim), edges, axis=dim)[
            (slice(None),) * dim + (slice(None, None, 2),)
        ]
    return np.asarray(x / _shares(size, output_size), x.dtype)


def adaptive_avg_pool_back(g: Array, x: Array, count: int = 2) -> Array:
    """Zeros like `x`, to which every `g`, over the size of its part, is added all over that part of the last `count` dimensions."""
    lead = x.ndim - count
    size, out = x.shape[lead:], g.shape[lead:]
    if not g.size:
        return np.zeros_like(x, g.dtype)
    made = np.asarray(g / _shares(size, out), g.dtype)
    for dim in range(lead, x.ndim):
        wide = np.zeros((*made.shape[:dim], x.shape[dim], *made.shape[dim + 1 :]), g.dtype)
        before = (slice(None),) * dim
        for place, (start, end) in enumerate(zip(*_spans(x.shape[dim], g.shape[dim]), strict=True)):
            wide[(*before, slice(start, end))] += made[(*before, slice(place, place + 1))]
        made = wide
    return made


def adaptive_max_pool(x: Array, output_size: Sizes) -> tuple[Array, Array]:
    """The greatest of as many parts as are asked for, and where in its picture or body it lies: the first of equals, the last of nans."""
    count = len(output_size)
    lead = x.shape[:-count]
    if not x.size or not math.prod(output_size):
        return np.zeros((*lead, *output_size), x.dtype), np.zeros((*lead, *output_size), np.int64)
    within: Any = np.zeros((), np.int64)
    for dim, (size, out) in enumerate(zip(x.shape[-count:], output_size, strict=True)):
        start, end = _spans(size, out)
        longest = int((end - start).max())
        # A part that is shorter than the longest looks at its last place again.
        side = np.minimum(start[:, None] + np.arange(longest), end[:, None] - 1)
        within = np.add.outer(within * size, side)
        # The parts stay before the places within a part.
        within = np.moveaxis(within, -2, dim)
    within = within.reshape(*output_size, -1)
    parts = x.reshape(*lead, -1)[..., within]
    chosen = parts.argmax(-1)
    missing = parts != parts
    if missing.any():
        last = parts.shape[-1] - 1 - missing[..., ::-1].argmax(-1)
        chosen = np.where(missing.any(-1), last, chosen)
    values = np.take_along_axis(parts, chosen[..., None], -1)[..., 0]
    return values, np.take_along_axis(np.broadcast_to(within, parts.shape), chosen[..., None], -1)[..., 0]


def pixel_shuffle(x: Array, factor: int) -> Array:
    """Groups of channels as squares of pixels."""
    *lead, channels, high, wide = x.shape
    parts = x.reshape(math.prod(lead), channels // factor**2, factor, factor, high, wide).transpose(0, 1, 4, 2, 5, 3)
    return parts.reshape(*lead, channels // factor**2, high * factor, wide * factor).copy()


def pixel_unshuffle(x: Array, factor: int) -> Array:
    """Squares of pixels as groups of channels."""
    *lead, channels, high, wide = x.shape
    parts = x.reshape(math.prod(lead), channels, high // factor, factor, wide // factor, factor).transpose(
        0, 1, 3, 5, 2, 4
    )
    return parts.reshape(*lead, channels * factor**2, high // factor, wide // factor).copy()


def channel_shuffle(x: Array, groups: int) -> Array:
    """The first channel of each group, then the second of each, and so on."""
    count, channels, *rest = x.shape
    parts = x.reshape(count, groups, channels // groups, *rest)
    return np.ascontiguousarray(parts.swapaxes(1, 2)).reshape(x.shape)


def channel_unshuffle(g: Array, groups: int) -> Array:
    """Channels back where they were before they were shuffled."""
    return channel_shuffle(g, g.shape[1] // groups)


KERNELS = {
    kernel.__name__: kernel
    for kernel in (
        max_pool,
        pool_back,
        pool_take,
        avg_pool,
        avg_pool_back,
        adaptive_avg_pool,
        adaptive_max_pool,
        adaptive_avg_pool_back,
        pixel_shuffle,
        pixel_unshuffle,
        channel_shuffle,
        channel_unshuffle,
        unpool,
    )
}
