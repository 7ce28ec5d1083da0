"""The bends of a network: softmax and the soft and leaky relatives of relu."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from engine import dtypes, grad_mode
from engine.application import apply
from engine.ops import dims
from engine.ops.inplace import change
from engine.ops.op import Op
from engine.ops.table import METHODS, argument, row, spelled, unary
from engine.tensor import Tensor

SOFTMAX = row(
    "softmax", "softmax(self, dim)", {"self": "result * (g - (sum(g * result, (dim,), True) if rank(self.shape) else g * result))"}, settings="dim",
    twice={"self": "softmax_backward(g, result, dim)"},
    symbol="softmax", spelled=("torch.softmax", "Tensor.softmax", "F.softmax"), samples=(((2, 3), 1), ((2, 3), 0)),
    en="Each share moves by its own gradient less the average of all, weighted by the shares.",
    zh="每个份额按自己的梯度减去以份额加权的平均值而变化。",
)  # fmt: skip
LOG_SOFTMAX = row(
    "log_softmax", "log_softmax(self, dim)", {"self": "g - exp(result) * (sum(g, (dim,), True) if rank(self.shape) else g)"}, settings="dim",
    twice={"self": "log_softmax_backward(g, result, dim)"},
    symbol="logsmax", spelled=("torch.log_softmax", "Tensor.log_softmax", "F.log_softmax"), samples=(((2, 3), 1), ((2, 3), 0)),
    en="Each score gets its gradient less its softmax share of the total gradient.", zh="每个分数得到自己的梯度减去总梯度的 softmax 份额。",
)  # fmt: skip
LEAKY_RELU = row(
    "leaky_relu", "where(self > 0, self, self * negative_slope)", {"self": "threshold_backward(g, self, negative_slope)"}, settings="negative_slope",
    twice={"self": "leaky_relu_backward(g, self, negative_slope)"},
    symbol="LReLU", spelled=("F.leaky_relu",), samples=(((2, 3), 0.1),),
    en="The gradient passes where the input is positive; elsewhere a small part of it leaks through.",
    zh="输入为正处梯度通过，其余处只漏过一小部分。",
)  # fmt: skip
SOFTPLUS = row(
    "softplus", "softplus(self, beta, threshold)", {"self": "where(self * beta > threshold, g, g * sigmoid(self * beta))"}, settings="beta threshold",
    twice={"self": "softplus_backward(g, self, beta, threshold)"},
    symbol="softplus", spelled=("F.softplus",), samples=(((2, 3), 1.0, 20.0), ((2, 3), 2.0, 1.0)),
    en="The slope of softplus is the sigmoid.", zh="softplus 的斜率是 sigmoid。",
)  # fmt: skip
GELU = row(
    "gelu", "self * normal_cdf(self)", {"self": "g * (normal_cdf(self) + self * normal_pdf(self))"}, twice={"self": "gelu_backward(g, self)"}, symbol="GELU", spelled=("F.gelu",),
    samples=(((2, 3),),), en="The gate opens by the normal distribution; input and gate both pass a gradient.",
    zh="门按正态分布打开；输入与门都传回梯度。",
)  # fmt: skip
GELU_TANH = row(
    "gelu_tanh", "0.5 * self * (1 + tanh(gelu_inner(self)))",
    {"self": "g * (0.5 * (1 + tanh(gelu_inner(self))) + 0.5 * self * (1 - tanh(gelu_inner(self)) ** 2) * gelu_slope(self))"},
    twice={"self": "gelu_tanh_backward(g, self)"}, node="Gelu", symbol="GELU",
    spelled=('F.gelu(x, approximate="tanh")',), samples=(((2, 3),),),
    en="The gate opens by a tanh; input and gate both pass a gradient.", zh="门按 tanh 打开；输入与门都传回梯度。",
)  # fmt: skip
SILU = row(
    "silu", "self * sigmoid(self)", {"self": "g * sigmoid(self) * (1 + self * (1 - sigmoid(self)))"}, twice={"self": "silu_backward(g, self, sigmoid(self))"}, symbol="SiLU", spelled=("F.silu",),
    samples=(((2, 3),),), en="The input gates itself; input and gate both pass a gradient.", zh="输入给自己当门；输入与门都传回梯度。",
)  # fmt: skip
ELU = row(
    "elu", "where(self > 0, self * scale, expm1(self * input_scale) * (alpha * scale))",
    {"self": "where(self <= 0, g * (alpha * scale * input_scale) * exp(self * input_scale), g * scale)"}, settings="alpha scale input_scale", symbol="ELU",
    twice={"self": "elu_backward(g, self, alpha, scale, input_scale)"},
    spelled=("F.elu", "F.selu"), samples=(((2, 3), 1.0, 1.0, 1.0), ((2, 3), 1.5, 1.1, 0.5)),
    en="The gradient passes where the input is positive; elsewhere it fades with the exponential.", zh="输入为正处梯度通过，其余处随指数函数衰减。",
)  # fmt: skip
ELU_HERE = row(
    "elu_", "where(self > 0, self * scale, expm1(self * input_scale) * (alpha * scale))",
    {"self": "where(result > 0, g * scale, g * input_scale * (result + alpha * scale))"}, settings="alpha scale input_scale", node="EluBackward1!", symbol="ELU",
    spelled=("F.elu(x, inplace=True)",), samples=(((2, 3), 1.0, 1.0, 1.0), ((2, 3), 1.5, 1.1, 0.5)),
    en="The gradient passes where the result is positive; elsewhere it fades with what is left above the floor.", zh="结果为正处梯度通过，其余处随结果高出下限的部分衰减。",
)  # fmt: skip
LEAKY_RELU_HERE = row(
    "leaky_relu_", "where(self > 0, self, self * negative_slope)", {"self": "threshold_backward(g, result, negative_slope)"}, settings="negative_slope",
    twice={"self": "leaky_relu_backward(g, result, negative_slope)"}, node="LeakyReluBackward1!", symbol="LReLU", spelled=("F.leaky_relu(x, inplace=True)",),
    samples=(((2, 3), 0.1),), en="The gradient passes where the result is positive; elsewhere a small part of it leaks through.",
    zh="结果为正处梯度通过，其余处只漏过一小部分。",
)  # fmt: skip
HARDTANH = row(
    "hardtanh", "clamp(self, min_val, max_val)", {"self": "where((self <= min_val) | (self >= max_val), 0, g)"}, settings="min_val max_val",
    twice={"self": "hardtanh_backward(g, self, min_val, max_val)"}, symbol="hardtanh",
    spelled=("F.hardtanh", "F.relu6"), samples=(((2, 3), -1.0, 1.0), ((2, 3), 0.0, 6.0)),
    en="The gradient passes between the bounds and stops at them and outside.", zh="上下界之间梯度通过，边界及其外被截住。",
)  # fmt: skip
LOGSIGMOID = row(
    "log_sigmoid", "log_sigmoid(self)", {"self": "g * sigmoid(-self)"}, twice={"self": "log_sigmoid_backward(g, self)"}, node="LogSigmoidBackward0!", symbol="log σ", spelled=("F.logsigmoid",),
    samples=(((2, 3),),), en="The slope of the log-sigmoid is the sigmoid of minus x.", zh="log-sigmoid 的斜率是 −x 的 sigmoid。",
)  # fmt: skip
MISH = row(
    "mish", "self * tanh(softplus(self, 1, 20))",
    {
        "self": "g * (tanh(softplus(self, 1, 20)) + self * sigmoid(self) * (1 - tanh(softplus(self, 1, 20)) ** 2))"
    },
    twice={"self": "g * mish_slope(self, tanh(log1p(exp(self))))"},
    symbol="Mish", spelled=("F.mish",), samples=(((2, 3),),),
    en="A soft gate; input and gate both pass a gradient.", zh="一道柔和的门；输入与门都传回梯度。",
)  # fmt: skip


NEGATIVE = (
    "In-place {0} backward calculation is triggered with a negative slope which is not supported. This is caused by calling in-place "
    "forward function with a negative slope, please call out-of-place version instead. "
)
BUG = "File an issue at https://github.com/pytorch/pytorch if you do require supporting in-place leakRelu backward calculation with negative slope"


def _falls(name: str, input: Tensor, slope: float) -> None:
    """Raises RuntimeError, as PyTorch does in backward, where a result does not tell on which side its input lay."""
    if slope < 0 and grad_mode.enabled and input.requires_grad:
        raise RuntimeError(NEGATIVE.format(name) + (BUG if name == "leakyReLu" else ""))


def _soft(op: Op) -> Callable[..., Tensor]:
    def front(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
        if not isinstance(input, Tensor):
            raise argument(op.name, "input", 1, input)
        input = input if dtype is None else METHODS["to"](input, dtype)
        if not isinstance(dim, int):
            raise TypeError(f"{op.name}(): argument 'dim' (position 1) must be int, not {type(dim).__name__}")
        place = dims.one(dim, input._data.ndim)
        if input._data.dtype.kind != "f":
            raise NotImplementedError(f"\"{op.name}_lastdim_kernel_impl\" not implemented for '{input.dtype.scalar}'")
        result: Tensor = apply(op, (input,), (place,))
        return result

    return front


def implied_dim(name: str, input: Tensor) -> int:
    """The dimension that PyTorch takes, with a warning, where a program names none."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        UserWarning,
        stacklevel=4,
    )
    return 0 if input._data.ndim in (0, 1, 3) else 1


def _implied(name: str, front: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def call(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: dtypes.dtype | None = None) -> Tensor:
        return front(input, implied_dim(name, input) if dim is None else dim, dtype)

    return call


for _name, _op in (("softmax", SOFTMAX), ("log_softmax", LOG_SOFTMAX)):
    _made = _soft(_op)
    spelled(f"torch.{_name}", f"Tensor.{_name}")(_made)
    spelled(f"torch.nn.functional.{_name}")(_implied(_name, _made))


@spelled("torch.nn.functional.leaky_relu")
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    if inplace:
        _falls("leakyReLu", input, negative_slope)
        return change(input, LEAKY_RELU_HERE, (), (negative_slope,), "leaky_relu_")
    result: Tensor = apply(LEAKY_RELU, (input,), (negative_slope,))
    return result


@spelled("torch.nn.functional.softplus", "internal.softplus")
def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    result: Tensor = apply(SOFTPLUS, (input,), (beta, threshold))
    return result


@spelled("torch.nn.functional.gelu")
def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    result: Tensor = apply(GELU if approximate == "none" else GELU_TANH, (input,))
    return result


def _one(op: Op) -> Callable[..., Tensor]:
    plain = unary(op)

    def front(input: Tensor, inplace: bool = False) -> Tensor:
        return change(input, op) if inplace else plain(input)

    return front


spelled("torch.nn.functional.silu")(_one(SILU))


spelled("torch.nn.functional.logsigmoid", "internal.log_sigmoid")(unary(LOGSIGMOID))
spelled("torch.nn.functional.mish")(_one(MISH))


@spelled("torch.nn.functional.elu")
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    if inplace:
        _falls("elu", input, alpha)
        return change(input, ELU_HERE, (), (alpha, 1.0, 1.0), "elu_")
    result: Tensor = apply(ELU, (input,), (alpha, 1.0, 1.0))
    return result


@spelled("torch.nn.functional.selu", "torch.selu")
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    if inplace:
        return change(input, ELU_HERE, (), (1.6732632423543772, 1.0507009873554805, 1.0), "selu_")
    result: Tensor = apply(ELU, (input,), (1.6732632423543772, 1.0507009873554805, 1.0))
    return result


@spelled("torch.nn.functional.hardtanh")
def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    _bounded(input, min_val)
    if inplace:
        return change(input, HARDTANH, (), (min_val, max_val))
    result: Tensor = apply(HARDTANH, (input,), (min_val, max_val))
    return result


@spelled("torch.nn.functional.relu6")
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    return hardtanh(input, 0.0, 6.0, inplace)


@spelled("torch.nn.functional.softsign")
def softsign(input: Tensor) -> Tensor:
    result: Tensor = METHODS["div"](input, METHODS["add"](METHODS["abs"](input), 1))
    return result


@spelled("torch.nn.functional.elu_")
def elu_(input: Tensor, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0) -> Tensor:
    """ELU in place: `scale * alpha * (exp(input_scale * x) - 1)` below zero, `scale * x` above."""
    _real("elu_cpu", input)
    _falls("elu", input, alpha)
    return change(input, ELU_HERE, (), (alpha, scale, input_scale), "elu_")


@spelled("torch.nn.functional.leaky_relu_")
def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    _real("leaky_relu_cpu", input)
    return leaky_relu(input, negative_slope, True)


@spelled("torch.nn.functional.hardtanh_")
def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """Bounds that cross are taken here, and the upper one stands."""
    _bounded(input, min_val)
    return change(input, HARDTANH, (), (min_val, max_val), "hardtanh_")


@spelled("torch.selu_", "torch.nn.functional.selu_")
def selu_(input: Tensor) -> Tensor:
    _real("elu_cpu", input)
    return selu(input, True)


def _real(word: str, input: Tensor) -> None:
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"\"{word}\" not implemented for '{input.dtype.scalar}'")


def _bounded(input: Tensor, min_val: float) -> None:
    if input._data.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if input._data.dtype.kind == "u" and min_val < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
