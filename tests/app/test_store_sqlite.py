"""What only the store in a file does: it outlives its server, and forgets by age and size."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.endings import ending
from app.programs import Program
from app.store import Batch, StoreUnavailable
from app.store import recent as recent_module
from app.store.recent import Recent
from app.store.sqlite import SqliteStore
from app.turns import Bounds
from tests.app.test_store import BOUNDS, HOST, lines, made, program, status, whole

pytestmark = pytest.mark.anyio

DAY = 86400.0


class Clock:
    def __init__(self) -> None:
        self.time = 1000 * DAY

    def __call__(self) -> float:
        return self.time


async def opened(path: Path, *, now: Clock, keep_days: float = 30, keep_bytes: int = 1 << 30) -> SqliteStore:
    bounds = Bounds(**BOUNDS)  # type: ignore[arg-type]
    store = SqliteStore(path / "runs.sqlite3", bounds=bounds, keep_days=keep_days, keep_bytes=keep_bytes, now=now)
    await store.open(ending("interrupted"))
    return store


def sweep(store: SqliteStore) -> None:
    with closing(store.database.connect()) as connection:
        store.sweep(connection)


async def kept(path: Path, *runs: str) -> list[str]:
    """Which of the runs the file still has."""
    store = await opened(path, now=Clock())
    found = [run for run in runs if await store.get(run)]
    await store.close(HOST)
    return found


async def test_what_was_kept_is_there_after_a_restart_and_what_had_not_ended_says_so(tmp_path: Path):
    store = await opened(tmp_path, now=Clock())
    await made(store, "a", (0, 3), ends=True)
    await made(store, "b", (0, 3))
    await store.create("c", program("c"), "client")
    await store.close(HOST)
    store = await opened(tmp_path, now=Clock())
    assert [await status(store, run) for run in "abc"] == [("finished", 4), ("stopped", 5), ("stopped", 2)]
    assert await whole(store, "a") == lines(0, 3).lines
    assert b'"code":"interrupted"' in await whole(store, "b")
    assert (await whole(store, "c")).startswith(
        b'{"seq":0,"kind":"run-started","line":null,"schema":1,"seed":%d}' % 2**62
    )
    await store.create("d", program("a"), "client")
    await store.create("e", program("b"), "client")
    assert [await status(store, run) for run in "de"] == [("finished", 4), ("queued", 0)]
    await store.close(HOST)


async def test_from_memory_and_from_the_file_a_run_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    spans = [(0, 0), (1, 4), (5, 54), (55, 60)]
    parts = []
    for size in (1 << 20, 0):
        monkeypatch.setattr(recent_module, "BYTES", size)
        store = await opened(tmp_path / str(size), now=Clock())
        await made(store, "a", *spans, ends=True)
        assert (store.recent.get("a") is None) == (size == 0)
        parts.append([await store.read("a", after, size=size) for after in range(-1, 61) for size in (1, 600, 10**6)])
        parts[-1].append(await store.get("a"))  # type: ignore[arg-type]
        await store.close(HOST)
    assert parts[0] == parts[1]


async def test_memory_holds_the_newest_traces_whole():
    recent = Recent()
    for number in range(100):
        recent.add(f"run {number}", str(number), Program("", 0))
        recent.join(f"another {number}", str(number))
        recent.extend(str(number), [Batch(0, 0, bytes(1 << 20))], "finished")
    there = [number for number in range(100) if recent.get(f"run {number}") is not None]
    assert there == list(range(100 - len(there), 100)) and 25 < len(there) < 40
    assert {f"{name} {number}" for number in there for name in ("run", "another")} == set(recent.by_run)
    recent.extend("0", [Batch(1, 1, b"")], "finished")
    for trace in list(recent.traces):
        recent.forget(trace)
    assert (recent.bytes, recent.by_run) == (0, {})


async def test_old_runs_go(tmp_path: Path):
    clock = Clock()
    store = await opened(tmp_path, now=clock, keep_days=4)
    for run in ("old", "middle", "new"):
        await made(store, run, (0, 20), ends=True)
        clock.time += 1.1 * DAY
    await store.create("shares the old", program("old"), "client")
    clock.time += 1.1 * DAY
    await made(store, "unfinished", (0, 3))
    sweep(store)
    with closing(store.database.connect()) as connection:
        held = [row[0] for row in connection.execute("SELECT source FROM traces ORDER BY number")]
        assert held == [program(run).source for run in ("old", "middle", "new", "unfinished")]
    clock.time += 10 * DAY
    sweep(store)
    with closing(store.database.connect()) as connection:
        assert connection.execute("SELECT source FROM traces").fetchall() == [(program("unfinished").source,)]
        assert connection.execute("SELECT COUNT(DISTINCT trace) FROM batches").fetchone() == (1,)
    await store.close(HOST)
    assert await kept(tmp_path, "old", "middle", "new", "shares the old", "unfinished") == ["unfinished"]


async def test_a_run_that_was_asked_for_twice_leaves_memory_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recent_module, "BYTES", 3000)
    store = await opened(tmp_path, now=Clock())
    for run in "aabbccddee":
        await store.create(run, program(run), "client")
    assert [(await store.take(HOST)).program for _ in range(5)] == [program(run) for run in "abcde"]
    await store.close(HOST)


async def test_what_was_used_longest_ago_goes_first_when_there_is_no_room(tmp_path: Path):
    clock = Clock()
    store = await opened(tmp_path, now=clock, keep_bytes=600)
    for run in "abc":
        await made(store, run, (0, 20), ends=True)
        clock.time += 1
    await store.create("a again", program("a"), "client")
    sweep(store)
    await store.close(HOST)
    assert await kept(tmp_path, "a", "b", "c", "a again") == ["a", "c", "a again"]


async def test_a_file_that_is_no_store_is_told_by_its_name(tmp_path: Path):
    (tmp_path / "runs.sqlite3").write_bytes(b"this is a poem and no database, and longer than a header " * 20)
    with pytest.raises(StoreUnavailable, match=r"runs\.sqlite3"):
        await opened(tmp_path, now=Clock())


async def test_a_file_of_another_shape_begins_anew(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as connection:
        connection.execute("CREATE TABLE runs (number INTEGER PRIMARY KEY, id TEXT)")
        connection.execute("CREATE TABLE batches (run INTEGER REFERENCES runs (number))")
        connection.execute("INSERT INTO runs (id) VALUES ('a')")
        connection.commit()
    store = await opened(tmp_path, now=Clock())
    await made(store, "b", (0, 0), ends=True)
    assert await store.get("a") is None
    await store.close(HOST)
