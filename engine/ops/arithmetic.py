"""Sums, differences, products, quotients, powers and the greater of two."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, fronts, inside
from engine.application import apply, begun
from engine.broadcast import together
from engine.ops.op import Op
from engine.ops.table import INTERNAL, METHODS, OPS, row, spelled
from engine.tensor import Tensor

PAIRS = (((2, 3), (2, 3)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), ()), ((2, 3), 1.5))
TENSORS = PAIRS[:4]


def _binary(name: str, forward: str, vjp: dict[str, str], **facts: Any) -> Op:
    return row(
        name,
        forward,
        vjp,
        promotes=True,
        inputs=facts.pop("inputs", "self other"),
        samples=facts.pop("samples", PAIRS),
        **facts,
    )


ADD = _binary(
    "add", "self + other", {"self": "g", "other": "g"}, symbol="+", spelled=("x + y", "torch.add", "Tensor.add"),
    en="A sum hands the arriving gradient on to both terms, unchanged.",
    zh="加法把到来的梯度原样交给两个加数。",
)  # fmt: skip
ADD_SCALED = _binary(
    "add_scaled", "self + alpha * other", {"self": "g", "other": "alpha * g"}, settings="alpha", node="Add", symbol="+", twice={"other": "times(g, alpha)"},
    spelled=("torch.add(x, y, alpha=a)",), samples=(((2, 3), (3,), 2.0),),
    en="The first term's gradient passes unchanged; the second one's is scaled by alpha.",
    zh="第一项的梯度原样通过，第二项的梯度乘以 alpha。",
)  # fmt: skip
SUB = _binary(
    "sub", "self - other", {"self": "g", "other": "-g"}, symbol="−", spelled=("x - y", "torch.sub", "Tensor.sub"),
    en="The first term gets the gradient as it is, the subtracted one gets it with the sign turned.",
    zh="被减数得到原样的梯度，减数得到变号的梯度。",
)  # fmt: skip
SUB_SCALED = _binary(
    "sub_scaled", "self - alpha * other", {"self": "g", "other": "-alpha * g"}, settings="alpha", node="Sub", symbol="−", twice={"other": "times(-g, alpha)"},
    spelled=("torch.sub(x, y, alpha=a)",), samples=(((2, 3), (3,), 2.0),),
    en="The first term's gradient passes unchanged; the second one's is scaled by minus alpha.",
    zh="第一项的梯度原样通过，第二项的梯度乘以负的 alpha。",
)  # fmt: skip
RSUB = _binary(
    "rsub", "other - self", {"self": "-g", "other": "g"}, symbol="−", spelled=("torch.rsub",), samples=TENSORS,
    en="A difference read backwards: the tensor taken away gets the gradient with the sign turned.",
    zh="反向的减法：被减去的张量得到变号的梯度。",
)  # fmt: skip
RSUB_NUMBER = _binary(
    "rsub_number", "other - self", {"self": "-g"}, node="RsubBackward1!", symbol="−", spelled=("1 - x",), samples=(((2, 3), 1.5),),
    en="A number minus a tensor: the tensor gets the gradient with the sign turned.",
    zh="数减张量：张量得到变号的梯度。",
)  # fmt: skip
RSUB_SCALED, RSUB_SCALED_NUMBER = (
    _binary(
        name, "other - alpha * self", vjp, settings="alpha", node=node, symbol="−", spelled=(shown,), samples=(sample,), twice={"self": "times(-g, alpha)"},
        en="A difference read backwards: the scaled tensor that is taken away gets the gradient times minus alpha.",
        zh="反向的减法：被减去的张量经过缩放，得到乘以负 alpha 的梯度。",
    )
    for name, vjp, node, shown, sample in (
        ("rsub_scaled", {"self": "-(g * alpha)", "other": "g"}, "RsubBackward0!", "torch.rsub(x, y, alpha=2)", ((2, 3), (3,), 2.0)),
        ("rsub_scaled_number", {"self": "-(g * alpha)"}, "RsubBackward1!", "torch.rsub(x, 1, alpha=2)", ((2, 3), 1.5, 2.0)),
    )
)  # fmt: skip
MUL = _binary(
    "mul", "self * other", {"self": "g * other", "other": "g * self"}, symbol="×", spelled=("x * y", "torch.mul", "Tensor.mul"),
    en="Each factor's gradient is the arriving one scaled by the other factor.",
    zh="每个因子的梯度，是到来的梯度乘以另一个因子。",
)  # fmt: skip
DIV = _binary(
    "div", "self / other", {"self": "g / other", "other": "-g * ((self / other) / other)"}, symbol="÷", domain=(0.5, 2.0),
    spelled=("x / y", "torch.div", "torch.true_divide", "Tensor.div"),
    en="The dividend's gradient is divided by the divisor; the divisor's is the negative quotient, divided by the divisor once more.",
    zh="被除数的梯度除以除数；除数的梯度是负的商再除以除数。",
)  # fmt: skip
MUL_NUMBER = row(
    "mul_number", "self * other", {"self": "g * other"}, settings="other", node="MulBackward1!", symbol="×", samples=(((2, 3), 1.5),),
    en="The gradient is scaled as the value was.", zh="值怎样缩放，梯度就怎样缩放。",
)  # fmt: skip
DIV_NUMBER = row(
    "div_number", "self / other", {"self": "g / other"}, settings="other", node="DivBackward1!", symbol="÷", samples=(((2, 3), 1.5),),
    en="The gradient is divided as the value was.", zh="值怎样被除，梯度就怎样被除。",
)  # fmt: skip
RECIPROCAL = row(
    "reciprocal", "1 / self", {"self": "-g * (result * result)"}, symbol="1/x", domain=(0.5, 2.0), samples=(((2, 3),),),
    spelled=("1 / x", "torch.reciprocal", "Tensor.reciprocal"),
    en="The slope of one over x is minus the square of the result.",
    zh="倒数的斜率是结果平方的相反数。",
)  # fmt: skip
POW = row(
    "pow", "self ** exponent", {"self": "g * (exponent * self ** (exponent - 1)) if exponent != 0 else zeros_like(g)"},
    settings="exponent", symbol="^", spelled=("x ** 2", "torch.pow", "Tensor.pow", "torch.square", "Tensor.square"), domain=(0.5, 2.0),
    samples=(((2, 3), 2), ((2, 3), 3.0), ((), 0.5), ((3,), 0), ((3,), -1.0), ((3,), 1)),
    en="The exponent comes down as a factor, and the power loses one.",
    zh="指数落下来成为因子，幂次减一。",
)  # fmt: skip
POW_TENSOR = row(
    "pow_tensor", "self ** exponent",
    {
        "self": "where(exponent == 0, 0, g * (exponent * self ** (exponent - 1)))",
        "exponent": "g * where((self == 0) & (exponent >= 0), 0, result * log(self))",
    },
    node="PowBackward1!", promotes=True, symbol="^", spelled=("x ** y", "torch.pow(x, y)"), domain=(0.5, 2.0), samples=TENSORS,
    en="The base gets the rule of powers, the exponent the result times the logarithm of the base.",
    zh="底数按幂法则求导，指数的梯度是结果乘以底数的对数。",
)  # fmt: skip
POW_BASE = row(
    "pow_base", "self ** exponent", {"exponent": "g * (result * ln(self)) if self != 0 else where(exponent >= 0, 0, g * (result * ln(self)))"},
    inputs="self exponent", node="PowBackward2!", promotes=True, symbol="^", spelled=("2 ** x", "torch.pow(2, x)"), samples=((2.0, (2, 3)),),
    en="A number to the power of x grows by the result times the logarithm of the number.",
    zh="以常数为底的幂，其梯度是结果乘以底数的对数。",
)  # fmt: skip
POW_WHOLE = row(
    "pow_whole", "whole_power(self, exponent)", inputs="self exponent", node="PowBackward1!", promotes=True, symbol="^",
    spelled=("torch.tensor(2) ** torch.tensor(-1)",), samples=(([2, -1, 1], [-1, -3, 2]),),
    en="Whole numbers have no slope; a negative power is zero but of one and minus one.", zh="整数没有斜率；除了一与负一，负幂都得零。",
)  # fmt: skip
NEG = row(
    "neg", "-self", {"self": "-g"}, symbol="−x", spelled=("-x", "torch.neg", "torch.negative", "Tensor.neg"), samples=(((2, 3),), ((),)),
    en="The sign of the gradient turns as the value's does.",
    zh="值变号，梯度也变号。",
)  # fmt: skip
MAXIMUM = _binary(
    "maximum", "maximum(self, other)",
    {"self": "masked_fill(where(self == other, g / 2, g), self < other, 0)", "other": "masked_fill(where(self == other, g / 2, g), self > other, 0)"},
    symbol="max", spelled=("torch.maximum", "Tensor.maximum"), samples=TENSORS,
    en="The gradient goes to the greater of the two; where they are equal each gets half.",
    zh="梯度只给较大的一个；相等时各得一半。",
)  # fmt: skip
MINIMUM = _binary(
    "minimum", "minimum(self, other)",
    {"self": "masked_fill(where(self == other, g / 2, g), self > other, 0)", "other": "masked_fill(where(self == other, g / 2, g), self < other, 0)"},
    symbol="min", spelled=("torch.minimum", "Tensor.minimum"), samples=TENSORS,
    en="The gradient goes to the smaller of the two; where they are equal each gets half.",
    zh="梯度只给较小的一个；相等时各得一半。",
)  # fmt: skip


def operand(op: str, value: Any, place: int = 2) -> Any:
    """A tensor or a Python number. Raises TypeError for anything else, OverflowError for a whole number beyond 64 bits."""
    if value.__class__ is int and not -(2**63) <= value < 2**64:
        raise OverflowError("int too big to convert" if value > 0 else "can't convert negative int to unsigned")
    if isinstance(value, (Tensor, bool, int, float)):
        return value.item() if isinstance(value, np.generic) else value
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(
        f"{op}(): argument '{'input' if place == 1 else 'other'}' (position {place}) must be Tensor, not {type(value).__name__}"
    )


def _check(op: str, first: Any, second: Any) -> None:
    """Raise what PyTorch raises for shapes that do not broadcast."""
    if not (isinstance(first, Tensor) and isinstance(second, Tensor)):
        return
    left, right = first._data.shape, second._data.shape
    if left == right or not left or not right:
        return
    try:
        together(left, right, before=len(inside.hidden(first, second)))
    except RuntimeError:
        begun(OPS.get(op), first, second)
        raise


def _both(op: str, first: Any, second: Any) -> tuple[Any, Any]:
    first, second = operand(op, first, 1), operand(op, second)
    if not isinstance(first, Tensor) and not isinstance(second, Tensor):
        if op in ("add", "sub"):
            kind = dtypes.result_type([], [first, second])
            return Tensor(kind.numpy.type(first)), second
        raise TypeError(f"{op}(): argument 'input' (position 1) must be Tensor, not {type(first).__name__}")
    _check(op, first, second)
    return first, second


@spelled("torch.add", "Tensor.add")
def add(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    first, second = _both("add", input, other)
    if alpha.__class__ is not int:
        check_alpha(first, second, alpha)
    if alpha == 1:
        result: Tensor = apply(ADD, (first, second))
        return result
    result = apply(ADD_SCALED, (first, second), (scale(first, second, alpha),))
    return result


@spelled("torch.sub", "torch.subtract", "Tensor.sub", "Tensor.subtract")
def sub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    first, second = _both("sub", input, other)
    no_bool(first, second)
    if alpha.__class__ is not int:
        check_alpha(first, second, alpha)
    if alpha == 1:
        result: Tensor = apply(SUB, (first, second))
        return result
    result = apply(SUB_SCALED, (first, second), (scale(first, second, alpha),))
    return result


def common(first: Any, second: Any) -> dtypes.dtype:
    """The dtype that two operands are brought to."""
    pair = (first, second)
    arrays = [each._data for each in pair if isinstance(each, Tensor)]
    return dtypes.result_type(arrays, [each for each in pair if not isinstance(each, Tensor)])


def no_bool(first: Any, second: Any) -> None:
    """Raises RuntimeError, in PyTorch's words, where a truth value should be subtracted or be subtracted from."""
    truths = [each._data.dtype.kind == "b" if isinstance(each, Tensor) else each is True or each is False for each in (first, second)]  # fmt: skip
    if all(truths):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
        )
    if any(truths):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
            "`logical_not()` operator instead."
        )


def check_alpha(first: Any, second: Any, alpha: Any) -> None:
    """Raises RuntimeError, in PyTorch's words, where the dtype of the operands does not allow for such a factor."""
    kind = common(first, second)
    if isinstance(alpha, (bool, np.bool_)) and kind is not dtypes.bool_:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and not kind.is_floating_point:
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")


def scale(first: Any, second: Any, alpha: float) -> float:
    """`alpha` as the dtype of the operands holds it: of unsigned numbers what is left after wrapping round."""
    return int(alpha) % 256 if alpha < 0 and common(first, second) is dtypes.uint8 else alpha


@spelled("torch.rsub")
def rsub(input: Tensor, other: Any, alpha: float = 1) -> Tensor:
    second, first = _both("rsub", other, input)
    no_bool(first, second)
    if alpha.__class__ is not int:
        check_alpha(first, second, alpha)
    if alpha != 1:
        alpha = scale(first, second, alpha)
        scaled: Tensor = apply(
            RSUB_SCALED if isinstance(second, Tensor) else RSUB_SCALED_NUMBER, (first, second), (alpha,)
        )
        return scaled
    result: Tensor = apply(RSUB if isinstance(second, Tensor) else RSUB_NUMBER, (first, second))
    return result


@spelled("torch.mul", "torch.multiply", "Tensor.mul", "Tensor.multiply")
def mul(input: Any, other: Any) -> Tensor:
    result: Tensor = apply(MUL, _both("mul", input, other))
    return result


@spelled("torch.div", "torch.divide", "torch.true_divide", "Tensor.div", "Tensor.divide", "Tensor.true_divide")
def div(input: Any, other: Any, *, rounding_mode: str | None = "unrounded") -> Tensor:
    if rounding_mode != "unrounded":
        rounded: Tensor = INTERNAL["divided"](input, other, rounding_mode)
        return rounded
    first, second = _both("div", input, other)
    if common(first, second).is_floating_point:
        first, second = (each if isinstance(each, Tensor) else float(each) for each in (first, second))
        result: Tensor = apply(DIV, (first, second))
    else:
        result = apply(DIV, (_real(first), _real(second)))
    return result


def _real(value: Any) -> Any:
    """Integers divide as numbers of the default float."""
    if isinstance(value, Tensor) and value._data.dtype.kind != "f":
        return METHODS["to"](value, _default())
    return value if isinstance(value, Tensor) else float(value)


def _default() -> Any:
    from engine import dtypes

    return dtypes.get_default_dtype()


@spelled("torch.reciprocal", "Tensor.reciprocal")
def reciprocal(input: Tensor) -> Tensor:
    result: Tensor = apply(RECIPROCAL, (_real(input),))
    return result


@spelled("torch.pow", "Tensor.pow")
def pow(input: Any, exponent: Any) -> Tensor:
    base, exponent = _both("pow", input, exponent)
    if not isinstance(exponent, Tensor):
        kind = common(base, exponent)
        if kind is dtypes.bool_:
            kept: Tensor = METHODS["logical_or"](base, METHODS["logical_not"](base)) if not exponent else METHODS["clone"](base)  # fmt: skip
            return kept
        if base._data.dtype.kind != "f" and kind is not base.dtype:
            base = METHODS["to"](base, kind)
        if base._data.dtype.kind in "iu" and exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        result: Tensor = apply(POW, (base,), (exponent,))
        return result
    kind = common(base, exponent)
    if kind is dtypes.bool_:
        raise NotImplementedError("\"pow\" not implemented for 'Bool'")
    if not kind.is_floating_point and np.any(exponent._data < 0):
        result = apply(POW_WHOLE, (base, exponent))
        return result
    result = apply(POW_TENSOR if isinstance(base, Tensor) else POW_BASE, (base, exponent))
    return result


@spelled("torch.square", "Tensor.square")
def square(input: Tensor) -> Tensor:
    return pow(input, 2)


@spelled("torch.neg", "torch.negative", "Tensor.neg", "Tensor.negative")
def neg(input: Tensor) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(f"neg(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    if input._data.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
            "`logical_not()` operator instead."
        )
    result: Tensor = apply(NEG, (input,))
    return result


def _pair(op: Op, name: str) -> Callable[[Tensor, Tensor], Tensor]:
    def front(input: Tensor, other: Tensor) -> Tensor:
        for place, value in enumerate((input, other), 1):
            if not isinstance(value, Tensor):
                raise TypeError(
                    f"{name}(): argument '{'input' if place == 1 else 'other'}' (position {place}) must be Tensor, not {type(value).__name__}"
                )
        _check(name, input, other)
        result: Tensor = apply(op, (input, other))
        return result

    return front


spelled("torch.maximum", "Tensor.maximum")(_pair(MAXIMUM, "maximum"))
spelled("torch.minimum", "Tensor.minimum")(_pair(MINIMUM, "minimum"))


def _operator(front: Callable[[Any, Any], Tensor], turned: bool = False) -> Callable[[Tensor, Any], Any]:
    def method(self: Tensor, other: Any) -> Any:
        if not isinstance(other, (Tensor, bool, int, float, np.generic)):
            return NotImplemented
        return front(other, self) if turned else front(self, other)

    return method


def _rtruediv(self: Tensor, other: Any) -> Tensor:
    return mul(reciprocal(self), other)


METHODS["__add__"] = fronts.binary(ADD, operator.add, _operator(add))
METHODS["__sub__"] = fronts.binary(SUB, operator.sub, _operator(sub))
METHODS["__mul__"] = fronts.binary(MUL, operator.mul, _operator(mul))
METHODS["__truediv__"] = fronts.binary(DIV, operator.truediv, _operator(div), real=True)
METHODS["__pow__"] = _operator(pow)
METHODS["__radd__"] = METHODS["__add__"]
METHODS["__rsub__"] = _operator(rsub)
METHODS["__rmul__"] = METHODS["__mul__"]
METHODS["__rtruediv__"] = _operator(_rtruediv)
METHODS["__rpow__"] = _operator(pow, turned=True)
METHODS["__neg__"] = fronts.unary(NEG, operator.neg, neg)
METHODS["__pos__"] = lambda self: self
