"""How long a program may last."""

import asyncio
from collections.abc import Callable

TICK_SECONDS = 0.25
"""A server that was stopped itself has counted no more than this when it goes on: its programs were ready long ago, and it had only not heard."""


class Clock:
    """Calls `end` once it has gone for so many `seconds`; it goes from the beginning."""

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self.left = seconds
        self.end = end
        self.loop = asyncio.get_running_loop()
        self.since = self.step = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.go_on()

    @property
    def going(self) -> bool:
        return self.timer is not None

    @property
    def over(self) -> bool:
        return self.left <= 0

    def go_on(self) -> None:
        self.since, self.step = self.loop.time(), min(self.left, TICK_SECONDS)
        self.timer = self.loop.call_later(self.step, self.tick)

    def stop(self) -> None:
        """It stands until it is told to `go_on`."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
            self.left -= min(self.loop.time() - self.since, self.step)

    def tick(self) -> None:
        self.stop()
        if self.over:
            self.end()
        else:
            self.go_on()
