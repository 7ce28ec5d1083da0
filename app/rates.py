"""How fast each client may bring programs, counted wherever the runs are kept: in memory, or in the Redis that servers share."""

import math
import time

from limits import RateLimitItemPerSecond
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from app.turns import Bounds, Full


class Rates:
    """At most `burst` programs of one client in `burst / rate` seconds, taken up to a whole number of seconds, wherever these begin."""

    def __init__(self, bounds: Bounds, storage: Storage) -> None:
        seconds = math.ceil(bounds.burst / bounds.rate)
        self.bound = RateLimitItemPerSecond(max(bounds.burst, int(bounds.rate * seconds)), seconds)
        self.window = SlidingWindowCounterRateLimiter(storage)

    async def check(self, client: str) -> None:
        """One more is counted; raises Full where that is too fast, and what the storage raises."""
        if not await self.window.hit(self.bound, client):
            free_at, _ = await self.window.get_window_stats(self.bound, client)
            raise Full(everyone=False, wait=max(free_at - time.time(), 0.0))
