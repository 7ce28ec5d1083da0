"""Scaled dot-product attention: one node where PyTorch has one, else composed as PyTorch composes it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.application import apply
from engine.ops.activation import SOFTMAX
from engine.ops.arithmetic import MUL_NUMBER
from engine.ops.table import FUNCTIONS, METHODS, argument, row, spelled
from engine.tensor import Tensor

LOCKED = "aten::_scaled_dot_product_flash_attention_for_cpu_backward"
INPUTS = ("query", "key", "value")
KEPT = "query, key, value, attn_mask, {}, logsumexp, is_causal, scale"

SAFE_SOFTMAX = row(
    "safe_softmax", "safe_softmax(self, dim)", {"self": SOFTMAX.vjp["self"]}, settings="dim", twice={"self": "softmax_backward(g, result, dim)"},
    symbol="softmax", samples=(((2, 3), 1),), en=SOFTMAX.note["en"], zh=SOFTMAX.note["zh-CN"],
)  # fmt: skip
ATTENTION = row(
    "scaled_dot_product_attention", "attention(query, key, value, attn_mask, is_causal, scale)",
    {name: f"attention_backward(g, {KEPT.format('result')}, {place})" for place, name in enumerate(INPUTS)}, inputs="query key value attn_mask",
    settings="dropout_p is_causal scale", results="result logsumexp", node="ScaledDotProductFlashAttentionForCpu", symbol="attend",
    spelled=("F.scaled_dot_product_attention",),
    samples=(
        ((1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 4), None, 0.0, True, 0.5),
        ((1, 1, 2, 4), (1, 1, 3, 4), (1, 1, 3, 4), [[True, False, True], [True, True, True]], 0.0, False, 0.5),
    ),
    en="Each value receives the gradient of every average by its share; queries and keys receive what moved the shares.",
    zh="每个值按其份额得到各平均值的梯度；查询与键得到移动这些份额的部分。",
)  # fmt: skip
ATTENTION_BACKWARD = row(
    "scaled_dot_product_attention_backward", f"attention_backward(g_, {KEPT.format('result_')}, place)",
    dict.fromkeys(("g_", *INPUTS, "result_"), f'underivable(g, "{LOCKED}")'), inputs="g_ query key value attn_mask result_ logsumexp",
    settings="is_causal scale place", node="torch::autograd::NotImplemented!", symbol="attend′",
    samples=(((1, 1, 2, 4), (1, 1, 2, 4), (1, 1, 2, 4), (1, 1, 2, 4), None, (1, 1, 2, 4), [[[0.5, 0.25]]], False, 0.5, 0),),
    en="The gradients of attention; PyTorch has no derivative for them.", zh="注意力的梯度；PyTorch 没有给出它们的导数。",
)  # fmt: skip


@spelled("internal.attention_backward")
def attention_backward(g: Tensor, *given: Any) -> Tensor:
    result: Tensor = apply(ATTENTION_BACKWARD, (g, *given[:6]), given[6:])
    return result


@spelled("torch.nn.functional.scaled_dot_product_attention")
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0, is_causal: bool = False,
    *, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """The values averaged by how well each key answers each query. Raises RuntimeError where dtypes, sizes or masks do not fit."""
    _fits(query, key, value, attn_mask)
    if attn_mask is not None and attn_mask._data.dtype.kind == "f":
        attn_mask = METHODS["to"](attn_mask, query.dtype)
    size = 1 / math.sqrt(query._data.shape[-1]) if scale is None else float(scale)
    if enable_gqa:
        key, value = (METHODS["repeat_interleave"](each, query._data.shape[-3] // each._data.shape[-3], -3) for each in (key, value))  # fmt: skip
    if dropout_p == 0 and _at_once(query, key, value, attn_mask):
        if query._data.dtype.kind != "f":
            raise RuntimeError(f"expected scalar type Float but found {query.dtype.scalar}")
        result: Tensor = apply(ATTENTION, (query, key, value, attn_mask), (0.0, bool(is_causal), size))[0]
        return result
    return _step_by_step(query, key, value, attn_mask, dropout_p, is_causal, size)


def _fits(query: Any, key: Any, value: Any, mask: Any) -> None:
    for place, (name, each) in enumerate(zip(INPUTS, (query, key, value), strict=True), 1):
        if not isinstance(each, Tensor):
            raise argument("scaled_dot_product_attention", name, place, each)
    words = {"float32": "float", "float64": "double", "int64": "long int", "float16": "c10::Half", "int32": "int"}
    kinds = [words.get(each.dtype.name, each.dtype.name) for each in (query, key, value)]
    if len({*kinds}) > 1:
        told = f"query.dtype: {kinds[0]} key.dtype: {kinds[1]} and value.dtype: {kinds[2]}"
        raise RuntimeError(f"Expected query, key, and value to have the same dtype, but got {told} instead.")
    ranks = [each._data.ndim for each in (query, key, value)]
    if min(ranks) < 2:
        told = f"query.dim: {ranks[0]} key.dim: {ranks[1]} and value.dim: {ranks[2]}"
        raise RuntimeError(f"Expected query, key, and value to all be  at least 2 dimensional, but got {told} instead.")
    if mask is not None and mask._data.dtype.kind not in "bf":
        own = words.get(mask.dtype.name, mask.dtype.name)
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{own} and  query.dtype: {kinds[0]} instead."
        )


def _at_once(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> bool:
    """Whether PyTorch has one step for this on a CPU."""
    shapes = [each._data.shape for each in (query, key, value)]
    return (
        all(len(shape) == 4 and shape[:2] == shapes[0][:2] and shape[-1] == shapes[0][-1] for shape in shapes)
        and bool(shapes[0][2] and shapes[1][2])
        and shapes[1] == shapes[2]
        and all(
            each._data.shape[-1] < 2 or each._data.strides[-1] == each._data.itemsize for each in (query, key, value)
        )
        and (mask is None or (not mask._requires_grad and _covers(mask._data.shape, shapes)))
    )


def _covers(mask: tuple[int, ...], shapes: list[tuple[int, ...]]) -> bool:
    scores = (*shapes[0][:3], shapes[1][2])
    return len(mask) in (2, 4) and all(own in (1, size) for own, size in zip(mask, scores[-len(mask) :], strict=True))


def _step_by_step(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout_p: float, is_causal: bool, size: float
) -> Tensor:
    if is_causal and mask is not None:
        raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if query._data.dtype.kind != "f" and query._data.ndim == key._data.ndim == 2:
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: float != {query.dtype.cpp}")
    if query._data.dtype.kind != "f":
        raise RuntimeError(f"expected scalar type Float but found {query.dtype.scalar}")
    m = METHODS
    if is_causal:
        mask = Tensor(np.tri(query._data.shape[-2], key._data.shape[-2]) > 0)
    if mask is not None and mask._data.dtype.kind == "b":
        kind = query._data.dtype.type
        mask = Tensor(np.where(mask._data, kind(0), kind(-np.inf)))
    root = math.sqrt(abs(size))
    first = apply(MUL_NUMBER, (query,), (math.copysign(root, size),))
    second = apply(MUL_NUMBER, (m["transpose"](key, -2, -1),), (root,))
    scores = m["matmul"](first, second)
    if mask is not None:
        scores = m["add"](scores, mask)
    shares = apply(SAFE_SOFTMAX, (scores,), (scores._data.ndim - 1,))
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p:g}")
    if dropout_p:
        shares = FUNCTIONS["nn.functional.dropout"](shares, dropout_p)
    result: Tensor = m["matmul"](shares, value)
    return result
