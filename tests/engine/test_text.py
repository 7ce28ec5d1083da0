"""A tensor prints as PyTorch prints it, to the character."""

import json
from pathlib import Path

import numpy as np
import pytest

import engine as torch
from engine.text import PROFILES, PrintOptions, tensor_text
from tests.engine import text_cases as drawn

CASES = json.loads((Path(__file__).parents[1] / "fixtures" / "text.json").read_text())["cases"]


def array(case):
    if "step" in case:
        numbers = np.arange(np.prod(case["shape"])) * case["step"]
    else:
        numbers = np.array([float(number) for number in case["data"]] if "float" in case["dtype"] else case["data"])
    return numbers.astype(case["dtype"]).reshape(case["shape"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['dtype']}{case['shape']}")
def test_text_is_pytorchs(case):
    text = tensor_text(array(case), case["dtype"], requires_grad=case["requires_grad"], grad_fn=case["grad_fn"])
    assert text == case["text"]


OPTIONS = [
    (PrintOptions(precision=2), "tensor([1.23, 0.50])"),
    (PrintOptions(sci_mode=True), "tensor([1.2346e+00, 5.0000e-01])"),
    (PROFILES["short"], "tensor([1.23, 0.50])"),
    (PrintOptions(threshold=1, edgeitems=1), "tensor([1.2346, 0.5000])"),
    (PrintOptions(linewidth=16), "tensor([1.2346,\n        0.5000])"),
]


@pytest.mark.parametrize(("options", "expected"), OPTIONS)
def test_print_options_change_the_text(options, expected):
    assert tensor_text(np.array([1.23456, 0.5], np.float32), "float32", options=options) == expected


def test_the_default_dtype_is_not_named():
    number = np.float64(1.5)
    assert tensor_text(number, "float64") == "tensor(1.5000, dtype=torch.float64)"
    assert tensor_text(number, "float64", default_dtype="float64") == "tensor(1.5000)"


STORED = json.loads(drawn.FIXTURE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("case", "text"), list(zip(drawn.cases(), STORED, strict=True)), ids=lambda each: "")
def test_a_drawn_tensor_has_pytorchs_text_under_pytorchs_options(case, text):
    assert drawn.told(torch, *case) == text


def test_options_that_are_not_told_stay_but_the_mode_is_chosen_anew():
    try:
        torch.set_printoptions(precision=2, sci_mode=True)
        assert repr(torch.tensor([1.23456])) == "tensor([1.23e+00])"
        torch.set_printoptions(linewidth=70)
        assert repr(torch.tensor([1.23456])) == "tensor([1.23])"
        assert torch.get_printoptions()["linewidth"] == 70
    finally:
        torch.set_printoptions(profile="default")


def test_a_precision_that_no_number_has_is_refused():
    with pytest.raises(ValueError, match="precision"):
        torch.set_printoptions(precision=10**9)
