"""The named functions that formulas call, on arrays, by family; `DEFINITIONS` are formulas themselves and so hold for Tensors as they stand."""

from __future__ import annotations

from typing import Any

from engine import memory
from engine.kernels import (
    alignment,
    attention,
    bags,
    convolution,
    distances,
    elementwise,
    elimination,
    folding,
    indexing,
    loss,
    matrices,
    normalization,
    padding,
    pathwise,
    pooling,
    products,
    ranks,
    reduction,
    resampling,
    rivals,
    sampling,
    scatter,
    shape,
    special,
    windows,
)
from engine.kernels.definitions import DEFINITIONS
from engine.notation import CONSTANTS, Formula

FAMILIES: tuple[dict[str, Any], ...] = (
    elementwise.KERNELS,
    reduction.KERNELS,
    products.KERNELS,
    shape.KERNELS,
    indexing.KERNELS,
    loss.KERNELS,
    convolution.KERNELS,
    pooling.KERNELS,
    normalization.KERNELS,
    scatter.KERNELS,
    padding.KERNELS,
    special.KERNELS,
    memory.KERNELS,
    windows.KERNELS,
    ranks.KERNELS,
    folding.KERNELS,
    matrices.KERNELS,
    elimination.KERNELS,
    alignment.KERNELS,
    attention.KERNELS,
    bags.KERNELS,
    distances.KERNELS,
    resampling.KERNELS,
    pathwise.KERNELS,
    sampling.KERNELS,
    rivals.KERNELS,
)

VOCABULARY: dict[str, Any] = {}
for _family in FAMILIES:
    assert not VOCABULARY.keys() & _family.keys(), VOCABULARY.keys() & _family.keys()
    VOCABULARY.update(_family)

# These look at shapes and numbers only, so they serve Tensors as they are.
EITHER: dict[str, Any] = {
    "rank_of": lambda x: x.ndim,
    "inverse": shape.inverse,
    "atan2_backward": elementwise.atan2_backward,
    "both_here": elementwise.both_here,
    "either_here": elementwise.either_here,
    "ln": elementwise.ln,
    "mean_share": loss.mean_share,
    "share_of": loss.share_of,
    "matches": elementwise.matches,
    "nth": elementwise.nth,
    "picked": elementwise.picked,
    "known_sum": elementwise.known_sum,
    "fitted": convolution.fitted,
    "picture": convolution.picture,
    "box": convolution.box,
    "last_dims": normalization.last_dims,
    "batch_dims": normalization.batch_dims,
    "line_shape": normalization.line_shape,
    "group_shape": normalization.group_shape,
    "opposite": shape.opposite,
    "rank": shape.rank,
    "ratio": elementwise.ratio,
    **matrices.EITHER,
    **elimination.EITHER,
    "half": padding.half,
    "sheets": folding.sheets,
    "size": shape.size,
    "by_columns": memory.by_columns,
    "underivable": elementwise.underivable,
}

VOCABULARY.update(CONSTANTS)
for _name, (_parameters, _text) in DEFINITIONS.items():
    VOCABULARY[_name] = Formula(_text, _parameters).bind(VOCABULARY)

__all__ = ["DEFINITIONS", "EITHER", "VOCABULARY"]
