"""A kept run above the edited one: the same things stand at the same places, and what differs is marked, listed and spoken."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, type_program

PROGRAM = """import torch
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
h = x * w
loss = torch.tanh(h) + x
loss.backward()
"""
EDITED = PROGRAM.replace("tanh(h)", "relu(h) * w")
CARDS = "(cards) => Object.fromEntries(cards.map((card) => [card.querySelector('.card-title')?.textContent || card.dataset.card, [card.getAttribute('transform'), card.dataset.difference]]))"

UNSEEN = """() => {
  const boxes = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.getBoundingClientRect());
  const over = boxes('.sentence, .stage-tools, .strip, .pane-name');
  const [room] = boxes('.stage-region');
  return boxes('.card-frame').filter((card) => card.left < room.left || card.right > room.right || card.top < room.top || card.bottom > room.bottom
    || over.some((one) => card.left < one.right && one.left < card.right && card.top < one.bottom && one.top < card.bottom)).length;
}"""


def compare(page: Page) -> None:
    """The first program is kept and the edited one runs below it."""
    open_page(page)
    type_program(page, PROGRAM)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("m")
    expect(page.locator("[data-differences]")).to_contain_text("Both runs are the same")
    type_program(page, EDITED)
    expect(page.locator(".difference")).not_to_have_count(0)


def test_both_graphs_stand_at_the_same_places_and_only_what_differs_is_marked(page: Page) -> None:
    compare(page)
    expect(page.locator("#stage .sign")).to_have_count(6)
    expect(page.locator(".kept-stage .sign")).to_have_count(5)
    above = page.locator(".kept-stage [data-card]").evaluate_all(CARDS)
    below = page.locator("#stage [data-card]").evaluate_all(CARDS)
    assert [mark for _, mark in below.values()].count("added") == 1
    for name in ("x", "w", "h", "loss"):
        assert above[name][0] == below[name][0], name
        assert above[name][1] == below[name][1] == "changed", name
    transforms = page.locator(".scene").evaluate_all(
        "(scenes) => scenes.map((scene) => scene.getAttribute('transform'))"
    )
    assert transforms[0] == transforms[1]


def test_on_a_laptop_both_pictures_are_whole_and_each_card_stands_below_its_own(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("m")
    expect(page.locator("[data-differences]")).to_contain_text("Both runs are the same")
    source = page.evaluate("async () => (await (await fetch('/api/lessons/one-neuron')).json()).program")
    page.evaluate("(source) => gradlight.run(source)", source.replace("-3.0", "-2.5"))
    expect(page.locator(".difference")).not_to_have_count(0)
    page.wait_for_function(
        "() => new Set([...document.querySelectorAll('.scene')].map((scene) => [...scene.querySelectorAll('.card')].map((card) => card.getAttribute('transform')).join())).size === 1"
    )
    assert page.evaluate(UNSEEN) == 0


def test_the_list_is_walked_by_arrows_and_the_stage_goes_along(page: Page) -> None:
    compare(page)
    items = page.locator(".difference")
    expect(items.first).to_contain_text("relu(h): tanh became relu; value 1.000 became 6.0")
    items.first.focus()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    expect(items.nth(1)).to_contain_text("relu(h) × w: only in this run, 18.0")
    expect(page.locator("#stage .card[data-selected][data-difference=added]")).to_have_count(1)
    page.locator("#stage svg").first.focus()
    page.keyboard.press(";")
    expect(page.locator("[data-notes]")).to_contain_text("x: gradient")
    expect(page.locator(".kept-stage .card[data-selected] .card-title")).to_have_text("x")
    page.keyboard.press("Home")
    expect(page.locator("#stage .sign")).to_have_count(0)
    page.keyboard.press("m")
    expect(page.locator(".comparison")).to_have_count(0)
    expect(page.locator("#stage .card[data-difference]")).to_have_count(0)
    expect(page.locator("#tab-differences")).to_be_hidden()


def test_axe_finds_nothing_beside_a_kept_run(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for scheme, locale in (("light", "en-US"), ("dark", "en-US")):
        page = new_page(bypass_csp=True, color_scheme=scheme, locale=locale)
        compare(page)
        assert accessibility_faults(page) == []
