"""The hostile list: what is refused, what fails, what is limited; nothing of the host shows, and nothing outlives its run."""

from __future__ import annotations

import json
import re

import pytest

from tests.program.hostile import FAILED, LIMITED, REFUSED, flat
from tests.program.trace import events_of, failure, lines_of

HOST = re.compile(
    r"0x[0-9a-f]{6,}|Traceback|site-packages|\.py\b|engine\.|numpy\.(?!ndarray|random|linalg|lib|ctypeslib)|<class 'engine|<function _|/usr/|/home/"
)


def names(rows: list[tuple[str, str]]) -> list[str]:
    return [f"{category}: {program[-50:]!r}" for category, program in rows]


def quiet(event: dict[str, object]) -> None:
    """Nothing of the host is in what the reader sees."""
    assert not HOST.search(json.dumps(event, ensure_ascii=False)), event


@pytest.mark.parametrize(("category", "program"), flat(REFUSED), ids=names(flat(REFUSED)))
def test_a_program_that_wants_out_is_refused_before_it_runs(category: str, program: str) -> None:
    events = events_of(program)
    last = events[-1]
    assert [event["kind"] for event in events] == ["run-started", "run-failed"]
    assert last["refusals"]
    assert last["error"] in ("NotSupported", "SyntaxError")
    assert last["line"] >= 1
    assert last["end_column"] > last["column"] >= 0
    assert last["hint"]
    quiet(last)


@pytest.mark.parametrize(("category", "program"), flat(FAILED), ids=names(flat(FAILED)))
def test_a_program_that_tries_a_door_ends_in_an_error_of_the_language(category: str, program: str) -> None:
    last = failure(program)
    assert last["status"] == "failed"
    assert last["code"] != "internal"
    assert last["end_column"] > last["column"] >= 0
    quiet(last)


@pytest.mark.parametrize(("category", "program"), flat(LIMITED), ids=names(flat(LIMITED)))
def test_a_program_that_wants_too_much_comes_to_a_limit(category: str, program: str) -> None:
    last = json.loads(lines_of(program)[-1])
    assert (last["kind"], last["status"]) == ("run-failed", "limited"), last
    assert last["code"].startswith("limit-")
    assert last["hint"]
    quiet(last)


def test_the_list_is_as_long_as_was_promised() -> None:
    assert len(flat(REFUSED)) + len(flat(FAILED)) + len(flat(LIMITED)) >= 900
