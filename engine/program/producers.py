"""The body of a generator, prepared as callables that run from one `yield` to the next."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.program import flow
from engine.program.contexts import Context
from engine.program.failures import ProgramError
from engine.program.narration import scope
from engine.program.statements import Signal
from engine.program.stepping import Items, generator
from engine.program.targets import Target
from engine.program.values import Frame, Mode, Stream, UserFunction, Value

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

Steps = Generator[Value, Value, Signal]
Walk = Callable[[], Steps]


def produce(run: Interpreter, function: UserFunction, frame: Frame, walk: Walk) -> Items:
    """What a generator yields: each time it runs in its own scope, under the caller's fuel and depth.

    It takes what is sent and an error that is thrown, and ends in what it returns. One that nobody goes on with is let go of where it stands.
    """
    steps, told = walk(), scope("function", function.name)
    ahead: Callable[[], Value] = steps.__next__
    handling: list[ProgramError] = []
    while True:
        outer, line, span = run.frame, run.recorder.line, run.recorder.span
        depth, floor, before = len(run.scopes), run.floor, len(run.handling)
        run.enter(told)
        run.frame, run.floor = frame, depth + 1
        run.handling.extend(handling)
        try:
            item = under(function.modes, ahead)
        except StopIteration as end:
            run.leave(depth)
            result = None
            if end.value == "return":
                result, run.result = run.result, None
            return result
        except ProgramError as error:
            if error.root != "StopIteration":
                raise
            raise ProgramError("RuntimeError", "generator raised StopIteration") from None
        finally:
            run.frame, run.floor = outer, floor
            handling = run.handling[before:]
            del run.handling[before:]
            run.recorder.line, run.recorder.span = line, span
        run.leave(depth)
        try:
            sent = yield item
        except ProgramError as error:
            ahead = partial(steps.throw, error)
        else:
            ahead = steps.__next__ if sent is None else partial(steps.send, sent)


def under(modes: tuple[Mode, ...], body: Callable[[], Value]) -> Value:
    """What `body` gives inside these modes."""
    if not modes:
        return body()
    with modes[0].make():
        return under(modes[1:], body)


def block(run: Interpreter, body: list[ast.stmt]) -> Walk:
    """Statements one after another, some of which may yield."""
    parts: list[tuple[bool, Callable[[], Any]]] = []
    for statement in body:
        yields = statement in run.program.yielding and not isinstance(statement, ast.FunctionDef)
        parts.append((yields, _yielding(run, statement) if yields else run.block([statement])))

    def walk() -> Steps:
        for yields, act in parts:
            signal: Signal = (yield from act()) if yields else act()
            if signal is not None:
                return signal
        return None

    return walk


def _yielding(run: Interpreter, node: ast.stmt) -> Walk:
    inner, reach = STEPS[type(node)](run, node), run.reaching(node.lineno)

    def walk() -> Steps:
        reach()
        try:
            return (yield from inner())
        except ProgramError as error:
            run.fault(error, node)
            raise

    return walk


def _expression(run: Interpreter, node: ast.Expr) -> Walk:
    one = _yielded(run, node.value)

    def walk() -> Steps:
        yield from one()
        return None

    return walk


def _assignment(run: Interpreter, node: ast.Assign) -> Walk:
    one = _yielded(run, node.value)
    places = [run.target(target, node.lineno) for target in node.targets]

    def walk() -> Steps:
        value = yield from one()
        for assign in places:
            assign(value)
        return None

    return walk


def _yielded(run: Interpreter, node: ast.expr) -> Callable[[], Items]:
    """What `yield` and `yield from` stand for once the generator goes on: what was sent, and what the inner one returned."""
    assert isinstance(node, (ast.Yield, ast.YieldFrom))
    of = None if node.value is None else run.evaluator(node.value)

    def one() -> Items:
        return (yield None if of is None else of())

    def each() -> Items:
        assert of is not None
        source = of()
        items = generator(source)
        if items is not None:
            return (yield from _delegated(run, source, items))
        yield from run.iterate(source)
        return None

    return each if isinstance(node, ast.YieldFrom) else one


def _delegated(run: Interpreter, source: Stream, items: Items) -> Items:
    """What a generator yields in the place of another, to which it passes on what is sent and thrown."""
    ahead = items.__next__
    while True:
        try:
            item = run.resume(source, ahead)
        except StopIteration as end:
            return end.value
        try:
            sent = yield item
        except ProgramError as error:
            ahead = partial(items.throw, error)
        else:
            ahead = items.__next__ if sent is None else partial(items.send, sent)


def _condition(run: Interpreter, node: ast.If) -> Walk:
    recorder, span = run.recorder, run.span(node.test)
    test_of, body, orelse = run.evaluator(node.test), block(run, node.body), block(run, node.orelse)

    def walk() -> Steps:
        test = test_of()
        recorder.span = span
        return (yield from (body() if run.truth(test) else orelse()))

    return walk


def _for(run: Interpreter, node: ast.For) -> Walk:
    span, reach = run.span(node.iter), run.reaching(node.lineno)
    source_of, assign = run.evaluator(node.iter), run.target(node.target, node.lineno)
    body, orelse = block(run, node.body), block(run, node.orelse)

    def walk() -> Steps:
        run.recorder.span = span
        for turn, item in enumerate(run.iterate(source_of()), 1):
            if turn > 1:
                reach()
            assign(item)
            signal = yield from body()
            if signal == "return":
                return signal
            if signal == "break":
                return None
            run.recorder.line, run.recorder.span = node.lineno, span
        return (yield from orelse())

    return walk


def _while(run: Interpreter, node: ast.While) -> Walk:
    span, reach = run.span(node.test), run.reaching(node.lineno)
    test_of, body, orelse = run.evaluator(node.test), block(run, node.body), block(run, node.orelse)

    def walk() -> Steps:
        turn = 0
        while True:
            if turn:
                reach()
            turn += 1
            test = test_of()
            run.recorder.span = span
            if not run.truth(test):
                return (yield from orelse())
            signal = yield from body()
            if signal == "return":
                return signal
            if signal == "break":
                return None

    return walk


def _with(run: Interpreter, node: ast.With) -> Walk:
    walk = block(run, node.body)
    for item in reversed(node.items):
        walk = _within(run, item, node.lineno, walk)
    return walk


def _within(run: Interpreter, item: ast.withitem, line: int, inner: Walk) -> Walk:
    manager_of = run.evaluator(item.context_expr)
    assign: Target | None = None if item.optional_vars is None else run.target(item.optional_vars, line)

    def walk() -> Steps:
        signal: Signal = None
        with Context(run, manager_of()) as value:
            if assign is not None:
                assign(value)
            try:
                signal = yield from inner()
            except ProgramError:
                run.leave(run.floor)
                raise
            kept = run.result
        if signal is not None:
            run.result = kept
        return signal

    return walk


def _attempt(run: Interpreter, node: ast.Try) -> Walk:
    body, orelse, final = block(run, node.body), block(run, node.orelse), block(run, node.finalbody)
    handlers = [
        (one, block(run, clause.body)) for one, clause in zip(flow.handlers(run, node), node.handlers, strict=True)
    ]

    def walk() -> Steps:
        signal: Signal = None
        pending: ProgramError | None = None
        try:
            try:
                signal = yield from body()
            except ProgramError as error:
                run.leave(run.floor)
                for handler, act in handlers:
                    if handler.takes(error):
                        with handler.handling(error):
                            signal = yield from act()
                        break
                else:
                    raise
            else:
                if signal is None:
                    signal = yield from orelse()
        except ProgramError as error:
            run.leave(run.floor)
            pending = error
        kept = run.result
        last = yield from final()
        if last is not None:
            return last
        run.result = kept
        if pending is not None:
            raise pending
        return signal

    return walk


STEPS: dict[type[ast.stmt], Callable[..., Walk]] = {
    ast.Expr: _expression,
    ast.Assign: _assignment,
    ast.If: _condition,
    ast.For: _for,
    ast.While: _while,
    ast.With: _with,
    ast.Try: _attempt,
}
