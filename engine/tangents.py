"""Tangents: how fast a tensor changes along the way that `forward_ad.make_dual` gave, taken along by every op while a dual level lasts.

The tangent of a result is worked out as it is made, of the op's own rule put to use twice: the gradient of the result is linear in what arrives, and
what changes along that is the product the other way. A view's tangent is the same view of its source's, so a write through it goes there too.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import application, autograd, detour, grad_mode, recording
from engine.application import apply
from engine.call import Call
from engine.extras import Extras
from engine.ops.table import METHODS
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.ops.op import Op

NO_RULE = "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
UNLIKE = (
    "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size {} "
    "while the given forward gradient is of size {}."
)
NOT_DIFFERENTIABLE = (
    "Function's jvp returned a gradient at position {}, but  the corresponding forward output is not a differentiable Tensor.You should return "
    "None at that position instead."
)
NESTED = "Setting a forward grad that itself has a forward gradient at the same level0 is not supported."
NOT_WRITTEN = (
    "An inplace custom Function is not modifying the forward mode gradients inplace. If the forward is modifying an input inplace, then the "
    "jvp function must modify the corresponding gradient inplace."
)
NOT_ITSELF = (
    "An inplace custom Function is not returning the forward mode gradients as-is. If the forward is modifying an input inplace, then the jvp "
    "function must modify the gradient inplace and return it as-is."
)
NO_VIEW = "A custom Function's forward is returning a view (or an input as-is) but the jvp is not returning a view."
OTHER_VIEW = "A custom Function is returning a view but the jvp is not returning a view of the given grad input."
OTHER_BASE = "A custom Function is returning a view but the jvp is not returning a view of the same base as the given grad input."
LINEAR = frozenset(
    ("Add", "AsStrided", "Cat", "Clamp", "Clone", "Cumsum", "Diagonal", "Expand", "Flip", "Gather", "Index", "IndexSelect", "Max", "Mean", "Min", "Neg",
     "Permute", "Repeat", "ReshapeAlias", "Roll", "Select", "Slice", "Sort", "Split", "Squeeze", "Stack", "Sub", "Sum", "T", "ToCopy", "Trace", "Transpose",
     "Tril", "Triu", "Unbind", "UnsafeView", "Unsqueeze", "View", "Where")
)  # fmt: skip
"""Ops, by their nodes, whose tangents PyTorch makes of tangents alone."""
known: list[weakref.ref[Extras]] = []
"""Of the tensors that have a tangent."""


def lasting() -> bool:
    """Whether the program is within a dual level, and no tangent is being worked out."""
    return detour.TANGENTS in detour.reasons


@contextmanager
def paused() -> Iterator[None]:
    """Inside it no op takes tangents along."""
    before = lasting()
    detour.tell(detour.TANGENTS, False)
    try:
        yield
    finally:
        detour.tell(detour.TANGENTS, before)


def give(tensor: Tensor, tangent: Tensor) -> None:
    """The tensor has this tangent until the level ends."""
    tensor._tangent = tangent
    assert tensor._extras is not None
    known.append(weakref.ref(tensor._extras))


def forget() -> None:
    """No tensor has a tangent any more."""
    for each in known:
        extras = each()
        if extras is not None:
            extras.tangent = None
    known.clear()


def of(tensor: Any) -> Tensor | None:
    """The tangent of a tensor, of a view what it shows of its base's; None where there is none."""
    if not isinstance(tensor, Tensor):
        return None
    own: Tensor | None = tensor._tangent
    base = tensor._base
    if own is None and base is not None and base._tangent is not None:
        own = _shown(base, tensor)
    return own


def _shown(base: Tensor, view: Tensor) -> Tensor:
    """What a view shows of its base's tangent, which lies in memory as the base does."""
    with recording.unseen(), paused():
        whole = base._tangent
        offset = view.storage_offset() - base.storage_offset() + whole.storage_offset()
        tangent: Tensor = METHODS["as_strided"](whole, view.shape, view.stride(), offset)
    give(view, tangent)
    return tangent


def follow(op: Op, inputs: Sequence[Any], settings: tuple[Any, ...], outputs: Sequence[Tensor]) -> None:
    """Gives the results of an op their tangents, where an operand has one."""
    if not any(of(each) is not None for each in inputs):
        return
    if op.view and not op.several:
        with recording.unseen(), paused():
            give(outputs[0], apply(op, (of(inputs[0]),), settings))
        return
    for out, tangent in zip(outputs, along(lambda entries: apply(op, entries, settings), inputs), strict=True):
        if tangent is not None:
            if (
                out._requires_grad
                and Call.running is None
                and not tangent._requires_grad
                and op.node.removesuffix("Backward0") not in LINEAR
            ):
                tangent.requires_grad = True  # PyTorch multiplies zeros by what requires grad
            give(out, tangent)


def along(function: Callable[[list[Any]], Any], inputs: Sequence[Any]) -> list[Tensor | None]:
    """How fast each result of a function changes along its inputs' tangents; None for one that has no derivative.

    It can be differentiated where that can be, but for what a backward call makes.
    """
    ways = {place: way for place, each in enumerate(inputs) if (way := of(each)) is not None}
    tracked = (
        grad_mode.enabled
        and Call.running is None
        and any(isinstance(each, Tensor) and each._requires_grad for each in (*inputs, *ways.values()))
    )
    found: list[Tensor | None] = []
    with recording.untold() if tracked else recording.unseen(), paused(), grad_mode.enable_grad():
        entries = list(inputs)
        for place in ways:
            entries[place] = _entry(inputs[place])
        starts = [entries[place] for place in ways]
        made = function(entries)
        for out in made if isinstance(made, tuple) else (made,):
            if not out._requires_grad:
                found.append(None)
                continue
            weight = Tensor(np.zeros_like(out._data), True)
            slopes = autograd.grad(out, starts, weight, create_graph=True, allow_unused=True)
            pairs = [
                (slope, way if way.dtype is slope.dtype else METHODS["to"](way, slope.dtype))
                for slope, way in zip(slopes, ways.values(), strict=True)
                if slope is not None and slope._requires_grad
            ]
            tangent = None
            if pairs:
                total, arriving = zip(*pairs, strict=True)
                (tangent,) = autograd.grad(total, weight, arriving, create_graph=tracked, allow_unused=True)
            found.append(zeros(out) if tangent is None else tangent if tracked else tangent.detach())
    return found


def zeros(like: Tensor) -> Tensor:
    return Tensor(np.zeros_like(like._data))


def _entry(tensor: Tensor) -> Tensor:
    """What stands for an operand: its gradient is the derivative along it."""
    if tensor._requires_grad:
        view: Tensor = METHODS["view_as"](tensor, tensor)
        return view
    leaf = tensor.detach()
    leaf.requires_grad = True
    return leaf


def before_write(op: Op, inputs: Sequence[Any], settings: tuple[Any, ...]) -> Tensor | None:
    """What becomes of the tangent of the first operand, which an op is to be written to; None where no operand has one."""
    if all(of(each) is None for each in inputs):
        return None
    (tangent,) = along(lambda entries: apply(op, entries, settings), inputs)
    return zeros(inputs[0]) if tangent is None else tangent


def written(target: Tensor, tangent: Tensor) -> None:
    """Puts what `before_write` found into the tangent of what was written to, and so into all that shares its memory."""
    base = target._base
    if of(target) is None:
        with recording.unseen(), paused():
            whole = target if base is None else base
            give(whole, zeros(whole))
        if base is not None:
            _shown(base, target)
    with recording.unseen(), paused():
        METHODS["copy_"](target._tangent, tangent)


def by_rule(
    node: Any,
    rule: Callable[..., Any] | None,
    inputs: Sequence[Any],
    given: Sequence[Tensor],
    outputs: Sequence[Tensor],
    wrote: Collection[Tensor],
    apart: Collection[Tensor],
) -> None:
    """Gives the results of a Function of the program's own their tangents, by its `jvp`; `given` are what its forward gave, of which it `wrote` to
    some, while those `apart` take no gradient.

    Raises NotImplementedError where it has none, RuntimeError as PyTorch does: for too few tangents or too many, of another size, of what has no
    derivative, and where a tangent is no view of its input's though the result is one, or was not written to though the input was.
    """
    tangents = [of(each) for each in inputs]
    if all(each is None for each in tangents):
        return
    if rule is None:
        raise NotImplementedError(NO_RULE)
    counts = [None if each is None else each._count for each in tangents]
    ways = [
        zeros(each)
        if way is None and isinstance(each, Tensor) and each.is_floating_point() and node._materialize
        else way
        for each, way in zip(inputs, tangents, strict=True)
    ]
    with paused():
        found = node.rates(rule, ways, len(node._results_at))
    places = [place for place, tensor in enumerate(node._results_at) if tensor]
    for place, before, out in zip(places, given, outputs, strict=True):
        tangent = found[place]
        if not out.is_floating_point() or _among(before, apart):
            if tangent is not None:
                raise RuntimeError(NOT_DIFFERENTIABLE.format(place))
            continue
        if tangent is not None and of(tangent) is not None:
            raise RuntimeError(NESTED)
        if tangent is not None and tangent.shape != out.shape:
            raise RuntimeError(UNLIKE.format(list(out.shape), list(tangent.shape)))
        if _among(before, wrote):
            start = next(number for number, each in enumerate(inputs) if each is before)
            if tangents[start] is not None:
                if tangent is None or tangent._count == counts[start]:
                    raise RuntimeError(NOT_WRITTEN)
                if tangent is not tangents[start]:
                    raise RuntimeError(NOT_ITSELF)
            elif tangent is not None:
                written(out, tangent)
            continue
        source = None if out._base is None else _source(inputs, out._base)
        whole = None if source is None else tangents[source]
        if whole is not None:
            _shows(whole, tangent)
        if tangent is not None:
            give(out, tangent)


def _among(tensor: Tensor, others: Collection[Tensor]) -> bool:
    return any(each is tensor for each in others)


def _source(inputs: Sequence[Any], base: Tensor) -> int | None:
    """The place of the input whose memory a view looks at."""
    places = [
        place for place, each in enumerate(inputs) if isinstance(each, Tensor) and (each is base or each._base is base)
    ]
    return places[-1] if places else None


def _shows(whole: Tensor, tangent: Tensor | None) -> None:
    """Raises RuntimeError where a tangent is no view of this one, or of what this one is a view of."""
    if tangent is None or tangent._base is None:
        raise RuntimeError(NO_VIEW)
    if tangent._base is not (whole if whole._base is None else whole._base):
        raise RuntimeError(OTHER_VIEW if whole._base is None else OTHER_BASE)


application.followed = follow
