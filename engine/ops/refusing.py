"""Rows and functions that PyTorch does not have for every dtype, and the word it refuses the others with.

Where PyTorch refuses in the kernel, after all other checks and promotion, the row refuses (`ROWS`); where it does before, the function (`REAL`, `WHOLE`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes
from engine.ops.table import FUNCTIONS, METHODS, OPS
from engine.tensor import Tensor

REAL = {
    "elu_cpu": "nn.functional.elu nn.functional.celu nn.functional.selu celu selu",
    "GeluKernelImpl": "nn.functional.gelu",
    "glu_cpu": "nn.functional.glu",
    "hardshrink_cpu": "nn.functional.hardshrink hardshrink",
    "hardsigmoid_cpu": "nn.functional.hardsigmoid",
    "hardswish_cpu": "nn.functional.hardswish",
    "leaky_relu_cpu": "nn.functional.leaky_relu",
    "log_sigmoid_cpu": "nn.functional.logsigmoid nn.functional.multilabel_soft_margin_loss",
    "mish_cpu": "nn.functional.mish",
    "silu_cpu": "nn.functional.silu",
    "softplus_cpu": "nn.functional.softplus",
    "softshrink_check": "nn.functional.softshrink",
    "binary_cross_entropy": "nn.functional.binary_cross_entropy",
    "huber_cpu": "nn.functional.huber_loss",
    "mse_cpu": "nn.functional.mse_loss",
    "smooth_l1_cpu": "nn.functional.smooth_l1_loss",
    "nll_loss_out_frame": "nn.functional.nll_loss",
    "GroupNormKernelImpl": "nn.functional.group_norm",
    "LayerNormKernelImpl": "nn.functional.layer_norm",
    "rms_norm": "nn.functional.rms_norm",
    "frac_cpu": "frac",
    "hypot_cpu": "hypot",
    "lerp_kernel_scalar": "lerp",
    "logaddexp_cpu": "logaddexp",
    "logaddexp2_cpu": "logaddexp2",
}
WHOLE = {
    "addcmul_cpu_out": "addcmul",
    "clamp_cpu": "clamp clip",
    "searchsorted_out_cpu": "bucketize",
    "threshold_cpu": "nn.functional.threshold threshold",
    "trace": "trace",
}

NUMBERS = {"im2col_out_cpu": "nn.functional.unfold"}
# Of each word the dtypes, by letter (b bool, i integers, h half), and the rows.
ROWS = {
    "addmm_impl_cpu_": ("b", "mm addmm addbmm"),
    "addmv_impl_cpu": ("b", "mv addmv"),
    "baddbmm": ("b", "baddbmm"),
    "bmm": ("b", "bmm"),
    "cdist": ("h", "cdist"),
    "cholesky_cpu": ("h", "linalg_cholesky"),
    "cross": ("b", "linalg_cross"),
    "dot": ("b", "dot vdot"),
    "geqrf_cpu": ("h", "linalg_qr"),
    "kthvalue_cpu": ("b", "kthvalue"),
    "linalg_eigh_cpu": ("bih", "linalg_eigh"),
    "median_cpu": ("b", "median nanmedian"),
    "median_out": ("b", "median_dim nanmedian_dim"),
    "linalg_svd_cpu": ("h", "linalg_svd"),
    "logcumsumexp_out_cpu": ("bi", "logcumsumexp"),
    "lu_cpu": ("h", "linalg_solve linalg_det"),
    "triangular_solve_cpu": ("bih", "linalg_solve_triangular"),
}
# What has no elements is let through, but for these words.
EVEN_EMPTY = ("cross", "dot", "geqrf_cpu", "kthvalue_cpu", "logcumsumexp_out_cpu", "median_out", "triangular_solve_cpu")
# Large matrices PyTorch multiplies one by one.
BATCHED, BATCHED_LIMIT = ("bmm",), 400
PAIRS = ("hypot", "logaddexp", "logaddexp2")


def _guarded(front: Callable[..., Any], word: str, kinds: str, pair: bool) -> Callable[..., Any]:
    @functools.wraps(front)
    def call(*given: Any, **named: Any) -> Any:
        first = given[0] if given else named.get("input")
        if isinstance(first, Tensor) and first._data.dtype.kind in kinds and not (pair and _lone(given)):
            # Where another operand is of a real dtype the two are brought to that one first.
            others = [each for each in given[1:] if isinstance(each, Tensor)]
            if not any(each._data.dtype.kind not in kinds for each in others):
                raise NotImplementedError(f"\"{word}\" not implemented for '{first.dtype.scalar}'")
        return front(*given, **named)

    return call


def _lone(given: tuple[Any, ...]) -> bool:
    return len(given) == 2 and not isinstance(given[1], Tensor)


def _full(given: tuple[Any, ...]) -> bool:
    return all(each.size for each in given if isinstance(each, (np.ndarray, np.generic)))


def _refusing(compute: Callable[..., Any], word: str, letters: str) -> Callable[..., Any]:
    even_empty = word in EVEN_EMPTY

    def call(*given: Any) -> Any:
        kind = given[0].dtype
        if kind.kind == "f" and kind.itemsize > 2:
            return compute(*given)
        letter = {"u": "i", "f": "h"}.get(kind.kind, kind.kind)
        if letter in letters and (even_empty or _full(given)):
            large = word in BATCHED and given[-1].shape[-1] * math.prod(given[0].shape[1:]) >= BATCHED_LIMIT
            told = "addmm_impl_cpu_" if large else word
            raise NotImplementedError(f"\"{told}\" not implemented for '{dtypes.of(kind).scalar}'")
        return compute(*given)

    return call


def refuse() -> None:
    """Put the guards before the rows, functions and methods of these names."""
    for word, (letters, rows) in ROWS.items():
        for name in rows.split():
            object.__setattr__(OPS[name], "compute", _refusing(OPS[name].compute, word, letters))
    for kinds, table in (("iub", REAL), ("b", WHOLE), ("iu", NUMBERS)):
        for word, names in table.items():
            for name in names.split():
                for place in (FUNCTIONS, METHODS):
                    if name in place:
                        place[name] = _guarded(place[name], word, kinds, name in PAIRS)
