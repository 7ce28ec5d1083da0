"""Views, writes, custom Functions, hooks, modes and tools do in the engine what they do in PyTorch."""

import gc
import json

import pytest

import engine as torch
from tests.engine.programs import FIXTURES, answer, programs

PROGRAMS = dict(programs())
STORED = json.loads((FIXTURES / "programs.json").read_text("utf-8"))["answers"]


def test_every_program_has_an_answer():
    assert STORED.keys() == PROGRAMS.keys()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_what_it_does_in_pytorch(name):
    ours, theirs = answer(PROGRAMS[name], torch), STORED[name]
    assert ours["error"] == theirs["error"], PROGRAMS[name]
    assert ours["printed"] == theirs["printed"], PROGRAMS[name]
    assert ours["warnings"] == theirs["warnings"], PROGRAMS[name]


@pytest.mark.parametrize(
    "source",
    [
        "y = x * 2; v = y[0:1]; v.mul_(3); y[1] = x[0]; y.sum().backward()",
        "y = (x * 2).exp_(); y.sum().backward()",
        "y = x * 2; v = y[0:1]; v.exp_(); s = y.sum()",
    ],
)
def test_writes_leave_no_cycle_for_the_collector(source):
    gc.collect()
    gc.disable()
    try:
        exec(source, {"torch": torch, "x": torch.tensor([1.0, 2.0], requires_grad=True)})  # noqa: S102
        assert gc.collect() == 0
    finally:
        gc.enable()
