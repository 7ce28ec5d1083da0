"""Statements: each accepted syntax is prepared once, as a callable that does it and tells loops and functions what to do next."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeVar

from engine.program import attributes, reach, special, targets
from engine.program.bindings import WIDE
from engine.program.failures import ProgramError
from engine.program.narration import line_reached
from engine.program.values import DICTS, Namespace, Value, type_name

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter
    from engine.program.expressions import Evaluator

Signal = Literal["break", "continue", "return"] | None
Act = Callable[[], Signal]
Done = TypeVar("Done")


def block(run: Interpreter, steps: list[tuple[ast.stmt, Act]]) -> Act:
    """Statements one after another, until one of them gives a signal. Each is reached, for a unit of fuel; an error learns where it arose."""
    parts = [(node, node.lineno, line_reached(node.lineno), act) for node, act in steps]
    meter, recorder, pending = run.meter, run.recorder, run.pending
    if len(parts) == 1:
        return reached(run, *parts[0])

    def acts() -> Signal:
        for node, line, told, act in parts:
            # `run.reaching`, written out, for nothing happens more often
            meter.fuel = left = meter.fuel - 1
            if left < 0:
                raise meter.empty()
            recorder.line = line
            recorder.span = None
            pending.append(told)
            if len(pending) >= run.patience:
                run.pass_on()
            try:
                signal = act()
            except ProgramError as error:
                run.fault(error, node)
                raise
            if signal is not None:
                return signal
        return None

    return acts


def reached(run: Interpreter, node: ast.stmt, line: int, told: str, act: Callable[[], Done]) -> Callable[[], Done]:
    """One statement, reached and done: the body of most loops and functions, and the `return` that a body ends in."""
    meter, recorder, pending = run.meter, run.recorder, run.pending

    def acts() -> Done:
        meter.fuel = left = meter.fuel - 1
        if left < 0:
            raise meter.empty()
        recorder.line = line
        recorder.span = None
        pending.append(told)
        if len(pending) >= run.patience:
            run.pass_on()
        try:
            return act()
        except ProgramError as error:
            run.fault(error, node)
            raise

    return acts


def expression(run: Interpreter, node: ast.Expr) -> Act:
    of = run.evaluator(node.value)

    def act() -> Signal:
        of()
        return None

    return act


def assignment(run: Interpreter, node: ast.Assign) -> Act:
    of = run.evaluator(node.value)
    if len(node.targets) == 1:
        return _assigned(run, of, node.targets[0], node.lineno)
    places = [run.target(target, node.lineno) for target in node.targets]

    def act() -> Signal:
        value = of()
        for assign in places:
            assign(value)
        return None

    return act


def annotated(run: Interpreter, node: ast.AnnAssign) -> Act:
    return (
        nothing(run, node)
        if node.value is None
        else _assigned(run, run.evaluator(node.value), node.target, node.lineno)
    )


def _assigned(run: Interpreter, of: Evaluator, target: ast.expr, line: int) -> Act:
    if isinstance(target, ast.Name):
        return targets.named(run, of, target.id, line)
    assign = run.target(target, line)

    def act() -> Signal:
        assign(of())
        return None

    return act


def augmented(run: Interpreter, node: ast.AugAssign) -> Act:
    recorder, target, kind = run.recorder, node.target, type(node.op)
    right_of, here, there = run.evaluator(node.value), run.span(node), run.span(target)

    def changed(before: Value) -> Value:
        right = right_of()
        recorder.span = here
        return run.operate(kind, before, right, in_place=True)

    if isinstance(target, ast.Name):
        key = target.id

        def name() -> Signal:
            recorder.span = there
            try:
                before = run.look_up(key)
            except ProgramError as error:
                error.span = run.program.spans[target]
                raise
            run.bind_in(run.frame, key, changed(before))
            return None

        return name
    of = run.evaluator(target.value)
    if isinstance(target, ast.Attribute):
        key = target.attr

        def attribute() -> Signal:
            owner = of()
            recorder.span = there
            attributes.write(run, owner, key, changed(attributes.read(run, owner, key)))
            return None

        return attribute
    at = run.evaluator(target.slice)

    def item() -> Signal:
        owner = of()
        index = at()
        recorder.span = there
        run.set_item(owner, index, changed(run.item(owner, index)))
        return None

    return item


def deletion(run: Interpreter, node: ast.Delete) -> Act:
    removals = [_removal(run, target) for target in node.targets]

    def act() -> Signal:
        for remove in removals:
            remove()
        return None

    return act


def _removal(run: Interpreter, target: ast.expr) -> Callable[[], None]:
    if isinstance(target, ast.Attribute):
        of, key = run.evaluator(target.value), target.attr

        return lambda: attributes.erase(run, of(), key)
    if isinstance(target, ast.Subscript):
        of, at = run.evaluator(target.value), run.evaluator(target.slice)
        return lambda: _remove_item(run, of(), at())
    if isinstance(target, (ast.Tuple, ast.List)):
        inner = [_removal(run, part) for part in target.elts]

        def remove_each() -> None:
            for remove in inner:
                remove()

        return remove_each
    assert isinstance(target, ast.Name)
    name = target.id

    def remove_name() -> None:
        frame = run.top if name in run.frame.declared.top else run.frame
        if name not in frame.names:
            raise run.unknown_name(name)
        del frame.names[name]

    return remove_name


def _remove_item(run: Interpreter, owner: Value, index: Value) -> None:
    if special.ask(run, owner, "__delitem__", index) is not special.NOT_IMPLEMENTED:
        return
    run.item(owner, index)
    if type(owner) in reach.REMOVED:
        run.host(reach.REMOVED[type(owner)], [owner, index if type(index) is slice else run.index(index)], {})
        return
    if type(owner) is not list and type(owner) not in DICTS:
        raise ProgramError("TypeError", f"'{type_name(owner)}' object doesn't support item deletion")
    del owner[index if type(index) is slice or type(owner) in DICTS else run.index(index)]
    run.changed(owner)


def give_back(run: Interpreter, node: ast.Return) -> Act:
    of = None if node.value is None else run.evaluator(node.value)

    def act() -> Signal:
        run.result = None if of is None else of()
        return "return"

    return act


def nothing(run: Interpreter, node: ast.stmt) -> Act:
    return lambda: None


def break_loop(run: Interpreter, node: ast.Break) -> Act:
    return lambda: "break"


def continue_loop(run: Interpreter, node: ast.Continue) -> Act:
    return lambda: "continue"


def check(run: Interpreter, node: ast.Assert) -> Act:
    recorder, span = run.recorder, run.span(node.test)
    test_of, message_of = run.evaluator(node.test), None if node.msg is None else run.evaluator(node.msg)

    def act() -> Signal:
        test = test_of()
        recorder.span = span
        if run.truth(test):
            return None
        text = "" if message_of is None else run.shown(message_of(), WIDE)
        raise ProgramError("AssertionError", text, code="assertion")

    return act


def bring(run: Interpreter, node: ast.Import) -> Act:
    def act() -> Signal:
        for alias in node.names:
            if alias.asname:
                run.bind_in(run.frame, alias.asname, Namespace(alias.name))
            else:
                root = alias.name.partition(".")[0]
                run.bind_in(run.frame, root, Namespace(root))
        return None

    return act


def bring_from(run: Interpreter, node: ast.ImportFrom) -> Act:
    if node.module == "__future__":
        return nothing(run, node)

    def act() -> Signal:
        for alias in node.names:
            try:
                value = attributes.member(run, node.module or "", alias.name)
            except ProgramError as error:
                if error.kind != "AttributeError":
                    raise
                text = f"cannot import name '{alias.name}' from '{node.module}'"
                raise ProgramError("ImportError", text, code="import", hint=error.hint) from None
            run.bind_in(run.frame, alias.asname or alias.name, value)
        return None

    return act
