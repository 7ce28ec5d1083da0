"""What a program can reach in the engine: the tables of `engine.names`, and each entry as a value of the language."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from engine import anomaly, custom, devices, dtypes, grad_mode, names, random, saved_tensor, saving, storage
from engine.devices import Device
from engine.distributions import KINDS
from engine.distributions.transforms import TRANSFORMS
from engine.nn import attention, conv, linear, loss, norm, recurrent
from engine.nn.module import Module
from engine.nn.parameter import Buffer, Parameter
from engine.ops.constructors import CONSTRUCTORS, constructor
from engine.optim import reach as rules
from engine.program.arguments import fitted
from engine.program.failures import ProgramError
from engine.program.homes import FILE_OF
from engine.program.values import HostFunction, Kind, Record, TypeValue, Value, type_name
from engine.refusals import guarded
from engine.size import Size
from engine.tensor import Tensor

TENSORS: frozenset[type] = names.TENSORS
TORCH: dict[str, Any] = names.TORCH
METHODS: dict[str, Callable[..., Any]] = {"numpy": guarded("Tensor.numpy", Tensor.numpy), **names.METHODS}
ATTRIBUTES: dict[str, Callable[..., Any]] = names.ATTRIBUTES
SETTERS: dict[str, Callable[..., Any]] = names.SETTERS
GETTERS: dict[tuple[type, str], Callable[..., Any]] = names.GETTERS
OBJECTS: dict[tuple[type, str], Callable[..., Any]] = names.OBJECTS
HOST_TYPES: frozenset[type] = names.HOST_TYPES | {random.Generator}
NAMED_TUPLES: frozenset[type] = names.NAMED_TUPLES | {Record}

MODES: dict[str, Callable[..., Any]] = {
    prefix + name: mode
    for prefix in ("", "autograd.")
    for name, mode in (
        ("no_grad", grad_mode.no_grad),
        ("enable_grad", grad_mode.enable_grad),
        ("set_grad_enabled", grad_mode.set_grad_enabled),
        ("inference_mode", grad_mode.inference_mode),
        ("detect_anomaly", anomaly.detect_anomaly),
        ("set_detect_anomaly", anomaly.set_detect_anomaly),
        ("graph.saved_tensors_hooks", saving.saved_tensors_hooks),
        ("graph.save_on_cpu", saving.save_on_cpu),
        ("graph.allow_mutation_on_saved_tensors", saving.allow_mutation_on_saved_tensors),
        ("graph.disable_saved_tensors_hooks", saving.disable_saved_tensors_hooks),
    )
} | {
    path: names.TORCH[path]
    for path in (
        "random.fork_rng",
        "autograd.forward_ad.dual_level",
        "utils.checkpoint.set_checkpoint_early_stop",
        "utils.checkpoint.set_checkpoint_debug_enabled",
    )
}
WHOLE = frozenset(
    (
        *(
            "autograd.functional.jacobian",
            "autograd.functional.hessian",
            *(f"autograd{home}.{check}" for home in ("", ".gradcheck") for check in ("gradcheck", "gradgradcheck")),
        ),
        *("func.jacrev", "func.jacfwd", "func.hessian"),
    )
)
"""Functions that make every partial derivative of the function they are given."""
ONCE_OVER = frozenset(("func.grad", "func.grad_and_value", "func.vjp", "func.jvp"))
"""Functions that run one backward pass, or two, over what the function they are given makes."""
BARE = frozenset({"no_grad", "enable_grad", "inference_mode"})
"""Modes that decorate a function without being called first."""
AT_ONCE = frozenset({"set_grad_enabled", "set_detect_anomaly"})
"""Modes that switch when they are called."""
DECORATORS = frozenset({"no_grad", "enable_grad", "inference_mode", "set_grad_enabled", "autocast", "dual_level"})

SPACES = {path.rpartition(".")[0] for path in TORCH if "." in path}
SPACES |= {path.partition(".")[0] for path in SPACES}

PYTHON_DTYPES = {"float": dtypes.float64, "int": dtypes.int64, "bool": dtypes.bool_}


def _make(path: str, host: Callable[..., Any], **fixed: Any) -> Callable[..., Value]:
    function = HostFunction(path, host)
    return lambda run, given, keywords: run.call(function, given, {**fixed, **keywords})


def _layer(path: str, found: Callable[..., Any]) -> Callable[..., Value]:
    """As `_make`, of a layer: the device that it is asked to be on is looked at first."""
    make = _make(path, found)

    def build(run: Any, given: list[Value], keywords: dict[str, Value]) -> Value:
        if "device" in keywords:
            run.host(devices.check, [run.outward(keywords["device"])], {})
        return make(run, given, keywords)

    return build


def _variable(run: Any, given: list[Value], keywords: dict[str, Value]) -> Value:
    """What tensors were wrapped in before they had gradients of their own: the same memory, as a leaf."""
    asked = fitted("Variable", {"data": ..., "requires_grad": False}, given, keywords)
    data = asked["data"]
    if type(data) not in TENSORS:
        raise ProgramError("TypeError", f"Variable data has to be a tensor, but got {type_name(data)}", code="argument")
    made = run.method(data, "detach")
    return run.method(made, "requires_grad_") if run.truth(asked["requires_grad"]) else made


TYPES: dict[str, TypeValue] = {
    "Tensor": TypeValue("Tensor", TENSORS, _make("Tensor", constructor(None)), "<class 'torch.Tensor'>"),
    "dtype": TypeValue("dtype", frozenset({dtypes.dtype}), None, "<class 'torch.dtype'>"),
    "device": TypeValue("device", frozenset({Device}), _make("device", TORCH["device"]), "<class 'torch.device'>"),
    "layout": TypeValue("layout", frozenset({storage.Layout}), None, "<class 'torch.layout'>"),
    "memory_format": TypeValue(
        "memory_format", frozenset({storage.MemoryFormat}), None, "<class 'torch.memory_format'>"
    ),
    "Size": TypeValue("Size", frozenset({Size}), _make("Size", Size), "<class 'torch.Size'>"),
    "nn.Parameter": TypeValue(
        "Parameter",
        frozenset({Parameter}),
        _make("nn.Parameter", Parameter),
        "<class 'torch.nn.parameter.Parameter'>",
    ),
    "nn.Buffer": TypeValue("Buffer", TENSORS, _make("nn.Buffer", Buffer), "<class 'torch.nn.parameter.Buffer'>"),
}
TYPES |= {
    name: TypeValue(name, TENSORS, _make(name, TORCH[name]), f"<class '{kind.legacy}'>", kind)
    for name, kind in CONSTRUCTORS.items()
}
MODULES: frozenset[type] = names.MODULES
HIDDEN = frozenset(attention.HIDDEN)
"""Layers that PyTorch makes inside others, each of a kind that a program knows."""
LOOKUP: Callable[[Any, str], Any] = names.LOOKUP
REGISTER: Callable[[Any, str, Any], bool] = names.REGISTER
CALLED, SIZED, ITERATED = names.CALLED, names.SIZED, names.ITERATED
INDEXED, PLACED, REMOVED = names.INDEXED, names.PLACED, names.REMOVED
OPERATED, ENTERED = names.OPERATED, names.ENTERED
APPLY: Callable[..., Any] = custom.apply
CONTEXT: type = custom.CustomFunction
ONCE = "autograd.function.once_differentiable"

TYPES |= {
    path: TypeValue(
        found.__name__,
        frozenset({found, *(kind for kind in MODULES if issubclass(kind, found))}),
        _layer(path, found),
        f"<class '{FILE_OF[found.__name__]}.{found.__name__}'>",
    )
    for path, found in TORCH.items()
    if type(found) is type and found in MODULES
}
BASES: dict[str, tuple[type, tuple[type, ...]]] = {
    "nn.modules.batchnorm._BatchNorm": (norm._BatchNorm, (norm._InstanceNorm,)),
    "nn.modules.batchnorm._NormBase": (norm._BatchNorm, ()),
    "nn.modules.conv._ConvNd": (conv._Conv, ()),
    "nn.modules.dropout._DropoutNd": (linear.Dropout, ()),
    "nn.modules.instancenorm._InstanceNorm": (norm._InstanceNorm, ()),
    "nn.modules.loss._Loss": (loss._Loss, ()),
    "nn.modules.loss._WeightedLoss": (loss._WeightedLoss, ()),
    "nn.RNNBase": (recurrent._Recurrent, ()),
    "nn.RNNCellBase": (recurrent._Cell, ()),
}
"""What several of PyTorch's layers are built on: the class that they have in common here, and those of its heirs that are not meant."""


def _base(path: str, base: type, others: tuple[type, ...]) -> TypeValue:
    """What layers are asked whether they are of; a program's own losses are built on it too."""
    home, _, name = path.rpartition(".")
    return TypeValue(
        name,
        frozenset(kind for kind in MODULES if issubclass(kind, base) and not issubclass(kind, others)),
        _make(path, base) if base in MODULES else None,
        f"<class '{FILE_OF.get(name, f'torch.{home}')}.{name}'>",
    )


TYPES |= {path: _base(path, *told) for path, told in BASES.items()}
TYPES |= {
    "nn.Module": TypeValue("Module", MODULES, _make("nn.Module", Module), "<class 'torch.nn.modules.module.Module'>"),
    "autograd.Function": TypeValue("Function", frozenset(), None, "<class 'torch.autograd.function.Function'>"),
}
TYPES["autograd.function.InplaceFunction"] = TYPES["autograd.Function"]
TYPES["autograd.Variable"] = TypeValue("Variable", TENSORS, _variable, "<class 'torch.autograd.variable.Variable'>")
NODES: frozenset[type] = frozenset(
    kind for kind, name in OBJECTS if (kind, "next_functions") in GETTERS and name == "name"
)
"""The types of a graph's nodes, which have a name each."""
TYPES["autograd.SavedTensor"] = TypeValue(
    "SavedTensor", frozenset({saved_tensor.SavedTensor}), None, "<class 'torch._C._autograd.SavedTensor'>"
)
TYPES["autograd.graph.Node"] = TypeValue("Node", NODES, None, "<class 'torch.autograd.graph.Node'>")


def _rule(path: str, found: type, family: tuple[type, ...] = ()) -> TypeValue:
    """An optimizer, a scheduler or a distribution; of a family, with the heirs that are in it."""
    home = FILE_OF.get(found.__name__) or "torch." + path.rpartition(".")[0]
    own = frozenset({found, *(kind for kind in family if issubclass(kind, found))})
    return TypeValue(found.__name__, own, _make(path, found), f"<class '{home}.{found.__name__}'>")


RULES: dict[type, TypeValue] = {
    found: _rule(path, found)
    for path, found in TORCH.items()
    if type(found) is type and path.startswith("optim.") and found not in MODULES
}
TYPES |= {path: RULES[found] for path, found in TORCH.items() if type(found) is type and found in RULES}
OPTIMIZERS: frozenset[type] = frozenset(rules.STEPPED)
TYPES["optim.Optimizer"] = TypeValue("Optimizer", OPTIMIZERS, None, "<class 'torch.optim.optimizer.Optimizer'>")
TYPES["optim.lr_scheduler.LRScheduler"] = TypeValue(
    "LRScheduler", frozenset(rules.TIMED), None, "<class 'torch.optim.lr_scheduler.LRScheduler'>"
)
TYPES["distributions.Distribution"] = TypeValue(
    "Distribution", frozenset(KINDS), None, "<class 'torch.distributions.distribution.Distribution'>"
)
TYPES |= {
    f"distributions.{kind.__name__}": _rule(f"distributions.{kind.__name__}", kind, KINDS)
    for kind in (*KINDS, *TRANSFORMS)
}
TYPES["optim.lr_scheduler._LRScheduler"] = TYPES["optim.lr_scheduler.LRScheduler"]
ROOTS: dict[Kind, TypeValue] = {
    "module": TYPES["nn.Module"],
    "function": TYPES["autograd.Function"],
    "optimizer": TYPES["optim.Optimizer"],
    "scheduler": TYPES["optim.lr_scheduler.LRScheduler"],
}
"""What a class of the program can be built on, by the kind of class it makes."""

OF_HOST: dict[type, TypeValue] = {
    kind: known
    for path, known in TYPES.items()
    if path not in ("nn.Module", "nn.Buffer", "autograd.Variable", "autograd.graph.Node")
    and known not in (ROOTS["optimizer"], ROOTS["scheduler"])
    for kind in known.types - HIDDEN
    if path != "Tensor" and known.dtype is None and (kind not in MODULES or kind.__name__ == known.name)
} | {Tensor: TYPES["Tensor"]}


@functools.cache
def torch_value(path: str) -> Value:
    """The value of a name in `torch`: a type, a function, or a constant; each time the same one, which `is` and dicts ask for."""
    if path in TYPES:
        return TYPES[path]
    found = TORCH[path]
    return HostFunction(path, found) if callable(found) else found
