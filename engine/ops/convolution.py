"""Convolution and its mirror image; unfold and fold, which lay pictures out as columns and back."""

from __future__ import annotations

import functools
import operator
import warnings
from collections.abc import Sequence
from typing import Any

from engine.application import apply
from engine.kernels.convolution import unwound, windows
from engine.ops.table import FUNCTIONS, METHODS, argument, internal, row, spelled
from engine.tensor import Tensor

SETTINGS = "stride padding dilation transposed output_padding groups"
CONVOLUTION = row(
    "convolution", "conv(input, weight, bias, stride, padding, dilation, groups)",
    {
        "input": "conv_input(g, weight, input.shape, stride, padding, dilation, groups)",
        "weight": "conv_weight(g, input, weight.shape, stride, padding, dilation, groups)",
        "bias": "channel_sum(g)",
    },
    together="conv_backward(g, input, weight, input.shape, weight.shape, stride, padding, dilation, groups, wanted)",
    settings=SETTINGS, symbol="∗", spelled=("F.conv1d", "F.conv2d", "F.conv3d"),
    samples=(
        ((2, 2, 4, 5), (3, 2, 2, 3), (3,), (1, 1), (0, 0), (1, 1), False, (0, 0), 1),
        ((1, 4, 5, 4), (2, 2, 3, 2), None, (2, 1), (1, 0), (1, 2), False, (0, 0), 2),
        ((2, 2, 6), (4, 1, 3), (4,), (2,), (2,), (1,), False, (0,), 2),
    ),
    en="Each kernel is pulled by every window it looked at; each input by all the kernels that looked at it; the bias by all places at once.",
    zh="每个卷积核受它看过的所有窗口牵引，每个输入受看过它的所有核牵引，偏置受所有位置之和牵引。",
)  # fmt: skip
CONV_TRANSPOSE = row(
    "conv_transpose", "conv_transpose(input, weight, bias, stride, padding, dilation, output_padding, groups)",
    {
        "input": "fitted(conv(g, weight, None, stride, padding, dilation, groups), input.shape)",
        "weight": "conv_weight(input, g, weight.shape, stride, padding, dilation, groups)",
        "bias": "channel_sum(g)",
    },
    together="unconv_backward(g, input, weight, input.shape, weight.shape, stride, padding, dilation, groups, wanted)",
    settings=SETTINGS, node="Convolution", symbol="∗⊤", spelled=("F.conv_transpose1d", "F.conv_transpose2d", "F.conv_transpose3d"),
    samples=(
        ((2, 2, 3, 2), (2, 3, 2, 3), (3,), (1, 1), (0, 0), (1, 1), True, (0, 0), 1),
        ((1, 4, 3, 2), (4, 1, 3, 2), None, (2, 1), (1, 0), (1, 2), True, (1, 0), 2),
    ),
    en="Each value was spread by its kernel, so the gradient comes back as a convolution.", zh="每个值曾按卷积核铺开，因此梯度以卷积的方式收回。",
)  # fmt: skip
IM2COL = row(
    "im2col", "im2col(self, kernel_size, dilation, padding, stride)", {"self": "col2im(g, picture(self.shape), kernel_size, dilation, padding, stride)"},
    settings="kernel_size dilation padding stride", node="Im2Col", symbol="unfold", spelled=("F.unfold",),
    samples=(((1, 2, 3, 4), (2, 3), (1, 1), (0, 1), (1, 2)), ((1, 1, 4, 4), (2, 2), (2, 1), (1, 0), (1, 1))),
    en="What was copied into several columns gets the sum of their gradients.", zh="被复制到多列的值得到这些列梯度之和。",
)  # fmt: skip
COL2IM = row(
    "col2im", "col2im(self, output_size, kernel_size, dilation, padding, stride)", {"self": "im2col(g, kernel_size, dilation, padding, stride)"},
    settings="output_size kernel_size dilation padding stride", node="Col2Im", symbol="fold", spelled=("F.fold",),
    samples=(((1, 12, 4), (3, 4), (2, 3), (1, 1), (0, 1), (1, 2)),),
    en="Each column gets the gradients of the places it was added to.", zh="每一列得到它所加入位置的梯度。",
)  # fmt: skip

WANTED = (
    " * (Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, tuple of ints padding = 0, tuple of ints dilation = 1, "
    'int groups = 1)\n * (Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, str padding = "valid", tuple of ints '
    "dilation = 1, int groups = 1)\n"
)


def pair(value: Any, count: int = 2) -> tuple[int, ...]:
    """One size for every dimension, or as many as were given."""
    if value.__class__ is int:
        return (value,) * count
    row = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    return row * count if len(row) == 1 else row


def _whole(value: Any) -> bool:
    if value.__class__ is int:
        return True
    row = value if isinstance(value, (tuple, list)) else (value,)
    return all(isinstance(each, int) and not isinstance(each, bool) for each in row)


def _expected(name: str, value: Any, count: int) -> tuple[int, ...]:
    sizes = pair(value, count)
    if len(sizes) != count:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {count} values to match the convolution dimensions, but got "
            f"{name}={list(sizes)}"
        )
    return sizes


def _listed(sizes: Sequence[int], sign: str = " x ") -> str:
    return f"({sign.join(map(str, sizes))})"


UNEVEN = "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created"
SIDES = ("depth", "height", "width")
Sizes = tuple[int, ...]
Shapes = tuple[Sizes, Sizes, Sizes | None]


def _shapes(input: Tensor, weight: Tensor, bias: Tensor | None) -> Shapes:
    return input._data.shape, weight._data.shape, None if bias is None else bias._data.shape


def _fits(shapes: Shapes, groups: int, transposed: bool) -> None:
    """Raises RuntimeError in PyTorch's words where channels, groups or bias do not belong together."""
    shape, wide, biases = shapes[0], list(shapes[1]), shapes[2]
    name = f"Given transposed={int(transposed)}" if transposed else f"Given groups={groups}"
    if wide[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size {wide} instead"
        )
    if wide[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size [{wide}] instead"
        )
    channels = wide[0] if transposed else wide[1] * groups
    if shape[1] != channels:
        told = f"[{', '.join(map(str, shape))}]"
        raise RuntimeError(
            f"{name}, weight of size {wide}, expected input{told} to have {channels} channels, but got {shape[1]} channels instead"
        )
    kernels = wide[1] * groups if transposed else wide[0]
    if biases is not None and biases != (kernels,):
        start = f"{name}, weight" if transposed else "Given weight"
        raise RuntimeError(
            f"{start} of size {wide}, expected bias to be 1-dimensional with {kernels} elements, but got bias of size "
            f"{list(biases)} instead"
        )


def _alike(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    if bias is not None and bias._data.dtype != input._data.dtype:
        raise RuntimeError(f"Input type ({input.dtype.cpp}) and bias type ({bias.dtype.cpp}) should be the same")
    if input._data.dtype != weight._data.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.scalar} but found {weight.dtype.scalar}")


def _positive(stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int], groups: int) -> None:
    if min(padding, default=0) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(stride, default=1) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(dilation, default=1) < 0:
        raise RuntimeError("dilation should be greater than zero")
    if 0 in dilation:
        told = list(dilation) if len(dilation) > 1 else [1, *dilation]
        raise RuntimeError(f"dilation should be greater than zero, but got {told}")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")


def _deep(weight: Tensor) -> None:
    if weight._data.ndim < 3:
        raise RuntimeError("weight should have at least three dimensions")


def _multiplied(word: str, input: Tensor) -> None:
    if input._data.dtype.kind == "b":
        raise NotImplementedError(f"\"{word}\" not implemented for 'Bool'")


def _loop(count: int, kernel: Sizes, hop: Sizes, edge: Sizes, step: Sizes) -> str:
    """What PyTorch names where it has no products of a dtype."""
    if count < 3:
        return "slow_conv2d_cpu"
    if max(step) > 1:
        return "slow_conv_dilated<>"
    alone = (kernel, hop, edge) == ((1, 1, 1), (1, 1, 1), (0, 0, 0))
    return "slow_conv3d_cpu" if alone else "compute_columns3d"


def _batched(name: str, input: Tensor, count: int) -> Tensor:
    rank = input._data.ndim
    if rank == count + 2:
        return input
    if rank != count + 1:
        raise RuntimeError(
            f"Expected {count + 1}D (unbatched) or {count + 2}D (batched) input to {name}, but got input of size: {list(input.shape)}"
        )
    batch: Tensor = METHODS["unsqueeze"](input, 0)
    return batch


def _kinds(name: str, input: Any, weight: Any, stride: Any, padding: Any, dilation: Any) -> None:
    """Raises TypeError in PyTorch's words for arguments of other types."""
    named = {"stride": stride, "padding": padding, "dilation": dilation}
    wrong = [
        key for key, value in named.items() if not (_whole(value) or (key == "padding" and isinstance(value, str)))
    ]
    if isinstance(input, Tensor) and isinstance(weight, Tensor) and not wrong:
        return
    given = [type(each).__name__ for each in (input, weight)]
    given += [f"{key}={type(named[key]).__name__}" for key in wrong]
    raise TypeError(
        f"{name}() received an invalid combination of arguments - got ({', '.join(given)}), but expected one of:\n{WANTED}"
    )


def _convolved(
    name: str, count: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: Any, padding: Any, dilation: Any, groups: int
) -> Tensor:  # fmt: skip
    _kinds(name, input, weight, stride, padding, dilation)
    batch = _batched(name, input, count)
    if isinstance(padding, str) and padding not in ("same", "valid"):
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    _deep(weight)
    hop, step = (
        _expected("stride", stride, weight._data.ndim - 2),
        _expected("dilation", dilation, weight._data.ndim - 2),
    )
    if weight._data.ndim != count + 2 and padding == "same":
        rank = weight._data.ndim
        raise RuntimeError(
            f"Expected {rank}-dimensional input for {rank}-dimensional weight{list(weight.shape)}, but got {input._data.ndim}-dimensional "
            f"input of size {list(input.shape)} instead"
        )
    if weight._data.ndim > count + 2:
        rank = weight._data.ndim
        raise RuntimeError(
            f"Expected {rank}-dimensional input for {rank}-dimensional weight {list(weight.shape)}, but got {input._data.ndim}-dimensional "
            f"input of size {list(input.shape)} instead"
        )
    if weight._data.ndim != count + 2:
        few, sizes = weight._data.ndim - 2, list(pair(stride, count))
        raise RuntimeError(
            f"expected stride to be a single integer value or a list of {few} values to match the convolution dimensions, but got "
            f"stride={sizes}"
        )
    kernel = weight._data.shape[2:]
    if padding == "same":
        if any(each != 1 for each in hop):
            raise RuntimeError("padding='same' is not supported for strided convolutions")
        batch, edge = _same(batch, kernel, step)
    else:
        edge = (0,) * count if padding == "valid" else _expected("padding", padding, count)
    _sound(_shapes(batch, weight, bias), hop, edge, step, groups)
    _alike(batch, weight, bias)
    _multiplied(_loop(count, kernel, hop, edge, step), batch)
    result: Tensor = apply(CONVOLUTION, (batch, weight, bias), (hop, edge, step, False, (0,) * count, groups))
    return result if batch._data.ndim == input._data.ndim else METHODS["squeeze"](result, 0)


@functools.lru_cache(maxsize=256)
def _sound(shapes: Shapes, hop: Sizes, edge: Sizes, step: Sizes, groups: int) -> None:
    """Raises RuntimeError in PyTorch's words where these make no convolution; looked at once, for calls repeat themselves."""
    _positive(hop, edge, step, groups)
    _fits(shapes, groups, False)
    kernel = shapes[1][2:]
    if 0 in kernel:
        if len(kernel) == 3:
            raise RuntimeError(
                f"kernel size should be greater than zero, but got: {' x '.join(map(str, kernel))} (TxHxW)"
            )
        told = " ".join(f"kernel_{side}: {each}" for side, each in zip(("height", "width"), kernel, strict=False))
        raise RuntimeError(f"kernel size should be greater than zero, but got {told}")
    size = [each + 2 * side for each, side in zip(shapes[0][2:], edge, strict=True)]
    wide = [each_step * (each - 1) + 1 for each, each_step in zip(kernel, step, strict=True)]
    if min(map(operator.sub, size, wide)) < 0:
        raise RuntimeError(
            f"Calculated padded input size per channel: {_listed(size)}. Kernel size: {_listed(wide)}. Kernel size can't be greater "
            "than actual input size"
        )


def _same(input: Tensor, kernel: Sequence[int], dilation: Sequence[int]) -> tuple[Tensor, tuple[int, ...]]:
    """The padding that keeps the size; where it is uneven, the input padded by one more at the end, as PyTorch does."""
    whole = [step * (wide - 1) for wide, step in zip(kernel, dilation, strict=True)]
    if any(each % 2 for each in whole):
        warnings.warn(UNEVEN, UserWarning, stacklevel=2)
        more = [side for each in reversed(whole) for side in (0, each % 2)]
        input = FUNCTIONS["nn.functional.pad"](input, more)
    return input, tuple(each // 2 for each in whole)


def _transposed(
    name: str, count: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: Any, padding: Any, output_padding: Any,
    groups: int, dilation: Any,
) -> Tensor:  # fmt: skip
    for place, (key, value) in enumerate((("input", input), ("weight", weight)), 1):
        if not isinstance(value, Tensor):
            raise argument(name, key, place, value)
    for key, value in (
        ("stride", stride),
        ("padding", padding),
        ("output_padding", output_padding),
        ("dilation", dilation),
    ):
        if not _whole(value):
            raise TypeError(f"{name}(): argument '{key}' must be tuple of ints, not {type(value).__name__}")
    batch = _batched(name, input, count)
    _deep(weight)
    hop, edge, step, extra = (
        _expected(key, value, count)
        for key, value in (
            ("stride", stride),
            ("padding", padding),
            ("dilation", dilation),
            ("output_padding", output_padding),
        )
    )
    _positive(hop, edge, step, groups)
    _fits(_shapes(batch, weight, bias), groups, True)
    if any(more >= max(one, two) for more, one, two in zip(extra, hop, step, strict=True)):
        told = " ".join(
            f"{key}_{side}: {each}"
            for key, sizes, row in (("output_padding", extra, 0), ("stride", hop, 1), ("dilation", step, 1))
            for side, each in zip(SIDES[-max(count, 2) :], sizes if count > 1 else (row, *sizes), strict=True)
        )
        raise RuntimeError(f"output padding must be smaller than either stride or dilation, but got {told}")
    size = batch._data.shape[2:]
    out = unwound(size, weight._data.shape[2:], hop, edge, step, extra)
    if any(each < 1 for each in out):
        raise RuntimeError(
            f"Given input size per channel: {_listed(size)}. Calculated output size per channel: {_listed(out)}. Output size is too small"
        )
    _alike(batch, weight, bias)
    if count == 3 and 0 in weight._data.shape:
        raise RuntimeError(
            "non-empty 5D (n_output_plane x n_input_plane x kernel_depth x kernel_height x kernel_width) tensor expected for weight, but "
            f"got: {list(weight.shape)}"
        )
    _multiplied(f"slow_conv_transpose{max(count, 2)}d_out_cpu", batch)
    result: Tensor = apply(CONV_TRANSPOSE, (batch, weight, bias), (hop, edge, step, True, extra, groups))
    return result if batch._data.ndim == input._data.ndim else METHODS["squeeze"](result, 0)


@spelled("torch.nn.functional.conv1d", "torch.conv1d")
def conv1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    return _convolved("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@spelled("torch.nn.functional.conv2d", "torch.conv2d")
def conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    return _convolved("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@spelled("torch.nn.functional.conv3d", "torch.conv3d")
def conv3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    return _convolved("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


@spelled("torch.nn.functional.conv_transpose1d", "torch.conv_transpose1d")
def conv_transpose1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
    groups: int = 1, dilation: Any = 1,
) -> Tensor:  # fmt: skip
    return _transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@spelled("torch.nn.functional.conv_transpose2d", "torch.conv_transpose2d")
def conv_transpose2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
    groups: int = 1, dilation: Any = 1,
) -> Tensor:  # fmt: skip
    return _transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@spelled("torch.nn.functional.conv_transpose3d", "torch.conv_transpose3d")
def conv_transpose3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
    groups: int = 1, dilation: Any = 1,
) -> Tensor:  # fmt: skip
    return _transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


@spelled("torch.nn.functional.unfold")
def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of pictures as columns; one picture alone gives one table. Raises RuntimeError where no window fits."""
    if input._data.ndim not in (3, 4):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: "
            f"{list(input.shape)}"
        )
    kernel, step, edge, hop = (pair(each) for each in (kernel_size, dilation, padding, stride))
    _windowed(kernel, hop, step, edge)
    size = input._data.shape[-2:]
    out = windows(size, kernel, hop, edge, step)
    if min(out) < 1:
        raise RuntimeError(
            f"Given input with spatial size {_listed(size, ', ')}, kernel_size={kernel}, dilation={step}, padding={edge}, calculated "
            f"shape of the array of sliding blocks as {_listed(out, ', ')}, but its components must be at least one."
        )
    result: Tensor = apply(IM2COL, (input,), (kernel, step, edge, hop))
    return result


def _windowed(kernel: tuple[int, ...], hop: tuple[int, ...], step: tuple[int, ...], edge: tuple[int, ...]) -> None:
    for name, key, sizes in (
        ("kernel size", "kernel", kernel),
        ("stride", "stride", hop),
        ("dilation", "dilation", step),
    ):
        if min(sizes) <= 0:
            raise RuntimeError(
                f"{name} should be greater than zero, but got {key}_height: {sizes[0]} {key}_width: {sizes[1]}"
            )
    if min(edge) < 0:
        raise RuntimeError(f"padding should be non-negative, but got pad_height: {edge[0]} pad_width: {edge[1]}")


@spelled("torch.nn.functional.fold")
def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Pictures into which columns of windows are added. Raises RuntimeError where their number does not fit."""
    size, kernel, step, edge, hop = (pair(each) for each in (output_size, kernel_size, dilation, padding, stride))
    for name, sizes in (
        ("output_size", size),
        ("kernel_size", kernel),
        ("dilation", step),
        ("padding", edge),
        ("stride", hop),
    ):
        if len(sizes) != 2:
            raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(sizes)}")
    _windowed(kernel, hop, step, edge)
    if input._data.ndim not in (2, 3) or not all(input._data.shape[input._data.ndim - 2 :]):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: "
            f"{list(input.shape)}"
        )
    if input._data.dtype.kind not in "fb":
        raise NotImplementedError(f"\"col2im_out_cpu\" not implemented for '{input.dtype.scalar}'")
    deep, count = input._data.shape[-2:]
    if deep % (kernel[0] * kernel[1]):
        raise RuntimeError(
            f"Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)={deep} and "
            f"kernel_size={kernel}."
        )
    high, wide = windows(size, kernel, hop, edge, step)
    if high * wide != count:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={step}, padding={edge}, stride={hop}, expected size of input's "
            f"dimension 2 to match the calculated number of sliding blocks {high} * {wide} = {high * wide}, but got "
            f"input.size(2)={count}."
        )
    result: Tensor = apply(COL2IM, (input,), (size, kernel, step, edge, hop))
    return result


internal("im2col", IM2COL, 1)
internal("col2im", COL2IM, 1)


@spelled("internal.conv")
def conv(
    input: Tensor, weight: Tensor, bias: None, stride: tuple[int, ...], padding: tuple[int, ...], dilation: tuple[int, ...], groups: int
) -> Tensor:  # fmt: skip
    result: Tensor = apply(
        CONVOLUTION, (input, weight, bias), (stride, padding, dilation, False, (0,) * len(stride), groups)
    )
    return result
