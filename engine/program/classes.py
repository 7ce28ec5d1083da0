"""Classes of the program and their objects: records that the interpreter reads and writes, never host classes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import detour, inside
from engine.nn.module import ABSENT
from engine.nn.parameter import Parameter
from engine.nn.shell import Shell
from engine.program import layers, modes, reach, rules, unbound
from engine.program.arguments import bind, take
from engine.program.failures import FROZEN, ProgramError
from engine.program.hints import nearest
from engine.program.values import (
    ABSTRACT,
    Builtin,
    ClassMethod,
    ErrorClass,
    HostFunction,
    Instance,
    Kind,
    Method,
    PropertyValue,
    Super,
    TypeValue,
    UserClass,
    UserFunction,
    Value,
    type_name,
)

if TYPE_CHECKING:
    from engine.program.machine import Machine

INIT = "__init__"
# What a Function may offer, and the members that say so.
FORMS = {"vmap": ("vmap", "generate_vmap_rule"), "jvp": ("jvp",), "clear": ("clear_saved_tensors_on_access",)}


def root(base: Value) -> tuple[UserClass | None, Kind, TypeValue | None]:
    """What a base gives to a class: the class above it, its kind, and the layer or optimizer at its root. Raises TypeError for what is no base here."""
    if type(base) is UserClass:
        return base, base.kind, base.layer
    for kind, known in reach.ROOTS.items():
        if base is known:
            return None, kind, None
    if type(base) is ErrorClass:
        return UserClass(base.kind, None, "error"), "error", None
    if type(base) is TypeValue and base.types and base.types <= reach.MODULES and base.call is not None:
        return None, "module", base
    if type(base) is TypeValue and base.types and base.types <= reach.OPTIMIZERS:
        return None, "optimizer", base
    if type(base) is HostFunction and base.name in reach.MODES:
        return modes.based(base.name), "plain", None
    named = base.name if type(base) is TypeValue else type_name(base)
    raise ProgramError(
        "TypeError",
        f"a class cannot be built on {named} here",
        code="class-bases",
        hint="Build it on nn.Module or one of its layers, torch.autograd.Function, an optimizer or a class of your own, and keep the other in an attribute.",
    )


def error_of(of: UserClass) -> str:
    """The error of the language that a class of the program is one of."""
    *_, last = of.line()
    return last.name


LEGACY = (
    "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with static forward "
    "method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
)


NEEDLESS = (
    "should not be instantiated. Methods on autograd functions are all static, so you should invoke them on the class itself. Instantiating an "
    "autograd function will raise an error in a future version of PyTorch."
)


def needless(made: Instance) -> None:
    """Warns, as PyTorch does, of an object of a Function's class."""
    warnings.warn(f"<class '__main__.{made.of.name}'> {NEEDLESS}", DeprecationWarning, stacklevel=2)


def _whole(of: UserClass) -> None:
    """Raises TypeError in Python's words for a class on `abc.ABC` with methods that are still to be written."""
    *line, last = of.line()
    if last is not ABSTRACT:
        return
    missing = []
    for name in sorted({name for one in line for name in one.members}):
        _, member = of.find(name) or (of, None)
        function = member.getter if type(member) is PropertyValue else member
        if type(function) is UserFunction and function.abstract:
            missing.append(name)
    if missing:
        text = f"Can't instantiate abstract class {of.name} with abstract method{'s' * (len(missing) > 1)} {', '.join(missing)}"
        hint = f"Build a class on {of.name} that has def {missing[0]}(self, ...), and make an object of that."
        raise ProgramError("TypeError", text, code="abstract", hint=hint)


def by_value(run: Machine, of: UserClass, given: list[Value], keywords: dict[str, Value]) -> Value:
    """The object of a class of names that has a value: `Color(1)`. Raises ValueError where none has."""
    take(of.name, given, keywords, 1, 1)
    for case in (of.cases or {}).values():
        if case is given[0] or run.same(case.fields["value"], given[0]):
            return case
    raise ProgramError("ValueError", f"{run.repr(given[0], 80)} is not a valid {of.name}")


def make(run: Machine, of: UserClass, given: list[Value], keywords: dict[str, Value]) -> Value:
    """A new object of a program's class, after its `__init__`."""
    _whole(of)
    if of.cases is not None:
        return by_value(run, of, given, keywords)
    made = Instance(of)
    if of.kind == "error":
        made.fields["args"] = tuple(given)
    found = of.find(INIT)
    if found is not None:
        result = run.call(_bound_member(run, found, INIT, made), given, keywords)
        if result is not None:
            text = f"__init__() should return None, not '{type_name(result)}'"
            raise ProgramError("TypeError", text, code="init-return")
    elif of.layer is not None or of.kind in rules.KINDS:
        _initialise(run, made, given, keywords)
    elif of.kind == "error" and not keywords:
        pass
    elif of.kind == "function":
        needless(made)
    elif given or keywords:
        text = f"{of.name}() takes no arguments"
        if of.kind == "module":
            text = f"{of.name}.__init__() takes 1 positional argument but {len(given) + len(keywords) + 1} were given"
        raise _never_begun(of, text, "TypeError") or ProgramError(
            "TypeError", text, code="arguments", hint="Write def __init__(self, ...): in the class."
        )
    else:
        begin(run, made)
    return made


def begin(run: Machine, made: Instance, core: Value = None) -> None:
    """What `nn.Module.__init__` does: from now on the object takes parameters and children, beside those of the layer that it is."""
    if made.of.kind == "module":
        made.shell = Shell(
            made.of.name,
            _bound(run, made, "forward", run.returned),
            _bound(run, made, "extra_repr", run.outward),
            made,
            core,
            {
                name: found
                for name in ("train", "right_inverse", "__repr__", "get_extra_state", "set_extra_state")
                if (found := _bound(run, made, name, run.outward))
            },
        )


def core(value: Value) -> Value:
    """The layer that an object of a program's class is; None where it is none."""
    return value.shell.core if type(value) is Instance and value.shell is not None else None


def _bound(run: Machine, owner: Instance, name: str, back: Callable[[Value], Any]) -> Value:
    found = owner.of.find(name)
    return None if found is None else run.callback(_bound_member(run, found, name, owner), back)


def read(run: Machine, value: Instance, name: str) -> Value:
    """The value of `object.name`: a field, a name of its class, then what the engine's module has."""
    if name in value.fields:
        return value.fields[name]
    found = value.of.find(name)
    if found is not None:
        stepped = name == "step" and rules.without_step(value)
        return rules.own_step(value) if stepped else _bound_member(run, found, name, value)
    if value.rule is not None:
        own = _of_core(run, value.rule, name)
        if own is not ABSENT:
            return own
    shell = value.shell
    if shell is not None:
        method = reach.OBJECTS.get((Shell, name))
        if method is not None:
            return HostFunction(name, method, (shell,))
        own = ABSENT if shell.core is None else _of_core(run, shell.core, name)
        if own is not ABSENT:
            return own
        getter = reach.GETTERS.get((Shell, name))
        if getter is not None:
            return run.host(getter, [shell], {})
        held = shell.lookup(name)
        if held is not ABSENT:
            return run.admitted(held)
    elif (
        value.of.kind == "module"
        and misnamed(value.of) is None
        and (early := unbound.of_unbegun(value, name)) is not None
    ):
        return early
    elif value.of.kind == "function" and name == "apply":
        return of_class(run, value.of, name)
    raise absent(run, value, name)


def _of_core(run: Machine, layer: Value, name: str) -> Value:
    method = reach.OBJECTS.get((type(layer), name))
    if method is not None:
        return HostFunction(name, method, (layer,))
    getter = reach.GETTERS.get((type(layer), name))
    return ABSENT if getter is None else run.host(getter, [layer], {})


def _bound_member(run: Machine, found: tuple[UserClass, Value], name: str, owner: Instance) -> Value:
    """A name of a class as its object sees it: functions become methods, properties are asked."""
    home, member = found
    kind = type(member)
    if kind is UserFunction:
        return member if name in home.statics else Method(member, owner)
    if kind is PropertyValue:
        return run.call(member.getter, [owner], {})
    if kind is ClassMethod:
        return _of_owner(member, owner.of)
    if kind is Builtin and member.binds:
        return Builtin(name, lambda at, given, keywords: member.call(at, [owner, *given], keywords))
    return member


def _of_owner(member: ClassMethod, owner: UserClass) -> Value:
    if type(member.function) is UserFunction:
        return Method(member.function, owner)
    return Builtin("classmethod", lambda at, given, keywords: at.call(member.function, [owner, *given], keywords))


def has(value: Instance, name: str) -> bool:
    """Whether an object has a field, a name of its class, or a parameter or child of this name."""
    held = value.shell is not None and name != "training" and value.shell.lookup(name) is not ABSENT
    held = held or any((type(value.rule), name) in table for table in (reach.OBJECTS, reach.GETTERS))
    return held or name in value.fields or value.of.find(name) is not None


BEGINNINGS = frozenset({"init", "int", "inti"})


def misnamed(of: UserClass) -> str | None:
    """The method that was meant to be `__init__`, by its name."""
    if of.find(INIT) is not None:
        return None
    return next((name for name in of.members if name != INIT and name.strip("_").lower() in BEGINNINGS), None)


def _never_begun(of: UserClass, text: str, kind: str) -> ProgramError | None:
    written = misnamed(of)
    if written is None:
        return None
    hint = f"Python calls __init__ when it makes an object; {written} is another name."
    return ProgramError(kind, text, code="init-name", hint=hint, name=written, suggestion=INIT)


def absent(run: Machine, value: Instance, name: str) -> ProgramError:
    """The AttributeError of a name that an object has not, with the nearest that it has."""
    known = [*value.fields, *(name for one in value.of.line() for name in one.members)]
    if value.shell is not None:
        known += [
            *(method for kind, method in reach.OBJECTS if kind is Shell),
            *(child for child, _ in value.shell.named_children()),
        ]
        known += [held for held, _ in value.shell.named_parameters(recurse=False)]
    text = f"'{value.of.name}' object has no attribute '{name}'"
    if begun := _never_begun(value.of, text, "AttributeError"):
        return begun
    near = nearest(name, [one for one in known if not one.startswith("_")])
    if near:
        hint = f"Did you mean {near}?"
        return ProgramError("AttributeError", text, code="attribute", hint=hint, name=name, suggestion=near)
    if value.rule is None and value.of.kind in rules.KINDS:
        hint = "Call super().__init__(...) in __init__: parameter groups and learning rates begin there."
        return ProgramError("AttributeError", text, code="rule-init", hint=hint, name=name)
    if value.of.kind == "module" and value.shell is None:
        hint = "Write super().__init__() as the first line of __init__."
        return ProgramError("AttributeError", text, code="module-init", hint=hint, name=name)
    return ProgramError("AttributeError", text, code="attribute", name=name)


def _refuse_frozen(value: Instance, name: str, what: str) -> None:
    """Raises FrozenInstanceError where an object's class, or one above that has the field, is a frozen dataclass."""
    for one in value.of.line():
        if one.frozen is not None and (one is value.of or name in one.frozen):
            raise ProgramError(FROZEN, f"cannot {what} field '{name}'", code="read-only", name=name)


def write(run: Machine, value: Instance, name: str, new: Value) -> None:
    """Does `object.name = new`, as the class says with `__setattr__` where it has one."""
    found = value.of.find("__setattr__")
    if found is not None and type(found[1]) is UserFunction:
        run.call(Method(found[1], value), [name, new], {})
    else:
        _put(run, value, name, new)


def _set_above(run: Machine, owner: Instance, given: list[Value], keywords: dict[str, Value]) -> Value:
    """What `super().__setattr__(name, value)` does."""
    take("__setattr__", given, keywords, 2, 2)
    if type(given[0]) is not str:
        raise ProgramError("TypeError", f"attribute name must be string, not '{type_name(given[0])}'")
    if given[0].startswith("__"):
        text = f"names that begin with two underscores are kept for Python itself: {given[0][:60]}"
        raise ProgramError("AttributeError", text, code="underscore")
    run.meter.need_text(len(given[0]))
    _put(run, owner, given[0], given[1])
    return None


def _put(run: Machine, value: Instance, name: str, new: Value) -> None:
    """Does the same whatever the class says: a parameter or child goes to the engine's module, all else is a field."""
    _refuse_frozen(value, name, "assign to")
    found = value.of.find(name)
    if found is not None and type(found[1]) is PropertyValue:
        if found[1].setter is None:
            text = f"property '{name}' of '{value.of.name}' object has no setter"
            raise ProgramError("AttributeError", text, code="read-only", name=name)
        run.call(found[1].setter, [value, new], {})
        return
    if value.of.kind == "module":
        held = new.shell if type(new) is Instance and new.shell is not None else new
        if value.shell is None:
            buffer = type(held) in reach.TENSORS and held._persistent is not None
            if buffer or type(held) is Parameter or type(held) in reach.MODULES:
                what = "buffer" if buffer else "parameters" if type(held) is Parameter else "module"
                raise ProgramError(
                    "AttributeError",
                    f"cannot assign {what} before Module.__init__() call",
                    code="module-init",
                    hint="Write super().__init__() as the first line of __init__.",
                )
        elif name == "training" and type(new) is bool:
            value.shell.training = new
            return
        elif run.host(value.shell.register, [name, run.registrable(held)], {}):
            value.fields.pop(name, None)
            if type(held) is Parameter or type(held) in reach.MODULES:
                run.refitted(value.shell)
            return
        elif name == layers.FORWARD and layers.takes_calls(new):
            value.shell.__dict__[name] = run.outward(new)
        elif (core := value.shell.core) is not None:
            told = layers.fits(core, name, new) or value.of.find(layers.FORWARD) is None
            if told and layers.configure(run, core, name, new):
                return
    if rules.write(run, value, name, new):
        return
    run.meter.need_items(len(value.fields) + 1)
    value.fields[name] = new


def erase(run: Machine, value: Instance, name: str) -> None:
    """Does `del object.name`."""
    _refuse_frozen(value, name, "delete")
    if name in value.fields:
        del value.fields[name]
        if name == layers.FORWARD and value.shell is not None:
            value.shell.__dict__.pop(name, None)
    elif value.shell is not None and value.shell.lookup(name) is not ABSENT and name != "training":
        run.host(Shell.__delattr__, [value.shell, name], {})
    else:
        raise absent(run, value, name)


def of_class(run: Machine, value: UserClass, name: str) -> Value:
    """The value of `Class.name`."""
    found = value.find(name)
    if found is not None:
        return _of_owner(found[1], value) if type(found[1]) is ClassMethod else found[1]
    if name == "apply" and value.kind == "function":
        return Builtin("apply", lambda at, given, keywords: apply(at, value, given, keywords))
    if name == INIT:
        return beginning(value.name)
    if value.kind == "module" and (method := unbound.of_class(name)) is not None:
        return method
    text = f"type object '{value.name}' has no attribute '{name}'"
    near = nearest(name, [one for each in value.line() for one in each.members if not one.startswith("_")])
    if near:
        hint = f"Did you mean {near}?"
        raise ProgramError("AttributeError", text, code="attribute", hint=hint, name=name, suggestion=near)
    raise ProgramError("AttributeError", text, code="attribute", name=name)


def above(run: Machine, given: list[Value]) -> Super:
    """What `super()` gives in the method that runs now. Raises RuntimeError and TypeError in Python's words."""
    frame = run.frame
    while frame.label is None and frame.parent is not None:
        frame = frame.parent
    method = frame.method
    if method is None or method.home is None:
        raise ProgramError("RuntimeError", "super(): no current method", code="super")
    home: Value = method.home
    owner = run.first(frame, method)
    if given:
        home, owner = given
    if type(home) is not UserClass or type(owner) is not Instance or home not in owner.of.line():
        text = "super(type, obj): obj must be an instance or subtype of type"
        raise ProgramError("TypeError", text, code="super", hint="Write super().__init__() in a method with self.")
    return Super(owner, home)


def read_above(run: Machine, value: Super, name: str) -> Value:
    """The value of `super().name`."""
    owner = value.owner
    found = value.home.base.find(name) if value.home.base is not None else None
    if found is not None:
        return _bound_member(run, found, name, owner)
    if name == INIT:
        return Builtin(INIT, lambda at, given, keywords: _initialise(at, owner, given, keywords))
    if name == "__setattr__":
        return Builtin(name, lambda at, given, keywords: _set_above(at, owner, given, keywords))
    if owner.rule is not None:
        if name == rules.RESTORED:  # the groups and the state are there by then
            return Builtin(name, lambda at, given, keywords: None)
        if name == "step" and rules.without_step(owner):
            raise rules.missing(name)
        own = _of_core(run, owner.rule, name)
        if own is not ABSENT:
            return own
    layer = core(owner)
    if layer is not None and (name in ("forward", "extra_repr") or (Shell, name) not in reach.OBJECTS):
        own = _of_core(run, layer, name)
        if own is not ABSENT:
            return own
    if owner.shell is not None and name == "__repr__":
        return Builtin(name, lambda at, given, keywords: at.host(repr, [owner.shell], {}))
    if owner.shell is not None and (Shell, name) in reach.OBJECTS:
        return HostFunction(name, reach.OBJECTS[Shell, name], (owner.shell,))
    raise ProgramError("AttributeError", f"'super' object has no attribute '{name}'", code="attribute", name=name)


def beginning(of: str) -> Value:
    """What `Class.__init__` is where a class has none of its own: `nn.Module.__init__(self)` does what `super().__init__()` does."""

    def call(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        if not given or type(given[0]) is not Instance:
            told = f"doesn't apply to a '{type_name(given[0])}' object" if given else "needs an argument"
            raise ProgramError("TypeError", f"descriptor '__init__' of '{of}' object {told}", code="arguments")
        return _initialise(run, given[0], given[1:], keywords)

    return Builtin(INIT, call)


def _initialise(run: Machine, owner: Instance, given: list[Value], keywords: dict[str, Value]) -> Value:
    if owner.of.kind in rules.KINDS:
        rules.begin(run, owner, given, keywords)
        return None
    if owner.of.layer is not None:
        layer = run.call(owner.of.layer, given, keywords)
        begin(run, owner, layer)
        for name in layer.FACTS:
            owner.fields.pop(name, None)
        return None
    if owner.of.kind == "error" and not keywords:
        owner.fields["args"] = tuple(given)
        return None
    if owner.of.kind == "function":
        needless(owner)
        return None
    if given or keywords:
        count = len(given) + len(keywords) + 1
        named = owner.of.name if owner.of.kind == "module" else "object"
        text = f"{named}.__init__() takes 1 positional argument but {count} were given"
        raise ProgramError("TypeError", text, code="arguments", hint="Write super().__init__().")
    begin(run, owner)
    return None


def apply(run: Machine, of: UserClass, given: list[Value], keywords: dict[str, Value]) -> Value:
    """What `F.apply(...)` gives: the engine runs the class's own forward, and its backward in time."""
    forward, setup = _static(run, of, "forward"), _static(run, of, "setup_context")
    backward = _static(run, of, "backward") or _static(run, of, "vjp")
    if setup is not None or keywords:
        given = _inputs(of, given, keywords, setup is None)
    offers = [name for name, ways in FORMS.items() if any((found := of.find(way)) and found[1] for way in ways)]
    if of.find("backward") and of.find("vjp"):
        offers.append("both")
    if of.find("vmap") and (found := of.find("generate_vmap_rule")) and found[1]:
        offers.append("two vmaps")
    jvp = _static(run, of, "jvp") if (inside.active or detour.reasons) and "jvp" in offers else None
    return run.host(reach.APPLY, [of.name, forward, backward, setup, given], {"offers": offers, "jvp": jvp})


def _inputs(of: UserClass, given: list[Value], keywords: dict[str, Value], ctx: bool) -> list[Value]:
    """The inputs of forward in the order of its parameters, those that were left out too. Raises TypeError in PyTorch's words."""
    found = of.find("forward")
    function = None if found is None else found[1]
    hidden = [None] * ctx
    if type(function) is ClassMethod:
        function, hidden = function.function, [None, *hidden]
    if type(function) is not UserFunction:
        return given
    spec = function.node.args
    names = [each.arg for each in (*spec.posonlyargs, *spec.args)]
    if len(given) + len(hidden) > len(names) and not spec.vararg:
        raise ProgramError("TypeError", "too many positional arguments", code="arguments")
    for name in names[len(hidden) + len(given) : len(names) - len(function.defaults)]:
        if name not in keywords:
            raise ProgramError("TypeError", f"missing a required argument: '{name}'", code="arguments")
    values = bind(function, hidden + given, keywords)
    return [values[name] for name in names[len(hidden) :]] + list(values[spec.vararg.arg] if spec.vararg else ())


def _static(run: Machine, of: UserClass, name: str) -> Value:
    found = of.find(name)
    if found is None:
        return None
    home, member = found
    if type(member) is ClassMethod:
        member = _of_owner(member, of)
    elif name not in home.statics:
        raise ProgramError(
            "RuntimeError",
            "Legacy autograd function with non-static forward method is deprecated. "
            "Please use new-style autograd function with static forward method. "
            "(Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)",
            code="static",
            hint=f"Write @staticmethod above def {name}.",
        )
    back = run.callback(member, run.outward)
    return reach.TORCH[reach.ONCE](back) if type(member) is UserFunction and member.once else back
