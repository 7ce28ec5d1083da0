"""What still differs from PyTorch on its own samples, by op and aspect, and why (with the number of samples). A test holds the list exact."""

WAITING: dict[str, dict[str, str]] = {
    "addbmm": {
        "spellings": "addbmm_ makes a smaller tensor larger, as no other op in place does; a tensor of the engine keeps its size (4)"
    },
    "arange": {
        "typed": "another shape (1)",
        "errors": "refused with other words (2); the engine does not take out (1)",
    },
    "bucketize": {"errors": "refused with other words (1)"},
    "cat": {
        "errors": "out= in memory that NumPy lent: PyTorch will not make it larger, the engine takes new memory (2)"
    },
    "clamp": {
        "first": "the engine takes what PyTorch refuses (6)",
        "second": "a gradient is there on one side only (6)",
        "float32": "the engine takes what PyTorch refuses (6)",
        "spellings": "the engine takes what PyTorch refuses (18)",
    },
    "cov": {"float32": "a gradient that is zero but for rounding (1)"},
    "digamma": {
        "second": "nan, infinity or a kink is met otherwise (4)",
        "float32": "numbers differ (7); nan, infinity or a kink is met otherwise (2)",
    },
    "eye": {"errors": "refused with other words (3)"},
    "gather": {
        "errors": "out= in memory that NumPy lent: PyTorch will not make it larger, the engine takes new memory (1)"
    },
    "index_add": {
        "typed": "the engine refuses what PyTorch takes (1)",
        "errors": "the engine takes what PyTorch refuses (1)",
    },
    "isclose": {"errors": "this spelling is not offered (3); the engine takes what PyTorch refuses (2)"},
    "isin": {"refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"},
    "kthvalue": {
        "typed": "of equal values PyTorch names whichever its quick select leaves there, the engine the first; the values agree (7)"
    },
    "linalg.qr": {
        "float32": "the second derivative of a wide matrix in float32 is 4e-5 off, by rounding; in float64 it agrees (3)"
    },
    "linspace": {"errors": "the engine takes what PyTorch refuses (2)"},
    "linspace.tensor_overload": {"errors": "the engine takes what PyTorch refuses (2)"},
    "logcumsumexp": {
        "float32": "float32 has three digits left of logarithms near 10,000: neither is near the number in float64 (2)"
    },
    "logspace": {
        "typed": "the engine does not take device (2)",
        "errors": "the engine takes what PyTorch refuses (1); refused with other words (1)",
    },
    "logspace.tensor_overload": {"errors": "the engine takes what PyTorch refuses (1); refused with other words (1)"},
    "masked_fill": {"errors": "refused with other words (1)"},
    "masked_scatter": {"spellings": "refused with other words (1)"},
    "multinomial": {"errors": "the engine does not take out (1); refused with other words (1)"},
    "nn.functional.batch_norm": {
        "second": "a gradient is there on one side only (2)",
        "float32": "the engine refuses what PyTorch takes (2)",
    },
    "nn.functional.batch_norm.without_cudnn": {"values": "the engine refuses what PyTorch takes (2)"},
    "nn.functional.hardshrink": {"first": "numbers differ (1)", "second": "a zero gradient where PyTorch has none (1)"},
    "nn.functional.hardtanh": {"first": "numbers differ (1)", "second": "numbers differ (1)"},
    "nn.functional.margin_ranking_loss": {
        "refused": "PyTorch refuses this dtype; the engine computes or words it otherwise (1)"
    },
    "nn.functional.mish": {
        "second": "nan, infinity or a kink is met otherwise (2)",
        "float32": "nan, infinity or a kink is met otherwise (2)",
    },
    "nn.functional.poisson_nll_loss": {"typed": "another dtype (12)"},
    "nn.functional.relu6": {"first": "numbers differ (1)", "second": "numbers differ (1)"},
    "nn.functional.softshrink": {"first": "numbers differ (1)", "second": "a zero gradient where PyTorch has none (1)"},
    "pow": {"float32": "numbers differ (2)"},
    "qr": {
        "float32": "the second derivative of a wide matrix in float32 is 4e-5 off, by rounding; in float64 it agrees (3)"
    },
    "roll": {"errors": "refused with other words (1)"},
    "scatter": {"typed": "the engine refuses what PyTorch takes (5)"},
    "scatter_reduce.mean": {"refused": "differs (1)"},
    "sinc": {
        "second": "nan, infinity or a kink is met otherwise (2)",
        "float32": "nan, infinity or a kink is met otherwise (2)",
    },
    "topk": {
        "typed": "of equal values PyTorch names whichever its partial sort leaves there, the engine the first; the values agree (6)"
    },
}
