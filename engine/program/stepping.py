"""What a program may ask of a generator beside its next item: to take a value or an error, and to end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from types import GeneratorType
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.contexts import raised
from engine.program.failures import ProgramError
from engine.program.values import ErrorValue, Stream, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

ENDING = "GeneratorExit"


Items = Generator[Value, Value, Value]


def generator(value: Value) -> GeneratorType[Value, Value, Value] | None:
    """The items of what a `yield` or an expression of a program makes, which can be sent to; None of other values."""
    if type(value) is Stream and value.name == "generator" and isinstance(value.items, GeneratorType):
        return value.items
    return None


def ended(result: Value = None) -> ProgramError:
    """The StopIteration of a generator that returned this."""
    error = ProgramError("StopIteration", result if type(result) is str else "")
    error.value = ErrorValue("StopIteration", error.text, () if result is None else (result,))
    return error


def step(run: Machine, stream: Stream, ahead: Callable[[], Value]) -> Value:
    """The next item of a generator that goes on in this way. Raises the language's StopIteration."""
    try:
        return run.resume(stream, ahead)
    except StopIteration as end:
        result = end.value
    raise ended(result)


def throw(run: Machine, stream: Stream, error: ProgramError) -> Value:
    """The next item after an error that arises where the generator waits."""
    return step(run, stream, partial(_host(stream).throw, error))


def close(run: Machine, stream: Stream) -> None:
    """Ends a generator where it waits, as an error that only a `finally` should meet."""
    depth = len(run.scopes)
    try:
        throw(run, stream, ProgramError(ENDING, ""))
    except ProgramError as error:
        run.leave(depth)
        if error.root not in (ENDING, "StopIteration"):
            raise
        return
    raise ProgramError("RuntimeError", "generator ignored GeneratorExit")


def _host(stream: Stream) -> GeneratorType[Value, Value, Value]:
    host = generator(stream)
    if host is None:
        raise ProgramError("TypeError", f"a {stream.name} takes nothing and cannot be closed here", code="argument")
    return host


def _send(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("generator.send", given, keywords, 1, 1)
    host = _host(owner)
    if given[0] is not None and not host.gi_suspended and host.gi_frame is not None:
        raise ProgramError("TypeError", "can't send non-None value to a just-started generator")
    return step(run, owner, partial(host.send, given[0]))


def _throw(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("throw", given, keywords, 1, 1)
    return throw(run, owner, raised(run, given[0]))


def _close(run: Machine, owner: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("generator.close", given, keywords, 0, 0)
    _host(owner)
    close(run, owner)
    return None


METHODS: dict[tuple[type, str], Callable[..., Value]] = {
    (Stream, "send"): _send,
    (Stream, "throw"): _throw,
    (Stream, "close"): _close,
}
