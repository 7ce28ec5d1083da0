"""Optimizer: groups of parameters with settings, a memory, hooks and a gradient to clear. What a step does is a class's own."""

from __future__ import annotations

import copy
import functools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from engine.hooks import RemovableHandle
from engine.nn import budget
from engine.nn.module import clear, kind_of
from engine.nn.tree import full_name
from engine.tensor import Tensor

Group = dict[str, Any]
State = dict[str, Any]


def _hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """A class's `step`, counted and with its hooks around it where no class below has one of its own."""

    @functools.wraps(step)
    def stepped(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        if type(self).step is not stepped:
            return step(self, *args, **kwargs)
        for hook in list(self._pre_hooks.values()):
            hook(self, (self, *args), kwargs)
        self.steps += 1
        loss = step(self, *args, **kwargs)
        for hook in list(self._post_hooks.values()):
            hook(self, (self, *args), kwargs)
        return loss

    return stepped


class Optimizer:
    """Groups of parameters, each with settings of its own, and `state`: what is remembered of every parameter."""

    def __init_subclass__(cls) -> None:
        if "step" in cls.__dict__:
            cls.step = _hooked(cls.__dict__["step"])  # type: ignore[method-assign]

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        """Raises TypeError or ValueError for parameters that cannot be optimized."""
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + kind_of(params)
            )
        if not isinstance(params, Iterable):
            raise TypeError(f"'{kind_of(params)}' object is not iterable")
        self.defaults = defaults
        self.param_groups: list[Group] = []
        self._memory: dict[Any, Any] = defaultdict(dict)
        self._pre_hooks: dict[int, Any] = {}
        self._post_hooks: dict[int, Any] = {}
        self.steps = 0
        # How many steps it had taken when its first scheduler came.
        self.scheduled: int | None = None
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
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {full_name(param)}")
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
        """What a class built on this one does. Raises NotImplementedError."""
        raise NotImplementedError

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Let `hook(optimizer, args, kwargs)` run before every step."""
        return RemovableHandle(self._pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Let `hook(optimizer, args, kwargs)` run after every step."""
        return RemovableHandle(self._post_hooks, hook)

    # What is remembered

    @property
    def state(self) -> dict[Any, Any]:
        """By parameter: what is remembered of it. Of one that is not in it yet, an empty dict."""
        return self._memory

    @state.setter
    def state(self, memory: dict[Any, Any]) -> None:
        self._memory = memory

    def state_dict(self) -> dict[str, Any]:
        """Memory and settings, with parameters told by number."""
        order = [param for group in self.param_groups for param in group["params"]]
        budget.step(len(order) // 4 + 4 * len(self.param_groups))
        places = {id(param): place for place, param in enumerate(order)}
        state = {places.get(id(key), key): memory for key, memory in self.state.items()}
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
        told = {order[key] if isinstance(key, int) else key: memory for key, memory in state_dict["state"].items()}
        self._memory.clear()
        self._memory.update((key, self._remembered(memory, key)) for key, memory in told.items())

    def _remembered(self, memory: Any, param: Any) -> Any:
        """What `state_dict` told of a parameter, as it is kept."""
        return copy.copy(memory)

    def __repr__(self) -> str:
        return self.told(type(self).__name__)

    def told(self, name: str, shown: Callable[[Any], str] = format) -> str:
        """The settings of each group, each as `shown` has it, under the name of a class."""
        budget.step(4 * len(self.param_groups))
        blocks = [
            "\n".join(
                [
                    f"Parameter Group {place}",
                    *(f"    {key}: {shown(group[key])}" for key in sorted(group) if key != "params"),
                ]
            )
            for place, group in enumerate(self.param_groups)
        ]
        return f"{name} (\n" + "\n\n".join(blocks) + "\n)"
