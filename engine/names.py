"""What a program may reach in the engine, as plain tables: the interpreter looks names up here and nowhere else."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from operator import attrgetter, itemgetter
from types import FunctionType
from typing import Any

from engine import (
    amp,
    anomaly,
    autograd,
    batching,
    checkpoint,
    devices,
    distributions,
    dtypes,
    edges,
    forward_ad,
    function_class,
    functional,
    gathering,
    grad_mode,
    gradcheck,
    hooks,
    inside,
    jacobians,
    older,
    ops,
    random,
    saved_tensor,
    saving,
    stateless,
    storage,
    text,
    transforms,
)
from engine.accumulator import AccumulateGrad
from engine.custom import CustomFunction
from engine.dtypes import DTYPES, dtype
from engine.function import Function, LongFunction
from engine.nn import reach as modules
from engine.nn import sequences
from engine.nn.lazy import UninitializedBuffer, UninitializedParameter
from engine.nn.module import IncompatibleKeys, lookup, register
from engine.nn.parameter import Buffer, Parameter
from engine.nn.sequences import PackedSequence
from engine.ops import answers, counting, draws, grids, shape
from engine.ops.views import CopySlices
from engine.optim import reach as optimizers
from engine.quick import QuickFunction
from engine.refusals import guarded
from engine.size import Size
from engine.tensor import Tensor

PAIRS: tuple[type[Any], ...] = (
    *answers.RETURN_TYPES,
    edges.GradientEdge,
    forward_ad.UnpackedDualTensor,
    PackedSequence,
)

TORCH: dict[str, Any] = {
    **{name: guarded(name, front) for name, front in ops.FUNCTIONS.items() if not name.startswith("_")},
    **DTYPES,
    "Tensor": Tensor,
    "Size": Size,
    "device": guarded("device", devices.device),
    **{path: devices.asking() for path in devices.ABSENT},
    "cuda.device_count": lambda: 0,
    storage.STRIDED.name: storage.STRIDED,
    **storage.FORMATS,
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    **{
        prefix + mode.__name__: mode
        for prefix in ("", "autograd.")
        for mode in (grad_mode.no_grad, grad_mode.enable_grad, grad_mode.set_grad_enabled, grad_mode.inference_mode)
    },
    "is_grad_enabled": grad_mode.is_grad_enabled,
    "is_inference_mode_enabled": grad_mode.is_inference_mode_enabled,
    "is_anomaly_enabled": anomaly.is_anomaly_enabled,
    "is_anomaly_check_nan_enabled": anomaly.is_anomaly_check_nan_enabled,
    "autograd.detect_anomaly": anomaly.detect_anomaly,
    "autograd.set_detect_anomaly": anomaly.set_detect_anomaly,
    "autograd.graph.saved_tensors_hooks": saving.saved_tensors_hooks,
    "autograd.graph.save_on_cpu": saving.save_on_cpu,
    "autograd.graph.allow_mutation_on_saved_tensors": saving.allow_mutation_on_saved_tensors,
    "autograd.graph.disable_saved_tensors_hooks": saving.disable_saved_tensors_hooks,
    "autograd.graph.get_gradient_edge": edges.get_gradient_edge,
    "autograd.graph.GradientEdge": edges.GradientEdge,
    "autograd.graph.increment_version": gathering.increment_version,
    "autograd.graph.register_multi_grad_hook": gathering.register_multi_grad_hook,
    "utils.checkpoint.checkpoint": checkpoint.checkpoint,
    "utils.checkpoint.checkpoint_sequential": checkpoint.checkpoint_sequential,
    "utils.checkpoint.set_checkpoint_early_stop": checkpoint.set_checkpoint_early_stop,
    "utils.checkpoint.set_checkpoint_debug_enabled": checkpoint.set_checkpoint_debug_enabled,
    "autograd.function.once_differentiable": function_class.once_differentiable,
    "autograd.gradcheck": gradcheck.gradcheck,
    "autograd.gradgradcheck": gradcheck.gradgradcheck,
    **{
        f"autograd.gradcheck.{function.__name__}": function
        for function in (
            gradcheck.gradcheck,
            gradcheck.gradgradcheck,
            jacobians.get_numerical_jacobian,
            jacobians.get_analytical_jacobian,
            jacobians.get_numerical_jacobian_wrt_specific_input,
        )
    },
    **{
        f"autograd.functional.{product.__name__}": product
        for product in (
            functional.jacobian,
            functional.hessian,
            functional.vjp,
            functional.jvp,
            functional.vhp,
        )
    },
    "autograd.functional.hvp": functional.hvp,
    "set_printoptions": text.set_printoptions,
    "get_printoptions": text.get_printoptions,
    "set_default_dtype": dtypes.set_default_dtype,
    "get_default_dtype": dtypes.get_default_dtype,
    "special.softmax": guarded("special.softmax", ops.FUNCTIONS["softmax"]),
    "special.log_softmax": guarded("special.log_softmax", ops.FUNCTIONS["log_softmax"]),
    "detach": Tensor.detach,
    "is_inference": Tensor.is_inference,
    "autograd.grad": autograd.grad,
    "autograd.backward": autograd.backward,
    **{name: guarded(name, found) for name, found in modules.TORCH.items()},
    "rms_norm": guarded("rms_norm", modules.TORCH["nn.functional.rms_norm"]),
    "nn.Parameter": Parameter,
    "nn.Buffer": Buffer,
    **{name: guarded(name, found) for name, found in older.TORCH.items()},
    **optimizers.TORCH,
    **amp.TORCH,
    **distributions.TORCH,
    **transforms.TORCH,
    **forward_ad.TORCH,
    **stateless.TORCH,
    **batching.TORCH,
}

METHODS: dict[str, Callable[..., Any]] = {
    name: guarded(f"Tensor.{name}", method)
    for name, method in {
        **{name: method for name, method in ops.METHODS.items() if not name.startswith("_")},
        "requires_grad_": Tensor.requires_grad_,
        "retain_grad": Tensor.retain_grad,
        "detach": Tensor.detach,
        "item": Tensor.item,
        "tolist": Tensor.tolist,
        "dim": Tensor.dim,
        "numel": Tensor.numel,
        "nelement": Tensor.numel,
        "size": Tensor.size,
        "is_contiguous": Tensor.is_contiguous,
        "is_floating_point": Tensor.is_floating_point,
        "_is_view": Tensor._is_view,
        "is_inference": Tensor.is_inference,
        **storage.METHODS,
        **dict.fromkeys(("is_pinned", "is_shared", "is_conj", "is_neg", "is_distributed"), lambda tensor: False),
    }.items()
}

ATTRIBUTES: dict[str, Callable[[Tensor], Any]] = {
    "grad": lambda tensor: tensor.grad,
    "grad_fn": lambda tensor: None if inside.untracked(tensor) else tensor.grad_fn,
    "requires_grad": lambda tensor: tensor.requires_grad and not inside.untracked(tensor),
    "is_cpu": lambda tensor: True,
    **dict.fromkeys(
        ("is_meta", "is_nested", "is_mkldnn", "is_xpu", "is_mps", "is_ipu", "is_vulkan"), lambda tensor: False
    ),
    "real": lambda tensor: tensor,
    "is_leaf": lambda tensor: tensor.is_leaf or inside.untracked(tensor),
    "retains_grad": lambda tensor: tensor.retains_grad,
    "output_nr": lambda tensor: tensor.output_nr,
    "data": lambda tensor: tensor.data,
    "shape": lambda tensor: tensor.shape,
    "ndim": lambda tensor: tensor.ndim,
    "dtype": lambda tensor: tensor.dtype,
    "device": lambda tensor: devices.CPU,
    "layout": lambda tensor: storage.STRIDED,
    "T": shape.reversed_dims,
    "mT": shape.matrix_transpose,
    "mH": lambda tensor: tensor.mH,
    "H": shape.conjugate_transpose,
    "_version": lambda tensor: tensor._version,
    "_base": lambda tensor: tensor._base,
    **counting.PROPERTIES,
}


def _set_grad(tensor: Tensor, value: Any) -> None:
    tensor.grad = value


def _set_requires_grad(tensor: Tensor, value: Any) -> None:
    tensor.requires_grad = value


def _set_data(tensor: Tensor, value: Any) -> None:
    tensor.data = value


SETTERS: dict[str, Callable[[Tensor, Any], None]] = {
    "grad": _set_grad,
    "requires_grad": _set_requires_grad,
    "data": _set_data,
}


# The nodes of rows, made the long way and the short.
NODES = (LongFunction, QuickFunction)


def _saved(name: str) -> Callable[[Function], Any]:
    return lambda node: node.saved(name)


GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    **{(kind, "next_functions"): lambda node: node.next_functions for kind in NODES},
    (CopySlices, "next_functions"): lambda node: node.next_functions,
    (AccumulateGrad, "next_functions"): lambda node: node.next_functions,
    (CustomFunction, "next_functions"): lambda node: node.next_functions,
    **{(kind, "metadata"): lambda node: node.metadata for kind in (*NODES, CopySlices, CustomFunction)},
    (CustomFunction, "needs_input_grad"): lambda node: node.needs_input_grad,
    (CustomFunction, "saved_tensors"): lambda node: node.saved_tensors,
    (CustomFunction, "saved_variables"): lambda node: node.saved_variables,
    (CustomFunction, "_raw_saved_tensors"): saved_tensor.all_raw,
    **{
        (kind, f"_raw_saved_{name}"): functools.partial(saved_tensor.raw, name=name)
        for kind in NODES
        for name in sorted({name for op in ops.OPS.values() for name in op.shown if name not in op.settings})
    },
    (saved_tensor.SavedTensor, "data"): attrgetter("data"),
    (AccumulateGrad, "variable"): lambda node: node.variable,
    **{
        (kind, f"_saved_{name}"): _saved(name)
        for kind in NODES
        for name in sorted({name for op in ops.OPS.values() for name in op.shown})
    },
    **{
        (kind, field): getter
        for kind in PAIRS
        for field, getter in ((field, itemgetter(place)) for place, field in enumerate(kind._fields))
    },
    **modules.GETTERS,
    (dtype, "is_floating_point"): lambda kind: kind.is_floating_point,
    **{(random.Generator, name): getter for name, getter in draws.GENERATOR_FACTS.items()},
    **{(devices.Device, name): attrgetter(name) for name in ("type", "index")},
    **{
        (kind, name): attrgetter(name)
        for kind in (grids.FloatInfo, grids.IntegerInfo)
        for name in kind.__dataclass_fields__
    },
    (dtype, "itemsize"): lambda kind: kind.itemsize,
    **optimizers.GETTERS,
    **distributions.GETTERS,
}

OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {
    **{(kind, "name"): Function.name for kind in NODES},
    (CopySlices, "name"): Function.name,
    (AccumulateGrad, "name"): AccumulateGrad.name,
    **{
        (kind, name): hook
        for kind in (*NODES, CopySlices, CustomFunction, AccumulateGrad)
        for name, hook in (("register_prehook", hooks.register_prehook), ("register_hook", hooks.register_hook))
    },
    (CustomFunction, "name"): Function.name,
    (saved_tensor.SavedTensor, "register_hooks"): saved_tensor.SavedTensor.register_hooks,
    (CustomFunction, "save_for_backward"): CustomFunction.save_for_backward,
    (CustomFunction, "save_for_forward"): CustomFunction.save_for_forward,
    (CustomFunction, "mark_dirty"): CustomFunction.mark_dirty,
    (CustomFunction, "mark_non_differentiable"): CustomFunction.mark_non_differentiable,
    (CustomFunction, "set_materialize_grads"): CustomFunction.set_materialize_grads,
    (Size, "numel"): Size.numel,
    **{(storage.UntypedStorage, name): method for name, method in storage.STORAGE_METHODS.items()},
    **{(PackedSequence, name): method for name, method in sequences.PACKED_METHODS.items()},
    **{(random.Generator, name): method for name, method in draws.GENERATOR_METHODS.items()},
    **optimizers.OBJECTS,
    **amp.OBJECTS,
    **distributions.OBJECTS,
    (autograd.RemovableHandle, "remove"): autograd.RemovableHandle.remove,
    (gathering.MultiHandle, "remove"): gathering.MultiHandle.remove,
    **modules.OBJECTS,
}


def _called(function: Any, name: str) -> None:
    """Python's own words about wrong arguments name a function as a program does, where its name is one of ours."""
    # Of functions PyTorch too has some whose name begins with an underscore: `_threshold` is how its message calls it.
    if type(function) is not FunctionType:
        return
    hidden = name.startswith("Tensor.") and function.__name__.startswith("_")
    if hidden or "<" in function.__qualname__:
        inner = function.__dict__.get("__wrapped__", function)
        function.__qualname__ = inner.__qualname__ = name


for _path, _function in TORCH.items():
    _called(_function, _path.rpartition(".")[2])
for _path, _function in METHODS.items():
    _called(_function, f"Tensor.{_path}")

TENSORS: frozenset[type] = frozenset({Tensor, Parameter, UninitializedParameter, UninitializedBuffer})
HOST_TYPES: frozenset[type] = frozenset(
    {
        *NODES,
        CopySlices,
        CustomFunction,
        AccumulateGrad,
        devices.Device,
        grids.FloatInfo,
        grids.IntegerInfo,
        random.Generator,
        storage.Layout,
        storage.MemoryFormat,
        storage.UntypedStorage,
        autograd.RemovableHandle,
        gathering.MultiHandle,
        saved_tensor.SavedTensor,
        transforms.Transformed,
        *PAIRS,
        *modules.HOST_TYPES,
        *optimizers.HOST_TYPES,
        amp.GradScaler,
        amp.CudaScaler,
        *distributions.KINDS,
        *distributions.WAYS,
    }
)
NAMED_TUPLES: frozenset[type] = frozenset({*PAIRS, IncompatibleKeys})

# What a host object does when a program calls, measures, loops over, indexes, assigns into or deletes from it.
CALLED: dict[type, Callable[..., Any]] = {
    **modules.CALLED, **transforms.CALLED, **dict.fromkeys((*NODES, CopySlices), edges.called), **distributions.APPLIED,
}  # fmt: skip
SIZED: dict[type, Callable[[Any], int]] = {**modules.SIZED, storage.UntypedStorage: len}
ITERATED: dict[type, Callable[[Any], Any]] = modules.ITERATED
INDEXED: dict[type, Callable[[Any, Any], Any]] = modules.INDEXED
PLACED: dict[type, Callable[[Any, Any, Any], None]] = modules.PLACED
REMOVED: dict[type, Callable[[Any, Any], None]] = modules.REMOVED
OPERATED: dict[tuple[type, str], Callable[[Any, Any], Any]] = modules.OPERATED
# Host objects that a `with` enters.
ENTERED: frozenset[type] = frozenset({autograd.RemovableHandle, gathering.MultiHandle})

# A module's parameters, buffers and children by name: `LOOKUP(module, name)` gives `nn.ABSENT` where there is none;
# `REGISTER(module, name, value)` tells whether it took the value. `nn.budget.active` is the meter that bounds what modules do.
MODULES: frozenset[type] = modules.MODULES
LOOKUP: Callable[[Any, str], Any] = lookup
REGISTER: Callable[[Any, str, Any], bool] = register
