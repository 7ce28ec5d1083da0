"""From the recorder's notes to the JSON lines of the contract: one function for each kind of note.

Each takes the recorder, the line of the program and what was noted; tensors get their ids here, in the order in which they are told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes, scalars
from engine.arithmetic import arithmetic, local
from engine.broadcast import summed_axes
from engine.values import value_json

if TYPE_CHECKING:
    from engine.call import Call, Target
    from engine.function import Function
    from engine.ops.op import Op
    from engine.quick import QuickFunction
    from engine.record import Recorder
    from engine.tensor import Tensor

PLAIN = (bool, int, float, np.generic, type(None))
MOST = 200

_quoted = json.encoder.encode_basestring_ascii
_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
_NAMES: dict[tuple[str, ...], str] = {}


def _value(recorder: Recorder, data: Any) -> str:
    """The `Value` of an array or a single number."""
    kind = data.__class__
    if kind is np.float32:
        return f'{{"shape":[],"dtype":"float32","data":{recorder.digits[kind][data]}}}'
    if kind is np.float64:
        return f'{{"shape":[],"dtype":"float64","data":{recorder.digits[kind][data]}}}'
    return "null" if data is None else value_json(data, dtypes.OF_NUMPY[data.dtype].name)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _id(number: int | None) -> str:
    return "null" if number is None else str(number)


def _span(span: Sequence[int] | None) -> str:
    return "null" if span is None else f"[{span[0]},{span[1]},{span[2]},{span[3]}]"


def _names(names: tuple[str, ...]) -> str:
    text = _NAMES.get(names)
    if text is None:
        text = _NAMES[names] = _json(list(names))
    return text


def _target(recorder: Recorder, line: Any, span: Any, target: Target, output: int) -> str:
    if target._is_node:
        identity = target._identity
        number = "null" if identity is None or identity[0] is not recorder else identity[1]
        return f'["function",{number},{output}]'
    return f'["accumulate",{identify(recorder, line, span, target)}]'  # type: ignore[arg-type]


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


def plain(recorder: Recorder, line: int | None, kind: str, fields: dict[str, Any]) -> None:
    recorder.put(kind, line, f",{_json(fields)[1:-1]}" if fields else "")


def finished(recorder: Recorder, line: int | None) -> None:
    """The end of a run, with what it made."""
    made = f',"tensors":{recorder.tensors},"functions":{recorder.functions},"calls":{recorder.calls}'
    recorder.put("run-finished", line, made)


def identify(recorder: Recorder, line: int | None, span: Any, tensor: Tensor) -> int:
    """The tensor's id; one that was not seen before is told of as created."""
    known = tensor._identity
    if known is not None and known[0] is recorder:
        return known[1]
    return created(recorder, line, span, tensor, tensor._data, tensor._requires_grad, tensor._node is None, None, None)


def created(
    recorder: Recorder, line: int | None, span: Any, tensor: Tensor, data: Any, requires_grad: bool, leaf: bool, base: Tensor | None,
    grad_of: Tensor | None, version: int = 0,
) -> int:  # fmt: skip
    origin = "null" if base is None else identify(recorder, line, span, base)
    owner = "null" if grad_of is None else identify(recorder, line, span, grad_of)
    number = recorder.name(tensor)
    recorder.put(
        "tensor-created",
        line,
        f',"tensor":{number},"value":{_value(recorder, data)},"requires_grad":{_flag(requires_grad)},"is_leaf":{_flag(leaf)},'
        f'"base":{origin},"grad_of":{owner},"span":{_span(span)}'
        + (f',"version":{version}' if base is None and version else ""),
    )
    return number


def held(recorder: Recorder, line: int | None, span: Any, owner: Tensor, grad: Tensor) -> None:
    if recorder.known(grad) is None:
        created(recorder, line, span, grad, grad._data, grad._requires_grad, grad._node is None, None, owner)


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
        origin = None if out._base is None else recorder.known(out._base)
        known = recorder.known(out)
        own = recorder.name(out) if known is None else known
        mine.append(own)
        made.append(
            f'{{"tensor":{own},"value":{_value(recorder, data)},"requires_grad":{_flag(requires)},"is_leaf":{_flag(leaf)},"base":{_id(origin)}}}'
        )
    edges = ["null"] * len(ids)
    if node is not None:
        node._identity = (recorder, number, tuple(ids), tuple(mine))
        for edge, place in zip(node._edges, range(len(ids)) if op.variadic else op.slots, strict=True):
            if edge is not None:
                edges[place] = _target(recorder, line, span, *edge)
    if settings:
        numbers.update({key: setting(value) for key, value in zip(op.settings, settings, strict=True)})
    recorder.put(
        "function-applied",
        line,
        f',"function":{number},"op":"{op.name}","name":{"null" if node is None else _json(op.node)},"inputs":[{",".join(map(_id, ids))}],'
        f'"settings":{_json(numbers) if numbers else "{}"},"outputs":[{",".join(made)}],"saved":{_names(saved)},'
        f'"next":[{",".join(edges)}],"span":{_span(span)}',
    )


def shortly(recorder: Recorder, line: int | None, span: Any, out: Tensor, node: QuickFunction, *inputs: Any) -> None:
    """An op that was tracked the short way."""
    route = node._route
    op = route.op
    if node._facts.scalar is None:
        applied(recorder, line, span, op, inputs, (), ((out, out._data, True, False),), node, route.plan.names)
        return
    ids: list[int | None] = []
    settings = ""
    for item in inputs:
        if item.__class__ is float or item.__class__ is int:
            settings = f'"{op.inputs[len(ids)]}":{_json(setting(item))}'
            ids.append(None)
        else:
            known = item._identity
            ids.append(known[1] if known is not None and known[0] is recorder else identify(recorder, line, span, item))
    number = recorder.functions
    recorder.functions = number + 1
    own = recorder.name(out)
    node._identity = (recorder, number, tuple(ids), (own,))
    edges = ["null"] * len(ids)
    for place, target in zip(route.places, node._to, strict=True):
        if target is not None:
            edges[place] = _target(recorder, line, span, target, 0)
    if node._ports is not None:
        for place, target, port in zip(route.places, node._to, node._ports, strict=True):
            edges[place] = "null" if target is None else _target(recorder, line, span, target, port)
    written = ",".join(["null" if each is None else str(each) for each in ids])
    recorder.put(
        "function-applied",
        line,
        f',"function":{number},"op":"{op.name}","name":"{op.node}","inputs":[{written}],"settings":{{{settings}}},"outputs":[{{"tensor":{own},'
        f'"value":{_value(recorder, out._data)},"requires_grad":true,"is_leaf":false,"base":null}}],"saved":{_names(route.plan.names)},'
        f'"next":[{",".join(edges)}],"span":{_span(span)}',
    )


def modified(
    recorder: Recorder, line: int | None, tensor: int, op: str, version: int, before: Any, after: Any, also: Sequence[tuple[int, Any]]
) -> None:  # fmt: skip
    others = ",".join(f'{{"tensor":{number},"after":{_value(recorder, data)}}}' for number, data in also)
    recorder.stepped(tensor, *(number for number, _ in also))
    recorder.put(
        "tensor-modified",
        line,
        f',"tensor":{tensor},"op":{_json(op)},"version":{version},"before":{_value(recorder, before)},"after":{_value(recorder, after)},'
        f'"also":[{others}]',
    )


def flag(recorder: Recorder, line: int | None, span: Any, tensor: Tensor, name: str, value: bool) -> None:
    number = identify(recorder, line, span, tensor)
    recorder.put("flag-changed", line, f',"tensor":{number},"flag":"{name}","value":{_flag(value)}')


def cleared(recorder: Recorder, line: int | None, span: Any, tensor: Tensor, to: str) -> None:
    number = identify(recorder, line, span, tensor)
    recorder.fresh(number)
    recorder.put("gradient-cleared", line, f',"tensor":{number},"to":"{to}"')


def grad_set(recorder: Recorder, line: int | None, span: Any, tensor: Tensor, data: Any) -> None:
    number = identify(recorder, line, span, tensor)
    recorder.fresh(number)
    recorder.put("gradient-set", line, f',"tensor":{number},"value":{_value(recorder, data)}')


def started(
    recorder: Recorder, line: int | None, span: Any, call: int, via: str, roots: Sequence[Tensor], gradients: Sequence[Tensor],
    values: Sequence[Any], keep: bool, create: bool, inputs: Sequence[Tensor] | None,
) -> None:  # fmt: skip
    ids = [identify(recorder, line, span, root) for root in roots]
    if create:
        for gradient in gradients:
            identify(recorder, line, span, gradient)
    asked = None if inputs is None else [identify(recorder, line, span, tensor) for tensor in inputs]
    recorder.put(
        "backward-started",
        line,
        f',"call":{call},"via":"{via}","roots":{_json(ids)},"gradients":[{",".join(_value(recorder, each) for each in values)}],'
        f'"retain_graph":{_flag(keep)},"create_graph":{_flag(create)}'
        + ("" if asked is None else f',"inputs":{_json(asked)}')
        + ("" if span is None else f',"span":{_span(span)}'),
    )


def _number(recorder: Recorder, node: Any) -> int | None:
    """The node's id; None where this trace has not seen it."""
    identity = node._identity
    return identity[1] if identity is not None and identity[0] is recorder else None


def reached(recorder: Recorder, line: int | None, call: Call, node: Function, gradients: Sequence[Any]) -> None:
    number = _number(recorder, node)
    if number is not None:
        values = ",".join([_value(recorder, each) for each in gradients])
        recorder.put("function-reached", line, f',"call":{call.number},"function":{number},"gradients":[{values}]')


def sent(
    recorder: Recorder, line: int | None, span: Any, call: Call, node: Function, edge: int, target: Target, output: int, data: Any,
    wide: tuple[int, ...], arrived: Sequence[Any], sources: Any, before: Any, after: Any,
) -> None:  # fmt: skip
    identity = node._identity
    key = (id(target), output)
    part = call.parts[key] = call.parts.get(key, 0) + 1
    if identity is None or identity[0] is not recorder:
        return
    op = node._op
    place = edge if op.variadic else op.slots[edge]
    to = _target(recorder, line, span, target, output)
    axes = _json(summed_axes(wide, data.shape)) if wide else "[]"
    text = arithmetic(node, edge, arrived, sources)
    slope = "" if text is None else f',"local":{local(node, edge, arrived, sources)}'
    tensor, value = _id(identity[2][place]), _value(recorder, data)
    recorder.put(
        "gradient-sent",
        line,
        f',"call":{call.number},"function":{identity[1]},"input":{place},"tensor":{tensor},"to":{to},"value":{value},'
        f'"summed_axes":{axes},"arithmetic":{_json(text)}{slope}',
    )
    if before is not None:
        recorder.put(
            "gradient-summed",
            line,
            f',"call":{call.number},"tensor":{tensor},"to":{to},"before":{_value(recorder, before)},"added":{value},'
            f'"after":{_value(recorder, after)},"part":{part},"of":{call.meeting()[key]}',
        )


def stepped(
    recorder: Recorder, line: int | None, call: Call, node: QuickFunction, gradient: Any, held: Any, released: bool,
    wides: Sequence[tuple[int, ...]] | None, *sent_on: Any,
) -> None:  # fmt: skip
    """A whole step of a node of the short kind: what reached it, what it sent and what it gave up.

    `wides` are the shapes before un-broadcasting, None where all are those of numbers; `sent_on` is, for each edge in turn, the gradient
    and what stood where it arrived.
    """
    route = node._route
    parts, befores = sent_on[::2], sent_on[1::2]
    if node._facts.scalar is not None and scalars.step(
        recorder, line, call, node, gradient, parts, befores, held, released
    ):
        return
    arrived = [gradient]
    reached(recorder, line, call, node, arrived)
    ports = node._ports
    sources = node.sources(held)
    for number, target in enumerate(node._to):
        if target is None:
            continue
        data, before = parts[number], befores[number]
        wide = () if wides is None else wides[number]
        if before.__class__ is object:
            before = None
        after = None if before is None else before + data
        output = 0 if ports is None else ports[number]
        edge = route.edges[number]
        sent(recorder, line, None, call, node, edge, target, output, data, wide, arrived, sources, before, after)
    if released and route.saves:
        freed(recorder, line, call, node)


def freed(recorder: Recorder, line: int | None, call: Call, node: Function) -> None:
    number = _number(recorder, node)
    if number is not None:
        recorder.put("buffers-freed", line, f',"call":{call.number},"functions":[{number}]')


def accumulated(
    recorder: Recorder,
    line: int | None,
    span: Any,
    call: Call,
    tensor: Tensor,
    before: Any,
    added: Any,
    after: Any,
    retained: bool,
) -> None:
    number = identify(recorder, line, span, tensor)
    if before is None:
        recorder.fresh(number)
    elif number in recorder.used:
        recorder.stale.setdefault(number, (line, span))
    recorder.put(
        "gradient-accumulated",
        line,
        f',"call":{call.number},"tensor":{number},"before":{_value(recorder, before)},"added":{_value(recorder, added)},'
        f'"after":{_value(recorder, after)},"retained":{_flag(retained)}',
    )


def hooked(
    recorder: Recorder,
    line: int | None,
    span: Any,
    node: Function | None,
    output: int,
    leaf: Tensor | None,
    before: Any,
    after: Any,
) -> None:
    number = tensor = None
    if leaf is not None:
        tensor = identify(recorder, line, span, leaf)
    elif node is not None and _number(recorder, node) is not None:
        number, tensor = node._identity[1], node._identity[3][output]  # type: ignore[index]
    recorder.put(
        "hook-ran",
        line,
        f',"tensor":{_id(tensor)},"function":{_id(number)},"before":{_value(recorder, before)},"after":{_value(recorder, after)}',
    )
