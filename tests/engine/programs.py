"""Short PyTorch programs and what PyTorch says to them: `programs.txt` beside the stored answers.

Run this file with a Python that has torch to store the answers: `python tests/engine/programs.py > tests/fixtures/programs.json`.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def programs() -> Iterator[tuple[str, str]]:
    """Each program by its name: the texts between the lines that begin with `### `."""
    for part in (FIXTURES / "programs.txt").read_text("utf-8").split("### ")[1:]:
        name, _, source = part.partition("\n")
        yield name.strip(), source.strip() + "\n"


def answer(source: str, torch: Any) -> dict[str, Any]:
    """What the program prints, warns of and fails with, given this `torch`."""
    printed = io.StringIO()
    error = None
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(source, "program", "exec"), {"torch": torch, "F": torch.nn.functional, "__name__": "program"})  # noqa: S102
        except Exception as raised:  # noqa: BLE001 - whatever is raised is the answer
            error = [type(raised).__name__, str(raised)]
    said = [
        [warning.category.__name__, str(warning.message).partition(" (Triggered")[0].partition("\n  ")[0].rstrip()]
        for warning in caught
    ]
    return {"printed": printed.getvalue(), "error": error, "warnings": said}


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    stored = {name: answer(source, torch) for name, source in programs()}
    json.dump({"source": f"PyTorch {torch.__version__} on programs.txt", "answers": stored}, sys.stdout, indent=0)
    print()
