"""Which programs make way, and what becomes of their clocks."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from app import host, precedence
from app.precedence import Precedence
from app.workers import Worker
from benchmarks.processes import stat
from tests.app.conftest import Serving
from tests.app.test_workers import SLOW, SMALL

pytestmark = pytest.mark.anyio


class Traveller:
    """Someone who goes until told to stop."""

    going = True

    def stop(self) -> bool:
        assert self.going
        self.going = False
        return True

    def go_on(self) -> None:
        assert not self.going
        self.going = True


@asynccontextmanager
async def underway(rule: Precedence, worker: Traveller) -> AsyncIterator[asyncio.Timeout]:
    """A program that is known to be long is at work there; the clock that bounds it."""
    async with asyncio.timeout(100) as clock:
        with rule.known(worker, clock, after=0):
            while worker not in rule.long:
                await asyncio.sleep(0)
            yield clock


async def test_a_long_program_rests_while_every_lane_is_busy_with_a_short_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(precedence, "REST_SECONDS", 0.0)
    rule, worker = Precedence(lanes=2), Traveller()
    async with underway(rule, worker) as clock:
        with rule.short():
            assert worker.going
            with rule.short():
                assert not worker.going and clock.when() is None
            assert not worker.going
            while not worker.going:  # a lane is free
                await asyncio.sleep(0)
            assert clock.when() is not None
            with rule.short():
                assert not worker.going
    assert worker.going and clock.when() is not None, "whoever has ended is stopped no longer"
    assert not rule.long and not rule.stopped


class Runner(Traveller):
    """Someone whom no one can stop."""

    def stop(self) -> bool:
        return False


async def test_the_clock_of_a_program_that_cannot_be_stopped_goes_on():
    rule, worker = Precedence(lanes=1), Runner()
    async with underway(rule, worker) as clock:
        with rule.short():
            assert worker.going and clock.when() is not None and not rule.stopped


async def test_one_lane_that_is_always_busy_holds_up_no_long_program(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(precedence, "REST_SECONDS", 0.0)
    rule, worker = Precedence(lanes=2), Traveller()
    async with underway(rule, worker):
        with rule.short(), rule.short():
            assert not worker.going
        with rule.short():
            while not worker.going:
                await asyncio.sleep(0)


async def test_no_more_long_programs_run_than_there_are_lanes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(precedence, "REST_SECONDS", 0.0)
    rule, first, second, third = Precedence(lanes=2), Traveller(), Traveller(), Traveller()
    async with underway(rule, second), underway(rule, third), underway(rule, first) as clock:
        assert not first.going and clock.when() is None
        with rule.short():
            assert [second.going, third.going] == [True, False]
        while not third.going:
            await asyncio.sleep(0)
        assert not first.going
    assert first.going and second.going and third.going


async def test_a_long_program_goes_on_when_the_one_before_it_has_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(precedence, "REST_SECONDS", 0.0)
    rule, first, second = Precedence(lanes=1), Traveller(), Traveller()
    async with AsyncExitStack() as later:
        async with underway(rule, first):
            await later.enter_async_context(underway(rule, second))
            assert [first.going, second.going] == [True, False]
        while not second.going:
            await asyncio.sleep(0)


async def test_one_that_turns_out_long_while_all_lanes_are_busy_rests_at_once():
    rule, worker = Precedence(lanes=1), Traveller()
    async with asyncio.timeout(100) as clock:
        with rule.short(), rule.known(worker, clock, after=0):
            while worker.going:
                await asyncio.sleep(0)
            assert worker in rule.stopped


@pytest.mark.skipif(sys.platform != "linux", reason="whether a process is stopped is read in /proc")
async def test_a_stopped_program_goes_on_and_ends(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(host, "ASIDE_SECONDS", 0.0)
    async with serving(workers=1, spares=1) as service, asyncio.timeout(60):
        while service.host.pool.ready < 2:
            await asyncio.sleep(0)
        rule = service.host.precedence
        long = asyncio.ensure_future(service.run(SLOW.replace("2000", "50")))
        while not rule.long:
            await asyncio.sleep(0)
        (worker,) = rule.long
        assert isinstance(worker, Worker) and worker.process.pid is not None
        with rule.short():
            while stat(worker.process.pid)[0] != "T":
                await asyncio.sleep(0)
            assert not long.done()
        assert (await long).status == "finished"
        assert (await service.run(SMALL)).status == "finished"
