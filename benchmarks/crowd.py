"""Visitors who go on through every break, and what a stream that was cut brought."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.visitor import Seen, Visitor, source_of

CHAIN = """import torch
x = torch.tensor({number}.0, requires_grad=True)
for i in range({steps}):
    x = x * 1.01
x.backward()
"""


@dataclass(slots=True)
class Crowd:
    """Visitors who run programs one after the other until they are told to stop, and follow each to its end through every break."""

    addresses: list[str]
    steps: int = 60
    seen: list[Seen] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    stopping: bool = False

    async def visit(self, number: int) -> None:
        turn = 0
        while not self.stopping:
            turn += 1
            address = self.addresses[(number + turn) % len(self.addresses)]
            visitor = Visitor(address, source=source_of(number))
            source = CHAIN.format(number=number * 100_000 + turn, steps=self.steps)
            try:
                answer = await visitor.ask("POST", "/api/runs", {"source": source})
            except (OSError, asyncio.IncompleteReadError):
                self.broken += 1
                await asyncio.sleep(0.05)
                continue
            finally:
                await visitor.leave()
            if answer.status != 201:
                self.refused[answer.status] += 1
                await asyncio.sleep(0.2)
                continue
            self.seen.append(await self.follow(answer.json()["id"], number + turn))

    async def follow(self, run: str, turn: int) -> Seen:
        """A run followed by whichever server answers."""
        seen, until = Seen(run), time.monotonic() + 300
        while not seen.complete and time.monotonic() < until:
            turn += 1
            visitor = Visitor(self.addresses[turn % len(self.addresses)], source=source_of(turn))
            try:
                await visitor.follow(seen, patience=1.0)
            except TimeoutError:
                continue
        return seen

    @contextlib.asynccontextmanager
    async def running(self, count: int) -> AsyncIterator[None]:
        """So many visitors, until the block ends; then each sees its last run to the end."""
        tasks = [asyncio.create_task(self.visit(number)) for number in range(count)]
        try:
            yield
            self.stopping = True
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def told(self) -> dict[str, Any]:
        """How many runs there were, how many not whole, and how they ended."""
        codes = Counter(seen.code for seen in self.seen)
        lost = sum(not seen.complete for seen in self.seen)
        return {"runs": len(self.seen), "not whole": lost, "ended": dict(codes), "refused": dict(self.refused), "broken": self.broken}  # fmt: skip


async def up_to(parts: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """The first `size` bytes."""
    async for part in parts:
        yield part[:size]
        size -= len(part)
        if size <= 0:
            return


def events_in(text: bytes) -> list[bytes]:
    """The lines of the events in a stream's text."""
    found: list[bytes] = []
    for message in text.split(b"\n\n"):
        _, data, content = message.partition(b"data: ")
        if data:
            found += content.strip()[1:-1].replace(b'},{"seq":', b'}\n{"seq":').split(b"\n")
    return found
