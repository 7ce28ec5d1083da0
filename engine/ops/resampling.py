"""`interpolate`: pictures made larger or smaller."""

from __future__ import annotations

import warnings
from typing import Any

from engine.application import apply
from engine.kernels.resampling import SMALL, scaled_sizes
from engine.ops import adaptive
from engine.ops.table import FUNCTIONS, row, spelled
from engine.signatures import type_name
from engine.tensor import Tensor

NODES = {
    ("nearest", 1): "UpsampleNearest1D", ("nearest", 2): "UpsampleNearest2D", ("nearest", 3): "UpsampleNearest3D",
    ("nearest-exact", 1): "UpsampleNearestExact1D", ("nearest-exact", 2): "UpsampleNearestExact2D", ("nearest-exact", 3): "UpsampleNearestExact3D",
    ("linear", 1): "UpsampleLinear1D", ("bilinear", 2): "UpsampleBilinear2D", ("trilinear", 3): "UpsampleTrilinear3D", ("bicubic", 2): "UpsampleBicubic2D",
}  # fmt: skip
NEAREST = {
    "en": "Every value receives the gradients of the places that it was copied to.",
    "zh": "每个值得到它被复制到的各处的梯度。",
}
BLENDED = {
    "en": "Every value receives the gradients of the places it was blended into, by its weight in each.",
    "zh": "每个值按其在各处混合中的权重得到那些位置的梯度。",
}
ADJOINT = {"en": "A derivative of resampling that is itself differentiated.", "zh": "重采样的导数再求一次导。"}
WORDS = {1: "{}", 2: "(H: {}, W: {})", 3: "(D: {}, H: {}, W: {})"}


def _named(mode: str, rank: int) -> str:
    return f"upsample_{mode.replace('-', '_')}{rank}d"


def _rows(mode: str, rank: int, node: str) -> Any:
    sample = (1, 2, 3, 4, 2)[: rank + 2]
    larger = tuple(each + 2 for each in sample[2:])
    corners = () if mode.startswith("nearest") else ((sample, larger, True, None),)
    up = row(
        _named(mode, rank), f'resampled(self, output_size, "{mode}", align_corners, scales)',
        {"self": f'resampled_back(g, self.shape, "{mode}", align_corners, scales)'}, settings="output_size align_corners scales", node=node,
        symbol="upsample", spelled=(f'F.interpolate(x, mode="{mode}")',), samples=((sample, larger, False, None), (sample, (2,) * rank, False, None), *corners),
        **(NEAREST if mode.startswith("nearest") else BLENDED),
    )  # fmt: skip
    back = row(
        f"{_named(mode, rank)}_backward", f'resampled_back(g_, shape, "{mode}", align_corners, scales)',
        {"g_": f'resampled(g, output_size, "{mode}", align_corners, scales)'}, settings="output_size shape align_corners scales",
        node=f"{node}BackwardBackward0!", symbol="upsample′", samples=(((*sample[:2], *larger), larger, sample, False, None),), **ADJOINT,
    )  # fmt: skip
    return up, back


ROWS = {key: _rows(*key, node) for key, node in NODES.items()}


@spelled("internal.resampled")
def resampled(x: Tensor, output_size: Any, mode: str, align_corners: bool, scales: Any) -> Tensor:
    result: Tensor = apply(ROWS[mode, x._data.ndim - 2][0], (x,), (tuple(output_size), align_corners, scales))
    return result


@spelled("internal.resampled_back")
def resampled_back(g: Tensor, shape: Any, mode: str, align_corners: bool, scales: Any) -> Tensor:
    rank = g._data.ndim - 2
    result: Tensor = apply(ROWS[mode, rank][1], (g,), (g._data.shape[2:], tuple(shape), align_corners, scales))
    return result


@spelled("torch.nn.functional.interpolate")
def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Tensor:  # fmt: skip
    """The input with other sizes of its last dimensions. Raises ValueError and NotImplementedError in PyTorch's words for what does not fit."""
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    if not isinstance(input, Tensor):
        raise AttributeError(f"'{type_name(input)}' object has no attribute 'dim'")
    rank = input._data.ndim - 2
    if rank < 1:
        raise NotImplementedError(_unknown(mode, rank))
    out, scales = _wanted(input, rank, size, scale_factor)
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    if recompute_scale_factor or mode == "area":
        scales = None
    if antialias:
        if mode not in ("bilinear", "bicubic", "lanczos") or rank != 2:
            raise ValueError(
                "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
            )
        raise NotImplementedError("interpolate: antialias=True is not offered here")
    if mode == "area" and rank in (1, 2):
        result: Tensor = FUNCTIONS[f"nn.functional.adaptive_avg_pool{rank}d"](input, out)
        return result
    if mode == "area" and rank == 3:
        return adaptive.adapted(input, out)
    if (mode, rank) not in NODES:
        raise NotImplementedError(_unknown(mode, rank))
    _sized(input, rank, mode, out)
    return resampled(input, out, mode, bool(align_corners), scales)


def _wanted(input: Tensor, rank: int, size: Any, scale_factor: Any) -> tuple[tuple[int, ...], tuple[float, ...] | None]:
    """The sizes asked for, and the scales where those were given instead."""
    own = f"input with spatial dimensions of {list(input.shape[2:])}"
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is not None:
        sizes = tuple(size) if isinstance(size, (list, tuple)) else (size,) * rank
        if len(sizes) != rank:
            raise ValueError(
                f"Input and output must have the same number of spatial dimensions, but got {own} and output size of {size}. Please provide "
                "input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format."
            )
        if not all(isinstance(each, int) for each in sizes):
            raise TypeError(
                "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size with types "
                f"{[type(each) for each in sizes]}"
            )
        return sizes, None
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    scales = tuple(scale_factor) if isinstance(scale_factor, (list, tuple)) else (scale_factor,) * rank
    if len(scales) != rank:
        raise ValueError(
            f"Input and scale_factor must have the same number of spatial dimensions, but got {own} and scale_factor of shape "
            f"{scale_factor}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
        )
    return scaled_sizes(input._data.shape[2:], scales), tuple(map(float, scales))


def _unknown(mode: str, rank: int) -> str:
    needed = {"linear": 3, "bilinear": 4, "trilinear": 5}.get(mode)
    if needed is not None and rank in (1, 2, 3):
        return f"Got {rank + 2}D input, but {mode} mode needs {needed}D input"
    return (
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {rank + 2}D) for the modes: nearest | linear | bilinear | bicubic | "
        f"trilinear | lanczos | area | nearest-exact (got {mode})"
    )


def _sized(input: Tensor, rank: int, mode: str, out: tuple[int, ...]) -> None:
    own = input._data.shape[2:]
    if min(*out, *own) <= 0:
        one, two = (WORDS[rank].format(*sizes) for sizes in (own, out))
        one, two = (f"(W: {one}) and", f"(W: {two})") if rank == 1 else (one, two)
        raise RuntimeError(f"Input and output sizes should be greater than 0, but got input {one} output {two}")
    if not all(input._data.shape[1:]):
        raise RuntimeError(
            f"Non-empty {rank + 2}D data tensor expected but got a tensor with sizes {list(input.shape)}"
        )
    kind = input._data.dtype
    if kind.kind != "f" and kind.name != "uint8":
        shape = "cubic" if mode == "bicubic" else "nearest" if mode.startswith("nearest") else "linear"
        planes = rank == 2 and mode != "bicubic" and sum(out) <= SMALL
        word = (
            f"upsample_{mode.removesuffix('-exact')}2d_channels_last" if planes else f"compute_indices_weights_{shape}"
        )
        raise NotImplementedError(f"\"{word}\" not implemented for '{input.dtype.scalar}'")


@spelled("torch.nn.functional.upsample")
def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None) -> Tensor:  # fmt: skip
    """The old name of `interpolate`."""
    warnings.warn(
        "`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", UserWarning, stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode, align_corners)
