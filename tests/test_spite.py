"""No text takes one of our patterns longer than its length: none holds a repeat within a repeat, nor two side by side that take the same signs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

parser = re._parser  # type: ignore[attr-defined]
ROOT = Path(__file__).resolve().parents[1]
USES = {"compile", "match", "search", "sub", "split", "findall", "finditer", "fullmatch"}
SIGNS = [chr(number) for number in (*range(128), 0x00E9, 0x2212, 0x4E00, 0xA000)]
REPEATS = {parser.MAX_REPEAT, parser.MIN_REPEAT}


def patterns() -> Iterator[tuple[str, ast.expr]]:
    """Every first argument of a call of `re` in our own code, and the file it stands in."""
    for path in sorted([*(ROOT / "engine").rglob("*.py"), *(ROOT / "app").rglob("*.py")]):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "re." in text else ():
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name), args=[pattern, *_]) if (
                    name in USES
                ):
                    yield path.relative_to(ROOT).as_posix(), pattern


PATTERNS = list(patterns())


def taken(item: tuple[object, object]) -> set[str]:
    """The signs that a part of a pattern can begin with."""
    kind, value = item
    if kind in REPEATS:
        return set().union(*map(taken, value[2]))  # type: ignore[index]
    if kind is parser.SUBPATTERN:
        return set().union(*map(taken, value[3]))  # type: ignore[index]
    if kind is parser.BRANCH:
        return set().union(*(taken(part) for way in value[1] for part in way))  # type: ignore[index]
    if kind in (parser.AT, parser.ASSERT, parser.ASSERT_NOT):
        return set()
    tree = parser.parse("")
    tree.data = [item]
    one = re._compiler.compile(tree, re.DOTALL)  # type: ignore[attr-defined]
    return {sign for sign in SIGNS if one.fullmatch(sign)}


def faults(sequence: object) -> Iterator[str]:
    """The repeats without an end that could share a text in more than one way."""
    items = list(sequence)  # type: ignore[call-overload]
    for place, (kind, value) in enumerate(items):
        if kind is parser.SUBPATTERN:
            yield from faults(value[3])
        elif kind is parser.BRANCH:
            for way in value[1]:
                yield from faults(way)
        if kind not in REPEATS:
            continue
        yield from faults(value[2])
        if value[1] is not parser.MAXREPEAT:
            continue
        if any(other[0] in REPEATS and other[1][1] is parser.MAXREPEAT for other in flat(value[2])):
            yield "a repeat within a repeat"
        if meets(taken(items[place]), items[place + 1 :]):
            yield "two repeats side by side that take the same signs"


def meets(own: set[str], items: list[tuple[object, tuple]]) -> bool:  # type: ignore[type-arg]
    """Whether a repeat without an end that takes one of these signs can follow, with nothing other between."""
    for kind, value in items:
        if kind is parser.SUBPATTERN and meets(own, list(value[3])):
            return True
        if kind is parser.BRANCH and any(meets(own, list(way)) for way in value[1]):
            return True
        shared = own & taken((kind, value))
        if kind in REPEATS and value[1] is parser.MAXREPEAT and shared:
            return True
        if not shared and not (kind in REPEATS and value[0] == 0):
            return False
    return False


def flat(sequence: object) -> Iterator[tuple[object, tuple]]:  # type: ignore[type-arg]
    for item in sequence:  # type: ignore[attr-defined]
        yield item
        if item[0] in REPEATS:
            yield from flat(item[1][2])
        elif item[0] is parser.SUBPATTERN:
            yield from flat(item[1][3])
        elif item[0] is parser.BRANCH:
            for way in item[1][1]:
                yield from flat(way)


@pytest.mark.parametrize(
    ("path", "pattern"), PATTERNS, ids=[f"{path} {ast.unparse(one)[:40]}" for path, one in PATTERNS]
)
def test_a_pattern_is_our_own_and_goes_through_a_text_once(path: str, pattern: ast.expr) -> None:
    assert isinstance(pattern, ast.Constant), "a pattern is a constant of ours"
    text = pattern.value if isinstance(pattern.value, str) else pattern.value.decode()
    assert list(faults(parser.parse(text))) == []


@pytest.mark.parametrize(
    "text", [r"(a+)+b", r"\s*[\w ]+=", r"a*a*", r"(?:x|\d*)*y", r"\w+\d?\w*!", r"\s*a{0,60}\s*$", r"[ \t]*(x|[\w ]+=)"]
)
def test_a_pattern_that_could_be_spited_is_found(text: str) -> None:
    assert list(faults(parser.parse(text)))


@pytest.mark.parametrize("text", [r"[ \t]*(?:#|x)[ \t]*y", r"<[^>]*>([^<]*)<"])
def test_a_pattern_that_could_not_is_left_alone(text: str) -> None:
    assert list(faults(parser.parse(text))) == []
