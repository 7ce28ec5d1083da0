"""After the same seed, the draws are PyTorch's: those of the generator itself, and those that programs write."""

import json
from pathlib import Path

import numpy as np
import pytest

import engine as torch
from engine.random import Generator
from tests.engine import random_cases as cases

STORED = json.loads(cases.FIXTURE.read_text(encoding="utf-8"))
CLOSE = {"torch.float16": 2e-3, "torch.float32": 2e-6, "torch.float64": 1e-12}
CASES = json.loads((Path(__file__).parents[1] / "fixtures" / "random.json").read_text())["cases"]


def draw(generator, name, arguments):
    match name:
        case "rand" | "randn":
            shape, dtype = arguments
            return {"rand": generator.rand, "randn": generator.randn}[name](shape, np.dtype(dtype))
        case "uniform":
            low, high, shape, dtype = arguments
            return generator.uniform(low, high, shape, np.dtype(dtype))
        case "randint":
            return generator.randint(*arguments)
        case "randperm":
            return generator.randperm(*arguments)
        case "bernoulli":
            return generator.bernoulli(*arguments)
    raise AssertionError(f"no such draw: {name}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"seed {case['seed']}")
def test_draws_after_a_seed_are_pytorchs(case):
    generator = Generator(case["seed"])
    for name, arguments, expected in case["draws"]:
        drawn = draw(generator, name, arguments)
        tolerance = 1e-6 if name == "randn" and drawn.dtype == np.float32 else 1e-14 if name == "randn" else 0
        np.testing.assert_allclose(drawn, np.array(expected, drawn.dtype), rtol=tolerance, atol=tolerance, err_msg=name)
        assert drawn.shape == np.shape(expected)


def test_a_seed_forgets_the_kept_half_of_a_normal_pair():
    generator = Generator(7)
    first = generator.randn((1,))
    generator.manual_seed(7)
    assert generator.randn((1,)) == first


def test_an_empty_range_is_refused():
    with pytest.raises(ValueError, match="from=3 >= to=3"):
        Generator(0).randint(3, 3, (1,))


def numbers(row):
    return [float(number) for number in row]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "case", STORED["draws"], ids=lambda case: f"{case['expression']} {case['dtype']} {case['seed']}"
)
def test_an_expression_draws_what_pytorch_draws(case):
    found = cases.drawn(torch, case["expression"], case["seed"], case["dtype"])
    assert (found["of"], found["shape"]) == (case["of"], case["shape"])
    close = CLOSE.get(case["of"], 0)
    np.testing.assert_allclose(numbers(found["numbers"]), numbers(case["numbers"]), rtol=3 * close, atol=close)
    np.testing.assert_allclose(numbers(found["next"]), numbers(case["next"]), rtol=1e-5)


@pytest.mark.parametrize(("expression", "words"), STORED["mistakes"].items(), ids=str)
def test_a_draw_that_cannot_be_is_refused_in_pytorchs_words(expression, words):
    assert words != "no error" and cases.mistaken(torch, expression) == words


def test_the_table_of_draws_is_the_one_that_was_stored():
    assert {case["expression"] for case in STORED["draws"]} == set(cases.CASES)
    assert list(STORED["mistakes"]) == cases.MISTAKES


def test_a_forked_stream_leaves_the_program_where_it_was():
    fork = torch.ops.FUNCTIONS["random.fork_rng"]
    torch.manual_seed(3)
    expected = torch.rand(2).tolist()
    torch.manual_seed(3)
    with fork():
        torch.randn(7)
        torch.manual_seed(1)
    assert torch.rand(2).tolist() == expected
    with fork(enabled=False):
        torch.manual_seed(3)
    assert torch.rand(2).tolist() == expected


def test_a_tracked_value_that_is_drawn_over_sends_zero_back():
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    y.normal_()
    assert y.grad_fn.name() == "NormalBackward0"
    y.sum().backward()
    assert x.grad.tolist() == [0, 0, 0]
