"""Ops and steps between single numbers as JSON lines: the commonest events there are, written with the fewest operations.

What is written is what `engine.lines` and `engine.steps` would write; `tests/engine/test_quick.py` holds the two to each other.
A note of this kind is parts of the recorder's list: a function of this file, then what it takes from there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import lines
from engine.arithmetic import said
from engine.identities import created, destination, encoded, identify, spanned
from engine.spoken import spoken

if TYPE_CHECKING:
    from engine.quick import QuickFunction
    from engine.recorder import Recorder
    from engine.tensor import Tensor

    Take = Callable[[], Any]

ndarray, float64 = np.ndarray, np.float64


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


def tracked(recorder: Recorder, out: Tensor, take: Take) -> None:
    """`out` is of an op that was tracked the short way, on one or two operands, the second None where there is one; or a leaf, made of neither."""
    line, span, first, second = take(), take(), take(), take()
    if first is None:
        created(recorder, line, span, out, out._data, out._requires_grad, True, None, None)
        return
    node: QuickFunction = out._node  # type: ignore[assignment]
    facts = node._facts
    kind = facts.scalar
    if kind is None:
        route = node._route
        inputs = [first, second, None][: len(route.op.inputs)]
        outputs = ((out, out._data, True, False),)
        lines.applied(recorder, line, span, route.op, inputs, node._settings, outputs, node, route.plan.names)
        return
    kin = facts.spoken or spoken(node)
    known = first._identity
    one = known[1] if known is not None and known[0] is recorder else identify(recorder, line, span, first)
    ids: tuple[int | None, ...]
    if second is None:
        ids, written = (one,), f'{one}],"settings":{{'
    elif second.__class__ is float:
        ids = one, None
        written = f'{one},null],"settings":{{"{node._route.op.inputs[1]}":{recorder.digits[float64][second]}'
    elif second.__class__ is int:
        ids = one, None
        written = f'{one},null],"settings":{{"{node._route.op.inputs[1]}":{encoded(lines.setting(second))}'
    else:
        known = second._identity
        two = known[1] if known is not None and known[0] is recorder else identify(recorder, line, span, second)
        ids, written = (one, two), f'{one},{two}],"settings":{{'
    data = out._data
    if data.__class__ is ndarray:
        data = data[()]
    number = recorder.functions
    recorder.functions = number + 1
    own = recorder.tensors
    recorder.tensors = own + 1
    out._identity = (recorder, own)
    odds = node._odds
    if odds is None or odds.ports is None:
        ways = []
        for each in (node._first, node._second) if node._route.width == 2 else node.targets:
            known = each._identity
            if known is None or known[0] is not recorder:
                ways.append(destination(recorder, line, span, each, 0))
            else:
                ways.append(f'["function",{known[1]},0]' if each._is_node else f'["accumulate",{known[1]}]')
        node._identity = (recorder, number, ids, (own,), ways)
    else:
        ways = [
            destination(recorder, line, span, each, port) for each, port in zip(node.targets, odds.ports, strict=True)
        ]
        node._identity = (recorder, number, ids, (own,), None)
    edges = ways[0] if len(ways) == 1 else ",".join(ways)
    place = recorder.places.get(id(span))
    recorder.told.append(
        f',"kind":"function-applied","line":{"null" if line is None else line},"function":{number}{kin.named}{written}}},'
        f'"outputs":[{{"tensor":{own},"value":{kin.opened}{recorder.digits[kind][data]}{kin.valued}{edges}{kin.after}'
        f"{spanned(recorder, span) if place is None else place[1]}}}"
    )
