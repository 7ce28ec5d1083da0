"""Connections as they are accepted: so many, none that says nothing for long, and an answer like all others to what is no request."""

import asyncio
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from app.errors import Problem, of_status
from app.headers import DATA_POLICY, EVERYWHERE

REQUEST_SECONDS = 10.0


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


def bounded(limit: int) -> type[asyncio.Protocol]:
    """The server's protocol, for at most `limit` connections; one that has not sent a request within `REQUEST_SECONDS` is closed."""

    class Bounded(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.silence = self.loop.call_later(REQUEST_SECONDS, self.end_silence)
            if len(self.connections) > limit:
                transport.write(FULL)
                transport.close()

        def send_400_response(self, msg: str) -> None:
            self.transport.write(UNREADABLE)
            self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self.silence.cancel()
            super().connection_lost(exc)

        def end_silence(self) -> None:
            if self.cycle is None:
                self.transport.close()

    return cast(type[asyncio.Protocol], Bounded)
