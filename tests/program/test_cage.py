"""Our own code walked as a tree: no path by which a program's text could reach the host."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import engine
from engine.program.evaluate import Interpreter
from engine.program.failures import ProgramError
from engine.program.gate import NESTING
from engine.program.limits import LIMITS, Meter, nothing
from engine.program.parse import parse
from engine.recorder import Recorder

ENGINE = Path(engine.__file__).parent
FILES = sorted(ENGINE.rglob("*.py"))
CALLS = {
    "eval",
    "exec",
    "compile",
    "getattr",
    "setattr",
    "delattr",
    "hasattr",
    "vars",
    "globals",
    "locals",
    "__import__",
    "open",
}
MODULES = {"pickle", "importlib", "subprocess", "socket", "ctypes", "os", "shelve", "marshal", "runpy", "code"}

ALLOWED = {
    ("math.py", "vars"),  # the functions of `math` by their names, once, at import
    ("notation.py", "compile"),  # the formulas of the op rows, our own text, once, at import
    ("takeaway.py", "importlib"),  # who makes files of a trace, asked by `Trace` alone, out of a program's reach
    ("record.py", "open"),  # `Trace.save`, out of a program's reach
}


def uses(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            found.add(node.func.id)
        elif isinstance(node, ast.Name) and node.id in CALLS and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module.partition(".")[0]} & MODULES
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_engine_has_no_call_that_could_reach_the_host(path: Path) -> None:
    assert {use for use in uses(path) if (path.name, use) not in ALLOWED} == set()


def test_the_walk_would_see_such_a_call(tmp_path: Path) -> None:
    file = tmp_path / "bad.py"
    file.write_text("import os\nvalue = getattr(os, 'system')\nrun = eval\n")
    assert uses(file) == {"os", "getattr", "eval"}


def test_the_interpreter_never_asks_a_host_object_for_an_attribute_by_a_programs_name() -> None:
    for path in FILES:
        if path.parent.name == "program":
            text = path.read_text(encoding="utf-8")
            assert "__getattribute__" not in text
            assert "attrgetter" not in text
            assert "methodcaller" not in text


def test_what_the_language_has_no_name_for_passes_neither_gate() -> None:
    machine = Interpreter(parse("1"), Recorder(), Meter(LIMITS, nothing), lambda: 0)
    deep: list[object] = []
    for _ in range(NESTING + 2):
        deep = [deep]
    for gate, value in ((machine.admitted, object()), (machine.outward, object()), (machine.outward, deep)):
        with pytest.raises(ProgramError):
            gate(value)
    for error in (RuntimeError("<function at> object at 0x7f00"), BufferError("ours"), AssertionError()):
        assert machine.translated(error) is error
