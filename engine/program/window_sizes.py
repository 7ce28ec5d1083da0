"""How many elements convolution, pooling and their like are going to make; part of `sizes`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.kernels.convolution import columns_of, unwound, windows
from engine.program.placing import several, whole

Given = list[Any]
Named = dict[str, Any]
Rule = Callable[[Given, Named], int]
PASSING = 16
"""The columns of windows are gone when the operation ends and nobody looks at them: so many count as one element that stays."""


def _named(given: Given, named: Named, *names: str) -> list[Any]:
    """The arguments by name or place, None for what was left out."""
    return [given[place] if place < len(given) else named.get(name) for place, name in enumerate(names)]


def _pair(value: Any, count: int, usual: int) -> tuple[int, ...]:
    row = several(value) or [usual if value is None else value]
    return tuple(max(whole(each), usual and 1) for each in (row * count if len(row) == 1 else row))


@dataclass(frozen=True, slots=True)
class Windows:
    """Where a convolution's windows lie: pictures, and places of one picture along each dimension."""

    lead: int
    kernel: tuple[int, ...]
    hop: tuple[int, ...]
    edges: tuple[int, ...]
    out: tuple[int, ...]


def convolved(given: Given, named: Named) -> Windows:
    """The windows of a convolution with these arguments."""
    input, weight, _, stride, padding, dilation = _named(
        given, named, "input", "weight", "bias", "stride", "padding", "dilation"
    )
    count = weight.ndim - 2
    step, hop = _pair(dilation, count, 1), _pair(stride, count, 1)
    kernel = tuple(weight.shape[2:])
    if isinstance(padding, str):
        edges = tuple(-(-jump * (wide - 1) // 2) for wide, jump in zip(kernel, step, strict=True))
        edges = edges if padding == "same" else (0,) * count
    else:
        edges = _pair(padding, count, 0)
    lead = math.prod(input.shape[:-count]) // max(input.shape[-count - 1], 1)
    return Windows(lead, kernel, hop, edges, windows(tuple(input.shape[-count:]), kernel, hop, edges, step))


def _convolution(given: Given, named: Named) -> int:
    """The columns of windows and what comes of them."""
    input, weight = _named(given, named, "input", "weight")
    count = weight.ndim - 2
    found = convolved(given, named)
    columns = columns_of(input.shape[-count - 1], input.shape[-count:], found.kernel, found.edges, found.hop)
    return int(found.lead * max(columns // PASSING, weight.shape[0] * math.prod(found.out)))


def _transposed(given: Given, named: Named) -> int:
    input, weight, _, stride, _, extra, groups, dilation = _named(
        given, named, "input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"
    )
    count = weight.ndim - 2
    kernel = tuple(weight.shape[2:])
    sizes = (_pair(stride, count, 1), (0,) * count, _pair(dilation, count, 1), _pair(extra, count, 0))
    out = unwound(tuple(input.shape[-count:]), kernel, *sizes)
    lead = math.prod(input.shape[:-count]) // max(input.shape[-count - 1], 1)
    channels = weight.shape[1] * (groups or 1)
    columns = math.prod(kernel) * math.prod(input.shape[-count:])
    return int(lead * channels * max(columns // PASSING, math.prod(out)))


def _unfold(given: Given, named: Named) -> int:
    input, kernel, dilation, padding, stride = _named(
        given, named, "input", "kernel_size", "dilation", "padding", "stride"
    )
    wide = _pair(kernel, 2, 1)
    out = windows(tuple(input.shape[-2:]), wide, _pair(stride, 2, 1), _pair(padding, 2, 0), _pair(dilation, 2, 1))
    return int(math.prod(input.shape[:-2]) * math.prod(wide) * math.prod(max(each, 1) for each in out))


def _unfold_either(given: Given, named: Named) -> int:
    """Of the function or of the method of the same name, whose windows of `size` lie along one dimension: the greater."""
    size = given[2] if len(given) > 2 else named.get("size")
    along = int(given[0].numel()) * max(whole(size), 1)
    return along if given and given[0].ndim not in (3, 4) else max(along, _unfold(given, named))


def _fold(given: Given, named: Named) -> int:
    input, size, _, _, padding = _named(given, named, "input", "output_size", "kernel_size", "dilation", "padding")
    high, wide = (one + 2 * two for one, two in zip(_pair(size, 2, 1), _pair(padding, 2, 0), strict=True))
    return int(math.prod(input.shape[:-1]) * high * wide + input.numel())


def _pooled(given: Given, named: Named, most: int = 2) -> int:
    """The input with its border, what is left of it after each dimension, and as much for the places."""
    input, kernel, stride, padding = _named(given, named, "input", "kernel_size", "stride", "padding")
    count = min(input.ndim, most)
    edges, wide = _pair(padding, count, 0), _pair(kernel, count, 1)
    hop = _pair(stride, count, 1) if stride else wide
    bordered = math.prod(
        each + 2 * edge + jump for each, edge, jump in zip(input.shape[-count:], edges, hop, strict=True)
    )
    return int(math.prod(input.shape[:-count]) * bordered * 2)


def _unpooled(given: Given, named: Named, most: int = 2) -> int:
    """The sizes that pooling began with, or those that are asked for."""
    input, _, kernel, stride, padding = _named(given, named, "input", "indices", "kernel_size", "stride", "padding")
    count = min(input.ndim - 1, most)
    wide = _pair(kernel, count, 1)
    hop = _pair(stride, count, 1) if stride else wide
    outer = -2 * min(0, *map(whole, several(padding) or [padding or 0]))  # what padding below 0 adds
    usual = [max(own, 1) * step + side + outer for own, step, side in zip(input.shape[-count:], hop, wide, strict=True)]
    return int(max(input.shape[:1], default=1) * math.prod(usual))


def _adapted(given: Given, named: Named, most: int = 2) -> int:
    """The output, and what lies between: one dimension of the output, one of the input."""
    input, size = _named(given, named, "input", "output_size")
    row = several(size)
    count = min(input.ndim, most) if row is None else len(row)
    wanted = [size] * count if row is None else row
    sides = [
        max(own, own if each is None else whole(each)) for own, each in zip(input.shape[-count:], wanted, strict=True)
    ]
    return int(math.prod(input.shape[:-count]) * math.prod(sides))


def _parted(given: Given, named: Named, most: int = 2) -> int:
    """The parts side by side, of which neighbours may overlap, and as many places."""
    input, size = _named(given, named, "input", "output_size")
    row = several(size)
    count = min(input.ndim, most) if row is None else len(row)
    wanted = [size] * count if row is None else row
    sides = [
        own + 2 * (own if each is None else whole(each)) for own, each in zip(input.shape[-count:], wanted, strict=True)
    ]
    return int(math.prod(input.shape[:-count]) * math.prod(sides) * 2)


def _of_bodies(rule: Callable[..., int]) -> Rule:
    """The rule with windows of three dimensions."""
    return lambda given, named: rule(given, named, 3)


def _normed(given: Given, named: Named) -> int:
    """The pools of powers."""
    input, _, kernel, stride = _named(given, named, "input", "norm_type", "kernel_size", "stride")
    return _pooled([input, kernel, stride], {}, min(int(input.ndim), 3))


def _around(given: Given, named: Named) -> int:
    """The squares, with as many channels more as are looked at."""
    input, size = _named(given, named, "input", "size")
    return int(2 * (input.numel() + whole(size) * input.numel() // max(input.shape[1], 1)))


def _resized(given: Given, named: Named) -> int:
    """The output, and what lies between: some dimensions of the output, the others of the input; and a part for each tap."""
    input, size, scale = _named(given, named, "input", "size", "scale_factor")
    count = input.ndim - 2
    asked = scale if size is None else size
    wanted = several(asked) or [asked] * count
    own = tuple(input.shape[2:])
    out = map(whole, wanted) if size is not None else [one * float(two) for one, two in zip(own, wanted, strict=True)]
    sides = math.prod(max(one, two) for one, two in zip(own, out, strict=True))
    return int(math.prod(input.shape[:2]) * sides * 2)


def _attended(given: Given, named: Named) -> int:
    """The scores of every query and key, twice, and what comes of them."""
    query, key, value = _named(given, named, "query", "key", "value")
    lead = max(math.prod(query.shape[:-2]), math.prod(key.shape[:-2]))
    return int(lead * query.shape[-2] * (2 * key.shape[-2] + value.shape[-1]))


def _alike(given: Given, named: Named) -> int:
    """As many as the input; what scales and moves it does not spread it."""
    return int(_named(given, named, "input")[0].numel())


def _rivals(given: Given, named: Named) -> int:
    """Every class beside every one that is named, a few times over."""
    scores = _named(given, named, "input")[0]
    return int(4 * scores.numel() * (scores.shape[-1] if scores.ndim else 1))


def _sampled(given: Given, named: Named) -> int:
    """What is read at every place of the grid, in each channel; the grid itself where there are none."""
    input, grid = _named(given, named, "input", "grid")
    return int(max(math.prod(input.shape[:2]) * math.prod(grid.shape[1:-1]), grid.numel()))


def _aligned(given: Given, named: Named) -> int:
    """The ways to every place at every step, several times over: labels and the blanks around them."""
    log_probs, _, _, lengths = _named(given, named, "log_probs", "targets", "input_lengths", "target_lengths")
    longest = max((whole(each) for each in (several(lengths) or [lengths.max().item()])), default=0)
    return int(4 * math.prod(log_probs.shape[:-1]) * (2 * max(longest, 0) + 1) + log_probs.numel())


def _grid(given: Given, named: Named) -> int:
    """Three lines of places, and what the map makes of them."""
    theta, size = _named(given, named, "theta", "size")
    places = math.prod(max(whole(each), 1) for each in (several(size) or [])[2:5])
    return int((theta.shape[0] + 2) * (theta.shape[-1] + 1) * places)


RULES: dict[str, Rule] = {
    **dict.fromkeys(
        (
            "layer_norm",
            "batch_norm",
            "group_norm",
            "instance_norm",
            "prelu",
            "pixel_shuffle",
            "pixel_unshuffle",
            "channel_shuffle",
        ),
        _alike,
    ),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d"), _pooled),
    **dict.fromkeys(("max_pool3d", "avg_pool3d"), _of_bodies(_pooled)),
    **dict.fromkeys(("max_unpool1d", "max_unpool2d"), _unpooled),
    "max_unpool3d": _of_bodies(_unpooled),
    **dict.fromkeys(("lp_pool1d", "lp_pool2d", "lp_pool3d"), _normed),
    **dict.fromkeys(("adaptive_avg_pool1d", "adaptive_avg_pool2d"), _adapted),
    "adaptive_avg_pool3d": _of_bodies(_adapted),
    **dict.fromkeys(("adaptive_max_pool1d", "adaptive_max_pool2d"), _parted),
    "adaptive_max_pool3d": _of_bodies(_parted),
    "local_response_norm": _around,
    "ctc_loss": _aligned,
    "multilabel_margin_loss": _rivals,
    "affine_grid": _grid,
    "grid_sample": _sampled,
    "interpolate": _resized,
    "upsample": _resized,
    "scaled_dot_product_attention": _attended,
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _convolution),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _transposed),
    "unfold": _unfold_either,
    "fold": _fold,
}
