"""Ops and steps between single numbers as JSON lines: the commonest events there are, written with the fewest operations.

What is written is what `engine.lines` and `engine.steps` would write; `tests/engine/test_quick.py` holds the two to each other.
A note of this kind is parts of the recorder's list: a function of this file, then what it takes from there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import kernels, lines, notation
from engine.arithmetic import Wording, said
from engine.identities import OPENED, created, destination, encoded, identify, spanned

if TYPE_CHECKING:
    from engine.call import Call
    from engine.journal import Journal
    from engine.notation import Formula
    from engine.quick import QuickFunction
    from engine.recorder import Recorder
    from engine.routes import Facts, Route
    from engine.tensor import Tensor

    Take = Callable[[], Any]

ndarray, float64 = np.ndarray, np.float64


class Digits(dict[Any, str]):
    """The digits of single numbers of one dtype; they are kept, for each number is told of several times."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        self._write = write

    def __missing__(self, number: Any) -> str:
        text = self._write(number)
        if number:  # the two zeros are one key
            if text[-1] in "nf":
                text = f'"{text}"'
            self[number] = text
        return text


class Said(dict[Any, tuple[str, str, str]]):
    """The texts of numbers within a formula."""

    def __missing__(self, number: Any) -> tuple[str, str, str]:
        texts = self[number] = said(number)
        return texts


class Spoken:
    """What is alike in all that is told of nodes of one route over single numbers of one dtype.

    `work` takes a step again: of the gradient and the saved numbers, `Digits`, `Said`, the gradient's own texts, the call and node as text, and
    the ids and ways of the node it makes, for each edge, what is sent and the event that tells it, None where that is no single number; it is
    itself None where a formula holds more than such. `places` are the inputs that the edges lead to.
    """

    __slots__ = ("after", "named", "opened", "places", "valued", "work")

    work: Callable[..., Any] | None

    def __init__(self, route: Route, facts: Facts) -> None:
        op, places = route.op, route.places
        kind: Any = facts.scalar
        self.places = places
        self.opened = OPENED[kind]
        self.named = f',"op":"{op.name}","name":"{op.node}","inputs":['
        self.valued = (
            f'}},"requires_grad":true,"is_leaf":false,"base":null}}],"saved":{encoded(list(route.plan.names))},"next":['
            + ("null," if places == (1,) else "")
        )
        self.after = ',null],"span":' if places == (0,) and len(op.inputs) > 1 else '],"span":'
        names = ["g", *(op.inputs[place] for place in route.kept), *route.named]
        formulas = [op.formulas[edge] for edge in route.edges]
        wordings = [None if route.shapes or route.settings else Wording.of(formula) for formula in formulas]
        self.work = None
        if all(wording is not None and set(wording.names) <= set(names) for wording in wordings):
            plain = [op.inputs[place] for place in route.kept if facts.shapes[place] is None]
            events = [
                _event(number, self.places[number], self.opened, _line(wording), _slope(formula, names, plain))
                for number, (formula, wording) in enumerate(zip(formulas, wordings, strict=True))
                if wording is not None
            ]
            vocabulary = {**kernels.VOCABULARY, "_kind": kind, "_one": kind(1)}
            given = "_digits", "_said", "_texts", "_mine", "_ids", "_ways"
            self.work = notation.told(formulas, events, (*names, *given), vocabulary)


def _event(edge: int, place: int, opened: str, line: list[ast.expr], slope: ast.expr) -> ast.expr:
    """What writes `gradient-sent` of an edge, as an f-string; `_part` is what is sent."""
    return ast.JoinedStr(
        [
            *(ast.Constant(',"kind":"gradient-sent",'), _put("_mine")),
            *(ast.Constant(f',"input":{place},"tensor":'), _put(f"_ids[{place}]")),
            *(ast.Constant(',"to":'), _put(f"_ways[{edge}]")),
            *(ast.Constant(f',"value":{opened}'), _put("_digits[_part]")),
            *(ast.Constant('},"summed_axes":[],"arithmetic":"'), *line),
            *(ast.Constant('","local":'), ast.FormattedValue(slope, -1), ast.Constant("}")),
        ]
    )


def _line(wording: Wording) -> list[ast.expr]:
    """What writes the line, as parts of an f-string."""
    texts = [part.replace("%%", "%") for part in wording.text.split("%s")]
    parts: list[ast.expr] = [ast.Constant(texts[0])]
    for name, place, text in zip(wording.names, wording.places, texts[1:], strict=True):
        parts += _put(f"_texts[{place}]" if name == "g" else f"_said[{name}][{place}]"), ast.Constant(text)
    return parts


def _put(text: str) -> ast.FormattedValue:
    return ast.FormattedValue(_parsed(text), -1)


def _slope(formula: Formula, names: list[str], plain: list[str]) -> ast.expr:
    """What gives the digits of the local derivative, the rule for a gradient of one; `plain` are the names of Python numbers."""
    text = formula.text
    if text in ("g", "-g"):
        return ast.Constant("1.0" if text == "g" else "-1.0")
    name = text.removeprefix("g * ")
    if name in names[1:]:
        return _parsed(f"_digits[_kind({name})]" if name in plain else f"_digits[{name}]")
    found: Any = _parsed("_digits[_kind(rule)]")
    one = notation.Found({"g": ast.Name("_one", ast.Load())})
    found.slice.args = [one.visit(formula.body())]
    return found  # type: ignore[no-any-return]


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _spoken(node: QuickFunction) -> Spoken:
    facts = node._facts
    if facts.spoken is None:
        facts.spoken = Spoken(node._route, facts)
    return facts.spoken  # type: ignore[no-any-return]


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
    spoken = facts.spoken or _spoken(node)
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
        f',"kind":"function-applied","line":{"null" if line is None else line},"function":{number}{spoken.named}{written}}},'
        f'"outputs":[{{"tensor":{own},"value":{spoken.opened}{recorder.digits[kind][data]}{spoken.valued}{edges}{spoken.after}'
        f"{spanned(recorder, span) if place is None else place[1]}}}"
    )


def step(recorder: Recorder, call: Call | Journal, node: QuickFunction, held: Any, arrived: dict[Any, Any]) -> bool:
    """Take a step of a backward call again and tell it: what reached the node, what it sent and what it gave up.

    `arrived` are the gradients so far, by the `id` of where they arrived. False where nothing was done: the step is another.
    """
    identity, facts = node._identity, node._facts
    spoken = facts.spoken or _spoken(node)
    if identity is None or identity[0] is not recorder or spoken.work is None:
        return False
    _, number, ids, _, ways = identity
    if ways is None:
        return False
    route = node._route
    kind: Any = facts.scalar
    numbers = arrived[id(node)], *route.taken(held)
    for each in numbers:
        if each.__class__ is ndarray:
            numbers = tuple([each[()] if each.__class__ is ndarray else each for each in numbers])
            break
    gradient = numbers[0]
    digits, said, opened = recorder.digits[kind], recorder.said, spoken.opened
    at = call.place
    if at is None:
        at = call.place = f'"line":{"null" if call.line is None else call.line},"call":{call.number}'
    mine = f'{at},"function":{number}'
    sent = spoken.work(*numbers, digits, said, said[gradient], mine, ids, ways)
    if None in sent:
        return False
    del arrived[id(node)]
    told = recorder.told.append
    told(f',"kind":"function-reached",{mine},"gradients":[{opened}{digits[gradient]}}}]}}')
    for edge, target in enumerate((node._first, node._second) if route.width == 2 else node.targets):
        part, text = sent[edge]
        told(text)
        key = id(target)
        before = arrived.get(key)
        if before is None:
            arrived[key] = part
        else:
            after = arrived[key] = before + part
            if before.__class__ is ndarray:
                before = before[()]
            count = call.parts[key] = call.parts.get(key, 1) + 1
            told(
                f',"kind":"gradient-summed",{at},"tensor":{ids[spoken.places[edge]]},"to":{ways[edge]},"before":{opened}{digits[before]}}},'
                f'"added":{opened}{digits[part]}}},"after":{opened}{digits[after]}}},"part":{count},"of":{call.meeting()[key]}}}'
            )
    if route.saves and not call.keep:
        told(f',"kind":"buffers-freed",{at},"functions":[{number}]}}')
    return True
