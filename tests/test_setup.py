"""The set-up: what it made, what it refuses, and that a second start has nothing to do."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "static" / "vendor"


def dev(
    *arguments: str, root: Path = ROOT, python: str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the dev.py of a folder."""
    return subprocess.run(
        [python, str(root / "dev.py"), *arguments],
        cwd=root,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what the set-up reads, and nothing made yet."""
    root = tmp_path / "gradlight"
    (root / "static").mkdir(parents=True)
    for file in (
        "dev.py",
        "hatch_build.py",
        "pyproject.toml",
        "package.json",
        "package-lock.json",
        ".npmrc",
        "LICENSE",
        "README.md",
    ):
        shutil.copy(ROOT / file, root)
    shutil.copytree(ROOT / "requirements", root / "requirements")
    shutil.copytree(ROOT / "static" / "bundle", root / "static" / "bundle")
    return root


def test_every_browser_library_and_font_is_there_with_its_licence():
    for file in ("editor.js", "viz.js", "zoom.js"):
        assert re.search(r"\bexport\s*\{", (VENDOR / file).read_text(encoding="utf-8"))
    licences = (VENDOR / "LICENSES.txt").read_text(encoding="utf-8")
    for package in (
        "@codemirror/view",
        "@viz-js/viz",
        "d3-zoom",
        "@fontsource/stix-two-math",
        "@fontsource-variable/inter",
    ):
        assert f"{package} " in licences


def test_the_style_sheet_names_only_fonts_that_are_there():
    sheet = ROOT / "static" / "css" / "fonts.css"
    files = re.findall(r'url\("([^"]+)"\)', sheet.read_text(encoding="utf-8"))
    assert files
    assert all((sheet.parent / file).read_bytes()[:4] == b"wOF2" for file in files)


def test_the_mathematical_font_keeps_its_table_and_its_signs():
    from fontTools.ttLib import TTFont

    with TTFont(VENDOR / "stix-two-math.woff2") as font:
        assert "MATH" in font
        assert set(map(ord, "azAZ09αω∂∇⋅×−∑√∈→²𝑥𝐱𝛼")) <= font.getBestCmap().keys()


def test_a_wheel_contains_what_the_app_serves(tmp_path: Path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    shutil.unpack_archive(wheel, unpacked, format="zip")
    for path in (
        "engine/__init__.py",
        "app/__main__.py",
        "static/vendor/editor.js",
        "static/css/fonts.css",
        "templates",
    ):
        assert (unpacked / path).exists(), path
    assert not (unpacked / "static" / "bundle").exists()


def test_the_locks_satisfy_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    wanted = {"app": project["project"]["dependencies"], "setup": groups["build"], "test": groups["test"]}
    held: set[str] = set()
    for kind, requirements in wanted.items():
        text = (ROOT / "requirements" / f"{kind}.lock").read_text(encoding="utf-8")
        pins = set(re.findall(r"^([\w.-]+==[^\s;]+)", text, re.M))
        assert held <= pins, f"{kind}.lock does not contain the one before it"
        held = pins
        names = {pin.partition("==")[0] for pin in pins}
        assert {re.match(r"[\w-]+", requirement)[0].lower() for requirement in requirements} <= names


@pytest.fixture
def nowhere() -> dict[str, str]:
    """An environment in which pip reaches no index."""
    return {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
    }


def test_a_second_start_needs_no_network(nowhere: dict[str, str]):
    if not (ROOT / ".venv" / "gradlight-setup.json").is_file():
        pytest.skip("this environment was not made by dev.py")
    finished = dev("setup", python=sys._base_executable, **nowhere)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == ""


def test_an_unreachable_index_is_said_in_one_sentence(clone: Path, nowhere: dict[str, str]):
    finished = dev("setup", root=clone, python=sys._base_executable, **nowhere)
    assert finished.returncode == 1
    assert "could not be reached" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_python_without_venv_is_told_what_to_install(clone: Path):
    (clone / "ensurepip.py").write_text("raise ImportError('not on this system')")
    finished = dev("setup", root=clone, python=sys._base_executable, PYTHONPATH=str(clone))
    assert finished.returncode == 1
    assert "apt install python3-venv" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_an_older_python_can_read_what_it_is_told():
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    assert ast.parse(source, feature_version=(3, 8)).body
    assert "Gradlight needs Python" in source


def test_an_unknown_argument_is_refused():
    finished = dev("--prot", "80")
    assert finished.returncode == 2
    assert "--prot" in finished.stderr
