"""Contexts of the program that the engine enters, such as those around a checkpoint."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from engine.program import reach, special
from engine.program.failures import ProgramError
from engine.program.values import ErrorClass, ErrorValue, Mode, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine


class Context:
    """What the engine enters in the place of an object with `__enter__` and `__exit__`, a mode, or one of the engine's own contexts."""

    def __init__(self, run: Machine, manager: Value) -> None:
        self._run, self._manager = run, manager
        self._own: list[Any] = []

    def __enter__(self) -> None:
        manager = self._manager
        if special.method(manager, "__enter__") is not None:
            special.ask(self._run, manager, "__enter__")
            return
        if type(manager) is not Mode and type(manager) not in reach.ENTERED:
            text = f"'{type_name(manager)}' object does not support the context manager protocol"
            raise ProgramError("TypeError", text, code="with")
        self._own.append((manager.switched or manager.make()) if type(manager) is Mode else manager)
        self._own[-1].__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._own:
            return bool(self._own.pop().__exit__(kind, error, trace))
        if error is None:
            return self._run.truth(special.ask(self._run, self._manager, "__exit__", None, None, None))
        if not isinstance(error, Exception):  # a limit, or the end of the run
            return False
        name, text = (error.kind, error.text) if isinstance(error, ProgramError) else (type(error).__name__, str(error))
        told: Any = (
            error.value if isinstance(error, ProgramError) and error.value is not None else ErrorValue(name, text)
        )
        of = ErrorClass(name) if type(told) is ErrorValue else told.of
        return self._run.truth(special.ask(self._run, self._manager, "__exit__", of, told, None))
