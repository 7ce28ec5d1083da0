"""What still differs from PyTorch on its own samples, by op and aspect, and why (with the number of samples). A test holds the list exact."""

WAITING: dict[str, dict[str, str]] = {
    "addbmm": {
        "spellings": "addbmm_ makes a smaller tensor larger, as no other op in place does; a tensor of the engine keeps its size (4)"
    },
    "arange": {"errors": "PyTorch reads a step of half as nought where `out` is of whole numbers (1)"},
    "cat": {
        "errors": "out= in memory that NumPy lent: PyTorch will not make it larger, the engine takes new memory (2)"
    },
    "cov": {"float32": "a gradient that is zero but for rounding (1)"},
    "gather": {
        "errors": "out= in memory that NumPy lent: PyTorch will not make it larger, the engine takes new memory (1)"
    },
    "kthvalue": {
        "typed": "of equal values PyTorch names whichever its quick select leaves there, the engine the first; the values agree (7)"
    },
    "logcumsumexp": {
        "float32": "float32 has three digits left of logarithms near 10,000: neither is near the number in float64 (2)"
    },
    "matrix_exp": {
        "typed": "PyTorch rounds every product to half and comes to inf and nan; the engine has wider ones in between (2)"
    },
    "nn.functional.embedding_bag": {
        "second": "of two derivatives that are not there PyTorch names that of the shares first (5)",
        "float32": "of two derivatives that are not there PyTorch names that of the shares first (5)",
    },
    "nn.functional.grid_sample": {
        "typed": "PyTorch rounds every step of its cubic to half; the engine has wider ones in between (1)"
    },
    "nn.functional.hardshrink": {
        "first": "nan: PyTorch's vector loop closes the gate, the scalar loop at its end opens it, the engine always opens it (1)",
        "second": "nan: PyTorch's vector loop closes the gate, the scalar loop at its end opens it, the engine always opens it (1)",
    },
    "nn.functional.hardtanh": {
        "first": "nan: PyTorch's vector loop closes the gate, the scalar loop at its end opens it, the engine always opens it (1)",
        "second": "nan: PyTorch's vector loop closes the gate, the scalar loop at its end opens it, the engine always opens it (1)",
    },
    "nn.functional.interpolate.bicubic": {"typed": "uint8: PyTorch blends in fixed-point numbers, off by one (3)"},
    "nn.functional.interpolate.bilinear": {"typed": "uint8: PyTorch blends in fixed-point numbers, off by one (3)"},
    "nn.functional.upsample_bilinear": {"typed": "uint8: PyTorch blends in fixed-point numbers, off by one (3)"},
    "nn.functional.relu6": {
        "first": "nan: PyTorch's vector loop closes the gate, the scalar loop at its end opens it, the engine always opens it (1)",
        "second": "nan: PyTorch's vector loop closes the gate, the scalar loop at its end opens it, the engine always opens it (1)",
    },
    "nn.functional.softshrink": {
        "first": "nan: PyTorch's vector loop closes the gate, the scalar loop at its end opens it, the engine always opens it (1)",
        "second": "nan: PyTorch's vector loop closes the gate, the scalar loop at its end opens it, the engine always opens it (1)",
    },
    "pow": {"float32": "float32 rounding where terms of 8e4 and -4e4 cancel (2)"},
    "sinc": {"float32": "float32 rounding where x cos x and sin x cancel near zero (2)"},
    "topk": {
        "typed": "of equal values PyTorch names whichever its partial sort leaves there, the engine the first; the values agree (6)"
    },
}
