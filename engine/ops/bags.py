"""Rows of a table looked up and put together bag by bag."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from engine import dtypes, grad_mode
from engine.application import apply
from engine.ops.embedding import shorten
from engine.ops.table import METHODS, internal, row, spelled
from engine.tensor import Tensor

HOW = "mode, padding_idx, scale_grad_by_freq"
GIVEN = "weight, indices, offsets, per_sample_weights"
INDEX, STARTS = [0, 3, 0, 1], [0, 3]
EMBEDDING_BAG = row(
    "embedding_bag", f"bagged({GIVEN}, {HOW})",
    {"weight": f"bagged_back(g, {GIVEN}, {HOW})", "per_sample_weights": "bagged_share(g, weight, indices, offsets, padding_idx)"},
    inputs=GIVEN.replace(",", ""), settings=HOW.replace(",", ""), symbol="bag", spelled=("F.embedding_bag",),
    samples=(
        ((4, 2), INDEX, STARTS, None, "mean", None, False), ((4, 2), INDEX, STARTS, (4,), "sum", 3, False), ((4, 2), INDEX, STARTS, None, "max", None, False),
        ((4, 2), INDEX, STARTS, None, "max", 1, False),
    ),
    en="Each row of the table receives the gradients of its bags: all of a sum, its part of a mean, of a maximum where it was chosen.",
    zh="表的每一行得到其所在各袋的梯度：求和时为全部，平均时为其份额，取最大时仅在被选中处。",
)  # fmt: skip
BAG_BACKWARD = row(
    "embedding_bag_backward", f"bagged_back(g_, {GIVEN}, {HOW})",
    dict.fromkeys(("g_", "per_sample_weights"), 'underivable(g, "_embedding_bag_backward")'), inputs=f"g_ {GIVEN.replace(',', '')}",
    settings=HOW.replace(",", ""), node="EmbeddingBagBackwardBackward0!", symbol="bag′", samples=(((2, 2), [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0]], INDEX, STARTS, (4,), "sum", None, False),),
    en="PyTorch does not differentiate this a second time.", zh="PyTorch 不再对它求导。",
)  # fmt: skip
SHARE_BACKWARD = row(
    "embedding_bag_share", "bagged_share(g_, weight, indices, offsets, padding_idx)",
    dict.fromkeys(("g_", "weight"), 'underivable(g, "aten::_embedding_bag_per_sample_weights_backward")'), inputs="g_ weight indices offsets",
    settings="padding_idx", node="torch::autograd::NotImplemented!", symbol="bag′", samples=(((2, 2), (4, 2), INDEX, STARTS, None),),
    en="PyTorch does not differentiate this a second time.", zh="PyTorch 不再对它求导。",
)  # fmt: skip
internal("bagged_back", BAG_BACKWARD, 5)
internal("bagged_share", SHARE_BACKWARD, 4)
SWAPPED = (
    "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is deprecated, and should now be "
    "`embedding_bag(input, weight, ...)`."
)
INDICES = (
    "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got {} instead (while checking arguments "
    "for embedding_bag)"
)


def _parted(input: Tensor, weight: Tensor, offsets: Any, shares: Any) -> tuple[Tensor, Any, Any]:
    """The numbers in one row, where their bags begin, and their shares. Raises ValueError for shapes that PyTorch does not take."""
    if not isinstance(input, Tensor):
        raise AttributeError(f"'{type(input).__name__}' object has no attribute 'dim'")
    if shares is not None and input._data.shape != shares._data.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({shares.shape}) is not None, then it must have the same shape as the input ({input.shape})"
        )
    if weight._data.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight._data.ndim}")
    flat = METHODS["reshape"]
    if input._data.ndim == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found "
                f"offsets of type {type(offsets)}".replace("engine.tensor.Tensor", "torch.Tensor")
            )
        count, width = input._data.shape
        if not width:
            raise RuntimeError("step must be nonzero")
        starts = Tensor(np.arange(0, count * width, width, dtype=np.int64))
        return flat(input, -1), starts, None if shares is None else flat(shares, -1)
    if input._data.ndim != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input._data.ndim}")
    if offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if not isinstance(offsets, Tensor):
        raise AttributeError(f"'{type(offsets).__name__}' object has no attribute 'dim'")
    if offsets._data.ndim != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    return input, offsets, shares


def _fits(input: Tensor, weight: Tensor, offsets: Tensor, shares: Any, padding_idx: Any) -> int | None:
    """The padding's row, counted from the first. Raises RuntimeError in PyTorch's words for numbers and dtypes that do not fit."""
    rows, count = len(weight._data), input._data.size
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise RuntimeError(
                f"padding_idx must be within the number of embeddings, {-rows} through {rows - 1}, but got {padding_idx}"
            )
        padding_idx %= rows
    for each in (input, offsets):
        if each.dtype.name not in ("int64", "int32"):
            raise RuntimeError(INDICES.format(each.dtype.legacy))
    if weight._data.dtype.kind != "f":
        kind = "CPUBoolType" if weight.dtype is dtypes.bool_ else weight.dtype.legacy
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have one of the following scalar types: Half, BFloat16, Float, Double; but got "
            f"{kind} instead (while checking arguments for embedding_bag)"
        )
    starts = offsets._data
    if starts.size and starts[0]:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got "
            f"{starts[0]}\n[ {offsets.dtype.legacy}{{}} ]"
        )
    if starts.size and starts[-1] > count:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {count} but got offsets[-1] of {starts[-1]}"
        )
    if np.any(np.diff(starts) < 0):
        raise RuntimeError("Expected offsets not to go down: each bag begins where the one before it ends.")
    beyond = np.flatnonzero((input._data < 0) | (input._data >= rows))
    if beyond.size:
        raise RuntimeError(
            f"Index {beyond[0]} of input takes value {input._data[beyond[0]]} which is not in the valid range [0, {rows})"
        )
    if shares is not None and shares._data.dtype != weight._data.dtype:
        raise RuntimeError(
            f"Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 'per_sample_weights'; but type "
            f"{weight.dtype.legacy} does not equal {shares.dtype.legacy} (while checking arguments for embedding_bag)"
        )
    return padding_idx  # type: ignore[no-any-return]


@spelled("torch.nn.functional.embedding_bag")
def embedding_bag(
    input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None, norm_type: float = 2, scale_grad_by_freq: bool = False,
    mode: str = "mean", sparse: bool = False, per_sample_weights: Tensor | None = None, include_last_offset: bool = False, padding_idx: int | None = None,
) -> Tensor:  # fmt: skip
    """For each bag of numbers the sum, mean or maximum of these rows of the table: (bags, width). All gradients are dense, `sparse` or not.

    Raises ValueError, RuntimeError and NotImplementedError in PyTorch's words for what does not fit.
    """
    if not isinstance(weight, Tensor):
        raise AttributeError(f"'{type(weight).__name__}' object has no attribute 'dtype'")
    if weight.dtype is dtypes.int64 and input._data.dtype.kind == "f":
        warnings.warn(SWAPPED, UserWarning, stacklevel=2)
        input, weight = weight, input
    input, starts, shares = _parted(input, weight, offsets, per_sample_weights)
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if shares is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'). Please open a feature request on GitHub."
        )
    padding_idx = _fits(input, weight, starts, shares, padding_idx)
    if max_norm is not None:
        with grad_mode.no_grad():
            shorten(weight, input, max_norm, norm_type)
    if include_last_offset and offsets is not None:
        starts = METHODS["__getitem__"](starts, slice(None, -1))
    result: Tensor = apply(EMBEDDING_BAG, (weight, input, starts, shares), (mode, padding_idx, scale_grad_by_freq))
    return result
