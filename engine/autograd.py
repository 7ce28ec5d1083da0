"""`backward()`, `grad()` and the hooks of tensors."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import arrivals, grad_mode, inside, overwriting, recording
from engine.accumulator import end_of
from engine.anomaly import detect_anomaly, set_detect_anomaly
from engine.call import Call, Target
from engine.edges import GradientEdge, Standing, standing_for
from engine.function import edge_to
from engine.glide import glide, glides
from engine.hooks import Batch, RemovableHandle, Seeds
from engine.memory import copied
from engine.quick import QuickFunction
from engine.size import Size
from engine.tensor import Tensor
from engine.watching import watch

__all__ = ["RemovableHandle", "backward", "detect_anomaly", "grad", "set_detect_anomaly"]

METHODS: dict[str, Callable[..., Any]] = {}

CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a "
    "memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make "
    "sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak."
)


def _root(tensor: Tensor) -> tuple[Target, int]:
    node = tensor._history()
    return (end_of(tensor), 0) if node is None else (node, tensor._output)


GIVEN = "got {} tensors and {} gradients"


def _gradients(tensors: Sequence[Tensor], given: Any) -> list[Tensor]:
    """One gradient per output: the one given, checked, or ones for a scalar. More than one per output are let pass."""
    asked = [None] * len(tensors) if given is None else _sequence(given)
    made = []
    for place, tensor in enumerate(tensors):
        if place == len(asked):
            raise RuntimeError(GIVEN.format(len(tensors), len(asked)))
        gradient = asked[place]
        if gradient is None:
            if tensor._requires_grad and tensor._data.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            data = tensor._data
            made.append(Tensor(np.ones_like(data) if data.shape else data.dtype.type(1)))
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
        if not tensor._requires_grad or (tensor._view is not None and edge_to(tensor) is None):
            raise RuntimeError(f"element {place} of tensors does not require grad and does not have a grad_fn")
    for tensor in inputs or ():
        if accumulate:
            tensor._history()
            if not isinstance(tensor, Standing):
                tensor.retain_grad()
        elif not tensor._requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    wanted = None if inputs is None else [_root(tensor) for tensor in inputs]
    roots = [_root(tensor) for tensor in tensors]
    if arrivals.remade:
        gradients = arrivals.seeds(roots, gradients)
    recorder = recording.active if recording.calls else None
    if recorder is not None:
        number = recorder.backward_started(via, tensors, gradients, keep, create, inputs)
    alone = len(tensors) == 1 and wanted is None and accumulate and not (create or overwriting.active)
    if alone and glides(roots[0][0]):
        glide(*roots[0], gradients[0]._data, keep)
        if recorder is not None:
            recorder.backward_finished(number)
        return []
    call = (overwriting.Overwriting if overwriting.active else Call)(
        roots,
        keep=keep,
        create=create,
        wanted=wanted,
        accumulate=accumulate,
    )
    before, grad_mode.enabled = grad_mode.enabled, create
    earlier, Seeds.active = Seeds.active, gradients
    try:
        found = call.run([gradient if create else gradient._data for gradient in gradients])
    finally:
        grad_mode.enabled, Seeds.active = before, earlier
    if recorder is not None:
        recorder.backward_finished(number)
    return found


def _sequence(value: Any) -> list[Any]:
    """One tensor or several as a list, an edge by a tensor at its end. Raises TypeError in Python's words for what is neither."""
    return [standing_for(each) for each in _listed(value)]


def _listed(value: Any) -> list[Any]:
    return [value] if value is None or isinstance(value, (Tensor, GradientEdge)) else list(value)


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
    gradients = _gradients(outputs, grad_tensors)
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
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """The gradients of `outputs` with respect to `inputs`, in order, or by name where these are a dict; no `.grad` is written.

    With `is_grads_batched` each of `grad_outputs` holds a row of gradients, and so do the results. Raises as PyTorch does.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            f"Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused={allow_unused}."
        )
    given = _listed(list(inputs.values()) if type(inputs) is dict else inputs)
    roots, asked = _sequence(outputs), _sequence(given)
    if not asked:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    keep, create = create_graph if retain_graph is None else bool(retain_graph), bool(create_graph)
    allow = materialize_grads if allow_unused is None else bool(allow_unused)
    if is_grads_batched:
        from engine.nn import budget  # both ask this module for its methods
        from engine.ops.table import FUNCTIONS

        rows = _rows(roots, _sequence(grad_outputs))
        every, batch = [], Batch()
        for place, row in enumerate(rows):
            budget.step()
            again = keep or place < len(rows) - 1
            with batch.row():
                every.append(_found(roots, asked, row, again, create, allow))
        found = tuple(
            None if any(each is None for each in column) else FUNCTIONS["stack"](list(column))
            for column in zip(*every, strict=True)
        )
    else:
        found = _found(roots, asked, _gradients(roots, grad_outputs), keep, create, allow)
    if materialize_grads:
        found = _filled(given, found, create)
    return dict(zip(inputs, found, strict=True)) if type(inputs) is dict else found


def _filled(given: Sequence[Any], found: Sequence[Tensor | None], create: bool) -> tuple[Tensor | None, ...]:
    """Zeros in the place of gradients that there are none of. Raises RuntimeError for one of an edge."""
    if any(gradient is None and isinstance(each, GradientEdge) for each, gradient in zip(given, found, strict=True)):
        raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
    return tuple(
        _handed_out(Tensor(np.zeros_like(each._data)[()], create)) if gradient is None else gradient
        for each, gradient in zip(given, found, strict=True)
    )


def _rows(roots: Sequence[Tensor], given: Sequence[Any]) -> list[list[Tensor]]:
    """The gradients of the outputs, row by row. Raises RuntimeError, ValueError or IndexError as PyTorch does where they do not fit the outputs."""
    if len(given) < len(roots):
        raise RuntimeError(GIVEN.format(len(roots), len(given)))
    for place, (root, rows) in enumerate(zip(roots, given, strict=False)):
        if rows is None:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        if not rows.ndim:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a "
                "number"
            )
        if tuple(rows.shape[1:]) != tuple(root.shape):
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of "
                "the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: "
                f"grad_output[{place}] has a shape of {Size(rows.shape[2:])} and output[{place}] has a shape of {root.shape}. If you only "
                "want some tensors in `grad_output` to be considered batched, consider using vmap."
            )
    counts = [len(rows) for rows in given]
    if len(set(counts)) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {counts} for the mapped dimension"
        )
    if not counts[0]:
        raise IndexError("index 0 is out of bounds for dimension 0 with size 0")
    return [list(row) for row in zip(*given, strict=True)]


def _found(
    roots: Sequence[Tensor], asked: Sequence[Tensor], gradients: Sequence[Tensor], keep: bool, create: bool, allow: bool
) -> tuple[Tensor | None, ...]:  # fmt: skip
    found = _execute("grad", roots, gradients, keep=keep, create=create, inputs=asked, accumulate=False)
    results: list[Tensor | None] = []
    for place, gradient in enumerate(found):
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
        result = Tensor(copied(gradient) if gradient.shape else np.array(gradient)[()])
    if recording.active is not None:
        recording.active.identify(result)
    return result


def _tensor_backward(
    self: Tensor,
    gradient: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    data, node = self._data, self._node
    if (
        gradient is inputs is None
        and not (create_graph or overwriting.active or arrivals.remade)
        and self._extras is None
        and node is not None
        and not data.shape
        and glides(node)
    ):
        # What most programs ask for.
        one, keep, recorder = data.dtype.type(1), bool(retain_graph), recording.active
        if recorder is None:
            head = node._route.head if node.__class__ is QuickFunction else None
            begun = None if head is None else head(node, one, keep)
            target, output, gradient = begun or (node, self._output, one)
            glide(target, output, gradient, keep)
        else:
            number = recorder.backward_started("backward", (self,), (Tensor(one),), keep, False, None)
            glide(node, self._output, one, keep)
            recorder.backward_finished(number)
        return
    backward(self, gradient, retain_graph, create_graph, inputs)


def _register_hook(self: Tensor, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
    if not self._requires_grad or inside.untracked(self):
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    node = self._node
    if node is None or node._rare is None or self._output not in node._rare.hooks:
        # A view that has hooks already keeps them where they are, though its base was written to since: as in PyTorch.
        deaf = self._view is not None and self._hooks is not None
        try:
            node = self._history()
        except RuntimeError:
            if deaf:
                return RemovableHandle(self._hooks, hook)
            self._hooks = {}  # PyTorch's view has a list of hooks from now on, which leads nowhere
            raise
    if node is not None:
        return RemovableHandle(node.hooks(self._output), hook)
    if self._hooks is None:
        self._hooks = {}
        watch(self._extras)
    return RemovableHandle(self._hooks, hook)


def _register_post_hook(self: Tensor, hook: Callable[[Tensor], None]) -> RemovableHandle:
    if not self._requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self._history() is not None:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if self._post_hooks is None:
        self._post_hooks = {}
        watch(self._extras)
    return RemovableHandle(self._post_hooks, hook)


METHODS["backward"] = _tensor_backward
METHODS["register_hook"] = _register_hook
METHODS["register_post_accumulate_grad_hook"] = _register_post_hook
METHODS["numel"] = Tensor.numel


def __getattr__(name: str) -> Any:
    # What stands above the Engine and uses it.
    if name in ("gradcheck", "gradgradcheck", "GradcheckError"):
        from engine import gradcheck as checks
        from engine.gradient_cases import GradcheckError

        return {"gradcheck": checks.gradcheck, "gradgradcheck": checks.gradgradcheck}.get(name, GradcheckError)
    if name in ("Function", "function"):
        from engine import function_class

        return function_class.FunctionClass if name == "Function" else function_class
    if name == "functional":
        from engine import functional

        return functional
    if name == "graph":
        from engine import saving

        return saving
    raise AttributeError(f"module 'torch.autograd' has no attribute '{name}'")
