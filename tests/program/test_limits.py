"""What a run may use: each limit has its code, and none counts what was let go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.program.limits import LIMITS
from tests.program.trace import failure, printed

TOO_MUCH = [
    ("fuel", replace(LIMITS, fuel=100), "for i in range(1000): pass"),
    ("calls", replace(LIMITS, calls=3), "def f(n):\n    return n and f(n - 1)\nf(3)"),
    ("events", replace(LIMITS, events=20), "for i in range(100): pass"),
    ("trace", replace(LIMITS, trace_bytes=2000), "for i in range(100): pass"),
    ("printed", replace(LIMITS, printed=10), "print('hello there')"),
    ("elements", replace(LIMITS, elements=10), "import torch\ntorch.ones(11)"),
    ("alive", replace(LIMITS, alive=5000), "import torch\na = [torch.ones(2000) for _ in range(3)]"),
    ("items", replace(LIMITS, items=5), "[0] * 6"),
    ("string", replace(LIMITS, string=5), "'abc' + 'def'"),
    ("integer", replace(LIMITS, integer_bits=8), "200 + 200"),
]


@pytest.mark.parametrize(("name", "limits", "source"), TOO_MUCH, ids=[row[0] for row in TOO_MUCH])
def test_every_limit_has_its_code_and_cannot_be_caught(name: str, limits: Any, source: str) -> None:
    indented = "\n".join("    " + line for line in source.splitlines())
    for text in (source, f"try:\n{indented}\nexcept Exception:\n    pass\nfinally:\n    x = 1"):
        last = failure(text, limits=limits)
        assert (last["status"], last["code"]) == ("limited", f"limit-{name}")


def test_tensors_that_were_let_go_are_no_longer_counted() -> None:
    limits = replace(LIMITS, alive=20_000)
    assert (
        printed("import torch\nfor i in range(100):\n    x = torch.ones(5000)\nprint('done')", limits=limits)
        == "done\n"
    )
