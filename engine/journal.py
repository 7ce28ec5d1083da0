"""What a backward call that nobody looked into leaves for the recorder: which nodes ran and what each of them held.

The recorder takes the steps again when it tells them (`retaken`), for nothing that they read has changed since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import steps
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

    `notes` has, in the order in which nodes ran, each node and behind it what it held, or, where it is not of the short kind, what it handed on;
    the last word on a node counts. `steps` has the same by nodes, once it is told. A second input that was saved stays with its node until then.
    """

    def __init__(self, recorder: Recorder, root: Any, output: int, gradient: Any, *, keep: bool) -> None:
        self.recorder = recorder
        self.root = root
        self.keep = keep
        self.number, self.line, self.span = recorder.call, recorder.line, recorder.span
        self.notes: list[Any] = []
        self.steps: dict[Any, Any] = {}
        self.failed = False
        self.refused: set[Tensor] = set()
        self.befores: dict[Tensor, Any] = {}
        # While it is told: the gradients so far, by where they arrived; how many parts of each sum, and how many there will be; what all lines
        # of the call share.
        self.again: dict[Spot, Any] = {spot(root, output): gradient}
        self.parts: dict[Spot, int] = {}
        self.place: str | None = None
        self.expected: Counter[Spot] = Counter()

    def close(self, refused: set[Tensor], rest: Sequence[Tensor]) -> None:
        """Note the call. Leaves have been given their gradients but for those `refused` and the `rest`, which are given theirs now."""
        self.refused = refused
        self.befores = {leaf: leaf._gradient for leaf in rest if leaf._gradient is not None}
        self.recorder.pending.append((retaken, self))
        if self.befores:
            self.recorder.settle()

    def survey(self) -> dict[Any, list[Tensor]]:
        """The leaves, by the node after which the last gradient has come to each; how many gradients meet where is counted on the way."""
        self.steps = dict(zip(self.notes[::2], self.notes[1::2], strict=True))
        last: dict[Tensor, Any] = {}
        to: list[Any] = []
        further: list[Spot] = []
        for node in self.steps:
            if node.__class__ is QuickFunction and node._odds is None:
                # Nearly all: what `targets` and `spots` give, without a call.
                first = node._first
                to.append(first)
                if not first._is_node:
                    last.pop(first, None)
                    last[first] = node
                if node._route.width > 1:
                    second = node._second
                    to.append(second)
                    if not second._is_node:
                        last.pop(second, None)
                        last[second] = node
            else:
                further += spots(node)
                for target in targets(node):
                    if not target._is_node:
                        last.pop(target, None)
                        last[target] = node
        self.expected = Counter(map(id, to))
        self.expected.update(further)
        if self.failed:
            self._count_unreached()
        leaves: dict[Any, list[Tensor]] = {}
        for leaf, node in last.items():
            leaves.setdefault(node, []).append(leaf)
        return self._queued() if any(len(several) > 2 for several in leaves.values()) else leaves

    def _count_unreached(self) -> None:
        """Count what was to come from nodes after one that failed, too."""
        nodes = list(self.steps)
        seen = set(nodes)
        for node in nodes:
            for target in targets(node):
                if target._is_node and target not in seen:
                    seen.add(target)
                    nodes.append(target)
        self.expected.update(key for node in nodes[len(self.steps) :] for key in spots(node))

    def _queued(self) -> dict[Any, list[Tensor]]:
        """The leaves where more than two are ready at once, whose order the queue decides."""
        left = Counter(id(target) for node in self.steps for target in targets(node))
        leaves: dict[Any, list[Tensor]] = {}
        ready, after = Ready(), self.root
        ready.push(FIRST, self.root)
        while len(ready):
            target = ready.pop()
            if not target._is_node:
                leaves.setdefault(after, []).append(target)
                continue
            after = target
            for other in targets(target) if target in self.steps else ():
                left[id(other)] -= 1
                if not left[id(other)]:
                    ready.push(other._sequence if other._is_node else FIRST, other)
        return leaves


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
    again, leaves, freed = journal.again, journal.survey(), not journal.keep
    with np.errstate(all="ignore"):
        for node, held in journal.steps.items():
            if held.__class__ is Handed:
                _handed(recorder, journal, node, held)
            else:
                if node._route.mode == TWO:
                    held = held, node._beside
                    if freed:
                        node._beside = FREED
                kin = node._facts.spoken
                if kin is None or not kin.step(recorder, journal, node, held, again):
                    _step(recorder, journal, node, held, again)
            if node in leaves:
                for leaf in leaves[node]:
                    _rested(recorder, journal, leaf)


def _rested(recorder: Recorder, journal: Journal, leaf: Tensor) -> None:
    """A leaf has been given its gradient."""
    value, before = journal.again.pop(id(leaf), None), journal.befores.get(leaf)
    if value is not None and leaf not in journal.refused:
        before = before._data if isinstance(before, Tensor) else before
        after = value if before is None else before + value
        steps.accumulated(recorder, journal.line, journal.span, journal, leaf, before, value, after, False)


def single(
    recorder: Recorder, call: Call, node: QuickFunction, held: Any, gradient: Any, befores: dict[Any, Any]
) -> None:
    """One step between single numbers, taken again; `befores` are what it was added to, by where it arrived."""
    again = call.again = {id(node): gradient, **befores}
    kin = node._facts.spoken
    if kin is None or not kin.step(recorder, call, node, held, again):
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
