"""`sys`: what is written to `stdout`, and what a program asks of the Python it runs in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.program.arguments import take
from engine.program.failures import ProgramError
from engine.program.values import Builtin, Output, Value, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]


def _write(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("write", given, keywords, 1, 1)
    if type(given[0]) is not str:
        text = f"write() argument must be str, not {type_name(given[0])}"
        raise ProgramError("TypeError", text, code="argument")
    if owner is STDOUT:
        run.call(run.builtins["print"], [given[0]], {"end": ""})
    return len(given[0])


def _flush(run: Machine, owner: Value, given: Given, keywords: Keywords) -> Value:
    take("flush", given, keywords, 0, 0)


def _size(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("getsizeof", given, keywords, 1, 2)
    raise ProgramError(
        "NotImplementedError",
        "sys.getsizeof tells of the host's memory and is not here",
        code="not-yet",
        hint="Write x.element_size() * x.nelement() for the bytes of a tensor.",
    )


STDOUT, STDERR = Output("stdout"), Output("stderr")
METHODS: dict[tuple[type, str], Callable[..., Value]] = {(Output, "write"): _write, (Output, "flush"): _flush}
MEMBERS: dict[str, Value] = {
    "stdout": STDOUT,
    "stderr": STDERR,
    "maxsize": sys.maxsize,
    "version_info": (3, 12, 0, "final", 0),
    "version": "3.12.0",
    "platform": "linux",
    "byteorder": "little",
    "argv": ["program.py"],
    "getsizeof": Builtin("getsizeof", _size),
}
