"""The versions of memory: how often it was written to, which saved tensors and views compare with what they knew."""

from __future__ import annotations

import itertools
import weakref
from typing import TYPE_CHECKING, ClassVar

from engine import grad_mode

if TYPE_CHECKING:
    from engine.tensor import Tensor

INFERENCE = (
    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing "
    "inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details."
)

# Nodes are numbered as they are made: the one with the greatest number runs first. Writes to memory take their place among them.
sequence = itertools.count()


class Version:
    """The count of in-place changes to one piece of memory, and who else looks at that memory.

    `frozen` says that it was made in inference mode; such memory counts only by what was detached from it, `apart`. `again` counts what is done
    once more for each further sample of a batch, where PyTorch writes once for all: to memory that was there before the samples, whose
    `depth` is how many batches were gone through then.
    """

    __slots__ = ("again", "apart", "count", "depth", "frozen", "sharers")

    latest = -1
    """The number of the newest write to any memory: what a node with a greater one saved is unchanged."""
    turns: ClassVar[list[int]] = []
    """Which sample of each batch the function of `vmap` runs for now, the outermost first."""

    def __init__(self, sharers: list[weakref.ref[Tensor]] | None = None) -> None:
        self.count = self.again = 0
        self.depth = len(Version.turns)
        self.frozen = self.apart = False
        self.sharers = sharers

    def written(self, times: int = 1) -> None:
        """Count a change of this memory. Raises RuntimeError for that of an inference tensor, once it was written to, as PyTorch does."""
        if any(Version.turns[self.depth :]):
            self.again += times
        else:
            self.count += times
        Version.latest = next(sequence)
        if self.frozen and not (self.apart or grad_mode.inference):
            raise RuntimeError(INFERENCE)


# What every tensor of inference mode starts with; the first to share its memory gets a counter of its own.
FROZEN = Version()
FROZEN.frozen = True


class View:
    """How a view came about (`default`, `no_grad`, `multiple`, `inference`, `custom`, or `input` of a transform), and the number of writes that its
    `grad_fn` is of, those for further samples among them.

    `own` says that the view itself was asked to require grad; else it does where its base does. `whole` is the view that a sample of a batch stands for.
    """

    __slots__ = ("made", "own", "version", "whole")

    whole: Tensor | None

    def __init__(self, made: str, version: int) -> None:
        self.made = made
        self.version = version
        self.own = False
        self.whole = None
