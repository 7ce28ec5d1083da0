"""No more programs run than there are lanes: the short ones, then the long. Other long ones are stopped, and their clocks with them."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Protocol

REST_SECONDS = 0.01
"""So long a lane is free before a long one goes on: mostly the next short one comes sooner."""


class Stoppable(Protocol):
    """What is at a program and can be stopped in the middle of it."""

    def stop(self) -> bool:
        """False where the system knows of no such thing; it goes on then."""

    def go_on(self) -> None: ...


class Precedence:
    """Which of the programs that are at work make way for the others, in a host with so many `lanes`."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.busy = 0
        self.long: dict[Stoppable, asyncio.Timeout] = {}
        """The long ones and their clocks, in the order in which they go on."""
        self.stopped: dict[Stoppable, float] = {}
        """Seconds that are left to those that are stopped."""
        self.rest: asyncio.TimerHandle | None = None

    @contextlib.contextmanager
    def short(self) -> Iterator[None]:
        """A lane is busy with a program that is not known to be long."""
        self.busy += 1
        self.make_way()
        try:
            yield
        finally:
            self.busy -= 1
            self.go_on_soon()

    @contextlib.contextmanager
    def known(self, worker: Stoppable, clock: asyncio.Timeout, after: float) -> Iterator[None]:
        """A program is at work there; it makes way from now on if it is not done `after` so many seconds."""
        loop = asyncio.get_running_loop()

        def lasts() -> None:
            self.long[worker] = clock
            self.make_way()

        waiting = loop.call_later(after, lasts)
        try:
            yield
        finally:
            waiting.cancel()
            self.release(worker)
            self.long.pop(worker, None)
            self.go_on_soon()

    @property
    def room(self) -> int:
        """How many long ones may run."""
        return max(self.lanes - self.busy, 0)

    def make_way(self) -> None:
        """Those for which there is no room are stopped."""
        if self.rest is not None and not self.room:
            self.rest.cancel()
            self.rest = None
        for worker, clock in list(self.long.items())[self.room :]:
            until = clock.when()
            if worker not in self.stopped and until is not None and not clock.expired() and worker.stop():
                self.stopped[worker] = until - asyncio.get_running_loop().time()
                clock.reschedule(None)

    def go_on_soon(self) -> None:
        if self.stopped and self.rest is None:
            self.rest = asyncio.get_running_loop().call_later(REST_SECONDS, self.go_on)

    def go_on(self) -> None:
        """Those for which there is room are not stopped any more."""
        self.rest = None
        for worker in list(self.long)[: self.room]:
            self.release(worker)

    def release(self, worker: Stoppable) -> None:
        """The worker is not stopped, or not any more."""
        left = self.stopped.pop(worker, None)
        if left is not None:
            worker.go_on()
            self.long[worker].reschedule(asyncio.get_running_loop().time() + left)
