"""Activations as modules: each calls the function of its name with the settings it was made with."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from engine.nn.module import Module
from engine.ops import FUNCTIONS
from engine.tensor import Tensor


class _Activation(Module):
    """`CALLS` is the function in `torch.nn.functional`; the attributes of `FACTS` are given to it in order."""

    CALLS: ClassVar[str] = ""

    def _settings(self) -> tuple[Any, ...]:
        return tuple(self.__dict__[name] for name in self.FACTS if name != "inplace")

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = FUNCTIONS[f"nn.functional.{self.CALLS}"](input, *self._settings())
        if self.__dict__.get("inplace"):
            return input.copy_(result)  # type: ignore[no-any-return]
        return result

    def extra_repr(self) -> str:
        shown = [(name, self.__dict__[name]) for name in self.FACTS]
        return ", ".join(f"{name}={value!r}" for name, value in shown if name != "inplace" or value)


class Tanh(_Activation):
    CALLS = "tanh"


class Sigmoid(_Activation):
    CALLS = "sigmoid"


class Softsign(_Activation):
    CALLS = "softsign"


class LogSigmoid(_Activation):
    CALLS = "logsigmoid"


class _InPlace(_Activation):
    FACTS: ClassVar[tuple[str, ...]] = ("inplace",)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class ReLU(_InPlace):
    CALLS = "relu"

    def forward(self, input: Tensor) -> Tensor:
        return input.relu_() if self.inplace else super().forward(input)


class SiLU(_InPlace):
    CALLS = "silu"


class SELU(_InPlace):
    CALLS = "selu"


class Mish(_InPlace):
    CALLS = "mish"


class ReLU6(_InPlace):
    CALLS = "relu6"

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class LeakyReLU(_Activation):
    CALLS = "leaky_relu"
    FACTS = ("negative_slope", "inplace")

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace


class ELU(_Activation):
    CALLS = "elu"
    FACTS = ("alpha", "inplace")

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace


class Hardtanh(_Activation):
    CALLS = "hardtanh"
    FACTS = ("min_val", "max_val", "inplace")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace


class GELU(_Activation):
    CALLS = "gelu"
    FACTS = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = FUNCTIONS["nn.functional.gelu"](input, approximate=self.approximate)
        return result


class Softplus(_Activation):
    CALLS = "softplus"
    FACTS = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold


class _AlongDim(_Activation):
    FACTS: ClassVar[tuple[str, ...]] = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        dim = self.dim
        if dim is None:
            warnings.warn(
                f"Implicit dimension choice for {self.CALLS} has been deprecated. Change the call to include dim=X as an argument.",
                UserWarning,
                stacklevel=2,
            )
            dim = 0 if input.ndim in (0, 1, 3) else 1
        result: Tensor = FUNCTIONS[self.CALLS](input, dim)
        return result


class Softmax(_AlongDim):
    CALLS = "softmax"


class LogSoftmax(_AlongDim):
    CALLS = "log_softmax"


_ALL: tuple[type[_Activation], ...] = (
    ReLU, LeakyReLU, Tanh, Sigmoid, GELU, SiLU, Softplus, ELU, Softmax, LogSoftmax, Hardtanh, ReLU6, SELU, Mish, Softsign, LogSigmoid,
)  # fmt: skip
LAYERS: tuple[type[Module], ...] = tuple(kind for kind in _ALL if f"nn.functional.{kind.CALLS}" in FUNCTIONS)
