"""Traces outside the server: made from a program, read from a file, told to a person."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.telling import Language, Refused
from engine.events import decode
from engine.run import execute

LOCALES = Path(__file__).resolve().parents[1] / "static" / "locales"
# What an error may say more exactly of itself, as static/js/page/fault.js reads it.
VARIANTS = ("suggestion", "inner", "dimension", "replacement")


class NoTrace(Refused, ValueError):
    """A text is no trace."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a person sees of a run: the printed text, and the failure with its place."""

    text: str
    failed: bool


def of_program(source: str, *, seed: int = 0) -> list[bytes]:
    """The lines of a program's run, in this process: for one's own programs."""
    lines: list[bytes] = []
    execute(source, seed=seed, write=lambda _, batch: lines.extend(batch))
    return lines


def of_file(text: str) -> list[bytes]:
    """The lines of a saved trace; raises NoTrace with the line that is no event."""
    lines: list[bytes] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            event = decode(json.loads(line))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise NoTrace(
                f"line {number} of the trace is no event. A trace holds one JSON object a line.",
                f"记录的第 {number} 行不是事件。记录每行是一个 JSON 对象。",
            ) from None
        if event.seq != len(lines):
            raise NoTrace(
                f"line {number} of the trace has seq {event.seq} where {len(lines)} follows.",
                f"记录第 {number} 行的 seq 是 {event.seq}，接下来应为 {len(lines)}。",
            )
        lines.append(line.encode())
    if not lines:
        raise NoTrace("the trace is empty.", "记录是空的。")
    return lines


def report(lines: Sequence[bytes], source: str, language: Language = "en") -> Report:
    """What the program printed and how it ended, as text for a terminal."""
    parts: list[str] = []
    failed = False
    for line in lines:
        if b'"printed"' not in line and b'"run-failed"' not in line:
            continue
        event = json.loads(line)
        if event["kind"] == "printed":
            parts.append(printable(event["text"]))
        elif event["kind"] == "run-failed":
            failed = True
            parts.append(failure(event, source.splitlines(), language))
    return Report("".join(parts), failed)


def failure(event: Mapping[str, Any], source: Sequence[str], language: Language) -> str:
    """The failure with the line it happened in and a caret below its place."""
    said = []
    number, column, end = event["line"], event["column"], event["end_column"]
    if number is not None:
        said.append(f"第 {number} 行：" if language == "zh-CN" else f"line {number}:")
        if 1 <= number <= len(source):
            text = source[number - 1]
            said.append("    " + printable(text.expandtabs(1)))
            if column is not None:
                width = max(1, (end or column + 1) - column)
                said.append("    " + blank(text[:column]) + "^" * min(width, max(1, len(text) - column)))
    message, hint = words(event) if language == "zh-CN" else (event["message"], event["hint"])
    said.append(f"{event['error']}: {printable(message)}")
    if hint:
        said.append(printable(hint))
    return "\n".join(said) + "\n"


def words(event: Mapping[str, Any]) -> tuple[str, str | None]:
    """What is said of a failure in Chinese, and what to try: the page's own words, those of PyTorch as they are."""
    told = catalogue("zh-CN")
    replacement = next((row.get("replacement") for row in event.get("refusals") or ()), None)
    given = {
        name: value for name, value in {"replacement": replacement, **(event.get("arguments") or {})}.items() if value
    }
    variants = [f".{name}" for name in VARIANTS if name in given] + [""]

    def first(kind: str) -> str | None:
        for variant in variants:
            with contextlib.suppress(KeyError, IndexError, ValueError):
                return told[f"{kind}.{event['code']}{variant}"].format_map(given)
        return None

    return first("said") or event["message"], first("error") or event["hint"]


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """What the page says of errors, by the key."""
    texts: dict[str, str] = json.loads((LOCALES / language / "errors.json").read_text(encoding="utf-8"))
    return texts


def blank(text: str) -> str:
    """Spaces as wide as the text: wide characters take two columns of a terminal."""
    from unicodedata import east_asian_width

    return "".join("  " if east_asian_width(character) in "WF" else " " for character in text)


def printable(text: str) -> str:
    """The text without what would command the terminal."""
    return "".join(c if c == "\n" or c == "\t" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)
