"""A first visit is told what to do, once."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program


def test_a_first_visit_is_told_what_to_do_until_a_person_begins_and_never_again(new_page: Callable[..., Page]) -> None:
    page = new_page(locale="zh-CN")
    told = page.locator(".welcome")
    open_page(page)
    assert told.count() == 1, "it stands once the page does, not after a person has begun"
    expect(told).to_contain_text("按播放键")
    page.evaluate("() => gradlight.set('language', 'en')")
    expect(told).to_contain_text("Press play")
    told.get_by_role("button").press("Enter")
    expect(told).to_have_count(0)
    expect(page.locator("[data-action=play]")).to_be_focused()
    open_page(page)
    expect(told).to_have_count(0)


def test_who_types_plays_or_came_by_a_link_needs_no_welcome(new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_page(page)
    told = page.locator(".welcome")
    expect(told).to_be_visible()
    type_program(page, "import torch\nx = torch.tensor(1.0)\n")
    expect(told).to_have_count(0)
    looking = new_page()
    open_page(looking)
    looking.locator(".cm-line").last.click()
    expect(looking.locator(".welcome")).to_have_count(0)
    framed = new_page()
    open_page(framed, "/?embed=1")
    expect(framed.locator(".welcome")).to_be_hidden()
