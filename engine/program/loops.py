"""`for` and `while`: each turn is reached, named and entered, prepared as callables."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.program.bindings import EXACT, SHORT
from engine.program.failures import ProgramError
from engine.program.narration import Naming, scope
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
    recorder, span, line, reach = run.recorder, run.span(node.iter), node.lineno, run.reaching(node.lineno)
    source_of, assign = run.evaluator(node.iter), run.target(node.target, line)
    body, orelse = run.block(node.body), run.block(node.orelse)
    name = node.target.id if isinstance(node.target, ast.Name) else ""
    named = scope("loop", f"for {name} = ").removesuffix('"}')
    bound, entered = Naming(line, name, run.titled).plain, f',"kind":"scope-entered","line":{line},'
    meter, top, names = run.meter, run.top, run.top.names
    left_behind = ',"kind":"scope-left","line":'

    def act() -> Signal:
        recorder.span = span
        scopes, pending = run.scopes, run.pending
        depth, counting = len(scopes), name and run.frame is top
        source = source_of()
        if source.__class__ is range or source.__class__ is list:
            items, price = iter(source), 1
        else:
            try:
                items, price = run.iterate(source), 0
            except ProgramError as error:
                error.span = run.program.spans[node.iter]
                raise
        for turn, item in enumerate(items, 1):
            meter.fuel = left = meter.fuel - price
            if left < 0:
                raise meter.empty()
            if turn > 1:
                reach()
            if counting and item.__class__ is int and -EXACT < item < EXACT:
                names[name] = item
                told = f'{named}{item}"}}'
                scopes.append(told)
                pending.extend((f"{bound}{item}}}", entered + told))
                signal = body()
                if len(scopes) == depth + 1:
                    scopes.pop()
                    pending.append(f"{left_behind}{recorder.line},{told}")
                else:
                    run.leave(depth)
            else:
                assign(item)
                run.enter(scope("loop", f"for {_turn_label(run, name, item, turn)}"))
                signal = body()
                run.leave(depth)
            if signal == "return":
                return signal
            if signal == "break":
                return None
            recorder.line, recorder.span = line, span  # what makes the next item runs there
        return orelse()

    return act


def _turn_label(run: Interpreter, name: str, item: Value, turn: int) -> str:
    if name and type(item) in (bool, int, float, str):
        return f"{name} = {run.repr(item, SHORT)}"
    return f"{name or '…'} · {turn}"
