"""What a program may reach of optimizers, as plain tables of (type, name); `engine.names` takes them in."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from engine.optim import OPTIMIZERS, lr_scheduler
from engine.optim.lr_scheduler import LRScheduler, OneCycleLR, ReduceLROnPlateau, SequentialLR
from engine.optim.optimizer import Optimizer

SCHEDULERS: tuple[type[Any], ...] = (*lr_scheduler.SCHEDULERS, OneCycleLR)
ALONE: tuple[type[Any], ...] = (ReduceLROnPlateau, SequentialLR)

TORCH: dict[str, Any] = {
    **{f"optim.{kind.__name__}": kind for kind in OPTIMIZERS},
    **{f"optim.lr_scheduler.{kind.__name__}": kind for kind in (*SCHEDULERS, *ALONE)},
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
        for name, method in (
            ("step", LRScheduler.step),
            ("get_last_lr", LRScheduler.get_last_lr),
            ("state_dict", LRScheduler.state_dict),
            ("load_state_dict", LRScheduler.load_state_dict),
        )
    },
    **{
        (kind, name): kind.__dict__[name]
        for kind in ALONE
        for name in ("step", "get_last_lr", "state_dict", "load_state_dict")
    },
}

GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    **{(kind, name): attrgetter(name) for kind in OPTIMIZERS for name in ("param_groups", "defaults", "state")},
    **{(kind, name): attrgetter(name) for kind in SCHEDULERS for name in ("last_epoch", "base_lrs", "optimizer")},
    **{(SequentialLR, name): attrgetter(name) for name in ("last_epoch", "optimizer")},
    (OneCycleLR, "total_steps"): attrgetter("total_steps"),
    **{(ReduceLROnPlateau, name): attrgetter(name) for name in ("last_epoch", "best", "num_bad_epochs", "optimizer")},
}

HOST_TYPES: frozenset[type] = frozenset({*OPTIMIZERS, *SCHEDULERS, *ALONE})
