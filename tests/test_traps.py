"""The page's numerical traps, in traces of real programs: each is found where it is, and nowhere else."""

import json
from typing import Any

import pytest

from engine.run import execute
from tests.test_javascript import answer

FOUND = """
import { readFileSync } from 'node:fs';
const { Trace } = await import('./static/js/state/trace.js');
const { trapsOf } = await import('./static/js/state/traps.js');
const { label } = await import('./static/js/state/labels.js');
const found = JSON.parse(readFileSync(process.argv[1], 'utf8')).map((events) => {
  const trace = new Trace(events);
  return trapsOf(trace).map(({ code, tensor, facts }) => [code, label(trace.at(trace.last), tensor), facts]);
});
console.log(JSON.stringify(found));
"""

X = "x = torch.tensor([0.0, 1.0, 4.0], requires_grad=True)\n"

TRAPPED = {
    X + "y = torch.log(x)\ntorch.where(x > 0, y, torch.zeros(3)).sum().backward()": ["masked y"],
    X + "y = torch.sqrt(x)\n(y * torch.tensor([0.0, 1.0, 1.0])).sum().backward()": ["masked y"],
    X + "y = 1 / x\ny.masked_fill(x == 0, 0.0).sum().backward()": ["masked reciprocal(x)"],
    X + "y = torch.sqrt(x)\ny.sum().backward()": ["slope y"],
    X + "y = torch.log(x)": ["logarithm y"],
    X + "y = torch.log(x - 2)": ["domain y"],
    X + "y = torch.tensor(1.0) / x": ["division y"],
    "x = torch.tensor(200.0, requires_grad=True)\ny = torch.exp(x)": ["overflow y"],
    "x = torch.tensor([3.0, 3.0, 1.0], requires_grad=True)\ny = x.max()\ny.backward()": ["tie y"],
    "x = torch.tensor([3.0, 3.0], requires_grad=True)\ny = x.amin()\ny.backward()": ["tie y"],
    X + "w = torch.ones(3, requires_grad=True)\ny = torch.maximum(x, w)\ny.sum().backward()": ["tie y"],
    "x = torch.tensor(30.0, requires_grad=True)\ny = torch.sigmoid(x)\ny.backward()": ["saturated y"],
    "x = torch.tensor([9.0, -9.0, 0.1], requires_grad=True)\ny = torch.tanh(x)\ny.sum().backward()": ["saturated y"],
    "x = torch.tensor([[-1.0, 2.0], [-3.0, 0.5]], requires_grad=True)\ny = torch.relu(x)\ny.sum().backward()": [
        "dead y"
    ],
    "x = torch.tensor(-2.0, requires_grad=True)\ny = torch.relu(x)\ny.backward()": ["dead y"],
    "a = torch.tensor(1e-7, requires_grad=True)\nb = torch.tensor(2.0, requires_grad=True)\n(a * b).backward()": [
        "vanishing b"
    ],
}

CLEAR = [
    X.replace("0.0", "0.5") + "torch.where(x > 0, torch.log(x), torch.zeros(3)).sum().backward()",
    X + "torch.log(torch.where(x > 0, x, torch.ones(3))).sum().backward()",
    X + "(1 / (x + 1)).sum().backward()",
    "x = torch.tensor([3.0, 2.0, 1.0], requires_grad=True)\nx.max().backward()",
    "x = torch.tensor([0.3, -0.3], requires_grad=True)\ntorch.sigmoid(x).sum().backward()",
    "x = torch.tensor([[-1.0, 2.0], [3.0, 0.5]], requires_grad=True)\ntorch.relu(x).sum().backward()",
    "x = torch.tensor([1.0, 2.0], requires_grad=True)\nx.masked_fill(x > 1, float('-inf')).softmax(0)[0].backward()",
    "x = torch.tensor(1e-7, requires_grad=True)\n(x * 2).backward()",
]


def events(program: str) -> list[dict[str, Any]]:
    """The trace of a program."""
    lines: list[bytes] = []
    execute(f"import torch\n{program}\n", write=lambda first, more: lines.extend(more))
    trace = [json.loads(line) for line in lines]
    assert trace[-1]["kind"] == "run-finished", (program, trace[-1])
    return trace


def test_each_trap_is_found_at_its_node():
    found = answer(FOUND, [events(program) for program in TRAPPED])
    for (program, wanted), traps in zip(TRAPPED.items(), found, strict=True):
        assert [f"{code} {name}" for code, name, _ in traps] == wanted, program


def test_nothing_is_called_a_trap_that_is_none():
    found = answer(FOUND, [events(program) for program in CLEAR])
    for program, traps in zip(CLEAR, found, strict=True):
        assert traps == [], program


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_trap_has_a_cause_and_a_remedy_whose_places_it_fills(language: str):
    with open(f"static/locales/{language}/page.json", encoding="utf-8") as file:
        texts = json.load(file)
    for traps in answer(FOUND, [events(program) for program in TRAPPED]):
        for code, _, facts in traps:
            for key in (f"trap.{code}", f"trap.{code}.fix"):
                places = {part.split("}")[0].split("|")[0] for part in texts[key].split("{")[1:]}
                assert places <= {*facts, "name"}, key
