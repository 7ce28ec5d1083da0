"""Operations of a Lua script in Redis. Those that are asked for while others are under way go together, in one trip."""

import asyncio
from typing import Any

from hiredis import pack_command
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError, ResponseError

TOGETHER = 64
"""So many calls go in one trip at most."""

AGAIN_SECONDS = 0.05

Values = tuple[str | bytes | int | float, ...]


class Script:
    """The script `text` on a client's server; every call gets `key` as its one key. An operation may be sent twice where an answer was lost."""

    def __init__(self, client: "Redis", text: str, key: str) -> None:
        self.client: Any = client
        self.text = text
        self.key = key
        self.name: str = client.register_script(text).sha
        self.connection: Any = None
        self.waiting: list[tuple[Values, asyncio.Future[Any]]] = []
        self.sending: asyncio.Task[None] | None = None

    async def ask(self, *values: str | bytes | int | float) -> Any:
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

    async def send(self, calls: list[Values]) -> list[Any]:
        """The answers to these calls, errors of single ones among them. A server that does not know the script is told it, and one that has gone is
        asked once more."""
        try:
            said = await self.trip([self.evaluate(values) for values in calls])
        except (RedisError, OSError):
            await asyncio.sleep(AGAIN_SECONDS)
            said = await self.trip([self.evaluate(values) for values in calls])
        unknown = [place for place, one in enumerate(said) if isinstance(one, NoScriptError)]
        if unknown:
            _, *again = await self.trip(
                [("SCRIPT", "LOAD", self.text), *(self.evaluate(calls[place]) for place in unknown)]
            )
            for place, one in zip(unknown, again, strict=True):
                said[place] = one
        return said

    def evaluate(self, values: Values) -> Values:
        return ("EVALSHA", self.name, 1, self.key, *values)

    async def trip(self, commands: list[Values]) -> list[Any]:
        """The answers to these commands, sent together over a connection that is kept."""
        if self.connection is None:
            self.connection = await self.client.connection_pool.get_connection()
        try:
            await self.connection.connect()
            await self.connection.send_packed_command([pack_command(command) for command in commands])  # type: ignore[arg-type]
            return [await self.answer() for _ in commands]
        except BaseException:
            await self.connection.disconnect(nowait=True)  # what it would say next belongs to nobody
            raise

    async def answer(self) -> Any:
        try:
            return await self.connection.read_response()
        except ResponseError as error:
            return error

    async def close(self) -> None:
        """The connection has ended."""
        if self.connection is not None:
            await self.connection.disconnect()
