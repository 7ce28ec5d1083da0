"""Every expression and every mistake of the op fixtures, typed as a program: PyTorch's text and words, and never more than was told before."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import grad_mode, random, recording
from engine.program import sizes
from engine.program.evaluate import Interpreter
from engine.program.failures import ProgramError
from engine.program.limits import LIMITS, Meter
from engine.program.parse import parse
from engine.program.values import HostFunction
from engine.recorder import Recorder
from engine.tensor import Tensor

FIXTURES = Path(__file__).parents[1] / "fixtures"
CASES = [case for case in json.loads((FIXTURES / "ops.json").read_text(encoding="utf-8")) if "text" in case]
MISTAKES = [
    case
    for case in json.loads((FIXTURES / "errors.json").read_text(encoding="utf-8"))
    if "import copy" not in case["program"]
]

GIVEN = "import torch\nimport torch.nn.functional as F\nD = torch.float32\n" + (FIXTURES / "operands.txt").read_text(
    encoding="utf-8"
)


class Bounded(Interpreter):
    """An interpreter that compares every result with the bound it was given beforehand."""

    def call_host(self, function: HostFunction, given: list[Any], keywords: dict[str, Any]) -> Any:
        values = [*function.bound, *given]
        bound = sizes.of_call(function.name, values, keywords)
        result = super().call_host(function, given, keywords)
        rows = result if isinstance(result, (tuple, list)) else [result]
        for row in rows:
            if type(row) is Tensor and row.grad_fn is not None:
                assert row.numel() <= bound, (function.name, row.shape, bound)
        return result


def interpret(source: str) -> Interpreter:
    recorder = Recorder()
    interpreter = Bounded(parse(source), recorder, Meter(LIMITS, recorder.settle), lambda: 1)
    before = recording.active, random.default, grad_mode.enabled
    recording.active, random.default = recorder, random.Generator(0)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            interpreter.run()
        recorder.flush()
    finally:
        recording.active, random.default, grad_mode.enabled = before
    return interpreter


@pytest.mark.parametrize("case", CASES, ids=[case["expression"] for case in CASES])
def test_an_expression_typed_in_a_program_has_the_text_of_pytorch(case: dict[str, Any]) -> None:
    interpreter = interpret(f"{GIVEN}result = {case['expression']}")
    assert repr(interpreter.top.names["result"]) == case["text"]


@pytest.mark.parametrize("case", MISTAKES, ids=[case["program"] for case in MISTAKES])
def test_a_mistake_in_a_program_has_the_class_and_words_of_pytorch(case: dict[str, Any]) -> None:
    prelude = "import torch\nfrom torch import autograd, tensor, ones\nimport torch.nn.functional as F\n"
    prelude += "x = torch.tensor([1.0, 2.0], requires_grad=True)\n"
    said = "no error"
    try:
        interpret(prelude + case["program"])
    except ProgramError as error:
        said = f"{error.kind}: {error.text}"
    assert said == case["raises"]
