"""A large graph has a small picture of the whole, with a frame around what is in view; a press there looks there."""

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program

CHAIN = "import torch\nw = torch.tensor(0.9, requires_grad=True)\nh = w\nfor i in range({turns}):\n    h = h * w\nh.backward()\n"


def test_a_press_on_the_small_picture_looks_there(page: Page) -> None:
    open_page(page)
    small = page.locator(".minimap")
    type_program(page, CHAIN.format(turns=20))
    expect(small).to_be_hidden()
    type_program(page, CHAIN.format(turns=110))
    expect(small).to_be_visible()
    box = small.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 6, box["y"] + box["height"] / 2)
    page.wait_for_function(
        "() => new DOMMatrix(getComputedStyle(document.querySelector('.scene')).transform).e < -5000"
    )
    page.mouse.click(box["x"] + 6, box["y"] + box["height"] / 2)
    page.wait_for_function("() => new DOMMatrix(getComputedStyle(document.querySelector('.scene')).transform).e > 0")
