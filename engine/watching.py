"""Who may look into a backward call while it runs: hooks, Functions of the program's own, nodes that are newer than what they came from, and
what sees a `.grad` change, as another tensor over its memory or a node that saved it.

As long as one of them lives, a backward call keeps the queue and gives each leaf its gradient at its turn.
"""

from __future__ import annotations

import weakref
from typing import Any

watchers: dict[int, weakref.ref[Any]] = {}
"""Those that live, by where they are."""


def watch(watcher: Any) -> None:
    """Count this among them as long as it lives."""
    place = id(watcher)
    watchers[place] = weakref.ref(watcher, lambda _: watchers.pop(place, None))
