"""Adafactor: steps measured by squares of which only the means of rows and of columns are kept."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.optim.adam import average
from engine.optim.optimizer import Group, State
from engine.optim.rule import Rule, number
from engine.tensor import Tensor


class Adafactor(Rule):
    """Shazeer and Stern's rule (2018), as PyTorch's `optim.Adafactor`: a step is as large as the parameter allows."""

    OP = "adafactor"
    SHOWN = "lr beta2_decay eps d weight_decay foreach maximize"

    def __init__(
        self, params: Iterable[Any], lr: Any = 1e-2, beta2_decay: float = -0.8, eps: Any = (None, 1e-3), d: float = 1.0,
        weight_decay: float = 0.0, *, foreach: bool | None = None, maximize: bool = False,
    ) -> None:  # fmt: skip
        """Raises ValueError for parameters or numbers that make no sense, TypeError for what is no tensor."""
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        for holds, words, value in (
            (lr >= 0.0, "Learning rate should be >= 0", lr),
            (beta2_decay <= 0.0, "beta2_decay should be <= 0", beta2_decay),
            (eps[0] is None or eps[0] >= 0.0, "epsilon1 should be >= 0", eps[0]),
            (eps[1] >= 0.0, "epsilon2 should be >= 0", eps[1]),
            (d >= 1.0, "Clipping threshold d should be >= 1", d),
            (weight_decay >= 0.0, "weight_decay should be >= 0", weight_decay),
        ):
            if not holds:
                raise ValueError(f"{words} but is: {value}")
        settings: Group = {"lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d}
        super().__init__(params, {**settings, "weight_decay": weight_decay, "maximize": maximize})

    def writes(self, group: Group) -> int:
        return 1 + bool(group["weight_decay"])

    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        lr, decay, (least, lowest) = number(group["lr"]), number(group["weight_decay"]), group["eps"]
        if least is None:
            least = float(np.finfo(data.dtype).eps)
        if not state:
            state.update(step=0, **_nothing(data))
        state["step"] += 1
        share = state["step"] ** group["beta2_decay"]
        size = max(lowest, _norm(data) / math.sqrt(data.size)) * min(lr, 1 / math.sqrt(state["step"]))
        if decay:
            data = data * kind(1 - lr * decay)
        square = grad * grad
        if data.ndim > 1:
            rows = state["row_var"] = average(state["row_var"], square.mean(-1, keepdims=True), share, kind)
            columns = state["col_var"] = average(state["col_var"], square.mean(-2, keepdims=True), share, kind)
            spread = rows @ columns / np.maximum(rows.mean(-2, keepdims=True), kind(least))
        else:
            spread = state["variance"] = average(state["variance"], square, share, kind)
        update = grad / np.sqrt(np.maximum(spread, kind(least * least)))
        size /= max(1.0, _norm(update) / (math.sqrt(data.size) * group["d"]))
        return data + kind(-size) * update


def _norm(values: Any) -> float:
    return float(np.sqrt(np.sum(values * values)))


def _nothing(data: Any) -> State:
    """The means of no gradient yet: of rows and columns, where there are both."""
    if data.ndim < 2:
        return {"variance": np.zeros_like(data)}
    rows, columns = (*data.shape[:-1], 1), (*data.shape[:-2], 1, data.shape[-1])
    return {"row_var": np.zeros(rows, data.dtype), "col_var": np.zeros(columns, data.dtype)}
