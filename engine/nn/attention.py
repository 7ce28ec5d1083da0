"""MultiheadAttention: several looks at a sequence side by side, composed of linear steps and softmax."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from engine import dtypes
from engine.nn import budget, init
from engine.nn.linear import Linear, uniform, weighed
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, own, shape_of
from engine.ops import FUNCTIONS
from engine.tensor import Size, Tensor


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear under the name by which PyTorch prints it inside an attention."""


class MultiheadAttention(Module):
    """Queries, keys and values, projected, parted into heads, attended and joined again."""

    FACTS: ClassVar[tuple[str, ...]] = ("embed_dim", "num_heads", "head_dim", "dropout", "batch_first", "kdim", "vdim")
    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    out_proj: Linear

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:
        """Raises ValueError and AssertionError for sizes that do not divide, NotImplementedError for extra keys."""
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        if add_bias_kv or add_zero_attn:
            raise NotImplementedError("add_bias_kv and add_zero_attn are not supported; leave them out")
        super().__init__()
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        kind, alike = numpy_kind(dtype), self.kdim == self.vdim == embed_dim
        shape = shape_of(3 * embed_dim, embed_dim)
        out = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=False, dtype=dtype)
        if bias:
            uniform((embed_dim,), 1 / math.sqrt(embed_dim), kind)  # PyTorch draws a bias too, then sets it to zero
            out.register_parameter("bias", own(np.zeros(embed_dim, kind), writes=2))
        if alike:
            self.register_parameter("in_proj_weight", self._drawn(shape, kind))
        else:
            for name, size in (("q", embed_dim), ("k", self.kdim), ("v", self.vdim)):
                self.register_parameter(f"{name}_proj_weight", self._drawn(shape_of(embed_dim, size), kind))
            self.register_parameter("in_proj_weight", None)
        self.register_parameter("in_proj_bias", own(np.zeros(3 * embed_dim, kind)) if bias else None)
        self.out_proj = out

    def _drawn(self, shape: tuple[int, ...], kind: Any) -> Parameter:
        bound = math.sqrt(6.0 / float(sum(shape)))
        return own(init.uniform_numbers(shape, -bound, bound, kind))

    def _projected(self, place: int, given: Tensor) -> Any:
        size, name = self.embed_dim, "qkv"[place]
        part = slice(place * size, (place + 1) * size)
        whole: Any = self.in_proj_weight
        weight = self._parameters[f"{name}_proj_weight"] if whole is None else whole[part]
        bias: Any = self.in_proj_bias
        return weighed(given, weight, None if bias is None else bias[part])

    def _fit(self, query: Any, key: Any, value: Any) -> None:
        """Raises AssertionError in PyTorch's words, which tell sizes with the sequence first and a batch of one where there is none."""

        def told(given: Any) -> Size:
            first, *rest = given.shape
            if not rest[1:]:
                return Size((first, 1, *rest))
            return Size((rest[0], first, *rest[1:])) if self.batch_first else Size((first, *rest))

        if query.shape[-1] != self.embed_dim:
            raise AssertionError(f"was expecting embedding dimension of {self.embed_dim}, but got {query.shape[-1]}")
        keys, values = told(key), told(value)
        if self.in_proj_weight is None and keys[:2] != values[:2]:
            raise AssertionError(
                f"key's sequence and batch dims {Size(keys[:2])} do not match value's {Size(values[:2])}"
            )
        if self.in_proj_weight is not None and keys != values:
            raise AssertionError(f"key shape {keys} does not match value shape {values}")

    def forward(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """What the queries found, and how much each key gave. Raises AssertionError for inputs of other than two or three dimensions."""
        if query.ndim not in (2, 3):
            raise AssertionError(
                f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor"
            )
        alone = query.ndim == 2
        if key.ndim != query.ndim or value.ndim != query.ndim:
            kind = "unbatched (2-D)" if alone else "batched (3-D)"
            raise AssertionError(
                f"For {kind} `query`, expected `key` and `value` to be {query.ndim}-D but found {key.ndim}-D and {value.ndim}-D tensors "
                "respectively"
            )
        self._fit(query, key, value)
        if alone:
            query, key, value = (part.unsqueeze(0) for part in (query, key, value))
        elif not self.batch_first:
            query, key, value = (part.transpose(0, 1) for part in (query, key, value))
        count, goal, source = query.shape[0], query.shape[1], key.shape[1]
        if attn_mask is not None and attn_mask.ndim == 2 and attn_mask.shape != (goal, source):
            raise RuntimeError(f"The shape of the 2D attn_mask is {attn_mask.shape}, but should be {(goal, source)}.")
        budget.room(count * self.num_heads * goal * source)
        budget.products(2 * count * goal * source * self.embed_dim, query.dtype.name)
        heads = [
            self._projected(place, part).reshape(count, part.shape[1], self.num_heads, self.head_dim).transpose(1, 2)
            for place, part in enumerate((query, key, value))
        ]
        scores = FUNCTIONS["matmul"](heads[0] * (1 / math.sqrt(self.head_dim)), heads[1].transpose(-2, -1))
        if attn_mask is not None:
            scores = _masked(scores, attn_mask if attn_mask.ndim == 2 else attn_mask.reshape(*scores.shape))
        if key_padding_mask is not None:
            scores = _masked(scores, key_padding_mask.reshape(count, 1, 1, source))
        shares = FUNCTIONS["softmax"](scores, -1)
        if self.dropout and self.training:
            shares = FUNCTIONS["nn.functional.dropout"](shares, self.dropout, True)
        joined = FUNCTIONS["matmul"](shares, heads[2]).transpose(1, 2).reshape(count, goal, self.embed_dim)
        result = self.out_proj._call((joined,), {})
        weights = (shares.mean(1) if average_attn_weights else shares) if need_weights else None
        if alone:
            return result.squeeze(0), None if weights is None else weights.squeeze(0)
        return result if self.batch_first else result.transpose(0, 1), weights


def _masked(scores: Any, mask: Tensor) -> Any:
    if mask.dtype is dtypes.bool_:
        return scores.masked_fill(mask, -math.inf)
    return FUNCTIONS["add"](scores, mask)


LAYERS: tuple[type[Module], ...] = (MultiheadAttention,)
HIDDEN: tuple[type[Module], ...] = (NonDynamicallyQuantizableLinear,)
