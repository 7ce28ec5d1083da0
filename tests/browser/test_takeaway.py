"""What the page offers to take away, and its texts."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

import hatch_build
from app.exports.palette import PALETTES
from tests.browser.steps import open_page, type_program
from tests.browser.taken import HOSTILE, export

ROOT = Path(__file__).resolve().parents[2]

LONG = """import torch
x = torch.tensor(0.5, requires_grad=True)
y = x
for i in range(10):
    y = torch.sin(y)
"""


@pytest.fixture(scope="module", autouse=True)
def player() -> None:
    """The player's template is that of the modules as they are."""
    hatch_build.make_player()


def test_every_format_of_the_list_makes_a_file(page: Page) -> None:
    open_page(page)
    listed = page.evaluate(
        "async () => [...(await (await import(new URL('page/exports.js', document.querySelector('script[type=module]').src))).formats()).keys()]"
    )
    own = {"svg", "png", "pdf", "html", "gif", "webm", "mp4", "zip", "vtt", "txt"}
    assert own | {"dot", "mmd", "tex", "jsonl", "csv", "py"} == set(listed)
    for name in set(listed) - {"gif", "webm", "mp4", "pdf"}:
        assert len(export(page, name)) > 100, name
    with pytest.raises(Exception, match="There is no format bmp"):
        export(page, "bmp")


def test_mermaid_draws_the_flow_chart(new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_page(page)
    type_program(page, HOSTILE)
    text = export(page, "mmd", language="zh-CN").decode()
    host = new_page()
    host.goto("about:blank")
    host.add_script_tag(path=str(ROOT / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"))
    for theme in ("default", "dark"):
        drawn = host.evaluate(
            """async ([text, theme]) => {
              mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', theme });
              document.body.innerHTML = (await mermaid.render('figure', text)).svg;
              const sent = [...document.querySelectorAll('span.edgeLabel')].filter((one) => one.textContent !== '').map((one) => getComputedStyle(one));
              return {
                words: document.body.textContent, outside: document.querySelectorAll('script[src], img, a, iframe').length,
                sent: sent.map(({ color, backgroundColor }) => [color, backgroundColor]),
              };
            }""",
            [text, theme],
        )
        assert "权重" in drawn["words"] and "损失" in drawn["words"] and drawn["outside"] == 0
        light = PALETTES["light"]
        assert drawn["sent"] == [[rgb(light.backward), rgb(light.ground)]] * 2, "read on pages of any theme"


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(part) for part in bytes.fromhex(colour))})"


def test_a_text_is_copied(new_page: Callable[..., Page]) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    open_page(page)
    page.locator("[data-action=export]").click()
    page.locator("[data-export=py]").click()
    page.locator("[data-export-copy]").click()
    expect(page.locator(".export-foot [role=status]")).to_contain_text("Copied")
    assert "_torch.manual_seed(0)" in page.evaluate("() => navigator.clipboard.readText()")


COPIED = """async () => {
  const [item] = await navigator.clipboard.read();
  return Promise.all(item.types.map(async (type) => {
    const blob = await item.getType(type);
    const picture = type.startsWith('image/') ? await createImageBitmap(blob).catch(() => null) : null;
    return [type, type === 'image/png' ? '' : await blob.text(), picture && [picture.width, picture.height]];
  }));
}"""


def test_a_picture_is_copied_as_a_picture_and_svg_as_its_text_too(new_page: Callable[..., Page]) -> None:
    """A drawing program takes the one, an editor the other."""
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    open_page(page)
    type_program(page, HOSTILE)
    whole = export(page, "svg").decode()
    page.locator("[data-action=export]").click()
    copied = {}
    for format in ("svg", "png"):
        page.locator(f"[data-export={format}]").click()
        page.locator("[data-export-copy]").click()
        expect(page.locator(".export-foot [role=status]")).to_contain_text("Copied")
        copied |= {kind: (text, size) for kind, text, size in page.evaluate(COPIED)}
    width, height = (int(ElementTree.fromstring(whole).get(side, "0")) for side in ("width", "height"))
    assert copied["text/plain"][0] == whole and copied["image/png"][1] == [2 * width, 2 * height]
    picture = ElementTree.fromstring(copied["image/svg+xml"][0])
    words, asked = (
        {one.text for one in root.iter() if one.tag.endswith("}text")}
        for root in (picture, ElementTree.fromstring(whole))
    )
    assert words == asked and "权重" in words and picture.get("width") == str(width)


@pytest.mark.parametrize(("language", "said"), [("en-US", "Save the file instead"), ("zh-CN", "请改为保存文件")])
def test_a_browser_that_lets_nothing_be_copied_is_told_of_with_a_remedy(
    new_page: Callable[..., Page], language: str, said: str
) -> None:
    """As on a page that came by plain http over a school's network, which has no clipboard."""
    page = new_page(locale=language)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    open_page(page)
    type_program(page, HOSTILE)
    page.locator("[data-action=export]").click()
    for format in ("png", "svg", "csv"):
        page.locator(f"[data-export={format}]").click()
        page.locator("[data-export-copy]").click()
        expect(page.locator(".export-foot .export-told")).to_contain_text(said)


def test_a_picture_says_how_high_its_letters_are_in_print(page: Page) -> None:
    """Of 13 pixels, 9.75 points at the figure's own size, by how much it is made smaller for a column of 160 mm or a sheet of A4 with margins of 10."""
    open_page(page)
    type_program(page, LONG)
    root = ElementTree.fromstring(export(page, "svg"))
    width = float(root.get("width", "0")) * 25.4 / 96
    told = page.locator("[data-printed]")
    page.locator("[data-action=export]").click()
    page.locator("[data-export=svg]").click()
    expect(told).to_contain_text(f"160 mm wide its letters are {9.75 * min(1, 160 / width):.1f} pt high.")
    page.get_by_label("Rows").select_option("1")
    expect(told).to_contain_text("Fold loops and functions, choose more rows")
    page.get_by_label("Rows").select_option("auto")
    expect(told).not_to_contain_text("Fold loops")
    expect(told).not_to_contain_text("pages")
    page.get_by_label("Rows").select_option("9")
    narrow = ElementTree.fromstring(export(page, "svg", rows="9"))
    across, down = (float(narrow.get(side, "0")) * 25.4 / 96 for side in ("width", "height"))
    high = down * min(1, 160 / across)
    assert high > 200, "the text of a page"
    expect(told).to_contain_text(f"So it is {high:.0f} mm high and takes {-(-high // 200):.0f} pages.")
    page.get_by_label("Rows").select_option("auto")
    page.locator("[data-export=pdf]").click()
    page.get_by_label("Paper").select_option("a4")
    sheet = ElementTree.fromstring(export(page, "svg", paper="a4"))
    width, height = (float(sheet.get(side, "0")) * 25.4 / 96 for side in ("width", "height"))
    points = 9.75 * min(277 / width, 190 / height)
    expect(told).to_have_text(f"On this paper its letters are {points:.1f} pt high.")


def test_a_figure_in_words_says_that_it_has_too_many_nodes_to_be_read(page: Page) -> None:
    open_page(page)
    type_program(page, LONG)
    page.locator("[data-action=export]").click()
    page.locator("[data-export=mmd]").click()
    expect(page.locator(".export-preview code")).to_contain_text("flowchart")
    expect(page.locator("[data-crowded]")).to_have_count(0)
    page.keyboard.press("Escape")
    type_program(page, f"{LONG.replace('range(10)', 'range(22)')}    y = y * 2\n")
    page.locator("[data-action=export]").click()
    expect(page.locator("[data-crowded]")).to_contain_text("Fold its loop")
    page.locator("[data-export=csv]").click()
    expect(page.locator("[data-crowded]")).to_have_count(0)


UNLOADED = "error: Failed to load resource: net::ERR_FAILED"


@pytest.mark.parametrize(("language", "said"), [("en-US", "A font of this picture"), ("zh-CN", "图中用到的一种字体")])
def test_a_font_that_does_not_arrive_is_said_with_a_remedy(
    new_page: Callable[..., Page], faults: list[str], language: str, said: str
) -> None:
    page = new_page(locale=language)
    page.route(re.compile(r"/vendor/.*\.(ttf|woff2)$"), lambda route: route.abort())
    open_page(page)
    type_program(page, HOSTILE)
    for format in ("png", "svg", "gif", "webm", "html"):
        told = page.evaluate("(format) => gradlight.export(format).then(() => '', (error) => error.message)", format)
        assert told.startswith(said)
    page.locator("[data-action=export]").click()
    page.locator("[data-export=png]").click()
    expect(page.locator(".export-preview")).to_contain_text(said)
    for button in ("[data-export-save]", "[data-export-copy]"):
        page.locator(button).click()
        expect(page.locator(".export-foot .export-told")).to_contain_text(said)
        page.locator("[data-export=svg]").click()
        page.locator("[data-export=png]").click()
    assert {fault.partition(" (")[0] for fault in faults} <= {UNLOADED}
    faults.clear()


def test_a_server_that_does_not_answer_is_said_where_a_file_is_asked_for(page: Page, faults: list[str]) -> None:
    open_page(page)
    type_program(page, HOSTILE)
    page.route("**/figure.*", lambda route: route.abort())
    told = page.evaluate("() => gradlight.export('mmd').then(() => '', (error) => error.message)")
    assert told == "The server does not answer. Check your connection and try again."
    assert faults == [UNLOADED]
    faults.clear()
