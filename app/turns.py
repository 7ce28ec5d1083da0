"""Whose turn it is: a bounded queue that serves clients in a round, so that nobody starves another."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


class Full(Exception):
    """No room: `everyone` tells whether for all clients or for this one; `wait` is after how many seconds to come again."""

    def __init__(self, *, everyone: bool, wait: float = 1.0) -> None:
        super().__init__("no room")
        self.everyone = everyone
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many items may wait, in all and of one client, how many of one client may be taken and not given back, how many one client
    may bring (`rate` a second, after `burst` at once), and how many long ones may be taken and not given back."""

    waiting: int
    waiting_each: int
    running_each: int
    rate: float
    burst: int
    long: int = 1


GUESS = 0.01
"""Seconds that an item is taken to cost until it is dealt with."""
QUANTUM = 0.05
"""Seconds by which one client may be ahead of another and still be its equal."""


class Turns(Generic[T]):
    """Waiting items by client, within `bounds`. The client goes first that has had the least time, so that long items do not hold up short ones.

    That is start-time fair queueing (Goyal, Vin and Cheng 1996): `had` is a client's virtual time, which what it brings costs; whoever comes
    anew begins at the time of whoever was served last. Among equals the one who was not served for longest goes first. An item that was taken
    cannot be put back, so not all places go to long ones: `long` holds the clients whose last item was one.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.long: set[str] = set()
        self.queues: OrderedDict[str, deque[T]] = OrderedDict()
        self.running: Counter[str] = Counter()
        self.reserved: Counter[str] = Counter()
        self.had: dict[str, float] = {}
        self.served = 0.0
        self.changed = asyncio.Condition()

    def __len__(self) -> int:
        return sum(len(queue) for queue in self.queues.values())

    def reserve(self, client: str) -> None:
        """There is room for one more item of this client: `put` or `release` it. Raises Full where there is none."""
        if len(self) + self.reserved.total() >= self.bounds.waiting:
            raise Full(everyone=True, wait=2.0)
        if len(self.queues.get(client, ())) + self.reserved[client] >= self.bounds.waiting_each:
            raise Full(everyone=False)
        self.reserved[client] += 1

    def release(self, client: str) -> None:
        """The room that was reserved is free."""
        self.reserved[client] -= 1
        if not self.reserved[client]:
            del self.reserved[client]

    async def put(self, client: str, item: T) -> None:
        """The item waits for its turn, in the room that was reserved."""
        async with self.changed:
            self.release(client)
            if client not in self.queues and client not in self.running:
                self.had[client] = max(self.had.get(client, 0.0), self.served)
            self.queues.setdefault(client, deque()).append(item)
            self.changed.notify()

    async def take(self) -> tuple[str, T]:
        """The next client's oldest item; `give_back` that client when it is dealt with."""
        async with self.changed:
            while (client := self.next_client()) is None:
                await self.changed.wait()
            queue = self.queues[client]
            item = queue.popleft()
            if queue:
                self.queues.move_to_end(client)
            else:
                del self.queues[client]
            self.running[client] += 1
            self.served = max(self.served, self.had[client])
            self.had[client] += GUESS
            return client, item

    def next_client(self) -> str | None:
        room = sum(self.running[one] for one in self.long) < self.bounds.long
        able = (
            client
            for client in self.queues
            if self.running[client] < self.bounds.running_each and (room or client not in self.long)
        )
        return min(able, key=lambda client: self.had[client] // QUANTUM, default=None)

    async def give_back(self, client: str, seconds: float = GUESS, *, long: bool = False) -> None:
        """One of the client's items is dealt with, and took so long. Whoever brought a long one is taken to bring such again."""
        async with self.changed:
            self.had[client] += seconds - GUESS
            (self.long.add if long else self.long.discard)(client)
            self.running[client] -= 1
            if not self.running[client]:
                del self.running[client]
                self.forget()
            self.changed.notify_all()

    def forget(self) -> None:
        """Whoever has nothing here and is not far ahead of the others is as good as new."""
        if len(self.had) >= 2 * (len(self.queues) + len(self.running)) + 100:
            here = self.queues.keys() | self.running.keys()
            self.had = {
                client: had for client, had in self.had.items() if client in here or had > self.served + QUANTUM
            }
            self.long &= self.had.keys()

    async def remove(self, fits: Callable[[T], bool]) -> T | None:
        """The first item that fits waits no longer; None where none does."""
        async with self.changed:
            for client, queue in self.queues.items():
                for item in queue:
                    if fits(item):
                        queue.remove(item)
                        if not queue:
                            del self.queues[client]
                        return item
            return None
