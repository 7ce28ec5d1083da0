"""The body of a generator, prepared as callables that run from one `yield` to the next."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

from engine.program.failures import ProgramError
from engine.program.narration import scope
from engine.program.statements import Signal
from engine.program.values import Frame, UserFunction, Value

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

Steps = Generator[Value, None, Signal]
Walk = Callable[[], Steps]


def produce(run: Interpreter, function: UserFunction, frame: Frame, walk: Walk) -> Iterator[Value]:
    """What a generator yields: each time it runs in its own scope, under the caller's fuel and depth."""
    steps, told = walk(), scope("function", function.name)
    while True:
        outer, line, span = run.frame, run.recorder.line, run.recorder.span
        depth = len(run.scopes)
        run.enter(told)
        run.frame = frame
        try:
            item = next(steps)
        except StopIteration:
            run.leave(depth)
            return
        finally:
            run.frame = outer
            run.recorder.line, run.recorder.span = line, span
        run.leave(depth)
        yield item


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
    assert isinstance(node.value, (ast.Yield, ast.YieldFrom))
    of = None if node.value.value is None else run.evaluator(node.value.value)

    def one() -> Steps:
        yield None if of is None else of()
        return None

    def each() -> Steps:
        assert of is not None
        yield from run.iterate(of())
        return None

    return each if isinstance(node.value, ast.YieldFrom) else one


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


STEPS: dict[type[ast.stmt], Callable[..., Walk]] = {
    ast.Expr: _expression,
    ast.If: _condition,
    ast.For: _for,
    ast.While: _while,
}
