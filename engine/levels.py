"""Which transforms of `torch.func` are at work, for those who may not take part in all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

active: list[str] = []


@contextmanager
def within(*kinds: str) -> Iterator[None]:
    """Inside it transforms of these kinds are at work: "grad", "vmap", "jvp"."""
    active.extend(kinds)
    try:
        yield
    finally:
        del active[-len(kinds) :]
