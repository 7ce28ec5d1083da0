"""Random numbers within `vmap`: each draw of the function is made once, for all samples of the batch, as PyTorch makes it."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np

from engine.nn import budget
from engine.random import Generator, Shape

ERROR = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or "
    "perform the randomness operation out of vmap"
)
SAME = (
    "Vmap does not currently support same randomness with a batched tensor input. Please file an issue with functorch"
)
IN_PLACE = (
    "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This will appear like same randomness. If this is necessary for your "
    "usage, please file an issue with functorch."
)

active: list[Lots] = []
"""The batches whose function the program is in, the outermost first."""


class Lots:
    """What the function of one `vmap` draws: blocks for all samples where they are to be `different`, else one for all."""

    __slots__ = ("_blocks", "_place", "_sample", "_size", "randomness")

    def __init__(self, randomness: str, size: int) -> None:
        self.randomness, self._size = randomness, size
        self._blocks: list[np.ndarray] = []
        self._sample = self._place = 0

    def begin(self, sample: int) -> None:
        """The function is called for this sample next."""
        self._sample, self._place = sample, 0

    def __enter__(self) -> None:
        active.append(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        active.pop()

    def drawn(self, shape: tuple[int, ...], draw: Callable[[int], np.ndarray]) -> np.ndarray:
        """This sample's part, of this shape, of the next block, which `draw` makes for so many samples.

        Raises RuntimeError where the function draws other numbers than it did for the first sample.
        """
        different = self.randomness == "different"
        if self._place == len(self._blocks):
            many = self._size if different else 1
            budget.room(many * math.prod(shape))
            budget.step(many * math.prod(shape) // 16)
            self._blocks.append(draw(many))
            budget.hold(self._blocks[-1])
        part: np.ndarray = self._blocks[self._place][self._sample if different else 0]
        self._place += 1
        if part.shape != shape:
            raise RuntimeError("vmap: the function draws other random numbers for one sample than for another")
        return part


class Lot(Generator):
    """A generator as one sample of a batch sees it: what it draws is made of words and of pairs, and normal numbers of blocks too."""

    __slots__ = ("_lots", "_source")

    def __init__(self, source: Generator, lots: Lots) -> None:
        self._source, self._lots = source, lots

    def words(self, count: int) -> np.ndarray:
        return self._lots.drawn((count,), lambda many: self._source.words(many * count).reshape(many, count))

    def _pairs(self, count: int) -> np.ndarray:
        return self._lots.drawn((count,), lambda many: self._source._pairs(many * count).reshape(many, count))

    def normal(self, mean: float, std: float, shape: Shape, dtype: Any = np.float32, blocks: bool = True) -> np.ndarray:
        own = tuple(shape)
        return self._lots.drawn(own, lambda many: self._source.normal(mean, std, (many, *own), dtype, blocks))

    def poisson(self, rates: np.ndarray) -> np.ndarray:
        raise NotImplementedError("vmap: poisson is not offered within it; draw the numbers before")


def of(source: Generator) -> Generator:
    """The generator as the function of `vmap` sees it. Raises RuntimeError where it may draw nothing."""
    for lots in active:
        if lots.randomness == "error":
            raise RuntimeError(ERROR)
        source = Lot(source, lots)
    return source
