"""The same numbers in another shape: views where memory allows, copies else; and casts."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from engine import devices, dtypes, inside
from engine.application import apply
from engine.broadcast import spreads, unbroadcast_tensor
from engine.ops import dims
from engine.ops.table import INTERNAL, METHODS, OPS, row, spelled
from engine.tensor import Tensor

REVERSED = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a future release. "
    "Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."
)
IDENTITY = "Tensor.{} is deprecated on 0-D tensors. "
"""What is said of transposing a number, before what it comes to: nothing, or a conjugate."""

BACK = {"en": "The gradient takes the old shape back.", "zh": "梯度恢复原来的形状。"}

VIEW = row(
    "view", "view(self, shape)", {"self": "reshape(g, self.shape)"}, settings="shape", view=True, symbol="view",
    spelled=("Tensor.view", "torch.reshape", "Tensor.reshape", "torch.flatten"), samples=(((2, 3), (3, 2)), ((4,), (2, 2))), **BACK,
)  # fmt: skip
UNSAFE_VIEW = row(
    "unsafe_view", "reshape(self, shape)", {"self": "reshape(g, self.shape)"}, settings="shape", symbol="view",
    spelled=("torch.reshape",), samples=(((2, 3), (6,)),), **BACK,
)  # fmt: skip
RESHAPE_ALIAS = row(
    "reshape_alias", "view(self, shape)", {"self": "reshape(g, self.shape)"}, settings="shape", view=True, symbol="view",
    spelled=("torch.reshape",), samples=(((2, 3), (3, 2)),), **BACK,
)  # fmt: skip
T = row("t", "t(self)", {"self": "t(g)"}, view=True, symbol="x⊤", spelled=("torch.t", "Tensor.t"), samples=(((2, 3),), ((3,),)),
        en="The gradient is turned over as the matrix was.", zh="梯度像矩阵那样转置回去。")  # fmt: skip
TRANSPOSE = row(
    "transpose", "transpose(self, dim0, dim1)", {"self": "transpose(g, dim0, dim1)"}, settings="dim0 dim1", view=True, symbol="x⊤",
    spelled=("torch.transpose", "Tensor.transpose", "Tensor.mT"), samples=(((2, 3, 2), 0, 2),),
    en="The gradient's dimensions are swapped back.", zh="梯度的两个维度交换回去。",
)  # fmt: skip
PERMUTE = row(
    "permute", "permute(self, dims)", {"self": "permute(g, inverse(dims))"}, settings="dims", view=True, symbol="permute",
    spelled=("torch.permute", "Tensor.permute", "Tensor.T"), samples=(((2, 3, 2), (2, 0, 1)),),
    en="The gradient's dimensions return to their old order.", zh="梯度的维度恢复原来的次序。",
)  # fmt: skip
SQUEEZE = row("squeeze", "squeeze(self, dim)", {"self": "reshape(g, self.shape)"}, settings="dim", view=True, twice={"self": "unsqueezed(g, dim)"}, symbol="squeeze",
              spelled=("torch.squeeze", "Tensor.squeeze"), samples=(((2, 1, 3), (1,)),), **BACK)  # fmt: skip
SQUEEZE_DIM = row("squeeze_dim", "squeeze(self, dim)", {"self": "reshape(g, self.shape)"}, settings="dim", node="SqueezeBackward1!", view=True, twice={"self": "unsqueezed(g, dim)"},
                  symbol="squeeze", spelled=("torch.squeeze(x, dim)",), samples=(((2, 1, 3), (1,)),), **BACK)  # fmt: skip
SQUEEZE_DIMS = row("squeeze_dims", SQUEEZE_DIM.forward, dict(SQUEEZE_DIM.vjp), settings="dim", node="SqueezeBackward2!", view=True, twice={"self": "unsqueezed(g, dim)"},
                   symbol="squeeze", spelled=("torch.squeeze(x, (0, 1))",), samples=(((2, 1, 1), (1, 2)),), **BACK)  # fmt: skip
SQUEEZED = row("squeeze_", "squeeze(self, dim)", {"self": "reshape(g, self.shape)"}, settings="dim", node="SqueezeBackward4!", twice={"self": "unsqueezed(g, dim)"},
               symbol="squeeze", samples=(((1, 3), (0,)),), **BACK)  # fmt: skip
UNSQUEEZE = row("unsqueeze", "unsqueeze(self, dim)", {"self": "reshape(g, self.shape)"}, settings="dim", view=True, twice={"self": "squeeze(g, dim)"}, symbol="unsqz",
                spelled=("torch.unsqueeze", "Tensor.unsqueeze"), samples=(((2, 3), 1), ((), 0)), **BACK)  # fmt: skip
EXPAND = row("expand", "expand(self, shape)", {"self": "g"}, settings="shape", view=True, twice={"self": "g if rank(self.shape) else sum(g)"}, symbol="expand",
             spelled=("Tensor.expand",), samples=(((3,), (2, 3)), ((2, 1), (2, 3))),
             en="An element that was shown many times receives the sum of their gradients.", zh="被多次展示的元素得到这些位置梯度之和。")  # fmt: skip
REPEAT = row("repeat", "tile(self, repeats)", {"self": "untile(g, self.shape, repeats)"}, settings="repeats", symbol="repeat",
             spelled=("Tensor.repeat",), samples=(((3,), (2,)), ((2, 3), (2, 1, 2))),
             en="An element that was copied receives the sum of its copies' gradients.", zh="被复制的元素得到各副本梯度之和。")  # fmt: skip
CLONE = row("clone", "copy(self)", {"self": "g"}, symbol="clone", spelled=("torch.clone", "Tensor.clone"), samples=(((2, 3),), ((),)),
            en="A copy hands its gradient on, unchanged.", zh="副本把梯度原样传回。")  # fmt: skip
CONTIGUOUS = row("contiguous", "copy_rows(self)", {"self": "g"}, node="CloneBackward0!", symbol="clone", spelled=("Tensor.contiguous", "Tensor.reshape"),
                 samples=(((2, 3),),), en="A copy hands its gradient on, unchanged.", zh="副本把梯度原样传回。")  # fmt: skip
COPY = row("copy", "copy(self)", {"self": "g"}, node="torch::autograd::CopyBackwards!", symbol="copy", samples=(((2, 3),),),
           en="A copy hands its gradient on, unchanged.", zh="副本把梯度原样传回。")  # fmt: skip
TO_COPY = row("to_copy", "cast(self, dtype)", {"self": "g"}, settings="dtype", symbol="cast", samples=(((2, 3), dtypes.float64.numpy),),
              spelled=("Tensor.to", "Tensor.double", "Tensor.float"),
              en="The gradient is cast back to the dtype of the input.", zh="梯度转换回输入的 dtype。")  # fmt: skip
FLIP = row("flip", "flip(self, dims)", {"self": "flip(g, dims)"}, settings="dims", symbol="flip", spelled=("torch.flip", "Tensor.flip"),
           samples=(((2, 3), (0,)),), en="The gradient is turned around as the values were.", zh="梯度像值那样翻转回去。")  # fmt: skip


@spelled("Tensor.view")
def view(self: Tensor, *shape: Any) -> Tensor:
    """The same memory in another shape, or as numbers of another dtype. Raises RuntimeError where strides do not allow it."""
    if shape and shape[0].__class__ is dtypes.dtype:
        return INTERNAL["retyped_view"](self, *shape)  # type: ignore[no-any-return]
    wanted = dims.inferred(dims.sizes(shape), self._data.size, inside.hidden(self) if inside.mask else ())
    try:
        result: Tensor = apply(VIEW, (self,), (wanted,))
    except ValueError:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous "
            "subspaces). Use .reshape(...) instead."
        ) from None
    return result


@spelled("Tensor.reshape")
def reshape_method(self: Tensor, *shape: Any) -> Tensor:
    return _reshaped(
        self, dims.inferred(dims.sizes(shape), self._data.size, inside.hidden(self) if inside.mask else ())
    )


def _reshaped(self: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The same elements in a shape that has room for as many."""
    try:
        result: Tensor = apply(VIEW if self.is_contiguous() else RESHAPE_ALIAS, (self,), (shape,))
    except ValueError:
        return unsafe_view(_in_rows(self), shape)
    return result


@spelled("torch.reshape")
def reshape(input: Tensor, shape: Any) -> Tensor:
    return reshape_method(input, shape)


@spelled("torch._unsafe_view")
def unsafe_view(input: Tensor, shape: tuple[int, ...]) -> Tensor:
    result: Tensor = apply(UNSAFE_VIEW, (input,), (tuple(shape),))
    return result


@spelled("torch.flatten", "Tensor.flatten")
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    shape = input._data.shape
    first, last = dims.one(start_dim, len(shape)), dims.one(end_dim, len(shape))
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return _reshaped(input, (1,))
    if first == last:
        return input
    return _reshaped(input, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


@spelled("torch.t", "Tensor.t")
def t(input: Tensor) -> Tensor:
    if input._data.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    result: Tensor = apply(T, (input,))
    return result


@spelled("torch.transpose", "torch.swapaxes", "Tensor.transpose", "Tensor.swapaxes")
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    ndim = input._data.ndim
    result: Tensor = apply(TRANSPOSE, (input,), (dims.one(dim0, ndim), dims.one(dim1, ndim)))
    return result


def matrix_transpose(input: Tensor, told: str = "mT") -> Tensor:
    """The value of `.mT`, and of what is the same of real numbers. Raises RuntimeError for a vector."""
    if input._data.ndim == 1:
        raise RuntimeError(f"tensor.{told} is only supported on matrices or batches of matrices. Got 1-D tensor.")
    if not input._data.ndim:
        more = "Consider using x.conj()." if told.endswith("H") else "This function is the identity in these cases."
        warnings.warn(IDENTITY.format(told) + more, UserWarning, stacklevel=2)
        return input
    return transpose(input, -2, -1)


def conjugate_transpose(input: Tensor) -> Tensor:
    """The value of `.H`. Raises RuntimeError for what is no matrix."""
    ndim = input._data.ndim
    if ndim in (0, 2):
        return matrix_transpose(input, "H")
    more = " For batches of matrices, consider using tensor.mH" if ndim > 2 else ""
    raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.{more}")


@spelled("torch.adjoint", "Tensor.adjoint")
def adjoint(input: Tensor) -> Tensor:
    """The transposed matrix, or each of a batch: what conjugates the numbers of complex ones changes none here."""
    if not input._data.ndim:
        warnings.warn("adjoint() is deprecated on 0-D tensors. Consider using x.conj().", UserWarning, stacklevel=2)
        return input
    return matrix_transpose(input, "adjoint()")


def reversed_dims(input: Tensor) -> Tensor:
    """The value of `.T`."""
    if input._data.ndim != 2:
        more = "This function is the identity in these cases."
        warnings.warn(REVERSED if input._data.ndim else IDENTITY.format("T") + more, UserWarning, stacklevel=2)
    result: Tensor = apply(PERMUTE, (input,), (tuple(reversed(range(input._data.ndim))),))
    return result


@spelled("Tensor.permute")
def permute_method(self: Tensor, *dims_: Any) -> Tensor:
    return permute(self, dims.sizes(dims_))


@spelled("torch.permute")
def permute(input: Tensor, dims: Any) -> Tensor:
    order, ndim = dims_tuple(dims), input._data.ndim
    if len(order) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of "
            f"dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(order)}"
        )
    places = tuple(_one(place, ndim) for place in order)
    if len(set(places)) != ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    result: Tensor = apply(PERMUTE, (input,), (places,))
    return result


_one = dims.one


def dims_tuple(value: Any) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


@spelled("Tensor.squeeze")
def squeeze_method(self: Tensor, *dim: Any, **named: Any) -> Tensor:
    return squeeze(self, *(dim if len(dim) < 2 else (dim,)), **named)


@spelled("torch.squeeze")
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    shape = input._data.shape
    if dim is None:
        result: Tensor = apply(SQUEEZE, (input,), (tuple(place for place, size in enumerate(shape) if size == 1),))
        return result
    places = [_one(each, len(shape)) for each in dims_tuple(dim)]
    for place in places:
        if shape and places.count(place) > 1:
            raise RuntimeError(f"dim {place} appears multiple times in the list of dims")
    chosen = tuple(place for place in places if shape and shape[place] == 1)
    result = apply(SQUEEZE_DIM if isinstance(dim, int) else SQUEEZE_DIMS, (input,), (chosen,))
    return result


@spelled("torch.unsqueeze", "Tensor.unsqueeze")
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    result: Tensor = apply(UNSQUEEZE, (input,), (dims.one(dim, input._data.ndim + 1),))
    return result


@spelled("internal.unsqueezed")
def unsqueezed(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    for place in dim:
        input = unsqueeze(input, place)
    return input


@spelled("internal.unsqueeze_all")
def unsqueeze_all(input: Tensor, dim: tuple[int, ...], ndim: int) -> Tensor:
    return unsqueezed(input, tuple(sorted(place % ndim for place in dim))) if dim and ndim else input


@spelled("internal.restored")
def restored(input: Tensor, dim: Any, keepdim: bool, shape: tuple[int, ...]) -> Tensor:
    """The same as one view of the shape that `keepdim` would have given."""
    if keepdim:
        return input
    if not shape:  # a dimension of what has none is one all the same
        return view(input, (1,) * len(dim or ()))
    lost = {place % len(shape) for place in dim or range(len(shape))}
    return view(input, tuple(1 if place in lost else size for place, size in enumerate(shape)))


@spelled("Tensor.expand")
def expand_method(self: Tensor, *sizes: Any) -> Tensor:
    return expand(self, dims.sizes(sizes))


def expanded(input: Tensor, size: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that expanding gives, -1 filled in. Raises RuntimeError where the tensor does not fit."""
    own, wanted = input._data.shape, size
    extra = len(wanted) - len(own)
    if extra < 0:
        raise RuntimeError(
            f"expand(torch.{input.dtype.scalar}Tensor{{{list(own)}}}, size={list(wanted)}): the number of sizes provided ({len(wanted)}) "
            f"must be greater or equal to the number of dimensions in the tensor ({len(own)})"
        )
    full = list(wanted)
    for place, have in reversed(list(enumerate(own))):
        want = full[extra + place]
        if want == -1:
            full[extra + place] = have
        elif have not in (1, want):
            lead = inside.hidden(input)
            raise RuntimeError(
                f"The expanded size of the tensor ({want}) must match the existing size ({have}) at non-singleton dimension "
                f"{len(lead) + extra + place}.  Target sizes: {[*lead, *wanted]}.  Tensor sizes: {[*lead, *own]}"
            )
    if extra and -1 in full[:extra]:
        if not own:
            raise RuntimeError("numel: integer multiplication overflow")
        raise RuntimeError(
            f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {full.index(-1)}"
        )
    return tuple(full)


@spelled("Tensor.broadcast_to")
def broadcast_to_method(self: Tensor, *size: Any) -> Tensor:
    return expand(self, dims.sizes(size))


@spelled("torch.broadcast_to", "internal.expand")
def expand(input: Tensor, size: Any) -> Tensor:
    full = expanded(input, tuple(size))
    result: Tensor = apply(EXPAND, (input,), (full,))
    return result


@spelled("Tensor.sum_to_size")
def sum_to_size(self: Tensor, *size: Any) -> Tensor:
    """The tensor summed along what has to be stretched to bring `size` to its shape. Raises RuntimeError where none can be."""
    if not size:
        raise TypeError('sum_to_size() missing 1 required positional arguments: "size"')
    wanted, own = tuple(dims.sizes(size)), self._data.shape
    if not spreads(wanted, own):
        raise RuntimeError(f"size {{{list(wanted)}}} is not expandable to size {{{list(own)}}}.")
    return unbroadcast_tensor(self, wanted) if wanted else self.sum()


@spelled("Tensor.expand_as")
def expand_as(self: Tensor, other: Tensor) -> Tensor:
    return expand(self, other._data.shape)


@spelled("Tensor.view_as")
def view_as(self: Tensor, other: Tensor) -> Tensor:
    return view(self, other._data.shape)


@spelled("Tensor.repeat")
def repeat(self: Tensor, *repeats: Any) -> Tensor:
    times = dims.sizes(repeats)
    if len(times) < self._data.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    if (least := next((each for each in times if each < 0), 0)) < 0:
        sizes = [*times[: -self._data.ndim or None], *(size * each for size, each in zip(self._data.shape, times[len(times) - self._data.ndim :], strict=True))]  # fmt: skip
        least = next((size for size in sizes if size < 0), least)
        raise RuntimeError(f"Trying to create tensor with negative dimension {least}: {sizes}")
    result: Tensor = apply(REPEAT, (self,), (times,))
    return result


@spelled("internal.tile")
def tile(input: Tensor, repeats: tuple[int, ...]) -> Tensor:
    return repeat(input, repeats)


@spelled("internal.untile")
def untile(input: Tensor, shape: tuple[int, ...], repeats: tuple[int, ...]) -> Tensor:
    """The sums over copies: over each new dimension, then over the copies along the old ones."""
    if 0 in repeats:
        return Tensor(np.zeros(shape, input._data.dtype))
    for _ in range(len(repeats) - len(shape)):
        input = METHODS["sum"](input, 0)
    sizes: list[int] = []
    copies = []
    for times, size in zip(repeats[len(repeats) - len(shape) :], shape, strict=True):
        if times != 1:
            copies.append(len(sizes))
            sizes.append(times)
        sizes.append(size)
    return METHODS["sum"](METHODS["reshape"](input, sizes), tuple(copies)) if copies else input


def several_places(input: Tensor, given: Any) -> tuple[int, ...]:
    """Dimensions counted from the front. Raises RuntimeError where one is named twice."""
    places = tuple(dims.one(place, input._data.ndim) for place in dims.sizes(given))
    for place in places:
        if places.count(place) > 1:
            raise RuntimeError(f"dim {place} appears multiple times in the list of dims")
    return places


@spelled("torch.flip", "Tensor.flip")
def flip(input: Tensor, *places: Any, dims: Any = None) -> Tensor:
    places = several_places(input, places if dims is None else (dims,))
    result: Tensor = apply(FLIP, (input,), (places,))
    return result


@spelled("torch.clone", "Tensor.clone")
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    if memory_format is not None and memory_format.name == "contiguous_format":
        return _in_rows(input)
    result: Tensor = apply(CLONE, (input,))
    return result


@spelled("Tensor._kept_copy")
def kept_copy(input: Tensor) -> Tensor:
    """The copy that becomes a `.grad` under `create_graph`."""
    result: Tensor = apply(COPY, (input,))
    return result


@spelled("Tensor.contiguous")
def contiguous(self: Tensor, *, memory_format: Any = None) -> Tensor:
    if memory_format is not None and memory_format.name == "preserve_format":
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return self if self.is_contiguous() else _in_rows(self)


def _in_rows(self: Tensor) -> Tensor:
    result: Tensor = apply(CONTIGUOUS, (self,))
    return result


@spelled("Tensor.to")
def to(
    self: Tensor, first: Any = None, second: Any = None, *, device: Any = None, dtype: Any = None, non_blocking: bool = False, copy: bool = False,
) -> Tensor:  # fmt: skip
    """The tensor in another dtype: itself where it has it already. The dtype may come first, after a device, or as that of a tensor."""
    if isinstance(first, (str, devices.Device)):
        first, second, device = second, None, first
    if isinstance(first, Tensor):
        first = first.dtype
    devices.check(device)
    kind = next((each for each in (first, dtype) if each is not None and not isinstance(each, bool)), self.dtype)
    if not isinstance(kind, dtypes.dtype):
        raise TypeError(f"to() received an invalid combination of arguments - got ({type(kind).__name__})")
    if kind is self.dtype and not copy:
        return self
    result: Tensor = apply(TO_COPY, (self,), (kind.numpy,))
    return result


@spelled("Tensor.type")
def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    if isinstance(dtype, str):
        named = next((kind for kind in dtypes.DTYPES.values() if kind.legacy == dtype), None)
        if named is None:
            raise ValueError(f"invalid type: '{dtype}'")
        return to(self, named)
    if dtype is not None and not isinstance(dtype, dtypes.dtype):
        raise TypeError("dtype must be a type, str, or dtype object")
    return self.dtype.legacy if dtype is None else to(self, dtype)


@spelled("Tensor.type_as")
def type_as(self: Tensor, other: Tensor) -> Tensor:
    return to(self, other.dtype)


@spelled("Tensor.cuda")
def cuda(self: Tensor, device: Any = None, non_blocking: bool = False, *, memory_format: Any = None) -> Tensor:
    """Raises AssertionError: there is no such device."""
    devices.check("cuda")
    return self


@spelled("Tensor.cpu")
def cpu(self: Tensor) -> Tensor:
    return self


def _caster(name: str) -> None:
    def method(self: Tensor, memory_format: Any = None) -> Tensor:
        return to(self, dtypes.DTYPES[name])

    METHODS[name] = method


for _name in ("float", "double", "half", "long", "int", "short", "bool"):
    _caster(_name)

METHODS["__iter__"] = lambda self: iter(_rows(self))


def _rows(self: Tensor) -> Any:
    if not self._data.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return METHODS["unbind"](self, 0)


TRIL, TRIU = (
    row(
        name, f"{name}(self, diagonal)", {"self": f"{name}(g, diagonal)"}, settings="diagonal", symbol=name,
        spelled=(f"torch.{name}", f"Tensor.{name}"), samples=(((3, 3), 0), ((2, 3), 1), ((3, 2), -1)),
        en="The gradient passes in the triangle that was kept.", zh="保留的三角内梯度通过。",
    )
    for name in ("tril", "triu")
)  # fmt: skip


def _triangle(op: Any) -> None:
    def front(input: Tensor, diagonal: int = 0) -> Tensor:
        if input._data.ndim < 2:
            raise RuntimeError(f"{op.name}: input tensor must have at least 2 dimensions")
        result: Tensor = apply(op, (input,), (diagonal,))
        return result

    spelled(f"torch.{op.name}", f"Tensor.{op.name}")(front)


_triangle(TRIL)
_triangle(TRIU)


@spelled("torch.movedim", "Tensor.movedim", "torch.moveaxis", "Tensor.moveaxis")
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Dimensions moved to other places, the rest in order. Raises RuntimeError where the two lists do not fit together."""
    ndim = input._data.ndim
    source, destination = (int(each) if isinstance(each, Tensor) else each for each in (source, destination))
    pair = [list(dims_tuple(places)) for places in (source, destination)]
    if len(pair[0]) != len(pair[1]):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({pair[0]} dims) should contain the same number of dims as "
            f"destination ({pair[1]} dims)"
        )
    for name, places in zip(("source", "destination"), pair, strict=True):
        if len({dims.one(place, ndim) for place in places}) < len(places):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({places})")
    taken = [dims.one(place, ndim) for place in dims_tuple(source)]
    placed = [dims.one(place, ndim) for place in dims_tuple(destination)]
    if not ndim:
        same: Tensor = apply(OPS["alias"], (input,))
        return same
    rest = iter(place for place in range(ndim) if place not in taken)
    to = dict(zip(placed, taken, strict=True))
    return permute(input, tuple(to[place] if place in to else next(rest) for place in range(ndim)))


@spelled("torch.unflatten", "Tensor.unflatten")
def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """One dimension split into several. Raises RuntimeError where there are none."""
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    shape = input._data.shape
    place, parts = dims.one(dim, len(shape)), tuple(sizes)
    known = math.prod(size for size in parts if size != -1)
    if parts.count(-1) < 2 and (shape[place] % max(known, 1) if -1 in parts else known != shape[place]):
        raise RuntimeError(
            f"unflatten: Provided sizes {list(parts)} don't multiply up to the size of dim {place} ({shape[place]}) in the input tensor"
        )
    return view(input, *shape[:place], *dims.inferred(parts, shape[place]), *shape[place + 1 :])


@spelled("torch.tile", "Tensor.tile")
def tile_method(input: Tensor, *dims_: Any) -> Tensor:
    times = dims.sizes(dims_)
    return repeat(input, *((1,) * (input._data.ndim - len(times)) + times))
