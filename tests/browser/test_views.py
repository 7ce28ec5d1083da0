"""One scene at one step as three views: the teaching graph, PyTorch's own backward graph, the table."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.lessons import lessons
from tests.browser.steps import at_step, open_page, state, tensor

CONVOLUTION = """import torch
conv = torch.nn.Conv2d(1, 2, 3, padding=1)
h = torch.relu(conv(torch.rand(1, 1, 8, 8)))
pooled = torch.nn.functional.max_pool2d(h, 2)
pooled.mean().backward()
"""


def node_titles(page: Page) -> list[str]:
    """The names on the cards that are drawn, in one where they go over two rows."""
    whole = "(cards) => cards.map((card) => [...card.querySelectorAll('.card-title')].map((row) => row.textContent).join(''))"
    return sorted(page.locator(".scene .card:visible").evaluate_all(whole))


def test_a_student_looks_at_pytorchs_own_graph_of_the_same_step(page: Page) -> None:
    open_page(page)
    cursor = at_step(page)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("v")
    expect(page.locator(".card", has_text="TanhBackward0")).to_be_visible()
    assert at_step(page) == cursor
    twice = ["AccumulateGrad", "AddBackward0", "MulBackward0", "PowBackward0"]
    assert node_titles(page) == sorted([*twice, *twice, "SubBackward0", "TanhBackward0"])
    page.locator(f'[data-tensor="{tensor(page, "y")["tensor"]}"]').click()
    inspector = page.locator("[data-inspector]")
    expect(inspector).to_contain_text("_saved_result")
    inspector.get_by_role("button", name="(AddBackward0, 0) a").click()
    expect(inspector.locator("h2")).to_have_text("a")
    expect(inspector.get_by_role("button", name="(MulBackward0, 0)")).to_be_visible()
    page.locator("[data-action=teaching-graph]").click()
    expect(page.locator(".card", has_text="TanhBackward0")).to_have_count(0)
    assert at_step(page) == cursor


def test_no_node_of_the_backward_graph_moves_while_time_moves(page: Page) -> None:
    open_page(page)
    page.evaluate("() => gradlight.set('view', 'backward')")
    expect(page.locator(".card", has_text="TanhBackward0")).to_be_visible()
    last = state(page)["last"]
    places = "(cards) => cards.map((card) => [card.dataset.tensor, card.getAttribute('transform')])"
    seen: dict[str, str] = {}
    for seq in range(0, last + 1, 3):
        page.evaluate("(seq) => gradlight.seek(seq)", seq)
        for number, place in page.locator(".scene .card:visible").evaluate_all(places):
            assert seen.setdefault(number, place) == place
    assert len(seen) == 10


def test_axe_finds_nothing_in_the_backward_graph(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for scheme, locale in (("light", "zh-CN"), ("dark", "en-US")):
        page = new_page(bypass_csp=True, color_scheme=scheme, locale=locale)
        open_page(page)
        page.locator("[data-action=backward-graph]").click()
        expect(page.locator(".card", has_text="TanhBackward0")).to_be_visible()
        assert accessibility_faults(page) == []


def test_the_table_of_a_small_network_stands_whole_and_its_chips_say_which_parameter(
    new_page: Callable[..., Page],
) -> None:
    page = new_page(viewport={"width": 1440, "height": 900})
    open_page(page)
    page.evaluate("(text) => gradlight.run(text)", lessons()["tiny-network"].program)
    page.evaluate("() => gradlight.set('view', 'table')")
    reach = "(table) => [table.scrollWidth - table.clientWidth, table.querySelectorAll('tbody tr').length]"
    assert page.locator(".table-view").evaluate(reach) == [0, 11]
    page.evaluate("(text) => gradlight.run(text)", CONVOLUTION)
    cut = page.locator(".track-chip span[data-cut]").all_text_contents()
    assert cut and all("weight" in text or "bias" in text for text in cut)
