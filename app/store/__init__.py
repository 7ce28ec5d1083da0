"""Where runs are kept and wait for their turn: one interface, whatever is behind it.

A run is a person's; a trace is a program's. Runs of the same program share one trace, which is made once: the trace is the truth, and a
stream is a cursor over it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

from app.programs import Program

Status = Literal["queued", "running", "finished", "failed", "limited", "stopped"]
STATUSES: frozenset[str] = frozenset(get_args(Status))
TERMINAL: frozenset[str] = STATUSES - {"queued", "running"}
EVENTS = 50
"""So many events are in a batch at most."""


class StoreUnavailable(Exception):
    """The store could not keep or give what was asked, now: `code` is stable, `reason` a sentence for anyone."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Lost(Exception):
    """The trace has ended, or another host goes on with it: what this one still has to say is not wanted."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events `first` to `last` of one trace as JSON lines, parted by newlines, without one at the end."""

    first: int
    last: int
    lines: bytes

    def after(self, seq: int) -> "Batch":
        """What of this batch comes after event `seq`."""
        if seq < self.first:
            return self
        kept = self.lines.split(b"\n")[seq + 1 - self.first :]
        return Batch(seq + 1, self.last, b"\n".join(kept))


def joined(batches: Sequence[Batch]) -> list[Batch]:
    """The same events in fewer batches: those that follow each other are one, up to `EVENTS`."""
    made: list[Batch] = []
    for batch in batches:
        if made and batch.last - made[-1].first < EVENTS:
            batch = Batch(made[-1].first, batch.last, made.pop().lines + b"\n" + batch.lines)
        made.append(batch)
    return made


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What is known of a run; `events` counts those kept so far of its `trace`."""

    id: str
    program: Program
    status: Status
    events: int
    trace: str

    @property
    def ended(self) -> bool:
        """Whether the last event is in the store."""
        return self.status in TERMINAL


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a trace; `ended` where no event comes after it, `more` where there may be some already."""

    batches: list[Batch]
    ended: bool
    more: bool = False


def part_of(batches: list[Batch], after: int, status: str, events: int) -> Part:
    """The part after event `after` of a trace of this status that holds so many events."""
    left = (batches[-1].last if batches else after) < events - 1
    return Part(batches, status in TERMINAL and not left, bool(batches) and left)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a trace ends whose worker cannot say so: `events(following, seed)` are its last events, from seq `following` on."""

    status: Status
    events: Callable[[int, int], Batch]


@dataclass(eq=False, slots=True)
class Job:
    """A trace to be made, in the hands of one host. `kept` counts the events that an earlier host has kept already."""

    trace: str
    program: Program
    client: str
    kept: int = 0
    attempt: int = 1
    place: str = ""
    """Where the job stands in a shared queue."""
    since: float = field(default_factory=time.monotonic)
    """When it began to wait, by a clock that only goes forward."""
    waited: float = 0.0
    """Seconds for which it waited for its turn."""
    long: bool = False
    """Whether it is a long one: at first, whether its client's last one was; then, what turns out."""
    spent: float = 0.0
    """Seconds of a processor's time that it has had."""
    stopped: bool = False
    kill: Callable[[], None] = field(default=lambda: None)
    """Ends the work on it at once; the store calls it when the trace has ended without this host."""

    def stop(self) -> None:
        """Nobody wants the trace any more."""
        self.stopped = True
        self.kill()


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is to do: jobs that wait, jobs at work, and hosts that work on them, where the store knows."""

    waiting: int
    running: int
    hosts: int | None = None


class Store(Protocol):
    """Keeps runs and hands out jobs. Every method but `watch` and `wake` may raise `StoreUnavailable`."""

    @property
    def trouble(self) -> StoreUnavailable | None:
        """Why the last write failed; None where it did not."""

    async def open(self, interrupted: Ending) -> None:
        """The store is ready; traces that nobody can go on with have ended so."""

    async def create(self, run: str, program: Program, client: str) -> StoredRun:
        """The run is known from now on, with a trace that it shares, or a new one that waits for its turn. Raises `Full`.

        Asked again, it changes nothing, and gives the run as it stands. Of a new one `status` and `events` are as of a trace that waits.
        """

    async def get(self, run: str) -> StoredRun | None:
        """The run, or None where it is unknown or has been given up."""

    async def read(self, run: str, after: int, *, size: int = 1 << 18) -> Part:
        """Batches in order that begin with event `after` + 1: at least one where there is one, then up to about `size` bytes."""

    def watch(self, trace: str) -> AbstractContextManager[asyncio.Event]:
        """An event that is set when there may be more to read of the trace than there was when it was last read, if it was."""

    def wake(self) -> None:
        """Everyone who watches looks again."""

    async def stop(self, run: StoredRun, ending: Ending) -> None:
        """The run has ended, so where it had not ended before. Others who share its trace see it go on."""

    async def take(self, host: str) -> Job:
        """The next job, as soon as there is one; each client has its turn."""

    async def append(self, job: Job, batches: Sequence[Batch], status: Status) -> None:
        """The batches are kept and the trace has this status; they come in order, without a gap. Raises `Lost`."""

    async def end(self, job: Job, ending: Ending) -> None:
        """The trace has ended, so where it had not ended before; it is shared no further. Raises `Lost`."""

    async def let_go(self, job: Job, ending: Ending) -> None:
        """The job is another host's to go on with; where there is none, it ends so, as soon as the store can keep that."""

    async def beat(self, host: str, lanes: int) -> None:
        """The host lives and does so many jobs at a time; its jobs are not given to others for a while."""

    async def load(self) -> Load:
        """How much there is to do."""

    async def probe(self) -> None:
        """Something small has been written: `trouble` is none."""

    async def close(self, host: str) -> None:
        """Everything given is kept."""
