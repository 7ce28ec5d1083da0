"""A numerical trap is marked on the graph and told with its cause and a remedy: at its step, in the inspector and in the table."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, tensor

MASKED = """import torch
x = torch.tensor([0.0, 1.0, 4.0], requires_grad=True)
y = torch.log(x)
loss = torch.where(x > 0, y, torch.zeros(3)).sum()
loss.backward()
"""


def test_a_hidden_logarithm_of_zero_is_marked_and_told(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for locale, cause, remedy in (
        ("en-US", "log at 0.0 has an infinite slope, and where sends it a gradient of 0", "before log"),
        ("zh-CN", "log 在 0.0 处斜率无穷大，而 where 传来的梯度是 0", "要在 log 之前"),
    ):
        page = new_page(bypass_csp=True, locale=locale)
        open_page(page)
        page.evaluate("(source) => gradlight.run(source)", MASKED)
        expect(page.locator("#stage .trap-sign")).to_have_count(1)
        page.locator("#stage .card[data-trap=trap]").click()
        expect(page.locator("[data-inspector] .trap-cause")).to_contain_text(cause)
        expect(page.locator("[data-inspector] .trap-fix")).to_contain_text(remedy)
        assert accessibility_faults(page) == [], locale
        page.evaluate("() => gradlight.set('view', 'table')")
        expect(page.locator(f'[data-row="{tensor(page, "y")["tensor"]}"] .trap-cause')).to_contain_text(cause)
        page.evaluate("() => gradlight.set('view', 'stage')")
        for _ in range(3):
            page.evaluate("() => gradlight.step(-1)")
            if cause in (page.locator("[data-sentence]").text_content() or ""):
                break
        expect(page.locator("[data-sentence]")).to_contain_text(cause)
        page.evaluate("() => gradlight.step(-1)")
        expect(page.locator("#stage .trap-sign")).to_have_count(0)
