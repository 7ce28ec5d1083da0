"""Functions that are formulas themselves, and so hold for Tensors as they stand."""

from __future__ import annotations

Definition = tuple[tuple[str, ...], str]


def _folds(kind: str, added: str, read: str, filled: str) -> dict[str, Definition]:
    """The rules of values folded into places, for both ways of telling the places: how something is added, read and filled there."""
    fold, chosen = f"{kind}reduced", read.format("result")
    told = "g, x, index, src, result, dim, reduce, include"
    whole = tuple(told.split(", "))
    counted = (
        f"one_for_none({added.format('ones_like(x) if include else zeros_like(x)', 'ones_like(src)')})",
        added.format("where(x == result, ones_like(x), 0)", f"where(src == {chosen}, ones_like(src), 0)"),
    )
    count = f"{kind}fold_count({told.removeprefix('g, ')})"
    zeros = added.format("zeros_like(x)", "where(src == 0, ones_like(src), 0)")
    factor = f"g * {fold}(x, dim, index, masked_fill(src, lone, 1), reduce, include)"
    to_self = (
        f"(g if reduce == 'sum' else g / {count} if reduce == 'mean'"
        f" else g * {fold}(part, dim, index, src, reduce, include) / part if reduce == 'prod' else (x == result) * part)"
    )
    to_src = (
        f"{read.format('g')} if reduce == 'sum' else {read.format('g')} / {read.format(count)} if reduce == 'mean'"
        f" else {kind}fold_factor({told}, {kind}fold_lone(x, index, src, dim)) if reduce == 'prod'"
        f" else (src == {chosen}) * {read.format('part')}"
    )
    factors = f"where(lone, {read.format(factor)}, {read.format('g * result')} / masked_fill(src, src == 0, 1))"
    part = f"masked_fill(x, x == 0, 1) if reduce == 'prod' else g / {count} if (reduce == 'amax') | (reduce == 'amin') else g"
    both = f"picked(wanted, {kind}fold_self({told}, part), {kind}fold_src({told}, part))"
    return {
        f"{kind}fold_count": (whole[1:], f"{counted[0]} if reduce == 'mean' else {counted[1]}"),
        f"{kind}fold_part": (whole, part),
        f"{kind}fold_lone": (("x", "index", "src", "dim"), f"(src == 0) & ({read.format(zeros)} == 1)"),
        f"{kind}fold_self": ((*whole, "part"), filled.format(to_self)),
        f"{kind}fold_factor": ((*whole, "lone"), factors),
        f"{kind}fold_src": ((*whole, "part"), to_src),
        f"{kind}fold_both": ((*whole, "part", "wanted"), both),
    }


DEFINITIONS: dict[str, Definition] = {
    "restore": (("g", "dim", "keepdim", "ndim"), "g if keepdim else unsqueeze_all(g, dim, ndim)"),
    "unreduce": (("g", "dim", "keepdim", "shape"), "expand(restore(g, dim, keepdim, rank(shape)), shape)"),
    "spread_as": (("x", "shape"), "expand(x, shape) if shape else x"),
    "product_first": (("g", "mat2", "shape"), "t(mat2 @ t(g)) if by_columns(shape) else g @ t(mat2)"),
    "product_second": (("g", "mat1", "shape"), "t(t(g) @ mat1) if by_columns(shape) else t(mat1) @ g"),
    "within": (
        ("x", "low", "high"),
        "x <= high if low is None else x >= low if high is None else (x >= low) & (x <= high)",
    ),
    "total_along": (("x", "dim"), "sum(x, (dim,), True) if rank_of(x) else x"),
    "share": (("g", "chosen", "dim"), "where(chosen, g / sum(where(chosen, ones_like(g), 0), dim, True), 0)"),
    "among": (("g", "chosen", "dim"), "g / sum(where(chosen, ones_like(g), 0), dim, True) * chosen"),
    "longest": (("x", "result"), "(abs(x) == result) | isnan(x)"),
    "norm_backward": (
        ("g", "x", "p", "result", "dim"),
        (
            "None if p == 0 else sgn(x) * g if p == 1"
            " else g * masked_fill(x / result, result == 0, 0) if p == 2"
            " else sgn(x) * (g / sum(longest(x, result), dim, True) * longest(x, result)) if (p == inf) | (p == -inf)"
            " else sgn(x) * masked_fill(abs(x) ** (p - 1), x == 0, 0) * g * result ** (1 - p) if p < 1"
            " else sgn(x) * abs(x) ** (p - 1) * masked_fill(g / result ** (p - 1), result == 0, 0) if p < 2"
            " else x * abs(x) ** (p - 2) * masked_fill(g / result ** (p - 1), result == 0, 0)"
        ),
    ),
    "euclid_ratio": (("g", "result"), "masked_fill(g / result, result == 0, 0)"),
    "reciprocal_or_zero": (("x",), "masked_fill(reciprocal(x), x == 0, 0)"),
    "prelu_twice_g": (
        ("h", "hw", "x", "weight"),
        (
            "known_sum(None if h is None else where(x >= 0, h, weight * h),"
            " None if hw is None else where(x >= 0, 0, x * hw))"
        ),
    ),
    "prelu_twice": (("h", "g", "x"), "zeros_like(g) if h is None else where(x >= 0, 0, h * g)"),
    "gate_slope": (("x",), "sigmoid(x) * (1 - sigmoid(x))"),
    "mean_of": (("x", "shape", "reduction"), "x / size(shape) if reduction == 'mean' else x"),
    "bce_logits_weighed": (("x", "target", "weight"), "(weight + 1 - target) * sigmoid(x) - weight"),
    "bce_logits_slope": (
        ("x", "target", "pos_weight"),
        "sigmoid(x) - target if pos_weight is None else bce_logits_weighed(x, target, pos_weight * target)",
    ),
    "bce_logits_target": (
        ("x", "pos_weight"),
        "-x if pos_weight is None else log_sigmoid(-x) - log_sigmoid(x) * pos_weight",
    ),
    "sinc_backward": (
        ("g", "x", "angle", "squared"),
        "where(squared == 0, 0, g * ((angle * cos(angle) - sin(angle)) / squared))",
    ),
    "silu_backward": (("g", "x", "gate"), "g * gate * (1 + x * (1 - gate))"),
    "mish_slope": (("x", "gate"), "gate + x * sigmoid(x) * (1 - gate * gate)"),
    "one_for_none": (("x",), "where(x == 0, 1, x)"),
    "renorm_factor": (("size", "maxnorm"), "where(size > maxnorm, maxnorm / (size + 1e-7), 1)"),
    "renorm_shortened": (
        ("g", "x", "p", "dim", "size", "maxnorm", "inverse"),
        "maxnorm * inverse * (g - inverse * norm_backward(sum(x * g, dim, True), x, p, size, dim))",
    ),
    "renorm_backward": (
        ("g", "x", "p", "dim", "size", "maxnorm"),
        ("where(size > maxnorm, renorm_shortened(g, x, p, dim, size, maxnorm, reciprocal(size + 1e-7)), g)"),
    ),
    "unfolded_half": (("low",), "low + transpose(tril(low, -1), -2, -1)"),
    "mirrored": (("x",), "unfolded_half(tril(x, 0))"),
    "inv_backward": (("g", "result"), "-(transpose(result, -2, -1) @ (g @ transpose(result, -2, -1)))"),
    "solve_column": (("x", "vector"), "unsqueeze(x, -1) if vector else x"),
    "solve_product": (("y", "x", "left"), "-(y @ transpose(x, -2, -1)) if left else -(transpose(x, -2, -1) @ y)"),
    "solve_outer": (
        ("y", "x", "left", "vector"),
        "solve_product(solve_column(y, vector), solve_column(x, vector), left)",
    ),
    "cholesky_backward": (
        ("g", "lower"),
        "solved_triangular(lower, solved_triangular(transpose(lower, -2, -1), 0.5 * mirrored(transpose(lower, -2, -1) @ g), True, True, False), False, False, False)",
    ),
    "bounded": (("x", "eps"), "x if eps is None else where(x < eps, eps, where(x > 1 - eps, 1 - eps, x))"),
    "clamp_least": (("x",), "where(x < 1e-12, 1e-12, x)"),
    "gelu_inner": (("x",), "0.7978845608028654 * (x + 0.044715 * x ** 3)"),
    "gelu_slope": (("x",), "0.7978845608028654 * (1 + 0.134145 * x ** 2)"),
    "gelu_tanh_slope": (
        ("x",),
        "0.5 * (1 + tanh(gelu_inner(x))) + 0.5 * x * (1 - tanh(gelu_inner(x)) ** 2) * gelu_slope(x)",
    ),
    "normal_cdf": (("x",), "0.5 * (1 + erf(x * SQRT1_2))"),
    "normal_pdf": (("x",), "exp(-0.5 * x * x) * 0.3989422804014327"),
    "weighed": (("g", "weight"), "g if weight is None else g * weight"),
    "lined": (("row", "shape"), "None if row is None else reshape(row, line_shape(shape))"),
    "grouped": (("x", "groups"), "reshape(x, group_shape(x, groups))"),
    "standard": (("x", "average", "rstd"), "(x - average) * rstd"),
    "rstd_of": (("x", "dims", "eps"), "rsqrt(mean((x - mean(x, dims, True)) ** 2, dims, True) + eps)"),
    "channel_total": (("x", "shape"), "None if x is None else sum(x, batch_dims(shape))"),
    "conv_twice_g": (
        ("h", "hw", "hb", "x", "weight", "shape", "stride", "padding", "dilation", "groups"),
        (
            "known_sum(None if h is None else conv(h, weight, None, stride, padding, dilation, groups),"
            " None if hw is None else fitted(conv(x, hw, None, stride, padding, dilation, groups), shape),"
            " None if hb is None else channel_spread(hb, shape))"
        ),
    ),
    "conv_twice_input": (
        ("hw", "g", "shape", "stride", "padding", "dilation", "groups"),
        "None if hw is None else conv_input(g, hw, shape, stride, padding, dilation, groups)",
    ),
    "conv_twice_weight": (
        ("x", "g", "shape", "stride", "padding", "dilation", "groups"),
        "None if x is None else None if g is None else conv_weight(g, x, shape, stride, padding, dilation, groups)",
    ),
    "unconv_twice_g": (
        ("h", "hw", "hb", "x", "weight", "shape", "stride", "padding", "dilation", "groups"),
        (
            "known_sum(None if h is None else conv_input(h, weight, shape, stride, padding, dilation, groups),"
            " None if hw is None else conv_input(x, hw, shape, stride, padding, dilation, groups),"
            " None if hb is None else channel_spread(hb, shape))"
        ),
    ),
    "unconv_twice_input": (
        ("hw", "g", "shape", "stride", "padding", "dilation", "groups"),
        "None if hw is None else fitted(conv(g, hw, None, stride, padding, dilation, groups), shape)",
    ),
    "standard_back": (
        ("h", "x", "average", "rstd", "dims"),
        "rstd * (h - mean(h, dims, True) - standard(x, average, rstd) * mean(h * standard(x, average, rstd), dims, True))",
    ),
    "measured_g": (
        ("h", "hw", "hb", "x", "average", "rstd", "weight", "dims", "shape"),
        (
            "known_sum(None if h is None else weighed(standard_back(h, x, average, rstd, dims), weight),"
            " None if hw is None else hw * standard(x, average, rstd), None if hb is None else expand(hb, shape))"
        ),
    ),
    "running_g": (
        ("h", "hw", "hb", "x", "average", "rstd", "weight", "shape"),
        (
            "known_sum(None if h is None else h * (rstd if weight is None else rstd * weight),"
            " None if hw is None else hw * (x - average) * rstd, None if hb is None else expand(hb, shape))"
        ),
    ),
    "running_pull": (("h", "g", "rstd"), "None if h is None else h * g * rstd"),
    "measured_weight": (
        ("h", "g", "x", "average", "rstd", "dims"),
        "None if h is None else g * standard_back(h, x, average, rstd, dims)",
    ),
    "measured_bend": (
        ("h", "k", "x", "average", "rstd", "scaled", "dims"),
        (
            "standard_back(rstd * (mean(k * scaled, dims, True) * h + mean(h * scaled, dims, True) * k), x, average, rstd, dims)"
            " + rstd * rstd * scaled * (mean(h * k, dims, True) - mean(h, dims, True) * mean(k, dims, True)"
            " - mean(h * scaled, dims, True) * mean(k * scaled, dims, True))"
        ),
    ),
    "measured_x": (
        ("h", "hw", "g", "x", "average", "rstd", "weight", "dims"),
        (
            "known_sum(None if hw is None else standard_back(g * hw, x, average, rstd, dims),"
            " None if h is None else -measured_bend(h, weighed(g, weight), x, average, rstd, standard(x, average, rstd), dims))"
        ),
    ),
    **_folds(
        "scatter_",
        "scatter_added({}, dim, index, {})",
        "gather({}, dim, index)",
        "{0} if include else scatter({0}, dim, index, 0)",
    ),
    **_folds(
        "index_",
        "index_added({}, dim, index, {}, 1)",
        "index_select({}, dim, index)",
        "{0} if include else index_filled({0}, dim, index, 0)",
    ),
}
