"""`def` and `class`: what they make of their parts, prepared as callables."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program import classes, forms, reach
from engine.program.expressions import defaults
from engine.program.failures import ProgramError
from engine.program.library.enum import enumerate_members
from engine.program.library.typing import NAMED_TUPLE, SAYING_NOTHING, named_tuple
from engine.program.statements import Act, Signal
from engine.program.values import Frame, HostFunction, Kind, TypeValue, UserClass, UserFunction, Value, documented

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter


def define(run: Interpreter, node: ast.FunctionDef) -> Act:
    make = _function(run, node, node.name)

    def act() -> Signal:
        run.bind_in(run.frame, node.name, make(run.frame))
        return None

    return act


def _function(run: Interpreter, node: ast.FunctionDef, name: str) -> Callable[..., Value]:
    """What makes the function of a `def`, in the scope it closes over."""
    defaults_of, keyword_defaults_of = defaults(run, node.args)
    decorators = [
        (run.evaluator(decorator), decorator) for decorator in node.decorator_list if not forms.is_static(decorator)
    ]

    def make(frame: Frame, home: UserClass | None = None) -> Value:
        function = UserFunction(name, node, frame, defaults_of(), keyword_defaults_of())
        function.home = home
        wrappers: list[tuple[Value, ast.expr]] = []
        for wrap_of, decorator in decorators:
            wrap = wrap_of()
            if type(wrap) is HostFunction and wrap.name == reach.ONCE:
                function.once = True
            else:
                wrappers.append((wrap, decorator))
        return _decorated(run, function, wrappers)

    return make


def _decorated(run: Interpreter, value: Value, wrappers: list[tuple[Value, ast.expr]]) -> Value:
    """The value after its decorators, the nearest first."""
    for wrap, place in reversed(wrappers):
        run.recorder.span = run.span(place)
        try:
            value = run.call(wrap, [value], {})
        except ProgramError as error:
            run.blame(error, place)
            raise
    return value


def define_class(run: Interpreter, node: ast.ClassDef) -> Act:
    bases = [(run.evaluator(forms.bare(base)), base) for base in node.bases if not forms.is_object(base)]
    members = [_member(run, node, statement) for statement in node.body]
    names = run.program.names[node]
    decorators = [(run.evaluator(one), one) for one in node.decorator_list]
    annotated = [
        one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    ]

    def act() -> Signal:
        wrappers = [(of(), place) for of, place in decorators]
        root: tuple[UserClass | None, Kind, TypeValue | None] = (None, "plain", None)
        tupled = False
        for base_of, place in bases:
            value = base_of()
            if value is NAMED_TUPLE:
                tupled = True
                continue
            if value in SAYING_NOTHING:
                continue
            try:
                root = classes.root(value)
            except ProgramError as error:
                error.span = run.program.spans[place]
                raise
        made = UserClass(node.name, *root)
        made.annotated, made.doc = annotated, documented(node)
        outer = run.frame
        run.frame = Frame(outer, names, None, made.members)
        try:
            for member in members:
                member(made, outer)
        finally:
            run.frame = outer
        enumerate_members(run, made)
        value = named_tuple(node.name, annotated, made.members) if tupled else made
        run.bind_in(outer, node.name, _decorated(run, value, wrappers))
        return None

    return act


def _member(run: Interpreter, node: ast.ClassDef, statement: ast.stmt) -> Callable[[UserClass, Frame], None]:
    """What one statement of a class body adds to the class."""
    if not isinstance(statement, ast.FunctionDef):
        act = run.block([statement])

        def execute(made: UserClass, outer: Frame) -> None:
            act()

        return execute
    name, reach = statement.name, run.reaching(statement.lineno)
    static = any(forms.is_static(decorator) for decorator in statement.decorator_list)
    make = _function(run, statement, f"{node.name}.{name}")

    def method(made: UserClass, outer: Frame) -> None:
        reach()
        made.members[name] = make(outer, made)
        if static:
            made.statics.add(name)

    return method
