"""Generators: a `def` with `yield` in it, run from one `yield` to the next."""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Literal

from engine.program.failures import ProgramError
from engine.program.values import Frame, UserFunction, Value

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

Signal = Literal["break", "continue", "return"] | None
Steps = Generator[Value, None, Signal]


def steps(function: ast.FunctionDef) -> set[ast.AST]:
    """The def itself, its `yield`s in the places the language has, and the statements around them; empty where it is no generator."""
    found: set[ast.AST] = set()

    def look(body: list[ast.stmt]) -> bool:
        any_here = False
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, (ast.Yield, ast.YieldFrom)):
                found.add(statement.value)
                holds = True
            elif isinstance(statement, (ast.For, ast.While, ast.If)):
                first, second = look(statement.body), look(statement.orelse)
                holds = first or second
            else:
                holds = False
            if holds:
                found.add(statement)
            any_here = any_here or holds
        return any_here

    if look(function.body):
        found.add(function)
    return found


def produce(run: Interpreter, function: UserFunction, frame: Frame) -> Iterator[Value]:
    """What a generator yields: each time it runs in its own scope, under the caller's fuel and depth."""
    assert isinstance(function.node, ast.FunctionDef)
    walk = _block(run, function.node.body)
    while True:
        outer, line, span = run.frame, run.recorder.line, run.recorder.span
        depth = len(run.scopes)
        run.enter("function", function.name)
        run.frame = frame
        try:
            item = next(walk)
        except StopIteration:
            run.leave(depth)
            return
        finally:
            run.frame = outer
            run.recorder.line, run.recorder.span = line, span
        run.leave(depth)
        yield item


def _block(run: Interpreter, body: list[ast.stmt]) -> Steps:
    for statement in body:
        if statement in run.program.yielding and not isinstance(statement, ast.FunctionDef):
            run.reach(statement)
            try:
                signal = yield from _step(run, statement)
            except ProgramError as error:
                if error.span is None:
                    error.span = run.program.spans[statement]
                if error.statement is None:
                    error.statement = statement
                raise
        else:
            signal = run.execute(statement)
        if signal is not None:
            return signal
    return None


def _step(run: Interpreter, node: ast.stmt) -> Steps:
    if isinstance(node, ast.For):
        return (yield from _for(run, node))
    if isinstance(node, ast.While):
        return (yield from _while(run, node))
    if isinstance(node, ast.If):
        test = run.value(node.test)
        run.here(node.test)
        return (yield from _block(run, node.body if run.truth(test) else node.orelse))
    assert isinstance(node, ast.Expr)
    if isinstance(node.value, ast.YieldFrom):
        yield from run.iterate(run.value(node.value.value))
    elif isinstance(node.value, ast.Yield):
        yield None if node.value.value is None else run.value(node.value.value)
    return None


def _for(run: Interpreter, node: ast.For) -> Steps:
    run.here(node.iter)
    for turn, item in enumerate(run.iterate(run.value(node.iter)), 1):
        if turn > 1:
            run.reach(node)
        run.assign(node.target, item)
        signal = yield from _block(run, node.body)
        if signal == "return":
            return signal
        if signal == "break":
            return None
    return (yield from _block(run, node.orelse))


def _while(run: Interpreter, node: ast.While) -> Steps:
    turn = 0
    while True:
        if turn:
            run.reach(node)
        turn += 1
        test = run.value(node.test)
        run.here(node.test)
        if not run.truth(test):
            return (yield from _block(run, node.orelse))
        signal = yield from _block(run, node.body)
        if signal == "return":
            return signal
        if signal == "break":
            return None
