"""Activations as modules: each calls the function of its name with the settings it was made with."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np

from engine import dtypes
from engine.nn.functional import OFFERED
from engine.nn.module import Module
from engine.nn.parameter import Parameter, numpy_kind, own, shape_of
from engine.ops import FUNCTIONS, OPS
from engine.ops.gates import coarse_inverse
from engine.ops.inplace import change
from engine.tensor import Tensor

SELU_SCALES = (1.6732632423543772, 1.0507009873554805, 1.0)
"""The alpha, scale and input scale of SELU."""


class _Activation(Module):
    """`CALLS` is the function in `torch.nn.functional`; the attributes of `FACTS` are given to it in order."""

    CALLS: ClassVar[str] = ""
    SPACE: ClassVar[str] = "nn.functional."

    def _settings(self) -> tuple[Any, ...]:
        return tuple(self.__dict__[name] for name in self.FACTS if name != "inplace")

    def forward(self, input: Tensor) -> Tensor:
        if self.__dict__.get("inplace"):
            name, settings = self._row()
            return change(input, OPS[name], (), settings, f"{self.CALLS}_")
        result: Tensor = OFFERED[f"{self.SPACE}{self.CALLS}"](input, *self._settings())
        return result

    def _row(self) -> tuple[str, tuple[Any, ...]]:
        """The row that writes into its input, and what it is given."""
        return f"{self.CALLS}_" if f"{self.CALLS}_" in OPS else self.CALLS, self._settings()

    def extra_repr(self) -> str:
        shown = [(name, self.__dict__[name]) for name in self.FACTS]
        return ", ".join(f"{name}={value!r}" for name, value in shown if name != "inplace" or value)


class Tanh(_Activation):
    CALLS, SPACE = "tanh", ""


class Sigmoid(_Activation):
    CALLS, SPACE = "sigmoid", ""


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

    def _row(self) -> tuple[str, tuple[Any, ...]]:
        return "elu_", SELU_SCALES


class Mish(_InPlace):
    CALLS = "mish"


class ReLU6(_InPlace):
    CALLS = "relu6"

    def _row(self) -> tuple[str, tuple[Any, ...]]:
        return "hardtanh", (0.0, 6.0)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class RReLU(_Activation):
    CALLS = "rrelu"
    FACTS = ("lower", "upper", "inplace")

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.rrelu"](input, self.lower, self.upper, self.training, self.inplace)
        return result


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

    def _row(self) -> tuple[str, tuple[Any, ...]]:
        return "elu_", (self.alpha, 1.0, 1.0)


class Hardtanh(_Activation):
    CALLS = "hardtanh"
    FACTS = ("min_val", "max_val", "inplace")

    def __init__(
        self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False, min_value: float | None = None, max_value: float | None = None
    ) -> None:  # fmt: skip
        super().__init__()
        for name, old in (("min", min_value), ("max", max_value)):
            if old is not None:
                words = f"keyword argument `{name}_value` is deprecated and renamed to `{name}_val`"
                warnings.warn(words, FutureWarning, stacklevel=2)
        min_val, max_val = min_val if min_value is None else min_value, max_val if max_value is None else max_value
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace
        if not max_val > min_val:
            raise AssertionError(f"max_val ({max_val}) must be greater than min_val ({min_val})")


class GELU(_Activation):
    CALLS = "gelu"
    FACTS = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.gelu"](input, approximate=self.approximate)
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
            dim = 0 if input.dim() in (0, 1, 3) else 1
        result: Tensor = OFFERED[f"nn.functional.{self.CALLS}"](input, dim)
        return result


class Hardsigmoid(_InPlace):
    CALLS = "hardsigmoid"

    def extra_repr(self) -> str:
        return ""


class Hardswish(Hardsigmoid):
    CALLS = "hardswish"


class CELU(ELU):
    CALLS = "celu"

    def _row(self) -> tuple[str, tuple[Any, ...]]:
        return "celu_", (self.alpha, coarse_inverse(self.alpha))


class Threshold(_Activation):
    CALLS = "threshold"
    FACTS = ("threshold", "value", "inplace")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace


class Hardshrink(_Activation):
    CALLS = "hardshrink"
    FACTS = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softshrink(Hardshrink):
    CALLS = "softshrink"


class Tanhshrink(_Activation):
    CALLS = "tanhshrink"


class GLU(_Activation):
    CALLS = "glu"
    FACTS = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim


class Softmin(_AlongDim):
    CALLS = "softmin"


class Softmax2d(_Activation):
    CALLS = "softmax2d"

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        result: Tensor = OFFERED["nn.functional.softmax"](input, -3)
        return result


class Softmax(_AlongDim):
    CALLS = "softmax"


class LogSoftmax(_AlongDim):
    CALLS = "log_softmax"


class PReLU(Module):
    """The input where it is positive, else the input times a slope that is learned; one for all, or one for every channel."""

    FACTS: ClassVar[tuple[str, ...]] = ("num_parameters",)
    num_parameters: int
    weight: Parameter

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: dtypes.dtype | None = None
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.weight = own(np.full(shape_of(num_parameters), init, numpy_kind(dtype)))

    def forward(self, input: Tensor) -> Tensor:
        result: Tensor = OFFERED["nn.functional.prelu"](input, self.weight)
        return result

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


_ALL: tuple[type[_Activation], ...] = (
    ReLU, LeakyReLU, Tanh, Sigmoid, GELU, SiLU, Softplus, ELU, Softmax, LogSoftmax, Hardtanh, ReLU6, SELU, Mish, Softsign, LogSigmoid,
    Hardsigmoid, Hardswish, CELU, RReLU, Threshold, Hardshrink, Softshrink, Tanhshrink, GLU,
)  # fmt: skip
LAYERS: tuple[type[Module], ...] = (
    *(kind for kind in _ALL if f"nn.functional.{kind.CALLS}" in FUNCTIONS),
    PReLU,
    Softmin,
    Softmax2d,
)
