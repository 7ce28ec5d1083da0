"""Unpooling: the greatest of every window back at its place in a picture of zeros."""

from __future__ import annotations

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


def _size(input: Tensor, kernel: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...], wanted: Any) -> tuple[int, ...]:  # fmt: skip
    """The sizes that pooling began with: those that are wanted, if windows of these make of them what there is. Raises ValueError if not."""
    count = len(kernel)
    usual = tuple(
        (own - 1) * hop + wide - 2 * edge
        for own, wide, hop, edge in zip(input._data.shape[-count:], kernel, stride, padding, strict=True)
    )
    if wanted is None:
        return usual
    given = wanted[2:] if len(wanted) == count + 2 else wanted
    if len(given) != count:
        raise ValueError(
            f"output_size should be a sequence containing {count} or {count + 2} elements, but it has a length of '{len(wanted)}'"
        )
    for dim, (each, size, hop) in enumerate(zip(usual, given, stride, strict=True)):
        if not each - hop < size < each + hop:
            raise ValueError(f'invalid output_size "{given}" (dim {dim} must be between {each - hop} and {each + hop})')
    return tuple(given)


def _unpooled(input: Tensor, indices: Tensor, size: tuple[int, ...]) -> Tensor:
    shape = input._data.shape
    if indices._data.dtype != np.int64:
        raise RuntimeError(f"elements in indices should be type int64 but got: {indices.dtype.scalar}")
    if len(shape) not in (3, 4):
        raise RuntimeError(
            f"Input to max_unpooling2d should be a 3d or 4d Tensor, but got a tensor with {len(shape)} dimensions."
        )
    if indices._data.shape != shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(shape)}) but got indices tensor with shape: "
            f"{list(indices.shape)}"
        )
    for dim in range(len(shape) - 3, len(shape)):
        if not shape[dim]:
            raise RuntimeError(
                f"max_unpooling2d(): Expected input to have non-zero size for non-batch dimensions, but got {list(shape)} with dimension "
                f"{dim} being empty."
            )
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"\"max_unpool2d\" not implemented for '{input.dtype.scalar}'")
    outside = indices._data[(indices._data < 0) | (indices._data >= size[0] * size[1])]
    if outside.size:
        raise RuntimeError(
            f"Found an invalid max index: {int(outside[-1])} (output volumes are of size {size[0]}x{size[1]})"
        )
    result: Tensor = apply(UNPOOL, (input, indices), (size,))
    return result


@spelled("torch.nn.functional.max_unpool2d")
def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Pictures of zeros with every value at the place that max_pool2d found it. Raises ValueError for sizes that do not fit, RuntimeError for such places."""
    kernel = pair(kernel_size, 2)
    hop = kernel if stride is None else pair(stride, 2)
    return _unpooled(input, indices, _size(input, kernel, hop, pair(padding, 2), output_size))


@spelled("torch.nn.functional.max_unpool1d")
def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Lines of zeros with every value at the place that max_pool1d found it. Raises ValueError for sizes that do not fit, RuntimeError for such places."""
    kernel = pair(kernel_size, 1)
    hop = kernel if stride is None else pair(stride, 1)
    size = _size(input, kernel, hop, pair(padding, 1), output_size)
    wide = METHODS["unsqueeze"]
    result: Tensor = METHODS["squeeze"](_unpooled(wide(input, -1), wide(indices, -1), (*size, 1)), -1)
    return result
