"""The store keeps what it was given, cuts by line, and forgets by age and size."""

from pathlib import Path

import pytest

from app.store import Batch, StoredRun, StoreUnavailable
from app.store.sqlite import SqliteStore

pytestmark = pytest.mark.anyio

DAY = 86400.0


class Clock:
    def __init__(self) -> None:
        self.time = 1000 * DAY

    def __call__(self) -> float:
        return self.time


def store(path: Path, *, now: Clock, keep_days: float = 30, keep_bytes: int = 1 << 30) -> SqliteStore:
    return SqliteStore(path / "runs.sqlite3", keep_days=keep_days, keep_bytes=keep_bytes, now=now)


def lines(first: int, last: int) -> Batch:
    return Batch(first, last, b"\n".join(b'{"seq":%d}' % seq for seq in range(first, last + 1)))


def run(id: str) -> StoredRun:
    return StoredRun(id, f"x = {id!r}", 2**62, "queued", 0)


async def test_a_resume_inside_a_batch_cuts_by_line(tmp_path: Path):
    held = store(tmp_path, now=Clock())
    await held.create(run("a"))
    for first, last in ((0, 0), (1, 50), (51, 60)):
        await held.append("a", lines(first, last), "running")
    for after in range(-1, 60):
        got = await held.read("a", after)
        assert b"\n".join(batch.lines for batch in got) == lines(after + 1, 60).lines
        assert got[0].first == after + 1
    assert await held.read("a", 60) == []
    await held.close()


async def test_a_read_is_bounded_and_goes_on_where_it_ended(tmp_path: Path):
    held = store(tmp_path, now=Clock())
    await held.create(run("a"))
    for first in range(0, 1000, 50):
        await held.append("a", lines(first, first + 49), "running")
    after, parts = -1, 0
    while got := await held.read("a", after, size=700):
        after, parts = got[-1].last, parts + 1
    assert (after, parts > 5) == (999, True)
    await held.close()


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path):
    held = store(tmp_path, now=Clock())
    await held.create(run("a"))
    await held.append("a", lines(0, 3), "running")
    await held.create(run("b"))
    await held.set_status("b", "finished")
    await held.close()
    held = store(tmp_path, now=Clock())
    assert await held.get("a") == StoredRun("a", "x = 'a'", 2**62, "running", 4)
    assert [found.id for found in await held.unfinished()] == ["a"]
    assert await held.get("c") is None
    await held.close()


async def test_the_same_events_are_not_kept_twice(tmp_path: Path):
    held = store(tmp_path, now=Clock())
    await held.create(run("a"))
    await held.append("a", lines(0, 3), "running")
    with pytest.raises(StoreUnavailable):
        await held.append("a", lines(0, 3), "running")
    assert [batch.last for batch in await held.read("a", -1)] == [3]
    await held.close()


async def test_old_runs_go_and_the_oldest_go_first_when_there_is_no_room(tmp_path: Path):
    clock = Clock()
    held = store(tmp_path, now=clock, keep_days=2, keep_bytes=400)
    for id in ("old", "big", "new"):
        await held.create(run(id))
        await held.append(id, lines(0, 20), "finished")
        clock.time += 1.5 * DAY
    with held.connect() as connection:
        held.sweep(connection)
    kept = [id for id in ("old", "big", "new") if await held.get(id)]
    connection.close()
    assert kept == ["new"]
    assert await held.read("old", -1) == []
    await held.close()


async def test_unfinished_runs_are_not_forgotten(tmp_path: Path):
    clock = Clock()
    held = store(tmp_path, now=clock, keep_days=1)
    await held.create(run("a"))
    clock.time += 10 * DAY
    with held.connect() as connection:
        held.sweep(connection)
    connection.close()
    assert await held.get("a") is not None
    await held.close()


async def test_a_file_that_is_no_store_is_told_by_its_name(tmp_path: Path):
    (tmp_path / "runs.sqlite3").write_bytes(b"this is a poem and no database, and longer than a header " * 20)
    with pytest.raises(StoreUnavailable, match=r"runs\.sqlite3"):
        store(tmp_path, now=Clock())
