"""A worker process as the web process sees it: what it is told, what it may say, and that it can be ended."""

import asyncio
import contextlib
import json
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app import executor
from app.frames import HEAD, LISTENING, TOGETHER, ends
from app.programs import Program
from app.store import EVENTS, Batch, Status, joined

TRACE_BYTES = 24 << 20
"""Above the engine's own limit of a trace: what only a worker that was taken over can send."""
START_SECONDS = 30.0
PROCESS_CLOCK = 2
"""Linux's name for the clock that counts what a process has of the processors (CPUCLOCK_SCHED)."""
METHOD = "forkserver" if sys.platform not in {"win32", "darwin"} else "spawn"

log = logging.getLogger("gradlight")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; `code` is None where its last event says so itself."""

    status: Status
    code: str | None = None


class BadFrame(Exception):
    """A worker sent what no worker of ours sends."""


class Worker:
    """One process; `frames` gives what it sent, some frames at a time, and None when it is gone. `on_end` is called once it has ended."""

    def __init__(self, rings: executor.Rings, on_end: Callable[["Worker"], None]) -> None:
        context = multiprocessing.get_context(METHOD)
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=executor.serve, args=(theirs, rings), daemon=True)  # type: ignore[attr-defined]
        self.on_end = on_end
        self.frames: asyncio.Queue[list[bytes | None]] = asyncio.Queue()
        self.runs = self.heard = 0
        self.began = self.had = 0.0
        self.rings: Mapping[str, object] = {}
        self.ended = asyncio.Event()
        self.killed = False
        with minimal_environment() if METHOD == "spawn" else contextlib.nullcontext():
            self.process.start()
        theirs.close()

    def listen(self) -> None:
        """What the process sends is heard in the running loop from now on."""
        LISTENING(self.connection, self.process, self.hear).start()

    def hear(self, frames: list[bytes] | None) -> None:
        if frames is None:
            self.frames.put_nowait([None])
            self.ended.set()
            self.on_end(self)
            return
        self.heard += sum(map(len, frames))
        if self.heard > TRACE_BYTES:  # also of one that talks when nobody asked it
            self.kill()
        else:
            self.frames.put_nowait(list(frames))

    async def greet(self) -> None:
        """The worker is warm; raises BadFrame where it is not within `START_SECONDS`."""
        try:
            async with asyncio.timeout(START_SECONDS):
                frame, *_ = await self.frames.get()
        except TimeoutError:
            frame = None
        if frame is None or frame[:1] != executor.HELLO:
            self.kill()
            raise BadFrame("a worker did not start")
        self.rings = json.loads(frame[1:])

    async def run(
        self,
        program: Program,
        receive: Callable[[list[Batch], Status | None], Awaitable[None]],
        *,
        patience: float = 0.0,
    ) -> Outcome:
        """The program has been run: every batch was handed to `receive` in order, the last with the status that it says.

        What came while `receive` was busy is handed over together, and the first with what follows within `patience` seconds. Raises BadFrame
        at what is no frame of ours.
        """
        self.runs += 1
        following = self.heard = 0
        try:
            self.connection.send_bytes(json.dumps({"source": program.source, "seed": program.seed}).encode())
        except OSError:
            return Outcome("stopped", "worker-died")
        outcome: Outcome | None = None
        while outcome is None:
            batches: list[Batch] = []
            for frame in await self.arrived(0.0 if following else patience):
                if outcome is not None:
                    self.frames.put_nowait([frame])  # no worker of ours says more: the pool takes such a one out
                elif frame is None:
                    outcome = Outcome("stopped", "worker-died")
                elif frame[:1] == executor.DONE:
                    outcome = read_outcome(frame)
                else:
                    batch, status = read_batch(frame, following)
                    batches.append(batch)
                    following = batch.last + 1
                    outcome = Outcome(status) if status else None
            if batches:
                await receive(joined(batches), outcome.status if outcome and outcome.code is None else None)
        return outcome

    async def arrived(self, patience: float) -> list[bytes | None]:
        """What the worker has sent meanwhile, or sends within `patience` seconds: at least one frame, or None for its end."""
        frames = await self.frames.get()
        if patience and frames[-1] is not None and not ends(frames[-1]):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    frames += await self.frames.get()
        while len(frames) < TOGETHER and not self.frames.empty():
            frames += self.frames.get_nowait()
        return frames

    def begin(self) -> None:
        """Whatever it did until now is not the next run's: `spent` counts from here."""
        self.began, self.had = processor_seconds(self.process.pid) or 0.0, 0.0

    @property
    def spent(self) -> float:
        """Seconds of a processor's time since it was taken for a run; elsewhere than on Linux, seconds that have passed."""
        if (seconds := processor_seconds(self.process.pid)) is not None:
            self.had = seconds - self.began
        return self.had

    def stop(self) -> bool:
        """The process has no processor until it is told to `go_on`. False elsewhere than on Linux: only there it ends with its server even then."""
        if sys.platform != "linux":
            return False
        self.signal(signal.SIGSTOP)
        return True

    def go_on(self) -> None:
        if sys.platform == "linux":
            self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        assert self.process.pid is not None
        if not self.ended.is_set():
            with contextlib.suppress(OSError):  # it has ended just now
                os.kill(self.process.pid, number)

    def kill(self) -> None:
        """The process is told to end at once; `frames` will give None."""
        self.killed = True
        self.process.kill()


def processor_seconds(pid: int | None) -> float | None:
    """Seconds for which the process has had a processor, None where it is gone; elsewhere than on Linux, seconds of a clock that goes on."""
    if sys.platform != "linux":
        return time.monotonic()
    assert pid is not None
    try:
        return time.clock_gettime(~pid << 3 | PROCESS_CLOCK)
    except OSError:
        return None


def read_batch(frame: bytes, following: int) -> tuple[Batch, Status | None]:
    """The batch in a frame and the status in which it ends the run, if it does.

    Its size, count and continuity are checked, and that it is text; nothing is decoded further.
    """
    if frame[:1] != executor.LINES or len(frame) <= HEAD:
        raise BadFrame("an unknown frame")
    first, last, end = executor.HEAD.unpack(frame[1:HEAD])
    lines = frame[HEAD:]
    if (
        first != following
        or not 1 <= last - first + 1 <= EVENTS
        or end >= len(executor.ENDS)
        or lines.count(b"\n") != last - first
        or b"\r" in lines
    ):
        raise BadFrame("lines out of order")
    try:
        lines.decode("utf-8")
    except UnicodeDecodeError:
        raise BadFrame("lines that are no text") from None
    return Batch(first, last, lines), executor.ENDS[end]


def read_outcome(frame: bytes) -> Outcome:
    """The outcome in a last frame."""
    try:
        said = json.loads(frame[1:200])
        status, code = said["status"], said["code"]
    except (ValueError, TypeError, KeyError):
        raise BadFrame("an outcome that cannot be read") from None
    if status != "limited" or code != "limit-memory":
        raise BadFrame("an unknown outcome")
    return Outcome(status, code)


_environment = threading.Lock()


@contextlib.contextmanager
def minimal_environment() -> Iterator[None]:
    """While this holds, a process started here inherits the places of our code, one thread of arithmetic, and no secret."""
    with _environment:
        kept = dict(os.environ)
        needed = {"SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "PATH", "LANG", "LC_ALL", "FONTCONFIG_FILE"}
        for name in kept.keys() - needed:
            del os.environ[name]
        os.environ.update(executor.BLAS_THREADS, PYTHONPATH=str(Path(__file__).resolve().parent.parent))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)


def preload() -> None:
    """Where workers are forked, they are forked from a process that has imported NumPy and the engine and run a program."""
    if METHOD == "forkserver":
        from multiprocessing import forkserver

        multiprocessing.set_forkserver_preload(["app.warming"])
        with minimal_environment():
            forkserver.ensure_running()
