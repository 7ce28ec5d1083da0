"""A lecture hall against its goals: many students, each a few programs with time to think between them.

Every student comes from an address of their own and runs a program of their own (`--same`: all the same one, whose trace they share). What
came is counted event by event: a run is whole when every event from the first to a terminal one came once and in order. Beside them a probe
asks `/healthz` ten times a second. `--greedy N` sets endless programs and `--slow N` readers who do not read beside them; the students' times
are then told as a ratio to a round without.

    python benchmarks/load.py [--students 300] [--runs 3] [--think 2] [--same] [--greedy 4] [--slow 20] [--idle 300] [--address http://127.0.0.1:8000]

Without `--address` a server of its own is started over an empty store; only then is processor time known. Only the loopback is loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import random
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.processes import Process, memory, processor_seconds, running
from benchmarks.visitor import Refused, Seen, Visitor

PROGRAM = """import torch
x = torch.tensor([{number}.0, 2.0, -1.0])
w = torch.tensor([0.5, -0.25, 1.0], requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)
for step in range(2):
    y = torch.tanh((w * x).sum() + b)
    loss = (y - 1) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad.zero_()
    b.grad.zero_()
    print(loss.item())
"""
ENDLESS = "n = {number}\nwhile True:\n    n = n + 1\n"
LONGEST = 100_000


@dataclass(slots=True)
class Round:
    """What a round of students saw."""

    seen: list[Seen] = field(default_factory=list)
    refused: int = 0
    failed: int = 0
    health: list[float] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0

    @property
    def lost(self) -> int:
        """Runs of which not every event came once."""
        return sum(not seen.complete for seen in self.seen)

    def first(self, share: float) -> float:
        return percentile([seen.first for seen in self.seen], share)

    def whole(self, share: float) -> float:
        return percentile([seen.whole for seen in self.seen], share)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values) or [0.0]
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def source_of(number: int) -> str | None:
    """An address of the loopback for each visitor, where the system has more than one."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}" if sys.platform == "linux" else None


async def student(address: str, number: int, runs: int, think: float, same: bool, seen: Round) -> None:
    """One student: runs a program, looks at it, changes it."""
    dice = random.Random(number)
    async with Visitor(address, source=source_of(number)) as visitor:
        for turn in range(runs):
            await asyncio.sleep(dice.random() * think)
            source = PROGRAM.format(number=0 if same else 1 + number * 1000 + turn)
            try:
                seen.seen.append(await visitor.run(source))
            except Refused:
                seen.refused += 1
            except (OSError, asyncio.IncompleteReadError):
                seen.failed += 1
                await visitor.leave()


async def greedy(address: str, number: int) -> None:
    """One who runs endless programs, two at a time, one after the other."""

    async def lane(lane: int) -> None:
        visitor = Visitor(address, source=source_of(50_000 + number))
        for turn in range(LONGEST):
            try:
                await visitor.run(ENDLESS.format(number=(number * 10 + lane) * LONGEST + turn))
            except Refused:
                await asyncio.sleep(1)

    await asyncio.gather(lane(0), lane(1))


async def slow(address: str, number: int) -> None:
    """One who opens the stream of a long run and never reads on."""
    async with Visitor(address, source=source_of(60_000 + number)) as visitor:
        source = (
            f"import torch\nx = torch.tensor({number}.0, requires_grad=True)\nfor i in range(2000):\n    x = x * 1.01\n"
        )
        run = (await visitor.ask("POST", "/api/runs", {"source": source})).json()["id"]
        stream = visitor.stream(f"/api/runs/{run}/events")
        async for _ in stream:
            break
        assert visitor.reader is not None
        await asyncio.Event().wait()


async def probe(address: str, times: list[float]) -> None:
    """Asks for the health ten times a second."""
    async with Visitor(address, source=source_of(61_000)) as visitor:
        while True:
            began = time.perf_counter()
            answer = await visitor.ask("GET", "/healthz")
            times.append(time.perf_counter() - began if answer.status == 200 else 60.0)
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def beside(*tasks: object):  # type: ignore[no-untyped-def]
    """The coroutines run until the block ends; one that failed fails it."""
    started = [asyncio.ensure_future(task) for task in tasks]  # type: ignore[call-overload]
    try:
        yield
        for task in started:
            if task.done():
                task.result()
    finally:
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)


async def hall(
    address: str,
    *,
    students: int,
    runs: int,
    think: float,
    same: bool = False,
    greedies: int = 0,
    slows: int = 0,
    first: int = 0,
    pid: int | None = None,
) -> Round:
    """A round: all students at once, with the greedy and the slow beside them."""
    seen = Round()
    others = [greedy(address, number) for number in range(greedies)] + [slow(address, n) for n in range(slows)]
    async with beside(*others):
        await asyncio.sleep(2.0 if others else 0.0)
        async with beside(probe(address, seen.health)):
            began, used = time.perf_counter(), processor_seconds(pid) if pid else 0.0
            numbers = range(first, first + students)
            await asyncio.gather(*(student(address, number, runs, think, same, seen) for number in numbers))
            seen.seconds = time.perf_counter() - began
            seen.processor = processor_seconds(pid) - used if pid else 0.0
    return seen


async def idle(server: Process, count: int, active: int, seconds: float) -> tuple[list[float], int]:
    """Megabytes of the web process each second while `count` streams are quiet and `active` students run programs; and how many runs were whole.

    A stream is quiet whose run waits; such runs are written into the store's file, for no program of ours could wait so long.
    """
    with contextlib.closing(sqlite3.connect(server.folder / "runs.sqlite3")) as connection, connection:
        for number in range(count):
            sql = "INSERT INTO traces (source, seed, status, bytes, used) VALUES ('', '0', 'queued', 0, ?)"
            trace = connection.execute(sql, (time.time(),)).lastrowid
            connection.execute(
                "INSERT INTO runs (id, trace, created) VALUES (?, ?, ?)", (f"quiet{number}", trace, time.time())
            )
    held: list[float] = []

    async def follow(number: int) -> None:
        async with Visitor(server.address, source=source_of(30_000 + number)) as visitor:
            async for _ in visitor.stream(f"/api/runs/quiet{number}/events"):
                pass

    async def watch() -> None:
        while True:
            held.append(memory(server.pid))
            await asyncio.sleep(1)

    whole, turn, until = 0, 0, time.monotonic() + seconds
    async with beside(*(follow(number) for number in range(count))):
        await asyncio.sleep(2)
        async with beside(watch()):
            while time.monotonic() < until:
                turn += 1
                seen = await hall(server.address, students=active, runs=1, think=1.0, first=turn * active)
                whole += len(seen.seen) - seen.lost
    return held, whole


def told(title: str, seen: Round) -> None:
    """Prints a round beside its goals."""
    asked = len(seen.seen) + seen.refused + seen.failed
    print(f"{title}: {asked} runs in {seen.seconds:.1f} s ({asked / seen.seconds:.0f} a second)")
    print(f"  refused {seen.refused}, failed {seen.failed}, not whole {seen.lost}   goal 0, 0, 0")
    print(f"  first event  p50 {seen.first(0.5):.3f}  p95 {seen.first(0.95):.3f} s   goal p95 1")
    print(f"  whole stream p50 {seen.whole(0.5):.3f}  p95 {seen.whole(0.95):.3f} s   goal p95 3")
    print(
        f"  health       p50 {percentile(seen.health, 0.5):.3f}  p99 {percentile(seen.health, 0.99):.3f} s   goal p99 0.5"
    )
    if seen.processor and seen.seen:
        print(f"  processor    {seen.processor * 1000 / len(seen.seen):.2f} ms a run, all processes   goal 8")


async def measure(options: argparse.Namespace, address: str, server: Process | None) -> int:
    pid = server.pid if server else None
    await hall(address, students=20, runs=1, think=0, first=40_000)
    alone = await hall(
        address, students=options.students, runs=options.runs, think=options.think, same=options.same, pid=pid
    )
    told("students", alone)
    bad = alone.refused + alone.failed + alone.lost
    if options.greedy or options.slow:
        crowded = await hall(
            address,
            students=options.students,
            runs=options.runs,
            think=options.think,
            same=options.same,
            greedies=options.greedy,
            slows=options.slow,
            first=options.students,
        )
        told(f"beside {options.greedy} endless programs' owners and {options.slow} who do not read", crowded)
        print(f"  whole stream p95 {crowded.whole(0.95) / alone.whole(0.95):.2f} x   goal 2")
        bad += crowded.refused + crowded.failed + crowded.lost
    if options.idle and server:
        held, whole = await idle(server, options.idle, options.active, options.seconds)
        print(f"{options.idle} quiet streams and {options.active} students for {options.seconds:.0f} s, {whole} runs")
        print(f"  web process {held[0]:.0f} MB at first, {held[-1]:.0f} at last, {max(held):.0f} at most   goal 400")
    return int(bad > 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", help="a server that runs already, on the loopback")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--think", type=float, default=2.0, help="seconds a student thinks, at most")
    parser.add_argument("--same", action="store_true", help="all run the same program")
    parser.add_argument("--greedy", type=int, default=0)
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--idle", type=int, default=0, help="quiet streams beside --active students, for --seconds")
    parser.add_argument("--active", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    if options.students * options.runs > LONGEST:
        parser.error("that is more than a hundred thousand runs")
    if options.address:
        host = urlsplit(options.address).hostname or ""
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            parser.error("only a server on the loopback is loaded")
        return asyncio.run(measure(options, options.address, None))
    with tempfile.TemporaryDirectory() as folder:
        server = Process("serve", Path(folder))
        with running(server):
            return asyncio.run(measure(options, server.address, server))


if __name__ == "__main__":
    sys.exit(main())
