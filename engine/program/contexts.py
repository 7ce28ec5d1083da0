"""Contexts of the program: how they are left, and those that the engine enters, such as those around a checkpoint."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from engine.program import classes, reach, special
from engine.program.failures import ProgramError
from engine.program.values import ErrorClass, ErrorValue, Instance, Manager, Mode, Stack, UserClass, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine


class Context:
    """What the engine enters in the place of an object with `__enter__` and `__exit__`, a mode, or one of the engine's own contexts."""

    def __init__(self, run: Machine, manager: Value) -> None:
        self._run, self._manager = run, manager
        self._own: list[Any] = []

    def __enter__(self) -> Value:
        manager = self._manager
        if special.method(manager, "__enter__") is not None:
            return special.ask(self._run, manager, "__enter__")
        if type(manager) is Stack:
            return manager
        if type(manager) not in (Mode, Manager) and type(manager) not in reach.ENTERED:
            text = f"'{type_name(manager)}' object does not support the context manager protocol"
            raise ProgramError("TypeError", text, code="with")
        if type(manager) is Mode:
            self._own.append(manager.switched or manager.make())
            entered = self._own[-1].__enter__()
            return entered if type(entered) is int else None
        self._own.append(manager.make() if type(manager) is Manager else manager)
        return self._own[-1].__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._own:
            return bool(self._own.pop().__exit__(kind, error, trace))
        if type(self._manager) is Stack:
            return unwind(self._run, self._manager, error)
        if error is not None and not isinstance(error, Exception):  # a limit, or the end of the run
            return False
        return left(self._run, self._manager, error)


def unwind(run: Machine, stack: Stack, error: BaseException | None) -> bool:
    """Leaves all that an `ExitStack` holds, the last first; whether something took the error."""
    pending, depth = error, len(run.scopes)
    while stack.held:
        leave = stack.held.pop()
        try:
            if leave(pending):
                pending = None
        except ProgramError as other:
            run.leave(depth)
            pending = other
    if pending is not None and pending is not error:
        raise pending
    return error is not None and pending is None


def told(error: ProgramError) -> Value:
    """An error as the program gets hold of it."""
    if error.value is not None:
        return error.value
    # Of a missing key the text is its `repr`; the error itself holds the key.
    text = error.text[1:-1] if error.kind == "KeyError" and error.text[:1] == "'" else error.text
    return ErrorValue(error.kind, error.text, (text,) if text else ())


def raised(run: Machine, value: Value) -> ProgramError:
    """The error that `raise value` raises."""
    if type(value) is ErrorClass:
        value = ErrorValue(value.kind, "")
    if type(value) is UserClass and value.kind == "error":
        value = run.call(value, [], {})
    if type(value) is Instance and value.of.kind == "error":
        error = ProgramError(value.of.name, run.shown(value, run.meter.limits.string), code="raised")
        error.root = classes.error_of(value.of)
    elif type(value) is ErrorValue:
        error = ProgramError(value.kind, value.text, code="raised")
    else:
        raise ProgramError("TypeError", "exceptions must derive from BaseException", code="raise")
    error.value = value
    return error


def left(run: Machine, manager: Value, error: Exception | None) -> bool:
    """Calls the `__exit__` of an object of the program; whether that takes the error."""
    if error is None:
        special.ask(run, manager, "__exit__", None, None, None)
        return False
    value = told(error if isinstance(error, ProgramError) else ProgramError(type(error).__name__, str(error)))
    of = ErrorClass(value.kind) if type(value) is ErrorValue else value.of
    return run.truth(special.ask(run, manager, "__exit__", of, value, None))
