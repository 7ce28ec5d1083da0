"""Tensors put over other memory: `resize_`, `set_`, and the same bytes read as another dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.dtypes import dtype as Dtype
from engine.memory import root
from engine.ops import dims
from engine.ops.creation import made
from engine.ops.table import spelled
from engine.tensor import Tensor

WORDS = {"Long": "long int", "Short": "short int", "Byte": "unsigned char", "Char": "signed char", "Half": "c10::Half"}
"""What C++ calls a dtype."""
STUCK = "cannot resize variables that require grad"


@spelled("Tensor.resize_")
def resize_(self: Tensor, *sizes: Any, memory_format: Any = None) -> Tensor:
    """The tensor in another size, over the first elements of its own memory; more memory is zero here. Raises RuntimeError where it requires grad."""
    if self.requires_grad:
        raise RuntimeError(STUCK)
    shape = dims.sizes(sizes)
    if any(size < 0 for size in shape):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    if tuple(shape) == self._data.shape:
        return self
    own = np.asarray(self._data)
    whole = np.ravel(root(own), "K")
    first = (own.__array_interface__["data"][0] - whole.__array_interface__["data"][0]) // max(own.itemsize, 1)
    count = int(np.prod(shape, dtype=object))
    flat = whole[first : first + count]
    if flat.size < count:
        flat = np.concatenate([flat, np.zeros(count - flat.size, own.dtype)])
    self.data = Tensor(flat.reshape(shape))
    return self


@spelled("torch.resize_as_", "Tensor.resize_as_")
def resize_as_(self: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor in the size of another."""
    return resize_(self, *the_template._data.shape)


@spelled("Tensor.set_")
def set_(self: Tensor, source: Tensor) -> Tensor:
    """The tensor over the memory of another. Raises RuntimeError for another dtype."""
    if not isinstance(source, Tensor):
        raise NotImplementedError("set_ takes a tensor here; a storage is not taken")
    if source.dtype is not self.dtype:
        raise RuntimeError(
            f"Could not set tensor of type {WORDS.get(source.dtype.scalar, source.dtype.scalar.lower())} "
            f"to a tensor of type {WORDS.get(self.dtype.scalar, self.dtype.scalar.lower())}"
        )
    self.data = source
    return self


@spelled("internal.retyped_view")
def retyped_view(self: Tensor, dtype: Dtype) -> Tensor:
    """The same bytes as numbers of another dtype, apart from the graph; along the last dimension there are as many more or fewer."""
    if dtype is self.dtype:
        return self
    data = np.asarray(self._data)
    if self.requires_grad and dtype.is_floating_point:
        raise NotImplementedError("a view of another dtype has no gradient here")
    old, new = data.itemsize, dtype.itemsize
    if old != new:
        if not data.ndim:
            raise RuntimeError(
                f"self.dim() cannot be 0 to view {self.dtype.scalar} as {dtype.scalar} (different element sizes)"
            )
        if new > old and data.shape[-1] * old % new:
            raise RuntimeError(
                f"self.size(-1) must be divisible by {new // old} to view {self.dtype.scalar} as {dtype.scalar} (different element sizes), "
                f"but got {data.shape[-1]}"
            )
        if data.strides[-1] != old:
            raise RuntimeError(
                f"self.stride(-1) must be 1 to view {self.dtype.scalar} as {dtype.scalar} (different element sizes), "
                f"but got {data.strides[-1] // old}"
            )
    return made(data.view(dtype.numpy))
