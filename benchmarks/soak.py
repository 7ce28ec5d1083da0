"""A day of lessons in less time: so many runs that a run a second would take a day, against one server over a file with its own bounds.

Every run is another one: a lesson with a seed of its own, and each tenth a program that is refused, fails, is limited or too long. Each
twentieth reader leaves after the first message and comes again. On the way the server is told to end and started again, and near the end
killed and started again; readers ask again as the page does. A row a minute tells what it held: memory, open files, threads and tasks of the
server, memory of its workers, size of the store's file, how long `/healthz` took. At last what one life of the server held in its last
quarter is told beside its first quarter: of memory the mean, of what comes and goes with requests the least.

    python benchmarks/soak.py [--runs 86400] [--minutes 95]

What only age does (a timer of days, keeping for a month, another process's doings) is not seen so. The exit status is 1 where a goal is not
reached.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.goals import Goals
from benchmarks.hall import beside, percentile
from benchmarks.processes import ROOT, Process, get, memory, processor_seconds, running, workers
from benchmarks.visitor import Refused, Seen, Visitor, source_of

HOSTILE = (
    "import os\nos.system('true')\n",
    "x = (\n",
    "().__class__.__bases__\n",
    "import torch\ntorch.ones(2, 3) @ torch.ones(4, 5)\n",
    "x = 'a' * 10**9\n",
    "import torch\ntorch.ones(10**6, 10**6)\n",
    "def f(n):\n    return f(n + 1)\nf(0)\n",
    "while True:\n    pass\n",
    "for i in range(10**6):\n    print(i)\n",
    "x = [1]\nwhile True:\n    x = x + x\n",
    "import torch\nw = torch.ones(2, requires_grad=True)\nw.sum().backward()\nw += 1\n",
    "import torch\nx = torch.ones(300, 300)\nfor i in range(500):\n    y = x @ x\n",
)
VISITORS = 100
TERM_AT, KILL_AT = 0.05, 0.97
"""Shares of the runs after which the server is ended: between them lies the one long life that is looked at."""
PROBE_SECONDS = 0.5
PATIENCE = 60.0
TOKEN = secrets.token_hex(16)


@dataclass(slots=True)
class Row:
    """What a server held at one moment; megabytes, and milliseconds of `/healthz` in the minute before."""

    minute: float = 0.0
    runs: int = 0
    web: float = 0.0
    workers: float = 0.0
    files: int = 0
    threads: int = 0
    tasks: int = 0
    store: float = 0.0
    health_p50: float = 0.0
    health_p99: float = 0.0
    cpu_a_run: float = 0.0


@dataclass(slots=True)
class Soak:
    """A server under its runs, and what was seen of them."""

    server: Process
    rate: float
    done: int = 0
    lost: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    health: list[float] = field(default_factory=list)
    unwell: int = 0
    rows: list[Row] = field(default_factory=list)
    used: tuple[int, float] = (0, 0.0)
    ending: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def visit(self, visitor: Visitor, source: str, number: int) -> None:
        """One run, followed to its end whatever breaks; it has one key, so that it is one run however often it is asked for."""
        key, seen = secrets.token_hex(16), Seen()
        if number % 20 != 7:
            with self.counted():
                async with asyncio.timeout(PATIENCE):
                    seen = await visitor.run(source, number, key)
        if not seen.complete:
            await visitor.leave()
            seen = await self.begin(visitor, source, number, key)
            with contextlib.suppress(TimeoutError):
                await visitor.follow(seen, PATIENCE)
        self.done += 1
        self.lost += not seen.complete
        self.ended[seen.code] += 1

    async def begin(self, visitor: Visitor, source: str, number: int, key: str) -> Seen:
        """The run is under way, and its first message may have been read."""
        while True:
            with self.counted():
                content = {"source": source, "seed": number}
                answer = await visitor.ask("POST", "/api/runs", content, Idempotency_Key=key)
                if answer.status != 201:
                    raise Refused(answer.status)
                seen = Seen(answer.json()["id"])
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE):
                        async for part in visitor.stream(answer.json()["events"]):
                            if seen.take(part) or seen.parts:
                                break
                await visitor.leave()
                return seen
            await visitor.leave()
            await asyncio.sleep(0.2)

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """A request that is refused, or breaks, is counted."""
        try:
            yield
        except Refused as refused:
            self.refused[refused.status] += 1
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError):
            self.broken += 1

    async def run_all(self, programs: list[str], runs: int) -> None:
        """So many runs, each at its time; whoever is late catches up. The server is ended twice on the way."""
        free: asyncio.Queue[Visitor] = asyncio.Queue()
        for number in range(VISITORS):
            free.put_nowait(Visitor(self.server.address, source=source_of(number)))

        async def one(number: int) -> None:
            visitor = await free.get()
            try:
                tenth, rest = divmod(number, 10)
                source = programs[number % len(programs)] if rest else HOSTILE[tenth % len(HOSTILE)]
                await self.visit(visitor, source, number)
            finally:
                free.put_nowait(visitor)

        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(runs):
                await asyncio.sleep(began + number / self.rate - time.monotonic())
                group.create_task(one(number))
                if number == int(runs * TERM_AT):
                    group.create_task(self.restart(self.server.terminate, "told to end"))
                if number == int(runs * KILL_AT):
                    group.create_task(self.restart(self.server.kill, "killed"))
        while not free.empty():
            await free.get_nowait().leave()

    async def restart(self, end: Callable[[], object], how: str) -> None:
        async with self.ending:
            began = time.monotonic()
            said = await asyncio.to_thread(end)
            await asyncio.to_thread(self.server.start)
            self.used = (self.done, 0.0)
            print(f"# {how} {said or ''}, back after {time.monotonic() - began:.2f} s", flush=True)

    async def probe(self) -> None:
        """Asks for the health twice a second."""
        async with Visitor(self.server.address, source=source_of(61_000)) as visitor:
            while True:
                began = time.perf_counter()
                try:
                    answer = await visitor.ask("GET", "/healthz")
                    self.unwell += answer.status != 200
                    self.health.append((time.perf_counter() - began) * 1000)
                except (OSError, asyncio.IncompleteReadError):
                    self.unwell += 1
                await asyncio.sleep(PROBE_SECONDS)

    async def write_rows(self, seconds: float) -> None:
        began = time.monotonic()
        print("\t".join(column.name for column in fields(Row)), flush=True)
        while True:
            await asyncio.sleep(seconds)
            with contextlib.suppress(OSError, AssertionError):  # just now it is being started again
                self.rows.append(await asyncio.to_thread(self.row, (time.monotonic() - began) / 60))
                self.health.clear()
                print("\t".join(f"{value:.4g}" for value in astuple(self.rows[-1])), flush=True)

    def row(self, minute: float) -> Row:
        pid = self.server.pid
        runs, before = self.used
        used = processor_seconds(pid)
        self.used = (self.done, used)
        return Row(
            minute,
            self.done,
            memory(pid),
            sum(memory_of(workers(pid))),
            len(list(Path(f"/proc/{pid}/fd").iterdir())),
            len(list(Path(f"/proc/{pid}/task").iterdir())),
            int(self.number("gradlight_tasks")),
            sum(file.stat().st_size for file in self.server.folder.glob("runs.sqlite3*")) / 1e6,
            percentile(self.health, 0.5),
            percentile(self.health, 0.99),
            (used - before) * 1000 / max(self.done - runs, 1),
        )

    def number(self, name: str) -> float:
        """One of the server's own numbers."""
        text = get(f"{self.server.address}/metrics", Authorization=f"Bearer {TOKEN}").decode()
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


def memory_of(pids: list[int]) -> Iterator[float]:
    for pid in pids:
        with contextlib.suppress(OSError):
            yield memory(pid)


def told(soak: Soak, runs: int, goals: Goals) -> None:
    """Prints what was seen of the runs, and what the long life held late beside early."""
    print(f"{soak.done} runs: ended {dict(soak.ended)}, refused {dict(soak.refused)}, broken {soak.broken}")
    goals.just("runs not whole", soak.lost + runs - soak.done, 0)
    goals.just("runs that ended as none should", sum(soak.ended[code] for code in ("internal", "store-failed", "")), 0)
    life = [row for row in soak.rows if TERM_AT * 1.4 < row.runs / runs < KILL_AT]
    quarter = max(len(life) // 4, 1)
    for name, of in (("web", mean), ("workers", mean), ("files", min), ("threads", min), ("tasks", min)):
        early, late = (of([getattr(row, name) for row in part]) for part in (life[:quarter], life[-quarter:]))
        print(f"  {name}, {of.__name__}: {early:.4g} in the first quarter, {late:.4g} in the last")
        goals.most(f"{name}, last quarter over first", late / early, 1.05, "x")
    goals.most("health p99, the worst minute", max(row.health_p99 for row in life), 500, "ms")


async def measure(server: Process, options: argparse.Namespace) -> int:
    goals, soak = Goals(), Soak(server, options.runs / options.minutes / 60)
    lessons = sorted((ROOT / "app" / "lessons").glob("*.toml"))
    programs = [tomllib.loads(lesson.read_text("utf-8"))["program"] for lesson in lessons]
    async with beside(soak.probe(), soak.write_rows(min(60.0, options.minutes * 60 / 20))):
        await soak.run_all(programs, options.runs)
    told(soak, options.runs, goals)
    return int(goals.short > 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=86_400)
    parser.add_argument("--minutes", type=float, default=95.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Process("serve", Path(folder), metrics_token=TOKEN)
        with running(server):
            return asyncio.run(measure(server, options))


if __name__ == "__main__":
    sys.exit(main())
