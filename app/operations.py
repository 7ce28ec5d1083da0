"""What the API says of the ops: the rows of the engine's table, typeset."""

from functools import cache
from typing import Any

from engine.notation import Formula
from engine.ops import OPS
from engine.ops.op import Op


@cache
def rows() -> list[dict[str, Any]]:
    """Every op of the table, in the order of its names."""
    return [described(op) for _, op in sorted(OPS.items())]


def described(op: Op) -> dict[str, Any]:
    """A row: how it is written, what it computes, and what it sends back to each differentiable input when `g` arrives."""
    return {
        "name": op.name,
        "node": op.node,
        "symbol": op.symbol,
        "spellings": list(op.spelled),
        "signature": op.signature,
        "inputs": list(op.inputs),
        "settings": list(op.settings),
        "formula": faces(op.forward_formula),
        "derivatives": {name: faces(formula) for name, formula in zip(op.vjp, op.formulas, strict=True)},
        "note": dict(op.note),
    }


def faces(formula: Formula) -> dict[str, Any]:
    """A formula as its row's text, one line of Unicode, MathML and LaTeX, and as words in both languages."""
    return {
        "text": formula.text,
        "plain": formula.plain(),
        "mathml": formula.mathml(),
        "latex": formula.latex(),
        "words": {language: formula.words(language) for language in ("en", "zh-CN")},
    }
