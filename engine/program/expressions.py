"""Expressions: one method per accepted syntax, each node counted as fuel."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator

from engine.program import arithmetic, attributes, printing, reach, sets
from engine.program.failures import ProgramError
from engine.program.fixes import IMPORTS, SWEEPS
from engine.program.hints import nearest
from engine.program.limits import Limited
from engine.program.machine import Machine
from engine.program.parse import format_spec
from engine.program.values import NUMBERS, Frame, Namespace, SetValue, Stream, UserFunction, Value, type_name

PLAIN = frozenset({bool, int, float, str, type(None)})

UNARY: dict[type[ast.unaryop], tuple[str, Callable[[Value], Value]]] = {
    ast.USub: ("-", operator.neg),
    ast.UAdd: ("+", operator.pos),
    ast.Invert: ("~", operator.invert),
}


class Expressions(Machine):
    """The value of every expression of the language."""

    def value(self, node: ast.expr) -> Value:
        """The value of an expression; one unit of fuel."""
        meter = self.meter
        meter.fuel -= 1
        if meter.fuel < 0:
            raise Limited("fuel", meter.limits.fuel)
        try:
            return EXPRESSIONS[type(node)](self, node)
        except ProgramError as error:
            if error.span is None:
                error.span = self.program.spans[node]
            if error.node is None:
                error.node = node
            raise

    def values(self, nodes: list[ast.expr]) -> list[Value]:
        """The values of a row of expressions, starred ones spread out."""
        found: list[Value] = []
        for node in nodes:
            if type(node) is ast.Starred:
                found.extend(self.iterate(self.value(node.value)))
                self.meter.need_items(len(found))
            else:
                found.append(self.value(node))
        return found

    def constant(self, node: ast.Constant) -> Value:
        return node.value

    def name(self, node: ast.Name) -> Value:
        return self.look_up(node.id)

    def look_up(self, name: str) -> Value:
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.declared.top:
                frame = self.top
            if name in frame.names:
                return frame.names[name]
            if name in frame.declared.local and frame.label is not None:
                if frame is self.frame:
                    text = f"cannot access local variable '{name}' where it is not associated with a value"
                    raise ProgramError("UnboundLocalError", text, code="unbound-local", name=name)
                text = (
                    f"cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                )
                raise ProgramError("NameError", text, code="name", name=name)
            frame = frame.parent
        if name in self.builtins:
            return self.builtins[name]
        raise self.unknown_name(name)

    def unknown_name(self, name: str) -> ProgramError:
        known: list[str] = []
        frame: Frame | None = self.frame
        while frame is not None:
            known.extend(frame.names)
            frame = frame.parent
        text = f"name '{name}' is not defined"
        near = nearest(name, known) or nearest(name, self.builtins)
        if near:
            return ProgramError(
                "NameError", text, code="name", hint=f"Did you mean {near}?", name=name, suggestion=near
            )
        if name in IMPORTS:
            hint = f"Write {IMPORTS[name]} first."
            return ProgramError("NameError", text, code="import-missing", hint=hint, name=name)
        return ProgramError("NameError", text, code="name", hint="Give it a value in a line above.", name=name)

    def attribute(self, node: ast.Attribute) -> Value:
        owner = self.value(node.value)
        self.here(node)
        return attributes.read(self, owner, node.attr)

    def subscript(self, node: ast.Subscript) -> Value:
        owner = self.value(node.value)
        index = self.value(node.slice)
        self.here(node)
        return self.item(owner, index)

    def slice(self, node: ast.Slice) -> Value:
        parts = [None if part is None else self.index(self.value(part)) for part in (node.lower, node.upper, node.step)]
        for part in parts:
            if part is not None and type(part) not in (int, bool):
                text = "slice indices must be integers or None or have an __index__ method"
                raise ProgramError("TypeError", text, code="slice")
        if parts[2] is not None and int(parts[2]) == 0:
            raise ProgramError("ValueError", "slice step cannot be zero", code="slice")
        return slice(*parts)

    def binary(self, node: ast.BinOp) -> Value:
        left = self.value(node.left)
        right = self.value(node.right)
        self.here(node)
        return self.operate(type(node.op), left, right)

    def unary(self, node: ast.UnaryOp) -> Value:
        kind = type(node.op)
        operand = self.value(node.operand)
        self.here(node)
        if kind is ast.Not:
            return not self.truth(operand)
        sign, apply = UNARY[kind]
        if self.is_tensor(operand):
            self.meter.need_elements(operand.numel())
            return self.host(apply, [operand], {})
        if type(operand) not in NUMBERS or (kind is ast.Invert and type(operand) is float):
            text = f"bad operand type for unary {sign}: '{type_name(operand)}'"
            raise ProgramError("TypeError", text, code="operand-types")
        return ~int(operand) if kind is ast.Invert else apply(operand)

    def boolean(self, node: ast.BoolOp) -> Value:
        stop = type(node.op) is ast.Or
        result = None
        for part in node.values:
            result = self.value(part)
            if part is not node.values[-1]:
                self.here(node)
                if self.truth(result) is stop:
                    return result
        return result

    def comparison(self, node: ast.Compare) -> Value:
        left = self.value(node.left)
        result: Value = True
        for place, (kind, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
            right = self.value(right_node)
            self.here(node)
            result = self.compare(type(kind), left, right)
            if place < len(node.ops) - 1 and not self.truth(result):
                return result
            left = right
        return result

    def conditional(self, node: ast.IfExp) -> Value:
        test = self.value(node.test)
        self.here(node.test)
        return self.value(node.body if self.truth(test) else node.orelse)

    def walrus(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        frame = self.frame
        while frame.label is None and frame.parent is not None:
            frame = frame.parent
        self.bind_in(frame, node.target.id, value)
        return value

    def list_display(self, node: ast.List) -> Value:
        return self.values(node.elts)

    def tuple_display(self, node: ast.Tuple) -> Value:
        return tuple(self.values(node.elts))

    def dict_display(self, node: ast.Dict) -> Value:
        made: dict[Value, Value] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                other = self.value(value)
                if type(other) is not dict:
                    raise ProgramError("TypeError", f"'{type_name(other)}' object is not a mapping")
                made.update(other)
                self.meter.need_items(len(made))
            else:
                made[self.key(self.value(key))] = self.value(value)
        return made

    def set_display(self, node: ast.Set) -> Value:
        return self.gathered(iter(self.values(node.elts)))

    def set_comprehension(self, node: ast.SetComp) -> Value:
        return self.gathered(self.loops(node, node.generators, lambda: self.value(node.elt)))

    def gathered(self, items: Iterator[Value]) -> SetValue:
        """A set of these items, within the limit on containers."""
        made = SetValue()
        for item in items:
            made.items[self.key(item)] = None
            self.meter.need_items(len(made.items))
        return made

    def list_comprehension(self, node: ast.ListComp) -> Value:
        made: list[Value] = []
        for value in self.loops(node, node.generators, lambda: self.value(node.elt)):
            made.append(value)
            self.meter.need_items(len(made))
        return made

    def dict_comprehension(self, node: ast.DictComp) -> Value:
        made: dict[Value, Value] = {}
        for key, value in self.loops(node, node.generators, lambda: (self.value(node.key), self.value(node.value))):
            made[self.key(key)] = value
            self.meter.need_items(len(made))
        return made

    def generator(self, node: ast.GeneratorExp) -> Value:
        return Stream("generator", self.loops(node, node.generators, lambda: self.value(node.elt)))

    def loops(self, node: ast.expr, generators: list[ast.comprehension], make: Callable[[], Value]) -> Iterator[Value]:
        """The values of a comprehension, one at a time, in a scope of its own; its first source is looked at at once."""
        frame = Frame(self.frame, self.program.names[node], None)
        first = self.iterate(self.value(generators[0].iter))

        def run(depth: int, source: Iterator[Value]) -> Iterator[Value]:
            generator = generators[depth]
            for item in source:
                outer, self.frame = self.frame, frame
                try:
                    self.assign(generator.target, item)
                    if not all(self.truth(self.value(test)) for test in generator.ifs):
                        continue
                    inner = None
                    if depth + 1 < len(generators):
                        inner = self.iterate(self.value(generators[depth + 1].iter))
                    else:
                        made = make()
                finally:
                    self.frame = outer
                if inner is None:
                    yield made
                else:
                    yield from run(depth + 1, inner)

        return run(0, first)

    def joined(self, node: ast.JoinedStr) -> Value:
        parts = []
        for part in node.values:
            if type(part) is ast.Constant:
                parts.append(str(part.value))
            elif isinstance(part, ast.FormattedValue):
                parts.append(self.formatted_value(part))
            self.meter.need_text(sum(map(len, parts)))
        return "".join(parts)

    def formatted_value(self, node: ast.FormattedValue) -> str:
        value = self.value(node.value)
        self.here(node.value)
        spec = format_spec(node)
        room = self.meter.limits.string + 1
        if node.conversion in (ord("r"), ord("a")):
            value = printing.text(value, room)
            value = ascii(value)[1:-1] if node.conversion == ord("a") else value
        elif node.conversion == ord("s"):
            value = self.shown(value, room)
        return self.formatted(value, spec)

    def function(self, node: ast.Lambda) -> Value:
        defaults = self.values(node.args.defaults)
        keyword_defaults = [... if default is None else self.value(default) for default in node.args.kw_defaults]
        return UserFunction("<lambda>", node, self.frame, defaults, keyword_defaults)

    def called(self, node: ast.Call) -> Value:
        function = self.value(node.func)
        given = self.values(node.args)
        keywords: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
                continue
            if type(value) is not dict or any(type(key) is not str for key in value):
                raise ProgramError(
                    "TypeError", "the argument after ** must be a dict with string keys", code="arguments"
                )
            for key in value:
                if key in keywords:
                    raise ProgramError(
                        "TypeError", f"got multiple values for keyword argument '{key}'", code="arguments"
                    )
            keywords.update(value)
        self.here(node)
        result = self.call(function, given, keywords)
        if isinstance(node.func, ast.Attribute) and node.func.attr in SWEEPS:
            self.sweeps[:] = [node]
        return result

    def starred(self, node: ast.Starred) -> Value:
        raise ProgramError("TypeError", "can't use starred expression here", code="syntax")

    # What operators mean, once the operands are known

    def operate(self, kind: type[ast.operator], left: Value, right: Value, *, in_place: bool = False) -> Value:
        """The result of a binary operator on any two values."""
        if self.is_tensor(left) or self.is_tensor(right):
            other = right if self.is_tensor(left) else left
            if not self.is_tensor(other) and type(other) not in NUMBERS:
                raise arithmetic.unsupported(arithmetic.OPERATORS[kind][0], left, right)
            self.need_result(kind, left, right)
            if kind is ast.Mod and not self.is_tensor(left):
                return self.host(reach.TORCH["remainder"], [left, right], {})
            table = arithmetic.IN_PLACE if in_place and self.is_tensor(left) else None
            apply = table[kind] if table else arithmetic.OPERATORS[kind][1]
            return self.host(apply, [left, right], {})
        if type(left) is tuple or type(right) is tuple or self.is_size(left) or self.is_size(right):
            left = tuple(left) if self.is_size(left) else left
            right = tuple(right) if self.is_size(right) else right
        if type(left) is SetValue and type(right) is SetValue:
            return sets.combine(self.meter, kind, left, right)
        if in_place and type(left) is list and kind is ast.Add:
            items = self.gather(right)
            self.meter.need_items(len(left) + len(items))
            left.extend(items)
            return left
        return arithmetic.plain(self.meter, kind, left, right)

    def compare(self, kind: type[ast.cmpop], left: Value, right: Value) -> Value:
        """The result of one comparison; a tensor where one of the two is a tensor."""
        if kind is ast.Is:
            return self.identical(left, right)
        if kind is ast.IsNot:
            return not self.identical(left, right)
        if kind is ast.In or kind is ast.NotIn:
            return self.contains(right, left) is (kind is ast.In)
        if self.is_tensor(left) or self.is_tensor(right):
            return self.compare_tensors(kind, left, right)
        if kind is ast.Eq:
            return self.same(left, right)
        if kind is ast.NotEq:
            return not self.same(left, right)
        if type(left) is SetValue and type(right) is SetValue:
            return sets.order(self.meter, kind, left, right)
        if type(left) is type(right) and type(left) in (list, tuple):
            for first, second in zip(left, right, strict=False):
                if not self.same(first, second):
                    return self.compare(kind, first, second)
            return arithmetic.ORDERS[kind][1](len(left), len(right))
        return arithmetic.order(kind, left, right)

    def compare_tensors(self, kind: type[ast.cmpop], left: Value, right: Value) -> Value:
        other = right if self.is_tensor(left) else left
        if not self.is_tensor(other) and type(other) not in NUMBERS:
            if kind is ast.Eq or kind is ast.NotEq:
                return kind is ast.NotEq
            sign = arithmetic.ORDERS[kind][0]
            text = f"'{sign}' not supported between instances of '{type_name(left)}' and '{type_name(right)}'"
            raise ProgramError("TypeError", text, code="operand-types")
        self.need_result(ast.Add, left, right)
        apply = {ast.Eq: operator.eq, ast.NotEq: operator.ne}.get(kind) or arithmetic.ORDERS[kind][1]
        return self.host(apply, [left, right], {})

    def same(self, left: Value, right: Value, depth: int = 0) -> bool:
        """True where two values are equal, containers item by item."""
        self.meter.burn(1)
        if left is right:
            return True
        if depth > self.meter.limits.calls:
            raise ProgramError("RecursionError", "maximum recursion depth exceeded in comparison")
        if self.is_tensor(left) or self.is_tensor(right):
            return self.truth(self.compare_tensors(ast.Eq, left, right))
        of_left, of_right = type(left), type(right)
        if of_left in PLAIN or of_right in PLAIN:
            return bool(of_left in PLAIN and of_right in PLAIN and left == right)
        if self.is_size(left):
            left, of_left = tuple(left), tuple
        if self.is_size(right):
            right, of_right = tuple(right), tuple
        if of_left is not of_right:
            return False
        if of_left in (list, tuple):
            return len(left) == len(right) and all(
                self.same(first, second, depth + 1) for first, second in zip(list(left), list(right), strict=True)
            )
        if of_left is SetValue:
            return len(left.items) == len(right.items) and all(item in right.items for item in left.items)
        if of_left is dict:
            return len(left) == len(right) and all(
                key in right and self.same(value, right[key], depth + 1) for key, value in list(left.items())
            )
        return bool(left == right) if of_left is range else False

    def identical(self, left: Value, right: Value) -> bool:
        if type(left) is Namespace and type(right) is Namespace:
            return bool(left.path == right.path)
        return left is right

    def contains(self, owner: Value, wanted: Value) -> bool:
        kind = type(owner)
        if kind is dict:
            return self.key(wanted) in owner
        if kind is SetValue:
            return self.key(wanted) in owner.items
        if kind is str:
            if type(wanted) is not str:
                text = f"'in <string>' requires string as left operand, not {type_name(wanted)}"
                raise ProgramError("TypeError", text)
            return wanted in owner
        if kind is range and type(wanted) in (int, bool):
            return wanted in owner
        return any(self.same(item, wanted) for item in self.iterate(owner))


EXPRESSIONS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Constant: Expressions.constant,
    ast.Name: Expressions.name,
    ast.Attribute: Expressions.attribute,
    ast.Subscript: Expressions.subscript,
    ast.Slice: Expressions.slice,
    ast.BinOp: Expressions.binary,
    ast.UnaryOp: Expressions.unary,
    ast.BoolOp: Expressions.boolean,
    ast.Compare: Expressions.comparison,
    ast.IfExp: Expressions.conditional,
    ast.NamedExpr: Expressions.walrus,
    ast.List: Expressions.list_display,
    ast.Tuple: Expressions.tuple_display,
    ast.Dict: Expressions.dict_display,
    ast.ListComp: Expressions.list_comprehension,
    ast.DictComp: Expressions.dict_comprehension,
    ast.Set: Expressions.set_display,
    ast.SetComp: Expressions.set_comprehension,
    ast.GeneratorExp: Expressions.generator,
    ast.JoinedStr: Expressions.joined,
    ast.Lambda: Expressions.function,
    ast.Call: Expressions.called,
    ast.Starred: Expressions.starred,
}
