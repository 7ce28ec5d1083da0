"""The ops that end in `_` and are no more than their row written into their first tensor: one table of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, grad_mode
from engine.broadcast import together
from engine.ops import (
    arithmetic,
    bounds,
    dims,
    division,
    elementwise,
    logic,
    padding,
    remainders,
    scatter,
    shape,
    special,
)
from engine.ops.inplace import change, guard
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, OPS, spelled
from engine.promotion import wrapped
from engine.tensor import Tensor

UNARY = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "cosh",
    "deg2rad",
    "digamma",
    "erf",
    "erfc",
    "erfinv",
    "exp2",
    "expm1",
    "floor",
    "frac",
    "lgamma",
    "log10",
    "log1p",
    "log2",
    "rad2deg",
    "reciprocal",
    "rsqrt",
    "sgn",
    "sign",
    "sinc",
    "sinh",
    "tan",
    "trunc",
    "logical_not",
]
REAL = frozenset({"digamma", "erf", "erfc", "erfinv", "lgamma", "sinc"})
"""Rows that give floats for integers and are told those as floats, which no integer tensor can hold."""
KEPT = {"frac": "iub", "trunc": "b", "floor": "b", "ceil": "b"}
"""Rows that PyTorch does not have for some kinds of numbers, which ours would leave as they are."""
BINARY = ["atan2", "copysign", "heaviside", "hypot", "ldexp", "xlogy", "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift"]  # fmt: skip
BOTH: dict[str, tuple[Op, Op]] = {
    "remainder": (remainders.REMAINDER, remainders.REMAINDER_NUMBER),
    "fmod": (remainders.FMOD, remainders.FMOD_NUMBER),
    "clamp_min": (bounds.CLAMP_MIN_TENSOR, elementwise.CLAMP_MIN),
    "clamp_max": (bounds.CLAMP_MAX_TENSOR, bounds.CLAMP_MAX),
}
OPERATORS = {"remainder": "mod", "floor_divide": "floordiv", "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor", "bitwise_left_shift": "lshift", "bitwise_right_shift": "rshift"}  # fmt: skip


def _one(name: str) -> None:
    def method(self: Tensor) -> Tensor:
        if name in REAL and self._data.dtype.kind != "f":
            kind = dtypes.get_default_dtype().scalar
            raise RuntimeError(f"result type {kind} can't be cast to the desired output type {self.dtype.scalar}")
        if self._data.dtype.kind in KEPT.get(name, ""):
            told = f"{name}_cpu" if name == "frac" else f"{name}_vml_cpu"
            raise NotImplementedError(f"\"{told}\" not implemented for '{self.dtype.scalar}'")
        return change(self, OPS[name], name=f"{name}_") if name != "logical_not" else _aside(self, OPS[name], ())

    METHODS[f"{name}_"] = method


def _aside(self: Tensor, op: Op, others: tuple[Any, ...]) -> Tensor:
    """A write that autograd knows nothing of, into leaves too: PyTorch has no derivative for it and does not ask."""
    with grad_mode.no_grad():
        return change(self, op, others, (), f"{op.name}_")


def _two(name: str, find: Callable[[Any], tuple[Op, bool]]) -> None:
    def method(self: Tensor, other: Any) -> Tensor:
        other = arithmetic.operand(name, other)
        if self._requires_grad and not name.startswith("logical"):
            guard(self, overlapping=True)
        arithmetic._check(name, self, other)
        if name in division.WORDS:
            division._operands(name, self, other)
        if name.startswith("bitwise") and arithmetic.common(self, other).is_floating_point:
            kind = arithmetic.common(self, other).scalar
            if self._data.dtype.kind == "f":
                raise NotImplementedError(
                    f"\"{logic.WORDS[name.removeprefix('bitwise_')]}\" not implemented for '{kind}'"
                )
            raise RuntimeError(f"result type {kind} can't be cast to the desired output type {self.dtype.scalar}")
        op, number = find(other)
        if number:
            other = wrapped(other, self._data.dtype)
        if name.startswith("logical"):
            return _aside(self, op, (other,))
        return change(self, op, () if number else (other,), (other,) if number else (), f"{name}_")

    METHODS[f"{name}_"] = method
    if name in OPERATORS:

        def augmented(self: Tensor, other: Any) -> Any:
            ours = isinstance(other, (Tensor, bool, int, float, np.generic))
            return method(self, other) if ours else NotImplemented

        METHODS[f"__i{OPERATORS[name]}__"] = augmented


for _name in UNARY:
    _one(_name)
for _name in (*BINARY, "floor_divide"):
    _two(_name, lambda other, name=_name: (OPS[name], False))  # type: ignore[misc]
for _name, _pair in BOTH.items():
    _two(_name, lambda other, pair=_pair: (pair[0], False) if isinstance(other, Tensor) else (pair[1], True))  # type: ignore[misc]


@spelled("Tensor.bitwise_not_")
def bitwise_not_(self: Tensor) -> Tensor:
    logic.whole(self)
    return change(self, logic.BITWISE_NOT)


@spelled("Tensor.round_")
def round_(self: Tensor, *, decimals: int | None = None) -> Tensor:
    if decimals is None:
        return change(self, elementwise.ROUND, name="round_")
    return change(self, elementwise.ROUND_DECIMALS, (), (decimals,), "round_")


@spelled("Tensor.square_")
def square_(self: Tensor) -> Tensor:
    return change(self, arithmetic.POW, (), (2,), "square_")


@spelled("Tensor.nan_to_num_")
def nan_to_num_(
    self: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    return change(self, bounds.NAN_TO_NUM, (), (0.0 if nan is None else nan, posinf, neginf))


@spelled("Tensor.logit_")
def logit_(self: Tensor, eps: float | None = None) -> Tensor:
    return change(self, special.LOGIT, (), (eps,))


@spelled("Tensor.masked_fill_")
def masked_fill_(self: Tensor, mask: Tensor, value: Any) -> Tensor:
    guard(self, overlapping=True)
    if isinstance(value, Tensor) and value._data.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value._data.ndim} dimension(s)."
        )
    if mask._data.dtype.kind != "b":
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype.cpp}")
    together(self._data.shape, mask._data.shape)
    if isinstance(value, Tensor):
        return change(self, elementwise.MASKED_FILL_TENSOR, (mask, value), (), "masked_fill_")
    return change(self, elementwise.MASKED_FILL, (mask,), (value,), "masked_fill_")


@spelled("Tensor.masked_scatter_")
def masked_scatter_(self: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    guard(self, overlapping=True)
    scatter._mask("masked_scatter", mask)
    if mask._data.ndim > self._data.ndim:
        raise RuntimeError(
            f"expand(CPUBoolType{{{list(mask.shape)}}}, size={list(self.shape)}): the number of sizes provided ({self._data.ndim}) must be "
            f"greater or equal to the number of dimensions in the tensor ({mask._data.ndim})"
        )
    if self._data.dtype != source._data.dtype:
        raise RuntimeError(f"masked_scatter: expected self and source to have same dtypes but got{self.dtype.scalar} and {source.dtype.scalar}")  # fmt: skip
    return change(self, scatter.MASKED_SCATTER, (mask, source))


@spelled("Tensor.lerp_")
def lerp_(self: Tensor, end: Tensor, weight: Any) -> Tensor:
    remainders.alike(self, end, weight)
    if self._data.dtype.kind != "f":
        raise NotImplementedError(f"\"lerp_kernel_{'tensor' if isinstance(weight, Tensor) else 'scalar'}\" not implemented for '{self.dtype.scalar}'")  # fmt: skip
    if isinstance(weight, Tensor):
        return change(self, remainders.LERP_TENSOR, (end, weight), (), "lerp_")
    return change(self, remainders.LERP, (end,), (weight,), "lerp_")


@spelled("Tensor.addcmul_")
def addcmul_(self: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    return change(self, remainders.ADDCMUL, (tensor1, tensor2), (value,))


@spelled("Tensor.addcdiv_")
def addcdiv_(self: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    return change(self, remainders.ADDCDIV, (tensor1, tensor2), (value,))


@spelled("Tensor.scatter_add_")
def scatter_add_(self: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    guard(self, overlapping=True)
    return change(self, scatter.SCATTER_ADD, (index, src), (scatter._checked("scatter", self, dim, index, src),), "scatter_add_")  # fmt: skip


@spelled("Tensor.scatter_")
def scatter_(
    self: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """The tensor itself, with a source or a number written at the indices along `dim`."""
    guard(self, overlapping=True)
    source = value if src is None else src
    place = scatter._checked("scatter", self, dim, index, source)
    if reduce is not None:
        filled = source if isinstance(source, Tensor) else Tensor(np.full(index._data.shape, source, self._data.dtype))
        return change(self, scatter.SCATTER_FOLDED, (index, filled), (place, reduce), "scatter_")
    if isinstance(source, Tensor):
        return change(self, scatter.SCATTER, (index, source), (place,))
    return change(self, scatter.SCATTER_VALUE, (index,), (place, source), "scatter_")


@spelled("Tensor.index_add_")
def index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    guard(self, overlapping=True)
    place = scatter.added("index_add_", self, dim, index, source)
    return change(self, scatter.INDEX_ADD, (index, source), (place, alpha), "index_add_")


@spelled("Tensor.index_copy_")
def index_copy_(self: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    guard(self, overlapping=True)
    return change(self, scatter.INDEX_COPY, (index, source), (scatter.copied(self, dim, index, source),))


@spelled("Tensor.index_fill_")
def index_fill_(self: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    guard(self, overlapping=True)
    scatter.check_fill(value)
    place = scatter._along("index_fill_", self, dim, index)
    if isinstance(value, Tensor):
        return change(self, scatter.INDEX_FILL_TENSOR, (index, value), (place,), "index_fill_")
    return change(self, scatter.INDEX_FILL, (index,), (place, value))


def _triangle(name: str, op: Op) -> None:
    def method(self: Tensor, diagonal: int = 0) -> Tensor:
        if self._data.ndim < 2:
            raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
        return change(self, op, (), (diagonal,))

    METHODS[f"{name}_"] = method


_triangle("tril", shape.TRIL)
_triangle("triu", shape.TRIU)


def _running(name: str, op: Op) -> None:
    def method(self: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
        if dtype not in (None, self.dtype):
            raise RuntimeError(
                f"Bad in-place call: input tensor dtype {self.dtype.cpp} and output tensor dtype {dtype.cpp} should match"
            )
        return change(self, op, (), (dims.one(dim, self._data.ndim),))

    METHODS[f"{name}_"] = method


_running("cumsum", OPS["cumsum"])
_running("cumprod", padding.CUMPROD)


@spelled("Tensor.fill_diagonal_")
def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """The tensor itself with its main diagonal filled; `wrap` goes on below it in tall matrices. Raises RuntimeError for sizes that differ."""
    shape = self._data.shape
    if len(shape) < 2:
        raise RuntimeError("dimensions must larger than 1")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    strides = METHODS["stride"](self)
    start, step, along = METHODS["storage_offset"](self), sum(strides), min(shape[:2])
    METHODS["fill_"](METHODS["as_strided"](self, (along,), (step,), start), fill_value)
    height, width = shape[:2]
    if wrap and len(shape) == 2 and height > width + 1:
        below = -(-height * width // (width + 1)) - along
        start += strides[0] * (width + 1)
        METHODS["fill_"](METHODS["as_strided"](self, (below,), (step,), start), fill_value)
    return self


_div_plain = METHODS["div_"]


def div_rounded(self: Tensor, other: Any, rounding_mode: str | None) -> Tensor:
    division.check_mode(rounding_mode)
    return change(self, division.DIV_MODE, (arithmetic.operand("div", other),), (rounding_mode,), "div_")


def div_(self: Tensor, other: Any, *, rounding_mode: str | None = "unrounded") -> Tensor:
    """The quotient in place, rounded where a mode is given."""
    plain = rounding_mode == "unrounded"
    done: Tensor = _div_plain(self, other) if plain else div_rounded(self, other, rounding_mode)
    return done


METHODS["div_"] = div_

SAME = {
    "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div", "negative": "neg", "absolute": "abs", "arccos": "acos", "arcsin": "asin",
    "arctan": "atan", "arccosh": "acosh", "arcsinh": "asinh", "arctanh": "atanh", "arctan2": "atan2", "fix": "trunc", "greater": "gt", "greater_equal": "ge",
    "less": "lt", "less_equal": "le", "not_equal": "ne",
}  # fmt: skip
for _alias, _name in SAME.items():
    for _table in (FUNCTIONS, METHODS):
        if _name in _table:
            _table.setdefault(_alias, _table[_name])
    if f"{_name}_" in METHODS:
        METHODS[f"{_alias}_"] = METHODS[f"{_name}_"]
for _alias, _name in special.SPECIAL.items():
    FUNCTIONS.setdefault(f"special.{_alias}", FUNCTIONS[_name])
# PyTorch writes these as functions too: torch.exp_(x).
for _name in (*UNARY, "exp", "log", "sqrt", "sin", "cos", "abs", "neg", "relu", "sigmoid", "tanh", "clamp", "clamp_min", "clamp_max", "nan_to_num", "square", "logit"):  # fmt: skip
    if not _name.startswith(("logical", "bitwise")) and _name not in ("lgamma", "digamma", "erfinv", "sgn", "sign"):
        FUNCTIONS.setdefault(f"{_name}_", METHODS[f"{_name}_"])
for _name in ("addmv_", "arccos_", "arccosh_", "arcsin_", "arcsinh_", "arctan_", "arctanh_", "clip_", "fill_", "fix_", "is_same_size", "is_signed", "ldexp_", "negative_", "round_", "xlogy_", "zero_"):  # fmt: skip
    FUNCTIONS.setdefault(_name, METHODS[_name])
