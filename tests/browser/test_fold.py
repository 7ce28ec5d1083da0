"""A function, a module or a turn of a loop folds into one badge on what it gave back, and opens again: by keys, pointer and finger; what is folded is taken away folded."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import hatch_build
from tests.browser.steps import open_page, type_program

PROGRAM = """import torch
from torch import nn
net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
def loss_of(guess, wanted):
    error = guess - wanted
    return (error * error).mean()
x = torch.ones(1, 2)
loss = loss_of(net(x), torch.zeros(1, 1))
loss.backward()
"""
BADGES = "(badges) => badges.map((one) => one.textContent).sort()"


def folded(page: Page) -> list[str]:
    """What the closed badges that are drawn say."""
    texts: list[str] = page.locator(".scene .badge[data-fold] > text").evaluate_all(BADGES)
    return texts


def cards(page: Page) -> int:
    """How many cards are drawn."""
    return page.locator(".scene .card:visible").count()


def test_keys_fold_all_and_enter_opens_one(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    whole = cards(page)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("u")
    expect(page.locator(".scene .badge[data-fold]")).to_have_count(2)
    assert folded(page) == ["Sequential (5)", "loss_of (3)"]
    assert cards(page) == 3
    page.locator(".scene .card[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".scene .badge[data-fold] > text")).to_have_text(["Linear (2)", "Linear (2)", "loss_of (3)"])
    expect(page.locator(".scene .card:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator(".scene .badge[data-fold]")).to_have_count(0)
    assert cards(page) == whole


def test_the_inspector_folds_what_a_node_ran_in_and_a_finger_opens_it(new_page: Callable[..., Page]) -> None:
    page = new_page(has_touch=True)
    open_page(page)
    type_program(page, PROGRAM)
    page.locator(".scene .card", has=page.locator(".card-title", has_text="loss")).last.dispatch_event("click")
    page.get_by_role("button", name="loss_of", exact=True).tap()
    expect(page.locator(".scene .badge[data-fold] > text")).to_have_text(["loss_of (3)"])
    expect(page.get_by_role("button", name="loss_of", exact=True)).to_have_attribute("aria-pressed", "true")
    page.locator("[data-action=fit]").tap()
    page.locator(".scene .badge[data-fold]").tap()
    expect(page.locator(".scene .badge[data-fold]")).to_have_count(0)


def test_a_fold_stays_through_an_edit_and_no_card_moves_while_time_moves(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    page.locator("[data-action=fold-all]").click()
    expect(page.locator(".scene .badge[data-fold]")).to_have_count(2)
    type_program(page, PROGRAM.replace("torch.ones(1, 2)", "torch.ones(1, 2) * 3"))
    assert folded(page) == ["Sequential (5)", "loss_of (3)"]
    places = "(cards) => cards.map((card) => [card.dataset.tensor, card.getAttribute('transform')])"
    seen: dict[str, str] = {}
    for seq in range(0, page.evaluate("() => gradlight.state().last") + 1, 4):
        page.evaluate("(seq) => gradlight.seek(seq)", seq)
        for number, place in page.locator(".scene .card:visible").evaluate_all(places):
            assert seen.setdefault(number, place) == place
    assert len(seen) == 4


def test_a_large_graph_begins_folded(page: Page) -> None:
    open_page(page)
    turns = "import torch\nw = torch.tensor(0.9, requires_grad=True)\nh = w\nfor i in range(80):\n    h = torch.tanh(h * w)\nh.backward()\n"
    type_program(page, turns)
    expect(page.locator(".scene .badge[data-fold] > text")).to_have_text(["i = 0 … 79 (160)"])
    page.locator(".scene .badge[data-fold]").click()
    expect(page.locator(".scene .badge[data-fold]")).to_have_count(80)
    page.locator("[data-action=fold-all]").click()
    expect(page.locator(".scene .badge[data-fold]")).to_have_count(0)


def test_all_turns_of_a_loop_are_one_card_that_opens(page: Page) -> None:
    open_page(page)
    type_program(
        page,
        "import torch\nw = torch.tensor(0.9, requires_grad=True)\nh = w\nfor i in range(20):\n    h = torch.tanh(h * w)\nh.backward()\n",
    )
    page.locator("[data-action=fold-all]").click()
    expect(page.locator(".scene .badge[data-fold] > text")).to_have_text(["i = 0 … 19 (40)"])
    expect(page.locator(".scene .card")).to_have_count(2)
    page.locator(".scene .badge[data-fold]").click()
    expect(page.locator(".scene .badge[data-fold]")).to_have_count(20)


def test_axe_finds_nothing_in_a_folded_graph(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for scheme, locale in (("light", "zh-CN"), ("dark", "en-US")):
        page = new_page(bypass_csp=True, color_scheme=scheme, locale=locale)
        open_page(page)
        type_program(page, PROGRAM)
        page.locator("[data-action=fold-all]").click()
        expect(page.locator(".scene .badge[data-fold]")).to_have_count(2)
        page.locator(".scene .card", has=page.locator(".card-title", has_text="loss")).last.dispatch_event("click")
        assert accessibility_faults(page) == []


@pytest.fixture
def folded_page(page: Page) -> Page:
    """A page whose graph is closed but for one group that was opened again."""
    hatch_build.make_player()
    open_page(page)
    type_program(page, PROGRAM)
    page.locator("[data-action=fold-all]").click()
    page.locator(".scene .badge[data-fold]", has_text="Sequential").click()
    expect(page.locator(".scene .badge[data-fold]")).to_have_count(3)
    return page


LEFT = ["Linear (2)", "Linear (2)", "loss_of (3)"]
TEXT_OF = "(options) => gradlight.export('svg', options).then((blob) => blob.text())"


def test_a_figure_of_another_theme_language_or_step_is_folded_as_the_stage_is(folded_page: Page) -> None:
    earlier = folded_page.evaluate("() => gradlight.state().last") - 4
    for options in ({}, {"theme": "dark"}, {"language": "zh-CN", "view": "values"}, {"at": earlier}):
        texts = re.findall("<text[^>]*>([^<]*)</text>", folded_page.evaluate(TEXT_OF, options))
        assert sorted(text for text in texts if text in LEFT) == LEFT, options


def test_a_link_opens_folded(folded_page: Page, new_page: Callable[..., Page]) -> None:
    folded_page.locator("[data-action=share]").click()
    addresses = [folded_page.locator(f"#share-{name}").input_value() for name in ("whole", "short")]
    for address in addresses:
        other = new_page()
        open_page(other, "/#" + address.partition("/#")[2])
        other.locator("[data-action=run]").click()
        expect(other.locator(".scene .badge[data-fold] > text")).to_have_text(LEFT)


def test_a_handout_is_printed_folded(folded_page: Page) -> None:
    folded_page.locator("#stage svg").first.focus()
    with folded_page.expect_popup() as opened:
        folded_page.keyboard.press("Control+p")
    sheet = opened.value
    sheet.locator("html[data-ready]").wait_for()
    expect(sheet.locator(".handout-picture").last.locator(".badge[data-fold] > text")).to_have_text(LEFT)


def test_the_one_file_opens_folded_and_unfolds(
    folded_page: Page, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "run.html"
    file.write_text(folded_page.evaluate("() => gradlight.export('html').then((blob) => blob.text())"), "utf-8")
    player = new_page(offline=True)
    player.goto(file.as_uri())
    player.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
    badges = player.locator(".scene .badge[data-fold]")
    expect(player.locator("[data-action=fold-all]")).to_be_visible()
    expect(badges.locator("> text")).to_have_text(LEFT)
    badges.last.click()
    expect(badges.locator("> text")).to_have_text(LEFT[:2])
    player.get_by_role("button", name="loss_of", exact=True).click()
    expect(badges.locator("> text")).to_have_text(LEFT)
    player.locator("[data-action=fold-all]").click()
    expect(badges).to_have_count(0)
    player.keyboard.press("u")
    expect(badges).to_have_count(2)
