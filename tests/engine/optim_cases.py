"""More optimizers and schedules as programs that run alike on PyTorch and on the engine.

`python -m tests.engine.optim_cases` with PyTorch installed writes what it gives to `tests/fixtures/optim.json`.
"""

import json
from pathlib import Path

from tests.engine.torch_cases import DTYPES, schedule, shortened, training

FIXTURE = Path(__file__).parents[1] / "fixtures" / "optim.json"
OPTIMIZERS = [
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-4, "weight_decay": 0.1, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.05, "betas": (0.8, 0.9), "weight_decay": 0.1, "eps": 1e-4}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.01, "weight_decay": 0.1, "momentum_decay": 0.02}),
    ("NAdam", {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.05}),
    ("RAdam", {"lr": 0.05, "betas": (0.7, 0.9), "weight_decay": 0.1, "decoupled_weight_decay": True}),
]
SCHEDULES = [
    ("ConstantLR", {"factor": 0.5, "total_iters": 4}),
    ("ConstantLR", {}),
    ("LinearLR", {"start_factor": 0.25, "end_factor": 0.75, "total_iters": 6}),
    ("LinearLR", {}),
    ("PolynomialLR", {"total_iters": 6, "power": 2.0}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 4}),
]
PLATEAUS = [
    {"patience": 2, "factor": 0.5},
    {"patience": 1, "factor": 0.1, "cooldown": 2, "min_lr": 0.005},
    {"mode": "max", "patience": 1, "threshold": 0.1, "threshold_mode": "abs"},
    {"mode": "max", "patience": 1, "threshold": 0.1},
]
MEASURES = [3.0, 2.0, 1.9, 1.95, 1.9999, 2.0, 1.9, 1.9, 1.2, 1.3, 1.25, 1.3, 1.4, 1.5, 1.6, 1.7]


def plateau(torch, settings):
    optimizer = torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
    rates = []
    for measure in MEASURES:
        optimizer.step()
        scheduler.step(torch.tensor(measure))
        rates.append(scheduler.get_last_lr()[0])
    return rates


if __name__ == "__main__":
    import torch

    found = {
        "training": [{kind: training(torch, *case, getattr(torch, kind)) for kind in DTYPES} for case in OPTIMIZERS],
        "schedules": [schedule(torch, *case) for case in SCHEDULES],
        "plateaus": [plateau(torch, case) for case in PLATEAUS],
    }
    FIXTURE.write_text(json.dumps(shortened(found)) + "\n")
