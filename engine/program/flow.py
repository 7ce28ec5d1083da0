"""Conditions, `with`, `try` and `raise`: the statements that decide which statements run, prepared as callables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.program import contexts, reach, special
from engine.program.expressions import Evaluator
from engine.program.failures import ProgramError, is_kind, let_go
from engine.program.narration import scope
from engine.program.statements import Act, Signal
from engine.program.targets import Target
from engine.program.values import (
    ErrorClass,
    HostFunction,
    Instance,
    Manager,
    Mode,
    Stack,
    UserClass,
    Value,
    type_name,
)

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter


def condition(run: Interpreter, node: ast.If) -> Act:
    recorder, span = run.recorder, run.span(node.test)
    test_of, body, orelse = run.evaluator(node.test), run.block(node.body), run.block(node.orelse)

    def act() -> Signal:
        test = test_of()
        recorder.span = span
        return body() if run.truth(test) else orelse()

    return act


def with_block(run: Interpreter, node: ast.With) -> Act:
    act = run.block(node.body)
    for item in reversed(node.items):
        act = _within(run, item, node.lineno, act)
    return act


def _within(run: Interpreter, item: ast.withitem, line: int, inner: Act) -> Act:
    manager_of = run.evaluator(item.context_expr)
    assign: Target | None = None if item.optional_vars is None else run.target(item.optional_vars, line)

    def act() -> Signal:
        manager = manager_of()
        if type(manager) in (Manager, Stack) or special.method(manager, "__enter__") is not None:
            return _visit(run, manager, assign, inner)
        if type(manager) in reach.ENTERED:
            return _hold(manager, assign, inner)
        if type(manager) is not Mode:
            error = ProgramError(
                "TypeError",
                f"'{_kind(manager)}' object does not support the context manager protocol",
                code="with",
                hint="Write with torch.no_grad(): or with torch.enable_grad():.",
            )
            error.span = run.program.spans[item.context_expr]
            raise error
        depth = len(run.scopes)
        run.enter(scope("mode", manager.label))
        with manager.switched or manager.make() as entered:
            if assign is not None:
                assign(entered if type(entered) is int else None)
            signal = inner()
        run.leave(depth)
        return signal

    return act


def _hold(manager: Value, assign: Target | None, inner: Act) -> Signal:
    """What a `with` does over one of the engine's own objects: it is given back, whatever the body did."""
    with manager as held:
        if assign is not None:
            assign(held)
        return inner()


def _visit(run: Interpreter, manager: Value, assign: Target | None, inner: Act) -> Signal:
    """What a `with` does over an object of the program: its `__enter__`, the body, its `__exit__` whatever the body did."""
    signal: Signal = None
    depth = len(run.scopes)
    with contexts.Context(run, manager) as value:
        run.enter(scope("mode", type_name(manager)))
        try:
            if assign is not None:
                assign(value)
            signal = inner()
        except ProgramError:
            run.leave(depth)
            raise
        kept = run.result
    if signal is not None:
        run.result = kept
    run.leave(depth)
    return signal


def throw(run: Interpreter, node: ast.Raise) -> Act:
    of = None if node.exc is None else run.evaluator(node.exc)
    cause_of = None if node.cause is None else run.evaluator(node.cause)

    def act() -> Signal:
        if of is None:
            if not run.handling:
                raise ProgramError("RuntimeError", "No active exception to reraise")
            raise run.handling[-1]
        error = contexts.raised(run, of())
        if cause_of is not None:
            cause_of()
        raise error

    return act


def attempt(run: Interpreter, node: ast.Try) -> Act:
    body, orelse, final = run.block(node.body), run.block(node.orelse), run.block(node.finalbody)
    taking = [(one, run.block(clause.body)) for one, clause in zip(handlers(run, node), node.handlers, strict=True)]

    def act() -> Signal:
        depth = len(run.scopes)
        signal: Signal = None
        pending: ProgramError | None = None
        try:
            try:
                signal = body()
            except ProgramError as error:
                run.leave(depth)
                for handler, handle in taking:
                    if handler.takes(error):
                        with handler.handling(error):
                            signal = handle()
                        break
                else:
                    raise
            else:
                if signal is None:
                    signal = orelse()
        except ProgramError as error:
            run.leave(depth)
            pending = error
        if node.finalbody:
            kept = run.result
            last = final()
            if last is not None:
                return last
            run.result = kept
        if pending is not None:
            raise pending
        return signal

    return act


class Handler:
    """The head of an `except`."""

    def __init__(self, run: Interpreter, node: ast.ExceptHandler) -> None:
        self._run, self._name = run, node.name
        self._wanted_of: Evaluator | None = None if node.type is None else run.evaluator(node.type)

    def takes(self, error: ProgramError) -> bool:
        """True where this is the clause for the error."""
        return self._wanted_of is None or _matches(error, self._wanted_of())

    @contextmanager
    def handling(self, error: ProgramError) -> Iterator[None]:
        """Within, the error is the one that a bare `raise` raises, under the name that the clause gives it."""
        run, frame = self._run, self._run.frame
        run.caught(error.kind, error.text)
        run.handling.append(error)
        try:
            if self._name:
                run.bind_in(frame, self._name, contexts.told(error))
            yield
        finally:
            if run.handling[-1:] == [error]:  # else it is the error of a generator that nobody goes on with
                run.handling.pop()
            let_go(error)
            if self._name:
                frame.names.pop(self._name, None)


def handlers(run: Interpreter, node: ast.Try) -> list[Handler]:
    """The heads of the clauses of a `try`, in order."""
    return [Handler(run, one) for one in node.handlers]


def _matches(error: ProgramError, wanted: Value) -> bool:
    if type(wanted) is tuple:
        return any(_matches(error, one) for one in wanted)
    if type(wanted) is UserClass and wanted.kind == "error":
        return type(error.value) is Instance and wanted in error.value.of.line()
    if type(wanted) is not ErrorClass:
        text = "catching classes that do not inherit from BaseException is not allowed"
        raise ProgramError("TypeError", text, code="except")
    return is_kind(error.root, wanted.kind)


def _kind(manager: Value) -> str:
    """What a `with` calls the type of a value: a mode that was not called is a class."""
    mode = type(manager) is HostFunction and manager.name in reach.DECORATORS
    return "type" if mode else type_name(manager)
