"""How values and names are written in figures: short, on one line, and inert."""

import math
from decimal import ROUND_HALF_UP, Context
from typing import Any

from app.exports import Options
from engine.events import Value

SHOWN_ELEMENTS = 6
# On an edge there is less room than on a card.
SENT_ELEMENTS = 3
LONGEST_TEXT = 60
# As JavaScript rounds: of two that are as near, away from 0.
FOUR_DIGITS = Context(prec=4, rounding=ROUND_HALF_UP)


def is_number(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def value_text(value: Value | None, options: Options, *, most: int = SHOWN_ELEMENTS) -> str:
    """A value as a short text: a number, at `most` a few numbers, or shape and dtype."""
    if value is None or not {"values", "shapes"} & options.show:
        return ""
    shape, data = value["shape"], value.get("data")
    size = f"[{shape[0]}]" if len(shape) == 1 else "×".join(map(str, shape))
    told = f"{size} {value['dtype']}".strip()
    if data is None or math.prod(shape) > most or "values" not in options.show:
        return told
    return f"{nested_text(data)} {told}" if shape and "shapes" in options.show else nested_text(data)


def nested_text(data: Any) -> str:
    if isinstance(data, list):
        return f"[{', '.join(map(nested_text, data))}]"
    return number_text(data)


def number_text(number: float | str | bool) -> str:
    """A number as the page writes it (static/js/state/format.js): a float in four significant digits shows that it is one (2.0), an integer stays whole.

    What is only rounded to a whole number never looks like one: 1.0001 is 1.000. The minus is a true one.
    """
    if isinstance(number, bool | str):
        return clean(str(number))
    return (float_text(number) if isinstance(number, float) else str(number)).replace("-", "−")


def float_text(number: float) -> str:
    rounded = float(FOUR_DIGITS.create_decimal_from_float(number))
    if abs(number) >= 1e6 or 0 < abs(number) < 1e-4:
        digits, _, power = f"{rounded:.3e}".partition("e")
        bare = digits.rstrip("0").removesuffix(".")
        exact = rounded == number or "." in bare
        return f"{bare if exact else digits}e{int(power)}"
    if number.is_integer():
        return f"{int(number)}.0"
    if not rounded.is_integer():
        return str(rounded)
    text = f"{rounded:#.4g}".removesuffix(".")
    return str(int(rounded)) if "e" in text else f"{text}0" if text.endswith(".0") else text


def plain_text(number: float | str) -> str:
    """A number of the program's own text, whole where it is."""
    return number_text(int(number) if isinstance(number, float) and number.is_integer() else number)


def clean(text: str) -> str:
    """The text on one line, bounded, without what no XML may hold, and with direction marks shown instead of obeyed."""
    kept = []
    for character in text[:LONGEST_TEXT]:
        code = ord(character)
        if 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
            kept.append(f"⟨U+{code:04X}⟩")
        elif (
            code >= 0x20 and not 0x7F <= code <= 0x9F and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)
        ):
            kept.append(character)
    return "".join(kept)
