"""Who waits for news of which trace, in this process."""

import asyncio
import contextlib
from collections.abc import Iterator

EXPECTED = 1000


class Watches:
    """Events by trace, set when there is news."""

    def __init__(self) -> None:
        self.by_trace: dict[str, set[asyncio.Event]] = {}
        self.expected: dict[str, None] = {}

    def expect(self, trace: str) -> None:
        """There is nothing to read of the trace yet, and `tell` will be called when there is: whoever watches it then need not look first.

        Of those whom nobody watches the newest are remembered.
        """
        self.expected[trace] = None
        if len(self.expected) > EXPECTED:
            del self.expected[next(iter(self.expected))]

    @contextlib.contextmanager
    def watch(self, trace: str) -> Iterator[asyncio.Event]:
        """An event that is set at every `tell` of the trace, and from the beginning where there may be something to read already."""
        changed = asyncio.Event()
        if trace in self.expected:
            del self.expected[trace]
        else:
            changed.set()
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
        self.expected.pop(trace, None)
        for changed in self.by_trace.get(trace, ()):
            changed.set()

    def tell_all(self) -> None:
        """Everyone looks again."""
        self.expected.clear()
        for trace in self.by_trace:
            self.tell(trace)
