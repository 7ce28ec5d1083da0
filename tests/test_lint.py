"""Drawings of a run, held against what was recorded: true ones pass, and each kind of mistake is found and named."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from app.exports import Moment, Options, dot, mmd
from app.lessons import lessons
from engine.run import execute
from tests.test_javascript import node

TOLD = """
import { readFileSync } from 'node:fs';
const { instance } = await import('./static/vendor/viz.js');
const { Trace } = await import('./static/js/state/trace.js');
const { drawingFrom } = await import('./static/js/state/dot.js');
const { isMermaid, readMermaid } = await import('./static/js/state/mermaid.js');
const { lint } = await import('./static/js/state/lint.js');
const viz = await instance();
const told = JSON.parse(readFileSync(process.argv[1], 'utf8')).map(({ events, text, scene }) => {
  const trace = new Trace(events);
  const drawing = isMermaid(text) ? readMermaid(text) : drawingFrom(JSON.parse(viz.render(text, { engine: 'nop2', format: 'dot_json' }).output));
  const part = trace.scenes.at(scene ?? 0);
  return trace.peek(part.to, (state) => lint(drawing, state, part.index)).map(({ problem, text, other, said, is }) => [problem, text, other, said, is].filter((one) => one !== '').join(' '));
});
console.log(JSON.stringify(told));
"""

PROGRAM = """import torch
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
b = torch.tensor([1.0, 2.0])
h = x * w
y = torch.tanh(h)
loss = y + x
loss.backward()
s = b * 2
"""


def events(source: str) -> list[dict[str, Any]]:
    """The trace of a program."""
    lines: list[bytes] = []
    execute(source, write=lambda first, more: lines.extend(more))
    return [json.loads(line) for line in lines]


def findings(drawings: list[dict[str, Any]]) -> list[list[str]]:
    """What the page's modules find in drawings of runs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "drawings.json")
        file.write_text(json.dumps(drawings), encoding="utf-8")
        answer = node("--input-type=module", "-e", TOLD, str(file))
    assert answer.returncode == 0, answer.stderr
    found: list[list[str]] = json.loads(answer.stdout)
    return found


DRAWINGS = [
    ("tensors alone", "digraph { x -> h; w -> h; h -> y; y -> loss; x -> loss }", []),
    ("operations between", "digraph { x -> mul; w -> mul; mul -> h -> tanh -> y -> add -> loss; x -> add }", []),
    ("as torchviz draws", """digraph {
      l [label="()"] m [label=MulBackward0] t [label=TanhBackward0] a [label=AddBackward0] ax [label=AccumulateGrad] aw [label=AccumulateGrad]
      vx [label="x\\n ()"] vw [label="w\\n ()"] vx -> ax -> m; vw -> aw -> m; m -> t -> a; ax -> a; a -> l }""", []),
    ("gradients' way", "digraph { loss -> y -> h -> x; h -> w; loss -> x }", []),
    ("numbers", 'digraph { x [label="x = 2.0 | grad 1.0"]; w [label="w\\ndata 3.0000\\ngrad 0.0000"]; h [label="h: 6.0"]; x -> h; w -> h }', []),
    ("an edge left out", "digraph { x -> h; w -> h; h -> y; y -> loss }", ["missing x loss"]),
    ("an edge turned", "digraph { x -> h; h -> w; h -> y; y -> loss; x -> loss }", ["reversed h w"]),
    ("an edge too many", "digraph { x -> h; w -> h; h -> y; y -> loss; x -> loss; w -> loss }", ["invented w loss"]),
    ("a leaf left out", "digraph { x -> h; h -> y; y -> loss; x -> loss }", ["leaf w"]),
    ("a wrong value", 'digraph { x [label="x = 5"]; w; h [label="h\\n6.1"]; x -> h; w -> h }', ["value x 5 2", "value h 6.1 6"]),
    ("a wrong gradient", 'digraph { x [label="x\\ngrad = 2"]; w; h; x -> h; w -> h }', ["gradient x 2 1.00007"]),
    ("a wrong shape", 'digraph { b [label="b (3)"] s [label="s\\nshape (2,)"]; b -> s; x; w }', ["shape b (3) (2)"]),
    ("a slip in a name", "digraph { x -> MultBackward0; w -> MultBackward0 -> h }", ["misnamed MultBackward0 MulBackward0"]),
    ("a name of nothing", "digraph { x -> h; w -> h; h -> q }", ["unknown q"]),
    ("AccumulateGrad at a non-leaf", "digraph { x -> h; w -> h; h -> AccumulateGrad }", ["accumulate h"]),
    ("the order", 'digraph { m [label="1. mul"] t [label="2. tanh"] a [label="3. add"]; x -> m; w -> m -> t -> a; x -> a }', ["order MulBackward0 1 3", "order AddBackward0 3 1"]),
    ("a flow chart", "graph LR\n x --> m((×))\n w --> m --> h\n h --> y & x", ["reversed h x", "operation TanhBackward0 y"]),
]  # fmt: skip


def test_each_mistake_is_found_and_what_is_true_passes() -> None:
    trace = events(PROGRAM)
    found = findings([{"events": trace, "text": text} for _, text, _ in DRAWINGS])
    for (what, _, expected), told in zip(DRAWINGS, found, strict=True):
        assert told == expected, what


@pytest.mark.parametrize("language", [dot, mmd], ids=["dot", "mmd"])
def test_our_own_figures_of_every_lesson_pass(language: Any) -> None:
    asked = []
    for lesson in lessons().values():
        trace = events(lesson.program)
        last = len(trace) - 1
        figure = language.EXPORT.render(
            Moment([json.dumps(event).encode() for event in trace], last), Options()
        ).decode()
        asked.append({"events": trace, "text": figure, "scene": -1})
    for lesson, told in zip(lessons().values(), findings(asked), strict=True):
        assert told == [], lesson.id
