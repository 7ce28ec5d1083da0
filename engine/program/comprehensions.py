"""Comprehensions and generator expressions: loops in a scope of their own, prepared as callables."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.program.expressions import Evaluator, guarded
from engine.program.values import Frame, Stream, Value

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

Loops = Callable[[], Iterator[Value]]


def of_list(run: Interpreter, node: ast.ListComp) -> Evaluator:
    loops = _loops(run, node, node.generators, run.evaluator(node.elt))

    def inner() -> Value:
        made: list[Value] = []
        for value in loops():
            made.append(value)
            run.meter.need_items(len(made))
        return made

    return guarded(run, node, inner)


def of_set(run: Interpreter, node: ast.SetComp) -> Evaluator:
    loops = _loops(run, node, node.generators, run.evaluator(node.elt))
    return guarded(run, node, lambda: run.gathered(loops()))


def of_dict(run: Interpreter, node: ast.DictComp) -> Evaluator:
    key_of, value_of = run.evaluator(node.key), run.evaluator(node.value)
    loops = _loops(run, node, node.generators, lambda: (key_of(), value_of()))

    def inner() -> Value:
        made: dict[Value, Value] = {}
        for key, value in loops():
            made[run.key(key)] = value
            run.meter.need_items(len(made))
        return made

    return guarded(run, node, inner)


def of_generator(run: Interpreter, node: ast.GeneratorExp) -> Evaluator:
    loops = _loops(run, node, node.generators, run.evaluator(node.elt))
    return guarded(run, node, lambda: Stream("generator", loops()))


def _loops(run: Interpreter, node: ast.expr, generators: list[ast.comprehension], make: Evaluator) -> Loops:
    """What gives the values one at a time, in a scope of its own; the first source is looked at at once."""
    parts = [
        (run.evaluator(one.iter), run.target(one.target, node.lineno), [run.evaluator(test) for test in one.ifs])
        for one in generators
    ]
    names, innermost = run.program.names[node], len(parts) - 1

    def start() -> Iterator[Value]:
        frame = Frame(run.frame, names, None, {})
        return walk(frame, 0, run.iterate(parts[0][0]()))

    def walk(frame: Frame, depth: int, source: Iterator[Value]) -> Iterator[Value]:
        _, assign, tests = parts[depth]
        for item in source:
            outer, run.frame = run.frame, frame
            try:
                assign(item)
                if not all(run.truth(test()) for test in tests):
                    continue
                inner = None
                if depth < innermost:
                    inner = run.iterate(parts[depth + 1][0]())
                else:
                    made = make()
            finally:
                run.frame = outer
            if inner is None:
                yield made
            else:
                yield from walk(frame, depth + 1, inner)

    return start
