"""Adam and AdamW: a step along the average gradient, measured by the average of its square."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.optim.optimizer import Group, State
from engine.optim.rule import Rule, at_least_zero, below_one, number
from engine.tensor import Tensor


def average(before: Any, new: Any, share: float, kind: Any) -> Any:
    """`before` moved by `share` of the way towards `new`, in the order of operations that PyTorch's `lerp` has."""
    if share < 0.5:
        return before + kind(share) * (new - before)
    return new - (new - before) * kind(1 - share)


class Adam(Rule):
    """Adaptive moments, as PyTorch's `optim.Adam`."""

    OP = "adam"
    SHOWN = "lr betas eps weight_decay amsgrad maximize foreach capturable differentiable fused decoupled_weight_decay"

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: Any = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        at_least_zero(lr=lr, eps=eps)
        below_one(betas)
        at_least_zero(weight_decay=weight_decay)
        if not any(isinstance(betas[0], kind) and isinstance(betas[1], kind) for kind in (float, Tensor)):
            raise ValueError("betas must be either both floats or both Tensors")
        for place, beta in enumerate(betas[:2]):
            if isinstance(beta, Tensor) and beta.numel() != 1:
                raise ValueError(f"Tensor betas[{place}] must be 1-element")
        settings: Group = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        super().__init__(params, {**settings, "maximize": maximize, "decoupled_weight_decay": decoupled_weight_decay})

    def writes(self, group: Group) -> int:
        return 1 + bool(group["decoupled_weight_decay"] and group["weight_decay"])

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        lr, decay = number(group["lr"]), number(group["weight_decay"])
        first, second = (number(beta) for beta in group["betas"])
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(data), exp_avg_sq=np.zeros_like(data))
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = np.zeros_like(data)
        state["step"] += 1
        if decay and group["decoupled_weight_decay"]:
            data = data * kind(1 - lr * decay)
        elif decay:
            grad = grad + kind(decay) * data
        mean = state["exp_avg"] = average(state["exp_avg"], grad, 1 - first, kind)
        square = state["exp_avg_sq"] = state["exp_avg_sq"] * kind(second) + kind(1 - second) * grad * grad
        if group["amsgrad"]:
            square = state["max_exp_avg_sq"] = np.maximum(state["max_exp_avg_sq"], square)
        size = lr / (1 - first ** state["step"])
        spread = np.sqrt(square) / kind(math.sqrt(1 - second ** state["step"])) + kind(number(group["eps"]))
        return data + kind(-size) * mean / spread


class AdamW(Adam):
    """Adam whose weight decay does not pass through the moments, as PyTorch's `optim.AdamW`."""

    OP = "adamw"

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True
        )  # fmt: skip
