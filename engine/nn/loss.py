"""Losses as modules: each calls the function of its name."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.nn.module import Module
from engine.ops import FUNCTIONS
from engine.tensor import Tensor


class _Loss(Module):
    """`CALLS` is the function in `torch.nn.functional`; `reduction` says what becomes of the single losses."""

    CALLS: ClassVar[str] = ""
    FACTS: ClassVar[tuple[str, ...]] = ("reduction",)

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def _given(self) -> dict[str, Any]:
        return {"reduction": self.reduction}

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        result: Tensor = FUNCTIONS[f"nn.functional.{self.CALLS}"](input, target, **self._given())
        return result


class MSELoss(_Loss):
    CALLS = "mse_loss"


class L1Loss(_Loss):
    CALLS = "l1_loss"


class _Weighted(_Loss):
    def __init__(self, weight: Tensor | None = None, *, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.register_buffer("weight", weight)

    def _given(self) -> dict[str, Any]:
        return {"weight": self.weight, "reduction": self.reduction}


class BCELoss(_Weighted):
    CALLS = "binary_cross_entropy"


class BCEWithLogitsLoss(_Weighted):
    CALLS = "binary_cross_entropy_with_logits"

    def __init__(
        self, weight: Tensor | None = None, *, reduction: str = "mean", pos_weight: Tensor | None = None
    ) -> None:
        super().__init__(weight, reduction=reduction)
        self.register_buffer("pos_weight", pos_weight)

    def _given(self) -> dict[str, Any]:
        return {**super()._given(), "pos_weight": self.pos_weight}


class NLLLoss(_Weighted):
    CALLS = "nll_loss"
    FACTS: ClassVar[tuple[str, ...]] = ("reduction", "ignore_index")

    def __init__(self, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(weight, reduction=reduction)
        self.ignore_index = ignore_index

    def _given(self) -> dict[str, Any]:
        return {**super()._given(), "ignore_index": self.ignore_index}


class CrossEntropyLoss(NLLLoss):
    CALLS = "cross_entropy"
    FACTS = ("reduction", "ignore_index", "label_smoothing")

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, ignore_index=ignore_index, reduction=reduction)
        self.label_smoothing = label_smoothing

    def _given(self) -> dict[str, Any]:
        return {**super()._given(), "label_smoothing": self.label_smoothing}


class _Measured(_Loss):
    """A loss with one number of its own, the first of `FACTS`."""

    def __init__(self, number: float, reduction: str) -> None:
        super().__init__(reduction=reduction)
        self.__dict__[self.FACTS[0]] = number

    def _given(self) -> dict[str, Any]:
        return {**super()._given(), self.FACTS[0]: self.__dict__[self.FACTS[0]]}


class SmoothL1Loss(_Measured):
    CALLS = "smooth_l1_loss"
    FACTS = ("beta", "reduction")

    def __init__(self, *, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(beta, reduction)


class HuberLoss(_Measured):
    CALLS = "huber_loss"
    FACTS = ("delta", "reduction")

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(delta, reduction)


class KLDivLoss(_Loss):
    CALLS = "kl_div"
    FACTS = ("log_target", "reduction")

    def __init__(self, *, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.log_target = log_target

    def _given(self) -> dict[str, Any]:
        return {**super()._given(), "log_target": self.log_target}


class _Between(_Loss):
    """A loss of two or three tensors with settings of its own, which are all of `FACTS`."""

    def _given(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in self.FACTS}

    def forward(self, *tensors: Tensor, **named: Tensor) -> Tensor:
        result: Tensor = FUNCTIONS[f"nn.functional.{self.CALLS}"](*tensors, **named, **self._given())
        return result


class _Margin(_Between):
    FACTS = ("margin", "reduction")
    USUAL: ClassVar[float] = 0.0

    def __init__(self, margin: float | None = None, *, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.margin = self.USUAL if margin is None else margin


class MarginRankingLoss(_Margin):
    CALLS = "margin_ranking_loss"


class HingeEmbeddingLoss(_Margin):
    CALLS = "hinge_embedding_loss"
    USUAL = 1.0


class CosineEmbeddingLoss(_Margin):
    CALLS = "cosine_embedding_loss"


class SoftMarginLoss(_Loss):
    CALLS = "soft_margin_loss"


class TripletMarginLoss(_Between):
    CALLS = "triplet_margin_loss"
    FACTS = ("margin", "p", "eps", "swap", "reduction")

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, *, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction=reduction)
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap


class PoissonNLLLoss(_Between):
    CALLS = "poisson_nll_loss"
    FACTS = ("log_input", "full", "eps", "reduction")

    def __init__(
        self, log_input: bool = True, full: bool = False, *, eps: float = 1e-8, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction=reduction)
        self.log_input, self.full, self.eps = log_input, full, eps


class GaussianNLLLoss(_Between):
    CALLS = "gaussian_nll_loss"
    FACTS = ("full", "eps", "reduction")

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps


_ALL: tuple[type[_Loss], ...] = (
    MSELoss, L1Loss, BCELoss, BCEWithLogitsLoss, NLLLoss, CrossEntropyLoss, SmoothL1Loss, HuberLoss, KLDivLoss,
    MarginRankingLoss, HingeEmbeddingLoss, CosineEmbeddingLoss, SoftMarginLoss, TripletMarginLoss, PoissonNLLLoss, GaussianNLLLoss,
)  # fmt: skip
LAYERS: tuple[type[Module], ...] = tuple(kind for kind in _ALL if f"nn.functional.{kind.CALLS}" in FUNCTIONS)
