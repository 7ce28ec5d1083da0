"""Inside a worker process: take a program from the pipe, run it, send its lines back.

What goes over the pipe is bytes in both directions, never pickles: a worker that was taken over must not reach the web process.

* to the worker: a JSON object `{"source", "seed"}`
* from the worker: `HELLO` + JSON of the rings that hold, once. Then for each run any number of `LINES` + head + lines parted by
  newlines; the head is the first and last seq and the place in `ENDS` of the status that the last line says (0 where the run goes
  on). A run ends with such lines, or with `DONE` + JSON `{"status", "code"}` where it has no terminal event of its own.
"""

import ctypes
import gc
import json
import os
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, Literal

from app import seccomp
from app.store import Status

HELLO, LINES, DONE = b"H", b"L", b"D"
HEAD = struct.Struct("<QQB")
ENDS: tuple[Status | None, ...] = (None, "finished", "failed", "limited", "stopped")
WAIT_SECONDS = 0.008
"""So long an event waits here for others; as long again where frames are gathered: 16 ms in all."""
PR_SET_PDEATHSIG = 1
BLAS_THREADS = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)

WARMING = """import torch
import torch.nn.functional as F
from torch import nn, optim
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
opt = optim.SGD(net.parameters(), lr=0.1)
loss = F.cross_entropy(net(torch.randn(4, 2)), torch.tensor([0, 1, 0, 1]))
loss.backward()
opt.step()
print(net, loss, torch.linalg.norm(torch.ones(2, 2)), f"{loss.item():.2f}")
梯 = torch.ones(1000)
x, w = [torch.tensor(number, requires_grad=True) for number in (1.5, 0.5)]
for y in (x + w, x - w, x * w, x / w, x + 1.0, x - 1.0, 1.0 - x, x * 2.0, x / 2.0, x**2, -x, x.exp(), x.log(), x.tanh(), x.relu(), x.sigmoid()):
    y.backward()
torch.ones(2, 3) @ torch.ones(2, 3)
"""


@dataclass(frozen=True, slots=True)
class Rings:
    """The kernel's limits around a worker: bytes of memory, seconds of processor time for one run, and whether its calls are listed."""

    memory: int
    seconds: int
    seccomp: Literal["auto", "required", "off"] = "auto"


@cache
def warmed() -> Callable[..., None]:
    """What runs a program, in a process that has imported all it will need. A worker that is forked after this finds it done."""
    # Python and NumPy bring these in only when they are used; by then no file can be opened.
    import unicodedata  # noqa: F401

    import numpy.ma
    import numpy.random  # noqa: F401

    from engine.run import execute

    execute(WARMING, write=lambda first, lines: None)  # what is imported late is imported now
    gc.collect()
    gc.freeze()  # what is imported stays: a run's collections need not look at it
    return execute


def serve(connection: Connection, rings: Rings) -> None:
    """The worker's life: it ends when the web process closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_server()
    execute = warmed()
    limited = confine(rings)
    doors = [] if rings.seccomp == "off" else seccomp.close_doors()
    if rings.seccomp == "required" and "seccomp" not in doors:
        return
    listed = "on" if "seccomp" in doors else "off"
    connection.send_bytes(HELLO + json.dumps({"rlimits": limited, "seccomp": listed, "doors": doors}).encode())

    def write(first: int, lines: list[bytes]) -> None:
        head = HEAD.pack(first, first + len(lines) - 1, ENDS.index(status_said(lines[-1])))
        connection.send_bytes(LINES + head + b"\n".join(lines))

    while True:
        try:
            job = json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        allow_seconds(rings.seconds)
        try:
            execute(job["source"], seed=job["seed"], write=write, timer=tick)
        except MemoryError:
            connection.send_bytes(DONE + json.dumps({"status": "limited", "code": "limit-memory"}).encode())
        except BrokenPipeError:
            return
        finally:
            tick(None)


def end_with_server() -> None:
    """Whenever the server ends this process does, even if it is stopped: the fork server ends then, for this process lets go of the end of the pipe that
    tells it that someone is left, and the kernel ends this one with it. Only Linux knows of that."""
    if sys.platform != "linux":
        return
    from multiprocessing import forkserver

    server: Any = vars(forkserver)["_forkserver"]
    if server._forkserver_alive_fd is not None:
        os.close(server._forkserver_alive_fd)
        server._forkserver_alive_fd = None
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def tick(hurry: Callable[[], None] | None) -> None:
    """Until told otherwise, `hurry` is called every `WAIT_SECONDS`: no event waits much longer for others. Not on Windows, which has no such timer."""
    if sys.platform == "win32":
        return
    if hurry is None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)  # what the run held is let go
    else:
        signal.signal(signal.SIGALRM, lambda *_: hurry())
        signal.setitimer(signal.ITIMER_REAL, WAIT_SECONDS, WAIT_SECONDS)


def status_said(line: bytes) -> str | None:
    """The status in which a run has ended whose last event this line is; None where it goes on."""
    if b'"run-f' not in line[:80]:  # most lines need no look inside
        return None
    event = json.loads(line)
    return {"run-finished": "finished", "run-failed": event.get("status")}.get(event["kind"])


def confine(rings: Rings) -> list[str]:
    """This process keeps no environment, no directory and only what the limits leave; the names of those that hold."""
    os.environ.clear()
    sys.dont_write_bytecode = True
    if sys.platform == "win32":
        return []
    import resource

    os.chdir("/")
    held = []
    for name, bound in (("AS", rings.memory), ("FSIZE", 0), ("NOFILE", 32), ("CORE", 0), ("NPROC", 0)):
        try:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (bound, bound))
            held.append(name)
        except (AttributeError, ValueError, OSError):  # this platform does not know or allow it
            continue
    return held


def allow_seconds(seconds: int) -> None:
    """The kernel ends this process after so many further seconds of processor time, also when nobody is left to do it."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))
