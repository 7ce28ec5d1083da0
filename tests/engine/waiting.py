"""What still differs from PyTorch on its own samples, by op and aspect, and why (with the number of samples). A test holds the list exact."""

WAITING: dict[str, dict[str, str]] = {
    "__rmatmul__": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "__rmod__": {
        "second": "nan, infinity or a kink is met otherwise (2)",
        "float32": "nan, infinity or a kink is met otherwise (2)",
    },
    "abs": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "addcmul": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "addmm": {
        "spellings": "refused with other words (3)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "addmm.decomposed": {
        "spellings": "refused with other words (3)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "addmv": {
        "typed": "numbers differ (9)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "all": {"typed": "another dtype (4)"},
    "amax": {"errors": "the engine does not take out (1)"},
    "amin": {"errors": "the engine does not take out (1)"},
    "any": {"typed": "another dtype (4)"},
    "arange": {
        "typed": "another shape (1)",
        "errors": "refused with other words (2); the engine does not take out (1)",
    },
    "argmax": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "argmin": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "atan2": {
        "first": "nan, infinity or a kink is met otherwise (1)",
        "second": "nan, infinity or a kink is met otherwise (1)",
        "float32": "nan, infinity or a kink is met otherwise (1)",
        "spellings": "nan, infinity or a kink is met otherwise (5)",
    },
    "baddbmm": {
        "typed": "numbers differ (6)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "bmm": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "bmm.triton_optimized": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "bucketize": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
        "errors": "refused with other words (1)",
    },
    "cat": {"errors": "the engine does not take out (4)"},
    "ceil": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "clamp": {
        "first": "the engine takes what PyTorch refuses (6)",
        "second": "a gradient is there on one side only (6)",
        "float32": "the engine takes what PyTorch refuses (6)",
        "spellings": "the engine takes what PyTorch refuses (18)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "clamp_max": {"errors": "refused with other words (2)"},
    "clamp_min": {"errors": "refused with other words (2)"},
    "copysign": {"errors": "the engine takes what PyTorch refuses (2)"},
    "cumprod": {
        "second": "a zero gradient where PyTorch has none (2)",
        "float32": "a zero gradient where PyTorch has none (2)",
        "spellings": "the engine does not take dtype (1)",
        "typed": "another dtype (2)",
    },
    "cumsum": {"spellings": "the engine does not take dtype (1)", "typed": "another dtype (2)"},
    "diff": {"errors": "the engine takes what PyTorch refuses (1)"},
    "digamma": {
        "second": "nan, infinity or a kink is met otherwise (4)",
        "float32": "numbers differ (7); nan, infinity or a kink is met otherwise (2)",
    },
    "div.trunc_rounding": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "dot": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "dstack": {"errors": "refused with other words (1)"},
    "eye": {"errors": "refused with other words (3)"},
    "float_power": {"errors": "refused with other words (1)"},
    "floor": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "fmod": {
        "second": "nan, infinity or a kink is met otherwise (2)",
        "float32": "nan, infinity or a kink is met otherwise (2)",
        "errors": "refused with other words (2)",
    },
    "frac": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "gather": {"errors": "the engine does not take out (3)"},
    "heaviside": {"errors": "refused with other words (1)"},
    "histc": {
        "typed": "numbers differ (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "hsplit": {"errors": "refused with other words (2)"},
    "hypot": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "index_add": {
        "typed": "the engine refuses what PyTorch takes (1)",
        "errors": "the engine takes what PyTorch refuses (1)",
    },
    "inner": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "isclose": {"errors": "this spelling is not offered (3); the engine takes what PyTorch refuses (2)"},
    "isin": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "lerp": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "linalg.matrix_norm": {
        "values": "the engine refuses what PyTorch takes (24)",
        "first": "a gradient is there on one side only (24); the engine refuses what PyTorch takes (8)",
        "second": "a gradient is there on one side only (32)",
        "float32": "the engine refuses what PyTorch takes (32)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "linalg.matrix_power": {
        "values": "the engine refuses what PyTorch takes (9)",
        "first": "a gradient is there on one side only (12)",
        "second": "a gradient is there on one side only (9)",
        "float32": "the engine refuses what PyTorch takes (9); a gradient is there on one side only (3)",
        "spellings": "the engine refuses what PyTorch takes (27); a gradient is there on one side only (9)",
    },
    "linalg.multi_dot": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "linalg.norm": {
        "values": "the engine refuses what PyTorch takes (20); numbers differ (12); nan, infinity or a kink is met otherwise (2)",
        "first": "a gradient is there on one side only (20); numbers differ (12); a zero gradient where PyTorch has none (4)",
        "second": "nan, infinity or a kink is met otherwise (24); a gradient is there on one side only (20); numbers differ (12)",
        "float32": "numbers differ (60)",
        "spellings": "numbers differ (34)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "linalg.norm.subgradients_at_zero": {
        "values": "the engine refuses what PyTorch takes (12); nan, infinity or a kink is met otherwise (2)",
        "first": "numbers differ (28)",
        "second": "nan, infinity or a kink is met otherwise (26); a gradient is there on one side only (12); numbers differ (2)",
        "float32": "numbers differ (50)",
        "spellings": "numbers differ (26)",
        "typed": "the engine refuses what PyTorch takes (1); nan, infinity or a kink is met otherwise (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "linalg.vecdot": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "linalg.vector_norm": {
        "first": "a zero gradient where PyTorch has none (20)",
        "float32": "a zero gradient where PyTorch has none (20)",
        "typed": "nan, infinity or a kink is met otherwise (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "linspace": {"errors": "the engine takes what PyTorch refuses (2)"},
    "linspace.tensor_overload": {"errors": "the engine takes what PyTorch refuses (2)"},
    "logaddexp": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "logaddexp2": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "logspace": {
        "typed": "the engine does not take device (2)",
        "errors": "the engine takes what PyTorch refuses (1); refused with other words (1)",
    },
    "logspace.tensor_overload": {"errors": "the engine takes what PyTorch refuses (1); refused with other words (1)"},
    "masked_fill": {"errors": "refused with other words (1)"},
    "masked_scatter": {"spellings": "refused with other words (1)"},
    "masked_select": {"errors": "the engine does not take out (2)"},
    "matmul": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "median": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "mm": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "multinomial": {"errors": "the engine does not take out (1); refused with other words (1)"},
    "mv": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "nanmean": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nanmedian": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "nn.functional.batch_norm": {
        "values": "the engine refuses what PyTorch takes (2)",
        "first": "a gradient is there on one side only (2)",
        "second": "a gradient is there on one side only (2)",
        "float32": "the engine refuses what PyTorch takes (2)",
        "typed": "the engine refuses what PyTorch takes (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "nn.functional.batch_norm.without_cudnn": {"values": "the engine refuses what PyTorch takes (2)"},
    "nn.functional.binary_cross_entropy": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.binary_cross_entropy_with_logits": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.celu": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.conv1d": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
        "errors": "refused with other words (2)",
    },
    "nn.functional.conv2d": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
        "errors": "refused with other words (2)",
    },
    "nn.functional.conv_transpose1d": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"
    },
    "nn.functional.conv_transpose2d": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"
    },
    "nn.functional.cosine_embedding_loss": {"typed": "another dtype (16)"},
    "nn.functional.cosine_similarity": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.elu": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.embedding": {
        "typed": "the engine does not take padding_idx (1); the engine does not take max_norm (1); the engine does not take sparse (1)",
        "errors": "refused with other words (1); the engine takes what PyTorch refuses (1)",
    },
    "nn.functional.gaussian_nll_loss": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
        "errors": "refused with other words (2)",
    },
    "nn.functional.gelu": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.glu": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.group_norm": {
        "values": "the engine refuses what PyTorch takes (2)",
        "first": "a gradient is there on one side only (2)",
        "second": "a gradient is there on one side only (2)",
        "float32": "the engine refuses what PyTorch takes (2); numbers differ (1)",
        "typed": "the engine refuses what PyTorch takes (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
        "errors": "refused with other words (1)",
    },
    "nn.functional.hardshrink": {
        "first": "numbers differ (1)",
        "second": "a zero gradient where PyTorch has none (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "nn.functional.hardsigmoid": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.hardswish": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.hardtanh": {"first": "numbers differ (1)", "second": "numbers differ (1)"},
    "nn.functional.huber_loss": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.kl_div": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.layer_norm": {
        "float32": "numbers differ (2)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "nn.functional.leaky_relu": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.linear": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "nn.functional.logsigmoid": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.margin_ranking_loss": {
        "typed": "another dtype (12)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "nn.functional.mish": {
        "second": "nan, infinity or a kink is met otherwise (2)",
        "float32": "nan, infinity or a kink is met otherwise (2)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "nn.functional.mse_loss": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.multilabel_soft_margin_loss": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.nll_loss": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.normalize": {
        "second": "a zero gradient where PyTorch has none (1)",
        "float32": "a zero gradient where PyTorch has none (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "nn.functional.pad.reflect": {
        "second": "a zero gradient where PyTorch has none (12)",
        "float32": "a zero gradient where PyTorch has none (12)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "nn.functional.pad.replicate": {
        "second": "a zero gradient where PyTorch has none (12)",
        "float32": "a zero gradient where PyTorch has none (12)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "nn.functional.pad.replicate_negative": {
        "second": "a zero gradient where PyTorch has none (6)",
        "float32": "a zero gradient where PyTorch has none (6)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "nn.functional.pairwise_distance": {"typed": "another dtype (12)"},
    "nn.functional.poisson_nll_loss": {"typed": "another dtype (12)"},
    "nn.functional.relu": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "nn.functional.relu6": {"first": "numbers differ (1)", "second": "numbers differ (1)"},
    "nn.functional.rms_norm": {
        "typed": "numbers differ (4)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
        "errors": "refused with other words (2)",
    },
    "nn.functional.scaled_dot_product_attention": {
        "float32": "numbers differ (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "nn.functional.selu": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.silu": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.smooth_l1_loss": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"
    },
    "nn.functional.soft_margin_loss": {
        "typed": "nan, infinity or a kink is met otherwise (3)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
        "errors": "refused with other words (1)",
    },
    "nn.functional.softplus": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "nn.functional.softshrink": {
        "first": "numbers differ (1)",
        "second": "a zero gradient where PyTorch has none (1)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
        "errors": "refused with other words (1)",
    },
    "nn.functional.softsign": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "nn.functional.threshold": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "nn.functional.triplet_margin_loss": {"typed": "another dtype (12)", "errors": "refused with other words (3)"},
    "nn.functional.unfold": {
        "spellings": "refused with other words (100)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "norm": {
        "first": "a zero gradient where PyTorch has none (3)",
        "float32": "a zero gradient where PyTorch has none (3)",
        "spellings": "a zero gradient where PyTorch has none (3)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)",
    },
    "norm.fro": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "norm.inf": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "norm.nuc": {
        "values": "the engine refuses what PyTorch takes (2)",
        "first": "a gradient is there on one side only (2)",
        "second": "a gradient is there on one side only (2)",
        "float32": "the engine refuses what PyTorch takes (2)",
        "spellings": "the engine refuses what PyTorch takes (2)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (3)",
    },
    "normal.in_place": {"errors": "the engine takes what PyTorch refuses (1)"},
    "pow": {"float32": "numbers differ (2)", "errors": "refused with other words (1)"},
    "prod": {
        "second": "a zero gradient where PyTorch has none (6)",
        "float32": "a zero gradient where PyTorch has none (6)",
    },
    "remainder": {
        "second": "nan, infinity or a kink is met otherwise (2)",
        "float32": "nan, infinity or a kink is met otherwise (2)",
        "errors": "refused with other words (1)",
    },
    "roll": {"errors": "refused with other words (1)"},
    "round": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "rsub": {"errors": "the engine takes what PyTorch refuses (1); refused with other words (1)"},
    "scatter": {"typed": "the engine refuses what PyTorch takes (5)"},
    "sinc": {
        "second": "nan, infinity or a kink is met otherwise (2)",
        "float32": "nan, infinity or a kink is met otherwise (2)",
    },
    "std_mean": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "std_mean.unbiased": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "take": {"errors": "the engine does not take out (1)"},
    "tensordot": {
        "typed": "the engine refuses what PyTorch takes (2)",
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)",
    },
    "topk": {"typed": "numbers differ (6)"},
    "trace": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "trunc": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "var_mean": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "var_mean.unbiased": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (2)"},
    "vdot": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "vsplit": {"errors": "refused with other words (2)"},
    "xlogy": {"errors": "the engine takes what PyTorch refuses (1)"},
}
