"""The short way of small operations tells the same events and takes the same fuel as the long one."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from engine.program import short
from engine.program.limits import Limits
from engine.run import execute
from tests.program.grammar import Grammar
from tests.program.hostile import FAILED, LIMITED, flat
from tests.program.trace import failure, lines_of

TUTORIAL = """import torch
w = torch.tensor([1.0, -2.0], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
total = 0
for i in range(4):
    y = (w * 2.0 - b / (i + 1)) ** 2
    loss = torch.tanh(y).sum() + w.exp().mean(dim=0)
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b.sub_(0.1 * b.grad)
    w.grad = None
    b.grad.zero_()
    if loss.item() < 3 and i >= 0.5 or 1 / (i + 1) > 2:
        total = total + loss.item() * 2 - 1
def norm(x, *, eps=1e-5):
    return (x - x.mean()) / torch.sqrt(x.var() + eps)
print(norm(torch.tensor([1.0, 2.0, 4.0], requires_grad=True)), total, 2**60 * 4, 7 // 2, 1.5 % 1)
"""
FUEL = (7, 40, 90, 133, 200, 400)


def traces(programs: list[str]) -> list[list[bytes]]:
    return [lines_of(text, limits=Limits(fuel=fuel, elements=20_000)) for text in programs for fuel in (*FUEL, 4000)]


def without(patch: pytest.MonkeyPatch) -> None:
    """Everything goes the long way."""
    patch.setattr(short, "OPERATORS", {})
    patch.setattr(short, "FUNCTIONS", frozenset())
    patch.setattr(short, "MEASURES", frozenset())


def test_both_ways_tell_the_same_and_end_at_the_same_step(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(41)
    grammar = Grammar(chance)
    programs = [TUTORIAL, *(program for _, program in flat(FAILED)), *(grammar.program() for _ in range(100))]
    quickly = traces(programs)
    without(monkeypatch)
    assert traces(programs) == quickly


def test_the_short_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    call = short.call

    def seen(*given: Any) -> Any:
        taken.append("call")
        return call(*given)

    monkeypatch.setattr(short, "call", seen)
    assert json.loads(lines_of(TUTORIAL)[-1])["kind"] == "run-finished"
    assert len(taken) > 20


@pytest.mark.parametrize(
    "text",
    [
        "torch.zeros(0, 10**9).sum(0)",
        "torch.zeros(10**9, 0).sum(1)",
        "torch.zeros(0, 10**9).mean(0)",
        "torch.zeros(0, 300, 400).prod(0)",
        "torch.ones(500, 1) + torch.ones(500)",
        "torch.ones(400, 1) * torch.ones(400, requires_grad=True)",
    ],
)
def test_what_is_small_by_its_elements_alone_is_still_weighed(text: str) -> None:
    assert failure(f"import torch\n{text}")["code"] == "limit-elements"


def test_the_hostile_come_to_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = [program for category, program in flat(LIMITED) if category != "loops"][::3]
    quickly = [json.loads(lines_of(text)[-1]) for text in programs]
    without(monkeypatch)
    assert [json.loads(lines_of(text)[-1]) for text in programs] == quickly


def parted(program: str, limits: Limits, every: int) -> list[bytes]:
    """The lines of a run that is told to hurry again and again."""
    lines: list[bytes] = []
    hurries: list[Any] = []

    def write(_: int, batch: list[bytes]) -> None:
        lines.extend(batch)
        if len(lines) % every == 0:
            hurries[0]()

    execute(program, limits=limits, write=write, timer=hurries.append)
    return lines


@pytest.mark.parametrize(
    "limits",
    [Limits(events=137), Limits(events=500), Limits(trace_bytes=9_000), Limits(fuel=333), Limits(fuel=1111)],
    ids=str,
)
def test_a_run_ends_at_the_same_step_however_its_lines_are_parted(limits: Limits) -> None:
    layer = "net = torch.nn.LSTM(3, 3)\nnet(torch.ones(4, 3))[0].sum().backward()\n"
    program = TUTORIAL.replace("range(4)", "range(40)") + layer
    wanted = lines_of(program, limits=limits)
    assert json.loads(wanted[-1])["status"] == "limited"
    for every in (1, 3, 7):
        assert parted(program, limits, every) == wanted
