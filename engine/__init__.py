"""Gradlight's engine: PyTorch's autograd on NumPy. `import engine as torch` reads as PyTorch."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from engine import autograd, distributions, fronts, linalg, names, nn, ops, optim, record, special
from engine.anomaly import is_anomaly_enabled
from engine.dtypes import bool_ as bool
from engine.dtypes import (
    dtype,
    float16,
    float32,
    float64,
    get_default_dtype,
    int8,
    int16,
    int32,
    int64,
    set_default_dtype,
    uint8,
)
from engine.dtypes import float16 as half
from engine.dtypes import float32 as float
from engine.dtypes import float64 as double
from engine.dtypes import int16 as short
from engine.dtypes import int32 as int
from engine.dtypes import int64 as long
from engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from engine.refusals import speak, spoken
from engine.size import Size
from engine.tensor import Tensor
from engine.text import get_printoptions, set_printoptions

# Division by zero and overflow give inf and nan without a word, as they do in PyTorch.
np.seterr(all="ignore")

# The submodule of this name would hide the function.
tensor = fronts.number(spoken("tensor", ops.FUNCTIONS))
speak(Tensor, names.METHODS, ops.METHODS)
device = names.TORCH["device"]

pi, inf, nan, e = np.pi, np.inf, np.nan, np.e


def __getattr__(name: str) -> Any:
    if name == "run":
        import engine.run as run
        from engine.doorway import open_door

        open_door("engine.run")
        return run
    if name in ops.FUNCTIONS:
        # From now on it stands in the module and is found without a call.
        found = sys.modules[__name__].__dict__[name] = spoken(name, ops.FUNCTIONS)
        return found
    raise AttributeError(f"module 'torch' has no attribute '{name}'")


__all__ = [
    "Size", "Tensor", "autograd", "bool", "device", "distributions", "double", "dtype", "e", "enable_grad", "float", "float16", "float32", "float64",
    "get_default_dtype", "get_printoptions", "half", "inf", "inference_mode", "int", "int8", "int16", "int32", "int64", "is_anomaly_enabled", "is_grad_enabled", "is_inference_mode_enabled", "linalg", "long", "nan",
    "nn", "no_grad", "optim", "pi", "record", "set_default_dtype", "set_grad_enabled", "set_printoptions", "short", "special", "tensor", "uint8",
]  # fmt: skip
