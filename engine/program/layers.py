"""What a program puts on a layer of the engine's own: its settings, a `forward` in the place of its own, and what else it likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.nn.module import ABSENT, Module
from engine.program import reach, special
from engine.program.failures import ProgramError
from engine.program.gate import CALLABLE
from engine.program.values import Instance, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

FORWARD = "forward"
ERASED = "_erased"
"""Where a layer keeps which of its tensors a program deleted: another may be put there, which its `forward` finds."""
FLAG, TEXT, NUMBERS = "a flag", "a text", "a number, or several"


def configure(run: Machine, layer: Module, name: str, new: Value) -> bool:
    """Whether a layer took a value for one of the settings that it was made with; it computes by that from now on.

    Raises TypeError where the value is of another kind than the setting's: a flag, a text, or numbers.
    """
    if not _sets(layer, name):
        return False
    if not fits(layer, name, new):
        before = layer.__dict__[name]
        raise ProgramError(
            "TypeError",
            f"attribute '{name}' of '{type_name(layer)}' objects is {_form(before) or type_name(before)}, not {type_name(new)}",
            code="layer-setting",
            hint="Give a value of the kind that the layer was made with.",
            name=name,
        )
    layer.__dict__[name] = run.outward(new)
    return True


def _sets(layer: Module, name: str) -> bool:
    return name == "training" or (name in layer.FACTS and name not in layer.SETTLED and name in layer.__dict__)


def fits(layer: Module, name: str, new: Value) -> bool:
    """Whether a value is of the kind of one of a layer's settings; one that was None may become any of them."""
    if not _sets(layer, name):
        return False
    before, form = layer.__dict__[name], _form(new)
    return form is not None and (before is None or form == _form(before))


def _form(value: Value) -> str | None:
    kind = type(value)
    if kind in (bool, str):
        return FLAG if kind is bool else TEXT
    several = kind in (list, tuple) and all(type(item) in (int, float) or item is None for item in value)
    return NUMBERS if several or kind in (int, float) or value is None else None


def write(run: Machine, layer: Module, name: str, new: Value) -> None:
    """Does `layer.name = new`. Raises AttributeError where the name is one of the layer's methods, TypeError as `configure` and PyTorch do."""
    kind = type(layer)
    held = new.shell if type(new) is Instance and new.shell is not None else new
    if run.host(reach.REGISTER, [layer, name, run.registrable(held)], {}) or configure(run, layer, name, new):
        run.notes(layer).pop(name, None)
        return
    if name == FORWARD and takes_calls(new):
        layer.__dict__[FORWARD] = run.outward(new)
    elif (kind, name) in reach.OBJECTS or (kind, name) in reach.GETTERS:
        text = f"attribute '{name}' of '{type_name(layer)}' objects is not writable"
        raise ProgramError("AttributeError", text, code="read-only", name=name)
    elif type(new) in reach.TENSORS and name in layer.__dict__.get(ERASED, ()):
        layer.__dict__[name] = new
    run.annotate(layer, name, new)


def erase(run: Machine, layer: Module, name: str) -> None:
    """Does `del layer.name`. Raises AttributeError where there is nothing of that name that a program put there."""
    notes = run.notes(layer)
    if name in notes:
        del notes[name]
        if name == FORWARD or name in layer.__dict__.get(ERASED, ()):
            layer.__dict__.pop(name, None)
    elif reach.LOOKUP(layer, name) is not ABSENT and name not in layer.FACTS and name != "training":
        run.host(Module.__delattr__, [layer, name], {})
        layer.__dict__[ERASED] = {*layer.__dict__.get(ERASED, ()), name}
    else:
        text = f"'{type_name(layer)}' object has no attribute '{name}'"
        raise ProgramError("AttributeError", text, code="attribute", name=name)


def takes_calls(value: Value) -> bool:
    """Whether a value can stand in the place of a layer's `forward`."""
    return type(value) in CALLABLE or special.method(value, "__call__") is not None
