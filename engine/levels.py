"""Who asks for gradients: the transforms of `torch.func` that the program is in, and what is outside of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.function import behind
from engine.tensor import Tensor


class Level:
    """Who asks for gradients: a transform, for those of its inputs, or what is outside of all transforms."""

    def __init__(self) -> None:
        # Its leaves, by id, and the nodes that its other inputs came from.
        self.own: set[int] = set()
        self.entries: set[int] = set()
        # Those of its leaves that its function may write to.
        self.open: set[int] = set()

    def needs(self, tensor: Tensor) -> bool:
        """Whether the tensor comes of what gradients are asked for here."""
        if not tensor._requires_grad:
            return False
        if self is OUTSIDE:
            foreign = set().union(*(level.own for level in asking))
            return any(isinstance(each, Tensor) and id(each) not in foreign for each in behind(tensor))
        return any(id(each) in self.own or id(each) in self.entries for each in behind(tensor))


OUTSIDE = Level()
asking: list[Level] = [OUTSIDE]
"""Those in whose function the program is, the outermost first."""
speaking: list[Level] = [OUTSIDE]
"""The last is the one whose backward call runs."""
pushing: list[Level] = []
"""Those of forward mode that find the slopes of their function now: a custom Function answers them with its `jvp`."""


def open_to_writes(leaf: Tensor) -> bool:
    """Whether a leaf that requires grad may be written to: what forward mode gives its function was asked of nobody."""
    return any(id(leaf) in level.open for level in asking)


@contextmanager
def put(level: Level, among: list[Level]) -> Iterator[None]:
    """Inside it the level is the last among these."""
    among.append(level)
    try:
        yield
    finally:
        among.pop()
