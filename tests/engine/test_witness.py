"""Every trace is held against a witness: each field of each event says what the events before it and the rules of autograd ask for.

What a program reads of its tensors at its end is PyTorch's answer, stored; the graph that is folded from the trace has to show the same.
"""

import json
import re
import tomllib
from pathlib import Path

import pytest

from engine.events import KINDS, decode_all
from engine.replay import fold
from engine.run import execute
from tests import random_autograd, random_programs
from tests.engine.witness import Witness
from tests.program.parity import PARTS, programs

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
LESSONS = {
    path.stem: tomllib.loads(path.read_text("utf-8"))["program"] for path in (ROOT / "app/lessons").glob("*.toml")
}
GOLDEN = {path.stem: path.read_text("utf-8") for path in (FIXTURES / "traces").glob("*.txt")}
ANSWERS = json.loads((FIXTURES / "random_autograd.json").read_text())["results"]
DEEPER = {f"deeper {answer['seed']}": random_autograd.program(answer["seed"]) for answer in ANSWERS[::4]}
PLAIN = {f"plain {seed}": random_programs.program(seed) for seed in range(40)}
PROGRAMS = {
    "lessons": LESSONS,
    "golden": GOLDEN,
    "deeper": DEEPER,
    "plain": PLAIN,
    **{part: dict(programs(part)) for part in PARTS},
}

SEVERAL = """\
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
z = y * y
torch.autograd.backward([z, z, y, x, x, x * 3], [torch.ones(2)] * 6)
"""
NESTED = """\
import torch
x, w = torch.ones(2, requires_grad=True), torch.tensor(3.0, requires_grad=True)
def hook(g):
    with torch.enable_grad():
        (w.detach().requires_grad_() ** 2).backward()
x.register_hook(hook)
(x * w).sum().backward()
"""
SHARED = """\
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward()
whole, part, other = x.grad, x.grad[0:1], x.grad.detach()
(x * x).sum().backward()
print(whole, part, other, part._version)
"""
NODES = """\
import torch
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.register_hook(lambda g: None)
y.grad_fn.register_prehook(lambda g: (g[0] * 10,))
y.grad_fn.register_hook(lambda before, after: (before[0] + 1, None))
x.register_post_accumulate_grad_hook(lambda p: None)
y.backward()
"""

FAILING = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
    def forward(self, x):
        with torch.no_grad():
            for _ in range(1):
                return self.layer(x)
def call(net):
    return net(torch.ones(3))
net = nn.Sequential(Net())
{how}
"""


def trace(source):
    lines = []
    execute(source, write=lambda first, more: lines.extend(more))
    return [json.loads(line) for line in lines]


def only(events, kind, *names):
    return [tuple(event.get(name) for name in names) for event in events if event["kind"] == kind]


@pytest.mark.parametrize("part", PROGRAMS)
def test_every_field_of_every_event_is_what_it_must_be(part):
    for name, source in PROGRAMS[part].items():
        try:
            Witness(packs="saved_tensors_hooks" in source or "checkpoint" in source).read(trace(source))
        except AssertionError as wrong:
            raise AssertionError(f"{name}: {wrong}") from wrong


FALSE = {
    "seq": ("tensor-created", {"seq": 7}),
    "a value that is not the sum": (
        "gradient-summed",
        {"after": {"shape": [2], "dtype": "float32", "data": [0.0, 0.0]}},
    ),
    "a part too few": ("gradient-summed", {"part": 9}),
    "another gradient": ("function-reached", {"gradients": [{"shape": [2], "dtype": "float32", "data": [7.0, 7.0]}]}),
    "another place": ("gradient-sent", {"to": ["accumulate", 1]}),
    "another node": ("function-applied", {"name": None}),
    "another leaf": ("gradient-accumulated", {"retained": True}),
    "another call": ("backward-finished", {"call": 1}),
    "another node's memory": ("buffers-freed", {"functions": [0]}),
    "another count": ("run-finished", {"tensors": 2}),
    "another line": ("function-applied", {"line": 1}),
}


@pytest.mark.parametrize("name", FALSE)
def test_the_witness_finds_what_is_false(name):
    events = trace(SEVERAL)
    Witness().read(events)
    kind, lie = FALSE[name]
    next(event for event in events if event["kind"] == kind and event["line"] != 3).update(lie)
    with pytest.raises(AssertionError):
        Witness().read(events)


@pytest.mark.parametrize("how", ["call(net)", "try:\n    call(net)\nexcept RuntimeError:\n    call(lambda x: x)"])
def test_scopes_nest_where_a_forward_fails(how):
    Witness().read(trace(FAILING.format(how=how)))


def test_the_programs_cause_every_kind_of_event():
    seen = {event["kind"] for source in (*GOLDEN.values(), *DEEPER.values(), SHARED) for event in trace(source)}
    assert seen == set(KINDS)


def test_seeds_of_several_roots_are_parts_of_the_sum():
    """x gets 1 + 1 of its own, 3 of x * 3 and 2 * (1 + 2 * 2 * 2x) of y."""
    events = trace(SEVERAL)
    assert only(events, "gradient-summed", "tensor", "part", "of") == [
        (2, 2, 2), (0, 2, 4), (0, 3, 4), (1, 2, 3), (1, 3, 3), (0, 4, 4),
    ]  # fmt: skip
    assert only(events, "gradient-accumulated", "after")[0][0]["data"] == [23.0, 39.0]


def test_a_call_within_a_hook_is_finished_before_the_one_it_is_in():
    assert only(trace(NESTED), "backward-finished", "call", "line") == [(1, 5), (0, 7)]


def test_what_looks_at_a_grad_shows_what_was_added_to_it():
    events = trace(SHARED)
    state = fold(decode_all(events))
    for name, number in (("whole", 4.0), ("part", 4.0), ("other", 4.0)):
        tensor = state.tensors[state.names[name].tensor]
        assert (tensor.value["data"][0], tensor.version) == (number, 1)
    assert (
        "".join(text for (text,) in only(events, "printed", "text"))
        == "tensor([4., 8.]) tensor([4.]) tensor([4., 8.]) 1\n"
    )


def test_hooks_of_tensors_nodes_and_leaves_are_told_whether_they_change_anything_or_not():
    told = [
        (
            tensor,
            function,
            *([part and part["data"] for part in each] if isinstance(each, list) else each["data"] for each in both),
        )
        for tensor, function, *both in only(trace(NODES), "hook-ran", "tensor", "function", "before", "after")
    ]
    assert told == [
        (1, 0, 1.0, 1.0),
        (None, 0, [1.0], [10.0]),
        (None, 0, [30.0, None], [31.0, None]),
        (0, None, [31.0], [31.0]),
    ]


FACTS = re.compile(
    r"^(\w+) (tensor\(.*?\)) (True|False) (True|False) (True|False) (\d+) (True|False)$", re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize("part", range(4))
def test_the_graph_shows_the_flags_that_pytorch_prints(part):
    """leaf, requires_grad, whether a node made it, version: of every name at the end of a random program."""
    for answer in ANSWERS[part::8]:
        state = fold(decode_all(trace(random_autograd.program(answer["seed"]))))
        if answer["error"] is not None:
            continue
        for name, _, leaf, requires, made, version, _view in FACTS.findall(answer["printed"]):
            tensor = state.tensors[state.names[name].tensor]
            seen = tensor.is_leaf, tensor.requires_grad, tensor.version
            assert seen == (leaf == "True", requires == "True", int(version)), f"seed {answer['seed']}: {name}"
            assert (made == "True") == (tensor.is_leaf or not tensor.requires_grad)
