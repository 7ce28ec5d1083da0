"""A formula and its faces: a Python function of arrays, the same of Tensors, MathML, LaTeX and words.

A formula is a Python expression over the names of its row (`g`, the inputs, `result`, the settings) and a vocabulary of named functions.
The text is our own, never a user's: it is compiled once, when the engine is imported, and a name that is not in the vocabulary fails there.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

from engine import typeset
from engine.written import written_out

CONSTANTS = {
    "inf": math.inf,
    "pi": math.pi,
    "SQRT1_2": math.sqrt(0.5),
    "SQRTPI": math.sqrt(math.pi),
    "LN2": math.log(2),
    "LN10": math.log(10),
}

SIGNS = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div}

_NODES = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Name,
    ast.Constant,
    ast.Attribute,
    ast.Tuple,
    ast.Load,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
)


class Formula:
    """One formula of a row; `uses` are the row's names whose values it needs, which is what a node saves for it."""

    __slots__ = ("_branches", "_code", "_symbols", "functions", "parameters", "text", "tree", "uses")

    def __init__(self, text: str, parameters: tuple[str, ...]) -> None:
        """Raises SyntaxError where the text is no formula."""
        self.text = text
        self.parameters = parameters
        tree = ast.parse(text, mode="eval")
        self.tree: ast.expr = tree.body
        for node in ast.walk(tree):
            if not isinstance(node, _NODES) or (isinstance(node, ast.Attribute) and node.attr != "shape"):
                raise SyntaxError(f"{text!r} holds {type(node).__name__}, which is no part of a formula")
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        flat = _ShapesAsNames().visit(ast.parse(text, mode="eval"))
        names = {node.id for node in ast.walk(flat) if isinstance(node, ast.Name)}
        self.functions = frozenset(called)
        self.uses = frozenset(names - called - CONSTANTS.keys())
        unknown = self.uses - set(parameters)
        if unknown:
            raise NameError(f"{text!r} uses {', '.join(sorted(unknown))}; its row has {', '.join(parameters)}")
        self._code = _code(text, flat.body, parameters)
        self._symbols: ast.expr | None = None
        self._branches: tuple[Callable[..., Any], Formula, Formula] | None = None
        if isinstance(self.tree, ast.IfExp) and not any(
            isinstance(part, ast.Call) for part in ast.walk(self.tree.test)
        ):
            test, first, second = (
                Formula(ast.unparse(part), parameters) for part in (self.tree.test, self.tree.body, self.tree.orelse)
            )
            self._branches = test.bind({}), first, second

    def case(self, values: Mapping[str, Any]) -> Formula:
        """The branch of `one if condition else other` that these values of its names lead to; any other formula is itself."""
        if self._branches is None:
            return self
        test, first, second = self._branches
        return (first if test(*[values.get(name) for name in self.parameters]) else second).case(values)

    @property
    def symbols(self) -> ast.expr:
        """The expression as it is shown, with kernels written out."""
        if self._symbols is None:
            self._symbols = written_out(self.tree)
        return self._symbols

    def needs(self, name: str) -> bool:
        """Whether each of its cases uses the name."""
        branches = () if self._branches is None else self._branches[1:]
        return name in self.uses and all(branch.needs(name) for branch in branches)

    def bind(self, vocabulary: Mapping[str, Any]) -> Callable[..., Any]:
        """The formula as a function of its parameters, by position, over the functions of `vocabulary`.

        Functions named `+ - * /` there take the place of Python's operators. Raises NameError where the vocabulary lacks a function that the formula calls.
        """
        missing = sorted(name for name in self.functions if name not in vocabulary)
        if missing:
            raise NameError(f"{self.text!r} calls {', '.join(missing)}, which the vocabulary lacks")
        if isinstance(self.tree, ast.Call) and not self.tree.keywords:
            given = tuple([each.id for each in self.tree.args if isinstance(each, ast.Name)])
            if given == self.parameters and len(given) == len(self.tree.args):
                # It is no more than that function.
                return vocabulary[ast.unparse(self.tree.func)]  # type: ignore[no-any-return]
        code = self._code
        if vocabulary.keys() >= SIGNS.keys():
            code = _code(self.text, _OperatorsAsCalls().visit(self.body()), self.parameters)
        return _function(code, vocabulary if isinstance(vocabulary, dict) else dict(vocabulary))

    def body(self) -> ast.expr:
        """The expression itself, `x.shape` read as the name `x_shape`."""
        flat: ast.Expression = _ShapesAsNames().visit(ast.parse(self.text, mode="eval"))
        return flat.body

    def mathml(self) -> str:
        """Presentation MathML, one `math` element."""
        return typeset.mathml(self.symbols)

    def latex(self) -> str:
        """LaTeX for math mode."""
        return typeset.latex(self.symbols)

    def words(self, language: str) -> str:
        """The formula as it is spoken, in "en" or "zh-CN"."""
        return typeset.words(self.tree, language)

    def plain(self) -> str:
        """One line of Unicode text, such as `g × (1 − result²)`."""
        return typeset.plain(self.symbols, {})

    def substitute(self, numbers: Mapping[str, str]) -> str:
        """The line of `plain` with names replaced by the texts of `numbers`."""
        return typeset.plain(self.symbols, numbers)


class _ShapesAsNames(ast.NodeTransformer):
    """`self.shape` needs no value of self: it becomes a name of its own, so it does not count as saved."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        assert isinstance(node.value, ast.Name)
        return ast.copy_location(ast.Name(f"{node.value.id}_shape", ast.Load()), node)


class _OperatorsAsCalls(ast.NodeTransformer):
    """`left + right` becomes a call of the function that is named by the sign."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        sign = next((sign for sign, kind in SIGNS.items() if isinstance(node.op, kind)), None)
        return node if sign is None else ast.Call(ast.Name(sign, ast.Load()), [node.left, node.right], [])


def joined(
    formulas: Sequence[Formula], parameters: tuple[str, ...], vocabulary: dict[str, Any], found: Mapping[str, str] | None = None
) -> Callable[..., Any]:  # fmt: skip
    """Several formulas as one function of `parameters`, which gives a tuple; one formula alone gives its value.

    `found` tells by expressions over the parameters where each name is found.
    """
    bodies = [formula.body() for formula in formulas]
    if found is not None:
        places = Found({name: ast.parse(place, mode="eval").body for name, place in found.items()})
        bodies = [places.visit(body) for body in bodies]
    body = bodies[0] if len(bodies) == 1 else ast.Tuple(bodies, ast.Load())
    text = ", ".join(formula.text for formula in formulas)
    return _function(_code(text, body, parameters), vocabulary)


def function(text: str, vocabulary: dict[str, Any]) -> Callable[..., Any]:
    """The one function that a text of our own defines, over `vocabulary`."""
    module = compile(text, "<formulas>", "exec")
    return _function(next(part for part in module.co_consts if isinstance(part, CodeType)), vocabulary)


def _function(code: CodeType, vocabulary: dict[str, Any]) -> Callable[..., Any]:
    # What is written in C looks here for the way to import: NumPy does, before it raises an error it has not raised yet.
    vocabulary["__builtins__"] = builtins
    return FunctionType(code, vocabulary)


class Found(ast.NodeTransformer):
    """Names become the places where they are found."""

    def __init__(self, places: Mapping[str, ast.expr]) -> None:
        self._places = places

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._places.get(node.id, node)


def _code(text: str, body: ast.expr, parameters: tuple[str, ...]) -> CodeType:
    arguments = ast.arguments([], [ast.arg(name) for name in parameters], None, [], [], None, [])
    function = ast.Expression(ast.Lambda(arguments, body))
    module = compile(ast.fix_missing_locations(function), f"<formula {text}>", "eval")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))
