"""Every error that a program can end in has its hint in both languages."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.endings import ENDINGS
from engine.program import hints, limits, syntax

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "zh-CN")


def in_tables() -> Iterator[str]:
    """The codes of the tables."""
    yield from (read("").code for _, _, read in hints.TABLE)
    yield from hints.CODES.values()
    yield from (code for _, code, _ in syntax.SYNTAX_HINTS)
    yield from (code for _, _, code in (*syntax.REFUSED.values(), *syntax.REFUSED_ATTRIBUTES.values()))
    yield from (f"limit-{name}" for name in limits.WORDS)
    yield from ENDINGS


def in_calls() -> Iterator[str]:
    """The codes that the interpreter's source gives to an error or a refusal by itself."""
    places = {"refuse": 3, "syntax_error": 3, "Refusal": 5}
    for path in sorted((ROOT / "engine").glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            if name in places:
                given += node.args[places[name] : places[name] + 1]
            found = [each.value for each in given if isinstance(each, ast.Constant)]
            yield from (code for code in found if isinstance(code, str) and code == code.lower())


CODES = sorted({*in_tables(), *in_calls(), "error", "syntax", "nesting", "null", "surrogate"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_hint(language: str) -> None:
    texts = json.loads((ROOT / "static" / "locales" / language / "errors.json").read_text(encoding="utf-8"))
    assert len(CODES) > 90
    missing = [code for code in CODES if not texts.get(f"error.{code}", "").strip()]
    assert missing == [], f"static/locales/{language}/errors.json lacks the hints of these codes"


def test_chinese_hints_are_chinese() -> None:
    texts = json.loads((ROOT / "static" / "locales" / "zh-CN" / "errors.json").read_text(encoding="utf-8"))
    assert [key for key, text in texts.items() if not any("\u4e00" <= sign <= "\u9fff" for sign in text)] == []
