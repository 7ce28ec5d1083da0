"""Activations, dropouts and losses as modules: text, node, value, gradient and second derivative are PyTorch's."""

import json

import numpy as np
import pytest

import engine as torch
from engine import nn
from tests.engine import bend_cases as cases

STORED = json.loads(cases.FIXTURE.read_text(encoding="utf-8"))
STANDING = {layer.__name__ for layer in nn.LAYERS}
CLOSE = {"float32": 2e-5, "float64": 1e-9}


def of(case):
    return case["case"].partition("(")[0]


def same(found, wanted, close):
    if wanted is None:
        assert found is None or not np.any([float(value) for value in found])
        return
    found = [0.0] * len(wanted) if found is None else found
    np.testing.assert_allclose(
        [float(value) for value in found], [float(value) for value in wanted], rtol=close, atol=close
    )


@pytest.mark.parametrize(
    "case", [case for case in STORED if of(case) in STANDING], ids=lambda case: f"{case['case']} {case['dtype']}"
)
def test_a_module_bends_as_pytorchs(case):
    found, close = cases.bent(torch, case["case"], case["dtype"]), CLOSE[case["dtype"]]
    assert found["text"] == case["text"]
    if case["case"] not in cases.IN_PLACE and case["case"] not in cases.LOSSES:
        assert found["node"] == case["node"]
    for key in ("result", "first", "second"):
        same(found[key], case[key], close * (20 if key == "second" and close > 1e-6 else 1))


def test_the_table_of_bends_is_the_one_that_was_stored():
    assert list(dict.fromkeys(case["case"] for case in STORED)) == cases.CASES
