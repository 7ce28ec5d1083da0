"""Channels laid out as finer pixels, pixels gathered into channels, channels of groups among one another."""

from __future__ import annotations

from engine.application import apply
from engine.ops.table import argument, row, spelled
from engine.tensor import Tensor

MOVED = {"en": "Every value only moved, so its gradient moves back.", "zh": "每个值只是换了位置，梯度随之移回。"}
PIXEL_SHUFFLE = row(
    "pixel_shuffle", "pixel_shuffle(self, upscale_factor)", {"self": "pixel_unshuffle(g, upscale_factor)"}, settings="upscale_factor",
    symbol="shuffle", spelled=("F.pixel_shuffle",), samples=(((1, 4, 2, 3), 2), ((9, 1, 1), 3)), **MOVED,
)  # fmt: skip
PIXEL_UNSHUFFLE = row(
    "pixel_unshuffle", "pixel_unshuffle(self, downscale_factor)", {"self": "pixel_shuffle(g, downscale_factor)"},
    settings="downscale_factor", symbol="shuffle", spelled=("F.pixel_unshuffle",), samples=(((1, 1, 4, 6), 2), ((2, 3, 3), 3)), **MOVED,
)  # fmt: skip
CHANNEL_SHUFFLE = row(
    "channel_shuffle", "channel_shuffle(self, groups)", {"self": "channel_unshuffle(g, groups)"}, settings="groups", symbol="shuffle",
    spelled=("torch.channel_shuffle",), samples=(((1, 6, 2, 1), 2), ((2, 3, 2), 3)), **MOVED,
)  # fmt: skip


def _fits(name: str, key: str, input: Tensor, factor: int) -> None:
    if not isinstance(input, Tensor):
        raise argument(name, "input", 1, input)
    if input._data.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input._data.ndim} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {key}, but got {factor}")


@spelled("torch.nn.functional.pixel_shuffle", "torch.pixel_shuffle")
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Groups of channels as squares of pixels. Raises RuntimeError where the channels do not fill squares."""
    _fits("pixel_shuffle", "upscale_factor", input, upscale_factor)
    channels, square = input._data.shape[-3], upscale_factor**2
    if channels % square:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={channels} is not divisible by {square}"
        )
    result: Tensor = apply(PIXEL_SHUFFLE, (input,), (upscale_factor,))
    return result


@spelled("torch.nn.functional.pixel_unshuffle", "torch.pixel_unshuffle")
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Squares of pixels as groups of channels. Raises RuntimeError where squares do not fill the picture."""
    _fits("pixel_unshuffle", "downscale_factor", input, downscale_factor)
    for name, dim in (("height", -2), ("width", -1)):
        size = input._data.shape[dim]
        if size % downscale_factor:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({dim})={size} is not divisible by "
                f"{downscale_factor}"
            )
    result: Tensor = apply(PIXEL_UNSHUFFLE, (input,), (downscale_factor,))
    return result


@spelled("torch.channel_shuffle", "torch.nn.functional.channel_shuffle")
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels (N, C, ...) of groups in turn: one of each, then the next. Raises RuntimeError where they are no groups of one size."""
    shape = input._data.shape
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {shape[1]} channels and {groups} groups."
        )
    result: Tensor = apply(CHANNEL_SHUFFLE, (input,), (groups,))
    return result


@spelled("internal.channel_unshuffle")
def channel_unshuffle(input: Tensor, groups: int) -> Tensor:
    return channel_shuffle(input, input._data.shape[1] // groups)
