"""Warm worker processes, replaced when they die or have served their time. A death ends one run and no other."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator

from app.executor import Rings
from app.workers import BadFrame, Worker, preload

log = logging.getLogger("gradlight")


class Pool:
    """`size` warm workers, kept at that number; each serves `runs_per_worker` runs."""

    def __init__(self, *, size: int, rings: Rings, runs_per_worker: int) -> None:
        self.size = size
        self.rings = rings
        self.runs_per_worker = runs_per_worker
        self.workers: set[Worker] = set()
        self.processes: set[Worker] = set()
        self.idle: deque[Worker] = deque()
        self.available = asyncio.Condition()
        self.starts: set[asyncio.Task[None]] = set()
        self.replaced = 0
        self.failing = False
        """Whether the last worker that was to start did not."""
        self.closing = asyncio.Event()

    @property
    def ready(self) -> int:
        """How many warm workers there are, at work or not."""
        return len(self.workers)

    async def start(self) -> None:
        """One worker is warm and the others are being started; raises BadFrame where not even one starts."""
        await asyncio.to_thread(preload)
        await self.add()
        self.refill()

    def resize(self, size: int) -> None:
        """So many workers are wanted from now on: those that lack are being started, one too many ends after its run."""
        self.size = size
        self.refill()

    def refill(self) -> None:
        while not self.closing.is_set() and len(self.workers) + len(self.starts) < self.size:
            task = asyncio.create_task(self.add_patiently())
            self.starts.add(task)
            task.add_done_callback(self.started)

    def started(self, task: asyncio.Task[None]) -> None:
        self.starts.discard(task)
        self.refill()  # another may have been lost meanwhile, when this one was still counted

    async def add_patiently(self) -> None:
        pause = 0.1
        while not self.closing.is_set():
            try:
                return await self.add()
            except (BadFrame, OSError):
                self.failing = True
                log.warning("a worker could not be started; trying again in %.1f s", pause)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self.closing.wait()
                pause = min(pause * 2, 10.0)

    async def add(self) -> None:
        worker = await asyncio.to_thread(Worker, self.rings, self.lost)
        worker.listen()
        self.processes = {one for one in self.processes if not one.ended.is_set()} | {worker}
        await worker.greet()
        self.failing = False
        if self.closing.is_set():
            worker.kill()
            return
        self.workers.add(worker)
        async with self.available:
            self.idle.append(worker)
            self.available.notify()

    @contextlib.asynccontextmanager
    async def worker(self) -> AsyncIterator[Worker]:
        """A living idle worker for one run; it comes back to the pool unless it died or has served its time."""
        while True:
            async with self.available:
                await self.available.wait_for(lambda: self.idle)
                taken = self.idle.popleft()
            if not taken.killed and not taken.ended.is_set():
                break
            self.discard(taken)
        taken.begin()
        clean = False
        try:
            yield taken
            clean = True
        finally:
            wanted = len(self.workers) <= self.size and taken.runs < self.runs_per_worker and not taken.killed
            if clean and wanted and taken.frames.empty() and not self.closing.is_set():
                async with self.available:
                    self.idle.append(taken)
                    self.available.notify()
            else:
                self.discard(taken)

    def discard(self, worker: Worker) -> None:
        worker.kill()
        self.workers.discard(worker)
        self.replaced += len(self.workers) < self.size
        self.refill()

    def lost(self, worker: Worker) -> None:
        """A worker has ended; one that died at rest is replaced at once, one at work when its run has been told."""
        if worker in self.idle:
            self.idle.remove(worker)
            self.discard(worker)

    async def close(self) -> None:
        """Every worker has ended."""
        self.closing.set()
        await asyncio.gather(*self.starts)
        for worker in self.processes:
            worker.kill()
        await asyncio.gather(*(worker.ended.wait() for worker in self.processes))
