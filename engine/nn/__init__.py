"""`torch.nn`: modules, Parameter, functionals and first numbers; `Shell` and `ABSENT` are the interpreter's seam."""

from __future__ import annotations

from typing import Any

from engine.nn import budget, functional, init
from engine.nn import clip as utils
from engine.nn.module import ABSENT, Module
from engine.nn.parameter import Parameter
from engine.nn.reach import LAYERS
from engine.nn.shell import Shell

_BY_NAME = {layer.__name__: layer for layer in LAYERS}


def __getattr__(name: str) -> Any:
    if name in _BY_NAME:
        return _BY_NAME[name]
    raise AttributeError(f"module 'torch.nn' has no attribute '{name}'")


__all__ = ["ABSENT", "LAYERS", "Module", "Parameter", "Shell", "budget", "functional", "init", "utils"]
