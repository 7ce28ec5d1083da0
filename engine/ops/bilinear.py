"""`bilinear`: every pair of elements of two inputs, by a weight for each."""

from __future__ import annotations

import math

from engine import dtypes
from engine.application import apply
from engine.ops.table import FUNCTIONS, METHODS, internal, row, spelled
from engine.tensor import Tensor

TRILINEAR = row(
    "trilinear", "trilinear(i1, i2, i3, expand1, expand2, expand3, sumdim)",
    {
        "i1": "trilinear(g, i2, i3, sumdim, expand2, expand3, expand1)",
        "i2": "trilinear(i1, g, i3, expand1, sumdim, expand3, expand2)",
        "i3": "trilinear(i1, i2, g, expand1, expand2, sumdim, expand3)",
    },
    settings="expand1 expand2 expand3 sumdim", sparing=True, symbol="Σ", spelled=("F.bilinear",), samples=(((4, 3), (5, 3, 2), (4, 2), (1, 3), (0,), (1, 2), (2, 3)),),
    en="Each of the three receives the gradient times the other two, summed where it does not reach.", zh="三者各得到梯度乘以另外两者，并在自身没有的维度上求和。",
)  # fmt: skip
internal("trilinear", TRILINEAR, 3)


def _sizes(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """Raises RuntimeError and IndexError in PyTorch's words where dtypes or sizes differ."""
    given = {"input1": input1, "input2": input2, "weight": weight, "bias": bias}
    kinds = {name: each._data.dtype for name, each in given.items() if each is not None}
    if len(set(kinds.values())) > 1:
        told = ", ".join(f"{name}: {dtypes.of(kind).cpp}" for name, kind in kinds.items())
        raise RuntimeError(f"All tensors must have the same dtype, got {told}")
    one, two, three = (each._data.shape for each in (input1, input2, weight))
    if len(one) != len(two):
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {len(one)} and {len(two)}")
    for place, (left, right) in enumerate(zip(one[:-1], two[:-1], strict=True)):
        if left != right:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {place}: got {left} and {right}"
            )
    if not one:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions")
    for number, shape in ((1, one), (2, two)):
        if number >= len(three):
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-len(three) or -1}, {max(len(three) - 1, 0)}], but got {number})"
            )
        if shape[-1] != three[number]:
            raise RuntimeError(
                f"bilinear(): input{number} size does not match weight size: got {shape[-1]} but expected {three[number]}"
            )
    if len(three) != 3:
        raise RuntimeError(f"bilinear(): expected a weight with 3 dimensions, but got {len(three)}")
    if bias is not None and not bias._data.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    if bias is not None and bias._data.shape[0] != three[0]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias._data.shape[0]} but expected {three[0]}"
        )


@spelled("torch.nn.functional.bilinear")
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Every pair of elements of two inputs (..., n) and (..., m) by a weight (out, n, m), summed: (..., out)."""
    _sizes(input1, input2, weight, bias)
    if input1._data.dtype.kind == "b":
        raise NotImplementedError("\"bmm\" not implemented for 'Bool'")
    lead, count = input1._data.shape[:-1], math.prod(input1._data.shape[:-1])
    rows = [METHODS["reshape"](each, count, each._data.shape[-1]) for each in (input1, input2)]
    made = apply(TRILINEAR, (rows[0], weight, rows[1]), ((1, 3), (0,), (1, 2), (2, 3)))
    result: Tensor = METHODS["view"](made, *lead, weight._data.shape[0])
    return result if bias is None else FUNCTIONS["add"](result, bias)
