"""A recorded trace outside the server: files from Python, and a notebook that is really run."""

import re
from pathlib import Path

import pytest

import engine as torch
import hatch_build
from engine import record

nbclient = pytest.importorskip("nbclient", reason="the notebook client is not installed")
nbformat = pytest.importorskip("nbformat", reason="the notebook format is not installed")
ROOT = Path(__file__).resolve().parents[2]
CELL = """import engine as torch
from engine import record
with record() as trace:
    x = torch.tensor(3.0, requires_grad=True)
    (x * x).backward()
trace"""


@pytest.fixture(scope="module", autouse=True)
def player() -> None:
    hatch_build.make_player()


def recorded() -> record.Trace:
    with record() as trace:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()
    return trace


def test_a_trace_becomes_a_file_of_any_format(tmp_path: Path):
    trace = recorded()
    trace.html(tmp_path / "x.html", title="x²")
    assert "<title>x²</title>" in (tmp_path / "x.html").read_text(encoding="utf-8")
    trace.export(tmp_path / "x.tex", theme="dark", show="shapes,gradients")
    assert "0D1117" in (tmp_path / "x.tex").read_text(encoding="utf-8")
    trace.export(tmp_path / "x.dot", at=1)
    with pytest.raises(ValueError, match="expected one of"):
        trace.export(tmp_path / "x.bmp")
    with pytest.raises(ValueError, match="theme takes light, dark, projector, not 'pink'"):
        trace.export(tmp_path / "x.dot", theme="pink")
    with pytest.raises(ValueError, match="between 0 and"):
        trace.export(tmp_path / "y.dot", at=999)


def test_a_trace_is_shown_as_the_player_over_a_picture():
    shown = recorded()._repr_mimebundle_()
    assert re.search(r'<iframe [^>]*sandbox="allow-scripts"[^>]* srcdoc="&lt;!doctype html&gt;', shown["text/html"])
    assert "data:image/svg+xml;base64," in shown["text/html"]
    assert "grad 6.0" in shown["image/svg+xml"]
    assert "tensors" in shown["text/plain"]


def test_a_notebook_shows_the_player(tmp_path: Path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(ROOT)}}).execute()
    data = notebook.cells[0].outputs[0].data
    assert set(data) >= {"text/html", "image/svg+xml", "text/plain"}
    assert "srcdoc=" in data["text/html"]
