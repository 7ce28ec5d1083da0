"""A figure of a failed run says what failed and where: the same nodes as on the stage, in every format's own words."""

import json

import pytest

from app import exports, traces
from app.exports import Moment, Options, faults
from app.exports.alt import alternative
from app.exports.figure import of_moment
from tests.app.test_exports import graphviz_reads
from tests.browser.taken import FAILING, TWICE
from tests.test_javascript import answer

SHAPES = """import torch
x = torch.randn(2, 3)
w = torch.randn(4, 5, requires_grad=True)
y = x.tanh() @ w
"""
WRITTEN = """import torch
权重 = torch.tensor([1.0, 2.0], requires_grad=True)
y = 权重 * 3
z = y.exp()
z.add_(1)
z.sum().backward()
"""
WITHIN = """import torch
class Net:
    def __init__(self):
        self.w = torch.ones(3, requires_grad=True)
def join(a, net):
    return torch.cat([a, a]) * net.w
join(torch.ones(2), Net())
"""
RAISED = "import torch\nk = torch.ones(2)\nraise ValueError('<b>' * 30 + '\\\\input{x} 中文。' * 9)\n"
ENDLESS = "import torch\nx = torch.ones(2)\nwhile True:\n    pass\n"
PROGRAMS = [FAILING, SHAPES, WRITTEN, WITHIN, RAISED, ENDLESS, TWICE, "import os\n"]
CONCERNED = """
import { readFileSync } from 'node:fs';
const { Trace } = await import('./static/js/state/trace.js');
const { faultsOf } = await import('./static/js/stage/faults.js');
console.log(JSON.stringify(JSON.parse(readFileSync(process.argv[1], 'utf8')).map(({ events, source }) => {
  const trace = new Trace(events);
  return trace.peek(trace.last, (state) => {
    const { functions, tensors } = faultsOf(state, source);
    return { functions: [...functions].sort(), tensors: [...tensors].sort() };
  });
})));
"""


def ended(source: str) -> Moment:
    lines = traces.of_program(source)
    return Moment(lines, len(lines) - 1, source)


def test_the_stage_and_the_server_ring_alike():
    moments = [ended(source) for source in PROGRAMS]
    asked = [{"events": [json.loads(line) for line in of.lines], "source": of.source} for of in moments]
    concerned = []
    for of, told in zip(moments, answer(CONCERNED, asked), strict=True):
        fault = faults.of_moment(of, Options())
        found = (fault.functions, fault.tensors) if fault else ((), ())
        assert {"functions": sorted(found[0]), "tensors": sorted(found[1])} == told, of.source
        concerned.append((len(told["functions"]), len(told["tensors"])))
    assert concerned == [(1, 0), (0, 2), (1, 1), (0, 1), (0, 0), (0, 0), (0, 0), (0, 0)]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("source", [FAILING, SHAPES, WRITTEN, RAISED], ids=["twice", "sizes", "version", "raised"])
def test_what_failed_is_said_beside_what_it_concerns(source: str, language: exports.Language):
    of, options = ended(source), Options(language=language)
    event = json.loads(of.lines[-1])
    figure = of_moment(of, options)
    note = next(node for node in figure.nodes if node.kind == "fault")
    assert note.title.startswith(event["error"]) and str(event["line"]) in note.title
    said, whole = ("".join(text.split()) for text in ("".join(note.more).removesuffix(" …"), event["message"]))
    assert whole.startswith(said)
    marks = [node.id for node in figure.nodes if node.failed]
    failed = set(marks)
    assert {edge.target for edge in figure.edges if edge.kind == "fault"} == failed
    assert bool(failed) == (source != RAISED)
    assert note.title in alternative(of, options)
    read = graphviz_reads(exports.found()["dot"].render(of, options).decode())
    labels = {node["name"]: node["label"] for node in read["nodes"]}
    assert labels["fault"].startswith(note.title)
    marked = {node["name"] for node in read["nodes"] if node.get("penwidth") == "2.5"}
    assert marked == failed
    mermaid, tikz = (exports.found()[name].render(of, options).decode() for name in ("mmd", "tex"))
    assert ("  class " in mermaid and f"class {','.join(marks)} failed" in mermaid) == bool(failed)
    assert tikz.count(", failed]") == len(failed)
    assert r"\node[fault] (fault)" in tikz


def test_a_run_that_goes_well_and_a_step_before_the_failure_say_nothing_of_it():
    assert faults.of_moment(ended(TWICE), Options()) is None
    whole = ended(FAILING)
    assert faults.of_moment(Moment(whole.lines, whole.at - 1, whole.source), Options()) is None


def test_a_long_message_ends_after_a_sentence_or_a_few_lines():
    assert faults.broken(f"It broke. {'Nobody knows why. ' * 20}") == ["It broke."]
    cut = faults.broken("word " * 100)
    assert len(cut) == faults.MOST_LINES and cut[-1].endswith(" …")
    assert all(len(line) <= faults.WIDEST // 2 for line in faults.broken("张量的形状不能相乘" * 9)[:-1])


def test_a_long_loop_is_drawn_straight_by_the_text_itself():
    """Who takes the DOT text to their own dot gives it no options; bent, its edges take minutes."""
    loop = "import torch\nw = torch.tensor(1.1, requires_grad=True)\nh = w\nfor i in range({}):\n    h = torch.tanh(h * w) + 0.1 * w\nh.backward()\n"
    long, short = (exports.found()["dot"].render(ended(loop.format(turns)), Options()) for turns in (15, 2))
    assert b"splines=line" in long and b"splines" not in short
