"""`torch.optim.lr_scheduler`: learning rates that change with the epochs."""

from __future__ import annotations

import copy
import math
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any

from engine.optim.optimizer import Group, Optimizer
from engine.optim.rule import number

EARLY = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call them in the "
    "opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the first "
    "value of the learning rate schedule. See more details at "
    "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)

EPOCH = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use `scheduler.step()` to step "
    "the scheduler. During the deprecation, if epoch is different from None, the closed form is used instead of the new chainable form, where "
    "available. Please open an issue if you are unable to replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose."
)


RESUMED = (
    "when resuming scheduler with last_epoch >= 0.\nThis typically happens when:\n1. You're trying to resume training from a checkpoint but "
    "haven't properly loaded the optimizer state\n2. You're using last_epoch >= 0 for a fresh training run (not recommended)"
)

_SHARED = frozenset({"optimizer", "base_lrs", "last_epoch"})


class LRScheduler:
    """Counts epochs and sets the learning rate of every group of its optimizer."""

    first_groups = False
    """Whether the rates are those of the groups that there were at first alone, so that none may be added."""

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        """Raises TypeError for what is no optimizer, KeyError where training goes on and its first learning rate is not known."""
        self._attach(optimizer, last_epoch)
        self.last_epoch += 1
        self._set()

    def _attach(self, optimizer: Optimizer, last_epoch: int) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for place, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(f"param 'initial_lr' is not specified in param_groups[{place}] {RESUMED}")
        self.base_lrs = [number(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        if optimizer.scheduled is None:
            optimizer.scheduled = optimizer.steps
        self._steps = 0

    def _begin(self) -> None:
        """What a rule counts for itself when an epoch begins."""

    def _set(self, closed: bool = False) -> None:
        self._begin()
        groups = self.optimizer.param_groups
        found = [self._closed(base) for base in self.base_lrs] if closed else []
        rates = self.get_lr() if None in found or not closed else found
        for group, rate in zip(groups, rates, strict=False):
            group["lr"] = rate
        if len(rates) != len(groups):  # a group was added since; those before it have their rates
            raise ValueError(
                f"zip() argument 2 is {'shorter' if len(rates) < len(groups) else 'longer'} than argument 1"
            )
        self._last = [number(group["lr"]) for group in self.optimizer.param_groups]

    def get_lr(self) -> list[float]:
        """The learning rate of each group in this epoch."""
        groups = self.optimizer.param_groups
        if self.first_groups:
            groups = groups[: len(self.base_lrs)]
        return [self._rate(place, group) for place, group in enumerate(groups)]

    def _rate(self, place: int, group: Group) -> float:
        raise NotImplementedError

    def _closed(self, base: float) -> float | None:
        """The learning rate in this epoch, of the first one alone; None where it hangs on those between."""
        return None

    def step(self, epoch: int | None = None) -> None:
        """The next epoch has begun, or that one."""
        self._steps += 1
        if self._steps == 1 and self.optimizer.steps == self.optimizer.scheduled:
            warnings.warn(EARLY, UserWarning, stacklevel=2)
        if epoch is not None:
            warnings.warn(EPOCH, UserWarning, stacklevel=2)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._set(closed=epoch is not None)

    def begin(self) -> None:
        """Back to epoch 0."""
        self.last_epoch = 0
        self._set()

    def get_last_lr(self) -> list[float]:
        """The learning rates that were set last."""
        return list(self._last)

    def state_dict(self) -> dict[str, Any]:
        """Settings and counts as a dict; functions that the program gave are told as None."""
        own = {
            name: copy.copy(value) for name, value in self.__dict__.items() if name not in _SHARED and name[0] != "_"
        }
        lambdas = own.pop("lr_lambdas", None)
        state = {
            **own,
            "base_lrs": list(self.base_lrs),
            "last_epoch": self.last_epoch,
            "_step_count": self._steps + 1,
            "_is_initial": False,
            "_get_lr_called_within_step": False,
            "_last_lr": list(self._last),
        }
        return state if lambdas is None else {**state, "lr_lambdas": [None] * len(lambdas)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over such a dict. Raises KeyError where a count is missing."""
        for name in self.state_dict():
            if name[0] != "_" and name != "lr_lambdas" and name in state_dict:
                self.__dict__[name] = copy.copy(state_dict[name])
        self._steps, self._last = state_dict["_step_count"] - 1, list(state_dict["_last_lr"])

    def __repr__(self) -> str:
        return f"<torch.optim.lr_scheduler.{type(self).__name__} object>"


class StepLR(LRScheduler):
    """Times `gamma` every `step_size` epochs."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return base * self.gamma ** (self.last_epoch // self.step_size)

    def _rate(self, place: int, group: Group) -> float:
        if self.last_epoch and self.step_size == 0:
            raise ZeroDivisionError("integer modulo by zero")
        due = self.last_epoch and self.last_epoch % self.step_size == 0
        return number(group["lr"]) * self.gamma if due else group["lr"]


class MultiStepLR(LRScheduler):
    """Times `gamma` at each of the `milestones`."""

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return base * self.gamma ** bisect_right(self.milestones, self.last_epoch)

    def _rate(self, place: int, group: Group) -> float:
        times = self.milestones.count(self.last_epoch)
        return number(group["lr"]) * self.gamma**times if times else group["lr"]


class ExponentialLR(LRScheduler):
    """Times `gamma` every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return base * self.gamma**self.last_epoch

    def _rate(self, place: int, group: Group) -> float:
        return number(group["lr"]) * self.gamma if self.last_epoch else group["lr"]


def _one_each(optimizer: Any, given: Any) -> list[Any]:
    """One function for each group of the optimizer. Raises ValueError where there are more or fewer."""
    if not isinstance(given, (list, tuple)):
        return [given] * len(optimizer.param_groups)
    if len(given) != len(optimizer.param_groups):
        raise ValueError(f"Expected {len(optimizer.param_groups)} lr_lambdas, but got {len(given)}")
    return list(given)


class LambdaLR(LRScheduler):
    """The first learning rate times what a function says of the epoch."""

    first_groups = True

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        """Raises ValueError where there is not one function for each group."""
        self.lr_lambdas = _one_each(optimizer, lr_lambda)
        super().__init__(optimizer, last_epoch)

    def _rate(self, place: int, group: Group) -> float:
        return self.base_lrs[place] * number(self.lr_lambdas[place](self.last_epoch))


class CosineAnnealingLR(LRScheduler):
    """Down to `eta_min` along half a cosine of `T_max` epochs."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:  # noqa: N803
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2

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


class MultiplicativeLR(LRScheduler):
    """The learning rate times what a function says of the epoch."""

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        """Raises ValueError where there is not one function for each group, TypeError for what is no function."""
        self.lr_lambdas = _one_each(optimizer, lr_lambda)
        for each in self.lr_lambdas:
            if not callable(each):
                raise TypeError(f"lr_lambda should be a function, but got {type(each).__name__}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The learning rate of each group. Raises ValueError where there are more of them than functions."""
        if self.last_epoch > 0 and len(self.optimizer.param_groups) > len(self.lr_lambdas):
            raise ValueError("zip() argument 2 is longer than argument 1")
        return super().get_lr()

    def _rate(self, place: int, group: Group) -> float:
        now = number(group["lr"])
        return now * number(self.lr_lambdas[place](self.last_epoch)) if self._steps or self.last_epoch > 0 else now


class ConstantLR(LRScheduler):
    """Times `factor` until `total_iters` epochs have gone."""

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        """Raises ValueError for a factor outside 0 to 1."""
        if factor > 1.0 or factor < 0:
            raise ValueError("Constant multiplicative factor expected to be between 0 and 1.")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return base * (self.factor + (self.last_epoch >= self.total_iters) * (1 - self.factor))

    def _rate(self, place: int, group: Group) -> float:
        now = number(group["lr"])
        if self.last_epoch == 0:
            return now * self.factor
        return now * (1.0 / self.factor) if self.last_epoch == self.total_iters else now


class LinearLR(LRScheduler):
    """Times a factor that goes evenly from `start_factor` to `end_factor` in `total_iters` epochs."""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        """Raises ValueError for factors outside 0 to 1."""
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.")
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError("Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return base * (
            self.start_factor
            + (self.end_factor - self.start_factor) * min(self.total_iters, self.last_epoch) / self.total_iters
        )

    def _rate(self, place: int, group: Group) -> float:
        now, epoch, way = number(group["lr"]), self.last_epoch, self.end_factor - self.start_factor
        if epoch == 0:
            return now * self.start_factor
        if epoch > self.total_iters:
            return now
        return now * (1.0 + way / (self.total_iters * self.start_factor + (epoch - 1) * way))


class PolynomialLR(LRScheduler):
    """Down to zero along a power of the epochs that are left of `total_iters`."""

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def _closed(self, base: float) -> float:
        return float(base * (1.0 - min(self.total_iters, self.last_epoch) / self.total_iters) ** self.power)

    def _rate(self, place: int, group: Group) -> float:
        now, epoch, total = number(group["lr"]), self.last_epoch, self.total_iters
        if epoch == 0 or epoch > total:
            return now
        return float(now * ((1.0 - epoch / total) / (1.0 - (epoch - 1) / total)) ** self.power)


class CosineAnnealingWarmRestarts(LRScheduler):
    """Down to `eta_min` along half a cosine, again and again, each time `T_mult` times as long."""

    first_groups = True

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        """Raises ValueError for lengths that are no positive whole numbers."""
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        self.T_0, self.T_i, self.T_mult, self.eta_min = T_0, T_0, T_mult, eta_min
        self.T_cur: float = last_epoch if last_epoch >= 0 else 0
        super().__init__(optimizer, last_epoch)

    def step(self, epoch: float | None = None) -> None:
        """The next epoch has begun, or that one, which may be a part of one. Raises ValueError for a negative one."""
        if epoch is None:
            super().step()
            return
        if epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        self._steps += 1
        self.T_cur, self.T_i = epoch, self.T_0
        if epoch >= self.T_0 and self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        elif epoch >= self.T_0:
            cycles = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**cycles - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**cycles
        self.last_epoch = 0  # nothing is to be counted: the place in the cycle is known
        self._set()
        self.last_epoch = math.floor(epoch)

    def _begin(self) -> None:
        if self.last_epoch:
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult

    def _rate(self, place: int, group: Group) -> float:
        share = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return self.eta_min + (self.base_lrs[place] - self.eta_min) * share


class ReduceLROnPlateau:
    """Times `factor` when what `step` is told has not improved for more than `patience` epochs."""

    def __init__(
        self, optimizer: Optimizer, mode: str = "min", factor: float = 0.1, patience: int = 10, threshold: float = 1e-4,
        threshold_mode: str = "rel", cooldown: int = 0, min_lr: Any = 0, eps: float = 1e-8,
    ) -> None:  # fmt: skip
        """Raises TypeError for what is no optimizer, ValueError for a factor or mode that makes no sense."""
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        count = len(optimizer.param_groups)
        least = list(min_lr) if isinstance(min_lr, (list, tuple)) else [min_lr] * count
        if len(least) != count:
            raise ValueError(f"expected {count} min_lrs, got {len(least)}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.optimizer, self.mode, self.factor, self.patience = optimizer, mode, factor, patience
        self.threshold, self.threshold_mode, self.cooldown, self.eps = threshold, threshold_mode, cooldown, eps
        self.default_min_lr = None if isinstance(min_lr, (list, tuple)) else min_lr
        self.min_lrs, self.last_epoch = least, 0
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0
        self._last = [number(group["lr"]) for group in optimizer.param_groups]

    def step(self, metrics: Any) -> None:
        """An epoch has ended with this measure."""
        value = float(number(metrics))
        self.last_epoch += 1
        if self._better(value):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last = [number(group["lr"]) for group in self.optimizer.param_groups]

    def _better(self, value: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "abs":
            return value * sign < (self.best - sign * self.threshold) * sign
        return value * sign < self.best * (1.0 - sign * self.threshold) * sign

    def _reduce(self) -> None:
        for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=False):
            before = number(group["lr"])
            after = max(before * self.factor, least)
            if before - after > self.eps:
                group["lr"] = after

    def get_last_lr(self) -> list[float]:
        """The learning rates after the last step."""
        return list(self._last)

    def state_dict(self) -> dict[str, Any]:
        """Settings and counts as a dict."""
        own = self.__dict__
        return {
            "factor": own["factor"],
            "default_min_lr": own["default_min_lr"],
            **{name: copy.copy(own[name]) for name in _PLATEAU[2:7]},
            "_last_lr": list(self._last),
            "mode_worse": math.inf if self.mode == "min" else -math.inf,
            **{name: copy.copy(own[name]) for name in _PLATEAU[7:]},
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over such a dict."""
        for name in _PLATEAU:
            self.__dict__[name] = copy.copy(state_dict[name])
        self._last = list(state_dict["_last_lr"])

    def __repr__(self) -> str:
        return "<torch.optim.lr_scheduler.ReduceLROnPlateau object>"


_PLATEAU = (
    "factor", "default_min_lr", "min_lrs", "patience", "cooldown", "eps", "last_epoch", "mode", "threshold", "threshold_mode", "best", "cooldown_counter",
    "num_bad_epochs",
)  # fmt: skip
SCHEDULERS: tuple[type[LRScheduler], ...] = (
    StepLR, MultiStepLR, ExponentialLR, LambdaLR, CosineAnnealingLR, MultiplicativeLR, ConstantLR, LinearLR, PolynomialLR,
    CosineAnnealingWarmRestarts,
)  # fmt: skip

# They are made of the schedulers above, and are reached as members of this module.
from engine.optim.cycles import CyclicLR, OneCycleLR  # noqa: E402
from engine.optim.schedules import ChainedScheduler, SequentialLR  # noqa: E402

__all__ = [
    "SCHEDULERS", "ChainedScheduler", "CyclicLR", "LRScheduler", "OneCycleLR", "ReduceLROnPlateau", "SequentialLR",
]  # fmt: skip
