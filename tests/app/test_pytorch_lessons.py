"""Every lesson prints and writes what PyTorch did, and the page's own mark says so; where it does not, the mark names the first difference."""

import copy
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.lessons import in_pytorch, lessons
from engine.run import execute
from tests.test_javascript import node

TOLD = """
import { readFileSync } from 'node:fs';
const { Trace } = await import('./static/js/state/trace.js');
const { firstDifference } = await import('./static/js/state/witness.js');
console.log(JSON.stringify(JSON.parse(readFileSync(process.argv[1], 'utf8')).map(({ events, recorded }) => firstDifference(new Trace(events), recorded))));
"""


def differences(asked: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any] | None]:
    """The first difference of each program's run from a record."""
    rows = []
    for source, recorded in asked:
        lines: list[bytes] = []
        execute(source, write=lambda _, more, lines=lines: lines.extend(more))
        rows.append({"events": [json.loads(line) for line in lines], "recorded": recorded})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "asked.json")
        file.write_text(json.dumps(rows), encoding="utf-8")
        answer = node("--input-type=module", "-e", TOLD, str(file))
    assert answer.returncode == 0, answer.stderr
    found: list[dict[str, Any] | None] = json.loads(answer.stdout)
    return found


def test_every_lesson_is_the_same_as_in_pytorch() -> None:
    recorded = {lesson.id: in_pytorch(lesson) for lesson in lessons().values()}
    assert None not in recorded.values(), "record again: python -m tests.app.pytorch_lessons, with torch"
    asked = [(lesson.program, row) for lesson in lessons().values() if (row := recorded[lesson.id])]
    found = dict(zip(recorded, differences(asked), strict=True))
    assert {name: one for name, one in found.items() if one} == {}


def test_the_first_difference_is_named() -> None:
    lesson = lessons()["leaf-and-nonleaf"]
    true = in_pytorch(lesson)
    assert true is not None
    printed, gradient, error = copy.deepcopy(true), copy.deepcopy(true), copy.deepcopy(true)
    printed["printed"] = true["printed"].replace("5.", "6.")
    gradient["grads"]["b"]["data"][0] += 1
    error["error"] = "RuntimeError: no"
    found = differences([(lesson.program, row) for row in (printed, gradient, error)])
    assert [(one["what"], one["said"], one["is"]) for one in found if one] == [
        ("printed", "tensor(2.) tensor(6.)", "tensor(2.) tensor(5.)"),
        (
            "gradient",
            str(gradient["grads"]["b"]["data"][0]).removesuffix(".0"),
            str(true["grads"]["b"]["data"][0]).removesuffix(".0"),
        ),
        ("error", "RuntimeError: no", ""),
    ]


def test_a_changed_lesson_has_no_record() -> None:
    lesson = lessons()["fan-out"]
    assert in_pytorch(replace(lesson, program=lesson.program + "\n")) is None
