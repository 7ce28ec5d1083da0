"""What makes every operation take the long way while it lasts: hooks that pack what is saved, anomaly detection, samples of a batch, tangents."""

from __future__ import annotations

reasons: set[str] = set()
TANGENTS = "tangents"
"""The reason that tensors have tangents, which each op takes along."""


def tell(reason: str, holds: bool) -> None:
    """Say whether there is this reason now."""
    if holds:
        reasons.add(reason)
    else:
        reasons.discard(reason)
