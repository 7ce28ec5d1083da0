"""An optimizer and a scheduler for classes that are not Python's own: what such a class says comes as callables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.optim.lr_scheduler import LRScheduler
from engine.optim.optimizer import Optimizer


class OwnOptimizer(Optimizer):
    """An optimizer that steps as `step` does; `owner` is the maker's own, untouched here, and `memory` becomes its `state`.

    `restored` is told what a state dict brought.

    It has groups and a state once `start` was called, as PyTorch's has once `super().__init__` was.
    """

    def __init__(
        self,
        owner: Any,
        memory: dict[Any, Any],
        step: Callable[..., Any] | None,
        restored: Callable[[dict[str, Any]], Any] | None,
    ) -> None:
        self.owner = owner
        self._kept, self._own, self._restored = memory, step, restored

    def start(self, params: Any, defaults: dict[str, Any]) -> None:
        """What `Optimizer.__init__` does. Raises what that does."""
        super().__init__(params, defaults)
        self.state = self._kept

    def step(self, *args: Any, **kwargs: Any) -> Any:
        """What the class's own does. Raises NotImplementedError where it has none."""
        if self._own is None:
            raise NotImplementedError
        return self._own(*args, **kwargs)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over memory and settings, and let the class look at them. Raises ValueError where the groups do not match."""
        super().load_state_dict(state_dict)
        if self._restored is not None:
            self._restored({"state": self.state, "param_groups": self.param_groups})


class OwnScheduler(LRScheduler):
    """A scheduler whose learning rates, one for each group, `get_lr` gives; `owner` is the maker's own, untouched here, and `fields` what it holds.

    It has an optimizer once `start` was called. `step`, where it is given, is what the first epoch begins with.
    """

    def __init__(
        self,
        owner: Any,
        fields: dict[str, Any],
        get_lr: Callable[[], list[float]],
        step: Callable[[], Any] | None,
    ) -> None:
        self._owner, self._fields = owner, fields
        self._rates, self._own = get_lr, step

    @property
    def owner(self) -> Any:
        """Whose scheduler this is."""
        return self._owner

    def start(self, optimizer: Any, last_epoch: int = -1) -> None:
        """What `LRScheduler.__init__` does: the rates of the first epoch are asked for and set. Raises what that does."""
        self._attach(optimizer, last_epoch)
        self._steps = -1
        (self._own or self.step)()

    def get_lr(self) -> list[float]:
        """What the class's own gives."""
        return list(self._rates())

    def state_dict(self) -> dict[str, Any]:
        """What its owner holds, then the counts that every scheduler has."""
        return {**self._fields, **super().state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over such a dict. Raises KeyError where a count is missing."""
        self._fields.update((name, state_dict[name]) for name in self._fields if name in state_dict)
        self.base_lrs, self.last_epoch = state_dict["base_lrs"], state_dict["last_epoch"]
        self._steps, self._last = state_dict["_step_count"] - 1, list(state_dict["_last_lr"])
