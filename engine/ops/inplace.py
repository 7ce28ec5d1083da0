"""Changes of memory: the ops that end in `_`, item assignment, and what they may not touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, grad_mode, record
from engine.function import Function, promoted
from engine.ops import arithmetic, elementwise
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, spelled
from engine.tensor import Tensor

LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
LEAF_VIEW = "a view of a leaf Variable that requires grad is being used in an in-place operation."
NO_GRAD_VIEW = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous "
    "and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the "
    "no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
)
MULTIPLE = (
    " is a view and is being modified inplace. This view is the output of a function that returns multiple views. Such functions do "
    "not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one."
)
OVERLAP = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the "
    "tensor before performing the operation."
)
TRACKED_VIEW = "writing into a view of a tracked tensor is not supported yet; build the new tensor with torch.cat, torch.stack or torch.where"

TRACKED_BASE = (
    "a tracked change of a tensor that still has views is not supported yet; bind the name to a new tensor instead"
)


def guard(target: Tensor, *sources: Any) -> bool:
    """Whether the write is tracked. Raises RuntimeError where PyTorch does."""
    if _overlaps(target._data):
        raise RuntimeError(OVERLAP)
    if not grad_mode.enabled:
        return False
    base = target._base
    wanted = any(isinstance(source, Tensor) and source._requires_grad for source in sources)
    if base is not None and base._requires_grad and target._untracked_view:
        raise RuntimeError(NO_GRAD_VIEW)
    if target._requires_grad:
        if target._node is None:
            raise RuntimeError(LEAF)
        if base is not None:
            if base._node is None and base._requires_grad:
                raise RuntimeError(LEAF_VIEW)
            if target._multiple:
                raise RuntimeError(target._multiple + MULTIPLE)
            raise NotImplementedError(TRACKED_VIEW)
        return True
    if base is not None and (base._requires_grad or wanted):
        raise NotImplementedError(TRACKED_VIEW)
    return wanted


def _overlaps(data: Any) -> bool:
    return (
        isinstance(data, np.ndarray)
        and data.size > 1
        and any(stride == 0 and size > 1 for stride, size in zip(data.strides, data.shape, strict=True))
    )


def write(target: Tensor, data: Any, op: str) -> None:
    """Put new numbers into the memory of `target`, count the change and record it."""
    recorder = record.active
    before = target._data
    if recorder is not None and isinstance(before, np.ndarray):
        before = before.copy()
        recorder.settle()
    if isinstance(target._data, np.ndarray):
        np.copyto(target._data, data, casting="unsafe")
    else:
        target._data = target._data.dtype.type(data)
    target._cell().count += 1
    if recorder is not None:
        recorder.modified(target, op, before)


def _cast_check(kind: Any, target: Tensor) -> None:
    result, own = dtypes.of(kind), target.dtype
    if result.category > own.category:
        raise RuntimeError(f"result type {result.scalar} can't be cast to the desired output type {own.scalar}")


def _fits(data: Any, target: Tensor) -> None:
    shape = target._data.shape
    if np.shape(data) != shape:
        raise RuntimeError(f"output with shape {list(shape)} doesn't match the broadcast shape {list(np.shape(data))}")


def change(
    target: Tensor, op: Op, others: tuple[Any, ...] = (), settings: tuple[Any, ...] = (), name: str = ""
) -> Tensor:
    """The row's result written into its first input, which becomes a non-leaf where the write is tracked."""
    tracked = guard(target, *others)
    if tracked and any(each._base is target for each in target._sharers()):
        raise NotImplementedError(TRACKED_BASE)
    spelled_name = name or f"{op.name}_"
    inputs: tuple[Any, ...] = (target, *others)
    if tracked:
        # The node must not hold the tensor that it belongs to; and the first operand is kept as it was, as PyTorch keeps a copy.
        inputs = (_before(target, kept=True), *(_before(target) if other is target else other for other in others))
    values = [item._data if isinstance(item, Tensor) else item for item in inputs]
    kinds = promoted(inputs, values) if op.promotes and len(values) > 1 else values
    data = op.compute(*kinds, *settings)
    _cast_check(data.dtype, target)
    _fits(data, target)
    node = None
    if tracked:
        needs = tuple(isinstance(inputs[slot], Tensor) and inputs[slot]._requires_grad for slot in op.slots)
        node = Function(op, inputs, values, settings, needs)
    write(target, data, spelled_name)
    if node is not None:
        node.attach((target,))
        if record.active is not None:
            record.active.applied(op, (target, *others), settings, (target,), node)
    return target


def _before(target: Tensor, *, kept: bool = False) -> Tensor:
    """The tensor as it was before the write: over the same memory and counter, or over a copy of its own."""
    data = target._data
    old = Tensor(data.copy() if kept and isinstance(data, np.ndarray) else data, target._requires_grad)
    if not kept:
        old._version_cell = target._cell()
    old._node, old._output = target._node, target._output
    old._identity = target._identity
    return old


def _arithmetic(name: str, op: Op, scaled: Op | None = None) -> None:
    def method(self: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
        other = arithmetic.operand(name, other)
        arithmetic._check(name, self, other)
        if alpha != 1 and scaled is not None:
            return change(self, scaled, (other,), (alpha,), f"{name}_")
        return change(self, op, (other,))

    METHODS[f"{name}_"] = method
    operator = {"div": "truediv"}.get(name, name)

    def augmented(self: Tensor, other: Any) -> Any:
        return method(self, other) if isinstance(other, (Tensor, bool, int, float, np.generic)) else NotImplemented

    METHODS[f"__i{operator}__"] = augmented


_arithmetic("add", arithmetic.ADD, arithmetic.ADD_SCALED)
_arithmetic("sub", arithmetic.SUB, arithmetic.SUB_SCALED)
_arithmetic("mul", arithmetic.MUL)
_arithmetic("div", arithmetic.DIV)


def _unary(name: str, op: Op) -> None:
    def method(self: Tensor) -> Tensor:
        return change(self, op)

    METHODS[f"{name}_"] = method


for _name, _op in {
    "neg": arithmetic.NEG, "exp": elementwise.EXP, "log": elementwise.LOG, "sqrt": elementwise.SQRT, "tanh": elementwise.TANH,
    "sigmoid": elementwise.SIGMOID, "relu": elementwise.RELU, "sin": elementwise.SIN, "cos": elementwise.COS, "abs": elementwise.ABS,
}.items():  # fmt: skip
    _unary(_name, _op)
spelled("torch.nn.functional.relu_")(METHODS["relu_"])


@spelled("Tensor.pow_")
def pow_(self: Tensor, exponent: float) -> Tensor:
    return change(self, arithmetic.POW, (), (exponent,))


METHODS["__ipow__"] = pow_


@spelled("Tensor.clamp_", "Tensor.clip_")
def clamp_(self: Tensor, min: float | None = None, max: float | None = None) -> Tensor:
    return change(self, elementwise.CLAMP, (), (min, max))


def _overwrite(target: Tensor, data: Any, name: str, source: Any = None) -> Tensor:
    if guard(target, source):
        raise NotImplementedError(
            f"{name} on a tracked tensor is not supported yet; bind the name to a new tensor instead"
        )
    write(target, data, name)
    return target


@spelled("Tensor.zero_")
def zero_(self: Tensor) -> Tensor:
    return _overwrite(self, self._data.dtype.type(0), "zero_")


@spelled("Tensor.fill_")
def fill_(self: Tensor, value: Any) -> Tensor:
    return _overwrite(self, value.item() if isinstance(value, Tensor) else value, "fill_")


@spelled("Tensor.copy_")
def copy_(self: Tensor, src: Tensor) -> Tensor:
    try:
        data = np.broadcast_to(src._data, self._data.shape)
    except ValueError:
        METHODS["expand"](src, self._data.shape)
        raise
    return _overwrite(self, data, "copy_", src)


def _drawn(name: str, draw: Callable[..., Any]) -> None:
    METHODS[name] = lambda self, *bounds: _overwrite(self, draw(self, *bounds), name)


def _uniform(self: Tensor, low: float = 0.0, high: float = 1.0) -> Any:
    from engine import random

    return random.default.uniform(low, high, self._data.shape, self._data.dtype)


def _normal(self: Tensor, mean: float = 0.0, std: float = 1.0) -> Any:
    from engine import random

    return random.default.randn(self._data.shape, self._data.dtype) * std + mean


_drawn("uniform_", _uniform)
_drawn("normal_", _normal)


def setitem(self: Tensor, index: Any, value: Any) -> None:
    """`x[index] = value` in memory. Raises RuntimeError on a leaf that requires grad."""
    if grad_mode.enabled and self._requires_grad and self._node is None:
        raise RuntimeError(LEAF_VIEW)
    if guard(self, value):
        raise NotImplementedError(
            "assigning to elements of a tracked tensor is not supported yet; use torch.where, torch.cat or torch.stack"
        )
    with grad_mode.no_grad():
        recorder, record.active = record.active, None
        try:
            places = METHODS["__getitem__"](Tensor(np.arange(self._data.size).reshape(self._data.shape)), index)._data
        finally:
            record.active = recorder
    new = np.array(self._data)
    source = value._data if isinstance(value, Tensor) else value
    try:
        new.reshape(-1)[np.asarray(places)] = np.reshape(
            source, np.shape(source)[max(np.ndim(source) - np.ndim(places), 0) :]
        )
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(np.shape(source))} cannot be broadcast to indexing result of shape {list(np.shape(places))}"
        ) from None
    write(self, new, "setitem")


METHODS["__setitem__"] = setitem
FUNCTIONS["relu_"] = METHODS["relu_"]


@spelled("Tensor.detach_")
def detach_(self: Tensor) -> Tensor:
    """The tensor itself, now an untracked leaf. Raises RuntimeError on a view."""
    if self._base is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and "
            "gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on "
            "these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in "
            "torch/optim/optimizer.py as the solution."
        )
    self._node, self._output, self._requires_grad = None, 0, False
    if record.active is not None:
        record.active.flag(self, "requires_grad", False)
    return self
