"""What runs beside each other, what is stopped, and what dies."""

import asyncio
import json
import os
import platform
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app import seccomp, workers
from app.executor import DONE, HEAD, LINES, status_said
from app.store import Batch
from app.workers import BadFrame, read_batch, read_outcome
from tests.app.conftest import Serving

pytestmark = pytest.mark.anyio

ENDLESS = "n = 0\nwhile True:\n    n = n + 1\n"
LISTED = sys.platform == "linux" and platform.machine() in seccomp.MACHINES
SMALL = "import torch\nx = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\n"
SLOW = "import torch\nx = torch.ones(300, 300)\nfor i in range(2000):\n    y = x @ x\n"


async def test_a_run_that_outlasts_the_clock_is_limited_and_its_worker_replaced(serving: Serving):
    async with serving(deadline=0.05) as service:
        before = service.host.pool.replaced
        done = await service.run(SLOW)
        assert (done.status, done.last["code"]) == ("limited", "deadline")
        assert [event["seq"] for event in done.events] == list(range(len(done.events)))
        assert service.host.pool.replaced == before + 1


async def test_an_endless_loop_ends_at_the_same_step_each_time(serving: Serving):
    async with serving(deadline=30) as service:
        first, second = [await service.run(ENDLESS) for _ in range(2)]
        assert first.status == "limited"
        assert first.events == second.events


async def test_a_killed_worker_ends_only_its_own_run(serving: Serving):
    async with serving(deadline=30) as service:
        victim = await service.start(SLOW)
        while (await service.runs.get(victim)).events == 0:  # type: ignore[union-attr]
            await asyncio.sleep(0)
        other = asyncio.ensure_future(service.run(SMALL))
        (job,) = (job for job in service.runs.store.held.values() if job.program.source == SLOW)  # type: ignore[attr-defined]
        job.kill()
        answer = await service.http.get(f"/api/runs/{victim}/trace.jsonl")
        assert '"code":"worker-died"' in answer.text and '"status":"stopped"' in answer.text
        assert (await service.http.get(f"/api/runs/{victim}")).json()["status"] == "stopped"
        assert (await other).status == "finished"
        assert (await service.run(SMALL)).status == "finished"


async def test_a_worker_that_dies_at_rest_is_replaced(serving: Serving):
    async with serving(workers=2, spares=0) as service, asyncio.timeout(60):
        pool = service.host.pool
        await service.run(SMALL)
        victim = pool.idle[0]
        victim.kill()
        while victim in pool.workers or pool.ready < pool.size:
            await asyncio.sleep(0)
        assert pool.replaced == 1
        assert (await service.run(SMALL)).status == "finished"


async def test_a_worker_lost_as_another_one_starts_is_replaced(serving: Serving):
    async with serving(workers=2, spares=0) as service, asyncio.timeout(60):
        pool = service.host.pool
        for _ in range(2):
            while pool.ready < pool.size or not pool.starts:  # the last one is there and still counted as starting
                if pool.ready == pool.size:
                    pool.discard(pool.idle.popleft())
                await asyncio.sleep(0)
            pool.discard(pool.idle.popleft())
            while pool.ready < pool.size or pool.starts:
                await asyncio.sleep(0)
        assert (await service.run(SMALL)).status == "finished"


async def test_when_the_store_fails_it_is_said_and_heals_by_itself(serving: Serving, tmp_path: Path):
    async with serving() as service:
        with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as other:
            other.execute("ALTER TABLE runs RENAME TO hidden")
            answer = await service.http.post("/api/runs", json={"source": SMALL})
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store-unavailable")
            assert (await service.http.get("/healthz")).json()["status"] == "degraded"
            assert (await service.http.get("/api/runs/none")).status_code == 503
            other.execute("ALTER TABLE hidden RENAME TO runs")
        assert (await service.run(SMALL)).status == "finished"
        assert (await service.http.get("/healthz")).json()["status"] == "ok"


async def test_a_run_that_the_store_cannot_keep_ends_once_it_can(serving: Serving, tmp_path: Path):
    async with serving() as service, asyncio.timeout(60):
        with closing(sqlite3.connect(tmp_path / "runs.sqlite3")) as other:
            other.execute("ALTER TABLE batches RENAME TO hidden")
            id = await service.start(SMALL)
            while service.runs.store.trouble is None:
                await asyncio.sleep(0)
            other.execute("ALTER TABLE hidden RENAME TO batches")
        trace = (await service.http.get(f"/api/runs/{id}/trace.jsonl")).text
        assert '"code":"store-failed"' in trace
        assert (await service.http.get(f"/api/runs/{id}")).json()["status"] == "stopped"
        assert (await service.http.get("/healthz")).json()["status"] == "ok"


async def test_a_memory_bomb_is_contained(serving: Serving):
    async with serving(deadline=30) as service:
        bomb = "import torch\nxs = []\nwhile True:\n    xs.append(torch.ones(300, 300))\n"
        for source in (
            bomb,
            "x = 'a' * 10 ** 12\n",
            "x = [0] * 10 ** 12\n",
            "import torch\nx = torch.zeros(10 ** 6, 10 ** 6)\n",
        ):
            done = await service.run(source)
            assert done.last["kind"] == "run-failed", source
            assert done.status in {"limited", "failed"}
        assert (await service.run(SMALL)).status == "finished"


async def test_one_worker_keeps_nothing_of_the_program_before(serving: Serving):
    async with serving(workers=1, spares=0) as service:
        alone = await service.run(SMALL)
        await service.run("import torch\nsecret = 1\ntorch.manual_seed(5)\ntorch.set_default_dtype(torch.float64)\n")
        assert (await service.run("print(secret)\n")).last["error"] == "NameError"
        assert (await service.run(SMALL)).events == alone.events


async def test_a_worker_serves_so_many_runs_and_is_replaced(serving: Serving):
    async with serving(workers=1, spares=0, runs_per_worker=2) as service:
        for _ in range(5):
            assert (await service.run(SMALL)).status == "finished"
        assert service.host.pool.replaced == 2


async def test_programs_run_in_spawned_workers_too(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    """Windows and macOS have no fork server that could be used."""
    monkeypatch.setattr(workers, "METHOD", "spawn")
    monkeypatch.setenv("GRADLIGHT_SECRET", "a secret")
    async with serving(workers=1, spares=1) as service:
        assert (await service.run(SMALL)).status == "finished"
        victim = next(iter(service.host.pool.workers))
        victim.kill()
        while victim in service.host.pool.workers:
            await asyncio.sleep(0)
        assert (await service.run(SMALL)).status == "finished"
    assert os.environ["GRADLIGHT_SECRET"] == "a secret"


async def test_a_stopped_run_says_so(serving: Serving):
    async with serving(workers=1, spares=0, deadline=30) as service:
        running, waiting = await service.start(SLOW), await service.start(SMALL)
        for id in (waiting, running):
            answer = await service.http.delete(f"/api/runs/{id}")
            assert (answer.status_code, answer.json()["status"]) == (200, "stopped")
            trace = (await service.http.get(f"/api/runs/{id}/trace.jsonl")).text.splitlines()
            assert '"run-started"' in trace[0] and '"code":"stopped"' in trace[-1]
        again = await service.http.delete(f"/api/runs/{running}")
        assert again.json()["status"] == "stopped"
        assert (await service.http.delete("/api/runs/none")).status_code == 404


async def test_a_client_with_too_many_waiting_programs_is_told_when_to_come_back(serving: Serving):
    async with serving(workers=1, spares=0, running_per_client=1, waiting_per_client=2, deadline=30) as service:
        ids = []
        while (answer := await service.http.post("/api/runs", json={"source": SLOW})).status_code == 201:
            ids.append(answer.json()["id"])
            assert len(ids) <= 3
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.json()["error"]["code"] == "too-many-runs"
        for id in ids:
            await service.http.delete(f"/api/runs/{id}")
        assert (await service.run(SMALL)).status == "finished"


async def test_a_server_with_too_many_waiting_programs_says_so(serving: Serving):
    async with serving(workers=1, spares=0, waiting=0) as service:
        answer = await service.http.post("/api/runs", json={"source": SMALL})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) >= 1


async def test_runs_cut_off_by_an_end_of_the_server_say_so(serving: Serving, tmp_path: Path):
    async with serving(deadline=30) as service:
        id = await service.start(SLOW)
    async with serving() as service:
        assert (await service.http.get(f"/api/runs/{id}")).json()["status"] == "stopped"
        trace = (await service.http.get(f"/api/runs/{id}/trace.jsonl")).text.splitlines()
        assert '"code":"interrupted"' in trace[-1]


async def test_health_tells_which_rings_hold(serving: Serving):
    async with serving() as service:
        health = (await service.http.get("/healthz")).json()
        assert health["status"] == "ok"
        assert health["rings"]["seccomp"] == ("on" if LISTED else "off")
        assert isinstance(health["rings"]["rlimits"], list)
        service.runs.drain()
        assert (await service.http.get("/healthz")).status_code == 503


DOORS = """
import json, mmap, os, socket, sys
from app import executor, seccomp
import engine.run, numpy.ma
lines = []
engine.run.execute(executor.WARMING, write=lambda first, batch: None)
secret = open(sys.argv[1], "rb")
seccomp.close_doors()
tries = {
    "open": lambda: os.open(sys.argv[1], os.O_RDONLY),
    "list": lambda: os.listdir("."),
    "connect": socket.socket,
    "fork": os.fork,
    "execute": lambda: os.execv(sys.executable, ["x"]),
    "signal": lambda: os.kill(os.getppid(), 0),
    "delete": lambda: os.unlink(sys.argv[1]),
    "code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC),
}
said = {}
for name, attempt in tries.items():
    try:
        attempt()
        said[name] = 0
    except OSError as error:
        said[name] = error.errno
engine.run.execute(sys.argv[2], write=lambda first, batch: lines.extend(batch))
print(json.dumps([said, json.loads(lines[-1])["kind"]]))
"""


@pytest.mark.skipif(not LISTED, reason="this system has no list of calls")
def test_behind_its_doors_a_worker_computes_and_does_nothing_else(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("canary")
    done = subprocess.run(
        [sys.executable, "-c", DOORS, str(secret), SMALL],
        capture_output=True,
        check=True,
        cwd=Path(workers.__file__).parent.parent,
    )
    said, kind = json.loads(done.stdout)
    assert said == dict.fromkeys(said, 1)  # EPERM
    assert len(said) == 8
    assert kind == "run-finished"
    assert secret.read_text() == "canary"


def lines(first: int, last: int, content: bytes, end: int = 0) -> bytes:
    return LINES + HEAD.pack(first, last, end) + content


async def test_a_frame_of_ours_tells_its_lines_and_whether_the_run_ends():
    assert read_batch(lines(3, 4, b"{}\n{}"), 3) == (Batch(3, 4, b"{}\n{}"), None)
    assert [read_batch(lines(0, 0, b"{}", end), 0)[1] for end in range(1, 5)] == [
        "finished",
        "failed",
        "limited",
        "stopped",
    ]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        LINES,
        b"X" + HEAD.pack(0, 0, 0) + b"{}",
        lines(0, 0, b"{}", 5),
        lines(1, 1, b"{}"),
        lines(0, 1, b"{}"),
        lines(0, 0, b"{}\n{}"),
        lines(0, 0, b"{}\r\r"),
        lines(0, 0, b"\xff"),
        lines(0, 50, b"\n".join([b"{}"] * 51)),
        lines(2**63, 0, b"{}"),
        LINES + struct.pack("<Q", 0),
    ],
)
async def test_a_frame_that_no_worker_of_ours_sends_is_refused(frame: bytes):
    with pytest.raises(BadFrame):
        read_batch(frame, 0)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ('{"seq":9,"kind":"run-finished","line":null}', "finished"),
        ('{"seq": 9, "kind": "run-failed", "line": null, "status": "limited"}', "limited"),
        ('{"seq":9,"kind":"printed","line":1,"text":"\\"run-finished"}', None),
        ('{"seq":9,"kind":"name-bound","line":1,"name":"x"}', None),
    ],
)
async def test_only_a_terminal_event_ends_a_run(line: str, status: str | None):
    assert status_said(line.encode()) == status


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"null",
        b'{"status": "queued", "code": null}',
        b'{"status": "failed", "code": null}',
        b'{"status": "limited", "code": "x"}',
    ],
)
async def test_an_outcome_that_no_worker_of_ours_tells_is_refused(said: bytes):
    with pytest.raises(BadFrame):
        read_outcome(DONE + said)
