"""Transforms of random numbers: what each makes of a number, the way back, and by how much it stretches there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from engine.distributions.distribution import NUMBERS, ops_of, shape_of
from engine.ops.table import FUNCTIONS, METHODS
from engine.tensor import Tensor


class Transform:
    """A function that can be taken back, and the logarithm of how far it stretches."""

    EVENT: ClassVar[int] = 0
    """How many of the last dimensions it takes together."""
    sign: Any = 1
    """Whether it rises or falls."""

    def __init__(self, cache_size: int = 0) -> None:
        """With a `cache_size` of 1 the way back from what was made last is no calculation. Raises ValueError for another size than 0 or 1."""
        if cache_size not in (0, 1):
            raise ValueError("cache_size must be 0 or 1")
        self._size = cache_size
        self._last: tuple[Any, Any] = (None, None)

    def __call__(self, x: Any) -> Any:
        ops_of(4, shape_of(x))
        return self._kept(x, self._call(x)) if x is not self._last[0] else self._last[1]

    def _inv_call(self, y: Any) -> Any:
        ops_of(4, shape_of(y))
        if y is self._last[1]:
            return self._last[0]
        found = self._inverse(y)
        self._kept(found, y)
        return found

    def _kept(self, x: Any, y: Any) -> Any:
        if self._size:
            self._last = x, y
        return y

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    @property
    def event_dim(self) -> int:
        return self.EVENT

    @property
    def inv(self) -> Transform:
        return Inverse(self)

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of what is made of numbers of a shape."""
        return shape

    def _call(self, x: Any) -> Any:
        raise NotImplementedError

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The logarithm of how far the transform stretches at `x`, of which it makes `y`."""
        raise NotImplementedError


class Inverse(Transform):
    """A transform the other way round."""

    def __init__(self, of: Transform) -> None:
        super().__init__()
        self._of = of
        self.sign = of.sign

    def __repr__(self) -> str:
        return f"_InverseTransform({self._of!r})"

    @property
    def event_dim(self) -> int:
        return self._of.event_dim

    @property
    def inv(self) -> Transform:
        return self._of

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return self._of.forward_shape(shape)

    def _call(self, x: Any) -> Any:
        return self._of._inverse(x)

    def _inverse(self, y: Any) -> Any:
        return self._of._call(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -self._of.log_abs_det_jacobian(y, x)


class ComposeTransform(Transform):
    """Transforms one after another."""

    def __init__(self, parts: Sequence[Transform], cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.parts = list(parts)
        self.sign = 1
        for part in self.parts:
            self.sign = self.sign * part.sign

    def __repr__(self) -> str:
        return "ComposeTransform(\n    " + ",\n    ".join(map(repr, self.parts)) + "\n)"

    @property
    def event_dim(self) -> int:
        return max((part.event_dim for part in self.parts), default=0)

    @property
    def inv(self) -> Transform:
        return ComposeTransform([part.inv for part in reversed(self.parts)])

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        for part in self.parts:
            shape = part.forward_shape(shape)
        return shape

    def _call(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for part in reversed(self.parts):
            y = part._inv_call(y)
        return y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        if not self.parts:
            return FUNCTIONS["zeros_like"](x)
        values = [x]
        for part in self.parts[:-1]:
            values.append(part(values[-1]))
        values.append(y)
        terms = [
            rightmost(part.log_abs_det_jacobian(before, after), self.event_dim - part.event_dim)
            for part, before, after in zip(self.parts, values, values[1:], strict=False)
        ]
        found = terms[0]
        for term in terms[1:]:
            found = found + term
        return found


class AffineTransform(Transform):
    """Moved by `loc` and stretched by `scale`."""

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc, self.scale, self._event_dim = loc, scale, event_dim

    @property
    def event_dim(self) -> int:
        return self._event_dim

    @property
    def sign(self) -> Any:
        if isinstance(self.scale, NUMBERS):
            return 1 if self.scale > 0 else -1 if self.scale < 0 else 0
        return METHODS["sign"](self.scale)

    def forward_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return np.broadcast_shapes(shape, shape_of(self.loc), shape_of(self.scale))

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        shape = tuple(x.shape)
        if isinstance(self.scale, NUMBERS):
            found = FUNCTIONS["full_like"](x, math.log(abs(self.scale)))
        else:
            found = METHODS["log"](METHODS["abs"](self.scale))
        if self._event_dim:
            found = METHODS["sum"](METHODS["reshape"](found, *found._data.shape[: -self._event_dim], -1), -1)
            shape = shape[: -self._event_dim]
        return METHODS["expand"](found, shape)


class ExpTransform(Transform):
    """e to the power of the number."""

    def _call(self, x: Any) -> Any:
        return METHODS["exp"](x)

    def _inverse(self, y: Any) -> Any:
        return METHODS["log"](y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return x


class SigmoidTransform(Transform):
    """The sigmoid, kept from reaching its ends."""

    def _call(self, x: Any) -> Any:
        return _inside(METHODS["sigmoid"](x))

    def _inverse(self, y: Any) -> Any:
        inner = _inside(y)
        return METHODS["log"](inner) - METHODS["log1p"](-inner)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        softplus = FUNCTIONS["nn.functional.softplus"]
        return -softplus(-x) - softplus(x)


def _inside(value: Tensor) -> Any:
    kind = np.finfo(value._data.dtype)
    return METHODS["clamp"](value, min=float(kind.tiny), max=float(1.0 - kind.eps))


class TanhTransform(Transform):
    """The hyperbolic tangent."""

    def _call(self, x: Any) -> Any:
        return METHODS["tanh"](x)

    def _inverse(self, y: Any) -> Any:
        return METHODS["atanh"](y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return 2.0 * (math.log(2.0) - x - FUNCTIONS["nn.functional.softplus"](-2.0 * x))


class SoftplusTransform(Transform):
    """The softplus."""

    def _call(self, x: Any) -> Any:
        return FUNCTIONS["nn.functional.softplus"](x)

    def _inverse(self, y: Any) -> Any:
        return METHODS["log"](METHODS["neg"](METHODS["expm1"](-y))) + y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -FUNCTIONS["nn.functional.softplus"](-x)


class PowerTransform(Transform):
    """The number to a power."""

    def __init__(self, exponent: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.exponent: Any = exponent if isinstance(exponent, Tensor) else FUNCTIONS["tensor"](float(exponent))
        self.sign = METHODS["sign"](self.exponent)

    def _call(self, x: Any) -> Any:
        return METHODS["pow"](x, self.exponent)

    def _inverse(self, y: Any) -> Any:
        return METHODS["pow"](y, 1 / self.exponent)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return METHODS["log"](METHODS["abs"](self.exponent * y / x))


class AbsTransform(Transform):
    """The size of the number, of which the way back takes the positive one."""

    def _call(self, x: Any) -> Any:
        return METHODS["abs"](x)

    def _inverse(self, y: Any) -> Any:
        return y


def rightmost(value: Any, count: int) -> Any:
    """The sum over the last `count` dimensions."""
    if not count:
        return value
    return METHODS["sum"](METHODS["reshape"](value, *value._data.shape[:-count], -1), -1)


TRANSFORMS: tuple[type[Transform], ...] = (
    AbsTransform, AffineTransform, ComposeTransform, ExpTransform, PowerTransform, SigmoidTransform, SoftplusTransform, TanhTransform,
)  # fmt: skip
"""What a program can name; an `Inverse` it gets by `.inv`."""
