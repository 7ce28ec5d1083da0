"""`gradcheck(..., fast_mode=True)`: instead of whole Jacobians one number of each, along directions drawn at random, always the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.autograd import grad
from engine.random import Generator
from engine.tensor import Tensor

TOLD = (
    "\nThe above quantities relating the numerical and analytical jacobians are computed \n"
    "in fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background \n"
    "about fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\n"
    "Numerical:\n {}\nAnalytical:\n{}\n\nThe max per-element difference (slow mode) is: {}.\n"
)
CLOSE = """\
Fast gradcheck failed but element-wise differences are small. This means that the
test might've passed in slow_mode!

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck:

If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with `fast_mode=False` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have `gradcheck_fast_mode=False`
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_fast_mode=False`"""


def directions(tensors: Sequence[Tensor], generator: Generator) -> list[Any]:
    """For each tensor a vector of length 1 with as many numbers, none below zero."""
    found = []
    for each in tensors:
        drawn = generator.uniform(0.0, 1.0, (each._data.size,)).astype(each._data.dtype)
        found.append(drawn / np.sqrt(np.sum(drawn * drawn)))
    return found


def analytical(
    output: Tensor, wanted: Sequence[Tensor], along: Any, ways: Sequence[Any]
) -> tuple[list[Any], list[Any]]:
    """What backward makes of the direction `along` at the output, for each input: as it is, and its product with the direction of that."""
    start = Tensor(along.reshape(output._data.shape)[()])
    every = grad(output, wanted, start, retain_graph=True, allow_unused=True)
    rows = [
        np.zeros(each._data.size, each._data.dtype) if found is None else np.ravel(found._data)
        for found, each in zip(every, wanted, strict=True)
    ]
    return rows, [np.dot(row, way) for row, way in zip(rows, ways, strict=True)]


def explained(slow_numerical: Any, slow_analytical: Any, rtol: float, atol: float) -> str:
    """What PyTorch adds to its words: both Jacobians, whole, and whether these would have passed. Raises RuntimeError where their dtypes differ."""
    if slow_numerical.dtype != slow_analytical.dtype:
        one, other = (Tensor(each).dtype.scalar for each in (slow_analytical, slow_numerical))
        raise RuntimeError(f"{one} did not match {other}")
    most = np.max(np.abs(slow_numerical - slow_analytical))
    text = TOLD.format(repr(Tensor(slow_numerical)), repr(Tensor(slow_analytical)), most.item())
    return text + CLOSE if np.allclose(slow_analytical, slow_numerical, rtol, atol) else text
