"""Any text at all ends as a run ends, also one of nothing but faults."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.program import unknown
from engine.program.failures import PLACES
from engine.program.limits import LIMITS
from engine.program.parse import parse
from tests.program.trace import events_of, failure

TOKENS = [
    *(
        "x",
        "y",
        "f",
        "torch",
        "1",
        "2.5",
        "'a'",
        "[1, 2]",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "=",
        "+",
        "-",
        "*",
        "/",
        "**",
        "@",
    ),
    *(
        "==",
        "<",
        "not ",
        "in",
        " and ",
        "if ",
        "else ",
        "for ",
        "while ",
        "def ",
        "return ",
        "lambda ",
        "print",
        "\n",
        "\n    ",
        ".",
    ),
    *(
        "torch.ones(2)",
        "torch.tensor(1., requires_grad=True)",
        "import torch\n",
        "x = ",
        ".grad",
        ".backward()",
        "(x * 2)",
        "None",
    ),
    *(
        "try:\n    ",
        "except Exception:\n    ",
        "raise ",
        "with torch.no_grad():\n    ",
        "del ",
        "f'{",
        "}'",
        "#",
        "\\",
        "，",
        "\x00",
    ),
    *(
        "x += 1\n",
        "for i in range(3):\n    ",
        "global x\n",
        "*",
        "while True:\n    x = 1\n",
        "pass\n",
        "x[0]",
        "[i for i in y]",
        "class A:\n    ",
        "class N(torch.nn.Module):\n    ",
        "class F(torch.autograd.Function):\n    @staticmethod\n    ",
        "def f(self, x=3):\n        ",
        "def g(n):\n    yield ",
        "super().__init__()\n",
        "self",
        "A()",
        "N()",
        "list(g(3))",
        "next(g(1))",
        "torch.nn.Linear(2, 2)",
        "torch.nn.Sequential(",
        "{1, 2}",
        "'{:.2f} {}'.format(",
        "@staticmethod\n    ",
        ".append(",
        ".parameters()",
        "isinstance(x, A)",
    ),
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(TOKENS), max_size=25).map("".join),
    st.lists(st.sampled_from(TOKENS), max_size=25)
    .map(" ".join)
    .map("import torch\nx = torch.ones(2, requires_grad=True)\n".__add__),
    st.text(max_size=80),
)
SMALL = replace(LIMITS, fuel=3_000, events=2_000)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_ends_in_a_terminal_event_of_our_own(source: str) -> None:
    last = events_of(source, limits=SMALL)[-1]
    assert last.get("code") != "internal"


def test_a_text_of_thousands_of_refusals_tells_the_first_and_how_many() -> None:
    few, many = (failure("x = 1\n" * 3 + "（" * count) for count in (150, 6_000))
    assert len(few["refusals"]) == 150 and "arguments" not in few
    assert many["refusals"][:150] == few["refusals"] and len(many["refusals"]) == 200
    assert many["arguments"] == {"places": 6_000}
    assert len(json.dumps(many)) < 64_000


def test_a_text_of_many_unknown_names_is_looked_into_for_as_many_as_are_told() -> None:
    def calls(unknown_names: int) -> int:
        known = "\n".join(f"known{number} = 0" for number in range(100))
        program = parse(f"{known}\n" + "\n".join(f"print(other{number})" for number in range(unknown_names)))
        count = 0

        def counted(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(counted)
        try:
            found = unknown.refusals(program.tree, program.spans)
        finally:
            sys.setprofile(None)
        assert len(found) == unknown_names
        return count

    # What one more costs beyond those that are told is no look at every name.
    assert calls(2 * PLACES) - calls(PLACES) < calls(PLACES) / 4
