"""What counts as time that a program has lasted."""

import asyncio
import heapq
from collections.abc import Callable

import pytest

from app.clock import TICK_SECONDS, Clock


class Loop:
    """A loop whose time is told; it wakes up late where the server was stopped meanwhile."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, int, asyncio.TimerHandle, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(self.now + delay, call, (), self)  # type: ignore[arg-type]
        heapq.heappush(self.timers, (self.now + delay, id(handle), handle, call))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None: ...

    def get_debug(self) -> bool:
        return False

    def go(self, until: float) -> None:
        """Time passes, and every timer is told when it is due."""
        while self.timers and self.timers[0][0] <= until:
            due, _, handle, call = heapq.heappop(self.timers)
            self.now = max(self.now, due)
            if not handle.cancelled():
                call()
        self.now = max(self.now, until)


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    made = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: made)
    return made


def ended(loop: Loop, seconds: float) -> tuple[Clock, list[float]]:
    """A clock, and when it has ended."""
    at: list[float] = []
    return Clock(seconds, lambda: at.append(loop.now)), at


@pytest.mark.parametrize("seconds", [0.125, TICK_SECONDS, 1.0, 2.125])
def test_a_clock_ends_once_and_on_time(loop: Loop, seconds: float):
    clock, at = ended(loop, seconds)
    loop.go(seconds - 0.0625)
    assert not clock.over and not at
    loop.go(10)
    assert clock.over and at == [seconds] and not clock.going


def test_a_clock_that_stands_counts_nothing(loop: Loop):
    clock, at = ended(loop, 1.0)
    for stands, goes in ((0.375, 5.0), (5.25, 9.0)):
        loop.go(stands)
        clock.stop()
        clock.stop()
        assert not clock.going
        loop.go(goes)
        clock.go_on()
    assert not clock.over
    loop.go(20)
    assert at == [9.375]


def test_while_the_server_was_stopped_hardly_any_time_has_passed(loop: Loop):
    clock, at = ended(loop, 2.0)
    loop.go(0.75)
    loop.now = 60.0  # nothing was heard until now
    loop.go(60.0)
    assert not clock.over and clock.left == 2.0 - 0.75 - TICK_SECONDS
    loop.go(100)
    assert at == [61.0]
