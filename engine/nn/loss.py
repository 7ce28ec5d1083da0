"""Losses as modules: each calls the function of its name."""

from __future__ import annotations

from typing import Any, ClassVar

from engine import bindings
from engine.nn.conv import ask
from engine.nn.distance import PairwiseDistance
from engine.nn.functional import OFFERED
from engine.nn.module import Module
from engine.ops import FUNCTIONS
from engine.tensor import Tensor


class _Loss(Module):
    """`CALLS` is the function in `torch.nn.functional`; `reduction` says what becomes of the single losses, `size_average` and `reduce` said so before."""

    CALLS: ClassVar[str] = ""
    FACTS: ClassVar[tuple[str, ...]] = ("reduction",)

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> None:
        super().__init__()
        legacy = size_average is not None or reduce is not None
        self.reduction = bindings.reduction(size_average, reduce) if legacy else reduction

    def _given(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in self.FACTS}

    def _loss(self, *tensors: Any) -> Tensor:
        result: Tensor = OFFERED[f"nn.functional.{self.CALLS}"](*tensors, **self._given())
        return result

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return self._loss(input, target)


class MSELoss(_Loss):
    CALLS = "mse_loss"


class L1Loss(_Loss):
    CALLS = "l1_loss"


class _WeightedLoss(_Loss):
    def __init__(
        self, weight: Tensor | None = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)

    def _given(self) -> dict[str, Any]:
        return {"weight": self.weight, **super()._given()}


class BCELoss(_WeightedLoss):
    CALLS = "binary_cross_entropy"


class BCEWithLogitsLoss(_WeightedLoss):
    CALLS = "binary_cross_entropy_with_logits"

    def __init__(
        self, weight: Tensor | None = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def _given(self) -> dict[str, Any]:
        return {**super()._given(), "pos_weight": self.pos_weight}


class NLLLoss(_WeightedLoss):
    CALLS = "nll_loss"
    FACTS: ClassVar[tuple[str, ...]] = ("reduction", "ignore_index")

    def __init__(
        self, weight: Tensor | None = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None, reduction: str = "mean"
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index


class CrossEntropyLoss(NLLLoss):
    CALLS = "cross_entropy"
    FACTS = ("reduction", "ignore_index", "label_smoothing")

    def __init__(
        self, weight: Tensor | None = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
        reduction: str = "mean", label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, ignore_index, reduce, reduction)
        self.label_smoothing = label_smoothing


class MultiLabelSoftMarginLoss(_WeightedLoss):
    CALLS = "multilabel_soft_margin_loss"


class MultiLabelMarginLoss(_Loss):
    CALLS = "multilabel_margin_loss"

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        ask(self.CALLS, input, target)
        return self._loss(input, target)


class MultiMarginLoss(_WeightedLoss):
    CALLS = "multi_margin_loss"
    FACTS: ClassVar[tuple[str, ...]] = ("p", "margin", "reduction")

    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, size_average: Any = None, reduce: Any = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        """Raises ValueError for another power than 1 and 2, and for weights that are not in one row."""
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        if weight is not None and weight.dim() != 1:
            raise ValueError(f"MultiMarginLoss: expected weight to be None or 1D tensor, got {weight.dim()}D instead")
        self.p, self.margin = p, margin


class SmoothL1Loss(_Loss):
    CALLS = "smooth_l1_loss"
    FACTS = ("beta", "reduction")

    def __init__(
        self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta


class HuberLoss(_Loss):
    CALLS = "huber_loss"
    FACTS = ("delta", "reduction")

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta


class KLDivLoss(_Loss):
    CALLS = "kl_div"
    FACTS = ("log_target", "reduction")

    def __init__(
        self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target


class HingeEmbeddingLoss(_Loss):
    CALLS = "hinge_embedding_loss"
    FACTS = ("margin", "reduction")

    def __init__(
        self, margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin


class _OfThree(_Loss):
    """A loss of two inputs and a target, with a margin."""

    FACTS = ("margin", "reduction")

    def __init__(
        self, margin: float = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:  # type: ignore[override]
        return self._loss(input1, input2, target)


class MarginRankingLoss(_OfThree):
    CALLS = "margin_ranking_loss"


class CosineEmbeddingLoss(_OfThree):
    CALLS = "cosine_embedding_loss"


class SoftMarginLoss(_Loss):
    CALLS = "soft_margin_loss"


class TripletMarginLoss(_Loss):
    CALLS = "triplet_margin_loss"
    FACTS = ("margin", "p", "eps", "swap", "reduction")

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, size_average: Any = None, reduce: Any = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        """Raises ValueError for a margin that is not positive."""
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead")
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:  # type: ignore[override]
        return self._loss(anchor, positive, negative)


class TripletMarginWithDistanceLoss(_Loss):
    CALLS = "triplet_margin_with_distance_loss"
    FACTS = ("margin", "swap", "reduction")

    def __init__(
        self, *, distance_function: Any = None, margin: float = 1.0, swap: bool = False, reduction: str = "mean"
    ) -> None:
        """Raises ValueError for a margin that is not positive."""
        super().__init__(None, None, reduction)
        if margin <= 0:
            raise ValueError(
                f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} instead"
            )
        self.margin, self.swap = margin, swap
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function

    def _given(self) -> dict[str, Any]:
        return {"distance_function": self.distance_function, **super()._given()}

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:  # type: ignore[override]
        return self._loss(anchor, positive, negative)


class PoissonNLLLoss(_Loss):
    CALLS = "poisson_nll_loss"
    FACTS = ("log_input", "full", "eps", "reduction")

    def __init__(
        self, log_input: bool = True, full: bool = False, size_average: Any = None, eps: float = 1e-8, reduce: Any = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return self._loss(log_input, target)


class GaussianNLLLoss(_Loss):
    CALLS = "gaussian_nll_loss"
    FACTS = ("full", "eps", "reduction")

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(None, None, reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Any) -> Tensor:  # type: ignore[override]
        return self._loss(input, target, var)


class CTCLoss(_Loss):
    """How unlikely labels are that lie somewhere along the steps."""

    CALLS = "ctc_loss"
    FACTS: ClassVar[tuple[str, ...]] = ("blank", "reduction", "zero_infinity")

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:  # type: ignore[override]
        ask("ctc_loss", log_probs, targets, input_lengths, target_lengths)
        return self._loss(log_probs, targets, input_lengths, target_lengths)


_ALL: tuple[type[_Loss], ...] = (
    MSELoss, L1Loss, BCELoss, BCEWithLogitsLoss, NLLLoss, CrossEntropyLoss, SmoothL1Loss, HuberLoss, KLDivLoss,
    MarginRankingLoss, HingeEmbeddingLoss, CosineEmbeddingLoss, SoftMarginLoss, TripletMarginLoss, TripletMarginWithDistanceLoss, PoissonNLLLoss, GaussianNLLLoss,
    MultiLabelSoftMarginLoss, MultiLabelMarginLoss, MultiMarginLoss, CTCLoss,
)  # fmt: skip
LAYERS: tuple[type[Module], ...] = tuple(kind for kind in _ALL if f"nn.functional.{kind.CALLS}" in FUNCTIONS)
BASES: tuple[type[Module], ...] = (_Loss, _WeightedLoss)
"""What PyTorch's losses are built on, and a program's own may be."""
