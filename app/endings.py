"""The last events of runs whose worker could not write them."""

import json
from typing import Any

from app.store import Batch
from app.workers import Outcome
from engine.events import SCHEMA, Event, RunFailed, RunStarted, encode

ENDINGS: dict[str, tuple[str, str, str]] = {
    "deadline": (
        "TimeoutError",
        "The program was stopped after {seconds:g} s.",
        "Use fewer loop steps or smaller tensors.",
    ),
    "limit-memory": (
        "MemoryError",
        "The program needed more memory than one run has.",
        "Use smaller tensors, or fewer of them at a time.",
    ),
    "stopped": ("Stopped", "The run was stopped.", "Run the program again to see it to the end."),
    "interrupted": ("Stopped", "The server was restarted during this run.", "Run the program again."),
    "store-failed": ("Stopped", "The server could not keep this run.", "Run the program again."),
    "worker-died": ("Stopped", "The process that ran this program ended unexpectedly.", "Run the program again."),
}


def ending(outcome: Outcome, *, seed: int, following: int, seconds: float) -> Batch:
    """The events that end a run whose worker could not: `run-failed`, after `run-started` where nothing came."""
    code = outcome.code or "worker-died"
    error, message, hint = ENDINGS[code]
    status: Any = outcome.status
    events: list[Event] = [] if following else [RunStarted(0, None, SCHEMA, seed)]
    last = following + len(events)
    events.append(RunFailed(last, None, None, None, error, message.format(seconds=seconds), hint, code, status))
    lines = [json.dumps(encode(event), ensure_ascii=False, separators=(",", ":")).encode() for event in events]
    return Batch(following, last, b"\n".join(lines))
