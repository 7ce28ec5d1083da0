"""How much work an operation is going to be, in multiply-adds, told from exact shapes before it runs.

The elements of a result have their price already (`Meter.need_elements`); here is what a result does not show: the sums inside products,
sorting, functions that take long for every element, and what a backward pass will do over again. The figures are whole numbers made of
shapes alone, so the same program ends at the same step on every machine.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from typing import Any

from engine.function import Function
from engine.program import sizes, window_sizes
from engine.program.placing import whole
from engine.program.prices import ELEMENT, KINDS, OTHER, SLOW, SORTED
from engine.program.sizes import Given, Named, Rule, Shape, is_tensor, matmul


def _row(given: Iterable[Any], named: Named) -> list[Any]:
    """The tensors among the arguments, those of inner rows too."""
    found = []
    for value in (*given, *named.values()):
        if is_tensor(value):
            found.append(value)
        elif type(value) in (list, tuple):
            found.extend(each for each in value if is_tensor(each))
    return found


def _shapes(given: Iterable[Any], named: Named) -> list[Shape]:
    return [tuple(tensor.shape) for tensor in _row(given, named)]


def _last(shape: Shape) -> int:
    return shape[-1] if shape else 1


def of_product(left: Shape, right: Shape) -> int:
    """The multiply-adds of a matrix product."""
    return matmul(left, right) * _last(left)


def _product(given: Given, named: Named) -> int:
    left, right = _shapes(given, named)[:2]
    return of_product(left, right)


def _added(given: Given, named: Named) -> int:
    _, left, right = _shapes(given, named)[:3]
    return of_product(left, right)


def _inner(given: Given, named: Named) -> int:
    left, right = _shapes(given, named)[:2]
    return math.prod(left) * math.prod(right) // max(_last(left) if right else 1, 1)


def _tensordot(given: Given, named: Named) -> int:
    left, right = _shapes(given, named)[:2]
    return math.prod(left) * math.prod(right) // max(sizes.contracted(given, named), 1)


def _chain(given: Given, named: Named) -> int:
    """From left to right; the best order is no dearer."""
    shapes = _shapes(given, named)
    total, held = 0, shapes[0]
    for shape in shapes[1:]:
        total += of_product(held, shape)
        held = (*held[:-1], _last(shape)) if len(shape) > 1 else held[:-1]
    return total


def _power(given: Given, named: Named) -> int:
    times = given[1] if len(given) > 1 else named.get("n", 1)
    shape = _shapes(given, named)[0]
    return math.prod(shape) * _last(shape) * (2 * abs(whole(times)).bit_length() + 1)


def _einsum(given: Given, named: Named) -> int:
    """Twice the sum of its steps: each arranges its operands before it multiplies."""
    return 2 * sum(seen for _, seen in sizes.einsum_steps(given))


def _linear(given: Given, named: Named) -> int:
    input, weight = _shapes(given, named)[:2]
    return math.prod(input[:-1]) * math.prod(weight)


def _bilinear(given: Given, named: Named) -> int:
    input, _, weight = _shapes(given, named)[:3]
    return math.prod(input[:-1]) * math.prod(weight)


def _convolution(given: Given, named: Named) -> int:
    found = window_sizes.convolved(given, named)
    return found.lead * math.prod(found.out) * math.prod(_shapes(given, named)[1])


def _transposed(given: Given, named: Named) -> int:
    input, weight = _shapes(given, named)[:2]
    return math.prod(input) * math.prod(weight[1:])


def _attention(given: Given, named: Named) -> int:
    query, key, value = _shapes(given, named)[:3]
    return math.prod(query[:-1]) * key[-2] * (query[-1] + value[-1])


def _spectrum(given: Given, named: Named) -> int:
    """What makes orthogonal columns or singular values: of order three."""
    shape = _shapes(given, named)[0]
    return 4 * math.prod(shape) * min(shape[-2:]) if len(shape) > 1 else 0


def _exponential(given: Given, named: Named) -> int:
    """The terms of a series, and then some fifty squares at most, of float64."""
    return 40 * _spectrum(given, named)


def _eigen(given: Given, named: Named) -> int:
    """What goes round until it stands."""
    return 4 * _spectrum(given, named)


def _norm(given: Given, named: Named) -> int:
    order = given[1] if len(given) > 1 else named.get("ord", named.get("p"))
    return _spectrum(given, named) if order == "nuc" or abs(whole(order)) == 2 or type(order) is float else 0


def _pairs(given: Given, named: Named) -> int:
    """Every row of the one with every row of the other."""
    left, right = (_shapes(given, named) * 2)[:2]
    return 2 * ELEMENT * math.prod(left[:-1]) * right[-2] * left[-1]


def _differences(given: Given, named: Named) -> int:
    """As many passes over what is left as there are differences of differences."""
    shape = _shapes(given, named)[0]
    times = given[1] if len(given) > 1 else named.get("n", 1)
    return 4 * ELEMENT * math.prod(shape) * max(min(whole(times), max(shape)), 1)


def _drawn_order(given: Given, named: Named) -> int:
    count = whole(given[0] if given else named["n"])
    return 8 * ELEMENT * count * count.bit_length() // 2


def _sampled(given: Given, named: Named) -> int:
    """Two pixels along each dimension for every element, or four where they are blended by a cubic."""
    mode = given[2] if len(given) > 2 else named.get("mode", "bilinear")
    rank = max(_shapes(given, named)[1][-1], 1)
    pixels = 24 if mode == "bicubic" else 2 ** min(rank, 3)
    return 25 * ELEMENT * pixels * sizes.of_call("grid_sample", given, named)


STEP = 20_000
"""The multiply-adds that take as long as what is done once for each step of a sequence, whatever its width."""


def _aligned(given: Given, named: Named) -> int:
    """Every step adds up the ways that lead to it."""
    return _shapes(given, named)[0][0] * STEP + 30 * ELEMENT * sizes.of_call("ctc_loss", given, named)


RULES: dict[str, Rule] = {
    "ctc_loss": _aligned,
    "diff": _differences,
    "randperm": _drawn_order,
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "vdot"), _product),
    **dict.fromkeys(("addmm", "addmv", "baddbmm", "addbmm", "addmm_", "addmv_", "baddbmm_", "addbmm_"), _added),
    "inner": _inner,
    "tensordot": _tensordot,
    **dict.fromkeys(("multi_dot", "chain_matmul"), _chain),
    "matrix_power": _power,
    "einsum": _einsum,
    "grid_sample": _sampled,
    "linear": _linear,
    "bilinear": _bilinear,
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _convolution),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _transposed),
    "scaled_dot_product_attention": _attention,
    **dict.fromkeys(("matrix_norm", "norm"), _norm),
    **dict.fromkeys(
        (
            *("orthogonal_", "qr", "inv", "inverse", "det", "logdet", "slogdet", "lu", "lu_factor", "lu_solve"),
            *("solve", "solve_triangular", "cholesky", "cholesky_solve", "cholesky_inverse", "lstsq"),
            *("pinv", "pinverse", "matrix_rank", "cond"),
        ),
        _spectrum,
    ),
    "matrix_exp": _exponential,
    **dict.fromkeys(("svd", "svdvals", "eigh", "eigvalsh"), _eigen),
    **dict.fromkeys(("cdist", "pdist"), _pairs),
}


def _of_kinds(names: Iterable[str]) -> int:
    """The price of a multiply-add for operands of these dtypes."""
    return max((KINDS.get(name, OTHER) for name in names), default=1)


def of_call(name: str, given: Given, named: Named) -> int:
    """The multiply-adds of the engine's function of this name with these arguments, those of its result's elements left out."""
    last = name.rpartition(".")[2]
    rule = RULES.get(last)
    try:
        if rule is not None:
            return int(rule(given, named)) * _of_kinds(each.dtype.name for each in _row(given, named))
        if last in SORTED:
            count = sum(map(math.prod, _shapes(given, named)))
            return ELEMENT * count * count.bit_length() // 2
        weight = SLOW.get(last.removesuffix("_"))
        return ELEMENT * weight * sizes.of_call(name, given, named) if weight else 0
    except sizes.UNREADABLE:
        # Arguments of the wrong kind or shape: the engine says so in PyTorch's words, and computes nothing.
        return 0


def of_operator(kind: type[ast.operator], left: Any, right: Any) -> int:
    """The multiply-adds of `left <operator> right`, those of its result's elements left out."""
    if kind is ast.MatMult:
        return of_call("matmul", [left, right], {}) if is_tensor(left) and is_tensor(right) else 0
    return of_call("pow", [left, right], {}) if kind is ast.Pow else 0


PRODUCTS = frozenset(("mm", "mv", "dot", "bmm"))
ADDED = frozenset(("addmm", "addmv", "baddbmm"))
CONVOLUTIONS = frozenset(("convolution", "conv_transpose", "convolution_backward_input", "convolution_backward_weight"))


def _of_node(node: Function) -> int:
    """The multiply-adds of one node's backward: its forward again for every input that wants a gradient."""
    name = node._op.name
    shapes = [tuple(shape) for shape in node._shapes if shape is not None]
    most = max([math.prod(shape) for shape in shapes], default=1)
    made = max([math.prod(shape) for shape, _ in node._outputs], default=1)
    work = ELEMENT * SLOW.get(name, 1) * max(most, made)
    if name in PRODUCTS and len(shapes) == 2:
        work += of_product(*shapes)
    elif name in ADDED and len(shapes) == 3:
        work += of_product(*shapes[1:])
    elif name == "trilinear" and len(shapes) == 3:
        work += math.prod(shapes[0][:1]) * math.prod(shapes[1])
    elif name == "ctc_loss":
        work += 2 * STEP * shapes[0][0]
    elif name == "multilabel_margin_loss" and shapes[0]:
        work *= 4 * shapes[0][-1]
    elif name in CONVOLUTIONS and len(shapes) > 1:
        # Every element of the one side meets a kernel of one channel of the other.
        work += max(made, math.prod(shapes[0])) * math.prod(shapes[1][1:])
    work *= _of_kinds(str(kind) for kind in node._dtypes if kind is not None)
    return work * max(sum(edge is not None for edge in node._edges), 1)


PASSES = frozenset(("backward", "autograd.backward", "autograd.grad"))
"""The functions that run a backward pass over what they are given."""


def roots(given: Given, named: Named) -> list[Any]:
    """The tensors that a backward pass starts from, where it is given them in this way."""
    first = given[0] if given else named.get("tensors", named.get("outputs"))
    return [first] if is_tensor(first) else _row([first], {})


def of_backward(roots: Iterable[Any]) -> int:
    """The multiply-adds of a backward pass from these tensors, through every node once."""
    waiting = [root.grad_fn for root in roots if is_tensor(root)]
    seen: set[int] = set()
    total = 0
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Function) or id(node) in seen:
            continue
        seen.add(id(node))
        total += _of_node(node)
        waiting.extend(edge[0] for edge in node._edges if edge is not None)
    return total
