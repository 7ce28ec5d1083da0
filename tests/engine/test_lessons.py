# ruff: noqa: S102, S307 -- the programs are the texts of our own fixtures
"""The published lessons: their numbers, and the order and gradients of PyTorch's backward steps."""

import json
import math
import warnings
from pathlib import Path

import numpy as np
import pytest

import engine
from engine.tensor import Tensor

LESSONS = json.loads((Path(__file__).parents[1] / "fixtures" / "lessons.json").read_text(encoding="utf-8"))


def run(lesson, scope):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(lesson["program"], scope)
    return scope


def plain(value):
    if isinstance(value, Tensor):
        return value.tolist()
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def close(found, wanted, tolerance):
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(map(close, found, wanted, [tolerance] * len(wanted)))
        )
    if isinstance(wanted, (bool, str)) or wanted is None:
        return found == wanted
    slack = max(tolerance, 2e-6) + 1e-6 * abs(wanted)
    return math.isclose(found, wanted, rel_tol=0, abs_tol=slack)


@pytest.fixture
def scope():
    engine.manual_seed(0)
    return {"torch": engine}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["id"])
def test_a_lesson_gives_its_published_numbers(lesson, scope):
    if lesson["raises"]:
        with pytest.raises(Exception) as failure:
            run(lesson, scope)
        assert lesson["raises"] in str(failure.value)
        return
    run(lesson, scope)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for expression, wanted in lesson["expected"].items():
            found = plain(eval(expression, scope))
            assert close(found, wanted, lesson["tolerance"]), f"{expression}: {found}, published {wanted}"


@pytest.mark.parametrize(
    "lesson",
    [each for each in LESSONS if each.get("torch_backward_calls")],
    ids=lambda lesson: lesson["id"],
)
def test_backward_runs_in_pytorchs_order_with_its_gradients(lesson, scope):
    with engine.record() as trace:
        run(lesson, scope)
    named = {id(value): name for name, value in scope.items() if isinstance(value, Tensor)}
    tensors = {value._identity[1]: value for value in scope.values() if isinstance(value, Tensor) and value._identity}
    assert named
    functions, calls = {}, []
    for line in trace.lines():
        event = json.loads(line)
        kind = event["kind"]
        if kind == "function-applied":
            functions[event["function"]] = event["name"]
        elif kind == "backward-started":
            steps = []
            if event["via"] == "backward":
                calls.append(steps)
        elif kind == "function-reached":
            steps.append((functions[event["function"]], None, event["gradients"]))
        elif kind == "gradient-accumulated" and not event["retained"]:
            leaf = tensors.get(event["tensor"])
            steps.append(("AccumulateGrad", named.get(id(leaf)), [event["added"]]))
    assert len(calls) == len(lesson["torch_backward_calls"])
    for found, wanted in zip(calls, lesson["torch_backward_calls"], strict=True):
        assert [step[0] for step in found] == [step["node"] for step in wanted]
        for (_, leaf, gradients), step in zip(found, wanted, strict=True):
            if leaf is not None and step["leaf"] is not None and step["leaf"] in scope:
                assert leaf == step["leaf"]
            for gradient, published in zip(gradients, step["grad_in"], strict=True):
                if published is None:
                    assert gradient is None
                else:
                    np.testing.assert_allclose(gradient["data"], published, rtol=2e-5, atol=1e-6)


def test_all_lessons_run():
    assert len(LESSONS) == 46
