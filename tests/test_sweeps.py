"""What the page counts for a sweep, held against true Jacobians: their numbers that are not 0."""

import json
from typing import Any

from engine.run import execute
from tests.test_javascript import answer

COUNTED = """
import { readFileSync } from 'node:fs';
const { Trace } = await import('./static/js/state/trace.js');
const { sweepsOf } = await import('./static/js/state/sweeps.js');
const counted = JSON.parse(readFileSync(process.argv[1], 'utf8')).map((events) => sweepsOf(new Trace(events), 0));
console.log(JSON.stringify(counted));
"""

FUNCTIONS = [
    ("torch.tanh(x)", (7,)),
    ("x * torch.rand(4, 3)", (4, 3)),
    ("x + torch.rand(5, 4, 3)", (4, 1)),
    ("x / torch.rand(3)", (4, 3)),
    ("x ** 3", (6,)),
    ("x @ torch.rand(3, 5)", (4, 3)),
    ("torch.rand(2, 4) @ x", (4, 3)),
    ("torch.bmm(torch.rand(2, 3, 4), x)", (2, 4, 5)),
    ("torch.mv(x, torch.rand(3))", (4, 3)),
    ("torch.dot(x, torch.rand(6))", (6,)),
    ("x.sum()", (4, 3)),
    ("x.mean(dim=1)", (4, 3)),
    ("x.sum(dim=0, keepdim=True)", (4, 3)),
    ("torch.nn.functional.mse_loss(x, torch.rand(4, 3))", (4, 3)),
    ("torch.nn.functional.conv2d(x, torch.rand(3, 2, 2, 2), stride=2)", (1, 2, 4, 4)),
    ("torch.nn.functional.avg_pool2d(x, 2)", (1, 2, 4, 4)),
    ("torch.exp(x).logsumexp(dim=1)", (2, 3)),
]


def trace_of(function: str, shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """The trace of a program that differentiates a function of x and then prints how many numbers of its Jacobian are not 0."""
    size = ", ".join(map(str, shape))
    program = (
        f"import torch\ntorch.manual_seed(3)\nx = torch.rand({size}, requires_grad=True)\ny = {function}\n"
        f"y.sum().backward()\n"
        f"J = torch.autograd.functional.jacobian(lambda x: {function}, torch.rand({size}))\nprint((J != 0).sum().item(), y.numel())\n"
    )
    lines: list[bytes] = []
    execute(program, write=lambda first, more: lines.extend(more))
    return [json.loads(line) for line in lines]


def test_a_sweep_costs_as_many_multiply_adds_as_its_jacobians_have_numbers():
    traces = [trace_of(*one) for one in FUNCTIONS]
    for (function, shape), trace, found in zip(FUNCTIONS, traces, answer(COUNTED, traces), strict=True):
        printed = next(event["text"] for event in trace if event["kind"] == "printed")
        numbers, outputs = map(int, printed.split())
        composed = "exp" in function  # of two steps: the inner one has a number for each element of x
        inner = 6 if composed else 0
        assert found["unknown"] == [], function
        assert found["reverse"]["sweep"] == numbers + inner + outputs, (
            function,
            shape,
        )  # `sum` passes each output once
        assert found["forward"]["total"] == found["numbers"] * found["reverse"]["sweep"], function
