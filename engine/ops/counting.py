"""Questions about many values: where they are nonzero, how often they occur, which are near, which are in a list."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, inside
from engine.application import apply
from engine.devices import check
from engine.ops import dims
from engine.ops.arithmetic import _check
from engine.ops.creation import ends, made
from engine.ops.indexing import check_kind
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

FLAT = {"en": "A count has no slope; nothing flows back.", "zh": "计数没有斜率，没有梯度流回。"}
COUNT_NONZERO = row(
    "count_nonzero", "counted(self, dim)", inputs="self", settings="dim", symbol="#≠0", spelled=("torch.count_nonzero", "Tensor.count_nonzero"),
    samples=(((2, 3), None), ((2, 3), (1,))), en=FLAT["en"], zh=FLAT["zh"],
)  # fmt: skip
ISNEGINF, ISPOSINF, ISREAL = (
    row(name, f"{name}(self)", inputs="self", symbol=symbol, spelled=(f"torch.{name}", f"Tensor.{name}"), samples=(((3,),),),
        en="A question about each value; nothing flows back.", zh="对每个值的提问，没有梯度流回。")
    for name, symbol in (("isneginf", "−∞?"), ("isposinf", "+∞?"), ("isreal", "real?"))
)  # fmt: skip
ISCLOSE = row(
    "isclose", "isclose(self, other, rtol, atol, equal_nan)", inputs="self other", settings="rtol atol equal_nan", symbol="≈", spelled=("torch.isclose", "Tensor.isclose"),
    samples=(((2, 3), (2, 3), 1e-5, 1e-8, False),), en="A comparison has no slope; nothing flows back.", zh="比较没有斜率，没有梯度流回。",
)  # fmt: skip


def _question(op: Any) -> None:
    def front(input: Tensor) -> Tensor:
        result: Tensor = apply(op, (input,))
        return result

    spelled(f"torch.{op.name}", f"Tensor.{op.name}")(front)


for _op in (ISNEGINF, ISPOSINF, ISREAL):
    _question(_op)


@spelled("torch.isclose", "Tensor.isclose")
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    if input._data.dtype != other._data.dtype:
        raise RuntimeError(f"{input.dtype.scalar} did not match {other.dtype.scalar}")
    for name, size in (("rtol", rtol), ("atol", atol)):
        if not size >= 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {size:g}")
    _check("isclose", input, other)
    result: Tensor = apply(ISCLOSE, (input, other), (rtol, atol, equal_nan))
    return result


@spelled("torch.count_nonzero", "Tensor.count_nonzero")
def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    result: Tensor = apply(COUNT_NONZERO, (input,), (dims.several("count_nonzero", dim, input._data.ndim) or None,))
    return result


@spelled("torch.nonzero", "Tensor.nonzero")
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices of what is not zero: one row each, or one tensor for each dimension."""
    if as_tuple:
        inside.refuse(inside.NO_RULE.format("aten::nonzero_numpy"), input)
        return tuple(made(places) for places in np.atleast_1d(input._data).nonzero())
    inside.refuse(inside.DYNAMIC.format("aten::nonzero"), input)
    return _places(input)


def _places(input: Tensor) -> Tensor:
    if not input._data.ndim:
        return made(np.zeros((int(bool(input._data)), 0), np.int64))
    return made(np.argwhere(input._data))


@spelled("torch.argwhere", "Tensor.argwhere")
def argwhere(input: Tensor) -> Tensor:
    return _places(input)


@spelled("torch.isin")
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    first, second = (each._data if isinstance(each, Tensor) else each for each in (elements, test_elements))
    for each in (elements, test_elements):
        if isinstance(each, Tensor) and each._data.dtype.kind == "b":
            raise RuntimeError("Unsupported input type encountered for isin(): Bool")
    return made(np.isin(first, second, invert=invert))


@spelled("torch.unique", "Tensor.unique")
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The different values in order, and where asked which of them each element is and how often each occurs."""
    inside.refuse(inside.DYNAMIC.format("aten::_unique2"), input)
    axis = None if dim is None else dims.one(dim, input._data.ndim)
    values, inverse, counts = np.unique(input._data, return_inverse=True, return_counts=True, axis=axis)
    place = inverse.reshape(input._data.shape if axis is None else -1)
    return _told(values, place, counts, return_inverse, return_counts)


@spelled("torch.unique_consecutive", "Tensor.unique_consecutive")
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The values, or the slices along `dim`, with repeats in a row taken once."""
    inside.refuse(inside.DYNAMIC.format("aten::unique_consecutive"), input)
    if dim is not None:
        axis = dims.one(dim, input._data.ndim)
        rows = np.moveaxis(np.atleast_1d(input._data), axis, 0)
        differ = (rows[1:] != rows[:-1]).reshape(max(len(rows) - 1, 0), math.prod(rows.shape[1:])).any(1)
        new = np.concatenate([np.ones(min(len(rows), 1), bool), differ])
        counts = np.diff(np.append(np.flatnonzero(new), len(rows)))
        return _told(np.moveaxis(rows[new], 0, axis), np.cumsum(new) - 1, counts, return_inverse, return_counts)
    flat = np.ravel(input._data)
    new = np.concatenate([np.ones(min(flat.size, 1), bool), flat[1:] != flat[:-1]])
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, flat.size))
    return _told(flat[new], (np.cumsum(new) - 1).reshape(input._data.shape), counts, return_inverse, return_counts)


def _told(values: Any, inverse: Any, counts: Any, with_inverse: bool, with_counts: bool) -> Any:
    found = [made(values)]
    found += [made(inverse.astype(np.int64))] if with_inverse else []
    found += [made(counts.astype(np.int64))] if with_counts else []
    return found[0] if len(found) == 1 else tuple(found)


@spelled("torch.bincount", "Tensor.bincount")
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each whole number occurs, or the sum of the weights it occurs with."""
    check_kind("bincount", input)
    if input._data.ndim != 1 or (input._data.size and input._data.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if weights is None:
        return made(np.bincount(input._data, minlength=minlength).astype(np.int64))
    if weights._data.shape != input._data.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    kind = weights._data.dtype if weights._data.dtype == np.float32 else np.float64
    return made(np.bincount(input._data, weights._data, minlength).astype(kind))


@spelled("torch.histc", "Tensor.histc")
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many values fall into each of equal bins; between the extremes where no bounds are given."""
    kind = input._data.dtype
    if kind.kind != "f":
        word = "linspace_cpu" if kind.kind == "b" else "histogram_cpu"
        raise NotImplementedError(f"\"{word}\" not implemented for '{input.dtype.scalar}'")
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    flat = np.ravel(input._data)
    low, high = (float(flat.min()), float(flat.max())) if min == max and flat.size else (float(min), float(max))
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{low:g}, {high:g}] is not finite")
    if low > high:
        raise RuntimeError("torch.histc: max must be larger than min")
    if low == high:
        low, high = low - 1, high + 1
    first, last = kind.type(low), kind.type(high)
    inside = flat[(flat >= first) & (flat <= last)]
    places = ((inside - first) * kind.type(bins) / (last - first)).astype(np.int64)
    return made(np.bincount(np.minimum(places, bins - 1), minlength=bins).astype(kind))


@spelled("torch.searchsorted")
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where values belong in ordered rows, or in rows that `sorter` puts in order: before equal ones, or after them."""
    values = input._data if isinstance(input, Tensor) else np.asarray(input, sorted_sequence._data.dtype)
    rows = sorted_sequence._data
    if not rows.ndim:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension"
        )
    if not isinstance(input, Tensor) and rows.ndim != 1:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor "
            f"dim({rows.ndim}) and input value's dim(0) numel(1)"
        )
    if rows.ndim != 1 and rows.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value "
            f"tensor must match, but we got boundaries tensor {list(rows.shape)} and input value tensor {list(values.shape)}"
        )
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if right and side == "left":
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    if sorter is not None:
        if sorter._data.shape != rows.shape:
            raise RuntimeError(
                "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
                f"{list(rows.shape)}and got sorter tensor {list(sorter._data.shape)}"
            )
        if sorter._data.dtype != np.int64:
            raise RuntimeError(
                f"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype.scalar}"
            )
        rows = np.take_along_axis(rows, sorter._data, -1)
    how: Any = "right" if right or side == "right" else "left"
    if rows.ndim == 1:
        found = np.searchsorted(rows, values, how)
    else:
        found = np.zeros(values.shape, np.int64)
        for place in np.ndindex(rows.shape[:-1]):
            found[place] = np.searchsorted(rows[place], values[place], how)
    return made(np.asarray(found).astype(np.int32 if out_int32 else np.int64))


@spelled("torch.bucketize")
def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    if boundaries._data.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries._data.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


@spelled("torch.unravel_index")
def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """The places along each dimension of a tensor of this shape, of places counted row by row. Raises TypeError for other than whole numbers."""
    if indices._data.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if not isinstance(shape, (int, tuple, list)):
        kind = "torch.Tensor" if isinstance(shape, Tensor) else type(shape).__name__
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got <class '{kind}'>")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got <class '{type(size).__name__}'>")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    found, rest = [], indices._data.astype(np.int64)
    for size in reversed(sizes):
        found.append(made(np.asarray(np.mod(rest, size))))
        rest = np.floor_divide(rest, size)
    return tuple(reversed(found))


def _triangle(name: str) -> None:
    find = {"tril_indices": np.tril_indices, "triu_indices": np.triu_indices}[name]

    def front(
        row: int,
        col: int,
        offset: int = 0,
        *,
        dtype: dtypes.dtype = dtypes.int64,
        layout: Any = None,
        device: Any = None,
    ) -> Tensor:
        check(device, name)
        for word, size in (("row", row), ("col", col)):
            if not size >= 0:
                raise RuntimeError(f"{word} must be non-negative, got{size}")
        if dtype.numpy.kind not in "iu" or dtype.numpy.itemsize < 4:
            raise NotImplementedError(f"\"{name}\" not implemented for '{dtype.scalar}'")
        return made(np.stack(find(row, offset, col)).astype(dtype.numpy))

    spelled(f"torch.{name}")(front)


_triangle("tril_indices")
_triangle("triu_indices")


@spelled("torch.logspace")
def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` powers of `base`, their exponents evenly spaced from `start` to `end`."""
    check(device, "logspace")
    start, end = ends("logspace", start, end)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = (dtype or dtypes.get_default_dtype()).numpy
    if kind.kind in "iu":
        start, end = int(start), int(end)
    step = (end - start) / max(steps - 1, 1)
    places = np.arange(steps)
    exponents = np.where(places < steps / 2, start + step * places, end - step * (steps - places - 1))
    return made((float(base) ** exponents).astype(kind), requires_grad)


def _new(name: str) -> None:
    def method(
        self: Tensor, *given: Any, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
        requires_grad: bool = False, **named: Any,
    ) -> Tensor:  # fmt: skip
        check(device, f"new_{name}")
        result: Tensor = FUNCTIONS[name](*given, dtype=dtype or self.dtype, requires_grad=requires_grad, **named)
        if inside.mask:
            inside.spread((self,), (result,))
        return result

    METHODS[f"new_{name}"] = method


for _name in ("zeros", "ones", "empty", "full", "tensor"):
    _new(_name)
METHODS["ndimension"] = Tensor.dim
METHODS["get_device"] = FUNCTIONS["get_device"] = lambda self: -1
METHODS["element_size"] = lambda self: int(self._data.dtype.itemsize)
METHODS["is_complex"] = lambda self: False
METHODS["is_signed"] = lambda self: self._data.dtype.kind in "fi"
METHODS["is_same_size"] = lambda self, other: self._data.shape == other._data.shape
METHODS["storage_offset"] = lambda self: _offset(self)
FUNCTIONS["is_floating_point"] = Tensor.is_floating_point
FUNCTIONS["is_complex"] = METHODS["is_complex"]


def _offset(tensor: Tensor) -> int:
    if tensor._base is None:
        return 0
    own, whole = tensor._array(), tensor._base._array()
    start: int = own.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    return int(start // own.itemsize)


@spelled("Tensor.stride")
def stride(self: Tensor, dim: int | None = None) -> Any:
    """The steps in memory, counted in elements."""
    if dim is not None and not isinstance(dim, int):
        raise TypeError(f"stride(): argument 'dim' (position 1) must be int, not {type(dim).__name__}")
    data = self._array()
    steps = tuple(each // data.itemsize for each in data.strides)
    return steps if dim is None else steps[dims.one(dim, data.ndim)]


@spelled("torch.is_nonzero", "Tensor.is_nonzero")
def is_nonzero(input: Tensor) -> bool:
    if inside.mask and inside.batches(input):
        inside.refuse_number(inside.TRUTH)
    if input._data.size != 1:
        how = "more than one value" if input._data.size else "no values"
        raise RuntimeError(f"Boolean value of Tensor with {how} is ambiguous")
    return bool(input._data.item())


@spelled("torch.result_type")
def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    pair = (tensor1, tensor2)
    arrays = [each._data for each in pair if isinstance(each, Tensor)]
    return dtypes.result_type(arrays, [each for each in pair if not isinstance(each, Tensor)])


@spelled("torch.promote_types")
def promote_types(type1: dtypes.dtype, type2: dtypes.dtype) -> dtypes.dtype:
    return dtypes.promote(type1, type2)


@spelled("torch.can_cast")
def can_cast(from_: dtypes.dtype, to: dtypes.dtype) -> bool:
    return from_.category <= to.category


PROPERTIES: dict[str, Callable[[Tensor], Any]] = {
    "itemsize": lambda self: int(self._data.dtype.itemsize),
    "nbytes": lambda self: int(self._data.nbytes),
    **dict.fromkeys(("is_cuda", "is_sparse", "is_quantized", "is_mps"), lambda self: False),
}
"""What can be read of a tensor's memory, and of the kinds that are not here."""
