"""Ops and steps between single numbers as JSON lines: the commonest events there are, written with the fewest operations.

What is written is what `engine.lines` and `engine.steps` would write; `tests/engine/test_quick.py` holds the two to each other.
A note of this kind is parts of the recorder's list: a function of this file, then what it takes from there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import lines
from engine.arithmetic import said
from engine.identities import created
from engine.spoken import Spoken

if TYPE_CHECKING:
    from engine.recorder import Recorder
    from engine.tensor import Tensor

UNKEPT = {"0.0": "0.0", "-0.0": "-0.0", **{text: f'"{text}"' for text in ("nan", "inf", "-inf")}}
"""How numbers are told that `Digits` does not keep: the two zeros are one key, and not-a-number is none."""


class Digits(dict[Any, str]):
    """The digits of single numbers of one dtype; they are kept, for each number is told of several times."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        self._write = write

    def __missing__(self, number: Any) -> str:
        text = self._write(number)
        if text in UNKEPT:
            return UNKEPT[text]
        self[number] = text
        return text


class Said(dict[Any, tuple[str, str, str]]):
    """The texts of numbers within a formula."""

    def __missing__(self, number: Any) -> tuple[str, str, str]:
        texts = self[number] = said(number)
        return texts


def tracked(recorder: Recorder, out: Tensor, line: int | None, span: Any, first: Any, second: Any) -> None:
    """`out` is of an op that was tracked the short way, on one or two operands, the second None where there is one; or a leaf, made of neither."""
    node: Any = out._node
    if first is None:
        created(recorder, line, span, out, out._data, out._requires_grad, True, None, None)
    elif node._facts.scalar is not None and (node._odds is None or node._odds.ports is None):
        facts = node._facts
        if facts.spoken is None:
            facts.spoken = Spoken(node._route, facts)
        facts.spoken.applied(recorder, line, span, out, node, first, second)
    else:
        op, names = node._route.op, node._route.plan.names
        inputs, outputs = [first, second, None][: len(op.inputs)], ((out, out._data, True, False),)
        lines.applied(recorder, line, span, op, inputs, node._settings, outputs, node, names)
