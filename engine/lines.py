"""The JSON text of each event that the engine causes: from the recorder's tuples to the fields of the contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes
from engine.broadcast import summed_axes
from engine.values import number_json, value_json

if TYPE_CHECKING:
    from engine.function import Function
    from engine.ops.op import Op

Encoded = tuple[str, str]
MOST = 200


_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode


def _value(data: Any) -> str:
    return "null" if data is None else value_json(data, dtypes.OF_NUMPY[data.dtype].name)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _id(number: int | None) -> str:
    return "null" if number is None else str(number)


def _target(target: tuple[str, int | None, int] | None) -> str:
    if target is None:
        return "null"
    kind, number, output = target
    return f'["{kind}",{_id(number)},{output}]' if kind == "function" else f'["{kind}",{_id(number)}]'


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


def plain(kind: str, fields: dict[str, Any]) -> Encoded:
    return kind, f",{_json(fields)[1:-1]}" if fields else ""


def valued(kind: str, tensor: int, data: Any) -> Encoded:
    return kind, f',"tensor":{tensor},"value":{_value(data)}'


def created(
    tensor: int, data: Any, requires_grad: bool, leaf: bool, base: int | None, grad_of: int | None, span: Any
) -> Encoded:
    return "tensor-created", (
        f',"tensor":{tensor},"value":{_value(data)},"requires_grad":{_flag(requires_grad)},"is_leaf":{_flag(leaf)},'
        f'"base":{_id(base)},"grad_of":{_id(grad_of)},"span":{_json(span)}'
    )


def applied(
    function: int, op: Op, name: str | None, ids: Sequence[int | None], numbers: Sequence[Any], places: Sequence[int], settings: Sequence[Any],
    outputs: Sequence[tuple[int, Any, bool, bool, int | None]], saved: Sequence[str] | None, edges: Sequence[Any], span: Any,
) -> Encoded:  # fmt: skip
    plain_settings = {
        op.inputs[place] if place < len(op.inputs) else f"input{place}": setting(number)
        for place, number in zip(places, numbers, strict=True)
        if number is not None
    }
    plain_settings.update({key: setting(value) for key, value in zip(op.settings, settings, strict=True)})
    made = ",".join(
        f'{{"tensor":{tensor},"value":{_value(data)},"requires_grad":{_flag(requires)},"is_leaf":{_flag(leaf)},"base":{_id(base)}}}'
        for tensor, data, requires, leaf, base in outputs
    )
    return "function-applied", (
        f',"function":{function},"op":"{op.name}","name":{_json(name)},"inputs":[{",".join(map(_id, ids))}],'
        f'"settings":{_json(plain_settings)},"outputs":[{made}],"saved":{_json(list(saved or ()))},'
        f'"next":[{",".join(map(_target, edges))}],"span":{_json(span)}'
    )


def modified(tensor: int, op: str, version: int, before: Any, after: Any, also: Sequence[tuple[int, Any]]) -> Encoded:
    others = ",".join(f'{{"tensor":{number},"after":{_value(data)}}}' for number, data in also)
    return "tensor-modified", (
        f',"tensor":{tensor},"op":{_json(op)},"version":{version},"before":{_value(before)},"after":{_value(after)},"also":[{others}]'
    )


def started(
    call: int,
    via: str,
    roots: Sequence[int],
    gradients: Sequence[Any],
    keep: bool,
    create: bool,
    inputs: Any,
    span: Any,
) -> Encoded:
    return "backward-started", (
        f',"call":{call},"via":"{via}","roots":{_json(list(roots))},"gradients":[{",".join(map(_value, gradients))}],'
        f'"retain_graph":{_flag(keep)},"create_graph":{_flag(create)}'
        + ("" if inputs is None else f',"inputs":{_json(inputs)}')
        + ("" if span is None else f',"span":{_json(span)}')
    )


def reached(call: int, function: int, gradients: Sequence[Any]) -> Encoded:
    return "function-reached", f',"call":{call},"function":{function},"gradients":[{",".join(map(_value, gradients))}]'


def sent(
    call: int,
    function: int,
    place: int,
    tensor: int | None,
    to: Any,
    data: Any,
    wide: tuple[int, ...],
    node: Function,
    edge: int,
    arrived: Sequence[Any],
    sources: Any,
) -> Encoded:
    axes = list(summed_axes(wide, data.shape))
    text = arithmetic(node, edge, arrived, sources)
    slope = "" if text is None else f',"local":{local(node, edge, arrived, sources)}'
    return "gradient-sent", (
        f',"call":{call},"function":{function},"input":{place},"tensor":{_id(tensor)},"to":{_target(to)},"value":{_value(data)},'
        f'"summed_axes":{_json(axes)},"arithmetic":{_json(text)}{slope}'
    )


def local(node: Function, edge: int, arrived: Sequence[Any], sources: Any) -> str:
    """The local derivative of a step between single numbers: the rule itself, run with a gradient of one."""
    values, results = sources
    one = arrived[0].dtype.type(1)
    rule = node._op.array_rules[edge]
    padded = results or [None] * len(node._op.results)
    return number_json(np.asarray(rule(one, *values, *padded, *node._shapes, *node._settings)).astype(one.dtype)[()])


def arithmetic(node: Function, edge: int, arrived: Sequence[Any], sources: Any) -> str | None:
    """The rule with this step's numbers put in, where all of them are 0-d; else None."""
    op = node._op
    if op.variadic or op.many or sources is None:
        return None
    formula = op.formulas[edge]
    values, results = sources
    numbers: dict[str, Any] = {"g": arrived[0]}
    numbers.update(zip(op.inputs, values, strict=True))
    numbers.update(zip(op.results, results, strict=False))
    numbers.update(zip(op.settings, node._settings, strict=True))
    texts: dict[str, str] = {"n": "1"}
    for name in formula.uses:
        if name.endswith("_shape"):
            if node._shapes[op.inputs.index(name[: -len("_shape")])] != ():
                return None
            continue
        value: Any = numbers.get(name)
        if name in op.settings and isinstance(value, (bool, str, tuple)):
            continue
        if np.ndim(value) or isinstance(value, (str, tuple, list)) or value is None:
            return None
        texts[name] = short(value)
    return formula.substitute(texts)


def short(value: Any) -> str:
    """A number with four significant digits and a true minus sign, as the page writes it."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    number = float(value)
    if not np.isfinite(number):
        return "nan" if number != number else "∞" if number > 0 else "−∞"
    if number.is_integer() and abs(number) < 1e6:
        text = str(int(number))
    elif 1e-4 <= abs(number) < 1e6:
        # 0.99999 must not look like 1: as many digits as tell it from a whole number.
        text = next(
            (close for digits in range(4, 9) if not float(close := f"{number:.{digits}g}").is_integer()),
            f"{number:.8g}",
        )
    else:
        text = f"{number:.3e}"
        mantissa, _, power = text.partition("e")
        text = f"{mantissa}e{int(power)}"
    return text.replace("-", "−")


def summed(call: int, tensor: int | None, to: Any, before: Any, added: Any, after: Any, part: int, of: int) -> Encoded:
    return "gradient-summed", (
        f',"call":{call},"tensor":{_id(tensor)},"to":{_target(to)},"before":{_value(before)},"added":{_value(added)},'
        f'"after":{_value(after)},"part":{part},"of":{of}'
    )


def accumulated(call: int, tensor: int, before: Any, added: Any, after: Any, retained: bool) -> Encoded:
    return "gradient-accumulated", (
        f',"call":{call},"tensor":{tensor},"before":{_value(before)},"added":{_value(added)},"after":{_value(after)},"retained":{_flag(retained)}'
    )


def hooked(tensor: int | None, function: int | None, before: Any, after: Any) -> Encoded:
    return (
        "hook-ran",
        f',"tensor":{_id(tensor)},"function":{_id(function)},"before":{_value(before)},"after":{_value(after)}',
    )
