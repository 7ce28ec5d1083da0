"""MultiheadAttention: several looks at a sequence side by side, composed of linear steps and softmax."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from engine import dtypes
from engine.nn import budget, init
from engine.nn.linear import Linear, uniform, weighed
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, own, shape_of
from engine.ops import FUNCTIONS
from engine.size import Size
from engine.tensor import Tensor


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear under the name by which PyTorch prints it inside an attention."""


class MultiheadAttention(Module):
    """Queries, keys and values, projected, parted into heads, attended and joined again."""

    FACTS: ClassVar[tuple[str, ...]] = (
        "embed_dim",
        "num_heads",
        "head_dim",
        "dropout",
        "batch_first",
        "kdim",
        "vdim",
        "add_zero_attn",
    )
    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    bias_k: Any
    bias_v: Any
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
        """Raises ValueError and AssertionError for sizes that do not divide."""
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
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
        for name in ("bias_k", "bias_v"):
            self.register_parameter(name, self._extra(kind) if add_bias_kv else None)
        self.add_zero_attn = add_zero_attn
        self.out_proj = out

    def _drawn(self, shape: tuple[int, ...], kind: Any) -> Parameter:
        bound = math.sqrt(6.0 / float(sum(shape)))
        return own(init.uniform_numbers(shape, -bound, bound, kind))

    def _extra(self, kind: Any) -> Parameter:
        """A key or a value that every sequence has at its end."""
        made = own(np.empty((1, 1, self.embed_dim), kind), writes=0)
        init.xavier_normal_(made)
        return made

    def _projected(self, query: Any, key: Any, value: Any) -> Sequence[Any]:
        """Queries, keys and values times the matrices: those that are one tensor by one product, as PyTorch does it."""
        size = self.embed_dim
        bias: Any = self.in_proj_bias
        whole: Any = self.in_proj_weight
        if whole is None:
            biases = (None, None, None) if bias is None else bias.chunk(3)
            weights = [self._parameters[f"{name}_proj_weight"] for name in "qkv"]
            return [weighed(*each) for each in zip((query, key, value), weights, biases, strict=True)]
        if key is not value:
            weights, biases = whole.chunk(3), (None, None, None) if bias is None else bias.chunk(3)
            return [weighed(*each) for each in zip((query, key, value), weights, biases, strict=True)]
        if query is key:
            return _parted(weighed(query, whole, bias), 3, size)
        first, rest = whole.split([size, 2 * size])
        own, others = (None, None) if bias is None else bias.split([size, 2 * size])
        return [weighed(query, first, own), *_parted(weighed(key, rest, others), 2, size)]

    def _ranks(self, query: Any, key: Any, value: Any, padding: Any, mask: Any) -> None:
        """Raises AssertionError in PyTorch's words for numbers of dimensions that do not belong together."""
        if query.ndim not in (2, 3):
            raise AssertionError(
                f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor"
            )
        kind = "For unbatched (2-D) `query`, expected" if query.ndim == 2 else "For batched (3-D) `query`, expected"
        if key.ndim != query.ndim or value.ndim != query.ndim:
            raise AssertionError(
                f"{kind} `key` and `value` to be {query.ndim}-D but found {key.ndim}-D and {value.ndim}-D tensors respectively"
            )
        if padding is not None and padding.ndim != query.ndim - 1:
            raise AssertionError(
                f"{kind} `key_padding_mask` to be `None` or {query.ndim - 1}-D but found {padding.ndim}-D tensor instead"
            )
        if mask is not None and mask.ndim not in (2, 3):
            raise AssertionError(f"{kind} `attn_mask` to be `None`, 2-D or 3-D but found {mask.ndim}-D tensor instead")
        wanted = (self.num_heads, query.shape[0], key.shape[0])
        if query.ndim == 2 and mask is not None and mask.ndim == 3 and mask.shape != wanted:
            raise AssertionError(f"Expected `attn_mask` shape to be {wanted} but got {mask.shape}")

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
        alone = query.dim() == 2
        padding, mask = (
            _canonical("key_padding_mask", key_padding_mask, query, attn_mask),
            _canonical("attn_mask", attn_mask, query),
        )
        self._ranks(query, key, value, padding, mask)
        if is_causal and mask is None:
            raise RuntimeError(
                "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
                "`generate_square_subsequent_mask` to create this mask."
            )
        self._fit(query, key, value)
        if alone:
            query, key, value = (part.unsqueeze(1) for part in (query, key, value))
            padding = None if padding is None else padding.unsqueeze(0)
        elif self.batch_first:
            query, key, value = _turned(query, key, value)
        (goal, count), source = query.shape[:2], key.shape[0]
        heads = count * self.num_heads
        if is_causal and padding is None and not need_weights:
            mask = None
        else:
            is_causal = is_causal and padding is None
        if mask is not None and mask.ndim == 2:
            if mask.shape != (goal, source):
                raise RuntimeError(f"The shape of the 2D attn_mask is {mask.shape}, but should be {(goal, source)}.")
            mask = mask.unsqueeze(0)
        elif mask is not None and mask.shape != (heads, goal, source):
            raise RuntimeError(f"The shape of the 3D attn_mask is {mask.shape}, but should be {(heads, goal, source)}.")
        budget.room(heads * goal * source)
        budget.products(2 * count * goal * source * self.embed_dim, query.dtype.name)
        query, key, value = self._projected(query, key, value)
        if self.bias_k is not None:
            key, value = (
                FUNCTIONS["cat"]([part, more.repeat(1, count, 1)])
                for part, more in ((key, self.bias_k), (value, self.bias_v))
            )
            mask, padding = _one_more(mask), _one_more(padding)
        query, key, value = (
            part.view(part.shape[0], heads, self.head_dim).transpose(0, 1) for part in (query, key, value)
        )
        if self.add_zero_attn:
            nothing = (heads, 1, self.head_dim)
            key, value = (
                FUNCTIONS["cat"]([part, FUNCTIONS["zeros"](nothing, dtype=part.dtype)], dim=1) for part in (key, value)
            )
            mask, padding = _one_more(mask), _one_more(padding)
        source = key.shape[1]
        if padding is not None:
            for place, size in enumerate((count, source)):
                if padding.shape[place] != size:
                    raise AssertionError(
                        f"Expected key_padded_mask.shape[{place}] to be {size}, but got {padding.shape[place]}"
                    )
            padding = padding.view(count, 1, 1, source).expand(-1, self.num_heads, -1, -1).reshape(heads, 1, source)
            mask = padding if mask is None else mask + padding
        dropped = self.dropout if self.training else 0.0
        if not need_weights:
            if mask is not None:
                mask = mask.unsqueeze(0) if len(mask) == 1 else mask.view(count, self.num_heads, -1, source)
            parts = [part.view(count, self.num_heads, part.shape[1], self.head_dim) for part in (query, key, value)]
            attend = FUNCTIONS["nn.functional.scaled_dot_product_attention"]
            joined = attend(*parts, mask, dropped, is_causal).permute(2, 0, 1, 3)
            result = self._joined(joined.reshape(goal * count, self.embed_dim), goal, count)
            return result.squeeze(1) if alone else self._handed_back(result), None
        scaled, turned = query * math.sqrt(1.0 / self.head_dim), key.transpose(-2, -1)
        scores = FUNCTIONS["bmm"](scaled, turned) if mask is None else FUNCTIONS["baddbmm"](mask, scaled, turned)
        shares = FUNCTIONS["softmax"](scores, -1)
        if dropped:
            shares = FUNCTIONS["nn.functional.dropout"](shares, dropped, True)
        joined = FUNCTIONS["bmm"](shares, value).transpose(0, 1).reshape(goal * count, self.embed_dim)
        result = self._joined(joined, goal, count)
        shares = shares.view(count, self.num_heads, goal, source)
        if average_attn_weights:
            shares = shares.mean(1)
        if alone:
            return result.squeeze(1), shares.squeeze(0)
        return self._handed_back(result), shares

    def _joined(self, joined: Tensor, goal: int, count: int) -> Any:
        return self.out_proj._call((joined,), {}).view(goal, count, self.embed_dim)

    def _handed_back(self, result: Any) -> Any:
        return result.transpose(1, 0) if self.batch_first else result


def _turned(query: Any, key: Any, value: Any) -> tuple[Any, Any, Any]:
    """With the sequence first; what is one tensor stays one."""
    if key is not value:
        return query.transpose(1, 0), key.transpose(1, 0), value.transpose(1, 0)
    if query is key:
        query = query.transpose(1, 0)
        return query, query, query
    key = key.transpose(1, 0)
    return query.transpose(1, 0), key, key


def _parted(product: Any, count: int, size: int) -> list[Any]:
    """The matrices that one product gave side by side."""
    parts = product.unflatten(-1, (count, size)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
    return [parts[place] for place in range(count)]


def _one_more(mask: Any) -> Any:
    """The mask with a place for one more key, which every query may see."""
    return None if mask is None else FUNCTIONS["nn.functional.pad"](mask, (0, 1))


def _canonical(name: str, mask: Any, query: Any, other: Any = None) -> Any:
    """A mask as what is added to the scores: a Boolean one is minus infinity where it says so. Raises AssertionError for other dtypes."""
    if mask is None:
        return None
    if mask.dtype is not dtypes.bool_ and not mask.dtype.is_floating_point:
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if other is not None and other.dtype is not mask.dtype:
        told = f"Support for mismatched {name} and attn_mask is deprecated. Use same type for both instead."
        warnings.warn(told, UserWarning, stacklevel=3)
    if mask.dtype is not dtypes.bool_:
        return mask
    return FUNCTIONS["zeros_like"](mask, dtype=query.dtype).masked_fill_(mask, -math.inf)


LAYERS: tuple[type[Module], ...] = (MultiheadAttention,)
HIDDEN: tuple[type[Module], ...] = (NonDynamicallyQuantizableLinear,)
