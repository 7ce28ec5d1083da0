"""What a person asks of a run: why a number is what it is, and on to where a node works; by keys and by buttons."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import at_step, open_page, type_program

PROGRAM = """import torch
x = torch.tensor(2.0, requires_grad=True)
for i in range(2):
    y = x * 3 + x
    y.backward()
"""


def test_why_leads_from_a_gradient_to_what_wrote_it_to_the_sum_and_on_to_what_sent_it(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    sentence = page.locator("[data-sentence]")
    page.locator(".scene .card", has=page.locator(".card-title", has_text="x")).first.click()
    page.keyboard.press("y")
    expect(sentence).to_contain_text("x.grad accumulates, 4.0 + 4.0 = 8.0")
    expect(page.locator("[data-inspector] .why-here")).to_have_text("written here")
    page.keyboard.press("y")
    expect(sentence).to_contain_text("at x they add up, 1.0 + 3.0 = 4.0")
    page.keyboard.press("y")
    expect(sentence).to_contain_text("add receives 1.0")
    page.keyboard.press("r")
    expect(sentence).to_contain_text("mul receives 1.0")
    page.keyboard.press("r")
    expect(sentence).to_contain_text("x.grad accumulates, 4.0 + 4.0 = 8.0")
    page.locator("[data-why=value]").click()
    expect(sentence).to_contain_text("x is created: 2.0, a leaf that needs a gradient")
    before = at_step(page)
    page.locator("[data-inspector] [data-action=run-to-node]").click()
    expect(sentence).to_contain_text("mul takes x (2.0)")
    assert at_step(page) > before


def test_why_a_tensor_needs_a_gradient_is_told_and_lights_the_way_from_its_leaves(
    new_page: Callable[..., Page],
) -> None:
    page = new_page(reduced_motion="reduce")
    open_page(page)
    program = "import torch\nx = torch.tensor(2.0)\nw = torch.tensor(3.0, requires_grad=True)\ny = x * w\nz = y + 1\n"
    type_program(page, program + "with torch.no_grad():\n    c = w * 2\n")
    scene, told = page.locator(".scene"), page.locator("[data-inspector] .flag-why")
    for name, reason, edges in (
        ("z", "computed from w", 2),
        ("c", "made within no_grad", 0),
        ("x", "without requires_grad=True", 0),
    ):
        page.locator(".scene .card", has=page.get_by_text(name, exact=True)).first.click()
        page.locator("[data-why=need]").click()
        expect(told).to_contain_text(reason)
        expect(scene.locator(".edge-group[data-lit]")).to_have_count(edges)
        page.locator("[data-why=need]").click()
        expect(told).to_be_hidden()
        expect(scene).not_to_have_attribute("data-path", re.compile(""))
    page.locator(".scene .card", has=page.get_by_text("z", exact=True)).first.click()
    page.locator("[data-action=first]").click()
    page.locator("[data-action=play]").click()
    page.locator("[data-why=need]").click(timeout=10_000)
    expect(page.locator("[data-action=play]")).to_be_visible()
    expect(told).to_contain_text("computed from w")
    expect(scene.locator(".edge-group[data-lit]")).to_have_count(2)


def test_a_program_of_ones_own_loses_the_name_of_the_lesson(page: Page) -> None:
    open_page(page)
    title = page.locator("[data-lesson-title]")
    lesson = page.evaluate("() => document.querySelector('[data-lesson-title]').textContent")
    page.locator("[data-editor] .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n# mine")
    expect(title).to_have_text(f"{lesson} *")
    type_program(page, PROGRAM)
    expect(title).to_be_empty()
    expect(page.locator(".lesson-open")).to_contain_text("Your program")


def test_the_engine_breaks_on_purpose_says_so_and_is_mended_at_one_press(page: Page) -> None:
    open_page(page)
    type_program(page, "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\n")
    mark = page.locator(".broken-mark")
    expect(mark).to_be_hidden()
    page.locator("#tab-leaves").click()
    autograd = page.locator("#leaves [data-witness=autograd]")
    expect(autograd).to_contain_text("6.0")
    button = page.locator("#leaves [data-action=break-engine]")
    button.click()
    expect(autograd).to_contain_text("3.0")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(mark).to_have_text("Engine broken on purpose: = for +=")
    expect(page.locator("[data-witness=symbolic]")).to_have_attribute("data-agrees", "false")
    expect(page.locator("[data-output]")).to_contain_text("broken on purpose")
    page.locator("[data-output] [data-mend] button").click()
    expect(autograd).to_contain_text("6.0")
    expect(mark).to_be_hidden()


def test_the_queue_shows_what_is_ready_in_the_order_in_which_it_runs(new_page: Callable[..., Page]) -> None:
    page = new_page(locale="zh-CN")
    open_page(page)
    type_program(
        page,
        "import torch\nx = torch.tensor(0.5, requires_grad=True)\na = torch.exp(x)\nb = torch.sin(x)\nc = torch.cos(x)\nloss = a * b + c\nloss.backward()\n",
    )
    page.locator("#stage svg").first.focus()
    page.keyboard.press(":")
    queue = page.locator(".queue")
    expect(queue).to_contain_text("反向传播进行时")
    ready = queue.locator("[data-row=ready] .queue-node")
    running = queue.locator("[data-row=running] .queue-name")
    page.keyboard.press("Home")
    while running.count() == 0:
        page.keyboard.press("ArrowRight")
    seen = [(running.inner_text(), ready.locator(".queue-name").all_inner_texts())]
    for _ in range(4):
        ahead = ready.locator(".queue-name").first.inner_text()
        page.keyboard.press("ArrowRight")
        expect(running).to_have_text(ahead)
        seen.append((running.inner_text(), ready.locator(".queue-name").all_inner_texts()))
    assert seen == [("loss", ["a × b", "c"]), ("a × b", ["c", "b", "a"]), ("c", ["b", "a"]), ("b", ["a"]), ("a", ["x"])]
    ready.first.click()
    expect(page.locator("[data-inspector] .inspector-name")).to_have_text("x")
    page.locator("#stage svg").first.focus()
    page.keyboard.press(":")
    expect(queue).to_be_hidden()
