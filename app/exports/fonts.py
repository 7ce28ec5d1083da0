"""Fonts for pictures that other programs draw: ours beside those of the machine, so that Chinese and mathematics are right where it has none."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from app.exports.glyphs import OURS, chinese

# Where fontconfig keeps what a machine says of its fonts.
SYSTEM = ("/etc/fonts/fonts.conf", "/usr/local/etc/fonts/fonts.conf", "/opt/homebrew/etc/fonts/fonts.conf")
PLAIN = range(0x250)
MOST_ASKED = 12
# What a font that is read by its file calls itself, and what figures ask for.
CALLED, ASKED = "Noto Sans SC Thin", "Noto Sans SC"
SECONDS = 5


def environment(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What a program that draws with fontconfig is to be started with, so that it finds our fonts too; its notes are kept in `folder`."""
    system = [given["FONTCONFIG_FILE"]] if given.get("FONTCONFIG_FILE") else SYSTEM
    parts = [f'<include ignore_missing="yes">{escape(path)}</include>' for path in system]
    parts += [f"<dir>{escape(str(OURS))}</dir>", f"<cachedir>{escape(str(folder / 'fonts'))}</cachedir>"]
    parts += [f'<alias binding="same"><family>{ASKED}</family><accept><family>{CALLED}</family></accept></alias>']
    path = folder / "fonts.conf"
    path.write_text(f"<?xml version='1.0'?><fontconfig>{''.join(parts)}</fontconfig>", encoding="utf-8")
    return {**given, "FONTCONFIG_FILE": str(path)}


def missing(text: str, env: Mapping[str, str]) -> list[str]:
    """The letters of a text that no font holds, ours and the machine's; of many rare ones the first are looked for, and none where nothing can tell."""
    program = shutil.which("fc-list")
    rare = sorted({letter for letter in text if ord(letter) not in PLAIN and not letter.isspace()} - chinese().keys())[
        :MOST_ASKED
    ]
    if program is None:
        return []
    return [letter for letter in rare if not fonts_with(program, letter, env)]


def fonts_with(program: str, letter: str, env: Mapping[str, str]) -> bytes:
    asked = [program, f":charset={ord(letter):x}", "file"]
    try:
        return subprocess.run(asked, capture_output=True, timeout=SECONDS, env=dict(env), check=True).stdout
    except (subprocess.SubprocessError, OSError):
        return b"unknown"
