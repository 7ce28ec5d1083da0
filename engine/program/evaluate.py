"""Statements and calls: the interpreter that walks a checked tree, one method per accepted syntax."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Literal

from engine.program import attributes, reach, sizes
from engine.program.arguments import bind
from engine.program.expressions import Expressions
from engine.program.failures import ProgramError, is_kind
from engine.program.functions import range_length
from engine.program.limits import Limited, Meter
from engine.program.machine import TENSORS
from engine.program.parse import Program
from engine.program.values import (
    Builtin,
    ErrorClass,
    ErrorValue,
    Frame,
    HostFunction,
    Mode,
    Namespace,
    TypeValue,
    UserFunction,
    Value,
    type_name,
)
from engine.record import Recorder
from engine.tensor import Size

Signal = Literal["break", "continue", "return"] | None
SHORT = 40
WIDE = 200
EXACT = 2**53


class Interpreter(Expressions):
    """One run of one program."""

    def __init__(self, program: Program, recorder: Recorder, meter: Meter, move: Callable[[], None]) -> None:
        super().__init__(program, recorder, meter, move)
        self.result: Value = None
        self.handling: list[ProgramError] = []
        self.named: set[int] = set()

    def run(self) -> None:
        """Runs the program to its end. Raises `ProgramError` or `Limited`."""
        self.block(self.program.tree.body)

    def block(self, body: list[ast.stmt]) -> Signal:
        for statement in body:
            signal = self.execute(statement)
            if signal is not None:
                return signal
        return None

    def execute(self, node: ast.stmt) -> Signal:
        """Runs one statement; the signal tells loops and functions what to do next."""
        kind = type(node)
        if kind is ast.Expr and type(node.value) is ast.Constant:  # type: ignore[attr-defined]
            return None
        self.reach(node)
        try:
            return STATEMENTS[kind](self, node)
        except ProgramError as error:
            if error.span is None:
                error.span = self.program.spans[node]
            raise

    def reach(self, node: ast.stmt) -> None:
        self.meter.burn(1)
        self.recorder.line = node.lineno
        self.recorder.span = None
        self.emit("line-reached")

    # Binding

    def assign(self, target: ast.expr, value: Value) -> None:
        """Puts a value where a target points to."""
        kind = type(target)
        if kind is ast.Name:
            self.bind_in(self.frame, target.id, value)  # type: ignore[attr-defined]
        elif isinstance(target, (ast.Tuple, ast.List)):
            self.unpack(target, value)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value)
            self.here(target)
            attributes.write(self, owner, target.attr, value)
        elif isinstance(target, ast.Subscript):
            owner = self.value(target.value)
            index = self.value(target.slice)
            self.here(target)
            self.set_item(owner, index, value)

    def unpack(self, target: ast.Tuple | ast.List, value: Value) -> None:
        try:
            items = self.gather(value)
        except ProgramError as error:
            if error.code == "not-iterable":
                text = f"cannot unpack non-iterable {type_name(value)} object"
                raise ProgramError("TypeError", text, code="not-iterable") from None
            raise
        wanted = len(target.elts)
        star = next((place for place, item in enumerate(target.elts) if type(item) is ast.Starred), None)
        if star is None:
            if len(items) < wanted:
                text = f"not enough values to unpack (expected {wanted}, got {len(items)})"
                raise ProgramError("ValueError", text, code="unpack")
            if len(items) > wanted:
                text = f"too many values to unpack (expected {wanted})"
                raise ProgramError("ValueError", text, code="unpack")
            for part, item in zip(target.elts, items, strict=True):
                self.assign(part, item)
            return
        if len(items) < wanted - 1:
            text = f"not enough values to unpack (expected at least {wanted - 1}, got {len(items)})"
            raise ProgramError("ValueError", text, code="unpack")
        after = wanted - star - 1
        middle = items[star : len(items) - after]
        values = [*items[:star], middle, *items[len(items) - after :]]
        for part, item in zip(target.elts, values, strict=True):
            self.assign(part.value if isinstance(part, ast.Starred) else part, item)

    def bind_in(self, frame: Frame, name: str, value: Value) -> None:
        """Binds a name in the scope it belongs to, and says so."""
        owner = frame
        if name in frame.declared.top:
            owner = self.top
        elif name in frame.declared.outer:
            outer = frame.parent
            while outer is not None and outer is not self.top and name not in outer.declared.local:
                outer = outer.parent
            if outer is None or outer is self.top:
                raise ProgramError("NameError", f"no binding for nonlocal '{name}' found", code="name", name=name)
            owner = outer
        owner.names[name] = value
        if owner.label is not None:
            self.announce(owner, name, value)

    def announce(self, frame: Frame, name: str, value: Value) -> None:
        if type(value) in TENSORS:
            tensor = self.recorder.identify(value)
            if frame is self.top:
                self.named.add(tensor)
                self.emit("name-bound", name=name, tensor=tensor, value=None)
            elif tensor not in self.named and frame.label != "<lambda>":
                self.emit("name-bound", name=f"{frame.label}.{name}", tensor=tensor, value=None)
        elif frame is self.top:
            self.emit("name-bound", name=name, tensor=None, value=self.bounded(value))

    def bounded(self, value: Value) -> Value:
        """A value that is no tensor, as an event tells it."""
        kind = type(value)
        if value is None or kind is bool or (kind is int and -EXACT < value < EXACT):
            return value
        if kind is float and value - value == 0:
            return value
        if kind is str and len(value) <= WIDE:
            return value
        told: dict[str, Value] = {"type": type_name(value), "text": self.repr(value, WIDE)}
        if kind in (list, tuple) and any(type(item) in TENSORS for item in value[:64]):
            told["tensors"] = [self.recorder.identify(item) if type(item) in TENSORS else None for item in value[:64]]
        return told

    # Items

    def item(self, owner: Value, index: Value) -> Value:
        """What `owner[index]` gives."""
        kind = type(owner)
        if kind in TENSORS:
            picked = self.outward(index)
            self.meter.need_elements(sizes.of_index(owner, picked))
            return self.host(operator.getitem, [owner, picked], {})
        if kind is dict:
            key = self.key(index)
            if key not in owner:
                raise ProgramError("KeyError", self.repr(index, WIDE), code="key")
            return owner[key]
        if kind in (list, tuple, str, range, Size) or kind in reach.NAMED_TUPLES:
            return self.pick(owner, index)
        if owner is None:
            raise ProgramError("TypeError", "'NoneType' object is not subscriptable")
        raise ProgramError("TypeError", f"'{type_name(owner)}' object is not subscriptable", code="not-subscriptable")

    def pick(self, owner: Value, index: Value) -> Value:
        name = type_name(owner)
        if type(index) is slice:
            if type(owner) is not range:
                self.meter.burn(len(owner) // 100)
            found = owner[index]
            return Size(found) if type(owner) is Size else found
        index = self.index(index)
        if type(index) is not int:
            if name == "str":
                text = f"string indices must be integers, not '{type_name(index)}'"
            else:
                text = f"{name} indices must be integers or slices, not {type_name(index)}"
            raise ProgramError("TypeError", text, code="index-type")
        size = range_length(owner) if type(owner) is range else len(owner)
        if not -size <= index < size:
            name = {"str": "string", "range": "range object"}.get(name, name)
            raise ProgramError("IndexError", f"{name} index out of range", code="index")
        return owner[index]

    def set_item(self, owner: Value, index: Value, value: Value) -> None:
        """Does `owner[index] = value`."""
        kind = type(owner)
        if kind in TENSORS:
            if type(value) not in TENSORS and type(value) not in (bool, int, float):
                value = self.outward(value)
            picked = self.outward(index)
            self.meter.need_elements(sizes.of_index(owner, picked))
            self.host(operator.setitem, [owner, picked, value], {})
        elif kind is dict:
            self.meter.need_items(len(owner) + 1)
            owner[self.key(index)] = value
        elif kind is list and type(index) is slice:
            items = self.gather(value)
            self.meter.need_items(len(owner) + len(items))
            try:
                owner[index] = items
            except ValueError as error:
                raise ProgramError("ValueError", str(error)) from None
        elif kind is list:
            index = self.index(index)
            if type(index) is not int:
                text = f"list indices must be integers or slices, not {type_name(index)}"
                raise ProgramError("TypeError", text, code="index-type")
            if not -len(owner) <= index < len(owner):
                raise ProgramError("IndexError", "list assignment index out of range", code="index")
            owner[index] = value
        else:
            text = f"'{type_name(owner)}' object does not support item assignment"
            raise ProgramError("TypeError", text, code="not-subscriptable")

    # Calls

    def call(self, function: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
        """What a call gives."""
        kind = type(function)
        if kind is HostFunction:
            return self.call_host(function, given, keywords)
        if kind is UserFunction:
            return self.apply(function, given, keywords)
        if kind is Builtin:
            return function.call(self, given, keywords)
        if kind is TypeValue and function.call is not None:
            return function.call(self, given, keywords)
        if kind is ErrorClass:
            if keywords:
                raise ProgramError("TypeError", f"{function.kind}() takes no keyword arguments", code="arguments")
            text = self.shown(given[0], WIDE) if len(given) == 1 else self.repr(tuple(given), WIDE) if given else ""
            return ErrorValue(function.kind, text, tuple(given))
        if kind is Namespace:
            raise ProgramError("TypeError", "'module' object is not callable", code="not-callable")
        raise ProgramError("TypeError", f"'{type_name(function)}' object is not callable", code="not-callable")

    def call_host(self, function: HostFunction, given: list[Value], keywords: dict[str, Value]) -> Value:
        host = function.function
        mode = reach.MODES.get(function.name) if not function.bound else None
        values = [*function.bound, *map(self.outward, given)]
        named = {key: self.outward(value) for key, value in keywords.items()}
        if mode is not None:
            return self.host_mode(function.name, values, named)
        span = self.recorder.span
        self.meter.need_elements(sizes.of_call(function.name, values, named))
        result = self.host(host, values, named)
        self.recorder.span = span
        return result

    def host_mode(self, name: str, values: list[Value], named: dict[str, Value]) -> Value:
        make = reach.MODES[name]
        label = name.rpartition(".")[2]
        if len(values) == 1 and callable(values[0]):
            raise ProgramError("TypeError", f"write @torch.{label}() with brackets", code="decorator")

        def fresh() -> Value:
            try:
                return make(*values, **named)
            except TypeError:
                raise ProgramError("TypeError", f"{label}() got arguments it does not take", code="arguments") from None

        return Mode(label, fresh, fresh() if label == "set_grad_enabled" else None)

    def apply(self, function: UserFunction, given: list[Value], keywords: dict[str, Value]) -> Value:
        """Calls a function of the program."""
        meter = self.meter
        if meter.depth >= meter.limits.calls:
            raise Limited("calls", meter.limits.calls)
        node = function.node
        frame = Frame(function.frame, self.program.names[node], function.name)
        bound = bind(function, given, keywords)
        outer, line, span = self.frame, self.recorder.line, self.recorder.span
        depth = len(self.scopes)
        meter.depth += 1
        try:
            self.enter("function", function.name)
            self.frame = frame
            for name, value in bound.items():
                self.bind_in(frame, name, value)
            result = self.with_modes(function, 0)
            self.leave(depth)
        finally:
            meter.depth -= 1
            self.frame = outer
            self.recorder.line, self.recorder.span = line, span
        return result

    def with_modes(self, function: UserFunction, place: int) -> Value:
        if place < len(function.modes):
            with function.modes[place].make():
                return self.with_modes(function, place + 1)
        if isinstance(function.node, ast.Lambda):
            return self.value(function.node.body)
        if self.block(function.node.body) == "return":
            result, self.result = self.result, None
            return result
        return None

    # Statements

    def expression(self, node: ast.Expr) -> Signal:
        self.value(node.value)
        return None

    def assignment(self, node: ast.Assign) -> Signal:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)
        return None

    def annotated(self, node: ast.AnnAssign) -> Signal:
        if node.value is not None:
            self.assign(node.target, self.value(node.value))
        return None

    def augmented(self, node: ast.AugAssign) -> Signal:
        target, kind = node.target, type(node.op)
        if isinstance(target, ast.Name):
            self.here(target)
            before = self.look_up_for(target)
            right = self.value(node.value)
            self.here(node)
            self.bind_in(self.frame, target.id, self.operate(kind, before, right, in_place=True))
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value)
            self.here(target)
            before = attributes.read(self, owner, target.attr)
            right = self.value(node.value)
            self.here(node)
            attributes.write(self, owner, target.attr, self.operate(kind, before, right, in_place=True))
        elif isinstance(target, ast.Subscript):
            owner = self.value(target.value)
            index = self.value(target.slice)
            self.here(target)
            before = self.item(owner, index)
            right = self.value(node.value)
            self.here(node)
            self.set_item(owner, index, self.operate(kind, before, right, in_place=True))
        return None

    def look_up_for(self, target: ast.Name) -> Value:
        try:
            return self.look_up(target.id)
        except ProgramError as error:
            error.span = self.program.spans[target]
            raise

    def delete(self, node: ast.Delete) -> Signal:
        for target in node.targets:
            if isinstance(target, ast.Name):
                frame = self.top if target.id in self.frame.declared.top else self.frame
                if target.id not in frame.names:
                    raise self.unknown_name(target.id)
                del frame.names[target.id]
            elif isinstance(target, ast.Attribute):
                attributes.write(self, self.value(target.value), target.attr, None)
            elif isinstance(target, ast.Subscript):
                owner = self.value(target.value)
                index = self.value(target.slice)
                self.item(owner, index)
                if type(owner) not in (list, dict):
                    raise ProgramError("TypeError", f"'{type_name(owner)}' object doesn't support item deletion")
                del owner[index if type(index) is slice or type(owner) is dict else self.index(index)]
        return None

    def condition(self, node: ast.If) -> Signal:
        test = self.value(node.test)
        self.here(node.test)
        return self.block(node.body if self.truth(test) else node.orelse)

    def while_loop(self, node: ast.While) -> Signal:
        depth, turn = len(self.scopes), 0
        while True:
            if turn:
                self.reach(node)
            test = self.value(node.test)
            self.here(node.test)
            if not self.truth(test):
                return self.block(node.orelse)
            turn += 1
            self.enter("loop", f"while · {turn}")
            signal = self.block(node.body)
            self.leave(depth)
            if signal == "return":
                return signal
            if signal == "break":
                return None

    def for_loop(self, node: ast.For) -> Signal:
        self.here(node.iter)
        depth = len(self.scopes)
        source = self.value(node.iter)
        try:
            items = self.iterate(source)
        except ProgramError as error:
            error.span = self.program.spans[node.iter]
            raise
        for turn, item in enumerate(items, 1):
            if turn > 1:
                self.reach(node)
            self.assign(node.target, item)
            self.enter("loop", f"for {self.turn_label(node.target, item, turn)}")
            signal = self.block(node.body)
            self.leave(depth)
            if signal == "return":
                return signal
            if signal == "break":
                return None
        return self.block(node.orelse)

    def turn_label(self, target: ast.expr, item: Value, turn: int) -> str:
        name = target.id if isinstance(target, ast.Name) else "…"
        if type(target) is ast.Name and type(item) in (bool, int, float, str):
            return f"{name} = {self.repr(item, SHORT)}"
        return f"{name} · {turn}"

    def with_block(self, node: ast.With) -> Signal:
        return self.within(node, 0)

    def within(self, node: ast.With, place: int) -> Signal:
        if place == len(node.items):
            return self.block(node.body)
        item = node.items[place]
        manager = self.value(item.context_expr)
        if type(manager) is not Mode:
            error = ProgramError(
                "TypeError",
                f"'{type_name(manager)}' object does not support the context manager protocol",
                code="with",
                hint="Write with torch.no_grad(): or with torch.enable_grad():.",
            )
            error.span = self.program.spans[item.context_expr]
            raise error
        depth = len(self.scopes)
        self.enter("mode", manager.label)
        with manager.switched or manager.make():
            if item.optional_vars is not None:
                self.assign(item.optional_vars, None)
            signal = self.within(node, place + 1)
        self.leave(depth)
        return signal

    def define(self, node: ast.FunctionDef) -> Signal:
        defaults = self.values(node.args.defaults)
        keyword_defaults = [... if default is None else self.value(default) for default in node.args.kw_defaults]
        function = UserFunction(node.name, node, self.frame, defaults, keyword_defaults)
        modes = []
        for decorator in node.decorator_list:
            mode = self.value(decorator)
            if type(mode) is not Mode:
                error = ProgramError(
                    "TypeError",
                    "only @torch.no_grad() and @torch.enable_grad() can decorate a function here",
                    code="decorator",
                    hint="Call the function yourself: f = wrap(f).",
                )
                error.span = self.program.spans[decorator]
                raise error
            if mode.switched is not None:
                mode.switched(None)
            modes.append(mode)
        function.modes = tuple(modes)
        self.bind_in(self.frame, node.name, function)
        return None

    def give_back(self, node: ast.Return) -> Signal:
        self.result = None if node.value is None else self.value(node.value)
        return "return"

    def nothing(self, node: ast.stmt) -> Signal:
        return None

    def break_loop(self, node: ast.Break) -> Signal:
        return "break"

    def continue_loop(self, node: ast.Continue) -> Signal:
        return "continue"

    def declare(self, node: ast.Global | ast.Nonlocal) -> Signal:
        return None

    def check(self, node: ast.Assert) -> Signal:
        test = self.value(node.test)
        self.here(node.test)
        if self.truth(test):
            return None
        text = "" if node.msg is None else self.shown(self.value(node.msg), WIDE)
        raise ProgramError("AssertionError", text, code="assertion")

    def throw(self, node: ast.Raise) -> Signal:
        if node.exc is None:
            if not self.handling:
                raise ProgramError("RuntimeError", "No active exception to reraise")
            raise self.handling[-1]
        value = self.value(node.exc)
        if type(value) is ErrorClass:
            value = ErrorValue(value.kind, "")
        if type(value) is not ErrorValue:
            raise ProgramError("TypeError", "exceptions must derive from BaseException", code="raise")
        if node.cause is not None:
            self.value(node.cause)
        raise ProgramError(value.kind, value.text, code="raised")

    def attempt(self, node: ast.Try) -> Signal:
        depth = len(self.scopes)
        signal: Signal = None
        pending: ProgramError | None = None
        try:
            signal = self.block(node.body)
            if signal is None:
                signal = self.block(node.orelse)
        except ProgramError as error:
            self.leave(depth)
            try:
                taken, signal = self.handle(node, error)
                pending = None if taken else error
            except ProgramError as other:
                self.leave(depth)
                pending = other
        if node.finalbody:
            kept = self.result
            last = self.block(node.finalbody)
            if last is not None:
                return last
            self.result = kept
        if pending is not None:
            raise pending
        return signal

    def handle(self, node: ast.Try, error: ProgramError) -> tuple[bool, Signal]:
        for handler in node.handlers:
            if handler.type is not None and not self.matches(error.kind, self.value(handler.type)):
                continue
            self.emit("error-caught", error=error.kind, message=error.text)
            self.handling.append(error)
            try:
                if handler.name:
                    self.bind_in(self.frame, handler.name, ErrorValue(error.kind, error.text, (error.text,)))
                signal = self.block(handler.body)
            finally:
                self.handling.pop()
                if handler.name:
                    self.frame.names.pop(handler.name, None)
            return True, signal
        return False, None

    def matches(self, kind: str, wanted: Value) -> bool:
        if type(wanted) is tuple:
            return any(self.matches(kind, one) for one in wanted)
        if type(wanted) is not ErrorClass:
            text = "catching classes that do not inherit from BaseException is not allowed"
            raise ProgramError("TypeError", text, code="except")
        return is_kind(kind, wanted.kind)

    def bring(self, node: ast.Import) -> Signal:
        for alias in node.names:
            if alias.asname:
                self.bind_in(self.frame, alias.asname, Namespace(alias.name))
            else:
                root = alias.name.partition(".")[0]
                self.bind_in(self.frame, root, Namespace(root))
        return None

    def bring_from(self, node: ast.ImportFrom) -> Signal:
        if node.module == "__future__":
            return None
        for alias in node.names:
            try:
                value = attributes.member(self, node.module or "", alias.name)
            except ProgramError as error:
                if error.kind != "AttributeError":
                    raise
                text = f"cannot import name '{alias.name}' from '{node.module}'"
                raise ProgramError("ImportError", text, code="import", hint=error.hint) from None
            self.bind_in(self.frame, alias.asname or alias.name, value)
        return None


STATEMENTS: dict[type[ast.stmt], Callable[..., Signal]] = {
    ast.Expr: Interpreter.expression,
    ast.Assign: Interpreter.assignment,
    ast.AnnAssign: Interpreter.annotated,
    ast.AugAssign: Interpreter.augmented,
    ast.Delete: Interpreter.delete,
    ast.If: Interpreter.condition,
    ast.While: Interpreter.while_loop,
    ast.For: Interpreter.for_loop,
    ast.With: Interpreter.with_block,
    ast.FunctionDef: Interpreter.define,
    ast.Return: Interpreter.give_back,
    ast.Pass: Interpreter.nothing,
    ast.Break: Interpreter.break_loop,
    ast.Continue: Interpreter.continue_loop,
    ast.Global: Interpreter.declare,
    ast.Nonlocal: Interpreter.declare,
    ast.Assert: Interpreter.check,
    ast.Raise: Interpreter.throw,
    ast.Try: Interpreter.attempt,
    ast.Import: Interpreter.bring,
    ast.ImportFrom: Interpreter.bring_from,
}
