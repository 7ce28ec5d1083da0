"""The real app: in this process with its own workers and store (`serving`), or as a server of its own (`server`)."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.host import Host
from app.main import create_app
from app.runs import Runs
from app.settings import Settings
from benchmarks import redis_server
from benchmarks.redis_server import RedisServer
from tests.app.reading import Run, events_of

ROOT = Path(__file__).resolve().parents[2]
ROOMY = {"running_per_client": 8, "waiting_per_client": 64, "rate": 10000.0, "burst": 10000, "share": False}


@dataclass(frozen=True, slots=True)
class Service:
    """The app in this process."""

    http: httpx.AsyncClient
    runs: Runs

    @property
    def host(self) -> Host:
        assert self.runs.host is not None
        return self.runs.host

    async def start(self, source: str, **more: Any) -> str:
        answer = await self.http.post("/api/runs", json={"source": source, **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def run(self, source: str, **more: Any) -> Run:
        id = await self.start(source, **more)
        text = (await self.http.get(f"/api/runs/{id}/events")).text
        return Run(id, (await self.http.get(f"/api/runs/{id}")).json()["status"], events_of(text))


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real redis-server."""
    program = redis_server.find()
    if program is None:
        pytest.skip(redis_server.WHY_NOT)
    server = RedisServer(program, tmp_path_factory.mktemp("redis"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def redis(redis_process: RedisServer) -> RedisServer:
    """The redis-server, with nothing in it."""
    redis_process.ask("FLUSHALL")
    return redis_process


Serving = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Starts the app in this process: `async with serving(deadline=0.5) as service`."""

    @asynccontextmanager
    async def start(**options: Any) -> AsyncIterator[Service]:
        settings = Settings(
            **{"store": str(tmp_path / "runs.sqlite3"), "workers": 2, "spares": 1, "deadline": 30.0, **ROOMY, **options}
        )
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=30) as http:
                yield Service(http, app.state.runs)

    return start


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the app as `python -m app serve` starts it, on a free port."""
    folder = tmp_path_factory.mktemp("server")
    environment = {
        **os.environ,
        "GRADLIGHT_STORE": str(folder / "runs.sqlite3"),
        "GRADLIGHT_WAITING_PER_CLIENT": "64",
        "GRADLIGHT_DEADLINE": "30",
        "GRADLIGHT_RATE": "10000",
        "PYTHONUNBUFFERED": "1",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", "0"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout is not None
    try:
        said = process.stdout.readline().decode()
        assert said.startswith("Gradlight: http://127.0.0.1:"), (folder / "log").read_text()
        with httpx.Client(base_url=said.removeprefix("Gradlight: ").strip(), timeout=30) as client:
            yield client
    finally:
        process.terminate()
        status = process.wait(timeout=15)
        process.stdout.close()
    assert status == 0, "an orderly end"
