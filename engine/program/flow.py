"""Conditions, `with`, `try` and `raise`: the statements that decide which statements run, prepared as callables."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.program import classes, contexts, reach, special
from engine.program.expressions import Evaluator
from engine.program.failures import ProgramError, is_kind, let_go
from engine.program.narration import scope
from engine.program.statements import Act, Signal
from engine.program.targets import Target
from engine.program.values import ErrorClass, ErrorValue, HostFunction, Instance, Mode, UserClass, Value, type_name

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
        if special.method(manager, "__enter__") is not None:
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
    value = special.ask(run, manager, "__enter__")
    depth = len(run.scopes)
    run.enter(scope("mode", type_name(manager)))
    try:
        if assign is not None:
            assign(value)
        signal = inner()
    except ProgramError as error:
        run.leave(depth)
        if not contexts.left(run, manager, error):
            raise
        return None
    kept = run.result
    contexts.left(run, manager, None)
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
        value = of()
        if type(value) is ErrorClass:
            value = ErrorValue(value.kind, "")
        if type(value) is UserClass and value.kind == "error":
            value = run.call(value, [], {})
        if type(value) is Instance and value.of.kind == "error":
            if cause_of is not None:
                cause_of()
            raise _raised(run, value)
        if type(value) is not ErrorValue:
            raise ProgramError("TypeError", "exceptions must derive from BaseException", code="raise")
        if cause_of is not None:
            cause_of()
        error = ProgramError(value.kind, value.text, code="raised")
        error.value = value
        raise error

    return act


def _raised(run: Interpreter, value: Instance) -> ProgramError:
    """An object of an error class of the program, on its way up."""
    error = ProgramError(value.of.name, run.shown(value, run.meter.limits.string), code="raised")
    error.value, error.root = value, classes.error_of(value.of)
    return error


def attempt(run: Interpreter, node: ast.Try) -> Act:
    body, orelse, final = run.block(node.body), run.block(node.orelse), run.block(node.finalbody)
    handlers = [
        (None if one.type is None else run.evaluator(one.type), one.name, run.block(one.body)) for one in node.handlers
    ]

    def act() -> Signal:
        depth = len(run.scopes)
        signal: Signal = None
        pending: ProgramError | None = None
        try:
            signal = body()
            if signal is None:
                signal = orelse()
        except ProgramError as error:
            run.leave(depth)
            try:
                taken, signal = _handle(run, handlers, error)
                pending = None if taken else error
            except ProgramError as other:
                run.leave(depth)
                pending = other
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


def _handle(
    run: Interpreter, handlers: list[tuple[Evaluator | None, str | None, Act]], error: ProgramError
) -> tuple[bool, Signal]:
    for wanted_of, name, body in handlers:
        if wanted_of is not None and not _matches(error, wanted_of()):
            continue
        run.caught(error.kind, error.text)
        run.handling.append(error)
        try:
            if name:
                run.bind_in(run.frame, name, contexts.told(error))
            signal = body()
        finally:
            run.handling.pop()
            let_go(error)
            if name:
                run.frame.names.pop(name, None)
        return True, signal
    return False, None


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
