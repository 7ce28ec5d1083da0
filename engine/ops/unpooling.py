"""Unpooling: the greatest of every window back at its place among zeros."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.application import apply
from engine.ops.convolution import pair
from engine.ops.table import METHODS, row, spelled
from engine.tensor import Tensor

UNPOOL = row(
    "max_unpool2d", "unpool(self, indices, output_size)", {"self": "pool_take(g, indices)"}, inputs="self indices", settings="output_size", node="MaxUnpool2D",
    symbol="unpool", spelled=("F.max_unpool1d", "F.max_unpool2d"), samples=(((1, 2, 2), [[[0, 3], [9, 6]]], (4, 4)),),
    en="Each value receives the gradient of the place where it was put.", zh="每个值得到它被放到的位置上的梯度。",
)  # fmt: skip
BODY = row(
    "max_unpool3d", UNPOOL.forward, {"self": "pool_take(g, indices, 3)"}, inputs="self indices", settings="output_size", node="MaxUnpool3D",
    symbol="unpool", spelled=("F.max_unpool3d",), samples=(((1, 1, 2, 2), [[[[0, 3], [9, 6]]]], (1, 4, 4)),), en=UNPOOL.note["en"], zh=UNPOOL.note["zh-CN"],
)  # fmt: skip


def _size(count: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, wanted: Any) -> tuple[int, ...]:
    """The `count` sizes that pooling began with: those that are wanted, if windows of these make of them what there is. Raises ValueError if not."""
    kernel, hops = pair(kernel_size, count), pair(kernel_size if stride is None else stride, count)
    edges = pair(padding, count)
    usual = tuple(
        (own - 1) * hop + wide - 2 * edge
        for own, wide, hop, edge in zip(input._data.shape[-count:], kernel, hops, edges, strict=True)
    )
    if wanted is None:
        return usual
    given = wanted[2:] if len(wanted) == count + 2 else wanted
    if len(given) != count:
        raise ValueError(
            f"output_size should be a sequence containing {count} or {count + 2} elements, but it has a length of '{len(wanted)}'"
        )
    for dim, (each, size, hop) in enumerate(zip(usual, given, hops, strict=True)):
        if not each - hop < size < each + hop:
            raise ValueError(f'invalid output_size "{given}" (dim {dim} must be between {each - hop} and {each + hop})')
    return tuple(given)


def _unpooled(input: Tensor, indices: Tensor, size: tuple[int, ...]) -> Tensor:
    shape, count = input._data.shape, len(size)
    if indices._data.dtype != np.int64:
        told = f" but got: {indices.dtype.scalar}" if count == 2 else ""
        raise RuntimeError(f"elements in indices should be type int64{told}")
    if len(shape) not in (count + 1, count + 2):
        raise RuntimeError(
            f"Input to max_unpooling{count}d should be a {count + 1}d or {count + 2}d Tensor, but got a tensor with {len(shape)} dimensions."
        )
    if indices._data.shape != shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(shape)}) but got indices tensor with shape: "
            f"{list(indices.shape)}"
        )
    for dim in range(len(shape) - count - 1, len(shape)):
        if not shape[dim]:
            name = "max_unpooling2d" if count == 2 else "max_unpooling3d_forward_out_cpu"
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but got {list(shape)} with dimension "
                f"{dim} being empty."
            )
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"\"max_unpool{count}d\" not implemented for '{input.dtype.scalar}'")
    outside = indices._data[(indices._data < 0) | (indices._data >= math.prod(size))]
    if outside.size:
        volume = "x".join(map(str, size))
        raise RuntimeError(f"Found an invalid max index: {int(outside[-1])} (output volumes are of size {volume})")
    result: Tensor = apply(BODY if count == 3 else UNPOOL, (input, indices), (size,))
    return result


@spelled("torch.nn.functional.max_unpool2d")
def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Pictures of zeros with every value at the place that max_pool2d found it. Raises ValueError for sizes that do not fit, RuntimeError for such places."""
    return _unpooled(input, indices, _size(2, input, kernel_size, stride, padding, output_size))


@spelled("torch.nn.functional.max_unpool3d")
def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Bodies of zeros with every value at the place that max_pool3d found it. Raises ValueError for sizes that do not fit, RuntimeError for such places."""
    size = _size(3, input, kernel_size, stride, padding, output_size)
    hops = pair(kernel_size if stride is None else stride, 3)
    if min(hops) <= 0:
        raise RuntimeError(f"strides should be greater than zero, but got stride: {list(hops)}")
    return _unpooled(input, indices, size)


@spelled("torch.nn.functional.max_unpool1d")
def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Lines of zeros with every value at the place that max_pool1d found it. Raises ValueError for sizes that do not fit, RuntimeError for such places."""
    size = _size(1, input, kernel_size, stride, padding, output_size)
    wide = METHODS["unsqueeze"]
    result: Tensor = METHODS["squeeze"](_unpooled(wide(input, -1), wide(indices, -1), (*size, 1)), -1)
    return result
