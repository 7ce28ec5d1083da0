"""PReLU: below zero, a slope that is learned."""

from __future__ import annotations

from collections.abc import Sequence

from engine.application import apply
from engine.ops.table import METHODS, argument, row, spelled
from engine.tensor import Tensor

PRELU = row(
    "prelu_kernel", "where(self > 0, self, weight * self)",
    {"self": "where(self > 0, g, weight * g)", "weight": "where(self > 0, 0, self * g)"},
    together="prelu_gradients(g, self, weight, wanted)",
    symbol="prelu", spelled=("F.prelu",), samples=(((2, 3), (1, 3)), ((2, 3, 2), (1, 1, 1))),
    en="Above zero the gradient passes; below, it passes times the slope, and the slope receives it times the input.",
    zh="正数处梯度原样通过；负数处乘以斜率通过，而斜率得到梯度乘以输入。",
)  # fmt: skip
PRELU_BACKWARD = row(
    "prelu_backward", "prelu_backward(g_, self, weight)",
    {
        "g_": "prelu_twice_g(nth(g, (True, True), 0), nth(g, (True, True), 1), self, weight)",
        "self": "prelu_twice(nth(g, (True, True), 1), g_, self)", "weight": "prelu_twice(nth(g, (True, True), 0), g_, self)",
    },
    results="input_grad weight_grad", many=True, silent=True, node="PreluKernelBackwardBackward0!", symbol="gate", samples=(((2, 3), (2, 3), (1, 3)),),
    en="A derivative that is itself differentiated.", zh="导数再求一次导。",
)  # fmt: skip


@spelled("internal.prelu_gradients")
def prelu_gradients(g: Tensor, input: Tensor, weight: Tensor, wanted: Sequence[bool]) -> list[Tensor]:
    made = apply(PRELU_BACKWARD, (g, input, weight))
    return [each for each, want in zip(made, wanted, strict=True) if want]


@spelled("torch.nn.functional.prelu", "torch.prelu", "Tensor.prelu")
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """Raises RuntimeError where there are neither one slope nor as many as channels."""
    for place, (name, value) in enumerate((("input", input), ("weight", weight)), 1):
        if not isinstance(value, Tensor):
            raise argument("prelu", name, place, value)
    if input._data.dtype != weight._data.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {input.dtype.scalar} and {weight.dtype.scalar}")
    rank = input._data.ndim
    if weight._data.size != 1:
        if not rank:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input._data.shape[1] if rank > 1 else 1
        if channels != weight._data.size:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight._data.size} and channel size = {channels}."
            )
    if weight._data.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight._data.ndim}")
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"\"prelu_cpu\" not implemented for '{input.dtype.scalar}'")
    if weight._data.ndim != rank:
        weight = METHODS["reshape"](weight, tuple(weight._data.size if dim == 1 else 1 for dim in range(rank)))
    result: Tensor = apply(PRELU, (input, weight))
    return result
