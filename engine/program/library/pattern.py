"""The text of a regular expression as a tree, in Python's own grammar; what a matcher in linear time cannot have is refused."""

from __future__ import annotations

from engine.program.failures import PATTERN_ERROR, ProgramError
from engine.program.library.pattern_tree import (
    ASCII,
    DOTALL,
    IGNORECASE,
    KINDS,
    MULTILINE,
    VERBOSE,
    At,
    Group,
    Look,
    Node,
    Repeat,
    Row,
    Signs,
    Test,
    Ways,
    kind_of,
    widths,
)

FLAGS = {"i": IGNORECASE, "m": MULTILINE, "s": DOTALL, "x": VERBOSE, "a": ASCII, "u": 32}
NESTING = 30
"""So many groups may lie inside one another."""
GROUPS = 50
"""So many groups of a pattern may be kept."""
STEPS = 1_000
"""So many steps a pattern may have once its counted repeats are written out."""
REACH = 50
"""So far a look ahead or behind may see."""
DIGITS = "0123456789"
BLANK = " \t\n\r\v\f#"
SIGNS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
HEXADECIMAL = {"x": 2, "u": 4, "U": 8}
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Reader:
    """Reads one pattern. Raises ProgramError in Python's words where it is none, NotImplementedError for what is not here."""

    def __init__(self, text: str, flags: int) -> None:
        self.text = text
        self.place = 0
        self.flags = flags
        self.groups = 0
        self.names: dict[str, int] = {}
        self.depth = 0

    def tree(self) -> Node:
        """The whole pattern."""
        found = self.ways(self.flags)
        if self.place < len(self.text):
            raise self.error("unbalanced parenthesis", self.place)
        return found

    # Faults

    def error(self, text: str, place: int) -> ProgramError:
        where = f"{text} at position {place}"
        if "\n" in self.text:
            line = self.text.count("\n", 0, place) + 1
            where += f" (line {line}, column {place - self.text.rfind(chr(10), 0, place)})"
        hint = "Look at this place of the pattern: close each bracket, and write a backslash before a sign that means itself."
        return ProgramError(PATTERN_ERROR, where, code="pattern", hint=hint)

    def absent(self, what: str, hint: str, *, code: str) -> ProgramError:
        text = f"{what} in a pattern is not part of the language here"
        return ProgramError("NotImplementedError", text, code=code, hint=hint)

    # Signs

    def next(self) -> str:
        """The sign that comes, with the one after a backslash."""
        found = self.text[self.place : self.place + 1]
        return self.text[self.place : self.place + 2] if found == "\\" else found

    def take(self) -> str:
        """The same, and goes on."""
        found = self.next()
        if found == "\\":
            raise self.error("bad escape (end of pattern)", self.place)
        self.place += len(found)
        return found

    def match(self, sign: str) -> bool:
        """Goes on where this sign comes."""
        if self.next() != sign:
            return False
        self.place += 1
        return True

    def until(self, end: str, what: str) -> str:
        """The text up to a sign, which is passed."""
        start, stop = self.place, self.text.find(end, self.place)
        if stop < 0:
            raise self.error(
                f"missing {end}, unterminated name" if start < len(self.text) else f"missing {what}", start
            )
        self.place = stop + 1
        if stop == start:
            raise self.error(f"missing {what}", start)
        return self.text[start:stop]

    # Structure

    def ways(self, flags: int) -> Node:
        first = self.place == 0
        found = [self.row(flags, first=first)]
        if first:
            flags = self.flags  # which a text that begins with flags has changed
        while self.match("|"):
            found.append(self.row(flags))
        return found[0] if len(found) == 1 else Ways(found)

    def row(self, flags: int, *, first: bool = False) -> Node:
        parts: list[Node] = []
        while True:
            sign = self.next()
            if sign in ("", "|", ")"):
                return parts[0] if len(parts) == 1 else Row(parts)
            start = self.place
            self.take()
            if flags & VERBOSE and sign in BLANK:
                if sign == "#":
                    end = self.text.find("\n", self.place)
                    self.place = len(self.text) if end < 0 else end + 1
                continue
            if sign in "*+?{":
                counted = self.counts(sign, start)
                if counted is not None:
                    parts[-1:] = [self.repeated(parts, counted, start)]
                    continue
            if sign == "(":
                made = self.group(flags, start, first=first and not parts)
                if made is None:
                    flags = self.flags if first else flags
                    continue
                parts.append(made)
            else:
                parts.append(self.single(sign, flags, start))

    def single(self, sign: str, flags: int, start: int) -> Node:
        folded = bool(flags & IGNORECASE)
        if sign == ".":
            return Signs([] if flags & DOTALL else [(10, 10)], [], negated=True, folded=False)
        if sign == "^":
            return At("m" if flags & MULTILINE else "A")
        if sign == "$":
            return At("e" if flags & MULTILINE else "$")
        if sign == "[":
            return self.many(flags, start)
        if sign[0] != "\\":
            return Signs([(ord(sign), ord(sign))], [], negated=False, folded=folded)
        letter = sign[1]
        if letter in "AZbB":
            return At(letter, bool(flags & ASCII))
        if letter in DIGITS and letter != "0":
            triple = self.text[start + 1 : start + 4]
            if not (len(triple) == 3 and all(digit in "01234567" for digit in triple)):
                self.referred(triple)
        made = self.escaped(sign, flags, start)
        return Signs([], [made], negated=False, folded=False) if callable(made) else _alone(made, folded=folded)

    def referred(self, digits: str) -> None:
        """Refuses a backslash with the number of a group. Raises ProgramError in Python's words where there is none."""
        number = int(digits[: 2 if digits[1:2] in DIGITS and len(digits) > 1 else 1])
        if number > self.groups:
            raise self.error(f"invalid group reference {number}", self.place - 1)
        raise self.absent(
            "A back-reference",
            "Match the parts as groups and compare m.group(1) with m.group(2).",
            code="pattern-reference",
        )

    def escaped(self, sign: str, flags: int, start: int) -> int | Test:
        """The number of the sign that a backslash and a letter stand for, or the kind of signs."""
        letter = sign[1]
        if letter.lower() in KINDS:
            return kind_of(letter, flags)
        if letter in HEXADECIMAL:
            digits = self.text[self.place : self.place + HEXADECIMAL[letter]]
            count = next((at for at, digit in enumerate(digits) if digit not in "0123456789abcdefABCDEF"), len(digits))
            if count < HEXADECIMAL[letter]:
                raise self.error(f"incomplete escape {sign}{digits[:count]}", start)
            self.place += count
            if int(digits, 16) > 0x10FFFF:
                raise self.error(f"bad escape {sign}{digits}", start)
            return int(digits, 16)
        if letter in DIGITS:
            digits = self.text[start + 1 : start + 4]
            count = next((at for at, digit in enumerate(digits) if digit not in "01234567"), len(digits))
            if count == 0 or (letter != "0" and count < 3):
                raise self.error(f"bad escape {sign}", start)
            self.place = start + 1 + count
            number = int(digits[:count], 8)
            if number > 0o377:
                raise self.error(f"octal escape value \\{digits} outside of range 0-0o377", start)
            return number
        if letter in SIGNS:
            return ord(SIGNS[letter])
        if letter == "N":
            raise self.absent("The name of a sign", "Write the sign itself.", code="pattern-name")
        if letter in LETTERS:
            raise self.error(f"bad escape {sign}", start)
        return ord(letter)

    def many(self, flags: int, start: int) -> Node:
        """What stands between [ and ]."""
        negated = self.match("^")
        spans: list[tuple[int, int]] = []
        kinds: list[Test] = []
        first = True
        while True:
            if not self.next():
                raise self.error("unterminated character set", start)
            here = self.place
            sign = self.take()
            if sign == "]" and not first:
                return Signs(spans, kinds, negated=negated, folded=bool(flags & IGNORECASE))
            first = False
            low = self.member(sign, flags, here)
            if not self.match("-"):
                kinds, spans = _added(low, kinds, spans)
                continue
            if not self.next():
                raise self.error("unterminated character set", start)
            there = self.place
            sign = self.take()
            if sign == "]":
                kinds, spans = _added(low, kinds, spans)
                spans.append((45, 45))
                return Signs(spans, kinds, negated=negated, folded=bool(flags & IGNORECASE))
            high = self.member(sign, flags, there)
            if callable(low) or callable(high) or high < low:
                raise self.error(f"bad character range {self.text[here : self.place]}", here)
            spans.append((low, high))

    def member(self, sign: str, flags: int, start: int) -> int | Test:
        return self.escaped(sign, flags, start) if sign[0] == "\\" else ord(sign)

    def counts(self, sign: str, start: int) -> tuple[int, int | None] | None:
        """How often what came is repeated; None where a { is but a sign."""
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        end = self.text.find("}", self.place)
        low, comma, high = self.text[self.place : max(end, 0)].partition(",")
        if end == self.place or end < 0 or any(digit not in DIGITS for digit in low + high):
            return None
        if len(low) > 9 or len(high) > 9:
            raise self.large()
        self.place = end + 1
        least, most = int(low or 0), (int(high) if high else None) if comma else int(low)
        if most is not None and most < least:
            raise self.error("min repeat greater than max repeat", start + 1)
        return least, most

    def repeated(self, parts: list[Node], counted: tuple[int, int | None], start: int) -> Node:
        if not parts or isinstance(parts[-1], At):
            raise self.error("nothing to repeat", start)
        if isinstance(parts[-1], Repeat):
            raise self.error("multiple repeat", start)
        if self.next() == "+":
            raise self.absent("A repeat that gives nothing back", "Leave the second + out.", code="pattern-possessive")
        return Repeat(parts[-1], *counted, lazy=self.match("?"))

    def group(self, flags: int, start: int, *, first: bool) -> Node | None:
        """What stands between ( and ); None for flags and comments."""
        number: int | None = None
        look: tuple[str, bool] | None = None
        if self.match("?"):
            sign = self.take()
            if sign in ("P", "<"):
                sign += self.take()
                if len(sign) < 2:
                    raise self.error("unexpected end of pattern", self.place)
            if sign == "P<":
                number = self.named(self.until(">", "group name"))
            elif sign in ("=", "!", "<=", "<!"):
                look = sign[0], sign[-1] == "!"
            elif sign == "#":
                self.comment(start)
                return None
            elif sign in ("P=", "("):
                raise self.absent(
                    "A back-reference" if sign == "P=" else "A condition",
                    "Match the parts as groups and compare m.group(1) with m.group(2).",
                    code="pattern-reference",
                )
            elif sign == ">":
                raise self.absent("A group that gives nothing back", "Write (?: instead of (?>.", code="pattern-atomic")
            elif sign in FLAGS or sign == "-":
                changed = self.flagged(sign, flags, start, first=first)
                if changed is None:
                    return None
                flags = changed
            elif sign != ":":
                told = "unexpected end of pattern" if not sign else f"unknown extension ?{sign}"
                raise self.error(told, start + 1 if sign else self.place)
        else:
            number = self.numbered()
        self.depth += 1
        if self.depth > NESTING:
            raise self.absent(
                f"More than {NESTING} groups inside one another", "Write fewer brackets.", code="pattern-nesting"
            )
        kept = self.groups
        inner = self.ways(flags)
        self.depth -= 1
        if not self.match(")"):
            raise self.error("missing ), unterminated subpattern", start)
        if look is None:
            return Group(number, inner)
        if self.groups > kept:
            raise self.absent(
                "A group inside a look ahead or behind", "Write (?: instead of (.", code="pattern-look-group"
            )
        return self.looking(inner, *look)

    def comment(self, start: int) -> None:
        end = self.text.find(")", self.place)
        if end < 0:
            raise self.error("missing ), unterminated comment", start)
        self.place = end + 1

    def looking(self, inner: Node, side: str, negated: bool) -> Node:
        least, most = widths(inner)
        if side == "<" and least != most:
            raise ProgramError(
                PATTERN_ERROR,
                "look-behind requires fixed-width pattern",
                code="pattern-width",
                hint="Write it so that each of its ways is as long as the others.",
            )
        if most is None or most > REACH:
            raise self.absent(
                f"A look ahead or behind over more than {REACH} signs",
                "Write it without * and +.",
                code="pattern-reach",
            )
        return Look(inner, most if side == "<" else 0, negated)

    def numbered(self) -> int:
        self.groups += 1
        if self.groups > GROUPS:
            raise self.absent(
                f"More than {GROUPS} groups",
                "Write (?: instead of ( where a part need not be kept.",
                code="pattern-groups",
            )
        return self.groups

    def named(self, name: str) -> int:
        place = self.place - 1 - len(name)
        if not name.isidentifier():
            raise self.error(f"bad character in group name {name!r}", place)
        if name in self.names:
            text = f"redefinition of group name {name!r} as group {self.groups + 1}; was group {self.names[name]}"
            raise self.error(text, place)
        self.names[name] = self.numbered()
        return self.names[name]

    def flagged(self, sign: str, flags: int, start: int, *, first: bool) -> int | None:
        """The flags of a group, or None where they are those of the whole text from here on."""
        on = off = 0
        while sign in FLAGS:
            on |= FLAGS[sign]
            sign = self.flag("-, : or )", "-:)")
        if sign == ")":
            if not first:
                raise self.error("global flags not at the start of the expression", start)
            self.flags |= on
            return None
        if sign == "-":
            sign = self.flag("flag", "")
            while sign in FLAGS:
                off |= FLAGS[sign]
                sign = self.flag(":", ":")
        return (flags | on) & ~off

    def flag(self, what: str, others: str) -> str:
        """The next letter of those that are flags, or one of the others."""
        sign = self.next()
        if not sign or (sign not in FLAGS and sign not in others):
            raise self.error("unknown flag" if sign.isalpha() else f"missing {what}", self.place)
        return self.take()

    def large(self) -> ProgramError:
        """What a pattern is told whose counted repeats are too many."""
        return self.absent(f"More than {STEPS:,} steps", "Write smaller counts between { and }.", code="pattern-size")


def _alone(number: int, *, folded: bool) -> Signs:
    return Signs([(number, number)], [], negated=False, folded=folded)


def _added(
    member: int | Test, kinds: list[Test], spans: list[tuple[int, int]]
) -> tuple[list[Test], list[tuple[int, int]]]:
    return ([*kinds, member], spans) if callable(member) else (kinds, [*spans, (member, member)])
