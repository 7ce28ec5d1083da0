"""Addresses that open the page as it was."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page

SHOWN = """() => ({
  theme: document.documentElement.dataset.theme, language: document.documentElement.lang, cursor: gradlight.state().cursor,
  selected: [...document.querySelectorAll('#stage [data-selected]')].map((card) => card.dataset.tensor),
  pressed: [...document.querySelectorAll('[aria-pressed=true][data-action]')].map((button) => button.dataset.action).filter((name) => !name.includes('program')).sort(),
  breakpoints: [...document.querySelectorAll('.cm-breakpoints .cm-gutterElement:has(.breakpoint)')].map((mark) => Math.round(mark.getBoundingClientRect().top)).filter((top) => top > 0),
  speed: document.querySelector('button.speed').textContent,
})"""


def test_a_link_restores_everything_that_was_on_show(new_page: Callable[..., Page]) -> None:
    """Of the whole link and the short one: step, selection, pin, what cards show, graph, language, theme, speed, breakpoints, and that gradients are to be predicted."""
    first = new_page(locale="zh-CN")
    open_page(first)
    first.evaluate(
        """async () => {
          for (const [name, value] of [['view', 'shapes'], ['view', 'backward'], ['theme', 'dark'], ['speed', 0.5]]) await gradlight.set(name, value);
          await gradlight.seek(30);
        }"""
    )
    first.locator("#stage [data-tensor]").first.dispatch_event("click")
    first.locator("[data-editor] .cm-content").click()
    first.keyboard.press("F9")
    first.locator("[data-action=pin]").first.click()
    first.locator("[data-action=predict]").first.click()
    expect(first.locator("[data-action=predict]").first).to_have_attribute("aria-pressed", "true")
    expected = first.evaluate(SHOWN)
    assert (
        expected["theme"] == "dark"
        and expected["selected"]
        and expected["breakpoints"]
        and {"display-shapes", "pin", "predict"} <= set(expected["pressed"])
    )
    first.locator("[data-action=share]").click()
    for name in ("whole", "short"):
        address = first.locator(f"#share-{name}").input_value()
        second = new_page()
        open_page(second, "/#" + address.partition("/#")[2])
        assert second.evaluate("() => [document.documentElement.lang, document.documentElement.dataset.theme]") == [
            "zh-CN",
            "dark",
        ]
        second.locator("[data-action=run]").click()
        second.wait_for_function("() => gradlight.state().cursor === 30")
        expect(second.locator("#stage [data-selected]")).to_have_count(1)
        expect(second.locator("[data-action=predict]").first).to_have_attribute("aria-pressed", "true")
        assert second.evaluate(SHOWN) == expected
    code = first.locator(".share-code img").first
    expect(code).to_be_visible()
    assert code.evaluate("(image) => image.complete && image.naturalWidth > 0")
    assert "embed=1" in first.locator("#share-embed").input_value()


@pytest.mark.parametrize("fragment", ["v=1&r=" + "0" * 32, "v=1&r=../../healthz", "v=1&p=AAAA____"])
def test_a_link_to_nothing_says_so(page: Page, faults: list[str], fragment: str) -> None:
    open_page(page, "/#" + fragment)
    expect(page.locator("[data-notes]")).to_contain_text("damaged")
    faults.clear()
