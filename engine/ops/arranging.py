"""Tensors put beside and turned about, by ops that are there already."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import dtypes, inside, storage
from engine.application import apply
from engine.ops import dims, joining, shape
from engine.ops.indexing import _linear, check_kind
from engine.ops.retyped import reduced, retyped
from engine.ops.table import FUNCTIONS, METHODS, all_tensors, row, spelled
from engine.tensor import Tensor

GLU = row(
    "glu", "glu(self, dim)", {"self": "glu_backward(g, self, dim)"}, settings="dim", symbol="GLU", spelled=("F.glu",), samples=(((2, 4), 1), ((4, 3), 0)),
    en="One half of the input is the gate of the other; both pass a gradient.", zh="输入的一半是另一半的门；两半都传回梯度。",
)  # fmt: skip
GLU_BACKWARD = row(
    "glu_backward", "glu_backward(g_, self, dim)",
    {
        "g_": "half(g, dim, 0) * sigmoid(half(self, dim, 1)) + half(g, dim, 1) * half(self, dim, 0) * gate_slope(half(self, dim, 1))",
        "self": "cat((half(g, dim, 1) * g_ * gate_slope(half(self, dim, 1)), half(g, dim, 0) * g_ * gate_slope(half(self, dim, 1))"
        " + half(g, dim, 1) * g_ * half(self, dim, 0) * gate_slope(half(self, dim, 1)) * (1 - 2 * sigmoid(half(self, dim, 1)))), dim)",
    },
    settings="dim", node="GluBackwardBackward0!", symbol="GLU′", samples=(((2, 2), (2, 4), 1), ((2, 3), (4, 3), 0)),
    en="A derivative that is itself differentiated.", zh="导数再求一次导。",
)  # fmt: skip
TRACE = row(
    "trace", "sum(diagonal(self, 0, 0, 1))", {"self": "traced(g, self.shape)"}, symbol="tr", spelled=("torch.trace", "Tensor.trace"), samples=(((3, 3),), ((2, 3),)),
    en="The diagonal receives the gradient, everything else zero.", zh="对角线得到梯度，其余为零。",
)  # fmt: skip
UNFOLD = row(
    "unfold", "unfolded(self, dim, size, step)", {"self": "refolded(g, self.shape, dim, size, step)"}, settings="dim size step", view=True, symbol="unfold",
    spelled=("Tensor.unfold",), samples=(((5,), 0, 2, 1), ((2, 4), 1, 2, 2)),
    en="An element that stands in several windows receives the sum of their gradients.", zh="出现在多个窗口里的元素得到这些窗口的梯度之和。",
)  # fmt: skip
REFOLDED = row(
    "refolded", "refolded(self, shape, dim, size, step)", {"self": "unfolded(g, dim, size, step)"}, settings="shape dim size step", node="UnfoldBackwardBackward0!",
    symbol="unfold′", samples=(((4, 2), (5,), 0, 2, 1),),
    en="Where the gradient was spread, it is taken from there.", zh="梯度从它被放置的位置取回。",
)  # fmt: skip
NANSUM = row(
    "nansum", "sum(where(isnan(self), 0, self), dim, keepdim)", {"self": "unreduce(g, dim, keepdim, self.shape) * (self == self)"}, settings="dim keepdim", symbol="Σ",
    spelled=("torch.nansum", "Tensor.nansum"), samples=(((2, 3), (0, 1), False), ((2, 3), (1,), True), ((2, 3), None, False)),
    en="Every number receives the gradient of the sum; what is nan receives none.", zh="每个数得到和的梯度；nan 处没有梯度。",
)  # fmt: skip
retyped(NANSUM)
spelled("internal.refolded")(_linear(REFOLDED, "self", "shape", "dim", "size", "step"))
spelled("internal.unfolded")(_linear(UNFOLD, "self", "dim", "size", "step"))


@spelled("internal.glu_backward")
def glu_backward(g: Tensor, x: Tensor, dim: int) -> Tensor:
    result: Tensor = apply(GLU_BACKWARD, (g, x), (dim,))
    return result


@spelled("internal.traced")
def traced(g: Tensor, shape: tuple[int, int]) -> Tensor:
    """Zeros, whose diagonal is filled by its places in the row of all elements."""
    zeros, places = Tensor(np.zeros(shape[0] * shape[1], g._data.dtype)), range(0, shape[0] * shape[1], shape[1] + 1)
    filled = METHODS["index_fill"](zeros, 0, Tensor(np.array(places[: min(shape)])), g)
    result: Tensor = METHODS["view"](filled, shape)
    return result


@spelled("torch.nn.functional.glu")
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half times the sigmoid of the second. Raises RuntimeError where there are no two halves."""
    if not input._data.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    place = dims.one(dim, input._data.ndim)
    size = input._data.shape[place]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {place} is size {size}")
    result: Tensor = apply(GLU, (input,), (place,))
    return result


@spelled("torch.trace", "Tensor.trace")
def trace(input: Tensor) -> Tensor:
    if input._data.ndim != 2:
        raise RuntimeError("trace: expected a matrix, but got tensor with dim " + str(input._data.ndim))
    result: Tensor = apply(TRACE, (input,))
    return result


@spelled("Tensor.unfold")
def unfold(self: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """A view of all windows along one dimension, their elements as the last dimension."""
    place = dims.one(dimension, self._data.ndim)
    limit = self._data.shape[place] if self._data.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > limit:
        raise RuntimeError(f"maximum size for tensor at dimension {place} is {limit} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    result: Tensor = apply(UNFOLD, (self,), (place, size, step))
    return result


@spelled("torch.nansum", "Tensor.nansum")
def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    places = dims.several("nansum", dim, input._data.ndim)
    return reduced(NANSUM, input, (places or None, keepdim), dtype)


@spelled("torch.nanmean", "Tensor.nanmean")
def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The mean of what is a number. Raises RuntimeError for integers and truth values."""
    m = METHODS
    if input._data.dtype.kind != "f":
        raise RuntimeError(
            f"nanmean(): expected input to have floating point or complex dtype but got {input.dtype.scalar}"
        )
    count = m["sum"](m["logical_not"](m["isnan"](input.detach())), dim, keepdim)
    result: Tensor = m["div"](nansum(input, dim, keepdim, dtype=dtype), count)
    return result


@spelled("torch.real", "Tensor.conj", "torch.conj")
def real(input: Tensor) -> Tensor:
    """The tensor itself: no number here is complex."""
    return input


@spelled("torch.ger", "Tensor.ger")
def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """What `outer` gives, by its older name."""
    return METHODS["outer"](input, vec2)  # type: ignore[no-any-return]


@spelled("torch.fliplr", "Tensor.fliplr")
def fliplr(input: Tensor) -> Tensor:
    if input._data.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return METHODS["flip"](input, 1)  # type: ignore[no-any-return]


@spelled("torch.flipud", "Tensor.flipud")
def flipud(input: Tensor) -> Tensor:
    if input._data.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return METHODS["flip"](input, 0)  # type: ignore[no-any-return]


def _least(rank: int) -> None:
    def one(input: Tensor) -> Tensor:
        result = input
        if rank == 1 and not input._data.ndim:
            result = METHODS["reshape"](input, 1)
        elif rank > 1 and not input._data.ndim:
            result = METHODS["reshape"](input, *(1,) * rank)
        elif rank > 1 and input._data.ndim == 1:
            result = METHODS["unsqueeze"](input, 0)
            result = METHODS["unsqueeze"](result, -1) if rank == 3 else result
        elif rank == 3 and input._data.ndim == 2:
            result = METHODS["unsqueeze"](input, -1)
        return result

    def front(*tensors: Any) -> Any:
        given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (Tensor, list, tuple)) else tensors
        all_tensors([given] if isinstance(given, Tensor) else given)
        return one(given) if isinstance(given, Tensor) else tuple(one(each) for each in given)

    spelled(f"torch.atleast_{rank}d")(front)


for _rank in (1, 2, 3):
    _least(_rank)


@spelled("torch.column_stack")
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors side by side, lines as columns."""
    if not tensors:
        raise RuntimeError("column_stack expects a non-empty TensorList")
    wide = [METHODS["reshape"](each, each._data.size, 1) if each._data.ndim < 2 else each for each in tensors]
    result: Tensor = FUNCTIONS["hstack"](wide)
    return result


@spelled("torch.dstack")
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors one behind the other, along the third dimension."""
    if not tensors:
        raise RuntimeError("dstack expects a non-empty TensorList")
    result: Tensor = FUNCTIONS["cat"]([FUNCTIONS["atleast_3d"](each) for each in tensors], 2)
    return result


MOST = (1 << 60) - 1
"""So many tensors a list of PyTorch's can hold."""


def _pieces(input: Tensor, indices_or_sections: Any, dim: int) -> tuple[Tensor, ...]:
    place = dims.one(dim, input._data.ndim)
    size = input._data.shape[place]
    if isinstance(indices_or_sections, int):
        count = indices_or_sections
        if count <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {count}")
        if count > MOST:
            raise RuntimeError("cannot create std::vector larger than max_size()")
        edges = [0, *itertools.accumulate(size // count + (part < size % count) for part in range(count))]
    elif isinstance(indices_or_sections, Tensor) and not indices_or_sections._data.ndim:
        return _pieces(input, int(indices_or_sections.item()), dim)
    else:
        cuts = [int(each) for each in (indices_or_sections.tolist() if isinstance(indices_or_sections, Tensor) else indices_or_sections)]  # fmt: skip
        edges = [0, *(slice(None, cut).indices(size)[1] for cut in cuts), size]
    return tuple(FUNCTIONS["narrow"](input, place, low, max(high - low, 0)) for low, high in itertools.pairwise(edges))


@spelled("torch.tensor_split", "Tensor.tensor_split")
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of nearly equal size, or between the given indices."""
    if not input._data.ndim:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    if isinstance(indices_or_sections, Tensor):
        inside.refuse(inside.NO_RULE.format("aten::tensor_split.tensor_indices_or_sections"), indices_or_sections)
        check_kind("tensor_split", indices_or_sections)
    return _pieces(input, indices_or_sections, dim)


@spelled("torch.hsplit", "Tensor.hsplit")
def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    return _even(input, indices_or_sections, 0 if input._data.ndim == 1 else 1, "hsplit")


@spelled("torch.vsplit", "Tensor.vsplit")
def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    return _even(input, indices_or_sections, 0, "vsplit")


def _even(input: Tensor, cut: Any, dim: int, name: str) -> tuple[Tensor, ...]:
    least = 2 if name == "vsplit" else 1
    if input._data.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {input._data.ndim} dimensions!"
        )
    size = input._data.shape[dim]
    if isinstance(cut, int) and (cut <= 0 or size % cut):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension {size} is not divisible by the "
            f"split_size {cut}!"
        )
    return _pieces(input, cut, dim)


@spelled("torch.ravel", "Tensor.ravel")
def ravel(input: Tensor) -> Tensor:
    return METHODS["view"](METHODS["contiguous"](input), -1)  # type: ignore[no-any-return]


@spelled("Tensor.reshape_as")
def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    return METHODS["reshape"](self, other._data.shape)  # type: ignore[no-any-return]


@spelled("torch.repeat_interleave", "Tensor.repeat_interleave")
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Every element, or every slice along `dim`, as often as `repeats` says. Raises RuntimeError where that makes another size than told."""
    m = METHODS
    if repeats is None:
        check_kind("repeat_interleave", input)
        places = np.repeat(np.arange(input._data.size), input._data)
        if output_size not in (None, places.size):
            raise RuntimeError("allocated size does not match required size")
        return Tensor(places)
    if dim is None:
        input, dim = METHODS["view"](METHODS["contiguous"](input), -1), 0
    if not input._data.ndim:
        raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got 1)")
    place = dims.one(dim, input._data.ndim)
    times = repeats._data if isinstance(repeats, Tensor) else repeats
    if np.any(np.asarray(times) < 0):
        raise RuntimeError("Repeats must be non-negative" if isinstance(repeats, int) else "repeats can not be negative")  # fmt: skip
    if isinstance(repeats, int):
        whole = repeats * input._data.shape[place]
        if output_size not in (None, whole):
            raise RuntimeError(f"repeat_interleave: Invalid output_size, expected {whole} but got {output_size}")
        wide = m["unsqueeze"](input, place + 1)
        shape = list(wide._data.shape)
        shape[place + 1] = repeats
        copied = m["clone"](m["expand"](wide, shape), memory_format=storage.FORMATS["contiguous_format"])
        own = list(input._data.shape)
        own[place] *= repeats
        result: Tensor = m["view"](copied, own)
        return result
    size = input._data.shape[place]
    if np.size(times) not in (1, size):
        raise RuntimeError(f"repeats must have the same size as input along dim, but got repeats.size(0) = {np.size(times)} and input.size({place}) = {size}")  # fmt: skip
    if isinstance(repeats, Tensor):
        check_kind("repeat_interleave", repeats)
    chosen = np.repeat(np.arange(size), np.ravel(times) if np.size(times) > 1 else int(np.ravel(times)[0]))
    if output_size not in (None, chosen.size):
        raise RuntimeError("allocated size does not match required size")
    result = m["index_select"](input, place, Tensor(chosen))
    return result


@spelled("torch.diff", "Tensor.diff")
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours, taken `n` times."""
    if not input._data.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    place = dims.one(dim, input._data.ndim)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if n == 0:
        return METHODS["copy_"](FUNCTIONS["zeros_like"](input), input)  # type: ignore[no-any-return]
    around = [each for each in (prepend, input, append) if each is not None]
    made = FUNCTIONS["cat"](around, place) if len(around) > 1 else input
    for _ in range(min(n, made._data.shape[place])):
        size = made._data.shape[place]
        cut = FUNCTIONS["narrow"]
        earlier, later = cut(made, place, 0, max(size - 1, 0)), cut(made, place, min(1, size), max(size - 1, 0))
        made = METHODS["logical_xor"](later, earlier) if made._data.dtype.kind == "b" else METHODS["sub"](later, earlier)  # fmt: skip
    return made


@spelled("torch.cartesian_prod")
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Every choice of one element from each line, one a row."""
    all_tensors(tensors)
    for each in tensors:
        if each._data.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(each._data.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    if len({each.dtype for each in tensors}) > 1:
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    grids = FUNCTIONS["meshgrid"](*tensors)
    result: Tensor = FUNCTIONS["stack"]([FUNCTIONS["flatten"](each) for each in grids], 1)
    return result


@spelled("torch.combinations")
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Every choice of `r` elements of a line, one a row."""
    if input._data.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r < 1:
        return Tensor(np.zeros(0, input._data.dtype))
    grids = FUNCTIONS["meshgrid"](*[input] * r)
    size = input._data.shape[0]
    steps = np.indices((size,) * r)
    kept = np.ones((size,) * r, bool)
    for one, two in itertools.pairwise(steps):
        kept &= one <= two if with_replacement else one < two
    result: Tensor = FUNCTIONS["stack"]([METHODS["masked_select"](each, Tensor(kept)) for each in grids], 1)
    return result


spelled("torch.swapdims", "Tensor.swapdims")(shape.transpose)
spelled("torch.concatenate")(joining.cat)
spelled("torch.row_stack")(joining.vstack)
METHODS["byte"] = lambda self: METHODS["to"](self, dtypes.uint8)
METHODS["char"] = lambda self: METHODS["to"](self, dtypes.int8)
