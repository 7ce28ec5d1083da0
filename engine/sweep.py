"""A backward call over a graph without surprises: nodes run in the order of their numbers, greatest first.

A node's inputs are older than itself, so this is the order in which a queue that prefers the newest ready node would give them. Where the
graph is not such (`Sweep.begin` gives None), `engine.call.Call` counts dependencies and keeps the queue.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from engine import anomaly, recording, steps
from engine.call import Call
from engine.function import FREED as FREED_WORDS
from engine.function import Function
from engine.glide import Glide
from engine.quick import FREED, NOTHING, NUMBER, ONE, RESULT, TWO, QuickFunction
from engine.tensor import Tensor
from engine.watching import watchers

EMPTY: Any = object()
running = False
_sequence = attrgetter("_sequence")


class Sweep(Call):
    """One backward call from one root to every leaf, without `create_graph`."""

    # What is remembered of a node that took its step the long way.
    LONG: Any = object()

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
        self.line = None if self.recorder is None else self.recorder.line
        self.span = None if self.recorder is None else self.recorder.span
        # From these the recorder takes the steps again: what each node held, and after how many which leaf had its first gradient.
        self.helds: list[Any] = []
        self.landed: deque[tuple[int, Tensor]] = deque()
        self.noted = 0
        self.place: str | None = None
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
        self.again = {id(root): gradient}
        if root.__class__ is QuickFunction:
            root._arrived = gradient
        else:
            root._arrived = [None] * len(root._outputs)
            root._arrived[output] = gradient
        keep, recorder, done, remember = self.keep, self.recorder, self.done, self.helds.append
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
                        self._refuse(node)
                    parts = route.back(gradient, first._data, second._data)
                elif mode == ONE:
                    if held._extras is not None and not node.unchanged():
                        self._refuse(node)
                    parts = route.back(gradient, held._data)
                elif mode == NUMBER:
                    parts = route.back(gradient, held)
                elif mode == RESULT:
                    if node._odds is not None and not node.unchanged():
                        self._refuse(node)
                    parts = route.back(gradient, held)
                else:
                    if not node.unchanged():
                        self._refuse(node)
                    parts = node.rule(gradient, held)
            except Exception:
                if recorder is not None:
                    self.note()
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
                self._arrive(target, node, 0, part)
            if also is None:
                for place in range(1, width):
                    self._arrive(to[place], node, place, parts[place])
            else:
                if also.__class__ is QuickFunction:
                    before = also._arrived
                    also._arrived = second if before is EMPTY else before + second
                elif also.__class__ is Tensor:
                    before = also._arrived
                    left = also._expected - 1
                    also._expected = left
                    also._arrived = second if before is None else before + second
                    if not left:
                        done.append(also)
                else:
                    self._arrive(also, node, 1, second)
            if recorder is not None:
                remember(held)
            if not keep and route.saves:
                node._held = FREED
            if done:
                # Let go of the gradients, so that a leaf may take one that nobody else holds.
                part = parts = second = before = None
                for leaf in done:
                    self._finish(leaf)
                done.clear()

        self.note()

    def note(self) -> None:
        """Note the steps taken since the last note, before anything else is noted."""
        count = len(self.helds)
        if self.recorder is not None and count > self.noted:
            self.recorder.pending.append((steps.swept, self, self.noted, count))
            self.noted = count

    def _refuse(self, node: QuickFunction) -> None:
        """Raise RuntimeError, for what a node saved was written to; PyTorch's words may want a view's history, which is noted."""
        self.note()
        node._check()

    def _arrive(self, target: Any, node: QuickFunction, number: int, part: Any) -> None:
        """Hand a gradient to a target of any kind."""
        if target is not None:
            self._store(target, 0 if node._ports is None else node._ports[number], part)
            self._arrived(target)

    def parted(self, node: QuickFunction, held: Any, gradient: Any) -> tuple[Sequence[Any], Sequence[tuple[int, ...]]]:
        """The gradients that a node that held `held` hands on, as `go` makes them, and their shapes before they were fitted."""
        parts = node.rule(gradient, held)
        if node._route.width == 1:
            parts = (parts,)
        wides = [part.shape for part in parts]
        scalar = node._facts.scalar
        if scalar is None or any(part.__class__ is not scalar for part in parts):
            parts = self._fit(node, parts, wides)
        return parts, wides

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
            self.note()
            self._finish_leaf(leaf, [gradient])
            return
        if leaf._gradient is None:
            if isinstance(gradient, np.ndarray):
                # A gradient that nobody else holds is taken as it is, as in PyTorch: two names are ours, one the call's own.
                if gradient.base is not None or not gradient.flags.c_contiguous or sys.getrefcount(gradient) > 3:
                    gradient = np.array(gradient, order="C")
                if not gradient.ndim:
                    gradient = gradient[()]
            leaf._gradient = gradient
            recorder, count = self.recorder, len(self.helds)
            if recorder is None:
                pass
            elif count > self.noted:
                self.landed.append((count, leaf))
            else:
                recorder.accumulated(self, leaf, None, gradient, gradient, False)
        else:
            self.note()
            self._add_to_grad(leaf, gradient, retained=False)

    def _run_long(self, node: Function, buffer: list[Any]) -> None:
        self.note()
        self._run_node(node, buffer)
        self.helds.append(self.LONG)
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
                if node.__class__ is QuickFunction and node._odds is None:
                    keys = [(id(target), 0) for target in node._to]
                else:
                    keys = [(id(edge[0]), edge[1]) for edge in node._edges if edge is not None]
                for key in keys:
                    found[key] = found.get(key, 0) + 1
            self._meeting = found
        return self._meeting


def swept(root: Any, output: int, gradient: Any, keep: bool) -> bool:
    """Whether the whole call was made here; where not, nothing has happened yet."""
    global running
    if running or anomaly.enabled or not root._is_node:
        return False
    if recording.active is None and not watchers:
        Glide(keep=keep).glide(root, output, gradient)
        return True
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
