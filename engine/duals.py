"""What forward mode gives a function in the place of its inputs, which the function may write to: PyTorch's tensor and tangent in one.

The derivative is taken by the input as it was. A leaf of the transform's own is asked for the gradients that arrive where it was a leaf. What came with
a history is given as a view, and a write through that belongs to the outer graph too: it makes a CopySlices of the memory's node of before, and there
the gradient of what was overwritten ends, while gradients are taken, at a node of the transform's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from engine import edges, memory, recording
from engine.accumulator import stand_in
from engine.function import Function, behind, edge_to
from engine.ops import views
from engine.ops.table import METHODS
from engine.tensor import Tensor

CLOSED_OVER = "jvp and jacfwd of a function that uses what it wrote to by another name too are not offered here; write to a clone of it"
TRACKED = "jvp and jacfwd of a function that writes what requires grad to an input which does not are not offered here; write to a clone of it"
MODIFIED = "has been modified by an inplace operation"
SAVED = (
    "jvp and jacfwd of a function that writes to what it needs as it was are not offered here; write to a clone of it"
)


class Dual:
    """One input: `entry` is what the function is given, a leaf or a view of what came in with a history."""

    def __init__(self, entry: Tensor) -> None:
        self.entry = entry
        self._node = entry._node
        base = entry._base
        self._base = base
        self.outer = base is not None
        self._held: Function | None = None
        self._others: list[Tensor] = []
        if base is not None and base._node is not None and self._node is not None:
            with recording.unseen():
                self._held = METHODS["view_as"](base, base)._node
            self._others = [each for each in base._views() if each is not entry]

    @property
    def written(self) -> bool:
        """Whether the function wrote to it."""
        return self.entry._history() is not self._node

    def starts(self) -> list[Tensor]:
        """What stands for it as it was, where gradients are asked for."""
        if not self.written:
            return [self.entry]
        if self._node is None:
            return [stand_in(self.entry, self.entry)]
        return [edges.standing_for(edges.GradientEdge(node, 0)) for node in (self._node, self._held)]

    def ends(self) -> set[int]:
        """The targets of these, by id."""
        return {id(edge[0]) for each in self.starts() if (edge := edge_to(each)) is not None}

    def joined(self, found: Sequence[Tensor]) -> Tensor:
        """Its gradient, of those by its `starts`: of the memory's the part that it showed."""
        if len(found) == 1:
            return found[0]
        assert self._base is not None
        part = found[1]
        if not memory.identical(self.entry._array(), self._base._array()):
            part = views.as_strided(part, *views.window(self.entry))
        total: Tensor = METHODS["add"](found[0], part)
        return total

    def chain(self) -> list[views.CopySlices]:
        """What writes through views made of the memory's history, the last first. Raises NotImplementedError for other writes."""
        found: list[views.CopySlices] = []
        before = None if self._held is None else self._held._edges[0]
        edge = None if before is None or self._base is None else edge_to(self._base)
        while edge is not None and before is not None and edge[0] is not before[0]:
            if not isinstance(edge[0], views.CopySlices):
                raise NotImplementedError(CLOSED_OVER)
            found.append(edge[0])
            edge = edge[0]._edges[0]
        if edge is None:
            raise NotImplementedError(CLOSED_OVER)
        return found

    def refuse_other_names(self, links: set[int], outputs: Sequence[Tensor]) -> None:
        """Raises NotImplementedError where outputs depend on what was written by a name other than the entry: PyTorch has no tangent there."""
        foreign = {id(each._node) for each in self._others if each._node is not None and _leads(each._node, links)}
        for output in outputs:
            edge = edge_to(output) if output._requires_grad else None
            if edge is None:
                continue
            if id(edge[0]) in links or id(edge[0]) in foreign:
                raise NotImplementedError(CLOSED_OVER)
            for node in behind(output):
                if id(node) in foreign or (
                    id(node) not in links
                    and isinstance(node, Function)
                    and node._op is not views.AS_STRIDED
                    and _leads(node, links)
                ):
                    raise NotImplementedError(CLOSED_OVER)

    def link(self, node: views.CopySlices) -> None:
        """The gradient of what this first write overwrote ends here."""
        held = self._held
        assert held is not None and held._edges[0] is not None
        before = held._edges[0][0]
        if isinstance(before, Function):
            held._identity = before._identity  # the trace tells the memory's node of before
        node._edges = ((held, 0), *node._edges[1:])


def _leads(node: Function, links: set[int]) -> bool:
    return any(edge is not None and id(edge[0]) in links for edge in node._edges)


@contextmanager
def followed(duals: Sequence[Dual], outputs: Sequence[Tensor]) -> Iterator[None]:
    """Inside it gradients of the outputs come to the inputs as these were before the function wrote to them.

    Raises NotImplementedError where the outputs depend on what was written by another name.
    """
    written = [(dual, dual.chain()) for dual in duals if dual.written and dual.outer]
    for dual, chain in written:
        dual.refuse_other_names({id(link) for link in chain}, outputs)
    kept = [(chain[-1], chain[-1]._edges) for _, chain in written]
    if len({id(node) for node, _ in kept}) < len(kept):
        raise NotImplementedError(CLOSED_OVER)
    if recording.active is not None:
        recording.active.settle()  # what was noted of these nodes is told as the program made them
    for dual, chain in written:
        dual.link(chain[-1])
    try:
        yield
    except RuntimeError as error:
        if any(dual.written for dual in duals) and MODIFIED in str(error):
            raise NotImplementedError(SAVED) from error
        raise
    finally:
        for node, before in kept:
            node._edges = before


def asked(duals: Sequence[Dual], found: Callable[[list[Tensor]], Sequence[Tensor]]) -> tuple[Tensor, ...]:
    """The gradient of each input, of what `found` gives for all that stands for them."""
    starts = [dual.starts() for dual in duals]
    waiting = iter(found([each for row in starts for each in row]))
    return tuple(dual.joined([next(waiting) for _ in row]) for dual, row in zip(duals, starts, strict=True))


def apart(primals: Sequence[Tensor], tangents: Sequence[Tensor]) -> list[Tensor]:
    """The tangents as they are now, of those that a write to a primal would change, and as they come to lie where elements of a primal share
    memory.
    """
    found = []
    for own, each in zip(primals, tangents, strict=True):
        way = each
        if any(each is other or np.may_share_memory(each._data, other._data) for other in primals):
            way = way.clone()
        if memory.entangled(own._array()) and not _alike(own, each):
            flat = METHODS["index_select"](METHODS["reshape"](way, -1), 0, Tensor(memory.last_written(own._data)))
            way = METHODS["view"](flat, *own.shape)
        found.append(way)
    return found


def columns(slopes: Tensor, primal: Tensor) -> Tensor:
    """A Jacobian by an input, of shape (*output, *input), whose tangents come to lie as the elements of that do in memory."""
    array = primal._array()
    if not memory.entangled(array):
        return slopes
    rows = METHODS["reshape"](slopes, -1, array.size)
    found = METHODS["index_add"](Tensor(np.zeros_like(rows._data)), 1, Tensor(memory.last_written(array)), rows)
    result: Tensor = METHODS["view"](found, *slopes.shape)
    return result


def check_overlap(primal: Tensor, tangent: Tensor | None) -> None:
    """Raises RuntimeError where PyTorch cannot lay a tangent out as its primal is: there elements of that would be written that share memory."""
    if tangent is not None and _alike(primal, tangent):
        return
    data = primal._data
    if isinstance(data, np.ndarray) and data.size > 1 and memory.overlapping(data.shape, data.strides):
        raise RuntimeError(views.OVERLAP)


def _alike(primal: Tensor, tangent: Tensor) -> bool:
    """Whether PyTorch keeps the tangent itself, for it is of its primal's dtype and lies in memory as that does, and does not copy it."""
    return primal.dtype is tangent.dtype and laid_alike(primal, tangent)


def laid_alike(primal: Tensor, tangent: Tensor) -> bool:
    """Whether a tangent lies in memory as its primal does."""
    places = []
    for each in (primal, tangent):
        data = each._array()
        owner = memory.root(data)
        steps = tuple(step if size > 1 else 0 for size, step in zip(data.shape, data.strides, strict=True))
        places.append((owner.size, memory.address(data) - memory.address(owner), steps))
    return places[0] == places[1]


def write_tangent(primal: Tensor, tangent: Tensor, rate: Tensor) -> None:
    """The tangent of an input that was written to is written to as well, where it is the program's own tensor.

    Raises RuntimeError for a leaf that requires grad, as every write to one does.
    """
    if _alike(primal, tangent):
        METHODS["copy_"](tangent, rate)
