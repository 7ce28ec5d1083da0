"""What a run holds in memory, under the timeline and in a chart that leads to its steps; and a broadcast in the inspector."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import at_step, open_page, tensor

PROGRAM = """import torch
A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
b = torch.tensor([10.0, 20.0, 30.0], requires_grad=True)
loss = torch.exp(A * b / 100).sum()
loss.backward()
"""


def test_memory_is_drawn_told_and_leads_to_its_steps(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(bypass_csp=True)
    open_page(page)
    page.evaluate("(source) => gradlight.run(source)", PROGRAM)
    expect(page.locator(".track-memory .memory-line")).to_have_count(1)
    page.locator("#tab-plots").click()
    chart = page.locator("#memory [role=slider]")
    # A, b, their gradients and loss at the end: 24 + 12 + 24 + 12 + 4 bytes.
    expect(chart).to_have_attribute(
        "aria-valuetext", "Step 14: 76 B held. Values 40 B, saved for backward 0 B, gradients 36 B."
    )
    page.locator("#memory .memory-go").click()
    peak = at_step(page)
    assert 0 < peak < page.evaluate("() => gradlight.state().last")
    chart.focus()
    page.keyboard.press("Home")
    expect(chart).to_have_attribute("aria-valuenow", "0")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    expect(chart).to_have_attribute("aria-valuenow", "14")
    assert accessibility_faults(page) == []


def test_a_broadcast_is_replayed_there_and_back(new_page: Callable[..., Page]) -> None:
    for locale, there, back in (
        ("en-US", "b [3] → 2×3: repeated along axis 0, 2 times.", "Back 2×3 → [3]: the gradients of all 2 copies"),
        ("zh-CN", "b [3] → 2×3：沿轴 0 重复 2 次。", "回程 2×3 → [3]：2 份副本的梯度沿轴 0 求和"),
    ):
        page = new_page(locale=locale)
        open_page(page)
        page.evaluate("(source) => gradlight.run(source)", PROGRAM)
        page.locator(f'[data-tensor="{tensor(page, "b")["tensor"]}"]').first.click()
        expect(page.locator(".broadcast-way[data-way=forward]")).to_have_text(there)
        expect(page.locator(".broadcast-way[data-way=backward]")).to_contain_text(back)
        expect(page.locator(".broadcast-grid[data-way=forward] td[data-copy]")).to_have_count(3)
        sums = page.locator(".broadcast-grid[data-way=backward] td[data-sum]")
        expect(sums).to_have_count(3)
        written = tensor(page, "b")["grad"]["data"]
        assert [round(float(text), 4) for text in sums.all_text_contents()] == [round(one, 4) for one in written]
