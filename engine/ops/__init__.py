"""The op table: one row per op in `OPS`, and the functions and methods through which programs reach them."""

from engine import autograd
from engine.devices import CPU
from engine.function import Function, shown
from engine.ops import (
    activation,
    adaptive,
    adjoints,
    alignment,
    arithmetic,
    arranging,
    attention,
    backwards,
    bags,
    bilinear,
    bounds,
    calling,
    compare,
    constructors,
    convolution,
    counting,
    creation,
    division,
    draws,
    einsum,
    elementwise,
    embedding,
    gates,
    heads,
    indexing,
    inplace,
    joining,
    laws,
    logic,
    loss,
    margins,
    noise,
    normalization,
    operators,
    packing,
    padding,
    pooling,
    prelu,
    products,
    ranks,
    reduction,
    refusing,
    remainders,
    replacing,
    resampling,
    resizing,
    rivals,
    rrelu,
    sampling,
    scatter,
    shape,
    shuffling,
    slopes,
    sorting,
    special,
    tapers,
    transcendental,
    unpooling,
    views,
)

from engine.ops import added, factors, folding, grids, matrices, norms, rewriting, turning, vectors, weights  # isort: skip -- after the rows that it writes in place
from engine.ops import elimination  # isort: skip
from engine.ops.table import FUNCTIONS, METHODS, OPS, also_numpys, seal
from engine.tensor import Tensor

METHODS.update(autograd.METHODS)

FAMILIES = (
    added,
    factors,
    elimination,
    calling,
    arithmetic,
    elementwise,
    transcendental,
    remainders,
    compare,
    reduction,
    counting,
    resizing,
    slopes,
    arranging,
    einsum,
    margins,
    rivals,
    alignment,
    packing,
    padding,
    scatter,
    replacing,
    division,
    logic,
    products,
    shape,
    indexing,
    embedding,
    bags,
    bilinear,
    joining,
    activation,
    backwards,
    loss,
    convolution,
    normalization,
    pooling,
    unpooling,
    adaptive,
    adjoints,
    resampling,
    sampling,
    prelu,
    shuffling,
    creation,
    tapers,
    constructors,
    sorting,
    bounds,
    special,
    inplace,
    rewriting,
    views,
    noise,
    rrelu,
    attention,
    draws,
    laws,
    gates,
    heads,
    turning,
    ranks,
    folding,
    vectors,
    grids,
    matrices,
    norms,
    weights,
)

seal(operators.OPERATORS)
also_numpys(
    "all", "amax", "amin", "any", "argmax", "argmin", "argsort", "cat", "concat", "concatenate", "cumprod", "cumsum", "diff", "flip", "logsumexp", "max",
    "mean", "median", "min", "nansum", "norm", "prod", "repeat_interleave", "roll", "softmax", "sort", "split", "squeeze", "stack", "std", "std_mean", "sum", "topk",
    "unbind", "unsqueeze", "var", "var_mean",
)  # fmt: skip
refusing.refuse()

# Tensor stands below the rows that make its methods, so they are attached here, once.
for _name, _method in METHODS.items():
    type.__setattr__(Tensor, _name, _method)

for _name in sorted({name for op in OPS.values() for name in op.shown}):
    type.__setattr__(Function, f"_saved_{_name}", shown(_name))
for _name, _read in counting.PROPERTIES.items():
    type.__setattr__(Tensor, _name, property(_read))
type.__setattr__(Tensor, "T", property(shape.reversed_dims))
type.__setattr__(Tensor, "device", property(lambda tensor: CPU))
type.__setattr__(Tensor, "mT", property(shape.matrix_transpose))
type.__setattr__(Tensor, "mH", property(lambda tensor: shape.matrix_transpose(tensor, "mH")))
type.__setattr__(Tensor, "H", property(shape.conjugate_transpose))
# What a rule in a kernel does with a Tensor and a number of its own.
type.__setattr__(Tensor, "_times", reduction.times)
type.__setattr__(Tensor, "_scale", inplace.scale)

__all__ = ["FAMILIES", "FUNCTIONS", "METHODS", "OPS"]
