"""Modules, optimizers, data sets and the tools of autograd print in a program what they print in PyTorch, warnings and errors too."""

import json

import pytest

from tests.agreement import close, in_gradlight
from tests.program.parity import FOLDER, PARTS, programs

CASES = [(part, name, source) for part in PARTS for name, source in programs(part)]
STORED = {part: json.loads((FOLDER / f"{part}.json").read_text("utf-8")) for part in PARTS}

# A program that still differs, and why: an entry must go as soon as its program agrees.
WAITING: dict[str, str] = {
    "nn.ParameterList([1.0, 'a']); print('ok')": "holds parameters alone",
}


# The rules of the specification by family: how many there are of each.
RULES = {
    "A": 9,
    "B": 10,
    "C": 7,
    "D": 8,
    "E": 11,
    "F": 7,
    "G": 7,
    "H": 12,
    "I": 9,
    "J": 6,
    "K": 9,
    "L": 6,
    "M": 18,
    "N": 5,
    "O": 12,
    "P": 5,
}


def test_every_rule_has_a_program():
    told = [name.split()[0] for part, name, _ in CASES if part == "rules"]
    assert told == [f"{family}{number}" for family, count in RULES.items() for number in range(1, count + 1)] + ["Q"]


def test_every_program_has_an_answer():
    assert [(part, name) for part, name, _ in CASES] == [(part, name) for part in PARTS for name in STORED[part]]
    assert WAITING.keys() <= {name for _, name, _ in CASES}


@pytest.mark.parametrize(("part", "name", "source"), CASES, ids=[f"{part}: {name}" for part, name, _ in CASES])
def test_a_program_prints_what_it_prints_in_pytorch(part, name, source):
    ours, theirs = in_gradlight(source), STORED[part][name]
    agrees = ours["error"] == theirs["error"] and close(ours["printed"], theirs["printed"])
    if name in WAITING:
        assert not agrees, "this program agrees now: take it out of WAITING"
        return
    assert ours["error"] == theirs["error"], source
    if not agrees:
        assert ours["printed"] == theirs["printed"], source
