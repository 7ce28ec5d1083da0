"""Randomized leaky relu: below zero, a slope drawn anew for every value while training."""

from __future__ import annotations

import math

import numpy as np

from engine.application import apply
from engine.ops import noise
from engine.ops.inplace import change
from engine.ops.table import argument, row, spelled
from engine.random import Generator
from engine.tensor import Tensor

NODE = "RreluWithNoise"

RRELU = row(
    "rrelu_with_noise", "self * noise", {"self": "where(self > 0, g, g * noise)"}, inputs="self noise", settings="lower upper", node=NODE, symbol="RReLU",
    twice={"self": "rrelu_backward(g, self, noise)"}, spelled=("F.rrelu(x, training=True)",), samples=(((3,), [1.0, 0.25, 0.3], 0.1, 0.3),),
    en="The gradient takes the slope that was drawn for its value.", zh="梯度乘以为该值抽到的斜率。",
)  # fmt: skip
RRELU_MEAN = row(
    "rrelu_mean", "where(self > 0, self, self * ((lower + upper) / 2))", {"self": "threshold_backward(g, self, (lower + upper) / 2)"},
    settings="lower upper", node=NODE, twice={"self": "rrelu_mean_backward(g, self, (lower + upper) / 2)"}, symbol="RReLU", spelled=("F.rrelu",),
    samples=(((2, 3), 0.1, 0.3),), en="Without training the slope is the middle of its bounds.", zh="不训练时斜率取上下界的中点。",
)  # fmt: skip
RRELU_BACKWARD = row(
    "rrelu_backward", "g_ * noise", {"g_": "g * noise", "self": "zeros_like(g)"}, inputs="g_ self noise", node=f"{NODE}BackwardBackward0!", symbol="RReLU′",
    samples=(((3,), (3,), [1.0, 0.25, 0.3]),), en="A derivative that is itself differentiated.", zh="导数再求一次导。",
)  # fmt: skip
RRELU_MEAN_BACKWARD = row(
    "rrelu_mean_backward", "threshold_backward(g_, self, slope)", {"g_": "threshold_backward(g, self, slope)", "self": "zeros_like(g)"},
    settings="slope", node=f"{NODE}BackwardBackward0!", symbol="RReLU′", samples=(((2, 3), (2, 3), 0.2),),
    en="A derivative that is itself differentiated.", zh="导数再求一次导。",
)  # fmt: skip


@spelled("internal.rrelu_backward")
def rrelu_backward(g: Tensor, x: Tensor, drawn: Tensor) -> Tensor:
    result: Tensor = apply(RRELU_BACKWARD, (g, x, drawn))
    return result


@spelled("internal.rrelu_mean_backward")
def rrelu_mean_backward(g: Tensor, x: Tensor, slope: float) -> Tensor:
    result: Tensor = apply(RRELU_MEAN_BACKWARD, (g, x), (slope,))
    return result


@spelled("torch.rrelu")
def rrelu(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, generator: Generator | None = None
) -> Tensor:  # fmt: skip
    """Values below zero times a slope: drawn between the bounds while training, else in their middle. Raises RuntimeError for bad bounds."""
    if training:
        drawn = _drawn(input, lower, upper, generator)
        result: Tensor = apply(RRELU, (input, drawn), (lower, upper))
        return result
    _bounds(input, lower, upper)
    _kind("leaky_relu_cpu", input, "iub")
    result = apply(RRELU_MEAN, (input,), (lower, upper))
    return result


@spelled("torch.rrelu_")
def rrelu_(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, generator: Generator | None = None
) -> Tensor:  # fmt: skip
    """The same, in place."""
    if training:
        return change(input, RRELU, (_drawn(input, lower, upper, generator),), (lower, upper), "rrelu_")
    _bounds(input, lower, upper)
    _kind("leaky_relu_cpu", input, "iub")
    return change(input, RRELU_MEAN, (), (lower, upper), "rrelu_")


@spelled("torch.nn.functional.rrelu")
def functional_rrelu(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    return (rrelu_ if inplace else rrelu)(input, lower, upper, training)


def _bounds(input: Tensor, lower: float, upper: float) -> None:
    if not isinstance(input, Tensor):
        raise argument("rrelu", "input", 1, input)
    for name, each in (("lower", lower), ("upper", upper)):
        if not math.isfinite(each):
            raise RuntimeError(f"rrelu: {name} bound must be finite, got {each:g}")
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")


def _kind(word: str, input: Tensor, kinds: str) -> None:
    if input._data.dtype.kind in kinds:
        raise NotImplementedError(f"\"{word}\" not implemented for '{input.dtype.scalar}'")


def _drawn(input: Tensor, lower: float, upper: float, generator: Generator | None) -> Tensor:
    """A slope for every value: one above zero, below it a drawn one, in the order of the values."""
    _bounds(input, lower, upper)
    if input._data.dtype.name not in ("float32", "float64"):
        raise NotImplementedError(f"\"rrelu_with_noise_out_cpu\" not implemented for '{input.dtype.scalar}'")
    slopes = np.ones(input._data.shape, input._data.dtype)
    low = np.asarray(input._data <= 0)
    numbers = noise.stream(generator).double(int(np.count_nonzero(low)))
    slopes[low] = (numbers * (upper - lower) + lower).astype(slopes.dtype)
    return Tensor(slopes[()] if not slopes.ndim else slopes)
