"""The edit that mends a classic mistake: where in the text, and what to put there. Only edits that are safe to make unasked."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from engine.program.failures import ProgramError
from engine.program.parse import Program

SWEEPS = frozenset({"backward", "grad"})
"""The last names of the calls that run a backward pass."""

POSTFIX = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)


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
    """What is known of an error: its expression, its statement, and the backward calls before it."""

    program: Program
    error: ProgramError
    code: str
    arguments: dict[str, str | int]
    sweeps: list[ast.Call]
    torch: str | None

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
    if any(known.arg in (keyword, None) for known in call.keywords):
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


def _alone(mistake: Mistake, statement: ast.stmt) -> bool:
    """Whether a statement has its lines for itself."""
    first, column, last, end = mistake.here(statement)
    after = mistake.line(last)[end:].strip()
    return not mistake.line(first)[:column].strip() and (not after or after.startswith("#"))


def _untracked(mistake: Mistake) -> Fix | None:
    statement = mistake.error.statement
    if mistake.torch is None or not isinstance(statement, (ast.AugAssign, ast.Assign, ast.Expr)):
        return None
    if not _alone(mistake, statement):
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
    else:
        return None
    told = [mistake.arguments.get(name) for name in ("rows", "inner", "outer", "columns")]
    rows, inner, outer, columns = told
    side = right if inner == columns else left if rows == outer else None
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
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not _alone(mistake, statement):
        return None
    first, column = mistake.here(statement)[:2]
    return _insert(first, column, "super().__init__()\n" + mistake.line(first)[:column])


MAKERS: dict[str, Callable[[Mistake], Fix | None]] = {
    "second-backward": _second_backward,
    "non-scalar-backward": _sum_first,
    "leaf-in-place": _untracked,
    "integer-grad": _integer,
    "unused-input": _unused,
    "shape-matmul": _transpose,
    "name": _spelling,
    "attribute": _spelling,
    "import-missing": _import,
    "module-init": _begin,
}
