"""The op table: one row per op in `OPS`, and the functions and methods through which programs reach them."""

from engine import autograd
from engine.devices import CPU
from engine.ops import (
    activation,
    arithmetic,
    backwards,
    bounds,
    compare,
    convolution,
    creation,
    division,
    draws,
    einsum,
    elementwise,
    gates,
    indexing,
    inplace,
    joining,
    logic,
    loss,
    margins,
    noise,
    padding,
    products,
    reduction,
    remainders,
    scatter,
    shape,
    sorting,
    special,
    transcendental,
    views,
)

from engine.ops import rewriting  # isort: skip -- after the rows that it writes in place
from engine.ops.table import FUNCTIONS, METHODS, OPS, seal
from engine.tensor import Tensor

METHODS.update(autograd.METHODS)

FAMILIES = (
    arithmetic,
    elementwise,
    transcendental,
    remainders,
    compare,
    reduction,
    einsum,
    margins,
    padding,
    scatter,
    division,
    logic,
    products,
    shape,
    indexing,
    joining,
    activation,
    backwards,
    loss,
    convolution,
    creation,
    sorting,
    bounds,
    special,
    inplace,
    rewriting,
    views,
    noise,
    draws,
    gates,
)

seal()

# Tensor stands below the rows that make its methods, so they are attached here, once.
for _name, _method in METHODS.items():
    type.__setattr__(Tensor, _name, _method)

type.__setattr__(Tensor, "T", property(shape.reversed_dims))
type.__setattr__(Tensor, "device", property(lambda tensor: CPU))
type.__setattr__(Tensor, "mT", property(shape.matrix_transpose))

__all__ = ["FAMILIES", "FUNCTIONS", "METHODS", "OPS"]
