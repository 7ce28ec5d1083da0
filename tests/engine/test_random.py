"""After the same seed, the draws are PyTorch's."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.random import Generator

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
