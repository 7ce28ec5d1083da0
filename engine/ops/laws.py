"""Draws by rejection: of gamma and Dirichlet, which follow the path of their parameter, and of the binomial, through which nothing flows."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import random
from engine.application import apply
from engine.nn import budget
from engine.ops.noise import drawn_from
from engine.ops.table import row, spelled
from engine.tensor import Tensor

PATH: dict[str, Any] = {
    "en": "Had the parameter been a little larger, the same chance would have led to a number a little further: that slope goes back.",
    "zh": "参数若稍大一点，同样的随机性会得到稍有不同的数：传回的正是这个变化率。",
}


def _pathwise(name: str, missing: str, node: str, spelling: str, back: str) -> Any:
    """A row whose result was drawn along the parameter's path, beside that of what goes back, which has no derivative."""
    made = row(
        name, "spread(drawn, self)", {"self": f"{name}_backward(g, self, result)"}, settings="drawn", node=node, symbol=drawn_from(name),
        spelled=(spelling,), domain=(0.5, 3.0), samples=(((2, 3), np.full((2, 3), 0.3)),), **PATH,
    )  # fmt: skip
    none = f'underivable(g, "{missing}")'
    adjoint = row(
        f"{name}_backward", f"{name}_backward(g_, self, drawn)", {"g_": none, "self": none, "drawn": none}, inputs="g_ self drawn", node=back,
        symbol=f"{drawn_from(name)}′", domain=(0.5, 3.0), samples=(((2, 3), (2, 3), (2, 3)),), **PATH,
    )  # fmt: skip

    def backward(g: Tensor, self: Tensor, drawn: Tensor) -> Tensor:
        result: Tensor = apply(adjoint, (g, self, drawn))
        return result

    backward.__name__ = backward.__qualname__ = f"{name}_backward"
    spelled(f"internal.{name}_backward")(backward)
    return made


GAMMA = _pathwise(
    "gamma", "_standard_gamma_grad", "StandardGammaBackward0!", "Gamma(a, b).rsample()", "StandardGammaGradBackward0!"
)
DIRICHLET = _pathwise(
    "dirichlet", "_dirichlet_grad", "_DirichletBackward!", "Dirichlet(a).rsample()", "DirichletGradBackward0!"
)


def _real(word: str, tensor: Tensor) -> None:
    if tensor._data.dtype.kind != "f":
        raise NotImplementedError(f"\"{word}\" not implemented for '{tensor.dtype.scalar}'")


def gamma(shapes: Tensor) -> Tensor:
    """Numbers of the gamma distributions of these shapes and rate 1, which follow their shapes."""
    kind = shapes._data.dtype
    _real("gamma_cpu", shapes)
    budget.step(shapes._data.size // 4)
    drawn = random.default.gamma(np.asarray(shapes._data)).astype(kind)
    result: Tensor = apply(GAMMA, (shapes,), (np.maximum(drawn, np.finfo(kind).tiny),))
    return result


def dirichlet(concentration: Tensor) -> Tensor:
    """Shares of one, as many as the last dimension has concentrations, which follow these."""
    values = np.asarray(concentration._data)
    _real("dirichlet", concentration)
    budget.step(values.size // 4)
    drawn = random.default.gamma(values.astype(np.float64))
    shares = (drawn / drawn.sum(-1, keepdims=True)).astype(values.dtype)
    ends = np.finfo(values.dtype).tiny, np.nextafter(values.dtype.type(1), values.dtype.type(0))
    result: Tensor = apply(DIRICHLET, (concentration,), (np.clip(shares, *ends),))
    return result


def binomial(count: Tensor, prob: Tensor) -> Tensor:
    """How many of `count` draws come out, each with the probability `prob`; both of one shape and dtype."""
    counts, shares = np.asarray(count._data), np.asarray(prob._data)
    budget.step(counts.size // 4)
    drawn = random.default.binomial(counts.astype(np.float64), shares.astype(np.float64))
    return Tensor(drawn.astype(counts.dtype))
