"""Runs, as the web sees them: asked for, looked at, followed, stopped. A host makes their traces, in this process or elsewhere."""

import asyncio
import logging
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from app.cancelling import cancelled
from app.endings import ending
from app.host import Host
from app.metrics import Metrics
from app.programs import Program
from app.settings import Settings
from app.store import Batch, Load, Store, StoredRun, StoreUnavailable
from app.store.sqlite import SqliteStore
from app.turns import Bounds, Full

log = logging.getLogger("gradlight")


AGAIN_SECONDS = 0.5
FIRST_BYTES = 1 << 12
MOST_BYTES = 1 << 18
"""A reader gets a little at first, so that the picture can begin, then more at a time."""


class OtherRun(Exception):
    """The key was used for another program."""


def keyed(client: str, key: str) -> str:
    """The id of the run that a client names by a key of its own: as hard to guess as the key."""
    return blake2b(client.encode(), key=key.encode()[:64], digest_size=16, person=b"gradlight run").hexdigest()


class Runs:
    """The run service of one web process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.store = open_store(settings)
        self.host = Host(settings, self.store, self.metrics) if settings.execute else None
        self.draining = False
        self.ticking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Runs are taken; those that nobody will go on with have ended as interrupted."""
        await self.store.open(ending("interrupted"))
        if self.host is not None:
            await self.host.start()
        self.ticking = asyncio.create_task(self.tick())

    async def tick(self) -> None:
        """How late the loop is, is counted each second."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 1.0
            await asyncio.sleep(1.0)
            self.metrics.late(max(loop.time() - due, 0.0))

    def drain(self) -> None:
        """No further run is taken, and streams close."""
        self.draining = True
        self.store.wake()
        if self.host is not None:
            self.host.drain()

    async def close(self) -> None:
        """Every worker has ended and everything given is kept."""
        self.drain()
        await cancelled([self.ticking] if self.ticking else [])
        if self.host is not None:
            await self.host.close()
        await self.store.close(self.host.name if self.host else "")

    async def create(self, source: str, seed: int, client: str, key: str = "") -> StoredRun:
        """A new run, which waits for its turn or shares the trace of an equal program; asked again by the same client with the same `key`, the
        run that there is. Raises Full, StoreUnavailable, and OtherRun where the key's run is of another program.
        """
        if self.draining:
            raise Full(everyone=True, wait=5.0)
        run, program = keyed(client, key) if key else secrets.token_hex(16), Program(source, seed)
        made = await self.store.create(run, program, client)
        if made.program != program:
            raise OtherRun
        return made

    async def get(self, run: str) -> StoredRun | None:
        """The run as it stands, or None where there is none of this id."""
        return await self.store.get(run)

    async def stop(self, run: StoredRun) -> None:
        """A run that has not ended ends as stopped; its last event says so."""
        await self.store.stop(run, ending("stopped"))

    async def follow(self, run: StoredRun, after: int, *, pulse: float) -> AsyncIterator[list[Batch]]:
        """Batches from event `after` + 1 to the last, as they come; an empty list every `pulse` seconds without any."""
        size = FIRST_BYTES
        with self.store.watch(run.trace) as changed:
            while True:
                try:
                    async with asyncio.timeout(pulse):
                        await changed.wait()
                except TimeoutError:
                    yield []
                changed.clear()
                try:
                    part = await self.store.read(run.id, after, size=size)
                except StoreUnavailable:  # the reader stays, and hears more when the store is back
                    yield []
                    await asyncio.sleep(AGAIN_SECONDS)
                    if self.draining:
                        return
                    changed.set()
                    continue
                if part.batches:
                    after = part.batches[-1].last
                    size = min(size * 16, MOST_BYTES)
                    yield part.batches
                if part.ended or self.draining:
                    return
                if part.more:
                    changed.set()

    async def health(self) -> dict[str, Any]:
        """What `/healthz` says: `status` is `ok` while runs can be served, `degraded` while the store fails, else `down`."""
        trouble, load = await self.trouble()
        if self.host is not None:
            able = self.host.pool.ready > 0 or not self.host.pool.failing
        else:
            able = trouble is not None or bool(load.hosts)
        said: dict[str, Any] = {"status": "down" if self.draining or not able else "degraded" if trouble else "ok"}
        if trouble is not None:
            said.update(code=trouble.code, reason=trouble.reason)
        elif self.draining:
            said.update(code="draining", reason="the server is about to end")
        elif not able:
            said.update(code="no-workers", reason="no process is there that runs programs")
        return {**said, **self.details(load)}

    async def trouble(self) -> tuple[StoreUnavailable | None, Load]:
        """Why the store fails, if it does, found out anew; and how much there is to do."""
        try:
            if self.store.trouble is not None:
                await self.store.probe()
            return None, await self.store.load()
        except StoreUnavailable as error:
            return error, Load(0, 0)

    def details(self, load: Load) -> dict[str, Any]:
        said: dict[str, Any] = {"waiting": load.waiting, "running": load.running}
        if load.hosts is not None:
            said["hosts"] = load.hosts
        if self.host is not None:
            pool = self.host.pool
            said |= {"workers": pool.ready, "replaced": pool.replaced}
            said["rings"] = next((worker.rings for worker in pool.workers), {})
        return said


def open_store(settings: Settings) -> Store:
    """The store that the settings name; where only the default place cannot be used, one that lasts as long as the server."""
    bounds = Bounds(
        waiting=settings.waiting,
        waiting_each=settings.waiting_per_client,
        running_each=settings.running_per_client,
        rate=settings.rate,
        burst=settings.burst,
        long=settings.size,
    )
    if settings.shared:
        try:
            from app.store.redis import RedisStore
        except ImportError:
            reason = "Redis needs its Python client: pip install 'gradlight[redis]'"
            raise StoreUnavailable("store-not-opened", reason) from None
        try:
            return RedisStore(
                settings.store,
                bounds=bounds,
                share=settings.share,
                keep_days=settings.keep_days,
                orphan=settings.orphan_seconds,
            )
        except ValueError as error:
            raise StoreUnavailable("store-not-opened", f"GRADLIGHT_STORE is no address of a Redis: {error}") from None

    def at(path: Path) -> Store:
        return SqliteStore(
            path,
            bounds=bounds,
            share=settings.share,
            keep_days=settings.keep_days,
            keep_bytes=settings.keep_bytes,
            now=time.time,
        )

    try:
        return at(settings.store_path)
    except StoreUnavailable as error:
        if settings.store:
            raise
        log.warning("%s Runs are kept only while this server runs.", error)
        return at(Path(tempfile.mkdtemp(prefix="gradlight-")) / "runs.sqlite3")
