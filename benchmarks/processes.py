"""The app's own processes, started for a measurement or a test and ended by their ids."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Process:
    """`python -m app serve` on a port of its own, or `python -m app worker`, which tells how it is there; `start` again after an end."""

    def __init__(self, command: str, folder: Path, **settings: object) -> None:
        self.command = command
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        given = {f"GRADLIGHT_{name.upper()}": str(value) for name, value in settings.items()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADLIGHT_")}
        self.store = str(settings.get("store", folder / "runs.sqlite3"))
        self.environment = {**kept, "PYTHONUNBUFFERED": "1", **given, "GRADLIGHT_STORE": self.store}
        self.log = folder / f"{command}-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """It is ready: it has told its address."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """It has been started."""
        with self.log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", self.command, "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def wait(self) -> None:
        """It is ready."""
        assert self.process is not None and self.process.stdout is not None
        if not self.process.stdout.readline().startswith(b"Gradlight"):
            self.kill()
            raise RuntimeError(f"{self.command} did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """It has ended, without having been asked."""
        self.end(signal.SIGKILL)

    def terminate(self) -> tuple[int, float]:
        """It has ended as it was told to: its exit status, and after how many seconds."""
        began = time.monotonic()
        return self.end(signal.SIGTERM), time.monotonic() - began

    def end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        status = self.process.wait(timeout=120)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return status


@contextlib.contextmanager
def running(*processes: Process) -> Iterator[None]:
    """The processes run until the block ends."""
    try:
        for process in processes:
            process.launch()
        for process in processes:
            process.wait()
        yield
    finally:
        for process in processes:
            process.end(signal.SIGTERM)


def get(address: str, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
        content: bytes = answer.read()
    return content


def children(pid: int) -> list[int]:
    """The processes below a process, and theirs."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *children(child)]
    return found


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def processor_seconds(pid: int) -> float:
    """Processor time of a process and all below it, those that have ended included."""
    total = 0
    for each in [pid, *children(pid)]:
        with contextlib.suppress(OSError):
            total += sum(map(int, stat(each)[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Megabytes that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def workers(pid: int) -> list[int]:
    """The living worker processes of a server or worker host: what its fork server has started."""
    found = []
    for child in children(pid):
        with contextlib.suppress(OSError):
            state, parent, *_ = stat(child)
            if state != "Z" and int(parent) != pid:
                found.append(child)
    return found


def lives(pid: int) -> bool:
    """Whether this process is there and has not ended."""
    try:
        return stat(pid)[0] not in "ZX"
    except OSError:
        return False


def zombies(pid: int) -> int:
    """How many processes below a process have ended without anyone asking how."""
    count = 0
    for child in children(pid):
        with contextlib.suppress(OSError):
            count += stat(child)[0] == "Z"
    return count
