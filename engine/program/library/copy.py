"""`copy`: copies of values, shallow and deep; a tensor's copy is a leaf with the same numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.program import reach
from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import DICTS, Builtin, Default, Instance, SetValue, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

DEPTH = 30


def _shallow(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("copy", given, keywords, 1, 1)
    value = given[0]
    kind = type(value)
    if kind is list:
        run.meter.burn(len(value) // 100)
        return list(value)
    if kind in DICTS:
        return _like(value, dict(value))
    if kind is SetValue:
        return SetValue(value.items)
    if kind is Instance and value.shell is None:
        made = Instance(value.of)
        made.fields = dict(value.fields)
        return made
    return _deep(run, value, {}, 0) if kind in reach.TENSORS or kind in reach.MODULES else value


def _like(value: Value, items: dict[Value, Value]) -> Value:
    made = type(value)(items)
    if type(value) is Default:
        made.factory = value.factory
    return made


def _deepcopy(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
    take("deepcopy", given, keywords, 1, 1)
    return _deep(run, given[0], {}, 0)


def _deep(run: Machine, value: Value, seen: dict[int, Value], depth: int) -> Value:
    """A copy of a value and of all it holds; what is held twice is copied once."""
    run.meter.burn(1)
    kind = type(value)
    if id(value) in seen:
        return seen[id(value)]
    if depth > DEPTH:
        raise ProgramError("RecursionError", "maximum recursion depth exceeded", code="nesting")
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
            made = _like(value, {})
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
        raise ProgramError(
            "NotImplementedError",
            f"a copy of a module ({type_name(value)}) is not part of the language here",
            code="not-yet",
            hint="Make a second module and load the first one's state: b.load_state_dict(a.state_dict()).",
        )
    return value


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
        copied = run.host(reach.TORCH["nn.Parameter"], [copied], {})
    elif value.requires_grad:
        copied = run.method(copied, "requires_grad_")
    grad = run.host(reach.ATTRIBUTES["grad"], [value], {})
    if grad is not None:
        run.host(reach.SETTERS["grad"], [copied, _tensor(run, grad)], {})
    return copied


MEMBERS: dict[str, Value] = {"copy": Builtin("copy", _shallow), "deepcopy": Builtin("deepcopy", _deepcopy)}
