"""The 46 teaching programs: the published numbers and PyTorch's own order of backward steps."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.program.trace import events_of, names

LESSONS = json.loads((Path(__file__).parents[1] / "fixtures" / "lessons.json").read_text())
WAITING = {"zh-ty-custom-exp": "class of the program (torch.autograd.Function)"}
READY = [lesson for lesson in LESSONS if lesson["id"] not in WAITING]


def close(got: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(
            close(one, other, tolerance) for one, other in zip(got, wanted, strict=True)
        )
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
        return math.isclose(got, wanted, abs_tol=max(tolerance, 2e-6) + 1e-6 * abs(wanted))
    return bool(got == wanted)


@pytest.mark.parametrize("lesson", READY, ids=[lesson["id"] for lesson in READY])
def test_a_lesson_gives_the_published_numbers(lesson: dict[str, Any]) -> None:
    lines = ["import torch", lesson["program"]]
    lines += [f"expected_{place} = {expression}" for place, expression in enumerate(lesson["expected"])]
    events = events_of("\n".join(lines))
    if lesson["raises"]:
        assert events[-1]["kind"] == "run-failed"
        assert lesson["raises"] in events[-1]["message"]
        return
    assert events[-1]["kind"] == "run-finished", events[-1]
    found = names(events)
    for place, (expression, wanted) in enumerate(lesson["expected"].items()):
        assert close(found[f"expected_{place}"], wanted, lesson["tolerance"]), (
            expression,
            found[f"expected_{place}"],
            wanted,
        )


def data(value: Any) -> Any:
    return None if value is None else value["data"]


def backward_calls(events: list[dict[str, Any]]) -> list[list[tuple[str, str | None, list[Any]]]]:
    calls: list[list[tuple[str, str | None, list[Any]]]] = []
    functions: dict[int, str] = {}
    called: dict[int, str] = {}
    inside = False
    for event in events:
        kind = event["kind"]
        if kind == "function-applied":
            functions[event["function"]] = event["name"]
        elif kind == "name-bound" and event["tensor"] is not None:
            called.setdefault(event["tensor"], event["name"])
        elif kind == "backward-started":
            inside = event["via"] == "backward"
            if inside:
                calls.append([])
        elif inside and kind == "function-reached":
            calls[-1].append((functions[event["function"]], None, [data(value) for value in event["gradients"]]))
        elif inside and kind == "gradient-accumulated" and not event["retained"]:
            calls[-1].append(("AccumulateGrad", called.get(event["tensor"]), [data(event["added"])]))
    return calls


ORDERED = [lesson for lesson in READY if lesson.get("torch_backward_calls")]


@pytest.mark.parametrize("lesson", ORDERED, ids=[lesson["id"] for lesson in ORDERED])
def test_backward_runs_the_nodes_in_the_order_of_pytorch(lesson: dict[str, Any]) -> None:
    got = backward_calls(events_of("import torch\n" + lesson["program"]))
    wanted = lesson["torch_backward_calls"]
    assert [[step[0] for step in call] for call in got] == [[step["node"] for step in call] for call in wanted]
    for mine, theirs in zip(got, wanted, strict=True):
        for (_, leaf, gradients), step in zip(mine, theirs, strict=True):
            if step["leaf"] is not None and step["leaf"].isidentifier():
                assert leaf == step["leaf"]
            assert close(gradients, step["grad_in"], lesson["tolerance"]), (gradients, step)


def test_at_least_thirty_lessons_run_and_the_others_say_why_they_wait() -> None:
    assert len(READY) >= 30
    assert set(WAITING) <= {lesson["id"] for lesson in LESSONS}
