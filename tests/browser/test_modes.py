"""Forward mode on the stage, and what both modes cost."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, tensor

SCALAR = """import torch
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(0.5, requires_grad=True)
y = torch.tanh(x * w) + w
y.backward()
"""
ARRAYS = """import torch
w = torch.ones(3, 5, requires_grad=True)
loss = (torch.ones(4, 3) @ w).sum()
loss.backward()
"""


def test_forward_mode_plays_from_a_chosen_leaf_and_ends_in_its_grad(page: Page) -> None:
    open_page(page)
    page.evaluate("(source) => gradlight.run(source)", SCALAR)
    before = [(one["x"], one["y"]) for one in page.evaluate("() => gradlight.state().tensors")]
    page.locator("#stage svg").first.focus()
    page.keyboard.press("7")
    modes = page.locator("#modes")
    expect(modes.locator("[data-seed][aria-pressed=true]")).to_have_text("x")
    modes.locator("[data-seed]", has_text="w").click()
    expect(modes.locator("[data-agrees=true]")).to_contain_text("∂y/∂w = 1.84")
    card = page.locator(f'[data-tensor="{tensor(page, "y")["tensor"]}"]').first
    expect(card.locator(".gradient-value")).to_have_text("1.84")
    expect(card).to_have_attribute("aria-label", "y, non-leaf, value 1.262, changes 1.84 times as fast as w")
    assert [(one["x"], one["y"]) for one in page.evaluate("() => gradlight.state().tensors")] == before
    for _ in range(30):
        page.evaluate("() => gradlight.step(-1)")
        if "Forward mode" in (page.locator("[data-sentence]").text_content() or ""):
            break
    expect(page.locator("[data-sentence]")).to_contain_text("Forward mode: dy = 1.0 × 0.8399 + 1.0 × 1.0 = 1.84.")
    page.locator("#stage svg").first.focus()
    page.keyboard.press("7")
    expect(card.locator(".gradient-value")).not_to_have_text("1.84")


def test_both_modes_are_counted_and_open_to_everyone(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for scheme, locale in (("light", "zh-CN"), ("dark", "en-US")):
        page = new_page(bypass_csp=True, color_scheme=scheme, locale=locale)
        open_page(page)
        page.evaluate("(source) => gradlight.run(source)", ARRAYS)
        page.locator("#tab-modes").click()
        totals = page.locator("#modes .mode-total")
        expect(totals).to_have_text(["80", "1200"])  # 4·3·5 products and 20 numbers summed; once, or for each of 15
        expect(page.locator("#modes [data-seed]")).to_have_count(0)
        assert accessibility_faults(page) == [], scheme
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280
