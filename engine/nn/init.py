"""`torch.nn.init`: numbers to begin with, drawn as PyTorch draws them after the same seed."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from engine import random
from engine.ops.inplace import write
from engine.tensor import Tensor

_PLAIN = frozenset(
    {"linear", "sigmoid", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"}
)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """How much a nonlinearity shrinks what goes through it. Raises ValueError for one that is not known."""
    if nonlinearity in _PLAIN:
        return 1
    match nonlinearity:
        case "tanh":
            return 5.0 / 3
        case "relu":
            return math.sqrt(2.0)
        case "selu":
            return 3.0 / 4
        case "leaky_relu":
            if param is not None and (isinstance(param, bool) or not isinstance(param, (int, float))):
                raise ValueError(f"negative_slope {param} not a valid number")
            slope = 0.01 if param is None else param
            return math.sqrt(2.0 / (1 + slope**2))
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs and outputs a weight of this shape joins. Raises ValueError below two dimensions."""
    if len(shape) < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def uniform_numbers(shape: tuple[int, ...], low: float, high: float, kind: Any) -> Any:
    return random.default.uniform(low, high, shape, kind)


def normal_numbers(shape: tuple[int, ...], mean: float, std: float, kind: Any) -> Any:
    """Below 16 elements PyTorch scales in double before it rounds."""
    if math.prod(shape) < 16:
        return (random.default.randn(shape, np.float64) * std + mean).astype(kind)
    drawn = random.default.randn(shape, kind)
    return drawn * drawn.dtype.type(std) + drawn.dtype.type(mean)


def kaiming_bound(shape: tuple[int, ...], a: float = math.sqrt(5)) -> float:
    """The bound of Linear's own initial weights."""
    fan_in, _ = fans(shape)
    return math.sqrt(3.0) * (calculate_gain("leaky_relu", a) / math.sqrt(fan_in)) if fan_in else 0.0


def _put(tensor: Tensor, numbers: Any, name: str) -> Tensor:
    write(tensor, numbers, name)
    return tensor


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0) -> Tensor:
    """Raises RuntimeError where `a` lies above `b`."""
    if a > b:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={a:g} > to={b:g}")
    return _put(tensor, uniform_numbers(tensor.shape, a, b, tensor._data.dtype), "uniform_")


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0) -> Tensor:
    """Raises RuntimeError for a negative `std`."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    return _put(tensor, normal_numbers(tensor.shape, mean, std, tensor._data.dtype), "normal_")


def constant_(tensor: Tensor, val: float) -> Tensor:
    return _put(tensor, np.full(tensor.shape, val, tensor._data.dtype), "fill_")


def zeros_(tensor: Tensor) -> Tensor:
    return _put(tensor, np.zeros(tensor.shape, tensor._data.dtype), "zero_")


def ones_(tensor: Tensor) -> Tensor:
    return constant_(tensor, 1.0)


def eye_(tensor: Tensor) -> Tensor:
    """Raises ValueError for what is no matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _put(tensor, np.eye(*tensor.shape, dtype=tensor._data.dtype), "eye_")


def xavier_uniform_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    fan_in, fan_out = fans(tensor.shape)
    bound = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(fan_in + fan_out)))
    return _put(tensor, uniform_numbers(tensor.shape, -bound, bound, tensor._data.dtype), "uniform_")


def xavier_normal_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    fan_in, fan_out = fans(tensor.shape)
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    return _put(tensor, normal_numbers(tensor.shape, 0.0, std, tensor._data.dtype), "normal_")


def _kaiming(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float | None:
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", UserWarning, stacklevel=3)
        return None
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor.shape)[mode == "fan_out"])


def kaiming_uniform_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> Tensor:
    """Raises ValueError for a mode or nonlinearity that is not known."""
    std = _kaiming(tensor, a, mode, nonlinearity)
    if std is None:
        return tensor
    bound = math.sqrt(3.0) * std
    return _put(tensor, uniform_numbers(tensor.shape, -bound, bound, tensor._data.dtype), "uniform_")


def kaiming_normal_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> Tensor:
    """Raises ValueError for a mode or nonlinearity that is not known."""
    std = _kaiming(tensor, a, mode, nonlinearity)
    return (
        tensor if std is None else _put(tensor, normal_numbers(tensor.shape, 0.0, std, tensor._data.dtype), "normal_")
    )


def orthogonal_(tensor: Tensor, gain: float = 1) -> Tensor:
    """Rows or columns at right angles, from the QR decomposition of normal numbers. Raises ValueError below two dimensions."""
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if not tensor.numel():
        return tensor
    rows = tensor.shape[0]
    drawn = normal_numbers((rows, tensor.numel() // rows), 0.0, 1.0, tensor._data.dtype)
    turned = rows < drawn.shape[1]
    q, r = np.linalg.qr(drawn.T if turned else drawn)
    q = q * np.sign(np.diag(r))
    return _put(tensor, (q.T if turned else q).reshape(tensor.shape) * tensor._data.dtype.type(gain), "orthogonal_")


FUNCTIONS = {
    function.__name__: function
    for function in (
        calculate_gain, uniform_, normal_, constant_, zeros_, ones_, eye_, xavier_uniform_, xavier_normal_, kaiming_uniform_,
        kaiming_normal_, orthogonal_,
    )
}  # fmt: skip
