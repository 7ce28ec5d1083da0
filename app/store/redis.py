"""The store in Redis Streams, for any number of servers and worker hosts that share one queue.

Each change is one operation of the script in `script/`, which happens whole or not at all and may be sent again: what has happened is not done twice.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError

from app.cancelling import cancelled
from app.programs import Program
from app.rates import window_of
from app.store import TERMINAL, Batch, Ending, Job, Load, Lost, Part, Status, StoredRun, StoreUnavailable, part_of
from app.store.redis_script import Script
from app.store.watches import Watches
from app.turns import Bounds, Full

PARTS = ("keys", "turns", "rates", "traces", "web", "hosts", "call")
SCRIPT = "\n".join((Path(__file__).parent / "script" / f"{part}.lua").read_text("utf-8") for part in PARTS)
PREFIX = "gradlight:"
GROUP = "hosts"
CONNECTIONS = 128
"""Who finds all of them at work waits for one."""
BLOCK_MS = 1000
ALIVE_MS = 5000
PAUSE = 0.2
AT_ONCE = 0.003


class RedisStore:
    """A `Store` at the address `url` (`redis://host:port/number`).

    Runs and traces go `keep_days` after they were last asked for. A job whose host gives no sign of life for `orphan` seconds is another's.
    """

    def __init__(
        self, url: str, *, bounds: Bounds, share: bool = True, keep_days: float, orphan: float = ALIVE_MS / 1000
    ) -> None:
        self.share = share
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=5.0,
            socket_timeout=5.0,
            socket_connect_timeout=2.0,
            retry=Retry(ConstantBackoff(0.05), 1),
            protocol=2,
        )
        self.client: Any = Redis.from_pool(pool)
        self.script = Script(self.client, SCRIPT, PREFIX)
        self.name = secrets.token_hex(6)
        self.changes = f"{PREFIX}changes:{self.name}"
        """The channel on which this process hears of traces that it has made or read and that have more to read."""
        self.bounds = bounds
        self.rate = window_of(bounds)
        self.life = int(keep_days * 86_400_000)
        self.orphan = int(orphan * 1000)
        self.watches = Watches()
        self.held: dict[str, Job] = {}
        self.searched = 0.0
        self.waiting = False
        """Whether the last job was there at once: then the next one is asked for without waiting, in one trip."""
        self.listener: asyncio.Task[None] | None = None
        self.failure: StoreUnavailable | None = None

    @property
    def trouble(self) -> StoreUnavailable | None:
        return self.failure

    def watch(self, trace: str) -> AbstractContextManager[asyncio.Event]:
        return self.watches.watch(trace)

    def wake(self) -> None:
        self.watches.tell_all()

    async def ask(self, operation: str, *values: str | bytes | int | float) -> Any:
        """What an operation of the script answers."""
        try:
            answer = await self.script.ask(operation, self.bounds.running_each, *values)
        except (RedisError, OSError) as error:
            self.failure = unavailable(error)
            raise self.failure from error
        self.failure = None
        return answer

    async def open(self, interrupted: Ending) -> None:
        self.listener = asyncio.create_task(self.listen())

    async def listen(self) -> None:
        """Whoever watches a trace hears of its changes, whoever works on it of its stop; after a silence everyone looks again."""
        while True:
            with contextlib.suppress(RedisError, OSError):
                async with self.client.pubsub() as channel:
                    await channel.subscribe(self.changes, PREFIX + "stops")
                    self.watches.tell_all()
                    while True:
                        said = await channel.get_message(timeout=BLOCK_MS / 1000)
                        if said is not None and said["type"] == "message":
                            self.hear(said["channel"], said["data"].decode())
            self.watches.tell_all()
            await asyncio.sleep(PAUSE)

    def hear(self, channel: bytes, trace: str) -> None:
        if channel.endswith(b"stops"):
            if trace in self.held:
                self.held[trace].stop()
        else:
            self.watches.tell(trace)

    async def create(self, run: str, program: Program, client: str) -> StoredRun:
        bounds, rate, trace = self.bounds, self.rate, secrets.token_hex(12)
        self.watches.expect(trace)
        said = await self.ask(
            "create", run, trace, program.key if self.share else "", program.source, program.seed, client, self.life,
            bounds.waiting, bounds.waiting_each, rate.amount, rate.get_expiry(), self.name,
        )  # fmt: skip
        if said == b"everyone":
            raise Full(everyone=True, wait=2.0)
        if said == b"client":
            raise Full(everyone=False)
        if isinstance(said, int):
            raise Full(everyone=False, wait=said / 1000)
        return stored(run, said)

    async def get(self, run: str) -> StoredRun | None:
        said = await self.ask("get", run)
        return None if said is None else stored(run, said)

    async def read(self, run: str, after: int, *, size: int = 1 << 18) -> Part:
        said = await self.ask("read", run, after, size, self.name)
        if said is None:
            return Part([], True)
        status, events, *entries = said
        batches = [Batch(int(first), last, lines).after(after) for last, first, lines in entries]
        return part_of(batches, after, status.decode(), int(events))

    async def stop(self, run: StoredRun, ending: Ending) -> None:
        own, kept = secrets.token_hex(12), run.events
        while True:
            batch = ending.events(kept, run.program.seed)
            said = await self.ask("stop", run.id, own, batch.first, batch.last, batch.lines)
            if said in {-1, batch.last + 1}:
                return
            kept = said

    async def take(self, host: str) -> Job:
        while True:
            found = await self.orphans(host)
            said = await self.ask("next", host) if self.waiting and not found else None
            self.waiting = said is not None
            if said is None:
                for entry, trace in found or await self.next(host):
                    said = None if trace in self.held else await self.ask("begin", entry, trace, host)
            if said is None:
                continue
            entry, trace, source, seed, client = (part.decode() for part in said[:5])
            events, attempt, waited, long = map(int, said[5:])
            place = f"{host} {entry}"
            job = Job(
                trace, Program(source, int(seed)), client, events, attempt, place, waited=waited / 1000, long=long > 0
            )
            self.held[trace] = job
            return job

    async def orphans(self, host: str) -> list[tuple[str, str]]:
        """A job whose host has died, as (entry, trace), if there is one; looked for now and then."""
        if time.monotonic() - self.searched < self.orphan / 2000:
            return []
        said = await self.queue(self.client.xautoclaim(PREFIX + "jobs", GROUP, host, self.orphan, count=1))
        if not said or not said[1]:
            self.searched = time.monotonic()
        return entries_of(said[1]) if said else []

    async def next(self, host: str) -> list[tuple[str, str]]:
        """The job whose turn it is, as (entry, trace); none where none comes for a while."""
        began = time.monotonic()
        said = await self.queue(self.client.xreadgroup(GROUP, host, {PREFIX + "jobs": ">"}, count=1, block=BLOCK_MS))
        self.waiting = time.monotonic() - began < AT_ONCE
        return entries_of(said[0][1]) if said else []

    async def queue(self, asked: Awaitable[Any]) -> Any:
        """What the stream of jobs answers; None where it was emptied from outside, and then it is made anew."""
        try:
            return await asked
        except (RedisError, OSError) as error:
            if isinstance(error, ResponseError) and str(error).startswith("NOGROUP"):
                await self.ask("beat", "", 0)
                return None
            raise unavailable(error) from error

    async def append(self, job: Job, batches: Sequence[Batch], status: Status) -> None:
        host, _, _ = job.place.rpartition(" ")
        parts = [part for batch in batches for part in (batch.first, batch.last, batch.lines)]
        kept = await self.ask("append", job.trace, host, status, *length(job), *parts)
        if kept != batches[-1].last + 1:
            self.held.pop(job.trace, None)
            raise Lost
        job.kept = kept
        if status in TERMINAL:
            self.held.pop(job.trace, None)

    async def end(self, job: Job, ending: Ending) -> None:
        host, _, _ = job.place.rpartition(" ")
        kept = job.kept
        while True:
            batch = ending.events(kept, job.program.seed)
            said = await self.ask(
                "finish", job.trace, host, ending.status, *length(job), batch.first, batch.last, batch.lines
            )
            if said < 0 or said == batch.last + 1:
                self.held.pop(job.trace, None)
                if said < 0:
                    raise Lost
                return
            kept = said

    async def let_go(self, job: Job, ending: Ending) -> None:
        self.held.pop(job.trace, None)
        host, _, entry = job.place.rpartition(" ")
        with contextlib.suppress(StoreUnavailable):  # then it is an orphan before long
            await self.ask("let_go", job.trace, entry, host)

    async def beat(self, host: str, lanes: int) -> None:
        held = [part for job in self.held.values() for part in (job.trace, job.place.rpartition(" ")[2])]
        for trace in await self.ask("beat", host, lanes, *held):
            job = self.held.pop(trace.decode(), None)
            if job is not None:
                job.stop()

    async def load(self) -> Load:
        return Load(*await self.ask("load", ALIVE_MS))

    async def probe(self) -> None:
        await self.ask("probe")

    async def close(self, host: str) -> None:
        if self.listener is not None:
            await cancelled([self.listener])
        with contextlib.suppress(StoreUnavailable):
            await self.ask("leave", host)
        await self.script.close()
        await self.client.aclose()


def stored(run: str, said: Sequence[bytes]) -> StoredRun:
    """The run, as the script tells it."""
    trace, source, seed, status, events = (part.decode() for part in said)
    return StoredRun(run, Program(source, int(seed)), status, int(events), trace)  # type: ignore[arg-type]


def length(job: Job) -> tuple[int, int]:
    """Milliseconds of a processor's time that the job has had, and whether it is a long one."""
    return round(job.spent * 1000), int(job.long)


def entries_of(said: Sequence[Any]) -> list[tuple[str, str]]:
    """Entries of the stream of jobs as (entry, trace)."""
    return [(entry.decode(), fields[b"trace"].decode()) for entry, fields in said if fields]


def unavailable(error: Exception) -> StoreUnavailable:
    """What the error means for whoever wanted to keep something."""
    if isinstance(error, OutOfMemoryError) or str(error).startswith("OOM"):
        return StoreUnavailable("redis-full", "Redis has no memory left")
    if isinstance(error, ResponseError):
        return StoreUnavailable("redis-refuses", "Redis refuses what is asked")
    return StoreUnavailable("redis-unreachable", "Redis cannot be reached")
