"""A whole service for a measurement: one server over a file, or servers and worker hosts that share a Redis."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import Process, processor_seconds, running
from benchmarks.redis_server import RedisServer


@dataclass(slots=True)
class Site:
    """Where the service answers; where it is our own, its processes. The first server's memory is what is watched."""

    addresses: list[str]
    servers: list[Process] = field(default_factory=list)
    hosts: list[Process] = field(default_factory=list)
    redis: RedisServer | None = None

    def processor(self) -> float:
        """Seconds of processor time of all its processes."""
        pids = [process.pid for process in (*self.servers, *self.hosts)]
        if self.redis is not None and self.redis.process is not None:
            pids.append(self.redis.process.pid)
        return sum(map(processor_seconds, pids))


@contextlib.contextmanager
def alone(folder: Path, **settings: object) -> Iterator[Site]:
    """One server that runs programs itself, over a file."""
    server = Process("serve", folder, **settings)
    with running(server):
        yield Site([server.address], [server])


@contextlib.contextmanager
def shared(folder: Path, program: str, *, servers: int = 2, hosts: int = 2, **settings: object) -> Iterator[Site]:
    """Servers that run nothing and worker hosts, one program at a time each, over a Redis of their own."""
    redis = RedisServer(program, folder)
    redis.start()
    try:
        told = {"store": redis.url, **settings}
        webs = [Process("serve", folder, **told, execute="false") for _ in range(servers)]
        workers = [Process("worker", folder, **{"workers": 1, **told}) for _ in range(hosts)]
        with running(*webs, *workers):
            yield Site([web.address for web in webs], webs, workers, redis)
    finally:
        redis.stop()
