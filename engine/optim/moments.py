"""Adamax, NAdam and RAdam: Adam's kin, which measure its average gradient in other ways."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.optim.adam import average
from engine.optim.optimizer import Group, State
from engine.optim.rule import Rule, at_least_zero, below_one, number

Betas = tuple[float, float]


class _Moments(Rule):
    """What they share: two averages, the second of which may be of the square or of the size."""

    def _check(self, lr: float, betas: Betas, eps: float, weight_decay: float) -> None:
        at_least_zero(lr=lr, eps=eps)
        below_one(betas)
        at_least_zero(weight_decay=weight_decay)

    @staticmethod
    def _decayed(data: Any, grad: Any, group: Group, kind: Any) -> tuple[Any, Any]:
        decay = number(group["weight_decay"])
        if decay and group.get("decoupled_weight_decay"):
            return data * kind(1 - number(group["lr"]) * decay), grad
        return (data, grad + kind(decay) * data) if decay else (data, grad)


class Adamax(_Moments):
    """Adam measured by the largest gradient of late, as PyTorch's `optim.Adamax`."""

    OP = "adamax"
    SHOWN = "lr betas eps weight_decay foreach maximize differentiable capturable"

    def __init__(
        self, params: Iterable[Any], lr: float = 2e-3, betas: Betas = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    ) -> None:  # fmt: skip
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        self._check(lr, betas, eps, weight_decay)
        super().__init__(
            params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        )

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        first, second = (number(beta) for beta in group["betas"])
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(data), exp_inf=np.zeros_like(data))
        state["step"] += 1
        data, grad = self._decayed(data, grad, group, kind)
        mean = state["exp_avg"] = average(state["exp_avg"], grad, 1 - first, kind)
        size = np.abs(grad) + kind(number(group["eps"]))
        largest = state["exp_inf"] = np.maximum(state["exp_inf"] * kind(second), size)
        return data + kind(-number(group["lr"]) / (1 - first ** state["step"])) * mean / largest


class NAdam(_Moments):
    """Adam with Nesterov's look ahead, as PyTorch's `optim.NAdam`."""

    OP = "nadam"
    SHOWN = "lr betas eps weight_decay momentum_decay decoupled_weight_decay maximize foreach capturable differentiable"

    def __init__(
        self, params: Iterable[Any], lr: float = 2e-3, betas: Betas = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        self._check(lr, betas, eps, weight_decay)
        if not 0.0 <= momentum_decay:  # noqa: SIM300 -- in PyTorch's order
            raise ValueError(f"Invalid momentum_decay value: {momentum_decay}")
        settings: Group = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        settings |= {"momentum_decay": momentum_decay, "decoupled_weight_decay": decoupled_weight_decay}
        super().__init__(params, {**settings, "maximize": maximize})

    def writes(self, group: Group) -> int:
        return 2 + bool(group["decoupled_weight_decay"] and group["weight_decay"])

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        lr, decay = number(group["lr"]), number(group["momentum_decay"])
        first, second = (number(beta) for beta in group["betas"])
        if not state:
            # PyTorch keeps this product in float32 whatever the parameter's dtype.
            state.update(step=0, mu_product=1.0, exp_avg=np.zeros_like(data), exp_avg_sq=np.zeros_like(data))
        step = state["step"] = state["step"] + 1
        data, grad = self._decayed(data, grad, group, kind)
        now = first * (1.0 - 0.5 * (0.96 ** (step * decay)))
        then = first * (1.0 - 0.5 * (0.96 ** ((step + 1) * decay)))
        product = state["mu_product"] = float(np.float32(np.float32(state["mu_product"]) * np.float32(now)))
        mean = state["exp_avg"] = average(state["exp_avg"], grad, 1 - first, kind)
        square = state["exp_avg_sq"] = state["exp_avg_sq"] * kind(second) + kind(1 - second) * grad * grad
        spread = np.sqrt(square / kind(1 - second**step)) + kind(number(group["eps"]))
        data = data + kind(-lr * (1.0 - now) / (1.0 - product)) * grad / spread
        return data + kind((-lr * then) / (1.0 - product * then)) * mean / spread


class RAdam(_Moments):
    """Adam that waits until its measure can be trusted, as PyTorch's `optim.RAdam`."""

    OP = "radam"
    SHOWN = "lr betas eps weight_decay maximize foreach capturable decoupled_weight_decay differentiable"

    def __init__(
        self, params: Iterable[Any], lr: float = 1e-3, betas: Betas = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0,
        decoupled_weight_decay: bool = False, *, foreach: bool | None = None, maximize: bool = False, capturable: bool = False,
        differentiable: bool = False,
    ) -> None:  # fmt: skip
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        self._check(lr, betas, eps, weight_decay)
        settings: Group = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, {**settings, "decoupled_weight_decay": decoupled_weight_decay})

    def writes(self, group: Group) -> int:
        return 1 + bool(group["decoupled_weight_decay"] and group["weight_decay"])

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        first, second = (number(beta) for beta in group["betas"])
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(data), exp_avg_sq=np.zeros_like(data))
        step = state["step"] = state["step"] + 1
        data, grad = self._decayed(data, grad, group, kind)
        mean = state["exp_avg"] = average(state["exp_avg"], grad, 1 - first, kind)
        square = state["exp_avg_sq"] = state["exp_avg_sq"] * kind(second) + kind(1 - second) * grad * grad
        doubt = 1 - second**step
        most = 2 / (1 - second) - 1
        trust = most - 2 * step * second**step / doubt
        change = mean / kind(1 - first**step) * kind(number(group["lr"]))
        if trust > 5.0:
            share = math.sqrt((trust - 4) * (trust - 2) * most / ((most - 4) * (most - 2) * trust))
            change = change * (kind(math.sqrt(doubt)) / (np.sqrt(square) + kind(number(group["eps"])))) * kind(share)
        return data - change
