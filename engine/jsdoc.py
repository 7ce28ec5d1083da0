"""The event types as JSDoc typedefs, which the browser's code is checked against.

`python -m engine.jsdoc > static/js/state/events.js` writes them.
"""

from __future__ import annotations

import sys
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from engine.events import KINDS, NAMES, OPTIONAL, SCHEMA, Also, Bounded, Fix, Output, Refusal, Value

_JSDOC = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null", Any: "any"}
_SHAPES: tuple[Any, ...] = (Value, Output, Also, Bounded, Refusal, Fix)


def _jsdoc(hint: Any) -> str:
    """The JSDoc spelling of a type hint."""
    if hint in _SHAPES:
        return str(hint.__name__)
    if hint in _JSDOC:
        return _JSDOC[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return "|".join(dict.fromkeys(_jsdoc(argument) for argument in arguments))
    if origin is Literal:
        return "|".join(f"'{argument}'" for argument in arguments)
    if origin is list:
        inner = _jsdoc(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<string, {_jsdoc(arguments[1])}>"
    if origin is NotRequired:
        return _jsdoc(arguments[0])
    raise TypeError(f"no JSDoc spelling for {hint!r}")


def typedefs() -> str:
    """A JavaScript module of JSDoc typedefs, one for each event kind and their union `Event`."""
    blocks = ["// Generated from the event types: `python -m engine.jsdoc > static/js/state/events.js`."]
    for shape in _SHAPES:
        lines = [f" * @typedef {{Object}} {shape.__name__}"]
        for name, hint in get_type_hints(shape, include_extras=True).items():
            spelled = f"[{name}]" if get_origin(hint) is NotRequired else name
            lines.append(f" * @property {{{_jsdoc(hint)}}} {spelled}")
        blocks.append("\n".join(["/**", *lines, " */"]))
    for kind, event in KINDS.items():
        hints = get_type_hints(event)
        optional = OPTIONAL[event]
        lines = [f" * @typedef {{Object}} {event.__name__}"]
        lines += [" * @property {number} seq", f" * @property {{'{kind}'}} kind"]
        for name in NAMES[event][1:]:
            lines.append(f" * @property {{{_jsdoc(hints[name])}}} {f'[{name}]' if name in optional else name}")
        blocks.append("\n".join(["/**", *lines, " */"]))
    union = "|".join(event.__name__ for event in KINDS.values())
    blocks.append(f"/** @typedef {{{union}}} Event */")
    blocks.append(f"/** The schema these events belong to. */\nexport const SCHEMA = {SCHEMA};")
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    sys.stdout.write(typedefs())
