"""`torch.autograd.graph`: the edge that leads to a tensor, and may stand for it."""

from __future__ import annotations

from types import NoneType
from typing import Any, NamedTuple

import numpy as np

from engine import arrivals, grad_mode
from engine.accumulator import AccumulateGrad, accumulator
from engine.function import Function, told_as
from engine.tensor import Tensor


class GradientEdge(NamedTuple):
    """Where the gradient of a tensor arrives: a node, and the number of its output."""

    node: Any
    output_nr: int
    ownership_token: Any = None


class Standing(Tensor):
    """A tensor in the place of an edge: it keeps no gradient of its own."""

    __slots__ = ()


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge to `tensor`, which may stand for it in `autograd.grad`. Raises RuntimeError where no gradient is required."""
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    node = tensor.grad_fn
    token = tensor.view_as(tensor).grad_fn if node is not None and node.eager else None
    return GradientEdge(accumulator(tensor) if node is None else node, tensor.output_nr, token)


def called(node: Function, *gradients: Any) -> Any:
    """What a node makes of the gradients of its outputs, its hooks left out: one gradient for each input, alone where there is one input.

    Raises TypeError for another number of gradients or what is no tensor, RuntimeError where the node was freed.
    """
    outputs = len(node.spread(node._outputs))
    if len(gradients) != outputs:
        raise TypeError(f"expected {outputs} arguments, got {len(gradients)} instead")
    for place, each in enumerate(gradients):
        if not isinstance(each, (Tensor, NoneType)):
            raise TypeError(f"argument {place} is not a Variable")
    create = grad_mode.enabled
    given = [each if each is None or create else each._data for each in node.gathered(gradients)]
    found: list[Any] = [None] * len(node._edges)
    if any(each is not None for each in given):
        with arrivals.unfitted():
            for place, gradient, _ in node.vjps(given, [edge is not None for edge in node._edges], create):
                found[place] = gradient if gradient is None or create else Tensor(gradient)
    elif node.saved_list():
        node._check()
    return found[0] if len(found) == 1 else tuple(found)


def standing_for(edge: Any) -> Any:
    """A tensor at the end of an edge, where one is given in the place of a tensor."""
    if not isinstance(edge, GradientEdge):
        return edge
    node = edge.node
    if isinstance(node, AccumulateGrad):
        return node.variable
    assert isinstance(node, Function)
    output = node.spread(range(len(node._outputs)))[edge.output_nr]
    shape, kind = node._outputs[output]
    made = Standing(np.zeros(shape, kind)[()], True)
    made._node, made._output = node, output
    made._identity = told_as(node._shown(), output)
    return made
