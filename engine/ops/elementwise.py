"""Functions of one number, applied to each element."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import numpy as np

from engine import dtypes, fronts, inside
from engine.application import apply
from engine.broadcast import together
from engine.ops.arithmetic import _check
from engine.ops.creation import held
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, argument, row, spelled
from engine.tensor import Tensor

SHAPES = (((2, 3),), ((),))


def _real(name: str, forward: str, rule: str, **facts: Any) -> Op:
    """A row whose function needs real numbers: integers become the default float first."""
    op = row(
        name,
        forward,
        {"self": rule},
        spelled=(f"torch.{name}", f"Tensor.{name}"),
        samples=facts.pop("samples", SHAPES),
        **facts,
    )

    def front(input: Tensor) -> Tensor:
        if not isinstance(input, Tensor):
            raise argument(name, "input", 1, input)
        if input._data.dtype.kind != "f":
            input = METHODS["to"](input, dtypes.get_default_dtype())
        result: Tensor = apply(op, (input,))
        return result

    spelled(f"torch.{name}", f"Tensor.{name}")(fronts.unary(op, op.compute, front))
    return op


EXP = _real(
    "exp", "exp(self)", "g * result", symbol="exp",
    en="The exponential is its own slope, so the gradient is scaled by the result.",
    zh="指数函数的斜率就是它自己，所以梯度乘以结果。",
)  # fmt: skip
LOG = _real(
    "log", "log(self)", "g / self", symbol="log", domain=(0.5, 2.0),
    en="The slope of the logarithm is one over x.", zh="对数的斜率是 x 的倒数。",
)  # fmt: skip
LOG1P = _real(
    "log1p", "log1p(self)", "g / (self + 1)", symbol="log1p", domain=(0.5, 2.0), node="Log1PBackward0!",
    en="The slope of log(1 + x) is one over 1 + x.", zh="log(1 + x) 的斜率是 1 + x 的倒数。",
)  # fmt: skip
SQRT = _real(
    "sqrt", "sqrt(self)", "g / (2 * result)", symbol="√x", domain=(0.5, 2.0),
    en="The slope of the root is one over twice the root.", zh="平方根的斜率是根的两倍的倒数。",
)  # fmt: skip
SIN = _real(
    "sin", "sin(self)", "g * cos(self)", symbol="sin", en="The slope of sine is cosine.", zh="正弦的斜率是余弦。"
)
COS = _real(
    "cos",
    "cos(self)",
    "g * -sin(self)",
    symbol="cos",
    en="The slope of cosine is minus sine.",
    zh="余弦的斜率是负的正弦。",
)
TAN = _real(
    "tan", "tan(self)", "g * (1 + result ** 2)", symbol="tan", domain=(-1.0, 1.0),
    en="The slope of the tangent is one plus its square.", zh="正切的斜率是一加它的平方。",
)  # fmt: skip
TANH = _real(
    "tanh", "tanh(self)", "g * (1 - result ** 2)", twice={"self": "tanh_backward(g, result)"}, symbol="tanh",
    en="The gradient is scaled by one minus the square of the result: nearly nothing where tanh is flat.",
    zh="梯度乘以一减结果的平方：在 tanh 平坦处几乎为零。",
)  # fmt: skip
SIGMOID = _real(
    "sigmoid", "sigmoid(self)", "g * (1 - result) * result", twice={"self": "sigmoid_backward(g, result)"}, symbol="σ",
    en="The slope of the sigmoid is the result times one minus the result, at most a quarter.",
    zh="sigmoid 的斜率是结果乘以一减结果，至多四分之一。",
)  # fmt: skip
ERF = _real(
    "erf", "erf(self)", "g * (2 / SQRTPI * exp(-self ** 2))", twice={"self": "2 / SQRTPI * exp(-self ** 2) * g"}, symbol="erf",
    en="The slope of the error function is a bell curve.", zh="误差函数的斜率是一条钟形曲线。",
)  # fmt: skip
RSQRT = _real(
    "rsqrt", "1 / sqrt(self)", "-0.5 * g * result ** 3", symbol="1/√x", domain=(0.5, 2.0),
    en="The slope of one over the root is minus half the cube of the result.", zh="平方根倒数的斜率是结果立方的负一半。",
)  # fmt: skip
EXPM1 = _real(
    "expm1", "expm1(self)", "g * (result + 1)", symbol="expm1",
    en="The slope is the exponential: the result plus one.", zh="斜率是指数函数：结果加一。",
)  # fmt: skip
ATAN = _real(
    "atan", "atan(self)", "g / (self * self + 1)", symbol="atan",
    en="The slope of the arc tangent is one over one plus the square.", zh="反正切的斜率是一加平方的倒数。",
)  # fmt: skip


def _same(name: str, forward: str, rule: str, **facts: Any) -> Op:
    """A row that keeps the dtype of its input."""
    op = row(
        name,
        forward,
        {"self": rule},
        spelled=(f"torch.{name}", f"Tensor.{name}"),
        samples=facts.pop("samples", SHAPES),
        **facts,
    )

    def front(input: Tensor) -> Tensor:
        if not isinstance(input, Tensor):
            raise argument(name, "input", 1, input)
        if name not in ("sign", "sgn") and input._data.dtype.kind == "b":
            word = "abs_cpu" if name == "abs" else f"{name}_vml_cpu"
            raise NotImplementedError(f"\"{word}\" not implemented for 'Bool'")
        result: Tensor = apply(op, (input,))
        return result

    spelled(f"torch.{name}", f"Tensor.{name}")(fronts.unary(op, op.compute, front))
    return op


ABS = _same(
    "abs", "abs(self)", "g * sign(self)", twice={"self": "g * sgn(self)"}, symbol="|x|",
    en="The gradient takes the sign of the value; at zero it is zero.", zh="梯度带上值的符号；在零处为零。",
)  # fmt: skip
SIGN = _same(
    "sign", "sign(self)", "zeros_like(g)", symbol="sign",
    en="The sign is flat almost everywhere: no gradient passes.", zh="符号函数几乎处处平坦：梯度为零。",
)  # fmt: skip
FLOOR, CEIL, ROUND, TRUNC = (
    _same(
        name, f"{name}(self)", "zeros_like(g)", symbol=symbol,
        en="Flat between its steps: no gradient passes.", zh="台阶之间是平的：梯度为零。",
    )
    for name, symbol in (("floor", "⌊x⌋"), ("ceil", "⌈x⌉"), ("round", "round"), ("trunc", "trunc"))
)  # fmt: skip
ROUND_DECIMALS = row(
    "round_decimals", "rounded(self, decimals)", {"self": "zeros_like(g)"}, settings="decimals", node="RoundBackward1!", symbol="round",
    spelled=("torch.round(x, decimals=2)",), samples=(((2, 3), 2), ((2, 3), -1)),
    en="Flat between its steps: no gradient passes.", zh="台阶之间是平的：梯度为零。",
)  # fmt: skip
RELU = row(
    "relu", "clamp(self, 0, None)", {"self": "threshold_backward(g, result, 0)"}, symbol="ReLU", samples=SHAPES,
    spelled=("torch.relu", "Tensor.relu", "F.relu"),
    en="The gradient passes where the result is positive and stops elsewhere.",
    zh="结果为正处梯度通过，其余处被截住。",
)  # fmt: skip
THRESHOLD_BACKWARD = row(
    "threshold_backward", "threshold_backward(g_, self, slope)", {"g_": "threshold_backward(g, self, slope)", "self": "zeros_like(g)"},
    settings="slope", node="ThresholdBackwardBackward0!", symbol="gate", samples=(((2, 3), (2, 3), 0), ((2, 3), (2, 3), 0.1), ((), (), 0)),
    en="The gate passes gradients of gradients where it passed gradients.", zh="门放行梯度之处，也放行梯度的梯度。",
)  # fmt: skip
CLAMP = row(
    "clamp", "clamp(self, min, max)", {"self": "where(within(self, min, max), g, 0)"}, settings="min max", node="ClampBackward1!", symbol="clamp",
    spelled=("torch.clamp", "torch.clip", "Tensor.clamp", "Tensor.clip"), samples=(((2, 3), -0.5, 0.5), ((4,), 0.1, None), ((4,), None, 0.1)),
    en="The gradient passes between the bounds, the bounds included, and stops outside.",
    zh="在上下界之间（含边界）梯度通过，之外被截住。",
)  # fmt: skip
CLAMP_MIN = row(
    "clamp_min", "clamp(self, min, None)", {"self": "where(self >= min, g, 0)"}, settings="min", symbol="clamp",
    spelled=("torch.clamp_min", "Tensor.clamp_min"), samples=(((2, 3), 0.1),),
    en="The gradient passes at and above the bound.", zh="不小于下界处梯度通过。",
)  # fmt: skip
WHERE = row(
    "where", "where(condition, self, other)", {"self": "where(condition, g, 0)", "other": "where(condition, 0, g)"},
    inputs="condition self other", symbol="where", spelled=("torch.where", "Tensor.where"),
    samples=(([True, False, True], (3,), (3,)), ([True, False, True], (2, 3), ())),
    en="Each place's gradient goes to the branch that was chosen there.", zh="每个位置的梯度交给在那里被选中的一支。",
)  # fmt: skip
MASKED_FILL = row(
    "masked_fill", "masked_fill(self, mask, value)", {"self": "masked_fill(g, mask, 0)"}, inputs="self mask", settings="value", symbol="fill",
    spelled=("torch.masked_fill", "Tensor.masked_fill"), samples=(((2, 3), [True, False, True], 7.0),),
    en="No gradient reaches the places that were filled.", zh="被填充的位置得不到梯度。",
)  # fmt: skip


def _relu(input: Tensor) -> Tensor:
    if not isinstance(input, Tensor):
        raise argument("relu", "input", 1, input)
    if input._data.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    result: Tensor = apply(RELU, (input,))
    return result


# What its formula comes to for floats: of two zeros, and of what is not a number, `maximum` gives the second.
relu = fronts.unary(RELU, functools.partial(np.maximum, 0), _relu)
spelled("torch.relu", "Tensor.relu", "torch.nn.functional.relu")(relu)


@spelled("internal.threshold_backward")
def threshold_backward(g: Tensor, result: Tensor, slope: float) -> Tensor:
    made: Tensor = apply(THRESHOLD_BACKWARD, (g, result), (slope,))
    return made


@spelled("torch.where")
def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """Elements of `input` where the condition holds, of `other` elsewhere; with the condition alone, its nonzero indices."""
    if not isinstance(condition, Tensor):
        raise argument("where", "condition", 1, condition)
    if input is None and other is None:
        inside.refuse(inside.DYNAMIC.format("aten::where"), condition)
        return tuple(Tensor(places) for places in condition._array().reshape(condition._data.shape or (1,)).nonzero())
    if condition._data.dtype.name == "uint8":
        warnings.warn(
            "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of PyTorch. "
            "Use a boolean condition instead.",
            UserWarning,
            stacklevel=2,
        )
        condition = METHODS["to"](condition, dtypes.bool_)
    if condition._data.dtype.kind != "b":
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype.scalar}"
        )
    for one, two in ((condition, input), (condition, other), (input, other)):
        _check("where", one, two)
    kinds = [value._data for value in (input, other) if isinstance(value, Tensor)]
    kind = dtypes.result_type(kinds, [value for value in (input, other) if not isinstance(value, Tensor)])
    pair = [
        METHODS["to"](value, kind) if isinstance(value, Tensor) else kind.numpy.type(value) for value in (input, other)
    ]
    return apply(WHERE, (condition, *pair))


@spelled("Tensor.where")
def where_method(self: Tensor, condition: Tensor, other: Any) -> Any:
    return where(condition, self, other)


MASKED_FILL_TENSOR = row(
    "masked_fill_tensor", "where(mask, value, self)", {"self": "masked_fill(g, mask, 0)", "value": "sum(where(mask, g, 0))"}, twice={"value": "sum(masked_select(g, mask))"}, inputs="self mask value",
    node="MaskedFillBackward1!", symbol="fill", spelled=("x.masked_fill(mask, t)",), samples=(((2, 3), [True, False, True], ()),),
    en="What was filled over receives nothing; the value receives the sum of the gradients it was filled into.",
    zh="被填充覆盖之处没有梯度；填入的值得到各处梯度之和。",
)  # fmt: skip


@spelled("torch.masked_fill", "Tensor.masked_fill")
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    together(mask._data.shape, input._data.shape)
    if isinstance(value, Tensor) and not value._data.ndim and mask._data.dtype.kind == "b":
        if value._data.dtype != input._data.dtype:
            value = METHODS["to"](value, input.dtype)
        filled: Tensor = apply(MASKED_FILL_TENSOR, (input, mask, value))
        return filled
    if isinstance(value, Tensor) and value._data.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value._data.ndim} dimension(s)."
        )
    number = value
    if mask._data.dtype.kind != "b":
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype.cpp}")
    if input._data.dtype.kind == "f":
        held(number, input.dtype)
    result: Tensor = apply(MASKED_FILL, (input, mask), (number,))
    return result


round_whole = METHODS["round"]


def round_decimals(input: Tensor, *, decimals: int | None = None) -> Tensor:
    """The nearest whole number, or number of so many decimals, to even in the middle. Raises NotImplementedError for decimals of integers."""
    if decimals is None or not isinstance(input, Tensor):
        rounded: Tensor = round_whole(input)
        return rounded
    if input._data.dtype.kind != "f":
        word = "round_vml_cpu" if decimals == 0 else "round_cpu"
        raise NotImplementedError(f"\"{word}\" not implemented for '{input.dtype.scalar}'")
    rounded = apply(ROUND_DECIMALS, (input,), (decimals,))
    return rounded


FUNCTIONS["round"] = METHODS["round"] = round_decimals
METHODS["__abs__"] = METHODS["abs"]
spelled("torch.nn.functional.sigmoid")(METHODS["sigmoid"])
spelled("torch.nn.functional.tanh")(METHODS["tanh"])
spelled("torch.absolute")(METHODS["abs"])
