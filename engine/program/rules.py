"""Objects of a program's classes that are built on an optimizer or a scheduler: each stands for one of the engine's, its `rule`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.optim.own import OwnOptimizer, OwnScheduler
from engine.optim.reach import SETTERS
from engine.program import reach
from engine.program.arguments import fitted
from engine.program.failures import ProgramError
from engine.program.values import (
    DICTS,
    Builtin,
    Default,
    HostFunction,
    Instance,
    Method,
    TypeValue,
    UserFunction,
    Value,
)

if TYPE_CHECKING:
    from engine.program.machine import Machine

KINDS = frozenset({"optimizer", "scheduler"})
OWN: frozenset[type] = frozenset({OwnOptimizer, OwnScheduler})
RESTORED = "__setstate__"
"""What a class does with the state that it is given back."""
EMPTY = TypeValue("dict", DICTS, lambda run, given, keywords: {})
"""What makes the memory of a parameter that has none yet."""


def begin(run: Machine, made: Instance, given: list[Value], keywords: dict[str, Value]) -> None:
    """What `__init__` of the optimizer or scheduler at the root of an object's class does."""
    if made.of.layer is not None:
        made.rule = run.call(made.of.layer, given, keywords)
        return

    def own(name: str) -> Value:
        found = made.of.find(name)
        if found is None or type(found[1]) is not UserFunction:
            return None
        return run.callback(Method(found[1], made), run.returned)

    if made.of.kind == "optimizer":
        asked = fitted("Optimizer.__init__", {"params": ..., "defaults": ...}, given, keywords)
        memory = Default()
        memory.factory = EMPTY
        made.rule = OwnOptimizer(made, memory, own("step"), own(RESTORED))
        run.host(made.rule.start, [run.outward(asked["params"]), asked["defaults"]], {})
        return
    rates = own("get_lr")
    if rates is None:
        raise missing("get_lr")
    asked = fitted("LRScheduler.__init__", {"optimizer": ..., "last_epoch": -1}, given, keywords)
    made.rule = OwnScheduler(made, made.fields, rates, own("step"))
    run.host(made.rule.start, [run.outward(asked["optimizer"]), asked["last_epoch"]], {})


def missing(name: str) -> ProgramError:
    """The error of a method that the base of a class leaves to it."""
    hint = f"Write {name}(self) in the class: its base leaves it to it."
    return ProgramError("NotImplementedError", "", code="rule-missing", hint=hint, name=name)


def own_step(value: Instance) -> Value:
    """A program's own `step` with the hooks of the optimizer around it; what it is given comes to it as it is."""
    step = HostFunction("step", reach.OBJECTS[OwnOptimizer, "step"], (value.rule,))

    def call(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        named = {name: run.carried(each) for name, each in keywords.items()}
        return run.call(step, [run.carried(each) for each in given], named)

    return Builtin("step", call)


def without_step(value: Instance) -> bool:
    """Whether the base of an object has no step of its own, as Optimizer has none."""
    return type(value.rule) is OwnOptimizer


def write(run: Machine, value: Instance, name: str, new: Value) -> bool:
    """Whether `object.name = new` was for the rule, as it is of its groups: those of another optimizer are shared with it then."""
    put = SETTERS.get((type(value.rule), name))
    if put is None:
        return False
    run.host(put, [value.rule, new], {})
    return True
