"""What every store does, whatever is behind it: the same tests for SQLite and for a real Redis."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from app.endings import ending
from app.programs import Program
from app.store import Batch, Job, Lost, Store, StoredRun
from app.store.redis import RedisStore
from app.store.sqlite import SqliteStore
from app.turns import Bounds, Full
from benchmarks.redis_server import RedisServer

pytestmark = pytest.mark.anyio

BOUNDS = {"waiting": 1000, "waiting_each": 1000, "running_each": 1000, "rate": 1e6, "burst": 1000}
HOST = "one"
STOPPED = ending("stopped")
Opened = Callable[..., Awaitable[Store]]


@pytest.fixture(params=["sqlite", "redis"])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opened]:
    """Opens a store: `await opened(waiting=3)`. Opened twice, the two share what is kept."""
    redis: RedisServer | None = request.getfixturevalue("redis") if request.param == "redis" else None
    async with AsyncExitStack() as closing:

        async def open_store(*, share: bool = True, **bounds: Any) -> Store:
            chosen = Bounds(**{**BOUNDS, **bounds})
            store: Store
            if redis is not None:
                store = RedisStore(redis.url, bounds=chosen, share=share, keep_days=1, orphan=0.05)
            else:
                path = tmp_path / "runs.sqlite3"
                store = SqliteStore(path, bounds=chosen, share=share, keep_days=1, keep_bytes=1 << 30, now=lambda: 1e9)
            await store.open(ending("interrupted"))
            closing.push_async_callback(store.close, HOST)
            return store

        yield open_store


def lines(first: int, last: int) -> Batch:
    return Batch(first, last, b"\n".join(b'{"seq":%d}' % seq for seq in range(first, last + 1)))


def program(name: str) -> Program:
    return Program(f"x = {name!r}", 2**62)


async def made(store: Store, run: str, *spans: tuple[int, int], ends: bool = False) -> Job:
    """The job of a new run, of whose trace these spans are kept."""
    await store.create(run, program(run), "client")
    job = await store.take(HOST)
    for first, last in spans:
        final = ends and (first, last) == spans[-1]
        await store.append(job, [lines(first, last)], "finished" if final else "running")
    return job


async def whole(store: Store, run: str) -> bytes:
    """All lines that are kept of a run."""
    return b"\n".join(batch.lines for batch in (await store.read(run, -1, size=1 << 30)).batches)


async def status(store: Store, run: str) -> tuple[str, int]:
    found = await store.get(run)
    assert found is not None
    return found.status, found.events


async def test_a_run_is_known_from_its_creation(opened: Opened):
    store = await opened()
    await store.create("a", Program("字 = 1\r\n\0", 2**63 - 1), "client")
    found = await store.get("a")
    assert found is not None
    assert (found.id, found.program, found.status, found.events) == (
        "a",
        Program("字 = 1\r\n\0", 2**63 - 1),
        "queued",
        0,
    )
    assert await store.get("b") is None
    assert (await store.read("b", -1)).ended


async def test_a_resume_inside_a_batch_cuts_by_line(opened: Opened):
    store = await opened()
    await made(store, "a", (0, 0), (1, 50), (51, 60))
    for after in range(-1, 60):
        part = await store.read("a", after)
        assert b"\n".join(batch.lines for batch in part.batches) == lines(after + 1, 60).lines
        assert (part.batches[0].first, part.ended) == (after + 1, False)
    assert (await store.read("a", 60)).batches == []
    assert (await store.read("a", 10**12)).batches == []


async def test_a_read_is_bounded_and_goes_on_where_it_ended(opened: Opened):
    store = await opened()
    await made(store, "a", *((first, first + 49) for first in range(0, 1000, 50)), ends=True)
    after, parts, ended = -1, 0, False
    while not ended:
        part = await store.read("a", after, size=700)
        after, parts, ended = part.batches[-1].last, parts + 1, part.ended
    assert (after, parts) == (999, 20 * 50 * 11 // 700 - 5)
    assert await status(store, "a") == ("finished", 1000)


@pytest.mark.parametrize("span", [(0, 3), (2, 5), (5, 6), (0, 0), (3, 3)])
async def test_events_are_kept_once_and_without_a_gap(opened: Opened, span: tuple[int, int]):
    store = await opened()
    job = await made(store, "a", (0, 1), (2, 3))
    if isinstance(store, RedisStore) and span == (0, 0):
        span = (0, 2)  # Redis takes a repeated last write for the answer that was lost
    if isinstance(store, RedisStore) and span[1] == 3:
        await store.append(job, [lines(*span)], "running")
    else:
        with pytest.raises(Lost):
            await store.append(job, [lines(*span)], "running")
    assert await whole(store, "a") == lines(0, 3).lines


async def test_what_has_ended_takes_no_more(opened: Opened):
    store = await opened()
    job = await made(store, "a", (0, 3), ends=True)
    with pytest.raises(Lost):
        await store.append(job, [lines(4, 5)], "running")
    with pytest.raises(Lost):
        await store.end(job, ending("deadline"))
    assert await whole(store, "a") == lines(0, 3).lines
    assert await status(store, "a") == ("finished", 4)


@pytest.mark.parametrize("code", ["deadline", "limit-memory", "worker-died"])
async def test_an_ending_goes_on_where_the_worker_was(opened: Opened, code: str):
    store = await opened()
    job = await made(store, "a", (0, 3))
    await store.end(job, ending(code, seconds=2.0))
    found = await whole(store, "a")
    assert found.startswith(lines(0, 3).lines + b'\n{"seq":4,"kind":"run-failed"') and code.encode() in found
    assert (await status(store, "a"))[1] == 5
    assert (await store.read("a", 4)).ended


async def test_runs_of_one_program_share_one_trace(opened: Opened):
    store = await opened(waiting=1)
    for run in ("a", "b"):
        await store.create(run, program("x"), f"client of {run}")
    job = await store.take(HOST)
    await store.create("c", program("x"), "another")
    await store.append(job, [lines(0, 3)], "finished")
    await store.create("d", program("x"), "another")
    assert (await store.load()).waiting == 0
    for run in "abcd":
        assert await whole(store, run) == lines(0, 3).lines
        assert await status(store, run) == ("finished", 4)
    await store.create("e", Program(program("x").source, 1), "another")
    assert await status(store, "e") == ("queued", 0)


async def test_a_client_does_not_share_what_it_has_under_way(opened: Opened):
    store = await opened()
    for run in "ab":
        await store.create(run, program("x"), "one")
    await store.create("c", program("x"), "another")
    found = {run: await store.get(run) for run in "abc"}
    assert found["a"].trace == found["c"].trace != found["b"].trace  # type: ignore[union-attr]
    await store.append(await store.take(HOST), [lines(0, 0)], "finished")
    await store.create("d", program("x"), "one")
    assert await status(store, "d") == ("finished", 1)


async def test_a_store_may_be_told_to_share_nothing(opened: Opened):
    store = await opened(share=False)
    for run in "ab":
        await store.create(run, program("x"), f"client of {run}")
    load = await store.load()
    assert load.waiting + load.running == 2


async def test_a_trace_that_was_ended_from_outside_is_shared_no_further(opened: Opened):
    store = await opened()
    for code in ("deadline", "worker-died"):
        await store.create(f"first {code}", program(code), "client")
        await store.end(await store.take(HOST), ending(code))
        await store.create(f"second {code}", program(code), "client")
        assert await status(store, f"second {code}") == ("queued", 0)
        await store.append(await store.take(HOST), [lines(0, 0)], "finished")


async def test_one_who_stops_leaves_the_others_who_share_the_trace(opened: Opened):
    store = await opened()
    for run in "ab":
        await store.create(run, program("x"), f"client of {run}")
    job = await store.take(HOST)
    await store.append(job, [lines(0, 3)], "running")
    for run in ("a", "a"):
        found = await store.get(run)
        assert found is not None
        with store.watch(job.trace) as changed:
            await store.read("b", 3)
            await store.stop(found, STOPPED)
            if run == "a" and not found.ended:
                async with asyncio.timeout(60):
                    await changed.wait()
    await store.append(job, [lines(4, 4)], "finished")
    assert not job.stopped
    assert (await status(store, "a"), await status(store, "b")) == (("stopped", 5), ("finished", 5))
    assert (await whole(store, "a")).startswith(lines(0, 3).lines + b'\n{"seq":4,"kind":"run-failed"')
    assert await whole(store, "b") == lines(0, 4).lines


async def test_the_last_who_stops_ends_the_trace_and_its_host_hears(opened: Opened):
    store = await opened()
    job = await made(store, "a", (0, 0))
    killed = asyncio.Event()
    job.kill = killed.set
    found = await store.get("a")
    assert found is not None
    await store.stop(found, STOPPED)
    async with asyncio.timeout(60):
        await killed.wait()
    assert job.stopped
    with pytest.raises(Lost):
        await store.append(job, [lines(1, 1)], "running")
    assert await status(store, "a") == ("stopped", 2)
    await store.create("b", program("a"), "client")
    assert await status(store, "b") == ("queued", 0)


async def test_a_stopped_run_waits_no_longer(opened: Opened):
    store = await opened(running_each=1)
    job = await made(store, "a", (0, 0))
    for run in "bc":
        await store.create(run, program(run), "client")
    found = await store.get("b")
    assert found is not None
    await store.stop(found, STOPPED)
    assert (await status(store, "b"), (await store.load()).waiting) == (("stopped", 2), 1)
    found = await store.get("a")
    assert found is not None
    await store.stop(found, STOPPED)
    with pytest.raises(Lost):
        await store.append(job, [lines(1, 1)], "running")
    assert (await store.take(HOST)).program == program("c")


async def test_clients_take_turns_whatever_one_of_them_asks(opened: Opened):
    store = await opened(running_each=2)
    for name in ("a1", "a2", "a3", "a4", "a5", "a6", "b1", "c1", "b2"):
        await store.create(name, program(name), name[0])
    order = []
    for _ in range(9):
        job = await store.take(HOST)
        order.append(job.program.source[5:7])
        await store.append(job, [lines(0, 0)], "finished")
    ahead = 0 if isinstance(store, SqliteStore) else 2  # Redis has some out already when others come
    assert order.index("b1") <= 1 + ahead and order.index("c1") <= 2 + ahead and order.index("b2") <= 4 + ahead
    assert sorted(order) == sorted(["a1", "a2", "a3", "a4", "a5", "a6", "b1", "c1", "b2"])


async def test_who_had_much_time_waits_for_those_who_had_little(opened: Opened):
    store = await opened(running_each=2)
    for number in range(6):
        await store.create(f"endless {number}", Program("endless", number), "endless")
    for job in [await store.take(HOST) for _ in range(2)]:
        job.spent = 2.0
        await store.append(job, [lines(0, 0)], "finished")
    for number in range(5):
        for client in ("b", "c"):
            await store.create(f"{client}{number}", Program(client, number), client)
    order = []
    for _ in range(14):
        job = await store.take(HOST)
        order.append(job.program.source)
        job.spent = 2.0 if job.client == "endless" else 0.01
        await store.append(job, [lines(0, 0)], "finished")
    ahead = 0 if isinstance(store, SqliteStore) else 2  # Redis has some out already when others come
    assert order[: ahead + 10].count("b") == order[: ahead + 10].count("c") == 5, order


async def test_a_client_runs_no_more_than_its_share_at_a_time(opened: Opened):
    store = await opened(running_each=1)
    for name in ("a1", "a2", "b1"):
        await store.create(name, program(name), name[0])
    jobs = [await store.take(HOST) for _ in range(2)]
    assert {job.program.source[5:7] for job in jobs} == {"a1", "b1"}
    waiting = asyncio.ensure_future(store.take(HOST))
    for _ in range(5):
        await store.load()
    assert not waiting.done()
    await store.append(next(job for job in jobs if job.client == "a"), [lines(0, 0)], "finished")
    async with asyncio.timeout(60):
        assert (await waiting).program == program("a2")


async def test_there_is_only_so_much_room(opened: Opened):
    store = await opened(waiting=3, waiting_each=2, running_each=1)
    held = [await made(store, "a0", (0, 0))]
    await store.create("b0", program("b0"), "b")
    held.append(await store.take(HOST))
    for name in ("a1", "a2"):
        await store.create(name, program(name), "client")
    with pytest.raises(Full) as mine:
        await store.create("a3", program("a3"), "client")
    await store.create("b1", program("b1"), "b")
    with pytest.raises(Full) as everyones:
        await store.create("b2", program("b2"), "b")
    assert (mine.value.everyone, everyones.value.everyone) == (False, True)
    await store.create("shared", program("a1"), "b")
    assert await store.get("a3") is None
    for job in held:
        await store.append(job, [lines(job.kept, job.kept)], "finished")
    assert (await store.take(HOST)).program.source[5:7] in {"a1", "b1"}


async def test_no_more_long_ones_are_out_than_there_are_lanes(opened: Opened):
    store = await opened(running_each=1, long=1)
    await store.beat(HOST, 1)
    for name in ("a0", "b0", "c0"):
        await store.create(name, program(name), name[0])
        job = await store.take(HOST)
        job.long = name != "c0"
        await store.append(job, [lines(0, 0)], "finished")
    for name in ("a1", "b1"):
        await store.create(name, program(name), name[0])
    first = await store.take(HOST)
    other = asyncio.ensure_future(store.take(HOST))
    await store.create("c1", program("c1"), "c")
    short = await other
    assert (first.client, first.long, short.client, short.long) == ("a", True, "c", False)
    await store.append(first, [lines(0, 0)], "finished")
    assert (await store.take(HOST)).client == "b"


async def test_who_brings_a_long_one_is_known_for_it_until_it_was_a_short_one(opened: Opened):
    store = await opened(running_each=9, long=9)
    await store.beat(HOST, 9)
    known = []
    for number, ends in enumerate(("long", "running", "stopped", "short", "stopped", "short")):
        run = await store.create(f"a{number}", program(f"a{number}"), "a")
        job = await store.take(HOST)
        known.append(job.long)
        if ends == "stopped":
            await store.stop(run, ending("stopped"))
            with pytest.raises(Lost):
                await store.end(job, ending("stopped"))
            continue
        job.long = ends in {"long", "running"}
        await store.append(job, [lines(0, 0)], "running" if ends == "running" else "finished")
    assert known == [False, True, True, True, False, False]


async def test_many_at_once_find_only_the_room_there_is(opened: Opened):
    store = await opened(waiting=30, waiting_each=5, running_each=1)
    names = [f"{client}{number}" for number in range(20) for client in "abc"]
    done = await asyncio.gather(*(store.create(name, program(name), name[0]) for name in names), return_exceptions=True)
    load = await store.load()
    out = 0 if isinstance(store, SqliteStore) else 3  # Redis has one of each client out already
    assert sum(isinstance(answer, StoredRun) for answer in done) == load.waiting + load.running == 15 + out
    assert all(isinstance(answer, StoredRun | Full) for answer in done)


async def test_who_comes_too_fast_is_told_when_to_come_again(opened: Opened):
    store = await opened(rate=0.005, burst=3)
    for number in range(3):
        await store.create(f"a{number}", program("same"), "a")
    with pytest.raises(Full) as refused:
        await store.create("a3", program("same"), "a")
    assert not refused.value.everyone and 0 < refused.value.wait <= 600
    await store.create("b0", program("same"), "b")


async def test_in_the_long_run_a_client_brings_no_more_than_its_rate(opened: Opened):
    store = await opened(rate=100.0, burst=1)
    began, came = time.monotonic(), 0
    for _ in range(300):
        with contextlib.suppress(Full):
            await store.create(f"a{came}", program("same"), "a")
            came += 1
    assert 100 <= came <= 101 + 100 * (time.monotonic() - began)  # a part of one that is begun is let in


async def test_created_again_a_run_is_what_it_was(opened: Opened):
    store = await opened()
    for _ in range(3):
        await store.create("a", program("a"), "client")
    assert (await store.load()).waiting + (await store.load()).running == 1


async def test_whoever_watches_hears_of_every_change(opened: Opened):
    store = await opened()
    job = await made(store, "a", (0, 0))
    with store.watch(job.trace) as changed, store.watch("another") as other:
        for act in (
            lambda: store.append(job, [lines(1, 1)], "running"),
            lambda: store.end(job, ending("deadline")),
        ):
            changed.clear()
            other.clear()
            await store.read("a", 10)
            await act()
            async with asyncio.timeout(60):
                await changed.wait()
        changed.clear()
        store.wake()
        assert changed.is_set()


async def test_a_probe_leaves_nothing(opened: Opened):
    store = await opened()
    await store.probe()
    assert store.trouble is None
    assert await store.get("") is None
