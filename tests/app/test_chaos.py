"""What breaks, and what must not: the scenes of benchmarks/chaos.py, short. What they count is held, how long they take is not."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import chaos, disks
from benchmarks.processes import Process, get, running
from benchmarks.redis_server import RedisServer

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        sys.platform != "linux", reason="the scenes find processes in /proc and visitors on 127.0.0.0/8"
    ),
]

WIDE = {"rate": 10_000, "burst": 10_000, "workers": 2, "spares": 1}


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """A small disk, where this account may mount one."""
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(disks.small_disk(tmp_path_factory.mktemp("disks") / "disk"))
        except disks.CannotMount:
            yield None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, disk: Path | None) -> Iterator[Process]:
    """A server of its own over an empty SQLite file, on the small disk if there is one."""
    folder = tmp_path_factory.mktemp("chaos")
    one = Process("serve", folder, **WIDE, store=(disk or folder) / "runs.sqlite3")
    with running(one):
        yield one


def check(said: dict[str, Any], *endings: str) -> None:
    """Every run that was accepted was seen whole, and ended in one of these ways."""
    assert said["runs"] > 0 and said["not whole"] == 0, said
    assert set(said["ended"]) <= {"finished", *endings}, said


async def test_streams_cut_anywhere_join_to_the_whole(server: Process):
    said = await chaos.cut_streams(server, steps=12, insides=60)
    assert (said["wrong"], said["cuts"]) == (0, said["events"] - 1 + 60)


async def test_a_killed_worker_ends_only_its_own_run(server: Process):
    said = await chaos.kill_workers(server, seconds=1.5, visitors=4, pause=0.3)
    check(said, "worker-died")
    assert said["ended"].get("worker-died", 0) <= said["kills"]
    assert said["zombies"] == 0


def check_healed(said: dict[str, Any]) -> None:
    check(said, "store-failed")
    assert (said["answer"], said["health"], said["health at last"]) == (503, "degraded", "ok")
    assert int(said["retry after"]) > 0 and said["reason"]


async def test_a_store_that_may_not_grow_says_so_and_heals(server: Process):
    check_healed(await chaos.fill_disk(server, disks.no_larger_files(server), visitors=4))


async def test_a_store_on_a_full_disk_says_so_and_heals(server: Process, disk: Path | None):
    if disk is None:
        pytest.skip("this account may not mount a small disk")
    said = await chaos.fill_disk(server, disks.no_room(disk), visitors=4)
    check_healed(said)
    assert said["reason"] == "the disk is full"


async def test_a_server_that_is_killed_keeps_what_had_ended(server: Process):
    said = await chaos.kill_server(server, visitors=4)
    check(said, "interrupted")
    assert (said["changed"], said["integrity"]) == (0, "ok") and said["kept"] > 0


async def test_a_server_that_is_told_to_end_does_so_in_order(server: Process):
    said = await chaos.terminate(server, visitors=4)
    check(said, "interrupted")
    assert said["exit status"] == 0


async def test_a_server_that_is_stopped_for_longer_than_a_program_may_last_ends_none(server: Process):
    said = await chaos.stop_process(server, server, visitors=4, seconds=2.5)
    check(said)
    assert said["doubled"] == 0


async def test_servers_and_hosts_on_one_redis_lose_and_double_nothing(
    redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
):
    folder = tmp_path_factory.mktemp("together")
    shared = {**WIDE, "store": redis.url, "orphan_seconds": 0.5, "metrics_token": "numbers"}
    servers = [Process("serve", folder, **shared, execute="false") for _ in range(2)]
    hosts = [Process("worker", folder, **{**shared, "workers": 1}) for _ in range(2)]
    with running(*servers, *hosts):
        said = await chaos.kill_hosts(servers, hosts, visitors=4, rounds=1, steps=60)
        check(said)
        assert (said["killed"], said["doubled"]) == (4, 0)
        said = await chaos.lose_redis(servers[0], redis, visitors=4)
        check(said)
        assert (said["answer"], said["health"], said["health at last"]) == (503, "degraded", "ok")
        assert said["reason"] == "Redis cannot be reached"
        assert [json.loads(get(f"{host.address}/healthz"))["status"] for host in hosts] == ["ok", "ok"]
        numbers = b"".join(get(f"{host.address}/metrics", Authorization="Bearer numbers") for host in hosts)
        assert b'gradlight_runs_total{outcome="finished"}' in numbers
