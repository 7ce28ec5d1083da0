"""Every lesson runs, and every note in it finds its event."""

from pathlib import Path

import httpx
import pytest

from app import lessons as room
from app.lessons import Anchor, Lesson, LessonError, lessons, place, read
from tests.app.reading import run

LESSONS = lessons()


def test_there_is_one_lesson_for_each_file_in_teaching_order():
    files = {path.stem for path in Path(room.__file__).parent.glob("*.toml")}
    assert set(LESSONS) == files and len(files) >= 10
    orders = [lesson.order for lesson in LESSONS.values()]
    assert orders == sorted(orders)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_the_lesson_runs_and_every_note_finds_its_event(server: httpx.Client, lesson: Lesson):
    done = run(server, lesson.program)
    fails = any(note.at.kind == "run-failed" for note in lesson.steps)
    assert done.last["kind"] == ("run-failed" if fails else "run-finished"), done.last
    lost = [note.at for note in lesson.steps if place(note.at, done.events) is None]
    assert lost == []


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_the_lesson_is_written_in_both_languages(lesson: Lesson):
    for texts in (lesson.title, lesson.summary, *(note.texts for note in lesson.steps)):
        assert set(texts) == {"en", "zh-CN"}
        assert all(text.strip() for text in texts.values())
    assert any("\u4e00" <= character <= "\u9fff" for character in lesson.summary["zh-CN"])


def test_the_api_gives_all_lessons_and_each(server: httpx.Client):
    rows = server.get("/api/lessons").json()["lessons"]
    assert [row["id"] for row in rows] == list(LESSONS)
    for row in rows:
        assert server.get(f"/api/lessons/{row['id']}").json() == row
        assert set(row["title"]) == set(row["summary"]) == {"en", "zh-CN"}
        assert row["program"] == LESSONS[row["id"]].program


@pytest.mark.parametrize("id", ["none", "..%2f..%2fmain.py", "__init__", "%00", "accumulate.toml"])
def test_what_is_no_lesson_is_not_found(server: httpx.Client, id: str):
    answer = server.get(f"/api/lessons/{id}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}


TEXTS = '[title]\nen = "a"\nzh-CN = "甲"\n[summary]\nen = "b"\nzh-CN = "乙"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("order = ", "Invalid value"),
        ('program = "x"\n' + TEXTS, "order"),
        ('order = 1\nprogram = "x"\nauthor = "me"\n' + TEXTS, "unknown keys.*author"),
        ('order = 1\nprogram = "x"\n' + TEXTS.replace('zh-CN = "乙"\n', ""), "zh-CN"),
        ('order = 1\nprogram = "x"\n' + TEXTS + '[[steps]]\nat = {second = 2}\nen = "c"\nzh-CN = "丙"\n', "second"),
    ],
)
def test_a_lesson_that_cannot_be_read_is_told_by_its_file(text: str, said: str):
    with pytest.raises(LessonError, match=rf"sketch\.toml: .*{said}"):
        read("sketch", text)


def test_an_anchor_is_narrowed_by_name_op_line_and_number(server: httpx.Client):
    source = (
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\nfor i in range(3):\n    y = x * x\n    y.backward()\n"
    )
    events = run(server, source).events

    def line(**at: object) -> dict:
        seq = place(Anchor(**at), events)  # type: ignore[arg-type]
        assert seq is not None
        return events[seq]

    assert line(kind="gradient-accumulated", name="x", nth=3)["after"]["data"] == 12.0
    assert line(kind="function-applied", op="mul", line=4)["line"] == 4
    assert line(kind="function-reached", op="MulBackward0", nth=2)["call"] == 1
    assert line(kind="tensor-created", name="x")["value"]["data"] == 2.0
    assert place(Anchor("gradient-accumulated", name="y"), events) is None
    assert place(Anchor("gradient-accumulated", name="x", nth=4), events) is None
