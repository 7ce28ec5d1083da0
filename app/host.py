"""A host: it takes jobs from the store, runs them in its worker processes, and gives their lines to the store."""

import asyncio
import contextlib
import logging
import secrets

from app.cancelling import cancelled
from app.endings import ending
from app.executor import Rings
from app.metrics import Metrics
from app.pool import Pool
from app.settings import Settings
from app.store import Batch, Job, Lost, Status, Store, StoreUnavailable
from app.workers import BadFrame, Worker

log = logging.getLogger("gradlight")

BEAT_SECONDS = 1.0
PAUSE_SECONDS = 0.2
DRAIN_SECONDS = 3.0
ATTEMPTS = 3
"""A program whose hosts died so often is not tried again."""


class Host:
    """The workers of this process, and as many lanes as programs may run at a time."""

    def __init__(self, settings: Settings, store: Store, metrics: Metrics) -> None:
        self.settings = settings
        self.store = store
        self.metrics = metrics
        self.name = secrets.token_hex(6)
        self.pool = Pool(
            size=settings.pool,
            rings=Rings(settings.memory, int(settings.deadline) + 2, settings.seccomp),
            runs_per_worker=settings.runs_per_worker,
        )
        self.lanes: list[asyncio.Task[None]] = []
        self.working: set[asyncio.Task[None]] = set()
        self.beating: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Jobs are taken."""
        await self.pool.start()
        self.beating = asyncio.create_task(self.beat())
        self.lanes = [asyncio.create_task(self.lane()) for _ in range(self.settings.size)]

    def drain(self) -> None:
        """No further job is taken; what is at work may end."""
        for lane in self.lanes:
            lane.cancel()

    async def close(self) -> None:
        """No job is at work here: those that were have ended, or another host goes on with them."""
        await cancelled(self.lanes)
        if self.working:
            await asyncio.wait(self.working, timeout=DRAIN_SECONDS)
        for task in self.working:
            task.cancel()
        await asyncio.gather(*self.working, return_exceptions=True)
        await cancelled([self.beating] if self.beating else [])
        await self.pool.close()

    async def beat(self) -> None:
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self.store.beat(self.name)
            await asyncio.sleep(BEAT_SECONDS)

    async def lane(self) -> None:
        """One of the places in which programs run."""
        while True:
            try:
                job = await self.store.take(self.name)
            except StoreUnavailable:
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            task = asyncio.create_task(self.work(job))
            self.working.add(task)
            task.add_done_callback(self.working.discard)
            await asyncio.wait({task})

    async def work(self, job: Job) -> None:
        """The job has been done, or is another host's."""
        try:
            code = await self.execute(job) if job.attempt <= ATTEMPTS else "worker-died"
            if code is not None:
                await self.store.end(job, ending(code, seconds=self.settings.deadline))
                self.metrics.count("runs", code)
        except Lost:
            self.metrics.count("runs", "stopped")
        except StoreUnavailable as error:
            log.error("a run is cut off", extra={"trace": job.trace, "reason": error.code})
            await self.store.let_go(job, ending("store-failed"))
        except asyncio.CancelledError:
            await self.store.let_go(job, ending("interrupted"))
            raise

    async def execute(self, job: Job) -> str | None:
        """The program has run and its lines are kept; None where they say themselves how it ended, else the code of its ending."""
        died = "worker-died"
        try:
            async with self.pool.worker() as worker:
                if job.stopped:
                    return "stopped"
                job.kill = worker.kill
                async with asyncio.timeout(self.settings.deadline):
                    return await self.follow(job, worker)
        except TimeoutError:
            self.metrics.count("kills", "deadline")
            return "deadline"
        except BadFrame as error:
            log.error("a worker sent what no worker of ours sends", extra={"trace": job.trace, "reason": str(error)})
        except EOFError:
            pass
        return "stopped" if job.stopped else died

    async def follow(self, job: Job, worker: Worker) -> str | None:
        """What the worker sends is kept, from where an earlier host left off. Raises EOFError where it died."""
        kept = job.kept - 1

        async def receive(batches: list[Batch], status: Status | None) -> None:
            if fresh := [batch.after(kept) for batch in batches if batch.last > kept]:
                await self.store.append(job, fresh, status or "running")
            if status is not None:
                self.metrics.count("runs", status)

        outcome = await worker.run(job.program, receive)
        if outcome.code == "worker-died":
            raise EOFError
        return outcome.code
