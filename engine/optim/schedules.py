"""Schedulers made of schedulers: one after the other, or all of them at once."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

from engine.nn import budget
from engine.optim.lr_scheduler import LRScheduler, MultiplicativeLR, ReduceLROnPlateau
from engine.optim.optimizer import Optimizer
from engine.optim.rule import number


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


class ChainedScheduler:
    """Several schedulers of one optimizer, all of which step at once."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        """Raises ValueError where there is none, or where they belong to different optimizers; TypeError for what is no scheduler."""
        if len(schedulers) < 1:
            raise ValueError("ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.")
        own = optimizer or schedulers[0].optimizer
        each: tuple[Any, ...] = tuple(schedulers)
        for place, scheduler in enumerate(each):
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(
                    "ChainedScheduler does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be specified "
                    f"when calling `step`, but got one at index {place} in the given schedulers sequence."
                )
            if not isinstance(scheduler, (LRScheduler, SequentialLR)):
                raise TypeError(f"ChainedScheduler at index {place} should have `optimizer` as its attribute.")
            if scheduler.optimizer is not own:
                raise ValueError(
                    f"ChainedScheduler expects all schedulers to belong to the same optimizer, but got scheduler "
                    f"{type(scheduler).__name__} at index {place} has {scheduler.optimizer}, which is different from "
                    f"{type(own).__name__}."
                )
        self.optimizer = own
        self._schedulers = list(schedulers)
        self._last = self._rates()

    def _rates(self) -> list[float]:
        return [number(group["lr"]) for group in self.optimizer.param_groups]

    def step(self) -> None:
        """The next epoch has begun for all of them."""
        budget.step(len(self._schedulers))
        for scheduler in self._schedulers:
            scheduler.step()
        self._last = self._rates()

    def get_last_lr(self) -> list[float]:
        """The learning rates that were set last."""
        return list(self._last)

    def state_dict(self) -> dict[str, Any]:
        """The learning rates, and the states of the schedulers."""
        return {
            "_last_lr": list(self._last),
            "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over such a state."""
        self._last = list(state_dict["_last_lr"])
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)

    def __repr__(self) -> str:
        return "<torch.optim.lr_scheduler.ChainedScheduler object>"
