"""Several tensors into one and one into several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import dtypes, inside
from engine.application import apply
from engine.ops import dims
from engine.ops.signatures import handed
from engine.ops.table import METHODS, row, spelled
from engine.signatures import type_name
from engine.tensor import Tensor

CAT = row("cat", "cat(tensors, dim)", {"tensors": "uncat(g, tensors_shape, dim)"}, settings="dim", variadic=True, symbol="cat",
          spelled=("torch.cat", "torch.concat"), samples=((((2, 3), (1, 3)), 0), (((2, 2), (2, 1), (2, 3)), 1)),
          en="Each tensor receives its own part of the gradient.", zh="每个张量得到属于自己的那段梯度。")  # fmt: skip
STACK = row("stack", "stack(tensors, dim)", {"tensors": "unstack(g, dim)"}, settings="dim", variadic=True, symbol="stack",
            spelled=("torch.stack",), samples=((((2, 3), (2, 3)), 1), (((), (), ()), 0)),
            en="Each tensor receives its own layer of the gradient.", zh="每个张量得到属于自己的那一层梯度。")  # fmt: skip
UNBIND = row("unbind", "unbind(self, dim)", {"self": "stack(g, dim)"}, settings="dim", view=True, many=True, symbol="unbind",
             spelled=("torch.unbind", "Tensor.unbind", "for row in x"), samples=(((2, 3), 0), ((3,), 0)),
             en="The gradients of the pieces are stacked again; an unused piece gives zero.", zh="各片的梯度重新叠起；没用到的片为零。")  # fmt: skip
SPLIT = row("split", "split(self, sizes, dim)", {"self": "cat(g, dim)"}, settings="sizes dim", view=True, many=True, symbol="split",
            spelled=("torch.split", "torch.chunk", "Tensor.split", "Tensor.chunk"), samples=(((4, 3), (2, 2), 0),),
            en="The gradients of the pieces are joined again; an unused piece gives zero.", zh="各段的梯度重新拼接；没用到的段为零。")  # fmt: skip
UNSAFE_SPLIT = row("unsafe_split", "split(self, sizes, dim)", {"self": "cat(g, dim)"}, settings="sizes dim", many=True, symbol="split",
                   spelled=("the gates of nn.GRU",), samples=(((4, 3), (2, 2), 0),),
                   en="The gradients of the pieces are joined again; an unused piece gives zero.", zh="各段的梯度重新拼接；没用到的段为零。")  # fmt: skip
SPLIT_WITH_SIZES = row("split_with_sizes", "split(self, sizes, dim)", {"self": "cat(g, dim)"}, settings="sizes dim", view=True, many=True, symbol="split",
                       spelled=("torch.split(x, [1, 2])",), samples=(((4, 3), (1, 3), 0),),
                       en="The gradients of the pieces are joined again; an unused piece gives zero.", zh="各段的梯度重新拼接；没用到的段为零。")  # fmt: skip


def _alike(tensors: Sequence[Tensor], *, inside: bool = False) -> list[Tensor]:
    """The tensors in one dtype; `inside` the op itself where all are floats, as NumPy has the same result."""
    kind = dtypes.result_type([tensor._data for tensor in tensors], [])
    if inside and all(tensor._data.dtype.kind == "f" for tensor in tensors):
        return list(tensors)
    return [METHODS["to"](tensor, kind) for tensor in tensors]


@spelled("torch.cat", "torch.concat")
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"cat(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}"
        )
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for place, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(tensor).__name__}")
    for place, tensor in enumerate(tensors):
        if not tensor._data.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {place}) cannot be concatenated")
    shape = next((tensor._data.shape for tensor in tensors if tensor._data.shape != (0,)), (0,))
    axis = dims.one(dim, len(shape))
    for place, tensor in enumerate(tensors):
        other = tensor._data.shape
        if other == (0,):
            continue
        if len(other) != len(shape):
            lead = len(inside.hidden(*tensors))
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {lead + len(shape)} and {lead + len(other)}"
            )
        for at, (own, theirs) in enumerate(zip(shape, other, strict=True)):
            if at != axis and own != theirs:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {len(inside.hidden(*tensors)) + axis}. Expected size {own} but got size {theirs} for tensor "
                    f"number {place} in the list."
                )
    result: Tensor = apply(CAT, _alike(tensors, inside=True), (axis,))
    return result


@spelled("torch.stack")
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f"stack(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}"
        )
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    for place, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(tensor).__name__}")
    shape = tensors[0]._data.shape
    for place, tensor in enumerate(tensors):
        if tensor._data.shape != shape:
            lead = inside.hidden(*tensors)
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {[*lead, *shape]} at entry 0 and {[*lead, *tensor.shape]} at entry {place}"
            )
    result: Tensor = apply(STACK, _alike(tensors), (dims.one(dim, len(shape) + 1),))
    return result


@spelled("torch.unbind", "Tensor.unbind")
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    shape = input.shape  # a parameter that has none yet says so
    if not shape:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    result: tuple[Tensor, ...] = apply(UNBIND, (input,), (dims.one(dim, len(shape)),))
    return result


UNSPLIT = (
    "split() received an invalid combination of arguments - got (Tensor, int, {0}), but expected one of:\n"
    " * (Tensor input, int split_size, int dim = 0)\n"
    "      didn't match because some of the arguments have invalid types: (Tensor, int, !{0}!)\n"
    " * (Tensor input, tuple of ints split_size, int dim = 0)\n"
    "      didn't match because some of the arguments have invalid types: (Tensor, !int!, !{0}!)\n"
)


@spelled("torch.split")
def split(input: Tensor, split_size_or_sections: Any, dim: Any = 0) -> tuple[Tensor, ...]:
    if not isinstance(split_size_or_sections, int):
        handed("split_with_sizes", "Tensor self, ints split_sizes, int dim", input, split_size_or_sections, dim)
    elif isinstance(dim, Tensor) and not dim._data.shape and dim._data.dtype.kind in "iu":
        dim = int(dim)
    elif not isinstance(dim, int):
        raise TypeError(UNSPLIT.format(type_name(dim)))
    if not input._data.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    axis = dims.one(dim, input._data.ndim)
    length = input._data.shape[axis]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        if step < 0:
            raise RuntimeError(f"split expects split_size be non-negative, but got split_size={step}")
        if step == 0 and length:
            raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {length}")
        sizes = tuple(min(step, length - start) for start in range(0, length, step)) if length else (0,)
        result: tuple[Tensor, ...] = apply(SPLIT, (input,), (sizes, axis))
        return result
    sizes = tuple(split_size_or_sections)
    if sizes and min(sizes) < 0:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={list(sizes)}"
        )
    if sum(sizes) != length:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension {dim}), but got "
            f"split_sizes={list(sizes)}"
        )
    result = apply(SPLIT_WITH_SIZES, (input,), (sizes, axis))
    return result


@spelled("torch.split_with_sizes", "Tensor.split_with_sizes")
def split_with_sizes(input: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    return split(input, list(split_sizes), dim)


@spelled("Tensor.split")
def split_method(self: Tensor, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    return split(self, split_size, dim)


@spelled("torch.chunk", "Tensor.chunk")
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    if not input._data.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    length = input._data.shape[dims.one(dim, input._data.ndim)]
    step = -(-length // int(chunks))
    return split(input, step if step else [0] * chunks, dim)


@spelled("internal.uncat")
def uncat(g: Tensor, shapes: Sequence[tuple[int, ...]], dim: int) -> tuple[Tensor, ...]:
    parts, start = [], 0
    for shape in shapes:
        if shape == (0,):
            parts.append(Tensor(np.zeros(0, g._data.dtype)))
        else:
            parts.append(METHODS["narrow"](g, dim, start, shape[dim]))
            start += shape[dim]
    return tuple(parts)


@spelled("internal.unstack")
def unstack(g: Tensor, dim: int) -> tuple[Tensor, ...]:
    return tuple(METHODS["select"](g, dim, place) for place in range(g._data.shape[dim]))


@spelled("torch.hstack")
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors side by side: along the second dimension, or the only one."""
    if not tensors:
        raise RuntimeError("hstack expects a non-empty TensorList")
    wide = [METHODS["reshape"](each, 1) if not each._data.ndim else each for each in tensors]
    return cat(wide, 0 if wide and wide[0]._data.ndim == 1 else 1)


@spelled("torch.vstack")
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors one above the other, each at least a row. Raises RuntimeError for none."""
    if not tensors:
        raise RuntimeError("vstack expects a non-empty TensorList")
    return cat([_row(each) for each in tensors])


def _row(each: Tensor) -> Tensor:
    m = METHODS
    if each._data.ndim > 1:
        return each
    made: Tensor = m["unsqueeze"](each, 0) if each._data.ndim else m["reshape"](each, 1, 1)
    return made


def unsafe_chunk(input: Tensor, chunks: int, dim: int) -> tuple[Any, ...]:
    """Equal parts that are no views, as the gates of a recurrent step are parted."""
    size = input._data.shape[dim] // chunks
    parts: tuple[Any, ...] = apply(UNSAFE_SPLIT, (input,), ((size,) * chunks, dim % input._data.ndim))
    return parts
