"""A pattern as steps, and a text led through all of them at once: as long as the text times the steps, whatever the pattern.

The ways that are open at a sign stand in a row, the one that Python would try first in front. Of two that came to the same step only the first is kept,
for what follows is the same for both; so there are never more of them than steps. Each step on each way is paid for before it is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.program.library.pattern import NESTING, STEPS, Reader
from engine.program.library.pattern_tree import ASCII, At, Group, Look, Node, Repeat, Row, Signs, Ways, widths, word
from engine.program.limits import Meter

TAKE, SPLIT, JUMP, KEEP, PLACE, LOOK, BEGIN, AGAIN, END = range(9)
"""What a step does: takes a sign; goes two ways; goes on elsewhere; notes where a group begins or ends; asks for a place; looks ahead or behind;
begins one turn of a repeat that may take nothing; ends such a turn, and with it the repeat where it took nothing; the end."""
LASTING = frozenset({TAKE, END})
"""The steps that wait for the next sign."""
PAID = 10
"""So many steps are taken for one unit of fuel."""
NO_TURN = NESTING + 1
"""More than the levels of repeats there can be: every turn that is open took a sign."""
ROOM = NO_TURN + 1

Marks = list[int]
"""Where the match and each group begin and end, -1 where they do not; last of all the group that ended last."""
NO_MARKS = [-1, -1]
Step = tuple[int, Any, Any]


@dataclass(slots=True)
class Steps:
    """A pattern made ready: its steps, its groups and their names, its flags."""

    steps: list[Step] = field(default_factory=list)
    groups: int = 0
    names: dict[str, int] = field(default_factory=dict)
    flags: int = 0


def compiled(meter: Meter, text: str, flags: int) -> Steps:
    """The steps of a pattern. Raises ProgramError as its reader does."""
    meter.burn(1 + len(text) // 2)
    reader = Reader(text, flags)
    tree = reader.tree()
    size = _size(tree)
    if size > STEPS:
        raise reader.large()
    meter.burn(size // 4)
    steps = _written(tree)
    return Steps(steps, reader.groups, reader.names, reader.flags | (0 if reader.flags & ASCII else 32))


def _size(node: Node) -> int:
    """At least as many steps as a part becomes."""
    if isinstance(node, (Signs, At)):
        return 1
    if isinstance(node, (Look, Group)):
        return 2 + _size(node.inner)
    if isinstance(node, Repeat):
        turns = 1 if node.most is None else node.most - node.least
        return node.least * _size(node.inner) + turns * (3 + _size(node.inner))
    if isinstance(node, Ways):
        return sum(2 + _size(way) for way in node.ways)
    return sum(map(_size, node.parts))


def _written(tree: Node) -> list[Step]:
    steps: list[Step] = []
    _write(steps, tree, 0)
    steps.append((END, None, None))
    return steps


def _write(steps: list[Step], node: Node, level: int) -> None:
    """Writes the steps of a part behind those there are."""
    if isinstance(node, Signs):
        steps.append((TAKE, node.known, node.takes))
    elif isinstance(node, At):
        steps.append((PLACE, node.kind, node.ascii))
    elif isinstance(node, Look):
        steps.append((LOOK, _written(node.inner), (node.back, node.negated)))
    elif isinstance(node, Row):
        for part in node.parts:
            _write(steps, part, level)
    elif isinstance(node, Ways):
        _write_ways(steps, node, level)
    elif isinstance(node, Repeat):
        _write_repeat(steps, node, level)
    elif node.number is None:
        _write(steps, node.inner, level)
    else:
        steps.append((KEEP, 2 * node.number, 0))
        _write(steps, node.inner, level)
        steps.append((KEEP, 2 * node.number + 1, node.number))


def _write_ways(steps: list[Step], node: Ways, level: int) -> None:
    ends = []
    for way in node.ways[:-1]:
        split = len(steps)
        steps.append((SPLIT, None, None))
        _write(steps, way, level)
        ends.append(len(steps))
        steps.append((JUMP, None, None))
        steps[split] = SPLIT, split + 1, len(steps)
    _write(steps, node.ways[-1], level)
    for end in ends:
        steps[end] = JUMP, len(steps), None


def _write_repeat(steps: list[Step], node: Repeat, level: int) -> None:
    """Its least number of turns, then those that may be; a turn that took nothing is the last."""
    for _ in range(node.least):
        _write(steps, node.inner, level)
    empty = widths(node.inner)[0] == 0
    endless = node.most is None
    splits, ends = [], []
    for _ in range(1 if node.most is None else node.most - node.least):
        start = len(steps)
        splits.append(start)
        steps.append((SPLIT, None, None))
        if empty:
            steps.append((BEGIN, level, None))
        _write(steps, node.inner, level + 1 if empty else level)
        if empty:
            ends.append(len(steps))
            steps.append((AGAIN, level, start if endless else len(steps) + 1))
        elif endless:
            steps.append((JUMP, start, None))
    out = len(steps)
    for split in splits:
        steps[split] = (SPLIT, out, split + 1) if node.lazy else (SPLIT, split + 1, out)
    for end in ends:
        kind, of, on = steps[end]
        steps[end] = kind, (of, out), on


class Matcher:
    """One text and one pattern; the signs from `stop` on are as if they were not there."""

    __slots__ = ("meter", "program", "text", "stop", "left")

    def __init__(self, meter: Meter, program: Steps, text: str, stop: int) -> None:
        self.meter = meter
        self.program = program
        self.text = text[:stop]
        self.stop = len(self.text)
        self.left = 0

    def find(self, start: int, *, fixed: bool = False, whole: bool = False, moving: bool = False) -> Marks | None:
        """The marks of the first match from `start` on, None where there is none.

        `fixed`: it must begin at `start`; `whole`: it must end where the text ends; `moving`: it must not end where it begins, at `start`.
        """
        fresh = [-1] * (2 * self.program.groups + 2)
        return self._run(self.program.steps, start, fresh, fixed=fixed, whole=whole, moving=moving)

    def _run(
        self, steps: list[Step], start: int, fresh: Marks, *, fixed: bool, whole: bool = False, moving: bool = False
    ) -> Marks | None:
        text, stop = self.text, self.stop
        self.meter.burn(1)
        found: Marks | None = None
        ways: list[tuple[int, Marks]] = []
        for place in range(start, stop + 1):
            if found is None and (place == start or not fixed):
                ways.append((0, [place, *fresh]))
            if not ways:
                break
            row, ways = self._opened(steps, ways, place), []
            sign = text[place] if place < stop else ""
            for at, marks in row:
                kind, known, takes = steps[at]
                if kind == END:
                    if (whole and place < stop) or (moving and place == start):
                        continue
                    found = marks.copy()
                    found[1] = place
                    break
                hit = known.get(sign)
                if sign and (takes(sign) if hit is None else hit):
                    ways.append((at + 1, marks))
        return found

    def _opened(self, steps: list[Step], ways: list[tuple[int, Marks]], place: int) -> list[tuple[int, Marks]]:
        """The steps that take a sign, or the end, to which the ways lead from here without one, in Python's order."""
        seen: set[int] = set()
        row: list[tuple[int, Marks]] = []
        left = self.left
        for first, kept in ways:
            # Of a repeat that may take nothing, `turn` is the outermost whose turn has begun here.
            stack = [(first, NO_TURN, kept)]
            while stack:
                left -= 1
                if left < 0:
                    self.meter.burn(1)
                    left = PAID
                at, turn, marks = stack.pop()
                kind, one, two = steps[at]
                ends = kind in LASTING
                key = at * ROOM + (NO_TURN if ends else turn)
                if key in seen:
                    continue
                seen.add(key)
                if ends:
                    row.append((at, marks))
                elif kind == SPLIT:
                    stack.append((two, turn, marks))
                    stack.append((one, turn, marks))
                elif kind == JUMP:
                    stack.append((one, turn, marks))
                elif kind == KEEP:
                    marks = marks.copy()
                    marks[one] = place
                    if two:
                        marks[-1] = two
                    stack.append((at + 1, turn, marks))
                elif kind == PLACE:
                    if self._stands(one, two, place):
                        stack.append((at + 1, turn, marks))
                elif kind == LOOK:
                    self.left = left
                    if self._looks(one, two, place):
                        stack.append((at + 1, turn, marks))
                    left = self.left
                elif kind == BEGIN:
                    stack.append((at + 1, min(turn, one), marks))
                elif turn <= one[0]:
                    stack.append((one[1], turn if turn < one[0] else NO_TURN, marks))
                else:
                    stack.append((two, NO_TURN, marks))
        self.left = left
        return row

    def _stands(self, kind: str, ascii_only: bool, place: int) -> bool:
        text, stop = self.text, self.stop
        if kind == "A":
            return place == 0
        if kind == "Z":
            return place == stop
        if kind == "m":
            return place == 0 or text[place - 1] == "\n"
        if kind == "e":
            return place == stop or text[place] == "\n"
        if kind == "$":
            return place == stop or (place == stop - 1 and text[place] == "\n")
        sides = [
            0 <= at < stop and word(text[at]) and (not ascii_only or text[at].isascii()) for at in (place - 1, place)
        ]
        return stop > 0 and (sides[0] != sides[1]) is (kind == "b")

    def _looks(self, steps: list[Step], asked: tuple[int, bool], place: int) -> bool:
        back, negated = asked
        start = place - back
        return (start >= 0 and self._run(steps, start, NO_MARKS, fixed=True) is not None) is not negated
