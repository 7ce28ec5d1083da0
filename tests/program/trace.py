"""A run of a program's text as plain JSON events, and what they say of a name."""

from __future__ import annotations

import ast
import json
from typing import Any

from engine.events import decode_all
from engine.program.limits import LIMITS, Limits
from engine.replay import fold
from engine.run import execute

Event = dict[str, Any]


def lines_of(source: str, *, seed: int = 0, limits: Limits = LIMITS) -> list[bytes]:
    """The lines of the trace, each batch checked to begin where the last one ended."""
    lines: list[bytes] = []

    def write(first: int, batch: list[bytes]) -> None:
        assert first == len(lines)
        assert 1 <= len(batch) <= 50
        lines.extend(batch)

    execute(source, seed=seed, limits=limits, write=write)
    return lines


def events_of(source: str, *, seed: int = 0, limits: Limits = LIMITS) -> list[Event]:
    """The events of a run: numbered without a gap, begun and ended as every trace is."""
    events = [json.loads(line) for line in lines_of(source, seed=seed, limits=limits)]
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert events[0]["kind"] == "run-started"
    terminal = [event["kind"] for event in events if event["kind"] in ("run-finished", "run-failed")]
    assert len(terminal) == 1
    assert events[-1]["kind"] == terminal[0]
    return events


def printed(source: str, **keywords: Any) -> str:
    """What a program printed that ran to its end."""
    events = events_of(source, **keywords)
    assert events[-1]["kind"] == "run-finished", events[-1]
    return "".join(event["text"] for event in events if event["kind"] == "printed")


def failure(source: str, **keywords: Any) -> Event:
    """The terminal event of a program that did not run to its end."""
    last = events_of(source, **keywords)[-1]
    assert last["kind"] == "run-failed", last
    return last


def names(events: list[Event]) -> dict[str, Any]:
    """The value of every top-level name at the end: a tensor's data, or a plain value."""
    frame = fold(decode_all(events))
    found: dict[str, Any] = {}
    for event in events:
        if event["kind"] != "name-bound":
            continue
        tensor, value = event["tensor"], event["value"]
        if tensor is not None:
            found[event["name"]] = frame.tensors[tensor].value["data"]
        elif (
            isinstance(value, dict)
            and value["type"] in ("list", "tuple", "torch.Size")
            and "tensor(" not in value["text"]
        ):
            found[event["name"]] = ast.literal_eval(value["text"])
        else:
            found[event["name"]] = value
    return found
