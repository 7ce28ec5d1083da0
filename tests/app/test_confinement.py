"""What is around a worker, ring by ring: each is looked at alone, so that none can be missing behind the others."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from multiprocessing import forkserver
from pathlib import Path
from types import ModuleType

import pytest

from app import frames, workers
from tests.app.conftest import Serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="these limits are the kernel's; elsewhere fewer are known"),
]

ROOT = Path(workers.__file__).parent.parent
SMALL = "import torch\nx = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\n"
SLOW = "import torch\nx = torch.ones(300, 300)\nfor i in range(2000):\n    y = x @ x\n"
CONFINED = """
import json, os, resource, sys
import numpy
from app.executor import Rings, allow_seconds, confine
confine(Rings(1 << 30, 4))
{}
"""


def confined(code: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The code after a worker's own limits took hold, without the list of calls that would hide what they do."""
    environment = {**os.environ, **more}
    return subprocess.run(
        [sys.executable, "-c", CONFINED.format(code)], capture_output=True, text=True, cwd=ROOT, env=environment
    )


RINGS = {
    "memory": ("x = numpy.ones(1 << 28)", "MemoryError"),
    "files": ("os.write(os.open('CANARY', os.O_WRONLY | os.O_CREAT), b'x')", "File too large"),
    "descriptors": ("kept = [os.dup(1) for _ in range(40)]", "Too many open files"),
}


@pytest.mark.parametrize(("code", "words"), RINGS.values(), ids=RINGS.keys())
def test_a_worker_that_wants_more_is_refused_by_the_kernel(code: str, words: str, tmp_path: Path):
    code = code.replace("CANARY", str(tmp_path / "canary"))
    done = confined(f"import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{code}\nprint('done')")
    assert done.returncode != 0 and words in done.stderr and "done" not in done.stdout


def test_a_worker_leaves_no_core_starts_no_process_and_knows_no_secret():
    code = """print(json.dumps([
    [resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in ("CORE", "NPROC")],
    dict(os.environ), os.getcwd(), sys.dont_write_bytecode]))"""
    done = confined(code, GRADLIGHT_SECRET="canary")
    assert json.loads(done.stdout) == [[[0, 0], [0, 0]], {}, "/", True], done.stderr


def test_the_kernel_ends_a_worker_whose_time_is_up_also_when_nobody_is_left_to_do_it():
    assert confined("allow_seconds(0)\nwhile True: pass").returncode == -signal.SIGXCPU


REQUIRED = """
from multiprocessing import Pipe
from app import executor, seccomp
seccomp.close_doors = lambda: []
ours, theirs = Pipe()
ours.close()
executor.serve(theirs, executor.Rings(1 << 30, 4, "required"))
print("left without a word")
"""


def test_a_worker_that_has_no_list_of_calls_does_not_serve_where_one_is_required():
    done = subprocess.run([sys.executable, "-c", REQUIRED], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "left without a word\n", done.stderr


async def test_workers_hold_every_ring_and_inherit_no_secret(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GRADLIGHT_SECRET", "canary")
    async with serving(workers=1, spares=0) as service:
        rings = (await service.http.get("/healthz")).json()["rings"]
        assert rings["rlimits"] == ["AS", "FSIZE", "NOFILE", "CORE", "NPROC"]
        (worker,) = service.host.pool.workers
        said = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{worker.process.pid}/status").read_text().splitlines()
        )
        listed = rings["seccomp"] == "on"
        assert (said["Seccomp"].strip(), said["NoNewPrivs"].strip()) == (("2", "1") if listed else ("0", "0"))
        origin = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
        assert b"SECRET" not in Path(f"/proc/{origin}/environ").read_bytes()


async def test_each_run_has_seconds_of_its_own(serving: Serving):
    async with serving(workers=1, spares=0, deadline=30) as service:
        (worker,) = service.host.pool.workers
        await service.run(SMALL)
        limits = Path(f"/proc/{worker.process.pid}/limits").read_text()
        soft = next(line for line in limits.splitlines() if line.startswith("Max cpu time")).split()[3]
        assert 32 <= int(soft) <= 64


async def test_a_worker_past_the_deadline_is_dead_and_not_only_forgotten(serving: Serving):
    async with serving(workers=1, spares=0, deadline=0.05) as service, asyncio.timeout(60):
        (worker,) = service.host.pool.workers
        assert (await service.run(SLOW)).last["code"] == "deadline"
        await worker.ended.wait()
        assert worker.process.exitcode == -signal.SIGKILL


async def test_a_worker_that_says_more_than_its_run_is_taken_out(serving: Serving):
    async with serving(workers=1, spares=0) as service:
        async with service.host.pool.worker() as worker:
            worker.frames.put_nowait([b"more"])
        assert worker not in service.host.pool.workers
        assert (await service.run(SMALL)).status == "finished"


@pytest.mark.parametrize(("module", "bound"), [(workers, "TRACE_BYTES"), (frames, "FRAME_BYTES")])
async def test_a_worker_that_sends_too_much_ends_its_run_alone(
    serving: Serving, monkeypatch: pytest.MonkeyPatch, module: ModuleType, bound: str
):
    async with serving(workers=1, spares=0) as service:
        monkeypatch.setattr(module, bound, 500)
        done = await service.run(SMALL)
        assert (done.status, done.last["code"]) == ("stopped", "worker-died")
        monkeypatch.undo()
        assert (await service.run(SMALL)).status == "finished"


async def test_a_worker_that_talks_without_end_when_nobody_asked_is_ended(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workers, "TRACE_BYTES", 5000)
    async with serving(workers=1, spares=0) as service, asyncio.timeout(60):
        (worker,) = service.host.pool.workers
        for _ in range(10):
            worker.hear([b"x" * 1000])
        await worker.ended.wait()
        assert worker.frames.qsize() <= 7
        assert (await service.run(SMALL)).status == "finished"
