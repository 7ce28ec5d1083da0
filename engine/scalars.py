"""Ops and steps between single numbers as JSON lines: the commonest events there are, written with the fewest operations.

What is written is what `engine.lines` and `engine.steps` would write; `tests/engine/test_quick.py` holds the two to each other.
A note of this kind is parts of the recorder's list: a function of this file, then what it takes from there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import lines
from engine.arithmetic import Wording, said
from engine.identities import OPENED, created, destination, encoded, identify, spanned

if TYPE_CHECKING:
    from engine.call import Call
    from engine.journal import Journal
    from engine.quick import QuickFunction
    from engine.recorder import Recorder
    from engine.routes import Route
    from engine.tensor import Tensor

    Take = Callable[[], Any]
    Fill = Callable[[dict[Any, tuple[str, str, str]], Sequence[Any]], str]

_ONES = {kind: (kind(1), kind(-1)) for kind in OPENED}


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

    `edges` are, for each edge, the input that it leads to, what writes the line of its formula with numbers put in, and where its local
    derivative is found; None where a formula holds more than single numbers. All of the local derivatives are found among `one`, `minus one`
    and the saved numbers, unless they have to be worked out (`worked`): then in the order of the edges.
    """

    __slots__ = ("after", "edges", "named", "opened", "valued", "worked")

    edges: list[tuple[int, Fill, int]] | None

    def __init__(self, route: Route, kind: Any) -> None:
        op, places = route.op, route.places
        self.opened = OPENED[kind]
        self.named = f',"op":"{op.name}","name":"{op.node}","inputs":['
        self.valued = (
            f'}},"requires_grad":true,"is_leaf":false,"base":null}}],"saved":{encoded(list(route.plan.names))},"next":['
            + ("null," if places == (1,) else "")
        )
        self.after = ',null],"span":' if places == (0,) and len(op.inputs) > 1 else '],"span":'
        names = ["g", *(op.inputs[place] for place in route.kept), *(op.results if route.result else ())]
        formulas = [op.formulas[edge] for edge in route.edges]
        wordings = [None if route.shapes or route.settings else Wording.of(formula) for formula in formulas]
        slopes = [_slope(formula.tree, names) for formula in formulas]
        self.worked = None in slopes
        self.edges = []
        for edge, (place, wording, slope) in enumerate(zip(places, wordings, slopes, strict=True)):
            if wording is None or not set(wording.names) <= set(names):
                self.edges = None
                break
            self.edges.append((place, _filler(wording, names), edge if self.worked or slope is None else slope))


def _filler(wording: Wording, names: list[str]) -> Fill:
    """What writes the line, given the texts of numbers and the numbers of `names`."""
    text = wording.text
    stands = [(names.index(name), place) for name, place in zip(wording.names, wording.places, strict=True)]
    if len(stands) == 2:
        (first, one), (second, two) = stands
        return lambda said, numbers: text % (said[numbers[first]][one], said[numbers[second]][two])
    return lambda said, numbers: text % tuple([said[numbers[number]][place] for number, place in stands])


def _slope(tree: ast.expr, names: list[str]) -> int | None:
    """Which number the rule `g`, `-g` or `g * name` gives for a gradient of one, in a list of 1, -1 and the values of `names` but `g`."""
    if isinstance(tree, ast.Name):
        return 0
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub) and isinstance(tree.operand, ast.Name):
        return 1
    if (
        isinstance(tree, ast.BinOp)
        and isinstance(tree.op, ast.Mult)
        and isinstance(tree.left, ast.Name)
        and isinstance(tree.right, ast.Name)
        and tree.left.id == "g"
        and tree.right.id in names[1:]
    ):
        return names.index(tree.right.id) + 1
    return None


def _spoken(node: QuickFunction) -> Spoken:
    facts = node._facts
    if facts.spoken is None:
        facts.spoken = Spoken(node._route, facts.scalar)
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
        inputs = (first,) if second is None else (first, second)
        lines.applied(
            recorder, line, span, route.op, inputs, (), ((out, out._data, True, False),), node, route.plan.names
        )
        return
    spoken = facts.spoken or _spoken(node)
    known = first._identity
    one = known[1] if known is not None and known[0] is recorder else identify(recorder, line, span, first)
    ids: tuple[int | None, ...]
    if second is None:
        ids, written = (one,), f'{one}],"settings":{{'
    elif second.__class__ is float:
        ids = one, None
        written = f'{one},null],"settings":{{"{node._route.op.inputs[1]}":{recorder.digits[np.float64][second]}'
    elif second.__class__ is int:
        ids = one, None
        written = f'{one},null],"settings":{{"{node._route.op.inputs[1]}":{encoded(lines.setting(second))}'
    else:
        known = second._identity
        two = known[1] if known is not None and known[0] is recorder else identify(recorder, line, span, second)
        ids, written = (one, two), f'{one},{two}],"settings":{{'
    data = out._data
    if data.__class__ is np.ndarray:
        data = data[()]
    number = recorder.functions
    recorder.functions = number + 1
    own = recorder.tensors
    recorder.tensors = own + 1
    out._identity = (recorder, own)
    to, odds = node.targets, node._odds
    if odds is None or odds.ports is None:
        ways = [destination(recorder, line, span, each, 0) for each in to]
        node._identity = (recorder, number, ids, (own,), ways)
    else:
        ways = [destination(recorder, line, span, each, port) for each, port in zip(to, odds.ports, strict=True)]
        node._identity = (recorder, number, ids, (own,), None)
    edges = ways[0] if len(ways) == 1 else ",".join(ways)
    recorder.told.append(
        f',"kind":"function-applied","line":{"null" if line is None else line},"function":{number}{spoken.named}{written}}},'
        f'"outputs":[{{"tensor":{own},"value":{spoken.opened}{recorder.digits[kind][data]}{spoken.valued}{edges}{spoken.after}'
        f"{spanned(recorder, span)}}}"
    )


def step(recorder: Recorder, call: Call | Journal, node: QuickFunction, held: Any, arrived: dict[Any, Any]) -> bool:
    """Take a step of a backward call again and tell it: what reached the node, what it sent and what it gave up.

    `arrived` are the gradients so far, by the `id` of where they arrived. False where nothing was done: the step is another.
    """
    identity, facts = node._identity, node._facts
    spoken = facts.spoken or _spoken(node)
    if identity is None or identity[0] is not recorder or spoken.edges is None:
        return False
    ways = identity[4]
    if ways is None:
        return False
    route = node._route
    kind: Any = facts.scalar
    gradient = arrived[id(node)]
    numbers = gradient, *route.taken(held)
    parts = route.back(*numbers)
    if route.width == 1:
        parts = (parts,)
    for part in parts:
        if part.__class__ is not kind:
            return False
    for number in numbers:
        if number.__class__ is np.ndarray:
            numbers = tuple([each[()] if each.__class__ is np.ndarray else each for each in numbers])
            break
    del arrived[id(node)]
    slopes: Any = *_ONES[kind], *numbers[1:]
    if spoken.worked:
        slopes = route.back(slopes[0], *numbers[1:])
        if route.width == 1:
            slopes = (slopes,)
    digits, said, opened = recorder.digits[kind], recorder.said, spoken.opened
    at = call.place
    if at is None:
        at = call.place = f'"line":{"null" if call.line is None else call.line},"call":{call.number}'
    mine = f'{at},"function":{identity[1]}'
    told = recorder.told.append
    told(f',"kind":"function-reached",{mine},"gradients":[{opened}{digits[numbers[0]]}}}]}}')
    ids, to = identity[2], node.targets
    for edge, (place, fill, slope_at) in enumerate(spoken.edges):
        way, part, slope = ways[edge], parts[edge], slopes[slope_at]
        value = f"{opened}{digits[part]}}}"
        tensor = ids[place]
        if slope.__class__ is not kind:
            slope = kind(slope)
        told(
            f',"kind":"gradient-sent",{mine},"input":{place},"tensor":{tensor},"to":{way},"value":{value},"summed_axes":[],'
            f'"arithmetic":"{fill(said, numbers)}","local":{digits[slope]}}}'
        )
        key = id(to[edge])
        before = arrived.get(key)
        if before is None:
            arrived[key] = part
        else:
            after = arrived[key] = before + part
            if before.__class__ is np.ndarray:
                before = before[()]
            number = call.parts[key] = call.parts.get(key, 1) + 1
            told(
                f',"kind":"gradient-summed",{at},"tensor":{tensor},"to":{way},"before":{opened}{digits[before]}}},"added":{value},'
                f'"after":{opened}{digits[after]}}},"part":{number},"of":{call.meeting()[key]}}}'
            )
    if route.saves and not call.keep:
        told(f',"kind":"buffers-freed",{at},"functions":[{identity[1]}]}}')
    return True
