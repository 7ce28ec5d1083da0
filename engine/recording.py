"""Who records now. It stands alone because every op asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.recorder import Recorder

active: Recorder | None = None


@contextmanager
def unseen() -> Iterator[None]:
    """What is done inside it is no step of the program."""
    global active
    before, active = active, None
    try:
        yield
    finally:
        active = before
