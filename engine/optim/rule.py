"""Rule: an optimizer of the engine's own, whose step moves one parameter after another by its gradient."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np

from engine import grad_mode
from engine.nn import budget
from engine.nn.module import kind_of
from engine.ops.inplace import write
from engine.optim.optimizer import Group, Optimizer, State
from engine.tensor import Tensor

IDLE = {"foreach": None, "fused": None, "capturable": False, "differentiable": False}


def number(value: Any) -> float:
    """A setting as a Python number; it may have come as a tensor of one element. Raises TypeError for what is neither."""
    if isinstance(value, Tensor):
        value = value.item()
    if not isinstance(value, (bool, int, float)):
        raise TypeError(f"must be real number, not {kind_of(value)}")
    return value


def at_least_zero(*, of_sgd: bool = False, **values: Any) -> None:
    """Raises ValueError for the first setting that is negative, named as PyTorch names it; SGD lets `nan` pass."""
    words = {
        "lr": "learning rate",
        "eps": "epsilon value",
        "weight_decay": "weight_decay value",
        "momentum": "momentum value",
        "alpha": "alpha value",
        "lr_decay": "lr_decay value",
        "initial_accumulator_value": "initial_accumulator_value value",
    }
    for name, value in values.items():
        if name == "lr" and isinstance(value, Tensor) and value.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        # In PyTorch's order, which Python tells where the two cannot be compared.
        if value < 0.0 if of_sgd else not 0.0 <= value:  # noqa: SIM300
            raise ValueError(f"Invalid {words[name]}: {value}")


def below_one(betas: Any) -> None:
    """Raises ValueError for the first of two shares that is not between 0 and 1."""
    for place in range(2):
        if isinstance(betas, (tuple, list)) and len(betas) == place:
            raise IndexError("tuple index out of range")
        if not 0.0 <= betas[place] < 1.0:
            raise ValueError(f"Invalid beta parameter at index {place}: {betas[place]}")


class Rule(Optimizer):
    """An optimizer that remembers arrays and numbers, and shows them as tensors."""

    OP: ClassVar[str] = ""
    """What the events call a change made by this rule."""
    SHOWN: ClassVar[str] = ""
    """The settings in PyTorch's order; those of `IDLE` mean nothing here."""

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        """Raises TypeError or ValueError for parameters that cannot be optimized."""
        super().__init__(params, {name: defaults.get(name, IDLE.get(name)) for name in self.SHOWN.split()})

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Every parameter that has a gradient has moved; gives what `closure`, called first, gave."""
        loss = None
        if closure is not None:
            with grad_mode.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for param in group["params"]:
                if param._grad is None:
                    continue
                budget.step(param._data.size // 250)
                data, grad = param._data, param._grad._data
                kind = data.dtype.type
                if group["maximize"]:
                    grad = -grad
                moved = self._moved(data, grad, group, self._memory[param], kind)
                write(param, moved, self.OP, writes=self.writes(group))
        return loss

    def writes(self, group: Group) -> int:
        """How often PyTorch writes to a parameter in one step."""
        return 1

    @abstractmethod
    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        """The parameter's new numbers; `kind` turns a setting into the parameter's dtype."""

    @property  # type: ignore[misc]  # what is shown is made anew each time
    def state(self) -> dict[Tensor, dict[str, Any]]:
        """What the rule remembers of each parameter, as tensors of their own."""
        return {param: _as_tensors(memory) for param, memory in self._memory.items() if memory}

    def _remembered(self, memory: Any, param: Any) -> Any:
        """In the dtype of the parameter, where that is a floating one."""
        dtype = param._data.dtype if isinstance(param, Tensor) and param.is_floating_point() else None
        return _as_numbers(memory, dtype)


SCALARS = ("step", "mu_product", "eta", "mu")
"""What is remembered as one number, and shown as a tensor."""


def _as_tensors(memory: State) -> dict[str, Any]:
    return {name: Tensor(np.float32(value)) if name in SCALARS else _as_tensor(value) for name, value in memory.items()}


def _as_tensor(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_tensor(each) for each in value]
    return Tensor(np.array(value)) if isinstance(value, (np.ndarray, np.generic)) else value


def _as_numbers(memory: dict[str, Any], dtype: Any) -> State:
    return {name: value.item() if name in SCALARS else _as_number(value, dtype) for name, value in memory.items()}


def _as_number(value: Any, dtype: Any) -> Any:
    if isinstance(value, list):
        return [_as_number(each, dtype) for each in value]
    return np.array(value._data, dtype) if isinstance(value, Tensor) else value
