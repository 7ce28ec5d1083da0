"""Putting values into places: scatter, index_add and their kin, and taking by mask or flat index."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import inside
from engine.application import apply
from engine.broadcast import together
from engine.ops import dims
from engine.ops.indexing import LIFT, PLACE, _linear, check_kind, index_tensor
from engine.ops.table import FUNCTIONS, METHODS, argument, row, spelled
from engine.tensor import Tensor

ADDED = {
    "en": "The gradient passes on; what was added receives it from where it was added.",
    "zh": "梯度原样通过；被加进来的值从它被加之处得到梯度。",
}
WRITTEN = {
    "en": "The gradient at the written places goes to what was written, elsewhere it passes unchanged.",
    "zh": "写入处的梯度传给写入的值，其余位置原样通过。",
}

SCATTER_ADD = row(
    "scatter_added", "scatter_added(self, dim, index, src)", {"self": "g", "src": "gather(g, dim, index)"}, inputs="self index src", settings="dim", node="ScatterAdd",
    symbol="scatter+", spelled=("torch.scatter_add", "Tensor.scatter_add"), samples=(((2, 3), [[0, 0], [2, 1]], (2, 2), 1),), **ADDED,
)  # fmt: skip
SCATTER = row(
    "scatter", "scatter(self, dim, index, src)", {"self": "scatter(g, dim, index, 0)", "src": "gather(g, dim, index)"}, inputs="self index src", settings="dim",
    symbol="scatter", spelled=("torch.scatter", "Tensor.scatter"), samples=(((2, 3), [[0, 1], [2, 1]], (2, 2), 1),), **WRITTEN,
)  # fmt: skip
SCATTER_VALUE = row(
    "scatter_value", "scatter(self, dim, index, value)", {"self": "scatter(g, dim, index, 0)"}, inputs="self index", settings="dim value", node="ScatterBackward1!",
    symbol="scatter", spelled=("torch.scatter(x, 0, index, 5.)",), samples=(((2, 3), [[0, 1], [2, 1]], 1, 5.0),), **WRITTEN,
)  # fmt: skip
SCATTER_FOLDED = row(
    "scatter_folded", "scatter_folded(self, dim, index, src, reduce)", {"self": 'underivable(g, "scatter")', "src": 'underivable(g, "scatter")'},
    inputs="self index src", settings="dim reduce", node="torch::autograd::NotImplemented!", symbol="scatter", spelled=('torch.scatter(x, 0, index, y, reduce="add")',),
    samples=(((2, 3), [[0, 0], [2, 1]], (2, 2), 1, "add"),),
    en="Values folded into their places; PyTorch has no derivative for it.", zh="值并入各处；PyTorch 没有给出它的导数。",
)  # fmt: skip
INDEX_ADD = row(
    "index_added", "index_added(self, dim, index, source, alpha)", {"self": "g", "source": "alpha * index_select(g, dim, index)"}, inputs="self index source", twice={"source": "spread_as(index_select(g, dim, index), source.shape) if alpha == 1 else alpha * spread_as(index_select(g, dim, index), source.shape)"},
    settings="dim alpha", held=("source",), node="IndexAdd", symbol="[…]+", spelled=("torch.index_add", "Tensor.index_add"), samples=(((2, 3), [0, 2, 0], (2, 3), 1, 2.0),), **ADDED,
)  # fmt: skip
INDEX_COPY = row(
    "index_copy", "index_copied(self, dim, index, source)", {"self": "index_filled(g, dim, index, 0)", "source": "index_select(g, dim, index)"}, twice={"source": "spread_as(index_select(g, dim, index), source.shape)"},
    inputs="self index source", settings="dim", held=("source",), symbol="[…]=", spelled=("torch.index_copy", "Tensor.index_copy"), samples=(((2, 3), [2, 0], (2, 2), 1),), **WRITTEN,
)  # fmt: skip
INDEX_FILL = row(
    "index_fill", "index_filled(self, dim, index, value)", {"self": "index_filled(g, dim, index, 0)"}, inputs="self index", settings="dim value", symbol="[…]=",
    spelled=("torch.index_fill", "Tensor.index_fill"), samples=(((2, 3), [2, 0], 1, 7.0),),
    en="No gradient reaches the places that were filled.", zh="被填充的位置得不到梯度。",
)  # fmt: skip
INDEX_FILL_TENSOR = row(
    "index_fill_tensor", "index_filled(self, dim, index, value)", {"self": "index_filled(g, dim, index, 0)", "value": "sum(index_select(g, dim, distinct(index)))"},
    inputs="self index value", settings="dim", node="IndexFillBackward1!", symbol="[…]=", spelled=("x.index_fill(0, index, t)",), samples=(((2, 3), [2, 0], (), 1),), **WRITTEN,
)  # fmt: skip
MASKED_SELECT = row(
    "masked_select", "masked_select(self, mask)", {"self": "masked_put(g, self.shape, mask)"}, inputs="self mask", held=("self",), symbol="[mask]",
    spelled=("torch.masked_select", "Tensor.masked_select"), samples=(((2, 3), [True, False, True]),), **PLACE,
)  # fmt: skip
MASKED_PUT = row(
    "masked_put", "masked_put(self, shape, mask)", {"self": "masked_select(g, mask)"}, inputs="self mask", settings="shape", node="MaskedScatterBackward0!", beside=(0,),
    symbol="[mask]=", samples=(((4,), [True, False, True], (2, 3)),), **LIFT,
)  # fmt: skip
MASKED_SCATTER = row(
    "masked_scatter", "masked_scatter(self, mask, source)", {"self": "masked_fill(g, mask, 0)", "source": "masked_taken(g, source.shape, mask)"},
    inputs="self mask source", symbol="[mask]=", spelled=("torch.masked_scatter", "Tensor.masked_scatter"), samples=(((2, 3), [[True, False, True], [False, True, True]], (2, 3)),), **WRITTEN,
)  # fmt: skip
MASKED_TAKEN = row(
    "masked_taken", "masked_taken(self, shape, mask)", {"self": "masked_scatter(zeros_like(self), mask, g)"}, inputs="self mask", settings="shape",
    node="MaskedScatterBackwardBackward0!", symbol="[mask]", samples=(((2, 3), [[True, False, True], [False, True, True]], (2, 3)),), **LIFT,
)  # fmt: skip
TAKE = row(
    "take", "take_flat(self, index)", {"self": "put_flat(g, self.shape, index)"}, inputs="self index", held=("self",), symbol="[…]", spelled=("torch.take", "Tensor.take"),
    samples=(((2, 3), [0, 5, 0]),), **PLACE,
)  # fmt: skip
PUT_FLAT = row(
    "put_flat", "put_flat(self, shape, index)", {"self": "take_flat(g, index)"}, inputs="self index", settings="shape", node="PutBackward0!", beside=(0,), symbol="[…]=",
    samples=(((3,), [0, 5, 0], (2, 3)),), **LIFT,
)  # fmt: skip

for _op, _order in (
    (MASKED_SELECT, ("self", "mask")), (MASKED_PUT, ("self", "shape", "mask")), (MASKED_SCATTER, ("self", "mask", "source")),
    (MASKED_TAKEN, ("self", "shape", "mask")), (PUT_FLAT, ("self", "shape", "index")), (INDEX_FILL, ("self", "dim", "index", "value")),
):  # fmt: skip
    _name = {"index_fill": "index_filled"}.get(_op.name, _op.name)
    spelled(f"internal.{_name}")(_linear(_op, *_order))
spelled("internal.take_flat")(_linear(TAKE, "self", "index"))
spelled("internal.scatter")(_linear(SCATTER_VALUE, "self", "dim", "index", "value"))


def _checked(name: str, input: Tensor, dim: int, index: Any, source: Any) -> int:
    """The dimension, once index and source fit. Raises what PyTorch raises where they do not."""
    if not isinstance(input, Tensor):
        raise argument(name, "input", 1, input)
    index_tensor(name, index)
    place = dims.one(dim, input._data.ndim)
    check_kind(name, index)
    if isinstance(source, Tensor) and source._data.dtype != input._data.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    rank = max(input._data.ndim, 1)
    if index._data.size and max(index._data.ndim, 1) != rank:
        raise RuntimeError("Index tensor must have the same number of dimensions as self tensor")
    if isinstance(source, Tensor) and index._data.size and max(source._data.ndim, 1) != rank:
        raise _unlike(index._data.shape, source._data.shape)
    _within(name, input, place, index, source)
    return place


def _unlike(index: tuple[int, ...], source: tuple[int, ...]) -> Exception:
    """What PyTorch says of a source of another rank: it compares sizes until it asks for one that is not there."""
    for axis, size in enumerate(index if source else ()):
        if axis == len(source):
            return IndexError(
                f"Dimension out of range (expected to be in range of [{-axis}, {axis - 1}], but got {axis})"
            )
        if size > source[axis]:
            break
    return RuntimeError("Index tensor must have the same number of dimensions as src tensor")


def _within(name: str, input: Tensor, place: int, index: Tensor, source: Any) -> None:
    own, wanted = input._data.shape or (1,), index._data.shape or (1,)
    given = (source._data.shape or (1,)) if isinstance(source, Tensor) else None
    if index._data.size and any(
        (axis != place and size > own[axis]) or (given is not None and size > given[axis])
        for axis, size in enumerate(wanted)
    ):
        besides = "" if given is None else f" and to be no larger size than src {list(given)}"
        raise RuntimeError(f"Expected index {list(wanted)} to be no larger than self {list(own)} apart from dimension {place}{besides}")  # fmt: skip
    for each in np.ravel(index._data).tolist():
        if not 0 <= each < own[place]:
            raise RuntimeError(f"index {each} is out of bounds for dimension {place} with size {own[place]}")


@spelled("torch.scatter_add", "Tensor.scatter_add")
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    place = _checked("scatter", input, dim, index, src)
    result: Tensor = apply(SCATTER_ADD, (input, index, src), (place,))
    return result


@spelled("torch.scatter", "Tensor.scatter")
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """`input` with a source or a number written at the indices along `dim`."""
    source = value if src is None else src
    place = _checked("scatter", input, dim, index, source)
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise RuntimeError("reduce argument must be either add or multiply.")
        filled = source if isinstance(source, Tensor) else Tensor(np.full(index._data.shape, source, input._data.dtype))
        result: Tensor = apply(SCATTER_FOLDED, (input, index, filled), (place, reduce))
        return result
    if isinstance(source, Tensor):
        result = apply(SCATTER, (input, index, source), (place,))
        return result
    result = apply(SCATTER_VALUE, (input, index), (place, source))
    return result


ADDS = ("index_add_", "index_reduce_")


def _along(name: str, input: Tensor, dim: int, index: Any, limit: bool = True) -> int:
    place = dims.one(dim, input._data.ndim)
    if name == "index_fill_":
        check_kind(name, index_tensor(name, index))
    if index_tensor(name, index)._data.ndim > 1:
        if name == "index_copy_":
            raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index._data.ndim})")
        raise IndexError(f"{name}(): Index is supposed to be a vector, but got dim: {index._data.ndim} with type: {index.dtype.scalar} and size: {list(index.shape)}" if name in ADDS else f"{name}(): Index is supposed to be a vector")  # fmt: skip
    check_kind(name, index)
    if limit:
        _bounded(name, input, place, index)
    return place


def _bounded(name: str, input: Tensor, place: int, index: Tensor) -> None:
    size = input._data.shape[place] if input._data.ndim else 1
    for each in np.ravel(index._data).tolist():
        if not (-size if name == "index_fill_" else 0) <= each < size:
            if name == "index_add_" and input._data.ndim > 1:
                raise RuntimeError(f"index {each} is out of bounds for dimension {place} with size {size}")
            lead = "index_copy_(): " if name == "index_copy_" else ""
            raise IndexError("index out of range in self" if name in ADDS else f"{lead}index {each} is out of bounds for dimension {place} with size {size}")  # fmt: skip


def added(name: str, input: Tensor, dim: int, index: Tensor, source: Tensor) -> int:
    """The dimension along which slices of the source are added to the input. Raises RuntimeError where they do not fit."""
    place = _along(name, input, dim, index, limit=False)
    if source._data.dtype != input._data.dtype:
        raise RuntimeError(
            f"{name}(): self ({input.dtype.scalar}) and source ({source.dtype.scalar}) must have the same scalar type"
        )
    count = source._data.shape[place] if source._data.ndim else 1
    if index._data.size != count:
        raise RuntimeError(
            f"{name}(): Number of indices ({index._data.size}) should be equal to source.size(dim): ({count}), for dim: {place}"
        )
    own, given = ([size for axis, size in enumerate(each._data.shape) if axis != place] for each in (input, source))
    lone = name == "index_reduce_" and input._data.ndim != source._data.ndim
    if lone or (own != given and input._data.ndim):
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(input.shape)} source.shape = {list(source.shape)}"
        )
    _bounded(name, input, place, index)
    return place


@spelled("torch.index_add", "Tensor.index_add")
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    place = added("index_add_", input, dim, index, source)
    result: Tensor = apply(INDEX_ADD, (input, index, source), (place, alpha))
    return result


def slices(name: str, input: Tensor, dim: int, index: Tensor, source: Tensor) -> int:
    """The dimension along which slices of the source are put into the input. Raises IndexError and RuntimeError where they do not fit."""
    place = _along(name, input, dim, index)
    own, given = input._data.shape, source._data.shape
    if not given and index._data.size != 1:
        raise IndexError(f"{name}(): When source is scalar, index should have one element (got {index._data.size})")
    if own and given and len(own) != len(given):
        raise IndexError(
            f"{name}(): When source and destination are not scalars, their dimensionality must match. Source dimensionality "
            f"({len(given)}), destination dimensionality ({len(own)})"
        )
    count = given[place] if given else 1
    if index._data.size != count:
        raise IndexError(
            f"{name}(): Number of indices ({index._data.size}) should be equal to source.size(dim) ({count})"
        )
    one, two = ([size for axis, size in enumerate(shape) if axis != place] for shape in (own, given))
    if own and given and one != two:
        first, second = (" ".join(map(str, sizes)) for sizes in (one, two))
        raise RuntimeError(
            f"{name}(): Source/destination tensor must have same slice shapes. Destination slice shape: {first} at dimension {place} and "
            f"source slice shape: {second} at dimension {place}."
        )
    return place


def copied(input: Tensor, dim: int, index: Tensor, source: Tensor) -> int:
    """The dimension along which slices are copied. Raises IndexError and RuntimeError where they do not fit, RuntimeError for another dtype."""
    place = slices("index_copy_", input, dim, index, source)
    if source._data.dtype != input._data.dtype:
        raise RuntimeError(
            f"index_copy_(): self and source expected to have the same dtype, but got (self) {input.dtype.scalar} and (source) "
            f"{source.dtype.scalar}"
        )
    return place


@spelled("torch.index_copy", "Tensor.index_copy")
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    place = copied(input, dim, index, source)
    result: Tensor = apply(INDEX_COPY, (input, index, source), (place,))
    return result


@spelled("torch.index_fill", "Tensor.index_fill")
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    check_fill(value)
    place = _along("index_fill_", input, dim, index)
    if isinstance(value, Tensor):
        result: Tensor = apply(INDEX_FILL_TENSOR, (input, index, value), (place,))
        return result
    result = apply(INDEX_FILL, (input, index), (place, value))
    return result


def check_fill(value: Any) -> None:
    """Raises RuntimeError for a tensor that is more than a number."""
    if isinstance(value, Tensor) and value._data.ndim:
        raise RuntimeError(
            f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value._data.ndim} dimension(s)."
        )


def _mask(name: str, mask: Any) -> Tensor:
    if not isinstance(mask, Tensor):
        raise argument(name, "mask", 2, mask)
    if mask._data.dtype.kind != "b":
        raise RuntimeError(f"{name}: expected BoolTensor for mask" if name == "masked_select" else f"{name}_ only supports boolean masks, but got mask with dtype {mask.dtype.scalar}")  # fmt: skip
    return mask


@spelled("torch.masked_select", "Tensor.masked_select")
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    _mask("masked_select", mask)
    inside.refuse(inside.MASKED, mask)
    together(mask._data.shape, input._data.shape)
    result: Tensor = apply(MASKED_SELECT, (input, mask))
    return result


@spelled("torch.masked_scatter", "Tensor.masked_scatter")
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    _mask("masked_scatter", mask)
    if input._data.dtype != source._data.dtype:
        raise RuntimeError(f"masked_scatter: expected self and source to have same dtypes but got{input.dtype.scalar} and {source.dtype.scalar}")  # fmt: skip
    shape = FUNCTIONS["broadcast_shapes"](input._data.shape, mask._data.shape)
    if int(np.broadcast_to(mask._data, shape).sum()) > source._data.size:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    wide = input if input._data.shape == tuple(shape) else METHODS["expand"](input, shape)
    result: Tensor = apply(MASKED_SCATTER, (wide, mask, source))
    return result


@spelled("torch.take", "Tensor.take")
def take(input: Tensor, index: Tensor) -> Tensor:
    check_kind("take", index_tensor("take", index))
    size = input._data.size
    if any(not -size <= each < size for each in np.ravel(index._data).tolist()):
        if not size:
            raise IndexError("take(): tried to take from an empty tensor")
        raise IndexError("out of range: tried to access index " + str(next(each for each in np.ravel(index._data).tolist() if not -size <= each < size)) + f" on a tensor of {size} elements.")  # fmt: skip
    result: Tensor = apply(TAKE, (input, index))
    return result


@spelled("torch.take_along_dim", "Tensor.take_along_dim")
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """Elements picked along one dimension, index and input broadcast over the others; over the flat tensor without `dim`."""
    if dim is None:
        flat: Tensor = METHODS["gather"](METHODS["reshape"](input, -1), 0, METHODS["reshape"](indices, -1))
        return flat
    check_kind("take_along_dim", indices)
    if input._data.ndim != indices._data.ndim:
        raise RuntimeError(
            f"torch.take_along_dim(): input and indices should have the same number of dimensions, but got {input._data.ndim} dimensions "
            f"for input, and {indices._data.ndim} dimensions for indices"
        )
    place = dims.one(dim, input._data.ndim)
    one, two = ((*each._data.shape[:place], 1, *each._data.shape[place + 1 :]) for each in (input, indices))
    together(one, two)
    sizes = list(FUNCTIONS["broadcast_shapes"](one, two))
    if np.any(indices._data < 0):
        indices = Tensor(np.where(indices._data < 0, indices._data + input._data.shape[place], indices._data))
    own, asked = list(sizes), list(sizes)
    own[place], asked[place] = input._data.shape[place], indices._data.shape[place]
    result: Tensor = METHODS["gather"](METHODS["expand"](input, own), place, METHODS["expand"](indices, asked))
    return result
