"""Who records now. It stands alone because every op asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.recorder import Recorder

active: Recorder | None = None
