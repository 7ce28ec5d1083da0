"""The teaching programs of tests/fixtures/lessons.json give PyTorch's numbers and PyTorch's order through the HTTP API.

What is read comes from the events alone: a name's value is what the last event about its tensor said, `.grad` what the last `gradient-*` event
said, flags come with the tensor and with `flag-changed`. An expression that is more than that is asked of the program itself, in a line added at
its end. `torch_backward_calls` is compared with the `function-reached` and `gradient-accumulated` events between `backward-started` and
`backward-finished`.
"""

import ast
import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.app.reading import Event, Run, run

LESSONS = {
    row["id"]: row for row in json.loads((Path(__file__).parents[1] / "fixtures" / "lessons.json").read_text("utf-8"))
}

WAITING = {}
"""Lessons that do not pass yet, each with its reason. One that starts to pass must leave this list."""

SIMPLE = re.compile(r"(\w+)(?:\.(grad|requires_grad|is_leaf|retains_grad))?")


@dataclass
class Reading:
    """What the events have said so far."""

    names: dict[str, Event] = field(default_factory=dict)
    values: dict[int, Any] = field(default_factory=dict)
    gradients: dict[int, Any] = field(default_factory=dict)
    flags: dict[tuple[int, str], bool] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        kind = event["kind"]
        if kind == "name-bound":
            self.names[event["name"]] = event
        elif kind == "tensor-created":
            self.made(event)
        elif kind == "function-applied":
            for output in event["outputs"]:
                self.made(output)
        elif kind == "tensor-modified":
            for written in (event, *event["also"]):
                self.values[written["tensor"]] = written["after"]["data"]
        elif kind == "gradient-accumulated":
            self.gradients[event["tensor"]] = event["after"]["data"]
        elif kind == "gradient-set":
            self.gradients[event["tensor"]] = event["value"]["data"]
        elif kind == "gradient-cleared":
            kept = self.gradients.get(event["tensor"])
            self.gradients[event["tensor"]] = None if event["to"] == "none" else zeros(kept)
        elif kind == "flag-changed":
            self.flags[event["tensor"], event["flag"]] = event["value"]

    def made(self, tensor: Event) -> None:
        self.values[tensor["tensor"]] = tensor["value"]["data"]
        for flag in ("requires_grad", "is_leaf"):
            self.flags[tensor["tensor"], flag] = tensor[flag]

    def read(self, name: str, attribute: str | None) -> Any:
        bound = self.names[name]
        tensor = bound["tensor"]
        if attribute is None:
            return plain(bound["value"]) if tensor is None else self.values[tensor]
        if attribute == "grad":
            return self.gradients.get(tensor)
        return self.flags.get((tensor, attribute), False)


def zeros(data: Any) -> Any:
    return [zeros(row) for row in data] if isinstance(data, list) else 0.0


def plain(value: Any) -> Any:
    """A name's value that is no tensor: itself, or what its bounded text says."""
    return ast.literal_eval(value["text"]) if isinstance(value, dict) else value


def close(got: Any, wanted: Any, tolerance: float) -> bool:
    """Whether two nested values agree: numbers within the tolerance, and all else exactly."""
    if isinstance(wanted, list | tuple):
        return (
            isinstance(got, list | tuple)
            and len(got) == len(wanted)
            and all(close(g, w, tolerance) for g, w in zip(got, wanted, strict=True))
        )
    if isinstance(wanted, bool) or wanted is None or isinstance(wanted, str):
        return got == wanted and isinstance(got, type(wanted))
    if isinstance(got, bool) or not isinstance(got, int | float):
        return str(got) == str(float(wanted)) if isinstance(got, str) else False
    return math.isclose(got, wanted, rel_tol=1e-6, abs_tol=max(tolerance, 2e-6))


def failures(done: Run, lesson: dict[str, Any], probes: dict[str, str]) -> list[str]:
    """What of a lesson does not hold in its run; an empty list where all does."""
    if lesson["raises"]:
        last = done.last
        raised = last["kind"] == "run-failed" and lesson["raises"] in last["message"]
        return [] if raised else [f"should raise {lesson['raises']!r}, ended in {last}"]
    if done.last["kind"] != "run-finished":
        return [f"ended in {done.last['error']}: {done.last['message']}"]
    reading = Reading()
    for event in done.events:
        reading.take(event)
    said = []
    for expression, wanted in lesson["expected"].items():
        found = SIMPLE.fullmatch(expression)
        got = reading.read(found[1], found[2]) if found else reading.read(probes[expression], None)
        if not close(got, wanted, lesson["tolerance"]):
            said.append(f"{expression} is {got}, should be {wanted}")
    return said + wrong_calls(done, lesson)


def wrong_calls(done: Run, lesson: dict[str, Any]) -> list[str]:
    calls = backward_calls(done.events)
    wanted = lesson.get("torch_backward_calls")
    if wanted is None:
        return []
    if len(calls) != len(wanted):
        return [f"{len(calls)} backward calls, should be {len(wanted)}"]
    names: dict[int, set[str]] = {}
    for event in done.of("name-bound"):
        if event["tensor"] is not None:
            names.setdefault(event["tensor"], set()).add(event["name"])
    said = []
    for number, (call, right) in enumerate(zip(calls, wanted, strict=True)):
        order = [node for node, _, _ in call]
        if order != [row["node"] for row in right]:
            said.append(f"call {number} runs {order}, should run {[row['node'] for row in right]}")
            continue
        for (node, leaf, gradients), row in zip(call, right, strict=True):
            if row["leaf"] and row["leaf"].isidentifier() and row["leaf"] not in names.get(leaf, set()):
                said.append(f"call {number} writes {names.get(leaf)}, should write {row['leaf']}")
            if not close(gradients, row["grad_in"], 1e-4):
                said.append(f"call {number}: {node} receives {gradients}, should receive {row['grad_in']}")
    return said


def backward_calls(events: list[Event]) -> list[list[tuple[str, int, list[Any]]]]:
    """For each call of `backward()`: the nodes in the order they ran, the leaf written, and what arrived."""
    names = {event["function"]: event["name"] for event in events if event["kind"] == "function-applied"}
    calls: dict[int, list[tuple[str, int, list[Any]]]] = {}
    for event in events:
        if event["kind"] == "backward-started" and event["via"] == "backward":
            calls[event["call"]] = []
        elif event["kind"] == "function-reached" and event["call"] in calls:
            arrived = [None if value is None else value["data"] for value in event["gradients"]]
            calls[event["call"]].append((names[event["function"]], -1, arrived))
        elif event["kind"] == "gradient-accumulated" and event["call"] in calls and not event["retained"]:
            calls[event["call"]].append(("AccumulateGrad", event["tensor"], [event["added"]["data"]]))
    return list(calls.values())


@pytest.mark.parametrize("id", LESSONS)
def test_the_lesson_gives_the_published_numbers(server: httpx.Client, id: str):
    lesson = LESSONS[id]
    probes = {text: f"probe_{number}" for number, text in enumerate(lesson["expected"]) if not SIMPLE.fullmatch(text)}
    asked = "".join(f"{name} = {expression}\n" for expression, name in probes.items())
    said = failures(run(server, "import torch\n" + lesson["program"].rstrip("\n") + "\n" + asked), lesson, probes)
    if id in WAITING:
        assert said, f"{id} passes now: take it out of WAITING"
    else:
        assert said == []


def test_most_lessons_pass_and_those_that_wait_have_a_reason():
    assert len(LESSONS) == 46
    assert set(WAITING) <= set(LESSONS)
    assert len(LESSONS) - len(WAITING) >= 30
    assert all(WAITING.values())
