"""The cells of a course, chapter by chapter, and what PyTorch prints in each: `book/*.txt` beside `book.json`.

Run this file with a Python that has torch to store the answers: `python tests/program/book.py > tests/fixtures/book.json`.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
CELL = re.compile(r"^# %% (.+)\n", re.MULTILINE)


def chapters(folder: Path = FIXTURES / "book") -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each chapter by its name, with the names and texts of its cells in order."""
    for path in sorted(folder.glob("*.txt")):
        parts = CELL.split(path.read_text("utf-8"))[1:]
        yield path.stem, list(zip(parts[::2], parts[1::2], strict=True))


def seeded(place: int, text: str) -> str:
    """A cell as it is run: after a seed of its own, so that no cell hangs on the draws of those before."""
    return f"import torch\ntorch.manual_seed({place})\n{text}"


def answers(cells: list[tuple[str, str]]) -> Iterator[str]:
    """What each cell of a chapter prints in a notebook's one namespace, with the torch that can be imported here."""
    space: dict[str, object] = {"__name__": "__main__"}
    for place, (name, text) in enumerate(cells):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(seeded(place, text), name, "exec"), space)  # noqa: S102
        yield printed.getvalue()


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES / "book"
    stored = {name: list(answers(cells)) for name, cells in chapters(folder)}
    json.dump({"source": f"PyTorch {torch.__version__}", "printed": stored}, sys.stdout, indent=1, ensure_ascii=False)
    print()
