"""Views and what is written through them: the history that a write gives to the base, to the view and to its siblings."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine import levels, memory, recording
from engine.application import apply
from engine.function import Function, LongFunction, edge_to
from engine.ops.op import Op
from engine.ops.table import METHODS, OPS, row, spelled
from engine.saved import FREED
from engine.tensor import Tensor
from engine.versions import sequence
from engine.watching import watch

OVERLAP = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the "
    "tensor before performing the operation."
)
WINDOW = "size stride storage_offset layout"
AS_STRIDED = row(
    "as_strided", "as_strided(self, size, stride, storage_offset, layout)",
    {"self": "as_strided_backward(g, self.shape, size, stride, storage_offset, layout)"}, settings=WINDOW, symbol="view",
    samples=(((2, 3), (2, 2), (3, 1), 1, None), ((3,), (2, 3), (0, 1), 0, None)),
    en="A view of memory that was written since: the gradient goes to the places it shows, all others get zero.",
    zh="内存被改写之后的视图：梯度回到它所展示的位置，其余位置为零。",
)  # fmt: skip
AS_STRIDED_BACKWARD = row(
    "as_strided_backward", "as_strided_backward(self, shape, size, stride, storage_offset, layout)",
    {"self": "as_strided(g, size, stride, storage_offset, layout)"}, settings=f"shape {WINDOW}", node="AsStridedBackward0!", symbol="view′",
    samples=(((2, 2), (2, 3), (2, 2), (3, 1), 1, None),),
    en="Where the gradient was spread, it is taken from there.", zh="梯度从它被放置的位置取回。",
)  # fmt: skip
COPY_SLICES = row(
    "copy_slices", "copy_slices(tensors, op, size, stride, storage_offset, layout)",
    {"tensors": "uncopy_slices(g, tensors_shape, op, size, stride, storage_offset, layout)"},
    settings=f"op {WINDOW}", node="torch::autograd::CopySlices!", variadic=True, symbol="copy",
    samples=((((2, 3), (2, 2)), "copy_", (2, 2), (3, 1), 1, None),),
    en="A write into part of a tensor: the gradient of that part goes back through what was written, the rest passes unchanged.",
    zh="写入张量的一部分：这一部分的梯度沿写入的运算返回，其余部分原样通过。",
)  # fmt: skip

_AMBIGUOUS = (
    " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and "
    "the inplace either both inside the {0} block (if you don't want the inplace to be tracked) or both outside (if you want the "
    "inplace to be tracked)."
)
MODES = {"no_grad": ("no_grad", "with grad mode enabled"), "inference": ("inference", "in normal mode")}
FORBIDDEN = {
    "no_grad": _AMBIGUOUS.format("no_grad"),
    "inference": _AMBIGUOUS.format("inference_mode"),
    "multiple": (
        " This view is the output of a function that returns multiple views. Such functions do not allow the output views to be "
        "modified inplace. You should replace the inplace operation by an out-of-place one."
    ),
    "custom": (
        " This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle "
        "view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This "
        "behavior is forbidden. You can fix this by cloning the output of the custom Function."
    ),
}

LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
LEAF_VIEW = "a view of a leaf Variable that requires grad is being used in an in-place operation."

Window = tuple[tuple[int, ...], tuple[int, ...], int, "tuple[int, ...] | None"]


def window(view: Tensor) -> Window:
    """Where the view lies in the memory of its base."""
    assert view._base is not None
    return memory.region(view._array(), view._base._array())


def check(view: Tensor) -> None:
    """Raises RuntimeError for a view that no tracked write may go through."""
    assert view._view is not None and view._base is not None
    if view._view.made == "input":
        raise RuntimeError(LEAF if view._view.own else LEAF_VIEW)
    if view._view.made != "default":
        raise forbidden(view if view._view.whole is None else view._view.whole, "is being")
    if view._requires_grad and view._base._node is None and not levels.open_to_writes(view._base):
        raise RuntimeError(LEAF_VIEW)


def entered(view: Tensor, leaf: bool = True) -> Tensor:
    """The view as a transform's function is given it: a leaf there, or a view of one, that no tracked write may go to."""
    assert view._view is not None
    view._view.made, view._view.own = "input", leaf
    return view


def forbidden(view: Tensor, how: str) -> RuntimeError:
    """PyTorch's words for a tracked write that reaches a view which cannot take part in it."""
    kind, node = view._view, view._node
    assert kind is not None
    mode, there = MODES["inference" if kind.made == "inference" else "no_grad"]
    text = "A view was"
    if node is not None:
        text = f"Output {view._output} of {node.short_name()} is a view"
        if kind.made not in MODES:
            return RuntimeError(f"{text} and {how} modified inplace.{FORBIDDEN[kind.made]}")
        text += " of a view which was"
    text += f" created in {mode} mode and {how} modified inplace {there}."
    return RuntimeError(text + FORBIDDEN[kind.made])


def renew(view: Tensor) -> None:
    """Give a view the `grad_fn` that leads to its base as it is now."""
    base, before = view._base, view._node
    assert base is not None and view._view is not None
    if view._view.made not in ("default", "input"):
        raise forbidden(view, "its base or another view of its base has been")
    view._view.version = view._writes
    settings = window(view)
    node = LongFunction(AS_STRIDED, (base,), (base._data,), settings, (base._requires_grad,))
    watch(node)
    output = view._output
    node.attach((view,))
    if before is not None:
        before.move_retained(output, node, 0)
    if recording.active is not None:
        recording.active.applied(AS_STRIDED, (base,), settings, (view,), node)


class CopySlices(LongFunction):
    """The base's node after a write through a view: it runs the written op on the view's part of the gradient."""

    __slots__ = ("_inner",)

    def __init__(self, base: Tensor, inner: Function, settings: tuple[Any, ...]) -> None:
        self._op = COPY_SLICES
        self._inner: Function | None = inner
        self._settings = settings
        self._freed = False
        self._watched = ()
        self._identity = None
        self._rare = None
        self._arrived = None
        self._sequence = next(sequence)
        first = edge_to(base) if base._requires_grad else None
        self._edges = (first, *inner._edges[1:])
        self._needs = (first is not None, *inner._needs[1:])
        self._shapes = (base._data.shape, *inner._shapes[1:])
        self._dtypes = (base._data.dtype, *inner._dtypes[1:])
        self._plan = inner._plan
        self._saved = self._versions = ()
        self._results = []
        self._outputs = ()

    def attach(self, outputs: Sequence[Tensor]) -> None:
        base = outputs[0]
        self._outputs = ((base._data.shape, base._data.dtype),)
        base._node, base._output, base._requires_grad = self, 0, True

    def saved_list(self) -> tuple[str, ...]:
        return () if self._inner is None else self._inner.saved_list()

    @property
    def saves(self) -> bool:
        return True

    def release(self) -> bool:
        freed, self._freed, self._inner = self._freed, True, None
        return not freed

    def arrays(self) -> tuple[list[Any], list[Any]]:
        return [None] * len(self._shapes), []

    def vjps(
        self, grads: Sequence[Any], wanted: Sequence[bool], tracked: bool
    ) -> Iterator[tuple[int, Any, tuple[int, ...]]]:
        inner = self._inner
        if inner is None:
            raise RuntimeError(FREED)
        arriving, (name, *place) = grads[0], self._settings
        if tracked:  # copied, then a clone of the part, as PyTorch does it
            arriving = apply(OPS["copy_into"], (Tensor(np.zeros_like(arriving._data)), arriving))
            part = apply(OPS["clone"], (as_strided(arriving, *place),))
        else:
            part = memory.as_strided(arriving, *place)
        for edge, grad, wide in inner.vjps([part], wanted, tracked):
            if edge:
                yield edge, grad, wide
            elif memory.overlapping(place[0], place[1]):
                # PyTorch writes the part's gradient into that of the whole, and refuses such a write.
                raise RuntimeError(OVERLAP)
            elif tracked:
                yield 0, apply(COPY_SLICES, (arriving, grad), self._settings), arriving.shape
            else:
                yield 0, memory.copy_slices((arriving, grad), name, *place), arriving.shape


def rebase(
    target: Tensor, node: LongFunction, inputs: Sequence[Any], op: Op, settings: Sequence[Any], name: str, quiet: bool
) -> None:
    """Give a tracked write its history: `node` to a tensor of its own, a CopySlices over it to the base of a view."""
    base, recorder = target._base, recording.active
    if base is None:
        _follow(target, node)
        _spread(target)
        if recorder is not None:
            recorder.applied(op, inputs, tuple(settings), (target,), node)
        return
    place = (name, *window(target))
    copying = CopySlices(base, node, place)
    saving_result = any(node._plan.results)
    if saving_result:
        node.save_results((target,))
    node._outputs = ((target._data.shape, target._data.dtype),)
    _follow(base, copying)
    _spread(base, target if quiet else None)
    if recorder is not None:
        written = inputs[1:] if op.variadic else [inputs[slot] for slot in op.slots if slot]
        recorder.applied(COPY_SLICES, (base, *written), place, (base,), copying)
    if not quiet or saving_result:
        seen = target._history()
        if saving_result and seen is not None:
            node.rare().viewed = weakref.ref(seen)


def _follow(tensor: Tensor, node: LongFunction) -> None:
    before, output = tensor._node, tensor._output
    if before is None and tensor._asked:
        watch(node)
    node.attach((tensor,))
    if before is not None:
        before.move_retained(output, node, 0)


def _spread(base: Tensor, passing: Tensor | None = None) -> None:
    """The views of a tensor that is tracked now are tracked too; nothing is told of the one that served an index."""
    for view in base._views():
        if view is passing:
            view._requires_grad = True
        elif not view._requires_grad and view._data.dtype.kind == "f":
            view._flag(True)


@spelled("internal.as_strided")
def as_strided(input: Tensor, *settings: Any) -> Tensor:
    result: Tensor = apply(AS_STRIDED, (input,), settings)
    return result


@spelled("internal.as_strided_backward")
def as_strided_backward(input: Tensor, shape: Any, *settings: Any) -> Tensor:
    size, stride, offset, layout = settings
    steps = layout or memory.row_steps(shape)
    return spread(input, memory.span(shape, steps), (size, stride, offset), (shape, steps, 0))


def spread(g: Tensor, count: int, window: tuple[Any, ...], shown: tuple[Any, ...]) -> Tensor:
    """The gradient of a window put into memory of so many elements, and what `shown` sees of that; both are size, stride and offset."""
    size, stride, offset = window
    for dim in reversed(range(g._data.ndim)):
        if size[dim] == 1:
            g = METHODS["squeeze"](g, dim)
        elif not stride[dim]:
            g = METHODS["sum"](g, (dim,))
    steps = [(many, step) for many, step in zip(size, stride, strict=True) if many != 1 and step]
    size, stride = tuple(many for many, _ in steps), tuple(step for _, step in steps)
    held = Tensor(np.zeros(count, g._data.dtype))
    if memory.may_overlap(size, stride):
        places = memory.as_strided(np.arange(count), size, stride, offset).reshape(-1)
        held = METHODS["index_add"](held, 0, Tensor(places), METHODS["reshape"](g, -1))
    else:
        held = apply(COPY_SLICES, (held, g), ("copy_", size, stride, offset, None))
    return as_strided(held, *shown, None)


@spelled("internal.uncopy_slices")
def uncopy_slices(g: Tensor, shapes: Any, op: str, *place: Any) -> tuple[Tensor, Tensor]:
    part = as_strided(g, *place)
    rest: Tensor = apply(COPY_SLICES, (g, Tensor(np.zeros_like(part._data))), (op, *place))
    return rest, part


type.__setattr__(Tensor, "_renew", renew)
