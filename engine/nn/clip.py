"""`torch.nn.utils`: gradients held within bounds before a step; parameters as one row of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from engine import grad_mode
from engine.ops import FUNCTIONS, METHODS
from engine.signatures import type_name
from engine.tensor import Tensor


def _listed(tensors: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [param.grad for param in _listed(parameters) if param.grad is not None]


def get_total_norm(
    tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> Tensor:
    """The norm of all the tensors taken together. Raises RuntimeError where it is not finite and that was asked for."""
    order, row = float(norm_type), _listed(tensors)
    if not row:
        empty: Tensor = FUNCTIONS["tensor"](0.0)
        return empty
    measure = FUNCTIONS["linalg.vector_norm"]
    total: Tensor = measure(FUNCTIONS["stack"]([measure(tensor, order) for tensor in row]), order)
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise RuntimeError(
            f"The total norm of order {order} for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this "
            "error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return total


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: Any,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients alike so that their norm is at most `max_norm`; gives the norm they had.

    Raises RuntimeError where it is not finite and that was asked for.
    """
    gradients = _gradients(parameters)
    if isinstance(max_norm, str):
        raise ValueError(f"could not convert string to float: {max_norm!r}")
    with grad_mode.no_grad():
        total = get_total_norm(gradients, norm_type, error_if_nonfinite)
        share: Any = FUNCTIONS["clamp"](FUNCTIONS["div"](float(max_norm), METHODS["add"](total, 1e-6)), max=1.0)
        for gradient in gradients:
            METHODS["mul_"](gradient, share)
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: Any, foreach: bool | None = None) -> None:
    """Bring every element of every gradient between `-clip_value` and `clip_value`."""
    if isinstance(clip_value, str):
        raise ValueError(f"could not convert string to float: {clip_value!r}")
    limit = float(clip_value)
    with grad_mode.no_grad():
        for gradient in _gradients(parameters):
            METHODS["clamp_"](gradient, -limit, limit)


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All the parameters in one row, tracked."""
    result: Tensor = FUNCTIONS["cat"]([METHODS["view"](param, -1) for param in parameters])
    return result


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Every parameter becomes its part of the row. Raises TypeError for what is no tensor."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type_name(vec)}")
    place = 0
    for param in parameters:
        size = param.numel()
        part: Tensor = METHODS["reshape"](METHODS["narrow"](vec, 0, place, size), param.shape)
        param.data = part.data
        place += size


FUNCTIONS_OF_UTILS = {
    function.__name__: function
    for function in (get_total_norm, clip_grad_norm_, clip_grad_value_, parameters_to_vector, vector_to_parameters)
}
