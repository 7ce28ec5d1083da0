"""Finding a moment: by a question or by the chapters of the run, with the keys and with the pointer."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import at_step, open_page, type_program

LOOP = """import torch
x = torch.tensor(3.0, requires_grad=True)
for step in range(3):
    loss = x * x
    x.grad = None
    loss.backward()
"""


def test_a_person_goes_to_where_a_gradient_is_written_by_asking_for_it(page: Page) -> None:
    open_page(page)
    page.locator("#stage svg").first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("/")
    dialog = page.locator("[data-dialog=find]")
    expect(dialog.get_by_role("option").first).to_contain_text("x = torch.tensor(2.0)")
    page.keyboard.type("grad of w")
    expect(dialog.get_by_role("option")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(dialog.locator("[aria-selected=true]")).to_contain_text("w.grad was None and becomes")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator("[data-sentence]")).to_contain_text("w.grad was None and becomes")


def test_the_chapters_of_a_loop_lead_to_its_turns_and_calls(new_page: Callable[..., Page]) -> None:
    page = new_page(locale="zh-CN", has_touch=True)
    open_page(page)
    type_program(page, LOOP)
    end = at_step(page)
    page.locator("[data-action=find]").tap()
    options = page.locator("[data-dialog=find]").get_by_role("option")
    expect(options).to_have_count(6)
    expect(options.nth(2)).to_contain_text("for step = 1")
    expect(options.nth(3).locator(".thumbnail-dot")).to_have_count(2)
    options.nth(3).tap()
    expect(page.locator("[data-sentence]")).to_contain_text("引擎从 loss 开始第 2 次反向传播")
    assert at_step(page) < end


def test_the_timeline_shows_a_small_picture_of_the_step_under_the_pointer(page: Page) -> None:
    open_page(page)
    track = page.locator("[data-track]").bounding_box()
    assert track is not None
    page.mouse.move(track["x"] + track["width"] * 0.3, track["y"] + track["height"] / 2)
    page.mouse.move(track["x"] + track["width"] * 0.32, track["y"] + track["height"] / 2)
    expect(page.locator(".track-tip")).to_be_visible()
    expect(page.locator(".track-tip")).to_contain_text("Step 7")
    page.mouse.move(track["x"] + track["width"] * 0.9, track["y"] + track["height"] / 2)
    expect(page.locator(".track-tip .thumbnail-dot[data-time=reached]").first).to_be_attached()


def test_axe_finds_nothing_in_the_find_dialog(
    new_page: Callable[..., Page], accessibility_faults: Callable[[Page], list[str]]
) -> None:
    for scheme, locale in (("light", "en-US"), ("dark", "zh-CN")):
        page = new_page(bypass_csp=True, color_scheme=scheme, locale=locale)
        open_page(page)
        page.locator("[data-action=find]").click()
        page.locator(".find-item").first.wait_for()
        assert accessibility_faults(page) == []
