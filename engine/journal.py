"""What a backward call that nobody looked into leaves for the recorder: which nodes ran and what each of them held.

The recorder takes the steps again when it tells them (`retaken`), for nothing that they read has changed since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import scalars, steps
from engine.quick import QuickFunction
from engine.ready import FIRST, Ready, Spot, spot
from engine.routes import NOTHING, TWO
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.call import Call
    from engine.function import Function
    from engine.recorder import Recorder


class Handed:
    """What arrived at a node that is not of the short kind, or failed, and what it handed on."""

    __slots__ = ("arrived", "freed", "node", "results", "sources")

    def __init__(
        self, node: Function, arrived: list[Any], results: Sequence[Any], sources: Any, *, freed: bool
    ) -> None:
        self.node = node
        self.arrived = arrived
        self.results = results
        self.sources = sources
        self.freed = freed


class Journal:
    """The steps of one backward call and the leaves that got a gradient, with what stood in `.grad` before.

    `steps` are what was handed on, or nodes of the short kind, after each what it held: nothing, one thing, or two inputs.
    """

    def __init__(self, recorder: Recorder, root: Any, output: int, gradient: Any, *, keep: bool) -> None:
        self.recorder = recorder
        self.root = root
        self.keep = keep
        self.number, self.line, self.span = recorder.call, recorder.line, recorder.span
        self.steps: list[Any] = []
        self.landed: dict[Tensor, Any] = {}
        # While it is told: the gradients so far, by where they arrived; how many parts of each sum; what all lines of the call share.
        self.again: dict[Spot, Any] = {spot(root, output): gradient}
        self.parts: dict[Spot, int] = {}
        self.place: str | None = None
        self._meeting: Counter[Spot] | None = None

    def close(self, leaves: Sequence[Tensor] | dict[Tensor, Any]) -> None:
        """Note the call; `leaves` are about to be given their gradients."""
        for leaf in leaves:
            grad = leaf._gradient
            self.landed[leaf] = grad._data if isinstance(grad, Tensor) else grad
        self.recorder.pending.append((retaken, self))
        if any(before is not None for before in self.landed.values()):
            self.recorder.settle()

    def _split(self) -> tuple[list[Any], list[Any]]:
        """The nodes in the order in which they ran, and what each of them held."""
        nodes: list[Any] = []
        helds: list[Any] = []
        steps = iter(self.steps)
        for node in steps:
            held: Any = None
            if node.__class__ is Handed:
                node, held = node.node, node
            elif node._route.mode == TWO:
                held = next(steps), next(steps)
            elif node._route.mode != NOTHING:
                held = next(steps)
            nodes.append(node)
            helds.append(held)
        return nodes, helds

    def order(self) -> Iterator[tuple[Any, Any]]:
        """Nodes with what they held, in the order in which they ran, and leaves where the last gradient came to them."""
        nodes, helds = self._split()
        last: dict[Any, Any] = {}
        for node in nodes:
            for target in targets(node):
                if not target._is_node:
                    last.pop(target, None)
                    last[target] = node
        leaves: dict[Any, list[Tensor]] = {}
        for leaf, node in last.items():
            leaves.setdefault(node, []).append(leaf)
        if any(len(several) > 2 for several in leaves.values()):
            yield from self._queued(dict(zip(nodes, helds, strict=True)))
            return
        for node, held in zip(nodes, helds, strict=True):
            yield node, held
            for leaf in leaves.get(node, ()):
                yield leaf, None

    def _queued(self, helds: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
        """The order where more than two leaves are ready at once, which the queue decides."""
        left = Counter(id(target) for node in helds for target in targets(node))
        ready = Ready()
        ready.push(FIRST, self.root)
        while len(ready):
            target = ready.pop()
            yield target, helds.get(target)
            for other in targets(target) if target in helds else ():
                left[id(other)] -= 1
                if not left[id(other)]:
                    ready.push(other._sequence if other._is_node else FIRST, other)

    def meeting(self) -> Counter[Spot]:
        """How many gradients meet at each output of each target."""
        if self._meeting is None:
            nodes = more = set(self._split()[0])
            while more:
                more = {target for target in chain.from_iterable(map(targets, more)) if target._is_node} - nodes
                nodes |= more
            self._meeting = Counter(chain.from_iterable(map(spots, nodes)))
        return self._meeting


def targets(node: Any) -> Sequence[Any]:
    """Where a node sends gradients."""
    if node.__class__ is QuickFunction:
        return node.targets
    return [edge[0] for edge in node._edges if edge is not None]


def spots(node: Any) -> Iterable[Spot]:
    """Where what a node sends meets other gradients."""
    if node.__class__ is QuickFunction and node._odds is None:
        return map(id, node.targets)
    return [spot(*edge) for edge in node._edges if edge is not None]


def retaken(recorder: Recorder, journal: Journal) -> None:
    """The steps of a backward call, taken again; nothing that they read has changed since."""
    again = journal.again
    with np.errstate(all="ignore"):
        for target, held in journal.order():
            if not target._is_node:
                if target in journal.landed:
                    value, before = again.pop(id(target)), journal.landed[target]
                    after = value if before is None else before + value
                    steps.accumulated(
                        recorder, journal.line, journal.span, journal, target, before, value, after, False
                    )
            elif held.__class__ is Handed:
                _handed(recorder, journal, target, held)
            elif target._facts.scalar is None or not scalars.step(recorder, journal, target, held, again):
                _step(recorder, journal, target, held, again)


def single(
    recorder: Recorder, call: Call, node: QuickFunction, held: Any, gradient: Any, befores: dict[Any, Any]
) -> None:
    """One step between single numbers, taken again; `befores` are what it was added to, by where it arrived."""
    again = call.again = {id(node): gradient, **befores}
    if not scalars.step(recorder, call, node, held, again):
        _step(recorder, call, node, held, again)
    call.again = None


def _handed(recorder: Recorder, journal: Journal, node: Function, step: Handed) -> None:
    """A step that was logged whole."""
    line, again = journal.line, journal.again
    for output in range(len(node._outputs)):
        again.pop(spot(node, output), None)
    steps.reached(recorder, line, journal, node, step.arrived)
    for edge, data, wide in step.results:
        target, output = node._edges[edge]
        before = again.get(spot(target, output))
        after = None if before is None else before + data
        steps.sent(
            recorder,
            line,
            journal.span,
            journal,
            node,
            edge,
            target,
            output,
            data,
            wide,
            step.arrived,
            step.sources,
            before,
            after,
        )
    if step.freed:
        steps.freed(recorder, line, journal, node)


def _step(recorder: Recorder, call: Call | Journal, node: QuickFunction, held: Any, again: dict[Any, Any]) -> None:
    """What reached a node of the short kind, what it sent and what it gave up."""
    route, ports, line = node._route, node._ports, call.line
    gradient = again.pop(id(node))
    arrived = [gradient]
    steps.reached(recorder, line, call, node, arrived)
    parts = node.rule(gradient, held)
    if route.width == 1:
        parts = (parts,)
    sources = node.sources(held)
    for number, (target, part) in enumerate(zip(node.targets, parts, strict=True)):
        output = 0 if ports is None else ports[number]
        before = again.get(spot(target, output))
        data = node.fitted(part, number)
        after = None if before is None else before + data
        edge = route.edges[number]
        steps.sent(
            recorder, line, None, call, node, edge, target, output, data, part.shape, arrived, sources, before, after
        )
    if route.saves and not call.keep:
        steps.freed(recorder, line, call, node)
