"""`torch.autograd.functional`: whole Jacobians and Hessians, and their products with vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine import dtypes, grad_mode, strictness
from engine.autograd import grad
from engine.ops.table import FUNCTIONS, METHODS
from engine.tensor import Tensor

OUTPUTS = "outputs of the user-provided function"


def _tuple(value: Any, what: str, name: str) -> tuple[bool, tuple[Tensor, ...]]:
    """Whether it was a tuple, and the tuple. Raises TypeError where something in it is no tensor."""
    several = isinstance(value, tuple)
    found = tuple(value) if several else (value,)
    for place, each in enumerate(found):
        if not isinstance(each, Tensor):
            which = f"value at index {place}" if several else f"given {what}"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the {which} has type {type(each)}."
            )
    return several, found


def _prepared(inputs: Sequence[Tensor], create: bool) -> tuple[Tensor, ...]:
    """Inputs of our own that require grad: connected to the given ones under `create_graph`, else apart from them."""
    made = []
    for each in inputs:
        if create and each.requires_grad:
            made.append(METHODS["view_as"](each, each))
        else:
            made.append(each.detach().requires_grad_())
    return tuple(made)


def _like(value: Any, several: bool) -> Any:
    return value if several else value[0]


def filled(gradient: Tensor | None, like: Tensor) -> Tensor:
    """The gradient, or zeros where there is none."""
    return Tensor(np.zeros_like(like._data)) if gradient is None else gradient


def weights_of(outputs: Sequence[Tensor]) -> list[Tensor]:
    """Zeros, one for each output, by which a second backward call finds what changes along a tangent; whole numbers, too, have a weight."""
    kinds = (each.dtype if each.is_floating_point() else dtypes.get_default_dtype() for each in outputs)
    return [Tensor(np.zeros_like(each._data, kind.numpy), True) for each, kind in zip(outputs, kinds, strict=True)]


def _followed(
    outputs: Sequence[Tensor | None], inputs: Sequence[Tensor], ways: Sequence[Tensor | None], create: bool
) -> Sequence[Tensor | None]:
    """The gradients of those outputs that are tracked, along these ways; None for an input that they do not depend on."""
    pairs = [(each, way) for each, way in zip(outputs, ways, strict=True) if each is not None and each.requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    found: Sequence[Tensor | None] = grad(
        [each for each, _ in pairs], inputs, [way for _, way in pairs], create_graph=create, allow_unused=True
    )
    return found


def _finished(found: Tensor, create: bool) -> Tensor:
    return found if create else found.detach()


def jacobian_of(which: int, output: Tensor, inputs: Sequence[Tensor], create: bool, strict: bool) -> tuple[Tensor, ...]:
    """For each input the gradients of every element of the output, the `which`-th, stacked."""
    flat = METHODS["reshape"](output, -1)
    rows: list[list[Tensor]] = [[] for _ in inputs]
    for place in range(output._data.size):
        if output.requires_grad:
            found = grad(
                METHODS["__getitem__"](flat, place), inputs, retain_graph=True, create_graph=create, allow_unused=True
            )
        else:
            found = (None,) * len(inputs)
        if strict:
            strictness.of_row(which, found, create)
        for row, gradient, each in zip(rows, found, inputs, strict=True):
            row.append(filled(gradient, each))
    shape = output._data.shape
    return tuple(
        _finished(
            METHODS["view"](FUNCTIONS["stack"](row), *shape, *each._data.shape) if shape + each._data.shape else row[0],
            create,
        )
        for row, each in zip(rows, inputs, strict=True)
    )


def jacobian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False
) -> Any:
    """The Jacobian of `func` at the inputs: for each output and input a tensor of shape (*output, *input)."""
    with grad_mode.enable_grad():
        many, given = _tuple(inputs, "inputs", "jacobian")
        own = _prepared(given, create_graph)
        several, outputs = _tuple(func(*own), OUTPUTS, "jacobian")
        if strict:
            strictness.tracked(outputs, "outputs")
            if vectorize:
                raise RuntimeError(strictness.VECTORIZED)
        found = tuple(
            _like(jacobian_of(which, output, own, create_graph, strict), many) for which, output in enumerate(outputs)
        )
    return _like(found, several)


def hessian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False
) -> Any:
    """The Hessian of a function with one number as result: for each pair of inputs a tensor of shape (*first, *second).

    Raises RuntimeError where the function gives more than one number.
    """
    many, given = _tuple(inputs, "inputs", "hessian")

    def number(*own: Tensor) -> Tensor:
        found: Tensor = METHODS["squeeze"](_single(func(*own), "hessian", strict))
        return found

    def slopes(*own: Tensor) -> Any:
        found: tuple[Tensor, ...] = jacobian(number, own, create_graph=True)
        if strict:
            strictness.tracked(found, "jacobian")
        return found

    found = jacobian(slopes, given, create_graph=create_graph, strict=strict, vectorize=vectorize)
    return found if many else found[0][0]


def _single(output: Any, name: str, strict: bool) -> Tensor:
    """The tensor of one element that a function gave. Raises TypeError or RuntimeError where it gave something else."""
    several, found = _tuple(output, OUTPUTS, name)
    if strict:
        strictness.tracked(found, "outputs")
    if several:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if found[0]._data.size != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    return found[0]


def _vectors(v: Any, many: bool, like: Sequence[Tensor], name: str) -> tuple[Tensor, ...]:
    """The tensors of `v`, one for each of these, which were a tuple or were not. Raises TypeError or RuntimeError where they do not fit."""
    if v is None:
        if len(like) != 1 or like[0]._data.size != 1:
            what = "user-provided function returns" if name == "vjp" else "input to the user-provided function is"
            raise RuntimeError(f"The vector v can only be None if the {what} a single Tensor with a single element.")
        return (Tensor(np.ones_like(like[0]._data)),)
    _, found = _tuple(v, "v", name)
    if len(found) != len(like):
        if not many:
            raise RuntimeError("The given v should contain a single Tensor.")
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(found)}.")
    for place, (each, own) in enumerate(zip(found, like, strict=True)):
        if each._data.shape != own._data.shape:
            entry = f"Entry {place} in " if many else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {own.shape} but got {each.shape}.")
    return found


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The outputs, and the product of `v` with the Jacobian."""
    with grad_mode.enable_grad():
        many, given = _tuple(inputs, "inputs", "vjp")
        own = _prepared(given, create_graph)
        several, outputs = _tuple(func(*own), OUTPUTS, "vjp")
        if strict:
            strictness.tracked(outputs, "outputs")
        weights = _vectors(v, several, outputs, "vjp")
        gradients = _followed(outputs, own, weights, create_graph)
    if strict:
        strictness.there(gradients, "back", create_graph)
    found = tuple(_finished(filled(each, like), create_graph) for each, like in zip(gradients, own, strict=True))
    return _like(tuple(_finished(each, create_graph) for each in outputs), several), _like(found, many)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The outputs, and the product of the Jacobian with `v`, by two backward calls."""
    with grad_mode.enable_grad():
        many, given = _tuple(inputs, "inputs", "jvp")
        own = _prepared(given, create_graph)
        directions = _vectors(v, many, own, "jvp")
        several, outputs = _tuple(func(*own), OUTPUTS, "jvp")
        if strict:
            strictness.tracked(outputs, "outputs")
        weights = weights_of(outputs)
        gradients = _followed(outputs, own, weights, True)
        if strict:
            strictness.tracked(gradients, "grad_inputs")
        found = _followed(gradients, weights, directions, create_graph)
    if strict:
        strictness.there(found, "back_trick", create_graph)
    made = tuple(_finished(filled(each, like), create_graph) for each, like in zip(found, outputs, strict=True))
    return _like(tuple(_finished(each, create_graph) for each in outputs), several), _like(made, several)


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The number that `func` gives, and the product of `v` with its Hessian."""
    return _with_hessian("vhp", func, inputs, v, create_graph, strict)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The number that `func` gives, and the product of its Hessian with `v`: as PyTorch takes it, by a backward call more than `vhp`."""
    return _with_hessian("hvp", func, inputs, v, create_graph, strict)


def _with_hessian(
    name: str, func: Callable[..., Any], inputs: Any, v: Any, create: bool, strict: bool
) -> tuple[Any, Any]:
    with grad_mode.enable_grad():
        many, given = _tuple(inputs, "inputs", name)
        own = _prepared(given, create)
        directions = _vectors(v, many, own, name)
        output = _single(func(*own), name, strict)
        slopes = _followed([output], own, [None], True)
        if strict:
            strictness.tracked(slopes, "jacobian")
        if name == "vhp":
            found = _followed(slopes, own, directions, create)
        else:
            weights = weights_of(own)
            found = _followed(_followed(slopes, own, weights, True), weights, directions, create)
    if strict:
        strictness.there(found, "double_back" if name == "vhp" else "double_back_trick", create)
    made = tuple(_finished(filled(each, like), create) for each, like in zip(found, own, strict=True))
    return _finished(output, create), _like(made, many)
