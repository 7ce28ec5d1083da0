"""What is folded on the stage is folded in a figure made without a browser: the same functions as one, the same tensors out of sight."""

import json

import pytest

from app import exports, traces
from app.exports import Moment, Options, TooLarge, mmd
from app.exports.figure import Figure, of_moment
from tests.test_javascript import answer

STEPS = """import torch
def step(w, x):
    return torch.tanh(w * x + 0.1)
w = torch.tensor(0.5, requires_grad=True)
x = torch.tensor(1.0)
for t in range(4):
    x = step(w, x)
    if t == 2:
        y = x * 2
(x + y).backward()
"""
NET = """import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.second = nn.Linear(3, 1)
    def forward(self, x):
        for i in range(2):
            x = torch.tanh(x * x)
        return self.second(torch.tanh(self.first(x)))
net = Net()
for k in range(2):
    loss = net(torch.ones(1, 2)).sum() + k
    loss.backward()
"""
TWICE = """import torch
w = torch.tensor(0.5, requires_grad=True)
h = w
for i in range(3):
    for k in range(2):
        h = torch.tanh(h * w)
for i in range(5):
    h = h + w
h.backward()
"""
WRITES = """import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 1
for i in range(2):
    y.mul_(2)
    z = y + 1
z.sum().backward()
"""
DRAWN = """
import { readFileSync } from 'node:fs';
const { Trace } = await import('./static/js/state/trace.js');
const { buildGraph, closedNames } = await import('./static/js/stage/graph.js');
const cases = JSON.parse(readFileSync(process.argv[1], 'utf8')).map(({ events, word }) => {
  const trace = new Trace(events);
  return trace.peek(trace.last, (state) => {
    const { groups } = buildGraph(state, state.scene, { open: new Set(), closed: new Set() });
    const closed = new Set(groups.filter(({ key, kind, label }) => word === 'all' || (kind === 'turns' ? `turns:${label.split(' ')[0]}` : label.split(' ')[0]) === word || key === word).map(({ key }) => key));
    const { cards, badges } = buildGraph(state, state.scene, { open: new Set(), closed });
    return { names: closedNames(state, state.scene, { open: new Set(), closed }), drawn: [...cards, ...badges].map(({ id }) => id.split('~')[0]).sort() };
  });
});
console.log(JSON.stringify(cases));
"""
CASES = [
    (STEPS, "t"),
    (STEPS, "/loop:for t = 2#0/function:step#0"),
    (STEPS, "/loop:for t = 2#0"),
    (STEPS, "all"),
    (STEPS, "nothing"),
    (NET, "Net"),
    (NET, "i"),
    (NET, "first"),
    (NET, "k"),
    (WRITES, "i"),
    *((STEPS, word) for word in ("turns:t", "/turns:t#0")),
    *((TWICE, word) for word in ("i", "k", "turns:i", "turns:k", "/turns:i#1", "all")),
]


def figure(source: str, *names: str) -> Figure:
    lines = traces.of_program(source)
    return of_moment(Moment(lines, len(lines) - 1, source), Options(fold=names))


def test_the_stage_and_the_server_fold_alike():
    asked = [
        {"events": [json.loads(line) for line in traces.of_program(source)], "word": word} for source, word in CASES
    ]
    for (source, word), told in zip(CASES, answer(DRAWN, asked), strict=True):
        for names in ([word], told["names"]):
            assert sorted(node.id for node in figure(source, *names).nodes) == told["drawn"], (word, names)


def test_a_function_that_is_all_of_a_turn_is_called_by_its_own_name_too():
    assert [node.title for node in figure(STEPS, "step").nodes if node.kind == "fold"] == [
        "t = 0 (3)",
        "t = 1 (3)",
        "step (3)",
        "t = 3 (3)",
    ]


def test_a_fold_says_how_much_it_holds_and_sends_what_its_functions_sent():
    folded = figure(STEPS, "t")
    assert [node.title for node in folded.nodes if node.kind == "fold"] == [
        "t = 0 (3)",
        "t = 1 (3)",
        "t = 2 (4)",
        "t = 3 (3)",
    ]
    sent = [edge for edge in folded.edges if edge.kind == "gradient" and edge.target == "t0"]
    assert len(sent) == 4 and len({(edge.source, edge.target) for edge in folded.edges}) == len(folded.edges)
    whole = figure(
        "import torch\nw = torch.tensor(0.5, requires_grad=True)\ndef f():\n    return w * 3 + w * 4\nf().backward()\n",
        "f",
    )
    assert [edge.label for edge in whole.edges if edge.kind == "gradient"] == ["3.0 + 4.0"]


def test_all_turns_of_a_loop_fold_into_one_that_gives_back_what_a_name_holds_in_the_end():
    stacked = figure(TWICE, "turns:i")
    assert [node.title for node in stacked.nodes if node.kind == "fold"] == ["i = 0 … 2 (12)", "i = 0 … 4 (5)"]
    assert [node.title for node in stacked.nodes if node.kind != "fold"] == ["w", "h", "h"]
    counted = figure("import torch\nx = torch.tensor(1.0)\nwhile x < 4:\n    x = x + 1\n", "turns:while")
    assert [node.title for node in counted.nodes if node.kind == "fold"] == ["while · 1 … 3 (3)"]


def test_a_loop_too_long_for_a_figure_fits_folded():
    source = "import torch\nx = torch.tensor(1.0, requires_grad=True)\nfor i in range(200):\n    x = (x * 1.01).sin()\n"
    with pytest.raises(TooLarge, match="Fold its loops"):
        figure(source)
    assert len(figure(source, "i").nodes) == 1 + 2 * 200


@pytest.mark.parametrize("format", ["dot", "mmd", "tex"])
def test_every_format_of_authors_draws_a_fold(format: str):
    lines = traces.of_program(STEPS)
    text = exports.found()[format].render(Moment(lines, len(lines) - 1, STEPS), Options(fold=("t",))).decode()
    assert mmd.escaped("t = 2 (4)") in text if format == "mmd" else "t = 2 (4)" in text
