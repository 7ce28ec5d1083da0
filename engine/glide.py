"""A backward call that nobody looks into: nodes in the order of their numbers, greatest first, each found when a gradient reaches it.

A node's inputs are older than itself, so of all nodes that a gradient has reached the newest has all of its gradients, and it is the one that
PyTorch's queue would give. Leaves are given theirs in the end, which nobody can tell from giving them at once.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from engine.call import Call
from engine.function import Function
from engine.quick import FREED, QuickFunction
from engine.tensor import Tensor, Version

NUMBERS = frozenset({np.float16, np.float32, np.float64})


class Glide(Call):
    """One backward call from one root to every leaf, without `create_graph`, while nobody records."""

    def __init__(self, *, keep: bool) -> None:
        self.keep = keep
        self.create = False
        self.recorder = None
        # The nodes that gradients have reached, by their numbers, and the sums of what has come to leaves.
        self.waiting: dict[int, Any] = {}
        self.sums: dict[Tensor, Any] = {}

    def glide(self, root: Function, output: int, gradient: Any) -> None:
        """Run every node; the leaves have their gradients then, or, where a node fails, those that it and what is left have no part in."""
        self._deliver(root, output, gradient)
        try:
            self._run()
        finally:
            for node in self.waiting.values():
                node._arrived = None
        self._settle(())

    def _run(self) -> None:
        waiting, sums, keep, written = self.waiting, self.sums, self.keep, Version.latest
        take, number, missed = waiting.pop, max(waiting), 0
        try:
            while waiting:
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
                if node.__class__ is not QuickFunction or gradient is None:
                    self._run_long(node, gradient)
                    continue
                if node._held is FREED or (number < written and not node.unchanged()):
                    node._check()
                route, targets = node._route, node._to
                parts = route.vjp(gradient, node)
                scalar = node._facts.scalar
                for edge in route.numbers:
                    part = parts[edge]
                    if part.__class__ is not scalar:
                        part = node.fitted(part, edge)
                    target = targets[edge]
                    if target.__class__ is QuickFunction:
                        before = target._arrived
                        if before is None:
                            target._arrived = part
                            waiting[target._sequence] = target
                        else:
                            target._arrived = before + part
                    elif target is None:
                        continue
                    elif target._is_node:
                        self._deliver(target, node.port(edge), part)
                    else:
                        sums[target] = sums[target] + part if target in sums else part
                if not keep and route.saves:
                    node._held = FREED
        except Exception:
            self._settle(_leaves([node, *waiting.values()]))
            raise

    def _run_long(self, node: Function, buffer: list[Any] | None) -> None:
        """Run a node of any kind; what nothing has arrived at hands nothing on."""
        edges = node._edges
        wanted = [edge is not None for edge in edges]
        results: Iterable[tuple[int, Any, tuple[int, ...]]] = [
            (edge, None, ()) for edge, want in enumerate(wanted) if want
        ]
        if buffer is not None and any(gradient is not None for gradient in buffer):
            results = list(node.vjps(buffer, wanted, False))
        if not self.keep:
            node.release()
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
        sums = self.sums
        for leaf in list(sums):
            gradient = sums.pop(leaf)
            if not leaf._requires_grad or leaf in awaited:
                continue
            if leaf._gradient is not None:
                self._add_to_grad(leaf, gradient, retained=False)
                continue
            leaf._gradient = gradient if gradient.__class__ in NUMBERS else owned(gradient)


def owned(gradient: Any) -> Any:
    """The gradient, or a copy where others hold it too: the caller has one name for it. As in PyTorch, what nobody else holds is taken."""
    if gradient.base is not None or not gradient.flags.c_contiguous or sys.getrefcount(gradient) > 3:
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
