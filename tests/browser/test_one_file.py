"""The file that plays by itself, in a browser without a network and inside a notebook."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import engine as torch
import hatch_build
from tests.browser.steps import open_page, state, type_program
from tests.browser.taken import FAILING, HOSTILE, export
from tests.one_file import letters_left_out

ROOT = Path(__file__).resolve().parents[2]
ALL_WORDS = "() => document.body.innerText + [...document.querySelectorAll('[aria-label], [title]')].map((one) => `${one.ariaLabel} ${one.title}`).join(' ')"
TOLD_APART = """() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 32 });
  const context = canvas.getContext('2d');
  context.font = '24px sans-serif';
  const [one, other] = ['释', '梯'].map((letter) => {
    context.clearRect(0, 0, 32, 32);
    context.fillText(letter, 2, 26);
    return canvas.toDataURL();
  });
  return one !== other;
}"""


@pytest.fixture(scope="module", autouse=True)
def player() -> None:
    """The player's template is that of the modules as they are."""
    hatch_build.make_player()


def keys() -> list[str]:
    """The names of all texts of the page."""
    files = (ROOT / "static" / "locales" / "en").glob("*.json")
    return [key for file in files for key in json.loads(file.read_text("utf-8"))]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_one_file_plays_without_a_network(
    new_page: Callable[..., Page], browser: Browser, tmp_path: Path, language: str
) -> None:
    made = new_page()
    open_page(made)
    type_program(made, HOSTILE)
    places = {one["tensor"]: one["value"] for one in state(made)["tensors"]}
    file = tmp_path / "run.html"
    file.write_bytes(export(made, "html", language=language, theme="dark"))
    assert file.stat().st_size < 290_000, "a tenth of 2.9 MB, the letters of Chinese among them"

    if language == "zh-CN":
        assert letters_left_out(file.read_text("utf-8")) == []
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    faults, asked = [], []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda entry: faults.append(entry.text) if entry.type == "error" else None)
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on(
        "request", lambda request: asked.append(request.url) if not request.url.startswith(("file:", "data:")) else None
    )
    page.goto(file.as_uri())
    page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
    assert page.evaluate("() => [document.documentElement.lang, document.documentElement.dataset.theme]") == [
        language,
        "dark",
    ]
    assert {int(card.get_attribute("data-tensor") or -1) for card in page.locator("#stage [data-tensor]").all()} == set(
        places
    )
    expect(page.locator("#stage")).to_contain_text("权重")
    expect(page.locator("[data-output]")).to_contain_text("</script><img src=x onerror=alert(1)>")
    expect(page.locator("[data-inspector] math").first).to_be_visible()
    page.set_viewport_size({"width": 1100, "height": 600})
    assert page.evaluate("() => document.documentElement.scrollHeight") == 600, (
        "the inspector scrolls, the page does not"
    )
    said = page.locator("[role=status]")
    last = said.text_content()
    page.locator("[data-timeline]").focus()
    page.keyboard.press("Home")
    expect(said).not_to_have_text(last or "")
    told = []
    while page.locator("[data-action=step-forward]").is_enabled():
        page.locator("[data-action=step-forward]").click()
        told.append(said.text_content() or "")
    assert len(told) > 5 and [key for key in keys() if any(key in text for text in told)] == []
    assert any(re.search("权重[ （]", text) for text in told), told
    page.locator("[data-timeline]").evaluate(
        "(slider) => { slider.value = '9'; slider.dispatchEvent(new Event('input')); }"
    )
    page.locator("[data-action=play]").click()
    page.locator("[data-action=pause]").click()
    page.locator("[data-menu=language]").click()
    told_apart = page.evaluate(TOLD_APART)  # a file in English has the machine's Chinese letters, or none
    turned = "en" if language == "zh-CN" or not told_apart else "zh-CN"
    assert page.evaluate("() => document.documentElement.lang") == turned
    if language == "en" and not told_apart:
        expect(said).to_contain_text("no Chinese font")
    page.locator("[data-action=theme]").click()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "projector"
    page.locator("[data-action=table]").click()
    expect(page.locator("[data-table] table")).to_be_visible()
    assert page.locator("body img, body iframe").count() == 0
    words = page.evaluate(ALL_WORDS)
    assert len(words) > 500 and [key for key in keys() if key in words] == [], (
        "a text that the player asks for is missing"
    )
    context.close()
    assert (faults, asked) == ([], [])


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_one_file_tells_the_error_that_its_run_ended_in(
    new_page: Callable[..., Page], tmp_path: Path, language: str
) -> None:
    page = new_page(locale=language)
    open_page(page)
    type_program(page, FAILING)
    told = page.locator("[data-output] .fault-hint").text_content() or ""
    (tmp_path / "run.html").write_bytes(export(page, "html", language=language))
    page.goto((tmp_path / "run.html").as_uri())
    expect(page.locator("[data-output] .fault-hint")).to_have_text(told)
    assert told != "" and (language == "en") == told.isascii()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_notebook_without_scripts_shows_the_picture_alone(
    new_page: Callable[..., Page], faults: list[str], scheme: str
) -> None:
    with torch.record() as trace:
        x = torch.tensor(3.0, requires_grad=True)
        (x * x).backward()
    cell = trace._repr_mimebundle_()["text/html"]
    picture = re.sub("<iframe.*</iframe>", "", cell, flags=re.DOTALL)
    assert len(picture) < len(cell) / 10
    page = new_page(color_scheme=scheme)
    seen = []
    for shown in (cell.replace("allow-scripts", ""), picture):
        page.set_content(f'<!doctype html><meta charset="utf-8"><body>{shown}')
        seen.append(page.screenshot())
    assert seen[0] == seen[1]
    assert all("sandboxed" in fault for fault in faults)
    faults.clear()


def test_axe_finds_nothing_in_the_one_file(
    new_page: Callable[..., Page], browser: Browser, accessibility_faults: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    made = new_page()
    open_page(made)
    file = tmp_path / "run.html"
    file.write_bytes(export(made, "html"))
    for width in (1280, 390, 320):
        context = browser.new_context(offline=True, bypass_csp=True, viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(file.as_uri())
        page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
        assert accessibility_faults(page) == []
        for theme in ("light", "projector"):
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        context.close()
