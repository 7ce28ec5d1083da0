"""Tasks that are to end."""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_SECONDS = 0.1


async def cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """All these tasks have ended. One is asked again until it does, for a library that it waits in may swallow the first cancellation."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
