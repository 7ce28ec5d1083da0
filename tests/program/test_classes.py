"""Classes of the program: what a reader of the events sees of them, and that they are records, not host classes."""

from __future__ import annotations

import pytest

from engine.program.values import Instance, UserClass
from tests.program.trace import events_of, printed

NET = """import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 1)
        self.scale = nn.Parameter(torch.ones(1))
    def forward(self, x):
        hidden = self.fc(x)
        return hidden * self.scale
net = Net()
y = net(torch.ones(3, 2))
"""


TAKES = """import torch
from collections import deque, namedtuple
from dataclasses import dataclass
from torch import nn
Pair = namedtuple("Pair", "a b")
@dataclass
class Out:
    loss: float
    rows: list
class Config:
    def __init__(self, k):
        self.k = k
class Net(nn.Module):
    def forward(self, x, work, *rest, **named):
        return work(x, *rest, **named)
net = Net()
x = torch.ones(2, requires_grad=True)
"""
CARRIED = [
    ("print(net(x, lambda v: v * 2))", "tensor([2., 2.], grad_fn=<MulBackward0>)"),
    ("print(net(x, torch.sum), net(x, work=torch.sum).item())", "tensor(2., grad_fn=<SumBackward0>) 2.0"),
    ("print(net(x, lambda v, c: c.k, Config(3)))", "3"),
    (
        "def note(v, d):\n    d['seen'] = len(d)\nd = {'x': x}\nnet(x, note, d)\nnet(x, note, d=d)\nprint(d['seen'])",
        "2",
    ),
    ("def note(v, rows):\n    rows.append({})\nrows = [{}]\nnet(x, note, rows)\nprint(rows)", "[{}, {}]"),
    ("print(net(x, lambda v, p: (p.a, p), Pair(1, 2)))", "(1, Pair(a=1, b=2))"),
    ("print(net(x, lambda v, s, q: [s, q], {1}, q=deque([2])))", "[{1}, deque([2])]"),
    ("print(net(x, lambda v, kind: kind('7'), int))", "7"),
    ("out = net(x, lambda v: Out(v.sum().item(), [Pair(1, {2})]))\nprint(out.loss, out.rows[0].b)", "2.0 {2}"),
    ("print(net(x, lambda v: {'a': Config(4), 'b': [v]})['a'].k)", "4"),
    ("print(net(x, lambda v: {Pair(1, 2): v})[(1, 2)].shape)", "torch.Size([2])"),
    ("print(net(x, lambda v: {'a': {Pair(1, 2): len}})['a'][(1, 2)]('abc'))", "3"),
    ("print(nn.Sequential(Net1(), Net2())(x))", "tensor(4., grad_fn=<SumBackward0>)"),
    (
        "net.register_forward_hook(lambda m, args, out: print(args[2].k, out.k))\nnet(x, lambda v, c: c, Config(3))",
        "3 3",
    ),
    (
        "two = Net1()\ntwo.register_forward_hook(lambda m, args, out: print(type(out), out.k.shape))\ntwo(x)",
        "<class '__main__.Config'> torch.Size([2])",
    ),
    (
        "two = Net1()\ntwo.register_full_backward_hook(lambda m, i, o: print('hook', o))\nprint(two(x).k.shape)",
        "torch.Size([2])",
    ),
    ("nn.Sequential(Net1(), nn.Linear(2, 2))(x)", "TypeError"),
]
MORE = """class Net1(nn.Module):
    def forward(self, x):
        return Config(x * 2)
class Net2(nn.Module):
    def forward(self, c):
        return c.k.sum()
"""


@pytest.mark.parametrize(("lines", "shown"), CARRIED)
def test_a_modules_own_forward_gets_and_gives_any_value_as_it_is(lines: str, shown: str) -> None:
    events = events_of(TAKES + MORE + lines)
    assert [event["error"] for event in events if event["kind"] == "run-failed"] == [shown][: shown.endswith("Error")]
    if not shown.endswith("Error"):
        assert "".join(event["text"] for event in events if event["kind"] == "printed").strip() == shown


def test_the_parameters_of_a_module_bear_its_name() -> None:
    bound = [event["name"] for event in events_of(NET) if event["kind"] == "name-bound"]
    assert [name for name in bound if name.startswith("net.")] == ["net.scale", "net.fc.weight", "net.fc.bias"]
    assert "forward.hidden" in bound


def test_a_layer_put_into_a_module_that_has_a_name_bears_it_too() -> None:
    source = f"{NET}\nnet.fc = nn.Linear(2, 1, bias=False)\nouter = nn.Sequential(net)\nnet.more = nn.Linear(1, 1)\n"
    bound = [event for event in events_of(source) if event["kind"] == "name-bound"]
    weights = [event["tensor"] for event in bound if event["name"] == "net.fc.weight"]
    assert len(weights) == len(set(weights)) == 2
    assert [event["name"] for event in bound][-2:] == ["net.more.weight", "net.more.bias"]


def test_a_call_of_a_module_stands_in_scopes_that_close_again() -> None:
    open_now: list[str] = []
    seen: list[list[str]] = []
    for event in events_of(NET):
        if event["kind"] == "scope-entered":
            open_now.append(event["label"])
            seen.append(list(open_now))
        elif event["kind"] == "scope-left":
            assert open_now.pop() == event["label"]
    assert open_now == []
    assert ["Net", "Net.forward", "fc"] in seen


def test_scopes_close_also_where_a_method_fails_and_the_program_goes_on() -> None:
    source = NET + "try:\n    net(torch.ones(3, 5))\nexcept RuntimeError:\n    pass\nz = 1\n"
    depth = 0
    for event in events_of(source):
        depth += (event["kind"] == "scope-entered") - (event["kind"] == "scope-left")
        assert depth >= 0
    assert depth == 0


def test_a_class_and_its_objects_are_records_of_the_interpreter() -> None:
    assert not isinstance(UserClass("A", None, "plain"), type)
    assert not hasattr(Instance(UserClass("A", None, "plain")), "__dict__")


def test_two_names_of_one_function_are_the_same_object() -> None:
    assert printed("class A: pass\na = A()\nb = a\nb.x = 3\nprint(a.x, a is b, a == b, A() == A(), {a: 1}[b])") == (
        "3 True True False 1\n"
    )


def test_a_number_modulo_a_tensor_is_a_tensor() -> None:
    assert printed("import torch\nprint(7 % torch.tensor([2, -3]))") == "tensor([ 1, -2])\n"


def test_a_generator_runs_only_as_far_as_it_is_asked() -> None:
    source = "def f():\n    for i in range(3):\n        print('made', i)\n        yield i\ng = f()\nprint('begun')\nprint(next(g))"
    assert printed(source) == "begun\nmade 0\n0\n"
