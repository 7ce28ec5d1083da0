"""Programs about one part of PyTorch each, and what PyTorch prints for them: `tests/fixtures/parity/*.txt` beside the stored answers.

Run this file with a Python that has torch to store the answers: `python -m tests.program.parity [NAME]`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "parity"
HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"


def programs(part: str) -> Iterator[tuple[str, str]]:
    """Each program of a part by its name: the texts between the lines that begin with `### `."""
    text = (FOLDER / f"{part}.txt").read_text("utf-8")
    for each in ("\n" + text).split("\n### ")[1:]:
        name, _, source = each.partition("\n")
        yield name.strip(), HEAD + source.strip() + "\n"


PARTS = sorted(path.stem for path in FOLDER.glob("*.txt"))

if __name__ == "__main__":
    from tests.agreement import in_torch

    wanted = sys.argv[1:] or PARTS
    folder = tempfile.TemporaryDirectory()
    os.chdir(folder.name)  # where what a program saves lies
    for part in wanted:
        answers = {name: in_torch(source, warn=True) for name, source in programs(part)}
        (FOLDER / f"{part}.json").write_text(json.dumps(answers, indent=0, ensure_ascii=False) + "\n", "utf-8")
