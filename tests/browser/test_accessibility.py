"""Axe finds nothing, and the keyboard alone does a whole lesson."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page

ERROR = "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x * x\nprint(y)\ny.backward()\ny.backward()\n"


def test_axe_finds_what_is_wrong(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(bypass_csp=True)
    page.set_content(
        '<title>A page</title><main><h1>A page</h1><img src="data:,"><p style="color:#aaa">Pale</p></main>'
    )
    assert {fault.partition(":")[0] for fault in accessibility_faults(page)} == {
        "color-contrast",
        "html-has-lang",
        "image-alt",
    }


@pytest.mark.parametrize(("locale", "theme"), [("en-US", "light"), ("zh-CN", "dark"), ("en-US", "projector")])
def test_axe_finds_nothing_in_any_view_theme_and_language(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]], locale: str, theme: str
) -> None:
    page = new_page(bypass_csp=True, locale=locale, viewport={"width": 1600, "height": 900}, reduced_motion="reduce")
    open_page(page)
    page.evaluate("(theme) => gradlight.set('theme', theme)", theme)
    page.evaluate("() => gradlight.step(-4)")

    def look(at: str) -> None:
        page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")
        assert accessibility_faults(page) == [], at

    look("stage")
    views = page.locator("[data-views] [data-action]").all()
    assert len(views) >= 4
    for view in views:
        view.click()
        look(f"view {view.get_attribute('data-action')}")
    page.locator("[data-views] [data-action]").first.click()
    if theme == "projector":
        page.locator("[data-action=fold-side]").click()
    for tab in ("leaves", "plots", "inspector"):
        page.locator(f"#tab-{tab}").click()
        look(tab)
    page.evaluate("(source) => gradlight.run(source)", ERROR)
    look("error")
    page.locator("[data-action=present]").first.click()
    look("presenting")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_frame(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]], scheme: str
) -> None:
    page = new_page(bypass_csp=True, color_scheme=scheme, viewport={"width": 900, "height": 560})
    open_page(page, "/?embed=1")
    assert accessibility_faults(page) == []


TARGETS = """() => [...document.querySelectorAll('button, [role=tab], select, input, summary, a[href]')].filter((element) => !element.closest('.skips, p'))
  .map((element) => [element.getAttribute('aria-label') ?? element.textContent, element.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24)).map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (820, 1180), (390, 844), (320, 640)])
def test_every_target_can_be_hit_with_a_finger(new_page: Callable[..., Page], width: int, height: int) -> None:
    page = new_page(viewport={"width": width, "height": height}, has_touch=True)
    open_page(page)
    assert page.evaluate(TARGETS) == []


def test_forced_colours_leave_cards_edges_and_their_differences(new_page: Callable[..., Page]) -> None:
    page = new_page(forced_colors="active")
    open_page(page)
    seen = page.evaluate(
        """() => Object.fromEntries(['leaf', 'constant', 'computed'].map((kind) => {
          const style = getComputedStyle(document.querySelector(`#stage .stage-picture .card[data-kind="${kind}"] .card-frame`));
          return [kind, [style.stroke, style.strokeDasharray, style.fill !== style.stroke]];
        }))"""
    )
    assert len({stroke for stroke, _, _ in seen.values()}) == 1
    assert seen["constant"][1] != seen["computed"][1]
    assert all(differs for _, _, differs in seen.values())
    assert page.locator('#stage .card[data-kind="leaf"] .card-inner').count() > 0


def test_axe_finds_nothing_in_what_opens(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(bypass_csp=True)
    open_page(page)
    for opened in ("lessons", "help", "export", "share", "table"):
        page.locator(f"[data-action={opened}]").first.click()
        if opened in {"export", "share"}:
            page.locator(f"[data-dialog={opened}]").wait_for()
        assert accessibility_faults(page) == [], opened
        page.keyboard.press("Escape")


def test_axe_finds_nothing_on_a_phone(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    page = new_page(bypass_csp=True, viewport={"width": 390, "height": 844})
    open_page(page)
    assert accessibility_faults(page) == []


def test_a_lesson_is_done_by_keys_alone(page: Page) -> None:
    open_page(page)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#editor")
    page.locator("#stage svg").first.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => gradlight.state().cursor === 0")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => gradlight.state().cursor > 0")
    page.keyboard.press("End")
    page.wait_for_function("() => gradlight.state().cursor === gradlight.state().last")
    page.keyboard.press("t")
    expect(page.locator("[data-table] table")).to_be_visible()
    expect(page.locator("[data-table]")).to_be_focused()
    expect(page.locator('.skips [href="#table"]')).not_to_have_attribute("hidden", "")
    page.locator("[data-timeline]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => gradlight.state().cursor < gradlight.state().last")
    page.keyboard.press("t")
    page.keyboard.press("?")
    expect(page.locator("dialog[data-dialog=help]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_the_editor_is_left_by_escape_then_tab(page: Page) -> None:
    open_page(page)
    page.locator("[data-editor] .cm-content").click()
    before = page.locator("[data-editor] .cm-content").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('[data-editor]') === null")
    assert page.locator("[data-editor] .cm-content").inner_text() == before


def test_control_enter_runs_from_the_editor(page: Page) -> None:
    open_page(page)
    page.locator("[data-editor] .cm-content").click()
    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        page.keyboard.press("Control+Enter")
    assert answered.value.status == 201


def test_letters_typed_into_the_editor_steer_nothing(page: Page) -> None:
    open_page(page)
    page.locator("[data-editor] .cm-content").click()
    page.keyboard.type("# tdpk")
    expect(page.locator("[data-editor] .cm-content")).to_contain_text("# tdpk")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("[data-table]")).to_be_hidden()
    expect(page.locator("[data-action=pause]")).to_have_count(0)
    expect(page.locator("[data-action=present]").first).to_have_attribute("aria-pressed", "false")
    expect(page.locator("dialog")).to_have_count(0)


def test_the_page_gives_each_command_a_button(page: Page) -> None:
    open_page(page)
    for name in ["run", "play", "step-forward", "step-back", "first", "last", "export", "present"]:
        expect(page.locator(f"[data-action={name}]").first).to_be_visible()


IN_VIEW = """() => {
  const [box, room] = [document.activeElement.closest('.card').getBoundingClientRect(), document.querySelector('.stage-region').getBoundingClientRect()];
  return box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom;
}"""


def test_keys_walk_the_graph_choose_a_card_and_leave_again(page: Page) -> None:
    open_page(page)
    stage = page.locator("#stage .stage-picture")
    stage.focus()
    page.keyboard.press("Tab")
    stands = page.locator("#stage .scene").get_attribute("transform")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile("^loss, "))
    assert page.locator("#stage .scene").get_attribute("transform") == stands, "a graph that is seen whole stands still"
    page.keyboard.press("Enter")
    expect(page.locator(".card[data-selected]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(stage).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".card[data-selected]")).to_have_count(0)
    page.keyboard.press("v")
    expect(stage).to_contain_text("AccumulateGrad")
    expect(page.locator('#stage .card[tabindex="0"]')).to_have_count(1)
    for key in ("+", "+", "+", "Tab"):
        page.keyboard.press(key)
    assert page.evaluate(IN_VIEW), "Tab leads to what is out of view, and shows it"
    page.keyboard.press("Escape")
    for key in ("4", "Home", "p"):
        page.keyboard.press(key)
    expect(page.locator("html")).to_have_attribute("data-present", "")
    expect(stage).to_be_focused()
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(page.locator("html")).not_to_have_attribute("data-blank", "")
    expect(page.locator("html")).to_have_attribute("data-present", "")
    page.keyboard.press("Escape")
    expect(page.locator("html")).not_to_have_attribute("data-present", "")
