"""Functions of each element by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = Any


def _greatest(chosen: Array, first: Array, second: Array) -> Array:
    """What was chosen; of two equal zeros the first, as their signs may differ."""
    return chosen if np.all(chosen) else np.where(first == second, first, chosen)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small)).astype(x.dtype)


_erf = np.frompyfunc(math.erf, 1, 1)


def erf(x: Array) -> Array:
    return np.asarray(_erf(x)).astype(x.dtype)


def clamp(x: Array, low: float | None, high: float | None) -> Array:
    if low == 0 and high is None and x.dtype.kind == "f" and x.itemsize > 2:
        # Of two zeros, and of what is not a number, `maximum` gives the second.
        return np.maximum(x.dtype.type(low), x)
    result = x if low is None else np.where(x < low, x.dtype.type(low), x)
    return result if high is None else np.where(result > high, x.dtype.type(high), result)


def bounds(x: Array, low: Array | None, high: Array | None) -> Array:
    """Clamped between arrays; where the bounds cross the upper one holds."""
    result = x if low is None else np.maximum(x, low)
    return result if high is None else np.minimum(result, high)


def _spread_over(first: Any, second: Any) -> None:
    """PyTorch writes the second into the first. Raises RuntimeError where there is no room."""
    shape = np.broadcast_shapes(first.shape, second.shape)
    if tuple(first.shape) != shape:
        raise RuntimeError(f"output with shape {list(first.shape)} doesn't match the broadcast shape {list(shape)}")


def both_here(first: Any, second: Any) -> Any:
    """True where both arrays or Tensors are; the first has the shape of the result."""
    _spread_over(first, second)
    return first & second


def either_here(first: Any, second: Any) -> Any:
    """True where one of two arrays or Tensors is; the first has the shape of the result."""
    _spread_over(first, second)
    return first | second


def nan_to_num(x: Array, nan: float, posinf: float | None, neginf: float | None) -> Array:
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


def matches(x: Any, y: Any) -> Any:
    """Where two arrays or Tensors are equal, or both no number."""
    return (x == y) | ((x != x) & (y != y))


def nth(grads: Sequence[Any], wanted: Sequence[bool], place: int) -> Any:
    """The gradient of the result that would be at `place`; None where that result was not wanted, and so not made."""
    return grads[sum(wanted[:place])] if wanted[place] else None


def picked(wanted: Sequence[bool], *parts: Any) -> tuple[Any, ...]:
    """The parts that are wanted."""
    return tuple(part for part, want in zip(parts, wanted, strict=True) if want)


def known_sum(*parts: Any) -> Any:
    """The sum of the parts that are there; None where none is."""
    there = [part for part in parts if part is not None]
    return sum(there[1:], there[0]) if there else None


def atan2_backward(g: Any, x: Any, y: Any, wanted: Sequence[bool]) -> tuple[Any, ...]:
    """What goes back to both sides, on Tensors, by one factor for both."""
    squares = x * x + y * y
    share = squares.reciprocal().masked_fill(squares == 0, 0)
    sides = (y, None if not wanted[1] else -x)
    return tuple(g * side * share for side, want in zip(sides, wanted, strict=True) if want)


def underivable(g: Array, name: str) -> Array:
    """What PyTorch has no derivative for. Raises RuntimeError, or NotImplementedError for its own backward functions, in its words."""
    if name.startswith("_"):
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")
    raise RuntimeError(f"derivative for aten::{name.removeprefix('aten::')} is not implemented")


def divided(x: Array, y: Array, rounding: str | None) -> Array:
    """The quotient, rounded as told; of integers an integer where it is rounded."""
    if rounding is None:
        return x / y
    if rounding == "floor":
        return np.floor_divide(x, y) if np.result_type(x, y).kind != "f" else _floored(x, y)
    return np.trunc(x / y) if np.result_type(x, y).kind == "f" else (x - np.fmod(x, y)) // y


def _floored(x: Array, y: Array) -> Array:
    # NumPy gives nan for a number over zero, PyTorch infinity.
    return np.where(np.equal(y, 0), x / y, np.floor_divide(x, y))


def where(condition: Array, first: Array, second: Array) -> Array:
    return np.where(condition, first, second)


def softplus(x: Array, beta: float, threshold: float) -> Array:
    scaled = x * beta
    return np.where(scaled > threshold, x, np.logaddexp(scaled, x.dtype.type(0)) / beta)


def masked_fill(x: Array, mask: Array, value: float) -> Array:
    return np.where(mask, x.dtype.type(value), x)


BITS = {np.dtype(kind): np.dtype(f"i{np.dtype(kind).itemsize}") for kind in (np.float16, np.float32, np.float64)}


def log_sigmoid(x: Array) -> Array:
    return -softplus(-x, 1, 1000)


def prelu_backward(g: Array, x: Array, weight: Array) -> tuple[Array, Array]:
    """What the input and the slope receive."""
    zero = g.dtype.type(0)
    return np.where(x > 0, g, weight * g), np.where(x > 0, zero, x * g)


def threshold_backward(g: Array, result: Array, slope: float) -> Array:
    """`g` where the result is positive, `slope` times `g` elsewhere."""
    if slope:
        return np.where(result > 0, g, g * g.dtype.type(slope))
    whole = BITS.get(g.dtype)
    if whole is not None and g.ndim and g.shape == result.shape:
        # Zero times the bits of a number is zero whatever it was, and several times faster than `where`.
        gate = np.less_equal(result, 0)
        np.logical_not(gate, gate)
        bits = gate.astype(whole, "C")
        bits *= g.view(whole)
        return bits.view(g.dtype)
    return np.where(result <= 0, g.dtype.type(0), g)


def whole_power(x: Array, exponent: Array) -> Array:
    """Powers of whole numbers: a negative one leaves something only of one and minus one."""
    sign = np.where(np.equal(np.abs(x), 1), np.where(np.equal(np.mod(exponent, 2), 0), 1, x), 0)
    positive = np.power(x, np.maximum(exponent, 0))
    return np.asarray(np.where(np.less(exponent, 0), sign, positive)).astype(np.result_type(positive))


def rounded(x: Array, decimals: int) -> Array:
    """The nearest numbers of so many decimals, to even in the middle."""
    if not decimals:
        return np.rint(x)
    power = x.dtype.type(10.0 ** abs(decimals))
    return np.rint(x / power) * power if decimals < 0 else np.rint(x * power) / power


def sign(x: Array) -> Array:
    """-1, 0 or 1; 0 for what is not a number."""
    return x if x.dtype.kind == "b" else np.greater(x, 0).astype(x.dtype) - np.less(x, 0).astype(x.dtype)


def ln(value: float) -> float:
    """The logarithm of a plain number: -inf at zero, nan below."""
    return math.log(value) if value > 0 else -math.inf if value == 0 else math.nan


def ratio(above: float, below: float) -> float:
    """A quotient of plain numbers; infinite where nothing is left below."""
    return above / below if below > 0 else math.inf


KERNELS: dict[str, Any] = {
    "abs": np.abs,
    "acos": np.arccos,
    "asin": np.arcsin,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "bitwise_and": np.bitwise_and,
    "bitwise_left_shift": np.left_shift,
    "bitwise_or": np.bitwise_or,
    "bitwise_right_shift": np.right_shift,
    "bitwise_xor": np.bitwise_xor,
    "ceil": np.ceil,
    "logical_and": np.logical_and,
    "logical_not": np.logical_not,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
    "cos": np.cos,
    "cosh": np.cosh,
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "floor": np.floor,
    "fmod": np.fmod,
    "isfinite": np.isfinite,
    "isinf": np.isinf,
    "isclose": lambda a, b, rtol, atol, equal_nan: np.isclose(a, b, rtol, atol, equal_nan),
    "isnan": np.isnan,
    "isneginf": lambda x: np.isneginf(x) if x.dtype.kind == "f" else np.zeros_like(x, bool),
    "isposinf": lambda x: np.isposinf(x) if x.dtype.kind == "f" else np.zeros_like(x, bool),
    "isreal": lambda x: np.ones_like(x, bool),
    "log": np.log,
    "log10": np.log10,
    "log1p": np.log1p,
    "log2": np.log2,
    "remainder": np.remainder,
    "round": np.round,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "square": np.square,
    "tan": np.tan,
    "tanh": np.tanh,
    "trunc": np.trunc,
    "full_like": np.full_like,
    "ones_like": np.ones_like,
    "zeros_like": np.zeros_like,
    "reciprocal": np.reciprocal,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "sgn": lambda x: sign(x),
    "maximum": lambda a, b: _greatest(np.maximum(a, b), a, b),
    "minimum": lambda a, b: _greatest(np.minimum(a, b), a, b),
    "spread": lambda source, target: np.broadcast_to(source, target.shape).astype(target.dtype),
    **{
        kernel.__name__: kernel
        for kernel in (
            sigmoid, erf, both_here, bounds, clamp, divided, either_here, nan_to_num, matches, nth, picked, known_sum, underivable, where, softplus, masked_fill, log_sigmoid, prelu_backward, threshold_backward, rounded, whole_power, sign, ln, ratio,
        )
    },
}  # fmt: skip
