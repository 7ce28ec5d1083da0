"""A backward call over a graph without surprises: nodes run in the order of their numbers, greatest first.

A node's inputs are older than itself, so this is the order in which a queue that prefers the newest ready node would give them. Where the
graph is not such (`Sweep.begin` gives None), `engine.call.Call` counts dependencies and keeps the queue.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from engine import anomaly, lines, recording
from engine.call import Call
from engine.function import FREED as FREED_WORDS
from engine.function import Function
from engine.quick import FREED, NOTHING, NUMBER, ONE, RESULT, TWO, QuickFunction
from engine.tensor import Tensor

EMPTY: Any = object()
running = False
_sequence = attrgetter("_sequence")


class Sweep(Call):
    """One backward call from one root to every leaf, without `create_graph`."""

    def __init__(self, root: Function, output: int, *, keep: bool) -> None:
        self.roots = ((root, output),)
        self.root: Any = root
        self.keep = keep
        self.create = False
        self.accumulate = True
        self.captures = self.needed = None
        self.captured = []
        self.recorder = recording.active
        self.number = 0 if self.recorder is None else self.recorder.call
        self.parts = {}
        self.order: list[Any] = []
        self.leaves: list[Tensor] = []
        self.done: list[Tensor] = []
        self._meeting: dict[tuple[int, int], int] | None = None

    def begin(self) -> bool:
        """Find the nodes; False where their numbers do not tell the order, or where leaves would tie."""
        root = self.root
        order, leaves = self.order, self.leaves
        root._arrived = EMPTY
        stack: list[Any] = [root]
        found, pop, push = order.append, stack.pop, stack.append
        while stack:
            node = pop()
            found(node)
            if node.__class__ is QuickFunction:
                targets: Any = node._to
            else:
                targets = [edge[0] for edge in node._edges if edge is not None]
                number = node._sequence
                if sum(not target._is_node for target in targets) > 2 or any(
                    target._is_node and target._sequence >= number for target in targets
                ):
                    return False
            for target in targets:
                if target.__class__ is QuickFunction:
                    if target._arrived is None:
                        target._arrived = EMPTY
                        push(target)
                elif target.__class__ is Tensor or (target is not None and not target._is_node):
                    expected = target._expected
                    target._expected = expected + 1
                    if not expected:
                        target._arrived = None
                        leaves.append(target)
                elif target is not None and target._arrived is None:
                    target._arrived = [None] * len(target._outputs)
                    push(target)
        order.sort(key=_sequence, reverse=True)
        return True

    def clear(self) -> None:
        """Take back what the call put on nodes and leaves that it did not come to."""
        for node in self.order:
            node._arrived = None
        for leaf in self.leaves:
            leaf._expected = 0
            leaf._arrived = None

    def go(self, gradient: Any) -> None:
        """Run every node; the leaves have their gradients then."""
        root, output = self.root, self.roots[0][1]
        if root.__class__ is QuickFunction:
            root._arrived = gradient
        else:
            root._arrived = [None] * len(root._outputs)
            root._arrived[output] = gradient
        keep, recorder, done = self.keep, self.recorder, self.done
        for node in self.order:
            gradient = node._arrived
            node._arrived = None
            if node.__class__ is not QuickFunction or node._rare is not None or gradient is EMPTY:
                # Empty is what a node of the program's own left that handed None on.
                quick = node.__class__ is QuickFunction
                self._run_long(node, [None if gradient is EMPTY else gradient] if quick else gradient)
                continue
            route = node._route
            mode = route.mode
            held = node._held
            try:
                if held is FREED:
                    raise RuntimeError(FREED_WORDS)
                if mode == NOTHING:
                    parts = route.back(gradient)
                elif mode == TWO:
                    first, second = held
                    if (first._extras is not None or second._extras is not None) and not node.unchanged():
                        node._check()
                    parts = route.back(gradient, first._data, second._data)
                elif mode == ONE:
                    if held._extras is not None and not node.unchanged():
                        node._check()
                    parts = route.back(gradient, held._data)
                elif mode == NUMBER:
                    parts = route.back(gradient, held)
                elif mode == RESULT:
                    if node._odds is not None and not node.unchanged():
                        node._check()
                    parts = route.back(gradient, held)
                else:
                    parts = node.back(gradient)
            except Exception:
                if recorder is not None:
                    recorder.reached(self, node, [gradient])
                raise
            to = node._to
            facts = node._facts
            scalar = facts.scalar
            width = route.width
            wides: Any = None
            if width == 2:
                part, second = parts
                if part.__class__ is not scalar or second.__class__ is not scalar:
                    wides = wide, wider = part.shape, second.shape
                    one, two = route.places
                    shapes, dtypes = facts.shapes, facts.dtypes
                    if (
                        scalar is not None
                        or wide != shapes[one]
                        or wider != shapes[two]
                        or part.dtype is not dtypes[one]
                        or second.dtype is not dtypes[two]
                    ):
                        part, second = parts = self._fit(node, parts, wides)
                target, also = to
            else:
                also = None
                if width == 1:
                    part = parts
                    parts = (part,)
                else:
                    part = parts[0]
                if part.__class__ is not scalar or parts[-1].__class__ is not scalar:
                    wides = [each.shape for each in parts]
                    one = route.places[0]
                    if (
                        width > 1
                        or scalar is not None
                        or wides[0] != facts.shapes[one]
                        or part.dtype is not facts.dtypes[one]
                    ):
                        parts = self._fit(node, parts, wides)
                        part = parts[0]
                target = to[0]
            if target.__class__ is QuickFunction:
                before = target._arrived
                target._arrived = part if before is EMPTY else before + part
            elif target.__class__ is Tensor:
                before = target._arrived
                left = target._expected - 1
                target._expected = left
                target._arrived = part if before is None else before + part
                if not left:
                    done.append(target)
            else:
                before = self._arrive(target, node, 0, part)
            more: tuple[Any, ...] = ()
            if also is None:
                for place in range(1, width):
                    more += (parts[place], self._arrive(to[place], node, place, parts[place]))
            else:
                if also.__class__ is QuickFunction:
                    kept = also._arrived
                    also._arrived = second if kept is EMPTY else kept + second
                elif also.__class__ is Tensor:
                    kept = also._arrived
                    left = also._expected - 1
                    also._expected = left
                    also._arrived = second if kept is None else kept + second
                    if not left:
                        done.append(also)
                else:
                    kept = self._arrive(also, node, 1, second)
                if recorder is not None:
                    more = (second, kept)
            if recorder is not None:
                recorder.pending.append(
                    (lines.stepped, recorder.line, self, node, gradient, held, not keep, wides, part, before, *more)
                )
            if not keep and route.saves:
                node._held = FREED
            if done:
                # Let go of the gradients, so that a leaf may take one that nobody else holds.
                part = parts = second = before = kept = None
                more = ()
                for leaf in done:
                    self._finish(leaf)
                done.clear()

    def _arrive(self, target: Any, node: QuickFunction, number: int, part: Any) -> Any:
        """Hand a gradient to a target of any kind; what stood there before."""
        if target is None:
            return None
        sums = self._store(target, 0 if node._ports is None else node._ports[number], part)
        self._arrived(target)
        return None if sums is None else sums[0]

    @staticmethod
    def _fit(node: QuickFunction, parts: Any, wides: Sequence[tuple[int, ...]]) -> tuple[Any, ...]:
        """The gradients in the shapes and dtypes of the inputs that they belong to."""
        facts = node._facts
        fitted = []
        for part, wide, place in zip(parts, wides, node._route.places, strict=True):
            if facts.scalar is not None or wide != facts.shapes[place] or part.dtype is not facts.dtypes[place]:
                part = node._fitted(part, place, False)
            fitted.append(part)
        return tuple(fitted)

    def _finish(self, leaf: Tensor) -> None:
        """All that was sent to a leaf has arrived."""
        gradient = leaf._arrived
        leaf._arrived = None
        extras = leaf._extras
        if (
            gradient is None
            or not leaf._requires_grad
            or (
                extras is not None
                and (extras.hooks is not None or extras.post_hooks is not None or extras.accumulator is not None)
            )
        ):
            self._finish_leaf(leaf, [gradient])
            return
        if leaf._gradient is None:
            added = gradient
            if isinstance(gradient, np.ndarray):
                # A gradient that nobody else holds is taken as it is, as in PyTorch: two names are ours, one the call's own.
                if gradient.base is not None or not gradient.flags.c_contiguous or sys.getrefcount(gradient) > 3:
                    gradient = np.array(gradient, order="C")
                if not gradient.ndim:
                    gradient = gradient[()]
            leaf._gradient = gradient
            recorder = self.recorder
            if recorder is not None:
                recorder.pending.append(
                    (lines.accumulated, recorder.line, recorder.span, self, leaf, None, added, gradient, False)
                )
        else:
            self._add_to_grad(leaf, gradient, retained=False)

    def _run_long(self, node: Function, buffer: list[Any]) -> None:
        self._run_node(node, buffer)
        for leaf in self.done:
            self._finish(leaf)
        self.done.clear()

    def _store(self, target: Any, output: int, gradient: Any) -> tuple[Any, Any] | None:
        if gradient is None:
            return None
        arrived = target._arrived
        inside = target._is_node and target.__class__ is not QuickFunction
        before = arrived[output] if inside else None if arrived is EMPTY else arrived
        after = gradient if before is None else before + gradient
        if inside:
            arrived[output] = after
        else:
            target._arrived = after
        return None if before is None else (before, after)

    def _arrived(self, target: Any) -> None:
        if not target._is_node:
            target._expected -= 1
            if not target._expected:
                self.done.append(target)

    def meeting(self) -> dict[tuple[int, int], int]:
        if self._meeting is None:
            found: dict[tuple[int, int], int] = {}
            for node in self.order:
                for edge in node._edges:
                    if edge is not None:
                        key = (id(edge[0]), edge[1])
                        found[key] = found.get(key, 0) + 1
            self._meeting = found
        return self._meeting


def swept(root: Any, output: int, gradient: Any, keep: bool) -> bool:
    """Whether the whole call was made here; where not, nothing has happened yet."""
    global running
    if running or anomaly.enabled or not root._is_node:
        return False
    running = True
    call = Sweep(root, output, keep=keep)
    try:
        if not call.begin():
            return False
        call.go(gradient)
    finally:
        running = False
        call.clear()
    return True
