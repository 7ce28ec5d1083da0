"""Kernels that look at part of a tensor's memory by size, stride and offset, counted in elements, and write into it.

`layout` is the strides of the whole where it is not contiguous, else None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided as _strided

Array = Any
Shape = tuple[int, ...]

# The C library hands freed memory back to the system, and every page that is taken anew costs more than what is done with it, until a piece as large
# as this has been freed: from then on it keeps twice as much at hand.
np.empty(1 << 22, np.uint8)

IN_ROWS = {
    "index", "softmax", "log_softmax", "cat", "stack", "masked_fill", "masked_fill_tensor", "sum", "sum_dim", "mean", "mean_dim", "sum_dim_as", "mean_dim_as", "mm",
    "bmm", "addmm", "constant_pad_nd", "cumsum", "cumprod", "logcumsumexp", "var", "std", "roll", "log_sigmoid", "pow_base", "scatter", "scatter_value",
    "scatter_added", "scatter_add", "index_added", "index_copy", "masked_scatter", "cdist", "renorm", "repeat",
}  # fmt: skip
"""Ops that lay their results out row by row, whatever the layout of their inputs; the others keep that, as in PyTorch."""

KEEPS = {"where", "addcmul", "addcdiv", "lerp", "lerp_tensor", "flip", "clone", "copy", "to_copy"}
"""Ops whose result lies in the order in memory of the first operand which tells one, also where that was expanded."""


def layout_of(array: Array) -> Shape | None:
    """The strides of an array in elements; None where they are those of its shape."""
    if array.flags.c_contiguous:
        return None
    return tuple(stride // array.itemsize for stride in array.strides)


def region(part: Array, whole: Array) -> tuple[Shape, Shape, int, Shape | None]:
    """Where `part` lies in the memory of `whole`: size, stride, offset, and the layout of `whole`."""
    start = address(part) - address(whole)
    if not 0 <= start < whole.itemsize * span(whole.shape, [each // whole.itemsize for each in whole.strides]):
        start = address(part) - address(root(part))  # `.data = ` gave the whole another memory since
    stride = tuple(each // whole.itemsize for each in part.strides)
    return part.shape, stride, start // whole.itemsize if part.size else 0, layout_of(whole)


def address(array: Array) -> int:
    """Where the first element lies, as the machine counts."""
    place: int = array.__array_interface__["data"][0]
    return place


def root(array: Array) -> Array:
    """The array that owns the memory which another one looks at; NumPy's windows have an object of their own between themselves and it."""
    base = array.base
    while base is not None:
        if isinstance(base, np.ndarray):
            array = base
        try:
            base = base.base
        except AttributeError:
            break
    return array


def writable(array: Array) -> Array:
    """The same elements of the same memory; NumPy's broadcast arrays are read-only, though one number may well be filled into them."""
    if array.flags.writeable:
        return array
    owner = root(array)
    rows = owner.transpose(np.argsort(owner.strides, kind="stable")[::-1])
    return np.ndarray(array.shape, array.dtype, rows, address(array) - address(owner), array.strides)


def copied(array: Array) -> Array:
    """The same numbers in memory of their own, laid out as they were: what was expanded stays so."""
    if array.flags.forc or not overlapping(array.shape, array.strides):
        return np.array(array)
    narrow = array[tuple(slice(None if step else 1) for step in array.strides)]
    return writable(np.broadcast_to(np.array(narrow), array.shape))


def overlapping(size: Shape, stride: Shape) -> bool:
    """Whether several elements lie in one place: a dimension goes on without a step."""
    return 0 not in size and any(not step and count > 1 for step, count in zip(stride, size, strict=True))


def may_overlap(size: Shape, stride: Shape) -> bool:
    """Whether several elements may lie in one place, as PyTorch sees it: a step is no longer than what smaller steps go over."""
    reach = 0
    for step, count in sorted(zip(stride, size, strict=True)):
        if step <= reach:
            return True
        reach += step * (count - 1)
    return False


def row_steps(shape: Shape) -> Shape:
    """The strides, in elements, of a tensor that lies row by row."""
    return tuple(math.prod(shape[dim + 1 :]) for dim in range(len(shape)))


def dense(array: Array) -> bool:
    """Whether the elements lie side by side in some order, each in a place of its own."""
    step = int(array.itemsize)
    for stride, size in sorted(_steps(array)):
        if stride != step:
            return False
        step *= size
    return True


def identical(target: Array, source: Array) -> bool:
    """Whether two arrays are the same elements of the same memory in the same order."""
    if not isinstance(target, np.ndarray) or not isinstance(source, np.ndarray) or target.dtype is not source.dtype:
        return False
    return address(target) == address(source) and (target.shape, target.strides) == (source.shape, source.strides)


def laid_out(result: Array, operands: Sequence[Array]) -> Array:
    """The result of an op on each element in the memory order that PyTorch gives it: that of the first operand which tells one.

    NumPy takes rows first wherever one of the operands does.
    """
    if result.ndim < 2 or all(not isinstance(each, np.ndarray) or each.flags.c_contiguous for each in operands):
        return result
    outward = walked(result.shape, operands)
    return np.ascontiguousarray(result.transpose(outward)).transpose(np.argsort(outward))


def walked(shape: Shape, operands: Sequence[Array]) -> list[int]:
    """The dimensions in the order in which PyTorch goes through the elements of these operands, the slowest first."""
    dims = len(shape)
    steps = [
        (0,) * (dims - each.ndim)
        + tuple(0 if size == 1 else step for size, step in zip(each.shape, each.strides, strict=True))
        for each in operands
        if isinstance(each, np.ndarray)
    ]

    def slower(first: int, second: int) -> int:
        for step in steps:
            if step[first] and step[second] and step[first] != step[second]:
                return 1 if step[first] > step[second] else -1
            if step[first] and step[second] and shape[first] > shape[second]:
                return 1
        return 0

    order = list(range(dims))[::-1]
    for start in range(1, dims):
        at = start
        for before in range(start - 1, -1, -1):
            told = slower(order[before], order[at])
            if told > 0:
                order[before], order[at] = order[at], order[before]
                at = before
            elif told < 0:
                break
    return order[::-1]


def entangled(array: Array) -> bool:
    """Whether several elements lie in one place though every dimension goes on, as the windows of `unfold` do."""
    if array.flags.c_contiguous or array.size < 2 or overlapping(array.shape, array.strides):
        return False
    reach = 0
    for step, size in sorted(
        (abs(step), size) for step, size in zip(array.strides, array.shape, strict=True) if size > 1
    ):
        if step <= reach:
            return bool(len(np.unique(_places(array))) < array.size)
        reach += step * (size - 1)
    return False


def _places(array: Array) -> Array:
    """Where each element lies, in bytes from the first."""
    places = np.zeros(array.shape, np.int64)
    for axis, step in enumerate(array.strides):
        places += (np.arange(array.shape[axis]) * step).reshape(
            [-1 if each == axis else 1 for each in range(array.ndim)]
        )
    return places


def in_turn(target: Array, operands: Sequence[Any], compute: Callable[..., Array]) -> Array:
    """What an op on each element leaves in memory that its elements share, one element after the other, each reading what stands there then."""
    shape, outward = target.shape, walked(target.shape, [target, *operands])

    def listed(array: Any) -> Any:
        return np.broadcast_to(array, shape).transpose(outward).ravel()

    places, at = np.unique(listed(_places(target)), return_inverse=True)
    held = np.empty(len(places), target.dtype)
    held[at] = listed(target)
    own = [isinstance(each, np.ndarray) and identical(target, each) for each in operands]
    rest = [
        each if mine or not isinstance(each, np.ndarray) else listed(each)
        for each, mine in zip(operands, own, strict=True)
    ]
    turns = np.zeros(len(at), np.int64)
    by_place = np.argsort(at, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(at[by_place]) > 0])
    turns[by_place] = np.arange(len(at)) - np.repeat(starts, np.diff(np.r_[starts, len(at)]))
    for turn in range(int(turns.max()) + 1):
        now = turns == turn
        mine = held[at[now]]
        given = [
            mine if same else each[now] if isinstance(each, np.ndarray) else each
            for each, same in zip(rest, own, strict=True)
        ]
        held[at[now]] = compute(mine, *given)
    return held[at].reshape([shape[dim] for dim in outward]).transpose(np.argsort(outward))


def last_written(target: Array) -> Array:
    """For each element, row by row, the number of the one that is written last at its place, where rows are copied into memory that elements share."""
    outward = walked(target.shape, [target, np.empty(target.shape, target.dtype)])
    numbers = np.arange(target.size).reshape(target.shape).transpose(outward).ravel()
    places, at = np.unique(_places(target), return_inverse=True)
    at = at.reshape(-1)
    last = np.empty(len(places), np.int64)
    last[at[numbers]] = numbers
    return last[at]


def row_by_row(target: Array, dim: int, compute: Callable[[Array], Array]) -> Array:
    """What an op on each row along a dimension leaves in memory that elements share, one row after the other, each reading what stands there then."""
    places, at = np.unique(_places(target), return_inverse=True)
    at = at.reshape(target.shape)
    held = np.empty(len(places), target.dtype)
    held[at] = target
    outer = [each for each in walked(target.shape, [target]) if each != dim]
    for row in at.transpose([*outer, dim]).reshape(-1, target.shape[dim]):
        held[row] = compute(held[row])
    return held[at]


def partly_shared(target: Array, source: Array) -> bool:
    """Whether two dense arrays share memory, but not element for element: PyTorch writes no such thing."""
    if not (isinstance(target, np.ndarray) and isinstance(source, np.ndarray) and np.may_share_memory(target, source)):
        return False
    if not target.size or not source.size or not (dense(target) and dense(source)):
        return False
    same = address(target) == address(source)
    alike = target.nbytes == source.nbytes and strides(target) == strides(source)
    return not (same and alike)


def _steps(array: Array) -> list[tuple[int, int]]:
    return [(stride, size) for stride, size in zip(array.strides, array.shape, strict=True) if size > 1]


def strides(array: Array) -> list[int]:
    """The strides, in bytes, as PyTorch has them, where NumPy gives a new dimension of one element none."""
    inward: list[int] = []
    wide = int(array.itemsize)
    for size, stride in zip(reversed(array.shape), reversed(array.strides), strict=True):
        inward.append(stride if stride else wide * (size == 1))
        wide = max(inward[-1], 1) * size
    return inward[::-1]


def lies_as(array: Array, other: Array) -> bool:
    """Whether the steps of one are those of the other, as PyTorch asks before it takes a gradient as it is."""
    if array.ndim > other.ndim:
        return False
    steps = zip(array.shape, strides(array), strides(other), strict=False)
    return all(size == 1 or mine == its for size, mine, its in steps)


class Columns(tuple[int, ...]):
    """The shape of a matrix that lies in memory column by column."""

    __slots__ = ()


def told(array: Array) -> Shape:
    """The shape of a matrix, which says too whether it lies there column by column: PyTorch's rules of a product look at that."""
    shape: Shape = array.shape
    flags = array.flags
    if not flags.f_contiguous or len(shape) != 2:
        return shape
    if flags.c_contiguous:  # both, where a side is 1: the strides decide
        down, along = strides(array)
        return Columns(shape) if down == array.itemsize and along == down * shape[0] else shape
    return Columns(shape)


def by_columns(shape: Shape) -> bool:
    """Whether a shape that was `told` is of a matrix that lies column by column."""
    return isinstance(shape, Columns)


def _flat(x: Array, layout: Shape | None) -> Array:
    """The elements in the order of memory, a copy."""
    x = np.asarray(x)
    if layout is None:
        return np.array(x, order="C").reshape(-1)
    made = np.zeros(max(x.size, span(x.shape, layout)), x.dtype)
    _window(made, x.shape, layout, 0)[...] = x
    return made


def span(size: Shape, stride: Sequence[int]) -> int:
    """How many places there are from the first element to the last."""
    return 1 + sum((many - 1) * step for many, step in zip(size, stride, strict=True)) if all(size) else 0


def _window(flat: Array, size: Shape, stride: Shape, offset: int) -> Array:
    """What a window shows of memory. Raises RuntimeError for one that is not within it: NumPy looks at no bounds here."""
    if offset < 0 or offset + span(size, stride) > flat.size:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and itemsize {flat.itemsize} requiring a storage "
            f"size of {flat.itemsize * (offset + span(size, stride))} are out of bounds for storage of size {flat.itemsize * flat.size}"
        )
    return _strided(flat[offset:], size, tuple(each * flat.itemsize for each in stride))


def as_strided(x: Array, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None = None) -> Array:
    return _window(_flat(x, layout), size, stride, storage_offset)


def as_strided_backward(
    g: Array, shape: Shape, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None = None
) -> Array:
    """Zeros with `g` added at the places of the window; a place that is seen twice receives both."""
    g = np.asarray(g)
    made = _flat(np.zeros(shape, g.dtype), layout)
    places = _window(np.arange(made.size), size, stride, storage_offset)
    np.add.at(made, places, g)
    return made.reshape(shape) if layout is None else _window(made, shape, layout, 0)


def copy_slices(
    arrays: Sequence[Array], op: str, size: Shape, stride: Shape, storage_offset: int, layout: Shape | None = None
) -> Array:
    """The first array with the second one written through the window."""
    whole, part = arrays
    made = _flat(whole, layout)
    _window(made, size, stride, storage_offset)[...] = part
    return made.reshape(whole.shape) if layout is None else _window(made, whole.shape, layout, 0)


def uncopy_slices(
    g: Array,
    shapes: Sequence[Shape],
    op: str,
    size: Shape,
    stride: Shape,
    storage_offset: int,
    layout: Shape | None = None,
) -> tuple[Array, Array]:
    """`g` without the window, and the window alone."""
    part = as_strided(g, size, stride, storage_offset, layout)
    return copy_slices((g, np.zeros((), part.dtype)), op, size, stride, storage_offset, layout), part


def index_put(x: Array, value: Array, index: tuple[Any, ...]) -> Array:
    """`x` with `value` at the indices."""
    made = np.array(x)
    made[tuple(slice(None) if part is None else part for part in index)] = value
    return made


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (as_strided, as_strided_backward, by_columns, copy_slices, index_put, uncopy_slices)
}
