"""What bounds the work that modules do out of the sight of the interpreter: a program's meter, or nothing."""

from __future__ import annotations

from typing import Protocol

import numpy as np

DEPTH = 300
"""Modules inside one another; PyTorch comes to Python's own limit at about as many."""


INNER = 8
"""The fuel for a module inside another, and one more for each that it lies in: a few that hold one another twice are called without end."""


class Meter(Protocol):
    """Something that counts steps and elements and raises where there are too many."""

    def burn(self, steps: int) -> None: ...

    def watch(self, array: np.ndarray) -> None: ...

    def need_elements(self, elements: int) -> None: ...

    def need_work(self, work: int) -> None: ...

    def need_layer(self, name: str, elements: int) -> None: ...

    def need_products(self, count: int, kind: str) -> None: ...

    def look(self) -> None: ...


active: Meter | None = None


def step(count: int = 1) -> None:
    """A module was visited, or so much else was done: the meter of a run counts it, and what was recorded on the way."""
    if active is not None:
        active.burn(count)
        active.look()


def visit() -> None:
    """A module is called or told, which costs more the deeper it lies inside others."""
    step(INNER + _open if _open else 1)


def room(elements: int) -> None:
    """A tensor of so many elements is about to be made; the meter of a run may refuse it."""
    if active is not None:
        active.need_elements(elements)


def hold(array: np.ndarray) -> None:
    """Memory was made that counts among the living until it is let go."""
    if active is not None and array.size >= 1000:
        active.watch(array)


def products(count: int, kind: str) -> None:
    """So many products of numbers of a dtype are about to be added up; the meter of a run takes its fuel for them."""
    if active is not None:
        active.need_products(count, kind)


def layer(name: str, elements: int) -> None:
    """A layer of this name is about to look at so many elements; the meter of a run takes its fuel for them."""
    if active is not None and elements >= 1000:
        active.need_layer(name, elements)


class TooDeep(RecursionError):
    """More than `DEPTH` modules lie inside one another."""


_open = 0


class Nested:
    """One module inside another. Raises TooDeep where there are too many, long before the host's stack ends."""

    def __enter__(self) -> None:
        global _open
        if _open >= DEPTH:
            raise TooDeep("maximum recursion depth exceeded")
        _open += 1

    def __exit__(self, *error: object) -> None:
        global _open
        _open -= 1


nested = Nested()
