"""Optimizer: what every rule for changing parameters by their gradients has in common."""

from __future__ import annotations

import copy
import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np

from engine import grad_mode
from engine.hooks import RemovableHandle
from engine.nn import budget
from engine.nn.module import clear, kind_of
from engine.ops.inplace import write
from engine.tensor import Tensor

IDLE = {"foreach": None, "fused": None, "capturable": False, "differentiable": False}

Group = dict[str, Any]
State = dict[str, Any]


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


class Optimizer:
    """Groups of parameters, each with settings of its own, and what the rule remembers of every parameter."""

    OP: ClassVar[str] = ""
    """What the events call a change made by this rule."""
    SHOWN: ClassVar[str] = ""
    """The settings in PyTorch's order; those of `IDLE` mean nothing here."""

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        """Raises TypeError or ValueError for parameters that cannot be optimized."""
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + kind_of(params)
            )
        if not isinstance(params, Iterable):
            raise TypeError(f"'{kind_of(params)}' object is not iterable")
        self.defaults: Group = {name: defaults.get(name, IDLE.get(name)) for name in self.SHOWN.split()}
        self.param_groups: list[Group] = []
        self._memory: dict[Tensor, State] = {}
        self._pre_hooks: dict[int, Any] = {}
        self._post_hooks: dict[int, Any] = {}
        self.steps = 0
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with settings of their own. Raises TypeError and ValueError as the constructor does."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        given: Any = param_group["params"]
        if isinstance(given, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will "
                "change between runs. Please use a list instead."
            )
        params: list[Any] = [given] if isinstance(given, Tensor) else list(given)
        group = {key: value for key, value in param_group.items() if key != "params"}
        names = [param[0] for param in params if isinstance(param, tuple)]
        if names:
            group["param_names"] = names
            params = [param[1] if isinstance(param, tuple) else param for param in params]
            if len(names) < len(params):
                raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        for param in params:
            if not isinstance(param, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {kind_of(param)}")
            if param._node is not None and not param.retains_grad:
                raise ValueError("can't optimize a non-leaf Tensor")
        if len({id(param) for param in params}) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see "
                "github.com/pytorch/pytorch/issues/40967 for more information",
                UserWarning,
                stacklevel=3,
            )
        if any(("param_names" in group) != ("param_names" in other) for other in self.param_groups):
            how = "with names" if "param_names" in group else "without names"
            raise ValueError(
                "all optimizer param groups should be with/without names. "
                f"cannot add param group {how} to the optimizer"
            )
        known = {id(param) for other in self.param_groups for param in other["params"]}
        if any(id(param) in known for param in params):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append({"params": params, **self.defaults, **group})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Every `.grad` is None, or zeros where asked so."""
        for group in self.param_groups:
            budget.step(1 + len(group["params"]) // 20)
            for param in group["params"]:
                clear(param, set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Every parameter that has a gradient has moved; gives what `closure`, called first, gave."""
        given = (self,) if closure is None else (self, closure)
        for hook in list(self._pre_hooks.values()):
            hook(self, given, {})
        loss = self._step(closure)
        for hook in list(self._post_hooks.values()):
            hook(self, given, {})
        return loss

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Let `hook(optimizer, args, kwargs)` run before every step."""
        return RemovableHandle(self._pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Let `hook(optimizer, args, kwargs)` run after every step."""
        return RemovableHandle(self._post_hooks, hook)

    def _step(self, closure: Callable[[], Any] | None) -> Any:
        loss = None
        if closure is not None:
            with grad_mode.enable_grad():
                loss = closure()
        self.steps += 1
        for group in self.param_groups:
            for param in group["params"]:
                if param._grad is None:
                    continue
                budget.step(param._data.size // 250)
                data, grad = param._data, param._grad._data
                kind = data.dtype.type
                if group["maximize"]:
                    grad = -grad
                moved = self._moved(data, grad, group, self._memory.setdefault(param, {}), kind)
                write(param, moved, self.OP, writes=self.writes(group))
        return loss

    def writes(self, group: Group) -> int:
        """How often PyTorch writes to a parameter in one step."""
        return 1

    @abstractmethod
    def _moved(self, data: Any, grad: Any, group: Group, state: State, kind: Any) -> Any:
        """The parameter's new numbers; `kind` turns a setting into the parameter's dtype."""

    # What is remembered

    @property
    def state(self) -> dict[Tensor, dict[str, Any]]:
        """What the rule remembers of each parameter, as tensors of their own."""
        return {param: _as_tensors(memory) for param, memory in self._memory.items() if memory}

    def state_dict(self) -> dict[str, Any]:
        """Memory and settings, with parameters told by number."""
        order = [param for group in self.param_groups for param in group["params"]]
        budget.step(len(order) // 4 + 4 * len(self.param_groups))
        places = {id(param): place for place, param in enumerate(order)}
        state = {places[id(param)]: memory for param, memory in self.state.items() if id(param) in places}
        groups = [
            {
                **{name: copy.copy(value) for name, value in group.items() if name != "params"},
                "params": [places[id(param)] for param in group["params"]],
            }
            for group in self.param_groups
        ]
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over memory and settings. Raises ValueError where the groups do not match."""
        groups = state_dict["param_groups"]
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(new["params"]) != len(old["params"]) for new, old in zip(groups, self.param_groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        for new, old in zip(groups, self.param_groups, strict=True):
            old.update({name: copy.copy(value) for name, value in new.items() if name != "params"})
        order = [param for group in self.param_groups for param in group["params"]]
        budget.step(len(order) // 4 + 4 * len(groups))
        self._memory = {order[place]: _as_numbers(memory) for place, memory in state_dict["state"].items()}

    def __repr__(self) -> str:
        budget.step(4 * len(self.param_groups))
        blocks = [
            "\n".join(
                [
                    f"Parameter Group {place}",
                    *(f"    {name}: {group[name]}" for name in sorted(group) if name != "params"),
                ]
            )
            for place, group in enumerate(self.param_groups)
        ]
        return f"{type(self).__name__} (\n" + "\n\n".join(blocks) + "\n)"


SCALARS = ("step", "mu_product", "eta", "mu")
"""What is remembered as one number, and shown as a tensor."""


def _as_tensors(memory: State) -> dict[str, Any]:
    return {name: Tensor(np.float32(value)) if name in SCALARS else _as_tensor(value) for name, value in memory.items()}


def _as_tensor(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_tensor(each) for each in value]
    return Tensor(np.array(value)) if isinstance(value, (np.ndarray, np.generic)) else value


def _as_numbers(memory: dict[str, Any]) -> State:
    return {name: value.item() if name in SCALARS else _as_number(value) for name, value in memory.items()}


def _as_number(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_number(each) for each in value]
    return np.array(value._data) if isinstance(value, Tensor) else value
