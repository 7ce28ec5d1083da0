"""Functions of `torch.nn.functional` composed of others; a row of the same name in the op table goes first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import dtypes
from engine.application import apply
from engine.ops import FUNCTIONS, METHODS
from engine.ops.convolution import pair
from engine.ops.margins import ADD_NUMBER
from engine.tensor import Tensor


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """The input over the root of its mean square over the last dimensions. Raises RuntimeError where their sizes differ."""
    wanted = tuple(normalized_shape)
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []"
        )
    if input._data.ndim < len(wanted):
        raise ValueError(f"Input tensor must have at least {len(wanted)} dimensions, but got {input._data.ndim}")
    if weight is not None and weight._data.shape != wanted:
        raise RuntimeError(
            f"Expected weight to be of same shape as normalized_shape, but got weight of shape {list(weight.shape)} and normalized_shape = "
            f"{list(wanted)}"
        )
    if input._data.shape[-len(wanted) :] != wanted:
        raise RuntimeError(
            f"Given normalized_shape={list(wanted)}, expected input with shape [*{', '.join(map(str, wanted))}], but got input of "
            f"size{list(input.shape)}"
        )
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"\"rms_norm\" not implemented for '{input.dtype.scalar}'")
    m, wide = METHODS, input.dtype
    if wide is dtypes.float16:
        input = m["to"](input, dtypes.float32)
    least = float(np.finfo(input._data.dtype).eps) if eps is None else eps
    square = m["mean"](m["pow"](input, 2), tuple(range(-len(wanted), 0)), keepdim=True)
    result: Tensor = m["mul"](input, m["rsqrt"](apply(ADD_NUMBER, (square,), (least,))))
    if weight is not None:
        result = m["mul"](result, weight)
    return m["contiguous"](result if result.dtype is wide else m["to"](result, wide))  # type: ignore[no-any-return]


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """The input over its norm along `dim`, or over `eps` where that is larger."""
    length = METHODS["clamp_min"](METHODS["norm"](input, p, dim, keepdim=True), eps)
    result: Tensor = METHODS["div"](input, METHODS["expand_as"](length, input))
    return result


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """The input over a power of the squares of `size` channels around each. Raises ValueError for fewer than three dimensions."""
    m, pad, shape = METHODS, FUNCTIONS["nn.functional.pad"], input._data.shape
    if len(shape) < 3:
        raise ValueError(f"Expected 3D or higher dimensionality {' ' * 25}input (got {len(shape)} dimensions)")
    if not input._data.size:
        return input
    around, squares = (size // 2, (size - 1) // 2), m["mul"](input, input)
    if len(shape) == 3:
        squares = pad(m["unsqueeze"](squares, 1), (0, 0, *around))
        squares = m["squeeze"](FUNCTIONS["nn.functional.avg_pool2d"](squares, (size, 1), 1), 1)
    else:
        squares = pad(m["view"](squares, shape[0], 1, shape[1], shape[2], -1), (0, 0, 0, 0, *around))
        squares = m["squeeze"](FUNCTIONS["nn.functional.avg_pool3d"](squares, (size, 1, 1), 1), 1)
        squares = m["view"](squares, shape)
    weighed = m["pow"](m["add"](m["mul"](squares, alpha), k), beta)
    return m["div"](input, weighed)  # type: ignore[no-any-return]


def _lp_pool(count: int) -> Callable[..., Tensor]:
    def front(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
        m, kernel = METHODS, pair(kernel_size, count)
        told = len(kernel_size) if isinstance(kernel_size, (tuple, list)) else count
        if count > 1 and told != count:
            few = f"not enough values to unpack (expected {count}, got {told})"
            raise ValueError(few if told < count else f"too many values to unpack (expected {count})")
        powers = m["pow"](input, norm_type)
        mean = FUNCTIONS[f"nn.functional.avg_pool{count}d"](powers, kernel_size, stride, 0, ceil_mode)
        positive = m["mul"](m["sign"](mean), m["relu"](m["abs"](mean)))
        return m["pow"](m["mul"](positive, math.prod(kernel)), 1.0 / norm_type)  # type: ignore[no-any-return]

    front.__name__ = front.__qualname__ = f"lp_pool{count}d"
    return front


_FUNCTIONS: tuple[Callable[..., Any], ...] = (rms_norm, normalize, local_response_norm, *map(_lp_pool, (1, 2, 3)))
COMPOSED: dict[str, Callable[..., Any]] = {
    f"nn.functional.{function.__name__}": function
    for function in _FUNCTIONS
    if f"nn.functional.{function.__name__}" not in FUNCTIONS
}
