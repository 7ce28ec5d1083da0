"""Nodes as PyTorch 2.13 has them: those of a derivative that is differentiated again, and how many gradients one takes.

`tests/fixtures/second_order.json` holds what `second_order` gives for each of `WHOLE` with PyTorch in the place of the engine.
"""

import json
import re
from pathlib import Path

import pytest

import engine as torch
import engine.nn.functional as F
from tests.engine.second_graphs import walked

# What `autograd.grad(..., create_graph=True)` of the sum is made of: the names along the first edges, as PyTorch gave them.
SECOND = {
    "sqrt": (lambda x: x.sqrt(), ["DivBackward0", "ExpandBackward0"]),
    "expm1": (lambda x: x.expm1(), ["MulBackward0", "ExpandBackward0"]),
    "abs": (lambda x: x.abs(), ["MulBackward0", "ExpandBackward0"]),
    "var": (lambda x: x.var(), ["MulBackward0", "MulBackward1"]),
    "glu": (lambda x: F.glu(x), ["GluBackwardBackward0", "ExpandBackward0"]),
}
STORED = json.loads((Path(__file__).parents[1] / "fixtures" / "second_order.json").read_text("utf-8"))["graphs"]
TAKEN = {
    "sort": (lambda x: x.sort()[0], [False]),
    "max": (lambda x: x.max(0)[0], [False]),
    "layer_norm": (lambda x: F.layer_norm(x, (4,)), [False]),
    "group_norm": (lambda x: F.group_norm(x, 2), [False, True, True]),
    "std_mean": (lambda x: torch.std_mean(x)[0], [False, True]),
    "unbind": (lambda x: x.unbind(0)[0], [False, True]),
}
# The same as a whole: each node before its edges, in brackets; `=` and its place is one that was told before, `.` a leaf.
WHOLE = {
    "linear": lambda x, w: F.linear(x, w),
    "product of a turned matrix": lambda x, w: x @ w.t(),
    "product of one element": lambda x, w: x[:1, :1] @ w[:1, :1],
    "solve": lambda x, w: torch.linalg.solve(x @ w.t(), x),
    "solve for a vector": lambda x, w: torch.linalg.solve(x @ w.t(), w[:, 0]),
    "solve_triangular": lambda x, w: torch.linalg.solve_triangular(x @ w.t(), x, upper=True),
    "lstsq": lambda x, w: [both := torch.linalg.lstsq(x.t(), w.t(), driver="gelsd"), both[0] * both[1]][1],
    "svd": lambda x, w: torch.linalg.svdvals(torch.stack([x, w])),
    "eigh": lambda x, w: [both := torch.linalg.eigh(x @ x.t()), both[0] * both[1]][1],
    "qr": lambda x, w: [both := torch.linalg.qr(x.t()), both[0] @ both[1]][1],
    "cov": lambda x, w: torch.cov(x, correction=0, aweights=w[0]),
    "quantile": lambda x, w: x[0, 0].quantile(0.5, dim=0),
    "nansum": lambda x, w: x.nansum(),
    "nansum along": lambda x, w: x[0].nansum(0),
    "kl_div": lambda x, w: F.kl_div(x, w, reduction="sum"),
    "poisson_nll_loss": lambda x, w: F.poisson_nll_loss(x, w, full=True),
    "logcumsumexp": lambda x, w: x.logcumsumexp(1),
    "index_add": lambda x, w: x.index_add(0, torch.tensor([1, 0]), w, alpha=2),
    "index_copy": lambda x, w: x.index_copy(0, torch.tensor([1, 0]), w),
    "weighed logits": lambda x, w: F.binary_cross_entropy_with_logits(x, w, pos_weight=torch.ones(4)),
    "vecdot": lambda x, w: torch.linalg.vecdot(x[0], w[0]),
    "xlogy": lambda x, w: torch.xlogy(x, 2.5),
    "diff of more times than there are": lambda x, w: x.diff(n=5, dim=0),
    "block_diag": lambda x, w: torch.block_diag(x, w[0], x[0, 0]),
    "circular": lambda x, w: F.pad(x[None], (1, 2), "circular"),
    "part of a tensor written": lambda x, w: [y := x * w, y[0].add_(w[0])][0],
    "a view written": lambda x, w: (x * 1)[0:1].mul_(w[0]),
    "written over": lambda x, w: (x * 1).mul_(w),
    "written over by itself": lambda x, w: (x * 1).mul_(x).lerp_(w, x),
    "written over by its sine": lambda x, w: (x * w).sin_(),
    "quantile of two": lambda x, w: x.quantile(0.3, dim=1),
    "as_strided": lambda x, w: x.as_strided((2, 1, 2), (3, 7, 1), 1),
    "as_strided over itself": lambda x, w: x.as_strided((3, 2), (1, 1), 1),
    "as_strided expanded": lambda x, w: (x * 1).as_strided((3, 2), (0, 1), 1),
    "distances from nothing": lambda x, w: torch.cdist(x[:0][None], w, p=1),
    "multi_dot": lambda x, w: torch.linalg.multi_dot([x, w.t(), x, w.t()]),
    "multi_dot of three alike": lambda x, w: torch.linalg.multi_dot([x[:, :2], w[:, :2], x[:, :2]]),
    "movedim of no dimension": lambda x, w: x[0, 0].movedim([], []),
    "tensordot of all": lambda x, w: torch.tensordot(x[None], w[None], [[1, 2], [1, 2]]),
    "solve for vectors": lambda x, w: torch.linalg.solve(torch.eye(4).expand(2, 4, 4) * x[:, None], w),
    "prelu of turned slopes": lambda x, w: F.prelu(x, w[1, ::2].repeat(2)[::1][:4:1]),
    "renorm of float32": lambda x, w: x.renorm(2, 0, 0.5),
    "index_add_": lambda x, w: (x * 1).index_add_(0, torch.tensor([0]), w[:1]),
    "the least alone": lambda x, w: torch.aminmax(x)[0],
    "matrix_exp": lambda x, w: torch.matrix_exp(x @ w.t()),
    "aminmax of a number": lambda x, w: [both := x[0, 0].aminmax(dim=0), both[0] * both[1]][1],
}
LEAF = [[0.3, 0.5, 0.7, 0.2], [0.9, 0.4, 0.1, 0.6]]


@pytest.mark.parametrize("name", TAKEN)
def test_a_node_takes_a_gradient_for_each_result_that_has_one(name):
    call, arriving = TAKEN[name]
    seen = []
    made = call(torch.tensor(LEAF, requires_grad=True))
    made.grad_fn.register_hook(lambda _, after: seen.append([each is None for each in after]))
    made.sum().backward()
    assert seen == [arriving]


@pytest.mark.parametrize("name", SECOND)
def test_a_derivative_is_made_of_pytorchs_nodes(name):
    call, names = SECOND[name]
    x = torch.tensor(LEAF, requires_grad=True)
    g = torch.ones((), requires_grad=True)
    (first,) = torch.autograd.grad(call(x).sum(), x, g, create_graph=True)
    node, found = first.grad_fn, []
    while node is not None and len(found) < len(names):
        found.append(node.name())
        node = node.next_functions[0][0]
    assert found == names


def shape_of(node):
    """The graph behind a node, without the places of results."""
    return re.sub(r"#\d+", "", walked(node, {}))


def second_order(torch, call):
    x, w = (torch.tensor(rows, requires_grad=True) for rows in (LEAF, [[0.5, 0.8, 0.2, 0.9], [0.1, 0.3, 0.6, 0.4]]))
    y = call(x, w)
    seed = torch.ones_like(y, requires_grad=True)
    found = torch.autograd.grad(y, (x, w), seed, create_graph=True, allow_unused=True)
    return [None if each is None else shape_of(each.grad_fn) for each in found]


@pytest.mark.parametrize("name", WHOLE)
def test_the_graph_of_a_derivative_is_pytorchs(name):
    assert second_order(torch, WHOLE[name]) == STORED[name]


def test_the_powers_of_a_line_are_written_into_their_places():
    x = torch.tensor(LEAF[0], requires_grad=True)
    slices = "torch::autograd::CopySlices"
    first = f"{slices}(- UnsqueezeBackward0(.))"
    assert shape_of(torch.vander(x).grad_fn) == f"FlipBackward0({slices}({first} CumprodBackward0(SliceBackward0(=2))))"


def test_a_vector_times_a_matrix_was_written_once():
    made = torch.ones(2) @ torch.ones(2, 3, requires_grad=True)
    assert (made._version, made.grad_fn.name()) == (1, "SqueezeBackward4")


def test_one_number_fills_an_expanded_view_of_any_layout():
    view = torch.arange(6.0).reshape(3, 2).t().clone().expand(2, 2, 3)
    view.fill_(3)
    detached = torch.ones(3).expand(2, 3).detach()
    detached[0] = 1.5
    assert view.sum().item() == 36 and detached.tolist() == [[1.5] * 3] * 2


def test_a_skipped_empty_tensor_decides_the_dtype_of_cat_all_the_same():
    assert torch.cat([torch.ones(2, 3), torch.ones(0, dtype=torch.float64)]).dtype is torch.float64


def test_the_derivative_of_a_product_with_a_number_keeps_its_dtype():
    x = torch.ones(2, requires_grad=True)
    y = x * 1.5
    (first,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
    assert (first.dtype, first.grad_fn.name()) == (torch.float32, "MulBackward0")


def test_gather_keeps_what_it_gathered_from_and_a_bias_is_added_in_place():
    x = torch.ones(2, 3, requires_grad=True) * 2
    taken = x.gather(1, torch.tensor([[0], [2]]))
    x.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        taken.sum().backward()
    turned = torch.ones(2, 3, 2).transpose(1, 2)
    assert F.linear(turned, torch.ones(4, 3), torch.ones(4))._version == 1
