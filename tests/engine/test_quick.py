"""The short way of the engine gives what the long way gives: the same events, to the byte."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import engine
from engine import function, quick
from engine.run import execute
from tests.random_programs import program

LESSONS = Path(__file__).parent.parent / "fixtures" / "lessons.json"
SHARED = (300179, 300525, 300658, 301463)
"""Programs in which the memory of a single number is shared while a backward call meets it."""
SOURCES = {f"random {seed}": program(seed) for seed in (*range(400), *SHARED)} | {
    lesson["id"]: lesson["program"] for lesson in json.loads(LESSONS.read_text(encoding="utf-8"))
}


def lines_of(source: str) -> list[bytes]:
    lines: list[bytes] = []
    execute(source, write=lambda _, batch: lines.extend(batch))
    return lines


def long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("float32", "float64"):
        monkeypatch.setattr(quick, name, None)
    monkeypatch.setattr(quick, "KINDS", frozenset())
    monkeypatch.setattr(function, "shortened", lambda *_: None)


@pytest.mark.parametrize("name", SOURCES)
def test_both_ways_tell_the_same(name: str, monkeypatch: pytest.MonkeyPatch):
    short = lines_of(SOURCES[name])
    long_way(monkeypatch)
    assert lines_of(SOURCES[name]) == short


def test_the_long_way_is_another_way(monkeypatch: pytest.MonkeyPatch):
    x = engine.tensor(2.0, requires_grad=True)
    assert type((x * x).grad_fn) is quick.QuickFunction
    long_way(monkeypatch)
    assert type((x * x).grad_fn) is function.LongFunction
    assert type(x.tanh().grad_fn) is function.LongFunction


def chain(x: engine.Tensor, length: int) -> engine.Tensor:
    for _ in range(length):
        x = x * 1.0001
    return x


@pytest.mark.parametrize("build", [chain, lambda x, length: chain(x, length).relu()], ids=["chain", "chain and relu"])
def test_a_long_chain_needs_no_deep_stack(build: Callable[[engine.Tensor, int], engine.Tensor]):
    x = engine.tensor(1.0, requires_grad=True)
    deep = sys.getrecursionlimit()
    y = build(x, 20 * deep)
    y.backward()
    assert x.grad is not None
    del y


def test_a_gradient_belongs_to_its_leaf_alone():
    a, b = (engine.ones(3, requires_grad=True) for _ in range(2))
    given = engine.ones(3)
    (a + b).backward(given)
    a.grad.add_(1.0)
    assert (given.tolist(), b.grad.tolist()) == ([1.0] * 3, [1.0] * 3)
