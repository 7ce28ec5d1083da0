"""`torch.distributions`: Normal, Bernoulli, Categorical and Multinomial, by the ops that PyTorch composes them of, and their divergences.

A distribution's parameters keep their place in the graph: gradients reach them through `log_prob`, `entropy` and `rsample`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar

import numpy as np

from engine import dtypes, grad_mode
from engine.nn import budget
from engine.ops.table import FUNCTIONS, METHODS
from engine.tensor import Size, Tensor

ONE_OF_TWO = "Either `probs` or `logits` must be specified, but not both."
NUMBERS = (bool, int, float)


def _finite(values: Any) -> Any:
    return values == values


# What a parameter or a sample has to be: whether it is, and how PyTorch names that.
REAL = (_finite, "Real()")
POSITIVE = (lambda values: values > 0, "GreaterThan(lower_bound=0.0)")
UNIT = (lambda values: (values >= 0) & (values <= 1), "Interval(lower_bound=0.0, upper_bound=1.0)")
EITHER = (lambda values: (values == 0) | (values == 1), "Boolean()")
SIMPLEX = (lambda values: np.all(values >= 0, -1) & (np.abs(values.sum(-1) - 1) < 1e-6), "Simplex()")
REAL_ROWS = (lambda values: np.all(_finite(values), -1), "IndependentConstraint(Real(), 1)")

Constraint = tuple[Callable[[Any], Any], str]


def _spread(*values: Any) -> tuple[Tensor, ...]:
    """The values as tensors of one shape; numbers take the dtype of the first tensor."""
    if not all(isinstance(value, (Tensor, *NUMBERS)) for value in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    kind = next((value.dtype for value in values if isinstance(value, Tensor)), dtypes.get_default_dtype())
    tensors = [value if isinstance(value, Tensor) else Tensor(kind.numpy.type(value)) for value in values]
    _room(*[tensor._data.shape for tensor in tensors])
    found: tuple[Tensor, ...] = tuple(FUNCTIONS["broadcast_tensors"](*tensors))
    return found


def _room(*shapes: tuple[int, ...]) -> None:
    try:
        budget.room(math.prod(np.broadcast_shapes(*shapes)))
    except ValueError:
        return  # the op says what does not fit


def _ops(count: int, *shapes: tuple[int, ...]) -> None:
    """The meter of a run takes its fuel for so many ops over what these shapes make together: they are made out of the interpreter's sight."""
    budget.step(count * math.prod(np.broadcast_shapes(*shapes)) // 1000)


def _described(value: Tensor) -> str:
    return f"({type(value).__name__} of shape {tuple(value.shape)})"


class Distribution:
    """A distribution of a batch of independent values: what all of them have."""

    PARAMETERS: ClassVar[dict[str, Constraint]] = {}

    def __init__(self, batch_shape: tuple[int, ...], validate_args: bool | None) -> None:
        self.batch_shape = Size(batch_shape)
        self.event_shape = Size()
        self._validates = validate_args is None or bool(validate_args)
        for name, (holds, constraint) in self.PARAMETERS.items() if self._validates else ():
            value = self.__dict__.get(name)
            if value is not None and not np.all(holds(np.asarray(value._data))):
                raise ValueError(
                    f"Expected parameter {name} {_described(value)} of distribution {self!r} to satisfy the constraint {constraint}, "
                    f"but found invalid values:\n{value}"
                )

    def __repr__(self) -> str:
        parts = []
        for name in self.PARAMETERS:
            value = self.__dict__.get(name)
            if value is not None:
                parts.append(f"{name}: {format(value) if value._data.size == 1 else value.shape}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def support(self) -> Constraint:
        """What a sample has to be."""
        return REAL

    def _shape(self, sample_shape: Any) -> Size:
        if not isinstance(sample_shape, (tuple, list)):
            raise TypeError(f"'{type(sample_shape).__name__}' object is not iterable")
        for place, size in enumerate(sample_shape):
            if type(size) is not int:
                raise TypeError(f"torch.Size() takes an iterable of 'int' (item {place} is '{type(size).__name__}')")
        shape = Size((*sample_shape, *self.batch_shape))
        budget.room(shape.numel())
        _ops(4, shape)
        return shape

    def _extent(self) -> tuple[int, ...]:
        """The shape of what this distribution's own figures are made of."""
        return self.batch_shape

    def _admit(self, value: Any) -> None:
        """Raises ValueError for what is no sample of this distribution."""
        if isinstance(value, Tensor):
            _room(value._data.shape, self.batch_shape)
        if not self._validates:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        for own, wanted in zip(reversed(value.shape), reversed(self.batch_shape), strict=False):
            if own != wanted and 1 not in (own, wanted):
                raise ValueError(
                    f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {self.batch_shape}."
                )
        _ops(10, value.shape, self.batch_shape)
        holds, constraint = self.support()
        if not np.all(holds(np.asarray(value._data))):
            raise ValueError(
                f"Expected value argument {_described(value)} to be within the support ({constraint}) of the distribution {self!r}, "
                f"but found invalid values:\n{value}"
            )

    def entropy(self) -> Any:
        raise NotImplementedError

    def perplexity(self) -> Any:
        """The number of equally likely values that would have this entropy."""
        return METHODS["exp"](self.entropy())


class Normal(Distribution):
    """The normal distribution of mean `loc` and standard deviation `scale`."""

    PARAMETERS: ClassVar = {"loc": REAL, "scale": POSITIVE}

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc: Any
        self.scale: Any
        self.loc, self.scale = _spread(loc, scale)
        super().__init__(self.loc.shape, validate_args)

    mean = property(lambda self: self.loc)
    mode = property(lambda self: self.loc)
    stddev = property(lambda self: self.scale)
    variance = property(lambda self: METHODS["pow"](self.scale, 2))

    def sample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution, apart from the graph."""
        shape = self._shape(sample_shape)
        with grad_mode.no_grad():
            return FUNCTIONS["normal"](METHODS["expand"](self.loc, shape), METHODS["expand"](self.scale, shape))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers of this distribution as a function of its parameters: the reparametrization trick."""
        noise = METHODS["normal_"](FUNCTIONS["empty"](self._shape(sample_shape), dtype=self.loc.dtype))
        return self.loc + noise * self.scale

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        self._admit(value)
        var = self.scale**2
        log_scale = METHODS["log"](self.scale)
        return -((value - self.loc) ** 2) / (2 * var) - log_scale - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Any) -> Any:
        """The probability of what is no greater than the value."""
        self._admit(value)
        standard = (value - self.loc) * METHODS["reciprocal"](self.scale) / math.sqrt(2)
        return 0.5 * (1 + METHODS["erf"](standard))

    def icdf(self, value: Any) -> Any:
        """The value whose `cdf` this is."""
        if isinstance(value, Tensor):
            _room(value._data.shape, self.batch_shape)
        return self.loc + self.scale * METHODS["erfinv"](2 * value - 1) * math.sqrt(2)

    def entropy(self) -> Any:
        _ops(4, self._extent())
        return 0.5 + 0.5 * math.log(2 * math.pi) + METHODS["log"](self.scale)


class Odds(Distribution):
    """A distribution told by probabilities or by logits: the one that was not given is made where it is first asked for."""

    def __init__(self, batch_shape: tuple[int, ...], validate_args: bool | None, given: str) -> None:
        self._given = given
        super().__init__(batch_shape, validate_args)

    @property
    def param_shape(self) -> Size:
        shape: Size = self.__dict__[self._given].shape
        return shape

    def _extent(self) -> tuple[int, ...]:
        return self.param_shape

    def _clamped(self) -> Any:
        probs = self.__dict__["probs"]
        eps = float(np.finfo(probs._data.dtype).eps)
        return METHODS["clamp"](probs, min=eps, max=1 - eps)


def _lazily(name: str, make: Callable[[Any], Any]) -> property:
    def read(self: Odds) -> Any:
        if name not in self.__dict__:
            with grad_mode.enable_grad():
                self.__dict__[name] = make(self)
        return self.__dict__[name]

    return property(read)


def _binary_logits(self: Odds) -> Any:
    probs = self._clamped()
    return METHODS["log"](probs) - METHODS["log1p"](-probs)


class Bernoulli(Odds):
    """One with probability `probs`, else zero; or told by its log odds, `logits`."""

    PARAMETERS: ClassVar = {"probs": UNIT, "logits": REAL}
    probs = _lazily("probs", lambda self: METHODS["sigmoid"](self.logits))
    logits = _lazily("logits", _binary_logits)

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError(ONE_OF_TWO)
        given = "logits" if probs is None else "probs"
        (value,) = _spread(logits if probs is None else probs)
        self.__dict__[given] = value
        super().__init__(value.shape, validate_args, given)

    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))
    stddev = property(lambda self: METHODS["sqrt"](self.variance))

    def support(self) -> Constraint:
        return EITHER

    def sample(self, sample_shape: Any = ()) -> Any:
        """Zeros and ones, apart from the graph."""
        shape = self._shape(sample_shape)
        with grad_mode.no_grad():
            return FUNCTIONS["bernoulli"](METHODS["expand"](self.probs, shape))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability."""
        self._admit(value)
        logits, value = _spread(self.logits, value)
        return -FUNCTIONS["nn.functional.binary_cross_entropy_with_logits"](logits, value, reduction="none")

    def entropy(self) -> Any:
        _ops(4, self._extent())
        return FUNCTIONS["nn.functional.binary_cross_entropy_with_logits"](self.logits, self.probs, reduction="none")


class Categorical(Odds):
    """A whole number from 0, with the probabilities of the last dimension of `probs`, or with their logarithms, `logits`."""

    PARAMETERS: ClassVar = {"probs": SIMPLEX, "logits": REAL_ROWS}
    probs = _lazily("probs", lambda self: FUNCTIONS["nn.functional.softmax"](self.logits, dim=-1))
    logits = _lazily("logits", lambda self: METHODS["log"](self._clamped()))

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError(ONE_OF_TWO)
        given = "logits" if probs is None else "probs"
        value: Any = logits if probs is None else probs
        if not isinstance(value, Tensor):
            raise AttributeError(f"'{type(value).__name__}' object has no attribute 'dim'")
        if not value._data.ndim:
            raise ValueError(f"`{given}` parameter must be at least one-dimensional.")
        whole = METHODS["sum"](value, -1, keepdim=True) if given == "probs" else METHODS["logsumexp"](value, -1, keepdim=True)  # fmt: skip
        value = self.__dict__[given] = value / whole if given == "probs" else value - whole
        super().__init__(value.shape[:-1], validate_args, given)

    mode = property(lambda self: METHODS["argmax"](self.probs, -1))

    def support(self) -> Constraint:
        last = self.param_shape[-1] - 1
        return (
            lambda values: (values % 1 == 0) & (values >= 0) & (values <= last),
            f"IntegerInterval(lower_bound=0, upper_bound={last})",
        )

    def sample(self, sample_shape: Any = ()) -> Any:
        """Whole numbers, apart from the graph."""
        shape = self._shape(sample_shape)
        rows = METHODS["reshape"](self.probs, -1, self.param_shape[-1])
        count = math.prod(sample_shape)
        budget.room(count * rows._data.size)
        drawn = FUNCTIONS["multinomial"](rows, count, True)
        return METHODS["reshape"](METHODS["transpose"](drawn, 0, 1), shape)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of each number."""
        self._admit(value)
        places = METHODS["unsqueeze"](METHODS["long"](value), -1)
        _room(places._data.shape, self.logits.shape)
        places, logits = FUNCTIONS["broadcast_tensors"](places, self.logits)
        return METHODS["squeeze"](METHODS["gather"](logits, -1, places[..., :1]), -1)

    def entropy(self) -> Any:
        _ops(4, self._extent())
        least = float(np.finfo(self.logits._data.dtype).min)
        return -METHODS["sum"](METHODS["clamp"](self.logits, min=least) * self.probs, -1)


class Multinomial(Distribution):
    """How often each outcome comes in `total_count` draws, with the probabilities of the last dimension of `probs`, or with their logarithms, `logits`."""

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._draw = Categorical(probs, logits)
        super().__init__(self._draw.batch_shape, validate_args)
        self.event_shape = Size(self._extent()[-1:])

    probs = property(lambda self: self._draw.probs)
    logits = property(lambda self: self._draw.logits)
    param_shape = property(lambda self: self._draw.param_shape)
    mean = property(lambda self: self.probs * self.total_count)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))
    stddev = property(lambda self: METHODS["sqrt"](self.variance))

    def _extent(self) -> tuple[int, ...]:
        return self._draw.param_shape

    def sample(self, sample_shape: Any = ()) -> Any:
        """Counts, apart from the graph."""
        shape = (*self._shape(sample_shape), self._extent()[-1])
        budget.room(math.prod(shape))
        drawn = self._draw.sample((self.total_count, *sample_shape))
        drawn = METHODS["permute"](drawn, *range(1, drawn._data.ndim), 0)
        counts = FUNCTIONS["zeros"](shape, dtype=dtypes.int64)
        METHODS["scatter_add_"](counts, -1, drawn, FUNCTIONS["ones_like"](drawn))
        return METHODS["type_as"](counts, self.probs)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of these counts."""
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        _room(value._data.shape, self._extent())
        _ops(10, value._data.shape, self._extent())
        logits, value = _spread(self.logits, value)
        logits = METHODS["clone"](logits)
        all_of_them = METHODS["lgamma"](METHODS["sum"](value, -1) + 1)
        each = METHODS["sum"](METHODS["lgamma"](value + 1), -1)
        logits[(value == 0) & (logits == -math.inf)] = 0
        return all_of_them - each + METHODS["sum"](logits * value, -1)


def _between_normals(p: Normal, q: Normal) -> Any:
    ratio = METHODS["pow"](p.scale / q.scale, 2)
    apart = METHODS["pow"]((p.loc - q.loc) / q.scale, 2)
    return 0.5 * (ratio + apart - 1 - METHODS["log"](ratio))


def _between_bernoullis(p: Bernoulli, q: Bernoulli) -> Any:
    softplus = FUNCTIONS["nn.functional.softplus"]
    ones = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    ones[q.probs == 0] = math.inf
    ones[p.probs == 0] = 0
    zeros = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    zeros[q.probs == 1] = math.inf
    zeros[p.probs == 1] = 0
    return ones + zeros


def _between_categoricals(p: Categorical, q: Categorical) -> Any:
    part = p.probs * (p.logits - q.logits)
    part[METHODS["expand_as"](q.probs == 0, part)] = math.inf
    part[METHODS["expand_as"](p.probs == 0, part)] = 0
    return METHODS["sum"](part, -1)


DIVERGENCES: dict[type, Callable[[Any, Any], Any]] = {
    Normal: _between_normals,
    Bernoulli: _between_bernoullis,
    Categorical: _between_categoricals,
}


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """The Kullback-Leibler divergence of q from p. Raises NotImplementedError for two of different kinds."""
    if type(p) is not type(q) or type(p) not in DIVERGENCES:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
        )
    _room(p.batch_shape, q.batch_shape)
    _ops(10, p._extent(), q._extent())
    return DIVERGENCES[type(p)](p, q)


KINDS: tuple[type[Distribution], ...] = (Normal, Bernoulli, Categorical, Multinomial)
FACTS: dict[type, str] = {
    Normal: "loc scale mean mode stddev variance",
    Bernoulli: "probs logits mean stddev variance param_shape",
    Categorical: "probs logits mode param_shape",
    Multinomial: "total_count probs logits mean stddev variance param_shape",
}


def _reader(name: str) -> Callable[[Distribution], Any]:
    find = attrgetter(name)

    def read(of: Distribution) -> Any:
        _ops(2, of._extent())
        return find(of)

    return read


TORCH: dict[str, Any] = {
    **{f"distributions.{kind.__name__}": kind for kind in KINDS},
    **{f"distributions.{kind.__name__.lower()}.{kind.__name__}": kind for kind in KINDS},
    "distributions.kl_divergence": kl_divergence,
    "distributions.kl.kl_divergence": kl_divergence,
}
OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {
    **{
        (kind, name): method
        for kind in KINDS
        for name, method in (*kind.__dict__.items(), ("perplexity", Distribution.perplexity))
        if name in ("sample", "rsample", "log_prob", "cdf", "icdf", "entropy", "perplexity")
    },
}
GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    (kind, name): _reader(name)
    for kind, names in FACTS.items()
    for name in ("batch_shape", "event_shape", *names.split())
}
