"""The store in one SQLite file, for one server: jobs wait in its memory, and what an earlier life left unfinished has ended."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from app.cancelling import cancelled
from app.programs import Program
from app.rates import Rates
from app.store import TERMINAL, Batch, Ending, Job, Load, Lost, Part, Status, StoredRun, StoreUnavailable, part_of
from app.store.database import Database
from app.store.recent import Recent
from app.store.watches import Watches
from app.turns import Bounds, Full, Turns

VERSION = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS traces (
    number INTEGER PRIMARY KEY, key TEXT UNIQUE, source TEXT NOT NULL, seed TEXT NOT NULL, status TEXT NOT NULL,
    events INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL, used REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS traces_unfinished ON traces (status) WHERE status IN ('queued', 'running');
CREATE INDEX IF NOT EXISTS traces_used ON traces (used, bytes);
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, trace INTEGER NOT NULL REFERENCES traces (number) ON DELETE CASCADE, created REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_trace ON runs (trace);
CREATE INDEX IF NOT EXISTS runs_created ON runs (created);
CREATE TABLE IF NOT EXISTS batches (
    trace INTEGER NOT NULL REFERENCES traces (number) ON DELETE CASCADE, last INTEGER NOT NULL, first INTEGER NOT NULL,
    lines BLOB NOT NULL, UNIQUE (trace, last)
);
"""
UNFINISHED = "status IN ('queued', 'running')"
SWEEP_SECONDS = 30.0
MEND_SECONDS = 1.0
PROBE = bytes(16384)
"""More than a page of the file, for a full disk may still take a few bytes."""


class SqliteStore:
    """A `Store` in the file `path`. Runs older than `keep_days` go, and traces that were used longest ago while all exceed `keep_bytes`.

    `now` gives the time in seconds. Raises StoreUnavailable where the file cannot be opened.
    """

    def __init__(
        self,
        path: Path,
        *,
        bounds: Bounds,
        share: bool = True,
        keep_days: float,
        keep_bytes: int,
        now: Callable[[], float],
    ) -> None:
        self.share = share
        self.keep_seconds = keep_days * 86400
        self.keep_bytes = keep_bytes
        self.now = now
        self.swept = 0.0
        self.database = Database(path, SCHEMA, VERSION, self.sweep_sometimes)
        self.turns: Turns[Job] = Turns(bounds)
        self.rates = Rates(bounds)
        self.watches = Watches()
        self.recent = Recent()
        self.held: dict[str, Job] = {}
        self.menders: set[asyncio.Task[None]] = set()
        self.clients: dict[int, str] = {}
        """Whose the traces are that have not ended."""

    @property
    def trouble(self) -> StoreUnavailable | None:
        return self.database.trouble

    def watch(self, trace: str) -> AbstractContextManager[asyncio.Event]:
        return self.watches.watch(trace)

    def wake(self) -> None:
        self.watches.tell_all()

    async def open(self, interrupted: Ending) -> None:
        def action(connection: sqlite3.Connection) -> None:
            for (trace,) in connection.execute(f"SELECT number FROM traces WHERE {UNFINISHED}").fetchall():
                finish(connection, trace, interrupted)

        await self.database.write(action)

    async def create(self, run: str, program: Program, client: str) -> StoredRun:
        await self.rates.check(client)
        full: Full | None = None
        try:
            self.turns.reserve(client)
        except Full as refused:
            full = refused  # it still may share a trace, which takes no room
        now = self.now()

        def action(connection: sqlite3.Connection) -> tuple[StoredRun, bool] | None:
            """The run, and whether its trace is a new one; None where there is no room for a new one."""
            if already := stored(connection, run):
                return already, False
            trace = self.shared(connection, program, client)
            if trace is None and full is not None:
                return None
            if new := trace is None:
                trace = add_trace(connection, program, now)
                self.clients[trace] = client
            else:
                connection.execute("UPDATE traces SET used = ? WHERE number = ?", (now, trace))
            connection.execute("INSERT INTO runs (id, trace, created) VALUES (?, ?, ?)", (run, trace, now))
            return StoredRun(run, program, "queued", 0, str(trace)), new

        made: tuple[StoredRun, bool] | None = None
        try:
            made = await self.database.write(action)
        finally:
            if full is None and not (made and made[1]):
                self.turns.release(client)
        if made is None:
            assert full is not None
            raise full
        found, new = made
        if new:
            self.recent.add(run, found.trace, program)
            await self.turns.put(client, Job(found.trace, program, client))
        else:
            self.recent.join(run, found.trace)
        return found

    def shared(self, connection: sqlite3.Connection, program: Program, client: str) -> int | None:
        """The trace that a run of this program may share. What a client has under way it does not share with itself: that is its own load."""
        if not self.share:
            return None
        row = connection.execute("SELECT number, status FROM traces WHERE key = ?", (program.key,)).fetchone()
        if row is None or (row[1] not in TERMINAL and self.clients.get(row[0]) == client):
            return None
        return int(row[0])

    async def get(self, run: str) -> StoredRun | None:
        if (found := self.recent.get(run)) is not None:
            return found
        return await self.database.ask(lambda connection: stored(connection, run))

    async def read(self, run: str, after: int, *, size: int = 1 << 18) -> Part:
        if (part := self.recent.read(run, after, size)) is not None:
            return part

        def question(connection: sqlite3.Connection) -> Part:
            sql = "SELECT number, status, events FROM runs JOIN traces ON number = trace WHERE id = ?"
            found = connection.execute(sql, (run,)).fetchone()
            if found is None:
                return Part([], True)
            trace, status, events = found
            batches: list[Batch] = []
            taken = 0
            sql = "SELECT first, last, lines FROM batches WHERE trace = ? AND last > ? ORDER BY last"
            with contextlib.closing(connection.execute(sql, (trace, after))) as rows:
                for first, last, lines in rows:
                    batches.append(Batch(first, last, lines).after(after))
                    taken += len(lines)
                    if taken >= size:
                        break
            return part_of(batches, after, status, events)

        return await self.database.ask(question)

    async def stop(self, run: StoredRun, ending: Ending) -> None:
        def action(connection: sqlite3.Connection) -> tuple[int, bool] | None:
            sql = f"SELECT number FROM runs JOIN traces ON number = trace WHERE id = ? AND {UNFINISHED}"
            row = connection.execute(sql, (run.id,)).fetchone()
            if row is None:
                return None
            trace: int = row[0]
            alone = connection.execute("SELECT COUNT(*) FROM runs WHERE trace = ?", row).fetchone()[0] == 1
            finish(connection, trace if alone else part_from(connection, run.id, trace), ending)
            return trace, alone

        done = await self.database.write(action)
        if done is None:
            return
        trace, alone = str(done[0]), done[1]
        self.recent.forget(trace)
        self.watches.tell(trace)
        if alone:
            if await self.turns.remove(lambda job: job.trace == trace):
                self.clients.pop(int(trace), None)
            if trace in self.held:
                self.held[trace].stop()

    async def take(self, host: str) -> Job:
        client, job = await self.turns.take()
        job.long = client in self.turns.long
        self.held[job.trace] = job
        job.waited = time.monotonic() - job.since
        self.recent.extend(job.trace, (), "running")
        return job

    async def append(self, job: Job, batches: Sequence[Batch], status: Status) -> None:
        def action(connection: sqlite3.Connection) -> bool:
            return add(connection, int(job.trace), batches, status)

        added = await self.database.write(action)
        if not added:
            await self.free(job)
            raise Lost
        job.kept = batches[-1].last + 1
        if job.long:
            self.turns.long.add(job.client)
        self.recent.extend(job.trace, batches, status)
        self.watches.tell(job.trace)
        if status in TERMINAL:
            await self.free(job)

    async def end(self, job: Job, ending: Ending) -> None:
        added = await self.finish(job, ending)
        await self.free(job)
        if not added:
            raise Lost

    async def finish(self, job: Job, ending: Ending) -> bool:
        """Whether the trace had not ended; it has now."""
        added = await self.database.write(lambda connection: finish(connection, int(job.trace), ending))
        self.recent.forget(job.trace)
        self.watches.tell(job.trace)
        return added

    async def free(self, job: Job) -> None:
        """The job is dealt with."""
        self.clients.pop(int(job.trace), None)
        if self.held.pop(job.trace, None) is job:
            await self.turns.give_back(job.client, job.spent, long=job.long)

    async def let_go(self, job: Job, ending: Ending) -> None:
        await self.free(job)
        try:
            await self.finish(job, ending)
        except StoreUnavailable:
            task = asyncio.create_task(self.mend(job, ending))
            self.menders.add(task)
            task.add_done_callback(self.menders.discard)

    async def mend(self, job: Job, ending: Ending) -> None:
        """A trace that could not be kept has ended as such once the store is back."""
        while True:
            await asyncio.sleep(MEND_SECONDS)
            with contextlib.suppress(StoreUnavailable):
                await self.finish(job, ending)
                return

    async def beat(self, host: str, lanes: int) -> None:
        """There is no other host."""

    async def load(self) -> Load:
        return Load(len(self.turns), len(self.held))

    async def probe(self) -> None:
        def action(connection: sqlite3.Connection) -> None:
            sql = "INSERT INTO traces (source, seed, status, bytes, used) VALUES ('', '0', 'stopped', 0, 0)"
            number = connection.execute(sql).lastrowid
            connection.execute("INSERT INTO runs (id, trace, created) VALUES ('', ?, 0)", (number,))
            connection.execute("INSERT INTO batches (trace, first, last, lines) VALUES (?, 0, 0, ?)", (number, PROBE))
            connection.execute("DELETE FROM traces WHERE number = ?", (number,))

        await self.database.write(action)

    async def close(self, host: str) -> None:
        await cancelled(self.menders)
        await self.database.close()

    def sweep_sometimes(self, connection: sqlite3.Connection) -> None:
        if self.now() - self.swept >= SWEEP_SECONDS:
            self.swept = self.now()
            self.sweep(connection)

    def sweep(self, connection: sqlite3.Connection) -> None:
        """What is too old or too much has gone; what has not ended stays."""
        with contextlib.suppress(sqlite3.Error):
            sql = f"DELETE FROM runs WHERE created < ? AND trace NOT IN (SELECT number FROM traces WHERE {UNFINISHED})"
            connection.execute(sql, (self.now() - self.keep_seconds,))
            sql = "DELETE FROM traces WHERE number NOT IN (SELECT trace FROM runs)"
            connection.execute(sql)
            sql = f"""DELETE FROM traces WHERE NOT {UNFINISHED} AND number IN (
                      SELECT number FROM (SELECT number, SUM(bytes) OVER (ORDER BY used DESC, number DESC) AS held FROM traces)
                      WHERE held > ?)"""
            connection.execute(sql, (self.keep_bytes,))


def stored(connection: sqlite3.Connection, run: str) -> StoredRun | None:
    """The run, if the file knows it."""
    sql = "SELECT source, seed, status, events, number FROM runs JOIN traces ON number = trace WHERE id = ?"
    row = connection.execute(sql, (run,)).fetchone()
    return None if row is None else StoredRun(run, Program(row[0], int(row[1])), row[2], row[3], str(row[4]))


def add_trace(connection: sqlite3.Connection, program: Program, now: float) -> int:
    """The number of a new trace that waits; runs of equal programs find it, unless they find another."""
    sql = """INSERT INTO traces (key, source, seed, status, bytes, used)
             VALUES ((SELECT ? WHERE NOT EXISTS (SELECT 1 FROM traces WHERE key = ?)), ?, ?, 'queued', ?, ?)"""
    size = len(program.source.encode())
    values = (program.key, program.key, program.source, str(program.seed), size, now)
    number = connection.execute(sql, values).lastrowid
    assert number is not None
    return number


def add(connection: sqlite3.Connection, trace: int, batches: Sequence[Batch], status: Status) -> bool:
    """Whether the batches go on where the trace stands, and are kept now."""
    sql = (
        f"UPDATE traces SET events = ?, status = ?, bytes = bytes + ? WHERE number = ? AND events = ? AND {UNFINISHED}"
    )
    size = sum(len(batch.lines) for batch in batches)
    if not connection.execute(sql, (batches[-1].last + 1, status, size, trace, batches[0].first)).rowcount:
        return False
    sql = "INSERT INTO batches (trace, first, last, lines) VALUES (?, ?, ?, ?)"
    connection.executemany(sql, [(trace, batch.first, batch.last, batch.lines) for batch in batches])
    return True


def finish(connection: sqlite3.Connection, trace: int, ending: Ending) -> bool:
    """Whether the trace had not ended; it has now, and nobody else will share it."""
    row = connection.execute(f"SELECT events, seed FROM traces WHERE number = ? AND {UNFINISHED}", (trace,)).fetchone()
    if row is None:
        return False
    connection.execute("UPDATE traces SET key = NULL WHERE number = ?", (trace,))
    return add(connection, trace, [ending.events(row[0], int(row[1]))], ending.status)


def part_from(connection: sqlite3.Connection, run: str, trace: int) -> int:
    """The number of a new trace that is the run's alone and holds what its shared one held so far."""
    columns = "source, seed, status, events, bytes, used"
    sql = f"INSERT INTO traces ({columns}) SELECT {columns} FROM traces WHERE number = ?"
    own = connection.execute(sql, (trace,)).lastrowid
    assert own is not None
    sql = "INSERT INTO batches (trace, first, last, lines) SELECT ?, first, last, lines FROM batches WHERE trace = ?"
    connection.execute(sql, (own, trace))
    connection.execute("UPDATE runs SET trace = ? WHERE id = ?", (own, run))
    return own
