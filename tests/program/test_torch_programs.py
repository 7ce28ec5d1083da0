"""Tutorial programs print what PyTorch 2.13 printed (`torch_programs.json` holds its output)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.program.trace import printed

PROGRAMS = json.loads((Path(__file__).parent / "torch_programs.json").read_text())


@pytest.mark.parametrize("row", PROGRAMS, ids=[row["name"] for row in PROGRAMS])
def test_a_tutorial_program_prints_what_pytorch_prints(row: dict[str, str]) -> None:
    got = printed("import torch\n" + row["program"])
    assert got.splitlines() == row["printed"].splitlines()
