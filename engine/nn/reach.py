"""What a program may reach of modules, as plain tables of (type, name); `engine.names` takes them in."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter, delitem, getitem, setitem
from types import FunctionType
from typing import Any

from engine import strangers
from engine.nn import (
    activation,
    attention,
    averaging,
    bags,
    clip,
    composed,
    containers,
    conv,
    distance,
    init,
    lazy,
    linear,
    loss,
    norm,
    padding,
    parametrize,
    pooling,
    prune,
    recurrent,
    resampling,
    sequences,
    tables,
    transformer,
    weight_hooks,
)
from engine.nn.containers import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from engine.nn.module import IncompatibleKeys, Module
from engine.nn.shell import Shell

FAMILIES = (
    linear,
    bags,
    conv,
    lazy,
    padding,
    pooling,
    resampling,
    containers,
    activation,
    norm,
    recurrent,
    attention,
    transformer,
    loss,
    distance,
)
LAYERS: tuple[type[Module], ...] = tuple(layer for family in FAMILIES for layer in family.LAYERS)
MODULES: frozenset[type] = frozenset(
    {Module, Shell, *LAYERS, *loss.BASES, *attention.HIDDEN, *parametrize.HIDDEN, *averaging.LAYERS}
)
strangers.NAMED.update(layer.__name__ for layer in LAYERS)

TORCH: dict[str, Any] = {
    **composed.COMPOSED,
    **{
        f"nn.utils.{name}": function
        for room in (clip, parametrize, prune, weight_hooks)
        for name, function in room.FUNCTIONS_OF_UTILS.items()
    },
    **{f"nn.utils.rnn.{name}": function for name, function in sequences.FUNCTIONS_OF_RNN.items()},
    **{f"optim.swa_utils.{name}": function for name, function in averaging.FUNCTIONS.items()},
    "optim.swa_utils.AveragedModel": averaging.AveragedModel,
    "nn.Module": Module,
    "nn.Embedding.from_pretrained": linear.Embedding.from_pretrained,
    "nn.EmbeddingBag.from_pretrained": bags.EmbeddingBag.from_pretrained,
    "nn.Transformer.generate_square_subsequent_mask": transformer.Transformer.generate_square_subsequent_mask,
    **{f"nn.{layer.__name__}": layer for layer in LAYERS},
    **{f"nn.init.{name}": function for name, function in init.FUNCTIONS.items()},
}

_EVERY: dict[str, Callable[..., Any]] = {
    "parameters": Module.parameters,
    "named_parameters": Module.named_parameters,
    "buffers": Module.buffers,
    "named_buffers": Module.named_buffers,
    "children": Module.children,
    "named_children": Module.named_children,
    "modules": Module.modules,
    "named_modules": Module.named_modules,
    "get_submodule": Module.get_submodule,
    "get_parameter": Module.get_parameter,
    "get_buffer": Module.get_buffer,
    "register_parameter": Module.register_parameter,
    "register_buffer": Module.register_buffer,
    "register_module": Module.register_module,
    "add_module": Module.add_module,
    "register_forward_hook": Module.register_forward_hook,
    "register_forward_pre_hook": Module.register_forward_pre_hook,
    "register_backward_hook": Module.register_backward_hook,
    "register_full_backward_hook": Module.register_full_backward_hook,
    "register_full_backward_pre_hook": Module.register_full_backward_pre_hook,
    "state_dict": Module.state_dict,
    "load_state_dict": Module.load_state_dict,
    "apply": Module.apply,
    "train": Module.train,
    "eval": Module.eval,
    "zero_grad": Module.zero_grad,
    "requires_grad_": Module.requires_grad_,
    "to": Module.to,
    "double": Module.double,
    "float": Module.float,
    "half": Module.half,
    "type": Module.type,
    "cpu": Module.cpu,
    "cuda": Module.cuda,
    "forward": Module.counted,
    "extra_repr": lambda module: module.extra_repr(),
}


def _named(layer: type[Module], method: str, shared: Any, name: str) -> None:
    """A layer that shares a method has one by its own name, as Python's words about wrong arguments give it."""
    if type(shared) is FunctionType and shared.__qualname__ != f"{name}.{method}":
        own = FunctionType(
            shared.__code__, shared.__globals__, shared.__name__, shared.__defaults__, shared.__closure__
        )
        own.__kwdefaults__ = shared.__kwdefaults__
        own.__qualname__ = f"{name}.{method}"
        type.__setattr__(layer, method, own)


LENT = {
    "ReLU6": "Hardtanh", "UpsamplingNearest2d": "Upsample", "UpsamplingBilinear2d": "Upsample",
    "BatchNorm": "_BatchNorm", "InstanceNorm": "_InstanceNorm", "ConstantPad": "_ConstantPadNd", "ZeroPad": "_ConstantPadNd",
    "ReflectionPad": "_ReflectionPadNd", "ReplicationPad": "_ReplicationPadNd", "CircularPad": "_CircularPadNd",
}  # fmt: skip
"""Whose `forward` PyTorch shares too."""
SHARED = "Module _DropoutNd _MaxPoolNd _AdaptiveAvgPoolNd _AdaptiveMaxPoolNd _LazyNormBase _BatchNorm _InstanceNorm _NormBase _Loss _WeightedLoss"
"""Whose `__init__` PyTorch shares too."""
_named(linear.Dropout, "__init__", linear.Dropout.__dict__["__init__"], "_DropoutNd")
for _layer in LAYERS:
    if "forward" not in _layer.__dict__:
        _named(
            _layer,
            "forward",
            _layer.forward,
            LENT.get(_layer.__name__) or LENT.get(_layer.__name__[:-2], _layer.__name__),
        )
    _begins: Any = _layer.__init__
    if _begins.__qualname__.partition(".")[0] not in SHARED.split():
        _named(
            _layer,
            "__init__",
            _begins,
            "RNNBase" if issubclass(_layer, (recurrent.RNN, recurrent.GRU, recurrent.LSTM)) else _layer.__name__,
        )

OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {
    **{(kind, name): method for kind in MODULES for name, method in _EVERY.items()},
    **{
        (kind, name): method
        for kind in (Sequential, ModuleList)
        for name, method in (
            ("append", kind.append),
            ("extend", kind.extend),
            ("insert", kind.insert),
            ("pop", kind.pop),
        )
    },
    **{(tables.Table, name): tables.Table.__dict__[name] for name in tables.METHODS},
    (ModuleDict, "keys"): ModuleDict.keys,
    (ModuleDict, "values"): ModuleDict.values,
    (ModuleDict, "items"): ModuleDict.items,
    (ModuleDict, "update"): ModuleDict.update,
    (ModuleDict, "pop"): ModuleDict.pop,
    (ModuleDict, "clear"): ModuleDict.clear,
    **{
        (ParameterDict, name): ParameterDict.__dict__[name]
        for name in (
            *("keys", "values", "items", "get", "setdefault", "update", "pop", "clear"),
            *("copy", "fromkeys", "popitem"),
        )
    },
    (averaging.AveragedModel, "update_parameters"): averaging.AveragedModel.update_parameters,
    **{
        (kind, name): method
        for kind in norm.LAYERS
        if issubclass(kind, norm._BatchNorm)
        for name, method in (
            ("reset_running_stats", kind.reset_running_stats),
            ("reset_parameters", kind.reset_parameters),
        )
    },
    (ParameterList, "append"): ParameterList.append,
    (ParameterList, "extend"): ParameterList.extend,
    **{
        (kind, "reset_parameters"): kind.reset_parameters
        for kind in (linear.Linear, conv.Conv1d, conv.Conv2d, conv.ConvTranspose1d, conv.ConvTranspose2d)
    },
}

GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    **{(kind, name): attrgetter(name) for kind in (*LAYERS, *loss.BASES, *attention.HIDDEN) for name in kind.FACTS},
    **{(kind, "training"): attrgetter("training") for kind in MODULES},
    **{(kind, "_modules"): tables.Table for kind in MODULES},
    (IncompatibleKeys, "missing_keys"): attrgetter("missing_keys"),
    (IncompatibleKeys, "unexpected_keys"): attrgetter("unexpected_keys"),
}

CALLED: dict[type, Callable[..., Any]] = {
    **dict.fromkeys(MODULES, Module.__call__),
    ParameterList: ParameterList.__call__,
    ParameterDict: ParameterDict.__call__,
}
_HOLDERS: tuple[type, ...] = (
    *(Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict),
    parametrize.ParametrizationList,
    tables.Table,
)
SIZED: dict[type, Callable[[Any], int]] = dict.fromkeys(_HOLDERS, len)
ITERATED: dict[type, Callable[[Any], Any]] = dict.fromkeys(_HOLDERS, list)
INDEXED: dict[type, Callable[[Any, Any], Any]] = dict.fromkeys(_HOLDERS, getitem)
PLACED: dict[type, Callable[[Any, Any, Any], None]] = dict.fromkeys(
    (Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict, tables.Table), setitem
)
REMOVED: dict[type, Callable[[Any, Any], None]] = dict.fromkeys(
    (Sequential, ModuleList, ModuleDict, ParameterDict, tables.Table), delitem
)
OPERATED: dict[tuple[type, str], Callable[[Any, Any], Any]] = containers.OPERATED
HOST_TYPES: frozenset[type] = MODULES | {IncompatibleKeys, tables.Table, *prune.METHODS_OF_PRUNING}
