"""The short way: nodes that share what is alike in all of them, and fronts for operands that need no second look.

Nothing here is needed for a right answer. Whatever is out of the ordinary (a view that was written, mixed dtypes, packed saved tensors,
anomaly detection) goes the long way through `engine.function`, whose results these are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import anomaly, function, grad_mode, kernels, lines, notation, record, saving
from engine.function import Function, count
from engine.tensor import Tensor, Version

if TYPE_CHECKING:
    from engine.ops.op import Op, Plan

# How a node keeps what its rule needs.
NOTHING, NUMBER, ONE, TWO, RESULT, MANY = range(6)
FREED: Any = object()
FLOATS = frozenset({np.float32, np.float64})
KINDS = frozenset({np.dtype(np.float32), np.dtype(np.float64)})

_new = object.__new__
_next = count.__next__


class Facts:
    """Shapes and dtypes of the inputs and of the result; nodes over single numbers share theirs."""

    __slots__ = ("dtypes", "outputs", "scalar", "shapes")

    def __init__(self, shapes: tuple[Any, ...], dtypes: tuple[Any, ...], output: Any, *, alike: bool) -> None:
        self.shapes = shapes
        self.dtypes = dtypes
        self.outputs = ((output.shape, output.dtype),)
        self.scalar = type(output) if alike and not output.shape else None


class Route:
    """What all nodes of an op share whose inputs need gradients in the same places."""

    __slots__ = (
        "back", "double", "edges", "facts", "kept", "mode", "needs", "op", "places", "plan", "result", "saves", "settings", "shapes", "single", "spoken",
    )  # fmt: skip

    def __init__(self, op: Op, needs: tuple[bool, ...], tensors: tuple[bool, ...]) -> None:
        self.op = op
        self.needs = needs
        self.plan: Plan = op.plan(needs)
        self.edges = tuple(edge for edge, need in enumerate(needs) if need)
        self.places = tuple(op.slots[edge] for edge in self.edges)
        self.kept = tuple(place for place, keep in enumerate(self.plan.inputs) if keep) if self.plan.names else ()
        self.result = bool(self.plan.results[0])
        self.saves = bool(self.plan.names)
        formulas = [op.formulas[edge] for edge in self.edges]
        uses: frozenset[str] = frozenset().union(*(formula.uses for formula in formulas))
        self.shapes = tuple(place for place, name in enumerate(op.inputs) if f"{name}_shape" in uses)
        self.settings = tuple(place for place, name in enumerate(op.settings) if name in uses)
        names = [op.inputs[place] for place in self.kept]
        names += op.results if self.result else ()
        names += [f"{op.inputs[place]}_shape" for place in self.shapes]
        names += [op.settings[place] for place in self.settings]
        self.back: Callable[..., Any] = notation.joined(formulas, ("g", *names), kernels.VOCABULARY)
        self.mode = self._mode(tensors)
        self.single = self._alike(np.float32(0), tensors)
        self.double = self._alike(np.float64(0), tensors)
        self.facts: dict[Any, Facts] = {}
        # How the formulas of the edges are told in numbers; the encoder fills it in.
        self.spoken: Any = None

    def _mode(self, tensors: tuple[bool, ...]) -> int:
        if self.shapes or self.settings or self.plan.names[len(self.kept) + self.result :]:
            return MANY
        if self.result:
            return MANY if self.kept else RESULT
        kept = [tensors[place] for place in self.kept]
        if not kept:
            return NOTHING
        if len(kept) == 1:
            return ONE if kept[0] else NUMBER
        return TWO if kept == [True, True] else MANY

    def _alike(self, number: Any, tensors: tuple[bool, ...]) -> Facts:
        shapes = tuple(() if each else None for each in tensors)
        return Facts(shapes, tuple(number.dtype if each else None for each in tensors), number, alike=True)

    def known(self, key: tuple[Any, ...], output: Any) -> Facts:
        """The facts of two operands of one dtype, `key` their shapes and that dtype."""
        if len(self.facts) > 999:
            self.facts.clear()
        first, second, kind = key
        kinds = (kind if first is not None else None, kind if second is not None else None)
        found = self.facts[key] = Facts(
            (first, second)[: len(self.op.inputs)], kinds[: len(self.op.inputs)], output, alike=False
        )
        return found


_routes: dict[Any, Route] = {}


def route_of(op: Op, needs: tuple[bool, ...], tensors: tuple[bool, ...]) -> Route:
    """The one Route of these; the caller may keep it."""
    key = (op, needs, tensors)
    found = _routes.get(key)
    if found is None:
        found = _routes[key] = Route(op, needs, tensors)
    return found


class QuickFunction(Function):
    """A Function of one result that shares all that is not its own with its kind, and answers as any Function does.

    Its edges are kept as targets alone, for nearly all lead to output 0; a saved result has no version counter until its tensor has one.
    """

    __slots__ = ("_cell", "_counts", "_facts", "_held", "_ports", "_result", "_route", "_to")

    _route: Route
    _facts: Facts
    _to: tuple[Any, ...]
    _held: Any
    _result: Any
    _counts: tuple[int, ...] | None
    _ports: tuple[int, ...] | None
    _cell: Version | None

    # What a Function holds, told from what is shared

    @property
    def _op(self) -> Op:  # type: ignore[override]
        return self._route.op

    @property
    def _plan(self) -> Plan:  # type: ignore[override]
        return self._route.plan

    @property
    def _needs(self) -> tuple[bool, ...]:  # type: ignore[override]
        return self._route.needs

    @property
    def _freed(self) -> bool:  # type: ignore[override]
        return self._held is FREED

    @property
    def _edges(self) -> tuple[tuple[Any, int] | None, ...]:  # type: ignore[override]
        edges: list[tuple[Any, int] | None] = [None] * len(self._route.needs)
        for number, target in enumerate(self._to):
            if target is not None:
                edges[self._route.edges[number]] = (target, 0 if self._ports is None else self._ports[number])
        return tuple(edges)

    @property
    def _shapes(self) -> tuple[Any, ...]:  # type: ignore[override]
        return self._facts.shapes

    @property
    def _dtypes(self) -> tuple[Any, ...]:  # type: ignore[override]
        return self._facts.dtypes

    @property
    def _outputs(self) -> tuple[tuple[tuple[int, ...], Any], ...]:  # type: ignore[override]
        return self._facts.outputs

    def kept(self) -> tuple[Any, ...]:
        """The saved inputs, tensors and numbers, in the order of the inputs."""
        mode, held = self._route.mode, self._held
        if held is FREED:
            return ()
        return held if mode >= TWO and mode != RESULT else () if mode in (NOTHING, RESULT) else (held,)

    def sources(self, held: Any, result: Any) -> tuple[list[Any], list[Any]]:
        """The saved inputs and results as arrays and numbers, of a node that had kept `held` and `result`."""
        route = self._route
        values: list[Any] = [None] * len(route.op.inputs)
        if route.kept and held is not FREED:
            for place, item in zip(route.kept, held if route.mode in (TWO, MANY) else (held,), strict=True):
                values[place] = item._data if isinstance(item, Tensor) else item
        return values, [result] if route.result else []

    @property
    def _saved(self) -> tuple[Any, ...]:  # type: ignore[override]
        kept = self.kept()
        if not kept:
            return ()
        saved: list[Any] = [None] * len(self._route.op.inputs)
        for place, item in zip(self._route.kept, kept, strict=True):
            saved[place] = item
        return tuple(saved)

    @property
    def _versions(self) -> tuple[int, ...]:  # type: ignore[override]
        versions = [0] * len(self._route.op.inputs)
        for place, version in zip(self._route.kept, self._counts or (0,) * len(self._route.kept), strict=True):
            versions[place] = version
        return tuple(versions)

    @property
    def _results(self) -> list[Any]:  # type: ignore[override]
        if not self._route.result or self._held is FREED:
            return []
        return [(self._result, self.counter(self._result), 0)]

    def counter(self, data: Any) -> Version | None:
        """The version counter that this node and the tensor of its result share; None for other memory."""
        if data is not self._result or not self._route.result:
            return None
        if self._cell is None:
            self._cell = Version()
        return self._cell

    def share_result(self, output: int, array: Any) -> None:
        if self._route.result and self._held is not FREED:
            self._result = array

    def release(self) -> bool:
        if self._held is FREED or not self._route.saves:
            return False
        self._held = FREED
        self._result = None
        return True

    def back(self, gradient: Any) -> Any:
        """What the rule makes of an arriving array, before it is fitted to the inputs; a tuple where there are several."""
        route = self._route
        self._check()
        values = [item._data if isinstance(item, Tensor) else item for item in self.kept()]
        if route.result:
            values.append(self._result)
        values += [self._facts.shapes[place] for place in route.shapes]
        values += [self._settings[place] for place in route.settings]
        return route.back(gradient, *values)


def target_of(tensor: Any) -> Any:
    """Where the gradient of a tensor goes; itself where it is a leaf."""
    view = tensor._view
    if view is None:
        return tensor if tensor._node is None else tensor._node
    node = tensor._history()
    return (tensor if view.own else None) if node is None else node


def stale(tensor: Any) -> bool:
    """Whether the tensor is a view whose memory was written since, so that its history has to be made anew."""
    return tensor._view is not None and tensor._view.version != tensor._count


def attached(
    op: Op, inputs: Any, values: Any, settings: tuple[Any, ...], needs: tuple[bool, ...], out: Tensor
) -> QuickFunction | None:
    """The node of an op of one result, `out` made its output; None where it has to be made the long way."""
    tensors = tuple([isinstance(item, Tensor) for item in inputs])
    route = route_of(op, needs, tensors)
    for item, tensor in zip(inputs, tensors, strict=True):
        if tensor and (stale(item) or (item._version_cell is not None and item._version_cell.frozen)):
            return None
    node: QuickFunction = _new(QuickFunction)
    node._route = route
    node._settings = settings
    shapes = tuple([value.shape if tensor else None for value, tensor in zip(values, tensors, strict=True)])
    kinds = tuple([item._data.dtype if tensor else None for item, tensor in zip(inputs, tensors, strict=True)])
    node._facts = Facts(shapes, kinds, out._data, alike=False)
    sources = [inputs[place] for place in route.places]
    node._to = tuple([target_of(source) for source in sources])
    node._ports = tuple([source._output for source in sources]) if any(source._output for source in sources) else None
    mode = route.mode
    kept = tuple([inputs[place] for place in route.kept])
    node._held = kept if mode >= TWO and mode != RESULT else kept[0] if kept else None
    counts = tuple([item._count if isinstance(item, Tensor) else 0 for item in kept])
    node._counts = counts if any(counts) else None
    node._result = out._data if route.result else None
    node._cell = out._version_cell if route.result else None
    node._sequence = _next()
    node._hooks = node._retained = node._rare = node._identity = node._arrived = None
    node._marked = False
    out._node, out._output, out._requires_grad = node, 0, True
    return node


def _gave(node: QuickFunction, route: Route, inputs: tuple[Any, ...], result: Any) -> Tensor:
    """The result of a node that knows its inputs by now, recorded where somebody records."""
    node._route = route
    node._settings = ()
    node._result = result if route.result else None
    node._cell = None
    node._sequence = _next()
    node._hooks = node._retained = node._rare = node._identity = node._arrived = None
    node._marked = False
    out: Tensor = _new(Tensor)
    out._data = result
    out._node = node
    out._requires_grad = True
    out._output = out._expected = 0
    out._base = out._grad = out._version_cell = out._hooks = out._post_hooks = out._accumulator = None
    out._grad_of = out._identity = out._view = None
    recorder = record.active
    if recorder is not None:
        recorder.pending.append((lines.shortly, recorder.line, recorder.span, route.op, inputs, out, node))
    return out


def binary(
    op: Op, compute: Callable[[Any, Any], Any], long: Callable[[Any, Any], Any], *, real: bool = False
) -> Callable[[Any, Any], Any]:
    """The method of an operator on two tensors of one float dtype, or a tensor and a Python number; all else goes the `long` way.

    A number counts as a float where the op is `real`.
    """
    assert op.slots == (0, 1), op.name
    both, first, second = (route_of(op, needs, (True, True)) for needs in ((True, True), (True, False), (False, True)))
    mixed = route_of(op, (True, False), (True, False))

    def method(self: Any, other: Any) -> Any:
        data = self._data
        kind = data.__class__
        other_kind = other.__class__
        if other_kind is Tensor or (other_kind is not float and other_kind is not int and isinstance(other, Tensor)):
            more = other._data
            if kind is more.__class__ and kind in FLOATS:
                result = compute(data, more)
                key = None
            else:
                dtype = data.dtype
                if dtype is not more.dtype or dtype not in KINDS:
                    return long(self, other)
                try:
                    result = compute(data, more)
                except ValueError:
                    return long(self, other)
                key = (data.shape, more.shape, dtype)
            mine, yours = self._requires_grad, other._requires_grad
            if not (mine or yours) or not grad_mode.enabled:
                if grad_mode.inference:
                    return long(self, other)
                out = Tensor(result)
                if record.active is not None:
                    record.active.applied(op, (self, other), (), (out,), None)
                return out
            if saving.hooks or anomaly.enabled:
                return long(self, other)
            if self._version_cell is None and other._version_cell is None:
                counts = None
            else:
                counts = _counts(self, other)
                if counts is None:
                    return long(self, other)
            node = _new(QuickFunction)
            if mine:
                to = self._node if self._view is None else target_of(self)
                if to is None and self._view is None:
                    to = self
                if yours:
                    route = both
                    than = other._node if other._view is None else target_of(other)
                    if than is None and other._view is None:
                        than = other
                    node._to = (to, than)
                    node._ports = (self._output, other._output) if self._output or other._output else None
                else:
                    route = first
                    node._to = (to,)
                    node._ports = (self._output,) if self._output else None
            else:
                route = second
                to = other._node if other._view is None else target_of(other)
                node._to = (other,) if to is None and other._view is None else (to,)
                node._ports = (other._output,) if other._output else None
            mode = route.mode
            if mode == TWO:
                node._held = (self, other)
                node._counts = counts
            elif mode == ONE:
                keep = route.kept[0]
                node._held = other if keep else self
                node._counts = None if counts is None else (counts[keep],)
            else:
                node._held = node._counts = None
            if key is None:
                node._facts = route.single if kind is np.float32 else route.double
            else:
                facts = route.facts.get(key)
                node._facts = route.known(key, result) if facts is None else facts
            inputs = (self, other)
        elif other_kind is float or other_kind is int:
            if real and other_kind is int:
                if abs(other) > 2**53:
                    return long(self, other)
                other = float(other)
            if kind is np.ndarray:
                dtype = data.dtype
                if dtype not in KINDS:
                    return long(self, other)
                try:
                    result = compute(data, other)
                except (ValueError, OverflowError):
                    return long(self, other)
                key = (data.shape, None, dtype)
                if result.dtype is not dtype:
                    return long(self, other)
            elif kind in FLOATS:
                try:
                    result = compute(data, other)
                except OverflowError:
                    return long(self, other)
                key = None
            else:
                return long(self, other)
            if not self._requires_grad or not grad_mode.enabled:
                if grad_mode.inference:
                    return long(self, other)
                out = Tensor(result)
                if record.active is not None:
                    record.active.applied(op, (self, other), (), (out,), None)
                return out
            if saving.hooks or anomaly.enabled or stale(self):
                return long(self, other)
            node = _new(QuickFunction)
            to = self._node if self._view is None else target_of(self)
            node._to = (self,) if to is None and self._view is None else (to,)
            node._ports = (self._output,) if self._output else None
            route = mixed
            node._counts = None
            node._held = other if route.mode == NUMBER else None
            if key is None:
                node._facts = route.single if kind is np.float32 else route.double
            else:
                facts = route.facts.get(key)
                node._facts = route.known(key, result) if facts is None else facts
            inputs = (self, other)
        else:
            return long(self, other)
        return _gave(node, route, inputs, result)

    return method


def unary(op: Op, compute: Callable[[Any], Any], long: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The front of an op on one tensor of floats that keeps shape and dtype; all else goes the `long` way."""
    route = route_of(op, (True,), (True,))
    mode = route.mode
    assert mode in (NOTHING, ONE, RESULT), op.name

    def front(input: Any) -> Any:
        if not isinstance(input, Tensor):
            return long(input)
        data = input._data
        kind = data.__class__
        if not (
            input._requires_grad
            and grad_mode.enabled
            and (kind in FLOATS or (kind is np.ndarray and data.ndim and data.dtype in KINDS))
        ) or (input._version_cell is not None or saving.hooks or anomaly.enabled):
            return long(input)
        result = compute(data)
        node = _new(QuickFunction)
        node._to = (input if input._node is None else input._node,)
        node._ports = (input._output,) if input._output else None
        node._held = input if mode == ONE else None
        node._counts = None
        if kind is np.ndarray:
            key = (data.shape, None, data.dtype)
            facts = route.facts.get(key)
            node._facts = route.known(key, result) if facts is None else facts
        else:
            node._facts = route.single if kind is np.float32 else route.double
            if result.__class__ is not kind:
                result = kind(result)
        return _gave(node, route, (input,), result)

    return front


def _counts(first: Any, second: Any) -> tuple[int, int] | None:
    """The versions of two tensors; None where one cannot be saved or has to renew its history."""
    for each in (first, second):
        cell = each._version_cell
        if cell is not None and (cell.frozen or (each._view is not None and each._view.version != cell.count)):
            return None
    return first._count, second._count


function.shortened = attached
