"""What is alike in all nodes of one route over single numbers: how they are told, and a function for them alone that takes a step again.

The function is text of our own, made of the row's formulas and compiled once: what does not change stands in it, and the rest is put in.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from engine import kernels, notation
from engine.arithmetic import Wording
from engine.identities import OPENED, encoded

if TYPE_CHECKING:
    from engine.call import Call
    from engine.journal import Journal
    from engine.notation import Formula
    from engine.quick import QuickFunction
    from engine.routes import Facts, Route

    Step = Callable[..., bool]

BEGUN = """
def step(_recorder, _call, _node, _held, _again):
    _identity = _node._identity
    if _identity is None or _identity[0] is not _recorder or _identity[4] is None:
        return False
    _, _number, _ids, _, _ways = _identity
    g = _again[id(_node)]
"""
SURE = """
    del _again[id(_node)]
    _digits, _said, _told = _recorder.digits[_kind], _recorder.said, _recorder.told.append
    _at = _call.place or _place(_call)
    _mine = f'{_at},"function":{_number}'
"""
REACHED = ',"kind":"function-reached",«_mine»,"gradients":[OPENED«_digits[g]»}]}'
SENT = ',"kind":"gradient-sent",«_mine»,%s,"value":OPENED«_sent»},"summed_axes":[],"arithmetic":"%s","local":%s}'
MET = """
    _key = id(%s)
    _before = _again.get(_key)
    if _before is None:
        _again[_key] = %s
    else:
        _after = _again[_key] = _before + %s
        if _before.__class__ is _array:
            _before = _before[()]
        _count = _call.parts[_key] = _call.parts.get(_key, 1) + 1
        %s
"""
SUMMED = (
    ',"kind":"gradient-summed",«_at»,%s,"before":OPENED«_digits[_before]»},"added":OPENED«_sent»},"after":OPENED«_digits[_after]»},'
    '"part":«_count»,"of":«_call.expected[_key]»}'
)
FREED = ',"kind":"buffers-freed",«_at»,"functions":[«_number»]}'


class Spoken:
    """How nodes of one route over single numbers of one dtype are told.

    `step` takes a step of a backward call again and tells it: what reached the node, what it sent and what it gave up. It takes the recorder, the
    call, the node, what that held, and the gradients so far, by the `id` of where they arrived. It is False, and nothing was done, where the step
    is another.
    """

    __slots__ = ("_facts", "_route", "after", "named", "opened", "step", "valued")

    step: Step

    def __init__(self, route: Route, facts: Facts) -> None:
        op, places = route.op, route.places
        self._route, self._facts = route, facts
        self.step = self._first_step
        kind: Any = facts.scalar
        self.opened = OPENED[kind]
        self.named = f',"op":"{op.name}","name":"{op.node}","inputs":['
        self.valued = (
            f'}},"requires_grad":true,"is_leaf":false,"base":null}}],"saved":{encoded(list(route.plan.names))},"next":['
            + ("null," if places == (1,) else "")
        )
        self.after = ',null],"span":' if places == (0,) and len(op.inputs) > 1 else '],"span":'

    def _first_step(self, *given: Any) -> bool:
        self.step = _step(self._route, self._facts)
        return self.step(*given)


def spoken(node: QuickFunction) -> Spoken:
    """How a node over single numbers is told; nodes of its kind share it."""
    facts = node._facts
    if facts.spoken is None:
        facts.spoken = Spoken(node._route, facts)
    return facts.spoken  # type: ignore[no-any-return]


def _another(*given: Any) -> bool:
    """What `step` is where a formula holds more than single numbers."""
    return False


def _step(route: Route, facts: Facts) -> Step:
    op, kind = route.op, cast(Any, facts.scalar)
    names = ["g", *(op.inputs[place] for place in route.kept), *route.named]
    formulas = [op.formulas[edge] for edge in route.edges]
    wordings = [None if route.shapes or route.settings else Wording.of(formula) for formula in formulas]
    plain = [op.inputs[place] for place in route.kept if facts.shapes[place] is None]
    parts = [f"_part{edge}" for edge in range(route.width)]
    text = BEGUN
    if names[1:]:
        text += f"    {', '.join(names[1:])}, = _taken(_held)\n"
    for name in names:
        if name not in plain:
            text += f"    if {name}.__class__ is _array:\n        {name} = {name}[()]\n"
    for part, formula in zip(parts, formulas, strict=True):
        text += f"    {part} = {formula.text}\n"
    text += f"    if {' or '.join(f'{part}.__class__ is not _kind' for part in parts)}:\n        return False\n{SURE}"
    text += f"    {_told(REACHED, kind)}\n"
    for edge, (part, formula, wording) in enumerate(zip(parts, formulas, wordings, strict=True)):
        if wording is None or not set(wording.names) <= set(names):
            return _another
        place = route.places[edge]
        way = f'"input":{place},"tensor":«_ids[{place}]»,"to":«_ways[{edge}]»'
        target = "_node._first" if not edge else "_node._second" if edge == 1 else f"_node.targets[{edge}]"
        text += f"    _sent = _digits[{part}]\n"
        text += f"    {_told(SENT % (way, _line(wording), _slope(formula, names, plain)), kind)}"
        text += MET % (target, part, part, _told(SUMMED % way.partition(",")[2], kind))
    if route.saves:
        text += f"    if not _call.keep:\n        {_told(FREED, kind)}\n"
    given = {"_kind": kind, "_one": kind(1), "_array": np.ndarray, "_taken": route.taken, "_place": _place}
    return notation.function(f"{text}    return True\n", {**kernels.VOCABULARY, **given})


def _told(event: str, kind: Any) -> str:
    """The statement that tells an event: what stands in « » is put in, and OPENED is how a value begins."""
    text = event.replace("OPENED", OPENED[kind])
    for sign, written in (("\\", "\\\\"), ("'", "\\'"), ("{", "{{"), ("}", "}}"), ("«", "{"), ("»", "}")):
        text = text.replace(sign, written)
    return f"_told(f'{text}')"


def _line(wording: Wording) -> str:
    """The line, its numbers in their own texts."""
    return wording.text % tuple(
        [f"«_said[{name}][{place}]»" for name, place in zip(wording.names, wording.places, strict=True)]
    )


def _slope(formula: Formula, names: list[str], plain: list[str]) -> str:
    """The digits of the local derivative, the rule for a gradient of one; `plain` are the names of Python numbers."""
    text = formula.text
    if text in ("g", "-g"):
        return "1.0" if text == "g" else "-1.0"
    name = text.removeprefix("g * ")
    if name in names[1:] and name not in plain:
        return f"«_digits[{name}]»"
    if name not in names[1:]:
        name = ast.unparse(notation.Found({"g": ast.Name("_one", ast.Load())}).visit(formula.body()))
    return f"«_digits[_kind({name})]»"


def _place(call: Call | Journal) -> str:
    """What the lines of all steps of a call share."""
    call.place = f'"line":{"null" if call.line is None else call.line},"call":{call.number}'
    return call.place
