"""Connections as they are accepted: so many, and none that says nothing for long."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

REQUEST_SECONDS = 10.0
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\nContent-Length: 0\r\n"
    b"X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\r\n"
)


def bounded(limit: int) -> type[asyncio.Protocol]:
    """The server's protocol, for at most `limit` connections; one that has not sent a request within `REQUEST_SECONDS` is closed."""

    class Bounded(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.silence = self.loop.call_later(REQUEST_SECONDS, self.end_silence)
            if len(self.connections) > limit:
                transport.write(FULL)
                transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self.silence.cancel()
            super().connection_lost(exc)

        def end_silence(self) -> None:
            if self.cycle is None:
                self.transport.close()

    return cast(type[asyncio.Protocol], Bounded)
