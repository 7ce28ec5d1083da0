"""What only the store in Redis does: hosts share one queue, and take over from those that die."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from app.endings import ending
from app.store import Lost, StoreUnavailable
from app.store.redis import GROUP, PREFIX, RedisStore
from app.turns import Bounds
from benchmarks.redis_server import RedisServer
from tests.app.test_store import BOUNDS, HOST, lines, made, program, status, whole

pytestmark = pytest.mark.anyio

Opened = Callable[..., Awaitable[RedisStore]]


@pytest.fixture
async def opened(redis: RedisServer) -> AsyncIterator[Opened]:
    """Opens a store of its own over the one Redis: `await opened()`."""
    async with AsyncExitStack() as closing:

        async def open_store(**options: Any) -> RedisStore:
            settings = {"keep_days": 1, "orphan": 0.05, **options}
            store = RedisStore(redis.url, bounds=Bounds(**BOUNDS), **settings)  # type: ignore[arg-type]
            await store.open(ending("interrupted"))
            closing.push_async_callback(store.close, "nobody")
            return store

        yield open_store


async def test_a_job_goes_to_one_host_only(opened: Opened):
    stores = [await opened(orphan=3600) for _ in range(3)]
    for number in range(30):
        await stores[number % 3].create(str(number), program(str(number)), f"client {number % 4}")

    async def work(store: RedisStore, host: str) -> list[str]:
        done = []
        while len(done) < 10:
            job = await store.take(host)
            await store.append(job, [lines(0, 1)], "finished")
            done.append(job.program.source)
        return done

    async with asyncio.timeout(60):
        done = await asyncio.gather(*(work(store, f"host {n}") for n, store in enumerate(stores)))
    assert sorted(source for part in done for source in part) == sorted(
        program(str(number)).source for number in range(30)
    )
    assert [await status(stores[0], str(number)) for number in range(30)] == [("finished", 2)] * 30
    load = await stores[0].load()
    assert (load.waiting, load.running) == (0, 0)


async def test_a_dead_hosts_job_is_another_ones_from_where_it_was(opened: Opened):
    dead, alive = await opened(), await opened()
    job = await made(dead, "a", (0, 9))
    async with asyncio.timeout(60):
        again = await alive.take("two")
    assert (again.trace, again.kept, again.attempt) == (job.trace, 10, 2)
    with pytest.raises(Lost):
        await dead.append(job, [lines(10, 12)], "running")
    await alive.append(again, [lines(10, 12)], "finished")
    assert await whole(alive, "a") == lines(0, 12).lines
    killed = asyncio.Event()
    dead.held[job.trace], job.kill = job, killed.set
    await dead.beat("one", 1)
    assert killed.is_set() and not dead.held


async def test_a_host_keeps_its_job_as_long_as_it_gives_signs_of_life(opened: Opened):
    busy, idle = await opened(orphan=60), await opened(orphan=60)
    job = await made(busy, "a", (0, 0))
    entry = job.place.rpartition(" ")[2]
    for lives, orphans in ((True, []), (False, [(entry, job.trace)])):
        await busy.client.xclaim(f"{PREFIX}jobs", GROUP, HOST, 0, [entry], idle=3_600_000, justid=True)
        if lives:
            await busy.beat(HOST, 1)
            await busy.append(job, [lines(1, 1)], "running")
        idle.searched = -math.inf
        assert await idle.orphans("two") == orphans


async def test_a_job_that_is_let_go_is_anyones_at_once(opened: Opened):
    first, second = await opened(orphan=3600), await opened(orphan=3600)
    job = await made(first, "a", (0, 3))
    await first.let_go(job, ending("interrupted"))
    with pytest.raises(Lost):
        await first.append(job, [lines(4, 4)], "running")
    async with asyncio.timeout(60):
        again = await second.take("two")
    assert again.kept == 4
    await second.append(again, [lines(4, 4)], "finished")
    assert await status(first, "a") == ("finished", 5)


async def test_a_write_whose_answer_was_lost_may_be_sent_again(opened: Opened):
    store = await opened()
    job = await made(store, "a", (0, 3))
    for batch, said in (([lines(4, 5), lines(6, 6)], "running"), ([lines(7, 9)], "finished")):
        for _ in range(3):
            store.held[job.trace] = job
            await store.append(job, batch, said)  # type: ignore[arg-type]
    assert await whole(store, "a") == lines(0, 9).lines


async def test_what_a_host_was_given_as_it_left_is_anothers(opened: Opened):
    leaving, other = await opened(orphan=3600), await opened(orphan=3600)
    await leaving.create("a", program("a"), "client")
    await leaving.ask("begin", *(await leaving.next("one"))[0], "one")  # the answer was never heard
    other.searched = -math.inf
    assert await other.orphans("two") == []
    await leaving.ask("leave", "one")
    other.searched = -math.inf
    job = await other.take("two")
    assert (job.program, job.attempt) == (program("a"), 2)


async def test_readers_of_one_server_hear_of_a_host_elsewhere(opened: Opened):
    web, host = await opened(), await opened()
    trace = (await web.create("a", program("a"), "client")).trace
    job = await host.take("one")
    with web.watch(trace) as changed:
        for first in range(5):
            changed.clear()
            assert not (await web.read("a", first - 1)).batches
            await host.append(job, [lines(first, first)], "running")
            async with asyncio.timeout(60):
                await changed.wait()
            assert (await web.read("a", first - 1)).batches == [lines(first, first)]


async def test_everything_that_is_kept_goes_in_time(opened: Opened, redis: RedisServer):
    store = await opened(keep_days=1)
    await made(store, "a", (0, 3), ends=True)
    await made(store, "b", (0, 3))
    client = store.client
    lasting = {b"gradlight:jobs", b"gradlight:hosts", b"gradlight:running", b"gradlight:waiting"}
    lasting |= {b"gradlight:turns", b"gradlight:served", b"gradlight:entered", b"gradlight:lanes"}
    for name in set(await client.keys("gradlight:*")) - lasting:
        assert await client.pttl(name) <= 86_400_000 and await client.pttl(name) != -1, name


async def test_a_redis_that_was_emptied_is_used_on(opened: Opened, redis: RedisServer):
    store = await opened()
    job = await made(store, "a", (0, 3))
    redis.ask("FLUSHALL")
    with pytest.raises(Lost):
        await store.append(job, [lines(4, 4)], "finished")
    assert await store.get("a") is None
    async with asyncio.timeout(60):
        await made(store, "b", (0, 3), ends=True)
    assert await status(store, "b") == ("finished", 4)


async def test_a_redis_without_memory_says_so_and_one_that_is_not_there_too(opened: Opened, redis: RedisServer):
    store = await opened()
    redis.ask("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(StoreUnavailable) as full:
            await store.create("a", program("a"), "client")
    finally:
        redis.ask("CONFIG", "SET", "maxmemory", "0")
    assert full.value.code == "redis-full" and store.trouble is full.value
    await store.probe()
    assert store.trouble is None
    nowhere = RedisStore("redis://127.0.0.1:1/0", bounds=Bounds(**BOUNDS), keep_days=1)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable) as gone:
        await nowhere.get("a")
    assert gone.value.code == "redis-unreachable"
    await nowhere.close("")


async def test_more_askers_than_connections_wait_for_one(opened: Opened):
    store = await opened()
    await made(store, "a", (0, 3), ends=True)
    parts = await asyncio.gather(*(store.read("a", seen % 4 - 1) for seen in range(1000)))
    assert [part.ended for part in parts] == [True] * 1000
    assert store.trouble is None
