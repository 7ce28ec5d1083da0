"""Dimensions as a program writes them, made into the tuples that rows take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from engine.size import Size
from engine.tensor import Tensor


def one(dim: int, ndim: int) -> int:
    """A dimension counted from the front. Raises IndexError where there is none such."""
    limit = max(ndim, 1)
    if not -limit <= dim < limit:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {dim})")
    return dim + limit if dim < 0 else +dim


def several(op: str, dim: Any, ndim: int) -> tuple[int, ...] | None:
    """Dimensions in order, None for all. Raises IndexError, RuntimeError for one named twice, TypeError for what is no dimension."""
    if dim is None:
        return None
    if isinstance(dim, Tensor) and dim._data.size == 1 and dim._data.dtype.kind in "iu":
        dim = int(dim)
    if isinstance(dim, bool) or not isinstance(dim, (int, tuple, list)):
        raise TypeError(
            f"{op}() received an invalid combination of arguments - got (dim={type(dim).__name__}, ), but expected one of:\n"
            " * (*, torch.dtype dtype = None)\n * (tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None)\n"
        )
    places = [one(each, ndim) for each in ([dim] if isinstance(dim, int) else dim)]
    for place in places:
        if places.count(place) > 1:
            raise RuntimeError(f"dim {place} appears multiple times in the list of dims")
    return tuple(places) if ndim else ()


def sizes(arguments: Sequence[Any], op: str = "") -> tuple[int, ...]:
    """`(2, 3)`, `([2, 3],)` or `(torch.Size([2, 3]),)` as a tuple of ints."""
    if len(arguments) == 1 and isinstance(arguments[0], (tuple, list)):
        arguments = arguments[0]
    return tuple(int(size.item()) if isinstance(size, Tensor) else _integer(size, op) for size in arguments)


def _integer(size: Any, op: str) -> int:
    if not isinstance(size, int):
        where = f"{op}(): argument 'size' (position 1)" if op else "a size"
        raise TypeError(f"{where} must be tuple of ints, not {type(size).__name__}")
    return int(size)


def inferred(shape: tuple[int, ...], numel: int, lead: Sequence[int] = ()) -> tuple[int, ...]:
    """`shape` with its -1 worked out. Raises RuntimeError where `numel` elements do not fit, which are told behind dimensions of the sizes `lead`."""
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(size < -1 for size in shape):
        place, size = next((place, size) for place, size in enumerate(shape) if size < -1)
        raise RuntimeError(f"invalid shape dimension {size} at index {place} of shape {list(shape)}")
    if -1 in shape:
        rest = Size(size for size in shape if size != -1).numel()
        if rest == 0 and numel:
            raise RuntimeError(f"shape '{[*lead, *shape]}' is invalid for input of size {math.prod(lead) * numel}")
        if rest == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size -1 can be any "
                "value and is ambiguous"
            )
        if numel % rest:
            raise RuntimeError(f"shape '{[*lead, *shape]}' is invalid for input of size {math.prod(lead) * numel}")
        return tuple(numel // rest if size == -1 else size for size in shape)
    if Size(shape).numel() != numel:
        raise RuntimeError(f"shape '{[*lead, *shape]}' is invalid for input of size {math.prod(lead) * numel}")
    return shape
