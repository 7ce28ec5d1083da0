"""On a machine without Chinese fonts: a name and the same name backwards look different in every picture, where boxes in place of letters would look the same."""

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import hatch_build
from app import exports, traces
from app.exports import sketch
from tests.browser import chromium
from tests.browser.conftest import FLAGS
from tests.browser.steps import open_page

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only fontconfig can be told to forget its fonts")
ROOT = Path(__file__).resolve().parents[2]
NAMES = ("权重损失", "失损重权")
CONFIG = '<?xml version="1.0"?><fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>'
TAKE = """async ([format, options]) => {
  const reader = new FileReader();
  const read = new Promise((resolve) => reader.addEventListener('load', () => resolve(reader.result)));
  reader.readAsDataURL(await gradlight.export(format, options));
  return read;
}"""
LENT = """(name) => [...document.fonts].some(({ family }) => family.includes('Noto Sans SC')) && document.fonts.check('16px "Noto Sans SC"', name)"""
SHOW = """async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  document.body.replaceChildren(image);
}"""


def program(name: str) -> str:
    return f"import torch\n{name} = torch.tensor(2.0, requires_grad=True)\ny = {name} * 3\ny.backward()\n"


@pytest.fixture(scope="module")
def bare(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium whose machine has one font, of Latin letters."""
    hatch_build.make_player()
    folder = tmp_path_factory.mktemp("fonts")
    shutil.copy(ROOT / "static" / "vendor" / "inter-latin.ttf", folder)
    (folder / "fonts.conf").write_text(CONFIG.format(folder=folder))
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    instance = browser.browser_type.launch(
        executable_path=chromium.find(), args=FLAGS, chromium_sandbox=False, env=environment
    )
    yield instance
    instance.close()


@pytest.fixture
def new_bare_page(bare: Browser, site: str) -> Iterator[Callable[[], Page]]:
    contexts = []

    def make() -> Page:
        contexts.append(bare.new_context(base_url=site, viewport={"width": 1280, "height": 800}, locale="zh-CN"))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


def seen(page: Page, picture: str | bytes) -> bytes:
    """What a picture looks like: an address of data, or SVG."""
    if isinstance(picture, bytes):
        picture = f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"
    page.goto("about:blank")
    page.evaluate(SHOW, picture)
    return page.screenshot()


def test_without_glyphs_letters_are_boxes(new_bare_page: Callable[[], Page]) -> None:
    page = new_bare_page()
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text y="30">{}</text></svg>'
    one, other = (seen(page, svg.format(name).encode()) for name in NAMES)
    assert one == other


def test_a_figure_made_without_a_browser_has_its_letters(new_bare_page: Callable[[], Page]) -> None:
    page = new_bare_page()
    made = [sketch.drawn] + ([exports.found()["svg"].render] if shutil.which("dot") else [])
    for draw in made:
        pictures = []
        for name in NAMES:
            lines = traces.of_program(program(name))
            pictures.append(seen(page, draw(exports.Moment(lines, len(lines) - 1), exports.Options())))
        assert pictures[0] != pictures[1]


@pytest.mark.skipif(
    shutil.which("dot") is None or shutil.which("pdftotext") is None, reason="no dot, or nothing that reads a PDF"
)
def test_the_command_line_writes_a_pdf_with_its_letters_where_no_font_is(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text(CONFIG.format(folder=tmp_path / "none"))
    source, made = tmp_path / "program.py", tmp_path / "figure.pdf"
    source.write_text(program("权重"), encoding="utf-8")
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    command = [sys.executable, "-m", "app", "export", str(source), "-o", str(made)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert "权重" in subprocess.run(["pdftotext", made, "-"], check=True, capture_output=True).stdout.decode()
    source.write_text(program("ꙮ"), encoding="utf-8")
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True)
    assert told.returncode == 2 and "No font here has ꙮ" in told.stderr.decode()


def test_the_page_itself_has_its_letters(new_bare_page: Callable[[], Page]) -> None:
    page = new_bare_page()
    looks: dict[str, list[bytes]] = {"[data-editor]": [], "#stage": [], ".presenter-title": []}
    for name in NAMES:
        open_page(page)
        page.evaluate("(text) => gradlight.run(text)", program(name))
        with page.expect_popup() as opened:
            page.evaluate("() => window.open('/presenter')")
        opened.value.locator(".presenter-title span").first.evaluate("(title, name) => title.textContent = name", name)
        for selector, pictures in looks.items():
            shown = opened.value if "presenter" in selector else page
            shown.wait_for_function(LENT, arg=name)
            shown.evaluate("() => document.fonts.ready")
            pictures.append(shown.locator(selector).first.screenshot())
        opened.value.close()
    assert [selector for selector, (one, two) in looks.items() if one == two] == []


def test_what_the_page_gives_away_has_its_letters(new_bare_page: Callable[[], Page], tmp_path: Path) -> None:
    page, other = new_bare_page(), new_bare_page()
    looks: dict[str, list[bytes]] = {"svg": [], "png": [], "gif": [], "html": [], "handout": []}
    for name in NAMES:
        open_page(page)
        page.evaluate("(text) => gradlight.run(text)", program(name))
        for format in ("svg", "png", "gif"):  # a film of one step
            looks[format].append(seen(other, page.evaluate(TAKE, [format, {"from": 3, "to": 3}])))
        file = tmp_path / "run.html"
        file.write_bytes(base64.b64decode(page.evaluate(TAKE, ["html", {}]).partition(",")[2]))
        other.goto(file.as_uri())
        other.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
        other.evaluate("() => document.fonts.ready")
        looks["html"].append(other.locator("#stage").screenshot())
        page.locator("#stage svg").first.focus()
        with page.expect_popup() as opened:
            page.keyboard.press("Control+p")
        opened.value.locator("html[data-ready]").wait_for()
        looks["handout"].append(opened.value.locator(".handout-picture").first.screenshot())
        opened.value.close()
    assert [format for format, (one, two) in looks.items() if one == two] == []
