"""The short way: nodes that share what is alike in all of them, and fronts for operands that need no second look.

Nothing here is needed for a right answer. Whatever is out of the ordinary (a view that was written, mixed dtypes, packed saved tensors,
anomaly detection) goes the long way through `engine.function`, whose results these are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import anomaly, dtypes, function, grad_mode, kernels, memory, notation, recording, saving
from engine.function import Function
from engine.owed import EXACT, LARGE
from engine.tensor import Tensor, Version, sequence

if TYPE_CHECKING:
    from engine.ops.op import Op, Plan

# How a node keeps what its rule needs, and how the rule takes it: as arrays and numbers, saved inputs first.
NOTHING, NUMBER, ONE, TWO, RESULT, MANY = range(6)
TAKEN: tuple[Callable[[Any], tuple[Any, ...]], ...] = (
    lambda held: (),
    lambda held: (held,),
    lambda held: (held._data,),
    lambda held: (held[0]._data, held[1]._data),
    lambda held: (held,),
    lambda held: tuple([item._data if isinstance(item, Tensor) else item for item in held]),
)
FREED: Any = object()
KINDS = frozenset({np.dtype(np.float32), np.dtype(np.float64)})

float32, float64 = np.float32, np.float64

_new = object.__new__
_next = sequence.__next__


class Facts:
    """Shapes and dtypes of the inputs and of the result; nodes over single numbers share theirs."""

    __slots__ = ("dtypes", "outputs", "scalar", "shapes", "spoken")

    def __init__(self, shapes: tuple[Any, ...], dtypes: tuple[Any, ...], output: Any, *, alike: bool) -> None:
        self.shapes = shapes
        self.dtypes = dtypes
        self.outputs = ((output.shape, output.dtype),)
        self.scalar = type(output) if alike and not output.shape else None
        # How nodes over single numbers are told; the encoder fills it in.
        self.spoken: Any = None


class Route:
    """What all nodes of an op share whose inputs need gradients in the same places."""

    __slots__ = (
        "back", "double", "edges", "facts", "kept", "mode", "needs", "numbers", "op", "places", "plan", "result", "saves", "settings", "shapes", "single", "taken", "vjp", "width",
    )  # fmt: skip

    def __init__(self, op: Op, needs: tuple[bool, ...], tensors: tuple[bool, ...]) -> None:
        self.op = op
        self.needs = needs
        self.plan: Plan = op.plan(needs)
        self.edges = tuple(edge for edge, need in enumerate(needs) if need)
        self.places = tuple(op.slots[edge] for edge in self.edges)
        self.width = len(self.edges)
        self.numbers = tuple(range(self.width))
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
        self.taken = TAKEN[self.mode]
        found = dict(zip(names, self._found(tensors), strict=True))
        self.vjp: Callable[[Any, Any], tuple[Any, ...]] = notation.joined(
            formulas, ("g", "node"), kernels.VOCABULARY, found
        )
        self.single = self._alike(np.float32(0), tensors)
        self.double = self._alike(np.float64(0), tensors)
        self.facts: dict[Any, Facts] = {}

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

    def _found(self, tensors: tuple[bool, ...]) -> Iterator[str]:
        """Where a node of this kind has what the rule takes, as expressions over `node`."""
        for number, place in enumerate(self.kept):
            held = f"node._held[{number}]" if self.mode >= TWO and self.mode != RESULT else "node._held"
            yield f"{held}._data" if tensors[place] else held
        if self.result:
            yield "node._held" if self.mode == RESULT else "node._held[-1]"
        for place in self.shapes:
            yield f"node._facts.shapes[{place}]"
        for place in self.settings:
            yield f"node._odds.settings[{place}]"

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


class Odds:
    """What few quick nodes have: settings, edges to other outputs than the first, versions above 0, a result that others count too."""

    __slots__ = ("cell", "counts", "ports", "settings")

    def __init__(self) -> None:
        self.cell: Version | None = None
        self.counts: tuple[int, ...] | None = None
        self.ports: tuple[int, ...] | None = None
        self.settings: tuple[Any, ...] = ()


class QuickFunction(Function):
    """A Function of one result that shares all that is not its own with its kind, and answers as any Function does.

    It is made empty and filled by who makes it: that is the cheapest way there is. Its edges are kept as targets alone, for nearly all lead
    to output 0. What it saved is in `_held`: nothing, one thing, or a tuple of the
    inputs and the result; a saved result has no version counter until its tensor has one.
    """

    __slots__ = ("_facts", "_held", "_odds", "_route", "_to")

    _route: Route
    _facts: Facts
    _to: tuple[Any, ...]
    _held: Any
    _odds: Odds | None

    def odds(self) -> Odds:
        if self._odds is None:
            self._odds = Odds()
        return self._odds

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
    def _settings(self) -> tuple[Any, ...]:  # type: ignore[override]
        return () if self._odds is None else self._odds.settings

    @property
    def _ports(self) -> tuple[int, ...] | None:
        """The outputs that the edges lead to; None where all are 0."""
        return None if self._odds is None else self._odds.ports

    def port(self, edge: int) -> int:
        """The output that an edge leads to."""
        ports = self._ports
        return 0 if ports is None else ports[edge]

    def fitted(self, gradient: Any, edge: int) -> Any:
        """A gradient in the shape and dtype of the input that its edge belongs to."""
        facts, place = self._facts, self._route.places[edge]
        if (
            facts.scalar is not None
            or gradient.shape != facts.shapes[place]
            or gradient.dtype is not facts.dtypes[place]
        ):
            gradient = self._fitted(gradient, place, False)
        return gradient

    @property
    def _freed(self) -> bool:  # type: ignore[override]
        return self._held is FREED

    @property
    def _edges(self) -> tuple[tuple[Any, int] | None, ...]:  # type: ignore[override]
        edges: list[tuple[Any, int] | None] = [None] * len(self._route.needs)
        ports = self._ports
        for number, target in enumerate(self._to):
            if target is not None:
                edges[self._route.edges[number]] = (target, 0 if ports is None else ports[number])
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

    def kept(self, held: Any) -> tuple[Any, ...]:
        """The saved inputs, tensors and numbers, in the order of the inputs, of a node that holds `held`."""
        mode = self._route.mode
        if held is FREED or mode in (NOTHING, RESULT):
            return ()
        return held[: len(self._route.kept)] if mode >= TWO else (held,)

    def result(self, held: Any) -> Any:
        """The saved result of a node that holds `held`; None where it saves none."""
        if held is FREED or not self._route.result:
            return None
        return held if self._route.mode == RESULT else held[-1]

    def sources(self, held: Any) -> tuple[list[Any], list[Any]]:
        """The saved inputs and results as arrays and numbers, of a node that held `held`."""
        route = self._route
        values: list[Any] = [None] * len(route.op.inputs)
        for place, item in zip(route.kept, self.kept(held), strict=False):
            values[place] = item._data if isinstance(item, Tensor) else item
        return values, [self.result(held)] if route.result else []

    @property
    def _saved(self) -> tuple[Any, ...]:  # type: ignore[override]
        kept = self.kept(self._held)
        if not kept:
            return ()
        saved: list[Any] = [None] * len(self._route.op.inputs)
        for place, item in zip(self._route.kept, kept, strict=True):
            saved[place] = item
        return tuple(saved)

    @property
    def _versions(self) -> tuple[int, ...]:  # type: ignore[override]
        versions = [0] * len(self._route.op.inputs)
        counts = None if self._odds is None else self._odds.counts
        for place, version in zip(self._route.kept, counts or (0,) * len(self._route.kept), strict=True):
            versions[place] = version
        return tuple(versions)

    @property
    def _results(self) -> list[Any]:  # type: ignore[override]
        result = self.result(self._held)
        return [] if result is None else [(result, self.counter(result), 0)]

    def unchanged(self) -> bool:
        """Whether nothing that was saved has been written since."""
        odds = self._odds
        counts = None if odds is None else odds.counts
        for number, item in enumerate(self.kept(self._held)):
            if isinstance(item, Tensor) and (
                item._count != (0 if counts is None else counts[number])
                or (item._extras is not None and item._extras.detached)
            ):
                return False
        return odds is None or odds.cell is None or odds.cell.count == 0

    def counter(self, data: Any) -> Version | None:
        """The version counter that this node and the tensor of its result share; None for other memory."""
        if data is None or data is not self.result(self._held):
            return None
        odds = self.odds()
        if odds.cell is None:
            odds.cell = Version()
        return odds.cell

    def share_result(self, output: int, array: Any) -> None:
        if self._route.result and self._held is not FREED:
            self._held = array if self._route.mode == RESULT else (*self._held[:-1], array)

    def release(self) -> bool:
        if self._held is FREED or not self._route.saves:
            return False
        self._held = FREED
        return True

    def rule(self, gradient: Any, held: Any) -> Any:
        """What the rule makes of an arriving array and of what the node held, before it is fitted to the inputs; a tuple of several."""
        route, odds = self._route, self._odds
        shapes, settings = self._facts.shapes, () if odds is None else odds.settings
        extra = [*[shapes[place] for place in route.shapes], *[settings[place] for place in route.settings]]
        return route.back(gradient, *route.taken(held), *extra)


def target_of(tensor: Any) -> Any:
    """Where the gradient of a tensor goes; itself where it is a leaf."""
    view = tensor._view
    if view is None:
        return tensor if tensor._node is None else tensor._node
    node = tensor._history()
    return (tensor if view.own else None) if node is None else node


def stale(tensor: Any) -> bool:
    """Whether the tensor is a view whose memory was written since, so that its history has to be made anew."""
    view = tensor._view
    return view is not None and view.version != tensor._count


_kinds: dict[Any, tuple[Route, Facts]] = {}


def _kind(op: Op, needs: tuple[bool, ...], given: tuple[Any, ...], data: Any) -> tuple[Route, Facts]:
    """What nodes of an op have in common; `given` are shape and dtype of each input, None for one that is no tensor."""
    key = (op, needs, given, data.shape, data.dtype)
    found = _kinds.get(key)
    if found is None:
        if len(_kinds) > 9999:
            _kinds.clear()
        shapes, dtypes = zip(*((None, None) if each is None else each for each in given), strict=True)
        route = route_of(op, needs, tuple([each is not None for each in given]))
        found = _kinds[key] = route, Facts(shapes, dtypes, data, alike=False)
    return found


def attached(
    op: Op, inputs: Any, values: Any, settings: tuple[Any, ...], needs: tuple[bool, ...], out: Tensor
) -> QuickFunction | None:
    """The node of an op of one result, `out` made its output; None where it has to be made the long way."""
    if op.silent:
        return None
    given: list[Any] = []
    written = False
    for item, value in zip(inputs, values, strict=True):
        if isinstance(item, Tensor):
            extras = item._extras
            if extras is not None and extras.grad_of is not None:
                return None
            if extras is not None and extras.version_cell is not None:
                cell, view = extras.version_cell, extras.view
                if cell.frozen or (view is not None and view.version != cell.count):
                    return None
                written = written or cell.count > 0
            given.append((value.shape, item._data.dtype))
        else:
            given.append(None)
    node = QuickFunction()
    node._route, node._facts = route, _ = _kind(op, needs, tuple(given), out._data)
    node._odds = None
    ports = False
    to = []
    for place in route.places:
        source = inputs[place]
        if source._extras is None:
            to.append(source if source._node is None else source._node)
        else:
            target = target_of(source)
            if target is None:
                return None
            to.append(target)
        if source._output:
            ports = True
    node._to = tuple(to)
    if settings:
        node.odds().settings = settings
    if ports:
        node.odds().ports = tuple([inputs[place]._output for place in route.places])
    mode = route.mode
    kept = tuple([inputs[place] for place in route.kept])
    if written:
        node.odds().counts = tuple([item._count if isinstance(item, Tensor) else 0 for item in kept])
    if mode == RESULT:
        node._held = out._data
    elif mode >= TWO:
        node._held = (*kept, out._data) if route.result else kept
    else:
        node._held = kept[0] if kept else None
    if route.result and out._version_cell is not None:
        node.odds().cell = out._version_cell
    node._sequence = _next()
    node._rare = node._identity = node._arrived = None
    out._node, out._output, out._requires_grad = node, 0, True
    return node


def _gave(
    node: QuickFunction, first: Any, second: Any, result: Any, again: Callable[[Any, Any], Any] | None = None
) -> Tensor:
    """The result of a node that knows its inputs by now, recorded where somebody records.

    `again` makes the very same result of the operands at any time.
    """
    node._sequence = _next()
    node._rare = node._identity = node._arrived = None
    out: Tensor = _new(Tensor)
    out._data = result
    out._node = node
    out._requires_grad = True
    out._output = 0
    out._gradient = out._extras = out._identity = None
    recorder = recording.active
    if recorder is not None:
        if again is not None and result.nbytes >= LARGE:
            recorder.large(out, again, first, second)
        else:
            recorder.note((out, recorder.line, recorder.span, first, second))
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
    twice, number = both.mode == TWO, mixed.mode == NUMBER
    one = True if both.mode == ONE else None
    first_kept = both.kept == (0,)
    exact = compute if compute in EXACT else None

    def method(self: Any, other: Any) -> Any:
        data = self._data
        kind = data.__class__
        other_kind = other.__class__
        if (kind is float32 or kind is float64) and self._extras is None and not self._output:
            # Single numbers with nothing odd about them: most of what a small program does, so every step is written out here.
            to = self._node
            if to is None and self._requires_grad:
                to = self
            if other_kind is Tensor:
                more = other._data
                than = other._node
                if than is None and other._requires_grad:
                    than = other
                if kind is not more.__class__ or than is None or other._extras is not None or other._output:
                    to = None
            else:
                more = other
                if other_kind is not float:
                    to = None
            if to is not None and grad_mode.enabled and not (saving.hooks or anomaly.enabled):
                try:
                    result = compute(data, more)
                except OverflowError:
                    return long(self, other)
                node = QuickFunction()
                if more is other:
                    node._route = mixed
                    node._facts = mixed.single if kind is float32 else mixed.double
                    node._to = (to,)
                    node._held = other if number else None
                else:
                    node._route = both
                    node._facts = both.single if kind is float32 else both.double
                    node._to = (to, than)
                    node._held = (self, other) if twice else one and (self if first_kept else other)
                node._sequence = _next()
                node._odds = node._rare = node._identity = node._arrived = None
                out = _new(Tensor)
                out._data = result
                out._node = node
                out._requires_grad = True
                out._output = 0
                out._gradient = out._extras = out._identity = None
                recorder = recording.active
                if recorder is not None:
                    recorder.note((out, recorder.line, recorder.span, self, other))
                return out
        again = exact
        if other_kind is float or other_kind is int:
            if real and other_kind is int:
                if abs(other) > 2**53:
                    return long(self, other)
                other = float(other)
            if kind is float32 or kind is float64:
                try:
                    result = compute(data, other)
                except OverflowError:
                    return long(self, other)
                facts = mixed.single if kind is float32 else mixed.double
            elif kind is np.ndarray:
                dtype = data.dtype
                if dtype not in KINDS:
                    return long(self, other)
                try:
                    result = compute(data, other)
                except (ValueError, OverflowError):
                    return long(self, other)
                if result.dtype is not dtype:
                    return long(self, other)
                key = (data.shape, None, dtype)
                facts = mixed.facts.get(key) or mixed.known(key, result)
            else:
                return long(self, other)
            if not self._requires_grad or not grad_mode.enabled:
                return _untracked(op, self, other, result, long)
            if saving.hooks or anomaly.enabled:
                return long(self, other)
            node = QuickFunction()
            node._odds = None
            if self._extras is None:
                to = self._node
                node._to = (self if to is None else to,)
            else:
                to = None if stale(self) else target_of(self)
                if to is None:
                    return long(self, other)
                node._to = (to,)
            if self._output:
                node.odds().ports = (self._output,)
            node._route = mixed
            node._held = other if mixed.mode == NUMBER else None
        elif other_kind is Tensor or isinstance(other, Tensor):
            more = other._data
            mine, yours = self._requires_grad, other._requires_grad
            route = both if mine and yours else first if mine else second
            if kind is more.__class__ and (kind is float32 or kind is float64):
                result = compute(data, more)
                facts = route.single if kind is float32 else route.double
            else:
                dtype = data.dtype
                if dtype is not more.dtype or dtype not in KINDS:
                    return long(self, other)
                try:
                    result = compute(data, more)
                except ValueError:
                    return long(self, other)
                if self._extras is not None or other._extras is not None:
                    result = memory.laid_out(result, (data, more))
                    again = None
                key = (data.shape, more.shape, dtype)
                facts = route.facts.get(key) or route.known(key, result)
            if not (mine or yours) or not grad_mode.enabled:
                return _untracked(op, self, other, result, long)
            if saving.hooks or anomaly.enabled:
                return long(self, other)
            counts = None
            node = QuickFunction()
            node._odds = None
            if self._extras is None and other._extras is None:
                to, than = self._node, other._node
                if to is None:
                    to = self
                if than is None:
                    than = other
            else:
                counts = _counts(self, other)
                if counts is None:
                    return long(self, other)
                to, than = target_of(self), target_of(other)
                if (mine and to is None) or (yours and than is None):
                    return long(self, other)
            if route is both:
                node._to = (to, than)
                if self._output or other._output:
                    node.odds().ports = (self._output, other._output)
            elif mine:
                node._to = (to,)
                if self._output:
                    node.odds().ports = (self._output,)
            else:
                node._to = (than,)
                if other._output:
                    node.odds().ports = (other._output,)
            node._route = route
            mode = route.mode
            if mode == TWO:
                node._held = (self, other)
                if counts is not None:
                    node.odds().counts = counts
            elif mode == ONE:
                keep = route.kept[0]
                node._held = other if keep else self
                if counts is not None:
                    node.odds().counts = (counts[keep],)
            else:
                node._held = None
        else:
            return long(self, other)
        node._facts = facts
        return _gave(node, self, other, result, again)

    return method


def _untracked(op: Op, self: Any, other: Any, result: Any, long: Callable[[Any, Any], Any]) -> Any:
    if grad_mode.inference:
        return long(self, other)
    out = Tensor(result)
    if recording.active is not None:
        recording.active.applied(op, (self, other), (), (out,), None)
    return out


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
            and ((kind is float32 or kind is float64) or (kind is np.ndarray and data.ndim and data.dtype in KINDS))
        ) or (input._extras is not None or saving.hooks or anomaly.enabled):
            return long(input)
        result = compute(data)
        node = QuickFunction()
        node._route = route
        node._odds = None
        node._to = (input if input._node is None else input._node,)
        if input._output:
            node.odds().ports = (input._output,)
        if kind is np.ndarray:
            key = (data.shape, None, data.dtype)
            node._facts = route.facts.get(key) or route.known(key, result)
        else:
            node._facts = route.single if kind is float32 else route.double
            if result.__class__ is not kind:
                result = kind(result)
        node._held = input if mode == ONE else result if mode == RESULT else None
        return _gave(node, input, None, result)

    return front


def number(long: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.tensor` of one Python float; all else goes the `long` way."""

    def tensor(*given: Any, **named: Any) -> Any:
        flag = named.get("requires_grad", False)
        if len(given) != 1 or given[0].__class__ is not float or len(named) > (flag is True) or grad_mode.inference:
            return long(*given, **named)
        out = _new(Tensor)
        # One times a Python number is that number in the default dtype, and the cheapest way to it.
        out._data = dtypes.one * given[0]
        out._requires_grad = flag
        out._node = out._gradient = out._extras = out._identity = None
        out._output = 0
        if recording.active is not None:
            recording.active.created(out)
        return out

    return tensor


def _counts(first: Any, second: Any) -> tuple[int, int] | None:
    """The versions of two tensors; None where one cannot be saved, is a `.grad`, or has to renew its history."""
    for each in (first, second):
        extras = each._extras
        if extras is not None and extras.grad_of is not None:
            return None
        if extras is not None and extras.version_cell is not None:
            cell, view = extras.version_cell, extras.view
            if cell.frozen or (view is not None and view.version != cell.count):
                return None
    return first._count, second._count


function.shortened = attached
