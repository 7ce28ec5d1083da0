"""How values and names are written in figures: short, on one line, and inert."""

import math
from typing import Any

from app.exports import Options
from engine.events import Value

SHOWN_ELEMENTS = 6
# On an edge there is less room than on a card.
SENT_ELEMENTS = 3
LONGEST_TEXT = 60


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
    """A number with four significant digits and a true minus sign; a whole number below a million as it is, and no other like one."""
    if isinstance(number, bool | str):
        return clean(str(number))
    if abs(number) < 1e6 and number == int(number):
        return str(int(number)).replace("-", "−")
    digits, _, power = f"{number:.4g}".partition("e")
    if not power and "." not in digits:
        digits = f"{number:#.4g}".removesuffix(".")
    return (f"{digits}e{int(power)}" if power else digits).replace("-", "−")


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
