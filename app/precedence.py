"""Short programs go first: while every lane is busy with one, those that last long are stopped, and their clocks with them."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Protocol

REST_SECONDS = 0.01
"""So long a lane is free before the long ones go on: mostly its next program comes sooner."""


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
        self.stopped: dict[Stoppable, float] = {}
        """Seconds that are left to those that are stopped."""
        self.rest: asyncio.TimerHandle | None = None

    @contextlib.contextmanager
    def short(self) -> Iterator[None]:
        """A lane is busy with a program that is not known to be long."""
        self.busy += 1
        self.stop()
        try:
            yield
        finally:
            self.busy -= 1
            if self.stopped and self.rest is None:
                self.rest = asyncio.get_running_loop().call_later(REST_SECONDS, self.go_on)

    @contextlib.contextmanager
    def known(self, worker: Stoppable, clock: asyncio.Timeout, after: float) -> Iterator[None]:
        """A program is at work there; it makes way from now on if it is not done `after` so many seconds."""
        loop = asyncio.get_running_loop()

        def lasts() -> None:
            self.long[worker] = clock
            self.stop()

        waiting = loop.call_later(after, lasts)
        try:
            yield
        finally:
            waiting.cancel()
            self.release(worker)
            self.long.pop(worker, None)

    def stop(self) -> None:
        """Where no lane is free for a short one, no long one runs."""
        if self.busy < self.lanes:
            return
        if self.rest is not None:
            self.rest.cancel()
            self.rest = None
        for worker, clock in self.long.items():
            until = clock.when()
            if worker not in self.stopped and until is not None and not clock.expired() and worker.stop():
                self.stopped[worker] = until - asyncio.get_running_loop().time()
                clock.reschedule(None)

    def go_on(self) -> None:
        self.rest = None
        for worker in list(self.stopped):
            self.release(worker)

    def release(self, worker: Stoppable) -> None:
        """The worker is not stopped, or not any more."""
        left = self.stopped.pop(worker, None)
        if left is not None:
            worker.go_on()
            self.long[worker].reschedule(asyncio.get_running_loop().time() + left)
