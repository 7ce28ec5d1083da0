"""What bounds the work that modules do out of the sight of the interpreter: a program's meter, or nothing."""

from __future__ import annotations

from typing import Protocol


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
