"""Rprop, which asks the gradient for its sign alone, and ASGD, which averages the ways it went."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.optim.optimizer import Group, State
from engine.optim.rule import Rule, at_least_zero, number


class Rprop(Rule):
    """A step size for each number, larger while its gradient keeps its sign, as PyTorch's `optim.Rprop`."""

    OP = "rprop"
    SHOWN = "lr etas step_sizes foreach maximize differentiable capturable"

    def __init__(
        self, params: Iterable[Any], lr: float = 1e-2, etas: tuple[float, float] = (0.5, 1.2), step_sizes: tuple[float, float] = (1e-6, 50),
        *, capturable: bool = False, foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        at_least_zero(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        (less, more), (least, most) = group["etas"], group["step_sizes"]
        if not state:
            state.update(step=0, prev=np.zeros_like(data), step_size=np.full_like(data, number(group["lr"])))
        state["step"] += 1
        agreed = np.sign(grad * state["prev"])
        factor = np.where(agreed > 0, kind(more), np.where(agreed < 0, kind(less), kind(1)))
        size = state["step_size"] = np.clip(state["step_size"] * factor, kind(least), kind(most))
        state["prev"] = np.where(agreed < 0, kind(0), grad)
        return data - np.sign(state["prev"]) * size


class ASGD(Rule):
    """Steps that become shorter, and the average of where they led, as PyTorch's `optim.ASGD`."""

    OP = "asgd"
    SHOWN = "lr lambd alpha t0 weight_decay foreach maximize differentiable capturable"

    def __init__(
        self, params: Iterable[Any], lr: float = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6, weight_decay: float = 0,
        foreach: bool | None = None, maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    ) -> None:  # fmt: skip
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        at_least_zero(lr=lr, weight_decay=weight_decay)
        settings: Group = {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "maximize": maximize})

    def writes(self, group: Group) -> int:
        return 2

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        lr, lambd, decay = (number(group[name]) for name in ("lr", "lambd", "weight_decay"))
        if not state:
            state.update(step=0, eta=float(np.float32(lr)), mu=1.0, ax=np.zeros_like(data))
        state["step"] += 1
        if decay:
            grad = grad + kind(decay) * data
        eta = state["eta"]
        moved = data * kind(1 - lambd * eta) + kind(-eta) * grad
        average, share = state["ax"], state["mu"]
        state["ax"] = np.array(moved) if share == 1 else average + (moved - average) * kind(share)
        state["eta"] = float(np.float32(lr / (1 + lambd * lr * state["step"]) ** group["alpha"]))
        state["mu"] = float(np.float32(1 / max(1, state["step"] - group["t0"])))
        return moved
