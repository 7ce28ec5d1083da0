"""`re`: patterns over texts, found by a matcher of our own in a time that is as the text is long; the host's is never asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.program.arguments import fitted, take
from engine.program.failures import PATTERN_ERROR, ProgramError
from engine.program.library import automaton, pattern, pattern_tree
from engine.program.values import Builtin, ErrorClass, Match, Pattern, Stream, TypeValue, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
Handler = Callable[["Machine", Value, Given, Keywords], Value]
KEPT = 64
"""So many patterns a run keeps ready; after that it begins anew."""
COPIED = 100
"""So many signs of a text are put elsewhere for one unit of fuel."""
ALL = sys.maxsize


def _pattern(run: Machine, value: Value, flags: Value) -> Pattern:
    """The value as a pattern made ready."""
    asked = run.whole(flags)
    if type(value) is Pattern:
        if asked:
            raise ProgramError("ValueError", "cannot process flags argument with a compiled pattern", code="argument")
        return value
    if type(value) is not str:
        raise ProgramError("TypeError", "first argument must be string or compiled pattern", code="argument")
    key = value, asked
    if key not in run.patterns:
        if len(run.patterns) >= KEPT:
            run.patterns.clear()
        run.patterns[key] = Pattern(value, automaton.compiled(run.meter, value, asked))
    return run.patterns[key]


def _text(value: Value) -> str:
    if type(value) is not str:
        text = f"expected string or bytes-like object, got '{type_name(value)}'"
        raise ProgramError("TypeError", text, code="argument")
    return str(value)


def _matcher(run: Machine, of: Pattern, text: Value, stop: int = ALL) -> automaton.Matcher:
    return automaton.Matcher(run.meter, of.steps, _text(text), max(stop, 0))


def _matches(run: Machine, of: Pattern, text: str, start: int = 0, stop: int = ALL) -> Iterator[Match]:
    """Every match, from left to right; none in what another has taken, and no empty one twice."""
    matcher = _matcher(run, of, text, stop)
    start, place, moving = max(start, 0), max(start, 0), False
    while place <= matcher.stop:
        marks = matcher.find(place, moving=moving)
        if marks is None:
            return
        yield Match(of, text, marks, start, matcher.stop)
        place, moving = marks[1], marks[1] == marks[0]


# What is found


def _one(run: Machine, of: Pattern, text: Value, start: int, stop: int, name: str) -> Value:
    matcher = _matcher(run, of, text, stop)
    start = max(start, 0)
    if start > matcher.stop:
        return None
    marks = matcher.find(start, fixed=name != "search", whole=name == "fullmatch")
    return None if marks is None else Match(of, text, marks, start, matcher.stop)


def _part(found: Match, number: int, absent: Value = None) -> Value:
    first, last = found.marks[2 * number : 2 * number + 2]
    return found.text[first:last] if last >= 0 else absent


def _all(run: Machine, of: Pattern, text: Value, start: int, stop: int) -> Value:
    rows: list[Value] = []
    groups = of.steps.groups
    for found in _matches(run, of, _text(text), start, stop):
        run.meter.burn(groups // 20)
        if groups < 2:
            rows.append(_part(found, groups, ""))
        else:
            rows.append(tuple([_part(found, number, "") for number in range(1, groups + 1)]))
        run.meter.need_items(len(rows))
    return rows


def _each(run: Machine, of: Pattern, text: Value, start: int, stop: int) -> Value:
    return Stream("callable_iterator", _matches(run, of, _text(text), start, stop))


def _split(run: Machine, of: Pattern, text: Value, most: Value) -> Value:
    parts: list[Value] = []
    place, count, most = 0, 0, run.whole(most)
    for found in _matches(run, of, _text(text)) if most >= 0 else ():
        if most and count >= most:
            break
        parts.append(text[place : found.marks[0]])
        parts.extend(_part(found, number) for number in range(1, of.steps.groups + 1))
        run.meter.need_items(len(parts) + 1)
        place, count = found.marks[1], count + 1
    return [*parts, text[place:]]


# What is put in its place


def _replaced(run: Machine, of: Pattern, by: Value, text: Value, most: Value) -> tuple[str, int]:
    text = _text(text)
    template = _template(of, by) if type(by) is str else None
    parts: list[str] = []
    place = length = count = 0
    most = run.whole(most)
    for found in _matches(run, of, text) if most >= 0 else ():
        if most and count >= most:
            break
        if template is None:
            said = run.call(by, [found], {})
            if type(said) is not str:
                what = f"sequence item {len(parts) + 1}: expected str instance, {type_name(said)} found"
                raise ProgramError("TypeError", what, code="argument")
        else:
            said = _expanded(run, template, found)
        parts += (text[place : found.marks[0]], said)
        length += len(parts[-2]) + len(said)
        run.meter.need_text(length)
        run.meter.burn((len(parts[-2]) + len(said)) // COPIED)
        place, count = found.marks[1], count + 1
    return run.checked_text("".join([*parts, text[place:]])), count


def _expanded(run: Machine, template: list[str | int], found: Match) -> str:
    parts: list[str] = []
    length = 0
    run.meter.burn(len(template) // 20)
    for part in template:
        parts.append(part if isinstance(part, str) else _part(found, part, ""))
        length += len(parts[-1])
        run.meter.need_text(length)
    return "".join(parts)


def _template(of: Pattern, text: str) -> list[str | int]:
    """The text that takes the place of a match: its letters, and the numbers of the groups it asks for."""
    reader = pattern.Reader(text, 0)
    parts: list[str | int] = []
    while reader.place < len(text):
        start = reader.place
        end = text.find("\\", start)
        if end != start:
            parts.append(text[start : end if end > 0 else len(text)])
            reader.place = end if end > 0 else len(text)
            continue
        sign = reader.take()
        letter = sign[1]
        if letter == "g":
            if not reader.match("<"):
                raise reader.error("missing <", reader.place)
            parts.append(_referred(of, reader, reader.until(">", "group name")))
        elif letter == "0":
            digits = text[reader.place : reader.place + 2]
            count = next((at for at, digit in enumerate(digits) if digit not in "01234567"), len(digits))
            reader.place += count
            parts.append(chr(int("0" + digits[:count], 8)))
        elif letter in pattern.DIGITS:
            parts.append(_numbered(of, reader, start))
        elif letter in pattern.SIGNS:
            parts.append(pattern.SIGNS[letter])
        elif letter in pattern.LETTERS:
            raise reader.error(f"bad escape {sign}", start)
        else:
            parts.append(sign)
    return parts


def _numbered(of: Pattern, reader: pattern.Reader, start: int) -> str | int:
    """What a backslash and digits stand for: a group, or a sign by three octal ones."""
    digits = reader.text[start + 1 : start + 4]
    if len(digits) == 3 and all(digit in "01234567" for digit in digits):
        if digits[0] > "3":
            raise reader.error(f"octal escape value \\{digits} outside of range 0-0o377", start)
        reader.place = start + 4
        return chr(int(digits, 8))
    count = 2 if len(digits) > 1 and digits[1] in pattern.DIGITS else 1
    reader.place = start + 1 + count
    return _within(of, reader, int(digits[:count]), start + 1)


def _within(of: Pattern, reader: pattern.Reader, number: int, place: int) -> int:
    if number > of.steps.groups:
        raise reader.error(f"invalid group reference {number}", place)
    return number


def _referred(of: Pattern, reader: pattern.Reader, name: str) -> int:
    place = reader.place - 1 - len(name)
    if name.isascii() and name.isdecimal() and len(name) < 9:
        return _within(of, reader, int(name), place)
    if not name.isidentifier():
        raise reader.error(f"bad character in group name {name!r}", place)
    names: dict[str, int] = of.steps.names
    if name not in names:
        raise ProgramError("IndexError", f"unknown group name {name!r}", code="index")
    return names[name]


# The functions of the module, and the same as methods of a pattern

PLACED: dict[str, Value] = {"string": ..., "pos": 0, "endpos": ALL}
WORK: dict[str, Callable[..., Value]] = {
    **{
        name: lambda run, of, string, pos, endpos, name=name: _one(
            run, of, string, run.whole(pos), run.whole(endpos), name
        )
        for name in ("match", "fullmatch", "search")
    },
    "findall": lambda run, of, string, pos, endpos: _all(run, of, string, run.whole(pos), run.whole(endpos)),
    "finditer": lambda run, of, string, pos, endpos: _each(run, of, string, run.whole(pos), run.whole(endpos)),
    "split": lambda run, of, string, maxsplit: _split(run, of, string, maxsplit),
    "sub": lambda run, of, repl, string, count: _replaced(run, of, repl, string, count)[0],
    "subn": lambda run, of, repl, string, count: _replaced(run, of, repl, string, count),
}
TAKEN: dict[str, dict[str, Value]] = {
    **dict.fromkeys(("match", "fullmatch", "search", "findall", "finditer"), PLACED),
    "split": {"string": ..., "maxsplit": 0},
    **{name: {"repl": ..., "string": ..., "count": 0} for name in ("sub", "subn")},
}


def _function(name: str) -> Builtin:
    taken = {key: usual for key, usual in TAKEN[name].items() if key not in ("pos", "endpos")}
    parameters: dict[str, Value] = {"pattern": ..., **taken, "flags": 0}
    more = {} if len(taken) == len(TAKEN[name]) else {"pos": 0, "endpos": ALL}

    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        asked = fitted(name, parameters, given, keywords)
        of = _pattern(run, asked.pop("pattern"), asked.pop("flags"))
        return WORK[name](run, of, **asked, **more)

    return Builtin(name, call)


def _method(name: str) -> Handler:
    def call(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
        return WORK[name](run, owner, **fitted(name, TAKEN[name], given, keywords))

    return call


def _compile(run: Machine, given: Given, keywords: Keywords) -> Value:
    asked = fitted("compile", {"pattern": ..., "flags": 0}, given, keywords)
    return _pattern(run, asked["pattern"], asked["flags"])


def _escape(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("escape", given, keywords, 1, 1)
    text = _text(given[0])
    run.meter.burn(len(text) // 20)
    return run.checked_text("".join("\\" + sign if sign in TOLD_APART else sign for sign in text))


TOLD_APART = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"
"""The signs that mean something in a pattern."""

# A match


def number(run: Machine, found: Match, asked: Value) -> int:
    """The number of a group that is asked for by number or name. Raises IndexError where there is none."""
    wanted: Value = found.of.steps.names.get(asked, -1) if type(asked) is str else run.index(asked)
    if type(wanted) is int and 0 <= wanted <= found.of.steps.groups:
        return int(wanted)
    raise ProgramError("IndexError", "no such group", code="index")


def part(run: Machine, found: Match, asked: Value) -> Value:
    """What a group of a match has taken."""
    return _part(found, number(run, found, asked))


def _group(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("group", given, keywords, 0, None)
    parts = [part(run, owner, asked) for asked in given or [0]]
    return parts[0] if len(parts) == 1 else tuple(parts)


def _groups(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    default = fitted("groups", {"default": None}, given, keywords)["default"]
    return tuple([_part(owner, at, default) for at in range(1, owner.of.steps.groups + 1)])


def _groupdict(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    default = fitted("groupdict", {"default": None}, given, keywords)["default"]
    return {name: _part(owner, at, default) for name, at in owner.of.steps.names.items()}


def _edges(name: str, pick: Callable[[list[int]], Value]) -> Handler:
    def call(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 0, 1)
        at = 2 * number(run, owner, given[0] if given else 0)
        return pick(owner.marks[at : at + 2] if owner.marks[at + 1] >= 0 else [-1, -1])

    return call


def _expand(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("expand", given, keywords, 1, 1)
    return _expanded(run, _template(owner.of, _text(given[0])), owner)


def _last(owner: Value) -> Value:
    return owner.marks[-1] if owner.marks[-1] > 0 else None


METHODS: dict[tuple[type, str], Handler] = {
    **{(Pattern, name): _method(name) for name in WORK},
    (Match, "group"): _group,
    (Match, "groups"): _groups,
    (Match, "groupdict"): _groupdict,
    (Match, "start"): _edges("start", lambda edges: edges[0]),
    (Match, "end"): _edges("end", lambda edges: edges[1]),
    (Match, "span"): _edges("span", tuple),
    (Match, "expand"): _expand,
}
FIELDS: dict[tuple[type, str], Callable[[Value], Value]] = {
    (Pattern, "pattern"): lambda owner: owner.text,
    (Pattern, "flags"): lambda owner: owner.steps.flags,
    (Pattern, "groups"): lambda owner: owner.steps.groups,
    (Pattern, "groupindex"): lambda owner: dict(owner.steps.names),
    (Match, "string"): lambda owner: owner.text,
    (Match, "re"): lambda owner: owner.of,
    (Match, "pos"): lambda owner: owner.start,
    (Match, "endpos"): lambda owner: owner.stop,
    (Match, "lastindex"): _last,
    (Match, "lastgroup"): lambda owner: next(
        (name for name, at in owner.of.steps.names.items() if at == owner.marks[-1]), None
    ),
}
"""What can be read off patterns and matches."""

MEMBERS: dict[str, Value] = {
    **{name: _function(name) for name in WORK},
    "compile": Builtin("compile", _compile),
    "escape": Builtin("escape", _escape),
    "error": ErrorClass(PATTERN_ERROR),
    "Pattern": TypeValue("Pattern", frozenset({Pattern}), text="<class 're.Pattern'>"),
    "Match": TypeValue("Match", frozenset({Match}), text="<class 're.Match'>"),
    **dict.fromkeys(("I", "IGNORECASE"), pattern_tree.IGNORECASE),
    **dict.fromkeys(("M", "MULTILINE"), pattern_tree.MULTILINE),
    **dict.fromkeys(("S", "DOTALL"), pattern_tree.DOTALL),
    **dict.fromkeys(("X", "VERBOSE"), pattern_tree.VERBOSE),
    **dict.fromkeys(("A", "ASCII"), pattern_tree.ASCII),
    **dict.fromkeys(("U", "UNICODE"), 32),
    "NOFLAG": 0,
}
