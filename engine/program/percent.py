"""`%` on strings: each `%[flags][width][.precision]kind` is filled as a format of the language would be, with the same bounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.program.failures import ProgramError
from engine.program.values import DICTS, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

FIELD = re.compile(r"%(?:\((\w{1,60})\))?([-+ 0]{0,4})(\d{0,3})(?:\.(\d{1,3}))?([a-zA-Z%]?)")
WHOLE = "diu"
REAL = "eEfFgG"
BASES = "oxX"


def filled(run: Machine, template: str, values: Value) -> str:
    """The template with its fields filled. Raises TypeError and ValueError in Python's words."""
    row = list(values) if type(values) is tuple else [values]
    parts: list[str] = []
    at = place = length = 0
    for match in FIELD.finditer(template):
        parts.append(template[at : match.start()])
        at = match.end()
        name, flags, width, precision, kind = match.groups()
        if kind == "%":
            parts.append("%")
            continue
        if name is not None:
            if type(values) not in DICTS:
                raise ProgramError("TypeError", "format requires a mapping", code="percent-format")
            value = run.item(values, name)
        elif place >= len(row):
            raise ProgramError("TypeError", "not enough arguments for format string", code="percent-format")
        else:
            value, place = row[place], place + 1
        parts.append(_field(run, flags, width, precision, kind, value))
        length += len(parts[-2]) + len(parts[-1])
        run.meter.need_text(length)
    if place < len(row) and type(values) not in DICTS:
        text = "not all arguments converted during string formatting"
        raise ProgramError("TypeError", text, code="percent-format")
    return "".join([*parts, template[at:]])


def _field(run: Machine, flags: str, width: str, precision: str | None, kind: str, value: Value) -> str:
    left = "<" if "-" in flags else ">"
    if kind in ("s", "r"):
        text = (run.repr if kind == "r" else run.shown)(value, run.meter.limits.string + 1)
        return run.formatted(text if precision is None else text[: int(precision)], f"{left}{width}" if width else "")
    sign = "+" if "+" in flags else " " if " " in flags else ""
    if kind in WHOLE or kind in BASES:
        number: Value = _number(
            run, value, kind, "a real number is required" if kind in WHOLE else "an integer is required"
        )
        number = int(number)
    elif kind in REAL:
        number = run.as_float(_number(run, value, kind, "must be real number"))
        precision = precision or "6"
    else:
        text = f"unsupported format character '{kind}'" if kind else "incomplete format"
        raise ProgramError("ValueError", text, code="percent-format")
    zero = "0" if "0" in flags and left == ">" else ""
    digits = f".{precision}" if precision is not None and kind in REAL else ""
    align = "" if zero else left
    return run.formatted(number, f"{align}{sign}{zero}{width}{digits}{'d' if kind in WHOLE else kind}")


def _number(run: Machine, value: Value, kind: str, wanted: str) -> Value:
    if run.is_tensor(value) or type(value) not in (bool, int, float):
        if type(value) in (str, list, tuple, dict, type(None)):
            name = type_name(value)
            text = f"{wanted}, not {name}" if kind in REAL else f"%{kind} format: {wanted}, not {name}"
            raise ProgramError("TypeError", text, code="percent-format")
        return run.as_float(value)
    return value
