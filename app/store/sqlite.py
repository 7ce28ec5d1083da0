"""The store in one SQLite file: a single writing thread that commits in groups, and readers beside it."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.store import Batch, Status, StoredRun, StoreUnavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, seed TEXT NOT NULL,
    status TEXT NOT NULL, events INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_unfinished ON runs (status) WHERE status IN ('queued', 'running');
CREATE TABLE IF NOT EXISTS batches (
    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE, last INTEGER NOT NULL, first INTEGER NOT NULL,
    lines BLOB NOT NULL, UNIQUE (run, last)
);
"""
SWEEP_EVERY = 100
READERS = 2

T = TypeVar("T")
Statement = tuple[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Write:
    """Statements to be committed together, and how to say that they were."""

    statements: tuple[Statement, ...]
    done: Callable[[sqlite3.Error | None], None]


class SqliteStore:
    """A `Store` in the file `path`; runs older than `keep_days` go, and the oldest while all exceed `keep_bytes`.

    `now` gives the time in seconds. Raises StoreUnavailable where the file cannot be opened.
    """

    def __init__(self, path: Path, *, keep_days: float, keep_bytes: int, now: Callable[[], float]) -> None:
        self.path = path
        self.keep_seconds = keep_days * 86400
        self.keep_bytes = keep_bytes
        self.now = now
        self.writes: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self.local = threading.local()
        self.opened: list[sqlite3.Connection] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(self.connect()) as connection:
                connection.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(f"The store {path} cannot be opened: {error}") from error
        self.readers = ThreadPoolExecutor(READERS, "store-reader")
        self.writer = threading.Thread(target=self.write_all, name="store-writer", daemon=True)
        self.writer.start()

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=5.0, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def write_all(self) -> None:
        connection = self.connect()
        since_sweep = SWEEP_EVERY
        while (write := self.writes.get()) is not None:
            group = [write]
            closing = False
            with contextlib.suppress(queue.Empty):
                while len(group) < 200:
                    following = self.writes.get_nowait()
                    if following is None:
                        closing = True
                        break
                    group.append(following)
            self.commit(connection, group)
            since_sweep += len(group)
            if since_sweep >= SWEEP_EVERY:
                since_sweep = 0
                self.sweep(connection)
            if closing:
                break
        connection.close()

    def commit(self, connection: sqlite3.Connection, group: list[Write]) -> None:
        """The group is committed as one; where that fails each is tried alone, so that one bad write fails alone."""
        error = self.attempt(connection, group)
        if error is None or len(group) == 1:
            for write in group:
                write.done(error)
            return
        for write in group:
            write.done(self.attempt(connection, [write]))

    def attempt(self, connection: sqlite3.Connection, group: list[Write]) -> sqlite3.Error | None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for write in group:
                for sql, values in write.statements:
                    connection.execute(sql, values)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            return error
        return None

    def sweep(self, connection: sqlite3.Connection) -> None:
        finished = "status NOT IN ('queued', 'running')"
        with contextlib.suppress(sqlite3.Error):
            connection.execute(f"DELETE FROM runs WHERE {finished} AND created < ?", (self.now() - self.keep_seconds,))
            connection.execute(
                f"""DELETE FROM runs WHERE {finished} AND number IN (
                    SELECT number FROM (SELECT number, SUM(bytes + LENGTH(source)) OVER (ORDER BY number DESC) AS held FROM runs)
                    WHERE held > ?)""",
                (self.keep_bytes,),
            )

    async def write(self, *statements: Statement) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def settle(error: sqlite3.Error | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(StoreUnavailable(str(error)))

        def done(error: sqlite3.Error | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop may have been closed meanwhile
                loop.call_soon_threadsafe(settle, error)

        self.writes.put(Write(statements, done))
        await future

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        def answer() -> T:
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = self.connect()
                self.opened.append(connection)
            return question(connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self.readers, answer)
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error

    async def create(self, run: StoredRun) -> None:
        await self.write(
            (
                "INSERT INTO runs (id, source, seed, status, created) VALUES (?, ?, ?, ?, ?)",
                (run.id, run.source, str(run.seed), run.status, self.now()),
            )
        )

    async def append(self, run: str, batch: Batch, status: Status) -> None:
        await self.write(
            (
                "INSERT INTO batches (run, first, last, lines) SELECT number, ?, ?, ? FROM runs WHERE id = ?",
                (batch.first, batch.last, batch.lines, run),
            ),
            (
                "UPDATE runs SET events = ?, status = ?, bytes = bytes + ? WHERE id = ?",
                (batch.last + 1, status, len(batch.lines), run),
            ),
        )

    async def set_status(self, run: str, status: Status) -> None:
        await self.write(("UPDATE runs SET status = ? WHERE id = ?", (status, run)))

    async def get(self, run: str) -> StoredRun | None:
        sql = "SELECT id, source, seed, status, events FROM runs WHERE id = ?"
        row = await self.ask(lambda connection: connection.execute(sql, (run,)).fetchone())
        return None if row is None else StoredRun(row[0], row[1], int(row[2]), row[3], row[4])

    async def read(self, run: str, after: int, *, size: int = 1 << 18) -> list[Batch]:
        sql = """SELECT first, last, lines FROM batches
                 WHERE run = (SELECT number FROM runs WHERE id = ?) AND last > ? ORDER BY last"""

        def question(connection: sqlite3.Connection) -> list[Batch]:
            batches: list[Batch] = []
            taken = 0
            with contextlib.closing(connection.execute(sql, (run, after))) as rows:
                for first, last, lines in rows:
                    batches.append(Batch(first, last, lines).after(after))
                    taken += len(lines)
                    if taken >= size:
                        break
            return batches

        return await self.ask(question)

    async def unfinished(self) -> list[StoredRun]:
        sql = "SELECT id, source, seed, status, events FROM runs WHERE status IN ('queued', 'running')"
        rows = await self.ask(lambda connection: connection.execute(sql).fetchall())
        return [StoredRun(row[0], row[1], int(row[2]), row[3], row[4]) for row in rows]

    async def close(self) -> None:
        self.writes.put(None)
        await asyncio.to_thread(self.writer.join)
        self.readers.shutdown()
        for connection in self.opened:
            connection.close()
