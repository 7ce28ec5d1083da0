"""Format specifications: `[fill align][sign][0][width][,][.precision][type]`, with bounded width and precision."""

from __future__ import annotations

import re

WIDTH = 60
PRECISION = 20
SPEC = re.compile(r"(?:.?[<>=^])?[-+ ]?0?([0-9]{1,3})?[,_]?(?:\.([0-9]{1,3}))?([bcdeEfFgGnosxX%])?", re.DOTALL)


def fault(spec: str) -> tuple[str, str] | None:
    """What is wrong with a specification and what to write instead; None where it is accepted."""
    match = SPEC.fullmatch(spec)
    if not match:
        return f"The format {spec[:40]!r} is not known here.", "Write for example {x:.4f}, {x:>8} or {x:e}."
    if int(match.group(1) or 0) > WIDTH:
        return f"A width of {match.group(1)} is more than {WIDTH}.", f"Use a width of at most {WIDTH}."
    if int(match.group(2) or 0) > PRECISION:
        return f"A precision of {match.group(2)} is more than {PRECISION}.", f"Use at most {PRECISION} digits."
    return None
