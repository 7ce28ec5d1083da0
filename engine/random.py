"""The numbers of PyTorch's CPU generator: after the same `manual_seed`, the same draws.

The source is the Mersenne Twister, seeded as NumPy's `RandomState` is, so its raw 32-bit words are at hand; what PyTorch makes of the words
was found by comparing the two (PyTorch 2.13, CPU). Uniform, integer and permutation draws agree to the last bit; normal draws to the
rounding of `log`, `sin` and `cos`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Shape = Sequence[int]

_BLOCK = 16
_HALF = _BLOCK // 2


class Generator:
    """A stream of PyTorch's random numbers.

    The draws return NumPy arrays of the asked shape and dtype; a shape of () gives a 0-d array. The order of the draws decides the numbers.
    """

    __slots__ = ("_kept", "_twister")

    def __init__(self, seed: int = 0) -> None:
        self.manual_seed(seed)

    def manual_seed(self, seed: int) -> None:
        """Start the stream that belongs to `seed`; only its low 32 bits count."""
        self._twister = np.random.RandomState(seed & 0xFFFFFFFF)
        self._kept: float | None = None

    def words(self, count: int) -> np.ndarray:
        """The next `count` raw 32-bit words."""
        return self._twister.randint(0, 2**32, size=count, dtype=np.uint32)

    def rand(self, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
        """Uniform on [0, 1): 24 bits of one word for float32, 53 bits of two words for float64."""
        count = int(np.prod(shape))
        if dtype == np.float64:
            return self._double(count).reshape(shape)
        bits, kind = (11, np.float16) if dtype == np.float16 else (24, np.float32)
        words = np.bitwise_and(self.words(count), np.uint32(2**bits - 1))
        numbers: np.ndarray = np.ldexp(words.astype(kind), -bits)
        return numbers.reshape(shape)

    def uniform(self, low: float, high: float, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
        """Uniform on [low, high), multiplied and added with one rounding in `dtype` as PyTorch's `uniform_` does."""
        kind = np.dtype(dtype).type
        return _fused(self.rand(shape, dtype), kind(high) - kind(low), kind(low))

    def randn(self, shape: Shape, dtype: Any = np.float32) -> np.ndarray:
        """Standard normal: pairs by Box-Muller below 16 elements, blocks of 16 from there on."""
        count = int(np.prod(shape))
        numbers = self._pairs(count) if count < _BLOCK else self._blocks(count, dtype)
        return numbers.astype(dtype).reshape(shape)

    def randint(self, low: int, high: int, shape: Shape) -> np.ndarray:
        """Integers on [low, high) as int64: a word (two from a range of 2**28 on) modulo the range.

        Raises ValueError where the range is empty.
        """
        span = high - low
        if span <= 0:
            raise ValueError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        count = int(np.prod(shape))
        if span < 2**28:
            numbers = self.words(count).astype(np.uint64)
        else:
            numbers = self._long(count)
        return ((numbers % np.uint64(span)).astype(np.int64) + low).reshape(shape)

    def randperm(self, count: int) -> np.ndarray:
        """A permutation of 0 .. count-1 as int64, by swapping forward."""
        order = list(range(count))
        for place, word in enumerate(self.words(max(count - 1, 0)).tolist()):
            other = place + word % (count - place)
            order[place], order[other] = order[other], order[place]
        return np.array(order, np.int64)

    def bernoulli(self, probability: float, shape: Shape) -> np.ndarray:
        """True with `probability`, compared with a float64 uniform whatever the dtype, as PyTorch's `bernoulli_(p)` and dropout do."""
        return (self._double(int(np.prod(shape))) < probability).reshape(shape)

    def _long(self, count: int) -> np.ndarray:
        words = self.words(2 * count).astype(np.uint64)
        return (words[0::2] << np.uint64(32)) | words[1::2]

    def _double(self, count: int) -> np.ndarray:
        return (self._long(count) & np.uint64(2**53 - 1)).astype(np.float64) / 2.0**53

    def _pairs(self, count: int) -> np.ndarray:
        numbers: list[float] = []
        while len(numbers) < count:
            if self._kept is not None:
                numbers.append(self._kept)
                self._kept = None
                continue
            angle, radius = self._double(2)
            radius = np.sqrt(-2.0 * np.log1p(-radius))
            numbers.append(float(radius * np.cos(2.0 * np.pi * angle)))
            self._kept = float(radius * np.sin(2.0 * np.pi * angle))
        return np.array(numbers, np.float64)

    def _blocks(self, count: int, dtype: Any) -> np.ndarray:
        numbers = self.rand((count,), dtype)
        whole = count - count % _BLOCK
        numbers[:whole] = _box_muller(numbers[:whole])
        if whole < count:
            numbers[-_BLOCK:] = _box_muller(self.rand((_BLOCK,), dtype))
        return numbers


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


def _box_muller(uniforms: np.ndarray) -> np.ndarray:
    kind = uniforms.dtype.type
    block = uniforms.reshape(-1, _BLOCK)
    radius = np.sqrt(kind(-2) * np.log(kind(1) - block[:, :_HALF]))
    angle = kind(2 * np.pi) * block[:, _HALF:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)


default = Generator(0)
