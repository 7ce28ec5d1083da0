"""`torch.nn.init`: numbers to begin with, drawn as PyTorch draws them after the same seed."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, random
from engine.nn import budget
from engine.nn.tree import kind_of
from engine.ops import noise
from engine.ops.inplace import write
from engine.random import Generator
from engine.signatures import type_name
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
    return random.default.normal(mean, std, shape, kind)


def kaiming_bound(shape: tuple[int, ...], a: float = math.sqrt(5)) -> float:
    """The bound of Linear's own initial weights."""
    fan_in, _ = fans(shape)
    return math.sqrt(3.0) * (calculate_gain("leaky_relu", a) / math.sqrt(fan_in)) if fan_in else 0.0


def _put(tensor: Tensor, numbers: Any, name: str) -> Tensor:
    write(tensor, numbers, name)
    return tensor


def _floating(kind: Any, word: str) -> None:
    if kind.kind != "f":
        raise NotImplementedError(f"\"{word}\" not implemented for '{dtypes.of(kind).scalar}'")


def _uniform(tensor: Tensor, low: float, high: float, generator: Generator | None) -> Tensor:
    kind = tensor._data.dtype
    _floating(kind, "check_uniform_bounds")
    return _put(
        tensor,
        noise.drawn(tensor._data, lambda source, shape, _: source.uniform(low, high, shape, kind), generator),
        "uniform_",
    )


def _normal(like: Any, mean: float, std: float, generator: Generator | None) -> Any:
    _floating(like.dtype, "normal_kernel_cpu")
    return noise.drawn(like, lambda source, shape, whole: source.normal(mean, std, shape, like.dtype, whole), generator)


def number(name: str, word: str, place: int, value: Any) -> float:
    """A plain number, or that of a tensor that stands for one. Raises TypeError in PyTorch's words for anything else."""
    if isinstance(value, Tensor) and not (value._data.ndim or value._requires_grad):
        value = value.item()
    if not isinstance(value, (int, float)):
        raise TypeError(f"{name}(): argument '{word}' (position {place}) must be float, not {type_name(value)}")
    return value


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Raises RuntimeError where `a` lies above `b`."""
    a, b = number("uniform_", "from", 1, a), number("uniform_", "to", 2, b)
    noise.check_uniform(a, b)
    return _uniform(tensor, a, b, generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Raises RuntimeError for a negative `std`."""
    mean, std = number("normal_", "mean", 1, mean), number("normal_", "std", 2, std)
    noise.check_std(std)
    return _put(tensor, _normal(tensor._data, mean, std, generator), "normal_")


def _below(number: float) -> float:
    return (1.0 + math.erf(number / math.sqrt(2.0))) / 2.0


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Generator | None = None
) -> Tensor:  # fmt: skip
    """Normal numbers between `a` and `b`: what falls outside is drawn again."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.",
            UserWarning,
            stacklevel=2,
        )
    like = np.asarray(tensor._data)
    if _below((b - mean) / std) - _below((a - mean) / std) > 0.3:
        return _put(tensor, _redrawn(like, mean, std, a, b, generator), "trunc_normal_")
    return _put(tensor, _rejected(like, mean, std, a, b, generator), "trunc_normal_")


def _redrawn(like: Any, mean: float, std: float, a: float, b: float, generator: Generator | None) -> Any:
    low, high = like.dtype.type(a), like.dtype.type(b)
    numbers = np.asarray(_normal(like, mean, std, generator))
    outside = (numbers < low) | (numbers > high)
    while outside.any():
        budget.step(max(numbers.size // 100, 1))
        numbers = np.where(outside, _normal(np.empty_like(numbers), mean, std, generator), numbers)
        outside = (numbers < low) | (numbers > high)
    return numbers


def _rejected(like: Any, mean: float, std: float, a: float, b: float, generator: Generator | None) -> Any:
    """Uniform numbers, each kept as often as the normal curve is high there, measured from its highest point in the range."""
    kind = like.dtype.type
    peak = kind(-0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2)

    def tried(low: float, high: float) -> Any:
        return np.asarray(
            noise.drawn(like, lambda source, shape, _: source.uniform(low, high, shape, like.dtype), generator)
        )

    def refused(numbers: Any) -> Any:
        height = ((numbers - kind(mean)) / kind(std)) ** 2 * kind(-0.5) - peak
        return np.log(tried(0.0, 1.0)) > height

    numbers = tried(a, b)
    pending = refused(numbers)
    while pending.any():
        budget.step(max(like.size // 100, 1))
        candidates = tried(a, b)
        numbers = np.where(pending, candidates, numbers)
        pending = pending & refused(candidates)
    return numbers


def constant_(tensor: Tensor, val: Any) -> Tensor:
    if isinstance(val, Tensor) and val._data.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {val._data.ndim} dimensions."
        )
    return _put(
        tensor, np.full(tensor.shape, val.item() if isinstance(val, Tensor) else val, tensor._data.dtype), "fill_"
    )


def zeros_(tensor: Tensor) -> Tensor:
    return _put(tensor, np.zeros(tensor.shape, tensor._data.dtype), "zero_")


def ones_(tensor: Tensor) -> Tensor:
    return constant_(tensor, 1.0)


def eye_(tensor: Tensor) -> Tensor:
    """Raises ValueError for what is no matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _put(tensor, np.eye(*tensor.shape, dtype=tensor._data.dtype), "eye_")


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    fan_in, fan_out = fans(tensor.shape)
    bound = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(fan_in + fan_out)))
    return _uniform(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    fan_in, fan_out = fans(tensor.shape)
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    return _put(tensor, _normal(tensor._data, 0.0, std, generator), "normal_")


def warn_of_nothing() -> None:
    warnings.warn("Initializing zero-element tensors is a no-op", UserWarning, stacklevel=4)


def _kaiming(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float | None:
    if 0 in tensor.shape:
        warn_of_nothing()
        return None
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor.shape)[mode == "fan_out"])


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Generator | None = None
) -> Tensor:  # fmt: skip
    """Raises ValueError for a mode or nonlinearity that is not known."""
    std = _kaiming(tensor, a, mode, nonlinearity)
    if std is None:
        return tensor
    bound = math.sqrt(3.0) * std
    return _uniform(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Generator | None = None
) -> Tensor:  # fmt: skip
    """Raises ValueError for a mode or nonlinearity that is not known."""
    std = _kaiming(tensor, a, mode, nonlinearity)
    return tensor if std is None else _put(tensor, _normal(tensor._data, 0.0, std, generator), "normal_")


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Rows or columns at right angles, from the QR decomposition of normal numbers. Raises ValueError below two dimensions."""
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if not tensor.numel():
        return tensor
    rows = tensor.shape[0]
    drawn = _normal(np.empty((rows, tensor.numel() // rows), tensor._data.dtype), 0.0, 1.0, generator)
    turned = rows < drawn.shape[1]
    q, r = np.linalg.qr(drawn.T if turned else drawn)
    q = q * np.sign(np.diag(r))
    return _put(tensor, (q.T if turned else q).reshape(tensor.shape) * tensor._data.dtype.type(gain), "orthogonal_")


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Normal numbers, a share of each column zeroed. Raises ValueError for what is no matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    numbers = _normal(tensor._data, 0.0, std, generator)
    for column in range(columns):
        budget.step()
        numbers[random.default.randperm(rows)[:zeros], column] = 0
    return _put(tensor, numbers, "sparse_")


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution that lets as many channels pass as it can. Raises ValueError for other than 3 to 5 dimensions."""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    shape = tensor.shape
    if shape[0] % groups:
        raise ValueError("dim 0 must be divisible by groups")
    out = shape[0] // groups
    numbers = np.zeros(shape, tensor._data.dtype)
    middle = tuple(size // 2 for size in shape[2:])
    for group in range(groups):
        for channel in range(min(out, shape[1])):
            numbers[(group * out + channel, channel, *middle)] = 1
    return _put(tensor, numbers, "dirac_")


ASKED = {
    "constant_": "fill_", "zeros_": "zero_", "ones_": "fill_", "trunc_normal_": "is_meta",
    "xavier_uniform_": "dim", "xavier_normal_": "dim", "kaiming_uniform_": "shape", "kaiming_normal_": "shape",
    **dict.fromkeys(("eye_", "orthogonal_", "sparse_", "dirac_"), "ndimension"),
}  # fmt: skip
"""What PyTorch asks a tensor for first, where that is not the method of the same name."""


def _of_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which says of a layer or a number in the place of a tensor what it lacks, as PyTorch does."""
    asked = ASKED.get(function.__name__, function.__name__)

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        first = given[0] if given else named.get("tensor", ...)
        if first is not ... and not isinstance(first, Tensor):
            raise AttributeError(f"'{kind_of(first)}' object has no attribute '{asked}'")
        return function(*given, **named)

    return call


FUNCTIONS = {"calculate_gain": calculate_gain} | {
    function.__name__: _of_tensors(function)
    for function in (
        uniform_, normal_, trunc_normal_, constant_, zeros_, ones_, eye_, xavier_uniform_, xavier_normal_, kaiming_uniform_,
        kaiming_normal_, orthogonal_, sparse_, dirac_,
    )
}  # fmt: skip
