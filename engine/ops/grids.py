"""Matrices turned and set along a diagonal, areas under points, covariances; numbers about dtypes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import dtypes
from engine.application import apply
from engine.ops import dims
from engine.ops.arithmetic import DIV_NUMBER, MUL_NUMBER
from engine.ops.dims import one
from engine.ops.indexing import _linear
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, all_tensors, row, spelled
from engine.tensor import Tensor

ROT90 = row(
    "rot90", "rot90(self, k, dims)", {"self": "rot90(g, -k, dims)"}, settings="k dims", symbol="rot90", spelled=("torch.rot90", "Tensor.rot90"),
    samples=(((2, 3), 1, (0, 1)), ((2, 3), 3, (1, 0))), en="The gradient is turned back.", zh="梯度转回去。",
)  # fmt: skip
BLOCK_DIAG = row(
    "block_diag", "block_diag(tensors)", {"tensors": "unblock(g, tensors_shape)"}, variadic=True, symbol="blocks", spelled=("torch.block_diag",),
    samples=((((2, 3), (2, 2)),), (((2,), (), (1, 2)),)), en="Each block receives its own part of the gradient.", zh="每个块得到属于自己的那块梯度。",
)  # fmt: skip
spelled("internal.rot90")(_linear(ROT90, "self", "k", "dims"))


@spelled("internal.unblock")
def unblock(g: Tensor, shapes: Any) -> tuple[Tensor, ...]:
    parts, row_, column = [], 0, 0
    for shape in shapes:
        rows, columns = (1, 1, *shape)[-2:]
        part = FUNCTIONS["narrow"](FUNCTIONS["narrow"](g, 0, row_, rows), 1, column, columns)
        # A line of several keeps its side of 1, as in PyTorch, until it is fitted to the input by a sum.
        for _ in range(2 - len(shape)):
            part = METHODS["squeeze"](part, -1)
        parts.append(part)
        row_, column = row_ + rows, column + columns
    return tuple(parts)


@spelled("torch.rot90", "Tensor.rot90")
def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """The plane of two dimensions turned by quarters. Raises RuntimeError where there is no such plane."""
    pair, ndim = tuple(dims), input._data.ndim
    if len(pair) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(pair)}")
    if ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {ndim}")
    if pair[0] == pair[1] or abs(pair[0] - pair[1]) == ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {pair[0]} and dim1 = {pair[1]}")
    result: Tensor = apply(ROT90, (input,), (k, tuple(one(each, ndim) for each in pair)))
    return result


@spelled("torch.block_diag")
def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along the diagonal of one of zeros. Raises RuntimeError for a tensor of more than two dimensions."""
    if not tensors:
        return Tensor(np.zeros((1, 0), dtypes.get_default_dtype().numpy))
    all_tensors(tensors)
    for place, each in enumerate(tensors):
        if each._data.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {place} has {each.ndim} dimensions"
            )
    kind = dtypes.result_type([each._data for each in tensors], [])
    result: Tensor = apply(BLOCK_DIAG, [METHODS["to"](each, kind) for each in tensors])
    return result


def _by_number(op: Op, x: Tensor, number: float) -> Tensor:
    """A product or quotient with a number inside another op, which PyTorch names otherwise than that of a program."""
    real = x if x._data.dtype.kind == "f" else METHODS["to"](x, dtypes.get_default_dtype())
    result: Tensor = apply(op, (real,), (number,))
    return result


def _ends(x: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    size, cut = x._data.shape[dim], FUNCTIONS["narrow"]
    return cut(x, dim, 0, max(size - 1, 0)), cut(x, dim, min(1, size), max(size - 1, 0))


def _no_truth(name: str, y: Tensor, x: Tensor | None) -> None:
    if "b" in (y._data.dtype.kind, x is not None and x._data.dtype.kind):
        which = "`y`" if x is None else "`x` or `y`"
        raise RuntimeError(f"{name}: received a bool input for {which}, but bool is not supported")


def _steps(name: str, y: Tensor, x: Tensor, dim: int) -> Tensor:
    m, ndim, shape = METHODS, y._data.ndim, x._data.shape
    if len(shape) == 1:
        if shape[0] != y._data.shape[dim]:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = m["view"](x, [-1 if place == dim else 1 for place in range(ndim)])
    elif len(shape) < ndim:
        x = m["view"](x, (*(1,) * (ndim - len(shape)), *shape))
    left, right = _ends(x, dim)
    result: Tensor = m["sub"](right, left)
    return result


@spelled("torch.trapezoid", "torch.trapz")
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The area under the points `y`, which lie `dx` apart or at `x`."""
    if not y._data.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    m, place = METHODS, dims.one(dim, y._data.ndim)
    if not y._data.shape[place]:
        return FUNCTIONS["zeros"](y._data.shape[:place] + y._data.shape[place + 1 :], dtype=y.dtype)  # type: ignore[no-any-return]
    _no_truth("trapezoid", y, x)
    if x is None:
        edges = m["add"](m["select"](y, place, 0), m["select"](y, place, -1))
        return _by_number(MUL_NUMBER, m["sub"](m["sum"](y, place), _by_number(MUL_NUMBER, edges, 0.5)), dx)
    steps = _steps("trapezoid", y, x, place)
    return _by_number(DIV_NUMBER, m["sum"](m["mul"](m["add"](*_ends(y, place)), steps), place), 2.0)


@spelled("torch.cumulative_trapezoid")
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The area under the points up to each of them."""
    m, place = METHODS, dims.one(dim, y._data.ndim)
    _no_truth("cumulative_trapezoid", y, x)
    if not y._data.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    both = m["add"](*_ends(y, place))
    if x is None:
        return m["cumsum"](_by_number(MUL_NUMBER, both, dx / 2.0), place)  # type: ignore[no-any-return]
    return _by_number(DIV_NUMBER, m["cumsum"](m["mul"](both, _steps("cumulative_trapezoid", y, x, place)), place), 2.0)


def _weights(name: str, value: Tensor, count: int, kinds: str, kind: str) -> Tensor:
    """Weights of observations. Raises RuntimeError where they are none."""
    data = value._data
    if data.ndim > 1:
        raise RuntimeError(f"cov(): expected {name} to have one or fewer dimensions but got {name} with {data.ndim} dimensions")  # fmt: skip
    if data.dtype.kind not in kinds:
        raise RuntimeError(f"cov(): expected {name} to have {kind} dtype but got {name} with {value.dtype.scalar} dtype")  # fmt: skip
    if data.size != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got {data.size} != {count}"
        )
    if np.any(data < 0):
        raise RuntimeError(f"cov(): {name} cannot be negative")
    return value


@spelled("torch.cov", "Tensor.cov")
def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances of the rows, whose observations count `fweights` times and weigh `aweights`."""
    if input._data.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions")  # fmt: skip
    if input._data.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input")
    m = METHODS
    rows = input if input._data.ndim == 2 else m["view"](input, 1, -1)
    count = rows._data.shape[1]
    weights = None if fweights is None else _weights("fweights", fweights, count, "iu", "integral")
    if aweights is not None:
        _weights("aweights", aweights, count, "f", "floating point")
        weights = aweights if weights is None else m["mul"](weights, aweights)
    total = Tensor(np.int64(count)) if weights is None else m["sum"](weights)
    if weights is not None and not total._data:
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    mean = m["div"](m["sum"](rows if weights is None else m["mul"](rows, weights), 1), total)
    if aweights is not None and correction:
        freedom = m["sub"](
            total, m["div"](_by_number(MUL_NUMBER, m["sum"](m["mul"](weights, aweights)), correction), total)
        )
    else:
        freedom = m["sub"](total, correction) if correction else total
    if freedom._data <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            UserWarning,
            stacklevel=2,
        )
        freedom = m["zero_"](freedom)
    centred = m["sub"](rows, m["unsqueeze"](mean, 1))
    weighed = centred if weights is None else m["mul"](centred, weights)
    return m["squeeze"](m["div"](m["mm"](centred, m["t"](weighed)), freedom))  # type: ignore[no-any-return]


@spelled("torch.corrcoef", "Tensor.corrcoef")
def corrcoef(input: Tensor) -> Tensor:
    """The correlations of the rows."""
    if input._data.ndim > 2:
        raise RuntimeError(f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions")  # fmt: skip
    m = METHODS
    both = cov(input)
    if not both._data.ndim:
        return m["div"](both, both)  # type: ignore[no-any-return]
    spread = m["sqrt"](m["diagonal"](both))
    made = m["div"](m["div"](both, m["view"](spread, -1, 1)), m["view"](spread, 1, -1))
    return m["clamp"](made, -1, 1)  # type: ignore[no-any-return]


@spelled("torch.linalg.vander")
def powers(x: Tensor, *, N: int | None = None) -> Tensor:  # noqa: N803 -- PyTorch's name
    """The powers 0 to `N` - 1 of each number, as a last dimension; as many as there are numbers where none is given."""
    if x.dtype in (dtypes.float16, dtypes.bool_):
        raise RuntimeError(
            f"linalg.vander supports floating point, complex, and integer tensors, but got {x.dtype.scalar}"
        )
    m = METHODS
    x = x if x._data.ndim else m["unsqueeze"](x, -1)
    count = x._data.shape[-1] if N is None else N
    if count < 2:
        raise RuntimeError("N must be greater than 1.")
    shape = (*x._data.shape, count - 1)
    rising = m["cumprod"](m["expand"](m["unsqueeze"](x, -1), shape), -1)
    return FUNCTIONS["cat"]([m["new_ones"](rising, (*x._data.shape, 1)), rising], -1)  # type: ignore[no-any-return]


@spelled("torch.vander")
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:  # noqa: N803 -- PyTorch's name
    """The powers of each number of a line, falling unless they are to rise. Raises RuntimeError for what is no line."""
    if x._data.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x._data.shape[0] if N is None else N
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    m, cut = METHODS, FUNCTIONS["narrow"]
    result = m["new_empty"](x, (x._data.shape[0], count), dtype=dtypes.promote(x.dtype, dtypes.int64))
    if count:
        m["fill_"](m["select"](result, 1, 0), 1)
    if count > 1:
        m["copy_"](cut(result, 1, 1, count - 1), m["unsqueeze"](x, 1))
        m["copy_"](cut(result, 1, 1, count - 1), m["cumprod"](cut(result, 1, 1, count - 1), 1))
    return result if increasing else m["flip"](result, (1,))  # type: ignore[no-any-return]


@spelled("torch.scalar_tensor")
def scalar_tensor(s: Any, *, dtype: dtypes.dtype | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:  # fmt: skip
    """A tensor of one number, of the default dtype where none is given."""
    kind = dtypes.get_default_dtype() if dtype is None else dtype
    return FUNCTIONS["full"]((), s, dtype=kind, requires_grad=requires_grad)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class FloatInfo:
    """What numbers of a floating dtype there are."""

    bits: int
    eps: float
    max: float
    min: float
    tiny: float
    smallest_normal: float
    resolution: float
    dtype: str

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.tiny:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


@dataclass(frozen=True, slots=True)
class IntegerInfo:
    """What numbers of an integer dtype there are."""

    bits: int
    max: int
    min: int
    dtype: str

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


@spelled("torch.finfo")
def finfo(type: dtypes.dtype | None = None) -> FloatInfo:
    """The numbers of a floating dtype. Raises TypeError for an integer one."""
    kind = dtypes.get_default_dtype() if type is None else type
    if not kind.is_floating_point:
        raise TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
    told = np.finfo(kind.numpy)
    least = float(told.tiny)
    return FloatInfo(
        kind.itemsize * 8,
        float(told.eps),
        float(told.max),
        float(told.min),
        least,
        least,
        10.0**-told.precision,
        kind.name,
    )


@spelled("torch.iinfo")
def iinfo(type: dtypes.dtype) -> IntegerInfo:
    """The numbers of an integer dtype. Raises TypeError for a floating one."""
    if type.category != dtypes.INTEGER:
        raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
    told = np.iinfo(type.numpy)
    return IntegerInfo(type.itemsize * 8, int(told.max), int(told.min), type.name)
