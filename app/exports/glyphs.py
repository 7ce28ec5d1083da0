"""The glyphs of a picture's words as data inside it, cut out of our fonts, so that its letters are the same where no font has them."""

import json
from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from app.exports import Language

OURS = Path(__file__).resolve().parents[2] / "static" / "vendor"
FAMILY = "Inter"
# Office reads no font inside a picture: it takes one of its own, as near as there is, and Chinese from one that has it.
FAMILIES = "Inter, 'Segoe UI', Helvetica, Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
FIRST, LAST = ("inter-latin", "inter-greek"), "stix-two-math"
WEIGHT = 400
REMEMBERED = 64
LEFT: dict[Language, str] = {
    "en": "No font of Gradlight has {letters}: the viewer's own fonts show what they have.",
    "zh-CN": "Gradlight 的字体中没有 {letters}，由查看者自己的字体显示。",
}


def faces(text: str, family: str = FAMILY) -> tuple[str, list[str]]:
    """Style rules with the glyphs of a text, all under one family, by default what a picture's words ask for first; and the letters that no font of ours has."""
    wanted: dict[str, set[str]] = defaultdict(set)
    missing = []
    for letter in sorted({letter for letter in text if letter == " " or not letter.isspace()}):
        font = font_of(letter)
        if font is None:
            missing.append(letter)
        else:
            wanted[font].add(letter)
    return "\n".join(rule(font, "".join(sorted(letters)), family) for font, letters in sorted(wanted.items())), missing


def font_of(letter: str) -> str | None:
    """The font of ours that has a letter."""
    for name in FIRST:
        if ord(letter) in held(name):
            return name
    part = chinese().get(letter)
    if part is not None and ord(letter) in held(part):
        return part
    return LAST if ord(letter) in held(LAST) else None


@cache
def held(name: str) -> frozenset[int]:
    """The code points that a font has; none where it was not made."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    path = OURS / f"{name}.ttf"
    if not path.is_file():
        return frozenset()
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def chinese() -> Mapping[str, str]:
    """The part of our Chinese font that each of its letters is in."""
    try:
        parts = json.loads((OURS / "chinese.json").read_text(encoding="utf-8"))["parts"]
    except (OSError, ValueError):
        return {}
    letters: dict[str, str] = {}
    for part in parts:
        for piece in part["range"].split(","):
            first, _, last = piece.strip().removeprefix("U+").partition("-")
            letters.update((chr(code), part["file"]) for code in range(int(first, 16), int(last or first, 16) + 1))
    return letters


@lru_cache(maxsize=REMEMBERED)
def rule(name: str, letters: str, family: str = FAMILY) -> str:
    """A style rule that carries these letters of a font, in the one weight that pictures are written in."""
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]

    codes = [ord(letter) for letter in letters]
    font = TTFont(BytesIO((OURS / f"{name}.ttf").read_bytes()), lazy=True, recalcTimestamp=False)
    subsetter = Subsetter(Options(layout_features=[], name_IDs=[], hinting=False))
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": WEIGHT})
    font.flavor = "woff"
    made = BytesIO()
    font.save(made)
    data = b64encode(made.getvalue()).decode()
    span = ",".join(f"U+{code:X}" for code in codes)
    return f"@font-face{{font-family:'{family}';src:url(data:font/woff;base64,{data});unicode-range:{span}}}"


def told(missing: list[str], language: Language) -> str:
    """What a picture says of letters that it could not take in; empty where there are none."""
    return LEFT[language].format(letters=" ".join(missing)) if missing else ""
