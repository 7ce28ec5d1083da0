"""Which programs make way, and what becomes of their clocks."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from app import precedence
from app.clock import Clock
from app.precedence import Precedence
from app.workers import Worker
from benchmarks.processes import stat
from tests.app.conftest import Serving
from tests.app.test_workers import SLOW, SMALL

pytestmark = pytest.mark.anyio


class Traveller:
    """Someone who goes until told to stop."""

    going = True
    spent = 0.0

    def stop(self) -> bool:
        assert self.going
        self.going = False
        return True

    def go_on(self) -> None:
        assert not self.going
        self.going = True


@asynccontextmanager
async def underway(rule: Precedence, worker: Traveller | None = None, *, long: bool = True) -> AsyncIterator[Clock]:
    """A program is at work there; the clock that bounds it."""
    clock = Clock(100, lambda: None)
    with rule.at_work(worker or Traveller(), clock, long=long, makes_way=lambda: None):
        yield clock
    clock.stop()


async def until(worker: Traveller, *, going: bool) -> None:
    async with asyncio.timeout(60):
        while worker.going != going:
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long ones go on as soon as they may, and not before."""
    monkeypatch.setattr(precedence, "REST_SECONDS", 0.0)
    monkeypatch.setattr(precedence, "LEND_SECONDS", 1000.0)


async def test_a_long_program_rests_while_a_short_one_is_at_work():
    rule, worker = Precedence(lanes=2), Traveller()
    async with underway(rule, worker) as clock:
        for _ in range(2):
            async with underway(rule, long=False):
                assert not worker.going and not clock.going
            assert not worker.going
            await until(worker, going=True)
            assert clock.going
        async with AsyncExitStack() as short:
            await short.enter_async_context(underway(rule, long=False))
    assert worker.going, "whoever has ended is stopped no longer"
    assert not rule.long and not rule.stopped and not rule.short


class Runner(Traveller):
    """Someone whom no one can stop."""

    def stop(self) -> bool:
        return False


async def test_the_clock_of_a_program_that_cannot_be_stopped_goes_on():
    rule, worker = Precedence(lanes=1), Runner()
    async with underway(rule, worker) as clock, underway(rule, long=False):
        assert worker.going and clock.going and not rule.stopped


async def test_beside_short_ones_one_lane_stays_free_for_the_server():
    rule, first, second = Precedence(lanes=4), Traveller(), Traveller()
    async with underway(rule, first), underway(rule, second):
        for short, going in ((1, [True, True]), (2, [True, False]), (3, [False, False]), (4, [False, False])):
            async with AsyncExitStack() as others:
                for _ in range(short):
                    await others.enter_async_context(underway(rule, long=False))
                assert [first.going, second.going] == going
            await until(second, going=True)


async def test_a_long_program_is_lent_a_lane_now_and_then(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(precedence, "LEND_SECONDS", 0.0)
    rule, first, second = Precedence(lanes=1), Traveller(), Traveller()
    async with underway(rule, first), underway(rule, second), underway(rule, long=False):
        assert not first.going
        for _ in range(3):
            await until(first, going=True)
            assert not second.going
            await until(first, going=False)
            async with underway(rule, long=False):
                assert not first.going


async def test_no_more_long_programs_run_than_there_are_lanes():
    rule, first, second, third = Precedence(lanes=2), Traveller(), Traveller(), Traveller()
    async with underway(rule, second), underway(rule, third), underway(rule, first) as clock:
        assert [second.going, third.going, first.going] == [True, True, False] and not clock.going
        async with underway(rule, long=False):
            assert not second.going
        await until(third, going=True)
        assert not first.going
    assert first.going and second.going and third.going


async def test_a_long_program_goes_on_when_the_one_before_it_has_ended():
    rule, first, second = Precedence(lanes=1), Traveller(), Traveller()
    async with AsyncExitStack() as later:
        async with underway(rule, first):
            await later.enter_async_context(underway(rule, second))
            assert [first.going, second.going] == [True, False]
        await until(second, going=True)


async def test_one_that_turns_out_long_goes_on_before_those_known_as_such(monkeypatch: pytest.MonkeyPatch):
    rule, known, other = Precedence(lanes=1), Traveller(), Traveller()
    async with underway(rule, known), underway(rule, long=False):
        monkeypatch.setattr(precedence, "LONG_SECONDS", 0.0)
        async with underway(rule, other, long=False):
            assert [known.going, other.going] == [False, False]
    assert rule.order == []
    async with underway(rule, known), underway(rule, other, long=False):
        assert rule.order == [other, known]
        assert [other.going, known.going] == [True, False]


async def test_a_program_turns_out_long_once_it_has_spent_much_of_a_processor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(precedence, "SOON_SECONDS", 0.0)
    monkeypatch.setattr(precedence, "LONG_SECONDS", 1e-6)
    rule, worker, told = Precedence(lanes=1), Traveller(), asyncio.Event()
    clock = Clock(100, lambda: None)
    with rule.at_work(worker, clock, long=False, makes_way=told.set):
        for _ in range(10):
            await asyncio.sleep(0)
        assert not told.is_set() and worker in rule.short
        worker.spent = 1e-6
        async with underway(rule, long=False):
            await told.wait()
            assert worker in rule.stopped and worker not in rule.short
    clock.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="whether a process is stopped is read in /proc")
async def test_a_stopped_program_goes_on_and_ends(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(precedence, "LONG_SECONDS", 0.0)
    async with serving(workers=1, spares=1) as service, asyncio.timeout(60):
        while service.host.pool.ready < 2:
            await asyncio.sleep(0)
        rule = service.host.precedence
        long = asyncio.ensure_future(service.run(SLOW.replace("2000", "50")))
        while not rule.long:
            await asyncio.sleep(0)
        (worker,) = rule.long
        assert isinstance(worker, Worker) and worker.process.pid is not None
        monkeypatch.setattr(precedence, "LONG_SECONDS", 60.0)
        async with underway(rule, long=False):
            while stat(worker.process.pid)[0] != "T":
                await asyncio.sleep(0)
            assert not long.done()
        assert (await long).status == "finished"
        assert (await service.run(SMALL)).status == "finished"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no long program is stopped, and these would end")
async def test_programs_that_last_long_make_way_for_others(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    """Also more of them than there are spare workers: others are started in their place."""
    monkeypatch.setattr(precedence, "LONG_SECONDS", 0.0)
    async with serving(workers=1, spares=1) as service, asyncio.timeout(60):
        pool, longs = service.host.pool, []
        async with underway(service.host.precedence, long=False):  # so that none of them goes on
            for number in range(1, 4):
                longs.append((await service.runs.create(f"{SLOW}# {number}", 0, f"client {number}")).id)
                while len(service.host.aside) < number:
                    await asyncio.sleep(0)
            monkeypatch.setattr(precedence, "LONG_SECONDS", 60.0)
            assert (await service.run(SMALL)).status == "finished"
            for long in longs:
                assert (await service.http.get(f"/api/runs/{long}")).json()["status"] == "running"
            assert pool.size == 4
            for long in longs:
                await service.http.delete(f"/api/runs/{long}")
        while service.host.aside:
            await asyncio.sleep(0)
        assert (await service.run(SMALL)).status == "finished"
        assert pool.size == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the time of day goes for it")
async def test_a_worker_tells_what_its_run_had_of_a_processor(serving: Serving):
    async with serving(workers=1, spares=0) as service:
        (worker,) = service.host.pool.workers
        spent = []
        for program in (SMALL, SLOW.replace("2000", "100"), SMALL):
            await service.run(program)
            spent.append(worker.spent)
        assert 0 < spent[0] < spent[1] and 0 < spent[2] < spent[1]
        await service.run(SLOW.replace("2000", "100"))
        async with service.host.pool.worker() as taken:
            assert taken is worker and worker.spent < spent[1], "what an earlier run had is not the next one's"
        await service.run(SMALL)
        worker.kill()
        await worker.ended.wait()
        assert worker.spent > 0, "what it had is known when it is gone"
