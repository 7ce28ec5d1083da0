"""Names that PyTorch's functions had before, and those of settings: what they do now, and the warning that says how it is written today."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from engine import dtypes
from engine.nn import clip, init
from engine.ops.constructors import CONSTRUCTORS
from engine.ops.table import FUNCTIONS

DEFAULT_TYPE = (
    "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and torch.set_default_device() as "
    "alternatives."
)
LEGACY = {kind.legacy: kind for kind in CONSTRUCTORS.values()}


def warned(
    function: Callable[..., Any], name: str, said: str, category: type[Warning] = FutureWarning, **fixed: Any
) -> Callable[..., Any]:
    """The function by its older name, with arguments that this one has settled."""

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        warnings.warn(said, category, stacklevel=2)
        return function(*given, **named, **fixed)

    call.__name__ = call.__qualname__ = name
    return call


def _upsample(name: str, **fixed: Any) -> Callable[..., Any]:
    def call(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
        return FUNCTIONS["nn.functional.interpolate"](input, size, scale_factor, **fixed)

    said = f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead."
    call.__name__ = call.__qualname__ = name  # as Python calls it where an argument is missing
    return warned(call, name, said, UserWarning)


def set_default_tensor_type(t: Any, /) -> None:
    """Make the dtype of a tensor type, or of one by its name, what Python floats give. Raises TypeError for one that is not of floats."""
    warnings.warn(DEFAULT_TYPE, UserWarning, stacklevel=2)
    if not isinstance(t, str):
        raise TypeError("invalid type object: only floating-point types are supported as the default type")
    home, _, name = t.rpartition(".")
    if home.startswith("torch.cuda") and f"torch.{name}" in LEGACY:
        raise TypeError(f"type {t} not available. Torch not compiled with CUDA enabled.")
    if not home:
        raise ModuleNotFoundError(f"No module named '{t}'")
    if t not in LEGACY:
        raise AttributeError(f"module '{home}' has no attribute '{name}'")
    dtypes.set_default_dtype(LEGACY[t])


TORCH: dict[str, Any] = {
    "set_default_tensor_type": set_default_tensor_type,
    **{
        f"nn.init.{name[:-1]}": warned(
            function, name[:-1], f"`nn.init.{name[:-1]}` is now deprecated in favor of `nn.init.{name}`."
        )
        for name, function in init.FUNCTIONS.items()
        if name not in ("calculate_gain", "trunc_normal_", "zeros_", "ones_")
    },
    "nn.utils.clip_grad_norm": warned(
        clip.clip_grad_norm_,
        "clip_grad_norm",
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
    ),
    "nn.functional.upsample_nearest": _upsample("upsample_nearest", mode="nearest"),
    "nn.functional.upsample_bilinear": _upsample("upsample_bilinear", mode="bilinear", align_corners=True),
}
