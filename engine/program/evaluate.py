"""Statements: the interpreter that walks a checked tree, one method per accepted syntax."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Literal

from engine.program import attributes, classes, forms, reach
from engine.program.bindings import SHORT, WIDE
from engine.program.calls import Calls
from engine.program.failures import ProgramError, is_kind
from engine.program.limits import Meter
from engine.program.parse import Program
from engine.program.values import (
    ErrorClass,
    ErrorValue,
    Frame,
    HostFunction,
    Instance,
    Kind,
    Mode,
    Namespace,
    UserClass,
    UserFunction,
    Value,
    type_name,
)
from engine.record import Recorder

Signal = Literal["break", "continue", "return"] | None


class Interpreter(Calls):
    """One run of one program."""

    def __init__(self, program: Program, recorder: Recorder, meter: Meter, move: Callable[[], None]) -> None:
        super().__init__(program, recorder, meter, move)
        self.result: Value = None
        self.handling: list[ProgramError] = []
        self.named: set[int] = set()

    def run(self) -> None:
        """Runs the program to its end. Raises `ProgramError` or `Limited`."""
        self.block(self.program.tree.body)

    def torch_name(self) -> str | None:
        """What the program calls `torch`, if it does."""
        for name, value in self.top.names.items():
            if type(value) is Namespace and value.path == "torch":
                return name
        return None

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
            if error.statement is None:
                error.statement = node
            raise

    def reach(self, node: ast.stmt) -> None:
        self.meter.burn(1)
        self.recorder.line = node.lineno
        self.recorder.span = None
        self.emit("line-reached")

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
                owner = self.value(target.value)
                if type(owner) is Instance:
                    classes.erase(self, owner, target.attr)
                else:
                    attributes.write(self, owner, target.attr, None)
            elif isinstance(target, ast.Subscript):
                owner = self.value(target.value)
                index = self.value(target.slice)
                self.item(owner, index)
                if type(owner) in reach.REMOVED:
                    self.host(reach.REMOVED[type(owner)], [owner, self.index(index)], {})
                    continue
                if type(owner) not in (list, dict):
                    raise ProgramError("TypeError", f"'{type_name(owner)}' object doesn't support item deletion")
                del owner[index if type(index) is slice or type(owner) is dict else self.index(index)]
                self.changed(owner)
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
        self.bind_in(self.frame, node.name, self.defined(node, node.name, self.frame))
        return None

    def defined(self, node: ast.FunctionDef, name: str, frame: Frame) -> UserFunction:
        """The function that a `def` makes, in the scope it closes over."""
        defaults = self.values(node.args.defaults)
        keyword_defaults = [... if default is None else self.value(default) for default in node.args.kw_defaults]
        function = UserFunction(name, node, frame, defaults, keyword_defaults)
        modes = []
        for decorator in node.decorator_list:
            if forms.is_static(decorator):
                continue
            mode = self.value(decorator)
            if type(mode) is HostFunction and mode.name == reach.ONCE:
                function.once = True
                continue
            if type(mode) is not Mode or mode.label not in reach.DECORATORS:
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
        return function

    def define_class(self, node: ast.ClassDef) -> Signal:
        bases = [base for base in node.bases if not forms.is_object(base)]
        base: UserClass | None = None
        kind: Kind = "plain"
        for one in bases:
            value = self.value(one)
            try:
                base, kind = classes.root(value)
            except ProgramError as error:
                error.span = self.program.spans[one]
                raise
        made = UserClass(node.name, base, kind)
        outer = self.frame
        inside = Frame(outer, self.program.names[node], None)
        inside.names = made.members
        self.frame = inside
        try:
            for statement in node.body:
                if isinstance(statement, ast.FunctionDef):
                    self.reach(statement)
                    function = self.defined(statement, f"{node.name}.{statement.name}", outer)
                    function.home = made
                    made.members[statement.name] = function
                    if any(forms.is_static(decorator) for decorator in statement.decorator_list):
                        made.statics.add(statement.name)
                else:
                    self.execute(statement)
        finally:
            self.frame = outer
        self.bind_in(outer, node.name, made)
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
    ast.ClassDef: Interpreter.define_class,
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
