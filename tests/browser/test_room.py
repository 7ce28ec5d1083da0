"""Presenting: text that the last row can read, notes in a second window, a dark screen; and stepping by scope."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.lessons import lessons
from tests.browser.steps import at_step, open_page, type_program

SMALLEST = """() => {
  const scale = document.querySelector('.scene').getCTM().a;
  const texts = [...document.querySelectorAll('.stage-picture text')];
  return Math.min(...texts.map((text) => Number.parseFloat(getComputedStyle(text).fontSize) * scale));
}"""


COVERED = """() => {
  const rects = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true })).map((one) => one.getBoundingClientRect());
  const over = rects('.sentence, .stage-tools, .stage > .legend, .timeline');
  return rects('.stage-picture .card-frame').filter((card) => over.some((one) => card.left < one.right && one.left < card.right && card.top < one.bottom && one.top < card.bottom)).length;
}"""
WHOLE = """() => {
  const room = document.querySelector('.stage-region').getBoundingClientRect();
  const cards = [...document.querySelectorAll('.stage-picture .card-frame')].map((card) => card.getBoundingClientRect());
  const run = document.querySelector('[data-action=run]').getBoundingClientRect();
  return cards.length === 11 && cards.every((card) => card.left >= room.left && card.right <= room.right && card.top >= room.top && card.bottom <= room.bottom) && room.right - run.right < 24;
}"""
INSIDE = """() => {
  const room = document.querySelector('.stage-region').getBoundingClientRect();
  return [...document.querySelectorAll('.stage-picture .card-frame')].map((card) => card.getBoundingClientRect()).every((card) => card.left >= room.left && card.right <= room.right && card.top >= room.top && card.bottom <= room.bottom);
}"""
IN_VIEW = """(name) => {
  const room = document.querySelector('.stage-region').getBoundingClientRect();
  const { x, y, visible } = gradlight.state().tensors.find((one) => one.name === name);
  return visible && x > 0 && y > 0 && x < room.width && y < room.height;
}"""
OUT_OF_VIEW = """async () => {
  const room = document.querySelector('.stage-region').getBoundingClientRect();
  const inside = (card) => card.left >= room.left && card.right <= room.right && card.top >= room.top && card.bottom <= room.bottom;
  const near = (one, other) => Math.max(one.right, other.right) - Math.min(one.left, other.left) < room.width / 2 && Math.max(one.bottom, other.bottom) - Math.min(one.top, other.top) < room.height / 2;
  const cursor = () => Number(document.querySelector('[data-timeline]').value);
  const [lost, stops] = [[], []];
  let told = 0;
  for (let before = Infinity; cursor() < before; await gradlight.step(-1)) stops.unshift(before = cursor());
  for (const stop of stops) {
    await gradlight.seek(stop);
    const marked = [...document.querySelectorAll('.stage-picture .card[data-mark]:not([data-twin])')];
    if (marked.length === 0) continue;
    told += 1;
    const frame = (card) => card.querySelector('.card-frame').getBoundingClientRect();
    const subject = frame(marked.find((card) => card.dataset.mark === 'running') ?? marked.at(-1));
    if (!inside(subject) || marked.map(frame).some((card) => near(card, subject) && !inside(card))) lost.push(document.querySelector('[data-sentence]').textContent);
  }
  return told < 3 ? ['nothing was told'] : lost;
}"""
CHOSEN_IN_VIEW = """() => document.querySelector('#stage .card[data-selected]').getBoundingClientRect().right
  <= document.querySelector('[data-inspector]').getBoundingClientRect().left"""
LONG = """import torch
w = torch.tensor(0.5, requires_grad=True)
h = torch.tensor(1.0)
for step in range(12):
    h = torch.tanh(h * w)
h.backward()
"""
THREE_LEAVES = """import torch
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = torch.tensor(-1.0, requires_grad=True)
loss = (a * b + c) ** 2
loss.backward()
"""


def test_presented_text_is_at_least_18_pixels_at_1280_by_720_and_three_leaves_lie_under_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    type_program(page, THREE_LEAVES)
    page.evaluate("() => gradlight.set('theme', 'projector')")
    page.wait_for_function(f"() => ({COVERED})() === 0")
    for theme, presented in (("light", "projector"), ("dark", "dark")):
        page.evaluate("(theme) => gradlight.set('theme', theme)", theme)
        page.locator("#stage svg").first.focus()
        page.mouse.move(640, 5)
        page.keyboard.press("p")
        expect(page.locator("html")).to_have_attribute("data-theme", presented)
        expect(page.locator("body")).to_have_css("font-size", "24px")
        page.wait_for_function(f"() => ({SMALLEST})() >= 18 && ({COVERED})() === 0")
        page.keyboard.press("p")
        expect(page.locator("html")).to_have_attribute("data-theme", theme)


def test_the_second_window_tells_the_next_step_and_steers(page: Page) -> None:
    open_page(page)
    page.evaluate("() => gradlight.seek(20)")
    page.keyboard.press("ArrowLeft")
    with page.expect_popup() as opened:
        page.keyboard.press("w")
    window = opened.value
    expect(window.locator("[data-now]")).not_to_be_empty()
    following = window.locator("[data-next]").text_content() or ""
    before = at_step(page)
    window.get_by_role("button", name="Step forward").click()
    expect(window.locator("[data-now]")).to_have_text(following)
    assert at_step(page) > before
    window.keyboard.press("b")
    expect(page.locator("html")).to_have_attribute("data-blank", "")


def test_a_breakpoint_beside_a_line_ends_the_way_to_it(page: Page) -> None:
    open_page(page)
    page.locator(".cm-line", has_text="y = torch.tanh").click()
    page.keyboard.press("F9")
    expect(page.locator(".breakpoint:visible")).to_have_count(1)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("c")
    expect(page.locator(".cm-place")).to_contain_text("torch.tanh")
    page.locator(".cm-lineNumbers .cm-gutterElement", has_text="12").click()
    expect(page.locator(".breakpoint:visible")).to_have_count(2)
    page.locator(".cm-lineNumbers .cm-gutterElement", has_text="12").click()
    expect(page.locator(".breakpoint:visible")).to_have_count(1)


def test_presenting_gives_the_picture_the_whole_width_the_clicker_begins_the_run_and_the_panels_come_back(
    page: Page,
) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    width = "() => document.querySelector('.stage-region').clientWidth"
    page.locator("#stage svg").first.focus()
    page.keyboard.press("p")
    expect(page.locator("[data-inspector]")).to_be_hidden()
    assert page.evaluate(width) == 1280
    page.wait_for_function(f"() => ({WHOLE})()")
    page.keyboard.press("PageDown")
    expect(page.locator("[data-sentence]")).to_contain_text("Step 1 of 23")
    page.keyboard.press("End")
    expect(page.locator("[data-sentence]")).to_contain_text("Step 23 of 23")
    expect(page.locator("[data-action=step-forward]").first).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("]")
    expect(page.locator("[data-inspector]")).to_be_visible()
    page.keyboard.press("]")
    page.keyboard.press("p")
    expect(page.locator("[data-inspector]")).to_be_visible()
    page.locator("[data-action=fold-side]").click()
    expect(page.locator("[data-inspector]")).to_be_hidden()
    page.locator("[data-action=fold-side]").click()
    expect(page.locator("[data-inspector]")).to_be_visible()


def test_every_lesson_stands_whole_and_under_nothing_on_a_laptop(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    for lesson in lessons().values():
        type_program(page, lesson.program)
        page.wait_for_function(f"() => ({COVERED})() === 0 && ({INSIDE})()")


def test_on_a_projector_every_lesson_stands_whole_with_the_inspector_folded_until_it_is_asked_for(page: Page) -> None:
    page.set_viewport_size({"width": 1600, "height": 900})
    open_page(page)
    page.evaluate("() => gradlight.set('theme', 'projector')")
    expect(page.locator("[data-inspector]")).to_be_hidden()
    for lesson in lessons().values():
        type_program(page, lesson.program)
        page.wait_for_function(f"() => ({COVERED})() === 0 && ({INSIDE})() && ({SMALLEST})() >= 13")
    type_program(page, LONG.replace("12", "6"))
    page.wait_for_function(f"() => ({COVERED})() === 0 && ({INSIDE})() && ({SMALLEST})() >= 13")
    type_program(page, lessons()["one-neuron"].program)
    page.locator("#stage .card", has=page.locator(".card-title", has_text="loss")).first.click()
    expect(page.locator("[data-inspector]")).to_be_visible()
    page.wait_for_function(CHOSEN_IN_VIEW)
    page.locator("[data-action=fold-side]").click()
    expect(page.locator("[data-inspector]")).to_be_hidden()
    page.locator("[data-action=fold-side]").click()
    expect(page.locator("[data-inspector]")).to_be_visible()


def test_at_200_percent_the_first_lesson_stands_whole_and_under_nothing(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 640, "height": 360}, device_scale_factor=2, locale="zh-CN")
    open_page(page)
    page.wait_for_function(f"() => ({COVERED})() === 0 && ({INSIDE})()")
    page.evaluate("() => gradlight.seek(40)")
    page.wait_for_function(f"() => ({COVERED})() === 0 && ({INSIDE})()")


def test_over_a_table_the_sentence_keeps_its_margins(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    type_program(page, LONG)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("t")
    expect(page.locator("#table")).to_be_focused()
    margins = page.evaluate(
        """() => {
          const [one, room] = ['.sentence', '.stage-region'].map((selector) => document.querySelector(selector).getBoundingClientRect());
          return [one.left - room.left, room.right - one.right];
        }"""
    )
    assert margins[0] == margins[1] > 0


def test_a_graph_that_is_larger_than_its_room_is_presented_where_the_run_stands(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    type_program(page, LONG)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("p")
    expect(page.locator("html")).to_have_attribute("data-present", "")
    page.keyboard.press("End")
    page.wait_for_function(f"() => !({INSIDE})()")
    page.wait_for_function(f"() => ({IN_VIEW})('w')")
    page.set_viewport_size({"width": 1290, "height": 720})
    page.wait_for_function(f"() => ({IN_VIEW})('w')")


def test_what_a_step_speaks_of_is_in_view_with_what_it_leads_to_nearby_in_every_lesson_on_a_projector(
    page: Page,
) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    page.evaluate("() => Promise.all([gradlight.set('theme', 'projector'), gradlight.set('motion', 'reduced')])")
    for program in (LONG, *(lesson.program for lesson in lessons().values())):
        page.evaluate("program => gradlight.run(program)", program)
        assert page.evaluate(OUT_OF_VIEW) == []
    page.set_viewport_size({"width": 1600, "height": 900})
    page.evaluate("program => gradlight.run(program)", LONG)
    assert page.evaluate(OUT_OF_VIEW) == []


def test_g_and_a_digit_go_to_tenths_of_the_run(page: Page) -> None:
    open_page(page)
    page.locator("#stage svg").first.focus()
    for digit, step in (("5", 12), ("9", 21)):
        page.keyboard.press("g")
        page.keyboard.press(digit)
        expect(page.locator("[data-sentence]")).to_contain_text(f"Step {step} of 23")
    page.keyboard.press("5")
    expect(page.locator("[data-action=backward-graph]")).to_have_attribute("aria-pressed", "true")


def test_while_presenting_a_resting_pointer_and_a_key_leave_the_picture_its_room(page: Page) -> None:
    open_page(page)
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("p")
    tools = page.locator(".stage-tools")
    region = page.locator(".stage-region").bounding_box()
    assert region is not None
    for shift in (0, 9):
        page.mouse.move(region["x"] + 300 + shift, region["y"] + 200)
    expect(tools).to_have_css("opacity", "1")
    page.keyboard.press("ArrowLeft")
    expect(tools).to_have_css("opacity", "0")
    page.mouse.move(region["x"] + 320, region["y"] + 210)
    expect(tools).to_have_css("opacity", "1")
    expect(tools).to_have_css("opacity", "0")  # the pointer rests
