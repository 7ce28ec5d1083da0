"""Edges around a tensor, its diagonals, its elements rolled, its running product and its median."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.application import apply
from engine.broadcast import together
from engine.ops import dims
from engine.ops.answers import answer
from engine.ops.indexing import LIFT, PLACE, _linear
from engine.ops.op import Op
from engine.ops.retyped import reduced, retyped
from engine.ops.table import FUNCTIONS, METHODS, all_tensors, argument, row, spelled
from engine.size import Size
from engine.tensor import Tensor

CROP = {"en": "The gradient loses its edges as the values gained them.", "zh": "值怎样加边，梯度就怎样去边。"}
IMAGES = {
    "en": "Each element receives its own gradient and those of its images in the edge.",
    "zh": "每个元素得到自己的梯度，以及它在边上各影像的梯度。",
}
MEDIAN_NOTE = {"en": "The gradient goes to the one element in the middle.", "zh": "梯度只交给居中的那个元素。"}

PAD = row(
    "constant_pad_nd", "padded(self, pad, value)", {"self": "padded(g, opposite(pad), 0)"}, settings="pad value", symbol="pad", spelled=("F.pad",),
    samples=(((2, 3), ((0, 1), (2, 0)), 0.0), ((2, 3), ((0, 0), (-1, 1)), 3.0)), **CROP,
)  # fmt: skip
EDGED = {
    (mode, rank): row(
        f"{name}_pad{rank}d", f'edged(self, pad, "{mode}", {rank})', {"self": f'unedged(g, self, pad, "{mode}", {rank})'}, settings="pad",
        node=f"{name.capitalize()}Pad{rank}DBackward0!", symbol="pad", spelled=(f'F.pad(x, pad, mode="{mode}")',),
        samples=(((3,) * rank, ((2, 1),) * rank),), **IMAGES,
    )
    for mode, name in (("reflect", "reflection"), ("replicate", "replication"))
    for rank in (1, 2, 3)
}  # fmt: skip
UNEDGED = {
    (mode, rank): row(
        f"{name}_pad{rank}d_backward", f'unedged(g_, self, pad, "{mode}", {rank})', {"g_": f'edged(g, pad, "{mode}", {rank})', "self": "zeros_like(self)"},
        settings="pad", node=f"{name.capitalize()}Pad{rank}DBackwardBackward0!", symbol="pad′", samples=(((6,) * rank, (3,) * rank, ((2, 1),) * rank),), **LIFT,
    )
    for mode, name in (("reflect", "reflection"), ("replicate", "replication"))
    for rank in (1, 2, 3)
}  # fmt: skip
DIAGONAL = row(
    "diagonal", "diagonal(self, offset, dim1, dim2)", {"self": "diagonal_backward(g, self.shape, offset, dim1, dim2)"}, settings="offset dim1 dim2", view=True,
    symbol="diag", spelled=("torch.diagonal", "Tensor.diagonal"), samples=(((3, 3), 0, 0, 1), ((2, 3, 2), 1, 0, 1)), **PLACE,
)  # fmt: skip
DIAGONAL_COPY = row(
    "diagonal_copy", "copy(diagonal(self, offset, dim1, dim2))", {"self": "diagonal_backward(g, self.shape, offset, dim1, dim2)"}, settings="offset dim1 dim2",
    node="DiagonalBackward0_copy!", symbol="diag", spelled=("torch.diag",), samples=(((3, 3), 0, 0, 1),), **PLACE,
)  # fmt: skip
DIAGONAL_BACKWARD = row(
    "diagonal_backward", "diagonal_backward(self, shape, offset, dim1, dim2)", {"self": "diagonal(g, offset, dim1, dim2)"}, settings="shape offset dim1 dim2",
    node="DiagonalBackwardBackward0!", symbol="diag′", samples=(((2,), (2, 3), 1, 0, 1),), **LIFT,
)  # fmt: skip
DIAG_EMBED = row(
    "diag_embed", "diag_embed(self, offset, dim1, dim2)", {"self": "diagonal(g, offset, dim1, dim2)"}, settings="offset dim1 dim2", symbol="diag",
    spelled=("torch.diag_embed", "torch.diag", "Tensor.diag_embed"), samples=(((3,), 0, 0, 1), ((2, 3), 1, 1, 2)), **LIFT,
)  # fmt: skip
ROLL = row(
    "roll", "roll(self, shifts, dims)", {"self": "roll(g, opposite(shifts), dims)"}, settings="shifts dims", symbol="roll", spelled=("torch.roll", "Tensor.roll"),
    samples=(((2, 3), (1,), (1,)), ((2, 3), (2,), ())), en="The gradient rolls back.", zh="梯度滚回原位。",
)  # fmt: skip
CUMPROD = row(
    "cumprod", "cumprod(self, dim)", {"self": "cumprod_backward(g, self, result, dim)"}, settings="dim", symbol="Π…", spelled=("torch.cumprod", "Tensor.cumprod"),
    samples=(((2, 3), 1), ((3,), 0)), en="An element is in every later product; from each it receives the product of the others.", zh="一个元素出现在其后的每个积里，从每个积得到其余因子之积。",
)  # fmt: skip
retyped(CUMPROD)


def _medians(name: str, skip: bool) -> tuple[Op, Op]:
    full = row(
        name, f"middle_of_all(self, {skip})", {"self": "share(g, self == result, None)"}, twice={"self": "evenly(g, self == result)"}, symbol=name[:9],
        spelled=(f"torch.{name}", f"Tensor.{name}"), samples=(((5,),), ((2, 3),)), **MEDIAN_NOTE,
    )  # fmt: skip
    along = row(
        f"{name}_dim", f"middle(self, dim, {skip}, keepdim)",
        {"self": "scatter_chosen(restore(g, (dim,), keepdim, rank(self.shape)), self.shape, dim, restore(indices, (dim,), keepdim, rank(self.shape)))"},
        settings="dim keepdim", results="values indices", node=f"{name.capitalize()}Backward1!", symbol=name[:9], spelled=(f"torch.{name}(x, dim)",),
        samples=(((2, 3), 1, False), ((2, 3), 0, True)), **MEDIAN_NOTE,
    )  # fmt: skip
    return full, along


MEDIAN, MEDIAN_DIM = _medians("median", False)
NANMEDIAN, NANMEDIAN_DIM = _medians("nanmedian", True)

for _op, _order in (
    (PAD, ("self", "pad", "value")), (DIAGONAL, ("self", "offset", "dim1", "dim2")), (ROLL, ("self", "shifts", "dims")),
    (DIAGONAL_BACKWARD, ("self", "shape", "offset", "dim1", "dim2")),
):  # fmt: skip
    spelled(f"internal.{'padded' if _op is PAD else _op.name}")(_linear(_op, *_order))


@spelled("internal.edged")
def edged(x: Tensor, pad: Any, mode: str, rank: int) -> Tensor:
    result: Tensor = apply(EDGED[mode, rank], (x,), (pad,))
    return result


@spelled("internal.unedged")
def unedged(g: Tensor, x: Tensor, pad: Any, mode: str, rank: int) -> Tensor:
    result: Tensor = apply(UNEDGED[mode, rank], (g, x), (pad,))
    return result


@spelled("torch.nn.functional.pad")
def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """The tensor with edges: `pad` counts from the last dimension, two widths each. Raises RuntimeError where they do not fit."""
    widths = tuple(pad)
    ndim = input._data.ndim
    if len(widths) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(widths) // 2 > ndim:
        raise RuntimeError(f"Padding length should be less than or equal to two times the input dimension but got padding length {len(widths)} and input of dimension {ndim}")  # fmt: skip
    pairs = tuple((widths[place], widths[place + 1]) for place in range(0, len(widths), 2))
    full = ((0, 0),) * (ndim - len(pairs)) + tuple(reversed(pairs))
    if mode == "constant":
        for place, (size, (low, high)) in enumerate(zip(input._data.shape, full, strict=True)):
            if min(size + low, size + high) < 0:
                raise RuntimeError("narrow(): length must be non-negative.")
            if size + low + high < 0:
                raise RuntimeError(f"The input size {size}, plus negative padding {low} and {high} resulted in a negative output size, which is invalid. Check dimension {place} of your input.")  # fmt: skip
        result: Tensor = apply(PAD, (input,), (full, 0.0 if value is None else value))
        return result
    if value is not None and value != 0:
        raise ValueError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    rank = len(pairs)
    if ndim not in (rank + 1, rank + 2) or rank > 3:
        raise NotImplementedError(
            f"Padding size {len(widths)} is not supported for {ndim}D input tensor.\nSupported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    return _circular(input, full) if mode == "circular" else _mirrored(input, full, mode, rank)


def _mirrored(input: Tensor, widths: Any, mode: str, rank: int) -> Tensor:
    for place, (size, (low, high)) in enumerate(zip(input._data.shape, widths, strict=True)):
        if mode == "reflect" and max(low, high) >= size and max(low, high) > 0:
            raise RuntimeError(
                f"Argument #{2 * (len(widths) - place) + 2}: Padding size should be less than the corresponding input dimension, but got: padding ({low}, {high}) at dimension {place} "
                f"of input {list(input.shape)}"
            )
    if input._data.dtype.kind == "b":
        word = "reflection" if mode == "reflect" else "replication"
        raise NotImplementedError(f"\"{word}_pad{rank}d\" not implemented for 'Bool'")
    return edged(input, widths, mode, rank)


def _circular(input: Tensor, widths: Any) -> Tensor:
    """The tensor laid end to end with itself, written edge by edge as PyTorch does."""
    shape = input._data.shape
    wide = tuple(size + low + high for size, (low, high) in zip(shape, widths, strict=True))
    if any(max(pair) > size for pair, size in zip(widths, shape, strict=True)):
        raise RuntimeError("Padding value causes wrapping around more than once.")
    cut, copy = FUNCTIONS["narrow"], METHODS["copy_"]
    made = Tensor(np.empty(wide, input._data.dtype))
    inner, source = made, input
    sides = [(place, low, high) for place, (low, high) in reversed(list(enumerate(widths))) if place >= len(shape) - _padded(widths)]  # fmt: skip
    for place, low, high in sides:
        inner = cut(inner, place, max(low, 0), wide[place] - max(low, 0) - max(high, 0))
        source = cut(source, place, max(-low, 0), shape[place] - max(-low, 0) - max(-high, 0))
    copy(inner, source)
    for place, low, high in sides:
        if low > 0:
            copy(cut(made, place, 0, low), cut(made, place, wide[place] - low - max(high, 0), low))
        if high > 0:
            copy(cut(made, place, wide[place] - high, high), cut(made, place, max(low, 0), high))
    return made


def _padded(widths: Any) -> int:
    """How many dimensions, counted from the last, have edges."""
    return len(widths) - next((place for place, pair in enumerate(widths) if pair != (0, 0)), len(widths))


def _two(input: Tensor, dim1: int, dim2: int, extra: int = 0) -> tuple[int, int]:
    ndim = input._data.ndim + extra
    first, second = dims.one(dim1, ndim), dims.one(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return first, second


@spelled("torch.diagonal", "Tensor.diagonal")
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    result: Tensor = apply(DIAGONAL, (input,), (offset, *_two(input, dim1, dim2)))
    return result


@spelled("torch.linalg.diagonal")
def matrix_diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:  # noqa: N803
    return diagonal(A, offset, dim1, dim2)


@spelled("torch.diag_embed", "Tensor.diag_embed")
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    result: Tensor = apply(DIAG_EMBED, (input,), (offset, *_two(input, dim1, dim2, 1)))
    return result


@spelled("torch.diag", "Tensor.diag")
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The diagonal of a matrix, or a matrix with this diagonal. Raises RuntimeError for other ranks."""
    if input._data.ndim == 1:
        return diag_embed(input, diagonal)
    if input._data.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input._data.ndim}D")
    result: Tensor = apply(DIAGONAL_COPY, (input,), (diagonal, 0, 1))
    return result


@spelled("torch.diagflat", "Tensor.diagflat")
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    return diag_embed(METHODS["reshape"](input, -1), offset)


@spelled("torch.roll", "Tensor.roll")
def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    steps = (int(shifts),) if isinstance(shifts, (int, Tensor)) else tuple(shifts)
    places = () if dims is None else (dims,) if isinstance(dims, int) else tuple(dims)
    if not steps:
        raise RuntimeError("`shifts` required")
    if places and len(places) != len(steps):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(places)}")
    if not places and len(steps) > 1:
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(steps)}, dims:0")
    if not input._data.size:
        places = ()
    if places and not input._data.ndim:
        raise IndexError(f"Dimension specified as {places[0]} but tensor has no dimensions")
    result: Tensor = apply(ROLL, (input,), (steps, tuple(_one(place, input._data.ndim) for place in places)))
    return result


_one = dims.one


@spelled("torch.cumprod", "Tensor.cumprod")
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    if not isinstance(input, Tensor):
        raise argument("cumprod", "input", 1, input)
    return reduced(CUMPROD, input, (dims.one(dim, input._data.ndim),), dtype)


@spelled("internal.cumprod_backward")
def cumprod_backward(g: Tensor, x: Tensor, result: Tensor, dim: int) -> Tensor:
    """The same of Tensors: by the quotient, or by all products but one where an element is zero, written in place by place as PyTorch does."""
    m = METHODS
    if x._data.size <= 1 or x._data.shape[dim] == 1:
        return g
    if np.all(x._data):
        tail = m["flip"](m["cumsum"](m["flip"](m["mul"](result, g), dim), dim), dim)
        made: Tensor = m["div"](tail, x)
        return made
    cut, count = FUNCTIONS["narrow"], x._data.shape[dim]
    ones = Tensor(np.ones([1 if place == dim else size for place, size in enumerate(x._data.shape)], x._data.dtype))
    made = Tensor(np.zeros_like(x._data))
    for place in range(count):
        before = ones if not place else m["prod"](cut(x, dim, 0, place), dim, True)
        omitted = before
        if place < count - 1:
            later = m["cumprod"](cut(x, dim, place + 1, count - place - 1), dim)
            omitted = FUNCTIONS["cat"](
                [before, m["mul"](m["expand"](before, *later._data.shape), later) if place else later], dim
            )
        share = m["sum"](m["mul"](cut(g, dim, place, count - place), omitted), dim)
        m["copy_"](m["select"](made, dim, place), share)
    return made


def _nothing(kind: Any) -> Any:
    """The median of no numbers: nan, or the least that there is."""
    return kind.type(np.nan if kind.kind == "f" else np.iinfo(kind).min)


def _median(name: str, full: Op, along: Op) -> None:
    kind = answer(name, "values indices")

    def front(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
        if not isinstance(input, Tensor):
            raise argument(name, "input", 1, input)
        if dim is None:
            return apply(full, (input,)) if input._data.size else Tensor(_nothing(input._data.dtype))
        return kind(*apply(along, (input,), (dims.one(dim, input._data.ndim), keepdim)))

    spelled(f"torch.{name}", f"Tensor.{name}")(front)


_median("median", MEDIAN, MEDIAN_DIM)
_median("nanmedian", NANMEDIAN, NANMEDIAN_DIM)


@spelled("torch.broadcast_shapes")
def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that all of these broadcast to. Raises RuntimeError where there is none."""
    for each in shapes:
        if isinstance(each, Tensor) or not (isinstance(each, int) or all(isinstance(size, int) for size in each)):
            raise RuntimeError(f"Input shapes should be of type ints, a tuple of ints, or a list of ints, got {each}")
    rows = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    longest = max(map(len, rows), default=0)
    made = [1] * longest
    for which, each in enumerate(rows):
        for back in range(1, len(each) + 1):
            size = each[-back]
            if size != 1 and made[-back] not in (1, size):
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {size} at -{back}! Mismatching argument at index {which} had {each}; but "
                    f"expected shape should be broadcastable to {made}"
                )
            made[-back] = size if size != 1 else made[-back]
    return Size(made)


@spelled("torch.broadcast_tensors")
def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    all_tensors(tensors)
    shape: tuple[int, ...] = ()
    for each in tensors:
        together(shape, each._data.shape)
        shape = np.broadcast_shapes(shape, each._data.shape)
    return tuple(each if each._data.shape == tuple(shape) else METHODS["expand"](each, shape) for each in tensors)


@spelled("torch.meshgrid")
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """One grid for each line: rows first (`ij`) or columns first (`xy`). Raises RuntimeError for what is no line."""
    lines = list(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else list(tensors)
    all_tensors(lines)
    if not lines:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if len({each._data.dtype for each in lines}) > 1:
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    for each in lines:
        if each._data.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {list(each.shape)}")  # fmt: skip
    swap = indexing == "xy" and len(lines) > 1
    if swap:
        lines[0], lines[1] = lines[1], lines[0]
    shape = tuple(each._data.size for each in lines)
    made = []
    for place, each in enumerate(lines):
        spread = METHODS["view"](each, *(-1 if axis == place else 1 for axis in range(len(lines))))
        made.append(METHODS["expand"](spread, *shape))
    if swap:
        made[0], made[1] = made[1], made[0]
    return tuple(made)
