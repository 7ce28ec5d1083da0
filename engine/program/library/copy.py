"""`copy`: copies of values, shallow and deep; a tensor's copy is a leaf with the same numbers."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from engine.nn.shell import Shell
from engine.program import reach
from engine.program.arguments import take
from engine.program.classes import begin
from engine.program.failures import ProgramError
from engine.program.values import DICTS, Builtin, Default, Instance, SetValue, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

DEPTH = 30
STEPS = 20
"""The fuel for a copy of one module, its tensors aside."""


def _shallow(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("copy", given, keywords, 1, 1)
    value = given[0]
    kind = type(value)
    if kind is list:
        run.meter.burn(len(value) // 100)
        return list(value)
    if kind in DICTS:
        return like(value, dict(value))
    if kind is SetValue:
        return SetValue(value.items)
    _refuse_rules(value)
    if kind is Instance and value.shell is None:
        made = Instance(value.of)
        made.fields = dict(value.fields)
        return made
    if kind in reach.MODULES or kind is Instance:
        raise ProgramError(
            "NotImplementedError",
            f"a shallow copy of a module ({type_name(value)}) is not part of the language here",
            code="not-yet",
            hint="copy.deepcopy(module) copies it with all its parameters.",
        )
    return _deep(run, value, {}, 0) if kind in reach.TENSORS else value


def _refuse_rules(value: Value) -> None:
    """Raises NotImplementedError for optimizers and schedulers, whose copies would move the parameters of the first."""
    if type(value) in reach.RULES or (type(value) is Instance and value.rule is not None):
        raise ProgramError(
            "NotImplementedError",
            f"a copy of an optimizer or scheduler ({type_name(value)}) is not part of the language here",
            code="not-yet",
            hint="Make a new one for the copied parameters, and give it the old one's state_dict().",
        )


def like(value: Value, items: dict[Value, Value]) -> Value:
    """A dict of the kind that a value is, of these items."""
    made = type(value)(items)
    if type(value) is Default:
        made.factory = value.factory
    return made


def _deepcopy(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("deepcopy", given, keywords, 1, 1)
    return deep(run, given[0])


def deep(run: Machine, value: Value) -> Value:
    """A copy of a value and of all that it holds."""
    return _deep(run, value, {}, 0)


def _deep(run: Machine, value: Value, seen: dict[int, Value], depth: int) -> Value:
    """A copy of a value and of all it holds; what is held twice is copied once."""
    run.meter.burn(1)
    kind = type(value)
    if id(value) in seen:
        return seen[id(value)]
    if depth > DEPTH:
        raise ProgramError("RecursionError", "maximum recursion depth exceeded", code="nesting")
    _refuse_rules(value)
    if kind in (list, *DICTS) or (kind is Instance and value.shell is None):
        if kind is list:
            made: Value = []
            seen[id(value)] = made
            made.extend(_deep(run, item, seen, depth + 1) for item in list(value))
        elif kind is Instance:
            made = Instance(value.of)
            seen[id(value)] = made
            made.fields.update((name, _deep(run, item, seen, depth + 1)) for name, item in list(value.fields.items()))
        else:
            made = like(value, {})
            seen[id(value)] = made
            made.update((key, _deep(run, item, seen, depth + 1)) for key, item in list(value.items()))
        return made
    if kind is tuple:
        return tuple([_deep(run, item, seen, depth + 1) for item in value])
    if kind is SetValue:
        return SetValue(value.items)
    if kind in reach.TENSORS:
        made = seen[id(value)] = _tensor(run, value)
        return made
    if kind in reach.MODULES or (kind is Instance and value.shell is not None):
        return _module(run, value, seen, depth)
    return value


def _module(run: Machine, value: Value, seen: dict[int, Value], depth: int) -> Value:
    """A module of the same kind with parameters, buffers and children of its own. Raises RuntimeError where a parameter was computed."""
    module = value.shell if type(value) is Instance else value
    parts = list(module.modules())
    run.meter.burn(STEPS * len(parts))
    run.meter.need_elements(sum(held.numel() for held in (*module.parameters(), *module.buffers())))
    memo: dict[int, Value] = {}
    objects = []
    for part in parts:
        if type(part) is Shell:
            made = Instance(part.owner.of)
            begin(run, made)
            memo[id(part)], seen[id(part.owner)] = made.shell, made
            objects.append((part, made))

    def copied() -> Value:
        for part, made in objects:
            made.shell.take_state(part, lambda state: copy.deepcopy(state, memo))
        return copy.deepcopy(module, memo)

    result = run.host(copied, [], {})
    for held in (*parts, *module.parameters(), *module.buffers()):
        seen.setdefault(id(held), memo.get(id(held)))
    for part in parts:
        for name, item in list(run.notes(part).items()):
            run.annotate(memo[id(part)], name, _deep(run, item, seen, depth + 1))
    for part, made in objects:
        made.fields.update((name, _deep(run, item, seen, depth + 1)) for name, item in list(part.owner.fields.items()))
    return result


def _tensor(run: Machine, value: Value) -> Value:
    if not run.host(reach.ATTRIBUTES["is_leaf"], [value], {}):
        text = (
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were "
            "attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
            "https://github.com/pytorch/pytorch/pull/103001"
        )
        raise ProgramError("RuntimeError", text)
    run.meter.need_elements(value.numel())
    copied = run.method(run.method(value, "detach"), "clone")
    if type(value).__name__ == "Parameter":
        return run.host(reach.TORCH["nn.Parameter"], [copied, value.requires_grad], {})
    copied._cell().written()  # PyTorch sets a new tensor onto copied memory, which counts as a change
    if value.requires_grad:
        copied = run.method(copied, "requires_grad_")
    grad = run.host(reach.ATTRIBUTES["grad"], [value], {})
    if grad is not None:
        run.host(reach.SETTERS["grad"], [copied, _tensor(run, grad)], {})
    return copied


MEMBERS: dict[str, Value] = {"copy": Builtin("copy", _shallow), "deepcopy": Builtin("deepcopy", _deepcopy)}
