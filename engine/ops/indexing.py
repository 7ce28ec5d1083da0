"""Taking parts: `x[...]` in all its forms, gather, select, embedding."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from engine import inside, recording
from engine.application import apply, refuse_stale, wrap
from engine.ops import dims
from engine.ops.shape import unsqueeze
from engine.ops.table import METHODS, row, spelled
from engine.tensor import Tensor

PLACE = {
    "en": "The gradient goes to the places that were taken; all others get zero.",
    "zh": "梯度回到被取出的位置，其余位置为零。",
}
BYTES = "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."
SAYING = (Tensor, list, tuple, range, str, slice, type(None), type(Ellipsis))
LISTED = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use x[tuple(seq)] instead of "
    "x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], which will result either in an error or a different "
    "result"
)
LIFT = {"en": "Where the gradient was spread, it is taken from there.", "zh": "梯度从它被放置的位置取回。"}

SELECT = row("select", "select(self, dim, index)", {"self": "select_backward(g, self.shape, dim, index)"}, settings="dim index", view=True,
             symbol="[i]", spelled=("x[i]", "torch.select", "Tensor.select"), samples=(((2, 3), 1, 2), ((3,), 0, 1)), **PLACE)  # fmt: skip
ALIAS = row("alias", "alias(self)", {"self": "g"}, view=True, symbol="alias", spelled=("x[...]",), samples=(((2, 3),), ((),)),
            en="Another name for the same memory: the gradient passes unchanged.", zh="同一块内存的另一个名字：梯度原样通过。")  # fmt: skip
PRIMAL = row("fw_primal", "alias(self)", {"self": "g"}, node="Identity!", view=True, symbol="primal", spelled=("torch.autograd.forward_ad.unpack_dual",),
             samples=(((2, 3),), ((),)), en="A dual tensor without its tangent: the gradient passes unchanged.", zh="去掉切向量的对偶张量：梯度原样通过。")  # fmt: skip
SELECT_BACKWARD = row("select_backward", "select_backward(self, shape, dim, index)", {"self": "select(g, dim, index)"}, settings="shape dim index",
                      node="SelectBackwardBackward0!", symbol="[i]′", samples=(((2,), (2, 3), 1, 2),), **LIFT)  # fmt: skip
SLICE = row("slice", "narrow(self, dim, start, stop, step)", {"self": "slice_backward(g, self.shape, dim, start, stop, step)"},
            settings="dim start stop step", view=True, symbol="[:]", spelled=("x[a:b]", "Tensor.narrow"), samples=(((4, 3), 0, 1, 4, 2),), **PLACE)  # fmt: skip
SLICE_BACKWARD = row("slice_backward", "slice_backward(self, shape, dim, start, stop, step)", {"self": "narrow(g, dim, start, stop, step)"},
                     settings="shape dim start stop step", node="SliceBackwardBackward0!", symbol="[:]′", samples=(((2, 3), (4, 3), 0, 1, 4, 2),), **LIFT)  # fmt: skip
INDEX = row("index", "take(self, index)", {"self": "put(g, self.shape, index)"}, settings="index", kept=("index",), symbol="[…]", spelled=("x[[0, 2]]", "x[mask]"),
            samples=(((4, 3), (np.array([0, 2, 0]),)), ((2, 3), (None, np.array([0, 0])))),
            en="The gradient goes to the places that were taken; a place taken twice gets both.", zh="梯度回到被取出的位置；取了两次的位置得到两份。")  # fmt: skip
PUT = row("put", "put(self, shape, index)", {"self": "take(g, index)"}, settings="shape index", kept=("index",), node="IndexPutImplBackward0!", beside=(0,), symbol="[…]=",
          samples=(((3, 3), (4, 3), (np.array([0, 2, 0]),)),), **LIFT)  # fmt: skip
GATHER = row("gather", "gather(self, dim, index)", {"self": "scatter_add(g, self.shape, dim, index)"}, inputs="self index", settings="dim",
             held=("self",), symbol="gather", spelled=("torch.gather", "Tensor.gather"), samples=(((2, 3), [[0, 0], [2, 1]], 1),),
             en="The gradient goes back to where each element was gathered from, and adds up there.", zh="梯度回到每个元素被取来的位置，并在那里相加。")  # fmt: skip
SCATTER = row("scatter_add", "scatter_add(self, shape, dim, index)", {"self": "gather(g, dim, index)"}, inputs="self index", settings="shape dim",
              beside=(0,), symbol="scatter+", samples=(((2, 2), [[0, 0], [2, 1]], (2, 3), 1),), **LIFT)  # fmt: skip
CHOSEN = row("scatter_chosen", "scatter_chosen(self, shape, dim, index)", {"self": "gather(g, dim, index)"}, inputs="self index", settings="shape dim",
             node="ScatterBackward0!", beside=(0,), symbol="scatter", samples=(((2, 2), [[0, 1], [2, 1]], (2, 3), 1),), **LIFT)  # fmt: skip
INDEX_SELECT = row("index_select", "index_select(self, dim, index)", {"self": "index_add(g, self.shape, dim, index)"}, inputs="self index",
                   settings="dim", symbol="[…]", spelled=("torch.index_select", "Tensor.index_select"), samples=(((2, 3), [0, 2, 0], 1),), **PLACE)  # fmt: skip
INDEX_ADD = row("index_add", "index_add(self, shape, dim, index)", {"self": "index_select(g, dim, index)"}, inputs="self index", settings="shape dim",
                beside=(0,), symbol="[…]+", samples=(((2, 3), [0, 2, 0], (2, 3), 1),), **LIFT)  # fmt: skip


@spelled("torch.select", "Tensor.select")
def select(input: Tensor, dim: int, index: int) -> Tensor:
    if not input._data.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    place = dims.one(dim, input._data.ndim)
    size = input._data.shape[place]
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {place}"
        )
    result: Tensor = apply(SELECT, (input,), (place, index % size))
    return result


@spelled("torch.narrow", "Tensor.narrow")
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` elements from `start` on. Raises RuntimeError or IndexError where there are not that many."""
    if not input._data.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if isinstance(start, Tensor):
        if start._data.ndim or start._data.dtype.kind not in "iu":
            raise RuntimeError("start must be an 0-dim integral Tensor.")
        start = int(start.item())
    place = dims.one(dim, input._data.ndim)
    size = input._data.shape[place]
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start = start + size if start < 0 else start
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return _slice(input, place, start, start + length, 1)


def _slice(input: Tensor, dim: int, start: int, stop: int, step: int) -> Tensor:
    result: Tensor = apply(SLICE, (input,), (dim, start, stop, step))
    return result


def getitem(self: Tensor, index: Any) -> Tensor:
    """`x[index]`, through the ops that PyTorch goes through. Raises IndexError in its words."""
    if _single(index) and len(index) <= self._data.ndim:
        if recording.active is None and not self._requires_grad and self._base is None:
            try:
                # What leads to a single place, one dimension after the other, is seen by nobody.
                return wrap(SELECT, self._data[(*index, ...)], self, 0)
            except IndexError:
                pass
        place = self
        for shown, number in enumerate(index):
            place = _selected(place, 0, number, shown)
        return place
    result, places = located(self, index)
    if places is not None:
        taken_shape(result, places)
        result = apply(INDEX, (result,), (places,))
        if inside.mask:
            inside.spread(parted(index), (result,))
    elif result is self:
        result = apply(ALIAS, (self,))
    return result


_INTEGERS = frozenset({int})


def _single(index: Any) -> bool:
    """Whether an index is of several whole numbers."""
    return index.__class__ is tuple and len(index) > 1 and _INTEGERS.issuperset(map(type, index))


def taken_shape(part: Tensor, places: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape that taking the places gives. Raises IndexError where they do not fit together."""
    index = tuple(slice(None) if place is None else place for place in places)
    try:
        return tuple(np.broadcast_to(np.int8(0), part._data.shape)[index].shape)
    except IndexError:
        shapes = ", ".join(str(list(place.shape)) for place in places if place is not None)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None


def located(self: Tensor, index: Any, *, whole: bool = True) -> tuple[Tensor, tuple[Any, ...] | None]:
    """The view that the plain parts of an index lead to, and the places to take from it where there are lists or masks.

    `whole` makes a slice that stands alone an op of its own also where it takes everything, as reading does.
    """
    parts = parted(index)
    if isinstance(index, str) or (isinstance(index, list) and (len(parts) != 1 or parts[0] is not index)):
        warnings.warn(LISTED, UserWarning, stacklevel=2)
    if isinstance(index, slice) and not self._data.ndim:
        refuse_stale(self)
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if not self._data.ndim and not isinstance(index, Tensor) and _is_integer(index):
        raise IndexError(f"index {int(index)} is out of bounds for dimension 0 with size 0" if index else NUMBER)
    taken = _consumed(self, parts)
    result: Tensor = self
    dim = 0
    chosen: dict[int, Any] = {}
    ellipses = sum(part is Ellipsis for part in parts)
    if ellipses > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    alone = len(parts) == 1
    for place, part in enumerate(parts):
        if part is Ellipsis:
            dim += self._data.ndim - taken
        elif part is None:
            result, dim = unsqueeze(result, dim), dim + 1
        elif isinstance(part, slice):
            result, dim = _sliced(result, dim, part, alone and whole), dim + 1
        elif _is_integer(part):
            number = int(part._data) if isinstance(part, Tensor) else int(part)
            result = _selected(result, dim, number, place)
        else:
            array = _array(part)
            if array.dtype.kind == "b":
                inside.refuse(inside.MASK, part)
                _check_mask(array, result._data.shape, dim)
                if not array.ndim:
                    result = unsqueeze(result, dim)
                    array = array.reshape(1)
                for places in array.nonzero():
                    chosen[dim], dim = places, dim + 1
            else:
                _check_places(array, result._data.shape[dim], len(chosen))
                chosen[dim], dim = array, dim + 1
    return result, tuple(chosen.get(place) for place in range(max(chosen) + 1)) if chosen else None


def parted(index: Any) -> list[Any]:
    """What an index says of each dimension: the items of a tuple, or of a short list of more than numbers, as NumPy once read it."""
    if isinstance(index, tuple) or (
        isinstance(index, list) and len(index) < 32 and any(isinstance(part, SAYING) for part in index)
    ):
        return list(index)
    return [index]


NUMBER = "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number"


def _consumed(self: Tensor, parts: list[Any]) -> int:
    count = 0
    for part in parts:
        if part is None or part is Ellipsis or isinstance(part, bool):
            continue
        mask = isinstance(part, Tensor) and part.dtype.name in ("bool", "uint8")
        count += part._data.ndim if mask else 1
    ndim = self._data.ndim
    if count > ndim:
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    return count


def _is_integer(part: Any) -> bool:
    if isinstance(part, Tensor):
        return not part._data.ndim and part._data.dtype.kind in "iu"
    return isinstance(part, (int, np.integer)) and not isinstance(part, bool)


def _selected(result: Tensor, dim: int, index: int, shown: int) -> Tensor:
    """The part at a place of a dimension, which PyTorch tells by its place in the index."""
    size = result._data.shape[dim]
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of bounds for dimension {shown} with size {size}")
    made: Tensor = apply(SELECT, (result,), (dim, index % size))
    return made


def _sliced(result: Tensor, dim: int, part: slice, alone: bool) -> Tensor:
    ends = [None if end is None else int(end) for end in (part.start, part.stop, part.step)]
    if ends[2] is not None and ends[2] <= 0:
        raise ValueError("step must be greater than zero")
    size = result._data.shape[dim]
    start, stop, step = slice(*ends).indices(size)
    if not alone and (start, stop, step) == (0, size, 1):
        return result
    return _slice(result, dim, start, max(stop, start), step)


def _array(part: Any) -> Any:
    if isinstance(part, Tensor):
        array = np.asarray(part._data)
        if part.dtype.name == "uint8":
            warnings.warn(BYTES, UserWarning, stacklevel=2)
            return array != 0
        if part.dtype.name not in ("int64", "int32", "bool"):
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        return array
    if isinstance(part, float):
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got float)"
        )
    if isinstance(part, str):
        raise TypeError("new(): invalid data type 'str'")
    array = np.asarray(
        [each.item() if isinstance(each, Tensor) else each for each in part]
        if isinstance(part, (list, range))
        else part
    )
    if array.dtype.kind == "U":
        raise TypeError("new(): invalid data type 'str'")
    if array.dtype.kind == "O" and not isinstance(part, list):
        raise IndexError(
            f"only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {type(part).__name__})"
        )
    if array.dtype.kind != "f":
        return array.astype(np.int64) if not array.size else array
    if not (np.abs(array) < 2.0**63).all():
        raise RuntimeError("value cannot be converted to type int64 without overflow")
    return array.astype(np.int64)


def _check_mask(mask: Any, shape: tuple[int, ...], dim: int) -> None:
    for place, size in enumerate(mask.shape):
        if shape[dim + place] != size:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {place} does not match the shape of the indexed tensor "
                f"{list(shape)} at index {dim + place}"
            )


def _check_places(array: Any, size: int, dim: int) -> None:
    """PyTorch counts the dimensions that lists and masks take alone, here and in its message."""
    if not size and np.size(array):
        raise IndexError("index is out of bounds for dimension with size 0")
    for place in np.ravel(array).tolist():
        if not -size <= place < size:
            raise IndexError(f"index {place} is out of bounds for dimension {dim} with size {size}")


METHODS["__getitem__"] = getitem


LONG = frozenset({"int64"})
WHOLE = LONG | {"int32"}
# The dtypes that an op takes for its index, and how PyTorch refuses any other.
INDEX_KINDS: dict[str, tuple[frozenset[str], type[Exception], str]] = {
    "gather": (WHOLE, RuntimeError, "gather(): Expected dtype int32/int64 for index"),
    "scatter": (WHOLE, RuntimeError, "scatter(): Expected dtype int32/int64 for index"),
    "index_select": (WHOLE, RuntimeError, "index_select(): Expected dtype int32 or int64 for index"),
    "index_add_": (WHOLE, RuntimeError, "index_add_(): Expected dtype int32/int64 for index but got: {}"),
    "index_copy_": (LONG, RuntimeError, "index_copy_(): Expected a long tensor for index, but got {}"),
    "index_fill_": (LONG, IndexError, "index_fill_(): Expected dtype int64 for index."),
    "index_reduce_": (WHOLE, RuntimeError, "index_reduce_(): Expected dtype int32/int64 for index but got: {}"),
    "put_": (LONG, RuntimeError, "put_(): Expected a long tensor for index, but got {}"),
    "take": (LONG, RuntimeError, "take(): Expected a long tensor for index, but got {}"),
    "take_along_dim": (LONG, RuntimeError, "torch.take_along_dim(): dtype of indices should be Long but got {}"),
    "tensor_split": (LONG, RuntimeError, "tensor_split expected tensor_indices_or_sections to have dtype of long, but got {}"),
    "bincount": (frozenset({"uint8", "int8", "int16", "int32", "int64"}), NotImplementedError, "\"bincount_cpu\" not implemented for '{}'"),
    "repeat_interleave": (WHOLE, NotImplementedError, "\"repeat_interleave_cpu\" not implemented for '{}'"),
}  # fmt: skip


def index_tensor(op: str, index: Any) -> Tensor:
    if not isinstance(index, Tensor):
        raise TypeError(f"{op}(): argument 'index' must be Tensor, not {type(index).__name__}")
    return index


def check_kind(op: str, index: Tensor) -> None:
    """Refuse an index of a dtype that the op does not take, in PyTorch's words."""
    kinds, refusal, words = INDEX_KINDS[op]
    if index.dtype.name not in kinds:
        raise refusal(words.format(index.dtype.scalar))


@spelled("torch.gather", "Tensor.gather")
def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    index_tensor("gather", index)
    place = dims.one(dim, input._data.ndim)
    if index._data.size:
        check_kind("gather", index)
    size = input._data.shape[place] if input._data.ndim else 1
    if index._data.size and max(index._data.ndim, 1) != max(input._data.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    for at, (most, own) in enumerate(zip(input._data.shape, index._data.shape, strict=False)):
        if index._data.size and at != place and own > most:
            raise RuntimeError(
                f"Size does not match at dimension {at} expected index {list(index._data.shape)} to be no larger than self "
                f"{list(input._data.shape)} apart from dimension {place}"
            )
    for each in np.ravel(index._data).tolist():
        if not 0 <= each < size:
            raise RuntimeError(f"index {each} is out of bounds for dimension {place} with size {size}")
    result: Tensor = apply(GATHER, (input, index), (place,))
    return result


@spelled("torch.index_select", "Tensor.index_select")
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    place = dims.one(dim, input._data.ndim)
    if index_tensor("index_select", index)._data.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    check_kind("index_select", index)
    if input._data.ndim and not input._data.shape[place]:
        raise RuntimeError("index_select(): self indexing axis dim should be positive")
    if not input._data.ndim and index._data.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {index._data.size} value(s)")
    for each in np.ravel(index._data).tolist():
        size = (input._data.shape or (1,))[place]
        if not 0 <= each < size and place == 1 and input._data.ndim == 2:
            raise RuntimeError(f"INDICES element is out of DATA bounds, id={each} axis_dim={size}")
        if not 0 <= each < size:
            raise IndexError("index out of range in self")
    result: Tensor = apply(INDEX_SELECT, (input, index), (place,))
    return result


def _linear(op: Any, *order: str) -> Any:
    """The front of a row that gradients go through: its one differentiable input, then the rest by name."""

    def front(*values: Any) -> Tensor:
        named = dict(zip(order, values, strict=True))
        inputs = tuple(named[name] for name in op.inputs)
        result: Tensor = apply(op, inputs, tuple(named[name] for name in op.settings))
        return result

    return front


spelled("internal.select_backward")(_linear(SELECT_BACKWARD, "self", "shape", "dim", "index"))
spelled("internal.slice_backward")(_linear(SLICE_BACKWARD, "self", "shape", "dim", "start", "stop", "step"))
spelled("internal.narrow")(_linear(SLICE, "self", "dim", "start", "stop", "step"))
spelled("internal.put")(_linear(PUT, "self", "shape", "index"))
spelled("internal.take")(_linear(INDEX, "self", "index"))
spelled("internal.scatter_chosen")(_linear(CHOSEN, "self", "shape", "dim", "index"))
spelled("internal.scatter_add")(_linear(SCATTER, "self", "shape", "dim", "index"))
spelled("internal.index_add")(_linear(INDEX_ADD, "self", "shape", "dim", "index"))
spelled("internal.distinct")(lambda index: Tensor(np.unique(index._data)))
