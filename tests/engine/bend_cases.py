# ruff: noqa: S307 -- the expressions are our own
"""Activations, dropouts and losses as modules that run alike on PyTorch and on the engine.

`python -m tests.engine.bend_cases` with PyTorch installed writes what it gives to `tests/fixtures/bends.json`.
"""

import json
import math
from pathlib import Path

FIXTURE = Path(__file__).parents[1] / "fixtures" / "bends.json"
X = [-7.0, -3.0, -1.0, -0.5, -0.1, 0.0, 0.1, 0.5, 1.0, 3.0, 4.0, 0.3]
FLAT = [
    "Hardsigmoid()", "Hardswish()", "CELU(1.3)", "CELU()", "Threshold(0.1, 20.0)", "Hardshrink()", "Hardshrink(0.1)", "Softshrink()", "Tanhshrink()", "Softmin(0)",
    "Hardswish(True)", "SiLU(True)", "Mish(True)", "ReLU6(True)", "Hardtanh(inplace=True)", "GLU()", "AlphaDropout(0.3)", "ReLU(True)", "Dropout(0.3)",
]  # fmt: skip
IN_PLACE = ["SELU(True)", "ELU(inplace=True)", "LeakyReLU(0.2, True)", "CELU(inplace=True)", "Threshold(0.1, 3, True)"]
"""PyTorch calls the nodes of these `Backward1`; ours are `Backward0`."""
SHAPED = {
    "Softmax2d()": (1, 3, 2, 2), "Dropout2d(0.4)": (1, 6, 1, 2), "Dropout1d(0.4)": (1, 6, 2), "FeatureAlphaDropout(0.3)": (1, 6, 2), "Dropout3d()": (1, 6, 1, 1, 2),
    "Dropout1d(0.4) ": (6, 2),
}  # fmt: skip
LOSSES = {
    "MarginRankingLoss(0.5)": "x, t, s", "MarginRankingLoss(reduction='sum')": "x, t, s", "HingeEmbeddingLoss(0.8)": "x, s", "HingeEmbeddingLoss(reduction='none')": "x, s",
    "SoftMarginLoss()": "x, s", "PoissonNLLLoss()": "x, p", "PoissonNLLLoss(log_input=False, full=True)": "x * x + 1, p * 3", "GaussianNLLLoss()": "x, t, p + 0.5",
    "GaussianNLLLoss(full=True, reduction='sum')": "x, t, p + 0.5", "CosineEmbeddingLoss(0.1)": "x.reshape(4, 3), t.reshape(4, 3), s[:4]",
    "TripletMarginLoss(2.0)": "x.reshape(4, 3), t.reshape(4, 3), p.reshape(4, 3)", "TripletMarginWithDistanceLoss(swap=True)": "x.reshape(4, 3), t.reshape(4, 3), p.reshape(4, 3)", "KLDivLoss(reduction='sum', log_target=True)": "x, t", "SmoothL1Loss(beta=0.3)": "x, t",
    "HuberLoss(delta=0.3)": "x, t", "BCEWithLogitsLoss(pos_weight=w)": "x.reshape(4, 3), p.reshape(4, 3)", "BCEWithLogitsLoss(weight=w)": "x.reshape(4, 3), p.reshape(4, 3)",
    "CrossEntropyLoss(weight=w)": "x.reshape(4, 3), c", "CrossEntropyLoss(weight=w, label_smoothing=0.2)": "x.reshape(4, 3), c", "CrossEntropyLoss(ignore_index=2, reduction='none')": "x.reshape(4, 3), c",
    "CrossEntropyLoss(weight=w, reduction='sum') ": "x.reshape(4, 3), p.reshape(4, 3)", "CrossEntropyLoss(label_smoothing=0.1) ": "x.reshape(4, 3), p.reshape(4, 3)",
    "NLLLoss(weight=w)": "x.reshape(4, 3), c", "L1Loss(reduction='none')": "x, t", "MSELoss(reduction='sum')": "x, t", "BCELoss(reduction='sum')": "x.sigmoid() * 0.5 + 0.25, p",
    "MultiLabelSoftMarginLoss()": "x.reshape(4, 3), p.reshape(4, 3)",
}  # fmt: skip
CASES = [*FLAT, *IN_PLACE, *SHAPED, *LOSSES]


def told(values):
    return [value if math.isfinite(value) else str(value) for value in values]


def bent(torch, expression, dtype):
    """Text, node, result, gradient and second derivative of a module."""
    torch.manual_seed(1)
    kind = getattr(torch, dtype)
    x = torch.tensor(X, dtype=kind, requires_grad=True)
    names = {
        "nn": torch.nn, "x": x * 1, "t": torch.linspace(-2, 1.5, 12, dtype=kind), "p": torch.linspace(0.05, 0.9, 12, dtype=kind),
        "s": torch.tensor([1.0, -1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0], dtype=kind), "c": torch.tensor([0, 2, 1, 1]),
        "w": torch.tensor([0.5, 2.0, 1.5], dtype=kind),
    }  # fmt: skip
    module = eval(f"nn.{expression}", names)
    given = names["x"].reshape(SHAPED[expression]) if expression in SHAPED else names["x"]
    result = (
        eval(f"module({LOSSES[expression]})", {**names, "module": module}) if expression in LOSSES else module(given)
    )
    twice = "Hardsigmoid" not in expression
    (first,) = torch.autograd.grad((result * result).sum(), x, create_graph=twice)
    second = (
        torch.autograd.grad((first * first).sum(), x, allow_unused=True)[0] if twice and first.requires_grad else None
    )
    return {
        "text": repr(module),
        "node": result.grad_fn.name(),
        "result": told(result.reshape(-1).tolist()),
        "first": told(first.tolist()),
        "second": None if second is None else told(second.tolist()),
    }


if __name__ == "__main__":
    import torch

    rows = [
        json.dumps({"case": case, "dtype": kind, **bent(torch, case, kind)})
        for case in CASES
        for kind in ("float32", "float64")
    ]
    FIXTURE.write_text("[\n" + ",\n".join(rows) + "\n]\n")
