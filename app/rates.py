"""How fast each client may bring programs: here as `limits` counts it in memory; what servers share is counted in their Redis, in the same windows."""

import math
import time

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from app.turns import Bounds, Full


def window_of(bounds: Bounds) -> RateLimitItem:
    """At most `burst` programs of one client in `burst / rate` seconds, taken up to a whole number of seconds, wherever these begin."""
    seconds = math.ceil(bounds.burst / bounds.rate)
    return RateLimitItemPerSecond(max(bounds.burst, int(bounds.rate * seconds)), seconds)


class Rates:
    """What clients brought to this process lately."""

    def __init__(self, bounds: Bounds) -> None:
        self.bound = window_of(bounds)
        self.window = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def check(self, client: str) -> None:
        """One more is counted; raises Full where that is too fast."""
        if not await self.window.hit(self.bound, client):
            free_at, _ = await self.window.get_window_stats(self.bound, client)
            raise Full(everyone=False, wait=max(free_at - time.time(), 0.0))
