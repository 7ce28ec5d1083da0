"""Schedulers made of parts: one cycle up and down, and several schedulers one after the other."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from typing import Any

from engine.optim.lr_scheduler import LRScheduler, MultiplicativeLR
from engine.optim.optimizer import Group, Optimizer, number

Phase = tuple[float, str, str, str, str]


class OneCycleLR(LRScheduler):
    """Up to `max_lr` and down to nearly nothing, the momentum the other way round."""

    def __init__(
        self, optimizer: Optimizer, max_lr: Any, total_steps: int | None = None, epochs: int | None = None, steps_per_epoch: int | None = None,
        pct_start: float = 0.3, anneal_strategy: str = "cos", cycle_momentum: bool = True, base_momentum: Any = 0.85, max_momentum: Any = 0.95,
        div_factor: float = 25.0, final_div_factor: float = 1e4, three_phase: bool = False,
    ) -> None:  # fmt: skip
        """Raises TypeError for what is no optimizer, ValueError for a length or a share that makes no sense."""
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.total_steps = _length(total_steps, epochs, steps_per_epoch)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        last = float(self.total_steps - 1)
        rise = float(pct_start * self.total_steps) - 1
        self._phases: tuple[Phase, ...] = (
            (rise, "initial_lr", "max_lr", "max_momentum", "base_momentum"),
            (last, "max_lr", "min_lr", "base_momentum", "max_momentum"),
        )
        if three_phase:
            self._phases = (
                self._phases[0],
                (2 * rise, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
                (last, "initial_lr", "min_lr", "max_momentum", "max_momentum"),
            )
        self._shape, self.cycle_momentum = anneal_strategy, cycle_momentum
        groups = optimizer.param_groups
        for group, highest in zip(groups, _one_each(max_lr, groups, "max_lr"), strict=True):
            group["initial_lr"] = highest / div_factor
            group["max_lr"] = highest
            group["min_lr"] = group["initial_lr"] / final_div_factor
        if cycle_momentum:
            if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
                raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
            most, least = (_one_each(each, groups, name) for each, name in ((max_momentum, "max_momentum"), (base_momentum, "base_momentum")))  # fmt: skip
            for group, high, low in zip(groups, most, least, strict=True):
                group["max_momentum"], group["base_momentum"] = high, low
        super().__init__(optimizer)

    def _between(self, start: float, end: float, share: float) -> float:
        if self._shape == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)

    def _rate(self, place: int, group: Group) -> float:
        step, begun = self.last_epoch, 0.0
        if step > self.total_steps:
            raise ValueError(f"Tried to step {step} times. The specified number of total steps is {self.total_steps}")
        for end, low, high, fast, slow in self._phases:
            if step <= end or end == self._phases[-1][0]:
                share = (step - begun) / (end - begun)
                if self.cycle_momentum:
                    momentum = self._between(group[fast], group[slow], share)
                    if "betas" in self.optimizer.defaults:
                        group["betas"] = (momentum, *group["betas"][1:])
                    else:
                        group["momentum"] = momentum
                return self._between(group[low], group[high], share)
            begun = end
        raise AssertionError("a cycle has a last phase")


def _length(total: int | None, epochs: int | None, steps: int | None) -> int:
    if total is not None:
        if not isinstance(total, int) or total <= 0:
            raise ValueError(f"Expected positive integer total_steps, but got {total}")
        return total
    if epochs is None or steps is None:
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    for name, value in (("epochs", epochs), ("steps_per_epoch", steps)):
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"Expected positive integer {name}, but got {value}")
    return epochs * steps


def _one_each(value: Any, groups: Sequence[Group], name: str) -> list[float]:
    if not isinstance(value, (list, tuple)):
        return [number(value)] * len(groups)
    if len(value) != len(groups):
        raise ValueError(f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, param_groups has {len(groups)}.")  # fmt: skip
    return [number(each) for each in value]


class SequentialLR:
    """Several schedulers of one optimizer, each from its milestone on."""

    def __init__(self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int]) -> None:
        """Raises ValueError where the schedulers and the milestones do not go together."""
        if not schedulers:
            raise ValueError("SequentialLR expects at least one scheduler, but got no scheduler.")
        for place, scheduler in enumerate(schedulers):
            if not isinstance(scheduler, LRScheduler):
                raise TypeError(f"SequentialLR at index {place} should have `optimizer` as its attribute.")
            if scheduler.optimizer is not optimizer:
                raise ValueError(
                    f"SequentialLR expects all schedulers to belong to the same optimizer, but got scheduler {type(scheduler).__name__} at "
                    f"index {place} has {scheduler.optimizer}, which is different from {type(optimizer).__name__}."
                )
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got "
                f"number of schedulers {len(schedulers)} and the number of milestones to be equal to {len(milestones)}"
            )
        self.optimizer, self.last_epoch = optimizer, 0
        self._schedulers, self._milestones = list(schedulers), list(milestones)
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        for scheduler in self._schedulers[1:]:
            scheduler.last_epoch -= 1
        self._schedulers[0].begin()
        self._last = self._schedulers[0].get_last_lr()

    def step(self) -> None:
        """The next epoch has begun; at a milestone the next scheduler begins from its own start."""
        self.last_epoch += 1
        place = bisect.bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[place]
        if place and self._milestones[place - 1] == self.last_epoch:
            if not isinstance(scheduler, MultiplicativeLR):
                for group, first in zip(self.optimizer.param_groups, scheduler.base_lrs, strict=True):
                    group["lr"] = first
            scheduler.begin()
        else:
            scheduler.step()
        self._last = scheduler.get_last_lr()

    def get_last_lr(self) -> list[float]:
        """The learning rates that were set last."""
        return list(self._last)

    def state_dict(self) -> dict[str, Any]:
        """The milestones, where the sequence is, and the states of its schedulers."""
        return {
            "_milestones": list(self._milestones),
            "last_epoch": self.last_epoch,
            "_last_lr": list(self._last),
            "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over such a state."""
        self._milestones = list(state_dict["_milestones"])
        self.last_epoch, self._last = state_dict["last_epoch"], list(state_dict["_last_lr"])
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)

    def __repr__(self) -> str:
        return "<torch.optim.lr_scheduler.SequentialLR object>"
