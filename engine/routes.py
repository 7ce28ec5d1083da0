"""What nodes of one kind share: the route of an op whose inputs need gradients in the same places, and the facts of shapes and dtypes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import kernels, notation
from engine.memory import told
from engine.tensor import Tensor

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


class Facts:
    """Shapes and dtypes of the inputs and of the result; nodes over single numbers share theirs."""

    __slots__ = ("dtypes", "first", "kind", "outputs", "scalar", "second", "shapes", "spoken")

    def __init__(
        self, places: tuple[int, ...], shapes: tuple[Any, ...], dtypes: tuple[Any, ...], output: Any, *, alike: bool
    ) -> None:
        """`places` are the inputs that the edges lead to."""
        self.shapes = shapes
        self.dtypes = dtypes
        # The shapes of the gradients that go over the first two edges, and the dtype of all; None where those are of several.
        self.first, self.second = (*[shapes[place] for place in places[:2]], None, None)[:2]
        kinds = {dtypes[place] for place in places}
        self.kind = kinds.pop() if len(kinds) == 1 else None
        self.outputs = ((output.shape, output.dtype),)
        self.scalar = type(output) if alike and not output.shape else None
        # How nodes over single numbers are told; the encoder fills it in.
        self.spoken: Any = None


class Route:
    """What all nodes of an op share whose inputs need gradients in the same places."""

    __slots__ = (
        "back", "crowded", "double", "edges", "facts", "head", "holds", "kept", "mode", "needs", "op", "output", "places", "plan", "result", "saves", "settings", "shapes", "single", "taken", "vjp", "width",
    )  # fmt: skip

    def __init__(self, op: Op, needs: tuple[bool, ...], tensors: tuple[bool, ...]) -> None:
        self.op = op
        self.needs = needs
        self.plan: Plan = op.plan(needs)
        self.edges = tuple(edge for edge, need in enumerate(needs) if need)
        self.places = tuple(op.slots[edge] for edge in self.edges)
        self.width = len(self.edges)
        self.kept: tuple[int, ...] = (
            tuple(place for place, keep in enumerate(self.plan.inputs) if keep) if self.plan.names else ()
        )
        self.result = any(self.plan.results)
        # Which of the results is saved; where it is more than one, `crowded`, it is no short node's.
        self.crowded = self.plan.results.count(True) > 1
        self.output = self.plan.results.index(True) if self.result else 0
        self.saves = bool(self.plan.names)
        formulas = [op.formulas[edge] for edge in self.edges]
        uses: frozenset[str] = frozenset().union(*(formula.uses for formula in formulas))
        self.shapes = tuple(place for place, name in enumerate(op.inputs) if f"{name}_shape" in uses)
        self.settings = tuple(place for place, name in enumerate(op.settings) if name in uses)
        names = [op.inputs[place] for place in self.kept]
        names += self.named
        names += [f"{op.inputs[place]}_shape" for place in self.shapes]
        names += [op.settings[place] for place in self.settings]
        self.back: Callable[..., Any] = notation.joined(formulas, ("g", *names), kernels.VOCABULARY)
        self.mode = self._mode(tensors)
        self.taken = TAKEN[self.mode]
        self.holds = self._holds()
        found = dict(zip(names, self._found(tensors), strict=True))
        self.vjp: Callable[[Any, Any], Any] = notation.joined(formulas, ("g", "node"), kernels.VOCABULARY, found)
        self.single = self._alike(np.float32(0), tensors)
        self.double = self._alike(np.float64(0), tensors)
        self.facts: dict[Any, Facts] = {}
        # What begins a backward call at a node of this kind, in place of the rules of the first two nodes; few kinds have one.
        self.head: Callable[[Any, Any, bool], tuple[Any, int, Any] | None] | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The name of the result that is saved."""
        return (self.op.results[self.output],) if self.result else ()

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

    def _holds(self) -> Callable[[Sequence[Any]], Any]:
        """What finds, among the inputs and the result behind them, what a node saves as one thing; where it saves two inputs, the first."""
        places = (*self.kept, len(self.op.inputs)) if self.result else self.kept
        if self.mode == MANY and len(places) < 2:
            # `itemgetter` gives one thing by itself.
            return lambda these: (these[places[0]],) if places else ()
        if self.mode == TWO:
            places = places[:1]
        return itemgetter(*places) if places else lambda these: None

    def _found(self, tensors: tuple[bool, ...]) -> Iterator[str]:
        """Where a node of this kind has what the rule takes, as expressions over `node`."""
        for number, place in enumerate(self.kept):
            held = ("node._held", "node._beside")[number] if self.mode == TWO else "node._held"
            if self.mode == MANY:
                held = f"node._held[{number}]"
            yield f"{held}._data" if tensors[place] else held
        if self.result:
            yield "node._held" if self.mode == RESULT else "node._held[-1]"
        for place in self.shapes:
            yield f"node._facts.shapes[{place}]"
        for place in self.settings:
            yield f"node._odds.settings[{place}]"

    def _alike(self, number: Any, tensors: tuple[bool, ...]) -> Facts:
        shapes = tuple(() if each else None for each in tensors)
        kinds = tuple(number.dtype if each else None for each in tensors)
        return Facts(self.places, shapes, kinds, number, alike=True)

    def known(self, key: tuple[Any, ...], output: Any, laid: tuple[Any, ...] = ()) -> Facts:
        """The facts of two operands of one dtype, `key` their shapes and that dtype; beside them their strides, where it counts how they are laid."""
        first, second, kind, *_ = key
        if laid:
            first, second = map(told, laid)
        kinds = (kind if first is not None else None, kind if second is not None else None)
        width = len(self.op.inputs)
        return self._learned(key, (first, second)[:width], kinds[:width], output)

    def learned(self, key: Any, inputs: Sequence[Any], output: Any) -> Facts:
        """The facts of these operands; of one that is no tensor there are none."""
        arrays = [each._data if isinstance(each, Tensor) else None for each in inputs]
        shapes = tuple([None if each is None else each.shape for each in arrays])
        return self._learned(key, shapes, tuple([None if each is None else each.dtype for each in arrays]), output)

    def _learned(self, key: Any, shapes: tuple[Any, ...], kinds: tuple[Any, ...], output: Any) -> Facts:
        if len(self.facts) > 999:
            self.facts.clear()
        found = self.facts[key] = Facts(self.places, shapes, kinds, output, alike=False)
        return found


_routes: dict[Any, Route] = {}


def route_of(op: Op, needs: tuple[bool, ...], tensors: tuple[bool, ...]) -> Route:
    """The one Route of these; the caller may keep it."""
    key = (op, needs, tensors)
    found = _routes.get(key)
    if found is None:
        found = _routes[key] = Route(op, needs, tensors)
    return found


NO_TENSOR = (None, None, False)
"""What stands in the key of a kind for an input that is no tensor."""

_kinds: dict[Any, tuple[Route, Facts]] = {}


def kind_of(key: tuple[Any, ...], data: Any, values: Iterable[Any]) -> tuple[Route, Facts]:
    """What nodes of an op have in common: `key` is the op, shape and dtype of the result, and of each input its shape, its dtype and whether it
    requires grad; of a row that is `laid` the inputs' strides in the place of the result's shape."""
    found = _kinds.get(key)
    if found is None:
        if len(_kinds) > 9999:
            _kinds.clear()
        op, given = key[0], key[3:]
        shapes, dtypes, asked = tuple(map(told, values) if op.laid else given[::3]), tuple(given[1::3]), given[2::3]
        needs = tuple([asked[slot] for slot in op.slots])
        route = route_of(op, needs, tuple([each is not None for each in dtypes]))
        found = _kinds[key] = route, Facts(route.places, shapes, dtypes, data, alike=False)
    return found
