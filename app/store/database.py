"""One SQLite file: a single writing thread that commits in groups, and readers beside it."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from app.store import StoreUnavailable

READERS = 2
GROUP = 200
REASONS = {
    sqlite3.SQLITE_FULL: ("disk-full", "the disk is full"),
    sqlite3.SQLITE_IOERR: ("disk-failed", "the disk does not take or give what is asked"),
    sqlite3.SQLITE_BUSY: ("store-locked", "another program holds the store's file"),
    sqlite3.SQLITE_LOCKED: ("store-locked", "another program holds the store's file"),
    sqlite3.SQLITE_READONLY: ("store-read-only", "the store's file may not be written"),
    sqlite3.SQLITE_CANTOPEN: ("store-not-opened", "the store's file cannot be opened"),
    sqlite3.SQLITE_CORRUPT: ("store-damaged", "the store's file is damaged"),
    sqlite3.SQLITE_NOTADB: ("store-damaged", "the store's file is no store"),
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Write:
    """What is to be written in one transaction with others, and how to say what came of it."""

    action: Callable[[sqlite3.Connection], Any]
    done: Callable[[Any, sqlite3.Error | None], None]


class Database:
    """The file `path` with the tables of `schema`; `idle(connection)` is called in the writing thread after each group.

    A file of another `version` loses its tables. Raises StoreUnavailable where the file cannot be opened.
    """

    def __init__(self, path: Path, schema: str, version: int, after: Callable[[sqlite3.Connection], None]) -> None:
        self.path = path
        self.after = after
        self.trouble: StoreUnavailable | None = None
        self.writes: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self.local = threading.local()
        self.opened: list[sqlite3.Connection] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(self.connect()) as connection:
                prepare(connection, schema, version)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable("store-not-opened", f"The store {path} cannot be opened: {error}") from error
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
        closing = False
        while not closing and (write := self.writes.get()) is not None:
            group = [write]
            with contextlib.suppress(queue.Empty):
                while len(group) < GROUP:
                    following = self.writes.get_nowait()
                    if following is None:
                        closing = True
                        break
                    group.append(following)
            self.commit(connection, group)
            self.after(connection)
        connection.close()

    def commit(self, connection: sqlite3.Connection, group: list[Write]) -> None:
        """The group is committed as one; where that fails each is tried alone, so that one bad write fails alone."""
        answers, error = attempt(connection, group)
        if error is not None and len(group) > 1:
            for write in group:
                self.commit(connection, [write])
            return
        for write, answer in zip(group, answers, strict=True):
            write.done(answer, error)

    async def write(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """What `action` gives, once it is committed; it may be called twice, and nothing of a call that failed is kept."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(answer: T, error: sqlite3.Error | None) -> None:
            self.trouble = None if error is None else unavailable(error)
            if future.done():
                return
            if self.trouble is None:
                future.set_result(answer)
            else:
                future.set_exception(self.trouble)

        def done(answer: T, error: sqlite3.Error | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop may have been closed meanwhile
                loop.call_soon_threadsafe(settle, answer, error)

        self.writes.put(Write(action, done))
        return await future

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """What `question` reads."""

        def answer() -> T:
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = self.connect()
                self.opened.append(connection)
            return question(connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self.readers, answer)
        except sqlite3.Error as error:
            raise unavailable(error) from error

    async def close(self) -> None:
        """Everything given is committed."""
        self.writes.put(None)
        await asyncio.to_thread(self.writer.join)
        self.readers.shutdown()
        for connection in self.opened:
            connection.close()


def prepare(connection: sqlite3.Connection, schema: str, version: int) -> None:
    """The tables are there."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != version:
        connection.execute("PRAGMA foreign_keys = OFF")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in tables:
            connection.execute(f'DROP TABLE "{name}"')
        connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(f"{schema}; PRAGMA user_version = {version};")


def attempt(connection: sqlite3.Connection, group: list[Write]) -> tuple[list[Any], sqlite3.Error | None]:
    """What each action of the group gave, committed; or why nothing of it was."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        answers = [write.action(connection) for write in group]
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        return [None] * len(group), error
    return answers, None


def unavailable(error: sqlite3.Error) -> StoreUnavailable:
    """What the error means for whoever wanted to keep something."""
    number = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    code, reason = REASONS.get(number & 0xFF, ("store-failed", "the store failed"))
    return StoreUnavailable(code, reason)
