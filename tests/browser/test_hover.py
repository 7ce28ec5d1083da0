"""What the pointer is on in one region is marked in the others: card, expression, steps, formulas. An edge leads to its far end."""

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, tensor


def card(page: Page, name: str) -> str:
    """Selects the drawn card of a variable."""
    return f'.scene .card[data-tensor="{tensor(page, name)["tensor"]}"]'


NEAR_THE_START = """(path) => {
  const { x, y } = path.getPointAtLength(path.getTotalLength() * 0.3).matrixTransform(path.getScreenCTM());
  return [x, y];
}"""


def test_a_card_marks_its_expression_and_its_steps(page: Page) -> None:
    open_page(page)
    x, y = page.locator(".edge-group .edge").nth(4).evaluate(NEAR_THE_START)
    page.mouse.move(x, y)
    expect(page.locator(".edge-group[data-pointed]")).to_have_count(1)
    page.mouse.click(x, y)
    expect(page.locator(".inspector-name")).to_have_text("y")
    page.locator(card(page, "y")).hover()
    expect(page.locator(".cm-hint")).to_have_text("torch.tanh(a)")
    assert page.locator(".track-chip[data-hinted]").all_text_contents() == ["tanh", "tanh"]
    page.mouse.move(700, 700)
    expect(page.locator(".cm-hint")).to_have_count(0)
    expect(page.locator(".track-chip[data-hinted]")).to_have_count(0)


def test_an_expression_a_step_and_a_formula_mark_the_card(page: Page) -> None:
    open_page(page)
    y = page.locator(card(page, "y"))
    page.locator(".cm-line", has_text="y = torch.tanh").hover(position={"x": 90, "y": 10})
    expect(y).to_have_attribute("data-hinted", "")
    page.locator(".track-chip", has_text="tanh").first.hover(force=True)
    expect(y).to_have_attribute("data-hinted", "")
    y.dispatch_event("click")
    page.locator("[data-inspector] math [data-names]", has_text="a").first.hover()
    expect(page.locator(card(page, "a"))).to_have_attribute("data-hinted", "")
    expect(page.locator(".cm-hint").first).to_be_visible()
