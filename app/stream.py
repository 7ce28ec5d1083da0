"""A run's events as they are made: prepared lines, a cursor over the store, no queue for anyone."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from starlette.types import Receive, Scope, Send

from app.store import Batch

RETRY = b"retry: 1000\n\n"
HEARTBEAT = b":\n\n"
BYE = b"retry: 2000\n: bye\n\n"
"""The server is about to end: come again in two seconds, when it may be back or another one answers."""


def message(batch: Batch) -> bytes:
    """One server-sent message: `id` is the last seq, `data` a JSON array. The lines are JSON, so they hold no line break."""
    return b"id: %d\ndata: [%s]\n\n" % (batch.last, batch.lines.replace(b"\n", b","))


def json_lines(batch: Batch) -> bytes:
    """The batch's events, one a line."""
    return batch.lines + b"\n"


class Following:
    """An ASGI response that sends what `follow` gives, encoded by `encode`, until it ends, the reader leaves, or a send takes too long."""

    def __init__(
        self,
        follow: AsyncIterator[list[Batch]],
        encode: Callable[[Batch], bytes],
        *,
        headers: dict[str, str],
        status: int = 200,
        timeout: float,
        opening: bytes = b"",
        pulse: bytes = b"",
        farewell: Callable[[], bytes] = lambda: b"",
        left: Callable[[str], None] = lambda end: None,
    ) -> None:
        """`farewell` gives what is sent after the last batch; `left` is called with how it ended: `done`, `gone`, `slow` or `failed`."""
        self.follow = follow
        self.encode = encode
        self.headers = headers
        self.status = status
        self.timeout = timeout
        self.opening = opening
        self.pulse = pulse
        self.farewell = farewell
        self.left = left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.ensure_future(self.send_all(send))
        leaving = asyncio.ensure_future(gone(receive))
        end = "failed"
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            end = sending.result() if sending.done() else "gone"
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            self.left(end)

    async def send_all(self, send: Send) -> str:
        async def body(content: bytes, *, more: bool = True) -> None:
            async with asyncio.timeout(self.timeout):
                await send({"type": "http.response.body", "body": content, "more_body": more})

        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        try:
            if self.opening:
                await body(self.opening)
            async with aclosing(self.follow) as following:  # type: ignore[type-var]
                async for batches in following:
                    content = b"".join(map(self.encode, batches)) if batches else self.pulse
                    if content:
                        await body(content)
            await body(self.farewell(), more=False)
            return "done"
        except TimeoutError:
            return "slow"  # the reader does not read; it may come back and resume


async def gone(receive: Receive) -> None:
    """The reader has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Places:
    """How many streams are open: at most `total`, and `each` for one client."""

    def __init__(self, *, total: int, each: int) -> None:
        self.total = total
        self.each = each
        self.taken: Counter[str] = Counter()

    def take(self, client: str) -> bool:
        """Whether there was a place; `leave` gives it back."""
        if self.taken.total() >= self.total or self.taken[client] >= self.each:
            return False
        self.taken[client] += 1
        return True

    def leave(self, client: str) -> None:
        self.taken[client] -= 1
        if self.taken[client] <= 0:
            del self.taken[client]
