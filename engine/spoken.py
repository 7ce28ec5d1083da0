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
from engine.identities import OPENED, destination, encoded, identify, spanned
from engine.lines import setting
from engine.routes import NUMBER, ONE, RESULT, TWO

if TYPE_CHECKING:
    from engine.call import Call
    from engine.journal import Journal
    from engine.notation import Formula
    from engine.routes import Facts, Route

# Of an op: how its operands and its result are known, and where its gradients go.
OPERAND = """
    _known = {0}._identity
    {0} = _known[1] if _known is not None and _known[0] is _recorder else _identify(_recorder, _line, _span, {0})
"""
MADE = """
    _data = _out._data
    if _data.__class__ is _array:
        _data = _data[()]
    _number = _recorder.functions
    _recorder.functions = _number + 1
    _own = _recorder.tensors
    _recorder.tensors = _own + 1
    _out._identity = _recorder, _own
"""
WAY = """
    _known = {0}._identity
    if _known is None or _known[0] is not _recorder:
        {1} = _destination(_recorder, _line, _span, {0}, 0)
    else:
        {1} = _known[-1]
        if {1}.__class__ is int:
            {1} = f'["accumulate",{{{1}}}]'
"""
SETTING = """
    if _second.__class__ is float:
        _second = _recorder.digits[_float64][_second]
    else:
        _second = _encoded(_setting(_second))
"""
PLACED = """
    _node._identity = _recorder, _number, {0}, (_own,), {1}, f'["function",{{_number}},0]'
    _where = _recorder.places.get(id(_span))
    _where = _spanned(_recorder, _span) if _where is None else _where[1]
    if _line is None:
        _line = "null"
    _told = _recorder.told.append
"""
APPLIED = (
    ',"kind":"function-applied","line":«_line»,"function":«_number»,"op":"%s","name":"%s","inputs":[%s],"settings":{%s},'
    '"outputs":[{"tensor":«_own»,"value":OPENED«_recorder.digits[_kind][_data]»},"requires_grad":true,"is_leaf":false,"base":null}],'
    '"saved":%s,"next":[%s],"span":«_where»}'
)
# Of a step: what it has, what it makes of that, and what it tells.
BEGUN = """
def step(_recorder, _call, _node, _held, _again):
    _identity = _node._identity
    if _identity is None or _identity[0] is not _recorder or _identity[4] is None:
        return False
    _, _number, {0}, _, {1}, _ = _identity
    g = _again[id(_node)]
"""
HELD = {NUMBER: "(_held,)", ONE: "(_held._data,)", TWO: "(_held[0]._data, _held[1]._data)", RESULT: "(_held,)"}
"""What `Route.taken` gives, for the commonest ways of holding."""
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
    """How nodes of one route over single numbers of one dtype are told, by two functions that are made when they are first called.

    `applied` tells of the op; it takes the recorder, the line and the span, the result, its node and the operands, None where there is no second.

    `step` takes a step of a backward call again and tells it: what reached the node, what it sent and what it gave up. It takes the recorder, the
    call, the node, what that held, and the gradients so far, by the `id` of where they arrived. It is False, and nothing was done, where the step
    is another.
    """

    __slots__ = ("_facts", "_route", "applied", "step")

    applied: Callable[..., None]
    step: Callable[..., bool]

    def __init__(self, route: Route, facts: Facts) -> None:
        self._route, self._facts = route, facts
        self.applied, self.step = self._first_applied, self._first_step

    def _first_applied(self, *given: Any) -> None:
        self.applied = _applied(self._route, self._facts)
        self.applied(*given)

    def _first_step(self, *given: Any) -> bool:
        self.step = _step(self._route, self._facts)
        return self.step(*given)


def _another(*given: Any) -> bool:
    """What `step` is where a formula holds more than single numbers."""
    return False


def _applied(route: Route, facts: Facts) -> Callable[..., None]:
    op, kind = route.op, cast(Any, facts.scalar)
    text = "def applied(_recorder, _line, _span, _out, _node, _first, _second):"
    text += OPERAND.format("_first")
    ids, inputs, settings = ["_first"], ["«_first»"], ""
    if facts.shapes[1:] == ((),):
        text += OPERAND.format("_second")
        ids.append("_second")
        inputs.append("«_second»")
    elif facts.shapes[1:]:
        text += SETTING
        ids.append("None")
        inputs.append("null")
        settings = f'"{op.inputs[1]}":«_second»'
    text += MADE
    next = ["null"] * len(op.inputs)
    for edge, place in enumerate(route.places):
        text += WAY.format(_target(edge), f"_way{edge}")
        next[place] = f"«_way{edge}»"
    ways = [f"_way{edge}" for edge in range(route.width)]
    text += PLACED.format(*map(_row, (ids, ways)))
    said = op.name, op.node, ",".join(inputs), settings, encoded(list(route.plan.names)), ",".join(next)
    return notation.function(f"{text}    {_told(APPLIED % said, kind)}\n", {"_kind": kind, **TELLING})


def _step(route: Route, facts: Facts) -> Callable[..., bool]:
    op, kind = route.op, cast(Any, facts.scalar)
    names = ["g", *(op.inputs[place] for place in route.kept), *route.named]
    formulas = [op.formulas[edge] for edge in route.edges]
    found = [] if route.shapes or route.settings else map(Wording.of, formulas)
    wordings = [wording for wording in found if wording is not None and set(wording.names) <= set(names)]
    if len(wordings) < route.width:
        return _another
    said = {name for wording in wordings for name in wording.names}
    plain = [op.inputs[place] for place in route.kept if facts.shapes[place] is None]
    parts = [f"_part{edge}" for edge in range(route.width)]
    ids = [f"_id{place}" for place in range(len(op.inputs))]
    ways = [f"_way{edge}" for edge in range(route.width)]
    text = BEGUN.format(*map(_row, (ids, ways)))
    if names[1:]:
        text += f"    {', '.join(names[1:])}, = {HELD.get(route.mode, '_taken(_held)')}\n"
    for name in names:
        if name not in plain:
            text += f"    if {name}.__class__ is _array:\n        {name} = {name}[()]\n"
    for part, formula in zip(parts, formulas, strict=True):
        text += f"    {part} = {formula.text}\n"
    text += f"    if {' or '.join(f'{part}.__class__ is not _kind' for part in parts)}:\n        return False\n{SURE}"
    text += "".join([f"    _said_{name} = _said[{name}]\n" for name in names if name in said])
    text += f"    {_told(REACHED, kind)}\n"
    for edge, (part, formula, wording) in enumerate(zip(parts, formulas, wordings, strict=True)):
        place = route.places[edge]
        way = f'"input":{place},"tensor":«_id{place}»,"to":«_way{edge}»'
        text += f"    _sent = _digits[{part}]\n"
        text += f"    {_told(SENT % (way, _line(wording), _slope(formula, names, plain)), kind)}"
        text += MET % (_target(edge), part, part, _told(SUMMED % way.partition(",")[2], kind))
    if route.saves:
        text += f"    if not _call.keep:\n        {_told(FREED, kind)}\n"
    given = {"_kind": kind, "_one": kind(1), "_taken": route.taken}
    return notation.function(f"{text}    return True\n", {**kernels.VOCABULARY, **TELLING, **given})


def _row(names: list[str]) -> str:
    return f"({', '.join(names)},)"


def _target(edge: int) -> str:
    return ("_node._first", "_node._second")[edge] if edge < 2 else f"_node.targets[{edge}]"


def _told(event: str, kind: Any) -> str:
    """The statement that tells an event: what stands in « » is put in, and OPENED is how a value begins."""
    text = event.replace("OPENED", OPENED[kind])
    for sign, written in (("\\", "\\\\"), ("'", "\\'"), ("{", "{{"), ("}", "}}"), ("«", "{"), ("»", "}")):
        text = text.replace(sign, written)
    return f"_told(f'{text}')"


def _line(wording: Wording) -> str:
    """The line, its numbers in their own texts."""
    return wording.text % tuple(
        [f"«_said_{name}[{place}]»" for name, place in zip(wording.names, wording.places, strict=True)]
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


TELLING = {
    "_array": np.ndarray, "_float64": np.float64, "_destination": destination, "_encoded": encoded, "_identify": identify, "_place": _place, "_setting": setting,
    "_spanned": spanned,
}  # fmt: skip
