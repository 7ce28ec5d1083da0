"""The Engine: counts dependencies, then runs ready nodes; `backward()` and `grad()`.

A target is a Function, or a leaf Tensor standing for its AccumulateGrad. Gradients travel as arrays, as Tensors under `create_graph`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import grad_mode, record
from engine.function import Function as Node
from engine.ready import FIRST, Ready
from engine.tensor import Tensor

Target = Node | Tensor
METHODS: dict[str, Callable[..., Any]] = {}

CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a "
    "memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make "
    "sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak."
)


class Call:
    """One backward call over one graph."""

    def __init__(
        self,
        roots: Sequence[tuple[Target, int]],
        *,
        keep: bool,
        create: bool,
        wanted: Sequence[tuple[Target, int]] | None,
        accumulate: bool,
    ):
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
        self.arrived: dict[tuple[int, int], int] = {}
        self.recorder = record.active
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
        needed = set(self.captures)
        for node in sorted(self._reachable(), key=lambda node: node._sequence):
            if any(edge is not None and id(edge[0]) in needed for edge in node._edges):
                needed.add(id(node))
        return needed

    def _runs(self, node: Node) -> bool:
        """Whether a node runs: always, or where something below it was asked for."""
        return self.needed is None or any(edge is not None and id(edge[0]) in self.needed for edge in node._edges)

    def _count(self) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
        """How many nodes send to each target, and how many gradients meet at each of its outputs."""
        senders: dict[int, int] = {}
        meeting: dict[tuple[int, int], int] = {}
        for target, output in self.roots if len(self.roots) > 1 else ():
            meeting[id(target), output] = meeting.get((id(target), output), 0) + 1
            senders[id(target)] = senders.get(id(target), 0) + 1
        for node in self._reachable():
            if self.needed is not None and not self._runs(node):
                continue
            for edge in node._edges:
                if edge is not None and self._follows(edge[0]):
                    key = (id(edge[0]), edge[1])
                    senders[key[0]] = senders.get(key[0], 0) + 1
                    meeting[key] = meeting.get(key, 0) + 1
        return senders, meeting

    def _follows(self, target: Target) -> bool:
        return self.needed is None or id(target) in self.needed

    def run(self, gradients: Sequence[Any]) -> list[Any]:
        """Send the gradients in at the roots and run all that becomes ready; gives what was captured."""
        if len(self.roots) == 1:
            target, output = self.roots[0]
            self._store(target, output, gradients[0])
            self._queue(target)
        else:
            for (target, output), gradient in zip(self.roots, gradients, strict=True):
                self._store(target, output, gradient)
                self._arrived(target)
        while len(self.ready):
            target = self.ready.pop()
            if isinstance(target, Tensor):
                self._finish_leaf(target)
            else:
                self._run_node(target)
        return self.captured

    def _queue(self, target: Target) -> None:
        self.ready.push(FIRST if isinstance(target, Tensor) else target._sequence, target)

    def _arrived(self, target: Target) -> None:
        left = self.dependencies[id(target)] - 1
        self.dependencies[id(target)] = left
        if not left:
            self._queue(target)

    def _store(self, target: Target, output: int, gradient: Any) -> tuple[Any, Any]:
        """Put a gradient into the target's input buffer; gives what stood there before and what stands there now."""
        buffer = self.buffers.get(id(target))
        if buffer is None:
            size = 1 if isinstance(target, Tensor) else len(target._outputs)
            buffer = self.buffers[id(target)] = [None] * size
        before = buffer[output]
        after = before if gradient is None else gradient if before is None else before + gradient
        buffer[output] = after
        return before, after

    def _run_node(self, node: Node) -> None:
        buffer = self.buffers.pop(id(node))
        runs = self._runs(node)
        # PyTorch captures what arrives before the tensor's hooks where the node runs on, after them where it ends here.
        if runs:
            self._capture(node, buffer)
        if node._hooks or node._retained:
            self._tensor_hooks(node, buffer)
        if not runs:
            self._capture(node, buffer)
            return
        recorder = self.recorder
        if recorder is not None:
            recorder.reached(node, buffer)
        wanted = [edge is not None and self._follows(edge[0]) for edge in node._edges]
        if all(gradient is None for gradient in buffer):
            results: list[tuple[int, Any, tuple[int, ...]]] = [
                (edge, None, ()) for edge, want in enumerate(wanted) if want
            ]
        else:
            results = list(node.vjps(buffer, wanted, self.create))
        sources = None if recorder is None else node.arrays()
        released = not self.keep and node.release()
        for number, gradient, wide in results:
            edge = node._edges[number]
            assert edge is not None
            target, output = edge
            before, after = self._store(target, output, gradient)
            if recorder is not None and gradient is not None:
                recorder.sent(node, number, target, output, gradient, wide, buffer, sources)
                self._record_sum(recorder, node, number, target, output, before, gradient, after)
            self._arrived(target)
        if recorder is not None and released:
            recorder.freed(node)

    def _record_sum(
        self,
        recorder: record.Recorder,
        node: Node,
        number: int,
        target: Target,
        output: int,
        before: Any,
        added: Any,
        after: Any,
    ) -> None:
        key = (id(target), output)
        part = self.arrived[key] = self.arrived.get(key, 0) + 1
        if before is not None:
            recorder.summed(node, number, target, output, before, added, after, part, self.expected[key])

    def _tensor_hooks(self, node: Node, buffer: list[Any]) -> None:
        for output, hooks in (node._hooks or {}).items():
            if buffer[output] is not None:
                buffer[output] = self._hooked(hooks, buffer[output], node, output, None)
        for output, kept in (node._retained or {}).items():
            tensor = kept()
            if tensor is not None and buffer[output] is not None and not self._asked(node, output):
                self._add_to_grad(tensor, buffer[output], retained=True)

    def _asked(self, node: Node, output: int) -> bool:
        """Whether `backward(inputs=...)` writes this gradient anyway."""
        if not self.accumulate or self.captures is None:
            return False
        return any(self.wanted[place][1] == output for place in self.captures.get(id(node), ()))

    def _hooked(self, hooks: dict[int, Any], gradient: Any, node: Node | None, output: int, leaf: Tensor | None) -> Any:
        for hook in tuple(hooks.values()):
            arrived = gradient if isinstance(gradient, Tensor) else Tensor(gradient)
            answer = hook(arrived)
            if answer is None:
                continue
            if not isinstance(answer, Tensor):
                raise TypeError(f"expected Variable, but hook returned '{type(answer).__name__}'")
            if answer._data.shape != arrived._data.shape:
                raise RuntimeError(f"hook '{hook.__name__}' has changed the size of value")
            if answer._data.dtype != arrived._data.dtype:
                raise RuntimeError(f"hook '{hook.__name__}' has changed the type of value")
            changed = answer if self.create else answer._data
            if self.recorder is not None:
                self.recorder.hooked(node, output, leaf, gradient, changed)
            gradient = changed
        return gradient

    def _capture(self, target: Target, buffer: list[Any]) -> None:
        if self.captures is not None and self.accumulate is False:
            for place in self.captures.get(id(target), ()):
                self.captured[place] = buffer[self.wanted[place][1]]
        elif self.captures is not None and id(target) in self.captures and isinstance(target, Node):
            self._accumulate_inputs(target, buffer)

    def _accumulate_inputs(self, target: Node, buffer: list[Any]) -> None:
        assert self.captures is not None
        for place in self.captures[id(target)]:
            gradient = buffer[self.wanted[place][1]]
            if gradient is not None:
                self._add_to_grad(self.inputs[place], gradient, retained=True)

    inputs: Sequence[Tensor] = ()

    def _finish_leaf(self, leaf: Tensor) -> None:
        buffer = self.buffers.pop(id(leaf))
        gradient = buffer[0]
        if gradient is None:
            return
        if leaf._hooks:
            gradient = buffer[0] = self._hooked(leaf._hooks, gradient, None, 0, leaf)
        if self.accumulate:
            self._add_to_grad(leaf, gradient, retained=False)
            for hook in tuple((leaf._post_hooks or {}).values()):
                hook(leaf)
        else:
            self._capture(leaf, buffer)

    def _add_to_grad(self, tensor: Tensor, gradient: Any, *, retained: bool) -> None:
        recorder, grad = self.recorder, tensor._grad
        before = None if grad is None else grad._data
        if self.create:
            tensor._set_grad(METHODS["_kept_copy"](gradient) if grad is None else grad + gradient)
        elif grad is None:
            data = gradient._data if isinstance(gradient, Tensor) else gradient
            tensor._set_grad(Tensor(np.array(data, order="C")[()] if not data.shape else np.array(data, order="C")))
        else:
            if recorder is not None and isinstance(before, np.ndarray):
                before = before.copy()
                recorder.settle()
            if isinstance(grad._data, np.ndarray):
                grad._data += gradient
            else:
                grad._data = grad._data + gradient
            grad._cell().count += 1
        if recorder is not None:
            assert tensor._grad is not None
            recorder.accumulated(tensor, before, gradient, tensor._grad._data, retained)


def _root(tensor: Tensor) -> tuple[Target, int]:
    node = tensor._node
    return (tensor, 0) if node is None else (node, tensor._output)


def _gradients(tensors: Sequence[Tensor], given: Sequence[Tensor | None]) -> list[Tensor]:
    """One gradient per output: the one given, checked, or ones for a scalar."""
    made = []
    for place, tensor in enumerate(tensors):
        gradient = given[place] if place < len(given) else None
        if gradient is None:
            if tensor._requires_grad and tensor._data.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            made.append(
                Tensor(
                    np.ones(tensor._data.shape, tensor._data.dtype)[()]
                    if not tensor._data.shape
                    else np.ones_like(tensor._data)
                )
            )
            continue
        if not isinstance(gradient, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
        if gradient._data.shape != tensor._data.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{place}] has a shape of {gradient.shape} and output[{place}] has a shape of {tensor.shape}."
            )
        made.append(gradient if gradient._data.dtype == tensor._data.dtype else gradient.to(tensor.dtype))
    return made


def _execute(
    via: str,
    tensors: Sequence[Tensor],
    gradients: Sequence[Tensor],
    *,
    keep: bool,
    create: bool,
    inputs: Sequence[Tensor] | None,
    accumulate: bool,
) -> list[Any]:
    for place, tensor in enumerate(tensors):
        if not tensor._requires_grad:
            raise RuntimeError(f"element {place} of tensors does not require grad and does not have a grad_fn")
    wanted = None if inputs is None else [_root(tensor) for tensor in inputs]
    recorder = record.active
    if recorder is not None:
        recorder.backward_started(via, tensors, gradients, keep, create, inputs)
    call = Call([_root(tensor) for tensor in tensors], keep=keep, create=create, wanted=wanted, accumulate=accumulate)
    if accumulate and inputs is not None:
        call.inputs = inputs
    before = grad_mode.enabled
    grad_mode.enabled = create
    try:
        found = call.run([gradient if create else gradient._data for gradient in gradients])
    finally:
        grad_mode.enabled = before
    if recorder is not None:
        recorder.backward_finished()
    return found


def _sequence(value: Any) -> list[Any]:
    return [value] if isinstance(value, Tensor) or value is None else list(value)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """The gradients of `tensors` have been added to `.grad` of the leaves, or of `inputs`. Raises RuntimeError as PyTorch does."""
    outputs = _sequence(tensors)
    asked = None
    if inputs is not None:
        asked = _sequence(inputs)
        if not asked:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    gradients = _gradients(outputs, [] if grad_tensors is None else _sequence(grad_tensors))
    keep = create_graph if retain_graph is None else bool(retain_graph)
    if create_graph:
        warnings.warn(CYCLE, UserWarning, stacklevel=3)
    _execute("backward", outputs, gradients, keep=keep, create=bool(create_graph), inputs=asked, accumulate=True)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of `outputs` with respect to `inputs`, in order; no `.grad` is written. Raises as PyTorch does."""
    if materialize_grads and allow_unused is False:
        raise ValueError(
            f"Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused={allow_unused}."
        )
    allow = materialize_grads if allow_unused is None else allow_unused
    roots, asked = _sequence(outputs), _sequence(inputs)
    gradients = _gradients(roots, [] if grad_outputs is None else _sequence(grad_outputs))
    if any(not tensor._requires_grad for tensor in asked) and all(root._requires_grad for root in roots):
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    keep = create_graph if retain_graph is None else bool(retain_graph)
    found = _execute("grad", roots, gradients, keep=keep, create=bool(create_graph), inputs=asked, accumulate=False)
    results: list[Tensor | None] = []
    for place, (tensor, gradient) in enumerate(zip(asked, found, strict=True)):
        if gradient is None and materialize_grads:
            gradient = np.zeros_like(tensor._data)
        if gradient is None:
            if not allow:
                raise RuntimeError(
                    f"The differentiated Tensor at index {place} appears to not have been used in the graph. Set allow_unused=True if "
                    "this is the desired behavior."
                )
            results.append(None)
            continue
        results.append(_handed_out(gradient))
    return tuple(results)


def _handed_out(gradient: Any) -> Tensor:
    if isinstance(gradient, Tensor):
        result = gradient
    else:
        result = Tensor(np.array(gradient)[()] if not gradient.shape else np.array(gradient))
    if record.active is not None:
        record.active.identify(result)
    return result


def _tensor_backward(
    self: Tensor,
    gradient: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    if gradient is not None and not isinstance(gradient, Tensor):
        kind = (
            type(gradient[0]).__name__ if isinstance(gradient, (list, tuple)) and gradient else type(gradient).__name__
        )
        raise TypeError(f"gradients can be either Tensors or None, but got {kind}")
    backward(self, gradient, retain_graph, create_graph, inputs)


class RemovableHandle:
    """What `register_hook` gives: `remove()` takes the hook away, also when asked twice."""

    __slots__ = ("_hooks", "_key")

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        self._hooks = hooks
        self._key = max(hooks, default=-1) + 1
        hooks[self._key] = hook

    def remove(self) -> None:
        self._hooks.pop(self._key, None)


def _register_hook(self: Tensor, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
    if not self._requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self._node is not None:
        return RemovableHandle(self._node.hooks(self._output), hook)
    if self._hooks is None:
        self._hooks = {}
    return RemovableHandle(self._hooks, hook)


def _register_post_hook(self: Tensor, hook: Callable[[Tensor], None]) -> RemovableHandle:
    if not self._requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self._node is not None:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if self._post_hooks is None:
        self._post_hooks = {}
    return RemovableHandle(self._post_hooks, hook)


METHODS["backward"] = _tensor_backward
METHODS["register_hook"] = _register_hook
METHODS["register_post_accumulate_grad_hook"] = _register_post_hook
METHODS["numel"] = Tensor.numel


def __getattr__(name: str) -> Any:
    # The checker stands above the Engine and uses it.
    if name == "gradcheck":
        from engine.gradcheck import gradcheck

        return gradcheck
    raise AttributeError(f"module 'torch.autograd' has no attribute '{name}'")
