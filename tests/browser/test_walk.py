"""A person types a program, plays it, steps, scrubs, reads a gradient off the stage and takes a picture away."""

import re
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Page, expect

from tests.browser.steps import at_step, card_text, open_page, state, tensor, type_program

PROGRAM = """import torch
x = torch.tensor(3.0, requires_grad=True)
y = x * x + 2 * x
y.backward()
print(x.grad)
"""


def test_the_plain_page_opens_with_the_first_lesson_drawn(page: Page) -> None:
    open_page(page)
    shown = state(page)
    assert shown["phase"] == "finished"
    assert shown["cursor"] == shown["last"]
    assert any(one["visible"] for one in shown["tensors"])
    expect(page.locator("[role=status]")).not_to_be_empty()
    expect(page.locator("[data-edge]").first).to_be_attached()


def test_a_typed_program_runs_after_a_rest_and_its_gradient_is_on_the_stage(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    assert tensor(page, "x")["grad"]["data"] == 8.0
    assert "8.0" in card_text(page, "x")
    expect(page.locator("[data-printed]")).to_have_text("tensor(8.)")


def test_play_reveals_the_graph_and_ends_with_the_gradient(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    page.evaluate("() => gradlight.set('speed', 4)")
    page.locator("[data-action=first]").click()
    assert not any(one["visible"] for one in state(page)["tensors"])
    page.locator("[data-action=play]").click()
    page.locator("[data-action=pause]").wait_for()
    page.locator("[data-action=play]").wait_for(timeout=60_000)
    assert state(page)["cursor"] == state(page)["last"]
    assert "8.0" in card_text(page, "x")


def test_stepping_back_takes_the_gradient_off_the_leaf_and_on_brings_it_back(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    for _ in range(3):
        page.locator("[data-action=step-back]").click()
    page.wait_for_function("() => gradlight.state().tensors.find((one) => one.name === 'x').grad === null")
    page.locator("[data-action=last]").click()
    page.wait_for_function("() => gradlight.state().tensors.find((one) => one.name === 'x').grad?.data === 8")


def test_the_timeline_is_scrubbed_by_pointer_and_goes_exactly_where_it_is_set(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    slider = page.locator("input[type=range][data-timeline]")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
    assert 0 < at_step(page) < state(page)["last"] / 2
    slider.fill("5")
    page.wait_for_function("() => gradlight.state().cursor === 5")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("Step"))
    inspector = page.locator("[data-inspector]")
    page.evaluate("() => gradlight.seek(12)")
    later = inspector.text_content() or ""
    page.evaluate("() => gradlight.seek(5)")
    expect(inspector).not_to_have_text(later)
    slider.fill("12")
    expect(inspector).to_have_text(later)


def test_the_inspector_follows_the_selected_card_and_its_ledger_leads_back_in_time(page: Page) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    page.locator(f'[data-tensor="{tensor(page, "x")["tensor"]}"]').first.click()
    inspector = page.locator("[data-inspector]")
    expect(inspector.locator(".inspector-name")).to_have_text("x")
    expect(inspector).to_contain_text("8.0")
    inspector.locator(".ledger-jump").first.click()
    page.wait_for_function("() => gradlight.state().cursor < gradlight.state().last")
    assert tensor(page, "x")["grad"] is None


def test_the_chain_rule_shows_the_numbers_of_the_step(page: Page) -> None:
    open_page(page)
    type_program(
        page, "import torch\na = torch.tensor(0.5, requires_grad=True)\ny = torch.tanh(a)\nz = 3 * y\nz.backward()\n"
    )
    page.locator(f'[data-tensor="{tensor(page, "y")["tensor"]}"]').first.click()
    inspector = page.locator("[data-inspector]")
    expect(inspector.locator("math").first).to_be_visible()
    expect(inspector).to_contain_text("TanhBackward0")
    expect(inspector).to_contain_text("2.359")


def test_the_picture_of_this_step_is_saved_as_svg(page: Page, tmp_path: Path) -> None:
    open_page(page)
    type_program(page, PROGRAM)
    page.locator("[data-action=export]").click()
    page.locator("[data-export=svg]").click()
    with page.expect_download() as caught:
        page.locator("[data-export-save]").click()
    assert caught.value.suggested_filename.endswith(".svg")
    path = tmp_path / "figure.svg"
    caught.value.save_as(path)
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    texts = "".join(root.itertext())
    assert root.tag.endswith("svg")
    assert "8.0" in texts
    assert not [one for one in root.iter() if one.tag.endswith(("script", "foreignObject", "image"))]


def test_the_handle_exports_pictures_and_texts(page: Page) -> None:
    open_page(page)
    starts = page.evaluate(
        """async () => Object.fromEntries(await Promise.all(['svg', 'png', 'dot', 'jsonl'].map(async (format) => {
          const blob = await gradlight.export(format);
          return [format, [...new Uint8Array(await blob.slice(0, 8).arrayBuffer())].map((byte) => String.fromCharCode(byte)).join('')];
        })))"""
    )
    assert starts["svg"].startswith("<svg")
    assert starts["png"][1:4] == "PNG"
    assert "graph" in starts["dot"] or starts["dot"].startswith(("//", "strict"))
    assert starts["jsonl"].startswith('{"seq"')


def test_run_answers_when_its_picture_stands(page: Page) -> None:
    open_page(page)
    outcome = page.evaluate("(text) => gradlight.run(text)", PROGRAM)
    assert outcome["status"] == "finished"
    assert outcome["events"] == state(page)["last"] + 1
    expect(page.locator("[data-editor]")).to_contain_text("x * x + 2 * x")


def test_two_quick_edits_leave_the_picture_of_the_second(page: Page) -> None:
    open_page(page)
    first = page.evaluate(
        """() => {
          const first = gradlight.run('import torch\\na = torch.tensor(1.0)\\nb = a + 1\\n');
          const second = gradlight.run('import torch\\nlate = torch.tensor(2.0)\\n');
          return Promise.all([first, second]).then(([one]) => one);
        }"""
    )
    assert first is None
    assert [one["name"] for one in state(page)["tensors"]] == ["late"]
