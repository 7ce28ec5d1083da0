"""Programs that want out, or want too much. Each is answered by a terminal event of our own words.

`REFUSED` never run; `FAILED` run and end in an error of the language; `LIMITED` come to a limit.
"""

from __future__ import annotations

from tests.program.hostile.failed import FAILED
from tests.program.hostile.limited import LIMITED
from tests.program.hostile.refused import REFUSED

__all__ = ["FAILED", "LIMITED", "REFUSED", "flat"]


def flat(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Every program with the name of its category."""
    return [(category, program) for category, programs in table.items() for program in programs]
