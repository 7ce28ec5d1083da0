"""What a program may reach of optimizers, as plain tables of (type, name); `engine.names` takes them in."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from engine.optim import OPTIMIZERS
from engine.optim.lr_scheduler import SCHEDULERS, LRScheduler, ReduceLROnPlateau
from engine.optim.optimizer import Optimizer

TORCH: dict[str, Any] = {
    **{f"optim.{kind.__name__}": kind for kind in OPTIMIZERS},
    **{f"optim.lr_scheduler.{kind.__name__}": kind for kind in (*SCHEDULERS, ReduceLROnPlateau)},
}

OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {
    **{
        (kind, name): method
        for kind in OPTIMIZERS
        for name, method in (
            ("step", Optimizer.step),
            ("zero_grad", Optimizer.zero_grad),
            ("add_param_group", Optimizer.add_param_group),
            ("state_dict", Optimizer.state_dict),
            ("load_state_dict", Optimizer.load_state_dict),
        )
    },
    **{
        (kind, name): method
        for kind in SCHEDULERS
        for name, method in (("step", LRScheduler.step), ("get_last_lr", LRScheduler.get_last_lr))
    },
    (ReduceLROnPlateau, "step"): ReduceLROnPlateau.step,
    (ReduceLROnPlateau, "get_last_lr"): ReduceLROnPlateau.get_last_lr,
}

GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    **{(kind, name): attrgetter(name) for kind in OPTIMIZERS for name in ("param_groups", "defaults", "state")},
    **{(kind, name): attrgetter(name) for kind in SCHEDULERS for name in ("last_epoch", "base_lrs", "optimizer")},
    **{(ReduceLROnPlateau, name): attrgetter(name) for name in ("last_epoch", "best", "num_bad_epochs", "optimizer")},
}

HOST_TYPES: frozenset[type] = frozenset({*OPTIMIZERS, *SCHEDULERS, ReduceLROnPlateau})
