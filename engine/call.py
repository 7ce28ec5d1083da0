"""One backward call: dependencies are counted, then ready nodes run, the one created last first.

A target is a Function, or a leaf Tensor standing for its AccumulateGrad. Gradients travel as arrays, as Tensors under `create_graph`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from engine import anomaly, hooks, journal, memory, recording
from engine.function import Function as Node
from engine.function import LongFunction, Rare
from engine.quick import FREED, QuickFunction
from engine.ready import FIRST, Ready, Spot, spot
from engine.tensor import Tensor

if TYPE_CHECKING:
    from engine.recorder import Recorder

Target = Node | Tensor

INTERIOR = "leaf variable has been moved into the graph interior"
LEAF_IN_GRAD = "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This is currently not supported."


class Call:
    """One backward call over one graph."""

    running: ClassVar[Call | None] = None
    # Where the recorder takes a step again: the gradients so far, by where they arrived, and what all lines of the call share.
    again: dict[Any, Any] | None = None
    place: str | None = None
    adds = True
    """Whether gradients that meet add up, so that a step can be taken again when it is told."""

    def __init__(
        self,
        roots: Sequence[tuple[Target, int]],
        *,
        keep: bool,
        create: bool,
        wanted: Sequence[tuple[Target, int]] | None,
        accumulate: bool,
    ) -> None:
        """`wanted` are the targets of what was asked for, None for every leaf."""
        self.roots = roots
        self.keep = keep
        self.create = create
        self.accumulate = accumulate
        self.captures: dict[int, list[int]] | None = None
        self.captured: list[Any] = []
        self.needed: set[int] | None = None
        if wanted is not None:
            self.captured = [None] * len(wanted)
            self.captures = {}
            for place, (target, _) in enumerate(wanted):
                self.captures.setdefault(id(target), []).append(place)
            self.wanted = wanted
            self.needed = self._paths()
        self.buffers: dict[int, list[Any]] = {}
        self.parts: dict[Spot, int] = {}
        self.recorder = recording.active if recording.calls else None
        self.number = 0 if self.recorder is None else self.recorder.call
        self.line = None if self.recorder is None else self.recorder.line
        self.span = None if self.recorder is None else self.recorder.span
        self.dependencies, self.expected = self._count()
        self.ready = Ready()

    def _reachable(self) -> list[Node]:
        """Every Function that the roots reach."""
        found: dict[int, Node] = {}
        stack = [target for target, _ in self.roots if isinstance(target, Node)]
        while stack:
            node = stack.pop()
            if id(node) in found:
                continue
            found[id(node)] = node
            stack.extend(edge[0] for edge in node._edges if edge is not None and isinstance(edge[0], Node))
        return list(found.values())

    def _paths(self) -> set[int]:
        """The targets that lie on a way to what was asked for."""
        assert self.captures is not None
        senders: dict[int, list[int]] = {}
        for node in self._reachable():
            for edge in node._edges:
                if edge is not None:
                    senders.setdefault(id(edge[0]), []).append(id(node))
        needed: set[int] = set()
        waiting = list(self.captures)
        while waiting:
            target = waiting.pop()
            if target not in needed:
                needed.add(target)
                waiting += senders.get(target, ())
        return needed

    def _runs(self, node: Node) -> bool:
        """Whether a node runs: always, or where something below it was asked for; in `backward` also where its own result was."""
        if self.needed is None or (self.accumulate and self.captures is not None and id(node) in self.captures):
            return True
        return any(edge is not None and id(edge[0]) in self.needed for edge in node._edges)

    def _count(self) -> tuple[dict[int, int], dict[Spot, int]]:
        """How many nodes send to each target, and how many gradients meet at each of its outputs."""
        senders: dict[int, int] = {}
        meeting: dict[Spot, int] = {}
        for target, output in self.roots if len(self.roots) > 1 else ():
            key = spot(target, output)
            meeting[key] = meeting.get(key, 0) + 1
            senders[id(target)] = senders.get(id(target), 0) + 1
        for node in self._reachable():
            if self.needed is not None and not self._runs(node):
                continue
            for edge in node._edges:
                if edge is not None and self._follows(edge[0]):
                    target, key = edge[0], spot(*edge)
                    senders[id(target)] = senders.get(id(target), 0) + 1
                    meeting[key] = meeting.get(key, 0) + 1
        return senders, meeting

    def _follows(self, target: Target) -> bool:
        return self.needed is None or id(target) in self.needed

    def executes(self, target: Target) -> bool:
        """Whether this call will run a target, by PyTorch's count, which leaves out a root that is the only one and that no node sends to.

        Raises RuntimeError for a leaf that `autograd.grad` asks for, as PyTorch does.
        """
        if id(target) not in self.dependencies or not self._follows(target):
            return False
        if isinstance(target, Tensor) and self.needed is not None and not self.accumulate:
            raise RuntimeError(LEAF_IN_GRAD)
        return True

    def run(self, gradients: Sequence[Any]) -> list[Any]:
        """Send the gradients in at the roots and run all that becomes ready; gives what was captured."""
        if self.recorder is not None:
            self.recorder.settle()  # the journal of a call before reads what its nodes hold, which this one may free
        before, Call.running = Call.running, self
        try:
            return self._carry(gradients)
        finally:
            Call.running = before

    def _carry(self, gradients: Sequence[Any]) -> list[Any]:
        if len(self.roots) == 1:
            target, output = self.roots[0]
            self._store(target, output, gradients[0])
            self._queue(target)
        else:
            for root, ((target, output), gradient) in enumerate(zip(self.roots, gradients, strict=True)):
                if not self._follows(target):
                    continue
                sum = self._store(target, output, gradient)
                if sum is not None and self.recorder is not None:
                    self.recorder.seeded(self, root, gradient, sum)
                self._arrived(target)
        while len(self.ready):
            target = self.ready.pop()
            if isinstance(target, Tensor):
                self._finish_leaf(target, self.buffers.pop(id(target)))
            else:
                self._run_node(target, self.buffers.pop(id(target)))
        return self.captured

    def _queue(self, target: Target) -> None:
        self.ready.push(FIRST if isinstance(target, Tensor) else target._sequence, target)

    def _arrived(self, target: Target) -> None:
        left = self.dependencies[id(target)] - 1
        self.dependencies[id(target)] = left
        if not left:
            self._queue(target)

    def _store(self, target: Target, output: int, gradient: Any) -> tuple[Any, Any] | None:
        """Put a gradient into the target's input buffer; where one stood there, that one and the sum."""
        buffer = self.buffers.get(id(target))
        if buffer is None:
            size = 1 if isinstance(target, Tensor) else len(target._outputs)
            buffer = self.buffers[id(target)] = [None] * size
        before = buffer[output]
        if gradient is None or before is None:
            buffer[output] = before if gradient is None else gradient
            return None
        after = buffer[output] = before + gradient
        return before, after

    def _run_single(self, recorder: Recorder, node: QuickFunction, buffer: list[Any]) -> None:
        """Run a node between single numbers; it is noted by what it took, and the step is taken again when it is told."""
        held, gradient, route = node.holding, buffer[0], node._route
        befores: dict[Any, Any] = {}
        try:
            if held is FREED or not node.unchanged():
                node._check()
            made = route.vjp(gradient, node)
            parts = [node.fitted(part, number) for number, part in enumerate((made,) if route.width == 1 else made)]
        except Exception:
            recorder.reached(self, node, buffer)
            raise
        if not self.keep:
            node.release()
        for number, (target, part) in enumerate(zip(node.targets, parts, strict=True)):
            output = node.port(number)
            sum = self._store(target, output, part)
            befores.setdefault((id(target), output) if output else id(target), None if sum is None else sum[0])
            self._arrived(target)
        recorder.pending.append((journal.single, self, node, held, gradient, befores))

    def _run_node(self, node: Node, buffer: list[Any]) -> None:
        """Run a node on what arrived at its outputs: hooks, the rule, and what it hands on."""
        if (
            self.recorder is not None
            and self.adds
            and not (self.create or anomaly.enabled)
            and self.needed is None
            and node.__class__ is QuickFunction
            and node._facts.scalar is not None
            and node._rare is None
            and buffer[0] is not None
        ):
            self._run_single(self.recorder, node, buffer)
            return
        runs = self._runs(node)
        # PyTorch captures what arrives before the tensor's hooks where the node runs on, after them where it ends here.
        if runs:
            self._capture(node, buffer)
        rare = node._rare
        if rare is not None and (rare.hooks or rare.retained):
            self._tensor_hooks(node, rare, buffer)
        if not runs:
            self._capture(node, buffer)
            return
        if rare is not None and rare.prehooks:
            told = self._telling(node, node.gathered)
            buffer = node.gathered(hooks.before_node(rare.prehooks, node.spread(buffer), self.create, told))
        recorder = self.recorder
        if recorder is not None:
            recorder.reached(self, node, buffer)
        wanted = [edge is not None and self._follows(edge[0]) for edge in node._edges]
        if not node.eager and all(gradient is None for gradient in buffer):
            node._check()
            results: list[tuple[int, Any, tuple[int, ...]]] = [
                (edge, None, ()) for edge, want in enumerate(wanted) if want
            ]
        else:
            try:
                # A node of the program's own, or of a list of tensors, makes all its gradients, and shows its hooks all of them.
                eager = node.eager or (node.__class__ is LongFunction and node._op.variadic)
                made = [True] * len(wanted) if rare is not None and rare.posthooks and eager else wanted
                results = sorted(node.vjps(buffer, made, self.create), key=itemgetter(0))
                if anomaly.enabled and anomaly.check_nan:
                    hooks.refuse_nan(node, results)
            except Exception:
                if anomaly.enabled:
                    hooks.tell_where(node)
                raise
        if rare is not None and rare.posthooks:
            results = hooks.after_node(
                rare.posthooks, results, len(node._edges), node.spread(buffer), self.create, self._telling(node)
            )
            results = [each for each in results if wanted[each[0]]]
        sources = None if recorder is None else node.arrays()
        released = not self.keep and node.release()
        edges = node._edges
        for number, gradient, wide in results:
            edge = edges[number]
            assert edge is not None
            target, output = edge
            before = self._store(target, output, gradient)
            if recorder is not None and gradient is not None:
                recorder.sent(self, node, number, target, output, gradient, wide, buffer, sources, before)
            self._arrived(target)
        if recorder is not None and released:
            recorder.freed(self, node)

    def _tensor_hooks(self, node: Node, rare: Rare, buffer: list[Any]) -> None:
        for output, registered in rare.hooks.items():
            buffer[output] = self._hooked(registered, buffer[output], node, output)
        for output, kept in rare.retained.items():
            tensor = kept()
            if tensor is not None and buffer[output] is not None:
                self._add_to_grad(tensor, buffer[output], retained=True)

    def _telling(self, target: Target, of: Callable[[Any], Sequence[Any]] = list) -> hooks.Tell | None:
        """What notes that a hook of a node ran, and which of what it saw is told; None where nobody records."""
        recorder = self.recorder
        return None if recorder is None else lambda before, after: recorder.hooked(target, 0, of(before), of(after))

    def _hooked(self, registered: dict[int, Any], gradient: Any, target: Target, output: int) -> Any:
        """The gradient after the hooks of a tensor, which see None where none came."""
        for key, hook in tuple(registered.items()):
            arrived = hooks.shown(gradient)
            before = None if arrived is None else arrived._data if self.recorder is None else arrived._data.copy()
            answer = hooks.answered(key, hook, arrived)
            if answer is not None:
                hooks.refuse_unlike(hook, answer, arrived)
            elif arrived is None:
                continue
            else:
                answer = arrived  # it may have been written to
            changed = answer if self.create else answer._data
            if self.recorder is not None:
                self.recorder.hooked(target, output, before, changed)
            gradient = changed
        return gradient

    def _capture(self, target: Target, buffer: list[Any]) -> None:
        if self.captures is not None and self.accumulate is False:
            for place in self.captures.get(id(target), ()):
                self.captured[place] = buffer[self.wanted[place][1]]

    def _finish_leaf(self, leaf: Tensor, buffer: list[Any]) -> None:
        gradient = buffer[0]
        accumulator = None if leaf._accumulator is None else leaf._accumulator()
        if leaf._hooks:
            gradient = buffer[0] = self._hooked(leaf._hooks, gradient, leaf, 0)
        if not self._follows(leaf):  # the only root, and not what was asked for
            return
        if self.accumulate:
            if accumulator is not None and accumulator.prehooks:
                (gradient,) = hooks.before_node(accumulator.prehooks, [gradient], self.create, self._telling(leaf))
            if gradient is not None and leaf._node is not None:
                raise RuntimeError(INTERIOR)
            if gradient is not None and leaf._requires_grad:
                self._add_to_grad(leaf, gradient, retained=False)
            shown = leaf
            for hook in tuple((leaf._post_hooks or {}).values()):
                before = leaf._grad
                answer = hook(shown)
                if self.recorder is not None and (before is not None or leaf._grad is not None):
                    self.recorder.hooked(leaf, 0, [before], [leaf._grad])
                if answer is not None:
                    hooks.refuse_unlike(hook, answer, shown)
                    shown = answer
            if shown is not leaf:
                raise RuntimeError("Tensor post accumulate grad hooks should return None.")
            if accumulator is not None and accumulator.posthooks:
                hooks.after_node(accumulator.posthooks, [], 0, [gradient], self.create, self._telling(leaf))
        else:
            self._capture(leaf, buffer)

    def _add_to_grad(self, tensor: Tensor, gradient: Any, *, retained: bool) -> None:
        recorder, grad = self.recorder, tensor._grad
        before: Any = None if grad is None else grad._data
        if self.create:
            first = gradient.clone if retained else gradient._kept_copy
            tensor._set_grad(first() if grad is None else grad + gradient)
        elif grad is None:
            data = gradient._data if isinstance(gradient, Tensor) else gradient
            if data.shape != tensor._data.shape and not retained and not memory.lies_as(data, tensor._data):
                data = Tensor(np.empty_like(tensor._data)).copy_(Tensor(data))._data
            tensor._set_grad(Tensor(np.array(data, order="C")[()] if not data.shape else np.array(data, order="C")))
        elif retained:  # a sum of its own, where a leaf's is made in place
            tensor._set_grad(Tensor(grad._data + gradient))
        else:
            if recorder is not None:
                recorder.settle()
                before = before.copy()
            if grad._data.shape != gradient.shape:
                grad.add_(Tensor(gradient))
            else:
                if isinstance(grad._data, np.ndarray):
                    grad._data += gradient
                else:
                    grad._data = grad._data + gradient
                grad._cell().written()
        if recorder is not None:
            assert tensor._grad is not None
            recorder.accumulated(self, tensor, before, gradient, tensor._grad, retained)
