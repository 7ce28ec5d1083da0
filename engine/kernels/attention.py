"""Attention: values averaged by how well each key answers each query."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def safe_softmax(x: Array, dim: int) -> Array:
    """Softmax, zeros where everything is shut out."""
    if not x.size:
        return x
    top = x.max(axis=dim, keepdims=True)
    shares = np.exp(x - np.where(np.isneginf(top), 0, top))
    total = shares.sum(axis=dim, keepdims=True)
    return np.asarray(shares / np.where(total == 0, 1, total), x.dtype)


def _scores(query: Array, key: Array, mask: Array | None, causal: bool, scale: float) -> Array:
    scores = (query * query.dtype.type(scale)) @ np.swapaxes(key, -2, -1)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf) if mask.dtype.kind == "b" else scores + mask
    if causal:
        scores = np.where(np.tri(*scores.shape[-2:]) > 0, scores, -np.inf)
    return scores.astype(query.dtype, copy=False)


def attention(
    query: Array, key: Array, value: Array, attn_mask: Array | None, is_causal: bool, scale: float
) -> tuple[Array, Array]:
    """The averages, laid out in memory as the queries are, and the logarithm of what the shares of each query were divided by."""
    scores = _scores(query, key, attn_mask, is_causal, scale)
    top = scores.max(axis=-1, keepdims=True)
    shares = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = shares.sum(axis=-1, keepdims=True)
    result = np.empty_like(query)
    np.copyto(result, (shares / np.where(total == 0, 1, total)) @ value, casting="same_kind")
    return result, (np.log(total) + top)[..., 0]


def attention_backward(
    g: Array, query: Array, key: Array, value: Array, attn_mask: Array | None, result: Array, logsumexp: Array, is_causal: bool, scale: float,
    place: int,
) -> Array:  # fmt: skip
    """The gradient of the query (0), the key (1) or the value (2), the shares made again from what was kept."""
    scores = _scores(query, key, attn_mask, is_causal, scale)
    whole = logsumexp[..., None]
    shares = np.exp(scores - np.where(np.isneginf(whole), 0, whole))
    if place == 2:
        return np.swapaxes(shares, -2, -1) @ g
    pulled = shares * (g @ np.swapaxes(value, -2, -1) - (g * result).sum(axis=-1, keepdims=True))
    pulled = pulled * pulled.dtype.type(scale)
    return pulled @ key if place == 0 else np.swapaxes(pulled, -2, -1) @ query


KERNELS: dict[str, Any] = {kernel.__name__: kernel for kernel in (attention, attention_backward, safe_softmax)}
