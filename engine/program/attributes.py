"""The one place where a program's `value.name` is resolved: tables of (type, name), never the host's own look-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.nn.module import ABSENT
from engine.program import arrays, classes, homes, layers, reach, unbound
from engine.program.failures import ProgramError
from engine.program.functions import OF_TYPES, type_of
from engine.program.hints import LOSS_CALL, nearest
from engine.program.library import MEMBERS, files
from engine.program.library.re import FIELDS
from engine.program.library.tuning import SETTINGS, TUNING
from engine.program.methods import CHANGING, METHODS, Handler
from engine.program.values import (
    DICTS,
    Array,
    Builtin,
    Deque,
    ErrorClass,
    ErrorValue,
    HostFunction,
    Instance,
    Method,
    Namespace,
    Record,
    Super,
    TypeValue,
    UserClass,
    UserFunction,
    Value,
    type_name,
)

if TYPE_CHECKING:
    from engine.program.machine import Machine

COMPLEX = ("complex", "polar", "view_as_complex", "view_as_real", "fft", "stft", "istft", "cfloat", "cdouble", "chalf", "complex32", "complex64", "complex128", "is_conj", "resolve_conj")  # fmt: skip
SPARSE = ("sparse_coo_tensor", "sparse_csr_tensor", "sparse", "to_sparse", "to_sparse_csr", "to_dense", "spmm", "SparseAdam")  # fmt: skip
QUANTIZED = ("quantize_per_tensor", "quantize_per_channel", "quantize_per_tensor_dynamic", "quantization", "ao", "quantized", "quint8", "qint8", "qint32")  # fmt: skip
ELSEWHERE: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        (
            *("cuda", "cudnn", "device", "backends", "cpu", "mps"),
            *("synchronize", "memory_allocated", "get_device_name", "current_device"),
        ),
        ("no-gpu", "There is no GPU here; leave it out: everything runs on the CPU."),
    ),
    "hub": ("import-above", "Libraries built on PyTorch are not here: write the model with torch.nn."),
    **dict.fromkeys(
        ("jit", "export", "onnx", "fx", "profile"),
        ("no-compile", "Leave it out: every step is shown as it runs."),
    ),
    **dict.fromkeys(
        COMPLEX,
        (
            "no-complex",
            "There are no complex numbers here; keep real and imaginary parts in two tensors, and multiply by cosines and sines for a Fourier transform.",
        ),
    ),
    **dict.fromkeys(
        SPARSE,
        (
            "no-sparse",
            "There are no sparse tensors here; a dense one with zeros in it gives the same numbers, with @ in place of spmm.",
        ),
    ),
    **dict.fromkeys(
        ("DataParallel", "distributed", "multiprocessing"),
        ("one-process", "A program here is one process; use the module itself."),
    ),
    **dict.fromkeys(
        QUANTIZED,
        ("not-yet", "This part of PyTorch is not here yet."),
    ),
    "bfloat16": ("no-bfloat16", "Use torch.float32, or torch.float16."),
    "numpy": ("attribute", "Use x.tolist() or x.item()."),
}
"""Names that people write for good reason elsewhere: a code, and what to do here."""


BESIDE: dict[str, Value] = {
    **TUNING,
    **files.MEMBERS,
    "linalg.LinAlgError": ErrorClass("_LinAlgError"),
    "autograd.gradcheck.GradcheckError": ErrorClass("GradcheckError"),
    "utils.checkpoint.CheckpointError": ErrorClass("CheckpointError"),
}
"""What `torch` offers that is no function of the engine's."""


def read(run: Machine, value: Value, name: str) -> Value:
    """The value of `value.name`; AttributeError with the nearest known name where there is none."""
    kind = type(value)
    if kind in reach.TENSORS:
        getter = reach.ATTRIBUTES.get(name)
        if getter is not None:
            found = run.host(getter, [value], {})
            if found is None and name == "grad":
                run.miss(value)
            return found
        method = reach.METHODS.get(name)
        if method is not None:
            return HostFunction(name, method, (value,))
        if name in NAMING:
            return NAMING[name](run, value)
        if name in run.notes(value):
            return run.notes(value)[name]
        raise unknown(value, name, [*reach.ATTRIBUTES, *reach.METHODS])
    if kind is Instance:
        return OF_OBJECTS[name](value) if name in OF_OBJECTS else classes.read(run, value, name)
    if (kind in reach.MODULES or kind in reach.RULES) and name in run.notes(value):
        return run.notes(value)[name]
    if kind is Namespace and name not in NAMING:
        if value.path == "torch.optim" and f"torch.optim.{name}" in homes.HOMES:  # there to import from alone
            offered = [known.removeprefix("optim.") for known in reach.TYPES if known.startswith("optim.")]
            raise _absent(value.path, name, offered)
        return member(run, value.path, name)
    if kind is UserClass and name not in NAMING:
        return classes.of_class(run, value, name)
    if kind is Super:
        return classes.read_above(run, value, name)
    if name in NAMING:
        return NAMING[name](run, value)
    handler = METHODS.get((kind, name)) or (METHODS.get((dict, name)) if kind in DICTS else None)
    if handler is not None:
        return Builtin(name, _method(name, handler, value))
    if (kind, name) in FIELDS:
        return FIELDS[kind, name](value)
    if kind is Deque and name == "maxlen":
        return value.items.maxlen
    getter = reach.GETTERS.get((kind, name))
    if getter is not None:
        return run.host(getter, [value], {})
    method = reach.OBJECTS.get((kind, name))
    if method is not None:
        return HostFunction(name, method, (value,))
    if kind in reach.MODULES:
        held = reach.LOOKUP(value, name)
        if held is not ABSENT:
            return run.admitted(held)
    if kind is ErrorValue and name == "args":
        return value.items
    if kind is ErrorValue and name == "value" and value.kind == "StopIteration":
        return value.items[0] if value.items else None
    if kind is reach.CONTEXT and name in value.fields:
        return value.fields[name]
    if kind is Array:
        found = arrays.attribute(run, value, name)
        if found is None:
            raise unknown(value, name, list(arrays.METHODS))
        return found
    if kind is Record and name in value.of.fields:
        return value[value.of.fields.index(name)]
    if kind is Record and name == "_fields":
        return value.of.fields
    if kind is TypeValue and f"nn.{value.name}.{name}" in reach.TORCH:
        return reach.torch_value(f"nn.{value.name}.{name}")
    if kind is TypeValue and (value.name, name) in OF_TYPES:
        return OF_TYPES[value.name, name]
    if kind is TypeValue and value.types and value.types <= reach.MODULES:
        method = classes.beginning(value.name) if name == classes.INIT else unbound.of_class(name, layer=True)
        if method is not None:
            return method
    if kind is TypeValue and (method := _unbound(value, name)) is not None:
        return method
    known = [attribute for of, attribute in (*METHODS, *FIELDS, *reach.GETTERS, *reach.OBJECTS) if of is kind]
    raise unknown(value, name, known)


def _unbound(kind: TypeValue, name: str) -> Value:
    """The method `name` of a type, which takes the object as its first argument; None where the type has none."""
    if kind is reach.TYPES["Tensor"]:
        owners, home, text = reach.TENSORS, "TensorBase", "torch._C.TensorBase"
        known = name in reach.METHODS
    else:
        owners, home, text = kind.types, kind.name, kind.name
        known = any((owner, name) in METHODS for owner in owners)
    if not known:
        return None

    def call(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        if not given:
            raise ProgramError("TypeError", f"unbound method {home}.{name}() needs an argument", code="arguments")
        owner = given[0]
        if type(owner) not in owners:
            words = f"descriptor '{name}' for '{text}' objects doesn't apply to a '{type_name(owner)}' object"
            raise ProgramError("TypeError", words, code="argument")
        return run.call(read(run, owner, name), given[1:], keywords)

    return Builtin(name, call)


def _name(run: Machine, value: Value) -> Value:
    if type(value) is ErrorClass:
        return value.kind
    if type(value) in NAMED:
        return value.name.rpartition(".")[2]
    raise unknown(value, "__name__", [])


NAMED = frozenset({TypeValue, UserClass, UserFunction, Method, Builtin, HostFunction})
VERSIONS = {"torch": "2.13.0+cpu", "numpy": "2.4.6"}
"""The versions whose behaviour a program finds here."""


def _version(run: Machine, value: Value) -> Value:
    if type(value) is Namespace and value.path in VERSIONS:
        return VERSIONS[value.path]
    raise unknown(value, "__version__", [])


def _doc(run: Machine, value: Value) -> Value:
    """The text that a function or a class of the program begins with."""
    kind = type(value)
    if kind in (UserFunction, UserClass):
        return value.doc
    if kind is Method:
        return value.function.doc
    raise unknown(value, "__doc__", [])


OF_OBJECTS: dict[str, Callable[[Value], Value]] = {
    "__class__": lambda made: made.of,
    "__doc__": lambda made: made.of.doc,
}
"""Those that an object of a program's class has of its class."""
NAMING: dict[str, Callable[..., Value]] = {
    "__doc__": _doc,
    "__name__": _name,
    "__class__": type_of,
    "__version__": _version,
}
"""The names with two underscores that every value may have."""


def _method(name: str, handler: Handler, owner: Value) -> Callable[..., Value]:
    def call(run: Machine, given: list[Value], keywords: dict[str, Value]) -> Value:
        result = handler(run, owner, given, keywords)
        if name in CHANGING:
            run.changed(owner)
        return result

    return call


def write(run: Machine, value: Value, name: str, new: Value) -> None:
    """Does `value.name = new`; AttributeError where a program may not."""
    kind = type(value)
    if kind in reach.TENSORS:
        setter = reach.SETTERS.get(name)
        if setter is not None:
            run.host(setter, [value, run.outward(new)], {})
            return
        if name in reach.ATTRIBUTES:
            text = f"attribute '{name}' of 'torch._C.TensorBase' objects is not writable"
            raise ProgramError("AttributeError", text, code="read-only", name=name)
        if name in reach.METHODS or nearest(name, reach.SETTERS):
            raise unknown(value, name, list(reach.SETTERS))
        run.annotate(value, name, new)
        return
    if kind is Instance:
        classes.write(run, value, name, new)
        return
    if kind is UserClass:
        run.meter.need_items(len(value.members) + 1)
        value.members[name] = new
        return
    if kind is Namespace and value.path.removeprefix("torch.") in SETTINGS:
        return  # how another machine multiplies
    if kind is Namespace:
        raise ProgramError(
            "AttributeError", f"module '{value.path}' cannot be changed here", code="read-only", name=name
        )
    if kind is reach.CONTEXT and (kind, name) not in reach.OBJECTS and (kind, name) not in reach.GETTERS:
        run.meter.need_items(len(value.fields) + 1)
        value.fields[name] = new
        return
    if kind in reach.MODULES:
        layers.write(run, value, name, new)
        return
    if kind in reach.RULES and (kind, name) not in reach.OBJECTS and (kind, name) not in reach.GETTERS:
        run.annotate(value, name, new)
        return
    if kind is Record and name in value.of.fields:
        raise ProgramError("AttributeError", "can't set attribute", code="read-only", name=name)
    if value is not None and (kind in reach.HOST_TYPES or (kind, name) in METHODS or (kind, name) in FIELDS):
        text = f"attribute '{name}' of '{type_name(value)}' objects is not writable"
        raise ProgramError("AttributeError", text, code="read-only", name=name)
    raise unknown(value, name, [])


def erase(run: Machine, value: Value, name: str) -> None:
    """Does `del value.name`; AttributeError where there is nothing of that name that a program put there."""
    kind = type(value)
    if kind is Instance:
        classes.erase(run, value, name)
    elif kind in reach.MODULES:
        layers.erase(run, value, name)
    elif kind is UserClass:
        if name not in value.members:
            text = f"type object '{value.name}' has no attribute '{name}'"
            raise ProgramError("AttributeError", text, code="attribute", name=name)
        del value.members[name]
    elif kind is reach.CONTEXT and name in value.fields:
        del value.fields[name]
    elif name in run.notes(value):
        del run.notes(value)[name]
    elif kind in reach.TENSORS and name == "data":
        text = "Deleting tensor data is not allowed. Delete tensor instead!"
        raise ProgramError("RuntimeError", text, code="read-only", name=name)
    elif kind in reach.TENSORS and (name in reach.SETTERS or name in reach.ATTRIBUTES):
        write(run, value, name, None)
    else:
        raise unknown(value, name, list(run.notes(value)))


def member(run: Machine, path: str, name: str) -> Value:
    """The value of a name in `torch`, one of its modules, or `math`."""
    path = homes.offered(path, name)
    if path in MEMBERS:
        if name in MEMBERS[path]:
            return MEMBERS[path][name]
        if f"{path}.{name}" in MEMBERS:
            return Namespace(f"{path}.{name}")
        raise _absent(path, name, list(MEMBERS[path]))
    inner = f"{path}.{name}".removeprefix("torch.")
    if inner in BESIDE:
        return BESIDE[inner]
    if inner in reach.TYPES or inner in reach.TORCH:
        return reach.torch_value(inner)
    if (
        inner in reach.SPACES
        or inner in SETTINGS
        or homes.holds(f"torch.{inner}")
        or any(known.startswith(f"torch.{inner}") for known in MEMBERS)
        or any(known.startswith(f"{inner}.") for known in BESIDE)
    ):
        return Namespace(f"torch.{inner}")
    prefix = path.removeprefix("torch").removeprefix(".")
    known = {
        rest.partition(".")[0]
        for full in reach.TORCH
        if not prefix or full.startswith(prefix + ".")
        for rest in [full.removeprefix(prefix + ".") if prefix else full]
    }
    raise _absent(path, name, sorted(known))


def _absent(path: str, name: str, known: list[str]) -> ProgramError:
    text = f"module '{path}' has no attribute '{name}'"
    if name in ELSEWHERE:
        code, hint = ELSEWHERE[name]
        return ProgramError("AttributeError", text, code=code, hint=hint, name=name)
    near = nearest(name, known)
    if near:
        hint = f"Did you mean {near}?"
        return ProgramError("AttributeError", text, code="attribute", hint=hint, name=name, suggestion=near)
    return ProgramError(
        "AttributeError", text, code="attribute", hint="It is not part of the language here.", name=name
    )


FORMER = {"creator": "grad_fn", "is_volatile": "requires_grad", "volatile": "requires_grad"}
"""What a tensor's attributes were called in PyTorch 0.1, as older courses still write."""
IN_TORCH = {"dtype": "torch.dtype", "Device": "torch.device", "Generator": "torch._C.Generator"}
"""What PyTorch calls its own small types in an error."""


def unknown(value: Value, name: str, known: list[str]) -> ProgramError:
    """The AttributeError of a name that a value has not, with the nearest that it has."""
    kind = value.name().rpartition("::")[2] if type(value) in reach.NODES else type_name(value)
    kind = IN_TORCH.get(kind, kind)
    text = f"'{kind}' object has no attribute '{name}'"
    if type(value) is HostFunction and value.name in reach.MODES and not value.bound:
        text = f"type object '{value.name.rpartition('.')[2]}' has no attribute '{name}'"
    if type(value) is TypeValue:
        text = f"type object '{value.name}' has no attribute '{name}'"
    if value is None:
        return ProgramError("AttributeError", text, name=name)
    if kind in ("float", "int") and name in ("backward", "grad"):
        hint = "A plain number has no graph: leave .item() out where it was made."
        return ProgramError("AttributeError", text, code="no-graph", hint=hint, name=name)
    if kind.endswith("Loss") and name in ("backward", "item"):
        return ProgramError("AttributeError", text, code="loss-call", hint=LOSS_CALL.text, name=name)
    near = FORMER[name] if FORMER.get(name) in known else nearest(name, known)
    if near:
        hint = f"Did you mean {near}?"
        return ProgramError("AttributeError", text, code="attribute", hint=hint, name=name, suggestion=near)
    code, advice = ELSEWHERE.get(name, ("attribute", None))
    return ProgramError("AttributeError", text, code=code, hint=advice, name=name)
