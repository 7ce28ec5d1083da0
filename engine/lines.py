"""From the recorder's notes to the JSON lines of the contract: one function for each kind of note.

Each takes the recorder, the line of the program and what was noted; tensors get their ids here, in the order in which they are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes
from engine.identities import created, destination, encoded, ident, identify, idents, shown, spanned, truth

if TYPE_CHECKING:
    from engine.function import Function
    from engine.ops.op import Op
    from engine.owed import Owed
    from engine.recorder import Recorder
    from engine.tensor import Tensor

PLAIN = (bool, int, float, np.generic, type(None))
MOST = 200

Sharing = tuple[int, Any, int]

_NAMES: dict[tuple[str, ...], str] = {}


def _names(names: tuple[str, ...]) -> str:
    text = _NAMES.get(names)
    if text is None:
        text = _NAMES[names] = encoded(list(names))
    return text


def setting(value: Any) -> Any:
    """A plain argument as a JSON value: numbers and short lists as they are, the rest as text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    if isinstance(value, np.generic):
        return setting(value.item())
    if isinstance(value, np.dtype):
        return dtypes.OF_NUMPY[value].name
    if isinstance(value, np.ndarray):
        return setting(value.tolist()) if value.size <= 16 else f"[{value.size} indices]"
    if isinstance(value, (list, tuple)):
        return [setting(part) for part in value[:MOST]]
    return str(value)[:MOST]


def _settings(numbers: dict[str, Any]) -> str:
    """The text of what `setting` gives, by name; most are floats, which a text is made of without an encoder."""
    return ",".join(
        [
            f'"{name}":{float.__repr__(value) if value.__class__ is float else encoded(value)}'
            for name, value in numbers.items()
        ]
    )


def plain(recorder: Recorder, line: int | None, kind: str, fields: dict[str, Any]) -> None:
    recorder.put(kind, line, f",{encoded(fields)[1:-1]}" if fields else "")


def finished(recorder: Recorder, line: int | None) -> None:
    """The end of a run, with what it made."""
    made = f',"tensors":{recorder.tensors},"functions":{recorder.functions},"calls":{recorder.calls}'
    recorder.put("run-finished", line, made)


def marked(recorder: Recorder) -> None:
    """From here on events are counted."""
    recorder.marked = recorder.settled


def held(recorder: Recorder, line: int | None, span: Any, owner: Tensor, grad: Tensor, data: Any, *facts: Any) -> None:
    if recorder.known(grad) is None:
        requires, leaf, count = facts
        created(recorder, line, span, grad, data, requires, leaf, None, owner, count)


def applied(
    recorder: Recorder, line: int | None, span: Any, op: Op, inputs: Sequence[Any], settings: Sequence[Any],
    outputs: Sequence[tuple[Tensor, Any, bool, bool]], node: Function | None, saved: tuple[str, ...],
) -> None:  # fmt: skip
    ids: list[int | None] = []
    numbers: dict[str, Any] = {}
    for place, item in enumerate(inputs):
        if isinstance(item, PLAIN):
            ids.append(None)
            if item is not None:
                numbers[op.inputs[place] if place < len(op.inputs) else f"input{place}"] = setting(item)
        else:
            ids.append(identify(recorder, line, span, item))
    number = recorder.functions
    recorder.functions = number + 1
    made, mine = [], []
    for out, data, requires, leaf in outputs:
        known = recorder.known(out)
        own = recorder.name(out) if known is None else known
        origin = recorder.shared.get(own) if out._base is None else recorder.known(out._base)
        mine.append(own)
        made.append(
            f'{{"tensor":{own},"value":{shown(recorder, data)},"requires_grad":{truth(requires)},"is_leaf":{truth(leaf)},"base":{ident(origin)}}}'
        )
    edges = ["null"] * len(ids)
    if node is not None:
        node._identity = (recorder, number, tuple(ids), tuple(mine), None, f'["function",{number},0]')
        for edge, place in zip(node._edges, range(len(ids)) if op.variadic else op.slots, strict=True):
            if edge is not None:
                edges[place] = destination(recorder, line, span, *edge)
    if settings:
        numbers.update({key: setting(value) for key, value in zip(op.settings, settings, strict=True)})
    recorder.put(
        "function-applied",
        line,
        f',"function":{number},"op":"{op.name}","name":{"null" if node is None else encoded(op.node)},"inputs":{idents(ids)},'
        f'"settings":{{{_settings(numbers)}}},"outputs":[{",".join(made)}],"saved":{_names(saved)},'
        f'"next":[{",".join(edges)}],"span":{spanned(recorder, span)}',
    )


def repaid(recorder: Recorder, line: int | None, span: Any, owed: Owed) -> None:
    """The result of an op was not held."""
    del recorder.owed[owed.node]
    route = owed.node._route
    outputs: Any = ((owed, owed.data(), True, False),)
    applied(recorder, line, span, route.op, owed.inputs, (), outputs, owed.node, route.plan.names)
    owed.told()


def sharing(recorder: Recorder, also: Sequence[Sharing]) -> str:
    """Other tensors over the memory that was written to."""
    return ",".join(
        f'{{"tensor":{number},"after":{shown(recorder, data)},"version":{version}}}' for number, data, version in also
    )


def modified(
    recorder: Recorder, line: int | None, tensor: int, op: str, version: int, before: Any, after: Any, also: Sequence[Sharing]
) -> None:  # fmt: skip
    for number in (tensor, *(number for number, _, _ in also)):
        recorder.piles.changed(number)
    recorder.put(
        "tensor-modified",
        line,
        f',"tensor":{tensor},"op":{encoded(op)},"version":{version},"before":{shown(recorder, before)},"after":{shown(recorder, after)},'
        f'"also":[{sharing(recorder, also)}]',
    )


def flag(recorder: Recorder, line: int | None, span: Any, tensor: Tensor, name: str, value: bool) -> None:
    number = identify(recorder, line, span, tensor)
    recorder.put("flag-changed", line, f',"tensor":{number},"flag":"{name}","value":{truth(value)}')


def cleared(recorder: Recorder, line: int | None, span: Any, tensor: Tensor, to: str) -> None:
    number = identify(recorder, line, span, tensor)
    recorder.piles.begun(number)
    recorder.put("gradient-cleared", line, f',"tensor":{number},"to":"{to}"')


def grad_set(recorder: Recorder, line: int | None, span: Any, tensor: Tensor, data: Any) -> None:
    number = identify(recorder, line, span, tensor)
    recorder.piles.begun(number)
    recorder.put("gradient-set", line, f',"tensor":{number},"value":{shown(recorder, data)}')
