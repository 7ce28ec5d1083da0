"""Both languages and all themes, chosen and kept."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page


@pytest.mark.parametrize(
    ("locale", "language", "run", "phase"), [("en-US", "en", "Run", "backward"), ("zh-CN", "zh-CN", "运行", "反向")]
)
def test_the_page_speaks_the_visitors_language(
    new_page: Callable[..., Page], locale: str, language: str, run: str, phase: str
) -> None:
    page = new_page(locale=locale)
    open_page(page)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("[data-action=run]")).to_contain_text(run)
    page.evaluate("() => gradlight.step(-2)")
    expect(page.locator("[role=status]")).to_contain_text(phase)


def test_the_language_changes_without_a_reload_and_is_kept(page: Page) -> None:
    open_page(page)
    page.evaluate("() => { window.sameDocument = true; }")
    page.locator("[data-menu=language]").click()
    page.get_by_role("menuitemradio", name="简体中文").click()
    expect(page.locator("[data-action=run]")).to_contain_text("运行")
    expect(page.locator("[data-slot=lessons]")).to_contain_text("神经元")
    assert page.evaluate("() => window.sameDocument")
    page.reload()
    expect(page.locator("[data-action=run]")).to_contain_text("运行")


def test_the_address_asks_for_a_language(page: Page) -> None:
    open_page(page, "/?lang=zh-CN")
    expect(page.locator("[data-action=run]")).to_contain_text("运行")


def test_no_text_of_the_page_is_a_bare_key(new_page: Callable[..., Page]) -> None:
    for locale in ("en-US", "zh-CN"):
        page = new_page(locale=locale)
        open_page(page)
        page.locator("[data-action=help]").click()
        words = page.evaluate(
            r"""() => [...document.querySelectorAll('body *')].flatMap((element) => [
              ...[...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()),
              element.getAttribute('aria-label') ?? '', element.title ?? '']).filter((text) => /^(\w+)\.[\w.-]+$/.test(text))"""
        )
        keys = [
            word
            for word in words
            if word.split(".")[0]
            in {"action", "phase", "step", "stage", "inspector", "kind", "region", "lessons", "help"}
        ]
        assert keys == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_until_one_is_chosen(new_page: Callable[..., Page], scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    open_page(page)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    other = "dark" if scheme == "light" else "light"
    page.evaluate("(theme) => gradlight.set('theme', theme)", other)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", other)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (900, 700), (640, 360), (390, 844), (320, 640)])
def test_nothing_scrolls_sideways(new_page: Callable[..., Page], width: int, height: int) -> None:
    for locale in ("en-US", "zh-CN"):
        page = new_page(locale=locale, viewport={"width": width, "height": height})
        open_page(page)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        box = page.locator("[data-action=run]").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize(("width", "locale"), [(1024, "zh-CN"), (1100, "en-US")])
def test_the_bar_keeps_to_its_width_when_a_lesson_brings_its_mark(
    new_page: Callable[..., Page], width: int, locale: str
) -> None:
    page = new_page(locale=locale, viewport={"width": width, "height": 700})
    open_page(page)
    page.locator("[data-slot=lessons] button").last.click()
    page.wait_for_function(
        "() => gradlight.state().last > 0 && document.querySelector('.bar').hasAttribute('data-compact')"
    )
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
