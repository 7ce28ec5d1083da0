"""`types`: `SimpleNamespace`, an object of named values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.library.sampling import described
from engine.program.values import Builtin, Instance, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

WIDE = 200


def _filled(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    owner, *more = given
    take("SimpleNamespace", more, keywords, 0, 0, tuple(keywords))
    owner.fields.update(keywords)
    return None


def _told(run: Machine, owner: Instance) -> str:
    parts = (f"{name}={run.repr(value, WIDE)}" for name, value in owner.fields.items())
    return run.checked_text(f"namespace({', '.join(parts)})")


NAMESPACE = described("types.SimpleNamespace", None, None, __repr__=_told)
NAMESPACE.members["__init__"] = Builtin("__init__", _filled, binds=True)
MEMBERS: dict[str, Value] = {"SimpleNamespace": NAMESPACE}
