"""Tensors of every kind, with options, whose text the engine must give to the character.

`python -m tests.engine.text_cases` with PyTorch installed writes the texts that it gives to `tests/fixtures/text_drawn.json`.
"""

import json
import random
from pathlib import Path

import numpy as np

FIXTURE = Path(__file__).parents[1] / "fixtures" / "text_drawn.json"
COUNT = 900
OPTIONS = [
    {}, {}, {}, {}, {"precision": 2}, {"precision": 8}, {"precision": 0}, {"sci_mode": True}, {"sci_mode": False}, {"edgeitems": 1, "threshold": 5},
    {"edgeitems": 0, "threshold": 5}, {"linewidth": 40}, {"linewidth": 20}, {"profile": "short"}, {"profile": "full"}, {"threshold": 0},
]  # fmt: skip
SPECIAL = (0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1.0, 2.5, 1e-5, 1e9)
EDGES = (0.99995, 9.99995, 99.99996, 0.00004, 0.00006, 1e-4, 1e8, 1e8 + 10, 123456.5, 1000.0, 1001.0, 0.001)
KINDS = ("float32", "float32", "float32", "float64", "float16", "int64", "int32", "int8", "uint8", "bool")
SHAPES = ((), (0,), (1,), (3,), (7,), (2, 3), (4, 1), (0, 3), (2, 2, 3), (1, 2, 2, 2), (13,), (3, 9))


def floats(choose, count):
    """Numbers of one temper: small, whole, huge, of every size, special or at the edge of a rule."""
    temper = choose.randrange(8)
    made = {
        0: lambda: choose.gauss(0, 1) * 10.0 ** choose.randint(-6, 2),
        1: lambda: choose.gauss(0, 1),
        2: lambda: float(choose.randint(-1200, 1200)),
        3: lambda: float(choose.randint(-(10**9), 10**9)),
        4: lambda: choose.gauss(0, 1) * 10.0 ** choose.randint(-12, 12),
        5: lambda: choose.choice(SPECIAL),
        6: lambda: choose.choice(EDGES),
        7: lambda: choose.choice((0.0, -30.0, float("nan"), float("inf"), 5.0)),
    }[temper]
    return [made() for _ in range(count)]


def cases():
    """Array, options and history of each case, the same on every machine."""
    choose = random.Random(7)
    for _ in range(COUNT):
        shape, kind = choose.choice(SHAPES), choose.choice(KINDS)
        count = int(np.prod(shape))
        if kind.startswith("float"):
            numbers = floats(choose, count)
        else:
            least = 0 if kind in ("uint8", "bool") else -100
            numbers = [choose.randint(least, 1 if kind == "bool" else 100) for _ in range(count)]
        with np.errstate(all="ignore"):
            array = np.array(numbers, np.float64).astype(kind).reshape(shape)
        history = choose.choice(("plain", "leaf", "node")) if kind.startswith("float") else "plain"
        yield array, choose.choice(OPTIONS), history


def told(torch, array, options, history):
    """The text that `torch` gives."""
    torch.set_printoptions(profile="default")
    tensor = torch.tensor(array)
    if history != "plain":
        tensor.requires_grad_()
    if history == "node":
        tensor = tensor * 1
    torch.set_printoptions(**options)
    try:
        return repr(tensor)
    finally:
        torch.set_printoptions(profile="default")


if __name__ == "__main__":
    import torch

    FIXTURE.write_text("[\n" + ",\n".join(json.dumps(told(torch, *case)) for case in cases()) + "\n]\n")
