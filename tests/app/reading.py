"""How the tests read a stream: by the rules of server-sent events, not by ours."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A server-sent message as a browser sees it."""

    id: int
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended, and everything it said."""

    id: str
    status: str
    events: list[Event]

    @property
    def last(self) -> Event:
        return self.events[-1]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["kind"] == kind]


def messages_of(text: str) -> list[Message]:
    """The messages in the text of a stream; comments and `retry` are no messages."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            if name:
                fields.setdefault(name, []).append(value.removeprefix(" "))
        if "data" in fields:
            assert set(fields) == {"id", "data"}, fields
            found.append(Message(int(fields["id"][0]), json.loads("\n".join(fields["data"]))))
    return found


def events_of(text: str) -> list[Event]:
    """All events in the text of a stream, in order."""
    return [event for message in messages_of(text) for event in message.events]


def run(client: httpx.Client, source: str, **more: Any) -> Run:
    """Runs a program through the HTTP API."""
    answer = client.post("/api/runs", json={"source": source, **more})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    events = events_of(client.get(made["events"]).text)
    return Run(made["id"], client.get(made["url"]).json()["status"], events)


def seqs(events: Sequence[Event]) -> list[int]:
    return [event["seq"] for event in events]
