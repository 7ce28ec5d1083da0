"""Layers that measure how far two tensors are apart."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.nn.functional import OFFERED
from engine.nn.module import Module
from engine.tensor import Tensor


class _Distance(Module):
    """`CALLS` is the function in `torch.nn.functional`; all of `FACTS` are its settings."""

    CALLS: ClassVar[str]

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        settings: dict[str, Any] = {name: self.__dict__[name] for name in self.FACTS}
        result: Tensor = OFFERED[f"nn.functional.{self.CALLS}"](x1, x2, **settings)
        return result


class CosineSimilarity(_Distance):
    """The cosine of the angle between two tensors along a dimension."""

    CALLS = "cosine_similarity"
    FACTS: ClassVar[tuple[str, ...]] = ("dim", "eps")

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps


class PairwiseDistance(_Distance):
    """The norm of the difference of two tensors along the last dimension."""

    CALLS = "pairwise_distance"
    FACTS: ClassVar[tuple[str, ...]] = ("norm", "eps", "keepdim")

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.pairwise_distance"](x1, x2, self.norm, self.eps, self.keepdim)
        return result


LAYERS: tuple[type[Module], ...] = (CosineSimilarity, PairwiseDistance)
