"""The rules of ARCHITECTURE.md that a machine can hold: who may import whom, and what may not be called at all."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = sorted((ROOT / "engine").rglob("*.py"))
APP = sorted((ROOT / "app").rglob("*.py"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
LOCALES = ROOT / "static" / "locales"

# Each would let a program's text reach the host. (file, name) pairs that are allowed stand in ALLOWED, each with its reason.
FORBIDDEN = {
    "eval", "exec", "compile", "getattr", "setattr", "delattr", "hasattr", "vars", "globals", "locals", "__import__", "open",
}  # fmt: skip
FORBIDDEN_MODULES = {"importlib", "pickle", "marshal", "ctypes", "subprocess", "socket", "os", "builtins", "inspect"}
ALLOWED = {
    (
        "engine/function_class.py",
        "inspect",
    ): "the signature of a forward that Python code gives; the interpreter binds those of a program itself",
    ("engine/notation.py", "compile"): "the op rows' formulas, our own text, compiled once at import",
    ("engine/notation.py", "builtins"): "what C code imports by, when it raises an error inside a formula",
    (
        "engine/takeaway.py",
        "importlib.metadata",
    ): "the entry points of packages that make files of a trace, from `Trace` alone",
    ("engine/notation.py", "eval"): "the op rows' formulas, our own text, compiled once at import",
}
MARKUP = re.compile(
    r"\.(?:innerHTML|outerHTML|srcdoc)\b|\.insertAdjacentHTML\b|\bdocument\.write|\bcreateContextualFragment\b|\bsetHTMLUnsafe\b"
    r"|\bparseHTMLUnsafe\b|\bnew Function\b|\beval\(|setAttribute\(\s*['\"](?:style|on\w+)"
)
IMPORT = re.compile(
    r"^(?:import\s*(?:[\w$*{},\s]+?\bfrom\s*)?|export\s*[\w$*{},\s]+?\bfrom\s*)['\"]([^'\"]+)['\"]|\bimport\(\s*['\"]([^'\"]+)['\"]",
    re.M,
)
LAYERS = {"state", "stage", "page"}
REACHES = {
    "state": {"state"},
    "stage": {"stage", "state", "vendor", "i18n.js"},
    "page": {"page", "stage", "state", "vendor", "i18n.js"},
    "player": {"player", "page", "stage", "state", "vendor", "i18n.js"},
    "main.js": LAYERS | {"vendor", "i18n.js"},
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The full names of the modules that a Python file imports."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*above, *([node.module] if node.module else [])])


@pytest.mark.parametrize("path", ENGINE, ids=name)
def test_the_engine_imports_numpy_and_the_standard_library_only(path: Path):
    roots = {module.partition(".")[0] for module in imports(path)}
    assert roots <= {"engine", "numpy", *sys.stdlib_module_names}, f"{name(path)} imports {roots}"


def test_nothing_in_the_engine_reaches_the_host():
    found = {}
    for path in ENGINE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and node.id in FORBIDDEN:
                found[name(path), node.id] = node.lineno
        for module in imports(path):
            if module.partition(".")[0] in FORBIDDEN_MODULES:
                found[name(path), module] = 0
    assert {place: line for place, line in found.items() if place not in ALLOWED} == {}


def test_a_forbidden_call_would_be_found():
    node = ast.parse("getattr(tensor, 'data')").body[0].value.func
    assert isinstance(node, ast.Name) and node.id in FORBIDDEN


@pytest.mark.parametrize("path", APP, ids=name)
def test_the_app_is_imported_by_nothing_above_it(path: Path):
    roots = {module.partition(".")[0] for module in imports(path)}
    assert not roots & {"tests", "benchmarks", "dev", "hatch_build"}, f"{name(path)} imports {roots}"


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_layer_of_the_page_imports_only_what_lies_below(path: Path):
    static = ROOT / "static"
    layer = path.relative_to(static / "js").parts[0]
    code = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    for match in IMPORT.finditer(code):
        target = match[1] or match[2]
        assert target.startswith("."), f"{name(path)} imports {target!r}; own modules are imported by relative path"
        parts = (path.parent / target).resolve().relative_to(static.resolve()).parts
        reached = parts[1] if parts[0] == "js" else parts[0]
        assert reached in REACHES.get(layer, {layer}), f"{layer} may not import {target!r}"
        assert "vendor" in parts or (path.parent / target).is_file(), (
            f"{name(path)} imports {target!r}, which does not exist"
        )


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_text_never_becomes_markup_or_code(path: Path):
    assert MARKUP.findall(path.read_text(encoding="utf-8")) == []


def test_locks_hold_hashes_and_no_address():
    for path in [*(ROOT / "requirements").glob("*.lock"), ROOT / "package-lock.json"]:
        assert "://" not in path.read_text(encoding="utf-8"), f"{path.name} holds an address"
    for path in (ROOT / "requirements").glob("*.lock"):
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        assert all(re.match(r"[\w.-]+==\S+ .*--hash=sha256:", line) for line in text.splitlines() if line), path.name
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all("integrity" in package for path, package in packages.items() if path)


def catalogue(language: str) -> dict[tuple[str, ...], str]:
    """Every text of a language by the path to it: the file's name, then the keys."""
    texts: dict[tuple[str, ...], str] = {}

    def collect(node: object, place: tuple[str, ...]) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                collect(value, (*place, key))
        else:
            assert isinstance(node, str) and node, f"{language} {'.'.join(place)} is not a text"
            texts[place] = node

    for path in sorted((LOCALES / language).glob("*.json")):
        collect(json.loads(path.read_text(encoding="utf-8")), (path.stem,))
    return texts


def test_both_languages_have_the_same_texts():
    english, chinese = catalogue("en"), catalogue("zh-CN")
    assert english, "static/locales/en holds no catalogue"
    assert english.keys() ^ chinese.keys() == set()


def test_both_languages_fill_the_same_places():
    places = re.compile(r"\{(\w+)")
    english, chinese = catalogue("en"), catalogue("zh-CN")
    differing = {
        key
        for key in english.keys() & chinese.keys()
        if set(places.findall(english[key])) != set(places.findall(chinese[key]))
    }
    assert differing == set()
