"""A backward call that nobody looks into: nodes in the order of their numbers, greatest first, each found when a gradient reaches it.

A node's inputs are older than itself, so of all nodes that a gradient has reached the newest has all of its gradients, and it is the one that
PyTorch's queue would give. Leaves are given theirs in the end, which nobody can tell from giving them at once; who records is told by the journal.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Any

import numpy as np

from engine import anomaly, grad_mode, recording
from engine.call import Call
from engine.function import Function
from engine.journal import Handed, Journal
from engine.quick import FREED, QuickFunction
from engine.tensor import Tensor
from engine.versions import Version
from engine.watching import watchers

NUMBERS = frozenset({np.float16, np.float32, np.float64})


class Glide(Call):
    """One backward call from one root to every leaf, without `create_graph`, that no hook and no Function of the program's own looks into."""

    create = False
    needed = None
    # What is told of a leaf stands in the journal.
    recorder = None

    def __init__(self, root: Function, output: int, keep: bool) -> None:
        self.roots = ((root, output),)
        self.keep = keep
        # The nodes that gradients have reached, by their numbers, and the sums of what has come to leaves.
        self.waiting: dict[int, Any] = {}
        self.sums: dict[Tensor, Any] = {}
        self.journal: Journal | None = None

    def _run(self, following: Any, carried: Any) -> None:
        """Run what waits, and before it `following`, where there is such a node, on the gradient that is `carried` to it."""
        waiting, sums, keep, written = self.waiting, self.sums, self.keep, Version.latest
        notes = None if self.journal is None else self.journal.notes
        quick, leaf = QuickFunction, Tensor
        take, come, missed = waiting.pop, sums.get, 0
        number = max(waiting) if following is None else following._sequence
        try:
            while True:
                if following is not None:
                    node, gradient, following = following, carried, None
                    number -= 1
                elif waiting:
                    node = take(number, None)
                    number -= 1
                    if node is None:
                        # Numbers that the graph does not have are counted through, up to as many as it is wide now.
                        missed += 1
                        if missed > len(waiting):
                            number, missed = max(waiting), 0
                        continue
                    gradient = node._arrived
                    node._arrived = None
                    if node.__class__ is not quick or gradient is None:
                        self._run_long(node, gradient)
                        continue
                else:
                    return
                held = node._held
                if held is FREED or (number < written and not node.unchanged()):
                    node._check()
                route, facts = node._route, node._facts
                width, scalar = route.width, facts.scalar
                if width == 1:
                    part = route.vjp(gradient, node)
                elif width == 2:
                    part, other = route.vjp(gradient, node)
                else:
                    part, other, *rest = route.vjp(gradient, node)
                if notes is not None:
                    notes.append(node)
                    notes.append(held)
                # Nearly all nodes have one or two edges, so the way of a gradient is written out for both.
                target = node._first
                if part.__class__ is not scalar and (
                    scalar is not None or part.shape != facts.first or part.dtype is not facts.kind
                ):
                    part = node.fitted(part, 0)
                kind = target.__class__
                if kind is quick:
                    before = target._arrived
                    if before is not None:
                        target._arrived = before + part
                    elif target._sequence != number:
                        target._arrived = part
                        waiting[target._sequence] = target
                    else:
                        # It runs next, so that only this node can send it more.
                        carried = part
                        following = target
                elif kind is leaf or not target._is_node:
                    before = come(target)
                    sums[target] = part if before is None else before + part
                else:
                    self._deliver(target, node.port(0), part)
                if width > 1:
                    target, part = node._second, other
                    if part.__class__ is not scalar and (
                        scalar is not None or part.shape != facts.second or part.dtype is not facts.kind
                    ):
                        part = node.fitted(part, 1)
                    kind = target.__class__
                    if kind is quick:
                        before = target._arrived
                        if before is not None:
                            target._arrived = before + part
                        elif target._sequence != number:
                            target._arrived = part
                            waiting[target._sequence] = target
                        else:
                            carried = part if following is None else carried + part
                            following = target
                    elif kind is leaf or not target._is_node:
                        before = come(target)
                        sums[target] = part if before is None else before + part
                    else:
                        self._deliver(target, node.port(1), part)
                    if width > 2:
                        for edge, (target, part) in enumerate(zip(node._odds.further, rest, strict=True), 2):
                            self._deliver(target, node.port(edge), node.fitted(part, edge))
                if not keep and route.saves:
                    node._held = FREED
                    if notes is None:
                        node._beside = FREED  # else once it is told
        except Exception:
            if self.journal is not None:
                self.journal.failed = True
            if notes is not None and node.__class__ is quick:
                # What it gave may be refused once it was noted: the step must not be taken again.
                notes.append(node)
                notes.append(Handed([gradient], (), None, freed=False))
            self._settle(_leaves([node, *waiting.values()]))
            raise

    def _run_long(self, node: Function, buffer: list[Any] | None) -> None:
        """Run a node of any kind; what nothing has arrived at hands nothing on."""
        edges = node._edges
        wanted = [edge is not None for edge in edges]
        results: list[tuple[int, Any, tuple[int, ...]]] = [(edge, None, ()) for edge, want in enumerate(wanted) if want]
        arrived = [None] if buffer is None else buffer if isinstance(buffer, list) else [buffer]
        if self.journal is not None:
            step = Handed(arrived, (), None, freed=False)
            self.journal.notes += node, step
        if any(gradient is not None for gradient in arrived):
            results = list(node.vjps(arrived, wanted, False))
        sources = None if self.journal is None else node.arrays()
        released = not self.keep and node.release()
        if self.journal is not None:
            step.results, step.sources, step.freed = results, sources, released
        for number, gradient, _ in results:
            edge = edges[number]
            assert edge is not None
            self._deliver(*edge, gradient)

    def _deliver(self, target: Any, output: int, part: Any) -> None:
        """Hand a gradient, or None, to a target of any kind."""
        if not target._is_node:
            if part is not None:
                before = self.sums.get(target)
                self.sums[target] = part if before is None else before + part
            return
        self.waiting[target._sequence] = target
        if target.__class__ is QuickFunction:
            if part is not None:
                target._arrived = part if target._arrived is None else target._arrived + part
            return
        if target._arrived is None:
            target._arrived = [None] * len(target._outputs)
        if part is not None:
            before = target._arrived[output]
            target._arrived[output] = part if before is None else before + part

    def _settle(self, awaited: Collection[Tensor]) -> None:
        """Give the leaves what has come to them, but for those that more would have come to."""
        refused: set[Tensor] = set()
        rest: list[Tensor] = []
        sums = self.sums
        for leaf in sums:
            gradient = sums[leaf]
            if not leaf._requires_grad or leaf in awaited:
                refused.add(leaf)
            elif leaf._gradient is None:
                leaf._gradient = gradient if gradient.__class__ in NUMBERS else owned(gradient)
            else:
                rest.append(leaf)
        if self.journal is not None:
            self.journal.close(refused, rest)
        for leaf in rest:
            self._add_to_grad(leaf, self.sums[leaf], retained=False)


def owned(gradient: Any) -> Any:
    """The gradient, or a copy where others hold it than the caller and its sums. As in PyTorch, what nobody else holds is taken."""
    if gradient.base is not None or not gradient.flags.c_contiguous or sys.getrefcount(gradient) > 4:
        gradient = np.array(gradient, order="C")
    return gradient if gradient.ndim else gradient[()]


def _leaves(nodes: list[Any]) -> set[Tensor]:
    """The leaves that these nodes lead to."""
    seen: set[Any] = set(nodes)
    while nodes:
        for edge in nodes.pop()._edges:
            if edge is not None and edge[0] not in seen:
                seen.add(edge[0])
                if edge[0]._is_node:
                    nodes.append(edge[0])
    return {each for each in seen if not each._is_node}


def glides(root: Any) -> bool:
    """Whether a call from this root can be made here."""
    return not (anomaly.enabled or watchers) and root._is_node


def glide(root: Any, output: int, gradient: Any, keep: bool) -> None:
    """Make the whole call: run every node; the leaves have their gradients then, or, where a node fails, those that it and what is left have no
    part in."""
    call, recorder = Glide(root, output, keep), recording.active
    if recorder is not None:
        call.journal = Journal(recorder, root, output, gradient, keep=keep)
    before, grad_mode.enabled = grad_mode.enabled, False
    try:
        if root.__class__ is QuickFunction:
            call._run(root, gradient)
        else:
            call._deliver(root, output, gradient)
            call._run(None, None)
        call._settle(())
    finally:
        grad_mode.enabled = before
        for node in call.waiting.values():
            node._arrived = None
