"""What a worker sends, brought into the loop: by the loop itself, and by a thread where there is no other way."""

import asyncio
import os
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection

import pytest

from app import workers
from app.executor import Rings
from app.frames import Arrivals, Polled, Threaded
from app.programs import Program
from app.store import Batch, Status
from app.workers import METHOD, Worker

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("listening", [Polled, Threaded])]

MANY = "import torch\nx = torch.ones(20, 20)\nfor i in range(2000):\n    y = x + i\n"


def babble(connection: Connection, first: bytes) -> None:
    """A worker that was taken over."""
    connection.send_bytes(b"a frame")
    os.write(connection.fileno(), first)
    time.sleep(60)


async def test_what_a_run_says_comes_whole_and_in_order_and_its_end_is_told(
    listening: type[Polled | Threaded], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workers, "LISTENING", listening)
    ended: list[Worker] = []
    worker = Worker(Rings(1 << 30, 3), ended.append)
    worker.listen()
    await worker.greet()
    came: list[Batch] = []

    async def receive(batches: list[Batch], status: Status | None) -> None:
        came.extend(batches)

    for _ in range(2):
        came.clear()
        assert (await worker.run(Program(MANY, 0), receive)).status == "finished"
        assert [batch.first for batch in came] == [0, *(batch.last + 1 for batch in came[:-1])]
        assert came[-1].last > 2000 and b'"run-finished"' in came[-1].lines
    worker.kill()
    async with asyncio.timeout(60):
        await worker.ended.wait()
    assert ended == [worker] and await worker.frames.get() == [None]


@pytest.mark.parametrize("first", [b"\xff" * 12, b"\x7f" * 12])
async def test_who_sends_what_is_no_frame_is_ended(listening: type[Polled | Threaded], first: bytes):
    context = get_context(METHOD)
    ours, theirs = context.Pipe()
    process = context.Process(target=babble, args=(theirs, first), daemon=True)  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    came: asyncio.Queue[list[bytes] | None] = asyncio.Queue()
    arrivals: Arrivals = listening(ours, process, came.put_nowait)
    arrivals.start()
    async with asyncio.timeout(60):
        assert [await came.get(), await came.get()] == [[b"a frame"], None]
    assert process.exitcode == -9
