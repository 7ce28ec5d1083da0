"""`time`: a clock of the run's own, which counts steps, so that a run is the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.values import Builtin, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
STEP = 1e-5
"""Seconds that one unit of fuel stands for."""
START = 1_700_000_000
"""What the calendar's clock shows when a run starts, in seconds since 1970."""


def _elapsed(run: Machine) -> float:
    return (run.meter.limits.fuel - run.meter.fuel) * STEP


def _clock(name: str, start: int) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 0, 0)
        return start + _elapsed(run)

    return Builtin(name, call)


def _sleep(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("sleep", given, keywords, 1, 1)
    run.as_float(given[0])


def _nothing(run: Machine, given: Given, keywords: Keywords) -> Value:
    """What `warnings.filterwarnings` does: warnings are told once each, and stay."""


def _collected(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("collect", given, keywords, 0, 1)
    return 0


def _bar(run: Machine, given: Given, keywords: Keywords) -> Value:
    """What `tqdm` gives: the items as they are; there is no bar to draw."""
    take("tqdm", given, {}, 1, 1)
    return given[0]


def _range(run: Machine, given: Given, keywords: Keywords) -> Value:
    return run.call(run.builtins["range"], given, {})


_MAKERS: dict[str, Callable[..., Value]] = {"tqdm": _bar, "trange": _range}
MEMBERS: dict[str, Value] = {
    "time": _clock("time", START),
    "perf_counter": _clock("perf_counter", 0),
    "process_time": _clock("process_time", 0),
    "monotonic": _clock("monotonic", 0),
    "sleep": Builtin("sleep", _sleep),
}
WARNINGS: dict[str, Value] = {name: Builtin(name, _nothing) for name in ("filterwarnings", "simplefilter")}
GC: dict[str, Value] = {name: Builtin(name, _collected) for name in ("collect", "enable", "disable")}
"""`gc`, for what nobody holds is gone at once."""
BARS: dict[str, Value] = {name: Builtin(name, make) for name, make in _MAKERS.items()}
"""What `tqdm` has."""
