"""A course, pasted chapter by chapter, prints in its cells what PyTorch printed; `WAITING` holds the cells that do not yet, and why."""

from __future__ import annotations

import json
import re

import pytest

from engine.run import execute
from tests.agreement import close
from tests.program.book import FIXTURES, chapters, seeded

BOOK = dict(chapters())
STORED: dict[str, list[str]] = json.loads((FIXTURES / "book.json").read_text("utf-8"))["printed"]
WAITING: dict[str, dict[str, str]] = json.loads((FIXTURES / "book-waiting.json").read_text("utf-8"))
MARK = "\x1d"
WARNING = re.compile(r"^\w*Warning: ")
ADDRESS = re.compile(r" object at 0x[0-9a-f]+>")


def run(cells: list[tuple[int, str]]) -> tuple[dict[int, str], set[int]]:
    """What each cell printed, and the cells that ended the run: the one that failed, or all that were refused."""
    source, starts, line = "", [], 1
    for place, text in cells:
        part = f"print({MARK + str(place)!r})\n{text}\n"
        starts.append((line, place))
        source, line = source + part, line + part.count("\n")
    events: list[dict[str, object]] = []
    execute(source, write=lambda _, batch: events.extend(map(json.loads, batch)))
    told = "".join(str(e["text"]) for e in events if e["kind"] == "printed" and not WARNING.match(str(e["text"])))
    printed = {int(part.partition("\n")[0]): part.partition("\n")[2] for part in told.split(MARK)[1:]}
    last = events[-1]
    if last["kind"] == "run-finished":
        return printed, set()
    refusals = last.get("refusals")
    if isinstance(refusals, list):
        return printed, {[place for at, place in starts if at <= one["line"]][-1] for one in refusals}
    return printed, {max(printed)}


def cells_printed(name: str) -> dict[int, str]:
    """What the cells of a chapter print that run to their end; a cell that fails is left out, as in a notebook."""
    cells = [(place, seeded(place, text)) for place, (_, text) in enumerate(BOOK[name])]
    while True:
        printed, failed = run(cells)
        if not failed:
            return printed
        cells = [cell for cell in cells if cell[0] not in failed]


def test_every_cell_has_an_answer() -> None:
    assert {name: len(cells) for name, cells in BOOK.items()} == {name: len(row) for name, row in STORED.items()}
    assert sum(map(len, BOOK.values())) >= 300


def test_at_least_the_promised_part_of_the_book_prints_what_pytorch_prints() -> None:
    waiting = sum(map(len, WAITING.values()))
    assert waiting <= 0.1 * sum(map(len, BOOK.values()))


@pytest.mark.parametrize("name", BOOK)
def test_a_chapter_prints_what_pytorch_prints(name: str) -> None:
    printed = cells_printed(name)
    waiting = WAITING.get(name, {})
    assert set(waiting) <= {title for title, _ in BOOK[name]}
    for place, (title, _) in enumerate(BOOK[name]):
        if title not in waiting:
            wanted = ADDRESS.sub(" object>", STORED[name][place])
            # To the letter, but for the last digit of a sum, which hangs on how many numbers a processor adds at once.
            if not close(printed.get(place, ""), wanted, rel_tol=1e-6, abs_tol=1e-6):
                assert printed.get(place) == wanted, f"{name}, {title}"
