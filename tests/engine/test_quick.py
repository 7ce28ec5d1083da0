"""The short way of the engine gives what the long way gives: the same events, to the byte."""

import gc
import json
import math
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import engine
from engine import application, autograd, fronts, function, glide, quick, recorder
from engine.glide import Glide
from engine.ops import FUNCTIONS, METHODS
from engine.owed import Owed
from engine.run import execute
from tests.random_programs import program

LESSONS = Path(__file__).parent.parent / "fixtures" / "lessons.json"
SHARED = (300179, 300525, 300658, 301463)
"""Programs in which the memory of a single number is shared while a backward call meets it."""
HEAD = "import torch\nimport torch.nn.functional as F\nx = torch.tensor([[3.0, 1.0, 2.0], [4.0, 6.0, 5.0], [7.0, 9.0, 8.0]], requires_grad=True)\n"
SEVERAL = {
    "places of a pool": "values, places = F.max_pool2d(x[None], 2, 1, return_indices=True)\n(values * values).sum().backward()\nprint(x.grad, values.grad_fn)",
    "places that were written": "values, places = F.max_pool2d(x[None], 2, 1, return_indices=True)\nplaces.add_(1)\nvalues.sum().backward()",
    "places of a sort": "values, places = (x * x).sort(1)\nprint(values.grad_fn._saved_indices, values.grad_fn._saved_dim)\n(values * x).sum().backward(retain_graph=True)\nvalues.sum().backward()\nprint(x.grad)",
    "a sort that was written": "values, places = (x * 2).sort(1)\nvalues.mul_(2)\nvalues.sum().backward()\nprint(x.grad)\nplaces.mul_(0)\nprint(places)",
    "the greatest twice": "values, places = (x * x).max(0)\n(g,) = torch.autograd.grad((values * values).sum(), x, create_graph=True)\ng.sum().backward()\nprint(x.grad, places.requires_grad)",
    "a second backward": "values, places = x.topk(2)\nvalues.sum().backward()\nvalues.sum().backward()",
}
"""Programs with ops that give a second result, which takes no gradient."""
LOSSES = {
    "the mean": "loss = F.cross_entropy(x * 2, torch.tensor([0, 2, 1]))\nprint(loss, loss.grad_fn, loss.grad_fn.next_functions)\nloss.backward()\nprint(x.grad)",
    "each one": "loss = F.cross_entropy(x, torch.tensor([0, 2, 1]), reduction='none')\nprint(loss)\n(loss * loss).sum().backward()\nprint(x.grad)",
    "their sum, classes in a byte": "loss = F.cross_entropy(x, torch.tensor([0, 2, 1], dtype=torch.uint8), reduction='sum')\nprint(loss)\nloss.backward()\nprint(x.grad)",
    "some ignored": "loss = F.cross_entropy(x, torch.tensor([0, -100, 1]))\nprint(loss)\nloss.backward()\nprint(x.grad)",
    "a class ignored": "loss = F.cross_entropy(x, torch.tensor([0, 2, 1]), ignore_index=2)\nprint(loss)\nloss.backward()\nprint(x.grad)",
    "a negative one ignored": "loss = F.cross_entropy(x, torch.tensor([0, -1, 1]), ignore_index=-1)\nprint(loss)\nloss.backward()\nprint(x.grad)",
    "no such class": "F.cross_entropy(x, torch.tensor([0, 3, 1]))",
    "no class below zero": "F.cross_entropy(x, torch.tensor([0, -1, 1]))",
    "no such reduction": "F.cross_entropy(x, torch.tensor([0, 2, 1]), reduction='most')",
    "no rows": "loss = F.cross_entropy(x[:0], torch.tensor([], dtype=torch.int64))\nprint(loss)\nloss.backward()\nprint(x.grad)",
    "columns for rows": "loss = F.cross_entropy((x * 2).t(), torch.tensor([0, 2, 1]))\nloss.backward()\nprint(x.grad)",
    "one of several results": "left, right = (x * torch.ones(2, 3, 3)).unbind()\nF.cross_entropy(right, torch.tensor([0, 2, 1])).backward()\nprint(x.grad)",
    "the second of several": "values, places = x.sort(1)\nF.cross_entropy(values * 1.5, places[0]).backward()\nprint(x.grad)",
    "classes that are a part": "classes = torch.tensor([0, 2, 1, 1, 0])\nF.cross_entropy(x, classes[1:4]).backward()\nprint(x.grad)",
    "classes written before": "classes = torch.tensor([0, 2, 1])\nclasses[0] = 2\nF.cross_entropy(x, classes).backward()\nprint(x.grad)",
    "classes written after": "classes = torch.tensor([0, 2, 1])\nloss = F.cross_entropy(x, classes)\nclasses.add_(0)\nloss.backward()",
    "twice": "loss = F.cross_entropy(x, torch.tensor([0, 2, 1]))\n(g,) = torch.autograd.grad(loss, x, create_graph=True)\n(g * g).sum().backward()\nprint(x.grad)",
    "a second backward of the loss": "loss = F.cross_entropy(x, torch.tensor([0, 2, 1]))\nloss.backward()\nloss.backward()",
    "saved tensors": "loss = F.cross_entropy(x, torch.tensor([0, 2, 1]))\nnode = loss.grad_fn\nprint(node._saved_target, node._saved_self, node._saved_weight, node._saved_reduction, node.next_functions[0][0]._saved_dim)",
    "a hook": "loss = F.cross_entropy(x, torch.tensor([0, 2, 1]))\nloss.grad_fn.next_functions[0][0].register_hook(lambda *given: print(given))\nloss.backward()",
    "double": "loss = F.cross_entropy(x.double(), torch.tensor([0, 2, 1]))\nprint(loss)\nloss.backward()\nprint(x.grad)",
    "not a number": "loss = F.cross_entropy(x * float('nan'), torch.tensor([0, 2, 1]))\nprint(loss)\nloss.backward()\nprint(x.grad)",
    "a rectified number that is none": "loss = torch.relu(x * float('nan')).sum()\nloss.backward()\nprint(x.grad)",
}
"""Programs with a loss over classes: the way of most training loops, and what leaves it."""
SOURCES = (
    {f"random {seed}": program(seed) for seed in (*range(400), *SHARED)}
    | {lesson["id"]: lesson["program"] for lesson in json.loads(LESSONS.read_text(encoding="utf-8"))}
    | {name: HEAD + source for name, source in (SEVERAL | LOSSES).items()}
)


def lines_of(source: str) -> list[bytes]:
    lines: list[bytes] = []
    execute(source, write=lambda _, batch: lines.extend(batch))
    return lines


def long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NUMBERS", "KINDS"):
        monkeypatch.setattr(fronts, name, frozenset())
    monkeypatch.setattr(application, "shortened", lambda *_: None)
    monkeypatch.setattr(autograd, "glides", lambda _: False)


@pytest.mark.parametrize("name", SOURCES)
def test_both_ways_tell_the_same(name: str, monkeypatch: pytest.MonkeyPatch):
    short = lines_of(SOURCES[name])
    long_way(monkeypatch)
    assert lines_of(SOURCES[name]) == short


FRONTS = {
    name: front
    for name, front in {**FUNCTIONS, **METHODS}.items()
    if getattr(front, "__module__", "") == "engine.fronts"
}


@pytest.mark.parametrize("dtype", [engine.float32, engine.float64], ids=str)
@pytest.mark.parametrize("name", FRONTS)
def test_every_front_tells_of_single_numbers_as_the_long_way_does(
    name: str, dtype: engine.dtype, monkeypatch: pytest.MonkeyPatch
):
    front, two = FRONTS[name], FRONTS[name].__qualname__.startswith("binary")

    def told() -> list[bytes]:
        with engine.record() as trace:
            for number in (0.75, -1.5, 3.0, 0.0, 123456.7, -2.5e20, math.inf, math.nan):
                x, w = (engine.tensor(value, dtype=dtype, requires_grad=True) for value in (number, 0.3))
                for operands in ((x, w), (w, x), (x, 1.5), (x, 2)) if two else ((x,), (w,)):
                    (front(*operands) * w).backward()
        return trace.lines()

    with np.errstate(all="ignore"):
        short = told()
        long_way(monkeypatch)
        assert told() == short


def test_the_long_way_is_another_way(monkeypatch: pytest.MonkeyPatch):
    x = engine.tensor(2.0, requires_grad=True)
    assert type((x * x).grad_fn) is quick.QuickFunction
    assert type(engine.ones(2, requires_grad=True).sort().values.grad_fn) is quick.QuickFunction
    long_way(monkeypatch)
    assert type((x * x).grad_fn) is function.LongFunction
    assert type(x.tanh().grad_fn) is function.LongFunction


@pytest.mark.parametrize(
    ("module", "name", "instead"),
    [(application, "shortened", lambda *_: None), (autograd, "glides", lambda _: False)],
    ids=["a glide over long nodes", "the queue over short ones"],
)
def test_each_way_alone_tells_the_same(
    module: ModuleType, name: str, instead: Callable[..., object], monkeypatch: pytest.MonkeyPatch
):
    names = list(SOURCES)[::8]
    short = [lines_of(SOURCES[each]) for each in names]
    monkeypatch.setattr(module, name, instead)
    assert [lines_of(SOURCES[each]) for each in names] == short


@pytest.fixture
def glides(monkeypatch: pytest.MonkeyPatch) -> list[Glide]:
    """The backward calls that nobody looked into."""
    gc.collect()
    calls = []

    class Counted(Glide):
        def __init__(self, *given: Any, **named: Any) -> None:
            calls.append(self)
            super().__init__(*given, **named)

    monkeypatch.setattr(glide, "Glide", Counted)
    return calls


@pytest.mark.parametrize("waiting", range(5))
def test_three_leaves_of_one_node_come_in_the_order_of_the_queue(waiting: int, monkeypatch: pytest.MonkeyPatch):
    source = f"""import torch
v, b, x, w = [torch.ones(2, 2, requires_grad=True) for _ in range(4)]
older = [v * (number + 1.0) for number in range({waiting})]
total = torch.addmm(b, x, w)
for each in older:
    total = total + each
total.sum().backward()
"""
    short = lines_of(source)
    long_way(monkeypatch)
    assert lines_of(source) == short


SEEN = {
    "another tensor over its memory": "seen = x.grad.detach()\n(x * 3.0).sum().backward()\nprint(seen)",
    "a node that saved it": "total = (w * x.grad).sum() + (x * 2.0).sum()\ntotal.backward()",
    "a node that saved another tensor over its memory": "total = (w * x.grad.detach()).sum() + (x * 2.0).sum()\ntotal.backward()",
}


@pytest.mark.parametrize("seen", SEEN)
def test_what_sees_a_gradient_change_sees_it_at_its_turn(seen: str, monkeypatch: pytest.MonkeyPatch):
    source = f"import torch\nx, w = [torch.ones(3, requires_grad=True) for _ in range(2)]\n(x * 2.0).sum().backward()\n{SEEN[seen]}\n"
    short = lines_of(source)
    long_way(monkeypatch)
    assert lines_of(source) == short
    assert (b"modified by an inplace operation" in short[-1]) == ("saved" in seen)


def test_a_gradient_in_hand_is_told_as_it_was_then():
    x = engine.tensor(1.0, requires_grad=True)
    with engine.record() as trace:
        (x * 2.0).backward()
        grad = x.grad
        (x * 3.0).backward()
    told = [event for event in trace.events() if event.kind == "tensor-created" and event.grad_of is not None]
    assert (told[0].value["data"], grad.item()) == (2.0, 5.0)


def test_a_hook_is_called_in_order_also_where_nobody_records(glides: list[Glide]):
    told = []
    x, y = (engine.tensor(value, requires_grad=True) for value in (2.0, 3.0))
    product = x * y
    (product * x).backward(retain_graph=True)
    assert (len(glides), x.grad.item(), y.grad.item()) == (1, 12.0, 4.0)
    y.register_hook(lambda grad: told.append((grad.item(), x.grad)))
    x.grad = None
    (product * x).backward()
    assert (len(glides), x.grad.item(), y.grad.item()) == (1, 12.0, 8.0)
    assert told[0][0] == 4.0


def test_where_a_node_fails_the_leaves_it_has_no_part_in_have_their_gradients():
    a, b = (engine.tensor(2.0, requires_grad=True) for _ in range(2))
    old = b * b
    freed = old * 3.0
    freed.backward(retain_graph=True)
    b.grad = None
    old.backward()
    b.grad = None
    with pytest.raises(RuntimeError, match="second time"):
        (a * 3.0 + freed).backward()
    assert (a.grad.item(), b.grad) == (3.0, None)


def test_what_was_to_come_from_nodes_after_one_that_failed_is_counted(monkeypatch: pytest.MonkeyPatch):
    source = """import torch
x = torch.tensor(2.0, requires_grad=True)
u = x * 2.0
v = u * 5.0
y = x * x
y.backward()
(v + y + u + u).backward()
"""
    short = lines_of(source)
    sums = [json.loads(line) for line in short if b'"gradient-summed"' in line]
    assert [(sum["part"], sum["of"]) for sum in sums] == [(2, 2), (2, 3)]
    long_way(monkeypatch)
    assert lines_of(source) == short


def test_nodes_far_apart_in_number_run_in_order():
    x = engine.tensor(1.0, requires_grad=True)
    wide = [x * float(number) for number in range(5)]
    for _ in range(50):
        x * 2.0
    total = wide[0]
    for each in wide[1:]:
        total = total + each * each
        x * 2.0
    total.backward()
    assert x.grad.item() == 2.0 * sum(number**2 for number in range(1, 5))


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


def test_results_that_are_not_held_are_told_the_same(monkeypatch: pytest.MonkeyPatch):
    names = list(SOURCES)[::8]
    held = [lines_of(SOURCES[name]) for name in names]
    made = []
    monkeypatch.setattr(fronts, "LARGE", 9)  # every array, no single number
    monkeypatch.setattr(recorder, "Owed", lambda *given: made.append(Owed(*given)) or made[-1])
    assert [lines_of(SOURCES[name]) for name in names] == held
    assert len(made) > 50


def test_a_large_result_goes_when_the_program_lets_it_go_and_is_told_as_it_was():
    x = engine.linspace(-3.0, 5.0, 100_000, dtype=engine.float64).requires_grad_()
    with engine.record() as trace:
        half = x * 0.5
        memory = weakref.ref(half._data)
        total = half + x
        del half
        assert memory() is None
        with engine.no_grad():
            x.zero_()
    assert total._data.max() == 7.5
    told = [event.outputs[0]["value"] for event in trace.events() if event.kind == "function-applied"]
    assert [(value["min"], value["max"]) for value in told] == [(-1.5, 2.5), (-4.5, 7.5)]


def test_a_product_of_turned_matrices_lies_in_rows() -> None:
    """As in PyTorch, where only ops on each element keep the order of their operands."""
    turned, other = engine.ones(4, 3, requires_grad=True).t(), engine.ones(4, 5)
    assert (turned @ other).stride() == (5, 1)
    assert (turned * engine.ones(3, 4)).stride() == (1, 3)
