"""Names that a text reads and gives to nothing: whatever runs first, none of them can ever be read."""

from __future__ import annotations

import ast

from engine.program.failures import PLACES, Refusal, Span
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


def refusals(tree: ast.Module, spans: dict[ast.AST, Span]) -> list[Refusal]:
    """Where a text reads a name that it gives to nothing, in order, in the words of the error that it would end in; none, if it imports names that it does not write."""
    bound = bound_in(tree)
    known = bound | GIVEN
    read = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and type(node.ctx) is ast.Load)
    found = sorted((spans[node], node.id) for node in read if node.id not in known and node in spans)
    if "*" in bound or not found:
        return []
    # To look for what was meant takes as long as there are names, and no more places are told.
    near = {name: _near(name, bound) for name in {name for _, name in found[:PLACES]}}
    return [_refusal(name, span, near.get(name)) for span, name in found]


def _near(name: str, bound: frozenset[str]) -> str | None:
    return ELSEWHERE.get(name) or nearest(name, bound) or nearest(name, BUILTINS)


def _refusal(name: str, span: Span, near: str | None) -> Refusal:
    line, column, _, end = span
    text = f"name '{name}' is not defined"
    if near is not None:
        return Refusal(line, column, end, text, f"Did you mean {near}?", "name", near, "NameError")
    if name in IMPORTS:
        return Refusal(line, column, end, text, f"Write {IMPORTS[name]} first.", "import-missing", None, "NameError")
    return Refusal(line, column, end, text, "Give it a value in a line above.", "name", None, "NameError")
