"""Rarer functions of one or two numbers: gamma, inverse and hyperbolic functions, logarithms of sums, sides and signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import dtypes
from engine.application import apply
from engine.ops.answers import answer
from engine.ops.arithmetic import _check, operand
from engine.ops.elementwise import _real, _same
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, argument, row, spelled
from engine.tensor import Tensor

FLAT = {"en": "Flat between its steps: no gradient passes.", "zh": "台阶之间是平的：梯度为零。"}
INVERSE = {"en": "An inverse function has the inverse slope.", "zh": "反函数的斜率是原函数斜率的倒数。"}
GROWTH = {"en": "Each derivative of the gamma function's logarithm is the next polygamma.", "zh": "伽马函数对数的每阶导数是下一个多伽马函数。"}  # fmt: skip

ACOSH = _real(
    "acosh",
    "acosh(self)",
    "g / sqrt(self ** 2 - 1)",
    twice={"self": "g * rsqrt(self * self - 1)"},
    symbol="acosh",
    domain=(1.5, 3.0),
    **INVERSE,
)
ASINH = _real(
    "asinh",
    "asinh(self)",
    "g / sqrt(self ** 2 + 1)",
    twice={"self": "g * rsqrt(self ** 2 + 1)"},
    symbol="asinh",
    **INVERSE,
)
ATANH = _real(
    "atanh",
    "atanh(self)",
    "g / (1 - self ** 2)",
    twice={"self": "g * 1 / (1 - self ** 2)"},
    symbol="atanh",
    domain=(-0.8, 0.8),
    **INVERSE,
)
ERFC = _real("erfc", "erfc(self)", "g * (-2 / SQRTPI * exp(-self ** 2))", twice={"self": "-2 / SQRTPI * exp(-self ** 2) * g"}, symbol="erfc",
             en="What is left of the error function falls by a bell curve.", zh="余误差函数按一条钟形曲线下降。")  # fmt: skip
ERFINV = _real("erfinv", "erfinv(self)", "g * (SQRTPI / 2 * exp(erfinv(self) ** 2))", twice={"self": "SQRTPI / 2 * exp(erfinv(self) ** 2) * g"}, symbol="erf⁻¹", domain=(-0.9, 0.9), **INVERSE)  # fmt: skip
LGAMMA = _real("lgamma", "lgamma(self)", "g * digamma(self)", symbol="logΓ", domain=(0.5, 3.0), **GROWTH)
DIGAMMA = _real("digamma", "digamma(self)", "g * polygamma(1, self)", symbol="ψ", domain=(0.5, 3.0), **GROWTH)
SINC = _real("sinc", "sinc(self)", "where(self * self * pi == 0, 0, g * ((self * pi * cos(self * pi) - sin(self * pi)) / (self * self * pi)))", twice={"self": "sinc_backward(g, self, self * pi, self * self * pi)"}, symbol="sinc",
             en="The slope of sin(πx) / πx; it is zero at zero.", zh="sin(πx) / πx 的斜率，在零处为零。")  # fmt: skip
DEG2RAD = _real("deg2rad", "self * (pi / 180)", "g * (pi / 180)", node="Deg2RadBackward0!", symbol="°→rad",
                en="The gradient is scaled as the angle was.", zh="角度怎样缩放，梯度就怎样缩放。")  # fmt: skip
RAD2DEG = _real("rad2deg", "self * (180 / pi)", "g * (180 / pi)", node="Rad2DegBackward0!", symbol="rad→°",
                en="The gradient is scaled as the angle was.", zh="角度怎样缩放，梯度就怎样缩放。")  # fmt: skip
FRAC = _same("frac", "self - trunc(self)", "g", symbol="frac", en="Within a step the fraction moves with x.", zh="在一级台阶之内，小数部分随 x 移动。")  # fmt: skip
SGN = _same("sgn", "sign(self)", "zeros_like(g)", held=("self",), symbol="sign", **FLAT)
SIGNBIT = row("signbit", "signbit(self)", inputs="self", symbol="±?", spelled=("torch.signbit", "Tensor.signbit"), samples=(((3,),),),
              en="True where the sign is minus.", zh="符号为负处为 True。")  # fmt: skip
POLYGAMMA = row("polygamma", "polygamma(n, self)", {"self": "g * polygamma(n + 1, self)"}, settings="n", symbol="ψⁿ", spelled=("torch.polygamma", "Tensor.polygamma"),
                samples=(((2, 3), 1), ((3,), 2)), domain=(0.5, 3.0), **GROWTH)  # fmt: skip
LOGIT = row(
    "logit", "log(bounded(self, eps) / (1 - bounded(self, eps)))",
    {"self": "where((self >= 0) & (self <= 1), g / (self * (1 - self)), full_like(g, inf - inf)) if eps is None else where((self >= eps) & (self <= 1 - eps), g / (self * (1 - self)), 0)"}, settings="eps", symbol="logit",
    spelled=("torch.logit", "Tensor.logit"), samples=(((2, 3), None), ((3,), 0.05)), domain=(0.1, 0.9),
    en="The inverse of the sigmoid: steepest where the probability is nearly sure.", zh="sigmoid 的反函数：概率越接近确定，斜率越大。",
)  # fmt: skip


def _twofold(name: str, forward: str, vjp: dict[str, str], **facts: Any) -> Op:
    """A row of two tensors and its front."""
    op = row(
        name, forward, vjp, promotes=True, inputs="self other", spelled=(f"torch.{name}", f"Tensor.{name}"),
        samples=facts.pop("samples", (((2, 3), (2, 3)), ((3,), (2, 3)), ((), ()))), **facts,
    )  # fmt: skip
    spelled(f"torch.{name}", f"Tensor.{name}")(_pair(op))
    return op


def _pair(op: Op) -> Callable[[Tensor, Any], Tensor]:
    def front(input: Tensor, other: Tensor) -> Tensor:
        _tensors(op.name, input, other)
        result: Tensor = apply(op, (input, other))
        return result

    return front


def _whole_pair(op: Op) -> Callable[[Tensor, Any], Tensor]:
    plain = _pair(op)

    def front(input: Tensor, other: Tensor) -> Tensor:
        kind = dtypes.result_type([each._data for each in (input, other) if isinstance(each, Tensor)], [])
        if isinstance(input, Tensor) and isinstance(other, Tensor):
            _check(op.name, input, other)
        if isinstance(input, Tensor) and isinstance(other, Tensor) and (kind.is_floating_point or kind is dtypes.bool_):
            raise NotImplementedError(f"\"{op.name}_cpu\" not implemented for '{kind.scalar}'")
        return plain(input, other)

    return front


def _tensors(name: str, input: Any, other: Any) -> None:
    for place, value in enumerate((input, other), 1):
        if not isinstance(value, Tensor):
            raise argument(name, "input" if place == 1 else "other", place, value)
    _check(name, input, other)


SIDES = {
    "en": "The longer side pulls harder: each by its share of the root.",
    "zh": "长边拉得更狠：各按其占斜边的比例。",
}
SOFT = {
    "en": "A soft maximum: each term gets its share of the sum.",
    "zh": "一种柔和的最大值：每一项得到它在和中的份额。",
}
PICKED = {
    "en": "The gradient goes to the one that was picked; a nan is never picked beside a number.",
    "zh": "梯度交给被选中的一个；数与 nan 并列时不选 nan。",
}

HYPOT = _twofold("hypot", "hypot(self, other)", {"self": "g * (self / result)", "other": "g * (other / result)"}, twice={"self": "g * self / result", "other": "g * other / result"}, symbol="hypot", domain=(0.5, 2.0), **SIDES)  # fmt: skip
LOGADDEXP = _twofold("logaddexp", "logaddexp(self, other)", {"self": "g / (1 + exp(other - self))", "other": "g / (1 + exp(self - other))"}, symbol="logaddexp", **SOFT)  # fmt: skip
LOGADDEXP2 = _twofold("logaddexp2", "logaddexp2(self, other)", {"self": "g / (1 + exp2(other - self))", "other": "g / (1 + exp2(self - other))"}, twice={"self": "g / (1 + 2 ** (other - self))", "other": "g / (1 + 2 ** (self - other))"}, symbol="logadd2", **SOFT)  # fmt: skip
FMAX = _twofold(
    "fmax", "fmax(self, other)",
    {"self": "where((self >= other) | isnan(other), g, 0)", "other": "where((self >= other) | isnan(other), 0, g)"}, symbol="max", **PICKED,
    twice={"self": "masked_fill(g, ((self >= other) | isnan(other)) == 0, 0)", "other": "masked_fill(g, (self >= other) | isnan(other), 0)"},
)  # fmt: skip
FMIN = _twofold(
    "fmin", "fmin(self, other)",
    {"self": "where((self <= other) | isnan(other), g, 0)", "other": "where((self <= other) | isnan(other), 0, g)"}, symbol="min", **PICKED,
    twice={"self": "masked_fill(g, ((self <= other) | isnan(other)) == 0, 0)", "other": "masked_fill(g, (self <= other) | isnan(other), 0)"},
)  # fmt: skip
GCD, LCM = (
    row(name, f"{name}(self, other)", inputs="self other", promotes=True, symbol=name, spelled=(f"torch.{name}", f"Tensor.{name}"),
        samples=(([4, 6], [6, 9]),), en="Whole numbers have no slope; nothing flows back.", zh="整数没有斜率，没有梯度流回。")
    for name in ("gcd", "lcm")
)  # fmt: skip
HEAVISIDE = row(
    "heaviside", "heaviside(self, values)", {"self": 'underivable(g, "heaviside")', "values": 'underivable(g, "heaviside")'}, promotes=True,
    node="torch::autograd::NotImplemented!", symbol="step", spelled=("torch.heaviside", "Tensor.heaviside"), samples=(((3,), (3,)),),
    en="A step; PyTorch has no derivative for it.", zh="阶跃函数；PyTorch 没有给出它的导数。",
)  # fmt: skip
LDEXP = row(
    "ldexp", "self * 2.0 ** other", {"self": "g * 2.0 ** other", "other": "g * result * LN2"}, promotes=True, inputs="self other", symbol="x·2ⁿ",
    spelled=("torch.ldexp", "Tensor.ldexp"), samples=(((3,), (3,)),),
    en="The number is scaled by a power of two, and its gradient too.", zh="数乘以二的幂，梯度也一样。",
)  # fmt: skip
FREXP = row(
    "frexp", "frexp(self)", {"self": "g / exp2(exponent)"}, results="mantissa exponent", symbol="m·2ⁿ", spelled=("torch.frexp", "Tensor.frexp"), samples=(((2, 3),),),
    en="The number was divided by a power of two, and so is its gradient.", zh="数被除以二的幂，梯度也一样。",
)  # fmt: skip
SPLIT = answer("frexp", "mantissa exponent")
XLOGY = row(
    "xlogy", "xlogy(self, other)",
    {"self": "masked_fill(xlogy(g, other), (self == 0) & (other <= 0), 0)", "other": "g * self / other"}, promotes=True, symbol="x·log y", domain=(0.5, 2.0),
    spelled=("torch.xlogy", "Tensor.xlogy"), samples=(((2, 3), (2, 3)), ((3,), (2, 3))),
    en="A product with a logarithm: each side gets the slope of its own part.", zh="与对数的乘积：两边各得到自己那部分的斜率。",
)  # fmt: skip
XLOGY_BASE = row(
    "xlogy_base", "xlogy(full_like(other, self), other)", {"other": "g * self / other"}, inputs="self other", node="XlogyBackward1!", promotes=True, symbol="x·log y",
    domain=(0.5, 2.0), spelled=("torch.xlogy(2, y)",), samples=((2.0, (2, 3)),),
    en="The logarithm's slope, scaled by the number.", zh="对数的斜率乘以该数。",
)  # fmt: skip
XLOGY_NUMBER = row(
    "xlogy_number", "xlogy(self, full_like(self, other))", {"self": "g * ln(other) if other > 0 else g * masked_fill(full_like(self, ln(other)), self == 0, 0)"},
    settings="other", node="XlogyBackward2!", symbol="x·log y", twice={"self": "xlogy(g, other) if other > 0 else masked_fill(xlogy(g, other), self == 0, 0)"},
    spelled=("torch.xlogy(x, 2)",), samples=(((2, 3), 2.0),),
    en="The gradient is scaled by the logarithm of the number.", zh="梯度乘以该数的对数。",
)  # fmt: skip
COPYSIGN = row(
    "copysign", "copysign(self, other)", {"self": "g * masked_fill(result / self, self == 0, 0)", "other": "zeros_like(g)"}, promotes=True, symbol="copysign",
    spelled=("torch.copysign", "Tensor.copysign"), samples=(((2, 3), (2, 3)),),
    en="The gradient turns where the sign was turned.", zh="符号被翻转处，梯度也变号。",
)  # fmt: skip
COPYSIGN_NUMBER = row(
    "copysign_number", "copysign(self, full_like(self, other))", {"self": "g * masked_fill(result / self, self == 0, 0)"}, settings="other", node="CopysignBackward1!",
    symbol="copysign", spelled=("torch.copysign(x, -1)",), samples=(((2, 3), -1.0),),
    en="The gradient turns where the sign was turned.", zh="符号被翻转处，梯度也变号。",
)  # fmt: skip


def _floating(value: Any) -> Any:
    if isinstance(value, Tensor) and value._data.dtype.kind != "f":
        return METHODS["to"](value, dtypes.get_default_dtype())
    return value


def _together(first: Any, second: Any) -> tuple[Any, Any]:
    """Both operands of a real function: whole numbers become floats, of the other operand's dtype where that is one."""
    tensors = [each for each in (first, second) if isinstance(each, Tensor)]
    if not tensors or all(each._data.dtype.kind == "f" for each in tensors):
        return first, second
    kind = dtypes.result_type([each._data for each in tensors], [each for each in (first, second) if not isinstance(each, Tensor)])  # fmt: skip
    kind = kind if kind.is_floating_point else dtypes.get_default_dtype()
    one, two = (METHODS["to"](each, kind) if isinstance(each, Tensor) and each._data.dtype.kind != "f" else each for each in (first, second))  # fmt: skip
    return one, two


@spelled("torch.xlogy", "Tensor.xlogy", "torch.special.xlogy")
def xlogy(input: Any, other: Any) -> Tensor:
    first, second = _together(operand("xlogy", input, 1), operand("xlogy", other))
    if not isinstance(second, Tensor):
        result: Tensor = apply(XLOGY_NUMBER, (first,), (second,))
        return result
    if isinstance(first, Tensor):
        _check("xlogy", first, second)
    result = apply(XLOGY if isinstance(first, Tensor) else XLOGY_BASE, (first, second))
    return result


@spelled("torch.copysign", "Tensor.copysign")
def copysign(input: Tensor, other: Any) -> Tensor:
    input, other = _together(input, operand("copysign", other))
    if not isinstance(other, Tensor):
        result: Tensor = apply(COPYSIGN_NUMBER, (input,), (other,))
        return result
    _check("copysign", input, other)
    result = apply(COPYSIGN, (input, other))
    return result


@spelled("torch.heaviside", "Tensor.heaviside")
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    if isinstance(input, Tensor) and not isinstance(values, Tensor):
        raise argument("heaviside", "values", 2, values)
    _tensors("heaviside", input, values)
    if input._data.dtype != values._data.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    result: Tensor = apply(HEAVISIDE, (input, values))
    return result


@spelled("torch.frexp", "Tensor.frexp")
def frexp(input: Tensor) -> Any:
    """Each number as a mantissa from 0.5 up to 1 times a power of two, and the power. Raises RuntimeError for whole numbers."""
    if input._data.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    return SPLIT(*apply(FREXP, (input,)))


@spelled("torch.ldexp", "Tensor.ldexp")
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    _tensors("ldexp", input, other)
    result: Tensor = apply(LDEXP, (_floating(input), other))
    return result


@spelled("torch.float_power", "Tensor.float_power")
def float_power(input: Any, exponent: Any) -> Tensor:
    """The power, computed in float64 whatever the operands are."""
    wide = [METHODS["to"](each, dtypes.float64) if isinstance(each, Tensor) else each for each in (input, exponent)]
    result: Tensor = FUNCTIONS["pow"](*wide)
    return result


@spelled("torch.polygamma", "torch.special.polygamma")
def polygamma(n: int, input: Tensor) -> Tensor:
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    result: Tensor = apply(POLYGAMMA, (_floating(input),), (n,))
    return result


@spelled("Tensor.polygamma")
def polygamma_method(self: Tensor, n: int) -> Tensor:
    return polygamma(n, self)


@spelled("torch.logit", "torch.special.logit", "Tensor.logit")
def logit(input: Tensor, eps: float | None = None) -> Tensor:
    if not isinstance(input, Tensor):
        raise argument("logit", "input", 1, input)
    result: Tensor = apply(LOGIT, (_floating(input),), (eps,))
    return result


@spelled("torch.signbit", "Tensor.signbit")
def signbit(input: Tensor) -> Tensor:
    result: Tensor = apply(SIGNBIT, (input,))
    return result


@spelled("torch.positive", "Tensor.positive")
def positive(input: Tensor) -> Tensor:
    """The tensor itself. Raises RuntimeError for booleans."""
    if input._data.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


for _op in (GCD, LCM):
    spelled(f"torch.{_op.name}", f"Tensor.{_op.name}")(_whole_pair(_op))

SPECIAL = {
    "expit": "sigmoid", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "exp2": "exp2", "expm1": "expm1", "log1p": "log1p", "gammaln": "lgamma",
    "digamma": "digamma", "psi": "digamma", "round": "round", "sinc": "sinc", "logsumexp": "logsumexp",
}  # fmt: skip
