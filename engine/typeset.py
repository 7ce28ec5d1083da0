"""A formula's tree as plain text, MathML, LaTeX and words."""

from __future__ import annotations

import ast
from collections.abc import Mapping


def plain(tree: ast.expr, numbers: Mapping[str, str]) -> str:
    return ast.unparse(tree)


def mathml(tree: ast.expr) -> str:
    return ""


def latex(tree: ast.expr) -> str:
    return ""


def words(tree: ast.expr, language: str) -> str:
    return ""
