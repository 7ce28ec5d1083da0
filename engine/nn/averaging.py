"""What `torch.optim.swa_utils` has of modules: a model of averaged parameters, and its batch statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine import grad_mode
from engine.nn import budget
from engine.nn.module import Module
from engine.nn.norm import _BatchNorm, _InstanceNorm
from engine.ops.table import METHODS
from engine.tensor import Tensor

Average = Callable[[Any, Any, Any], Any]


def get_swa_avg_fn() -> Average:
    """What makes the next average of the last one, of the new numbers, and of how many were averaged so far: all weigh the same."""
    return lambda averaged, new, count: averaged + (new - averaged) / (count + 1)


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The same, for an average that forgets: the last one keeps the share `decay`. Raises ValueError for what is no share."""
    _share(decay)
    return lambda averaged, new, count: decay * averaged + (1 - decay) * new


def get_ema_multi_avg_fn(decay: float = 0.999) -> Average:
    """The same for lists of tensors, which are changed in place."""
    _share(decay)

    def update(averaged: list[Any], new: list[Any], count: Any) -> None:
        for own, other in zip(averaged, new, strict=True):
            if own.is_floating_point():
                METHODS["lerp_"](own, other, 1 - decay)
            else:
                METHODS["copy_"](own, own * decay + other * (1 - decay))

    return update


def get_swa_multi_avg_fn() -> Average:
    """`get_swa_avg_fn` for lists of tensors, which are changed in place."""

    def update(averaged: list[Any], new: list[Any], count: Any) -> None:
        for own, other in zip(averaged, new, strict=True):
            if own.is_floating_point():
                METHODS["lerp_"](own, other, 1 / (count.item() + 1))
            else:
                METHODS["add_"](own, (other - own) / (count + 1))

    return update


def _share(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


class AveragedModel(Module):
    """A model whose parameters are averages of those that another had; `module` is a copy of that one, made by who makes this."""

    def __init__(
        self, model: Module, device: Any = None, avg_fn: Average | None = None, multi_avg_fn: Average | None = None,
        use_buffers: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = model
        self.register_buffer("n_averaged", Tensor(np.array(0)))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """The averages hold what the parameters of `model` are now."""
        with grad_mode.no_grad():
            own, new = _averaged(self.module, self.use_buffers), _averaged(model, self.use_buffers)
            budget.step(1 + sum(each._data.size for each in own) // 250)
            pairs = list(zip(own, new, strict=False))
            count = self._buffers["n_averaged"]
            assert count is not None
            if not count.item():
                for held, other in pairs:
                    METHODS["copy_"](held, other.detach())
            elif self.multi_avg_fn is not None:
                self.multi_avg_fn([each.detach() for each, _ in pairs], [each.detach() for _, each in pairs], count)
            else:
                average = self.avg_fn or get_swa_avg_fn()
                for held, other in pairs:
                    METHODS["copy_"](held, average(held.detach(), other.detach(), count))
            if not self.use_buffers:
                for held, other in zip(self.module.buffers(), model.buffers(), strict=False):
                    METHODS["copy_"](held.detach(), other.detach())
            METHODS["add_"](count, 1)


def _averaged(model: Module, buffers: bool) -> list[Tensor]:
    return [*model.parameters(), *(model.buffers() if buffers else ())]


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Every batch norm of the model has the mean and the spread of all batches of `loader`, each weighing the same."""
    with grad_mode.no_grad():
        norms = [
            part for part in model.modules() if isinstance(part, _BatchNorm) and not isinstance(part, _InstanceNorm)
        ]
        for part in norms:
            part.reset_running_stats()
        if not norms:
            return
        training, kept = model.training, [part.momentum for part in norms]
        model.train()
        for part in norms:
            part.momentum = None
        for batch in loader:
            model(batch[0] if isinstance(batch, (list, tuple)) else batch)
        for part, momentum in zip(norms, kept, strict=True):
            part.momentum = momentum
        model.train(training)


FUNCTIONS: dict[str, Any] = {
    each.__name__: each
    for each in (get_ema_avg_fn, get_ema_multi_avg_fn, get_swa_avg_fn, get_swa_multi_avg_fn, update_bn)
}
LAYERS = (AveragedModel,)
