"""Connections as they are accepted: so many, none that says nothing or too much, and an answer like all others to what is no request."""

import asyncio
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from app.errors import Problem, of_status
from app.headers import DATA_POLICY, EVERYWHERE

REQUEST_SECONDS = 10.0
"""So long the head of a request may take to come, the first as well as any later one."""
REQUEST_BYTES = 256 * 1024
"""So much may come until the next request begins: head, body and all that frames it. The parser copies what it has at each piece."""
LINGER_SECONDS = 2.0
"""So long what else comes is thrown away; a connection closed at once would take its last answer along."""


def last_answer(problem: Problem) -> bytes:
    """The whole answer on a connection on which no application can give one."""
    response = problem.response()
    headers = {**response.headers, **EVERYWHERE, "Content-Security-Policy": DATA_POLICY, "Connection": "close"}
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return (
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n{''.join(lines)}\r\n".encode()
        + response.body
    )


FULL = last_answer(Problem(503, "busy", "Very many connections are open. Try again in a moment.", retry_after=2))
UNREADABLE = last_answer(of_status(400))
TOO_LARGE = last_answer(of_status(413))


def bounded(limit: int) -> type[asyncio.Protocol]:
    """The server's protocol, for at most `limit` connections; one whose request comes too slowly or is too large is closed."""

    class Bounded(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.heard = 0
            self.silence = self.loop.call_later(REQUEST_SECONDS, self.end_silence)
            if len(self.connections) > limit:
                transport.write(FULL)
                transport.close()

        def data_received(self, data: bytes) -> None:
            self.heard += len(data)
            if self.heard > REQUEST_BYTES:
                self.end_flood(first=self.heard - len(data) <= REQUEST_BYTES)
                return
            before = self.cycle
            super().data_received(data)
            if self.cycle is not before:  # a head came whole
                self.heard = 0
                self.silence.cancel()
            elif self.waiting() and self.silence.cancelled():
                self.silence = self.loop.call_later(REQUEST_SECONDS, self.end_silence)

        def waiting(self) -> bool:
            """Whether no request is being answered."""
            return self.cycle is None or self.cycle.response_complete

        def send_400_response(self, msg: str) -> None:
            self.transport.write(UNREADABLE)
            self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self.silence.cancel()
            super().connection_lost(exc)

        def end_silence(self) -> None:
            if self.waiting():
                self.transport.close()

        def end_flood(self, *, first: bool) -> None:
            """Nothing more is read; where no request has been answered, this one is."""
            if first:
                if self.cycle is None:
                    self.transport.write(TOO_LARGE)
                self.loop.call_later(LINGER_SECONDS, self.transport.close)

    return cast(type[asyncio.Protocol], Bounded)
