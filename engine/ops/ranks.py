"""Running extremes, quantiles, the k-th of a line and its most frequent value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes
from engine.application import apply
from engine.ops import dims
from engine.ops.answers import answer
from engine.ops.arithmetic import MUL_NUMBER
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, INTERNAL, METHODS, argument, row, spelled
from engine.tensor import Tensor

PICKED = {
    "en": "The gradient goes to the place that the value was taken from.",
    "zh": "梯度交给这个值被取来的位置。",
}
BACK = "scatter_chosen(restore(g, (dim,), keepdim, rank(self.shape)), self.shape, dim, restore(indices, (dim,), keepdim, rank(self.shape)))"


def _running(name: str) -> Op:
    return row(
        name, f"{name}(self, dim)", {"self": "scatter_add(g, self.shape, dim, indices)"}, held=("self",), settings="dim", results="values indices", symbol=name,
        spelled=(f"torch.{name}", f"Tensor.{name}"), samples=(((2, 3), 1), ((4,), 0)),
        en="Every later position that still shows the value sends its gradient back to it.", zh="其后仍显示这个值的每个位置都把梯度传回给它。",
    )  # fmt: skip


CUMMAX, CUMMIN = _running("cummax"), _running("cummin")
LOGCUMSUMEXP = row(
    "logcumsumexp", "logcumsumexp(self, dim)", {"self": "logcumsumexp_backward(g, self, result, dim)"}, settings="dim", symbol="…logΣexp",
    spelled=("torch.logcumsumexp", "Tensor.logcumsumexp"), samples=(((2, 3), 1), ((3,), 0)),
    en="An element receives its share of the gradient of every later sum.", zh="一个元素从其后的每个和得到它那份梯度。",
)  # fmt: skip
AMINMAX = row(
    "aminmax", "aminmax(self, dim, keepdim)", {"self": "aminmax_backward(g, self, min, max, dim, keepdim)"}, settings="dim keepdim", results="min max", many=True, silent=True,
    symbol="min max", spelled=("torch.aminmax", "Tensor.aminmax"), samples=(((2, 3), None, False), ((2, 3), 1, False), ((2, 3), 0, True)),
    en="The two gradients go to the least and the greatest elements; equal ones share.", zh="两份梯度分别交给最小和最大的元素；并列者平分。",
)  # fmt: skip
KTHVALUE = row(
    "kthvalue", "kth(self, k, dim, keepdim)", {"self": BACK}, settings="k dim keepdim", results="values indices", symbol="k-th",
    spelled=("torch.kthvalue", "Tensor.kthvalue"), samples=(((2, 3), 2, 1, False), ((2, 3), 1, 0, True)), **PICKED,
)  # fmt: skip
MODE = row(
    "mode", "mode(self, dim, keepdim)", {"self": BACK}, settings="dim keepdim", results="values indices", symbol="mode",
    spelled=("torch.mode", "Tensor.mode"), samples=(((2, 3), 1, False), ((2, 3), 0, True)), **PICKED,
)  # fmt: skip

KINDS = {
    name: answer(name, fields)
    for name, fields in (
        ("cummax", "values indices"),
        ("cummin", "values indices"),
        ("aminmax", "min max"),
        ("kthvalue", "values indices"),
        ("mode", "values indices"),
    )
}


@spelled("internal.logcumsumexp_backward")
def logcumsumexp_backward(g: Tensor, x: Tensor, result: Tensor, dim: int) -> Tensor:
    """The same of Tensors: the positive and the negative part of the gradient, each in logarithms."""
    m = METHODS
    if not g._data.ndim or not g._data.size:
        return g
    least = float(np.finfo(g._data.dtype).min)
    made: Tensor | None = None
    sizes = m["log"](m["abs"](g))
    for sign in ("gt", "lt"):
        weight = m["where"](sizes, m[sign](g, 0), least)
        later = m["flip"](logcumsumexp(m["flip"](m["sub"](weight, result), dim), dim), dim) if x._data.ndim else m["sub"](weight, result)  # fmt: skip
        part = m["exp"](m["add"](later, x))
        made = part if made is None else m["sub"](made, part)
    assert made is not None
    return made


@spelled("internal.aminmax_backward")
def aminmax_backward(g: Any, x: Tensor, least: Tensor, most: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    m = METHODS
    parts, places = [], None if dim is None else (dim,)
    for each, chosen in zip(g, (least, most), strict=True):
        if each is None:
            continue
        each, chosen = (INTERNAL["restored"](part, places, keepdim, x._data.shape) for part in (each, chosen))
        mask = m["eq"](x.detach(), chosen.detach())
        count = m["sum"](mask, dim, True) if dim is not None else m["sum"](mask)
        parts.append(m["mul"](m["div"](each, count), mask))
    result: Tensor = m["add"](*parts) if len(parts) == 2 else parts[0]
    return result


def _tensor(name: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        raise argument(name, "input", 1, value)
    return value


def _running_front(op: Op) -> Callable[..., Any]:
    def front(input: Tensor, dim: int) -> Any:
        _tensor(op.name, input)
        return KINDS[op.name](*apply(op, (input,), (dims.one(dim, input._data.ndim),)))

    return front


spelled("torch.cummax", "Tensor.cummax")(_running_front(CUMMAX))
spelled("torch.cummin", "Tensor.cummin")(_running_front(CUMMIN))


@spelled("torch.logcumsumexp", "Tensor.logcumsumexp")
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    result: Tensor = apply(LOGCUMSUMEXP, (_tensor("logcumsumexp", input),), (dims.one(dim, input._data.ndim),))
    return result


@spelled("torch.aminmax", "Tensor.aminmax")
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """The least and the greatest. Raises RuntimeError where there is nothing to choose from."""
    if dim is not None and (isinstance(dim, bool) or not isinstance(dim, int)):
        raise TypeError(f"aminmax(): argument 'dim' must be int, not {type(dim).__name__}")
    place = None if dim is None else dims.one(dim, input._data.ndim)
    if not input._data.size and (place is None or not input._data.shape[place]):
        where = "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        raise IndexError(f"aminmax: Expected reduction dim {place} to have non-zero size.") if place is not None else RuntimeError(where)  # fmt: skip
    return KINDS["aminmax"](*apply(AMINMAX, (input,), (place, keepdim)))


@spelled("torch.kthvalue", "Tensor.kthvalue")
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th least along `dim`. Raises RuntimeError where there are not that many."""
    place = dims.one(dim, _tensor("kthvalue", input)._data.ndim)
    size = input._data.shape[place] if input._data.ndim else 1
    if not size:
        raise IndexError(f"kthvalue(): Expected reduction dim {place} to have non-zero size.")
    if not 1 <= k <= size:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {place}")
    return KINDS["kthvalue"](*apply(KTHVALUE, (input,), (k, place, keepdim)))


@spelled("torch.mode", "Tensor.mode")
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent value along `dim`; of several the least."""
    place = dims.one(dim, _tensor("mode", input)._data.ndim)
    if input._data.ndim and not input._data.shape[place]:
        raise IndexError(f"mode(): Expected reduction dim {place} to have non-zero size.")
    return KINDS["mode"](*apply(MODE, (input,), (place, keepdim)))


def _share(input: Tensor, q: Any, interpolation: str) -> Tensor:
    if not input._data.size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if isinstance(q, Tensor) and q._data.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if input._data.dtype.name not in ("float32", "float64"):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if isinstance(q, Tensor) and q._data.dtype != input._data.dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(f"quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}")  # fmt: skip
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q:g}")
        return Tensor(input._data.dtype.type(q))
    if not np.all((q._data >= 0) & (q._data <= 1)):
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    return q


def _quantile(name: str, input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str) -> Tensor:
    share = _share(_tensor(name, input), q, interpolation)
    m, shape = METHODS, list(input._data.shape)
    if dim is None:
        sorted_ = m["sort"](m["flatten"](input))[0]
        left = [1] * len(shape) if keepdim else []
    else:
        place = dims.one(dim, len(shape))
        turned = input if place == len(shape) - 1 else m["transpose"](m["unsqueeze"](input, -1), place, -1)
        sorted_ = m["sort"](turned)[0]
        left = [1 if at == place else size for at, size in enumerate(shape) if keepdim or at != place]
    size = sorted_._data.shape[-1] if sorted_._data.ndim else 1
    lines = m["view"](sorted_, *left, size)
    numbers = lines._data == lines._data
    wide = m["unsqueeze"](share, 0) if not share._data.ndim else share
    if name == "nanquantile":
        ranks = m["mul"](wide, Tensor(np.sum(numbers, -1, keepdims=True) - 1))
        ranks = m["masked_fill_"](ranks, Tensor(ranks._data < 0), 0)
    else:
        broken = np.any(~numbers, -1, keepdims=True)
        ranks = apply(MUL_NUMBER, (wide,), (size - 1,))
        spread = np.broadcast_shapes(ranks._data.shape, broken.shape)
        ranks = ranks if ranks._data.shape == spread else m["expand"](ranks, *spread)
        ranks = m["masked_fill"](ranks, Tensor(broken), size - 1)
    rounded = {"lower": "floor", "higher": "ceil", "nearest": "round"}.get(interpolation)
    ranks = m[rounded](ranks) if rounded else ranks
    below = m["to"](ranks, dtypes.int64)
    found: Tensor = m["gather"](lines, -1, below)
    if interpolation in ("linear", "midpoint"):
        weights = FUNCTIONS["full_like"](ranks, 0.5) if interpolation == "midpoint" else m["sub"](ranks, below)
        found = m["lerp_"](found, m["gather"](lines, -1, m["to"](m["ceil"](ranks), dtypes.int64)), weights)
    if not share._data.ndim:
        return m["squeeze_"](found, -1)  # type: ignore[no-any-return]
    return m["squeeze_"](m["transpose_"](m["unsqueeze_"](found, 0), 0, -1), -1)  # type: ignore[no-any-return]


def _quantile_front(name: str) -> None:
    def front(
        input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
    ) -> Tensor:
        return _quantile(name, input, q, dim, keepdim, interpolation)

    spelled(f"torch.{name}", f"Tensor.{name}")(front)


_quantile_front("quantile")
_quantile_front("nanquantile")


@spelled("torch.msort", "Tensor.msort")
def msort(input: Tensor) -> Tensor:
    """The rows in order along the first dimension."""
    found: Tensor = FUNCTIONS["sort"](input, 0)[0]
    return found
