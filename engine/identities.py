"""Who is who in a trace: ids are given here, where a tensor is first told of, and events write tensors, values and places as said here."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes
from engine.values import value_json

if TYPE_CHECKING:
    from engine.call import Target
    from engine.recorder import Recorder
    from engine.tensor import Tensor

quoted = json.encoder.encode_basestring_ascii
encoded = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
OPENED = {kind: f'{{"shape":[],"dtype":"{np.dtype(kind).name}","data":' for kind in (np.float32, np.float64)}
"""How the `Value` of a single number begins."""


def shown(recorder: Recorder, data: Any) -> str:
    """The `Value` of an array or a single number."""
    kind = data.__class__
    if kind in OPENED:
        return f"{OPENED[kind]}{recorder.digits[kind][data]}}}"
    if data is None:
        return "null"
    if recorder.texts is None or kind is not np.ndarray:
        return value_json(data, dtypes.OF_NUMPY[data.dtype].name)
    known = recorder.texts.get(id(data))
    if known is not None and known[0]() is data:
        return known[1]
    text = value_json(data, dtypes.OF_NUMPY[data.dtype].name)
    recorder.texts[id(data)] = weakref.ref(data), text
    return text


def truth(setting: bool) -> str:
    return "true" if setting else "false"


def ident(number: int | None) -> str:
    return "null" if number is None else str(number)


def idents(numbers: Iterable[int | None]) -> str:
    """The text of a list of ids."""
    return f"[{','.join(map(ident, numbers))}]"


def spanned(recorder: Recorder, span: Sequence[int] | None) -> str:
    """The text of a span."""
    known = recorder.places.get(id(span))
    if known is not None:
        return known[1]
    text = "null" if span is None else f"[{span[0]},{span[1]},{span[2]},{span[3]}]"
    recorder.places[id(span)] = span, text
    return text


def destination(recorder: Recorder, line: int | None, span: Any, to: Target, output: int) -> str:
    """Where a gradient goes."""
    known = to._identity
    number = known[1] if known is not None and known[0] is recorder else None
    if to._is_node:
        return f'["function",{"null" if number is None else number},{output}]'
    return f'["accumulate",{identify(recorder, line, span, to) if number is None else number}]'  # type: ignore[arg-type]


def identify(recorder: Recorder, line: int | None, span: Any, tensor: Tensor) -> int:
    """The tensor's id; one that was not seen before is told of as created."""
    known = tensor._identity
    if known is not None and known[0] is recorder:
        return known[1]
    flags = tensor._requires_grad, tensor._node is None
    return created(recorder, line, span, tensor, tensor._data, *flags, None, None, tensor._count)


def created(
    recorder: Recorder, line: int | None, span: Any, tensor: Tensor, data: Any, requires_grad: bool, leaf: bool, base: Tensor | None,
    grad_of: Tensor | None, version: int = 0,
) -> int:  # fmt: skip
    """Tell that a tensor came out of nothing, or out of the memory of another; its id."""
    origin = None if base is None else identify(recorder, line, span, base)
    owner = "null" if grad_of is None else identify(recorder, line, span, grad_of)
    number, inherited = recorder.name(tensor), 0 if base is None else base._count
    if origin is not None:
        recorder.shared[number] = origin
    recorder.put(
        "tensor-created",
        line,
        f',"tensor":{number},"value":{shown(recorder, data)},"requires_grad":{truth(requires_grad)},"is_leaf":{truth(leaf)},'
        f'"base":{ident(origin)},"grad_of":{owner},"span":{spanned(recorder, span)}'
        + (f',"version":{version}' if version != inherited else ""),
    )
    if recorder.naming is not None:
        for name in recorder.naming(tensor):
            bind(recorder, line, name, number)
    return number


def bind(recorder: Recorder, line: int | None, name: str, tensor: int) -> None:
    """Tell that a variable holds a tensor."""
    recorder.put("name-bound", line, f',"name":{quoted(name)},"tensor":{tensor},"value":null')
