"""Where `.data = ` gave a tensor another shape or dtype: gradients still arrive as its node, or its AccumulateGrad, was made to take them.

As long as no program does that, a tensor itself says what its gradient is like.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from engine import dtypes
from engine.accumulator import accumulator
from engine.broadcast import spreads, unbroadcast, unbroadcast_tensor
from engine.tensor import Tensor
from engine.watching import remember

remade: dict[int, weakref.ref[Any]] = {}
"""The nodes and AccumulateGrads, by where they are, that take other gradients than their tensors are like now."""

_unfitted = False


def _keep(tensor: Tensor, kind: Any) -> None:
    """`.data` of this tensor is about to be of another shape, or of another `kind`: what gradients reach it by stays as it is, as long as it lives."""
    node = tensor._node
    if node is not None:
        if not tensor._stale():  # else a node is made anew
            node.rare()  # no backward call goes by without a look
            remember(remade, node)
        return
    if kind != tensor._data.dtype:
        tensor._accumulator = None
        return
    # PyTorch's AccumulateGrad lives as long as a node leads to it, or somebody holds it.
    from engine.function import Function  # which asks this module what arrives

    leading = [each for each in gc.get_objects() if isinstance(each, Function) and _leads(each, tensor)]
    held = None if tensor._accumulator is None else tensor._accumulator()
    if leading or held is not None:
        found = accumulator(tensor)
        if found.takes is None:
            found.takes = (tensor._data.shape, tensor._data.dtype)
        remember(remade, found)
        for each in leading:
            each.rare().end = found


def _leads(node: Any, leaf: Tensor) -> bool:
    return any(edge is not None and edge[0] is leaf for edge in node._edges)


def taken(target: Any, output: int) -> tuple[tuple[int, ...], Any] | None:
    """The shape and dtype of the gradients that arrive there; None where the tensor tells them."""
    if target._is_node:
        return target._outputs[output] if id(target) in remade else None
    found = None if target._accumulator is None else target._accumulator()
    return None if found is None else found.takes


@contextmanager
def unfitted() -> Iterator[None]:
    """Inside it gradients stay as the rules make them, as where a program calls a node by itself: PyTorch fits them in a backward call alone."""
    global _unfitted
    before, _unfitted = _unfitted, True
    try:
        yield
    finally:
        _unfitted = before


def fitted(grad: Any, shape: tuple[int, ...], kind: Any, tracked: bool, unfit: str) -> Any:
    """A gradient, a Tensor where `tracked`, in this shape and dtype. Raises RuntimeError, which begins with `unfit`, where it cannot be."""
    if _unfitted:
        return grad
    given = grad._data.shape if tracked else grad.shape
    if given != shape and not spreads(shape, given):
        raise RuntimeError(f"{unfit} - got {list(given)} but expected shape compatible with {list(shape)}")
    if tracked:
        if given != shape:
            grad = unbroadcast_tensor(grad, shape)
        return grad if grad._data.dtype == kind else grad.to(dtypes.of(kind))
    if given != shape:
        grad = unbroadcast(grad, shape)
    if grad.dtype != kind:
        grad = grad.astype(kind)
    return grad[()] if not shape else grad


def seeds(roots: Sequence[tuple[Any, int]], gradients: Sequence[Tensor]) -> list[Tensor]:
    """The gradients that a backward call starts from, as its roots take them. Raises RuntimeError for one that cannot be."""
    made = []
    for place, ((target, output), gradient) in enumerate(zip(roots, gradients, strict=True)):
        takes = taken(target, output)
        made.append(gradient if takes is None else fitted(gradient, *takes, True, f"invalid gradient at index {place}"))
    return made


type.__setattr__(Tensor, "_keep_arrivals", _keep)
