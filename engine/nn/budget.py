"""What bounds the work that modules do out of the sight of the interpreter: a program's meter, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

DEPTH = 300
"""Modules inside one another; PyTorch comes to Python's own limit at about as many."""


class Meter(Protocol):
    """Something that counts steps and elements and raises where there are too many."""

    def burn(self, steps: int) -> None: ...

    def need_elements(self, elements: int) -> None: ...


active: Meter | None = None


def step(count: int = 1) -> None:
    """A module was visited; the meter of a run counts it."""
    if active is not None:
        active.burn(count)


def room(elements: int) -> None:
    """A tensor of so many elements is about to be made; the meter of a run may refuse it."""
    if active is not None:
        active.need_elements(elements)


_open = 0


@contextmanager
def nested() -> Iterator[None]:
    """One module inside another. Raises RecursionError where there are too many, long before the host's stack ends."""
    global _open
    if _open >= DEPTH:
        raise RecursionError("maximum recursion depth exceeded")
    _open += 1
    try:
        yield
    finally:
        _open -= 1
