"""Operations of a Lua script in Redis. Those that are asked for while others are under way go together, in one trip."""

import asyncio
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

TOGETHER = 64
"""So many calls go in one trip at most."""

Value = str | bytes | int | float


class Script:
    """The script `text` on a client's server; every call gets `key` as its one key. An operation may be sent twice where an answer was lost."""

    def __init__(self, client: "Redis", text: str, key: str) -> None:
        self.client: Any = client
        self.text = text
        self.key = key
        self.name: str = client.register_script(text).sha
        self.waiting: list[tuple[tuple[Value, ...], asyncio.Future[Any]]] = []
        self.sending: asyncio.Task[None] | None = None

    async def ask(self, *values: Value) -> Any:
        """What the script answers; raises RedisError or OSError."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting.append((values, answer))
        if self.sending is None:
            self.sending = asyncio.create_task(self.send_all())
        return await answer

    async def send_all(self) -> None:
        """Nobody waits."""
        while self.waiting:
            group, self.waiting = self.waiting[:TOGETHER], self.waiting[TOGETHER:]
            try:
                said = await self.send([values for values, _ in group])
            except (RedisError, OSError) as error:
                said = [error] * len(group)
            for (_, answer), one in zip(group, said, strict=True):
                if answer.done():  # whoever asked has gone
                    continue
                if isinstance(one, Exception):
                    answer.set_exception(one)
                else:
                    answer.set_result(one)
        self.sending = None

    async def send(self, calls: list[tuple[Value, ...]]) -> list[Any]:
        """The answers to these calls, errors of single ones among them; a server that does not know the script is told it."""
        said = await self.send_once(calls)
        unknown = [place for place, one in enumerate(said) if isinstance(one, NoScriptError)]
        if unknown:
            await self.client.script_load(self.text)
            for place, one in zip(unknown, await self.send_once([calls[place] for place in unknown]), strict=True):
                said[place] = one
        return said

    async def send_once(self, calls: list[tuple[Value, ...]]) -> list[Any]:
        async with self.client.pipeline(transaction=False) as pipe:
            for values in calls:
                pipe.evalsha(self.name, 1, self.key, *values)
            answers: list[Any] = await pipe.execute(raise_on_error=False)
            return answers
