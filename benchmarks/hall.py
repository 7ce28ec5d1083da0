"""A lecture hall: students who run programs with time to think between them, and whoever makes it hard for them."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

from benchmarks.site import Site
from benchmarks.visitor import Refused, Seen, Visitor, source_of

PROGRAM = """import torch
x = torch.tensor([{number}.0, 2.0, -1.0])
w = torch.tensor([0.5, -0.25, 1.0], requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)
for step in range(2):
    y = torch.tanh((w * x).sum() + b)
    loss = (y - 1) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad.zero_()
    b.grad.zero_()
    print(loss.item())
"""
ENDLESS = "n = {number}\nwhile True:\n    n = n + 1\n"
LONG = "import torch\nx = torch.tensor({number}.0, requires_grad=True)\nfor i in range(2000):\n    x = x * 1.01\n"
LONGEST = 100_000


@dataclass(slots=True)
class Round:
    """What a round of students saw."""

    seen: list[Seen] = field(default_factory=list)
    refused: int = 0
    failed: int = 0
    health: list[float] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0

    @property
    def lost(self) -> int:
        """Runs of which not every event came once."""
        return sum(not seen.complete for seen in self.seen)

    def first(self, share: float) -> float:
        return percentile([seen.first for seen in self.seen], share)

    def whole(self, share: float) -> float:
        return percentile([seen.whole for seen in self.seen], share)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values) or [0.0]
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


async def student(address: str, number: int, runs: int, think: float, same: bool, seen: Round) -> None:
    """One student: runs a program, looks at it, changes it."""
    dice = random.Random(number)
    async with Visitor(address, source=source_of(number)) as visitor:
        for turn in range(runs):
            await asyncio.sleep(dice.random() * think)
            source = PROGRAM.format(number=0 if same else 1 + number * 1000 + turn)
            try:
                seen.seen.append(await visitor.run(source))
            except Refused:
                seen.refused += 1
            except (OSError, asyncio.IncompleteReadError):
                seen.failed += 1
                await visitor.leave()


async def greedy(address: str, number: int) -> None:
    """One who runs endless programs, two at a time, one after the other, and takes what comes without a look: that is the load's own work."""

    async def lane(lane: int) -> None:
        async with Visitor(address, source=source_of(50_000 + number)) as visitor:
            for turn in range(LONGEST):
                try:
                    await visitor.take_all(ENDLESS.format(number=(number * 10 + lane) * LONGEST + turn))
                except Refused:
                    await asyncio.sleep(1)

    await asyncio.gather(lane(0), lane(1))


async def slow(address: str, number: int) -> None:
    """One who opens the stream of a long run and never reads on."""
    async with Visitor(address, source=source_of(60_000 + number)) as visitor:
        answer = await visitor.ask("POST", "/api/runs", {"source": LONG.format(number=number)})
        async for _ in visitor.stream(answer.json()["events"]):
            break
        await asyncio.Event().wait()


async def probe(address: str, times: list[float]) -> None:
    """Asks for the health ten times a second."""
    async with Visitor(address, source=source_of(61_000)) as visitor:
        while True:
            began = time.perf_counter()
            answer = await visitor.ask("GET", "/healthz")
            times.append(time.perf_counter() - began if answer.status == 200 else 60.0)
            await asyncio.sleep(0.1)


async def at_rest(address: str) -> None:
    """No program waits or runs: what an earlier round left has ended."""
    async with Visitor(address, source=source_of(61_000)) as visitor:
        while True:
            said = (await visitor.ask("GET", "/healthz")).json()
            if not said["waiting"] and not said["running"]:
                return
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def beside(*tasks: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """The coroutines run until the block ends; one that failed fails it."""
    started = [asyncio.ensure_future(task) for task in tasks]
    try:
        yield
        for task in started:
            if task.done():
                task.result()
    finally:
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)


async def hall(
    site: Site,
    *,
    students: int,
    runs: int,
    think: float,
    same: bool = False,
    greedies: int = 0,
    slows: int = 0,
    first: int = 0,
    lead: float = 2.0,
) -> Round:
    """A round: all students at once, with the greedy and the slow beside them, who began `lead` seconds before; it begins and ends at rest."""
    seen = Round()

    def address(number: int) -> str:
        return site.addresses[number % len(site.addresses)]

    others = [greedy(address(number), number) for number in range(greedies)]
    others += [slow(address(number), number) for number in range(slows)]
    await at_rest(address(0))
    async with beside(*others):
        await asyncio.sleep(lead if others else 0.0)
        async with beside(probe(address(0), seen.health)):
            began, used = time.perf_counter(), site.processor()
            numbers = range(first, first + students)
            await asyncio.gather(*(student(address(number), number, runs, think, same, seen) for number in numbers))
            seen.seconds = time.perf_counter() - began
            seen.processor = site.processor() - used
    await at_rest(address(0))
    return seen
