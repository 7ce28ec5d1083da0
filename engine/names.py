"""What a program may reach in the engine, as plain tables: the interpreter looks names up here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from engine import autograd, dtypes, grad_mode, ops
from engine.accumulator import AccumulateGrad
from engine.dtypes import DTYPES, dtype
from engine.function import Function
from engine.nn import reach as modules
from engine.nn.module import IncompatibleKeys, lookup, register
from engine.nn.parameter import Parameter
from engine.ops import creation, reduction, shape
from engine.ops.op import Op
from engine.ops.views import CopySlices
from engine.optim import reach as optimizers
from engine.tensor import Size, Tensor

TORCH: dict[str, Any] = {
    **{name: front for name, front in ops.FUNCTIONS.items() if not name.startswith("_")},
    **DTYPES,
    "Tensor": Tensor,
    "Size": Size,
    "FloatTensor": creation.tensor,
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "no_grad": grad_mode.no_grad,
    "enable_grad": grad_mode.enable_grad,
    "set_grad_enabled": grad_mode.set_grad_enabled,
    "is_grad_enabled": grad_mode.is_grad_enabled,
    "set_default_dtype": dtypes.set_default_dtype,
    "get_default_dtype": dtypes.get_default_dtype,
    "autograd.grad": autograd.grad,
    "autograd.backward": autograd.backward,
    **modules.TORCH,
    "nn.Parameter": Parameter,
    **optimizers.TORCH,
}

METHODS: dict[str, Callable[..., Any]] = {
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
}

ATTRIBUTES: dict[str, Callable[[Tensor], Any]] = {
    "grad": lambda tensor: tensor.grad,
    "grad_fn": lambda tensor: tensor.grad_fn,
    "requires_grad": lambda tensor: tensor.requires_grad,
    "is_leaf": lambda tensor: tensor.is_leaf,
    "retains_grad": lambda tensor: tensor.retains_grad,
    "output_nr": lambda tensor: tensor.output_nr,
    "data": lambda tensor: tensor.data,
    "shape": lambda tensor: tensor.shape,
    "ndim": lambda tensor: tensor.ndim,
    "dtype": lambda tensor: tensor.dtype,
    "T": shape.reversed_dims,
    "mT": shape.matrix_transpose,
    "_version": lambda tensor: tensor._version,
    "_base": lambda tensor: tensor._base,
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


def _saved_names(op: Op) -> set[str]:
    uses = {name for formula in op.formulas for name in formula.uses}
    return {name for name in (*op.inputs, *op.results) if name in uses} | set(op.settings)


def _saved(name: str) -> Callable[[Function], Any]:
    return lambda node: node.saved(name)


GETTERS: dict[tuple[type, str], Callable[[Any], Any]] = {
    (Function, "next_functions"): lambda node: node.next_functions,
    (CopySlices, "next_functions"): lambda node: node.next_functions,
    (AccumulateGrad, "next_functions"): lambda node: node.next_functions,
    (AccumulateGrad, "variable"): lambda node: node.variable,
    **{
        (Function, f"_saved_{name}"): _saved(name)
        for name in sorted({name for op in ops.OPS.values() for name in _saved_names(op)})
    },
    **{
        (kind, field): getter
        for kind in reduction.RETURN_TYPES
        for field, getter in (("values", lambda pair: pair[0]), ("indices", lambda pair: pair[1]))
    },
    **modules.GETTERS,
    (dtype, "is_floating_point"): lambda kind: kind.is_floating_point,
    (dtype, "itemsize"): lambda kind: kind.itemsize,
    **optimizers.GETTERS,
}

OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {
    (Function, "name"): Function.name,
    (CopySlices, "name"): Function.name,
    (AccumulateGrad, "name"): AccumulateGrad.name,
    (Size, "numel"): Size.numel,
    **optimizers.OBJECTS,
    (autograd.RemovableHandle, "remove"): autograd.RemovableHandle.remove,
    **modules.OBJECTS,
}

MODULE_TYPES: dict[tuple[type, str], Callable[..., Any]] = {**GETTERS, **OBJECTS}
TENSORS: frozenset[type] = frozenset({Tensor, Parameter})
HOST_TYPES: frozenset[type] = frozenset(
    {
        Function,
        CopySlices,
        AccumulateGrad,
        autograd.RemovableHandle,
        *reduction.RETURN_TYPES,
        *modules.HOST_TYPES,
        *optimizers.HOST_TYPES,
    }
)
NAMED_TUPLES: frozenset[type] = frozenset({*reduction.RETURN_TYPES, IncompatibleKeys})

# What a host object does when a program calls, measures, loops over, indexes, assigns into or deletes from it.
CALLED: dict[type, Callable[..., Any]] = modules.CALLED
SIZED: dict[type, Callable[[Any], int]] = modules.SIZED
ITERATED: dict[type, Callable[[Any], Any]] = modules.ITERATED
INDEXED: dict[type, Callable[[Any, Any], Any]] = modules.INDEXED
PLACED: dict[type, Callable[[Any, Any, Any], None]] = modules.PLACED
REMOVED: dict[type, Callable[[Any, Any], None]] = modules.REMOVED

# A module's parameters, buffers and children by name: `LOOKUP(module, name)` gives `nn.ABSENT` where there is none;
# `REGISTER(module, name, value)` tells whether it took the value. `nn.budget.active` is the meter that bounds what modules do.
MODULES: frozenset[type] = modules.MODULES
LOOKUP: Callable[[Any, str], Any] = lookup
REGISTER: Callable[[Any, str, Any], bool] = register
