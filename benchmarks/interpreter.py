"""The interpreter against the engine it drives: one recorded op run by a program's text, as a ratio to the same op recorded from Python.

Both sides end in encoded events. The program's side has more of them (`line-reached`, `name-bound`, scopes), which is part of its price;
`empty loop` shows the price of those alone, per turn.

    python benchmarks/interpreter.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import engine
from engine import recording
from engine.recorder import Recorder
from engine.run import execute

OPS = 2000
HEAD = "import torch\na = torch.tensor(2.0, requires_grad=True)\nb = torch.tensor(3.0, requires_grad=True)\nc = a\n"
PROGRAMS = {
    "one op a line": f"for i in range({OPS}):\n    c = a * b\n",
    "four ops a line": f"for i in range({OPS // 4}):\n    c = (c * 0.9 + b * 0.1).tanh()\n",
    "in a function": f"def f(a, b):\n    return a * b + a\nfor i in range({OPS // 2}):\n    c = f(a, b)\n",
    "empty loop": f"for i in range({OPS}):\n    c = i\n",
}


def by_engine(kind: str) -> Callable[[], None]:
    """The ops of a program, recorded without it."""

    def run() -> None:
        recorder = Recorder()
        recording.active = recorder
        try:
            a, b = (engine.tensor(number, requires_grad=True) for number in (2.0, 3.0))
            c = a
            if kind == "four ops a line":
                for _ in range(OPS // 4):
                    c = (c * 0.9 + b * 0.1).tanh()
            elif kind == "in a function":
                for _ in range(OPS // 2):
                    c = a * b + a
            else:
                for _ in range(OPS):
                    c = a * b
            recorder.flush()
        finally:
            recording.active = None

    return run


def timed(works: list[Callable[[], None]], rounds: int) -> list[float]:
    """Microseconds of one op of each work, the least of so many rounds; the works take turns, so that a busy moment meets all of them."""
    least = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            began = time.perf_counter()
            work()
            least[place] = min(least[place], time.perf_counter() - began)
    return [seconds / OPS * 1e6 for seconds in least]


def by_program(text: str) -> Callable[[], None]:
    """The program run from its text to encoded events."""
    return lambda: execute(HEAD + text, write=lambda first, lines: None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    for kind, text in PROGRAMS.items():
        if kind == "empty loop":
            (ours,) = timed([by_program(text)], rounds)
            print(f"{kind:16} {ours:7.2f} us a turn")
            continue
        ours, own = timed([by_program(text), by_engine(kind)], rounds)
        print(f"{kind:16} {ours:7.2f} us an op   engine {own:6.2f} us   ratio {ours / own:.2f}")


if __name__ == "__main__":
    main()
