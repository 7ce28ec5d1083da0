"""AccumulateGrad: the node at the end of every path to a leaf."""

from __future__ import annotations

import weakref
from typing import Any

from engine.tensor import Tensor
from engine.watching import watch


class AccumulateGrad:
    """The node at the end of every path to a leaf: it adds what arrives to `variable.grad`."""

    __slots__ = ("__weakref__", "posthooks", "prehooks", "takes", "variable")

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable
        self.prehooks: dict[int, Any] = {}
        self.posthooks: dict[int, Any] = {}
        # The shape and dtype of what arrives, where `variable` was given others since (`arrivals`).
        self.takes: tuple[tuple[int, ...], Any] | None = None

    def keep(self) -> AccumulateGrad:
        """Itself, held by its leaf from now on, as its hooks must last."""
        self.variable._accumulator = lambda: self
        watch(self)
        return self

    @property
    def next_functions(self) -> tuple[Any, ...]:
        return ()

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    def __repr__(self) -> str:
        return "<AccumulateGrad object>"


def accumulator(leaf: Tensor) -> AccumulateGrad:
    """The leaf's one AccumulateGrad."""
    found = None if leaf._accumulator is None else leaf._accumulator()
    if found is None:
        found = AccumulateGrad(leaf)
        leaf._accumulator = weakref.ref(found)
    return found


def stand_in(found: Tensor, leaf: Tensor) -> Tensor:
    """A leaf of these numbers whose gradient goes to another leaf."""
    made, node = Tensor(found._data, True), accumulator(leaf)
    made._identity, made._accumulator = leaf._identity, lambda: node
    return made


def end_of(leaf: Tensor) -> Tensor:
    """Where the gradient of a leaf goes: to itself, or to the leaf that it stands in for."""
    node = None if leaf._accumulator is None else leaf._accumulator()
    return leaf if node is None else node.variable
