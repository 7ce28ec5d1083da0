"""What a backward call that nobody looked into leaves for the recorder: which nodes ran and what each of them held.

The recorder takes the steps again when it tells them (`retaken`), for nothing that they read has changed since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import scalars, steps
from engine.quick import FREED, QuickFunction
from engine.ready import FIRST, Ready, Spot, spot
from engine.routes import TWO
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.call import Call
    from engine.function import Function
    from engine.recorder import Recorder


class Handed:
    """What arrived at a node that is not of the short kind, or failed, and what it handed on."""

    __slots__ = ("arrived", "freed", "results", "sources")

    def __init__(self, arrived: list[Any], results: Sequence[Any], sources: Any, *, freed: bool) -> None:
        self.arrived = arrived
        self.results = results
        self.sources = sources
        self.freed = freed


class Journal:
    """The steps of one backward call and the leaves that got a gradient, with what stood in `.grad` before.

    `steps` tells, in the order in which nodes ran, what each of them held, or, where it is not of the short kind, what it handed on. A second
    input that was saved stays with its node until it is told.
    """

    def __init__(self, recorder: Recorder, root: Any, output: int, gradient: Any, *, keep: bool) -> None:
        self.recorder = recorder
        self.root = root
        self.keep = keep
        self.number, self.line, self.span = recorder.call, recorder.line, recorder.span
        self.steps: dict[Any, Any] = {}
        self.refused: set[Tensor] = set()
        self.befores: dict[Tensor, Any] = {}
        # While it is told: the gradients so far, by where they arrived; how many parts of each sum, and how many there will be; what all lines
        # of the call share.
        self.again: dict[Spot, Any] = {spot(root, output): gradient}
        self.parts: dict[Spot, int] = {}
        self.place: str | None = None
        self.expected: dict[Spot, int] = {}

    def close(self, refused: set[Tensor], rest: Sequence[Tensor]) -> None:
        """Note the call. Leaves have been given their gradients but for those `refused` and the `rest`, which are given theirs now."""
        self.refused = refused
        self.befores = {leaf: leaf._gradient for leaf in rest if leaf._gradient is not None}
        self.recorder.pending.append((retaken, self))
        if self.befores:
            self.recorder.settle()

    def order(self) -> Iterator[tuple[Any, Any]]:
        """Nodes with what they held, in the order in which they ran, and leaves where the last gradient came to them."""
        leaves: dict[Any, list[Tensor]] = {}
        for leaf, node in self._surveyed().items():
            leaves.setdefault(node, []).append(leaf)
        if any(len(several) > 2 for several in leaves.values()):
            yield from self._queued()
            return
        for node, held in self.steps.items():
            yield node, held
            for leaf in leaves.get(node, ()):
                yield leaf, None

    def _surveyed(self) -> dict[Tensor, Any]:
        """The leaves, in the order in which the last gradient came to each, with the node that sent it; what meets where is counted on the way."""
        last: dict[Tensor, Any] = {}
        steps, count = self.steps, self.expected
        nodes = list(steps)
        beyond = set()
        for node in nodes:
            if node.__class__ is QuickFunction and node._odds is None:
                # Nearly all: what `targets` and `spots` give, without a call.
                to: Sequence[Any] = (node._first,) if node._route.width == 1 else (node._first, node._second)
                keys = None
            else:
                to = targets(node)
                keys = spots(node)
            for edge, target in enumerate(to):
                key = id(target) if keys is None else keys[edge]
                count[key] = count.get(key, 0) + 1
                if not target._is_node:
                    if node not in beyond:
                        last.pop(target, None)
                        last[target] = node
                elif target not in steps and target not in beyond:
                    # It was to run after one that failed.
                    beyond.add(target)
                    nodes.append(target)
        return last

    def _queued(self) -> Iterator[tuple[Any, Any]]:
        """The order where more than two leaves are ready at once, which the queue decides."""
        left = Counter(id(target) for node in self.steps for target in targets(node))
        ready = Ready()
        ready.push(FIRST, self.root)
        while len(ready):
            target = ready.pop()
            yield target, self.steps.get(target)
            for other in targets(target) if target in self.steps else ():
                left[id(other)] -= 1
                if not left[id(other)]:
                    ready.push(other._sequence if other._is_node else FIRST, other)

    def meeting(self) -> dict[Spot, int]:
        """How many gradients meet at each output of each target."""
        return self.expected


def targets(node: Any) -> Sequence[Any]:
    """Where a node sends gradients."""
    if node.__class__ is QuickFunction:
        return node.targets
    return [edge[0] for edge in node._edges if edge is not None]


def spots(node: Any) -> list[Spot]:
    """Where what a node sends to its targets meets other gradients."""
    return [spot(*edge) for edge in node._edges if edge is not None]


def retaken(recorder: Recorder, journal: Journal) -> None:
    """The steps of a backward call, taken again; nothing that they read has changed since."""
    again = journal.again
    with np.errstate(all="ignore"):
        for target, held in journal.order():
            if not target._is_node:
                value, before = again.pop(id(target), None), journal.befores.get(target)
                if value is not None and target not in journal.refused:
                    before = before._data if isinstance(before, Tensor) else before
                    after = value if before is None else before + value
                    steps.accumulated(
                        recorder, journal.line, journal.span, journal, target, before, value, after, False
                    )
                continue
            if held.__class__ is Handed:
                _handed(recorder, journal, target, held)
                continue
            if target._route.mode == TWO:
                held = held, target._beside
                if not journal.keep:
                    target._beside = FREED
            if target._facts.scalar is None or not scalars.step(recorder, journal, target, held, again):
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
