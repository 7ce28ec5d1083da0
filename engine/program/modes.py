"""What a class of the program stands on that is built on one of the engine's contexts, such as `saved_tensors_hooks`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from engine.program import reach
from engine.program.failures import ProgramError
from engine.program.values import Builtin, HostFunction, Mode, UserClass, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine


MODE, ENTERED = "_mode", "_entered"


@functools.cache
def based(path: str) -> UserClass:
    """The class that does what `with` over the context of this name does."""
    made = UserClass(path.rpartition(".")[2], None, "plain")

    def begin(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        owner, *others = given
        owner.fields.update({MODE: run.call(HostFunction(path, reach.MODES[path]), others, keywords), ENTERED: []})
        return None

    def enter(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        fields = given[0].fields
        if MODE not in fields:
            text = f"'{given[0].of.name}' object has no attribute 'pack_hook'"
            hint = "Write super().__init__(...) in __init__."
            raise ProgramError("AttributeError", text, code="module-init", hint=hint)
        mode = fields[MODE]
        held = mode.switched or mode.make()
        held.__enter__()
        fields[ENTERED].append(Mode(mode.label, mode.make, held))
        return None

    def leave(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        given[0].fields[ENTERED].pop().switched.__exit__(None, None, None)
        return None

    for name, call in (("__init__", begin), ("__enter__", enter), ("__exit__", leave)):
        made.members[name] = Builtin(name, call, binds=True)
    return made
