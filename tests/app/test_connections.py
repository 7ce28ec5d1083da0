"""Connections: so many, none that says nothing for long or too much, and no body that never comes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from app import connections, headers
from app.connections import bounded
from tests.app.conftest import Serving
from tests.app.test_headers import check as check_headers

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def listening(limit: int) -> AsyncIterator[int]:
    """The port of a small server that takes so many connections."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = uvicorn.Config(PlainTextResponse("well"), http=bounded(limit), lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        while not server.started:
            await asyncio.sleep(0)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            await task


async def answer(port: int, text: bytes) -> bytes:
    """Everything that comes on a new connection, to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    async with asyncio.timeout(60):
        content = await reader.read()
    writer.close()
    await writer.wait_closed()
    return content


ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def test_one_connection_too_many_is_told_to_come_again():
    async with listening(2) as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        refused = await answer(port, b"")
        assert refused.startswith(b"HTTP/1.1 503 ") and b"retry-after: 2" in refused
        check_refused(read(refused), 503, "busy")
        for _, writer in held:
            writer.close()
            await writer.wait_closed()
        while not (await answer(port, ASK)).endswith(b"well"):
            await asyncio.sleep(0)


def read(text: bytes) -> httpx.Response:
    """An answer as it came over the wire."""
    head, _, body = text.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return httpx.Response(int(status.split()[1]), headers=[tuple(line.split(": ", 1)) for line in lines], content=body)


def check_refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert int(answer.headers["content-length"]) == len(answer.content)
    check_headers(answer)


@pytest.mark.parametrize(
    "text", [b"no request\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", b"\x16\x03\x01\x02\0"]
)
async def test_what_is_no_request_is_answered_like_everything_else(text: bytes):
    async with listening(10) as port:
        check_refused(read(await answer(port, text)), 400, "bad-request")


async def test_who_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.05)
    async with listening(10) as port:
        for said in (b"", b"GET / HTTP/1.1\r\nHost: loc"):
            assert b"well" not in await answer(port, said)
        assert (await answer(port, ASK)).endswith(b"well")


async def test_a_later_request_that_never_comes_whole_is_let_go_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.2)
    async with listening(10) as port, asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert (await reader.readuntil(b"well")).startswith(b"HTTP/1.1 200 ")
        writer.write(b"GET / HTTP/1.1\r\nHost: loc")
        assert await reader.read() == b""
        writer.close()


PIECE = b"a" * 60_000
FLOODS = {
    "a header": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", PIECE),
    "headers": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: %s\r\n" % PIECE),
    "an address": (b"GET /", PIECE),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
async def test_a_request_that_does_not_end_is_refused_while_it_comes(
    flood: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.2)
    opening, piece = flood
    async with listening(10) as port:
        check_refused(read(await answer(port, opening + piece * 20)), 413, "too-large")
        assert (await answer(port, ASK)).endswith(b"well")


BODIES = {
    "chunks of a byte": b"1\r\n \r\n" * 200_000,
    "a chunk's extension": b"1;" + PIECE * 20 + b"\r\n \r\n0\r\n\r\n",
    "trailers": b"1\r\n \r\n0\r\n" + b"X: %s\r\n" % PIECE * 20 + b"\r\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_what_frames_a_body_is_counted_too(body: bytes, monkeypatch: pytest.MonkeyPatch):
    """The application answers without the body; whoever goes on sending is let go."""
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.2)
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with listening(10) as port:
        assert (await answer(port, head + body)).endswith(b"well")


async def test_a_body_that_never_comes_whole_is_given_up(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(headers, "BODY_SECONDS", 0.05)

    async def halting() -> AsyncIterator[bytes]:
        yield b'{"source": '
        await asyncio.Event().wait()

    async with serving() as service:
        sent: list[dict[str, Any]] = []
        scope = {
            "type": "http", "method": "POST", "path": "/api/runs", "raw_path": b"/api/runs", "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")], "client": ("127.0.0.1", 1),
            "server": ("localhost", 80), "http_version": "1.1", "root_path": "",
        }  # fmt: skip
        body = halting()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": await anext(body), "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        await service.http._transport.app(scope, receive, send)  # type: ignore[attr-defined]
        assert sent[0]["status"] == 408
        await body.aclose()
