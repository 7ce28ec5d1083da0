"""What an input method or a paste leaves in a text: full-width signs, typographic quotes, prompts."""

from __future__ import annotations

import ast
import re
import warnings

from engine.program.failures import Refusal
from engine.program.signs import Signs

PLAIN = {
    **{chr(ord(sign) + 0xFEE0): sign for sign in "!#$%&()*+,-./:;<=>?@[\\]^_`{|}~0123456789\"'"},
    "。": ".",
    "、": ",",
    "【": "[",
    "】": "]",
    "「": '"',
    "」": '"',
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "‚": "'",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "\u3000": " ",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u200b": "",
    "\u200c": "",
    "\u200d": "",
    "\u2060": "",
    "\ufeff": "",
}

CLOSING = {"“": "”", "”": "”", "‘": "’", "’": "’", "「": "」", "«": "»", "„": "“", "＂": "＂", "＇": "＇"}

COMMAND = re.compile(r"[ \t]*(?:%%?[A-Za-z]|!\s*\w|\?{1,2}[A-Za-z])")
PROMPT = re.compile(r"[ \t]*(>>> ?|In \[\d{1,6}\]: ?|\.\.\. )")
FURTHER = re.compile(r"[ \t]*(>>> ?|In \[\d{1,6}\]: ?|\.\.\.:? |\.\.\.:?[ \t]*$)")
CODE = re.compile(
    r"[ \t]*(#|@|(import|from|def|class|for|while|if|elif|else|with|return|try|except|print)\b|[\w.\[\],][\w.\[\], ]*[-+*/@%]?=(?!=))"
)
"""How a line begins that is code, though no prompt stands before it."""


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X}" if not sign.strip() or not sign.isprintable() else sign


def full_width(text: str) -> list[Refusal]:
    """Every sign outside strings and comments that only looks like one of Python's, with its replacement."""
    found: list[Refusal] = []
    if PLAIN.keys().isdisjoint(text):
        return found
    signs = Signs(text)
    for sign in signs:
        if sign not in PLAIN:
            continue
        plain, at = PLAIN[sign], signs.at
        end = text.find(CLOSING[sign], at + 1) if sign in CLOSING else -1
        if end >= 0 and "\n" not in text[at:end]:
            inside = text[at + 1 : end]
            plain = next((mark for mark in (plain, '"', "'") if mark not in inside), plain)
            found.append(_refuse(signs.line, signs.column, sign, plain))
            signs.at = end
            found.append(_refuse(signs.line, signs.column, text[end], plain))
        else:
            found.append(_refuse(signs.line, signs.column, sign, plain))
    return found


def _refuse(line: int, column: int, sign: str, plain: str) -> Refusal:
    message = (
        f"{_name(sign)} is not a Python sign; {plain} is." if plain.strip() else f"{_name(sign)} hides in the code."
    )
    hint = f"Write {plain} instead." if plain.strip() else "Put a plain space here." if plain else "Delete it."
    return Refusal(line, column, column + 1, message, hint, "full-width", plain, "SyntaxError")


def indented(text: str) -> list[Refusal]:
    """Every line of a text that stands as a whole too far to the right."""
    lines = text.split("\n")
    blanks = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    least = min(blanks, default=0)
    first = next((line[:least] for line in lines if line.strip()), "")
    if not least:
        return _first_alone(lines)
    if any(line[:least] != first for line in lines if line.strip()):
        return []
    return _shift([(number, least) for number, line in enumerate(lines, 1) if line.strip()])


def _shift(places: list[tuple[int, int]]) -> list[Refusal]:
    message = "unexpected indent: the whole program stands too far to the right"
    return [
        Refusal(
            number,
            0,
            blanks,
            message,
            f"Delete the first {blanks} spaces of every line.",
            "indentation",
            "",
            "SyntaxError",
        )
        for number, blanks in places
    ]


def _first_alone(lines: list[str]) -> list[Refusal]:
    """The lines of a text that was copied from inside its first line, which alone lost its spaces."""
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    rest = filled[1:]
    least = min((len(line) - len(line.lstrip(" \t")) for _, line in rest), default=0)
    if not least or any(line[:least] != rest[0][1][:least] for _, line in rest) or not _stands_alone(filled[0][1]):
        return []
    return _shift([(number, least) for number, _ in rest])


def _stands_alone(line: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(line)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def commands(text: str) -> list[Refusal]:
    """Every line that is a command of a notebook, such as `%matplotlib inline` or `!pip install`, in a text that is no Python as it stands."""
    found = [(number, line) for number, line in enumerate(text.split("\n"), 1) if COMMAND.match(line)]
    if not found or _stands_alone(text):
        return []
    refusals = []
    for number, line in found:
        start, shown = len(line) - len(line.lstrip()), line.strip()
        message = f"{shown.split()[0][:40]} is a command of the notebook, not of Python."
        said = (message, "Delete it, or make it a comment.", "notebook-command", "# " + line[start:], "SyntaxError")
        refusals.append(Refusal(number, start, len(line), *said))
    return refusals


def prompts(text: str) -> list[Refusal]:
    """Every line that begins with the prompt of an interactive session."""
    if not PROMPT.match(text.lstrip("\n")):
        return []
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        match = FURTHER.match(line)
        if match:
            sign = match.group(1)
            message = f"{sign.strip()} is the prompt of an interactive session, not part of the program."
            start = 0 if sign.startswith("...:") else match.start(1)
            span = (number, start, match.end(1))
            found.append(
                Refusal(*span, message, "Delete it, and the lines that show output.", "prompt", "", "SyntaxError")
            )
        elif line.strip() and not CODE.match(line):
            message = "This is what the session printed, not part of the program."
            said = (message, "Delete it, or make it a comment.", "prompt-output", "# " + line, "SyntaxError")
            found.append(Refusal(number, 0, len(line), *said))
    return found
