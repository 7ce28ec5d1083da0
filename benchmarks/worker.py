"""A worker against its goals: the way there and back, and what a run costs all processes together.

`round trip` is an empty program through one warm worker, from the job's bytes to the status of its end. `lesson` is every lesson's program,
posted to a server of its own and read to the end of its stream, divided by the runs: processor time of the server and all its workers.
Times are of this machine; the ratio to an echo, measured in the same run, is what can be compared.

    python benchmarks/worker.py [--rounds 500] [--runs 10]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.executor import Rings
from app.programs import Program
from app.settings import Settings
from app.store import Batch, Status
from app.workers import METHOD, Worker

ROOT = Path(__file__).resolve().parent.parent
GOAL_TRIP = 1.0
GOAL_LESSON = 8.0


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


def echo(connection: Connection) -> None:
    """What a pipe to another process costs by itself."""
    while data := connection.recv_bytes():
        connection.send_bytes(data)


def echoes(rounds: int) -> float:
    """Median milliseconds of one message there and back."""
    context = get_context(METHOD)
    ours, theirs = context.Pipe()
    process = context.Process(target=echo, args=(theirs,), daemon=True)  # type: ignore[attr-defined]
    process.start()
    times = [timed(lambda: (ours.send_bytes(b"program"), ours.recv_bytes())) for _ in range(rounds)]
    ours.send_bytes(b"")
    process.join()
    return statistics.median(times)


def timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


async def trips(rounds: int) -> list[float]:
    """Milliseconds of an empty program through a warm worker."""
    settings = Settings()
    worker = Worker(Rings(settings.memory, 3600), lambda _: None)
    worker.listen()
    await worker.greet()

    async def receive(batches: list[Batch], status: Status | None) -> None:
        """Nothing is kept: the way is measured, not the store."""

    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        outcome = await worker.run(Program("", 0), receive)
        times.append((time.perf_counter() - start) * 1000)
        if outcome.status != "finished":
            raise ConnectionError(f"an empty program ended as {outcome}")
    worker.kill()
    await worker.ended.wait()
    return times


def used(pid: int) -> float:
    """Milliseconds of processor time of a process and all below it, those that have ended included."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) * 1000 / ticks
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = {child for task in tasks for child in (task / "children").read_text().split()}
    return own + sum(used(int(child)) for child in children)


def post(address: str, source: str) -> None:
    """One run, read to its end."""
    body = json.dumps({"source": source}).encode()
    request = urllib.request.Request(f"{address}/api/runs", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        events = json.load(answer)["events"]
    with urllib.request.urlopen(address + events) as stream:
        text = stream.read()
    if b'"run-f' not in text[-2000:]:
        raise ConnectionError("a run has no end")


def lessons(runs: int) -> tuple[float, int]:
    """Milliseconds of processor time a run, all processes, over every lesson's program; and how many runs that were."""
    programs = [tomllib.loads(path.read_text())["program"] for path in sorted((ROOT / "app/lessons").glob("*.toml"))]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "GRADLIGHT_STORE": str(Path(folder) / "runs.sqlite3"),
            "GRADLIGHT_RATE": "100000",
            "GRADLIGHT_BURST": "100000",
            "GRADLIGHT_SHARE": "false",
        }
        command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait(address)
            for program in programs:
                post(address, program)
            before = used(server.pid)
            for _ in range(runs):
                for program in programs:
                    post(address, program)
            return (used(server.pid) - before) / (runs * len(programs)), runs * len(programs)
        finally:
            server.terminate()
            server.wait()


def wait(address: str) -> None:
    """The server answers, with all its workers warm; raises TimeoutError where it does not within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/healthz") as answer:
                if json.load(answer)["status"] == "ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    bare = echoes(options.rounds)
    times = asyncio.run(trips(options.rounds))[options.rounds // 10 :]
    middle = statistics.median(times)
    print(f"echo over a pipe             p50 {bare:6.3f} ms")
    print(
        f"round trip, empty program    p50 {middle:6.3f} ms   p99 {percentile(times, 0.99):6.3f} ms   goal p50 {GOAL_TRIP}"
    )
    print(f"                             {middle / bare:6.1f} echoes")
    if sys.platform == "linux":
        each, count = lessons(options.runs)
        print(f"processor time of a lesson   {each:6.2f} ms a run, all processes, {count} runs   goal {GOAL_LESSON}")


if __name__ == "__main__":
    main()
