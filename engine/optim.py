"""Optimizers: they change parameters by their gradients, in place and untracked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine import record
from engine.ops.inplace import write
from engine.tensor import Tensor


class SGD:
    """Stochastic gradient descent with momentum, as PyTorch's `optim.SGD`."""

    __slots__ = (
        "_buffers",
        "dampening",
        "lr",
        "maximize",
        "momentum",
        "nesterov",
        "param_groups",
        "params",
        "weight_decay",
    )

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor"
            )
        self.params = list(params)
        if not self.params:
            raise ValueError("optimizer got an empty parameter list")
        for param in self.params:
            if not isinstance(param, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(param).__name__}")
            if not param.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, value in (("learning rate", lr), ("momentum value", momentum), ("weight_decay value", weight_decay)):
            if value < 0:
                raise ValueError(f"Invalid {name}: {value}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        self.lr, self.momentum, self.dampening = lr, momentum, dampening
        self.weight_decay, self.nesterov, self.maximize = weight_decay, nesterov, maximize
        self.param_groups: list[dict[str, Any]] = [
            {"params": self.params, "lr": lr, "momentum": momentum, "weight_decay": weight_decay}
        ]
        self._buffers: list[Any] = [None] * len(self.params)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Every `.grad` is None, or zeros where asked so."""
        for param in self.params:
            grad = param._grad
            if grad is None:
                continue
            if set_to_none:
                param._set_grad(None)
                if record.active is not None:
                    record.active.cleared(param, "none")
            else:
                write(grad, grad._data.dtype.type(0), "zero_")

    def step(self) -> None:
        """Every parameter that has a gradient has moved against it."""
        lr = self.param_groups[0]["lr"]
        for place, param in enumerate(self.params):
            if param._grad is None:
                continue
            move = -param._grad._data if self.maximize else param._grad._data
            if self.weight_decay:
                move = move + self.weight_decay * param._data
            if self.momentum:
                kept = self._buffers[place]
                kept = np.array(move) if kept is None else self.momentum * kept + (1 - self.dampening) * move
                self._buffers[place] = kept
                move = move + self.momentum * kept if self.nesterov else kept
            write(param, param._data + np.asarray(-lr * move, param._data.dtype), "sgd")

    def __repr__(self) -> str:
        return (
            "SGD (\nParameter Group 0\n"
            f"    dampening: {self.dampening}\n    differentiable: False\n    foreach: None\n    fused: None\n    lr: {self.lr}\n"
            f"    maximize: {self.maximize}\n    momentum: {self.momentum}\n    nesterov: {self.nesterov}\n    weight_decay: {self.weight_decay}\n)"
        )
