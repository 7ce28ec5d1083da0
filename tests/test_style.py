"""Formatting, lint and types of the Python code."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "format", "--check", "--quiet", "--diff", "."],
        ["ruff", "check", "--no-cache", "--quiet", "."],
        ["mypy"],
    ],
    ids=["ruff format", "ruff check", "mypy"],
)
def test_finds_nothing(command: list[str]):
    finished = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert finished.returncode == 0, finished.stdout + finished.stderr
