"""Who records now. It stands alone because every op asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.recorder import Recorder

active: Recorder | None = None
calls = True
"""Whether backward calls are the program's, and told as such."""


@contextmanager
def unseen() -> Iterator[None]:
    """What is done inside it is no step of the program."""
    global active
    before, active = active, None
    try:
        yield
    finally:
        active = before


@contextmanager
def untold() -> Iterator[None]:
    """The backward calls made inside it are none of the program's: only the ops that they make are told, as steps of its own."""
    global calls
    before, calls = calls, False
    try:
        yield
    finally:
        calls = before
