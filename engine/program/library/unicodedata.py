"""`unicodedata`: what kind of sign a sign is, and texts with their accents apart or together."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import Builtin, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]

FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def _string(name: str, place: str, value: Value) -> None:
    if type(value) is not str:
        text = f"{name}() argument{place} must be str, not {type_name(value)}"
        raise ProgramError("TypeError", text, code="argument")


def _normalize(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("normalize", given, keywords, 2, 2)
    form, text = given
    _string("normalize", " 1", form)
    _string("normalize", " 2", text)
    if form not in FORMS:
        raise ProgramError("ValueError", "invalid normalization form", code="argument")
    run.meter.burn(len(text) // 20)
    return run.checked_text(unicodedata.normalize(form, text))


def _of_sign(name: str, host: Callable[..., Any]) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 1, 1)
        _string(name, "", given[0])
        if len(given[0]) != 1:
            raise ProgramError("TypeError", f"{name}() argument must be a unicode character, not str", code="argument")
        return host(given[0])

    return Builtin(name, call)


MEMBERS: dict[str, Value] = {
    "normalize": Builtin("normalize", _normalize),
    "category": _of_sign("category", unicodedata.category),
    "combining": _of_sign("combining", unicodedata.combining),
}
