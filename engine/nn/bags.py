"""EmbeddingBag: rows of a table put together bag by bag."""

from __future__ import annotations

from typing import Any, ClassVar

from engine import dtypes
from engine.nn import budget, init
from engine.nn.functional import OFFERED
from engine.nn.linear import row_of, told_looks
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, own, shape_of
from engine.tensor import Tensor


class EmbeddingBag(Module):
    """A table whose rows are looked up by number and summed, averaged or compared bag by bag; it begins normal."""

    FACTS: ClassVar[tuple[str, ...]] = (
        "num_embeddings", "embedding_dim", "max_norm", "norm_type", "scale_grad_by_freq", "mode", "sparse", "include_last_offset", "padding_idx",
    )  # fmt: skip
    weight: Parameter
    padding_idx: int | None

    def __init__(
        self, num_embeddings: int, embedding_dim: int, max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
        mode: str = "mean", sparse: bool = False, _weight: Tensor | None = None, include_last_offset: bool = False, padding_idx: int | None = None,
        device: Any = None, dtype: dtypes.dtype | None = None,
    ) -> None:  # fmt: skip
        """Raises AssertionError for a table of other sizes and for padding beyond it."""
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.max_norm, self.norm_type, self.scale_grad_by_freq = max_norm, norm_type, scale_grad_by_freq
        self.padding_idx = padding_idx = row_of(padding_idx, num_embeddings, "padding_idx")
        self.mode, self.sparse, self.include_last_offset = mode, sparse, include_last_offset
        if _weight is not None:
            if tuple(_weight.shape) != (num_embeddings, embedding_dim):
                raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
            self.weight = Parameter(_weight)
            return
        numbers = init.normal_numbers(shape_of(num_embeddings, embedding_dim), 0.0, 1.0, numpy_kind(dtype))
        if padding_idx is not None:
            numbers[padding_idx] = 0
        self.weight = own(numbers, writes=1 if padding_idx is None else 2)

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
        mode: str = "mean", sparse: bool = False, include_last_offset: bool = False, padding_idx: int | None = None,
    ) -> EmbeddingBag:  # fmt: skip
        """A table over the memory of a matrix, frozen unless told otherwise. Raises AssertionError for what is no matrix."""
        if embeddings.ndim != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, columns = embeddings.shape
        made = cls(
            rows, columns, max_norm, norm_type, scale_grad_by_freq, mode, sparse, embeddings, include_last_offset, padding_idx
        )  # fmt: skip
        made.weight.requires_grad = not freeze
        return made

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """The bags of these numbers: (bags, embedding_dim). `offsets` tells where each begins in one row of numbers."""
        if isinstance(input, Tensor):
            budget.room(2 * input.numel() * self.embedding_dim)
        found: Tensor = OFFERED["nn.functional.embedding_bag"](
            input, self.weight, offsets, max_norm=self.max_norm, norm_type=self.norm_type, scale_grad_by_freq=self.scale_grad_by_freq, mode=self.mode,
            sparse=self.sparse, per_sample_weights=per_sample_weights, include_last_offset=self.include_last_offset, padding_idx=self.padding_idx,
        )  # fmt: skip
        return found

    def extra_repr(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{told_looks(self)}, mode={self.mode!r}{padding}"


LAYERS: tuple[type[Module], ...] = (EmbeddingBag,)
