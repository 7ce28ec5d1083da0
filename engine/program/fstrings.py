"""Format specifications and the fields of `str.format`: `[fill align][sign][0][width][,][.precision][type]`, with bounded width and precision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.program.failures import ProgramError

WIDTH = 60
PRECISION = 20
SPEC = re.compile(r"(?:.?[<>=^])?[-+ ]?0?([0-9]{1,3})?[,_]?(?:\.([0-9]{1,3}))?([bcdeEfFgGnosxX%])?", re.DOTALL)


def fault(spec: str) -> tuple[str, str] | None:
    """What is wrong with a specification and what to write instead; None where it is accepted."""
    match = SPEC.fullmatch(spec)
    if not match:
        return f"The format {spec[:40]!r} is not known here.", "Write for example {x:.4f}, {x:>8} or {x:e}."
    if int(match.group(1) or 0) > WIDTH:
        return f"A width of {match.group(1)} is more than {WIDTH}.", f"Use a width of at most {WIDTH}."
    if int(match.group(2) or 0) > PRECISION:
        return f"A precision of {match.group(2)} is more than {PRECISION}.", f"Use at most {PRECISION} digits."
    return None


@dataclass(frozen=True, slots=True)
class Field:
    """One `{name!conversion:spec}` of a template; `name` is empty, a number or a plain name."""

    name: str
    conversion: str
    spec: str


FIELD = re.compile(r"([A-Za-z0-9]\w{0,59}|)(?:!([rs]))?(?::([^{}]{0,80}))?")


def fields(template: str) -> Iterator[tuple[str, Field | None]]:
    """The text before each field, and the field; the last pair has none. Raises ValueError for what is no field of ours."""
    at, literal = 0, []
    while at < len(template):
        sign = template[at]
        if sign not in "{}":
            end = min(
                (place for place in (template.find("{", at), template.find("}", at)) if place >= 0),
                default=len(template),
            )
            literal.append(template[at:end])
            at = end
        elif template[at + 1 : at + 2] == sign:
            literal.append(sign)
            at += 2
        else:
            end = template.find("}", at)
            if sign == "}" or end < 0:
                raise ProgramError("ValueError", f"Single '{sign}' encountered in format string", code="format-field")
            match = FIELD.fullmatch(template, at + 1, end)
            if not match:
                raise ProgramError(
                    "ValueError",
                    "a field of format is a number, a name or empty here, perhaps with a format after a colon",
                    code="format-field",
                    hint='Write "{:.2f}".format(x), or an f-string: f"{x:.2f}".',
                )
            yield "".join(literal), Field(match[1], match[2] or "", match[3] or "")
            literal = []
            at = end + 1
    yield "".join(literal), None
