"""A stream to a real Chromium against one single JSON of the same events, and against a bare response of the same bytes.

A training loop makes as many events as one run may. A page of the app reads their stream with the page's own reader; a page of a plain file server
reads the same events as one JSON array; round about, so that both see the same machine. The same once more without what becomes of the text: the stream
cut into its messages, against its very bytes as a file. Prints the rates, their ratios, and when the first event came as a part of the stream's whole
time, beside what this Chromium needs for the smallest answer of all.

    .venv/bin/python benchmarks/stream.py [--rounds 15] [--chromium PATH]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.goals import Goals
from benchmarks.processes import Process, free_port, running
from benchmarks.visitor import Visitor
from benchmarks.workbench import browser

PROGRAM = """import torch
w = torch.tensor(0.5, requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)
for step in range(5000):
    x = torch.tensor(0.01 * step)
    y = torch.tanh(w * x + b)
    loss = (y - 0.5) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad = None
    b.grad = None
"""

STREAM = """
async (id) => {
  const { readEvents } = await import('/static/js/page/runs.js');
  const began = performance.now();
  let first = 0;
  const all = [];
  for await (const { events } of readEvents({ id, events: `/api/runs/${id}/events`, url: '' })) {
    first ||= performance.now() - began;
    all.push(...events);
  }
  return { first, whole: performance.now() - began, count: all.length };
}
"""

SINGLE = """
async () => {
  const began = performance.now();
  const events = await (await fetch('/events.json')).json();
  return { first: 0, whole: performance.now() - began, count: events.length };
}
"""


MESSAGES = """
async (id) => {
  const { messagesOf } = await import('/static/js/page/messages.js');
  const began = performance.now();
  let count = 0;
  const { body } = await fetch(`/api/runs/${id}/events`, { cache: 'no-store' });
  for await (const message of messagesOf(body)) count += message.length;
  return performance.now() - began;
}
"""

BARE = """
async () => {
  const began = performance.now();
  const reader = (await fetch('/stream.txt', { cache: 'no-store' })).body.getReader();
  while (!(await reader.read()).done);
  return performance.now() - began;
}
"""


SMALLEST = """
async () => {
  const began = performance.now();
  await (await fetch('/healthz', { cache: 'no-store' })).arrayBuffer();
  return { first: performance.now() - began, whole: 0, count: 0 };
}
"""


@contextlib.contextmanager
def files_of(folder: Path) -> Iterator[str]:
    """The address of a plain file server over the folder, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--protocol", "HTTP/1.1"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


async def made(address: str) -> tuple[str, list[bytes], bytes]:
    """A run of as many events as there may be, their lines, and the bytes of their stream."""
    async with Visitor(address) as visitor:
        run = (await visitor.run(PROGRAM)).run
        lines = (await visitor.ask("GET", f"/api/runs/{run}/trace.jsonl")).body.splitlines()
        return run, lines, (await visitor.ask("GET", f"/api/runs/{run}/events")).body


@dataclass(frozen=True, slots=True)
class Times:
    """Median milliseconds in Chromium: of the stream to its first event and to its last, of the single JSON, of the stream's messages, of its bytes from a file, of the smallest answer."""

    first: float
    streamed: float
    single: float
    messages: float
    bare: float
    smallest: float


def in_chromium(server: Process, single: str, run: str, count: int, options: argparse.Namespace) -> Times:
    """The times of so many rounds, after one that warms up."""
    measured: dict[str, list[float]] = {field.name: [] for field in fields(Times)}
    with browser(options.chromium) as chromium:
        ours, other = chromium.new_page(), chromium.new_page()
        ours.goto(f"{server.address}/static/icon.svg")
        other.goto(single)
        for _ in range(options.rounds + 1):
            streamed, whole = ours.evaluate(STREAM, run), other.evaluate(SINGLE)
            if {streamed["count"], whole["count"]} != {count}:
                raise ValueError(f"{count} events were to come, not {streamed['count']} and {whole['count']}")
            measured["first"].append(streamed["first"])
            measured["streamed"].append(streamed["whole"])
            measured["single"].append(whole["whole"])
            measured["messages"].append(ours.evaluate(MESSAGES, run))
            measured["bare"].append(other.evaluate(BARE))
            measured["smallest"].append(ours.evaluate(SMALLEST)["first"])
    return Times(**{name: statistics.median(times[1:]) for name, times in measured.items()})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--chromium", help="its path (default: the one that the browser tests find)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Process("serve", folder, deadline=60)
        with running(server):
            run, lines, stream = asyncio.run(made(server.address))
            (folder / "events.json").write_bytes(b"[" + b",".join(lines) + b"]")
            (folder / "stream.txt").write_bytes(stream)
            (folder / "index.html").write_text("<!doctype html><title>events</title>")
            with files_of(folder) as address:
                times = in_chromium(server, address, run, len(lines), options)
    goals = Goals()
    print(f"stream: {len(lines)} events, {sum(map(len, lines)) / 1e6:.1f} MB, median of {options.rounds} rounds")
    for what, whole in (
        ("stream", times.streamed),
        ("single JSON", times.single),
        ("messages", times.messages),
        ("bare bytes", times.bare),
    ):
        print(f"  {what:<11} {whole:5.0f} ms   {len(lines) / whole * 1000:9.0f} events/s")
    print(f"  first event after {times.first:.1f} ms; this Chromium's smallest answer takes {times.smallest:.1f} ms")
    goals.least("rate of the stream over the single JSON's", times.single / times.streamed, 0.5)
    goals.least("rate of the stream's messages over that of a bare response", times.bare / times.messages, 0.8)
    goals.most("first event, part of the stream's time", times.first / times.streamed, 0.05)
    return int(goals.short > 0)


if __name__ == "__main__":
    sys.exit(main())
