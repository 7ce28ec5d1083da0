"""Products of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
Dims = tuple[int, ...]


def dot(x: Array, y: Array) -> Array:
    return np.dot(x, y) + x.dtype.type(0)  # BLAS begins at 0, so that nothing is -0


def mv(x: Array, y: Array) -> Array:
    return x @ y


def outer(x: Array, y: Array) -> Array:
    return np.outer(x, y)


def bmm(x: Array, y: Array) -> Array:
    return x @ y


def scaled(factor: float, x: Array) -> Array:
    """`x` times a number; nothing of it, nan and infinity neither, for zero."""
    return x if factor == 1 else factor * x if factor else np.zeros_like(x)


def trilinear(x: Array, y: Array, z: Array, alone1: Dims, alone2: Dims, alone3: Dims, summed: Dims) -> Array:
    """The product of three arrays, each without the dimensions that are its own to leave out, summed over some."""
    every = range(x.ndim + len(alone1))
    kept = [[dim for dim in every if dim not in alone] for alone in (alone1, alone2, alone3, summed)]
    return np.einsum(x, kept[0], y, kept[1], z, kept[2], kept[3], optimize=True)


KERNELS: dict[str, Any] = {
    **{
        kernel.__name__: kernel
        for kernel in (
            dot, mv, outer, bmm, scaled, trilinear,
        )
    },
}  # fmt: skip
