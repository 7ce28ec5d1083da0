"""Slips of the pen: what was meant where a text is no Python, and the edit that says it.

A guess is only told where it helps: with its edit the text parses, or Python's complaint moves on.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable

from engine.program.failures import Refusal
from engine.program.signs import Signs
from engine.program.syntax import SYNTAX_HINTS

OPENING = {"(": ")", "[": "]", "{": "}"}
CAPITAL = re.compile(r"\s*(Import|From|For|While|If|Elif|Else|Def|Class|Return|With|Try|Except|Pass)\b")
ELSE_IF = re.compile(r"\s*(else +if)\b")
STEP = re.compile(r"\s*[A-Za-z_][\w.]{0,60}?(\+\+|--)\s*(?:;\s*)?$")
FOREIGN = re.compile(r"(&&|\|\||!(?!=))")
WORDS = {"&&": "and", "||": "or", "!": "not"}
ZEROS = re.compile(r"0+(\d{1,80})\b")
HEADER = re.compile(r"on line (\d{1,6})$")


def parsed(text: str) -> ast.Module:
    """The tree of a text, in the same language on every Python. Raises SyntaxError, ValueError, MemoryError, RecursionError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, feature_version=(3, 11))


def refusals(error: SyntaxError, text: str) -> list[Refusal]:
    """What to say of a text that Python does not take: the slip, where it is a known one, else Python's own words."""
    lines = text.split("\n")
    told = _told(error, lines)
    for guess in GUESSES:
        found = guess(lines, told)
        if found and _helps(lines, found, told):
            return found
    return [told]


def _told(error: SyntaxError, lines: list[str]) -> Refusal:
    line = min(max(error.lineno or 1, 1), len(lines))
    width = len(lines[line - 1])
    column = min(max((error.offset or 1) - 1, 0), width)
    end = error.end_offset - 1 if error.end_lineno == error.lineno and error.end_offset else 0
    message = error.msg.split(" (detected at line")[0]
    code, hint = _advice(message, lines, line)
    blanks = len(_blanks(lines[line - 1]))
    if code in ("indentation", "tabs") and blanks:
        column, end = 0, blanks
    end = max(end, column + 1)
    better = _replacement(code, lines[line - 1], column, end)
    return Refusal(line, column, end, message, hint, code, better, "SyntaxError")


def _replacement(code: str, line: str, column: int, end: int) -> str | None:
    """The text that could stand in a place that is no Python, where that is sure."""
    wrong = line[column:end]
    if code == "missing-colon" and "#" not in line and column >= len(line.rstrip()):
        return ":"
    if code == "print-call" and wrong.startswith("print ") and end >= len(line.rstrip()):
        return f"print({wrong.removeprefix('print ').strip()})"
    if code == "single-equals" and wrong.count("=") == 1:
        return wrong.replace("=", "==")
    return None


def _advice(message: str, lines: list[str], line: int) -> tuple[str, str]:
    for start, code, hint in SYNTAX_HINTS:
        if message.startswith(start) or (start in ("closing parenthesis",) and start in message):
            if code == "indentation" and start == "unexpected indent" and not any(map(str.strip, lines[: line - 1])):
                return code, "The program begins with spaces: delete as many in front of every line."
            return code, hint
    if "was never closed" in message:
        return "bracket", "Close this bracket."
    return "syntax", "Look at this place, and at the line before it."


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _helps(lines: list[str], found: list[Refusal], told: Refusal) -> bool:
    mended = list(lines)
    for each in reversed(found):
        row = mended[each.line - 1]
        mended[each.line - 1] = row[: each.column] + (each.replacement or "") + row[each.end_column :]
    try:
        parsed("\n".join(mended))
    except SyntaxError as error:
        return (error.lineno or 0) > told.line
    except (ValueError, MemoryError, RecursionError):
        return False
    return True


def _word(pattern: re.Pattern[str], say: Callable[[int, int, int, str], Refusal]) -> Callable[..., list[Refusal]]:
    """The guess that the line begins with what the pattern's group holds; `say` is told line, columns and word."""

    def guess(lines: list[str], told: Refusal) -> list[Refusal]:
        match = pattern.match(lines[told.line - 1])
        return [say(told.line, match.start(1), match.end(1), match.group(1))] if match else []

    return guess


def _capital(line: int, column: int, end: int, word: str) -> Refusal:
    small = word.lower()
    return Refusal(line, column, end, f"Python writes {small} in small letters.", f"Write {small}.", "capital-word", small, "SyntaxError")  # fmt: skip


def _else_if(line: int, column: int, end: int, word: str) -> Refusal:
    return Refusal(line, column, end, "Python writes elif, in one word.", "Write elif.", "else-if", "elif", "SyntaxError")  # fmt: skip


def _step(line: int, column: int, end: int, word: str) -> Refusal:
    better = f" {word[0]}= 1"
    return Refusal(line, column, end, f"Python has no {word}.", f"Write{better}.", "increment", better, "SyntaxError")


def _operators(lines: list[str], told: Refusal) -> list[Refusal]:
    """`&&`, `||` and `!`, as other languages write them."""
    line, found = lines[told.line - 1], []
    for match in FOREIGN.finditer(line):
        start, end = match.span()
        word = WORDS[match.group()]
        left = " " if start and line[start - 1] not in " (" and word != "not" else ""
        better = f"{left}{word}{'' if line[end : end + 1] == ' ' else ' '}"
        said = (f"Python has no {match.group()}.", f"Write {word}.", "foreign-operator", better, "SyntaxError")
        found.append(Refusal(told.line, start, end, *said))
    return found


def _unclosed(lines: list[str], told: Refusal) -> list[Refusal]:
    """Brackets opened in one line and never closed: they end with the line."""
    waiting = _open("\n".join(lines))
    if not waiting or len({line for line, _ in waiting}) > 1:
        return []
    number, column = waiting[0]
    row = lines[number - 1].rstrip()
    following = next((other for other in lines[number:] if other.strip()), "")
    if "#" in row or len(_blanks(following)) > len(_blanks(row)):  # where it goes on in the next line, its end is there
        return []
    closing = "".join(OPENING[row[at]] for _, at in reversed(waiting))
    words = f"'{row[column]}' was never closed", "Close this bracket.", "bracket", row[column:] + closing, "SyntaxError"
    return [Refusal(number, column, len(row), *words)]


def _open(text: str) -> list[tuple[int, int]]:
    """Line and column of every bracket outside strings and comments that no other closes."""
    waiting: list[tuple[int, int, str]] = []
    signs = Signs(text)
    for sign in signs:
        if sign in OPENING:
            waiting.append((signs.line, signs.column, OPENING[sign]))
        elif sign in ")]}":
            if not waiting or waiting[-1][2] != sign:
                return []
            waiting.pop()
    return [(line, column) for line, column, _ in waiting]


def _too_deep(lines: list[str], told: Refusal) -> list[Refusal]:
    """Lines further to the right than those before, for no reason."""
    if not told.message.startswith("unexpected indent"):
        return []
    before = next((row for row in reversed(lines[: told.line - 1]) if row.strip()), None)
    if before is None:
        return []
    found, deep, wanted = [], _blanks(lines[told.line - 1]), _blanks(before)
    for number, row in enumerate(lines[told.line - 1 :], told.line):
        if not row.strip() or not row.startswith(deep):
            break
        found.append(Refusal(number, 0, len(deep), told.message, told.hint, "indentation", wanted, "SyntaxError"))
    return found


def _too_shallow(lines: list[str], told: Refusal) -> list[Refusal]:
    """The line that was to be the body of the one before."""
    match = HEADER.search(told.message)
    row = lines[told.line - 1]
    if match is None or not told.message.startswith("expected an indented block") or not row.strip():
        return []
    blanks = _blanks(row)
    word = row.split()[0]
    better = f"{_blanks(lines[int(match[1]) - 1])}    {word}"
    end = len(blanks) + len(word)
    return [Refusal(told.line, 0, end, told.message, told.hint, "indentation", better, "SyntaxError")]


def _tabs(lines: list[str], told: Refusal) -> list[Refusal]:
    """Tabs in front of lines, as wide as Python takes them."""
    if told.code != "tabs":
        return []
    rows = [(number, _blanks(row)) for number, row in enumerate(lines, 1) if "\t" in _blanks(row)]
    said = told.message, told.hint, "tabs"
    return [Refusal(number, 0, len(row), *said, row.expandtabs(8), "SyntaxError") for number, row in rows]


def _zeros(lines: list[str], told: Refusal) -> list[Refusal]:
    """A whole number with zeros in front."""
    match = ZEROS.match(lines[told.line - 1], told.column) if told.message.startswith("leading zeros") else None
    said = told.message, told.hint, "number"
    return [Refusal(told.line, *match.span(), *said, match.group(1), "SyntaxError")] if match else []


def _unquoted(lines: list[str], told: Refusal) -> list[Refusal]:
    """A string that its line does not close: it ends before the brackets that end the line."""
    row = lines[told.line - 1]
    quote = row[told.column : told.column + 1]
    if told.code != "open-string" or quote not in ("'", '"') or "triple" in told.message:
        return []
    end = len(row.rstrip())
    waiting = len(
        [place for place in _open("\n".join([*lines[: told.line - 1], row[: told.column]])) if place[0] == told.line]
    )
    while waiting and row[end - 1 : end] in (")", "]", "}"):
        end, waiting = end - 1, waiting - 1
    said = told.message, told.hint, "open-string", row[told.column : end] + quote, "SyntaxError"
    return [Refusal(told.line, told.column, end, *said)] if end > told.column + 1 else []


def _level(lines: list[str], told: Refusal) -> list[Refusal]:
    """A line between two levels goes to the nearer of those above it; tabs count as four spaces."""
    if not told.message.startswith("unindent does not match"):
        return []
    if any("\t" in _blanks(row) for row in lines):
        rows = [(number, _blanks(row)) for number, row in enumerate(lines, 1) if "\t" in _blanks(row)]
        said = "Tabs and spaces are mixed.", "Indent every line with spaces, four a level.", "tabs"
        return [Refusal(number, 0, len(row), *said, row.expandtabs(4), "SyntaxError") for number, row in rows]
    own = len(_blanks(lines[told.line - 1]))
    levels = {len(_blanks(row)) for row in lines[: told.line - 1] if row.strip()}
    nearest = min(levels, key=lambda level: (abs(level - own), -level), default=0)
    said = told.message, told.hint, "indentation"
    return [Refusal(told.line, 0, own, *said, " " * nearest, "SyntaxError")] if own else []


GUESSES: tuple[Callable[[list[str], Refusal], list[Refusal]], ...] = (
    _too_deep,
    _too_shallow,
    _tabs,
    _word(CAPITAL, _capital),
    _word(ELSE_IF, _else_if),
    _word(STEP, _step),
    _operators,
    _unquoted,
    _zeros,
    _level,
    _unclosed,
)
