"""Changes of memory: the ops that end in `_`, item assignment, and what they may not touch."""

from __future__ import annotations

import warnings
import weakref
from contextlib import nullcontext
from typing import Any

import numpy as np

from engine import dtypes, grad_mode, inside, levels, memory, recording, saving, tangents
from engine.accumulator import accumulator
from engine.application import apply, inferred, refuse_stale
from engine.broadcast import together
from engine.function import Function, LongFunction
from engine.ops import arithmetic, bounds, creation, elementwise, indexing, shape, views
from engine.ops.op import Op
from engine.ops.table import FUNCTIONS, METHODS, row, spelled
from engine.promotion import promoted
from engine.saved import Original
from engine.signatures import type_name
from engine.tensor import Tensor
from engine.watching import watch

EXPANDING = (
    "on expanded tensors is deprecated. Please clone() the tensor before performing this operation. This also applies to advanced "
    "indexing e.g."
)
SHARED = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please "
    "clone() the tensor before performing the operation."
)


def guard(target: Tensor, *sources: Any, overlapping: bool = False) -> bool:
    """Whether the write is tracked. Raises RuntimeError where PyTorch does. `overlapping` lets elements of the target share memory."""
    tracked = _permitted(target, *sources)
    if not overlapping:
        _apart(target, *sources)
    return tracked


def _permitted(target: Tensor, *sources: Any) -> bool:
    """Whether the write is tracked. Raises RuntimeError for one that autograd does not let through."""
    tracked = grad_mode.enabled and (
        target._requires_grad or any(isinstance(source, Tensor) and source._requires_grad for source in sources)
    )
    if tracked and target.is_inference() and inferred(sources):
        return False
    if tracked:
        if target._view is not None:
            views.check(target)
        if target._requires_grad and target._node is None and not levels.open_to_writes(target):
            raise RuntimeError(views.LEAF)
        refuse_stale(target, *sources)
    return tracked


def _apart(target: Tensor, *sources: Any) -> None:
    """Raises RuntimeError where elements of the target share memory, among one another or with others of a source."""
    if _overlaps(target._data):
        raise RuntimeError(views.OVERLAP)
    for source in sources:
        if isinstance(source, Tensor) and source is not target and memory.partly_shared(target._data, source._data):
            raise RuntimeError(SHARED)


def _overlaps(data: Any) -> bool:
    return isinstance(data, np.ndarray) and data.size > 1 and memory.overlapping(data.shape, data.strides)


def write(target: Tensor, data: Any, op: str, shown: Tensor | None = None, *, writes: int = 1) -> None:
    """Put new numbers into the memory of `target`, count the change and record it, as one of `shown` where that is given.

    `writes` is how often PyTorch writes to bring them about.
    """
    recorder = recording.active
    if inside.mask:
        inside.note_write(target)
    counter = target._cell()  # a node that saved this memory shares the counter, and knows the memory as it is now
    shown = target if shown is None else shown
    before = shown._data
    if recorder is not None:
        recorder.identify(shown)
        recorder.settle()
        if isinstance(before, np.ndarray):
            before = before.copy()
    if isinstance(target._data, np.ndarray):
        written = memory.writable(target._data)
        if _overlaps(written) or memory.entangled(written):
            # Of elements that share memory the one that changes decides.
            np.copyto(written, data, casting="unsafe", where=np.asarray(target._data != data))
        else:
            np.copyto(written, data, casting="unsafe")
    else:
        target._data = target._data.dtype.type(data)
    try:
        counter.written(writes)
    finally:
        if recorder is not None:
            recorder.modified(shown, op, before)


def scale(self: Tensor, factor: float) -> Tensor:
    """Multiply by a number in place, as PyTorch's rules do it in C++."""
    return change(self, arithmetic.MUL_NUMBER, (), (factor,), "mul_")


def _cast_check(kind: Any, target: Tensor, common: dtypes.dtype | None = None) -> None:
    result, own = dtypes.of(kind), target.dtype
    if common is not None and common.is_floating_point:
        result = common
    elif own.category < dtypes.FLOAT and result.is_floating_point:
        # A function of integers gives the default float.
        result = dtypes.get_default_dtype()
    if result.category > own.category:
        raise RuntimeError(f"result type {result.scalar} can't be cast to the desired output type {own.scalar}")


def _fits(data: Any, target: Tensor) -> None:
    shape = target._data.shape
    if np.shape(data) != shape:
        raise RuntimeError(f"output with shape {list(shape)} doesn't match the broadcast shape {list(np.shape(data))}")


def change(
    target: Tensor,
    op: Op,
    others: tuple[Any, ...] = (),
    settings: tuple[Any, ...] = (),
    name: str = "",
    shown: Tensor | None = None,
) -> Tensor:
    """The row's result written into its first input, which becomes a non-leaf where the write is tracked.

    `shown` is the tensor that the program named where `target` is a passing view of it.
    """
    # PyTorch fills with a clone of what shares the memory, and expands what is assigned to an index.
    if inside.mask:
        inside.check_write(target, others, name or f"{op.name}_")
    assigned = name == "setitem" and op is COPY_INTO and others[0]._data.shape != target._data.shape
    spread = op is FILL_TENSOR or assigned
    onto_itself = op is COPY_INTO and memory.identical(
        target._data, np.broadcast_to(others[0]._data, target._data.shape) if assigned else others[0]._data
    )
    lenient = op in FILLS or op.name in EXPANDED or onto_itself
    tracked = _permitted(target, *others)
    tangent = tangents.before_write(op, (target, *others), settings) if tangents.lasting() else None
    if op.name in EXPANDED and _overlaps(target._data):
        called = f"{op.name.removesuffix('_tensor')}_"
        warnings.warn(f"Use of {called} {EXPANDING} {EXPANDED[op.name]}", UserWarning, stacklevel=3)
    spelled_name = name or f"{op.name}_"
    inputs: tuple[Any, ...] = (target, *others)
    if tracked:
        # The node must not hold the tensor that it belongs to; and the first operand is kept as it was, as PyTorch keeps a copy.
        target._history()
        if shown is None and recording.active is not None:
            recording.active.identify(target)  # what is kept of it is known as it
        inputs = (_before(target, kept=True), *(_also(target) if other is target else other for other in others))
    values = [item._data if isinstance(item, Tensor) else item for item in inputs]
    node = None
    if tracked:
        needs = tuple(isinstance(inputs[slot], Tensor) and inputs[slot]._requires_grad for slot in op.slots)
        node = LongFunction(op, inputs, values, settings, needs)
    if not lenient:
        _apart(target, *(() if spread else others))
    alike = len(others) == 1 and isinstance(others[0], Tensor) and others[0]._data.dtype is target._data.dtype
    kinds = promoted(inputs, values) if op.promotes and len(values) > 1 and not alike else values
    try:
        one_by_one = op.in_order or op in (COPY_INTO, arithmetic.POW) or (len(op.inputs) == 1 and not op.settings)
        if one_by_one and isinstance(target._data, np.ndarray) and memory.entangled(target._data):
            data = memory.in_turn(target._data, kinds[1:], lambda *each: op.compute(*each, *settings))
        elif op.name in ROWS and isinstance(target._data, np.ndarray) and memory.entangled(target._data):
            data = memory.row_by_row(target._data, settings[0], lambda row: op.compute(row, 0))
        else:
            data = op.compute(*kinds, *settings)
    except ValueError:
        # NumPy refused the shapes: said in PyTorch's words.
        for other in others:
            if isinstance(other, Tensor):
                together(target._data.shape, other._data.shape, before=len(inside.hidden(target, other)))
        raise
    _fits(data, target)
    mixed = op.promotes and len(values) == 2 and data.dtype.kind != "b" and not alike
    common = arithmetic.common(target, others[0]) if mixed else None
    _cast_check(data.dtype, target, common)
    write(target, data, spelled_name, shown)
    if tangent is not None:
        tangents.written(target, tangent)
    if node is not None:
        views.rebase(target, node, (target, *others), op, settings, spelled_name, shown is not None)
    return target


def _before(target: Tensor, *, kept: bool = False) -> Tensor:
    """The tensor as it was before the write: over the same memory and counter, or over a copy of its own."""
    data = target._data
    kind = Original if kept and not saving.hooks else Tensor
    old = kind(data.copy() if kept and isinstance(data, np.ndarray) else data, target._requires_grad)
    if not kept:
        old._version_cell = target._cell()
    old._node, old._output = target._node, target._output
    _end_at(old, target)
    if not kept:
        old._base, old._view = target._base, target._view
    old._identity = target._identity
    return old


def _end_at(old: Tensor, target: Tensor) -> None:
    """The gradient of what a leaf was before it was written to goes to that leaf, of which forward mode asks it."""
    if target._requires_grad and target._node is None and levels.open_to_writes(target):
        end = accumulator(target)
        old._accumulator = lambda: end


class Before(Tensor):
    """A tensor that is written to and saved by that very write. Nothing can be done with it but tell that it was changed, by which node now:
    PyTorch's node holds the tensor itself, a cycle that this spares."""

    __slots__ = ("_target",)

    def __init__(self, target: Tensor) -> None:
        super().__init__(target._data, target._requires_grad)
        self._version_cell = target._cell()
        self._node, self._output = target._node, target._output
        self._base, self._view = target._base, target._view
        self._identity = target._identity
        self._target = weakref.ref(target)

    def _history(self) -> Function | None:
        target = self._target()
        if target is None:
            return self._node
        node = target._history()
        self._output = target._output
        return node


def _also(target: Tensor) -> Tensor:
    """What a write to the target saves of it as another operand. Forward mode takes that at once, as it was."""
    return _before(target, kept=True) if levels.open_to_writes(target) else Before(target)


def _arithmetic(name: str, op: Op, scaled: Op | None = None) -> None:
    def method(self: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
        other = arithmetic.operand(name, other)
        if name == "sub":
            arithmetic.no_bool(self, other)
        if alpha.__class__ is not int:
            arithmetic.check_alpha(self, other, alpha)
        if alpha != 1 and scaled is not None:
            return change(self, scaled, (other,), (arithmetic.scale(self, other, alpha),), f"{name}_")
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
        if self._data.dtype.kind != "f":
            with recording.unseen():
                _cast_check(METHODS[name](self)._data.dtype, self)  # which raises where the op takes no such numbers
        return change(self, op)

    METHODS[f"{name}_"] = method


for _name, _op in {
    "neg": arithmetic.NEG, "exp": elementwise.EXP, "log": elementwise.LOG, "sqrt": elementwise.SQRT, "tanh": elementwise.TANH,
    "sigmoid": elementwise.SIGMOID, "relu": elementwise.RELU, "sin": elementwise.SIN, "cos": elementwise.COS, "abs": elementwise.ABS,
}.items():  # fmt: skip
    _unary(_name, _op)
spelled("torch.nn.functional.relu_")(METHODS["relu_"])


@spelled("Tensor.pow_")
def pow_(self: Tensor, exponent: Any) -> Tensor:
    if isinstance(exponent, Tensor):
        return change(self, arithmetic.POW_TENSOR, (exponent,), name="pow_")
    if self._data.dtype.kind in "iu" and isinstance(exponent, int) and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return change(self, arithmetic.POW, (), (exponent,))


METHODS["__ipow__"] = pow_


@spelled("Tensor.clamp_", "Tensor.clip_")
def clamp_(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    op, operands, settings = bounds.clamping(self, min, max)
    return change(self, op, operands[1:], settings, "clamp_")


ZERO = row("zero", "zeros_like(self)", {"self": "zeros_like(g)"}, symbol="zero", spelled=("Tensor.zero_",), samples=(((2, 3),),),
           en="What was overwritten has no influence: zero goes back.", zh="被覆盖的值不再有影响：传回零。")  # fmt: skip
FILL = row("fill", "full_like(self, value)", {"self": "zeros_like(g)"}, settings="value", node="FillBackward2!", symbol="fill",
           spelled=("Tensor.fill_", "x[i] = 5."), samples=(((2, 3), 2.0),),
           en="What was overwritten has no influence: zero goes back.", zh="被覆盖的值不再有影响：传回零。")  # fmt: skip
FILL_TENSOR = row("fill_tensor", "full_like(self, value)", {"self": "zeros_like(g)", "value": "sum(g)"}, node="FillBackward3!", symbol="fill",
                  spelled=("x.fill_(t)",), samples=(((2, 3), ()),),
                  en="The number that was spread receives the sum; what was overwritten receives zero.", zh="被铺开的数得到梯度之和；被覆盖的值得到零。")  # fmt: skip
COPY_INTO = row("copy_into", "spread(src, self)", {"self": "zeros_like(g)", "src": "g"}, inputs="self src",
                node="torch::autograd::CopyBackwards!", symbol="copy", spelled=("Tensor.copy_", "x[i] = t"), samples=(((2, 3), (3,)), ((2,), (2,))),
                en="The gradient goes to what was copied in; what was overwritten receives zero.", zh="梯度传给被复制进来的值；被覆盖的值得到零。")  # fmt: skip
INDEX_PUT = row("index_put", "index_put(self, value, index)", {"self": "index_put(g, 0, index)", "value": "take(g, index)"}, inputs="self value",
                settings="index", kept=("index",), symbol="[…]=", spelled=("x[mask] = t", "x[[0, 2]] = t"),
                samples=(((4, 3), (2, 3), (np.array([0, 2]),)), ((3,), (), (np.array([1, 2]),))),
                en="The gradient at the written places goes to what was written, elsewhere it passes unchanged.", zh="写入处的梯度传给写入的值，其余位置原样通过。")  # fmt: skip


# What PyTorch writes into a tensor whose elements share memory; of some it warns.
FILLS = (ZERO, FILL, shape.TRIL, shape.TRIU)
ROWS = ("cumsum", "cumprod")
EXPANDED = {
    "index_put": "tensor[indices] = tensor",
    **dict.fromkeys(("masked_fill", "masked_fill_tensor", "index_fill", "index_fill_tensor"), "tensor[mask] = scalar"),
}


@spelled("Tensor.zero_")
def zero_(self: Tensor) -> Tensor:
    return change(self, ZERO)


@spelled("Tensor.fill_")
def fill_(self: Tensor, value: Any) -> Tensor:
    return _fill(self, value)


def _fill(self: Tensor, value: Any, name: str = "fill_", shown: Tensor | None = None) -> Tensor:
    if not isinstance(value, Tensor):
        return change(self, FILL, (), (creation.held(value, self.dtype),), name, shown)
    if value._data.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value._data.ndim} dimensions."
        )
    return change(self, FILL_TENSOR, (value,), (), name, shown)


@spelled("Tensor.copy_")
def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    if isinstance(src, (bool, int, float)):
        src = Tensor(np.full_like(self._data, src)[()])
    if not isinstance(src, Tensor):
        raise TypeError(f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}")
    return _copy(self, src)


def _copy(self: Tensor, src: Tensor, name: str = "copy_", shown: Tensor | None = None) -> Tensor:
    if name == "setitem":
        shape.expanded(src, self._data.shape)
    elif self._data.shape != src._data.shape:
        guard(self, src)
        together(self._data.shape, src._data.shape, before=len(inside.hidden(self, src)))
        _fits(np.broadcast_to(np.int8(0), np.broadcast_shapes(self._data.shape, src._data.shape)), self)
    return change(self, COPY_INTO, (src,), (), name, shown)


def setitem(self: Tensor, index: Any, value: Any) -> None:
    """`x[index] = value` in memory. Raises RuntimeError on a leaf that requires grad."""
    if not isinstance(value, Tensor):
        if not isinstance(value, (bool, int, float, np.generic)):
            raise TypeError(f"can't assign a {type_name(value)} to a {self.dtype.legacy}")
        value = Tensor(self._data.dtype.type(value))
    if inside.mask:
        inside.check_write(self, indexing.parted(index), "index_put_")
    # The trace shows no passing view, but the write to `self`.
    with recording.unseen():
        part, chosen = (self, None) if index is Ellipsis else indexing.located(self, index, whole=False)
    shown = None if part is self else self
    if chosen is not None:
        _put(part, chosen, value, shown)
    elif part._data.shape != value._data.shape and not value._data.ndim:
        _fill(part, value, "setitem", shown)
    else:
        alike = part._data.shape == value._data.shape
        _copy(part, value if alike else _without_leading_ones(value), "setitem", shown)


def _put(part: Tensor, places: tuple[Any, ...], value: Tensor, shown: Tensor | None) -> None:
    if value.dtype is not part.dtype:
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {part.dtype.scalar} for the destination and "
            f"{value.dtype.scalar} for the source."
        )
    guard(part, value, overlapping=True)
    wanted = indexing.taken_shape(part, places)
    value = _without_leading_ones(value)
    try:
        np.broadcast_shapes(value._data.shape, wanted)
        fits = np.broadcast_shapes(value._data.shape, wanted) == wanted
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(value._data.shape)} cannot be broadcast to indexing result of shape {list(wanted)}"
        )
    if inside.mask:
        inside.check_write(part, (value,), "index_put_")
    change(part, INDEX_PUT, (value,), (places,), "setitem", shown)


def _without_leading_ones(value: Tensor) -> Tensor:
    shape_ = value._data.shape
    ones = next((place for place, size in enumerate(shape_) if size != 1), len(shape_))
    if not ones:
        return value
    # A view that gradients pass through is a node; any other is no step of the program.
    with nullcontext() if value._requires_grad and grad_mode.enabled else recording.unseen():
        return shape.view(value, *shape_[ones:]) if shape_[ones:] else shape.view(value, ())


METHODS["__setitem__"] = setitem


@spelled("internal.index_put")
def index_put(input: Tensor, value: Any, index: tuple[Any, ...]) -> Tensor:
    value = value if isinstance(value, Tensor) else Tensor(input._data.dtype.type(value))
    result: Tensor = apply(INDEX_PUT, (input, value), (index,))
    return result


FUNCTIONS["relu_"] = METHODS["relu_"]


@spelled("torch.detach_", "Tensor.detach_")
def detach_(self: Tensor) -> Tensor:
    """The tensor itself, now an untracked leaf; one of inference mode stays as it is. Raises RuntimeError on a view."""
    if self._is_view():
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and "
            "gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on "
            "these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in "
            "torch/optim/optimizer.py as the solution."
        )
    if self.is_inference():
        return self
    self._cell().written(0)
    assert self._extras is not None
    self._extras.detached = True
    self._extras.retained = self.retains_grad
    node = self._node
    if node is not None and node._rare is not None and (kept := node._rare.hooks.get(self._output)):
        watch(self._extras)
        self._extras.hooks = kept  # hooks are the tensor's: they stay with the leaf that it may become
    if self._requires_grad:
        self._flag(False)
    self._node, self._output = None, 0
    for view in self._views():
        if view._requires_grad and view._node is None and not (view._view is not None and view._view.own):
            view._flag(False)
    return self
