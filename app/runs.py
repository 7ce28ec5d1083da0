"""Runs: a program gets its turn and its worker, its lines go to the store, and whoever follows it is told."""

import asyncio
import contextlib
import logging
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.endings import ending
from app.executor import Rings
from app.pool import Pool
from app.settings import Settings
from app.store import TERMINAL, Batch, Status, Store, StoredRun, StoreUnavailable
from app.store.sqlite import SqliteStore
from app.turns import Full, Turns
from app.workers import BadFrame, Job, Outcome, Worker

log = logging.getLogger("gradlight")

MEND_SECONDS = 1.0


@dataclass(eq=False, slots=True)
class LiveRun:
    """A run that has not come to its end here."""

    id: str
    job: Job
    client: str
    status: Status = "queued"
    last: int = -1
    stopped: bool = False
    ended: Status | None = None
    """The status that the worker's last event says, from when it was received."""
    worker: Worker | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Everyone who waits for `changed` goes on."""
        self.changed.set()
        self.changed = asyncio.Event()


class Runs:
    """The run service of one server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = open_store(settings)
        self.pool = Pool(
            size=settings.pool,
            rings=Rings(settings.memory, int(settings.deadline) + 2, settings.seccomp),  # type: ignore[arg-type]
            runs_per_worker=settings.runs_per_worker,
        )
        self.turns: Turns[LiveRun] = Turns(
            waiting=settings.waiting,
            waiting_each=settings.waiting_per_client,
            running_each=settings.running_per_client,
        )
        self.live: dict[str, LiveRun] = {}
        self.lanes: list[asyncio.Task[None]] = []
        self.menders: set[asyncio.Task[None]] = set()
        self.draining = asyncio.Event()
        self.store_failed = False

    async def start(self) -> None:
        """Runs are taken; those that an earlier life of this server left unfinished have ended as interrupted."""
        for run in await self.store.unfinished():
            await self.end(run.id, run.seed, run.events - 1, Outcome("stopped", "interrupted"))
        await self.pool.start()
        self.lanes = [asyncio.create_task(self.lane()) for _ in range(self.settings.size)]

    def drain(self) -> None:
        """No further run is taken, and streams close."""
        self.draining.set()
        for run in self.live.values():
            run.tell()

    async def close(self) -> None:
        """Every worker has ended and everything given is kept."""
        self.drain()
        for task in (*self.lanes, *self.menders):
            task.cancel()
        await asyncio.gather(*self.lanes, *self.menders, return_exceptions=True)
        await self.pool.close()
        for run in list(self.live.values()):
            with contextlib.suppress(StoreUnavailable):
                await self.finish(run, Outcome("stopped", "interrupted"))
        await self.store.close()

    async def create(self, source: str, seed: int, client: str) -> str:
        """The id of a new run that waits for its turn. Raises Full, StoreUnavailable."""
        if self.draining.is_set():
            raise Full(everyone=True)
        self.turns.check(client)
        run = LiveRun(secrets.token_hex(16), Job(source, seed), client)
        try:
            await self.store.create(StoredRun(run.id, source, seed, "queued", 0))
        except StoreUnavailable:
            self.store_failed = True
            raise
        self.store_failed = False
        self.live[run.id] = run
        await self.turns.put(client, run)
        return run.id

    async def get(self, run: str) -> StoredRun | None:
        """The run as it stands, or None where there is none of this id."""
        found = await self.store.get(run)
        live = self.live.get(run)
        return found if found is None or live is None or has_ended(found) else replace(found, status=live.status)

    async def stop(self, run: str) -> None:
        """A run that has not ended ends as stopped; its last event says so."""
        live = self.live.get(run)
        if live is None:
            return
        live.stopped = True
        if live.worker is not None:
            live.worker.kill()
        elif await self.turns.remove(live):
            await self.finish(live, Outcome("stopped", "stopped"))
        while run in self.live:
            await live.changed.wait()

    async def follow(self, run: str, after: int, *, pulse: float) -> AsyncIterator[list[Batch]]:
        """Batches from event `after` + 1 to the last, as they come; an empty list every `pulse` seconds without any."""
        while True:
            live = self.live.get(run)
            changed = live.changed if live else None
            while batches := await self.store.read(run, after):
                after = batches[-1].last
                yield batches
            if changed is None or self.draining.is_set():
                return
            try:
                async with asyncio.timeout(pulse):
                    await changed.wait()
            except TimeoutError:
                yield []

    async def lane(self) -> None:
        """One of the places in which programs run."""
        while True:
            client, run = await self.turns.take()
            try:
                await self.finish(run, await self.execute(run))
            except StoreUnavailable:
                self.store_failed = True
                log.error("run %s is cut off: the store is not available", run.id)
                task = asyncio.create_task(self.mend(run))
                self.menders.add(task)
                task.add_done_callback(self.menders.discard)
            finally:
                await self.turns.give_back(client)

    async def execute(self, run: LiveRun) -> Outcome:
        async def receive(batch: Batch, status: Status | None) -> None:
            # Noted before the wait: what was given to the store is kept, although the clock may end the waiting.
            run.last, run.ended = batch.last, status
            await self.store.append(run.id, batch, status or "running")
            run.tell()

        try:
            async with self.pool.worker() as worker:
                if run.stopped:
                    return Outcome("stopped", "stopped")
                run.worker = worker
                run.status = "running"
                async with asyncio.timeout(self.settings.deadline):
                    outcome = await worker.run(run.job, receive)
                if outcome.code == "worker-died":
                    raise EOFError
                return outcome
        except TimeoutError:
            return Outcome("limited", "deadline")
        except BadFrame:
            log.error("run %s: its worker sent what no worker of ours sends", run.id)
            return Outcome("stopped", "worker-died")
        except EOFError:
            return Outcome("stopped", "stopped" if run.stopped else "worker-died")

    async def finish(self, run: LiveRun, outcome: Outcome) -> None:
        """The run has ended: as its own last event says where there is one, else as `outcome`."""
        if run.ended is None:
            run.last = await self.end(run.id, run.job.seed, run.last, outcome)
        elif outcome.code is not None:  # the clock was faster than the store: wait until that has caught up
            await self.store.set_status(run.id, run.ended)
        run.status = run.ended or outcome.status
        self.live.pop(run.id, None)
        run.tell()

    async def mend(self, run: LiveRun) -> None:
        """A run that the store could not keep has ended as such once the store is back."""
        while True:
            await asyncio.sleep(MEND_SECONDS)
            with contextlib.suppress(StoreUnavailable):
                found = await self.store.get(run.id)
                if found is not None and not has_ended(found):
                    await self.end(run.id, run.job.seed, found.events - 1, Outcome("stopped", "store-failed"))
                self.store_failed = False
                self.live.pop(run.id, None)
                run.tell()
                return

    async def end(self, run: str, seed: int, last: int, outcome: Outcome) -> int:
        """The run has the terminal event that its worker could not write, and its status; the seq of that event."""
        batch = ending(outcome, seed=seed, following=last + 1, seconds=self.settings.deadline)
        await self.store.append(run, batch, outcome.status)
        return batch.last

    def health(self) -> dict[str, object]:
        """What `/healthz` says: `status` is `ok` while runs can be served, `degraded` while the store fails, else `down`."""
        ready = self.pool.ready > 0 and not self.draining.is_set()
        rings = next((worker.rings for worker in self.pool.workers), {})
        return {
            "status": "down" if not ready else "degraded" if self.store_failed else "ok",
            "workers": self.pool.ready,
            "waiting": len(self.turns),
            "running": sum(self.turns.running.values()),
            "rings": rings,
        }


def open_store(settings: Settings) -> Store:
    """The store that the settings name; where only the default place cannot be used, one that lasts as long as the server."""

    def at(path: Path) -> Store:
        return SqliteStore(path, keep_days=settings.keep_days, keep_bytes=settings.keep_bytes, now=time.time)

    try:
        return at(settings.store_path)
    except StoreUnavailable as error:
        if settings.store:
            raise
        log.warning("%s Runs are kept only while this server runs.", error)
        return at(Path(tempfile.mkdtemp(prefix="gradlight-")) / "runs.sqlite3")


def has_ended(run: StoredRun) -> bool:
    """Whether the run's last event is in the store."""
    return run.status in TERMINAL
