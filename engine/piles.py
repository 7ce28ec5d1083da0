"""Gradients that went on growing after a step had used them: what most often goes wrong where nobody clears `.grad`."""

from __future__ import annotations

from typing import Any

Place = tuple[int | None, Any]


class Piles:
    """Follows the leaves of a run by their ids. `found` are those that took a step with what had piled up, with the line and span where it did."""

    def __init__(self) -> None:
        self.found: dict[int, Place] = {}
        # Those changed since their gradient began, and of these the ones whose gradient went on growing.
        self._used: set[int] = set()
        self._stale: dict[int, Place] = {}

    def begun(self, leaf: int) -> None:
        """Its gradient begins anew."""
        self._used.discard(leaf)
        self._stale.pop(leaf, None)

    def grown(self, leaf: int, line: int | None, span: Any) -> None:
        """More was added to its gradient."""
        if leaf in self._used:
            self._stale.setdefault(leaf, (line, span))

    def changed(self, leaf: int) -> None:
        """It was written to, as a step does."""
        self._used.add(leaf)
        place = self._stale.pop(leaf, None)
        if place is not None:
            self.found.setdefault(leaf, place)
