"""Functions of `torch.nn.functional` composed of others; a row of the same name in the op table goes first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import grad_mode
from engine.ops import FUNCTIONS, METHODS
from engine.ops.inplace import write
from engine.tensor import Tensor


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """The input less its mean over the last dimensions, over its spread there. Raises RuntimeError where their sizes differ."""
    dims = _last("layer_norm", input, normalized_shape)
    centred = METHODS["sub"](input, METHODS["mean"](input, dims, keepdim=True))
    spread = METHODS["mean"](METHODS["mul"](centred, centred), dims, keepdim=True)
    return _scaled(METHODS["mul"](centred, METHODS["rsqrt"](METHODS["add"](spread, eps))), weight, bias)


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


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel less its mean, over its spread: of this batch while training, else of those that ran before.

    Raises ValueError while training on one value per channel, RuntimeError for statistics of another number of channels.
    """
    shape = input.shape
    channels = shape[1]
    if training and input.numel() == channels:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {shape}")
    for name, known in (
        ("running_mean", running_mean),
        ("running_var", running_var),
        ("weight", weight),
        ("bias", bias),
    ):
        if known is not None and known.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {known.numel()}")
    across = tuple(place for place in range(input.ndim) if place != 1)

    def lined(row: Tensor) -> Tensor:
        result: Tensor = METHODS["view"](row, 1, -1, *(1 for _ in across[1:]))
        return result

    if training:
        mean = METHODS["mean"](input, across, keepdim=True)
        centred = METHODS["sub"](input, mean)
        variance = METHODS["mean"](METHODS["mul"](centred, centred), across, keepdim=True)
        if running_mean is not None and running_var is not None:
            count = input.numel() // channels
            with grad_mode.no_grad():
                _blend(running_mean, mean._data.reshape(-1), momentum)
                _blend(running_var, variance._data.reshape(-1) * (count / max(count - 1, 1)), momentum)
    elif running_mean is None or running_var is None:
        raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
    else:
        centred = METHODS["sub"](input, lined(running_mean))
        variance = lined(running_var)
    result = METHODS["mul"](centred, METHODS["rsqrt"](METHODS["add"](variance, eps)))
    return _scaled(result, None if weight is None else lined(weight), None if bias is None else lined(bias))


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Groups of channels of each sample less their mean, over their spread. Raises RuntimeError where sizes do not fit."""
    shape = input.shape
    channels = shape[1]
    if channels % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape {list(shape)} and "
            f"num_groups={num_groups}"
        )
    for name, known in (("weight", weight), ("bias", bias)):
        if known is not None and known.numel() != channels:
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape "
                f"{list(known.shape)} and input of shape {list(shape)}"
            )
    groups = METHODS["reshape"](input, shape[0], num_groups, -1)
    centred = METHODS["sub"](groups, METHODS["mean"](groups, -1, keepdim=True))
    spread = METHODS["mean"](METHODS["mul"](centred, centred), -1, keepdim=True)
    result = METHODS["reshape"](METHODS["mul"](centred, METHODS["rsqrt"](METHODS["add"](spread, eps))), *shape)
    line = (1, -1, *(1 for _ in shape[2:]))
    return _scaled(
        result,
        None if weight is None else METHODS["view"](weight, *line),
        None if bias is None else METHODS["view"](bias, *line),
    )


def _blend(kept: Tensor, new: Any, share: float) -> None:
    kind = kept._data.dtype.type
    write(kept, (kind(1 - share) * kept._data + kind(share) * new).astype(kind), "batch_norm")


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
    for function in (layer_norm, rms_norm, batch_norm, group_norm, normalize, scaled_dot_product_attention)
    if f"nn.functional.{function.__name__}" not in FUNCTIONS
}
