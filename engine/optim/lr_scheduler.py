"""`torch.optim.lr_scheduler`: learning rates that change with the epochs."""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterable

from engine.optim.optimizer import Group, Optimizer, number

EARLY = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call them in the "
    "opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the first "
    "value of the learning rate schedule. See more details at "
    "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)


class LRScheduler:
    """Counts epochs and sets the learning rate of every group of its optimizer."""

    def __init__(self, optimizer: Optimizer) -> None:
        """Raises TypeError for what is no optimizer."""
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.base_lrs = [number(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = 0
        self._steps, self._before = 0, optimizer.steps
        self._set()

    def _set(self) -> None:
        for place, group in enumerate(self.optimizer.param_groups):
            group["lr"] = self._rate(place, group)
        self._last = [number(group["lr"]) for group in self.optimizer.param_groups]

    @abstractmethod
    def _rate(self, place: int, group: Group) -> float:
        """The learning rate of a group in this epoch."""

    def step(self) -> None:
        """The next epoch has begun."""
        self._steps += 1
        if self._steps == 1 and self.optimizer.steps == self._before:
            warnings.warn(EARLY, UserWarning, stacklevel=2)
        self.last_epoch += 1
        self._set()

    def get_last_lr(self) -> list[float]:
        """The learning rates that were set last."""
        return list(self._last)

    def __repr__(self) -> str:
        return f"<torch.optim.lr_scheduler.{type(self).__name__} object>"


class StepLR(LRScheduler):
    """Times `gamma` every `step_size` epochs."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def _rate(self, place: int, group: Group) -> float:
        due = self.last_epoch and self.last_epoch % self.step_size == 0
        return number(group["lr"]) * self.gamma if due else group["lr"]


class MultiStepLR(LRScheduler):
    """Times `gamma` at each of the `milestones`."""

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer)

    def _rate(self, place: int, group: Group) -> float:
        times = self.milestones.count(self.last_epoch)
        return number(group["lr"]) * self.gamma**times if times else group["lr"]


class ExponentialLR(LRScheduler):
    """Times `gamma` every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = gamma
        super().__init__(optimizer)

    def _rate(self, place: int, group: Group) -> float:
        return number(group["lr"]) * self.gamma if self.last_epoch else group["lr"]


class LambdaLR(LRScheduler):
    """The first learning rate times what a function says of the epoch."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | list[Callable[[int], float]]) -> None:
        """Raises ValueError where there is not one function for each group."""
        count = len(optimizer.param_groups) if isinstance(optimizer, Optimizer) else 1
        self.lr_lambdas = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * count
        if len(self.lr_lambdas) != count:
            raise ValueError(f"Expected {count} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer)

    def _rate(self, place: int, group: Group) -> float:
        return self.base_lrs[place] * number(self.lr_lambdas[place](self.last_epoch))


class CosineAnnealingLR(LRScheduler):
    """Down to `eta_min` along half a cosine of `T_max` epochs."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:  # noqa: N803
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def _rate(self, place: int, group: Group) -> float:
        epoch, period, least = self.last_epoch, self.T_max, self.eta_min
        now = number(group["lr"])
        if not epoch:
            return now
        if (epoch - 1 - period) % (2 * period) == 0:
            return now + (self.base_lrs[place] - least) * (1 - math.cos(math.pi / period)) / 2
        return (1 + math.cos(math.pi * epoch / period)) / (1 + math.cos(math.pi * (epoch - 1) / period)) * (
            now - least
        ) + least


SCHEDULERS: tuple[type[LRScheduler], ...] = (StepLR, MultiStepLR, ExponentialLR, LambdaLR, CosineAnnealingLR)
