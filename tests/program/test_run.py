"""A run as a whole: its events, their order and places, its budget, and that nothing of it stays behind."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import engine
from engine import anomaly, dtypes, grad_mode, recording, saving
from engine.events import RunFinished
from engine.program.limits import LIMITS
from engine.run import execute, run
from tests.program.trace import Event, events_of, failure, lines_of, printed

TRAINING = """import torch
torch.manual_seed(0)
w = torch.randn(2, requires_grad=True)
def loss(v):
    squared = v * v
    return squared.sum()
for step in range(3):
    y = loss(w)
    y.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
    print(f"step {step}: {y.item():.4f}")
"""


def kinds(source: str) -> list[str]:
    return [event["kind"] for event in events_of(source)]


def of_kind(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event["kind"] == kind]


def test_the_same_program_gives_the_same_bytes() -> None:
    assert lines_of(TRAINING, seed=3) == lines_of(TRAINING, seed=3)


def test_what_is_told_does_not_depend_on_when_memory_is_collected() -> None:
    source = (
        "import torch\nx = torch.ones(2, requires_grad=True)\nfor act in (lambda: x[0:1].add_(1), lambda: x.view(2, 1).mul_(2)):\n"
        "    try: act()\n    except RuntimeError as e: print(e)\nx.detach().add_(1)"
    )
    hurry: list[Callable[[], None]] = []
    collected: list[bytes] = []

    def write(first: int, lines: list[bytes]) -> None:
        collected.extend(lines)
        gc.collect()
        hurry[0]()

    gc.freeze()  # what is older than the runs need not be looked through
    gc.disable()
    try:
        never = lines_of(source)
        execute(source, write=write, timer=hurry.append)
    finally:
        gc.enable()
        gc.unfreeze()
    assert collected == never
    assert b'"kind":"tensor-modified"' in b"".join(never)


def test_a_function_is_shown_without_its_place_in_memory() -> None:
    source = "import torch\nopt = torch.optim.SGD([{'params': [torch.ones(1)], 'lr': lambda: 1}], lr=0.1)\nprint(opt)"
    assert "lr: <function <lambda>>" in printed(source)
    assert b" at 0x" not in b"".join(lines_of(source))


def test_without_a_seed_of_its_own_a_program_follows_the_seed_of_the_run() -> None:
    source = "import torch\nprint(torch.randn(3))"
    assert printed(source, seed=1) == printed(source, seed=1)
    assert printed(source, seed=1) != printed(source, seed=2)


def test_a_limited_program_stops_at_the_same_step_every_time() -> None:
    source = "x = 0\nwhile True:\n    x += 1"
    tight = replace(LIMITS, fuel=300)
    ends = {lines_of(source, limits=tight)[-1] for _ in range(100)}
    assert len(ends) == 1
    assert json.loads(ends.pop())["code"] == "limit-fuel"


def test_run_yields_the_events_that_execute_writes() -> None:
    last = list(run(TRAINING))[-1]
    assert isinstance(last, RunFinished)
    assert last.calls == 3


def test_every_statement_is_reached_in_the_order_it_runs() -> None:
    events = events_of("x = 1\nfor i in range(2):\n    y = i\nif x:\n    z = 2\n'nothing'\ndef f():\n    return 3\nf()")
    assert [event["line"] for event in of_kind(events, "line-reached")] == [1, 2, 3, 2, 3, 4, 5, 7, 9, 8]


def test_an_operation_carries_the_span_of_its_own_expression() -> None:
    events = events_of("import torch\na = torch.ones(2)\nb = torch.relu(a * 2 + 1)\nd = -(a.sum())")
    applied = {event["op"]: event["span"] for event in of_kind(events, "function-applied")}
    assert applied == {
        "mul": [3, 15, 3, 20],
        "add": [3, 15, 3, 24],
        "relu": [3, 4, 3, 25],
        "sum": [4, 6, 4, 13],
        "neg": [4, 4, 4, 14],
    }


def test_names_are_bound_to_tensors_and_plain_values() -> None:
    events = events_of(
        "import torch\na = b = torch.ones(1)\nn, t, s = 3, True, 'x'\nl = [a, 1]\nf = lambda: 0\nx = 1e999"
    )
    bound = {event["name"]: (event["tensor"], event["value"]) for event in of_kind(events, "name-bound")}
    assert bound["a"] == bound["b"] == (0, None)
    assert (bound["n"], bound["t"], bound["s"]) == ((None, 3), (None, True), (None, "x"))
    assert bound["l"][1]["type"] == "list"
    assert bound["l"][1]["tensors"] == [0, None]
    assert bound["f"][1] == {"type": "function", "text": "<function <lambda>>"}
    assert bound["x"][1] == {"type": "float", "text": "inf"}


def test_a_local_name_is_told_with_its_function_and_only_where_the_tensor_has_no_name() -> None:
    events = events_of("import torch\ndef f(p):\n    q = p * 2\n    return q\na = torch.ones(1)\nb = f(a)")
    assert [event["name"] for event in of_kind(events, "name-bound")] == ["torch", "f", "a", "f.q", "b"]


def test_scopes_open_and_close_in_pairs_also_where_an_error_leaves_them() -> None:
    source = """import torch
def f(x):
    for i in range(2):
        with torch.no_grad():
            1 / 0
while True:
    try:
        f(1)
    except ZeroDivisionError as e:
        print(e)
        break
"""
    open_scopes: list[tuple[str, str]] = []
    seen = []
    for event in events_of(source):
        if event["kind"] == "scope-entered":
            open_scopes.append((event["scope"], event["label"]))
            seen.append(event["label"])
        elif event["kind"] == "scope-left":
            assert open_scopes.pop() == (event["scope"], event["label"])
    assert open_scopes == []
    assert seen == ["while · 1", "f", "for i = 0", "no_grad"]


def test_a_caught_error_is_told() -> None:
    caught = of_kind(events_of("try:\n    [][1]\nexcept IndexError:\n    pass"), "error-caught")
    assert [(event["error"], event["message"]) for event in caught] == [("IndexError", "list index out of range")]


def test_a_warning_is_printed_in_the_words_of_pytorch_once() -> None:
    source = "import torch\nx = torch.ones(1, requires_grad=True)\ny = x * 2\nfor i in range(2):\n    y.grad"
    text = printed(source)
    assert text.startswith("UserWarning: The .grad attribute of a Tensor that is not a leaf Tensor is being accessed.")
    assert text.count("UserWarning") == 1


def test_the_first_line_goes_out_alone_and_later_ones_in_batches() -> None:
    sizes_of: list[int] = []
    execute("x = 1\n" * 200, write=lambda first, lines: sizes_of.append(len(lines)))
    assert sizes_of[0] == 1
    assert max(sizes_of) == 50
    assert sum(sizes_of) == 402


@pytest.mark.parametrize("every", [1, 2, 7])
def test_in_a_hurry_fewer_lines_go_at_once_and_they_are_the_same(every: int) -> None:
    source = "import torch\nx = torch.ones(2, requires_grad=True)\nfor i in range(100):\n    (x * i).sum().backward()\n"
    hurries: list[Callable[[], None]] = []
    sizes_of: list[int] = []
    hasty: list[bytes] = []

    def write(first: int, lines: list[bytes]) -> None:
        assert first == len(hasty)
        hasty.extend(lines)
        sizes_of.append(len(lines))
        if len(sizes_of) % every == 0:
            hurries[0]()

    execute(source, write=write, timer=hurries.append)
    calm: list[int] = []
    execute(source, write=lambda first, lines: calm.append(len(lines)))
    assert hasty == lines_of(source)
    assert sizes_of[0] == 1 and max(sizes_of) <= 50
    assert len(sizes_of) > len(calm)


@pytest.mark.parametrize("every", [1, 3])
def test_what_a_custom_function_wrote_is_told_in_its_place_however_lines_are_parted(every: int) -> None:
    source = (
        "import torch\nclass Twice(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        x.mul_(2)\n"
        "        ctx.mark_dirty(x)\n        return x\ny = torch.ones(2, requires_grad=True) * 1\nz = Twice.apply(y)\n"
    )
    hurries: list[Callable[[], None]] = []
    hasty: list[bytes] = []

    def write(first: int, lines: list[bytes]) -> None:
        hasty.extend(lines)
        if len(hasty) % every == 0:
            hurries[0]()

    execute(source, write=write, timer=hurries.append)
    assert hasty == lines_of(source)
    lines = [(event["line"], event["kind"]) for event in map(json.loads, hasty) if event["line"] in (7, 9)]
    assert lines[:5] == [
        (9, "line-reached"),
        (9, "scope-entered"),
        (7, "line-reached"),
        (7, "scope-left"),
        (9, "tensor-modified"),
    ]


LONG_CALLS = [
    ("x = torch.ones(300, 300)", "y = x @ x"),
    ("x = torch.ones(150, 150)", "y = torch.linalg.svd(x)"),
    ("x = torch.ones(1, 16, 40, 40)\nw = torch.ones(64, 16, 5, 5)", "y = torch.nn.functional.conv2d(x, w)"),
    ("x = torch.ones(300, 300, requires_grad=True)\ny = (x * x).sum()\ny = (x @ x).sum()", "y.backward()"),
    ("x = torch.tensor(1.0, requires_grad=True)\nfor i in range(600):\n    x = x * 1.5", "x.backward()"),
]


@pytest.mark.parametrize(("before", "call"), LONG_CALLS)
def test_what_was_recorded_does_not_wait_for_a_call_that_may_take_long(before: str, call: str) -> None:
    source = f"import torch\n{before}\na = 1\nb = 2\n{call}\n"
    firsts: set[int] = set()
    execute(source, write=lambda first, lines: firsts.add(first))
    events = [json.loads(line) for line in lines_of(source)]
    line = source.count("\n")
    reached = next(event["seq"] for event in events if event["line"] == line and event["kind"] == "line-reached")
    assert reached + 1 in firsts


def test_memory_is_numbered_anew_in_each_run() -> None:
    source = "import torch\nx = torch.ones(2, 3)\nprint(x.data_ptr(), x[1:].data_ptr(), torch.ones(1).data_ptr())\n"
    assert lines_of(source) == lines_of(source)
    assert printed(source) == "4294967296 4294967308 8589934592\n"


HINTS = [
    ("y = (x * x).sum()\ny.backward()\ny.backward()", "second-backward", "retain_graph=True"),
    ("(x * 2).backward()", "non-scalar-backward", ".sum()"),
    ("x += 1", "leaf-in-place", "torch.no_grad()"),
    ("x[0] = 1", "leaf-in-place", "torch.no_grad()"),
    ("torch.ones(2, 3) @ torch.ones(2, 3)", "shape-matmul", "b.T"),
    ("torch.ones(2, 3) @ torch.ones(4, 5)", "shape-matmul", "3 and 4 differ"),
    ("2.5 @ x", "number-matmul", "*"),
    ("x @ torch.tensor(2.)", "number-matmul", "*"),
    ("x + torch.ones(3)", "shape-broadcast", "2 and 3"),
    ("torch.ones(2).sum().backward()", "no-grad-fn", "requires_grad=True"),
    ("torch.tensor([1, 2], requires_grad=True)", "integer-grad", "torch.tensor([1."),
    ("y = x.exp()\ny.add_(1)\ny.sum().backward()", "version", "in place"),
    ("if x > 0: pass", "ambiguous-truth", ".any()"),
    ("x.item()", "item", ".tolist()"),
    ("torch.ones(6).view(4, 2)", "shape-view", "product"),
    ("torch.ones(2).mean().backward()", "no-grad-fn", "requires_grad=True"),
    ("torch.tensor([1, 2]).mean()", "integer-mean", ".float()"),
    ("x.grad[0]", "none", "None"),
    (
        "torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(2, 1))(torch.ones(2, 4))",
        "layer-width",
        "nn.Linear(3, 1)",
    ),
    ("torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 2))", "layer-width", "rows of 2"),
    ("torch.mm(torch.ones(2, 3), torch.ones(2, 3))", "shape-matmul", "b.T"),
    ("torch.nn.BCELoss()(torch.tensor([1.2]), torch.tensor([1.]))", "probabilities", "sigmoid"),
    ("torch.nn.Conv2d(3, 6, 5)(torch.ones(1, 1, 28, 28))", "conv-channels", "in_channels"),
    ("torch.nn.Conv2d(3, 6, 5)(torch.ones(3, 28))", "conv-input", "unsqueeze(0)"),
    ("torch.nn.Conv2d(1, 1, 5)(torch.ones(1, 1, 3, 3))", "kernel-size", "padding"),
    ("torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 5]))", "target-range", "one less"),
    ("torch.nn.functional.cross_entropy(torch.ones(4, 3), torch.tensor([0, 1, 2]))", "batch-sizes", "first sizes"),
    ("torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([[0], [1]]))", "target-column", "squeeze(1)"),
    ("torch.nn.BatchNorm1d(3)(torch.ones(1, 3))", "batch-of-one", ".eval()"),
    ("torch.nn.BatchNorm2d(4)(torch.ones(2, 3, 4, 4))", "norm-features", "num_features"),
    ("torch.nn.BatchNorm1d(3)(torch.ones(2, 3, 4, 4))", "norm-dims", "BatchNorm2d"),
    ('torch.nn.Linear(2, 1).load_state_dict({"weight": torch.ones(2, 2)})', "state-dict", "same layers"),
    ("torch.nn.BCELoss()(torch.ones(4, 1), torch.ones(4))", "same-sizes", "squeeze(1)"),
    ("torch.nn.BCEWithLogitsLoss()(torch.ones(4, 1), torch.ones(4))", "same-sizes", "squeeze(1)"),
    ("torch.cat([torch.ones(2, 2), torch.ones(3, 3)])", "cat-sizes", "dim"),
    ("torch.stack([torch.ones(2), torch.ones(3)])", "stack-sizes", "torch.cat"),
    ("torch.nn.Embedding(3, 2)(torch.tensor([1.]))", "index-dtype", ".long()"),
    ("torch.nn.functional.one_hot(torch.tensor([1.]))", "index-dtype", ".long()"),
    ("torch.nn.LSTM(3, 2)(torch.ones(2, 4))", "layer-input", "last size"),
    ("torch.nn.LayerNorm(3)(torch.ones(2, 4))", "layer-input", "last size"),
    ("torch.nn.MultiheadAttention(5, 2)", "heads", "divides"),
    ("torch.bmm(torch.ones(2, 3), torch.ones(2, 3))", "matrices-in-batches", "a @ b"),
    ("torch.optim.SGD(torch.nn.ReLU().parameters(), lr=0.1)", "no-parameters", "parameters()"),
    ('torch.einsum("ij,jk", torch.ones(2, 3), torch.ones(2, 3))', "einsum-sizes", "letter"),
    ("torch.ones(3).permute(1, 0)", "permute-dims", "once"),
    ("torch.ones(2, 2).gather(1, torch.tensor([[3]]))", "index-range", "size less one"),
    ("torch.tensor([[1, 2], [3]])", "ragged", "one length"),
    ("torch.linalg.inv(torch.zeros(2, 2))", "singular", "pinv"),
    ("torch.linalg.cholesky(-torch.eye(2))", "not-positive-definite", "a @ a.T"),
    ("torch.split(torch.ones(4), [1, 2])", "split-sizes", "add up"),
    ("torch.multinomial(torch.tensor([-1., 2.]), 1)", "weights", "softmax"),
]


@pytest.mark.parametrize(("lines", "code", "words"), HINTS, ids=[row[0][:40] for row in HINTS])
def test_a_classic_mistake_is_answered_with_what_to_try(lines: str, code: str, words: str) -> None:
    last = failure("import torch\nx = torch.ones(2, requires_grad=True)\n" + lines)
    assert last["code"] == code
    assert words in last["hint"]


def test_nothing_of_one_run_is_found_by_the_next() -> None:
    before = recording.active, grad_mode.enabled, dtypes.get_default_dtype()
    clean = lines_of(TRAINING)
    for source in (
        "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\ntorch.manual_seed(9)",
        "import torch\nwith torch.no_grad():\n    1 / 0",
        "import torch\nx = torch.ones(1, requires_grad=True)\nx.register_hook(lambda g: 1 / 0)\nx.sum().backward()",
        "while True: pass",
    ):
        lines_of(source)
        assert (recording.active, grad_mode.enabled, dtypes.get_default_dtype()) == before
    assert lines_of(TRAINING) == clean


def test_what_the_reader_of_the_trace_raises_goes_through() -> None:
    def gone(first: int, lines: list[bytes]) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        execute("x = 1", write=gone)


def test_the_engine_itself_runs_a_text_and_records_a_block() -> None:
    assert type(list(engine.run("x = 1"))[-1]) is RunFinished
    with engine.record() as trace:
        engine.tensor(1.0)
    assert [event.kind for event in trace.events()] == ["run-started", "tensor-created", "run-finished"]


CONTAINERS = [
    ("trail = []\ntrail.append(3)", "trail", "[3]"),
    ("trail = [1, 2]\ntrail[0] = 5", "trail", "[5, 2]"),
    ("trail = [1, 2]\ndel trail[0]", "trail", "[2]"),
    ("trail = [2, 1]\ntrail.sort()", "trail", "[1, 2]"),
    ("seen = {}\nseen['loss'] = 1.5", "seen", "{'loss': 1.5}"),
    ("seen = {'loss': []}\nseen['loss'].append(2)", "seen", "{'loss': [2]}"),
    ("trail = []\ndef add(to):\n    to.append(1)\nadd(trail)", "trail", "[1]"),
    ("a = b = [1]\na.extend([2])", "b", "[1, 2]"),
]


@pytest.mark.parametrize(("source", "name", "text"), CONTAINERS)
def test_a_name_whose_list_or_dict_changed_is_announced_again(source: str, name: str, text: str) -> None:
    told = [event["value"] for event in events_of(source) if event["kind"] == "name-bound" and event["name"] == name]
    assert told[-1]["text"] == text


def test_a_machine_without_memory_ends_the_run_with_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("engine.run.Interpreter.run", full)
    last = failure("x = 1")
    assert (last["code"], last["status"]) == ("limit-memory", "limited")


MODES = [
    "torch.set_detect_anomaly(True)",
    "torch.autograd.set_detect_anomaly(True)\n1 / 0",
    "torch.set_grad_enabled(False)",
    "with torch.inference_mode():\n    1 / 0",
    "with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):\n    while True: pass",
    "torch.set_default_dtype(torch.float64)",
]


@pytest.mark.parametrize("source", MODES)
def test_no_mode_of_one_run_is_found_by_the_next(source: str) -> None:
    events_of("import torch\n" + source)
    assert (grad_mode.enabled, grad_mode.inference, anomaly.enabled, saving.hooks) == (True, False, False, [])
    asked = "import torch\nprint(torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.ones(1).dtype)"
    assert printed(asked) == "True False torch.float32\n"
