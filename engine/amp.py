"""`torch.amp` where there is no GPU: losses scaled up before backward and gradients down again, and an autocast that casts nothing."""

from __future__ import annotations

import warnings
from contextlib import ContextDecorator
from typing import Any

import numpy as np

from engine import grad_mode
from engine.nn import budget
from engine.ops.table import FUNCTIONS, METHODS
from engine.optim.optimizer import Optimizer
from engine.tensor import Tensor

SETTINGS = ("growth_factor", "backoff_factor", "growth_interval")
OLDER = "`torch.cuda.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('cuda', args...)` instead."
READY, UNSCALED, STEPPED = range(3)


class GradScaler:
    """Keeps small gradients of half precision from vanishing; https://docs.pytorch.org/docs/stable/amp.html."""

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        """Disabled, with a warning, for a GPU. Raises AssertionError for a growth of at most 1 and a backoff of at least 1."""
        if enabled and device == "cuda":
            warnings.warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.", stacklevel=2)
        self.enabled = bool(enabled) and device != "cuda"
        if self.enabled and growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if self.enabled and backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self.factor = float(init_scale)
        self.settings = (growth_factor, backoff_factor, growth_interval)
        self.steps = 0
        self.stages: dict[Optimizer, int] = {}
        self.found: dict[Optimizer, bool] = {}

    def scale(self, outputs: Any) -> Any:
        """The outputs times the scale, as an operation that backward goes through."""
        if not self.enabled:
            return outputs
        if isinstance(outputs, Tensor):
            budget.room(outputs.numel())
            return METHODS["mul"](outputs, FUNCTIONS["tensor"](self.factor))
        if isinstance(outputs, (list, tuple)):
            return type(outputs)(self.scale(each) for each in outputs)
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    def unscale_(self, optimizer: Optimizer) -> None:
        """The gradients of an optimizer's parameters are divided by the scale. Raises RuntimeError the second time."""
        if not self.enabled:
            return
        stage = self.stages.get(optimizer, READY)
        if stage == UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if stage == STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        found = False
        with grad_mode.no_grad():
            for group in optimizer.param_groups:
                for grad in [each.grad for each in group["params"] if each.grad is not None]:
                    budget.step(grad.numel() // 250 + 1)
                    found = found or not bool(np.isfinite(grad._data).all())
                    METHODS["mul_"](grad, 1.0 / self.factor)
        self.stages[optimizer], self.found[optimizer] = UNSCALED, found

    def step(self, optimizer: Optimizer) -> Any:
        """The optimizer's step, left out where a gradient is infinite or no number. Raises RuntimeError the second time."""
        if not self.enabled:
            return optimizer.step()
        if self.stages.get(optimizer) == STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if optimizer not in self.stages:
            self.unscale_(optimizer)
        self.stages[optimizer] = STEPPED
        return None if self.found[optimizer] else optimizer.step()

    def update(self, new_scale: float | None = None) -> None:
        """A smaller scale after a step that was left out, a larger one after many that were not. Raises AssertionError without a step."""
        if not self.enabled:
            return
        growth, backoff, interval = self.settings
        if new_scale is not None:
            self.factor = float(new_scale)
        elif not self.found:
            raise AssertionError("No inf checks were recorded prior to update.")
        elif any(self.found.values()):
            self.factor, self.steps = self.factor * backoff, 0
        else:
            self.steps += 1
            if self.steps == interval:
                self.factor, self.steps = self.factor * growth, 0
        self.stages.clear()
        self.found.clear()

    def get_scale(self) -> float:
        return self.factor if self.enabled else 1.0

    def is_enabled(self) -> bool:
        return self.enabled

    def state_dict(self) -> dict[str, Any]:
        if not self.enabled:
            return {}
        return {"scale": self.factor, **dict(zip(SETTINGS, self.settings, strict=True)), "_growth_tracker": self.steps}


class CudaScaler(GradScaler):
    """The same by its older name, `torch.cuda.amp.GradScaler`, which takes no device."""

    def __init__(
        self,
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        warnings.warn(OLDER.format(name="GradScaler"), FutureWarning, stacklevel=2)
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)


class autocast(ContextDecorator):  # noqa: N801
    """Inside it nothing is cast: for a GPU that is not there PyTorch disables it too, with a warning."""

    def __init__(
        self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        """Raises NotImplementedError where the CPU would cast."""
        if enabled and device_type == "cuda":
            warnings.warn("CUDA is not available or torch_xla is imported. Disabling autocast.", stacklevel=2)
        elif enabled:
            raise NotImplementedError(f"autocast on '{device_type}' would compute in bfloat16, which is not here")

    def __enter__(self) -> None:
        pass

    def __exit__(self, *told: object) -> None:
        pass


TORCH: dict[str, Any] = {
    "amp.GradScaler": GradScaler,
    "cuda.amp.GradScaler": CudaScaler,
    **dict.fromkeys(("amp.autocast", "cuda.amp.autocast", "autocast"), autocast),
}
OBJECTS: dict[tuple[type, str], Any] = {
    (kind, name): found
    for kind in (GradScaler, CudaScaler)
    for name, found in GradScaler.__dict__.items()
    if callable(found) and not name.startswith("_")
}
