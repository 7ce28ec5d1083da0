"""Who may look into a backward call while it runs: hooks, Functions of the program's own, nodes that are newer than what they came from, and
what sees a `.grad` change, as another tensor over its memory or a node that saved it.

As long as one of them lives, a backward call keeps the queue and gives each leaf its gradient at its turn.
"""

from __future__ import annotations

import weakref
from typing import Any

watchers: weakref.WeakSet[Any] = weakref.WeakSet()
