"""SGD: a step against the gradient, or along a running average of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.optim.optimizer import Group, State
from engine.optim.rule import Rule, at_least_zero, number


class SGD(Rule):
    """Stochastic gradient descent with momentum, as PyTorch's `optim.SGD`."""

    OP = "sgd"
    SHOWN = "lr momentum dampening weight_decay nesterov maximize foreach differentiable fused"

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        at_least_zero(of_sgd=True, lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        settings: Group = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "nesterov": nesterov, "maximize": maximize})

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        momentum, decay = number(group["momentum"]), number(group["weight_decay"])
        if decay:
            grad = grad + kind(decay) * data
        if momentum:
            kept = state.get("momentum_buffer")
            kept = (
                np.array(grad) if kept is None else kind(momentum) * kept + kind(1 - number(group["dampening"])) * grad
            )
            state["momentum_buffer"] = kept
            grad = grad + kind(momentum) * kept if group["nesterov"] else kept
        return data + kind(-number(group["lr"])) * grad
