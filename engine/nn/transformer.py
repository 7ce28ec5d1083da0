"""The layers of Vaswani et al., Attention Is All You Need: encoders, decoders, and both together, made of attention, norms and linear steps."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

from engine import dtypes
from engine.nn import budget, init
from engine.nn.attention import MultiheadAttention
from engine.nn.containers import ModuleList
from engine.nn.linear import Dropout, Linear
from engine.nn.module import Module
from engine.nn.norm import LayerNorm
from engine.ops import FUNCTIONS
from engine.tensor import Tensor

Bend = str | Callable[[Tensor], Tensor]


class _Layer(Module):
    """What an encoder's and a decoder's layer share: the two linear steps, and how a part is added to what it was given."""

    FACTS: ClassVar[tuple[str, ...]] = ("norm_first",)
    NORMS: ClassVar[int] = 2
    linear1: Linear
    linear2: Linear
    dropout: Dropout
    norm_first: bool

    def _finish(
        self, d_model: int, dim_feedforward: int, dropout: float, activation: Bend, eps: float, norm_first: bool, bias: bool, dtype: Any
    ) -> None:  # fmt: skip
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype=dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype=dtype)
        self.norm_first = norm_first
        for number in range(1, self.NORMS + 1):
            self.add_module(f"norm{number}", LayerNorm(d_model, eps, bias=bias, dtype=dtype))
        for number in range(1, self.NORMS + 1):
            self.add_module(f"dropout{number}", Dropout(dropout))
        if isinstance(activation, str):
            if activation not in ("relu", "gelu"):
                raise RuntimeError(f"activation should be relu/gelu, not {activation}")
            activation = FUNCTIONS[f"nn.functional.{activation}"]
        self.activation = activation

    def _child(self, name: str, *given: Any, **named: Any) -> Any:
        found: Any = self._modules[name]
        return found._call(given, named)

    def _attend(self, name: str, x: Any, source: Any, mask: Any, padding: Any, causal: bool) -> Any:
        told = {"attn_mask": mask, "key_padding_mask": padding, "need_weights": False, "is_causal": causal}
        return self._child(name, x, source, source, **told)[0]

    def _feed(self, x: Any) -> Any:
        bent = self.activation(self._child("linear1", x))
        return self._child("linear2", self._child("dropout", bent))

    def _added(self, number: int, x: Any, part: Callable[[Any], Any]) -> Any:
        """`x` with what a part of the layer makes of it, the norm before the part or after the sum."""
        if self.norm_first:
            return x + self._child(f"dropout{number}", part(self._child(f"norm{number}", x)))
        return self._child(f"norm{number}", x + self._child(f"dropout{number}", part(x)))


class TransformerEncoderLayer(_Layer):
    """Attention of a sequence to itself, then two linear steps, each added to what it was given."""

    self_attn: MultiheadAttention

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Bend = "relu", layer_norm_eps: float = 1e-5,
        batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None, dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        """Raises RuntimeError for an activation that is not known."""
        super().__init__()
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype)
        self._finish(d_model, dim_feedforward, dropout, activation, layer_norm_eps, norm_first, bias, dtype)

    def forward(
        self,
        src: Any,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Any:
        x = self._added(
            1, src, lambda given: self._attend("self_attn", given, given, src_mask, src_key_padding_mask, is_causal)
        )
        return self._added(2, x, self._feed)


class TransformerDecoderLayer(_Layer):
    """Attention of a sequence to itself, then to what the encoder made, then two linear steps."""

    NORMS = 3
    self_attn: MultiheadAttention
    multihead_attn: MultiheadAttention

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Bend = "relu", layer_norm_eps: float = 1e-5,
        batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None, dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        """Raises RuntimeError for an activation that is not known."""
        super().__init__()
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype)
        self._finish(d_model, dim_feedforward, dropout, activation, layer_norm_eps, norm_first, bias, dtype)

    def forward(
        self, tgt: Any, memory: Any, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None, tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Any:  # fmt: skip
        own = (tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        other = (memory_mask, memory_key_padding_mask, memory_is_causal)
        x = self._added(1, tgt, lambda given: self._attend("self_attn", given, given, *own))
        x = self._added(2, x, lambda given: self._attend("multihead_attn", given, memory, *other))
        return self._added(3, x, self._feed)


class _Stack(Module):
    """Copies of a layer, one after the other, and perhaps a norm behind them."""

    FACTS: ClassVar[tuple[str, ...]] = ("num_layers",)
    layers: ModuleList
    norm: Module | None

    def __init__(self, layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        budget.room(num_layers * sum(param.numel() for param in layer.parameters()))
        self.layers = ModuleList([copy.deepcopy(layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self._modules["norm"] = norm

    def _through(self, x: Any, *given: Any, **named: Any) -> Any:
        for layer in self.layers:
            x = layer._call((x, *given), named)
        return x if self.norm is None else self.norm._call((x,), {})

    def _text(self, room: float = math.inf) -> str:
        if self.norm is not None:
            return super()._text(room)
        del self._modules["norm"]
        try:
            return super()._text(room)
        finally:
            self._modules["norm"] = None


class TransformerEncoder(_Stack):
    """A stack of encoder layers."""

    def __init__(
        self, encoder_layer: Module, num_layers: int, norm: Module | None = None, enable_nested_tensor: bool = True, mask_check: bool = True
    ) -> None:  # fmt: skip
        super().__init__(encoder_layer, num_layers, norm)
        reason = _slow(encoder_layer) if enable_nested_tensor else ""
        if reason:
            warnings.warn(
                f"enable_nested_tensor is True, but self.use_nested_tensor is False because {reason}", UserWarning, stacklevel=2
            )  # fmt: skip

    def forward(
        self,
        src: Any,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Any:
        return self._through(src, src_mask=mask, src_key_padding_mask=src_key_padding_mask, is_causal=bool(is_causal))


def _slow(layer: Module) -> str:
    """Why PyTorch would not take its short way with nested tensors, in its words; nothing where it would."""
    if not isinstance(layer, TransformerEncoderLayer):
        return "encoder_layer was not TransformerEncoderLayer"
    if layer.norm_first:
        return "encoder_layer.norm_first was True"
    attention = layer.self_attn
    if not attention.batch_first:
        return "encoder_layer.self_attn.batch_first was not True(use batch_first for better inference performance)"
    if attention.in_proj_bias is None:
        return "encoder_layer.self_attn was passed bias=False"
    return "encoder_layer.self_attn.num_heads is odd" if attention.num_heads % 2 else ""


class TransformerDecoder(_Stack):
    """A stack of decoder layers."""

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__(decoder_layer, num_layers, norm)

    def forward(
        self, tgt: Any, memory: Any, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None, tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:  # fmt: skip
        return self._through(
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=bool(tgt_is_causal), memory_is_causal=memory_is_causal,
        )  # fmt: skip


class Transformer(Module):
    """An encoder and a decoder that looks at what the encoder made; their matrices begin by Glorot's rule."""

    FACTS: ClassVar[tuple[str, ...]] = ("d_model", "nhead", "batch_first")
    encoder: Module
    decoder: Module

    def __init__(
        self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6, dim_feedforward: int = 2048,
        dropout: float = 0.1, activation: Bend = "relu", custom_encoder: Module | None = None, custom_decoder: Module | None = None,
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None,
        dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        """Raises RuntimeError for an activation that is not known."""
        super().__init__()
        given: Any = (
            d_model,
            nhead,
            dim_feedforward,
            dropout,
            activation,
            layer_norm_eps,
            batch_first,
            norm_first,
            bias,
            None,
            dtype,
        )
        if custom_encoder is None:
            layer: Module = TransformerEncoderLayer(*given)
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            layer = TransformerDecoderLayer(*given)
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
            custom_decoder = TransformerDecoder(layer, num_decoder_layers, norm)
        self.decoder = custom_decoder
        for param in self.parameters():
            if param.ndim > 1:
                init.xavier_uniform_(param)
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def forward(
        self, src: Any, tgt: Any, src_mask: Tensor | None = None, tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None, tgt_key_padding_mask: Tensor | None = None, memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None, tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Any:  # fmt: skip
        """Raises RuntimeError for sequences of different batches or widths."""
        batch = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch] != tgt.shape[batch]:
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        told = {"mask": src_mask, "src_key_padding_mask": src_key_padding_mask, "is_causal": src_is_causal}
        memory = self.encoder._call((src,), told)
        rest = {
            "tgt_mask": tgt_mask, "memory_mask": memory_mask, "tgt_key_padding_mask": tgt_key_padding_mask,
            "memory_key_padding_mask": memory_key_padding_mask, "tgt_is_causal": tgt_is_causal, "memory_is_causal": memory_is_causal,
        }  # fmt: skip
        return self.decoder._call((tgt, memory), rest)

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: dtypes.dtype | None = None) -> Tensor:
        """Minus infinity where a place would look ahead, else zero: shape (sz, sz)."""
        whole = FUNCTIONS["full"]((sz, sz), -math.inf, dtype=dtype or dtypes.get_default_dtype())
        mask: Tensor = FUNCTIONS["triu"](whole, 1)
        return mask


LAYERS: tuple[type[Module], ...] = (
    TransformerEncoderLayer, TransformerDecoderLayer, TransformerEncoder, TransformerDecoder, Transformer,
)  # fmt: skip
