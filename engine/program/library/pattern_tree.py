"""What a pattern is made of: the signs that a step takes, and what stands one after another, side by side or many times over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

IGNORECASE, MULTILINE, DOTALL, VERBOSE, ASCII = 2, 8, 16, 64, 256

Test = Callable[[str], bool]


def word(sign: str) -> bool:
    """True for what `\\w` takes."""
    return sign.isalnum() or sign == "_"


KINDS: dict[str, Test] = {"w": word, "d": str.isdecimal, "s": str.isspace}


def kind_of(letter: str, flags: int) -> Test:
    """What `\\w`, `\\d` or `\\s` takes, or for a capital letter what they do not."""
    test = KINDS[letter.lower()]
    if flags & ASCII:
        of_all = test
        test = lambda sign: sign.isascii() and of_all(sign) and sign not in "\x1c\x1d\x1e\x1f"  # noqa: E731
    if letter.islower():
        return test
    return lambda sign: not test(sign)


class Signs:
    """The signs that one step of a pattern takes; `known` keeps the answers for those that came."""

    __slots__ = ("known", "ends", "starts", "kinds", "negated", "folded")

    def __init__(self, spans: list[tuple[int, int]], kinds: list[Test], *, negated: bool, folded: bool) -> None:
        self.known: dict[str, bool] = {}
        merged: list[tuple[int, int]] = []
        for first, last in sorted(spans):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = merged[-1][0], max(last, merged[-1][1])
            else:
                merged.append((first, last))
        self.starts = [first for first, _ in merged]
        self.ends = [last for _, last in merged]
        self.kinds = kinds
        self.negated = negated
        self.folded = folded

    def takes(self, sign: str) -> bool:
        """Whether this sign is one of them."""
        found = self.known[sign] = self._within(sign) is not self.negated
        return found

    def _within(self, sign: str) -> bool:
        faces = {sign, sign.lower(), sign.upper()} if self.folded else {sign}
        return any(
            self._spanned(ord(face)) or any(kind(face) for kind in self.kinds) for face in faces if len(face) == 1
        )

    def _spanned(self, number: int) -> bool:
        place = bisect_right(self.starts, number) - 1
        return place >= 0 and number <= self.ends[place]


@dataclass(slots=True)
class Row:
    """One thing after another."""

    parts: list[Node]


@dataclass(slots=True)
class Ways:
    """One thing or another, the first that leads on."""

    ways: list[Node]


@dataclass(slots=True)
class Group:
    """What is kept under a number, or only held together."""

    number: int | None
    inner: Node


@dataclass(slots=True)
class Repeat:
    """A thing `least` to `most` times, any number of times where `most` is None."""

    inner: Node
    least: int
    most: int | None
    lazy: bool


@dataclass(slots=True)
class At:
    """A place between two signs: `^ $ A Z b B`, and `m` for `^`, `e` for `$` of each line."""

    kind: str
    ascii: bool = False


@dataclass(slots=True)
class Look:
    """What must follow here, or come before, or must not; `back` is how many signs before."""

    inner: Node
    back: int
    negated: bool


Node = Signs | Row | Ways | Group | Repeat | At | Look


def widths(node: Node) -> tuple[int, int | None]:
    """The fewest and the most signs that a part takes; None where there is no end to them."""
    if isinstance(node, Signs):
        return 1, 1
    if isinstance(node, (At, Look)):
        return 0, 0
    if isinstance(node, Group):
        return widths(node.inner)
    if isinstance(node, Repeat):
        least, most = widths(node.inner)
        if most == 0 or node.most == 0:
            return 0, 0
        return least * node.least, None if most is None or node.most is None else most * node.most
    found = [widths(part) for part in (node.parts if isinstance(node, Row) else node.ways)]
    mosts = [most for _, most in found if most is not None]
    together = sum if isinstance(node, Row) else max
    least = sum(one for one, _ in found) if isinstance(node, Row) else min(one for one, _ in found)
    return least, together(mosts) if len(mosts) == len(found) else None
