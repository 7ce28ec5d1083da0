"""Another shape over the same memory: the views that end in `_`, and windows that a program chooses by stride."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import memory, recording
from engine.application import apply
from engine.function import LongFunction
from engine.ops import dims, indexing, inplace, shape, views
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.tensor import Tensor

UNSQUEEZED = row("unsqueeze_", "unsqueeze(self, dim)", {"self": "reshape(g, self.shape)"}, settings="dim", node="UnsqueezeBackward1!", symbol="unsqz", twice={"self": "squeeze(g, dim)"},
                 spelled=("Tensor.unsqueeze_",), samples=(((2, 3), 1),), **shape.BACK)  # fmt: skip
SQUEEZED_ALL = row("squeeze_all_", "squeeze(self, dim)", {"self": "reshape(g, self.shape)"}, settings="dim", node="SqueezeBackward3!", symbol="squeeze", twice={"self": "unsqueezed(g, dim)"},
                   spelled=("Tensor.squeeze_",), samples=(((2, 1, 3), (1,)),), **shape.BACK)  # fmt: skip
TRANSPOSED = row("transpose_", "transpose(self, dim0, dim1)", {"self": "transpose(g, dim0, dim1)"}, settings="dim0 dim1", node="TransposeBackward1!", symbol="x⊤",
                 spelled=("Tensor.transpose_",), samples=(((2, 3, 2), 0, 2),),
                 en="The gradient's dimensions are swapped back.", zh="梯度的两个维度交换回去。")  # fmt: skip
TURNED = row("t_", "t(self)", {"self": "t(g)"}, node="TBackward1!", symbol="x⊤", spelled=("Tensor.t_",), samples=(((2, 3),),),
             en="The gradient is turned over as the matrix was.", zh="梯度像矩阵那样转置回去。")  # fmt: skip
STRIDED = row(
    "strided", "strided(self, size, stride, storage_offset, layout, within)",
    {"self": "strided_backward(g, self.shape, size, stride, storage_offset, layout, within)"}, settings="size stride storage_offset layout within", view=True,
    node="AsStridedBackward0!", symbol="view", spelled=("torch.as_strided", "Tensor.as_strided"),
    samples=(((2, 3), (2, 2), (3, 1), 1, None, None), ((3,), (2, 2), (1, 1), 0, None, None)),
    en="A window on the memory: the gradient goes to the places it shows, a place shown twice gets both.",
    zh="内存上的一个窗口：梯度回到它所展示的位置，展示两次的位置得到两份。",
)  # fmt: skip
STRIDED_BACKWARD = row(
    "strided_backward", "strided_backward(self, shape, size, stride, storage_offset, layout, within)",
    {"self": "taken_strided(g, size, stride, storage_offset, layout, within)"}, settings="shape size stride storage_offset layout within",
    node="AsStridedBackward0!", symbol="view′", samples=(((2, 2), (2, 3), (2, 2), (3, 1), 1, None, None),), **indexing.LIFT,
)  # fmt: skip
TAKEN_STRIDED = row(
    "taken_strided", "taken_strided(self, size, stride, storage_offset, layout, within)",
    {"self": "strided_backward(g, self.shape, size, stride, storage_offset, layout, within)"}, settings="size stride storage_offset layout within",
    node="AsStridedBackward0!", symbol="view", samples=(((2, 3), (2, 2), (3, 1), 1, None, None),), **indexing.PLACE,
)  # fmt: skip
INDEX_PUT_ADDED = row(
    "index_put_added", "index_put_added(self, value, index)", {"self": "g", "value": "take(g, index)"}, inputs="self value", settings="index", kept=("index",),
    node="IndexPutBackward0!", symbol="[…]+", spelled=("x.index_put((i,), v, accumulate=True)",), samples=(((4, 3), (3, 3), (np.array([0, 2, 0]),)),),
    en="The gradient passes on; what was added receives it from where it was added.", zh="梯度原样通过；被加进来的值从它被加之处得到梯度。",
)  # fmt: skip
spelled("internal.taken_strided")(indexing._linear(TAKEN_STRIDED, "self", "size", "stride", "storage_offset", "layout", "within"))  # fmt: skip


@spelled("internal.strided_backward")
def strided_backward(
    g: Tensor, shape: Any, size: Any, stride: Any, storage_offset: int, layout: Any, within: Any
) -> Tensor:
    """What the array receives for `g` at the window, made of PyTorch's nodes but where its own elements share their places."""
    if within is not None and memory.may_overlap(*within[1:3]):
        result: Tensor = apply(STRIDED_BACKWARD, (g,), (shape, size, stride, storage_offset, layout, within))
        return result
    steps = layout or memory.row_steps(within[0] if within else shape)
    whole, *shown = within or (shape, shape, steps, 0)
    return views.spread(g, memory.span(whole, steps), (size, stride, storage_offset), tuple(shown))


def turn(target: Tensor, op: Op, read: Callable[[], tuple[Any, ...]], name: str) -> Tensor:
    """The tensor itself, seen in another shape. Raises RuntimeError where a write would be forbidden, before `read` gives the settings."""
    tracked = inplace.guard(target, overlapping=True)
    settings = read()
    before = target._array()
    inputs: tuple[Any, ...] = (target,)
    if tracked:
        target._history()
        if recording.active is not None:
            recording.active.identify(target)
        inputs = (inplace._before(target),)
    data = op.compute(before, *settings)
    node = LongFunction(op, inputs, [before], settings, (True,)) if tracked else None
    recorder = recording.active
    if recorder is not None:
        recorder.identify(target)
        recorder.settle()
    counter = target._cell()
    target._data = data
    try:
        counter.written()
    finally:
        if recorder is not None:
            recorder.modified(target, name, before)
    if target._view is not None:
        target._view.version = target._writes
    if node is not None:
        views._follow(target, node)
        if recorder is not None:
            recorder.applied(op, (target,), settings, (target,), node)
    return target


@spelled("Tensor.unsqueeze_")
def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    return turn(self, UNSQUEEZED, lambda: (dims.one(dim, self._data.ndim + 1),), "unsqueeze_")


@spelled("Tensor.squeeze_")
def squeeze_(self: Tensor, dim: Any = None) -> Tensor:
    sizes = self._data.shape

    def places() -> tuple[tuple[int, ...]]:
        asked = range(len(sizes)) if dim is None else [dims.one(each, len(sizes)) for each in shape.dims_tuple(dim)]
        return (tuple(place for place in asked if sizes and sizes[place] == 1),)

    return turn(self, SQUEEZED_ALL if dim is None else shape.SQUEEZED, places, "squeeze_")


@spelled("Tensor.transpose_", "Tensor.swapaxes_", "Tensor.swapdims_")
def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    ndim = self._data.ndim
    return turn(self, TRANSPOSED, lambda: (dims.one(dim0, ndim), dims.one(dim1, ndim)), "transpose_")


@spelled("Tensor.t_")
def t_(self: Tensor) -> Tensor:
    def none() -> tuple[()]:
        if self._data.ndim > 2:
            raise RuntimeError(f"t_() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
        return ()

    return turn(self, TURNED, none, "t_")


@spelled("torch.as_strided", "Tensor.as_strided")
def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A view of the memory behind a tensor. Raises RuntimeError where the window does not lie in it."""
    sizes, strides = tuple(size), tuple(stride)
    if len(sizes) != len(strides):
        raise RuntimeError("mismatch in length of strides and shape")
    whole = input if input._base is None else input._base
    memory_ = whole._array()
    own = memory.region(input._array(), memory_)
    offset = own[2] if storage_offset is None else storage_offset
    if any(each < 0 for each in strides):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(strides)}")  # fmt: skip
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    last = offset + sum((count - 1) * step for count, step in zip(sizes, strides, strict=True))
    if 0 not in sizes and last >= memory_.size:
        asked, most = (last + 1) * memory_.itemsize, memory_.size * memory_.itemsize
        raise RuntimeError(
            f"setStorage: sizes {list(sizes)}, strides {list(strides)}, storage offset {offset}, and itemsize {memory_.itemsize} requiring "
            f"a storage size of {asked} are out of bounds for storage of size {most}"
        )
    settings = (sizes, strides, offset, own[3], None if input._base is None else (memory_.shape, *own[:3]))
    result: Tensor = apply(STRIDED, (input,), settings)
    return result


@spelled("torch.index_put_", "Tensor.index_put_")
def index_put_(self: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """The tensor itself with values written, or added, at the indices."""
    if self._requires_grad:
        inplace.guard(self, overlapping=True)
    places = _places("index_put_", 1, self, indices, values)
    return inplace.change(self, INDEX_PUT_ADDED if accumulate else inplace.INDEX_PUT, (values,), (places,), "index_put_")  # fmt: skip


@spelled("torch.index_put", "Tensor.index_put")
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with values written, or added, at the indices."""
    op = INDEX_PUT_ADDED if accumulate else inplace.INDEX_PUT
    result: Tensor = apply(op, (input, values), (_places("index_put", 2, input, indices, values),))
    return result


def _places(name: str, place: int, input: Tensor, indices: Any, values: Any) -> tuple[Any, ...]:
    """The places as arrays. Raises IndexError or RuntimeError in PyTorch's words where they or the values do not fit."""
    if not isinstance(indices, (tuple, list)):
        raise TypeError(f"{name}(): argument 'indices' (position {place}) must be tuple of Tensors, not {type(indices).__name__}")  # fmt: skip
    if not isinstance(values, Tensor):
        raise TypeError(f"{name}(): argument 'values' (position {place + 1}) must be Tensor, not {type(values).__name__}")  # fmt: skip
    for at, each in enumerate(indices):
        if not isinstance(each, Tensor):
            raise TypeError(f"expected Tensor as element {at} in argument {place - 1}, but got {type(each).__name__}")
    if values.dtype is not input.dtype:
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {input.dtype.scalar} for the destination and "
            f"{values.dtype.scalar} for the source."
        )
    # Of numbers alone an index would take a part of the tensor: each stands in a row, and a row of numbers alone is no dimension of what is written.
    numbers = [not each._data.ndim and each._data.dtype.kind in "iu" for each in indices]
    single = bool(numbers) and all(numbers)
    part, chosen = indexing.located(input, tuple(Tensor(each._data[None]) if number else each for each, number in zip(indices, numbers, strict=True)))  # fmt: skip
    assert part is input
    places = chosen or ()
    wanted = indexing.taken_shape(input, places)[single:]
    try:
        fits = np.broadcast_shapes(values._data.shape, wanted) == wanted
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of shape {list(wanted)}"
        )
    return places


_relu = METHODS["relu"]


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """The positive part, in the memory of the input where that is asked for."""
    result: Tensor = METHODS["relu_"](input) if inplace else _relu(input)
    return result


FUNCTIONS["nn.functional.relu"] = relu
