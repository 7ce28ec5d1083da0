"""What functions cost that take many times longer than an addition, measured once and written down: prices are facts of this table, never of a clock."""

from __future__ import annotations

ELEMENT = 20
"""The multiply-adds that take as long as reading and writing one element."""


def _each(price: int, *names: str) -> dict[str, int]:
    return dict.fromkeys(names, price)


SLOW: dict[str, int] = {
    **_each(80, "erfinv"),
    **_each(400, "grid_sampler_2d", "grid_sampler_3d"),
    **_each(40, "tolist"),
    **_each(60, "poisson"),
    **_each(30, "ctc_loss"),
    **_each(24, "lgamma", "gammaln", "gcd", "lcm"),
    **_each(14, "digamma", "psi", "polygamma"),
    **_each(12, "erf", "erfc", "gelu"),
    **_each(8, "ldexp", "take", "multilabel_soft_margin_loss", "gumbel_softmax"),
    **_each(
        6, "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"
    ),
    **_each(
        6, "scatter", "scatter_add", "index_add", "index_put", "put", "embedding", "float_power", "histc", "bincount"
    ),
    **_each(8, "embedding_bag", "index_reduce", "put_values"),
    **_each(4, "gather", "take_along_dim", "batch_norm", "layer_norm", "group_norm", "rms_norm", "nonzero", "argwhere"),
    **_each(4, "randn", "randn_like", "normal", "bernoulli", "log_normal", "cauchy", "geometric", "exponential"),
    **_each(
        3, "pow", "logsigmoid", "binary_cross_entropy_with_logits", "mish", "softplus", "silu", "remainder", "fmod"
    ),
    **_each(3, "floor_divide", "rand", "rand_like", "uniform", "randint", "randint_like", "random"),
    **_each(
        2,
        "cumsum",
        "cumprod",
        "logcumsumexp",
        "celu",
        "cosh",
        "sinh",
        "acos",
        "asin",
        "atan2",
        "soft_margin_loss",
        "multi_margin_loss",
    ),
}
"""By name: how many times longer than addition each element takes."""
LAYERS: dict[str, int] = {
    **{name.replace("_", ""): price for name, price in SLOW.items()},
    **_each(4, "batchnorm1d", "batchnorm2d", "batchnorm3d", "instancenorm1d", "instancenorm2d", "instancenorm3d"),
    **_each(3, "bcewithlogitsloss", "softmarginloss"),
}
"""The same by the name of a layer, in small letters."""
SORTED = frozenset(
    (
        *("sort", "argsort", "topk", "unique", "unique_consecutive", "median", "nanmedian", "quantile", "nanquantile"),
        *("mode", "kthvalue", "msort", "isin", "searchsorted", "bucketize", "multinomial", "randperm"),
    )
)
"""Functions that put elements in order, or look for them in an order."""
KINDS = {"float32": 1, "float64": 1, "float16": 40}
"""How many times longer a multiply-add takes for other dtypes than those that the processor's matrix routines know."""
OTHER = 5
"""The same for every dtype not listed: whole numbers and truth."""
