"""What was kept lately, in memory: most readers follow a run while it is made and need not ask the file."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.programs import Program
from app.store import Batch, Part, Status, StoredRun, part_of

BYTES = 32 << 20


@dataclass(slots=True)
class Trace:
    """A trace whose every kept event is here."""

    name: str
    program: Program
    status: Status = "queued"
    batches: list[Batch] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)
    bytes: int = 1000
    runs: list[str] = field(default_factory=list)

    @property
    def events(self) -> int:
        return self.lasts[-1] + 1 if self.lasts else 0


class Recent:
    """The newest traces, whole, up to about `BYTES`; what is not here is in the file."""

    def __init__(self) -> None:
        self.traces: OrderedDict[str, Trace] = OrderedDict()
        self.by_run: dict[str, Trace] = {}
        self.bytes = 0

    def add(self, run: str, trace: str, program: Program) -> None:
        """A new trace has begun, asked for by this run."""
        made = Trace(trace, program)
        self.traces[trace] = made
        self.bytes += made.bytes
        self.join(run, trace)
        while self.bytes > BYTES:
            self.forget(next(iter(self.traces)))

    def join(self, run: str, trace: str) -> None:
        """The run shares the trace."""
        found = self.traces.get(trace)
        if found is not None and run not in self.by_run:  # whoever heard no answer asks again
            found.runs.append(run)
            self.by_run[run] = found

    def extend(self, trace: str, batches: Sequence[Batch], status: Status) -> None:
        """These batches are kept, too."""
        found = self.traces.get(trace)
        if found is None:
            return
        found.status = status
        found.batches.extend(batches)
        found.lasts.extend(batch.last for batch in batches)
        size = sum(len(batch.lines) + 200 for batch in batches)
        found.bytes += size
        self.bytes += size

    def forget(self, trace: str) -> None:
        """The file knows better."""
        found = self.traces.pop(trace, None)
        if found is not None:
            self.bytes -= found.bytes
            for run in found.runs:
                del self.by_run[run]

    def get(self, run: str) -> StoredRun | None:
        """The run, if it is here."""
        found = self.by_run.get(run)
        return None if found is None else StoredRun(run, found.program, found.status, found.events, found.name)

    def read(self, run: str, after: int, size: int) -> Part | None:
        """A part of the run's trace, if it is here."""
        found = self.by_run.get(run)
        if found is None:
            return None
        batches: list[Batch] = []
        for place in range(bisect_right(found.lasts, after), len(found.batches)):
            batches.append(found.batches[place].after(after))
            size -= len(batches[-1].lines)
            if size <= 0:
                break
        return part_of(batches, after, found.status, found.events)
