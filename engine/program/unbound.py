"""What a module's methods do without a module: read from the class, or of an object that never called `super().__init__()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.nn.shell import Shell
from engine.program import reach
from engine.program.failures import ProgramError
from engine.program.values import Builtin, HostFunction, Instance, Stream, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

WANTED = {
    "get_submodule": ("target",), "get_parameter": ("target",), "get_buffer": ("target",), "load_state_dict": ("state_dict",),
    "register_parameter": ("name", "param"), "register_buffer": ("name", "tensor"), "register_module": ("name", "module"),
    "add_module": ("name", "module"), "apply": ("fn",), "type": ("dst_type",),
    "register_forward_hook": ("hook",), "register_forward_pre_hook": ("hook",),
    "register_full_backward_hook": ("hook",), "register_full_backward_pre_hook": ("hook",),
}  # fmt: skip
"""The arguments that PyTorch's methods do not go without, beside the module."""
LACKING = {
    **dict.fromkeys(("parameters", "named_parameters", "zero_grad", "requires_grad_"), "_parameters"),
    **dict.fromkeys(("buffers", "named_buffers"), "_buffers"),
    "register_forward_hook": "_forward_hooks",
    "register_forward_pre_hook": "_forward_pre_hooks",
    "register_full_backward_hook": "_is_full_backward_hook",
    "register_full_backward_pre_hook": "_backward_pre_hooks",
    "state_dict": "_state_dict_pre_hooks",
    "load_state_dict": "_load_state_dict_pre_hooks",
}
"""The table that a method misses first in a module that has not begun, where that is not the one of its children."""
WALKS = frozenset(
    ("parameters", "named_parameters", "buffers", "named_buffers", "children", "named_children", "modules", "named_modules")
)  # fmt: skip
"""Methods whose result is looped over, and which find out only then."""
BEGIN = "Write super().__init__() as the first line of __init__."


def of_class(name: str, layer: bool = False) -> Value:
    """The method of `nn.Module`, or of a layer, by this name, which takes the module as its first argument; None where there is none."""
    if (Shell, name) not in reach.OBJECTS or (name == "forward" and not layer):
        return None

    def call(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        missing = [each for each in ("self", *WANTED.get(name, ()))[len(given) :] if each not in keywords]
        if missing:
            told = f"'{missing[0]}'" if len(missing) == 1 else " and ".join(map(repr, missing))
            told = told if len(missing) < 3 else f"{', '.join(map(repr, missing[:-1]))}, and {missing[-1]!r}"
            text = (
                f"Module.{name}() missing {len(missing)} required positional argument{'s' * (len(missing) > 1)}: {told}"
            )
            hint = "Make an object of the class first: net = Net(), then net.parameters()."
            raise ProgramError("TypeError", text, code="class-method", hint=hint)
        owner, *others = given
        held = owner.shell if type(owner) is Instance and owner.of.kind == "module" else owner
        if name == "forward" and type(held) is Shell and held.core is not None:
            held = held.core
        if held is None:
            return run.call(of_unbegun(owner, name), others, keywords)
        if type(held) not in reach.MODULES:
            text = f"'{type_name(owner)}' object has no attribute '{LACKING.get(name, '_modules')}'"
            raise ProgramError("AttributeError", text, code="argument")
        return run.call(HostFunction(name, reach.OBJECTS[type(held), name], (held,)), others, keywords)

    return Builtin(name, call)


def of_unbegun(owner: Instance, name: str) -> Value:
    """The method of a module without parameters or children yet, which says what it misses; None where there is no such method."""
    if (Shell, name) not in reach.OBJECTS or name in ("forward", "extra_repr"):
        return None
    text = f"'{owner.of.name}' object has no attribute '{LACKING.get(name, '_modules')}'"
    if name in ("register_buffer", "register_parameter"):
        text = f"cannot assign {name.removeprefix('register_')} before Module.__init__() call"
    error = ProgramError("AttributeError", text, code="module-init", hint=BEGIN, name=name)

    def call(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        if name in WALKS:
            return Stream("generator", _failing(error))
        raise error

    return Builtin(name, call)


def check(value: Value) -> None:
    """Raises AttributeError in PyTorch's words for a module that has not begun, and whose text is asked for."""
    if type(value) is Instance and value.of.kind == "module" and value.shell is None and not value.of.find("__repr__"):
        text = f"'{value.of.name}' object has no attribute '_modules'"
        raise ProgramError("AttributeError", text, code="module-init", hint=BEGIN)


def _failing(error: ProgramError) -> Iterator[Value]:
    for each in (error,):
        raise each
    yield None
