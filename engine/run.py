"""A program's text to its events: always a first one, always a terminal one, whatever the text does."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from engine import anomaly, detour, dtypes, events, grad_mode, overwriting, random, recording, saving, storage, text
from engine.doorway import open_door
from engine.nn import budget
from engine.program import fixes, mistakes, notices, reasons, unknown
from engine.program.evaluate import Interpreter
from engine.program.failures import PLACES, ProgramError, Refused
from engine.program.hints import CODES, find
from engine.program.limits import LIMITS, Limited, Limits, Meter, too_deep
from engine.program.narration import Narrator
from engine.program.parse import Program, parse
from engine.recorder import Recorder

BATCH = 50
PATIENCE = 1000
"""So long may what is noted grow once the picture has begun; an op takes up 5, most else 1. Much at once is encoded in less time."""
FRAMES = 30_000
INTERNAL = "Something went wrong inside Gradlight; the program is not to blame."
Place = tuple[int, int, int]
Write = Callable[[int, list[bytes]], None]
Timer = Callable[[Callable[[], None]], None]

log = logging.getLogger(__name__)


class _Trace:
    """Lines on their way out: one alone at first, then more at a time, 50 at most; lines and bytes are counted."""

    def __init__(self, recorder: Recorder, write: Write, limits: Limits) -> None:
        self.recorder = recorder
        self.write = write
        self.limits = limits
        self.waiting: list[bytes] = []
        self.sent = 0
        self.bytes = 0
        self.count = 0
        self.batch = 1
        self.hurried = False
        self.narrator: Narrator | None = None

    def hurry(self) -> None:
        """What has been noted goes with the next event, however little it is. May be called between any two steps of the interpreter."""
        if self.narrator is not None:
            self.hurried = True
            self.narrator.patience = 0

    def hasten(self) -> None:
        """What has been noted has been handed on: what comes next may take long. Raises `Limited`."""
        self.hurried = True
        self.move()

    def move(self) -> int:
        """Takes what was recorded and hands on full batches; gives how long what is noted may grow before the next."""
        if self.recorder.count - self.sent >= (1 if self.hurried else self.batch):
            rest, self.hurried = self.hurried, False
            self.gather()
            self.send(rest=rest)
        if self.hurried:
            return 0
        return self.batch - (self.recorder.count - self.sent) if self.batch < BATCH else PATIENCE

    def gather(self) -> None:
        """Takes what was recorded. Raises `Limited` where that is too much; the trace then ends with the event that was too many."""
        lines = self.recorder.flush()
        size, limits = sum(map(len, lines)), self.limits
        if lines and (self.count + len(lines) > limits.events or self.bytes + size > limits.trace_bytes):
            raise self.cut(lines)
        self.bytes += size
        self.count += len(lines)
        self.waiting.extend(lines)

    def cut(self, lines: list[bytes]) -> Limited:
        """Keeps the lines up to the first that is too many, wherever between two of them the trace was looked at."""
        for line in lines:
            self.waiting.append(line)
            self.bytes += len(line)
            self.count += 1
            if self.count > self.limits.events or self.bytes > self.limits.trace_bytes:
                break
        self.recorder.rewind(self.count)
        self.recorder.line, self.recorder.span = json.loads(self.waiting[-1])["line"], None
        if self.count > self.limits.events:
            return Limited("events", self.limits.events)
        return Limited("trace", self.limits.trace_bytes)

    def send(self, *, rest: bool) -> None:
        """Hands on what waits, in full batches; what is left over too where the `rest` is wanted."""
        waiting, place = self.waiting, 0
        while (left := len(waiting) - place) >= self.batch or (rest and left):
            lines = waiting[place : place + self.batch]
            place += len(lines)
            first, self.sent = self.sent, self.sent + len(lines)
            self.batch = min(self.batch * 4, BATCH)
            self.write(first, lines)
        self.waiting = waiting[place:]

    def close(self) -> None:
        """Hands on what is left, the terminal event with it."""
        self.waiting.extend(self.recorder.flush())
        self.batch = BATCH
        self.send(rest=True)


def execute(source: str, *, seed: int = 0, limits: Limits = LIMITS, write: Write, timer: Timer | None = None) -> None:
    """The whole trace of a program has been written, in order, as JSON lines.

    `write(first_seq, lines)` takes 1 to 50 lines at a time: one at first, so that the picture can begin, then more. The last line is a
    terminal event. What `write` raises goes through and ends the run. `timer(hurry)` is given what lets fewer lines go at once; whoever
    measures time calls it when lines may have waited long enough. It changes how lines are parted, never the lines.
    """
    recorder = Recorder()
    trace = _Trace(recorder, write, limits)
    if timer is not None:
        timer(trace.hurry)
    recorder.emit("run-started", schema=events.SCHEMA, seed=seed)
    trace.move()
    try:
        ending = _ending(source, seed, recorder, trace)
        trace.gather()
    except Limited as limited:
        ending = _limited(limited, recorder)
    except OSError:
        raise  # the one who reads the trace has gone
    except MemoryError:
        ending = _limited(Limited("memory", limits.alive), recorder)
    except Exception:  # what escapes is our own fault: the log is told what, the reader only that
        log.exception("a run ended inside the engine")
        ending = _end(
            recorder, _place(recorder), "InternalError", INTERNAL, "Try it in another way.", "internal", "failed"
        )
    recorder.span = None
    recorder.emit(ending.pop("kind"), **ending)
    trace.close()


def run(source: str, *, seed: int = 0, limits: Limits = LIMITS) -> Iterator[events.Event]:
    """The events of a program, in order, the last a terminal one."""
    lines: list[bytes] = []
    execute(source, seed=seed, limits=limits, write=lambda _, batch: lines.extend(batch))
    for line in lines:
        yield events.decode(json.loads(line))


def _ending(source: str, seed: int, recorder: Recorder, trace: _Trace) -> dict[str, Any]:
    """Runs the program and gives its terminal event."""
    try:
        program = parse(source, trace.limits)
    except Refused as refused:
        return _refused(refused, recorder)
    interpreter = Interpreter(program, recorder, Meter(trace.limits, recorder.settle, trace.hasten), trace.move)
    trace.narrator = interpreter
    try:
        with _fresh(seed, recorder, interpreter), overwriting.as_asked(source):
            interpreter.run()
    except ProgramError as error:
        return _failed(error, recorder, interpreter)
    except Limited as limited:
        return _limited(limited, recorder)
    except RecursionError as error:
        return _limited(too_deep(error, trace.limits), recorder)
    except MemoryError:
        return _limited(Limited("memory", trace.limits.alive), recorder)
    recorder.line = None
    recorder.settle()
    for notice in notices.find(interpreter):
        recorder.emit("noticed", **notice.told())
    counts = {"tensors": recorder.tensors, "functions": recorder.functions, "calls": recorder.calls}
    return {"kind": "run-finished", **counts}


@contextmanager
def _fresh(seed: int, recorder: Recorder, interpreter: Interpreter) -> Iterator[None]:
    """The engine's own state as a new run finds it, given back afterwards."""
    depth, kind, hooks, reasons = (
        sys.getrecursionlimit(),
        dtypes.get_default_dtype(),
        list(saving.hooks),
        detour.reasons,
    )
    before = recording.active, budget.active, random.default
    printed, text.current = text.current, text.PROFILES["default"]
    placed, storage.addresses = storage.addresses, storage.Addresses()
    modes = grad_mode.enabled, grad_mode.inference, anomaly.enabled, anomaly.check_nan
    recording.active, budget.active, random.default = recorder, interpreter.meter, random.Generator(seed)
    grad_mode.enabled, grad_mode.inference, anomaly.enabled, anomaly.check_nan = True, False, False, True
    saving.hooks.clear()
    saving.refused.clear()
    detour.reasons = set()
    dtypes.set_default_dtype(dtypes.float32)
    sys.setrecursionlimit(max(FRAMES, depth))
    said: set[str] = set()

    def warned(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        text = f"{category.__name__}: {message}"
        if text not in said and issubclass(category, (UserWarning, DeprecationWarning, FutureWarning)):
            said.add(text)
            interpreter.print(text + "\n")

    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("always")
            warnings.showwarning = warned
            yield
    finally:
        recording.active, budget.active, random.default = before
        grad_mode.enabled, grad_mode.inference, anomaly.enabled, anomaly.check_nan = modes
        saving.hooks[:] = hooks
        detour.reasons = reasons
        text.current = printed
        storage.addresses = placed
        dtypes.set_default_dtype(kind)
        sys.setrecursionlimit(depth)


def _end(
    recorder: Recorder,
    place: Place,
    error: str,
    message: str,
    hint: str | None,
    code: str,
    status: str,
    **more: Any,
) -> dict[str, Any]:
    line, column, end = place
    recorder.line = line
    told = {"column": column, "end_column": end, "error": error, "message": message, "hint": hint, "code": code}
    return {"kind": "run-failed", **told, "status": status, **more}


def _refused(refused: Refused, recorder: Recorder) -> dict[str, Any]:
    first = refused.refusals[0]
    place = first.line, first.column, first.end_column
    every, count = [asdict(refusal) for refusal in refused.refusals[:PLACES]], len(refused.refusals)
    more = {"arguments": {"places": count}} if count > PLACES else {}
    return _end(recorder, place, first.error, first.message, first.hint, first.code, "failed", refusals=every, **more)


def _failed(error: ProgramError, recorder: Recorder, interpreter: Interpreter) -> dict[str, Any]:
    found = find(error.kind, error.text, error.node or error.statement)
    if found and error.code not in (None, found.code):
        found = None
    hint = error.hint or (found.text if found else None)
    code = error.code or (found.code if found else CODES.get(error.kind, "error"))
    arguments = error.arguments or (found.arguments if found else {})
    line, column, last, end = error.span or (recorder.line or 1, 0, recorder.line or 1, 0)
    place = line, column, end if last == line else column + 1
    more: dict[str, Any] = {"arguments": arguments}
    names = interpreter.top.names
    mistake = mistakes.Mistake(
        interpreter.program, error, code, arguments, interpreter.sweeps, interpreter.torch_name(), names
    )
    reason = reasons.find(mistake)
    if reason is not None:
        hint = reason.hint
        more["arguments"] = {**arguments, **reason.names, "reason": reason.kind}
    fix = reason.fix if reason is not None else fixes.find(mistake)
    if code == "name":
        more |= _unknown(error, interpreter.program)
    if fix is not None and "refusals" not in more:
        more["fix"] = asdict(fix)
    return _end(recorder, place, error.kind, error.text, hint, code, "failed", **more)


def _unknown(error: ProgramError, program: Program) -> dict[str, Any]:
    """The other names of the text that nothing gives either, where a run failed of one: they are told, and mended, with it."""
    told = unknown.refusals(program.tree, program.spans)
    here = next((one for one in told if error.span and one.line == error.span[0] and one.message == error.text), None)
    if here is None or len(told) == 1:
        return {}
    near = error.arguments.get("suggestion")
    first = replace(here, hint=error.hint or here.hint, replacement=str(near) if near else None)
    rest = [one for one in told if one is not here][: PLACES - 1]
    return {"refusals": [asdict(one) for one in (first, *rest)]}


def _limited(limited: Limited, recorder: Recorder) -> dict[str, Any]:
    place = _place(recorder)
    return _end(
        recorder, place, "Limit", limited.message, limited.hint, limited.code, "limited", arguments=limited.arguments
    )


def _place(recorder: Recorder) -> Place:
    line, span = recorder.line or 1, recorder.span
    if span is None or span[0] != line:
        return line, 0, 0
    return line, span[1], span[3] if span[2] == line else span[1] + 1


open_door(__name__)
