"""A lecture hall against its goals: many students, each a few programs with time to think between them.

Every student comes from an address of their own and runs a program of their own (`--same`: all the same one, whose trace they share). What
came is counted event by event: a run is whole when every event from the first to a terminal one came once and in order. Beside them a probe
asks `/healthz` ten times a second. `--greedy N` sets endless programs and `--slow N` readers who do not read beside them; the students' times
are then told beside those of rounds without, the two kinds in turns on one service: the ratio is that of all such rounds together, for one round alone swings. `--idle N` holds quiet streams open beside `--active` students and watches the server's memory.

    python benchmarks/load.py                          one server over a file: 300 students, 3 runs each
    python benchmarks/load.py --greedy 4 --slow 20     the same, and again beside endless programs and slow readers
    python benchmarks/load.py --idle 300               300 quiet streams and 100 students for ten minutes
    python benchmarks/load.py --redis [...]            each of these on two servers and two worker hosts over a Redis
    python benchmarks/load.py --address http://127.0.0.1:8000

Without `--address` the service is started here, over an empty store; only then is processor time known. Only the loopback is loaded. The
exit status is 1 where a goal is not reached.
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
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import redis_server
from benchmarks.goals import Goals
from benchmarks.hall import LONGEST, PROGRAM, Round, beside, hall, percentile
from benchmarks.processes import memory
from benchmarks.site import Site, alone, shared
from benchmarks.visitor import Visitor, source_of

LARGE = "import torch\nx = torch.tensor(1.0, requires_grad=True)\nfor i in range({number}, {number} + 100000):\n    y = x * 1.0001\n"
SETTLING = 30.0
"""Seconds after which memory is to be flat."""


def told(title: str, seen: Round, goals: Goals) -> None:
    """Prints a round beside its goals."""
    asked = len(seen.seen) + seen.refused + seen.failed
    print(f"{title}: {asked} runs in {seen.seconds:.1f} s ({asked / seen.seconds:.0f} a second)")
    for name, count in (("refused", seen.refused), ("failed", seen.failed), ("not whole", seen.lost)):
        goals.just(f"runs {name}", count, 0)
    goals.most("first event p95", seen.first(0.95), 1, "s")
    goals.most("whole stream p95", seen.whole(0.95), 3, "s")
    goals.most("health p99", percentile(seen.health, 0.99), 0.5, "s")
    if seen.processor and seen.seen:
        goals.most("processor time a run, all processes", seen.processor * 1000 / len(seen.seen), 8, "ms")


async def halls(options: argparse.Namespace, site: Site, goals: Goals) -> None:
    """The students alone; and in turns alone and with the greedy and the slow beside them."""
    await hall(site, students=20, runs=1, think=0, first=40_000)
    size = {"students": options.students, "runs": options.runs, "think": options.think, "same": options.same}
    if not options.greedy and not options.slow:
        told("students", await hall(site, **size), goals)
        return
    others = {"greedies": options.greedy, "slows": options.slow}
    pairs: list[tuple[Round, Round]] = []
    for number in range(options.pairs):
        rounds: dict[bool, Round] = {}
        for crowded in (number % 2 == 1, number % 2 == 0):
            first = options.students * (2 * number + crowded)
            rounds[crowded] = await hall(site, **size, first=first, **(others if crowded else {}))
        pairs.append((rounds[False], rounds[True]))
    compared(pairs, f"{options.greedy} owners of endless programs and {options.slow} who do not read", goals)


def compared(pairs: list[tuple[Round, Round]], who: str, goals: Goals) -> None:
    """Prints what all rounds beside others took of what all without took, and between which ratios the pairs lie."""
    print(f"students beside {who}: {len(pairs)} rounds of {len(pairs[0][1].seen)} runs, each beside one without them")
    goals.just(
        "runs refused, failed or not whole", sum(r.refused + r.failed + r.lost for pair in pairs for r in pair), 0
    )
    alone, beside = (Round([seen for each in rounds for seen in each.seen]) for rounds in zip(*pairs, strict=True))
    for name, figure in (("first event", Round.first), ("whole stream", Round.whole)):
        times = [(figure(one, 0.95), figure(other, 0.95)) for one, other in pairs]
        ratios = sorted(other / one for one, other in times)
        told_times = ", ".join(f"{other:.2f}/{one:.2f}" for one, other in times)
        print(f"  {name} p95, s beside them / s alone: {told_times} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
        goals.most(f"{name} p95 over that without them", figure(beside, 0.95) / figure(alone, 0.95), 2, "x")


def waiting_runs(site: Site, count: int) -> None:
    """Runs `quiet0` to `quiet{count - 1}` wait for ever. They are written into the store, for no program of ours could wait so long."""
    names = [f"quiet{number}" for number in range(count)]
    if site.redis is not None:
        for name in names:
            site.redis.ask("SET", f"gradlight:run:{name}", name)
            site.redis.ask(
                "HSET", f"gradlight:trace:{name}", "source", "", "seed", "0", "status", "queued", "events", "0"
            )
        return
    with contextlib.closing(sqlite3.connect(site.servers[0].folder / "runs.sqlite3")) as connection, connection:
        for name in names:
            sql = "INSERT INTO traces (source, seed, status, bytes, used) VALUES ('', '0', 'queued', 0, ?)"
            trace = connection.execute(sql, (time.time(),)).lastrowid
            sql = "INSERT INTO runs (id, trace, created) VALUES (?, ?, ?)"
            connection.execute(sql, (name, trace, time.time()))


async def idle(options: argparse.Namespace, site: Site, goals: Goals) -> None:
    """Quiet streams and students at the first server, whose memory is told each second.

    First a few large programs fill what a server keeps of the newest traces, so that this does not look like growth.
    """
    web, held, runs, lost = site.servers[0], [], 0, 0
    quiet: set[int] = set()
    waiting_runs(site, options.idle)

    async def follow(number: int) -> None:
        async with Visitor(web.address, source=source_of(30_000 + number)) as visitor:
            async for _ in visitor.stream(f"/api/runs/quiet{number}/events"):
                quiet.add(number)
            quiet.remove(number)

    async def work(number: int) -> None:
        nonlocal runs, lost
        dice = random.Random(number)
        async with Visitor(web.address, source=source_of(number)) as visitor:
            for turn in range(LONGEST):
                await asyncio.sleep(dice.random() * options.think)
                runs += 1
                lost += not (await visitor.run(PROGRAM.format(number=number * LONGEST + turn))).complete

    async with Visitor(web.address) as visitor:
        for number in range(options.filling):
            await visitor.run(LARGE.format(number=number))
    async with beside(*map(follow, range(options.idle)), *map(work, range(options.active))):
        async with asyncio.timeout(60):
            while len(quiet) < options.idle:
                await asyncio.sleep(0.01)
        end = time.monotonic() + options.seconds
        while time.monotonic() < end:
            await asyncio.sleep(1)
            held.append(memory(web.pid))
        print(f"{options.idle} quiet streams and {options.active} students for {len(held)} s: {runs} runs")
        series = [f"{max(held[at : at + 30]):.0f}" for at in range(0, len(held), 30)]
        print(f"  megabytes of the web process, the most of each half minute: {' '.join(series)}")
        goals.just("quiet streams open at the end", len(quiet), options.idle)
        goals.just("runs not whole", lost, 0)
        goals.most("memory of the web process", max(held), 400, "MB")
        settled = held[int(SETTLING) :] or held
        third = max(len(settled) // 3, 1)
        early, late = sum(settled[:third]) / third, sum(settled[-third:]) / third
        goals.most("its mean in the last third over the first", late / early, 1.05, "x")


async def measure(options: argparse.Namespace, site: Site) -> int:
    goals = Goals()
    await (idle if options.idle else halls)(options, site, goals)
    return int(goals.short > 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", help="a server that runs already, on the loopback")
    parser.add_argument("--redis", action="store_true", help="two servers and two worker hosts over a Redis")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--think", type=float, default=2.0, help="seconds a student thinks, at most")
    parser.add_argument("--same", action="store_true", help="all run the same program")
    parser.add_argument("--greedy", type=int, default=0)
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--pairs", type=int, default=5, help="rounds beside the greedy and slow, and as many without")
    parser.add_argument("--idle", type=int, default=0, help="quiet streams beside --active students, for --seconds")
    parser.add_argument("--active", type=int, default=100)
    parser.add_argument("--filling", type=int, default=4, help="largest traces that are run first, --idle only")
    parser.add_argument("--seconds", type=float, default=600.0)
    options = parser.parse_args()
    if options.students * options.runs * 2 * options.pairs > LONGEST:
        parser.error("that is more than a hundred thousand runs")
    if options.address:
        host = urlsplit(options.address).hostname or ""
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            parser.error("only a server on the loopback is loaded")
        if options.idle:
            parser.error("--idle looks into the server's process and store: it needs one of its own")
        return asyncio.run(measure(options, Site([options.address])))
    with tempfile.TemporaryDirectory() as folder:
        if not options.redis:
            with alone(Path(folder)) as site:
                return asyncio.run(measure(options, site))
        program = redis_server.find()
        if program is None:
            parser.error(redis_server.WHY_NOT)
        with shared(Path(folder), program) as site:
            return asyncio.run(measure(options, site))


if __name__ == "__main__":
    sys.exit(main())
