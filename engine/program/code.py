"""The code of a `def` or `lambda`: prepared at its first call, then shared by every call of it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program import producers
from engine.program.arguments import bind
from engine.program.expressions import Evaluator
from engine.program.gate import TENSORS
from engine.program.limits import Limited
from engine.program.narration import line_reached, scope
from engine.program.scopes import Names
from engine.program.statements import Act, reached
from engine.program.values import Frame, Stream, UserFunction, Value

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

Code = Callable[[UserFunction, list[Value], dict[str, Value]], Value]
"""What a call gives: of a function made of this code, with these arguments."""


def code(run: Interpreter, function: UserFunction) -> Code:
    """The code that a function is made of."""
    node, names, label = function.node, run.program.names[function.node], function.name.rpartition(".")[2]
    if isinstance(node, ast.Lambda):
        return _called(run, function, label, _answering(run, node.body))
    if node in run.program.yielding:
        return _yielded(run, names, label, producers.block(run, node.body))
    return _called(run, function, label, _returning(run, node.body))


def _parameters(spec: ast.arguments) -> tuple[int, Callable[[list[Value]], dict[str, Value]]]:
    """How many arguments fill all parameters by their order alone, and what puts them there; -1 where none do."""
    names = [parameter.arg for parameter in (*spec.posonlyargs, *spec.args)]
    if spec.vararg or spec.kwonlyargs or spec.kwarg:
        return -1, lambda given: {}
    if len(names) == 1:
        (only,) = names
        return 1, lambda given: {only: given[0]}
    if len(names) == 2:
        first, second = names
        return 2, lambda given: {first: given[0], second: given[1]}
    return len(names), lambda given: dict(zip(names, given))  # noqa: B905 - as many


def _yielded(run: Interpreter, names: Names, label: str, walk: producers.Walk) -> Code:
    most = run.meter.limits.calls

    def call(function: UserFunction, given: list[Value], keywords: dict[str, Value]) -> Value:
        if run.meter.depth >= most:
            raise Limited("calls", most)
        frame = Frame(function.frame, names, label, bind(function, given, keywords), function)
        return Stream("generator", producers.produce(run, function, frame, walk))

    return call


def _called(run: Interpreter, made_of: UserFunction, label: str, body: Evaluator) -> Code:
    names, (count, put) = run.program.names[made_of.node], _parameters(made_of.node.args)
    meter, recorder, scopes, pending = run.meter, run.recorder, run.scopes, run.pending
    most, titled, told = meter.limits.calls, run.titled, scope("function", made_of.name)
    entered, left = run.entered, run.left

    def call(function: UserFunction, given: list[Value], keywords: dict[str, Value]) -> Value:
        depth = meter.depth
        if depth >= most:
            raise Limited("calls", most)
        bound = put(given) if len(given) == count and not keywords else bind(function, given, keywords)
        outer, line, span, inside = run.frame, recorder.line, recorder.span, len(scopes)
        meter.depth = depth + 1
        try:
            scopes.append(told)
            pending.append(entered[line] + told)
            run.frame = Frame(function.frame, names, label, bound, function)
            for value in bound.values():
                kind = value.__class__
                if kind in TENSORS:
                    known = value._identity
                    if known is None or known[0] is not recorder or known[1] not in titled:
                        run.announce_inside(label, bound)
                        break
            result = producers.under(function.modes, body) if function.modes else body()
            if len(scopes) == inside + 1:
                scopes.pop()
                pending.append(left[recorder.line] + told)
            else:
                run.leave(inside)
        finally:
            meter.depth = depth
            run.frame = outer
            recorder.line, recorder.span = line, span
        return result

    return call


def _answering(run: Interpreter, body: ast.expr) -> Evaluator:
    """The value of a lambda's body: no statement is reached, but what it does happens on its own line."""
    value_of, recorder, line = run.evaluator(body), run.recorder, body.lineno

    def value() -> Value:
        recorder.line = line
        return value_of()

    return value


def _returning(run: Interpreter, body: list[ast.stmt]) -> Evaluator:
    """What the body of a `def` gives; one that ends in its `return` needs no signal for it."""
    last = body[-1]
    if isinstance(last, ast.Return) and last.value is not None:
        ending = reached(run, last, last.lineno, line_reached(last.lineno), run.evaluator(last.value))
        return _ending(run, run.block(body[:-1]), ending) if body[1:] else ending
    return _ending(run, run.block(body), lambda: None)


def _ending(run: Interpreter, acts: Act, ending: Evaluator) -> Evaluator:
    def value() -> Value:
        if acts() == "return":
            result, run.result = run.result, None
            return result
        return ending()

    return value
