"""Schedulers that go up and down: one cycle, or the same again and again, the momentum the other way round."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from engine.optim.lr_scheduler import LRScheduler
from engine.optim.optimizer import Group, Optimizer
from engine.optim.rule import number

Phase = tuple[float, str, str, str, str]


class OneCycleLR(LRScheduler):
    """Up to `max_lr` and down to nearly nothing, the momentum the other way round."""

    def __init__(
        self, optimizer: Optimizer, max_lr: Any, total_steps: int | None = None, epochs: int | None = None, steps_per_epoch: int | None = None,
        pct_start: float = 0.3, anneal_strategy: str = "cos", cycle_momentum: bool = True, base_momentum: Any = 0.85, max_momentum: Any = 0.95,
        div_factor: float = 25.0, final_div_factor: float = 1e4, three_phase: bool = False, last_epoch: int = -1,
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
        super().__init__(optimizer, last_epoch)

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
                rate = self._between(group[low], group[high], share)
                if self.cycle_momentum:
                    momentum = self._between(group[fast], group[slow], share)
                    if "betas" in self.optimizer.defaults:
                        group["betas"] = (momentum, *group["betas"][1:])
                    else:
                        group["momentum"] = momentum
                return rate
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


SHAPES: dict[str, tuple[Callable[[float, float], float], str]] = {
    "triangular": (lambda gamma, cycle: 1.0, "cycle"),
    "triangular2": (lambda gamma, cycle: 1 / 2.0 ** (cycle - 1), "cycle"),
    "exp_range": (lambda gamma, step: float(gamma**step), "iterations"),
}


class CyclicLR(LRScheduler):
    """From `base_lr` to `max_lr` and back, again and again, the height of each cycle told by a mode or a function."""

    first_groups = True

    def __init__(
        self, optimizer: Optimizer, base_lr: Any, max_lr: Any, step_size_up: int = 2000, step_size_down: int | None = None,
        mode: str = "triangular", gamma: float = 1.0, scale_fn: Callable[[float], float] | None = None, scale_mode: str = "cycle",
        cycle_momentum: bool = True, base_momentum: Any = 0.8, max_momentum: Any = 0.9, last_epoch: int = -1,
    ) -> None:  # fmt: skip
        """Raises TypeError for what is no optimizer, ValueError for a mode that is not known."""
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        groups = optimizer.param_groups
        least = _one_each(base_lr, groups, "base_lr")
        if last_epoch == -1:
            for group, lowest in zip(groups, least, strict=True):
                group["lr"] = lowest
        self.max_lrs = _one_each(max_lr, groups, "max_lr")
        rise = float(step_size_up)
        self.total_size = rise + (rise if step_size_down is None else float(step_size_down))
        self.step_ratio = rise / self.total_size
        if mode not in SHAPES and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        self.mode, self.gamma, self._scale_fn = mode, gamma, scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else SHAPES[mode][1]
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
                raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
            most, low = (
                _one_each(max_momentum, groups, "max_momentum"),
                _one_each(base_momentum, groups, "base_momentum"),
            )
            for group, highest, lowest in zip(groups, most, low, strict=True):
                group["max_momentum"], group["base_momentum"] = highest, lowest
        super().__init__(optimizer, last_epoch)
        self.base_lrs = least

    def get_lr(self) -> list[float]:
        """The learning rate of each group. Raises ValueError where one was added since and momentum goes in cycles too."""
        rates = super().get_lr()
        if self.cycle_momentum and len(rates) < len(self.optimizer.param_groups):
            raise ValueError("zip() argument 2 is shorter than argument 1")
        return rates

    def _rate(self, place: int, group: Group) -> float:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        along = 1.0 + self.last_epoch / self.total_size - cycle
        share = along / self.step_ratio if along <= self.step_ratio else (along - 1) / (self.step_ratio - 1)
        asked = cycle if self.scale_mode == "cycle" else self.last_epoch
        scale = SHAPES[self.mode][0](self.gamma, asked) if self._scale_fn is None else number(self._scale_fn(asked))
        if self.cycle_momentum:
            height = (group["max_momentum"] - group["base_momentum"]) * share
            momentum = group["max_momentum"] - height * scale
            if "betas" in self.optimizer.defaults:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum
        return self.base_lrs[place] + (self.max_lrs[place] - self.base_lrs[place]) * share * scale


class SWALR(LRScheduler):
    """From where the learning rate is to `swa_lr` within `anneal_epochs`, along half a cosine or a line, and there it stays."""

    def __init__(
        self, optimizer: Optimizer, swa_lr: Any, anneal_epochs: int = 10, anneal_strategy: str = "cos", last_epoch: int = -1
    ) -> None:  # fmt: skip
        rates = list(swa_lr) if isinstance(swa_lr, (list, tuple)) else [swa_lr] * len(optimizer.param_groups)
        if len(rates) != len(optimizer.param_groups):
            raise ValueError(
                f"swa_lr must have the same length as optimizer.param_groups. swa_lr has {len(rates)} values, "
                f"param_groups has {len(optimizer.param_groups)}."
            )
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._strategy, self.anneal_epochs = anneal_strategy, anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, epoch: int) -> float:
        along = max(0.0, min(1.0, epoch / max(1, self.anneal_epochs)))
        return along if self._strategy == "linear" else (1 - math.cos(math.pi * along)) / 2

    def _rate(self, place: int, group: Group) -> float:
        now, aim, step = number(group["lr"]), number(group["swa_lr"]), self.last_epoch
        if not self.anneal_epochs:
            step = max(1, step)
        before = self._share(max(0, step - 1))
        first = aim if before == 1 else (now - before * aim) / (1 - before)
        share = self._share(step)
        return aim * share + first * (1 - share)
