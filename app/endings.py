"""The last events of traces whose worker could not write them."""

import json

from app.store import Batch, Ending, Status
from engine.events import SCHEMA, Event, RunFailed, RunStarted, encode

ENDINGS: dict[str, tuple[Status, str, str, str]] = {
    "deadline": (
        "limited",
        "TimeoutError",
        "The program was stopped after {seconds:g} s.",
        "Use fewer loop steps or smaller tensors.",
    ),
    "limit-memory": (
        "limited",
        "MemoryError",
        "The program needed more memory than one run has.",
        "Use smaller tensors, or fewer of them at a time.",
    ),
    "stopped": ("stopped", "Stopped", "The run was stopped.", "Run the program again to see it to the end."),
    "interrupted": ("stopped", "Stopped", "The server was restarted during this run.", "Run the program again."),
    "store-failed": ("stopped", "Stopped", "The server could not keep this run.", "Run the program again."),
    "worker-died": (
        "stopped",
        "Stopped",
        "The process that ran this program ended unexpectedly.",
        "Run the program again.",
    ),
}


def ending(code: str, *, seconds: float = 0.0) -> Ending:
    """The ending that `code` names: `run-failed`, after `run-started` where nothing came before."""
    status, error, message, hint = ENDINGS[code]

    def events(following: int, seed: int) -> Batch:
        made: list[Event] = [] if following else [RunStarted(0, None, SCHEMA, seed)]
        last = following + len(made)
        told: str = status
        made.append(RunFailed(last, None, None, None, error, message.format(seconds=seconds), hint, code, told))  # type: ignore[arg-type]
        lines = [json.dumps(encode(event), ensure_ascii=False, separators=(",", ":")).encode() for event in made]
        return Batch(following, last, b"\n".join(lines))

    return Ending(status, events)
