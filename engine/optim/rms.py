"""RMSprop, Adagrad and Adadelta: steps measured by the squares of the gradients that came before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.optim.adam import average
from engine.optim.optimizer import Group, State
from engine.optim.rule import Rule, at_least_zero, number


class RMSprop(Rule):
    """The gradient over the root of its running mean square, as PyTorch's `optim.RMSprop`."""

    OP = "rmsprop"
    SHOWN = "lr momentum alpha eps centered weight_decay capturable foreach maximize differentiable"

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        at_least_zero(lr=lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        settings: Group = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered}
        super().__init__(params, {**settings, "weight_decay": weight_decay, "maximize": maximize})

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        lr, decay, alpha = number(group["lr"]), number(group["weight_decay"]), number(group["alpha"])
        momentum = number(group["momentum"])
        if not state:
            state.update(step=0, square_avg=np.zeros_like(data))
            if momentum > 0:
                state["momentum_buffer"] = np.zeros_like(data)
            if group["centered"]:
                state["grad_avg"] = np.zeros_like(data)
        state["step"] += 1
        if decay:
            grad = grad + kind(decay) * data
        square = state["square_avg"] = state["square_avg"] * kind(alpha) + kind(1 - alpha) * grad * grad
        if group["centered"]:
            mean = state["grad_avg"] = average(state["grad_avg"], grad, 1 - alpha, kind)
            square = square - mean * mean
        spread = np.sqrt(square) + kind(number(group["eps"]))
        if momentum > 0:
            kept = state["momentum_buffer"] = state["momentum_buffer"] * kind(momentum) + grad / spread
            return data + kind(-lr) * kept
        return data + kind(-lr) * grad / spread


class Adagrad(Rule):
    """The gradient over the root of the sum of its squares, as PyTorch's `optim.Adagrad`."""

    OP = "adagrad"
    SHOWN = "lr lr_decay eps weight_decay initial_accumulator_value foreach maximize differentiable fused"

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        at_least_zero(lr=lr, lr_decay=lr_decay, weight_decay=weight_decay)
        at_least_zero(initial_accumulator_value=initial_accumulator_value, eps=eps)
        settings: Group = {"lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay}
        super().__init__(
            params, {**settings, "initial_accumulator_value": initial_accumulator_value, "maximize": maximize}
        )
        for group in self.param_groups:
            for param in group["params"]:
                start = number(group["initial_accumulator_value"])
                self._memory[param] = {"step": 0, "sum": np.full_like(param._data, start)}

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        decay = number(group["weight_decay"])
        if not state:
            state.update(step=0, sum=np.full_like(data, number(group["initial_accumulator_value"])))
        state["step"] += 1
        if decay:
            grad = grad + kind(decay) * data
        total = state["sum"] = state["sum"] + grad * grad
        rate = number(group["lr"]) / (1 + (state["step"] - 1) * number(group["lr_decay"]))
        return data + kind(-rate) * grad / (np.sqrt(total) + kind(number(group["eps"])))


class Adadelta(Rule):
    """The gradient times the root of the mean square of past steps over that of past gradients, as PyTorch's `optim.Adadelta`."""

    OP = "adadelta"
    SHOWN = "lr rho eps weight_decay maximize capturable foreach differentiable"

    def __init__(
        self, params: Iterable[Any], lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
        foreach: bool | None = None, *, capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        at_least_zero(lr=lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        at_least_zero(eps=eps, weight_decay=weight_decay)
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize})

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        decay, rho, eps = number(group["weight_decay"]), number(group["rho"]), kind(number(group["eps"]))
        if not state:
            state.update(step=0, square_avg=np.zeros_like(data), acc_delta=np.zeros_like(data))
        state["step"] += 1
        if decay:
            grad = grad + kind(decay) * data
        square = state["square_avg"] = state["square_avg"] * kind(rho) + kind(1 - rho) * grad * grad
        change = np.sqrt(state["acc_delta"] + eps) / np.sqrt(square + eps) * grad
        state["acc_delta"] = state["acc_delta"] * kind(rho) + kind(1 - rho) * change * change
        return data + kind(-number(group["lr"])) * change
