"""A visitor of the app: HTTP over one kept connection, from an address of its own, in as little processor time as it takes.

The load shares the processors with what it loads, so this is a few lines on asyncio's streams and no library.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CODE = re.compile(rb'"kind":"run-failed".*"code":"([\w-]+)"')
SEQ = re.compile(rb'[\[,]\{"seq":(\d+),"kind":"([\w-]+)"')


def source_of(number: int) -> str | None:
    """An address of the loopback for each visitor, where the system has more than one."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}" if sys.platform == "linux" else None


class Refused(Exception):
    """The server has answered with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has come whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Seen:
    """What came of one run, and when: seconds from the asking to the first event and to the last."""

    run: str = ""
    first: float = 0.0
    whole: float = 0.0
    parts: list[bytes] = field(default_factory=list)

    @property
    def events(self) -> list[tuple[int, str]]:
        """Seq and kind of every event, in the order they came."""
        return [(int(seq), kind.decode()) for seq, kind in SEQ.findall(b"".join(self.parts))]

    @property
    def complete(self) -> bool:
        """Whether every event came once, in order, from the first to a terminal one."""
        events = self.events
        return (
            [seq for seq, _ in events] == list(range(len(events)))
            and bool(events)
            and events[-1][1].startswith("run-f")
        )

    @property
    def code(self) -> str:
        """How the run ended: `finished`, the code of its failure, or nothing where its end has not come."""
        if found := CODE.search(b"".join(self.parts)):
            return found[1].decode()
        return "finished" if self.complete else ""

    def take(self, text: bytes) -> bytes:
        """The whole messages of a stream's text are seen; what is left is the beginning of another."""
        *messages, rest = text.split(b"\n\n")
        self.parts += [message for message in messages if message.startswith(b"id: ")]
        return rest

    @property
    def last(self) -> int:
        """The last seq that came, as a browser would tell it: the id of the last message."""
        return int(self.parts[-1][4 : self.parts[-1].index(b"\n")]) if self.parts else -1


class Visitor:
    """One visitor; `source` is the address it comes from (Linux has all of 127.0.0.0/8)."""

    def __init__(self, address: str, *, source: str | None = None, cookie: str = "") -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.source = source
        self.cookie = cookie
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    async def connect(self) -> None:
        await self.leave()
        local = (self.source, 0) if self.source else None
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, local_addr=local, limit=1 << 20)

    async def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> None:
        if self.writer is None or self.writer.is_closing() or self.reader is None or self.reader.at_eof():
            await self.connect()
        assert self.writer is not None
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", f"Content-Length: {len(body)}"]
        if body:
            lines.append("Content-Type: application/json")
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await self.writer.drain()

    async def head(self) -> tuple[int, dict[str, str]]:
        assert self.reader is not None
        status, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        return int(status.split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs}

    async def body(self, headers: dict[str, str]) -> AsyncIterator[bytes]:
        """The parts of a body as they come; raises IncompleteReadError where the connection breaks."""
        assert self.reader is not None
        if headers.get("transfer-encoding") != "chunked":
            if length := int(headers.get("content-length", "0")):
                yield await self.reader.readexactly(length)
            return
        while size := int(await self.reader.readline() or b"x", 16):
            yield (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readline()

    async def open(self, method: str, path: str, content: object = None, **headers: str) -> tuple[int, dict[str, str]]:
        """One request, and how its answer begins; a connection that the server has closed meanwhile is made anew, once."""
        body = b"" if content is None else json.dumps(content).encode()
        for attempt in (0, 1):
            try:
                await self.send(method, path, body, **headers)
                return await self.head()
            except (ConnectionError, asyncio.IncompleteReadError):
                await self.leave()
                if attempt:
                    raise
        raise AssertionError

    async def ask(self, method: str, path: str, content: object = None, **headers: str) -> Answer:
        """One request and its whole answer."""
        status, said = await self.open(method, path, content, **headers)
        return Answer(status, said, b"".join([part async for part in self.body(said)]))

    async def stream(self, path: str, after: int = -1) -> AsyncIterator[bytes]:
        """The parts of a stream as they come, from event `after` + 1; raises Refused."""
        await self.send("GET", path, **({"Last_Event_ID": str(after)} if after >= 0 else {}))
        status, said = await self.head()
        if status != 200:
            async for _ in self.body(said):
                pass
            raise Refused(status)
        async for part in self.body(said):
            yield part

    async def run(self, source: str, seed: int = 0, key: str = "") -> Seen:
        """A program, asked for and followed to its end in one request, as the page does it, with a key of its own; raises Refused."""
        seen = Seen()
        began = time.perf_counter()
        asked = {"Accept": "text/event-stream", "Idempotency_Key": key or secrets.token_hex(16)}
        status, said = await self.open("POST", "/api/runs", {"source": source, "seed": seed}, **asked)
        if status != 201:
            async for _ in self.body(said):
                pass
            raise Refused(status)
        seen.run = said["location"].rpartition("/")[2]
        streamed = said.get("content-type", "").startswith("text/event-stream")
        if not streamed:  # no place for a stream was free
            async for _ in self.body(said):
                pass
        async for part in self.body(said) if streamed else self.stream(f"/api/runs/{seen.run}/events"):
            if not seen.first and b"data:" in part:
                seen.first = time.perf_counter() - began
            seen.parts.append(part)
        seen.whole = time.perf_counter() - began
        return seen

    async def take_all(self, source: str) -> None:
        """A program is asked for, and whatever comes is taken until its end, without a look; raises Refused."""
        status, said = await self.open("POST", "/api/runs", {"source": source, "seed": 0}, Accept="text/event-stream")
        if status != 201:
            async for _ in self.body(said):
                pass
            raise Refused(status)
        assert self.reader is not None
        end = b""
        while not end.endswith(b"\r\n0\r\n\r\n") and (part := await self.reader.read(1 << 20)):
            end = (end + part)[-16:] if len(part) < 16 else part[-16:]

    async def follow(self, seen: Seen, patience: float = 60.0) -> Seen:
        """A run followed to its end through every break, as a browser would: each time from the last message that came whole."""
        async with asyncio.timeout(patience):
            while not seen.complete:
                try:
                    rest = b""
                    async for part in self.stream(f"/api/runs/{seen.run}/events", seen.last):
                        rest = seen.take(rest + part)
                except (OSError, asyncio.IncompleteReadError, ValueError, Refused):
                    await asyncio.sleep(0.05)
                finally:
                    await self.leave()
        return seen

    async def leave(self) -> None:
        """The connection is closed."""
        writer, self.writer, self.reader = self.writer, None, None
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
