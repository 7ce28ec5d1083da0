"""What other packages make of a trace: files, and how a notebook shows it.

The engine knows no pixels. A package that does names its functions in its metadata, in the entry-point group `gradlight.trace`:
`file(lines, format, **options) -> bytes` and `display(lines) -> MIME bundle`. Reached from `Trace` alone, which no program can reach.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

GROUP = "gradlight.trace"


def offered(name: str) -> Callable[..., Any] | None:
    """The function of this name that an installed package offers; None where there is none."""
    for entry in entry_points(group=GROUP, name=name):
        found: Callable[..., Any] = entry.load()
        return found
    return None


def made(name: str, *given: Any, **options: Any) -> Any:
    """What the function of this name makes; RuntimeError where no package offers it."""
    function = offered(name)
    if function is None:
        raise RuntimeError("no installed package makes files of a trace. Install Gradlight whole: python3 dev.py setup")
    return function(*given, **options)
