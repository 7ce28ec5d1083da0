"""Convolution over any number of dimensions, and its two adjoints: windows laid out as columns, then one matrix product.

After Chellapilla, Puri, Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006. Where the stride is one,
the picture is a line and a window a shift along it, so that columns are copied in long runs; a row then ends in places that no window has.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from engine.kernels.shape import Array

Sizes = tuple[int, ...]

_sum: Any = np.add.reduce

# Rows of so many windows are copied faster one by one than places between them are multiplied.
LONG = 16


def windows(size: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    """How many windows of a dilated kernel fit along each dimension."""
    return tuple(
        (each + 2 * edge - step * (wide - 1) - 1) // hop + 1
        for each, wide, hop, edge, step in zip(size, kernel, stride, padding, dilation, strict=True)
    )


_windows = functools.lru_cache(maxsize=256)(windows)


def unwound(size: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, extra: Sizes) -> Sizes:
    """The sizes from which windows of these numbers were taken, `extra` of them never reached."""
    return tuple(
        (each - 1) * hop - 2 * edge + step * (wide - 1) + more + 1
        for each, wide, hop, edge, step, more in zip(size, kernel, stride, padding, dilation, extra, strict=True)
    )


def columns_of(channels: int, size: Sizes, kernel: Sizes, padding: Sizes, stride: Sizes) -> int:
    """At most how many elements the columns of one picture's windows have."""
    places = (
        each + 2 * edge if hop == 1 else (each + 2 * edge) // max(hop, 1) + 1
        for each, edge, hop in zip(size, padding, stride, strict=True)
    )
    return channels * math.prod(kernel) * math.prod(max(each, 0) for each in places)


def bordered(x: Array, value: Any, ends: Sizes, padding: Sizes) -> Array:
    """The array with a border of `value` along its last dimensions, so wide before it and up to these ends."""
    lead = x.ndim - len(ends)
    size = x.shape[lead:]
    if ends == size and not any(padding):
        return x
    made: Array = np.full((*x.shape[:lead], *ends), value, x.dtype)
    made[(..., *(slice(edge, edge + each) for edge, each in zip(padding, size, strict=True)))] = x
    return made


def padded(x: Array, padding: Sizes) -> Array:
    """The array with a border of zeros along its last dimensions."""
    if not any(padding):
        return x
    size = x.shape[x.ndim - len(padding) :]
    return bordered(x, 0, tuple(each + 2 * edge for each, edge in zip(size, padding, strict=True)), padding)


def cut(x: Array, padding: Sizes) -> Array:
    """The array without its border."""
    if not any(padding):
        return x
    sizes = x.shape[x.ndim - len(padding) :]
    return x[(..., *(slice(edge, size - edge) for size, edge in zip(sizes, padding, strict=True)))]


def taps(kernel: Sizes, stride: Sizes, dilation: Sizes, out: Sizes) -> Iterator[tuple[Sizes, tuple[slice, ...]]]:
    """For every place in a kernel, what all windows have there."""
    for place in itertools.product(*map(range, kernel)):
        yield (
            place,
            tuple(
                slice(at * step, at * step + hop * (count - 1) + 1, hop)
                for at, hop, step, count in zip(place, stride, dilation, out, strict=True)
            ),
        )


class Layout(NamedTuple):
    """How windows lie in a picture that is one line: from one place of a window to the next it is `hops`, and `columns` and `leaps` tell by
    sizes and steps where windows begin. At stride one that is at all places of a line; in rows of `lines` some are no windows, and `cut` leaves
    those out."""

    hops: Sizes
    columns: Sizes
    leaps: Sizes
    lines: Sizes | None = None
    cut: tuple[Any, ...] = ()


@functools.lru_cache(maxsize=256)
def _layout(size: Sizes, stride: Sizes, dilation: Sizes, out: Sizes, exact: bool = False) -> Layout:
    """Of so many windows; unless `exact`, at stride one with places between that are none."""
    lines = [math.prod(size[place + 1 :]) for place in range(len(size))]
    hops = tuple(line * step for line, step in zip(lines, dilation, strict=True))
    if exact or any(hop != 1 for hop in stride) or not math.prod(size) or not math.prod(out):
        return Layout(hops, out, tuple(line * hop for line, hop in zip(lines, stride, strict=True)))
    length = sum((each - 1) * line for each, line in zip(out, lines, strict=True)) + 1
    if length == math.prod(out):
        return Layout(hops, (length,), (1,))
    return Layout(hops, (length,), (1,), (out[0], *size[1:]), (..., *map(slice, out)))


def _columns(x: Array, kernel: Sizes, layout: Layout) -> Array:
    """The windows of `x` (N, C, ...) as columns (N, C * kernel, windows)."""
    x = np.ascontiguousarray(x)
    count, channels = x.shape[:2]
    strides = [step * x.itemsize for step in (*layout.hops, *layout.leaps)]
    found: Array = np.ndarray((count, channels, *kernel, *layout.columns), x.dtype, x, 0, (*x.strides[:2], *strides))
    return found.reshape(count, channels * math.prod(kernel), math.prod(layout.columns))


def _grouped(x: Array, groups: int) -> Array:
    """The second dimension parted into groups."""
    return x.reshape(x.shape[0], groups, x.shape[1] // groups, *x.shape[2:])


def _spread(g: Array, layout: Layout) -> Array:
    """What belongs to windows (N, C, ...) as rows (N, C, length) in the order of `_columns`, zero between."""
    count, channels, *out = g.shape
    if layout.lines is None:
        return g.reshape(count, channels, math.prod(out))
    made: Array = np.zeros((count, channels, *layout.lines), g.dtype)
    made[layout.cut] = g
    return made.reshape(count, channels, math.prod(layout.lines))[:, :, : layout.columns[0]]


def conv(
    x: Array, weight: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """Every window of `x` (N, C, ...) times every kernel (O, C / groups, ...), plus that kernel's bias."""
    count, kernels, kernel = x.shape[0], weight.shape[0], weight.shape[2:]
    x = padded(x, padding)
    out = _windows(x.shape[2:], kernel, stride, (0,) * len(kernel), dilation)
    layout = _layout(x.shape[2:], stride, dilation, out, out[-1] >= LONG)
    rows = layout.lines or out
    columns = _columns(x, kernel, layout)
    kind = x.dtype if x.dtype is weight.dtype else np.result_type(x, weight)
    made: Array = np.empty((count, groups, kernels // groups, math.prod(rows)), kind)
    length = columns.shape[-1]
    np.matmul(weight.reshape(groups, kernels // groups, -1), _grouped(columns, groups), out=made[..., :length])
    made = made.reshape(count, kernels, *rows)
    if layout.lines is not None:
        made = made[layout.cut]
    if bias is None:
        return np.ascontiguousarray(made)
    return np.add(made, bias.reshape(-1, *(1,) * len(out)), out=made if layout.lines is None else None)


def conv_input(
    g: Array, weight: Array, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The adjoint of `conv` in its input: every `g` spread by its kernel over the window that it came from."""
    kernel = weight.shape[2:]
    edges = tuple(step * (wide - 1) - edge for wide, edge, step in zip(kernel, padding, dilation, strict=True))[:-1]
    if all(hop == 1 for hop in stride) and min(edges, default=0) >= 0 and g.size and weight.size:
        return _along_lines(g, weight, shape, edges, padding[-1], dilation, groups)
    count, kernels, *out = g.shape
    wide = tuple(size + 2 * edge for size, edge in zip(shape[2:], padding, strict=True))
    columns = weight.reshape(groups, kernels // groups, -1).swapaxes(1, 2) @ _grouped(
        g.reshape(count, kernels, math.prod(g.shape[2:])), groups
    )
    columns = columns.reshape(count, shape[1], *kernel, *out)
    made: Array = np.zeros((count, shape[1], *wide), g.dtype)
    for place, tap in taps(kernel, stride, dilation, tuple(out)):
        made[(..., *tap)] += columns[(slice(None), slice(None), *place)]
    return cut(made, padding)


def _along_lines(
    g: Array, weight: Array, shape: Sizes, edges: Sizes, padding: int, dilation: Sizes, groups: int
) -> Array:
    """`conv_input` at stride one. A picture is one line: the product sums what comes from other lines of a kernel, and what comes from places
    along a line is added up by shifts."""
    (count, kernels, *high, out), (*sides, side), reach = g.shape, shape[2:], weight.shape[-1]
    size = (*(each + 2 * edge for each, edge in zip(high, edges, strict=True)), side + 2 * padding)
    layout = _layout(size, (1,) * len(size), dilation, (*sides, out))
    columns = _columns(bordered(g, 0, size, (*edges, 0)), (*weight.shape[2:-1], 1), layout)
    parts = weight.reshape(groups, kernels // groups, shape[1] // groups, -1, reach)[..., ::-1, :]
    rows = parts.transpose(0, 4, 2, 1, 3).reshape(groups, reach * parts.shape[2], -1)
    made = (rows @ _grouped(columns, groups)).reshape(count, groups, reach, parts.shape[2], -1)
    # The lines that windows were taken from, as many as there are lines of the picture.
    size = (*sides[:1], *size[len(sides[:1]) :])
    if made.shape[-1] < math.prod(size):
        found, made = made, np.zeros((count, groups, parts.shape[2], math.prod(size)), made.dtype)
        for place in range(reach):
            start = place * dilation[-1]
            made[..., start : start + found.shape[-1]] += found[:, :, place]
    made = made.reshape(*shape[:2], *size)
    return np.ascontiguousarray(made[(..., *map(slice, sides), slice(padding, padding + side))])


def conv_weight(g: Array, x: Array, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """The adjoint of `conv` in its kernels: every window times the `g` that came from it, summed."""
    x = padded(x, padding)
    out = g.shape[2:]
    layout = _layout(x.shape[2:], stride, dilation, out, out[-1] >= LONG)
    made = _outer(g, x, shape, layout, groups)
    if layout.lines is not None and not np.isfinite(made).all():
        # Zero times the infinite is not zero: what is no window must not be looked at.
        made = _outer(g, x, shape, _layout(x.shape[2:], stride, dilation, out, True), groups)
    return made


def _outer(g: Array, x: Array, shape: Sizes, layout: Layout, groups: int) -> Array:
    made: Array = np.empty(shape, np.result_type(g, x))
    # The longer side first, for so BLAS is faster, and turned over as it is written.
    turned = made.reshape(groups, shape[0] // groups, math.prod(shape[1:])).swapaxes(1, 2)
    rows = _grouped(_spread(g, layout), groups)
    turned[...] = _sum(_grouped(_columns(x, shape[2:], layout), groups) @ rows.swapaxes(2, 3), axis=0)
    return made


def conv_transpose(
    x: Array, weight: Array, bias: Array | None, stride: Sizes, padding: Sizes, dilation: Sizes, extra: Sizes, groups: int
) -> Array:  # fmt: skip
    """What `conv` with these kernels would have been given to give `x`: each value spread by its kernel, plus the bias."""
    out = unwound(x.shape[2:], weight.shape[2:], stride, padding, dilation, extra)
    made = conv_input(x, weight, (x.shape[0], weight.shape[1] * groups, *out), stride, padding, dilation, groups)
    made = made if bias is None else made + bias.reshape(-1, *(1,) * len(out))
    return np.ascontiguousarray(made)


def conv_backward(
    g: Array, x: Array, weight: Array, shape: Sizes, weight_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int,
    wanted: tuple[bool, ...],
) -> tuple[Array, ...]:  # fmt: skip
    """What goes back to input, kernels and bias of a convolution, of those that are wanted."""
    how = (stride, padding, dilation, groups)
    return _made(
        wanted,
        lambda: conv_input(g, weight, shape, *how),
        lambda: conv_weight(g, x, weight_shape, *how),
        lambda: channel_sum(g),
    )


def unconv_backward(
    g: Array, x: Array, weight: Array, shape: Sizes, weight_shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int,
    wanted: tuple[bool, ...],
) -> tuple[Array, ...]:  # fmt: skip
    """The same of a transposed convolution."""
    how = (stride, padding, dilation, groups)
    return _made(
        wanted,
        lambda: fitted(conv(g, weight, None, *how), shape),
        lambda: conv_weight(x, g, weight_shape, *how),
        lambda: channel_sum(g),
    )


def _made(wanted: tuple[bool, ...], *ways: Callable[[], Array]) -> tuple[Array, ...]:
    return tuple(way() for way, asked in zip(ways, wanted, strict=True) if asked)


def channel_sum(g: Array) -> Array:
    """The sum over everything but the channels, which are the second dimension."""
    return _sum(g, axis=(0, *range(2, g.ndim)))


def channel_spread(g: Array, shape: Sizes) -> Array:
    """One value for each channel, given to all of its places."""
    return np.broadcast_to(g.reshape(1, -1, *(1 for _ in shape[2:])), shape)


def im2col(x: Array, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> Array:
    """The windows of pictures (..., C, H, W) as columns (..., C * kernel, windows)."""
    x = padded(x, padding)
    out = windows(x.shape[-2:], kernel_size, stride, (0, 0), dilation)
    made: Array = np.empty((*x.shape[:-2], *kernel_size, *out), x.dtype)
    for (high, wide), tap in taps(kernel_size, stride, dilation, out):
        made[..., high, wide, :, :] = x[(..., *tap)]
    return made.reshape(*x.shape[:-3], x.shape[-3] * math.prod(kernel_size), math.prod(out))


def col2im(columns: Array, size: Sizes, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> Array:
    """Pictures of `size` into which the columns of windows are added."""
    out = windows(size, kernel_size, stride, padding, dilation)
    lead = (*columns.shape[:-2], columns.shape[-2] // math.prod(kernel_size))
    parts = columns.reshape(*lead, *kernel_size, *out)
    made: Array = np.zeros((*lead, *(each + 2 * edge for each, edge in zip(size, padding, strict=True))), columns.dtype)
    for (high, wide), tap in taps(kernel_size, stride, dilation, out):
        made[(..., *tap)] += parts[..., high, wide, :, :]
    return np.ascontiguousarray(cut(made, padding))


def picture(shape: Sizes) -> Sizes:
    """Height and width."""
    return shape[-2:]


def box(shape: Sizes) -> Sizes:
    """Depth, height and width."""
    return shape[-3:]


def fitted(x: Any, shape: Sizes) -> Any:
    """An array or a Tensor without what lies beyond `shape`, where output padding left more windows than there were inputs."""
    return x if tuple(x.shape) == tuple(shape) else x[tuple(slice(size) for size in shape)]


KERNELS = {
    kernel.__name__: kernel
    for kernel in (
        conv,
        conv_backward,
        unconv_backward,
        conv_input,
        conv_weight,
        conv_transpose,
        channel_sum,
        channel_spread,
        im2col,
        col2im,
        picture,
        box,
        fitted,
    )
}
