"""A student predicts each gradient before the page shows it, by keys alone; a wrong answer is told by its slip."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import at_step, open_page, type_program

PROGRAM = """import torch
x = torch.tensor(3.0, requires_grad=True)
w = torch.tensor(-2.0, requires_grad=True)
y = x * w
y.backward()
"""


def begin(page: Page) -> None:
    """The program stands where its backward pass starts, and the page asks."""
    open_page(page)
    type_program(page, PROGRAM)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("a")
    page.locator(".predict").wait_for(state="attached")
    while page.locator(".predict[data-open]").count() == 0:
        page.keyboard.press("ArrowRight")


def test_a_student_predicts_by_keys_and_the_slip_is_named(page: Page) -> None:
    begin(page)
    panel = page.locator(".predict")
    expect(panel).to_contain_text("What does MulBackward0 send to x?")
    before = at_step(page)
    page.keyboard.type("1.0")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("gradient that arrives")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("the sign is not")
    assert at_step(page) == before
    page.keyboard.type("-2")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("Right: −2.0.")
    expect(panel).to_contain_text("0 of 1")
    assert at_step(page) > before
    page.keyboard.press("i")  # nor can it be gone into
    expect(panel).to_contain_text(".grad be?")
    page.keyboard.press("PageDown")
    expect(panel).to_contain_text("It is")


def test_the_timeline_does_not_give_the_answer_away(new_page: Callable[..., Page]) -> None:
    page = new_page(locale="zh-CN")
    begin(page)
    track = page.locator("[data-track]").bounding_box()
    assert track is not None
    page.mouse.move(track["x"] + track["width"] * 0.97, track["y"] + track["height"] / 2)
    page.mouse.move(track["x"] + track["width"] * 0.98, track["y"] + track["height"] / 2)
    expect(page.locator(".track-tip")).to_have_text("先预测，再揭晓。")


def test_no_panel_gives_the_answer_away(page: Page) -> None:
    begin(page)
    for tab in ("leaves", "plots"):
        page.locator(f"#tab-{tab}").click()
        expect(page.locator(f"#{tab}")).to_have_text("Predict first.")
    page.evaluate("() => gradlight.seek(gradlight.state().last)")
    expect(page.locator("#plots")).not_to_contain_text("Predict first.")
    page.locator("#tab-leaves").click()
    expect(page.locator("#leaves [data-witness=autograd]").first).to_contain_text("−2.0")


def test_axe_finds_nothing_while_the_page_asks(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for scheme, locale in (("light", "zh-CN"), ("dark", "en-US")):
        page = new_page(bypass_csp=True, color_scheme=scheme, locale=locale)
        begin(page)
        page.wait_for_function("() => document.getAnimations().length === 0")
        assert accessibility_faults(page) == []


COVERED = """(panel) => {
  const over = panel.getBoundingClientRect();
  return [...document.querySelectorAll('#stage .scene .card-frame')].map((card) => card.getBoundingClientRect())
    .filter((card) => card.left < over.right && over.left < card.right && card.top < over.bottom && over.top < card.bottom).length;
}"""


def test_what_is_asked_and_the_queue_stand_over_no_card(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    page.locator("#stage svg").first.focus()
    page.evaluate("() => gradlight.seek(24)")
    page.keyboard.press("a")
    for panel in (".predict", ".queue"):
        page.locator(panel).wait_for()
        page.wait_for_function(f"() => ({COVERED})(document.querySelector('{panel}')) === 0")
        page.keyboard.press("a")
        page.keyboard.press(":")
