"""Functions of `torch.nn.functional` composed of others; a row of the same name in the op table goes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import dtypes
from engine.application import apply
from engine.ops import FUNCTIONS, METHODS
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


COMPOSED: dict[str, Callable[..., Any]] = {
    f"nn.functional.{function.__name__}": function
    for function in (rms_norm, normalize)
    if f"nn.functional.{function.__name__}" not in FUNCTIONS
}
