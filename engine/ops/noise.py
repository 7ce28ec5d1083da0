"""Memory filled with random numbers: `uniform_`, `normal_` and the others that end in `_`; and dropout."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, inside, lots, random
from engine.ops import inplace
from engine.ops.creation import empty_as
from engine.ops.op import Op
from engine.ops.table import METHODS, row, spelled
from engine.random import Generator, Shape
from engine.signatures import type_name
from engine.tensor import Tensor

Draw = Callable[[Generator, Shape, bool], Any]

EN = "What chance put here does not depend on what was there: zero goes back."
ZH = "随机数与原来的值无关：传回零。"


LAWS = {
    "bernoulli": "B", "cauchy": "Cauchy", "dirichlet": "Dir", "exponential": "Exp", "gamma": "Γ", "geometric": "Geo", "log": "log N", "normal": "N", "poisson": "Poisson", "random": "int", "uniform": "U",
}  # fmt: skip


def drawn_from(name: str) -> str:
    """The symbol of an op by the law that it draws from: ~N, ~U."""
    return f"~{LAWS[name.split('_')[0]]}"


def chance(name: str, node: str, *spellings: str) -> Op:
    """A row whose result was drawn, so that nothing of the input is left in it."""
    return row(
        name, "spread(drawn, self)", {"self": "zeros_like(g)"}, settings="drawn", node=node, symbol=drawn_from(name),
        spelled=spellings, samples=(((2, 3), np.full((2, 3), 0.5)),), en=EN, zh=ZH,
    )  # fmt: skip


UNIFORM = chance("uniform", "UniformBackward0!", "Tensor.uniform_")
NORMAL = chance("normal_fill", "NormalBackward0!", "Tensor.normal_")
BERNOULLI = chance("bernoulli_fill", "BernoulliBackward2!", "Tensor.bernoulli_")
BERNOULLI_TENSOR = chance("bernoulli_of", "BernoulliBackward1!", "x.bernoulli_(p)")
EXPONENTIAL = chance("exponential", "ExponentialBackward0!", "Tensor.exponential_")
LOG_NORMAL = chance("log_normal", "LogNormalBackward0!", "Tensor.log_normal_")
CAUCHY = chance("cauchy", "CauchyBackward0!", "Tensor.cauchy_")
GEOMETRIC = chance("geometric", "GeometricBackward0!", "Tensor.geometric_")
RANDOM = (
    chance("random_between", "RandomBackward0!", "x.random_(1, 6)"),
    chance("random_below", "RandomBackward1!", "x.random_(6)"),
    chance("random", "RandomBackward2!", "Tensor.random_"),
)


def stream(generator: Generator | None) -> Generator:
    """The generator that was given, else the program's own. Raises TypeError for what is none."""
    if generator is not None and not isinstance(generator, Generator):
        raise TypeError(f"Expected a 'torch.Generator' but got '{type(generator).__name__}'")
    return lots.of(generator or random.default)


def drawn(like: Any, draw: Draw, generator: Generator | None = None) -> Any:
    """Numbers for memory that lies as that of `like`, in its dtype."""
    source, place = stream(generator), np.asarray(like)
    numbers = random.placed(place, lambda shape, whole: draw(source, shape, whole))
    return numbers.astype(place.dtype, copy=False)[()] if not place.ndim else numbers.astype(place.dtype, copy=False)


def fill(self: Tensor, op: Op, name: str, draw: Draw, generator: Generator | None) -> Tensor:
    """The tensor itself, full of what was drawn. Raises RuntimeError where it may not be written to."""
    inplace.guard(self)
    if lots.active and lots.active[-1].randomness == "different" and not inside.batches(self):
        raise RuntimeError(lots.IN_PLACE)
    return inplace.change(self, op, (), (drawn(self._data, draw, generator),), name)


def floating(self: Tensor, words: str) -> None:
    """Raises NotImplementedError in PyTorch's words for a dtype that is not floating."""
    if not self.is_floating_point():
        raise NotImplementedError(f"\"{words}\" not implemented for '{self.dtype.scalar}'")


def check_uniform(low: float, high: float) -> None:
    """Raises RuntimeError where the range has no place."""
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")


def check_std(std: float) -> None:
    """Raises RuntimeError for a negative spread."""
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")


def _named(kind: str, keywords: dict[str, Any], low: Any) -> Any:
    """`from` is a word of Python's own, so that it comes by name only through the keywords."""
    value = keywords.pop("from", low)
    if keywords:
        raise TypeError(f"{kind}() got an unexpected keyword argument '{next(iter(keywords))}'")
    return value


@spelled("Tensor.uniform_")
def uniform_(
    self: Tensor, low: float = 0.0, to: float = 1.0, *, generator: Generator | None = None, **keywords: Any
) -> Tensor:
    floating(self, "check_uniform_bounds")
    low = _named("uniform_", keywords, low)
    check_uniform(low, to)
    kind = self._data.dtype
    return fill(self, UNIFORM, "uniform_", lambda source, shape, _: source.uniform(low, to, shape, kind), generator)


@spelled("Tensor.normal_")
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    check_std(std)
    floating(self, "normal_kernel_cpu")
    kind = self._data.dtype
    return fill(
        self, NORMAL, "normal_", lambda source, shape, whole: source.normal(mean, std, shape, kind, whole), generator
    )


@spelled("Tensor.exponential_")
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    if not self.is_floating_point():
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified "
            + self.dtype.scalar
        )
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    return fill(self, EXPONENTIAL, "exponential_", lambda source, shape, _: source.exponential(lambd, shape), generator)


@spelled("Tensor.log_normal_")
def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    floating(self, "log_normal_cpu")
    return fill(
        self, LOG_NORMAL, "log_normal_", lambda source, shape, _: source.log_normal(mean, std, shape), generator
    )


@spelled("Tensor.cauchy_")
def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    if not self.is_floating_point():
        raise RuntimeError(
            "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you specified "
            + self.dtype.scalar
        )
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    return fill(self, CAUCHY, "cauchy_", lambda source, shape, _: source.cauchy(median, sigma, shape), generator)


@spelled("Tensor.geometric_")
def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    return fill(self, GEOMETRIC, "geometric_", lambda source, shape, _: source.geometric(p, shape), generator)


@spelled("Tensor.bernoulli_")
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    if isinstance(p, Tensor):
        numbers = chances(p, self._data.shape)
        return fill(
            self, BERNOULLI_TENSOR, "bernoulli_", lambda source, shape, _: source.bernoulli(numbers, shape), generator
        )
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    return fill(self, BERNOULLI, "bernoulli_", lambda source, shape, _: source.bernoulli(p, shape), generator)


def chances(p: Tensor, shape: tuple[int, ...]) -> Any:
    """Probabilities of a shape. Raises RuntimeError for what is none, NotImplementedError for integers."""
    floating(p, "bernoulli_tensor_cpu_p_")
    if not ((p._data >= 0) & (p._data <= 1)).all():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report "
            "an enhancement request to PyTorch.)"
        )
    return np.broadcast_to(p._data, shape)


_SCALARS = {
    "uint8": "unsigned char", "int8": "signed char", "int16": "short", "int32": "int", "int64": "int64_t", "bool": "bool",
    "float16": "c10::Half", "float32": "float", "float64": "double",
}  # fmt: skip


def check_whole(kind: dtypes.dtype, low: int, high: int) -> None:
    """Raises RuntimeError for an empty range, and for one that the dtype cannot hold."""
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    limits: Any = None if kind.category == dtypes.BOOL else kind.numpy
    if kind.category == dtypes.FLOAT:
        least, most = float(np.finfo(limits).min), float(np.finfo(limits).max)
    else:
        least, most = (0, 1) if limits is None else (int(np.iinfo(limits).min), int(np.iinfo(limits).max))
    for name, value in (("from", low), ("to - 1", high - 1)):
        if not least <= value <= most:
            raise RuntimeError(f"{name} is out of bounds for {_SCALARS[kind.name]}")


def whole_limit(kind: dtypes.dtype) -> int:
    """The largest integer that `random_` draws for a dtype."""
    if kind.category == dtypes.FLOAT:
        return int(2 ** (np.finfo(kind.numpy).nmant + 1))
    return 1 if kind.category == dtypes.BOOL else int(np.iinfo(kind.numpy).max)


@spelled("Tensor.random_")
def random_(self: Tensor, *bounds: Any, generator: Generator | None = None, **keywords: Any) -> Tensor:
    """Whole numbers: all that the dtype holds from 0 on, those below `to`, or those from `from` on and below `to`."""
    numbers: list[Any] = list(bounds)
    if "from" in keywords:
        numbers.insert(0, keywords.pop("from"))
    if "to" in keywords:
        numbers.append(keywords.pop("to"))
    _named("random_", keywords, None)
    kind = self.dtype
    if not numbers:
        return fill(self, RANDOM[2], "random_", lambda source, shape, _: source.whole(shape, kind.numpy), generator)
    low, high = (0, numbers[0]) if len(numbers) == 1 else numbers
    high = whole_limit(kind) + 1 if high is None else high
    check_whole(kind, low, high)
    op = RANDOM[2 - len(numbers)]
    return fill(self, op, "random_", lambda source, shape, _: source.randint(low, high, shape), generator)


# Dropout


def _share(p: float) -> None:
    if p != p:
        raise RuntimeError("dropout probability has to be between 0 and 1, but got nan")
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _scalable(input: Tensor, own: bool = False) -> None:
    """Raises RuntimeError for what is divided by the share that stays, where that leaves it no place."""
    kind = input.dtype
    if not kind.is_floating_point:
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {'Long' if own else kind.scalar}"
        )


def _channels(input: Tensor) -> None:
    if input._data.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")


def _kept(like: Any, p: float) -> Any:
    """Ones and zeros, laid as `like`: one with probability `1 - p`."""
    return drawn(like, lambda source, shape, _: source.bernoulli(1 - p, shape))


def _times(input: Tensor, mask: Any, inplace: bool) -> Tensor:
    result: Tensor = METHODS["mul_" if inplace else "mul"](input, Tensor(mask))
    return result


def _dropped(input: Tensor, like: Any, p: float, inplace: bool) -> Tensor:
    kind = input._data.dtype.type
    if p == 1:
        return _times(input, kind(0), inplace)
    _scalable(input)
    return _times(input, _kept(like, p) / kind(1 - p), inplace)


@spelled("torch.nn.functional.dropout", "torch.dropout")
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """The input with a share `p` of its elements zeroed and the others enlarged, by PyTorch's random numbers."""
    _share(p)
    if not training or p == 0 or not input._data.size:
        return input
    return _dropped(input, empty_as(input), p, inplace)


@spelled("torch.dropout_")
def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    return dropout(input, p, train, True)


def _feature(input: Tensor, p: float, training: bool, inplace: bool, single: bool) -> Tensor:
    _share(p)
    whole = METHODS["unsqueeze"](input, 0) if single else input
    if not training or p == 0 or not input._data.size:
        return METHODS["squeeze"](whole, 0) if single and not inplace else input
    if p != 1:
        _channels(whole)
    shape = whole._data.shape
    like = np.empty((*shape[:2], *(1 for _ in shape[2:])), input._data.dtype)
    result = _dropped(whole, like, p, inplace)
    if not single:
        return result
    return input if inplace else METHODS["squeeze"](result, 0)


@spelled("torch.nn.functional.dropout1d")
def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole rows of channels. Raises RuntimeError for what is neither a sample nor a batch."""
    if input._data.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input._data.ndim}D input. Note that dropout1d exists to provide "
            "channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D "
            "or 3D inputs)."
        )
    return _feature(input, p, training, inplace, input._data.ndim == 2)


def _spatial(name: str, input: Tensor, taken: tuple[int, int], spatial: int) -> None:
    """A warning where the input has another number of dimensions than channels of so many dimensions of space have."""
    if input._data.ndim not in taken:
        warnings.warn(
            f"{name}: Received a {input._data.ndim}-D input to {name}, which is deprecated and will result in an error in a future release. To "
            f"retain the behavior and silence this warning, please use dropout instead. Note that {name} exists to provide channel-wise dropout on "
            f"inputs with {spatial} spatial dimensions, a channel dimension, and an optional batch dimension (i.e. {taken[0]}D or {taken[1]}D inputs).",
            UserWarning,
            stacklevel=3,
        )


ROWS_OF_CHANNELS = (
    "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape "
    "(N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without a batch dimension, "
    "i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead."
)


@spelled("torch.feature_dropout")
def feature_dropout(input: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    return _feature(input, p, training, False, False)


@spelled("torch.nn.functional.dropout2d")
def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of a batch."""
    _spatial("dropout2d", input, (3, 4), 2)
    if input._data.ndim == 3:
        warnings.warn(ROWS_OF_CHANNELS, UserWarning, stacklevel=2)
    return _feature(input, p, training, inplace, False)


@spelled("torch.nn.functional.dropout3d")
def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole volumes of channels, of a sample or a batch."""
    _spatial("dropout3d", input, (4, 5), 3)
    return _feature(input, p, training, inplace, input._data.ndim != 5)


ALPHA = 1.7580993408473766
"""Where SELU goes for large negative inputs, without the sign."""


def _alpha(input: Tensor, like: Any, p: float) -> Tensor:
    kept = _kept(like, p)
    kind = kept.dtype.type
    a = 1.0 / np.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    offset = (kept - kind(1)) * kind(ALPHA * a) + kind(ALPHA * a * p)
    result: Tensor = METHODS["add"](METHODS["mul"](input, Tensor(kept * kind(a))), Tensor(offset))
    return result


@spelled("torch.nn.functional.alpha_dropout", "torch.alpha_dropout")
def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean and spread of what SELU gives."""
    _share(p)
    if not training or p == 0 or not input._data.size:
        return input
    if p == 1:
        return _times(input, input._data.dtype.type(0), inplace)
    _scalable(input, own=True)
    result = _alpha(input, empty_as(input), p)
    return METHODS["copy_"](input, result) if inplace else result


@spelled("torch.nn.functional.feature_alpha_dropout", "torch.feature_alpha_dropout")
def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Alpha dropout of whole channels."""
    _share(p)
    if not training or p == 0 or not input._data.size:
        return input
    if p == 1:
        return _times(input, input._data.dtype.type(0), inplace)
    _channels(input)
    _scalable(input, own=True)
    shape = input._data.shape
    result = _alpha(input, np.empty((*shape[:2], *(1 for _ in shape[2:])), input._data.dtype), p)
    return METHODS["copy_"](input, result) if inplace else result


@spelled("torch.nn.functional.gumbel_softmax")
def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A softmax of the scores with Gumbel's noise added; `hard` gives its largest place as one, with the gradient of the soft one."""
    if not logits.is_floating_point():
        raise RuntimeError(
            f"Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified {logits.dtype.scalar}"
        )
    noise = np.negative(
        np.log(drawn(np.empty_like(logits._data), lambda source, shape, _: source.exponential(1.0, shape)))
    )
    if not isinstance(tau, (Tensor, int, float)):
        raise TypeError(f"unsupported operand type(s) for /: 'Tensor' and '{type_name(tau)}'")
    soft: Tensor = METHODS["softmax"](METHODS["div"](METHODS["add"](logits, Tensor(noise)), tau), dim)
    if not hard:
        return soft
    top = soft._data.argmax(dim, keepdims=True)
    ones = np.zeros_like(soft._data)
    np.put_along_axis(ones, top, 1, dim)
    result: Tensor = METHODS["add"](METHODS["sub"](Tensor(ones), soft.detach()), soft)
    return result
