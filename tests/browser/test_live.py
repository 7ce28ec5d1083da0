"""The picture follows the program while it is typed and turned."""

from playwright.sync_api import Page, expect

from tests.browser.steps import card_text, open_page, state, type_program

SAVING = """import torch
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input, input)
        return input * input * 0.123456789012345678 if True else input.backward().backward()
"""
ROWS = """(number) => {
  const line = document.querySelectorAll('[data-editor] .cm-line')[number - 1];
  const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  const rows = new Map();
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    for (let at = 0; at < node.length; at += 1) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const row = Math.round(range.getBoundingClientRect().top);
      rows.set(row, (rows.get(row) ?? '') + node.data[at]);
    }
  }
  return [...rows.values()].map((row) => row.trim());
}"""
SQUARE = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\n"


def test_a_slip_keeps_the_last_good_picture_and_says_so(page: Page) -> None:
    open_page(page)
    type_program(page, SQUARE)
    type_program(page, SQUARE + "print(z)\n")
    assert "9.0" in card_text(page, "y")
    note = page.locator("[data-stale-note]")
    expect(note).to_contain_text("NameError on line 5")
    error = state(page)["error"]
    assert error["line"] == 5
    note.get_by_role("button").click()
    expect(note).to_be_hidden()
    type_program(page, SQUARE)
    assert state(page)["error"] is None
    page.locator("[data-editor] .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Begin with a small program").click()
    expect(page.locator("[data-output]")).to_contain_text("tensor(7.)")
    assert card_text(page, "y").count("10.0") == 1


def test_a_long_word_wraps_where_a_person_would_break_it(page: Page) -> None:
    open_page(page)
    type_program(page, SAVING)
    assert page.evaluate(ROWS, 5) == ["ctx.save_for_backward(", "input, input)"]
    rows = page.evaluate(ROWS, 6)
    assert len(rows) > 2 and all(rows), rows
    assert any("0.123456789012345678" in row for row in rows), rows


def test_keys_work_on_after_a_selection_within_a_text_that_was_replaced(page: Page) -> None:
    open_page(page)
    type_program(page, SQUARE)
    page.locator(".cm-line", has_text="backward").get_by_text("backward").dblclick()
    page.evaluate("program => gradlight.run(program)", "a = 1\n")
    editor = page.locator("[data-editor] .cm-content")
    editor.press("Backspace")
    expect(editor).to_have_text("a = 1")
    page.keyboard.insert_text("b = 2; ")
    expect(editor).to_have_text("b = 2; a = 1")


def test_a_number_at_the_caret_turns_by_keys_and_the_picture_follows(page: Page) -> None:
    open_page(page)
    type_program(page, SQUARE)
    page.locator(".cm-line", has_text="3.0").get_by_text("3.0").click()
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_function("() => gradlight.state().tensors[0]?.value.data === 3.1")
    page.keyboard.press("Alt+Shift+ArrowDown")
    page.wait_for_function("() => gradlight.state().tensors[0]?.value.data === 2.1")


def test_the_picture_of_an_edit_is_drawn_before_the_panels_beside_it(page: Page) -> None:
    open_page(page)
    type_program(page, SQUARE)
    page.locator(".card", has_text="y").first.click()
    expect(page.locator("[data-inspector]")).to_contain_text("9.0")
    page.evaluate(
        """() => {
            window.order = [];
            for (const region of ['.scene', '[data-inspector]'])
                new MutationObserver(() => order.at(-1) !== region && order.push(region))
                    .observe(document.querySelector(region), { subtree: true, childList: true, characterData: true });
        }"""
    )
    page.locator(".cm-line", has_text="3.0").get_by_text("3.0").click()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-inspector]")).to_contain_text("9.61")
    assert page.evaluate("order")[:2] == [".scene", "[data-inspector]"]


REMARKED = """() => {
  window.remarked = [];
  new MutationObserver((changes) => {
    for (const { type, target, oldValue } of changes) if (type === 'attributes' && /cm-place/.test(oldValue + target.className) && oldValue !== target.className) window.remarked.push(oldValue);
    for (const { removedNodes } of changes) for (const one of removedNodes) if (one.classList?.contains('cm-span')) window.remarked.push(one.textContent);
  }).observe(document.querySelector('.cm-content'), { subtree: true, childList: true, attributeFilter: ['class'], attributeOldValue: true });
}"""


def test_the_mark_of_the_line_stands_while_a_number_elsewhere_is_typed(page: Page) -> None:
    open_page(page)
    type_program(page, SQUARE)
    place = page.locator(".cm-place", has_text="y.backward()")
    expect(place).to_have_count(1)
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    page.evaluate(REMARKED)
    for _ in range(len("x = torch.tensor(3")):
        page.keyboard.press("ArrowRight")
    page.keyboard.type("1")
    page.wait_for_function("() => gradlight.state().tensors.find(({ name }) => name === 'x').value.data === 31")
    assert page.evaluate("() => window.remarked") == []
    expect(place).to_have_count(1)


def test_the_mark_moves_with_its_line_and_goes_where_the_text_fails(page: Page) -> None:
    open_page(page)
    type_program(page, SQUARE)
    page.locator(".cm-line", has_text="import torch").click()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-place")).to_have_text("y.backward()")
    page.keyboard.type("(")
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator(".cm-place")).to_have_count(0)


def test_nothing_moves_while_a_slider_is_held_though_numbers_grow_longer(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    page.get_by_role("tab", name="Leaves").click()
    places = "() => [...document.querySelectorAll('.card')].map((card) => `${card.getAttribute('transform')} ${card.querySelector('.card-frame').getAttribute('width')}`)"
    before = page.evaluate(places)
    slider = page.get_by_role("slider", name="w", exact=True)
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2, steps=3)
    page.wait_for_function("() => document.querySelector('.stage-picture').textContent.includes('e−5')")
    assert page.evaluate(places) == before
    page.mouse.up()
    page.wait_for_function(f"(before) => JSON.stringify(({places})()) !== JSON.stringify(before)", arg=before)


def test_a_leaf_has_a_slider_a_gradient_step_and_a_check(page: Page) -> None:
    open_page(page)
    type_program(page, SQUARE)
    page.locator("#tab-leaves").click()
    panel = page.locator("[data-leaves]")
    expect(panel.locator("[data-witness=autograd] dd")).to_have_text("6.0")
    panel.get_by_role("button", name="Check gradients").click()
    expect(panel.locator("[data-agrees=true]")).to_have_count(2)
    panel.get_by_role("button", name="Gradient step").click()
    page.wait_for_function("() => gradlight.state().tensors[0]?.value.data === 2.4")
    slider = panel.locator("input[type=range]")
    slider.fill("1.5")
    page.wait_for_function("() => gradlight.state().tensors[0]?.value.data === 1.5")
    expect(panel.locator("[data-witness=autograd] dd")).to_have_text("3.0")


LOOP = """import torch
x = torch.tensor(3.0, requires_grad=True)
for step in range(5):
    loss = x * x
    x.grad = None
    loss.backward()
    with torch.no_grad():
        x -= 0.1 * x.grad
"""


def test_a_loss_is_plotted_and_a_point_leads_to_its_step(page: Page) -> None:
    open_page(page)
    type_program(page, LOOP)
    page.locator("#tab-plots").click()
    chart = page.locator("[data-plots] [role=slider]").first
    expect(chart).to_have_attribute("aria-valuetext", "loss 1.51")
    chart.focus()
    page.keyboard.press("Home")
    expect(chart).to_have_attribute("aria-valuetext", "loss 9.0")
    assert next(one for one in state(page)["tensors"] if one["name"] == "loss")["value"]["data"] == 9
    page.keyboard.press("ArrowRight")
    expect(chart).to_have_attribute("aria-valuenow", "2")
