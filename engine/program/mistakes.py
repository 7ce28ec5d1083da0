"""What is known of a mistake, and the edits of a text that fixes are made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.program.failures import ProgramError
from engine.program.parse import Program

POSTFIX = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
"""What a dot or a bracket may follow without parentheses."""
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


def insert(line: int, column: int, text: str) -> Fix:
    """The text comes in at a place."""
    return Fix(line, column, line, column, text)


def argument(mistake: Mistake, call: ast.Call, keyword: str, value: str) -> Fix | None:
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
    return insert(last, end - 1, f"{comma}{keyword}={value}")


def alone(mistake: Mistake, statement: ast.stmt) -> bool:
    """Whether a statement has its lines for itself."""
    first, column, last, end = mistake.here(statement)
    after = mistake.line(last)[end:].strip()
    return not mistake.line(first)[:column].strip() and (not after or after.startswith("#"))


def before(mistake: Mistake) -> Iterator[ast.stmt]:
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


def operand(mistake: Mistake, node: ast.expr) -> str:
    """The text of an expression, as it may stand beside any sign."""
    text = mistake.between(node)
    return text if isinstance(node, (*POSTFIX, ast.Constant)) else f"({text})"
