"""Who may look into a backward call while it runs: hooks, Functions of the program's own, nodes that are newer than what they came from, and
what sees a `.grad` change, as another tensor over its memory or a node that saved it.

As long as one of them lives, a backward call keeps the queue and gives each leaf its gradient at its turn.
"""

from __future__ import annotations

import weakref
from typing import Any

watchers: dict[int, weakref.ref[Any]] = {}
"""Those that live, by where they are."""


def remember(living: dict[int, weakref.ref[Any]], thing: Any) -> None:
    """Count this among them as long as it lives: asking a dict whether there is any costs every backward call less than asking a WeakSet."""
    place = id(thing)
    living[place] = weakref.ref(thing, lambda _: living.pop(place, None))


def watch(watcher: Any) -> None:
    """Count this among the watchers as long as it lives."""
    remember(watchers, watcher)
