"""What of a graph is out of view: a small picture of the whole looks anywhere, buttons and keys move on, and a graph out of sight is offered whole."""

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program

CHAIN = "import torch\nw = torch.tensor(0.9, requires_grad=True)\nh = w\nfor i in range({turns}):\n    h = h * w\nh.backward()\n"


AROUND_THE_STEP = """() => {
  const view = document.querySelector('#stage').getBoundingClientRect();
  const marked = [...document.querySelectorAll('.scene [data-mark]:not([data-out])')].map((one) => one.getBoundingClientRect());
  const scale = new DOMMatrix(getComputedStyle(document.querySelector('.scene')).transform).a;
  return scale === 0.25 && marked.some((at) => at.width > 0 && at.left > view.left && at.right < view.right);
}"""

SHADES = """() => [[document.querySelector('#stage'), '::after'], [document.querySelector('.card')]]
  .map((asked) => getComputedStyle(...asked).getPropertyValue('--beyond-left'))"""


def test_a_press_on_the_small_picture_looks_there(page: Page) -> None:
    open_page(page)
    small = page.locator(".minimap")
    type_program(page, CHAIN.format(turns=40))
    expect(small).to_be_hidden()
    stage, lost = page.locator("#stage"), page.locator(".stage-lost")
    expect(stage).to_have_attribute("data-beyond", "right")
    page.locator(".stage-edge:visible").click()
    expect(stage).to_have_attribute("data-beyond", re.compile("left"))
    shade, card = page.evaluate(SHADES)
    assert shade.strip()
    assert not card, "a card that inherits this is laid out anew at each end of a graph"
    expect(lost).to_be_hidden()
    page.locator(".stage-picture").focus()
    for _ in range(3):
        page.keyboard.press("Alt+ArrowDown")
    expect(stage).to_have_attribute("data-beyond", re.compile("top|bottom"))
    lost.click()
    expect(stage).to_have_attribute("data-beyond", re.compile("^(left|right|left right)$"))
    expect(lost).to_be_hidden()
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
    page.evaluate("() => gradlight.seek(Math.floor(gradlight.state().last * 0.7))")
    page.locator(".stage-picture").press("0")
    page.wait_for_function(AROUND_THE_STEP)
