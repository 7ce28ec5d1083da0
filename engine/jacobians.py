"""Whole Jacobians of a function of tensors: by finite differences, by backward, by forward mode."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine import memory, recording, transforms
from engine.autograd import grad
from engine.tensor import Tensor


def as_tuple(given: Any) -> tuple[Any, ...]:
    """Inputs or outputs as they are counted: those of a list, or one alone."""
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


def outputs(func: Callable[..., Any], given: Sequence[Any]) -> list[Tensor]:
    """What the function gives, of floating point. Raises AttributeError where it gives what is no tensor."""
    return floating(as_tuple(func(*given)))


def floating(made: Sequence[Any]) -> list[Tensor]:
    """Those of floating point. Raises AttributeError for what is no tensor."""
    for each in made:
        if not isinstance(each, Tensor):
            raise AttributeError(f"'{type(each).__name__}' object has no attribute 'requires_grad'")
    return [each for each in made if each.is_floating_point()]


def tracked(given: Sequence[Any]) -> list[Tensor]:
    """The tensors that require grad."""
    return [each for each in given if isinstance(each, Tensor) and each.requires_grad]


def analytical(output: Tensor, wanted: Sequence[Tensor]) -> list[Any]:
    """The Jacobian of each input, an input element a row, by one backward for each output element."""
    size, kind = output._data.size, output._data.dtype
    jacobians = [np.zeros((each._data.size, size), each._data.dtype) for each in wanted]
    for column in range(size):
        chosen = np.zeros(size, kind)
        chosen[column] = 1
        start = Tensor(chosen.reshape(output._data.shape)[()])
        for jacobian, found in zip(
            jacobians, grad(output, wanted, start, retain_graph=True, allow_unused=True), strict=True
        ):
            if found is not None:
                jacobian[:, column] = np.ravel(found._data)
    return jacobians


def along(func: Callable[..., Any], given: Sequence[Any], ways: dict[int, Any]) -> list[Any]:
    """How fast each output changes, by forward mode, as arrays of one dimension: the inputs at these places change along these directions.

    The function is called once, with tensors that forward mode gives it. Raises what forward mode raises.
    """
    places = list(ways)
    shapes: list[Any] = []

    def run(*primals: Tensor) -> tuple[Tensor, ...]:
        own = list(given)
        for place, primal in zip(places, primals, strict=True):
            own[place] = primal
        found = outputs(func, own)
        shapes[:] = [(each._data.size, each._data.dtype) for each in found]
        return tuple(found)

    if not places:
        return [np.zeros(each._data.size, each._data.dtype) for each in outputs(func, given)]
    primals = tuple(given[place].detach() for place in places)
    tangents = tuple(Tensor(np.array(way)) for way in ways.values())
    rates = transforms.along_duals(run, primals, tangents)
    return [np.array(each._data).reshape(-1) for each in rates]


def forward(func: Callable[..., Any], given: Sequence[Any]) -> list[list[Any]]:
    """For each input that requires grad the Jacobian of each output, an input element a row, by one call of the function for each."""
    places = [place for place, each in enumerate(given) if isinstance(each, Tensor) and each.requires_grad]
    every = []
    for place in places:
        rows = []
        for spot in np.ndindex(given[place]._data.shape):
            ways = {at: np.zeros_like(given[at]._data) for at in places}
            chosen = np.zeros(given[place]._data.shape, given[place]._data.dtype)
            chosen[spot] = 1
            ways[place] = chosen[()]
            rows.append(along(func, given, ways))
        every.append(_stacked(rows, func, given))
    return every


def numerical(func: Callable[..., Any], given: Sequence[Any], tensor: Tensor, eps: float) -> list[Any]:
    """The same of every output by moving each element of one input a little down and up; the input is as it was afterwards.

    Raises AssertionError where an output has another shape or dtype then.
    """
    rows = []
    for spot in np.ndindex(tensor._data.shape):
        ends = [_moved_outputs(func, given, tensor, spot, step) for step in (-eps, eps)]
        rows.append(_slopes(ends, eps, f"on index {spot} "))
    return _stacked(rows, func, given)


def _stacked(rows: Sequence[Sequence[Any]], func: Callable[..., Any], given: Sequence[Any]) -> list[Any]:
    """The Jacobian of each output of the rows of all; without rows those of an input without elements."""
    if not rows:
        return [np.zeros((0, each._data.size), each._data.dtype) for each in outputs(func, given)]
    return [np.array(column).reshape(len(rows), -1) for column in zip(*rows, strict=True)]


def numerical_along(
    func: Callable[..., Any], given: Sequence[Any], tensor: Tensor, way: Any, eps: float
) -> list[Any]:  # fmt: skip
    """How fast each output changes along a direction of one input. Raises as `numerical`."""
    step = (way * way.dtype.type(eps)).reshape(tensor._data.shape)
    return _slopes([_moved_outputs(func, given, tensor, ..., sign * step) for sign in (-1, 1)], eps, "")


def _moved_outputs(
    func: Callable[..., Any], given: Sequence[Any], tensor: Tensor, place: Any, step: Any
) -> list[tuple[Tensor, Any]]:
    """Each output, of whatever dtype, with its numbers, where one element of an input, or all, is moved."""
    with moved(tensor, place, step):
        made = as_tuple(func(*given))
        for each in made:
            if not isinstance(each, Tensor):
                raise AttributeError(f"'{type(each).__name__}' object has no attribute 'clone'")
        return [(each, np.array(each._data)) for each in made]


def _slopes(ends: Sequence[Sequence[tuple[Tensor, Any]]], eps: float, where: str) -> list[Any]:
    """The slopes between both ends of a step, of those of floating point. Raises AssertionError where the ends are not alike."""
    below, above = ends
    found = []
    for (one, low), (other, high) in zip(below, above, strict=False):
        for what, a, b in (("shape", one.shape, other.shape), ("dtype", one.dtype, other.dtype)):
            if a != b:
                raise AssertionError(
                    f"Expected `func` to return outputs with the same {what} when inputs are perturbed {where}by {eps}, but got: "
                    f"{what}s {a} and {b}."
                )
        if other.is_floating_point():
            found.append((high.reshape(-1) - low.reshape(-1)) / high.dtype.type(2 * eps))
    return found


@contextmanager
def moved(tensor: Tensor, place: Any, step: Any) -> Iterator[None]:
    """Inside it one element, or all, is moved: in its memory, which other tensors may look at too."""
    kept, recorder = tensor._data, recording.active
    if not isinstance(kept, np.ndarray):
        tensor._data = kept + kept.dtype.type(step)
        try:
            yield
        finally:
            tensor._data = kept
        return
    held, before = memory.writable(kept), np.array(kept[place])
    if recorder is not None:
        recorder.settle()
    held[place] = before + np.asarray(step, kept.dtype)
    try:
        yield
        if recorder is not None:
            recorder.settle()
    finally:
        held[place] = before


def get_numerical_jacobian(
    fn: Callable[..., Any], inputs: Any, target: Any = None, eps: float = 1e-3, grad_out: float = 1.0
) -> tuple[Tensor, ...]:
    """By finite differences, of the first output of a function that takes its inputs as one tuple: by each target that requires grad."""
    _warned("numerical", grad_out)
    given, chosen = as_tuple(inputs), inputs if target is None else target
    wanted = [chosen] if isinstance(chosen, Tensor) else tracked(chosen)
    return tuple(Tensor(numerical(lambda *own: fn(own), given, each, eps)[0]) for each in wanted)


def get_analytical_jacobian(
    inputs: Any, output: Tensor, nondet_tol: float = 0.0, grad_out: float = 1.0
) -> tuple[tuple[Tensor, ...], bool, bool, bool]:
    """By backward, by each input that requires grad; and whether a second time gives the same, and the sizes and dtypes are those of the inputs."""
    _warned("analytical", grad_out)
    wanted = tracked(as_tuple(inputs))
    first, again = (analytical(output, wanted) for _ in range(2))
    same = not any(
        one.size and np.max(np.abs(one - other)) > nondet_tol for one, other in zip(first, again, strict=True)
    )
    return tuple(Tensor(each) for each in first), same, True, True


def get_numerical_jacobian_wrt_specific_input(
    fn: Callable[..., Any], input_idx: int, inputs: Any, outputs: Any, eps: float, input: Any = None, is_forward_ad: bool = False
) -> tuple[Tensor, ...]:  # fmt: skip
    """By finite differences, of every output, by one input. Raises AssertionError where that does not require grad."""
    tensor = inputs[input_idx] if input is None else input
    if not tensor.requires_grad:
        raise AssertionError("Expected input to have requires_grad=True")
    return tuple(Tensor(each) for each in numerical(fn, as_tuple(inputs), tensor, eps))


def _warned(kind: str, grad_out: float) -> None:
    name = f"get_{kind}_jacobian"
    warnings.warn(
        f"`{name}` was part of PyTorch's private API and not meant to be exposed. We are deprecating it and it will be removed in a future "
        "version of PyTorch. If you have a specific use for this or feature request for this to be a stable API, please file us an issue at "
        "https://github.com/pytorch/pytorch/issues/new",
        FutureWarning,
        stacklevel=3,
    )
    if grad_out != 1.0:
        raise ValueError(f"Expected grad_out to be 1.0. {name} no longer supports values of grad_out != 1.0.")
