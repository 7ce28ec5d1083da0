"""The leaves, the plots and the presenter's window are open to everyone."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.steps import open_page, type_program

LOOP = """import torch
x = torch.tensor(3.0, requires_grad=True)
for step in range(5):
    loss = x * x
    x.grad = None
    loss.backward()
    with torch.no_grad():
        x -= 0.1 * x.grad
"""


def test_axe_finds_nothing_in_the_side_panels(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for scheme, locale in (("light", "en-US"), ("dark", "zh-CN")):
        page = new_page(bypass_csp=True, color_scheme=scheme, locale=locale)
        open_page(page)
        type_program(page, LOOP)
        for tab in ("leaves", "plots"):
            page.locator(f"#tab-{tab}").click()
            assert accessibility_faults(page) == [], (tab, scheme)
        page.goto("/presenter")
        page.locator(".presenter-buttons .button").first.wait_for()
        assert accessibility_faults(page) == [], scheme
