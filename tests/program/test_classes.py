"""Classes of the program: what a reader of the events sees of them, and that they are records, not host classes."""

from __future__ import annotations

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


def test_the_parameters_of_a_module_bear_its_name() -> None:
    bound = [event["name"] for event in events_of(NET) if event["kind"] == "name-bound"]
    assert [name for name in bound if name.startswith("net.")] == ["net.scale", "net.fc.weight", "net.fc.bias"]
    assert "forward.hidden" in bound


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
