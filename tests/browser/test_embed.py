"""The page in a frame of another origin's page, as a teacher embeds it: with and without a sandbox."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.conftest import serving

REPORT = "addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective))"
ASK = """([command, ...given]) => new Promise((resolve, reject) => {
  addEventListener('message', ({ data }) => data.gradlight === 'answer' && data.id === command && ('error' in data ? reject(new Error(data.error)) : resolve(data.value)));
  frames[0].postMessage({ gradlight: command, id: command, arguments: given }, '*');
})"""
TOLD = "addEventListener('message', ({ data }) => data.gradlight === 'step' && (window.told = data.cursor))"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The origin of a school's page, and the folder that it is served from."""
    folder = tmp_path_factory.mktemp("school")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}", folder
        server.shutdown()


@pytest.fixture(scope="module")
def embeddable(foreign: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, told that this school may embed it."""
    with serving(tmp_path_factory.mktemp("site"), GRADLIGHT_EMBED_ORIGINS=foreign[0]) as address:
        yield address


def embedded(page: Page, foreign: tuple[str, Path], address: str, sandbox: str) -> Frame:
    """The frame of ours in the school's page."""
    origin, folder = foreign
    (folder / "lesson.html").write_text(
        f'<!doctype html><title>School</title><link rel=icon href=data:,><iframe {sandbox} src="{address}/?embed=1&lang=en" width="900" height="560"></iframe>'
    )
    page.add_init_script(REPORT)
    page.goto(f"{origin}/lesson.html")
    return page.frames[1]


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts allow-same-origin"'])
def test_another_page_embeds_steps_and_plays_it(
    page: Page, foreign: tuple[str, Path], embeddable: str, sandbox: str
) -> None:
    frame = embedded(page, foreign, embeddable, sandbox)
    frame.evaluate("() => gradlight.ready")
    page.evaluate(TOLD)
    expect(frame.locator("#stage .card").first).to_be_visible()
    expect(frame.locator(".sandboxed")).to_be_hidden()
    frame.evaluate("() => gradlight.seek(0)")
    frame.locator("[data-action=step-forward]").first.click()
    frame.wait_for_function("() => gradlight.state().cursor > 0")
    frame.evaluate("() => gradlight.seek(gradlight.state().last)")
    frame.locator("[data-action=step-back]").first.click()
    frame.locator("[data-action=play]").first.click()
    frame.wait_for_function("() => gradlight.state().cursor === gradlight.state().last")
    assert page.evaluate(ASK, ["seek", 3]) is None
    page.wait_for_function("() => window.told === 3")
    assert page.evaluate(ASK, ["state"])["cursor"] == 3


def test_a_frame_shut_in_too_tightly_says_what_it_needs(
    browser: Browser, foreign: tuple[str, Path], embeddable: str
) -> None:
    page = browser.new_page()  # in which every script of ours is refused, and that is no fault
    thrown: list[object] = []
    page.on("pageerror", lambda error: thrown.append(error))
    page.on("console", lambda entry: thrown.append(entry.text) if entry.text.startswith("policy") else None)
    frame = embedded(page, foreign, embeddable, 'sandbox="allow-scripts"')
    expect(frame.locator(".sandboxed")).to_be_visible()
    expect(frame.locator(".sandboxed")).to_contain_text("allow-scripts allow-same-origin")
    page.close()
    assert thrown == []


def test_a_page_that_was_not_named_shows_no_frame(
    page: Page, foreign: tuple[str, Path], site: str, faults: list[str]
) -> None:
    frame = embedded(page, foreign, site, "")
    expect(frame.locator("#stage")).to_have_count(0)
    assert any("frame-ancestors" in fault for fault in faults)
    faults.clear()
