"""Function: one recorded application of an op, a node of the graph."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import anomaly, arrivals, recording, saving
from engine.accumulator import AccumulateGrad, accumulator, end_of, stand_in
from engine.hooks import register_hook, register_prehook
from engine.memory import told
from engine.saved import FREED, INFERENCE, Original, modified, operand, unchanged
from engine.tensor import Tensor
from engine.versions import Version, sequence
from engine.watching import watch

if TYPE_CHECKING:
    from engine.ops.op import Op, Plan
    from engine.recorder import Recorder


class Rare:
    """What few nodes carry: hooks and kept gradients of its outputs, hooks of the node itself, packed saved tensors, and the node of the
    view that was written by it."""

    __slots__ = (
        "__weakref__",
        "beside",
        "end",
        "hooks",
        "made_at",
        "metadata",
        "packed",
        "posthooks",
        "prehooks",
        "raw",
        "retained",
        "viewed",
    )

    def __init__(self) -> None:
        watch(self)
        self.hooks: dict[int, dict[int, Any]] = {}
        self.retained: dict[int, weakref.ref[Tensor]] = {}
        self.prehooks: dict[int, Any] = {}
        self.posthooks: dict[int, Any] = {}
        self.packed = False
        # What hooks made of what was saved, where they were put on it alone: by whether it is a result, and its place.
        self.raw: dict[tuple[bool, int], saving.Packed] = {}
        self.beside: saving.Beside | None = None
        self.made_at = ""
        self.metadata: dict[Any, Any] = {}
        self.viewed: weakref.ref[Function] | None = None
        # The AccumulateGrad that it leads to, held where it tells more than its leaf.
        self.end: AccumulateGrad | None = None


class Function:
    """One application of an op: what it saved and where its gradients go.

    An edge leads to a Function and the number of its output, or straight to a leaf, whose AccumulateGrad is made when somebody asks.
    Saved inputs are held as they are; a saved result is held as bare memory, for a node that held its own output would be a cycle.
    """

    __slots__ = ("__weakref__", "_arrived", "_identity", "_rare", "_sequence")

    _is_node = True
    # Whether the rule makes the gradients of all inputs, asked for or not.
    eager = False
    # Tensors that PyTorch saves and no rule here reads, each with its version of then: statistics that a batch norm writes to.
    _watched: tuple[tuple[Tensor, int], ...] = ()
    _op: Op
    _plan: Plan
    _needs: tuple[bool, ...]
    _settings: tuple[Any, ...]
    _edges: tuple[tuple[Function | Tensor, int] | None, ...]
    _shapes: tuple[Any, ...]
    _dtypes: tuple[Any, ...]
    _saved: tuple[Any, ...]
    _versions: tuple[int, ...]
    _results: list[tuple[Any, Version, int] | saving.Packed | None]
    _outputs: tuple[tuple[tuple[int, ...], Any], ...]
    _freed: bool
    # Who records, the id, those of the inputs and outputs, where gradients go, as text, of a node of the short kind, and how others tell that they go here.
    _identity: tuple[Recorder, int, tuple[int | None, ...], tuple[int, ...], tuple[str, ...] | None, str] | None
    _rare: Rare | None
    _arrived: Any
    _sequence: int

    if TYPE_CHECKING:

        def release(self) -> bool:
            """Give up the saved tensors; True where there were any."""

        def share_result(self, output: int, array: Any) -> None:
            """The tensor of this output moved its 0-d data into an array that others share: look at the same memory."""

    # What a program may read

    def name(self) -> str:
        return self._op.node

    def short_name(self) -> str:
        """The name as messages tell it: `Mul` for MulBackward0, `Max1` for MaxBackward1."""
        head, _, number = self._op.node.rpartition("Backward")
        return f"{head}{number.strip('0')}" if head and not number.strip("0123456789") else self._op.node

    def __repr__(self) -> str:
        return f"<{self._op.node.rpartition('::')[2]} object>"

    @property
    def next_functions(self) -> tuple[tuple[Function | AccumulateGrad | None, int], ...]:
        found: list[tuple[Function | AccumulateGrad | None, int]] = []
        for edge in self._edges:
            if edge is None:
                found.append((None, 0))
            else:
                target, output = edge
                found.append((accumulator(target), 0) if isinstance(target, Tensor) else (target, target.slot(output)))
        for place in self._op.beside:
            found.insert(place, (None, 0))
        return tuple(found)

    def slot(self, output: int) -> int:
        """The place of an output among all that was given; a program's own Function may give more than tensors."""
        return output

    def spread(self, gradients: Sequence[Any]) -> list[Any]:
        """The gradients of the outputs as one of each thing that was given, None for what is no tensor."""
        return list(gradients)

    def gathered(self, gradients: Sequence[Any]) -> list[Any]:
        """The gradients of the outputs alone."""
        return list(gradients)

    def saved(self, name: str) -> Any:
        """What `_saved_<name>` shows. Raises RuntimeError once freed, AttributeError for what this node does not save."""
        op = self._op
        if name in op.settings:
            return self._settings[op.settings.index(name)]
        if name in op.inputs and (name in self._plan.names or any(name in formula.uses for formula in op.formulas)):
            if name not in self._plan.names:
                return None
            self._check()
            place = op.inputs.index(name)
            value = self.held_at(False, place)
            if isinstance(value, saving.Packed):
                return self._unpacked_input(place, value)
            if isinstance(value, Original):
                return value.clone()
            return value if value is None or isinstance(value, Tensor) else Tensor(np.asarray(value)[()])
        if name in op.results and name in self._plan.names:
            self._check()
            return self._result_tensor(op.results.index(name))
        raise AttributeError(f"'{op.node}' object has no attribute '_saved_{name}'")

    def held_at(self, result: bool, place: int) -> Any:
        """A saved input, or result, as this node holds it: packed, where somebody hooked it."""
        raw = None if self._rare is None else self._rare.raw.get((result, place))
        if raw is not None:
            return raw
        held = self._results if result else self._saved
        return held[place] if held else None

    # Hooks and retained gradients, kept by the node so that they belong to the value of then

    def retains(self, tensor: Tensor) -> bool:
        kept = None if self._rare is None else self._rare.retained.get(tensor._output)
        return kept is not None and kept() is tensor

    def retain(self, tensor: Tensor) -> None:
        self.rare().retained[tensor._output] = weakref.ref(tensor)

    def move_retained(self, output: int, node: Function, place: int) -> None:
        """After a write the tensor that keeps its gradient keeps that of its new node; hooks stay with the value of then."""
        if self._rare is not None and output in self._rare.retained:
            node.rare().retained[place] = self._rare.retained.pop(output)

    def rare(self) -> Rare:
        if self._rare is None:
            self._rare = Rare()
        return self._rare

    @property
    def metadata(self) -> dict[Any, Any]:
        """What anybody wrote about this node."""
        return self.rare().metadata

    def hooks(self, output: int) -> dict[int, Any]:
        return self.rare().hooks.setdefault(output, {})

    register_prehook = register_prehook
    register_hook = register_hook

    # For the engine

    def saved_list(self) -> tuple[str, ...]:
        """The names of the values that this node keeps for backward."""
        return self._plan.names

    def counter(self, data: Any) -> Version | None:
        """The version counter of a saved result that waits for its tensor; None where there is none."""
        return None

    @property
    def saves(self) -> bool:
        return bool(self._plan.names)

    def _check(self) -> None:
        if self._freed:
            raise RuntimeError(FREED)
        raw = self._rare.raw if self._rare is not None else {}
        for place in self._plan.order if self._saved else ():
            if place and self._watched:
                self._check_watched()
            item, version = self._saved[place], self._versions[place]
            if isinstance(item, Tensor) and (not raw or (False, place) not in raw):
                edge = self._edges[self._op.slots.index(place)] if place in self._op.slots else None
                unchanged(item, version, leaf=edge is None or isinstance(edge[0], Tensor))
        if self._watched:
            self._check_watched()
        for place, kept in enumerate(self._results):
            if isinstance(kept, tuple) and kept[1].count != kept[2] and (True, place) not in raw:
                raise modified(kept[0], self._shown(), place, kept[1].count, kept[2])

    def _check_watched(self) -> None:
        for item, version in self._watched:
            unchanged(item, version, leaf=True)

    def _shown(self) -> Function:
        """The node that a saved result is told to be of: that of the view which was written, as long as it lives."""
        view = None if self._rare is None or self._rare.viewed is None else self._rare.viewed()
        return self if view is None else view

    def _result_tensor(self, place: int) -> Tensor:
        kept = self.held_at(True, place)
        assert kept is not None
        if isinstance(kept, saving.Packed):
            made = Tensor(kept.unpack()._data)
            if place and self._rare is not None and self._rare.beside is not None:
                made = Tensor(made._data.reshape(self._rare.beside.shape))
        else:
            made = Tensor(kept[0])
            made._version_cell = kept[1]
        if self._op.many or place == 0:
            made._node, made._output, made._requires_grad = self._shown(), place, True
            made._identity = told_as(self._shown(), place)
        return made

    def vjps(
        self, grads: Sequence[Any], wanted: Sequence[bool], tracked: bool
    ) -> Iterator[tuple[int, Any, tuple[int, ...]]]:
        """The gradient of each wanted edge, by number, with its shape before un-broadcasting; Tensors where `tracked`, else arrays.

        Raises RuntimeError where what was saved is freed or changed.
        """
        op = self._op
        values: list[Any]
        results: list[Any]
        rules: Sequence[Callable[..., Any]]
        if self._plan.names:
            self._check()
        if self._rare is not None and self._rare.packed:
            values, results = self._unpacked(tracked)
            rules = op.tensor_rules if tracked else op.array_rules
        elif tracked:
            values = [operand(item) for item in self._saved] if self._saved else [None] * len(self._shapes)
            results = [None if kept is None else self._result_tensor(place) for place, kept in enumerate(self._results)]
            rules = op.tensor_rules
        else:
            values, results = self.arrays()
            rules = op.array_rules
        g = grads[0] if not op.many else grads if op.silent else self._zeros_for_none(grads, tracked)
        if op.variadic:
            parts = rules[0](g, None, *self._padded(results), self._shapes, *self._settings)
            for edge, want in enumerate(wanted):
                if want:
                    yield edge, self._fitted(parts[edge], edge, tracked), parts[edge].shape
            return
        results = self._padded(results)
        if tracked and op.together_rules:
            made = iter(op.together_rules[0](g, *values, *results, *self._shapes, *self._settings, tuple(wanted)))
            for edge, want in enumerate(wanted):
                if want:
                    grad = next(made)
                    yield edge, self._fitted(grad, edge, tracked), grad.shape
            return
        edges = [edge for edge, want in enumerate(wanted) if want]
        given: dict[int, Any] = {}
        if tracked:
            # The nodes of a second derivative are made in the order of the inputs' names, as in PyTorch; then each gradient is fitted.
            for edge in sorted(edges, key=lambda edge: op.inputs[op.slots[edge]]):
                given[edge] = rules[edge](g, *values, *results, *self._shapes, *self._settings)
        for edge in edges:
            grad = given[edge] if tracked else rules[edge](g, *values, *results, *self._shapes, *self._settings)
            yield edge, *((None, ()) if grad is None else (self._fitted(grad, edge, tracked), grad.shape))

    def _unpacked(self, tracked: bool) -> tuple[list[Any], list[Any]]:
        """What `saved_tensors_hooks` packed, given back by the unpack hook in the order in which it was packed: inputs by name, then results."""
        values: list[Any] = list(self._saved) or [None] * len(self._shapes)
        beside = None if self._rare is None else self._rare.beside
        for number, place in enumerate(self._plan.order):
            if isinstance(item := self.held_at(False, place), saving.Packed):
                values[place] = self._unpacked_input(place, item)
            if beside is not None and not number:
                _looked_at(beside.early)
        results = [None if kept is None else self._result_tensor(place) for place, kept in enumerate(self._results)]
        if beside is not None:
            _looked_at(beside.late)
        if tracked:
            return [operand(item) for item in values], results
        return (
            [item._data if isinstance(item, Tensor) else item for item in values],
            [item._data if isinstance(item, Tensor) else item for item in results],
        )

    def _unpacked_input(self, place: int, item: saving.Packed) -> Tensor:
        slots = self._op.slots
        return placed(item.unpack(), self._edges[slots.index(place)] if place in slots else None)

    def arrays(self) -> tuple[list[Any], list[Any]]:
        """The saved inputs and results as arrays and numbers, None for what is not saved."""
        if self._rare is not None and self._rare.packed:
            return [None] * len(self._shapes), [None] * len(self._results)
        values = [item._data if isinstance(item, Tensor) else item for item in self._saved] or [None] * len(
            self._shapes
        )
        return values, [kept[0] if isinstance(kept, tuple) else None for kept in self._results]

    def _padded(self, results: list[Any]) -> list[Any]:
        return results or [None] * len(self._op.results)

    def _zeros_for_none(self, grads: Sequence[Any], tracked: bool) -> list[Any]:
        filled = []
        for grad, (shape, kind) in zip(grads, self._outputs, strict=True):
            if grad is None:
                zeros = np.zeros(shape, kind)
                grad = Tensor(zeros) if tracked else zeros
            filled.append(grad)
        return filled

    def _fitted(self, grad: Any, edge: int, tracked: bool) -> Any:
        """The gradient in the shape and dtype of the input that an edge belongs to. Raises RuntimeError where it cannot be."""
        place = edge if self._op.variadic else self._op.slots[edge]
        shape, kind = self._shapes[place], self._dtypes[place]
        if arrivals.remade and (target := self._edges[edge]) is not None:
            shape, kind = arrivals.taken(*target) or (shape, kind)
        given = grad._data if tracked else grad
        if given.shape == shape and given.dtype == kind and shape:
            return grad
        return arrivals.fitted(
            grad, shape, kind, tracked, f"Function {self.name()} returned an invalid gradient at index {edge}"
        )


def _looked_at(packed: Sequence[Any]) -> None:
    """Unpack what no rule here reads, for PyTorch's does, and its hooks see it."""
    for each in packed:
        each.unpack()


def told_as(node: Function, place: int) -> tuple[Recorder, int] | None:
    """Which tensor of a trace this result of a node is: the one that the program was given."""
    recorder = recording.active
    if recorder is not None and node._identity is None:
        recorder.settle()
    known = node._identity
    return None if known is None or known[0] is not recorder else (known[0], known[3][place])


def shown(name: str) -> property:
    """What reads `_saved_<name>` of any node. A `__getattr__` for it would make every reading of a node's own fields slow."""
    return property(lambda node: node.saved(name))


class LongFunction(Function):
    """A Function that keeps all that it holds by itself."""

    __slots__ = (
        "_dtypes", "_edges", "_freed", "_needs", "_op", "_outputs", "_plan", "_results", "_saved", "_settings", "_shapes", "_versions", "_watched",
    )  # fmt: skip

    def __init__(
        self, op: Op, inputs: Sequence[Any], values: Sequence[Any], settings: tuple[Any, ...], needs: tuple[bool, ...]
    ) -> None:
        self._op = op
        self._needs = needs
        self._settings = settings
        self._watched = ()
        self._freed = False
        self._identity = self._rare = self._arrived = None
        self._sequence = next(sequence)
        if anomaly.enabled:
            self.rare().made_at = anomaly.site()
        slots = range(len(inputs)) if op.variadic else op.slots
        edges: list[tuple[Function | Tensor, int] | None] = []
        for slot, need in zip(slots, needs, strict=True):
            if need:
                edges.append(edge_to(inputs[slot]))
            else:
                edges.append(None)
        self._edges = tuple(edges)
        self._shapes = tuple(
            [
                (told(value) if op.laid else value.shape) if isinstance(item, Tensor) else None
                for item, value in zip(inputs, values, strict=True)
            ]
        )
        self._dtypes = tuple([item._data.dtype if isinstance(item, Tensor) else None for item in inputs])
        # A view made untracked has no edge, though it requires grad: nothing is kept for it, but where it is the only one that may.
        reached = tuple([edge is not None for edge in edges]) if len(edges) > 1 else needs
        plan = op.plan((any(reached),) if op.variadic else reached)
        self._plan = plan
        if plan.names and not op.variadic:
            self._saved = tuple([item if keep else None for item, keep in zip(inputs, plan.inputs, strict=True)])
            self._versions = tuple([item._count if isinstance(item, Tensor) else 0 for item in self._saved])
        else:
            self._saved = self._versions = ()
        if self._saved:
            self._admit()
        self._results = []
        self._outputs = ()

    def _admit(self) -> None:
        """Refuse what cannot be saved, and pack what is, where somebody asked for that."""
        for item in self._saved:
            if isinstance(item, Tensor) and item._version_cell is not None and item._version_cell.frozen:
                raise RuntimeError(INFERENCE)
            if isinstance(item, Tensor) and item._grad_of is not None:
                watch(self)
        if saving.hooks:
            rare, more = self.rare(), saving.Beside.active
            rare.packed = True
            rare.beside = kept = None if more is None else more.packed()
            saved = list(self._saved)
            for number, place in enumerate(self._plan.order):
                item = saved[place]
                if isinstance(item, Tensor):
                    saved[place] = saving.Packed(item)
                if more is not None and kept is not None and not number:
                    kept.early = [saving.Packed(each) for each in more.early]
            if more is not None and kept is not None:
                kept.late = [saving.Packed(each) for each in more.late]
            self._saved = tuple(saved)

    def attach(self, outputs: Sequence[Tensor]) -> None:
        """Make the outputs non-leaves of this node, and keep the results that its rules need."""
        taken = outputs if self._op.many else outputs[: self._op.taken]
        self._outputs = tuple([(out._data.shape, out._data.dtype) for out in taken])
        for place, out in enumerate(outputs):
            if (self._op.many or place == 0) and out._data.dtype.kind == "f":
                out._node = self
                out._output = place
                out._requires_grad = True
        if any(self._plan.results):
            self.save_results(outputs)

    def save_results(self, outputs: Sequence[Tensor]) -> None:
        """Keep the results that the rules need: as bare memory, with the version of now."""
        if saving.hooks:
            rare = self.rare()
            rare.packed = True
            row = rare.beside is not None and rare.beside.shape
            self._results = [
                saving.Packed(Tensor(out._data.reshape(-1)) if row and place else out) if keep else None
                for place, (out, keep) in enumerate(zip(outputs, self._plan.results, strict=True))
            ]
            return
        self._results = [
            (out._data, out._cell(), out._count) if keep else None
            for out, keep in zip(outputs, self._plan.results, strict=True)
        ]

    def share_result(self, output: int, array: Any) -> None:
        """The tensor of this output moved its 0-d data into an array that others share: look at the same memory."""
        if output < len(self._results):
            kept = self._results[output]
            if isinstance(kept, tuple):
                self._results[output] = (array, *kept[1:])

    def release(self) -> bool:
        """Give up the saved tensors; True where there were any."""
        if self._freed or not self._plan.names:
            return False
        self._freed = True
        self._saved = ()
        self._results = []
        return True


def placed(found: Tensor, edge: tuple[Function | Tensor, int] | None) -> Tensor:
    """What an unpack hook gave, in the place of the graph that the saved tensor had, whatever its own may be."""
    if edge is None:
        return found.detach() if found._requires_grad else found
    target, output = edge
    if isinstance(target, Tensor):
        return target if found._data is target._data else stand_in(found, target)
    made = Tensor(found._data, True)
    made._node, made._output, made._identity = target, output, told_as(target, output)
    return made


def edge_to(tensor: Tensor) -> tuple[Function | Tensor, int] | None:
    """Where the gradient of a tensor that requires grad goes: None for a view made untracked, as in PyTorch."""
    view = tensor._view
    node = tensor._node if view is None else tensor._history()
    if node is not None:
        return node, tensor._output
    return None if view is not None and not view.own else (end_of(tensor), 0)


def behind(tensor: Tensor) -> Iterator[Function | Tensor]:
    """Every node and every leaf that the gradient of a tensor that requires grad may come to, each once."""
    edge = edge_to(tensor)
    waiting, seen = [] if edge is None else [edge[0]], set()
    while waiting:
        target = waiting.pop()
        if id(target) not in seen:
            seen.add(id(target))
            yield target
            if not isinstance(target, Tensor):
                waiting += [each[0] for each in target._edges if each is not None]
