"""`contextlib`: `nullcontext`, a `with` in which all is as outside."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.values import Builtin, Mode, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine


def _null(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("nullcontext", given, keywords, 0, 0)
    return Mode("nullcontext", nullcontext)


MEMBERS: dict[str, Value] = {"nullcontext": Builtin("nullcontext", _null)}
