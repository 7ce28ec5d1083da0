"""The interpreter: one table of what each accepted syntax becomes, and the run of what it became."""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.program import comprehensions, definitions, expressions, flow, loops, matching, naming, statements, targets
from engine.program.calls import Calls
from engine.program.code import Code, code
from engine.program.expressions import Evaluator
from engine.program.failures import ProgramError
from engine.program.limits import Meter
from engine.program.parse import Program
from engine.program.statements import Act
from engine.program.targets import Target
from engine.program.values import Namespace, UserFunction, Value
from engine.recorder import Recorder


class Interpreter(Calls):
    """One run of one program: its syntax is prepared as callables, a function's body at the first call."""

    def __init__(self, program: Program, recorder: Recorder, meter: Meter, move: Callable[[], int]) -> None:
        super().__init__(program, recorder, meter, move)
        self.result: Value = None
        self.handling: list[ProgramError] = []
        self.floor = 0
        self.titled: set[int] = set()
        self.codes = {}
        self.builtins = {**self.builtins, **naming.NAMING}

    def run(self) -> None:
        """Runs the program to its end. Raises `ProgramError` or `Limited`."""
        self.block(self.program.tree.body)()

    def torch_name(self) -> str | None:
        """What the program calls `torch`, if it does."""
        for name, value in self.top.names.items():
            if type(value) is Namespace and value.path == "torch":
                return name
        return None

    def evaluator(self, node: ast.expr) -> Evaluator:
        """What gives the value of an expression."""
        return EXPRESSIONS[type(node)](self, node)

    def target(self, node: ast.expr, line: int) -> Target:
        """What puts a value where the target points to, in a statement of this line."""
        return TARGETS[type(node)](self, node, line)

    def block(self, body: list[ast.stmt]) -> Act:
        """What runs statements one after another; a text that stands alone says nothing."""
        said = [node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
        return statements.block(self, [(node, STATEMENTS[type(node)](self, node)) for node in said])

    def code(self, function: UserFunction) -> Code:
        """The prepared body of a function, made at its first call."""
        made = self.codes[function.node] = code(self, function)
        return made


EXPRESSIONS: dict[type[ast.expr], Callable[..., Evaluator]] = {
    ast.Constant: expressions.constant,
    ast.Name: expressions.name,
    ast.Attribute: expressions.attribute,
    ast.Subscript: expressions.subscript,
    ast.Slice: expressions.slices,
    ast.BinOp: expressions.binary,
    ast.UnaryOp: expressions.unary,
    ast.BoolOp: expressions.boolean,
    ast.Compare: expressions.comparison,
    ast.IfExp: expressions.conditional,
    ast.NamedExpr: expressions.walrus,
    ast.List: expressions.list_display,
    ast.Tuple: expressions.tuple_display,
    ast.Dict: expressions.dict_display,
    ast.Set: expressions.set_display,
    ast.ListComp: comprehensions.of_list,
    ast.DictComp: comprehensions.of_dict,
    ast.SetComp: comprehensions.of_set,
    ast.GeneratorExp: comprehensions.of_generator,
    ast.JoinedStr: expressions.joined,
    ast.Lambda: expressions.function,
    ast.Call: expressions.called,
    ast.Starred: expressions.starred,
}

TARGETS: dict[type[ast.expr], Callable[..., Target]] = {
    ast.Name: targets.name,
    ast.Attribute: targets.attribute,
    ast.Subscript: targets.subscript,
    ast.Tuple: targets.row,
    ast.List: targets.row,
}

STATEMENTS: dict[type[ast.stmt], Callable[..., Act]] = {
    ast.Expr: statements.expression,
    ast.Assign: statements.assignment,
    ast.AnnAssign: statements.annotated,
    ast.AugAssign: statements.augmented,
    ast.Delete: statements.deletion,
    ast.If: flow.condition,
    ast.While: loops.while_loop,
    ast.For: loops.for_loop,
    ast.With: flow.with_block,
    ast.Try: flow.attempt,
    ast.Match: matching.match,
    ast.Raise: flow.throw,
    ast.FunctionDef: definitions.define,
    ast.ClassDef: definitions.define_class,
    ast.Return: statements.give_back,
    ast.Pass: statements.nothing,
    ast.Break: statements.break_loop,
    ast.Continue: statements.continue_loop,
    ast.Global: statements.nothing,
    ast.Nonlocal: statements.nothing,
    ast.Assert: statements.check,
    ast.Import: statements.bring,
    ast.ImportFrom: statements.bring_from,
}
