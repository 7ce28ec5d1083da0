"""Numbers brought to a common measure: less their mean, over their spread."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.shape import Array

Sizes = tuple[int, ...]


def last_dims(sizes: Sizes) -> Sizes:
    """As many dimensions from the end as there are sizes."""
    return tuple(range(-len(sizes), 0))


def batch_dims(shape: Sizes) -> Sizes:
    """All dimensions but the channels."""
    return (0, *range(2, len(shape)))


def line_shape(shape: Sizes) -> Sizes:
    """The shape in which one value for each channel meets the input."""
    return (1, -1, *(1 for _ in shape[2:])) if len(shape) > 1 else (-1,)


def group_shape(x: Any, groups: int) -> Sizes:
    """The shape in which each group of channels of each sample of an array or a Tensor is one line."""
    return (x.shape[0], groups, math.prod(x.shape[1:]) // groups)


def _standard(x: Array, dims: Sizes, eps: float) -> tuple[Array, Array, Array]:
    count = math.prod(x.shape[dim] for dim in dims)
    kind = x.dtype.type
    average = x.sum(dims, keepdims=True) / kind(count)
    centred = x - average
    rstd = 1 / np.sqrt((centred * centred).sum(dims, keepdims=True) / kind(count) + kind(eps))
    centred *= rstd
    return centred, average, rstd


def _scaled(x: Array, weight: Array | None, bias: Array | None) -> Array:
    made = x if weight is None else x * weight
    return (made if bias is None else made + bias).astype(x.dtype, copy=False)


def _lined(row: Array | None, shape: Sizes) -> Array | None:
    return None if row is None else row.reshape(line_shape(shape))


def layer_norm(x: Array, weight: Array | None, bias: Array | None, sizes: Sizes, eps: float) -> tuple[Array, ...]:
    """The input measured over its last dimensions, scaled and moved; with means and reciprocal spreads."""
    found, average, rstd = _standard(np.ascontiguousarray(x), last_dims(sizes), eps)
    return _scaled(found, weight, bias), average, rstd


def batch_norm(x: Array, weight: Array | None, bias: Array | None, eps: float) -> tuple[Array, ...]:
    """Each channel measured over the batch, scaled and moved; with means and reciprocal spreads."""
    found, average, rstd = _standard(x, batch_dims(x.shape), eps)
    return _scaled(found, _lined(weight, x.shape), _lined(bias, x.shape)), average, rstd


def batch_norm_running(
    x: Array, weight: Array | None, bias: Array | None, running_mean: Array, running_var: Array, eps: float
) -> Array:
    """Each channel measured by means and variances that ran along, scaled and moved."""
    rstd = 1 / np.sqrt(running_var + running_var.dtype.type(eps))
    found = (x - running_mean.reshape(line_shape(x.shape))) * rstd.reshape(line_shape(x.shape))
    return _scaled(found, _lined(weight, x.shape), _lined(bias, x.shape)).astype(x.dtype, copy=False)


def group_norm(x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float) -> tuple[Array, ...]:
    """Each group of channels of each sample measured, scaled and moved; with means and reciprocal spreads."""
    found, average, rstd = _standard(x.reshape(group_shape(x, groups)), (2,), eps)
    return _scaled(found.reshape(x.shape), _lined(weight, x.shape), _lined(bias, x.shape)), average, rstd


def _measured_back(
    g: Array, x: Array, weight: Array | None, dims: Sizes, eps: float, fold: Sizes, wanted: tuple[bool, ...]
) -> tuple[Array, ...]:
    found, _, rstd = _standard(x, dims, eps)
    made = []
    if wanted[0]:
        h = g if weight is None else g * weight
        made.append(rstd * (h - h.mean(dims, keepdims=True) - found * (h * found).mean(dims, keepdims=True)))
    if wanted[1]:
        made.append((g * found).sum(fold))
    if wanted[2]:
        made.append(g.sum(fold))
    return tuple(made)


def layer_norm_backward(
    g: Array, x: Array, weight: Array | None, sizes: Sizes, eps: float, wanted: tuple[bool, ...]
) -> tuple[Array, ...]:
    """What goes back to input, weight and bias, of those that are wanted."""
    return _measured_back(g, x, weight, last_dims(sizes), eps, tuple(range(x.ndim - len(sizes))), wanted)


def batch_norm_backward(
    g: Array, x: Array, weight: Array | None, eps: float, wanted: tuple[bool, ...]
) -> tuple[Array, ...]:
    """The same where each channel was measured over the batch."""
    dims = batch_dims(x.shape)
    return _measured_back(g, x, _lined(weight, x.shape), dims, eps, dims, wanted)


def batch_norm_running_backward(
    g: Array,
    x: Array | None,
    weight: Array | None,
    running_mean: Array | None,
    running_var: Array,
    eps: float,
    wanted: tuple[bool, ...],
) -> tuple[Array, ...]:
    """The same where each channel was measured by means and variances that ran along; input and means are there where the weight asks for them."""
    line, dims = line_shape(g.shape), batch_dims(g.shape)
    rstd = 1 / np.sqrt(running_var + running_var.dtype.type(eps))
    made = []
    if wanted[0]:
        made.append((g * (rstd if weight is None else weight * rstd).reshape(line)).astype(g.dtype, copy=False))
    if wanted[1]:
        assert x is not None and running_mean is not None
        made.append((g * (x - running_mean.reshape(line))).sum(dims) * rstd)
    if wanted[2]:
        made.append(g.sum(dims))
    return tuple(made)


def norm_except(x: Array, dim: int) -> Array:
    """The length of each slice along a dimension, which stays with the others as 1."""
    return np.sqrt(sum_except(x * x, dim))


def sum_except(x: Array, dim: int) -> Array:
    return x.sum(axis=tuple(axis for axis in range(x.ndim) if axis != dim), keepdims=True)


KERNELS: dict[str, Any] = {
    kernel.__name__: kernel
    for kernel in (
        last_dims,
        batch_dims,
        line_shape,
        group_shape,
        layer_norm,
        batch_norm,
        batch_norm_running,
        group_norm,
        layer_norm_backward,
        batch_norm_backward,
        batch_norm_running_backward,
        norm_except,
        sum_except,
    )
}
