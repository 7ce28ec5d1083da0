"""Expressions: each accepted syntax is prepared once, as a callable that takes one unit of fuel whenever it gives its value."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program import arrays, attributes, short, special
from engine.program.failures import ProgramError
from engine.program.fixes import SWEEPS
from engine.program.parse import format_spec
from engine.program.values import DICTS, NUMBERS, Array, Instance, UserFunction, Value, type_name

if TYPE_CHECKING:
    from engine.program.evaluate import Interpreter

Evaluator = Callable[[], Value]

UNARY: dict[type[ast.unaryop], tuple[str, Callable[[Value], Value]]] = {
    ast.USub: ("-", operator.neg),
    ast.UAdd: ("+", operator.pos),
    ast.Invert: ("~", operator.invert),
}
MISSING: Value = object()


def guarded(run: Interpreter, node: ast.expr, inner: Evaluator) -> Evaluator:
    """The evaluator of a node: fuel first, then what it means; an error learns where it arose."""
    meter = run.meter

    def evaluate() -> Value:
        meter.fuel = left = meter.fuel - 1
        if left < 0:
            raise meter.empty()
        try:
            return inner()
        except ProgramError as error:
            run.blame(error, node)
            raise

    return evaluate


def row(run: Interpreter, nodes: list[ast.expr]) -> Callable[[], list[Value]]:
    """What gives the values of a row of expressions, starred ones spread out."""
    if any(type(node) is ast.Starred for node in nodes):
        return _spread(run, nodes)
    parts = [run.evaluator(node) for node in nodes]
    if not parts:
        return list
    if len(parts) == 1:
        only = parts[0]
        return lambda: [only()]
    if len(parts) == 2:
        first, second = parts
        if isinstance(nodes[0], ast.Name) and isinstance(nodes[1], ast.Name):
            return _two_names(run, nodes[0].id, nodes[1].id, first, second)
        return lambda: [first(), second()]
    return lambda: [part() for part in parts]


def _two_names(run: Interpreter, one: str, two: str, first: Evaluator, second: Evaluator) -> Callable[[], list[Value]]:
    meter = run.meter

    def values() -> list[Value]:
        if meter.fuel >= 2:
            names = run.frame.names
            if one in names and two in names:
                meter.fuel -= 2
                return [names[one], names[two]]
        return [first(), second()]

    return values


def _spread(run: Interpreter, nodes: list[ast.expr]) -> Callable[[], list[Value]]:
    parts = [
        (True, run.evaluator(node.value)) if isinstance(node, ast.Starred) else (False, run.evaluator(node))
        for node in nodes
    ]

    def values() -> list[Value]:
        found: list[Value] = []
        for starred, part in parts:
            if starred:
                found.extend(run.iterate(part()))
                run.meter.need_items(len(found))
            else:
                found.append(part())
        return found

    return values


def constant(run: Interpreter, node: ast.Constant) -> Evaluator:
    meter, value = run.meter, node.value

    def evaluate() -> Value:
        meter.fuel = left = meter.fuel - 1
        if left < 0:
            raise meter.empty()
        return value

    return evaluate


def name(run: Interpreter, node: ast.Name) -> Evaluator:
    meter, key = run.meter, node.id

    def evaluate() -> Value:
        meter.fuel = left = meter.fuel - 1
        if left < 0:
            raise meter.empty()
        value = run.frame.names.get(key, MISSING)
        if value is not MISSING:
            return value
        try:
            return run.look_up(key)
        except ProgramError as error:
            run.blame(error, node)
            raise

    return evaluate


def attribute(run: Interpreter, node: ast.Attribute) -> Evaluator:
    meter, recorder, span = run.meter, run.recorder, run.span(node)
    of, key = run.evaluator(node.value), node.attr

    def evaluate() -> Value:
        meter.fuel = left = meter.fuel - 1
        if left < 0:
            raise meter.empty()
        try:
            owner = of()
            recorder.span = span
            return attributes.read(run, owner, key)
        except ProgramError as error:
            run.blame(error, node)
            raise

    return evaluate


def subscript(run: Interpreter, node: ast.Subscript) -> Evaluator:
    recorder, span = run.recorder, run.span(node)
    of, at = run.evaluator(node.value), run.evaluator(node.slice)

    def inner() -> Value:
        owner = of()
        index = at()
        recorder.span = span
        return run.item(owner, index)

    return guarded(run, node, inner)


def slices(run: Interpreter, node: ast.Slice) -> Evaluator:
    ends = [None if part is None else run.evaluator(part) for part in (node.lower, node.upper, node.step)]

    def inner() -> Value:
        parts = [None if end is None else run.index(end()) for end in ends]
        for part in parts:
            if part is not None and type(part) not in (int, bool):
                text = "slice indices must be integers or None or have an __index__ method"
                raise ProgramError("TypeError", text, code="slice")
        if parts[2] is not None and int(parts[2]) == 0:
            raise ProgramError("ValueError", "slice step cannot be zero", code="slice")
        return slice(*parts)

    return guarded(run, node, inner)


def binary(run: Interpreter, node: ast.BinOp) -> Evaluator:
    meter, recorder, span = run.meter, run.recorder, run.span(node)
    left_of, right_of = run.evaluator(node.left), run.evaluator(node.right)
    result = short.operator(run, type(node.op))
    if isinstance(node.left, ast.Name) and isinstance(node.right, ast.Name):
        left_name, right_name = node.left.id, node.right.id

        def of_names() -> Value:
            meter.fuel = fuel = meter.fuel - 3
            if fuel < 0:
                raise meter.empty()
            try:
                try:
                    names = run.frame.names
                    left, right = names[left_name], names[right_name]
                except KeyError:
                    left, right = run.look_up(left_name), run.look_up(right_name)
                recorder.span = span
                return result(left, right)
            except ProgramError as error:
                run.blame(error, node)
                raise

        return of_names

    def evaluate() -> Value:
        meter.fuel = fuel = meter.fuel - 1
        if fuel < 0:
            raise meter.empty()
        try:
            left = left_of()
            right = right_of()
            recorder.span = span
            return result(left, right)
        except ProgramError as error:
            run.blame(error, node)
            raise

    return evaluate


def unary(run: Interpreter, node: ast.UnaryOp) -> Evaluator:
    recorder, span = run.recorder, run.span(node)
    of, kind = run.evaluator(node.operand), type(node.op)

    def deny() -> Value:
        operand = of()
        recorder.span = span
        return not run.truth(operand)

    if kind is ast.Not:
        return guarded(run, node, deny)
    sign, apply = UNARY[kind]

    def inner() -> Value:
        operand = of()
        recorder.span = span
        if run.is_tensor(operand):
            run.meter.need_elements(operand.numel())
            return run.host(apply, [operand], {})
        if type(operand) is Array:
            return arrays.unary(run, operand, apply)
        if type(operand) is Instance and special.method(operand, special.UNARY[kind]) is not None:
            return special.ask(run, operand, special.UNARY[kind])
        if type(operand) not in NUMBERS or (kind is ast.Invert and type(operand) is float):
            text = f"bad operand type for unary {sign}: '{type_name(operand)}'"
            raise ProgramError("TypeError", text, code="operand-types")
        return ~int(operand) if kind is ast.Invert else apply(operand)

    return guarded(run, node, inner)


def boolean(run: Interpreter, node: ast.BoolOp) -> Evaluator:
    recorder, span, stop = run.recorder, run.span(node), type(node.op) is ast.Or
    *parts, last = (run.evaluator(part) for part in node.values)

    def inner() -> Value:
        for part in parts:
            result = part()
            recorder.span = span
            if run.truth(result) is stop:
                return result
        return last()

    return guarded(run, node, inner)


def comparison(run: Interpreter, node: ast.Compare) -> Evaluator:
    recorder, span = run.recorder, run.span(node)
    first = run.evaluator(node.left)
    *links, (compared, right_of) = (
        (short.comparison(run, type(kind)), run.evaluator(right))
        for kind, right in zip(node.ops, node.comparators, strict=True)
    )

    def inner() -> Value:
        left = first()
        for compare, next_of in links:
            right = next_of()
            recorder.span = span
            result = compare(left, right)
            if not run.truth(result):
                return result
            left = right
        right = right_of()
        recorder.span = span
        return compared(left, right)

    return guarded(run, node, inner)


def conditional(run: Interpreter, node: ast.IfExp) -> Evaluator:
    recorder, span = run.recorder, run.span(node.test)
    test_of, body, orelse = run.evaluator(node.test), run.evaluator(node.body), run.evaluator(node.orelse)

    def inner() -> Value:
        test = test_of()
        recorder.span = span
        return body() if run.truth(test) else orelse()

    return guarded(run, node, inner)


def walrus(run: Interpreter, node: ast.NamedExpr) -> Evaluator:
    of, key = run.evaluator(node.value), node.target.id

    def inner() -> Value:
        value = of()
        frame = run.frame
        while frame.label is None and frame.parent is not None:
            frame = frame.parent
        run.bind_in(frame, key, value)
        return value

    return guarded(run, node, inner)


def list_display(run: Interpreter, node: ast.List) -> Evaluator:
    return guarded(run, node, row(run, node.elts))


def tuple_display(run: Interpreter, node: ast.Tuple) -> Evaluator:
    values = row(run, node.elts)
    return guarded(run, node, lambda: tuple(values()))


def set_display(run: Interpreter, node: ast.Set) -> Evaluator:
    values = row(run, node.elts)
    return guarded(run, node, lambda: run.gathered(iter(values())))


def dict_display(run: Interpreter, node: ast.Dict) -> Evaluator:
    pairs = [
        (None if key is None else run.evaluator(key), run.evaluator(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]

    def inner() -> Value:
        made: dict[Value, Value] = {}
        for key_of, value_of in pairs:
            if key_of is None:
                other = value_of()
                if type(other) not in DICTS:
                    raise ProgramError("TypeError", f"'{type_name(other)}' object is not a mapping")
                made.update(other)
                run.meter.need_items(len(made))
            else:
                key = run.key(key_of())
                made[key] = value_of()
        return made

    return guarded(run, node, inner)


def joined(run: Interpreter, node: ast.JoinedStr) -> Evaluator:
    pieces: list[str | Evaluator] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            pieces.append(_formatted(run, part))
        elif isinstance(part, ast.Constant):
            pieces.append(str(part.value))

    def inner() -> Value:
        parts: list[str] = []
        length = 0
        for piece in pieces:
            parts.append(piece if isinstance(piece, str) else piece())
            length += len(parts[-1])
            run.meter.need_text(length)
        return "".join(parts)

    return guarded(run, node, inner)


def _formatted(run: Interpreter, node: ast.FormattedValue) -> Evaluator:
    recorder, span, spec = run.recorder, run.span(node.value), format_spec(node)
    of, conversion, room = run.evaluator(node.value), node.conversion, run.meter.limits.string + 1

    def inner() -> str:
        value = of()
        recorder.span = span
        if conversion in (ord("r"), ord("a")):
            value = run.repr(value, room)
            value = ascii(value)[1:-1] if conversion == ord("a") else value
        elif conversion == ord("s"):
            value = run.shown(value, room)
        return run.formatted(value, spec)

    return inner


def function(run: Interpreter, node: ast.Lambda) -> Evaluator:
    defaults_of, keyword_defaults_of = defaults(run, node.args)
    return guarded(run, node, lambda: UserFunction("<lambda>", node, run.frame, defaults_of(), keyword_defaults_of()))


def defaults(run: Interpreter, arguments: ast.arguments) -> tuple[Callable[[], list[Value]], Callable[[], list[Value]]]:
    """What gives the defaults of parameters: the positional ones, and those by keyword, `...` where there is none."""
    by_keyword = [None if default is None else run.evaluator(default) for default in arguments.kw_defaults]
    return row(run, arguments.defaults), lambda: [... if default is None else default() for default in by_keyword]


def called(run: Interpreter, node: ast.Call) -> Evaluator:
    meter, recorder, span, codes = run.meter, run.recorder, run.span(node), run.codes
    function_of, given_of = run.evaluator(node.func), row(run, node.args)
    keywords_of = _keywords(run, node.keywords) if node.keywords else None
    sweeps = isinstance(node.func, ast.Attribute) and node.func.attr in SWEEPS

    def evaluate() -> Value:
        meter.fuel = left = meter.fuel - 1
        if left < 0:
            raise meter.empty()
        try:
            function = function_of()
            given = given_of()
            keywords = {} if keywords_of is None else keywords_of()
            recorder.span = span
            if function.__class__ is UserFunction:
                result = (codes.get(function.node) or run.code(function))(function, given, keywords)
            else:
                result = run.call(function, given, keywords)
        except ProgramError as error:
            run.blame(error, node)
            raise
        if sweeps:
            run.sweeps[:] = [node]
        return result

    return evaluate


def _keywords(run: Interpreter, nodes: list[ast.keyword]) -> Callable[[], dict[str, Value]]:
    parts = [(node.arg, run.evaluator(node.value)) for node in nodes]

    def keywords() -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key, value_of in parts:
            value = value_of()
            if key is None:
                _merge(run, found, value)
            else:
                found[key] = value
        return found

    return keywords


def _merge(run: Interpreter, found: dict[str, Value], more: Value) -> None:
    if type(more) in DICTS:
        run.meter.need_items(len(found) + len(more))
        run.meter.burn(len(more) // 50)
    if type(more) not in DICTS or any(type(key) is not str for key in more):
        raise ProgramError("TypeError", "the argument after ** must be a dict with string keys", code="arguments")
    for key in more:
        if key in found:
            raise ProgramError("TypeError", f"got multiple values for keyword argument '{key}'", code="arguments")
    found.update(more)


def starred(run: Interpreter, node: ast.Starred) -> Evaluator:
    def inner() -> Value:
        raise ProgramError("TypeError", "can't use starred expression here", code="syntax")

    return guarded(run, node, inner)
