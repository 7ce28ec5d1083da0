"""What telling costs: events a second from the start of a run to encoded bytes, the first bytes, memory held for each, and a long chain.

    python benchmarks/events.py [--rounds 15] [--ops 1000000]

The program trains on single numbers, so nearly all that it does is told. A peer stands beside the events: one `json.dumps` of each.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import engine
from engine.run import execute

PROGRAM = """import torch
x = torch.tensor(1.001, requires_grad=True)
w = torch.tensor(0.5, requires_grad=True)
for turn in range(40):
    y = x * w
    z = y + x
    for k in range(10):
        z = z * w
        z = z - y
    z.backward()
    with torch.no_grad():
        x -= 0.01 * x.grad
    x.grad = None
"""


def told() -> tuple[float, float, list[bytes]]:
    """Seconds of processor time for a run and until its first bytes, and its lines."""
    lines: list[bytes] = []
    first = 0.0
    started = time.process_time()

    def write(number: int, batch: list[bytes]) -> None:
        nonlocal first
        if not number:
            first = time.process_time() - started
        lines.extend(batch)

    execute(PROGRAM, write=write)
    return time.process_time() - started, first, lines


def peer(lines: list[bytes]) -> float:
    """Seconds to encode the same events with the standard library, once they are dictionaries."""
    events = [json.loads(line) for line in lines]
    started = time.process_time()
    for event in events:
        json.dumps(event, separators=(",", ":")).encode()
    return time.process_time() - started


def held() -> tuple[float, int]:
    """Bytes that a recording holds for each event before it is told, and how many events there are."""
    gc.collect()
    tracemalloc.start()
    with engine.record() as trace:
        x = engine.tensor(1.001, requires_grad=True)
        z = x
        for _ in range(5000):
            z = z * 1.0001
        z.backward()
        size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / trace.recorder.count, trace.recorder.count


def chain(ops: int) -> tuple[float, float, float]:
    """Microseconds an op forward and backward, bytes an op while the graph stands, and seconds to release it."""
    x = engine.tensor(1.0, requires_grad=True)
    gc.collect()
    started = time.process_time()
    y = x
    for _ in range(ops):
        y = y * 1.0000001
    y.backward()
    taken = (time.process_time() - started) / ops * 1e6
    started = time.process_time()
    del y
    released = time.process_time() - started
    tracemalloc.start()
    y = x
    for _ in range(ops // 10):
        y = y * 1.0000001
    size = tracemalloc.get_traced_memory()[0] / (ops // 10)
    tracemalloc.stop()
    return taken, size, released


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--ops", type=int, default=1_000_000)
    options = parser.parse_args()
    runs = [told() for _ in range(options.rounds)]
    whole, lines = min(run[0] for run in runs), runs[0][2]
    print(
        f"events     {len(lines) / whole:10,.0f} a second, {len(b''.join(lines)) / len(lines):.0f} bytes each", end=""
    )
    print(f", {whole / min(peer(lines) for _ in range(options.rounds)):.2f} times one json.dumps of each")
    print(f"first      {min(run[1] for run in runs) * 1000:10.2f} ms to the first bytes")
    size, count = held()
    print(f"held       {size:10.0f} bytes for each of {count:,} events of a chain, its graph included")
    taken, size, released = chain(options.ops)
    print(
        f"chain      {taken:10.2f} us and {size:.0f} bytes an op over {options.ops:,} ops, released in {released:.2f} s"
    )


if __name__ == "__main__":
    main()
