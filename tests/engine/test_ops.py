# ruff: noqa: S307 -- the programs are the texts of our own fixtures
"""Every row of the op table: its derivative against finite differences, its second derivative, and PyTorch 2.13's own answers."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

import engine as torch
from engine import dtypes
from engine.application import apply
from engine.kernels import VOCABULARY
from engine.notation import Formula
from engine.ops import OPS
from engine.tensor import Tensor
from tests.engine.expressions import graph, said, scope, weight_of

FIXTURES = Path(__file__).parents[1] / "fixtures"
CASES = json.loads((FIXTURES / "ops.json").read_text(encoding="utf-8"))
ERRORS = json.loads((FIXTURES / "errors.json").read_text(encoding="utf-8"))
STEP = 1e-6
ROWS = sorted(OPS.values(), key=lambda op: op.name)
SAMPLES = [(op, place) for op in ROWS for place in range(len(op.samples))]
PATHWISE = {"dirichlet", "gamma"}
"""What moves is the draw itself: parity programs hold its slopes to those of PyTorch, region by region."""

UNDERIVABLE = {
    "dirichlet_backward",
    "gamma_backward",
    "cdist_backward",
    "ctc_loss_backward",
    "embedding_bag_backward",
    "embedding_bag_share",
    "floor_divide",
    "grid_sampler_twice",
    "hardsigmoid_backward",
    "heaviside",
    "multi_margin_loss_backward",
    "multilabel_margin_loss_backward",
    "pdist_backward",
    "remainder_base",
    "scaled_dot_product_attention_backward",
    "scatter_folded",
}
SECOND_DERIVATIVES_MISSING = {
    "hardsigmoid": "PyTorch has none either",
    "scaled_dot_product_attention": "PyTorch has none either",
    "cdist": "PyTorch has none either",
    "ctc_loss": "PyTorch has none either",
    "multi_margin_loss": "PyTorch has none either",
    "multilabel_margin_loss": "PyTorch has none either",
    "pdist": "PyTorch has none either",
    "embedding_bag": "PyTorch has none either",
    "grid_sampler_2d_backward": "the third derivative of grid_sample",
    "grid_sampler_3d_backward": "the third derivative of grid_sample",
    "dirichlet": "PyTorch has none either",
    "gamma": "PyTorch has none either",
    "prod_but_one": "the third derivative of prod",
}

# Their rules are of what a softmax was taken of.
NORMALISED = {"ctc_loss"}


def leaf(shape, op, random):
    low, high = op.domain
    values = random.uniform(low, high, shape)
    if low < 0:
        values = np.where(np.abs(values) < 0.05, 0.3, values)
    return Tensor(values[()] if not shape else values, True)


def operands(op, sample, random):
    """The inputs and settings of one sample: shapes become float64 leaves, lists become constants."""
    inputs, settings = sample[: len(op.inputs)], sample[len(op.inputs) :]
    if op.variadic:
        return [leaf(shape, op, random) for shape in inputs[0]], settings
    made = []
    for given in inputs:
        if isinstance(given, tuple):
            made.append(leaf(given, op, random))
        elif isinstance(given, list):
            made.append(Tensor(np.array(given)))
        else:
            made.append(given)
    return made, settings


def total(op, inputs, settings, weights):
    if op.name in NORMALISED:
        inputs = [torch.log_softmax(inputs[0], -1), *inputs[1:]]
    results = apply(op, inputs, settings)
    results = results if isinstance(results, tuple) else (results,)
    parts = [
        (result * weight).sum()
        for result, weight in zip(results, weights, strict=False)
        if result.requires_grad or op.slots
    ]
    return sum(parts[1:], parts[0])


def weights_of(op, inputs, settings, random):
    results = apply(op, inputs, settings)
    results = results if isinstance(results, tuple) else (results,)
    differentiable = results if op.many else results[:1]
    return [Tensor(random.uniform(0.5, 1.5, each.shape)) for each in differentiable]


def numerically(function, tensor):
    """Central differences of a number over every element of a leaf."""
    made = np.zeros(tensor.shape)
    for place in itertools.product(*map(range, tensor.shape)):
        kept = tensor._data
        ends = []
        for sign in (1, -1):
            moved = np.array(kept)
            moved[place] += sign * STEP
            tensor._data = moved[()] if not moved.shape else moved
            ends.append(function())
        tensor._data = kept
        made[place] = (ends[0] - ends[1]) / (2 * STEP)
    return made


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_a_row_has_samples_notes_and_a_symbol(op):
    assert op.samples, f"{op.name} has no samples, so its derivative would go unchecked"
    assert set(op.note) == {"en", "zh-CN"} and all(op.note.values())
    assert op.symbol


@pytest.mark.parametrize(("op", "place"), SAMPLES, ids=lambda value: value if isinstance(value, int) else value.name)
def test_a_rows_derivative_agrees_with_finite_differences(op, place):
    random = np.random.default_rng(place)
    inputs, settings = operands(op, op.samples[place], random)
    if not op.slots or op.name == "to_copy":
        assert op.slots or not apply(op, inputs, settings).requires_grad
        return
    weights = weights_of(op, inputs, settings, random)
    leaves = [each for each in inputs if isinstance(each, Tensor) and each.requires_grad]
    if op.name in UNDERIVABLE:
        with pytest.raises(RuntimeError, match=r"^(the )?derivative for "):
            torch.autograd.grad(total(op, inputs, settings, weights), leaves)
        return
    found = torch.autograd.grad(total(op, inputs, settings, weights), leaves, allow_unused=True, materialize_grads=True)
    if op.name in PATHWISE:
        assert all(gradient.numpy().all() for gradient in found)
        return
    for tensor, gradient in zip(leaves, found, strict=True):
        if op.name in ("threshold_backward", "nll_backward", "nll_backward2d") and tensor is inputs[1]:
            continue
        with torch.no_grad():
            expected = numerically(lambda: total(op, inputs, settings, weights).item(), tensor)
        np.testing.assert_allclose(gradient.numpy(), expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("op", "place"), SAMPLES, ids=lambda value: value if isinstance(value, int) else value.name)
def test_a_rows_second_derivative_agrees_with_finite_differences(op, place):
    if not op.slots or op.name == "to_copy" or op.name in SECOND_DERIVATIVES_MISSING or op.name in UNDERIVABLE:
        assert op.name in UNDERIVABLE or op.name in SECOND_DERIVATIVES_MISSING or op.name == "to_copy" or not op.vjp
        return
    random = np.random.default_rng(place)
    inputs, settings = operands(op, op.samples[place], random)
    weights = weights_of(op, inputs, settings, random)
    leaves = [each for each in inputs if isinstance(each, Tensor) and each.requires_grad]
    mixes = [Tensor(random.uniform(0.5, 1.5, each.shape)) for each in leaves]

    def first():
        gradients = torch.autograd.grad(
            total(op, inputs, settings, weights), leaves, create_graph=True, allow_unused=True, materialize_grads=True
        )
        return sum(
            ((gradient * mix).sum() for gradient, mix in zip(gradients, mixes, strict=True)),
            torch.tensor(0.0, dtype=torch.float64),
        )

    slope = first()
    if not slope.requires_grad:
        expected = [numerically(lambda: first().item(), tensor) for tensor in leaves]
        assert all(np.allclose(each, 0, atol=1e-6) for each in expected)
        return
    found = torch.autograd.grad(slope, leaves, allow_unused=True, materialize_grads=True)
    for tensor, gradient in zip(leaves, found, strict=True):
        expected = numerically(lambda: first().item(), tensor)
        np.testing.assert_allclose(gradient.numpy(), expected, rtol=1e-4, atol=1e-6)


def test_a_corrupted_formula_is_caught_by_the_check():
    random = np.random.default_rng(0)
    wrong = Formula("g * self", ("g", "self", "other", "result", "self_shape", "other_shape")).bind(VOCABULARY)
    inputs = [leaf((3,), OPS["mul"], random), leaf((3,), OPS["mul"], random)]
    right = torch.autograd.grad((inputs[0] * inputs[1]).sum(), inputs[0])[0].numpy()
    spoilt = wrong(np.ones(3), inputs[0]._data, inputs[1]._data, None, (3,), (3,))
    assert not np.allclose(right, spoilt)


@pytest.mark.parametrize("text", ["g * othr", "nothing(g)", "g.data", "[g]", "g if"])
def test_a_misspelt_formula_fails_when_it_is_made(text):
    with pytest.raises((NameError, SyntaxError)):
        Formula(text, ("g", "self", "other")).bind(VOCABULARY)


def numbers(value):
    if isinstance(value, list):
        return [numbers(each) for each in value]
    return float(value) if isinstance(value, str) else value


WARNED = (
    "ignore:reduction:UserWarning",
    "ignore:Using padding='same':UserWarning",
    "ignore:The use of `x.T`:UserWarning",
    "ignore:Using torch.cross without:UserWarning",
)
"""What PyTorch warns of too."""


@pytest.mark.filterwarnings(*WARNED)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["expression"])
def test_an_expression_gives_pytorchs_value_graph_and_gradients(case):
    names = scope(torch, torch.float64)
    result = eval(case["expression"], names)
    if "shown" in case:
        assert repr(result) == case["shown"]
        return
    assert str(result.dtype) == case["dtype"]
    tolerance = 1e-6 if "randn" in case["expression"] else 1e-9
    np.testing.assert_allclose(result.tolist(), numbers(case["value"]), rtol=tolerance, atol=1e-12)
    assert (graph(result.grad_fn) if result.grad_fn is not None else None) == case["graph"]
    if "grads" in case:
        result.backward(weight_of(result, torch))
        written = {
            name: value.grad
            for name, value in names.items()
            if isinstance(value, Tensor) and value.is_leaf and value.grad is not None
        }
        assert set(written) == set(case["grads"])
        for name, wanted in case["grads"].items():
            np.testing.assert_allclose(written[name].tolist(), numbers(wanted), rtol=1e-9, atol=1e-12)


@pytest.mark.filterwarnings(*WARNED)
@pytest.mark.parametrize("case", [case for case in CASES if "second" in case], ids=lambda case: case["expression"])
def test_an_expression_gives_pytorchs_second_derivatives(case):
    names = scope(torch, torch.float64)
    result = eval(case["expression"], names)
    leaves = {
        name: value
        for name, value in names.items()
        if isinstance(value, Tensor) and value.requires_grad and value.is_leaf
    }
    weight = weight_of(result, torch)
    first = torch.autograd.grad((result * weight).sum(), list(leaves.values()), allow_unused=True, create_graph=True)
    parts = [(each * each).sum() for each in first if each is not None and each.requires_grad]
    second = torch.autograd.grad(sum(parts[1:], parts[0]), list(leaves.values()), allow_unused=True)
    found = {name: gradient for name, gradient in zip(leaves, second, strict=True) if gradient is not None}
    for name, wanted in case["second"].items():
        np.testing.assert_allclose(found[name].tolist(), numbers(wanted), rtol=1e-8, atol=1e-10)


@pytest.mark.filterwarnings(*WARNED)
@pytest.mark.parametrize("case", [case for case in CASES if "dtype32" in case], ids=lambda case: case["expression"])
def test_an_expression_has_pytorchs_dtype_and_text_in_float32(case):
    result = eval(case["expression"], scope(torch, torch.float32))
    assert str(result.dtype) == case["dtype32"]
    if "text" in case:
        assert repr(result) == case["text"]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case["program"])
def test_a_mistake_is_told_in_pytorchs_words(case):
    assert said(case["program"], torch) == case["raises"]


NOWHERE = json.loads((FIXTURES / "nondifferentiable.json").read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore:.*degrees of freedom:UserWarning")
@pytest.mark.parametrize("case", NOWHERE, ids=lambda case: case["expression"])
def test_the_gradient_where_there_is_no_derivative_is_pytorchs(case):
    x = torch.tensor(numbers(case["at"]), dtype=torch.float64, requires_grad=True)
    eval(case["expression"], {"torch": torch, "F": torch.nn.functional, "x": x}).sum().backward()
    np.testing.assert_allclose(x.grad.tolist(), numbers(case["gradient"]), rtol=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ("torch.ones(2)", "1.5", "float32"),
        ("torch.ones(2)", "torch.tensor(1., dtype=torch.float64)", "float32"),
        ("torch.ones(2, dtype=torch.float64)", "torch.ones(2)", "float64"),
        ("torch.tensor([1])", "1.5", "float32"),
        ("torch.tensor([1], dtype=torch.int32)", "torch.tensor([1])", "int64"),
        ("torch.tensor([True])", "1", "int64"),
        ("torch.tensor(1)", "torch.ones(2)", "float32"),
        ("torch.tensor([1])", "torch.tensor(1., dtype=torch.float64)", "float64"),
        ("torch.tensor([1], dtype=torch.uint8)", "torch.tensor([1], dtype=torch.int8)", "int16"),
        ("torch.ones(2, dtype=torch.float16)", "torch.ones(2)", "float32"),
    ],
)
def test_dtypes_are_promoted_by_category(first, second, result):
    names = {"torch": torch}
    for text in (f"({first}) * ({second})", f"({second}) * ({first})"):
        assert eval(text, names).dtype is dtypes.DTYPES[result]


def test_the_default_dtype_is_what_python_floats_give():
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.tensor(1.0).dtype is torch.float64
        assert torch.zeros(2).dtype is torch.float64
        assert (torch.tensor([1]) / 2).dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert math.pi == torch.pi
