"""The edit that mends a classic mistake: where in the text, and what to put there. Only edits that are safe to make unasked."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.program.failures import ProgramError
from engine.program.parse import Program
from engine.tensor import Tensor

SWEEPS = frozenset({"backward", "grad"})
"""The last names of the calls that run a backward pass."""

POSTFIX = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Fix:
    """The text between two places, lines from 1 and columns from 0, is replaced by `text`."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is known of an error: its expression, its statement, the backward calls before it, and the values of the top names."""

    program: Program
    error: ProgramError
    code: str
    arguments: dict[str, str | int]
    sweeps: list[ast.Call]
    torch: str | None
    names: Mapping[str, object] = field(default_factory=dict)

    @property
    def node(self) -> ast.AST | None:
        return self.error.node

    def here(self, node: ast.AST) -> tuple[int, int, int, int]:
        return self.program.spans[node]

    def line(self, number: int) -> str:
        return self.program.lines[number - 1]

    def between(self, node: ast.AST) -> str:
        """The text of a node."""
        first, column, last, end = self.here(node)
        if first == last:
            return self.line(first)[column:end]
        rows = [self.line(first)[column:], *self.program.lines[first : last - 1], self.line(last)[:end]]
        return "\n".join(rows)


def find(mistake: Mistake) -> Fix | None:
    """The edit that mends a mistake, or None where none is safe."""
    maker = MAKERS.get(mistake.code)
    return maker(mistake) if maker is not None else None


def _insert(line: int, column: int, text: str) -> Fix:
    return Fix(line, column, line, column, text)


def _argument(mistake: Mistake, call: ast.Call, keyword: str, value: str) -> Fix | None:
    """One more keyword argument at the end of a call."""
    for known in call.keywords:
        if known.arg == keyword and isinstance(known.value, ast.Constant):
            return Fix(*mistake.here(known.value), value)
        if known.arg in (keyword, None):
            return None
    last, end = mistake.here(call)[2:]
    text = mistake.between(call)
    if not text.endswith(")") or "#" in text:
        return None
    inside = text[:-1].rstrip()
    comma = "" if inside.endswith(("(", ",")) else ", "
    return _insert(last, end - 1, f"{comma}{keyword}={value}")


def _second_backward(mistake: Mistake) -> Fix | None:
    return _argument(mistake, mistake.sweeps[-1], "retain_graph", "True") if mistake.sweeps else None


def _unused(mistake: Mistake) -> Fix | None:
    node = mistake.node
    return _argument(mistake, node, "allow_unused", "True") if isinstance(node, ast.Call) else None


def _integer(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and mistake.torch is not None):
        return None
    if node.func.attr != "tensor" or any(keyword.arg == "dtype" for keyword in node.keywords):
        return None
    return _argument(mistake, node, "dtype", f"{mistake.torch}.float32")


def _sum_first(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    if node.func.attr == "backward" and not node.args:
        line, end = mistake.here(node.func)[2:]
        dot = end - len("backward") - 1
        return _insert(line, dot, ".sum()") if mistake.line(line)[dot : dot + 1] == "." else None
    if node.args and isinstance(node.args[0], POSTFIX):
        line, end = mistake.here(node.args[0])[2:]
        return _insert(line, end, ".sum()")
    return None


def alone(mistake: Mistake, statement: ast.stmt) -> bool:
    """Whether a statement has its lines for itself."""
    first, column, last, end = mistake.here(statement)
    after = mistake.line(last)[end:].strip()
    return not mistake.line(first)[:column].strip() and (not after or after.startswith("#"))


def _untracked(mistake: Mistake) -> Fix | None:
    statement = mistake.error.statement
    if mistake.torch is None or not isinstance(statement, (ast.AugAssign, ast.Assign, ast.Expr)):
        return None
    if not alone(mistake, statement):
        return None
    text = mistake.between(statement)
    if "\n" in text and any(sign in text for sign in ('"""', "'''", "\\\n")):
        return None
    first, column, last, end = mistake.here(statement)
    inner = "    " + text.replace("\n", "\n    ")
    blanks = mistake.line(first)[:column]
    return Fix(first, column, last, end, f"with {mistake.torch}.no_grad():\n{blanks}{inner}")


def _transpose(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        left, right = node.left, node.right
    elif isinstance(node, ast.Call) and len(node.args) == 2 and isinstance(node.func, ast.Attribute):
        if node.func.attr not in ("matmul", "mm"):
            return None
        left, right = node.args
    elif isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Attribute):
        if node.func.attr not in ("matmul", "mm"):
            return None
        left, right = node.func.value, node.args[0]
    else:
        return None
    told = [mistake.arguments.get(name) for name in ("rows", "inner", "outer", "columns")]
    rows, inner, outer, columns = told
    side = right if inner == columns else left if rows == outer and rows != 1 else None
    if None in told or not isinstance(side, POSTFIX):
        return None
    line, end = mistake.here(side)[2:]
    return _insert(line, end, ".T")


def _spelling(mistake: Mistake) -> Fix | None:
    name, near, node = mistake.arguments.get("name"), mistake.arguments.get("suggestion"), mistake.node
    if not isinstance(near, str) or not isinstance(name, str):
        return None
    if not isinstance(node, (ast.Name, ast.Attribute)):
        target = mistake.error.statement
        node = target.targets[0] if isinstance(target, ast.Assign) else None
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return None
    line, end = mistake.here(node)[2:]
    start = end - len(name)
    return Fix(line, start, line, end, near) if mistake.line(line)[start:end] == name else None


def _as_text(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
        return None
    text = mistake.between(node.right)
    return None if "\n" in text else Fix(*mistake.here(node.right), f"str({text})")


IMPORTS = {
    "torch": "import torch",
    "nn": "import torch.nn as nn",
    "F": "import torch.nn.functional as F",
    "optim": "import torch.optim as optim",
    "math": "import math",
}


def _import(mistake: Mistake) -> Fix | None:
    line = IMPORTS.get(str(mistake.arguments.get("name")))
    text = "\n".join(mistake.program.lines)
    return _insert(1, 0, line + "\n") if line and "__future__" not in text else None


def _begin(mistake: Mistake) -> Fix | None:
    statement = mistake.error.statement
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not alone(mistake, statement):
        return None
    first, column = mistake.here(statement)[:2]
    return _insert(first, column, "super().__init__()\n" + mistake.line(first)[:column])


def _before(mistake: Mistake) -> Iterator[ast.stmt]:
    """The statements outside functions and classes, those of the latest lines first, up to that of the error."""
    last = mistake.here(mistake.error.statement)[2] if mistake.error.statement is not None else 0
    found: list[ast.stmt] = []
    waiting: list[ast.AST] = list(mistake.program.tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) or not isinstance(node, (ast.stmt, ast.ExceptHandler)):
            continue
        if isinstance(node, ast.stmt) and mistake.here(node)[0] <= last:
            found.append(node)
        waiting.extend(ast.iter_child_nodes(node))
    yield from sorted(found, key=lambda node: mistake.here(node)[:2], reverse=True)


SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.Mod: "%",
    ast.FloorDiv: "//",
}
IN_PLACE = {"add_": "+", "sub_": "-", "mul_": "*", "div_": "/", "pow_": "**"}
METHODS = (
    "abs acos asin atan ceil clamp cos cosh erf exp expm1 floor log log10 log1p log2 masked_fill neg reciprocal relu "
    "round rsqrt sigmoid sign sin sinh sqrt square tan tanh tril triu trunc add sub mul div pow"
)
APPLIED = frozenset(f"{word}_" for word in METHODS.split())
"""The in-place methods whose name without the last sign is that of a method that gives a new tensor."""


def _operand(mistake: Mistake, node: ast.expr) -> str:
    text = mistake.between(node)
    return text if isinstance(node, (*POSTFIX, ast.Constant)) else f"({text})"


def _renewed(mistake: Mistake, statement: ast.stmt) -> tuple[str, str] | None:
    """The name that a statement changes in place, and the statement that makes a new tensor instead."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value) if type(op) in SIGNS:
            return name, f"{name} = {name} {SIGNS[type(op)]} {_operand(mistake, value)}"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) as call):
            alone = len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred)
            if method in IN_PLACE and alone:
                return name, f"{name} = {name} {IN_PLACE[method]} {_operand(mistake, call.args[0])}"
            if method in APPLIED:
                given = mistake.between(call)[len(mistake.between(call.func)) :]
                return name, f"{name} = {name}.{method[:-1]}{given}"
    return None


def _element(statement: ast.stmt) -> str | None:
    """The name of the tensor whose element a statement sets."""
    match statement:
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name))):
            return name
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return name
    return None


def _out_of_place(mistake: Mistake) -> Fix | None:
    """The last change in place of a tensor with the version that the error tells of, made out of place."""
    for statement in _before(mistake):
        renewed = _renewed(mistake, statement)
        name = renewed[0] if renewed else _element(statement)
        value = mistake.names.get(name) if name is not None else None
        if not isinstance(value, Tensor) or value._version != mistake.arguments.get("version"):
            continue
        if (value.is_leaf and value.requires_grad) or not alone(mistake, statement):
            return None
        place = mistake.here(statement)
        if renewed:
            return Fix(*place, renewed[1]) if "#" not in mistake.between(statement) or place[0] == place[2] else None
        blanks = mistake.line(place[0])[: place[1]]
        return _insert(place[0], place[1], f"{name} = {name}.clone()\n{blanks}")
    return None


def retained(mistake: Mistake) -> Fix | None:
    """The gradient of a tensor that is no leaf is kept, where the tensor is made; a weight that is made anew is changed in place instead."""
    statement = mistake.error.statement
    read = [
        node.value.id
        for node in (ast.walk(statement) if statement is not None and not isinstance(statement, BLOCKS) else ())
        if isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.value, ast.Name)
    ]
    for name in read:
        value = mistake.names.get(name)
        if not isinstance(value, Tensor) or value.is_leaf or value.retains_grad:
            continue
        for made in _before(mistake):
            match made:
                case ast.Assign(targets=[ast.Name(id=target)]) if target == name and alone(mistake, made):
                    stepped = _stepped(mistake, made, name)
                    if stepped is not None or made is statement:
                        return stepped
                    line, column, last, _ = mistake.here(made)
                    text = mistake.line(last)
                    return _insert(last, len(text), f"\n{mistake.line(line)[:column]}{name}.retain_grad()")
    return None


def _stepped(mistake: Mistake, statement: ast.Assign, name: str) -> Fix | None:
    match statement.value:
        case ast.BinOp(left=ast.Name(id=left), op=ast.Sub() | ast.Add() as op, right=right) if left == name:
            place = mistake.here(statement)
            if mistake.torch is None or place[0] != place[2]:
                return None
            blanks = mistake.line(place[0])[: place[1]]
            step = f"{name} {SIGNS[type(op)]}= {mistake.between(right)}"
            return Fix(*place, f"with {mistake.torch}.no_grad():\n{blanks}    {step}")
    return None


DEVICES = ("cuda", "mps", "xpu")


def _selfless(mistake: Mistake) -> Fix | None:
    """`self` before the other parameters of the method that lacks it."""
    kind, _, method = str(mistake.arguments.get("name")).rpartition(".")
    for node in ast.walk(mistake.program.tree):
        for part in node.body if isinstance(node, ast.ClassDef) and node.name == kind else ():
            if isinstance(part, ast.FunctionDef) and part.name == method and part.args.args:
                line, column = mistake.here(part.args.args[0])[:2]
                return _insert(line, column, "self, ")
    return None


def _detached(mistake: Mistake) -> Fix | None:
    node = mistake.node
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "numpy"):
        return None
    line, end = mistake.here(node.func)[2:]
    dot = end - len("numpy") - 1
    return _insert(line, dot, ".detach()") if mistake.line(line)[dot : dot + 1] == "." else None


def _on_cpu(mistake: Mistake) -> Fix | None:
    """The device's name where the program writes it; what only sets up a GPU becomes a comment, where a block keeps its statements."""
    node, statement = mistake.node, mistake.error.statement
    if node is None:
        return None
    named = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    places = [
        node,
        *(one.value for one in mistake.program.tree.body if isinstance(one, ast.Assign) and _names(one) & named),
    ]
    for place in places:
        for one in ast.walk(place):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.startswith(DEVICES):
                return Fix(*mistake.here(one), "'cpu'" if mistake.between(one).startswith("'") else '"cpu"')
    settings = {"backends", "cuda", "set_default_device"} & {
        one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)
    }
    if statement in mistake.program.tree.body and settings and not named - {mistake.torch}:
        line, column, last, end = mistake.here(statement)
        if line == last and not mistake.line(line)[end:].strip():
            return _insert(line, column, "# ")
    return None


def _names(statement: ast.Assign) -> set[str]:
    return {target.id for target in statement.targets if isinstance(target, ast.Name)}


MAKERS: dict[str, Callable[[Mistake], Fix | None]] = {
    "second-backward": _second_backward,
    "non-scalar-backward": _sum_first,
    "leaf-in-place": _untracked,
    "version": _out_of_place,
    "none": retained,
    "operand-types": retained,
    "integer-grad": _integer,
    "unused-input": _unused,
    "shape-matmul": _transpose,
    "name": _spelling,
    "attribute": _spelling,
    "import-missing": _import,
    "add-text": _as_text,
    "module-init": _begin,
    "no-gpu": _on_cpu,
    "no-self": _selfless,
    "numpy": _detached,
}
