"""Ops and steps between single numbers as JSON lines: the commonest events there are, written with the fewest operations.

What is written is what `engine.lines` would write; `tests/engine/test_quick.py` holds the two to each other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arithmetic import Short, short
from engine.values import number_json

if TYPE_CHECKING:
    from engine.call import Call
    from engine.quick import QuickFunction, Route
    from engine.record import Recorder

_quoted = json.encoder.encode_basestring_ascii
_ONE = {np.float32: np.float32(1), np.float64: np.float64(1)}
_OPEN = {kind: f'{{"shape":[],"dtype":"{np.dtype(kind).name}","data":' for kind in _ONE}


class Digits(dict[Any, str]):
    """The digits of single numbers of one dtype; they are kept, for each number is told of several times."""

    def __missing__(self, number: Any) -> str:
        text = number_json(number)
        if number:  # the two zeros are one key
            self[number] = text
        return text


class Rounded(dict[Any, str]):
    """The texts of numbers within a formula, bracketed where they have a sign."""

    def __missing__(self, number: Any) -> str:
        text = short(number)
        if text[0] == "−" or "e" in text:
            text = f"({text})"
        self[number] = text
        return text


class Spoken:
    """How the steps of a route are told: the formulas of its edges, and the names of what it saves."""

    __slots__ = ("formulas", "names")

    def __init__(self, route: Route) -> None:
        """`formulas` is None where one of them is not short."""
        shorts = [Short.of(route.op.formulas[edge]) for edge in route.edges]
        self.formulas = None if None in shorts else shorts
        self.names = (*(route.op.inputs[place] for place in route.kept), *(route.op.results if route.result else ()))


def target(recorder: Recorder, node: Any, output: int) -> str | None:
    """Where a gradient goes, as the events tell it; None for what this trace has not seen."""
    identity = node._identity
    if identity is None or identity[0] is not recorder:
        return None
    return f'["function",{identity[1]},{output}]' if node._is_node else f'["accumulate",{identity[1]}]'


def _number(item: Any) -> Any:
    """The number itself, where its memory is shared and so an array without dimensions."""
    return item[()] if item.__class__ is np.ndarray else item


def step(
    recorder: Recorder, line: int | None, call: Call, node: QuickFunction, gradient: Any, parts: Sequence[Any], befores: Sequence[Any],
    held: Any, released: bool,
) -> bool:  # fmt: skip
    """Write down a step whose formulas are short: what reached the node, what it sent and what it gave up. False where it is another."""
    identity, route, ports = node._identity, node._route, node._ports
    spoken = route.spoken
    if spoken is None:
        spoken = route.spoken = Spoken(route)
    if spoken.formulas is None or identity is None or identity[0] is not recorder:
        return False
    ways = [
        None if each is None else target(recorder, each, 0 if ports is None else ports[number])
        for number, each in enumerate(node._to)
    ]
    if None in ways and None not in node._to:
        return False
    gradient = _number(gradient)
    given = [_number(item) for item in node.operands(held)]
    kind = gradient.__class__
    slopes = route.back(_ONE[kind], *given)
    if route.width == 1:
        slopes = (slopes,)
    numbers = dict(zip(spoken.names, given, strict=True))
    numbers["g"] = gradient
    digits, rounded, opened = recorder.digits[kind], recorder.rounded, _OPEN[kind]
    at = f'"line":{"null" if line is None else line},"call":{call.number}'
    mine = f'{at},"function":{identity[1]}'
    told = [f',"kind":"function-reached",{mine},"gradients":[{opened}{digits[gradient]}}}]}}']
    for number, to in enumerate(ways):
        if to is not None:
            data, before = _number(parts[number]), _number(befores[number])
            key = (id(node._to[number]), 0 if ports is None else ports[number])
            part = call.parts[key] = call.parts.get(key, 0) + 1
            place = route.places[number]
            tensor = identity[2][place]
            slope = slopes[number]
            if slope.__class__ is not kind:
                slope = np.asarray(slope).astype(kind)[()]
            value = f"{opened}{digits[data]}}}"
            told.append(
                f',"kind":"gradient-sent",{mine},"input":{place},"tensor":{tensor},"to":{to},"value":{value},"summed_axes":[],'
                f'"arithmetic":{_quoted(spoken.formulas[number].text(numbers, rounded))},"local":{digits[slope]}}}'
            )
            if before is not None and before.__class__ is not object:
                told.append(
                    f',"kind":"gradient-summed",{at},"tensor":{tensor},"to":{to},"before":{opened}{digits[before]}}},"added":{value},'
                    f'"after":{opened}{digits[before + data]}}},"part":{part},"of":{call.meeting()[key]}}}'
                )
    if released and route.saves:
        told.append(f',"kind":"buffers-freed",{at},"functions":[{identity[1]}]}}')
    recorder.write(told)
    return True
