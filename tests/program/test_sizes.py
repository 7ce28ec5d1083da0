"""The size of a result is told before the operation, and never told too small."""

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine as torch
from engine.program import sizes

x = torch.arange(6.0).reshape(2, 3)
y = torch.arange(12.0).reshape(4, 3)
v = torch.arange(5.0)
n = torch.tensor([0, 3, 1])
picture = torch.ones(2, 3, 8, 9)
CALLS = [
    ("einsum", "einsum", ("ij,kj->ik", x, y), {}),
    ("einsum", "einsum", ("ij,kl->ijkl", x, y), {}),
    ("einsum", "einsum", ("...j,kj", x, y), {}),
    ("einsum", "einsum", ("i,j,k->", v, v, v), {}),
    ("tensordot", "tensordot", (x, y), {"dims": 0}),
    ("kron", "kron", (x, y), {}),
    ("inner", "inner", (x, y), {}),
    ("pad", "nn.functional.pad", (x, (1, 2, 3, 4)), {}),
    ("pad", "nn.functional.pad", (x, (1, -2)), {"value": 1.0}),
    ("FloatTensor", "FloatTensor", (3, 40), {}),
    ("FloatTensor", "FloatTensor", (x.shape,), {}),
    ("FloatTensor", "FloatTensor", ([[1, 2], [3, 4]],), {}),
    ("FloatTensor", "FloatTensor", (), {"size": (5, 6)}),
    ("LongTensor", "LongTensor", (n,), {}),
    ("diag", "diag", (v, 2), {}),
    ("diag", "diag", (x,), {}),
    ("diag_embed", "diag_embed", (x,), {"offset": -3}),
    ("diagflat", "diagflat", (x, 1), {}),
    ("meshgrid", "meshgrid", (v, v, v[:3]), {}),
    ("cartesian_prod", "cartesian_prod", (v, v), {}),
    ("combinations", "combinations", (v,), {"r": 3}),
    ("repeat_interleave", "repeat_interleave", (x, 4), {}),
    ("repeat_interleave", "repeat_interleave", (n, torch.tensor([1, 5, 0])), {}),
    ("bincount", "bincount", (n,), {"minlength": 9}),
    ("histc", "histc", (v, 7), {}),
    ("tril_indices", "tril_indices", (3, 4), {}),
    ("logspace", "logspace", (0, 2, 30), {}),
    ("column_stack", "column_stack", ([x, x],), {}),
    ("nonzero", "nonzero", (y,), {}),
    ("scatter_add", "scatter_add", (x, 1, torch.tensor([[0, 0]]), x), {}),
    ("take", "take", (x, torch.tensor([0] * 20)), {}),
    ("take_along_dim", "take_along_dim", (x, torch.tensor([[0, 1, 2, 0]]), 1), {}),
    ("conv2d", "nn.functional.conv2d", (picture, torch.ones(40, 3, 3, 3)), {"padding": 1}),
    ("conv2d", "nn.functional.conv2d", (picture, torch.ones(1, 3, 1, 1)), {"padding": 3}),
    ("conv_transpose2d", "nn.functional.conv_transpose2d", (picture, torch.ones(3, 20, 2, 2)), {"stride": 3}),
    ("batch_norm", "nn.functional.batch_norm", (picture, None, None), {"training": True}),
    ("max_pool2d", "nn.functional.max_pool2d", (picture, (3, 2)), {"stride": 1, "padding": 1, "return_indices": True}),
    ("max_pool1d", "nn.functional.max_pool1d", (picture[0], 3), {"stride": 1, "return_indices": True}),
    ("avg_pool2d", "nn.functional.avg_pool2d", (picture, 4, 1, 2), {}),
    ("avg_pool1d", "nn.functional.avg_pool1d", (picture[0], 2), {"padding": 1, "ceil_mode": True}),
    ("adaptive_avg_pool2d", "nn.functional.adaptive_avg_pool2d", (picture, (40, None)), {}),
    ("adaptive_avg_pool1d", "nn.functional.adaptive_avg_pool1d", (picture[0], 100), {}),
    ("masked_select", "masked_select", (x, torch.ones(4, 2, 3) > 0), {}),
]


def elements(result):
    return sum(each.numel() for each in result) if isinstance(result, tuple) else result.numel()


@pytest.mark.parametrize(
    ("name", "path", "given", "named"), CALLS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_result_has_no_more_elements_than_were_told(name, path, given, named):
    function = torch
    for part in path.split("."):
        function = getattr(function, part)
    assert sizes.of_call(name, list(given), named) >= elements(function(*given, **named))


def test_a_huge_einsum_is_told_before_it_is_made():
    wide = torch.ones(1000)
    assert sizes.of_call("einsum", ["i,j,k->ijk", wide, wide, wide], {}) >= 10**9


def test_an_assertion_of_pytorch_is_told_in_its_words():
    last = list(torch.run.run("import torch\ntorch.nn.MultiheadAttention(3, 2)"))[-1]
    assert (last.error, last.message) == ("AssertionError", "embed_dim must be divisible by num_heads")


def test_parameters_of_many_shapes_are_not_multiplied():
    shapes = [torch.ones(16, 6, 5, 5), torch.ones(10, 400), torch.ones(6), torch.ones(16)]
    assert sizes.of_call("optim.SGD", [shapes], {"lr": 0.1}) == 4000
    assert sizes.of_call("nn.utils.clip_grad_norm_", [shapes, 1.0], {}) == 4000


shapes = st.lists(st.integers(0, 5), max_size=3).map(tuple)


@given(shapes, shapes)
@settings(max_examples=200, deadline=None)
def test_the_bound_on_operators_is_never_below_the_result(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    a, b = torch.ones(*left) if left else torch.tensor(1.0), torch.ones(*right) if right else torch.tensor(1.0)
    for combine, kind in ((lambda: a + b, ast.Add), (lambda: a @ b, ast.MatMult)):
        try:
            made = combine()
        except RuntimeError:
            continue
        assert made.numel() <= sizes.of_operator(kind, a, b)


INDEX = st.one_of(
    st.integers(-3, 3),
    st.builds(slice, *[st.none() | st.integers(-4, 4)] * 2),
    st.none(),
    st.just(...),
    st.just([0, 0, 1]),
)


@given(shapes, st.lists(INDEX, min_size=1, max_size=3).map(tuple))
@settings(max_examples=300, deadline=None)
def test_the_bound_on_an_index_is_never_below_the_result(shape: tuple[int, ...], index: tuple[Any, ...]) -> None:
    tensor = torch.ones(*shape) if shape else torch.tensor(1.0)
    try:
        made = tensor[index]
    except (IndexError, RuntimeError, TypeError, ValueError):
        return
    assert made.numel() <= sizes.of_index(tensor, index)
