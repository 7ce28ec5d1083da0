"""Many numbers into fewer: sums, means, products, extremes, spreads, norms."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, inside
from engine.application import apply
from engine.kernels.elementwise import ratio
from engine.ops import dims
from engine.ops.answers import answer
from engine.ops.arithmetic import MUL_NUMBER
from engine.ops.op import Op
from engine.ops.retyped import reduced, retyped
from engine.ops.signatures import EXTREME, unmatched
from engine.ops.table import FUNCTIONS, INTERNAL, METHODS, argument, row, spelled
from engine.tensor import Tensor

ALL = (((2, 3),), ((),))
ALONG = (((2, 3), (0,), False), ((2, 3), (1,), True), ((2, 3, 2), (0, 2), False))

SUM = row(
    "sum", "sum(self)", {"self": "expand(g, self.shape)"}, symbol="Σ", spelled=("torch.sum", "Tensor.sum"), samples=ALL,
    en="Every element receives the gradient of the sum.", zh="每个元素都得到和的梯度。",
)  # fmt: skip
SUM_DIM = row(
    "sum_dim", "sum(self, dim, keepdim)", {"self": "unreduce(g, dim, keepdim, self.shape)"}, settings="dim keepdim", node="SumBackward1!",
    symbol="Σ", spelled=("torch.sum(x, dim)", "Tensor.sum"), samples=ALONG,
    en="Every element receives the gradient of the sum that it went into.", zh="每个元素得到它所进入的那个和的梯度。",
)  # fmt: skip
MEAN = row(
    "mean", "mean(self)", {"self": "expand(g, self.shape) / size(self.shape)"},
    symbol="mean", spelled=("torch.mean", "Tensor.mean"), samples=ALL,
    en="Every element receives an equal share of the gradient.", zh="每个元素得到梯度的等份。",
)  # fmt: skip
MEAN_DIM = row(
    "mean_dim", "mean(self, dim, keepdim)", {"self": "unreduce(g, dim, keepdim, self.shape) / size(self.shape, dim)"}, settings="dim keepdim",
    node="MeanBackward1!", symbol="mean", spelled=("torch.mean(x, dim)",), samples=ALONG,
    en="Every element receives an equal share of the gradient of its mean.", zh="每个元素得到其所属均值的梯度的等份。",
)  # fmt: skip
PROD = row(
    "prod", "prod(self)", {"self": "prod_but_one(g, self, result, None)"}, symbol="Π", spelled=("torch.prod", "Tensor.prod"), samples=ALL,
    en="Each element's gradient is scaled by the product of all the others.", zh="每个元素的梯度乘以其余各元素之积。",
)  # fmt: skip
PROD_DIM = row(
    "prod_dim", "prod(self, dim, keepdim)", {"self": "prod_but_one(restore(g, (dim,), keepdim, rank(self.shape)), self, restore(result, (dim,), keepdim, rank(self.shape)), dim)"}, settings="dim keepdim",
    node="ProdBackward1!", symbol="Π", spelled=("torch.prod(x, dim)",), samples=(((2, 3), 0, False), ((2, 3), 1, True)),
    en="Each element's gradient is scaled by the product of the others along the dimension.", zh="每个元素的梯度乘以同一维上其余元素之积。",
)  # fmt: skip


def _extreme(name: str, pick: str) -> tuple[Op, Op, Op]:
    greatest = {"max": ("greatest", "最大"), "min": ("least", "最小")}[name]
    full = row(
        name, f"{pick}(self)", {"self": "share(g, matches(self, result), None)"}, twice={"self": "evenly(g, matches(self, result))"}, node=f"{name.capitalize()}Backward1!", symbol=name, samples=(((2, 3),),),
        spelled=(f"torch.{name}", f"Tensor.{name}"),
        en=f"The gradient goes to the {greatest[0]} element; equal ones share it.", zh=f"梯度交给{greatest[1]}的元素；并列者平分。",
    )  # fmt: skip
    along = row(
        f"{name}_dim", f"{name}_along(self, dim, keepdim)",
        {"self": "scatter_chosen(restore(g, (dim,), keepdim, rank(self.shape)), self.shape, dim, restore(indices, (dim,), keepdim, rank(self.shape)))"},
        settings="dim keepdim", results="values indices", node=f"{name.capitalize()}Backward0!", symbol=name, samples=(((2, 3), 1, False), ((2, 3), 0, True)),
        spelled=(f"torch.{name}(x, dim)",),
        en=f"The gradient goes to the one position that was found {greatest[0]}.", zh=f"梯度只交给被选中的那个{greatest[1]}位置。",
    )  # fmt: skip
    spread = row(
        pick, f"{pick}(self, dim, keepdim)",
        {"self": "among(restore(g, dim, keepdim, rank(self.shape)), self == restore(result, dim, keepdim, rank(self.shape)), dim)"},
        twice={"self": "counted(restored(g, dim, keepdim, self.shape), self == restored(result, dim, keepdim, self.shape), dim)"},
        settings="dim keepdim", symbol=name, samples=(((2, 3), (1,), False), ((2, 3), (0, 1), True)), spelled=(f"torch.{pick}", f"Tensor.{pick}"),
        en=f"The gradient goes to the {greatest[0]} elements; equal ones share it.", zh=f"梯度交给{greatest[1]}的元素；并列者平分。",
    )  # fmt: skip
    return full, along, spread


MAX, MAX_DIM, AMAX = _extreme("max", "amax")
MIN, MIN_DIM, AMIN = _extreme("min", "amin")

VAR = row(
    "var", "var(self, dim, correction, keepdim)",
    {"self": "ratio(2, size(self.shape, dim) - correction) * restore(g, dim, keepdim, rank(self.shape)) * (self - mean(self, dim, True))"},
    twice={"self": "var_backward(g, self, dim, correction, keepdim)"},
    settings="dim correction keepdim", symbol="var", spelled=("torch.var", "Tensor.var"), samples=(((2, 3), None, 1, False), ((2, 3), (1,), 0, True)),
    en="Each element is pushed away from the mean, in proportion to its distance.", zh="每个元素按它与均值的距离被推离均值。",
)  # fmt: skip
STD = row(
    "std", "sqrt(var(self, dim, correction, keepdim))",
    {
        "self": "masked_fill(restore(g / (result * 2), dim, keepdim, rank(self.shape)), restore(result == 0, dim, keepdim, rank(self.shape)), 0)"
        " * ratio(2, size(self.shape, dim) - correction) * (self - mean(self, dim, True))"
    },
    twice={"self": "var_backward(masked_fill(g / (result * 2), result == 0, 0), self, dim, correction, keepdim)"},
    settings="dim correction keepdim", symbol="std", spelled=("torch.std", "Tensor.std"), samples=(((2, 3), None, 1, False), ((2, 3), (1,), 0, True)),
    en="Each element is pushed away from the mean, by its distance over the spread.", zh="每个元素被推离均值，力度是它的距离除以标准差。",
)  # fmt: skip
VAR_MEAN, STD_MEAN = (
    row(
        f"{op.name}_mean", f"{op.name}_mean(self, dim, correction, keepdim)",
        {"self": "spread_backward(g, self, " + held + ", dim, correction, keepdim)"}, settings="dim correction keepdim",
        results="spread average", many=True, silent=True, symbol=f"{op.name},mean", spelled=(f"torch.{op.name}_mean",), samples=op.samples,
        en="The spread and the mean send back their own parts.", zh="离散程度与均值各自传回自己的一份。",
    )
    for op, held in ((VAR, "None"), (STD, "spread"))
)  # fmt: skip
LOGSUMEXP = row(
    "logsumexp", "logsumexp(self, dim, keepdim)",
    {"self": "restore(g, dim, keepdim, rank(self.shape)) * exp(self - restore(result, dim, keepdim, rank(self.shape)))"},
    settings="dim keepdim", symbol="logΣexp", spelled=("torch.logsumexp", "Tensor.logsumexp"), samples=ALONG,
    en="Each element receives its softmax share of the gradient.", zh="每个元素按它的 softmax 份额得到梯度。",
)  # fmt: skip
CUMSUM = row(
    "cumsum", "cumsum(self, dim)", {"self": "flip(cumsum(flip(g, (dim,)), dim), (dim,))"}, settings="dim",
    twice={"self": "cumsum_backward(g, dim)"}, symbol="Σ…",
    spelled=("torch.cumsum", "Tensor.cumsum"), samples=(((2, 3), 1), ((2, 3), 0)),
    en="An element is in every later sum, so it receives the gradients of all of them.", zh="一个元素出现在其后的每个和里，所以得到它们全部的梯度。",
)  # fmt: skip
retyped(SUM, SUM_DIM, MEAN, MEAN_DIM, PROD, PROD_DIM, CUMSUM)
ARGMAX, ARGMIN = (
    row(
        name, f"{name}(self, dim, keepdim)", inputs="self", settings="dim keepdim", symbol=name, spelled=(f"torch.{name}", f"Tensor.{name}"),
        samples=(((2, 3), 1, False),), en="A position has no slope; nothing flows back.", zh="位置没有斜率，没有梯度流回。",
    )
    for name in ("argmax", "argmin")
)  # fmt: skip


def tensor(op: str, value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        raise argument(op, "input", 1, value)
    return value


@spelled("torch.sum", "Tensor.sum")
def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    places = dims.several("sum", dim, tensor("sum", input)._data.ndim)
    if places is None and not keepdim:
        return reduced(SUM, input, (), dtype)
    return reduced(SUM_DIM, input, (_all(places, input), keepdim), dtype)


def _all(places: tuple[int, ...] | None, input: Tensor) -> tuple[int, ...]:
    return places if places else tuple(range(input._data.ndim))


@spelled("torch.mean", "Tensor.mean")
def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    input = tensor("mean", input)
    if dtype is not None:
        if not dtype.is_floating_point:
            raise RuntimeError(
                "mean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. "
                f"Got: {dtype.scalar}"
            )
    elif input._data.dtype.kind != "f":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {input.dtype.scalar}"
        )
    places = dims.several("mean", dim, input._data.ndim)
    if places is None and not keepdim:
        return reduced(MEAN, input, (), dtype)
    return reduced(MEAN_DIM, input, (_all(places, input), keepdim), dtype)


@spelled("torch.prod", "Tensor.prod")
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    ndim = tensor("prod", input)._data.ndim
    if dim is not None:
        dims.one(dim, ndim)
    if dim is None:
        return reduced(PROD, input, (), dtype)
    return reduced(PROD_DIM, input, (dims.one(dim, ndim), keepdim), dtype)


def _extreme_front(name: str, full: Op, along: Op, pair: str) -> Callable[..., Any]:
    result = answer(name, "values indices")

    def front(input: Any, dim: Any = None, keepdim: Any = None) -> Any:
        if not isinstance(input, Tensor) and dim is not None:
            raise unmatched(name, (input, dim), EXTREME)
        if isinstance(dim, Tensor):
            # A number in a tensor is a dimension too, where what else is said fits no other tensor.
            if keepdim is None:
                return METHODS[pair](input, dim)
            if dim._data.shape or dim._data.dtype.kind not in "iu":
                raise unmatched(name, (input, dim, keepdim), EXTREME)
            dim = int(dim)
        keepdim = bool(keepdim)
        if dim is None:
            if not tensor(name, input)._data.size:
                raise RuntimeError(
                    f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the "
                    "'dim' argument."
                )
            return apply(full, (input,))
        place = dims.one(dim, input._data.ndim)
        if not input._data.size and input._data.ndim:
            _nothing_to_choose(name, input, (place,))
        return result(*apply(along, (input,), (place, keepdim)))

    return front


spelled("torch.max", "Tensor.max")(_extreme_front("max", MAX, MAX_DIM, "maximum"))
spelled("torch.min", "Tensor.min")(_extreme_front("min", MIN, MIN_DIM, "minimum"))


def _nothing_to_choose(name: str, input: Tensor, places: tuple[int, ...] | None) -> None:
    """Raises RuntimeError, or IndexError for a dimension without elements, as nothing has no greatest element."""
    if not places:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
        )
    for place in places:
        if not input._data.shape[place]:
            raise IndexError(f"{name}(): Expected reduction dim {place} to have non-zero size.")


def _spread_front(op: Op) -> Callable[..., Tensor]:
    def front(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
        places = dims.several(op.name, () if dim is None else dim, input._data.ndim)
        if not input._data.size:
            _nothing_to_choose(op.name, input, places)
        result: Tensor = apply(op, (input,), (_all(places, input), keepdim))
        return result

    return front


spelled("torch.amax", "Tensor.amax")(_spread_front(AMAX))
spelled("torch.amin", "Tensor.amin")(_spread_front(AMIN))


def moment(op: Op, name: str) -> Callable[..., Any]:
    """`var`, `std` or one of them beside the mean, as a program calls it, under a name for what it warns of: too few elements."""

    def front(
        input: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
    ) -> Any:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        if tensor(op.name, input)._data.dtype.kind != "f":
            raise RuntimeError(f"{name if op.many else 'std and var'} only support floating point and complex dtypes")
        places = dims.several(op.name, dim, input._data.ndim) or None
        freedom = (1 if unbiased else 0) if correction is None else correction
        count = math.prod(input._data.shape[place] for place in _all(places, input)) if input._data.size else 0
        if count <= freedom:
            warnings.warn(
                f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel "
                "divided by output numel).",
                UserWarning,
                stacklevel=2,
            )
        return apply(op, (input,), (places, freedom, keepdim))

    return front


@spelled("internal.var_backward")
def var_backward(g: Tensor, x: Tensor, dim: Any, correction: float, keepdim: bool) -> Tensor:
    """The distances from the mean, scaled; nan and infinities where no degree of freedom is left."""
    m, shape = METHODS, x._data.shape
    freedom = math.prod(shape if dim is None else [shape[place] for place in dim]) - correction
    if dim is None and freedom <= 0:
        # PyTorch chooses between two numbers, which gives the default dtype.
        chosen = np.where(x._data == x._data.mean(), np.nan, np.inf).astype(dtypes.get_default_dtype().numpy)
        return m["mul"](g, Tensor(chosen[()]))  # type: ignore[no-any-return]
    if dim is not None and not keepdim and len(shape) > 1:
        g = INTERNAL["unsqueeze_all"](g, dim, len(shape))
    away = m["sub"](x, m["mean"](x) if dim is None else m["mean"](x, dim, True))
    return m["mul"](apply(MUL_NUMBER, (g,), (ratio(2, freedom),)), away)  # type: ignore[no-any-return]


@spelled("internal.spread_backward")
def spread_backward(g: Any, x: Tensor, spread: Tensor | None, dim: Any, correction: float, keepdim: bool) -> Tensor:
    """What the variance, or the deviation that `spread` holds, and the mean beside it send back."""
    first, second = g
    if first is not None and spread is not None:
        first = METHODS["masked_fill"](
            METHODS["div"](first, apply(MUL_NUMBER, (spread,), (2,))), METHODS["eq"](spread, 0), 0
        )
    parts = []
    if first is not None:
        parts.append(var_backward(first, x, dim, correction, keepdim))
    if second is not None:
        rule = MEAN.tensor_rules[0] if dim is None else MEAN_DIM.tensor_rules[0]
        parts.append(rule(second, None, None, x._data.shape, *(() if dim is None else (dim, keepdim))))
    return parts[0] if len(parts) == 1 else METHODS["add"](*parts)


spelled("torch.var", "Tensor.var")(moment(VAR, "var"))
spelled("torch.std", "Tensor.std")(moment(STD, "std"))
spelled("torch.var_mean")(moment(VAR_MEAN, "var_mean"))
spelled("torch.std_mean")(moment(STD_MEAN, "std_mean"))


@spelled("torch.logsumexp", "Tensor.logsumexp")
def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    if input._data.dtype.kind != "f":
        input = METHODS["to"](input, dtypes.get_default_dtype())
    result: Tensor = apply(LOGSUMEXP, (input,), (dims.several("logsumexp", dim, input._data.ndim), keepdim))
    return result


@spelled("torch.cumsum", "Tensor.cumsum")
def cumsum(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    return reduced(CUMSUM, input, (dims.one(dim, tensor("cumsum", input)._data.ndim),), dtype)


def _position(op: Op) -> Callable[..., Tensor]:
    def front(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
        if not input._data.size and dim is None:
            raise IndexError(f"{op.name}(): Expected reduction dim to be specified for input.numel() == 0.")
        place = None if dim is None else dims.one(dim, input._data.ndim)
        if input._data.dtype.kind == "b":
            raise RuntimeError(f"{op.name}(): does not support bool input")
        if place is not None and input._data.ndim and not input._data.shape[place]:
            raise IndexError(f"{op.name}(): Expected reduction dim {place} to have non-zero size.")
        result: Tensor = apply(op, (input,), (place if input._data.ndim else None, keepdim))
        return result

    return front


spelled("torch.argmax", "Tensor.argmax")(_position(ARGMAX))
spelled("torch.argmin", "Tensor.argmin")(_position(ARGMIN))


@spelled("internal.prod_but_one")
def prod_but_one(g: Tensor, x: Tensor, result: Tensor, dim: int | None) -> Tensor:
    """Products of all others, made of ops that can be differentiated again and again."""
    m, shape = METHODS, x._data.shape
    x = m["to"](x, g.dtype)
    if not shape:
        return g
    # Where one transform stands within another, PyTorch does not look at the numbers, and takes the way that zeros ask for.
    if len(inside.active) < 2 and np.all(x._data):
        return m["mul"](g, m["div"](result, x))  # type: ignore[no-any-return]
    if dim is None:
        line = m["view"](m["contiguous"](x), -1)
        return m["view"](g if x._data.size == 1 else m["mul"](g, all_but_one(line, 0)), shape)  # type: ignore[no-any-return]
    return g if shape[dim] == 1 else m["mul"](g, all_but_one(x, dim))


def all_but_one(x: Tensor, dim: int) -> Tensor:
    """The product of all others along `dim`: of those before times those after."""
    m, size = METHODS, x._data.shape[dim]
    ones = Tensor(np.ones([1 if place == dim else each for place, each in enumerate(x._data.shape)], x._data.dtype))
    before = FUNCTIONS["cat"]([ones, FUNCTIONS["narrow"](x, dim, 0, size - 1)], dim)
    after = FUNCTIONS["cat"]([ones, m["flip"](FUNCTIONS["narrow"](x, dim, 1, size - 1), dim)], dim)
    made: Tensor = m["mul"](m["cumprod"](before, dim), m["flip"](m["cumprod"](after, dim), dim))
    return made


@spelled("internal.evenly")
def evenly(g: Tensor, chosen: Tensor) -> Tensor:
    """The gradient shared by the chosen elements, as PyTorch fills it into zeros."""
    zeros = Tensor(np.zeros(chosen._data.shape, g._data.dtype)[()])
    made: Tensor = METHODS["masked_fill"](zeros, chosen, METHODS["div"](g, METHODS["sum"](chosen)))
    return made


@spelled("internal.counted")
def counted(g: Tensor, chosen: Tensor, dim: tuple[int, ...] | None) -> Tensor:
    """The gradient divided by the number of the chosen along `dim`, and put where they are."""
    m = METHODS
    made: Tensor = m["mul"](m["div"](g, m["sum"](chosen, dim, True) if chosen._data.ndim else chosen), chosen)
    return made


@spelled("internal.cumsum_backward")
def cumsum_backward(g: Tensor, dim: int) -> Tensor:
    if g._data.size <= 1 or g._data.shape[dim] == 1:
        return g
    result: Tensor = METHODS["flip"](METHODS["cumsum"](METHODS["flip"](g, dim), dim), dim)
    return result


@spelled("internal.times")
def times(g: Tensor, factor: float) -> Tensor:
    """The gradient scaled as PyTorch scales it, which leaves it alone where the factor is one."""
    result: Tensor = g if factor == 1 else apply(MUL_NUMBER, (g,), (factor,))
    return result
