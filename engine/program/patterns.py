"""Patterns of `match` as text: what Python refuses in them before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.program.scopes import captured

Fault = tuple[ast.pattern, str, str]

ONCE = "Capture each name once, under another name."


def faults(node: ast.Match) -> Iterator[Fault]:
    """What Python refuses in the cases of a `match`: the place, its words, what to do."""
    for case in node.cases:
        if case is not node.cases[-1] and case.guard is None and (name := _takes_all(case.pattern)) is not None:
            what = f"name capture '{name}'" if name else "wildcard"
            yield case.pattern, f"{what} makes remaining patterns unreachable", "Move this case to the end."
        yield from _doubled(case.pattern)
        for part in ast.walk(case.pattern):
            if isinstance(part, ast.MatchOr):
                yield from _alternatives(part)
            elif isinstance(part, ast.MatchSequence) and sum(type(one) is ast.MatchStar for one in part.patterns) > 1:
                yield part, "multiple starred expressions in sequence pattern", "Keep one star."
            elif isinstance(part, ast.MatchClass) and not _named(part.cls):
                yield part, "class pattern must name a class", "Write the name of a class."


def _named(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _takes_all(pattern: ast.pattern) -> str | None:
    """The name under which a pattern takes anything, "" for none; None where it is choosy."""
    if isinstance(pattern, ast.MatchOr):
        return next((name for one in pattern.patterns if (name := _takes_all(one)) is not None), None)
    if not isinstance(pattern, ast.MatchAs):
        return None
    return (pattern.name or "") if pattern.pattern is None else _takes_all(pattern.pattern)


def _names(pattern: ast.pattern) -> list[str]:
    """The names that a pattern captures; of alternatives those of the first."""
    own = captured(pattern)
    inner: list[ast.pattern] = pattern.patterns[:1] if isinstance(pattern, ast.MatchOr) else _parts(pattern)
    return [*([own] if own else []), *(name for part in inner for name in _names(part))]


def _parts(pattern: ast.AST) -> list[ast.pattern]:
    return [part for part in ast.iter_child_nodes(pattern) if isinstance(part, ast.pattern)]


def _doubled(pattern: ast.pattern) -> Iterator[Fault]:
    names = _names(pattern)
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield pattern, f"multiple assignments to name '{name}' in pattern", ONCE


def _alternatives(pattern: ast.MatchOr) -> Iterator[Fault]:
    if len({frozenset(_names(one)) for one in pattern.patterns}) > 1:
        yield pattern, "alternative patterns bind different names", "Capture the same names in each."
    for one in pattern.patterns[:-1]:
        if (name := _takes_all(one)) is not None:
            what = f"name capture '{name}'" if name else "wildcard"
            yield one, f"{what} makes remaining patterns unreachable", "Move it to the end."
