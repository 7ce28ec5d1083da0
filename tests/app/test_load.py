"""A lecture hall, small: the rounds of benchmarks/load.py. What came is held, how long it took is not."""

import argparse
import sys
from collections.abc import Iterator

import pytest

from benchmarks import load, redis_server
from benchmarks.goals import Goals
from benchmarks.hall import Round, hall
from benchmarks.site import Site, alone, shared

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="visitors come from 127.0.0.0/8, and memory is read in /proc"),
]


@pytest.fixture(scope="module", params=["file", "redis"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server over a file; two servers and two worker hosts over a Redis."""
    folder = tmp_path_factory.mktemp("hall")
    if request.param == "file":
        with alone(folder, workers=2, spares=0) as one:
            yield one
        return
    program = redis_server.find()
    if program is None:
        pytest.skip(redis_server.WHY_NOT)
    with shared(folder, program, spares=0) as several:
        yield several


def check_whole(seen: Round, count: int) -> None:
    assert (len(seen.seen), seen.refused, seen.failed, seen.lost) == (count, 0, 0, 0)
    assert {run.code for run in seen.seen} == {"finished"}
    assert seen.health and max(seen.health) < 60  # it says 60 where the health was not well


async def test_everyone_in_a_hall_sees_every_run_whole(site: Site):
    check_whole(await hall(site, students=20, runs=2, think=0), 40)


async def test_so_does_a_class_that_opens_one_lesson(site: Site):
    seen = await hall(site, students=20, runs=1, think=0, same=True, first=100)
    check_whole(seen, 20)
    assert len({b"".join(run.parts) for run in seen.seen}) == 1


async def test_so_do_those_beside_endless_programs_and_readers_who_do_not_read(site: Site):
    check_whole(await hall(site, students=10, runs=2, think=0, greedies=2, slows=2, first=200, lead=0), 20)


async def test_quiet_streams_stay_open_beside_students(site: Site, capsys: pytest.CaptureFixture[str]):
    goals = Goals()
    options = argparse.Namespace(idle=20, active=3, filling=1, seconds=0.5, think=0.0)
    await load.idle(options, site, goals)
    told = capsys.readouterr().out
    assert "20 quiet streams and 3 students" in told
    assert goals.short == 0, told


def test_a_figure_that_misses_its_goal_is_counted(capsys: pytest.CaptureFixture[str]):
    goals = Goals()
    goals.most("a", 1.0, 1)
    goals.least("b", 0.4, 0.5)
    goals.just("c", "ok", "ok")
    goals.just("d", 1, 0)
    assert goals.short == 2
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["ok", "SHORT", "ok", "SHORT"]
