"""What breaks, and what must not: each scene breaks one thing under load and counts what the readers saw, beside its goals.

    python benchmarks/chaos.py [SCENE ...] [--over file|redis] [--seconds 60]

Scenes: `workers` (one is killed each second), `cuts` (streams cut at every event and inside events), `term` (SIGTERM under load), `kill` (kill -9
and restart), `stop` (the server has no processor for ten seconds), `disk` (no more room for the store's file: on a small disk of its own where
this account may mount one), `hosts` (two servers and two worker hosts over a Redis, each killed in turn) and `redis` (it goes and comes back). Everything runs on the loopback, over empty stores of its
own. The exit status is 1 where a goal is not reached.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import redis_server
from benchmarks.crowd import CHAIN, Crowd, events_in, up_to
from benchmarks.disks import CannotMount, no_larger_files, no_room, small_disk
from benchmarks.goals import Goals
from benchmarks.processes import Process, lives, running, workers, zombies
from benchmarks.redis_server import RedisServer
from benchmarks.visitor import Seen, Visitor


async def until(true: Callable[[], bool], seconds: float = 180.0) -> float:
    """After how many seconds it was true; raises TimeoutError where it was not."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def kill_workers(server: Process, *, seconds: float, visitors: int, pause: float = 1.0) -> dict[str, Any]:
    """A worker process is killed each second: only its run ends, and the pool is full again soon."""
    dice, crowd = random.Random(1), Crowd([server.address])
    full = len(workers(server.pid))
    kills, back = 0, []
    async with crowd.running(visitors):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(pause)
            victim = dice.choice(workers(server.pid))
            os.kill(victim, signal.SIGKILL)
            kills += 1
            back.append(await until(lambda: victim not in (left := workers(server.pid)) and len(left) >= full))  # noqa: B023
    return {"kills": kills, **crowd.told(), "full again after s": round(max(back), 2), "zombies": zombies(server.pid)}


async def cut_streams(server: Process, *, steps: int, insides: int) -> dict[str, Any]:
    """A stream is cut after every event, and at bytes all over it: joined, the parts are the whole."""
    async with Visitor(server.address) as visitor:
        whole = await visitor.run(CHAIN.format(number=7, steps=steps))
        lines = (await visitor.ask("GET", f"/api/runs/{whole.run}/trace.jsonl")).body.splitlines()
        path, wrong = f"/api/runs/{whole.run}/events", 0
        for seen in range(len(lines) - 1):
            rest = b"".join([part async for part in visitor.stream(path, seen)])
            wrong += events_in(rest) != lines[seen + 1 :]
        length = sum(map(len, whole.parts))
        dice = random.Random(2)
        for _ in range(insides):
            seen = Seen(whole.run)
            cut = Visitor(server.address)
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await cut.send("GET", path)
                assert cut.reader is not None
                await cut.head()
                taken = b"".join(
                    [
                        part
                        async for part in up_to(cut.body({"transfer-encoding": "chunked"}), dice.randrange(1, length))
                    ]
                )
                seen.take(taken)
            await cut.leave()
            await visitor.follow(seen)
            wrong += events_in(b"\n\n".join(seen.parts)) != lines
        return {"events": len(lines), "cuts": len(lines) - 1 + insides, "wrong": wrong}


async def terminate(server: Process, *, visitors: int) -> dict[str, Any]:
    """SIGTERM under load: an orderly end, and after a restart every run has one."""
    crowd = Crowd([server.address])
    async with crowd.running(visitors):
        await until(lambda: len(crowd.seen) >= visitors)
        status, seconds = await asyncio.to_thread(server.terminate)
        await asyncio.to_thread(server.start)
    return {"exit status": status, "after s": round(seconds, 2), **crowd.told()}


async def stop_process(server: Process, victim: Process, *, visitors: int, seconds: float) -> dict[str, Any]:
    """A server, or a worker host of its, has no processor for a while and goes on: nothing is lost or doubled, and no program is told that it lasted
    too long."""
    crowd = Crowd([server.address])
    async with crowd.running(visitors):
        await until(lambda: len(crowd.seen) >= visitors)
        os.kill(victim.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(victim.pid, signal.SIGCONT)
        before = len(crowd.seen)
        well = await until(lambda: len(crowd.seen) > before + visitors)
    doubled = await differing(server.address, crowd)
    return {"stopped for s": seconds, "well after s": round(well, 2), **crowd.told(), "doubled": doubled}


async def kill_server(server: Process, *, visitors: int) -> dict[str, Any]:
    """kill -9 under load: after a restart what had finished is there, what had not says so, the file is sound, and no worker was left behind."""
    crowd = Crowd([server.address])
    async with crowd.running(visitors):
        await until(lambda: len(crowd.seen) >= visitors)
        kept, orphans = list(crowd.seen), workers(server.pid)
        os.kill(orphans[0], signal.SIGSTOP)  # as one that rests just then
        await asyncio.to_thread(server.kill)
        await until(lambda: not any(map(lives, orphans)))
        await asyncio.to_thread(server.start)
    missing = 0
    async with Visitor(server.address) as visitor:
        for seen in kept:
            again = await visitor.follow(Seen(seen.run))
            missing += again.events != seen.events
        sound = "ok"
        if (file := Path(server.store)).exists():
            with contextlib.closing(sqlite3.connect(file)) as connection:
                sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return {"kept": len(kept), "changed": missing, "integrity": sound, **crowd.told()}


async def fill_disk(server: Process, full: AbstractContextManager[None], *, visitors: int) -> dict[str, Any]:
    """No room is left for the store while `full` holds: refused with a reason, said by the health, and well again by itself."""
    crowd = Crowd([server.address])
    async with Visitor(server.address) as visitor:
        async with crowd.running(visitors):
            await until(lambda: len(crowd.seen) >= visitors)
            with full:
                await until(lambda: crowd.refused[503] > 0)
                refusal = await visitor.ask("POST", "/api/runs", {"source": CHAIN.format(number=-1, steps=1)})
                health = (await visitor.ask("GET", "/healthz")).json()
            before = len(crowd.seen)
            well = await until(lambda: len(crowd.seen) > before + visitors)
        said = {"answer": refusal.status, "retry after": refusal.headers.get("retry-after"), "health": health["status"]}
        last = (await visitor.ask("GET", "/healthz")).json()["status"]
        reason = health.get("reason")
        return {**said, "reason": reason, "well after s": round(well, 2), "health at last": last, **crowd.told()}


async def kill_hosts(
    servers: list[Process], hosts: list[Process], *, visitors: int, rounds: int, steps: int = 200
) -> dict[str, Any]:
    """Servers and worker hosts that share a Redis are killed in turn and come back: nothing is lost or doubled."""
    crowd = Crowd([server.address for server in servers], steps=steps)
    killed = 0
    async with crowd.running(visitors):
        for _ in range(rounds):
            for victim in (*hosts, *servers):
                before = len(crowd.seen)
                await until(lambda: len(crowd.seen) > before + 5)  # noqa: B023
                await asyncio.to_thread(victim.kill)
                killed += 1
                before = len(crowd.seen)
                await until(lambda: len(crowd.seen) > before + 5)  # noqa: B023
                await asyncio.to_thread(victim.start)
    return {"killed": killed, **crowd.told(), "doubled": await differing(servers[0].address, crowd)}


async def differing(address: str, crowd: Crowd) -> int:
    """How many runs are kept otherwise than they were seen."""
    wrong = 0
    async with Visitor(address) as visitor:
        for seen in crowd.seen:
            lines = (await visitor.ask("GET", f"/api/runs/{seen.run}/trace.jsonl")).body.splitlines()
            wrong += events_in(b"\n\n".join(seen.parts)) != lines
        return wrong


async def lose_redis(server: Process, redis: RedisServer, *, visitors: int) -> dict[str, Any]:
    """Redis goes and comes back: refused with a reason, said by the health, well again by itself, and nothing lost."""
    crowd = Crowd([server.address])
    async with Visitor(server.address) as visitor:
        async with crowd.running(visitors):
            await until(lambda: len(crowd.seen) >= visitors)
            await asyncio.to_thread(redis.stop)
            refusal = await visitor.ask("POST", "/api/runs", {"source": CHAIN.format(number=-1, steps=1)})
            health = await visitor.ask("GET", "/healthz")
            await asyncio.to_thread(redis.start)
            before = len(crowd.seen)
            well = await until(lambda: len(crowd.seen) > before + visitors)
        said = {"answer": refusal.status, "health": health.json()["status"], "reason": health.json().get("reason")}
        last = (await visitor.ask("GET", "/healthz")).json()["status"]
        return {**said, "well after s": round(well, 2), "health at last": last, **crowd.told()}


GOALS: dict[str, list[tuple[str, str, Any]]] = {
    "workers": [("full again after s", "<=", 1), ("zombies", "=", 0)],
    "cuts": [("wrong", "=", 0)],
    "term": [("exit status", "=", 0), ("after s", "<=", 10)],
    "kill": [("changed", "=", 0), ("integrity", "=", "ok")],
    "disk": [("answer", "=", 503), ("health", "=", "degraded"), ("health at last", "=", "ok")],
    "stop": [("doubled", "=", 0)],
    "hosts": [("doubled", "=", 0)],
    "redis": [("answer", "=", 503), ("health", "=", "degraded"), ("health at last", "=", "ok")],
}
ENDINGS = {"workers": "worker-died", "term": "interrupted", "kill": "interrupted", "disk": "store-failed"}
"""How a run may end in a scene, besides as it ends by itself."""


def told(scene: str, over: str, said: dict[str, Any], goals: Goals) -> None:
    """Prints what a scene counted, and its figures beside their goals."""
    print(f"{scene} over {over}: " + ", ".join(f"{name} {value}" for name, value in said.items()), flush=True)
    for name, how, goal in GOALS[scene]:
        (goals.most if how == "<=" else goals.just)(name, said[name], goal)
    if "ended" in said:
        goals.just("runs not whole", said["not whole"], 0)
        others = set(said["ended"]) - {"finished", ENDINGS.get(scene, "finished")}
        goals.just("runs that ended otherwise", sum(said["ended"][code] for code in others), 0)
    if scene == "workers":
        goals.most("runs that ended with a worker", said["ended"].get("worker-died", 0), said["kills"])


ALONE = ("workers", "cuts", "term", "kill", "stop", "disk")
SHARED = ("workers", "cuts", "term", "kill", "stop", "hosts", "redis")
WIDE = {"rate": 10_000, "burst": 10_000}


def play_alone(scene: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """A scene on one server over a file."""
    with contextlib.ExitStack() as stack:
        disk = None
        if scene == "disk":
            with contextlib.suppress(CannotMount):
                disk = stack.enter_context(small_disk(folder / "disk"))
        server = Process("serve", folder, **WIDE, store=(disk or folder) / "runs.sqlite3")
        stack.enter_context(running(server))
        if scene == "disk":
            full = no_room(disk) if disk else no_larger_files(server)
            said = asyncio.run(fill_disk(server, full, visitors=options.visitors))
            return {"disk": "a full tmpfs" if disk else "files that may not grow", **said}
        return asyncio.run(on_one(scene, server, options))


async def on_one(scene: str, server: Process, options: argparse.Namespace) -> dict[str, Any]:
    """A scene on one server, whatever its store."""
    match scene:
        case "workers":
            return await kill_workers(server, seconds=options.seconds, visitors=options.visitors)
        case "cuts":
            return await cut_streams(server, steps=100, insides=300)
        case "term":
            return await terminate(server, visitors=options.visitors)
        case "stop":
            return await stop_process(server, server, visitors=options.visitors, seconds=10)
        case _:
            return await kill_server(server, visitors=options.visitors)


def play_shared(scene: str, folder: Path, program: str, options: argparse.Namespace) -> dict[str, Any]:
    """A scene over a Redis."""
    redis = RedisServer(program, folder)
    redis.start()
    settings = {**WIDE, "store": redis.url, "orphan_seconds": 2}
    try:
        if scene == "hosts":
            servers = [Process("serve", folder, **settings, execute="false") for _ in range(2)]
            hosts = [Process("worker", folder, **settings, workers=1) for _ in range(2)]
            with running(*servers, *hosts):
                return asyncio.run(kill_hosts(servers, hosts, visitors=options.visitors, rounds=options.rounds))
        server = Process("serve", folder, **settings)
        with running(server):
            if scene == "redis":
                return asyncio.run(lose_redis(server, redis, visitors=options.visitors))
            return asyncio.run(on_one(scene, server, options))
    finally:
        redis.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", nargs="*", choices=[*ALONE, "hosts", "redis", []], help="which (default: all)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long workers are killed")
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3, help="how often each server and host is killed")
    parser.add_argument("--over", choices=["file", "redis"], help="only over this store (default: both)")
    parser.add_argument("--redis-server", default=redis_server.find())
    options = parser.parse_args()
    options.visitors, options.seconds = min(options.visitors, 200), min(options.seconds, 600)
    goals = Goals()
    for scene in options.scene or [*ALONE, "hosts", "redis"]:
        if scene in ALONE and options.over != "redis":
            with tempfile.TemporaryDirectory() as name:
                told(scene, "a file", play_alone(scene, Path(name), options), goals)
        if scene in SHARED and options.over != "file":
            if options.redis_server is None:
                parser.error(redis_server.WHY_NOT)
            with tempfile.TemporaryDirectory() as name:
                told(scene, "a Redis", play_shared(scene, Path(name), options.redis_server, options), goals)
    return int(goals.short > 0)


if __name__ == "__main__":
    sys.exit(main())
