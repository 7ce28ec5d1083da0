"""Who waits for news of which trace, in this process."""

import asyncio
import contextlib
from collections.abc import Iterator


class Watches:
    """Events by trace, set when there is news."""

    def __init__(self) -> None:
        self.by_trace: dict[str, set[asyncio.Event]] = {}

    @contextlib.contextmanager
    def watch(self, trace: str) -> Iterator[asyncio.Event]:
        """An event that is set at every `tell` of the trace."""
        changed = asyncio.Event()
        self.by_trace.setdefault(trace, set()).add(changed)
        try:
            yield changed
        finally:
            watchers = self.by_trace[trace]
            watchers.discard(changed)
            if not watchers:
                del self.by_trace[trace]

    def tell(self, trace: str) -> None:
        """Everyone who watches the trace looks again."""
        for changed in self.by_trace.get(trace, ()):
            changed.set()

    def tell_all(self) -> None:
        """Everyone looks again."""
        for trace in self.by_trace:
            self.tell(trace)
