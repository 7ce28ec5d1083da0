"""`for` and `while`: each turn is reached, named and entered, prepared as callables."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.program.bindings import EXACT, SHORT
from engine.program.failures import ProgramError
from engine.program.narration import Naming, line_reached, scope
from engine.program.statements import Act, Signal
from engine.program.values import Value

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter


def while_loop(run: Interpreter, node: ast.While) -> Act:
    recorder, span, reach = run.recorder, run.span(node.test), run.reaching(node.lineno)
    test_of, body, orelse = run.evaluator(node.test), run.block(node.body), run.block(node.orelse)

    def act() -> Signal:
        depth, turn = len(run.scopes), 0
        while True:
            if turn:
                reach()
            test = test_of()
            recorder.span = span
            if not run.truth(test):
                return orelse()
            turn += 1
            run.enter(scope("loop", f"while · {turn}"))
            signal = body()
            run.leave(depth)
            if signal == "return":
                return signal
            if signal == "break":
                return None

    return act


def for_loop(run: Interpreter, node: ast.For) -> Act:
    meter, recorder, span, line = run.meter, run.recorder, run.span(node.iter), node.lineno
    source_of, assign = run.evaluator(node.iter), run.target(node.target, line)
    body, orelse = run.block(node.body), run.block(node.orelse)
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    told_line, bound, entered = line_reached(line), Naming(line, name, run.titled).plain, run.entered[line]
    named = scope("loop", f"for {name} = ").removesuffix('"}')
    top, names = run.top, run.top.names

    def act() -> Signal:
        recorder.span = span
        scopes, pending, leaving = run.scopes, run.pending, run.left
        depth, counting = len(scopes), name and run.frame is top
        inside = depth + 1
        source = source_of()
        kind = source.__class__
        if kind is range or kind is list:
            items, price = iter(source), 1
        else:
            try:
                items, price = run.iterate(source), 0
            except ProgramError as error:
                error.span = run.program.spans[node.iter]
                raise
        whole = name and kind is range and -EXACT < source.start < EXACT and -EXACT < source.stop < EXACT
        for turn, item in enumerate(items):
            # A turn after the first reaches its line again, for one unit more.
            meter.fuel = left = meter.fuel - (price + 1 if turn else price)
            if left < 0:
                raise meter.empty()
            if turn:
                recorder.span = None
                pending.append(told_line)
                if len(pending) >= run.patience:
                    run.pass_on()
            if whole or (name and item.__class__ is int and -EXACT < item < EXACT):
                digits = str(item)
                told = f'{named}{digits}"}}'
                if counting:
                    names[name] = item
                    pending.append(f"{bound}{digits}}}")
                else:
                    assign(item)
            else:
                assign(item)
                told = scope("loop", f"for {_turn_label(run, name, item, turn + 1)}")
            scopes.append(told)
            pending.append(entered + told)
            signal = body()
            if len(scopes) == inside:
                scopes.pop()
                pending.append(leaving[recorder.line] + told)
            else:
                run.leave(depth)
            if signal is not None and signal != "continue":
                return signal if signal == "return" else None
            recorder.line = line  # what makes the next item runs there
            recorder.span = span
        return orelse()

    return act


def _turn_label(run: Interpreter, name: str, item: Value, turn: int) -> str:
    if name and type(item) in (bool, int, float, str):
        return f"{name} = {run.repr(item, SHORT)}"
    return f"{name or '…'} · {turn}"
