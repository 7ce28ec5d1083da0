"""Who may look into a backward call while it runs: hooks, Functions of the program's own, and nodes that are newer than what they came from.

As long as one of them lives, a backward call first looks at all that it will run.
"""

from __future__ import annotations

import weakref
from typing import Any

watchers: weakref.WeakSet[Any] = weakref.WeakSet()
