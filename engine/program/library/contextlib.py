"""`contextlib`: what a `with` enters that is made of a generator, of other contexts, or of nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.program import stepping
from engine.program.arguments import take
from engine.program.contexts import Context, unwind
from engine.program.failures import ProgramError, is_kind
from engine.program.values import (
    Builtin,
    ErrorClass,
    Instance,
    Manager,
    Stack,
    UserClass,
    UserFunction,
    Value,
    type_name,
)

if TYPE_CHECKING:
    from types import TracebackType

    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]


class Generated:
    """The context of a generator that yields once: it goes on when the `with` ends, and meets the error that ended it."""

    def __init__(self, run: Machine, generator: Value) -> None:
        self._run, self._generator = run, generator

    def __enter__(self) -> Value:
        generator = self._generator
        if stepping.generator(generator) is None:
            text = f"'{type_name(generator)}' object is not an iterator"
            raise ProgramError("TypeError", text, code="with")
        for item in self._run.iterate(generator):
            return item
        raise ProgramError("RuntimeError", "generator didn't yield")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        run, generator = self._run, self._generator
        if error is None:
            for _ in run.iterate(generator):
                raise ProgramError("RuntimeError", "generator didn't stop")
            return False
        if not isinstance(error, ProgramError):  # a limit, or the end of the run
            return False
        depth = len(run.scopes)
        try:
            stepping.throw(run, generator, error)
        except ProgramError as other:
            run.leave(depth)
            if other is error:
                return False
            if other.root == "StopIteration":
                return True
            raise
        raise ProgramError("RuntimeError", "generator didn't stop after throw()")


def _contextmanager(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("contextmanager", given, keywords, 1, 1)
    function = given[0]

    def call(at: Machine, more: Given, named: Keywords) -> Value:
        generator = at.call(function, more, named)
        return Manager("_GeneratorContextManager", lambda: Generated(at, generator))

    return Builtin(function.name if type(function) in (UserFunction, Builtin) else "contextmanager", call, binds=True)


@contextmanager
def _same(value: Value) -> Iterator[Value]:
    yield value


def _nullcontext(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("nullcontext", given, keywords, 0, 1, ("enter_result",))
    value = given[0] if given else keywords.get("enter_result")
    return Manager("nullcontext", lambda: _same(value))


def _suppress(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("suppress", given, keywords, 0, None)
    for kind in given:
        if type(kind) is not ErrorClass and not (type(kind) is UserClass and kind.kind == "error"):
            raise ProgramError("TypeError", "issubclass() arg 1 must be a class", code="argument")

    @contextmanager
    def taking() -> Iterator[None]:
        try:
            yield
        except ProgramError as error:
            if not any(_is(error, kind) for kind in given):
                raise

    return Manager("suppress", taking)


def _is(error: ProgramError, kind: Value) -> bool:
    if type(kind) is UserClass:
        return type(error.value) is Instance and kind in error.value.of.line()
    return is_kind(error.root, kind.kind)


def _stack(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("ExitStack", given, keywords, 0, 0)
    return Stack()


def _enter_context(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("enter_context", given, keywords, 1, 1)
    context = Context(run, given[0])
    value = context.__enter__()
    run.meter.need_items(len(owner.held) + 1)
    owner.held.append(lambda error: context.__exit__(None if error is None else type(error), error, None))
    return value


def _callback(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("callback", given, {}, 1, None)
    function, *more = given
    run.meter.need_items(len(owner.held) + 1)

    def call(error: BaseException | None) -> bool:
        if error is None or isinstance(error, ProgramError):
            run.call(function, more, keywords)
        return False

    owner.held.append(call)
    return function


def _close(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("close", given, keywords, 0, 0)
    unwind(run, owner, None)
    return None


METHODS: dict[tuple[type, str], Callable[..., Value]] = {
    (Stack, "enter_context"): _enter_context,
    (Stack, "callback"): _callback,
    (Stack, "close"): _close,
}
MEMBERS: dict[str, Value] = {
    "contextmanager": Builtin("contextmanager", _contextmanager),
    "nullcontext": Builtin("nullcontext", _nullcontext),
    "suppress": Builtin("suppress", _suppress),
    "ExitStack": Builtin("ExitStack", _stack),
}
