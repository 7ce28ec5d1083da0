"""Functions of the program's own: `apply` runs a forward and keeps its backward; the context is the node itself, as in PyTorch."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np

from engine import custom_checks, detour, grad_mode, hooks, inside, levels, lines, recording, saving, tangents
from engine.function import Function, LongFunction, edge_to, placed, told_as
from engine.ops import views
from engine.ops.op import Op, Plan
from engine.saved import FREED, INFERENCE, modified
from engine.tensor import Tensor
from engine.versions import View, sequence
from engine.watching import watch

NO_FORWARD = "You must implement the forward function for custom autograd.Function."
NO_BACKWARD = "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD."
TWICE_READ = (
    "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the autograd.Function. Either access "
    "saved_tensors only once, or set clear_saved_tensors_on_access=False."
)
BOTH = "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them."
NOTE = {
    "en": "A function of the program's own, with its own backward.",
    "zh-CN": "程序自己定义的函数，带有自己的反向计算。",
}
FORWARD_ONLY = "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx."
_PLANS = {True: Plan((), (), ("saved_tensors",), ()), False: Plan((), (), (), ())}


@functools.lru_cache(maxsize=256)
def _op(name: str, count: int, slots: tuple[int, ...]) -> Op:
    op = Op(
        name,
        "",
        {},
        NOTE,
        tuple(f"input{place}" for place in range(count)),
        node=f"{name}Backward",
        many=True,
        symbol=name,
    )
    for field, value in {
        "slots": slots,
        "formulas": (),
        "array_rules": (),
        "tensor_rules": [],
        "together_rules": [],
        "plans": {},
    }.items():
        object.__setattr__(op, field, value)
    return op


class CustomFunction(LongFunction):
    """The node of one application, and the `ctx` that forward and backward are given.

    What a program puts on it (`ctx.k = 3`) is kept in `fields`.
    """

    __slots__ = (
        "_backward",
        "_clears",
        "_differentiable",
        "_dirty",
        "_forward_saved",
        "_in_jvp",
        "_held",
        "_jvp",
        "_kept",
        "_materialize",
        "_needed",
        "_read",
        "_results_at",
        "_tensors",
        "_unfilled",
        "fields",
    )

    eager = True

    def __init__(self, name: str, backward: Callable[..., Any] | None, inputs: Sequence[Any]) -> None:
        slots = tuple(place for place, item in enumerate(inputs) if isinstance(item, Tensor))
        self._op = _op(name, len(inputs), slots)
        self._backward = backward
        self._jvp: Callable[..., Any] | None = None
        self._forward_saved: tuple[Tensor | None, ...] | None = None
        self._in_jvp = self._clears = self._read = False
        self._tensors = slots
        self._needs = tuple(isinstance(item, Tensor) and item._requires_grad for item in inputs)
        # Of each transform that the program is in: which inputs come of its own.
        self._needed = {
            level: tuple(isinstance(item, Tensor) and level.needs(item) for item in inputs)
            for level in (levels.asking if inside.active else ())
        }
        self._settings = ()
        self._freed = False
        self._watched = ()
        self._identity = self._rare = self._arrived = None
        self._sequence = next(sequence)
        tracked = grad_mode.enabled
        self._edges = tuple(edge_to(inputs[slot]) if tracked and self._needs[slot] else None for slot in slots)
        self._shapes = tuple(item._data.shape if isinstance(item, Tensor) else None for item in inputs)
        self._dtypes = tuple(item._data.dtype if isinstance(item, Tensor) else None for item in inputs)
        self._plan = _PLANS[False]
        self._saved: tuple[Any, ...] = ()
        self._versions = ()
        self._results = []
        self._outputs = ()
        self._held: tuple[Any, ...] = ()
        self._kept: list[Any] = []
        self._dirty: tuple[Tensor, ...] = ()
        self._differentiable: tuple[Tensor, ...] = ()
        self._materialize = True
        # Results without a derivative, of which backward is told None.
        self._unfilled: frozenset[int] = frozenset()
        self._results_at: tuple[bool, ...] = ()
        self.fields: dict[str, Any] = {}
        watch(self)

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{self._op.node} object>"

    # What forward and backward may say to their ctx

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for backward, where `saved_tensors` gives them back."""
        self._held = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Keep tensors for `jvp`, where `saved_tensors` gives them back."""
        for each in tensors:
            if each is not None and not isinstance(each, Tensor):
                raise AssertionError(FORWARD_ONLY)
        self._forward_saved = tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Tell which inputs forward changed in place."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Tell which results take no gradient."""
        self._differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward is given zeros, or else None, for results that nothing used."""
        self._materialize = bool(value)

    @property
    def needs_input_grad(self) -> tuple[bool, ...]:
        return self._needed.get(levels.speaking[-1], self._needs)

    @property
    def saved_variables(self) -> tuple[Tensor | None, ...]:
        """The name of old for `saved_tensors`."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What was saved. Raises RuntimeError once it is freed or where it was changed since."""
        if self._in_jvp:
            return self._forward_saved or ()
        if self._read:
            raise RuntimeError(TWICE_READ)
        if self._freed:
            raise RuntimeError(FREED)
        found = tuple(self._given_back(item) for item in self._kept)
        if self._clears:
            self._read, self._kept = True, []
        return found

    def _given_back(self, item: Any) -> Tensor | None:
        if item is None:
            return None
        if isinstance(item[0], saving.Packed):
            packed, at, edge = item
            return placed(packed.unpack(), edge if at is None else (self, at))
        if len(item) == 3:
            tensor, version, leaf = item
            if tensor._count != version:
                # Of a tensor that was detached since, this node takes the place of its own.
                maker = tensor._history() or (None if leaf else self)
                raise modified(tensor._data, maker, 0, tensor._count, version)
            found: Tensor = tensor
            return found
        data, cell, version, place = item
        if cell.count != version:
            raise modified(data, self, place, cell.count, version)
        made = Tensor(data)
        made._version_cell, made._node, made._output, made._requires_grad = cell, self, place, True
        made._identity = told_as(self, place)
        return made

    def __getattr__(self, name: str) -> Any:
        fields = object.__getattribute__(self, "fields")
        if name in fields:
            return fields[name]
        raise AttributeError(f"'{self._op.node}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _SLOTS:
            object.__setattr__(self, name, value)
        else:
            self.fields[name] = value

    # For the engine

    def saved_list(self) -> tuple[str, ...]:
        return self._plan.names

    def arrays(self) -> tuple[list[Any], list[Any]]:
        return [None] * len(self._shapes), []

    def release(self) -> bool:
        freed, had = self._freed, self._read or bool(self._kept)
        self._freed, self._kept = had, []
        return had and not freed

    def keep(self, outputs: Sequence[Tensor]) -> None:
        """Save what forward asked for: an input as it is, a result as bare memory, for a node that held its result would be a cycle."""
        for place, item in enumerate(self._held):
            if item is None:
                self._kept.append(None)
                continue
            if not isinstance(item, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {place} is of type {type(item).__name__}"
                )
            if item.is_inference():
                raise RuntimeError(INFERENCE)
            at = next((number for number, out in enumerate(outputs) if out is item and out._node is self), None)
            if saving.hooks:
                self._kept.append(
                    (saving.Packed(item), at, edge_to(item) if at is None and item._requires_grad else None)
                )
            elif at is None:
                self._kept.append((item, item._count, item._node is None))
            else:
                self._kept.append((item._data, item._cell(), item._count, at))
        self._held = ()
        self._plan = _PLANS[bool(self._kept)]

    def slot(self, output: int) -> int:
        return [place for place, tensor in enumerate(self._results_at) if tensor][output]

    def spread(self, gradients: Sequence[Any]) -> list[Any]:
        arrived = iter(gradients)
        return [next(arrived) if tensor else None for tensor in self._results_at]

    def gathered(self, gradients: Sequence[Any]) -> list[Any]:
        return [each for each, tensor in zip(gradients, self._results_at, strict=True) if tensor]

    def repack(self, place: int, packed: saving.Packed) -> None:
        """From now on what was saved at this place is what is packed here."""
        held = self._kept[place]
        edge = edge_to(held[0]) if len(held) == 3 and held[0]._requires_grad else None
        self._kept[place] = (packed, None if len(held) == 3 else held[3], edge)

    def vjps(
        self, grads: Sequence[Any], wanted: Sequence[bool], tracked: bool
    ) -> Iterator[tuple[int, Any, tuple[int, ...]]]:
        pushing = self._jvp is not None and bool(levels.pushing)
        if self._backward is None and not pushing:
            raise NotImplementedError(NO_BACKWARD)
        shown = []
        for place, (grad, (shape, kind)) in enumerate(zip(grads, self._outputs, strict=True)):
            if grad is None and self._materialize and place not in self._unfilled:
                grad = np.zeros(shape, kind)[()]
            shown.append(hooks.shown(grad))
        if "legacy" in inside.active:
            inside.sampled(shown)
        given = self.spread(shown)
        answered = self._pushed(given) if pushing or self._backward is None else self._backward(self, *given)
        found = list(answered) if isinstance(answered, tuple) else [answered]
        while len(found) > len(self._needs) and found[-1] is None:
            found.pop()
        name = self._op.node
        if len(found) != len(self._needs):
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients (expected {len(self._needs)}, got {len(found)})"
            )
        for place, grad in enumerate(found):
            if grad is None:
                continue
            if self._shapes[place] is None:
                raise RuntimeError(
                    f"function {name} returned a gradient different than None at position {place + 1}, but the corresponding "
                    "forward input was not a Variable"
                )
            if not isinstance(grad, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(grad).__name__})")
        for edge, place in enumerate(self._tensors):
            if wanted[edge]:
                grad = found[place]
                if grad is None:
                    yield edge, None, ()
                else:
                    yield edge, self._fitted(grad if tracked else grad._data, edge, tracked), grad._data.shape

    def rates(self, jvp: Callable[..., Any], ways: Sequence[Any], count: int) -> tuple[Any, ...]:
        """How fast so many results change, by the program's own rule. Raises RuntimeError where it tells of too few or too many."""
        self._in_jvp = True
        try:
            answer = jvp(self, *ways)
        finally:
            self._in_jvp = False
        found = answer if isinstance(answer, tuple) else (answer,)
        if len(found) != count:
            raise RuntimeError(
                f"Function's jvp returned an invalid number of forward gradients (expected {count} but got {len(found)})"
            )
        for place, each in enumerate(found):
            if each is not None and not isinstance(each, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(each).__name__}) for grad output {place}.")
        return found

    def _pushed(self, arrived: Sequence[Any]) -> tuple[Any, ...]:
        """Gradients for forward mode, which sends zeros: zeros again, whose derivative by those that arrived is what `jvp` says."""
        needs, kinds = self._needs, list(zip(self._shapes, self._dtypes, strict=True))

        def forward(*given: Any) -> tuple[Any, ...]:
            return tuple(
                Tensor(np.zeros(shape, kind)[()]) if need else None
                for need, (shape, kind) in zip(needs, kinds, strict=True)
            )

        def backward(ctx: CustomFunction, *arriving: Any) -> tuple[Any, ...]:
            assert self._jvp is not None
            ways = [
                Tensor(np.zeros(shape, kind)[()]) if way is None and self._materialize and shape is not None else way
                for way, (shape, kind) in zip(arriving, kinds, strict=True)
            ]
            rates = self.rates(self._jvp, ways, len(arrived))
            of_result = iter(self._outputs)
            for place, (rate, tensor) in enumerate(zip(rates, self._results_at, strict=True)):
                shape, kind = next(of_result) if tensor else ((), None)
                if rate is not None and (kind is None or kind.kind != "f"):
                    raise RuntimeError(tangents.NOT_DIFFERENTIABLE.format(place))
                if rate is not None and rate._data.shape != shape:
                    raise RuntimeError(tangents.UNLIKE.format(list(shape), list(rate._data.shape)))
            return rates

        found: tuple[Any, ...] = apply("Pushed", forward, backward, _nothing_more, arrived, offers=("vmap", "jvp"))
        return found


def _refuse_both(ctx: CustomFunction, *gradients: Any) -> Any:
    raise RuntimeError(BOTH)


def _nothing_more(ctx: CustomFunction, inputs: tuple[Any, ...], output: Any) -> None:
    ctx.set_materialize_grads(False)


_SLOTS = frozenset((*Function.__slots__, *LongFunction.__slots__, *CustomFunction.__slots__))


def apply(
    name: str,
    forward: Callable[..., Any] | None,
    backward: Callable[..., Any] | None,
    setup_context: Callable[..., Any] | None,
    inputs: Sequence[Any],
    kind: type[CustomFunction] = CustomFunction,
    offers: Collection[str] = (),
    jvp: Callable[..., Any] | None = None,
) -> Any:
    """What `F.apply(*inputs)` gives: forward's result, untracked inside, with `<name>Backward` as its one node.

    `offers` names what else the class has: for the transforms of `torch.func` "vmap" (or `generate_vmap_rule`) and "jvp", which `jvp` is itself;
    "two vmaps" where it has both, "clear" where what was saved may be read once, "both" where it has a `backward` and a `vjp`.
    Raises as PyTorch does: NotImplementedError without a forward, RuntimeError and TypeError for what ctx was told wrongly.
    """
    if forward is None:
        raise NotImplementedError(NO_FORWARD)
    if inside.active:
        custom_checks.transformable(name, setup_context is not None, offers)
    node = kind(name, _refuse_both if "both" in offers else backward, inputs)
    if inside.active:
        node._jvp = jvp
    node._clears = "clear" in offers
    tracked = grad_mode.enabled and any(node._needs)
    with grad_mode.no_grad(), tangents.paused():
        if setup_context is None:
            answer = forward(node, *inputs)
        else:
            answer = forward(*inputs)
            for level in levels.asking:
                with levels.put(level, levels.speaking):
                    setup_context(node, tuple(inputs), answer)
    results = list(answer) if isinstance(answer, tuple) else [answer]
    if setup_context is not None:
        custom_checks.returned(node, inputs, results)
    custom_checks.dirtied(node, inputs, results, tracked)
    outputs = [item for item in results if isinstance(item, Tensor)]
    node._results_at = tuple(isinstance(item, Tensor) for item in results)
    node._outputs = tuple((out._data.shape, out._data.dtype) for out in outputs)
    place = 0
    for number, item in enumerate(results):
        if isinstance(item, Tensor):
            results[number] = _adopted(node, item, place, inputs, tracked)
            place += 1
    _guarded(node, outputs, [item for item in results if isinstance(item, Tensor)], inputs, tracked)
    made = [item for item in results if isinstance(item, Tensor)]
    if tracked:
        node.keep(made)
    # A view that was written to has its history from its base, which was told already.
    rebased = tracked and any(item._base is not None and any(item is each for each in node._dirty) for item in made)
    if recording.active is not None and not rebased:
        shown = [item if isinstance(item, (Tensor, *lines.PLAIN)) else None for item in inputs]
        recording.active.applied(node._op, shown, (), made, node if tracked else None)
        for out in made:
            if out._base is not None and out._base._node is not None:
                out._history()
    if detour.reasons and detour.TANGENTS in detour.reasons:
        tangents.by_rule(node, jvp, inputs, outputs, made, node._dirty, node._differentiable)
    if node.fields.get("_materialize_non_diff_grads") is False:
        node._unfilled = frozenset(
            place
            for place, out in enumerate(outputs)
            if not out.is_floating_point() or any(out is each for each in node._differentiable)
        )
    node._dirty = node._differentiable = ()
    return tuple(results) if isinstance(answer, tuple) else results[0]


def _guarded(
    node: CustomFunction, given: Sequence[Tensor], made: Sequence[Tensor], inputs: Sequence[Any], tracked: bool
) -> None:
    """Mark what is a view among the results, but for an input that was changed: no tracked write may go through it."""
    several = tracked and sum(out._node is node for out in made) > 1
    for before, out in zip(given, made, strict=True):
        changed = any(before is each for each in inputs) and any(before is each for each in node._dirty)
        if out._view is not None and not changed:
            if out._node is node:
                out._view.version = out._writes
            out._view.made = "multiple" if several else "custom"


def _adopted(node: CustomFunction, item: Tensor, place: int, inputs: Sequence[Any], tracked: bool) -> Tensor:
    """A result with its history: forward's own tensor, an input that was changed, or another name for one that was not."""
    given = any(item is each for each in inputs)
    dirty = any(item is each for each in node._dirty)
    if not tracked or any(item is each for each in node._differentiable) or item._data.dtype.kind != "f":
        if given and item._requires_grad:
            return item.detach()
        return _named_anew(item) if given and not dirty else item
    if given and not dirty:
        item = _named_anew(item)
    if dirty and item._grad is not None:
        item.grad = None
    if dirty and item._base is not None:
        views.rebase(item, node, inputs, node._op, (), node._op.name, False)
        return item
    before, output = item._node, item._output
    if before is not None and recording.active is not None:
        recording.active.settle()
    item._node, item._output, item._requires_grad = node, place, True
    if before is not None:
        before.move_retained(output, node, place)
    return item


def _named_anew(item: Tensor) -> Tensor:
    """A view of all of an input."""
    made = item._alias(item._array())
    made._base = item if item._base is None else item._base
    made._view = View("custom", made._writes)
    return made
