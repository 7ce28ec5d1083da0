"""`grid_sample`: pictures read at the places of a grid, and `affine_grid`, which makes one."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from engine.application import apply
from engine.kernels.sampling import affine_base
from engine.ops.table import METHODS, row, spelled
from engine.tensor import Tensor

READ = {
    "en": "A pixel receives the gradients of the places that looked at it, by its share; the grid, how the picture rises there.",
    "zh": "每个像素按权重得到读取它的各处的梯度；网格得到图像在该处的变化率。",
}
ADJOINT = {"en": "A derivative of reading a picture that is itself differentiated.", "zh": "读取图像的导数再求一次导。"}
HOW = "mode, padding_mode, align_corners"
SETTINGS = HOW.replace(",", "")
SAMPLES = (
    ((1, 2, 3, 4), (1, 2, 2, 2), "bilinear", "zeros", False),
    ((1, 2, 3, 3), (1, 2, 1, 2), "bicubic", "border", True),
    ((1, 1, 3, 3), (1, 2, 1, 2), "bilinear", "reflection", True),
)
SOLID = (((1, 2, 3, 2, 2), (1, 1, 2, 1, 3), "bilinear", "border", True),)


def _rows(rank: int, samples: tuple[Any, ...]) -> Any:
    name = f"grid_sampler_{rank}d"
    read = row(
        name, f"grid_sampled(input, grid, {HOW})", {"input": f"grid_to_input(g, input, grid, {HOW})", "grid": f"grid_to_grid(g, input, grid, {HOW})"},
        together=f"grid_sampler_backward(g, input, grid, {HOW}, wanted)", settings=SETTINGS, node=f"GridSampler{rank}D", symbol="sample",
        spelled=("F.grid_sample",), samples=samples, **READ,
    )  # fmt: skip
    back = row(
        f"{name}_backward", f"grid_sampler_backward(g_, input, grid, {HOW}, wanted)",
        {
            name: f'grid_twice(nth(g, wanted, 0), nth(g, wanted, 1), g_, input, grid, {HOW}, "{name.rstrip("_")}")'
            for name in ("g_", "input", "grid")
        },
        settings=f"{SETTINGS} wanted", many=True, silent=True, node=f"GridSampler{rank}DBackwardBackward0!", symbol="sample′",
        samples=tuple(((*sample[0][:2], *sample[1][1:-1]), *sample, (True, True)) for sample in samples), **ADJOINT,
    )  # fmt: skip
    return read, back


ROWS = {2: _rows(2, SAMPLES), 3: _rows(3, SOLID)}
UNDERIVED = dict.fromkeys(("h", "k", "g_", "input", "grid"), 'underivable(g, "grid_sampler_2d_backward")')
TWICE = row(
    "grid_sampler_twice", f"grid_twice(h, k, g_, input, grid, {HOW}, to)", UNDERIVED, settings=f"{SETTINGS} to", node="torch::autograd::NotImplemented!",
    symbol="sample″", samples=(((1, 2, 3, 3), (1, 2, 1, 2), (1, 2, 2, 1), (1, 2, 3, 3), (1, 2, 1, 2), "bilinear", "zeros", False, "grid"),),
    en="Derived a third time it is not.", zh="不再对它求三阶导。",
)  # fmt: skip
AFFINE_GRID = row(
    "affine_grid_generator", "affine_grid(theta, size, align_corners)", {"theta": "affine_back(g, size, align_corners)"}, settings="size align_corners",
    symbol="grid", spelled=("F.affine_grid",), samples=(((1, 2, 3), (1, 1, 2, 3), False), ((2, 3, 4), (2, 1, 2, 1, 2), True)),
    en="The map receives the gradients of all places, each by where it was.", zh="变换按各处的位置得到所有位置的梯度。",
)  # fmt: skip


@spelled("internal.grid_sampler_backward")
def _backward(g: Tensor, input: Tensor, grid: Tensor, *how: Any) -> Any:
    return apply(ROWS[input._data.ndim - 2][1], (g, input, grid), how)


@spelled("internal.grid_to_input")
def _to_input(g: Tensor, input: Tensor, grid: Tensor, *how: Any) -> Any:
    return _backward(g, input, grid, *how, (True, False))[0]


@spelled("internal.grid_to_grid")
def _to_grid(g: Tensor, input: Tensor, grid: Tensor, *how: Any) -> Any:
    return _backward(g, input, grid, *how, (False, True))[0]


@spelled("internal.grid_twice")
def _twice(h: Tensor | None, k: Tensor | None, *given: Any) -> Any:
    nothing = given[-1] == "input" and (k is None or given[3] == "nearest")
    return None if nothing else apply(TWICE, (h, k, *given[:3]), given[3:])


@spelled("internal.affine_back")
def _affine_back(g: Tensor, size: Sequence[int], align_corners: bool) -> Tensor:
    base = affine_base(tuple(size), align_corners, g._data)
    lines = Tensor(base.reshape(-1, base.shape[-1]).T[None].repeat(size[0], 0))
    found: Tensor = METHODS["transpose"](
        METHODS["bmm"](lines, METHODS["view"](g, size[0], lines._data.shape[-1], -1)), 1, 2
    )
    return found


def _chosen(align_corners: bool | None) -> bool:
    """Whether corners are aligned; where nothing is said, PyTorch warns that they are not any more."""
    if align_corners is not None:
        return align_corners
    warnings.warn(
        "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if "
        "the old behavior is desired. See the documentation of grid_sample for details.",
        UserWarning,
        stacklevel=3,
    )
    return False


@spelled("torch.nn.functional.grid_sample")
def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> Tensor:
    """The picture (batch, channels, ...) read at the places (x, y, ...) from -1 to 1 of a grid (batch, ..., dimensions).

    Raises ValueError, RuntimeError and NotImplementedError in PyTorch's words for what does not fit.
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            f"nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'"
        )
    align_corners = _chosen(align_corners)
    _read_types(input, grid, align_corners)
    _fits(input, grid, mode)
    rank = input._data.ndim - 2
    result: Tensor = apply(ROWS[rank][0], (input, grid), (mode, padding_mode, bool(align_corners)))
    return result


def _read_types(input: Any, grid: Any, align_corners: Any) -> None:
    for place, (name, value) in enumerate((("input", input), ("grid", grid)), 1):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"grid_sampler(): argument '{name}' (position {place}) must be Tensor, not {type(value).__name__}"
            )
    if not isinstance(align_corners, bool):
        raise TypeError(
            f"grid_sampler(): argument 'align_corners' (position 5) must be bool, not {type(align_corners).__name__}"
        )


def _fits(input: Tensor, grid: Tensor, mode: str) -> None:
    own, wanted = input._data.shape, grid._data.shape
    if not own or not wanted:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    told = f"input with sizes {list(own)} and grid with sizes {list(wanted)}"
    if own[0] != wanted[0]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, but got {told}")
    if wanted[-1] != len(own) - 2 and len(own) in (4, 5) and len(own) == len(wanted):
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {len(own) - 2} in last dimension, but got grid with sizes {list(wanted)}"
        )
    for place, size in enumerate(own[2:], 2):
        if not size:
            raise RuntimeError(
                f"grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {list(own)} with dimension {place} being empty"
            )
    if len(own) not in (4, 5) or len(own) != len(wanted):
        kind = f"{len(own)}D" if len(own) in (4, 5) else "4D or 5D"
        raise RuntimeError(
            f"grid_sampler(): expected {kind} input and grid with same number of dimensions, but got {told}"
        )
    if len(own) == 5 and mode == "bicubic":
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input._data.dtype.kind != "f":
        raise NotImplementedError(
            f"\"grid_sampler_{len(own) - 2}d_cpu_kernel_impl\" not implemented for '{input.dtype.scalar}'"
        )
    if input._data.dtype != grid._data.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.scalar} but found {grid.dtype.scalar}")


@spelled("torch.nn.functional.affine_grid")
def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The grid (batch, height, width, 2) of the places that affine maps (batch, 2, 3) lead to; in space with one more of each.

    Raises ValueError and NotImplementedError in PyTorch's words for what does not fit.
    """
    align_corners = _chosen(align_corners)
    if not isinstance(theta, Tensor):
        raise AttributeError(f"'{type(theta).__name__}' object has no attribute 'is_floating_point'")
    if theta._data.dtype.kind != "f":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    rank = len(size) - 2
    if rank not in (2, 3):
        raise NotImplementedError(
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {size}."
        )
    if theta._data.ndim != 3 or theta._data.shape[1:] != (rank, rank + 1):
        raise ValueError(
            f"Expected a batch of {rank}D affine matrices of shape Nx{rank}x{rank + 1} for size {size}. Got {theta.shape}."
        )
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    for place, each in enumerate(size):
        if not isinstance(each, int):
            raise TypeError(
                f"affine_grid_generator(): argument 'size' failed to unpack the object at pos {place + 1} with error \"type must be tuple of "
                f'ints,but got {type(each).__name__}"'
            )
    if not isinstance(align_corners, bool):
        raise TypeError(
            f"affine_grid_generator(): argument 'align_corners' (position 3) must be bool, not {type(align_corners).__name__}"
        )
    if size[0] != theta._data.shape[0]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{size[0]}, {rank + 1}] but got: [{theta._data.shape[0]}, {rank + 1}]."
        )
    result: Tensor = apply(AFFINE_GRID, (theta,), (tuple(size), align_corners))
    return result
