"""The short way: nodes that share what is alike in all of them. `engine.fronts` makes most of them.

Nothing here is needed for a right answer. Whatever is out of the ordinary (a view that was written, mixed dtypes, packed saved tensors,
anomaly detection) goes the long way through `engine.application`, whose results these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine import application
from engine.accumulator import end_of
from engine.function import Function
from engine.routes import NO_TENSOR, NOTHING, RESULT, TWO, Facts, Route, kind_of
from engine.tensor import Tensor
from engine.versions import Version, sequence

if TYPE_CHECKING:
    from engine.ops.op import Op, Plan

FREED: Any = object()
_next = sequence.__next__


class Odds:
    """What few quick nodes have: settings, more than two edges, edges to other outputs than the first, versions above 0, a result that others
    count too."""

    __slots__ = ("cell", "counts", "further", "ports", "settings")

    def __init__(self, settings: tuple[Any, ...] = ()) -> None:
        self.settings = settings
        self.cell: Version | None = None
        self.counts: tuple[int, ...] | None = None
        self.further: tuple[Any, ...] = ()
        self.ports: tuple[int, ...] | None = None


class QuickFunction(Function):
    """A Function that takes gradients for one result and shares all that is not its own with its kind, and answers as any Function does.

    It is made empty and filled by who makes it: that is the cheapest way there is. Its edges are kept as targets alone, for nearly all lead
    to output 0, and each target stands by itself, for a tuple would be one more thing to make and for the collector to walk; where there is
    one edge, `_second` is not filled. What it saved is in `_held`: nothing, one thing, or a tuple of the inputs and the result; of two inputs
    the other is in `_beside`. A saved result has no version counter until its tensor has one.
    """

    __slots__ = ("_beside", "_facts", "_first", "_held", "_odds", "_route", "_second")

    _route: Route
    _facts: Facts
    _first: Any
    _second: Any
    _held: Any
    _beside: Any
    _odds: Odds | None

    def odds(self) -> Odds:
        if self._odds is None:
            self._odds = Odds()
        return self._odds

    @property
    def targets(self) -> tuple[Any, ...]:
        """Where the gradients go, in the order of the edges."""
        width = self._route.width
        if width == 1:
            return (self._first,)
        return self._first, self._second, *(self._odds.further if width > 2 and self._odds is not None else ())

    def hold(self, inputs: Sequence[Any], result: Any) -> None:
        """Save of these inputs and the result what nodes of this route do."""
        route = self._route
        self._held = route.holds((*inputs, result))
        if route.mode == TWO:
            self._beside = inputs[route.kept[1]]

    @property
    def holding(self) -> Any:
        """All that it holds, as one thing."""
        held = self._held
        return (held, self._beside) if self._route.mode == TWO and held is not FREED else held

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
            gradient.shape != facts.shapes[place]
            or gradient.dtype is not facts.dtypes[place]
            or facts.scalar is not None
        ):
            gradient = self._fitted(gradient, self._route.edges[edge], False)
        return gradient

    @property
    def _freed(self) -> bool:  # type: ignore[override]
        return self._held is FREED

    @property
    def _edges(self) -> tuple[tuple[Any, int] | None, ...]:  # type: ignore[override]
        edges: list[tuple[Any, int] | None] = [None] * len(self._route.needs)
        ports = self._ports
        for number, target in enumerate(self.targets):
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

    def _placed(self, result: Any) -> list[Any]:
        """The saved result among all results; none where none is saved."""
        if result is None:
            return []
        placed: list[Any] = [None] * len(self._route.op.results)
        placed[self._route.output] = result
        return placed

    def sources(self, held: Any) -> tuple[list[Any], list[Any]]:
        """The saved inputs and results as arrays and numbers, of a node that held `held`."""
        route = self._route
        values: list[Any] = [None] * len(route.op.inputs)
        for place, item in zip(route.kept, self.kept(held), strict=False):
            values[place] = item._data if isinstance(item, Tensor) else item
        return values, self._placed(self.result(held))

    @property
    def _saved(self) -> tuple[Any, ...]:  # type: ignore[override]
        kept = self.kept(self.holding)
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
        result = self.result(self.holding)
        return self._placed(None if result is None else (result, self.counter(result), 0))

    def unchanged(self) -> bool:
        """Whether nothing that was saved has been written since."""
        odds = self._odds
        counts = None if odds is None else odds.counts
        for number, item in enumerate(self.kept(self.holding)):
            if isinstance(item, Tensor) and (
                item._count != (0 if counts is None else counts[number])
                or (item._extras is not None and item._extras.detached)
            ):
                return False
        return odds is None or odds.cell is None or odds.cell.count == 0

    def counter(self, data: Any) -> Version | None:
        """The version counter that this node and the tensor of its result share; None for other memory."""
        if data is None or data is not self.result(self.holding):
            return None
        odds = self.odds()
        if odds.cell is None:
            odds.cell = Version()
        return odds.cell

    def share_result(self, output: int, array: Any) -> None:
        if self._route.result and self._route.output == output and self._held is not FREED:
            self._held = array if self._route.mode == RESULT else (*self._held[:-1], array)

    def release(self) -> bool:
        if self._held is FREED or not self._route.saves:
            return False
        self._held = self._beside = FREED
        return True

    def rule(self, gradient: Any, held: Any) -> Any:
        """What the rule makes of an arriving array and of what the node held, before it is fitted to the inputs; a tuple of several."""
        route, odds = self._route, self._odds
        shapes, settings = self._facts.shapes, () if odds is None else odds.settings
        extra = [*[shapes[place] for place in route.shapes], *[settings[place] for place in route.settings]]
        return route.back(gradient, *route.taken(held), *extra)


def target_of(tensor: Any) -> Any:
    """Where the gradient of a tensor goes; itself where it is a leaf."""
    extras = tensor._extras
    if extras is None or (view := extras.view) is None:
        return tensor._node if tensor._node is not None else tensor if extras is None else end_of(tensor)
    node = tensor._history()
    return (tensor if view.own else None) if node is None else node


def savable(tensor: Any) -> bool:
    """Whether the short way may save a tensor: it is no `.grad`, not of inference mode, and no view that has to renew its history."""
    extras = tensor._extras
    if extras is None:
        return True
    cell = extras.version_cell
    return extras.grad_of is None and (cell is None or not (cell.frozen or tensor._stale()))


def attached(
    op: Op, inputs: Any, values: Any, settings: tuple[Any, ...], outputs: Sequence[Tensor]
) -> QuickFunction | None:
    """The node of an op that takes gradients for its first result, made its output; None where it has to be made the long way."""
    out = outputs[0]
    data = out._data
    key: list[Any] = [op, data.shape, data.dtype]
    plain = True
    for item, value in zip(inputs, values):  # noqa: B905 -- for every tracked op
        if isinstance(item, Tensor):
            if item._extras is not None:
                if not savable(item):
                    return None
                plain = False
            key += value.shape, item._data.dtype, item._requires_grad
        else:
            key += NO_TENSOR
    if op.laid:
        # Equal shapes may lie in memory otherwise: that stands in the place of the result's shape, which follows from theirs.
        key[1] = tuple([value.strides for value in values])
    route, facts = kind_of(tuple(key), data, values)
    if route.crowded:
        return None
    node = QuickFunction()
    node._route, node._facts = route, facts
    node._odds = Odds(settings) if settings else None
    to = []
    for place in route.places:
        source = inputs[place]
        target = source._node or source if source._extras is None else target_of(source)
        if target is None:
            return None
        to.append(target)
        if source._output:
            node.odds().ports = tuple([inputs[place]._output for place in route.places])
    node._first, *further = to
    if further:
        node._second = further[0]
        if route.width > 2:
            node.odds().further = tuple(further[1:])
    if not plain:
        counts = [inputs[place]._count if isinstance(inputs[place], Tensor) else 0 for place in route.kept]
        if any(counts):
            node.odds().counts = tuple(counts)
    if route.output:
        # The tensor of this result is not of this node: it has its counter from the beginning.
        data = outputs[route.output]._data
        node.odds().cell = outputs[route.output]._cell()
    elif route.result and out._extras is not None:
        node.odds().cell = out._extras.version_cell
    node.hold(inputs, data)
    node._sequence = _next()
    node._rare = node._identity = node._arrived = None
    out._node, out._output, out._requires_grad = node, 0, True
    return node


application.shortened = attached
