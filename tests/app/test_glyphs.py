"""The glyphs inside pictures that are made without a browser: the letters they are written in, the same outlines, and nothing from outside."""

import base64
import re
import shutil
from io import BytesIO
from xml.etree import ElementTree

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from app import exports, traces
from app.exports import glyphs, sketch
from engine.ops import OPS

SOURCE = """import torch
权重 = torch.tensor([1.0, -2.0], requires_grad=True)
α = torch.tensor(0.5, requires_grad=True)
损失 = (权重 * torch.exp(α)).sum() + torch.sqrt(α)
损失.backward()
"""
RARE = "import torch\nꙮ = torch.tensor(1.0, requires_grad=True)\ny = ꙮ * 2\n"
OPTIONS = exports.Options(show=frozenset({"values", "gradients", "formulas"}), language="zh-CN")


def moment(source: str) -> exports.Moment:
    lines = traces.of_program(source)
    return exports.Moment(lines, len(lines) - 1, source)


def fonts_in(picture: str) -> list[TTFont]:
    """The fonts that a picture carries; none of its rules asks for anything outside."""
    data = re.findall(r"url\(data:font/woff;base64,([^)]+)\)", picture)
    assert picture.count("url(") == len(data) and "@import" not in picture
    return [TTFont(BytesIO(base64.b64decode(one)), checkChecksums=2) for one in data]


PICTURES = [
    pytest.param(
        exports.found()["svg"].render,
        marks=pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not installed"),
        id="dot",
    ),
    pytest.param(sketch.drawn, id="notebook"),
]


@pytest.mark.parametrize("render", PICTURES)
def test_a_picture_carries_every_letter_that_it_is_written_in(render):
    picture = render(moment(SOURCE), OPTIONS)
    assert picture == render(moment(SOURCE), OPTIONS)
    root = ElementTree.fromstring(picture)
    written = {letter for element in root.iter() if element.tag.endswith("}text") for letter in element.text or ""}
    fonts = fonts_in(picture.decode())
    assert {*"权重损失α"} < written
    assert {ord(letter) for letter in written} <= {code for font in fonts for code in font.getBestCmap()}
    assert len(picture) < 60_000


@pytest.mark.parametrize("render", PICTURES)
def test_a_picture_says_which_letters_it_could_not_take_in(render):
    assert "没有 ꙮ，由查看者自己的字体显示" in render(moment(RARE), OPTIONS).decode()
    assert "由查看者自己的字体显示" not in render(moment(SOURCE), OPTIONS).decode()


@pytest.mark.parametrize(
    ("name", "letters"), [("inter-latin", "xg8−"), ("chinese-119", "的权"), ("stix-two-math", "√∂")]
)
def test_a_glyph_is_that_of_the_font_in_its_weight(name: str, letters: str):
    whole = TTFont(BytesIO((glyphs.OURS / f"{name}.ttf").read_bytes()))
    held = "".join(letter for letter in letters if ord(letter) in whole.getBestCmap())
    assert held
    if "fvar" in whole:
        written = BytesIO()  # a font that was written has its outlines in whole units
        instancer.instantiateVariableFont(whole, {"wght": glyphs.WEIGHT}).save(written)
        whole = TTFont(written)
    [cut] = fonts_in(glyphs.rule(name, held))
    assert outlines(cut, held) == outlines(whole, held)


def outlines(font: TTFont, letters: str) -> list[object]:
    made = []
    for letter in letters:
        pen = DecomposingRecordingPen(font.getGlyphSet())
        name = font.getBestCmap()[ord(letter)]
        font.getGlyphSet()[name].draw(pen)
        made.append((font["hmtx"][name][0], pen.value))
    return made


def test_every_letter_that_an_operation_is_written_in_is_in_a_font_of_ours():
    texts = {op.symbol for op in OPS.values()}
    texts |= {formula.plain() for op in OPS.values() for formula in (op.forward_formula, *op.formulas)}
    letters = {letter for text in texts for letter in text if not letter.isspace()}
    assert "⊤" in letters and [letter for letter in sorted(letters) if glyphs.font_of(letter) is None] == []
