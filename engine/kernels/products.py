"""Products of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def dot(x: Array, y: Array) -> Array:
    return np.dot(x, y)


def mv(x: Array, y: Array) -> Array:
    return x @ y


def outer(x: Array, y: Array) -> Array:
    return np.outer(x, y)


def bmm(x: Array, y: Array) -> Array:
    return x @ y


def scaled(factor: float, x: Array) -> Array:
    """`x` times a number; nothing of it, nan and infinity neither, for zero."""
    return x if factor == 1 else factor * x if factor else np.zeros_like(x)


KERNELS: dict[str, Any] = {
    **{
        kernel.__name__: kernel
        for kernel in (
            dot, mv, outer, bmm, scaled,
        )
    },
}  # fmt: skip
