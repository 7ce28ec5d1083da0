"""The leaves, the plots and the presenter's window are open to everyone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program

DETACHED = """import torch
w = torch.tensor(1.5, requires_grad=True)
h = w * w
loss = h.detach() * w
loss.backward()
"""
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


def test_three_witnesses_of_each_derivative_agree(page: Page) -> None:
    open_page(page)
    page.locator("#tab-leaves").click()
    page.locator("[data-action=compare]").click()
    leaf = page.locator(".leaf", has=page.get_by_role("button", name="w", exact=True))
    expect(leaf.locator("[data-witness=difference][data-agrees=true]")).to_have_count(1)
    expect(leaf.locator("[data-witness=symbolic][data-agrees=true]")).to_have_count(1)
    expect(leaf.locator(".witness-value")).to_have_text(["−0.6483"] * 3)
    expect(leaf.locator(".witness-lines").first).to_contain_text("2x(y−1)(1−y2)")
    expect(leaf.locator(".witness-where")).to_contain_text("y=tanh(a)")
    expect(leaf.locator(".witness-verdict")).to_contain_text("All three agree")


def test_a_finite_difference_is_asked_for_where_it_will_stand(page: Page) -> None:
    open_page(page)
    page.locator("#tab-leaves").click()
    cell = page.locator("[data-witness=difference] .witness-value")
    expect(cell).to_have_text(["check", "check"])
    cell.first.get_by_role("button").press("Enter")
    expect(cell).to_have_text(["−0.6483", "−0.2941"])
    expect(cell.first).to_be_focused()


def test_a_finite_difference_sees_through_detach_and_the_page_says_so(new_page: Callable[..., Page]) -> None:
    page = new_page(locale="zh-CN")
    open_page(page)
    type_program(page, DETACHED)
    page.locator("#tab-leaves").click()
    page.locator("[data-action=compare]").click()
    expect(page.locator("[data-witness=difference][data-agrees=false]")).to_have_count(1)
    expect(page.locator("[data-witness=symbolic][data-agrees=true]")).to_have_count(1)
    expect(page.locator(".witness-verdict")).to_contain_text("detach()")
    type_program(page, DETACHED.replace("1.5", "[1.5, 2.0]").replace("backward()", "sum().backward()"))
    expect(page.locator("[data-witness=symbolic] .witness-value").first).to_have_text("—")
    expect(page.locator(".panel-note", has_text="数组")).to_be_visible()
