"""What a backward call records under create_graph stands one storey up, on the page and in its table."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import card_text, open_page, tensor

SECOND = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = x ** 3
(g,) = torch.autograd.grad(y, x, create_graph=True)
g.backward()
"""
AROUND = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = x ** 3
(g,) = torch.autograd.grad(y, x, create_graph=True)
z = g * x
z.backward()
"""
COVERED = """() => {
  const over = [...document.querySelectorAll('.sentence, .stage-tools, .stage > .legend')].filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.getBoundingClientRect());
  return [...document.querySelectorAll('.stage-picture .edge')].filter((edge) => {
    const matrix = edge.getScreenCTM();
    const points = Array.from({ length: 40 }, (_, index) => edge.getPointAtLength((edge.getTotalLength() * index) / 39).matrixTransform(matrix));
    return points.some(({ x, y }) => over.some((one) => one.left < x && x < one.right && one.top < y && y < one.bottom));
  }).length;
}"""


def test_a_second_storey_stands_above_the_first_and_nothing_moves(page: Page) -> None:
    open_page(page)
    page.evaluate("(source) => gradlight.run(source)", SECOND)
    assert "12.0" in card_text(page, "g") and "12.0" in card_text(page, "x")
    floor = page.locator(".floor").bounding_box()
    assert floor is not None
    places = {one["tensor"]: (one["x"], one["y"]) for one in page.evaluate("() => gradlight.state().tensors")}
    expect(page.locator(".floor-label")).to_have_text("created by backward call 1")
    ground = page.locator(f'[data-tensor="{tensor(page, "x")["tensor"]}"]').first.bounding_box()
    upstairs = page.locator(f'[data-tensor="{tensor(page, "g")["tensor"]}"]').first.bounding_box()
    assert ground is not None and upstairs is not None
    assert (
        floor["y"] < upstairs["y"] and upstairs["y"] + upstairs["height"] < floor["y"] + floor["height"] < ground["y"]
    )
    for seq in range(0, page.evaluate("() => gradlight.state().last"), 4):
        page.evaluate("(seq) => gradlight.seek(seq)", seq)
        for one in page.evaluate("() => gradlight.state().tensors"):
            if one["visible"]:
                assert (one["x"], one["y"]) == places[one["tensor"]], (seq, one["name"])


def test_table_and_inspector_tell_the_storey_in_both_languages(new_page: Callable[..., Page]) -> None:
    for locale, row, told in (
        ("en-US", "from backward call 1", "Recorded by backward call 1"),
        ("zh-CN", "来自第 1 次反向传播", "由第 1 次反向传播记录"),
    ):
        page = new_page(locale=locale)
        open_page(page)
        page.evaluate("(source) => gradlight.run(source)", SECOND)
        page.locator(f'[data-tensor="{tensor(page, "x")["tensor"]}"]').first.click()
        expect(page.locator("[data-inspector] .inspector-grown")).to_have_count(0)
        page.locator(f'[data-tensor="{tensor(page, "g")["tensor"]}"]').first.click()
        expect(page.locator("[data-inspector] .inspector-grown")).to_contain_text(told)
        page.evaluate("() => gradlight.set('view', 'table')")
        name = f'[data-row="{tensor(page, "g")["tensor"]}"]'
        expect(page.locator(name)).to_contain_text(row)


def test_nothing_lies_over_an_edge_that_swings_out_below_the_cards(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    page.evaluate("(source) => gradlight.run(source)", AROUND)
    expect(page.locator(".stage-picture .edge")).to_have_count(7)
    assert page.evaluate(COVERED) == 0
