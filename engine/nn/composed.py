"""Functions of `torch.nn.functional` composed of others; a row of the same name in the op table goes first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.ops import FUNCTIONS, METHODS
from engine.tensor import Tensor


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """The input over the root of its mean square over the last dimensions. Raises RuntimeError where their sizes differ."""
    dims = _last("rms_norm", input, normalized_shape)
    least = float(np.finfo(input._data.dtype).eps) if eps is None else eps
    square = METHODS["mean"](METHODS["mul"](input, input), dims, keepdim=True)
    return _scaled(METHODS["mul"](input, METHODS["rsqrt"](METHODS["add"](square, least))), weight, None)


def _last(name: str, input: Tensor, normalized_shape: Sequence[int]) -> tuple[int, ...]:
    wanted = list(normalized_shape)
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []"
        )
    if list(input.shape[-len(wanted) :]) != wanted:
        star = "".join(f", {size}" for size in wanted)
        raise RuntimeError(
            f"Given normalized_shape={wanted}, expected input with shape [*{star}], but got input of size{list(input.shape)}"
        )
    return tuple(range(-len(wanted), 0))


def _scaled(result: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    if weight is not None:
        result = METHODS["mul"](result, weight)
    if bias is not None:
        result = METHODS["add"](result, bias)
    return result


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """The input over its norm along `dim`, or over `eps` where that is larger."""
    length = METHODS["clamp_min"](METHODS["norm"](input, p, dim, keepdim=True), eps)
    result: Tensor = METHODS["div"](input, METHODS["expand_as"](length, input))
    return result


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0, is_causal: bool = False,
    *, scale: float | None = None,
) -> Tensor:  # fmt: skip
    """The values averaged by how well each key answers each query. Raises RuntimeError for a mask beside `is_causal`."""
    size = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = METHODS["mul"](METHODS["matmul"](query, METHODS["transpose"](key, -2, -1)), size)
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        attn_mask = FUNCTIONS["tensor"](np.tril(np.ones(scores.shape[-2:], bool)))
    if attn_mask is not None and attn_mask._data.dtype == np.bool_:
        scores = METHODS["masked_fill"](
            scores,
            FUNCTIONS["logical_not"](attn_mask),
            -math.inf,
        )
    elif attn_mask is not None:
        scores = METHODS["add"](scores, attn_mask)
    weights = METHODS["softmax"](scores, -1)
    if dropout_p:
        weights = FUNCTIONS["nn.functional.dropout"](weights, dropout_p)
    result: Tensor = METHODS["matmul"](weights, value)
    return result


COMPOSED: dict[str, Callable[..., Any]] = {
    f"nn.functional.{function.__name__}": function
    for function in (rms_norm, normalize, scaled_dot_product_attention)
    if f"nn.functional.{function.__name__}" not in FUNCTIONS
}
