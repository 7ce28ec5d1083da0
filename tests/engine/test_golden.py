"""Golden traces: the same source, seed and schema give the same bytes."""

from pathlib import Path

import pytest

from tests.engine.golden import PROGRAMS, trace_of


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_gives_its_golden_trace(program: Path):
    """Where the change is meant: `python -m tests.engine.golden`, and read the difference."""
    assert trace_of(program) == program.with_suffix(".jsonl").read_bytes()
