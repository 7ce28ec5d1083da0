"""Which dtype two operands give is what PyTorch 2.13 gave, for every pair of dtypes and each way to hold a number."""

import itertools
import json

import pytest

import engine
from engine import names
from tests.engine.promotion_cases import DEFAULTS, FIXTURE, OPERATIONS, PAIRS, table

STORED = json.loads(FIXTURE.read_text(encoding="utf-8"))


class Reached:
    """The engine under the names that programs reach it by."""

    Tensor = engine.Tensor

    def __getattr__(self, name):
        return names.TORCH[name]


@pytest.mark.parametrize(("default", "name"), list(itertools.product(DEFAULTS, OPERATIONS)))
def test_two_operands_give_the_dtype_that_pytorch_gives(default, name):
    found = table(Reached(), name, default)
    wanted = [STORED["words"][place] for place in STORED["answers"][f"{name} {default}"]]
    wrong = [(pair, one, two) for pair, one, two in zip(PAIRS, found, wanted, strict=True) if one != two]
    assert not wrong, wrong[:5]
