"""A host: it takes jobs from the store, runs them in its worker processes, and gives their lines to the store."""

import asyncio
import contextlib
import logging
import secrets
from dataclasses import dataclass, field

from app.cancelling import cancelled
from app.clock import Clock
from app.endings import ending
from app.executor import Rings
from app.frames import GATHER_SECONDS
from app.metrics import Metrics
from app.pool import Pool
from app.precedence import Precedence, is_long
from app.settings import Settings
from app.store import Batch, Job, Lost, Status, Store, StoreUnavailable
from app.workers import BadFrame, Worker

log = logging.getLogger("gradlight")

BEAT_SECONDS = 1.0
PAUSE_SECONDS = 0.2
DRAIN_SECONDS = 3.0
ASIDE = 4
"""For each spare worker so many long programs may have made way, whose lanes go on with the next ones: a lane that waits for a long one holds up
everyone, a stopped process holds memory only."""
UNNOTICED = 0.1
"""For such a share of the time that a program waited its first events wait for the rest: most programs are told in one message then, which costs
all who wait less."""
ATTEMPTS = 3
"""A program whose hosts died so often is not tried again."""


def nothing() -> None:
    """Does nothing."""


@dataclass(slots=True)
class Left:
    """The last batches of a program that has ended by itself, not kept yet, and the status that they say."""

    batches: list[Batch] = field(default_factory=list)
    status: Status | None = None


class Host:
    """The workers of this process, and as many lanes as programs may run at a time."""

    def __init__(self, settings: Settings, store: Store, metrics: Metrics) -> None:
        self.settings = settings
        self.store = store
        self.metrics = metrics
        self.name = secrets.token_hex(6)
        self.pool = Pool(
            size=settings.size + settings.spare,
            rings=Rings(settings.memory, int(settings.deadline) + 2, settings.seccomp),
            runs_per_worker=settings.runs_per_worker,
        )
        self.precedence = Precedence(settings.size)
        self.lanes: list[asyncio.Task[None]] = []
        self.working: set[asyncio.Task[None]] = set()
        self.aside: set[Job] = set()
        """Those whose lanes go on with others."""
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
                await self.store.beat(self.name, self.settings.size)
            await asyncio.sleep(BEAT_SECONDS)

    async def lane(self) -> None:
        """One of the places in which programs run. What lasts long goes on beside it."""
        while True:
            try:
                job = await self.store.take(self.name)
            except StoreUnavailable:
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            self.metrics.waited(job.waited)
            free = asyncio.Event()
            task = asyncio.create_task(self.work(job, free))
            self.working.add(task)
            task.add_done_callback(self.working.discard)
            await free.wait()

    def make_way(self, job: Job, free: asyncio.Event) -> None:
        """The job turns out to be long: its lane is free for others where there may be a worker besides its own."""
        job.long = True
        if len(self.aside) < ASIDE * self.settings.spare:
            self.aside.add(job)
            self.size_pool()
            free.set()

    def size_pool(self) -> None:
        """Every lane has a worker besides those that have made way."""
        self.pool.resize(self.settings.size + max(len(self.aside), self.settings.spare))

    async def work(self, job: Job, free: asyncio.Event) -> None:
        """The job has been done, or is another host's; `free` is set once it needs no lane: no worker is busy with it, or it makes way."""
        try:
            try:
                code, left = await self.execute(job, free) if job.attempt <= ATTEMPTS else ("worker-died", Left())
            finally:
                self.aside.discard(job)
                self.size_pool()
                free.set()
            if left.status is not None:
                await self.store.append(job, left.batches, left.status)
                self.metrics.count("runs", left.status)
            elif code is not None:
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

    async def execute(self, job: Job, free: asyncio.Event) -> tuple[str | None, Left]:
        """The program has run: what is left to keep, its last event included, or the code of its ending where it could not say so itself."""
        left = Left()
        clock: Clock | None = None
        try:
            async with self.pool.worker() as worker:
                if job.stopped:
                    return "stopped", left
                job.kill = worker.kill
                clock = Clock(self.settings.deadline, worker.kill)
                try:
                    with self.precedence.at_work(
                        worker, clock, long=job.long, makes_way=lambda: self.make_way(job, free)
                    ):
                        return await self.follow(job, worker, left), left
                finally:
                    clock.stop()
                    job.kill = nothing  # the worker is about to be another job's
                    job.spent = worker.spent
                    if not job.stopped:
                        job.long = is_long(job.spent)
        except BadFrame as error:
            log.error("a worker sent what no worker of ours sends", extra={"trace": job.trace, "reason": str(error)})
        except EOFError:
            if clock is not None and clock.over and not job.stopped:
                self.metrics.count("kills", "deadline")
                return "deadline", left
        return "stopped" if job.stopped else "worker-died", left

    async def follow(self, job: Job, worker: Worker, left: Left) -> str | None:
        """What the worker sends is kept, from where an earlier host left off, but for its end, which is `left`. Raises EOFError where it died."""
        kept = job.kept - 1

        async def receive(batches: list[Batch], status: Status | None) -> None:
            fresh = [batch.after(kept) for batch in batches if batch.last > kept]
            if status is not None:
                left.batches, left.status = fresh, status
            elif fresh:
                job.spent = worker.spent
                await self.store.append(job, fresh, "running")

        outcome = await worker.run(job.program, receive, patience=min(job.waited * UNNOTICED, GATHER_SECONDS))
        if outcome.code == "worker-died":
            raise EOFError
        return outcome.code
