"""What every distribution has: its shapes, what its parameters and samples have to be, and what its figures cost a run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from engine import dtypes, grad_mode
from engine.nn import budget
from engine.ops.table import FUNCTIONS, METHODS
from engine.size import Size
from engine.tensor import Tensor

NUMBERS = (bool, int, float)


def _finite(values: Any) -> Any:
    return values == values


# What a parameter or a sample has to be: whether it is, and how PyTorch names that.
REAL = (_finite, "Real()")
POSITIVE = (lambda values: values > 0, "GreaterThan(lower_bound=0.0)")
UNIT = (lambda values: (values >= 0) & (values <= 1), "Interval(lower_bound=0.0, upper_bound=1.0)")
EITHER = (lambda values: (values == 0) | (values == 1), "Boolean()")
SIMPLEX = (lambda values: np.all(values >= 0, -1) & (np.abs(values.sum(-1) - 1) < 1e-6), "Simplex()")
NOT_NEGATIVE = (lambda values: values >= 0, "GreaterThanEq(lower_bound=0.0)")
REAL_ROWS = (lambda values: np.all(_finite(values), -1), "IndependentConstraint(Real(), 1)")

OVERFLOW = "numel: integer multiplication overflow"
LEADING = "The expanded size of the tensor ({least}) isn't allowed in a leading, non-existing dimension 0"
NO_SAMPLES = "cannot sample n_sample <= 0 samples"

Constraint = tuple[Callable[[Any], Any], str]


def spread(*values: Any) -> tuple[Tensor, ...]:
    """The values as tensors of one shape; numbers take the dtype of the first tensor."""
    if not all(isinstance(value, (Tensor, *NUMBERS)) for value in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    kind = next((value.dtype for value in values if isinstance(value, Tensor)), dtypes.get_default_dtype())
    tensors = [value if isinstance(value, Tensor) else Tensor(kind.numpy.type(value)) for value in values]
    room(*[tensor._data.shape for tensor in tensors])
    found: tuple[Tensor, ...] = tuple(FUNCTIONS["broadcast_tensors"](*tensors))
    return found


def room(*shapes: tuple[int, ...]) -> None:
    try:
        budget.room(math.prod(np.broadcast_shapes(*shapes)))
    except ValueError:
        return  # the op says what does not fit


def ops_of(count: int, *shapes: tuple[int, ...]) -> None:
    """The meter of a run takes its fuel for so many ops over what these shapes make together: they are made out of the interpreter's sight."""
    budget.step(count * math.prod(np.broadcast_shapes(*shapes)) // 1000)


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a tensor; a number has none."""
    return value._data.shape if isinstance(value, Tensor) else ()


def described(value: Tensor) -> str:
    return f"({type(value).__name__} of shape {tuple(value.shape)})"


class Distribution:
    """A distribution of a batch of independent values: what all of them have."""

    PARAMETERS: ClassVar[dict[str, Constraint]] = {}
    """What a distribution is told by, and what each has to be."""
    SUPPORT: ClassVar[Constraint] = REAL
    """What a sample has to be."""
    WEIGHT: ClassVar[int] = 10
    """How many additions a `log_prob` takes as long as, for each of its numbers."""

    NEGATIVE: ClassVar[str] = "Trying to create tensor with negative dimension {least}: {shape}"
    """What PyTorch says of a sample of a negative size, by the first function that it hands it to."""

    def __init__(
        self, batch_shape: tuple[int, ...], validate_args: bool | None, event_shape: tuple[int, ...] = ()
    ) -> None:
        self.batch_shape = Size(batch_shape)
        self.event_shape = Size(event_shape)
        self._validates = validate_args is None or bool(validate_args)
        for name, (holds, constraint) in self.required().items() if self._validates else ():
            value = self._told(name)
            if value is not None and not np.all(holds(np.asarray(value._data))):
                raise ValueError(
                    f"Expected parameter {name} {described(value)} of distribution {self!r} to satisfy the constraint {constraint}, "
                    f"but found invalid values:\n{value}"
                )

    def __repr__(self) -> str:
        parts = []
        for name in self.PARAMETERS:
            value = self.__dict__.get(name)
            if value is not None:
                parts.append(f"{name}: {format(value) if value._data.size == 1 else value.shape}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def _told(self, name: str) -> Any:
        """What a parameter was given as; None where it was not."""
        return self.__dict__.get(name)

    @property
    def has_rsample(self) -> bool:
        return type(self).rsample is not Distribution.rsample

    @property
    def has_enumerate_support(self) -> bool:
        return type(self).enumerate_support is not Distribution.enumerate_support

    def required(self) -> dict[str, Constraint]:
        """What each parameter has to be, where that hangs on another too."""
        return self.PARAMETERS

    def support(self) -> Constraint:
        """What a sample has to be, where that hangs on the parameters too."""
        return self.SUPPORT

    def _shape(self, sample_shape: Any) -> Size:
        if not isinstance(sample_shape, (tuple, list)):
            raise TypeError(f"'{type(sample_shape).__name__}' object is not iterable")
        for place, size in enumerate(sample_shape):
            if type(size) is not int:
                raise TypeError(f"torch.Size() takes an iterable of 'int' (item {place} is '{type(size).__name__}')")
        shape = Size((*sample_shape, *self.batch_shape, *self.event_shape))
        if any(size < 0 for size in shape):
            least = next(size for size in shape if size < 0)
            raise RuntimeError(self.NEGATIVE.format(least=least, shape=list(shape)))
        budget.room(shape.numel())
        ops_of(4, shape)
        return shape

    def _extent(self) -> tuple[int, ...]:
        """The shape of what this distribution's own figures are made of."""
        return self.batch_shape

    def _reach(self, value: Any) -> None:
        """The meter of a run is asked whether there is room for what this distribution makes of the value."""
        room(shape_of(value), (*self.batch_shape, *self.event_shape))

    def _admit(self, value: Any) -> None:
        """Raises ValueError for what is no sample of this distribution."""
        self._reach(value)
        if not self._validates:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        count = len(self.event_shape)
        if count and value.shape[-count:] != self.event_shape:
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.shape} vs {self.event_shape}."
            )
        shape = Size((*self.batch_shape, *self.event_shape))
        for own, wanted in zip(reversed(value.shape), reversed(shape), strict=False):
            if own != wanted and 1 not in (own, wanted):
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {shape}.")
        ops_of(self.WEIGHT, value.shape, shape)
        holds, constraint = self.support()
        if not np.all(holds(np.asarray(value._data))):
            raise ValueError(
                f"Expected value argument {described(value)} to be within the support ({constraint}) of the distribution {self!r}, "
                f"but found invalid values:\n{value}"
            )

    mean: Any
    variance: Any
    stddev = property(lambda self: METHODS["sqrt"](self.variance))

    def expand(self, batch_shape: Any) -> Distribution:
        """The same distribution for a batch of this shape, all of what it is made of expanded to it."""
        shape, own = Size(batch_shape), len(self.batch_shape)
        budget.room(shape.numel())
        made: Distribution = object.__new__(type(self))
        for name, value in self.__dict__.items():
            if isinstance(value, Tensor):
                value = METHODS["expand"](value, (*shape, *value.shape[own:]))
            elif isinstance(value, Distribution):
                value = value.expand((*shape, *value.batch_shape[own:]))
            made.__dict__[name] = value
        made.batch_shape = shape
        return made

    def rsample(self, sample_shape: Any = ()) -> Any:
        raise NotImplementedError

    def sample(self, sample_shape: Any = ()) -> Any:
        """What `rsample` gives, apart from the graph."""
        with grad_mode.no_grad():
            return self.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        raise NotImplementedError

    def cdf(self, value: Any) -> Any:
        raise NotImplementedError

    def icdf(self, value: Any) -> Any:
        raise NotImplementedError

    def entropy(self) -> Any:
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Any:
        """All that a sample may be, along a first dimension. Raises NotImplementedError where that is not finitely much."""
        raise NotImplementedError

    def _each(self, values: Tensor, expand: bool) -> Any:
        """The values along a first dimension, before those of the batch, which they are spread over where that is wanted."""
        shape, own = self.batch_shape, tuple(values.shape[1:])
        values = METHODS["view"](values, (-1, *(1 for _ in shape), *own))
        if not expand:
            return values
        budget.room(values._data.size * shape.numel())
        return METHODS["expand"](values, (-1, *shape, *own))

    def perplexity(self) -> Any:
        """The number of equally likely values that would have this entropy."""
        return METHODS["exp"](self.entropy())


def lazily(name: str, make: Callable[[Any], Any]) -> property:
    """A figure that is made where it is first asked for, in the graph that the parameters are in."""

    def read(self: Distribution) -> Any:
        if name not in self.__dict__:
            with grad_mode.enable_grad():
                self.__dict__[name] = make(self)
        return self.__dict__[name]

    return property(read)
