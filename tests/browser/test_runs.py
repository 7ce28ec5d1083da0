"""A run that takes long can be stopped, and what came of it stays; a newer text takes over from an older run."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serving
from tests.browser.steps import open_page, state, tensor

# Few steps of much work each: the page is free, and the worker is busy for many seconds.
LONG = "import torch\nx = torch.ones(316, 316)\nfor i in range(9000):\n    y = torch.polygamma(2, x)\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app whose deadline ends no run before a busy machine's page gets to it."""
    with serving(tmp_path_factory.mktemp("site"), GRADLIGHT_DEADLINE="60") as address:
        yield address


def test_a_long_run_offers_a_stop_and_keeps_what_came(page: Page) -> None:
    open_page(page)
    stop = page.locator("[data-action=stop]")
    expect(stop).to_be_hidden()
    page.evaluate("text => { void gradlight.run(text); }", LONG)
    expect(stop).to_be_visible()
    page.wait_for_function("() => gradlight.state().tensors.some(({ value }) => value?.shape[0] === 316)")
    stop.click()
    page.wait_for_function("() => document.documentElement.dataset.run === 'stopped'")
    expect(stop).to_be_hidden()
    assert tensor(page, "x")["value"]["shape"] == [316, 316]
    assert state(page)["error"]["error"] == "Stopped"
    expect(page.locator("[data-output] [role=alert]")).to_contain_text("The run was stopped.")


def test_typing_takes_over_from_a_long_run(page: Page) -> None:
    open_page(page)
    page.evaluate("text => { void gradlight.run(text); }", LONG)
    expect(page.locator("[data-action=stop]")).to_be_visible()
    page.locator("[data-editor] .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("import torch\nz = torch.tensor(4.0)\n")
    page.wait_for_function("() => document.documentElement.dataset.run === 'finished'")
    assert tensor(page, "z")["value"]["data"] == 4.0
    expect(page.locator("[data-action=stop]")).to_be_hidden()
