"""No more programs run than there are lanes: the short ones, then the long. Other long ones are stopped, and their clocks with them."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

from app.clock import Clock

LONG_SECONDS = 0.03
"""A program is a long one once it has spent so much of a processor's time: several times what a lesson takes. How long it lasted would not
tell, for on a busy machine all last long."""
SOON_SECONDS = 0.002
REST_SECONDS = 0.05
"""So long no short one was there when long ones go on: while they come, whoever passes them on needs a processor, too."""
LEND_SECONDS, LENT_SECONDS = 1.0, 0.02
"""Where there is never room a long one goes on nevertheless, each second for so long."""


def is_long(seconds: float) -> bool:
    """Whether a program is a long one that has had so much of a processor's time."""
    return seconds >= LONG_SECONDS


class Stoppable(Protocol):
    """What is at a program and can be stopped in the middle of it."""

    @property
    def spent(self) -> float:
        """Seconds of a processor's time that the program has had."""

    def stop(self) -> bool:
        """False where the system knows of no such thing; it goes on then."""

    def go_on(self) -> None: ...


class Precedence:
    """Which of the programs that are at work make way for the others, in a host with so many `lanes`."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.short: set[Stoppable] = set()
        self.short_at = 0.0
        """When the last short one has ended."""
        self.long: dict[Stoppable, Clock] = {}
        """The long ones and their clocks."""
        self.expected: set[Stoppable] = set()
        """Those that were known as long from their beginning: they go on after the others, some of which are all but done."""
        self.stopped: set[Stoppable] = set()
        self.rest: asyncio.TimerHandle | None = None
        self.lending: asyncio.TimerHandle | None = None
        self.lent = 0

    @contextlib.contextmanager
    def at_work(self, worker: Stoppable, clock: Clock, *, long: bool, makes_way: Callable[[], None]) -> Iterator[None]:
        """A program is at work there, a `long` one or one that may turn out as such: `makes_way` is called once it is."""
        loop = asyncio.get_running_loop()
        looking: asyncio.TimerHandle | None = None

        def look() -> None:
            nonlocal looking
            left = 0.0 if long else LONG_SECONDS - worker.spent
            if left > 0:
                looking = loop.call_later(max(left, SOON_SECONDS), look)
                return
            self.short.discard(worker)
            self.long[worker] = clock
            if long:
                self.expected.add(worker)
            makes_way()
            self.make_way()

        if not long:
            self.short.add(worker)
            self.make_way()
        look()
        try:
            yield
        finally:
            if looking is not None:
                looking.cancel()
            if worker in self.short:
                self.short.remove(worker)
                self.short_at = loop.time()
            self.release(worker)
            self.long.pop(worker, None)
            self.expected.discard(worker)
            self.go_on_soon()

    @property
    def order(self) -> list[Stoppable]:
        """The long ones in the order in which they go on."""
        return sorted(self.long, key=self.expected.__contains__)

    @property
    def room(self) -> int:
        """How many long ones may run: beside short ones one lane less than are free, for the server itself."""
        free = max(self.lanes - len(self.short) - 1, 0) if self.short else self.lanes
        return max(free, self.lent)

    def make_way(self) -> None:
        """Those for which there is no room are stopped."""
        if self.rest is not None and not self.room:
            self.rest.cancel()
            self.rest = None
        for worker in self.order[self.room :]:
            clock = self.long[worker]
            if worker not in self.stopped and not clock.over and worker.stop():
                self.stopped.add(worker)
                clock.stop()
        if self.stopped and self.lending is None:
            self.lending = asyncio.get_running_loop().call_later(LEND_SECONDS, self.lend)

    def lend(self) -> None:
        """The first long one has a lane that is not free, for a little while."""
        self.lent = 1
        self.go_on()
        self.lending = asyncio.get_running_loop().call_later(LENT_SECONDS, self.take_back)

    def take_back(self) -> None:
        self.lent, self.lending = 0, None
        self.make_way()

    def go_on_soon(self) -> None:
        if self.stopped and self.rest is None:
            self.rest = asyncio.get_running_loop().call_at(self.short_at + REST_SECONDS, self.go_on)

    def go_on(self) -> None:
        """Those for which there is room are not stopped any more."""
        if self.rest is not None:
            self.rest.cancel()
            self.rest = None
        for worker in self.order[: self.room]:
            self.release(worker)

    def release(self, worker: Stoppable) -> None:
        """The worker is not stopped, or not any more."""
        if worker in self.stopped:
            self.stopped.remove(worker)
            worker.go_on()
            self.long[worker].go_on()
