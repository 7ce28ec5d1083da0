"""Axe finds nothing, and the keyboard alone does a whole lesson."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, state


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_axe_finds_nothing_in_any_theme(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]], locale: str
) -> None:
    page = new_page(bypass_csp=True, locale=locale, viewport={"width": 1600, "height": 900})
    open_page(page)
    page.evaluate("() => gradlight.step(-4)")
    for theme in ("light", "dark", "projector"):
        page.evaluate("(theme) => gradlight.set('theme', theme)", theme)
        page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")
        assert accessibility_faults(page) == [], theme


def test_axe_finds_nothing_in_what_opens(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(bypass_csp=True)
    open_page(page)
    for opened in ("lessons", "help", "export", "share", "table"):
        page.locator(f"[data-action={opened}]").first.click()
        if opened in {"export", "share"}:
            page.locator(f"[data-dialog={opened}]").wait_for()
        assert accessibility_faults(page) == [], opened
        page.keyboard.press("Escape")


def test_axe_finds_nothing_on_a_phone(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(bypass_csp=True, viewport={"width": 390, "height": 844})
    open_page(page)
    assert accessibility_faults(page) == []


def test_a_lesson_is_done_by_keys_alone(page: Page) -> None:
    open_page(page)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#editor")
    page.locator("#stage svg").first.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => gradlight.state().cursor === 0")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => gradlight.state().cursor > 0")
    page.keyboard.press("End")
    page.wait_for_function("() => gradlight.state().cursor === gradlight.state().last")
    page.keyboard.press("t")
    expect(page.locator("[data-table] table")).to_be_visible()
    page.locator("[data-timeline]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => gradlight.state().cursor < gradlight.state().last")
    page.keyboard.press("t")
    page.keyboard.press("?")
    expect(page.locator("dialog[data-dialog=help]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_the_editor_is_left_by_escape_then_tab(page: Page) -> None:
    open_page(page)
    page.locator("[data-editor] .cm-content").click()
    before = page.locator("[data-editor] .cm-content").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('[data-editor]') === null")
    assert page.locator("[data-editor] .cm-content").inner_text() == before


def test_control_enter_runs_from_the_editor(page: Page) -> None:
    open_page(page)
    page.locator("[data-editor] .cm-content").click()
    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        page.keyboard.press("Control+Enter")
    assert answered.value.status == 201


def test_letters_typed_into_the_editor_steer_nothing(page: Page) -> None:
    open_page(page)
    cursor = state(page)["cursor"]
    page.locator("[data-editor] .cm-content").click()
    page.keyboard.type("# tdpk")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("[data-table]")).to_be_hidden()
    assert state(page)["cursor"] == cursor or not page.evaluate("() => document.querySelector('[data-action=pause]')")


def test_the_page_gives_each_command_a_button(page: Page) -> None:
    open_page(page)
    for name in ["run", "play", "step-forward", "step-back", "first", "last", "export", "present"]:
        expect(page.locator(f"[data-action={name}]").first).to_be_visible()
