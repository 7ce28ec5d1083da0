"""The store: runs and their prepared lines. The trace is the truth; a stream is a cursor over it."""

from dataclasses import dataclass
from typing import Literal, Protocol, get_args

Status = Literal["queued", "running", "finished", "failed", "limited", "stopped"]
STATUSES: frozenset[str] = frozenset(get_args(Status))
TERMINAL: frozenset[str] = STATUSES - {"queued", "running"}


class StoreUnavailable(Exception):
    """The store could not keep or give what was asked, now."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events `first` to `last` of one run as JSON lines, parted by newlines, without one at the end."""

    first: int
    last: int
    lines: bytes

    def after(self, seq: int) -> "Batch":
        """What of this batch comes after event `seq`."""
        if seq < self.first:
            return self
        kept = self.lines.split(b"\n")[seq + 1 - self.first :]
        return Batch(seq + 1, self.last, b"\n".join(kept))


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What is known of a run; `events` counts those kept so far."""

    id: str
    source: str
    seed: int
    status: Status
    events: int


class Store(Protocol):
    """Keeps runs. Every method may raise `StoreUnavailable`."""

    async def create(self, run: StoredRun) -> None:
        """The run is known from now on, with no events."""

    async def append(self, run: str, batch: Batch, status: Status) -> None:
        """The batch is kept and the run has this status; batches come in order, without a gap."""

    async def set_status(self, run: str, status: Status) -> None:
        """The run has this status."""

    async def get(self, run: str) -> StoredRun | None:
        """The run, or None where it is unknown or has been given up."""

    async def read(self, run: str, after: int, *, size: int = 1 << 18) -> list[Batch]:
        """Batches in order that begin with event `after` + 1: at least one where there is one, then up to about `size` bytes."""

    async def unfinished(self) -> list[StoredRun]:
        """Runs that have not come to an end."""

    async def close(self) -> None:
        """Everything given is kept."""
