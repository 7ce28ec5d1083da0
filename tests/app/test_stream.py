"""A stream sends what is there and what comes, lets go of readers who leave or do not read, and keeps nothing for them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.store import Batch
from app.stream import HEARTBEAT, RETRY, Following, Places, message
from tests.app.conftest import Serving
from tests.app.reading import messages_of

pytestmark = pytest.mark.anyio

HEADERS = {"Content-Type": "text/event-stream"}
SLOW = "import torch\nx = torch.ones(300, 300)\nfor i in range(2000):\n    y = x @ x\n"


class Reader:
    """The other end of an ASGI response: it reads `reads` bodies and then no more; `leave()` closes the connection."""

    def __init__(self, reads: int = 1 << 30) -> None:
        self.reads = reads
        self.left = asyncio.Event()
        self.bodies: list[bytes] = []
        self.heard = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, sent: dict[str, Any]) -> None:
        if sent["type"] != "http.response.body":
            return
        if len(self.bodies) >= self.reads:
            await asyncio.Event().wait()
        self.bodies.append(sent["body"])
        self.heard.set()


async def quiet() -> AsyncIterator[list[Batch]]:
    yield [Batch(0, 1, b'{"seq":0}\n{"seq":1}')]
    yield []
    await asyncio.Event().wait()


def following(follow: AsyncIterator[list[Batch]], timeout: float = 60, **more: Any) -> Following:
    return Following(follow, message, headers=HEADERS, timeout=timeout, opening=RETRY, pulse=HEARTBEAT, **more)


async def test_a_message_is_prepared_text_with_the_last_seq_as_its_id():
    text = 'a "b"\n\r\u2028c'
    lines = [json.dumps({"seq": seq, "text": text}).encode() for seq in (4, 5)]
    (read,) = messages_of(message(Batch(4, 5, b"\n".join(lines))).decode())
    assert (read.id, [event["text"] for event in read.events]) == (5, [text, text])


async def test_a_quiet_stream_pulses_and_a_reader_who_leaves_is_let_go():
    reader, released = Reader(), asyncio.Event()
    serving = asyncio.ensure_future(
        following(quiet(), left=lambda end: released.set())({}, reader.receive, reader.send)
    )
    while len(reader.bodies) < 3:
        reader.heard.clear()
        await reader.heard.wait()
    assert reader.bodies == [RETRY, message(Batch(0, 1, b'{"seq":0}\n{"seq":1}')), HEARTBEAT]
    reader.left.set()
    await serving
    assert released.is_set()


async def test_a_reader_who_does_not_read_is_let_go():
    reader, released = Reader(reads=1), asyncio.Event()
    await following(quiet(), timeout=0.01, left=lambda end: released.set())({}, reader.receive, reader.send)
    assert reader.bodies == [RETRY]
    assert released.is_set()


async def test_a_stream_followed_while_the_program_runs_is_the_whole_trace(serving: Serving):
    source = "import torch\nx = torch.tensor(1.0, requires_grad=True)\nfor i in range(300):\n    x = x * 1.01\nx.backward()\n"
    async with serving() as service:
        id = await service.start(source)
        answers = await asyncio.gather(*(service.http.get(f"/api/runs/{id}/events") for _ in range(5)))
        events = [event for part in messages_of(answers[0].text) for event in part.events]
        assert [event["seq"] for event in events] == list(range(len(events)))
        assert events[-1]["kind"] == "run-finished"
        assert len({answer.text for answer in answers}) == 1


async def test_streams_close_when_the_server_is_told_to_end(serving: Serving):
    async with serving(deadline=30) as service:
        id = await service.start(SLOW)
        streaming = asyncio.ensure_future(service.http.get(f"/api/runs/{id}/events"))
        while (await service.runs.get(id)).events == 0:  # type: ignore[union-attr]
            await asyncio.sleep(0)
        service.runs.drain()
        text = (await streaming).text
        assert text.startswith("retry:") and text.endswith("retry: 2000\n: bye\n\n")
        assert (await service.http.post("/api/runs", json={"source": "x = 1"})).status_code == 503


async def test_one_address_has_so_many_streams(serving: Serving):
    async with serving(streams_per_client=0) as service:
        id = await service.start("x = 1\n")
        answer = await service.http.get(f"/api/runs/{id}/events")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too-many-streams")


async def test_a_place_is_given_back():
    places = Places(total=3, each=2)
    assert [places.take(client) for client in "aaabb"] == [True, True, False, True, False]
    places.leave("a")
    assert [places.take(client) for client in "ba"] == [True, False]


@pytest.mark.parametrize("places", [1, 0])
async def test_who_makes_a_run_may_have_its_events_with_the_answer(serving: Serving, places: int):
    async with serving(streams_per_client=places) as service:
        asked = {"Accept": "text/event-stream, application/json"}
        answer = await service.http.post("/api/runs", json={"source": "x = 1\n"}, headers=asked)
        assert answer.status_code == 201
        url = answer.headers["location"]
        if places == 0:  # no stream is free: the addresses, as ever
            assert answer.json() == {"id": url.rpartition("/")[2], "events": f"{url}/events", "url": url}
            return
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.text == (await service.http.get(f"{url}/events")).text
