"""Functions that PyTorch has for real numbers only, or for all but truth values, and the word it refuses the others with."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from engine.ops.table import FUNCTIONS, METHODS
from engine.tensor import Tensor

REAL = {
    "elu_cpu": "nn.functional.elu nn.functional.celu nn.functional.selu celu selu",
    "GeluKernelImpl": "nn.functional.gelu",
    "glu_cpu": "nn.functional.glu",
    "hardshrink_cpu": "nn.functional.hardshrink hardshrink",
    "hardsigmoid_cpu": "nn.functional.hardsigmoid",
    "hardswish_cpu": "nn.functional.hardswish",
    "leaky_relu_cpu": "nn.functional.leaky_relu",
    "log_sigmoid_cpu": "nn.functional.logsigmoid nn.functional.multilabel_soft_margin_loss nn.functional.binary_cross_entropy_with_logits",
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
    "addmm_impl_cpu_": "addmm",
    "addmv_impl_cpu": "addmv",
    "baddbmm": "baddbmm",
    "clamp_cpu": "clamp clip",
    "dot": "dot vdot",
    "median_cpu": "median nanmedian",
    "searchsorted_out_cpu": "bucketize",
    "threshold_cpu": "nn.functional.threshold threshold",
    "trace": "trace",
}

NUMBERS = {"im2col_out_cpu": "nn.functional.unfold"}
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


def refuse() -> None:
    """Put the guards before the functions and methods of these names."""
    for kinds, table in (("iub", REAL), ("b", WHOLE), ("iu", NUMBERS)):
        for word, names in table.items():
            for name in names.split():
                for place in (FUNCTIONS, METHODS):
                    if name in place:
                        place[name] = _guarded(place[name], word, kinds, name in PAIRS)
