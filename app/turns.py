"""Whose turn it is: a bounded queue that serves clients in a round, so that nobody starves another."""

import asyncio
from collections import Counter, OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Full(Exception):
    """No room: `everyone` tells whether for all clients or for this one."""

    def __init__(self, *, everyone: bool) -> None:
        super().__init__("no room")
        self.everyone = everyone


class Turns(Generic[T]):
    """Waiting items by client: at most `waiting` in all, `waiting_each` a client, `running_each` taken and not given back."""

    def __init__(self, *, waiting: int, waiting_each: int, running_each: int) -> None:
        self.waiting = waiting
        self.waiting_each = waiting_each
        self.running_each = running_each
        self.queues: OrderedDict[str, deque[T]] = OrderedDict()
        self.running: Counter[str] = Counter()
        self.changed = asyncio.Condition()

    def __len__(self) -> int:
        return sum(len(queue) for queue in self.queues.values())

    def check(self, client: str) -> None:
        """Raises Full where an item of this client would find no room."""
        if len(self) >= self.waiting:
            raise Full(everyone=True)
        if len(self.queues.get(client, ())) >= self.waiting_each:
            raise Full(everyone=False)

    async def put(self, client: str, item: T) -> None:
        """The item waits for its turn."""
        async with self.changed:
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
            return client, item

    def next_client(self) -> str | None:
        return next((client for client in self.queues if self.running[client] < self.running_each), None)

    async def give_back(self, client: str) -> None:
        """One of the client's items is dealt with."""
        async with self.changed:
            self.running[client] -= 1
            if not self.running[client]:
                del self.running[client]
            self.changed.notify_all()

    async def remove(self, item: T) -> bool:
        """The item waits no longer; False where it did not wait."""
        async with self.changed:
            for client, queue in self.queues.items():
                if item in queue:
                    queue.remove(item)
                    if not queue:
                        del self.queues[client]
                    return True
            return False
