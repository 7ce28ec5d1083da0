"""The numbers of PyTorch's CPU generator: after the same `manual_seed`, the same draws.

The source is the Mersenne Twister, seeded as NumPy's `RandomState` is, so its raw 32-bit words are at hand; what PyTorch makes of the words
was found by comparing the two (PyTorch 2.13, CPU). Uniform, integer and permutation draws agree to the last bit; those that pass through
`log`, `sin`, `cos` or `tan` to its rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import rejection

Shape = Sequence[int]

BLOCK = 16
_HALF = BLOCK // 2
_WIDE = 2**28
"""From a range of this size on an integer is made of two words."""
_THIRD = np.float32(1) / np.float32(3)
STATE_BYTES = 5056
_STATE = np.dtype(
    [
        ("seed", "<u8"), ("left", "<i4"), ("seeded", "<i4"), ("next", "<u8"), ("words", "<u8", 624), ("x", "<f8"),
        ("y", "<f8"), ("rho", "<f8"), ("kept", "<i4"), ("pad", "<i4"), ("single", "<f4"), ("single_kept", "<i4"),
    ]
)  # fmt: skip
_BITS = {np.dtype(np.float16): 11, np.dtype(np.float32): 24, np.dtype(np.float64): 53}


class Generator:
    """A stream of PyTorch's random numbers.

    The draws return NumPy arrays of the asked shape and dtype; a shape of () gives a 0-d array. The order of the draws decides the numbers.
    """

    __slots__ = ("_seed", "_twister", "_used", "kept")

    def __init__(self, seed: int = 67280421310721) -> None:
        self._twister: np.random.RandomState | None = None
        self.manual_seed(seed)

    def __repr__(self) -> str:
        return "<torch._C.Generator object>"

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream that belongs to `seed`, of which only the low 32 bits count."""
        self._seed = seed & 0xFFFFFFFFFFFFFFFF
        if self._twister is not None:
            self._twister.seed(seed & 0xFFFFFFFF)
        self.kept: float | None = None
        self._used = False
        return self

    def _stream(self) -> np.random.RandomState:
        """The words of the stream, made when they are first asked for: most runs draw none, and to make it takes longer than a small run."""
        if self._twister is None:
            self._twister = np.random.RandomState(self._seed & 0xFFFFFFFF)
        return self._twister

    def initial_seed(self) -> int:
        """The seed that this stream was started with."""
        return self._seed

    def seed(self) -> int:
        """Start a stream from a seed that the stream itself chooses, so that a run stays the same run; gives that seed."""
        self.manual_seed(int(self._long(1)[0]))
        return self._seed

    # The state as PyTorch lays it out

    def get_state(self) -> np.ndarray:
        """The state as PyTorch's 5056 bytes."""
        standing: Any = self._stream().get_state(legacy=True)
        words, place = standing[1], int(standing[2])
        state = np.zeros(1, _STATE)
        state["seed"], state["seeded"], state["words"] = self._seed, 1, words
        state["left"], state["next"] = (625 - place, place) if self._used else (1, 0)
        if self.kept is not None:
            state["y"], state["kept"] = self.kept, 1
        return np.frombuffer(state.tobytes(), np.uint8).copy()

    def set_state(self, state: np.ndarray) -> None:
        """Go on from a state that `get_state` gave. Raises RuntimeError for bytes of another length."""
        if state.size != STATE_BYTES:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE_BYTES} but found the input RNG state size to be {state.size}"
            )
        found = np.frombuffer(np.ascontiguousarray(state).tobytes(), _STATE)[0]
        left, place = int(found["left"]), int(found["next"])
        if not 0 < left <= 624 or not 0 <= place <= 624:
            raise RuntimeError("Invalid mt19937 state")
        self._seed, self._used = int(found["seed"]), (left, place) != (1, 0)
        words = found["words"].astype(np.uint32)
        self._stream().set_state(("MT19937", words, place if self._used else 624, 0, 0.0))
        self.kept = float(found["y"]) if found["kept"] else None

    # Words

    def words(self, count: int) -> np.ndarray:
        """The next `count` raw 32-bit words."""
        self._used = self._used or count > 0
        return self._stream().randint(0, 2**32, size=count, dtype=np.uint32)

    def _long(self, count: int) -> np.ndarray:
        words = self.words(2 * count).astype(np.uint64)
        return (words[0::2] << np.uint64(32)) | words[1::2]

    def double(self, count: int) -> np.ndarray:
        """The next `count` float64 numbers uniform on [0, 1), two words each."""
        return (self._long(count) & np.uint64(2**53 - 1)).astype(np.float64) / 2.0**53

    # Uniform numbers

    def rand(self, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
        """Uniform on [0, 1): 24 bits of one word for float32, 53 bits of two words for float64."""
        count, kind = _count(shape), np.dtype(dtype)
        if kind == np.float64:
            return self.double(count).reshape(shape)
        words = np.bitwise_and(self.words(count), np.uint32(2**24 - 1))
        numbers: np.ndarray = np.ldexp(words.astype(np.float32), -24).reshape(shape)
        return numbers if kind == np.float32 else _below(numbers, 0.0, 1.0, kind)

    def uniform(self, low: float, high: float, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
        """Uniform on [low, high), multiplied and added with one rounding in `dtype` as PyTorch's `uniform_` does."""
        kind = np.dtype(dtype)
        exact = np.promote_types(kind, np.float32)
        first, last = exact.type(low), exact.type(high)
        numbers = _fused(self.rand(shape, exact), last - first, first)
        return numbers if kind == exact else _below(numbers, low, high, kind)

    def randint(self, low: int, high: int, shape: Shape) -> np.ndarray:
        """Integers on [low, high) as int64: a word (two from a range of 2**28 on) modulo the range.

        Raises ValueError where the range is empty.
        """
        span = high - low
        if span <= 0:
            raise ValueError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        count = _count(shape)
        numbers = self.words(count).astype(np.uint64) if span < _WIDE else self._long(count)
        if span < 2**64:
            numbers = numbers % np.uint64(span)
        return (numbers.view(np.int64) + np.int64(low)).reshape(shape)

    def whole(self, shape: Shape, dtype: Any) -> np.ndarray:
        """What `random_()` fills a dtype with: from 0 to its largest number, or as far as its floats tell integers apart."""
        kind, count = np.dtype(dtype), _count(shape)
        if kind.kind == "f":
            numbers = self._long(count) if kind == np.float64 else self.words(count).astype(np.uint64)
            return (numbers % np.uint64(2 ** _BITS[kind] + 1)).astype(kind).reshape(shape)
        if kind.kind == "b":
            return (self.words(count) & np.uint32(1)).astype(kind).reshape(shape)
        numbers = self._long(count) if kind.itemsize == 8 else self.words(count).astype(np.uint64)
        return (numbers % np.uint64(int(np.iinfo(kind).max) + 1)).astype(kind).reshape(shape)

    def randperm(self, count: int) -> np.ndarray:
        """A permutation of 0 .. count-1 as int64, by swapping forward."""
        order = list(range(count))
        for place, word in enumerate(self.words(max(count - 1, 0)).tolist()):
            other = place + word % (count - place)
            order[place], order[other] = order[other], order[place]
        return np.array(order, np.int64)

    def bernoulli(self, probability: Any, shape: Shape) -> np.ndarray:
        """True with `probability`: a number is compared with float64 uniforms, an array of smaller floats with float32 ones."""
        if isinstance(probability, np.ndarray) and probability.dtype != np.float64:
            return np.asarray(self.rand(shape) < probability)
        return np.asarray(self.double(_count(shape)).reshape(shape) < probability)

    # Normal numbers

    def randn(self, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
        """Standard normal: pairs by Box-Muller below 16 elements, blocks of 16 from there on."""
        return self.normal(0.0, 1.0, shape, dtype)

    def normal(self, mean: float, std: float, shape: Shape, dtype: Any = np.float32, blocks: bool = True) -> np.ndarray:
        """Normal; below 16 elements, and where memory does not lie in order (`blocks` False), pairs scaled in double before they are rounded."""
        count, kind = _count(shape), np.dtype(dtype)
        if count < BLOCK or not blocks:
            return (self._pairs(count) * std + mean).astype(kind).reshape(shape)
        exact, whole = np.promote_types(kind, np.float32), count - count % BLOCK
        centre, spread = exact.type(kind.type(mean)), exact.type(kind.type(std))
        numbers = np.empty(count, exact)
        # float16 passes over the uniforms that the last block is not going to use.
        uniforms = self.rand((count if kind == exact else whole,), exact)
        numbers[:whole] = _box_muller(uniforms[:whole], centre, spread)
        if whole < count:
            numbers[-BLOCK:] = _box_muller(self.rand((BLOCK,), exact), centre, spread)
        return numbers.astype(kind).reshape(shape)

    def _pairs(self, count: int) -> np.ndarray:
        """A pair of uniforms makes two numbers, of which the second is kept for the next draw."""
        numbers = np.empty(count, np.float64)
        start = 0
        if count and self.kept is not None:
            numbers[0], self.kept, start = self.kept, None, 1
        pairs = (count - start + 1) // 2
        drawn = self.double(2 * pairs)
        angle, radius = 2.0 * np.pi * drawn[0::2], np.sqrt(-2.0 * np.log1p(-drawn[1::2]))
        both = np.empty(2 * pairs, np.float64)
        both[0::2], both[1::2] = radius * np.cos(angle), radius * np.sin(angle)
        numbers[start:] = both[: count - start]
        if 2 * pairs > count - start:
            self.kept = float(both[-1])
        return numbers

    # Others, each from float64 uniforms

    def exponential(self, rate: float, shape: Shape) -> np.ndarray:
        """Waiting times of the given rate, in float64."""
        return np.asarray((-1.0 / rate * np.log1p(-self.double(_count(shape)))).reshape(shape))

    def log_normal(self, mean: float, std: float, shape: Shape) -> np.ndarray:
        """Numbers whose logarithm is normal, in float64."""
        return np.asarray(np.exp(self._pairs(_count(shape)) * std + mean).reshape(shape))

    def cauchy(self, median: float, sigma: float, shape: Shape) -> np.ndarray:
        """Numbers of Cauchy's distribution, in float64; the ends, where the tangent has no bound, are cut off."""
        edge = float(np.finfo(np.float64).eps)
        drawn = np.clip(self.double(_count(shape)), edge, 1.0 - edge)
        return np.asarray((median + sigma * np.tan(np.pi * (drawn - 0.5))).reshape(shape))

    def geometric(self, probability: float, shape: Shape) -> np.ndarray:
        """The number of trials up to the first success, in float64."""
        return np.asarray(np.ceil(np.log(self.double(_count(shape))) / np.log1p(-probability)).reshape(shape))

    def poisson(self, rates: np.ndarray) -> np.ndarray:
        """Counts of the given float64 rates. Raises RuntimeError for a negative rate."""
        if not (rates >= 0).all():
            raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
        return self._each(rejection.poisson, rates)

    def gamma(self, shapes: np.ndarray) -> np.ndarray:
        """Numbers of the gamma distributions of the given shapes and rate 1, in float64; PyTorch's third is one of float32."""
        kind = shapes.dtype.type
        with np.errstate(divide="ignore"):
            inverse = kind(1) / shapes
        return self._each(
            rejection.gamma, shapes, np.where(shapes < 1, shapes + kind(1), shapes) - kind(_THIRD), inverse
        )

    def binomial(self, counts: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """How many of so many draws come out, with the given probabilities; both float64 and of one shape."""
        return self._each(rejection.binomial, counts, shares)

    def _each(self, law: Callable[..., float], *told: np.ndarray) -> np.ndarray:
        supply = rejection.Supply(self)
        numbers = [law(*each, supply) for each in zip(*(values.ravel().tolist() for values in told), strict=True)]
        supply.give_back()
        return np.array(numbers, np.float64).reshape(told[0].shape)


def placed(place: np.ndarray, draw: Callable[[Shape, bool], np.ndarray]) -> np.ndarray:
    """Numbers for an array of this layout: PyTorch draws in the order in which memory lies, not in that of the indices.

    `draw` gets a shape and whether memory lies in order.
    """
    if place.flags.c_contiguous or place.ndim < 2 or any(stride < 0 for stride in place.strides):
        return draw(place.shape, bool(place.flags.c_contiguous))
    order = sorted(range(place.ndim), key=lambda dim: -place.strides[dim])
    drawn = draw([place.shape[dim] for dim in order], False)
    return drawn.transpose(np.argsort(order))


def _below(numbers: np.ndarray, low: float, high: float, kind: Any) -> np.ndarray:
    """Rounded to a narrower dtype; what that lifts to the end, which does not belong to the range, goes to its beginning."""
    narrow = numbers.astype(kind)
    return np.where(narrow == narrow.dtype.type(high), narrow.dtype.type(low), narrow)


def _count(shape: Shape) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _fused(factor: np.ndarray, scale: Any, offset: Any) -> np.ndarray:
    """`factor * scale + offset`, rounded once."""
    if factor.dtype != np.float64:
        return np.asarray(factor.astype(np.float64) * np.float64(scale) + np.float64(offset), factor.dtype)
    product = factor * scale
    split = np.float64(2**27 + 1)
    high, top = split * factor, split * scale
    high, top = high - (high - factor), top - (top - scale)
    low, rest = factor - high, scale - top
    lost = ((high * top - product) + high * rest + low * top) + low * rest
    total = product + offset
    part = total - product
    return np.asarray(total + ((product - (total - part)) + (offset - part) + lost))


def _box_muller(uniforms: np.ndarray, mean: Any, std: Any) -> np.ndarray:
    kind = uniforms.dtype.type
    block = uniforms.reshape(-1, BLOCK)
    radius = np.sqrt(kind(-2) * np.log(kind(1) - block[:, :_HALF]))
    angle = kind(2 * np.pi) * block[:, _HALF:]
    standard = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)
    return _fused(standard, std, mean)


default = Generator(0)
