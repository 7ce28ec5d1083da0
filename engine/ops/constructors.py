"""`torch.Tensor`, `torch.LongTensor` and their kin as constructors: sizes make a tensor of that shape, a sequence one of its numbers.

They are older than `torch.tensor`, and read what they are given otherwise: `torch.Tensor(3)` has three elements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes
from engine.application import apply
from engine.dtypes import DTYPES
from engine.dtypes import dtype as Dtype
from engine.ops.creation import as_tensor, made, tensor
from engine.ops.indexing import ALIAS
from engine.ops.table import METHODS, spelled
from engine.signatures import type_name
from engine.size import Size
from engine.tensor import Tensor

WAYS = (
    "(*, torch.device device = None)",
    "(torch.Storage storage)",
    "(Tensor other)",
    "(tuple of ints size, *, torch.device device = None)",
    "(object data, *, torch.device device = None)",
)
COMPARED = {1: (1, 2), 2: (0,), 3: (3, 4)}
"""By the number of arguments: beside which of the ways PyTorch says why they do not fit."""


def constructor(kind: Dtype | None) -> Callable[..., Tensor]:
    """What `torch.Tensor` does when it is called (`kind` None: in the default dtype, and a tensor keeps its own), or a type that names its dtype.

    Integers are the shape of memory that nothing was written to, which holds zeros here; a sequence of numbers or an array is copied; a tensor is
    seen anew, in its own graph. Raises TypeError for anything else, RuntimeError for a negative size.
    """

    def new(*given: Any, **named: Any) -> Tensor:
        device = named.pop("device", None)
        if device is not None and str(device).partition(":")[0] != "cpu":
            text = f"legacy constructor expects device type: cpu but device type: {device} was passed"
            raise RuntimeError(text)
        if len(named) == 1 and not given and named.keys() <= {"size", "data", "other"}:
            given = tuple(named["size"] if named.keys() == {"size"} else named.values())
            named = {}
        wanted = kind or dtypes.get_default_dtype()
        if not given and not named:
            return made(np.zeros(0, wanted.numpy))
        first = given[0] if given else None
        if named or (len(given) > 1 and type(first) is not int):
            raise TypeError(_combination(given, named))
        if type(first) is int or isinstance(first, Size):
            return made(np.zeros(_shape(given if type(first) is int else first), wanted.numpy))
        if isinstance(first, Tensor):
            if kind is not None and first.dtype is not kind:
                raise TypeError(f"expected {_options(kind)} (got {_options(first.dtype)})")
            seen: Tensor = apply(ALIAS, (first,))
            return seen
        if isinstance(first, str):
            raise TypeError("new(): invalid data type 'str'")
        if isinstance(first, np.ndarray) and first.ndim:
            return as_tensor(first, dtype=wanted)
        if not isinstance(first, (list, tuple, range)):
            raise TypeError(f"new(): data must be a sequence (got {type_name(first)})")
        return tensor(_numbers(first), dtype=wanted)

    return new


def _combination(given: tuple[Any, ...], named: dict[str, Any]) -> str:
    got = ", ".join([*map(type_name, given), *(f"{key}={type_name(value)}" for key, value in named.items())])
    text = f"new() received an invalid combination of arguments - got ({got}{', ' if named and not given else ''}), but expected one of:\n"
    for place, way in enumerate(WAYS):
        text += f" * {way}\n"
        if named and place in COMPARED.get(len(given) + len(named), ()):
            text += f"      didn't match because some of the keywords were incorrect: {', '.join(named)}\n"
    return text


def _shape(sizes: Any) -> tuple[int, ...]:
    for place, size in enumerate(sizes, 1):
        if type(size) is not int:
            text = f'"type must be tuple of ints,but got {type_name(size)}"'
            raise TypeError(f"new(): argument 'size' failed to unpack the object at pos {place} with error {text}")
    if any(size < 0 for size in sizes):
        least = next(size for size in sizes if size < 0)
        raise RuntimeError(f"Trying to create tensor with negative dimension {least}: {list(sizes)}")
    return tuple(sizes)


def _numbers(data: Any) -> Any:
    """The rows as they are, with a number for every tensor of one element. Raises ValueError for a tensor of more."""
    if isinstance(data, Tensor):
        if data._data.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return data._data.item()
    return [_numbers(each) for each in data] if isinstance(data, (list, tuple)) else data


def _options(kind: Dtype) -> str:
    return (
        f"TensorOptions(dtype={kind.cpp}, device=cpu, layout=Strided, requires_grad=false (default), "
        "pinned_memory=false (default), memory_format=(nullopt))"
    )


def _of_kind(self: Tensor, *given: Any, **named: Any) -> Tensor:
    """A new tensor in this one's dtype, by what its constructor takes."""
    return constructor(self.dtype)(*given, **named)


METHODS["new"] = _of_kind
CONSTRUCTORS = {f"{kind.scalar}Tensor": kind for kind in DTYPES.values()}
"""The dtype by PyTorch's name of the tensor type: `FloatTensor`."""

for _name, _kind in CONSTRUCTORS.items():
    spelled(f"torch.{_name}")(constructor(_kind))
