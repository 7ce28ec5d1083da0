"""Names that a text reads and gives to nothing: whatever runs first, none of them can ever be read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.program.failures import Refusal, Span
from engine.program.functions import BUILTINS
from engine.program.hints import nearest
from engine.program.naming import NAMING
from engine.program.scopes import bound_in
from engine.program.syntax import DUNDER_NAMES, REFUSED_NAMES

ELSEWHERE = {
    **dict.fromkeys(("true", "TRUE"), "True"),
    **dict.fromkeys(("false", "FALSE"), "False"),
    **dict.fromkeys(("null", "NULL", "none", "nil"), "None"),
}
"""What other languages call it."""
IMPORTS = {
    "torch": "import torch",
    "nn": "import torch.nn as nn",
    "F": "import torch.nn.functional as F",
    "optim": "import torch.optim as optim",
    "math": "import math",
}
"""Names that an import gives, and how it is written."""
GIVEN = frozenset((*BUILTINS, *NAMING, *REFUSED_NAMES, *DUNDER_NAMES))


def places(tree: ast.Module) -> Iterator[ast.Name]:
    """Where a text reads a name that it gives to nothing; nowhere, if it imports names that it does not write."""
    bound = bound_in(tree)
    if "*" not in bound:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and type(node.ctx) is ast.Load and node.id not in bound | GIVEN:
                yield node


def refusals(tree: ast.Module, spans: dict[ast.AST, Span]) -> list[Refusal]:
    """What is told of each such place, in order, in the words of the error that it would end in."""
    bound = bound_in(tree)
    found = sorted((spans[node], node.id) for node in places(tree) if node in spans)
    return [_refusal(name, span, bound) for span, name in found]


def _refusal(name: str, span: Span, bound: frozenset[str]) -> Refusal:
    line, column, _, end = span
    text, near = f"name '{name}' is not defined", ELSEWHERE.get(name) or nearest(name, bound) or nearest(name, BUILTINS)
    if near is not None:
        return Refusal(line, column, end, text, f"Did you mean {near}?", "name", near, "NameError")
    if name in IMPORTS:
        return Refusal(line, column, end, text, f"Write {IMPORTS[name]} first.", "import-missing", None, "NameError")
    return Refusal(line, column, end, text, "Give it a value in a line above.", "name", None, "NameError")
