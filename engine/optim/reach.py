"""What a program may reach of optimizers, as plain tables of (type, name); `engine.names` takes them in."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from engine.optim import OPTIMIZERS, lr_scheduler
from engine.optim.cycles import SWALR
from engine.optim.lr_scheduler import (
    ChainedScheduler,
    CyclicLR,
    LRScheduler,
    OneCycleLR,
    ReduceLROnPlateau,
    SequentialLR,
)
from engine.optim.optimizer import Optimizer
from engine.optim.own import OwnOptimizer, OwnScheduler

SCHEDULERS: tuple[type[Any], ...] = (*lr_scheduler.SCHEDULERS, OneCycleLR, CyclicLR)
ALONE: tuple[type[Any], ...] = (ReduceLROnPlateau, SequentialLR, ChainedScheduler)

FACTS = {
    "StepLR": "step_size gamma",
    "MultiStepLR": "milestones gamma",
    "ExponentialLR": "gamma",
    "CosineAnnealingLR": "T_max eta_min",
    "CosineAnnealingWarmRestarts": "T_0 T_i T_mult T_cur eta_min",
    "ConstantLR": "factor total_iters",
    "LinearLR": "start_factor end_factor total_iters",
    "PolynomialLR": "total_iters power",
    "OneCycleLR": "total_steps",
    "CyclicLR": "max_lrs total_size step_ratio mode gamma",
    "SequentialLR": "last_epoch optimizer",
    "ChainedScheduler": "optimizer",
    "ReduceLROnPlateau": "last_epoch best num_bad_epochs cooldown_counter patience factor mode optimizer",
}
"""What else a program may read of a scheduler."""

TORCH: dict[str, Any] = {
    **{f"optim.{kind.__name__}": kind for kind in OPTIMIZERS},
    **{f"optim.lr_scheduler.{kind.__name__}": kind for kind in (*SCHEDULERS, *ALONE)},
    "optim.swa_utils.SWALR": SWALR,
}

STEPPED: tuple[type[Any], ...] = (*OPTIMIZERS, OwnOptimizer)
TIMED: tuple[type[Any], ...] = (*SCHEDULERS, SWALR, OwnScheduler)

OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {
    **{
        (kind, name): method
        for kind in STEPPED
        for name, method in (
            ("step", kind.step),
            ("register_step_pre_hook", Optimizer.register_step_pre_hook),
            ("register_step_post_hook", Optimizer.register_step_post_hook),
            ("zero_grad", Optimizer.zero_grad),
            ("add_param_group", Optimizer.add_param_group),
            ("state_dict", Optimizer.state_dict),
            ("load_state_dict", kind.load_state_dict),
        )
    },
    **{
        (kind, name): method
        for kind in TIMED
        for name, method in (
            ("step", kind.step),
            ("get_last_lr", LRScheduler.get_last_lr),
            ("state_dict", kind.state_dict),
            ("load_state_dict", kind.load_state_dict),
        )
    },
    **{
        (kind, name): kind.__dict__[name]
        for kind in ALONE
        for name in ("step", "get_last_lr", "state_dict", "load_state_dict")
    },
}

GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    **{(kind, name): attrgetter(name) for kind in STEPPED for name in ("param_groups", "defaults", "state")},
    **{(kind, name): attrgetter(name) for kind in TIMED for name in ("last_epoch", "base_lrs", "optimizer")},
    **{
        (TORCH[f"optim.lr_scheduler.{kind}"], name): attrgetter(name)
        for kind, facts in FACTS.items()
        for name in facts.split()
    },
}

HOST_TYPES: frozenset[type] = frozenset({*OPTIMIZERS, *SCHEDULERS, SWALR, *ALONE})


def _groups(optimizer: Optimizer, groups: Any) -> None:
    optimizer.param_groups = groups


def _defaults(optimizer: Optimizer, defaults: Any) -> None:
    optimizer.defaults = defaults


def _state(optimizer: OwnOptimizer, memory: Any) -> None:
    optimizer.state = memory


def _epoch(scheduler: LRScheduler, epoch: Any) -> None:
    scheduler.last_epoch = epoch


def _base(scheduler: LRScheduler, rates: Any) -> None:
    scheduler.base_lrs = rates


SETTERS: dict[tuple[type, str], Callable[[Any, Any], None]] = {
    **{(kind, name): put for kind in STEPPED for name, put in (("param_groups", _groups), ("defaults", _defaults))},
    (OwnOptimizer, "state"): _state,
    **{(kind, name): put for kind in TIMED for name, put in (("last_epoch", _epoch), ("base_lrs", _base))},
}
"""What an object of a program's class writes to the optimizer or scheduler that it is built on."""
