"""Functions that are formulas themselves, and so hold for Tensors as they stand."""

from __future__ import annotations

DEFINITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "restore": (("g", "dim", "keepdim", "ndim"), "g if keepdim else unsqueeze_all(g, dim, ndim)"),
    "unreduce": (("g", "dim", "keepdim", "shape"), "expand(restore(g, dim, keepdim, rank(shape)), shape)"),
    "within": (
        ("x", "low", "high"),
        "x <= high if low is None else x >= low if high is None else (x >= low) & (x <= high)",
    ),
    "total_along": (("x", "dim"), "sum(x, (dim,), True) if rank_of(x) else x"),
    "share": (("g", "chosen", "dim"), "where(chosen, g / sum(where(chosen, ones_like(g), 0), dim, True), 0)"),
    "norm_backward": (
        ("g", "x", "p", "result", "dim"),
        (
            "share(g * sign(x), abs(x) == result, dim) if (p == inf) | (p == -inf) else zeros_like(x) if p == 0"
            " else g * sign(x) if p == 1"
            " else sign(x) * abs(x) ** (p - 1) * masked_fill(g / result ** (p - 1), result == 0, 0)"
        ),
    ),
    "bounded": (("x", "eps"), "x if eps is None else clamp(x, eps, 1 - eps)"),
    "clamp_least": (("x",), "where(x < 1e-12, 1e-12, x)"),
    "gelu_inner": (("x",), "0.7978845608028654 * (x + 0.044715 * x ** 3)"),
    "gelu_slope": (("x",), "0.7978845608028654 * (1 + 0.134145 * x ** 2)"),
    "normal_cdf": (("x",), "0.5 * (1 + erf(x * SQRT1_2))"),
    "normal_pdf": (("x",), "exp(-0.5 * x * x) * 0.3989422804014327"),
}
