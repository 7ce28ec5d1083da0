"""Slips that many make: what is said of them, and that the program runs once every edit that was offered is made."""

from __future__ import annotations

import pytest

from engine.program.failures import Refused
from engine.program.parse import parse
from tests.program.trace import events_of, failure

H = "import torch\n"
SLIPS = [
    ("for i in range(3):\nprint(i)", "for i in range(3):\n    print(i)", "indentation"),
    ("if 1:\n    for i in range(3):\n    print(i)", "if 1:\n    for i in range(3):\n        print(i)", "indentation"),
    ("x = 1\n  y = 2\n  z = 3\nprint(x)", "x = 1\ny = 2\nz = 3\nprint(x)", "indentation"),
    ("def f(x):\n\ty = x\n        return y", "def f(x):\n        y = x\n        return y", "tabs"),
    ("Import torch\nprint(1)", "import torch\nprint(1)", "capital-word"),
    ("For i in range(2):\n    print(i)", "for i in range(2):\n    print(i)", "capital-word"),
    ("if 0:\n    pass\nelse if 1:\n    print(2)", "if 0:\n    pass\nelif 1:\n    print(2)", "else-if"),
    ("i = 0\ni++", "i = 0\ni += 1", "increment"),
    ("i = 0\ni--;", "i = 0\ni -= 1;", "increment"),
    ("x = 3\nprint(x > 1 && x<5||x)", "x = 3\nprint(x > 1 and x<5 or x)", "foreign-operator"),
    ("x = 3\nif !x:\n    pass", "x = 3\nif not x:\n    pass", "foreign-operator"),
    (H + "x = torch.tensor([1.0, 2.0\nprint(x)", H + "x = torch.tensor([1.0, 2.0])\nprint(x)", "bracket"),
    ("x = 2\nreturn x", "x = 2\nprint(x)", "return"),
    ("return", "pass", "return"),
    ("def f(x):\n    y = x\nreturn y", "def f(x):\n    y = x\n    return y", "return"),
    ("print('hello)", "print('hello')", "open-string"),
    ("x = {'a': [\"b]}", "x = {'a': [\"b\"]}", "open-string"),
    ("x = 007", "x = 7", "number"),
    ("def f():\n\tx = 1\n    return x", "def f():\n    x = 1\n    return x", "tabs"),
    ("if 1:\n    x = 1\n  y = 2", "if 1:\n    x = 1\n    y = 2", "indentation"),
    ("import pytorch", "import torch", "import"),
    ("import Numpy as np", "import numpy as np", "import"),
    ("class A:\n    def __inti__(self): pass\nA()", "class A:\n    def __init__(self): pass\nA()", "underscore"),
    (
        "class A:\n    def __init__(self):\n        super(A).__init__()\nA()",
        "class A:\n    def __init__(self):\n        super().__init__()\nA()",
        "super",
    ),
    ("x = (1 + 2", "x = (1 + 2)", "bracket"),
    ('a = "x\\\ny"\nx = (1 + 2', 'a = "x\\\ny"\nx = (1 + 2)', "bracket"),
    ("print('(', {1: [2]}", "print('(', {1: [2]})", "bracket"),
    ("import matplotlib.pyplot as plt\nplt.plot([1])\nprint(1)", "# import matplotlib.pyplot as plt\n# plt.plot([1])\nprint(1)", "import-plot"),
    (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nfor i in range(2):\n    ax[0].plot(i)",
        "# import matplotlib.pyplot as plt\n# fig, ax = plt.subplots()\nfor i in range(2):\n    pass  # ax[0].plot(i)",
        "import-plot",
    ),
    ("from IPython import display\ndisplay.clear_output()", "# from IPython import display\n# display.clear_output()", "import-notebook"),
]  # fmt: skip
UNSURE = [
    ("x = (1,\n    2\ny = 3", "bracket"),
    ("x = [1, 2  # two\ny = 3", "bracket"),
    ("x = {'a': [1, 2}", "bracket"),
    ("x = 1 !", "syntax"),
    ("import matplotlib.pyplot as plt; plt.show()", "import-plot"),
]
MENDED = [
    (H + "x = torch.ones(2)\nx = x.to('mps')", "no-gpu", H + "x = torch.ones(2)\nx = x.to('cpu')"),
    (
        H + "w = torch.ones(2, requires_grad=True)\nprint(w.numpy())",
        "numpy",
        H + "w = torch.ones(2, requires_grad=True)\nprint(w.detach().numpy())",
    ),
    (
        "class A:\n    def f(x):\n        pass\nA().f(1)",
        "no-self",
        "class A:\n    def f(self, x):\n        pass\nA().f(1)",
    ),
]


def mended(text: str) -> tuple[str, str]:
    """The text after every edit that its refusals offer, and the first one's code."""
    with pytest.raises(Refused) as refused:
        parse(text)
    lines = text.split("\n")
    for each in sorted(refused.value.refusals, key=lambda each: (each.line, each.column), reverse=True):
        assert each.replacement is not None
        row = lines[each.line - 1]
        lines[each.line - 1] = row[: each.column] + each.replacement + row[each.end_column :]
    return "\n".join(lines), refused.value.refusals[0].code


@pytest.mark.parametrize(("text", "better", "code"), SLIPS)
def test_a_slip_is_named_and_its_edit_mends_it(text: str, better: str, code: str) -> None:
    assert mended(text) == (better, code)
    assert events_of(better)[-1]["kind"] == "run-finished"


@pytest.mark.parametrize(("text", "code"), UNSURE)
def test_where_nothing_is_sure_there_is_no_edit(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.refusals[0].code == code
    assert all(each.replacement is None for each in refused.value.refusals)


@pytest.mark.parametrize(("text", "code", "better"), MENDED)
def test_a_run_that_fails_by_a_slip_offers_its_edit(text: str, code: str, better: str) -> None:
    last = failure(text)
    fix, lines = last["fix"], text.split("\n")
    row = lines[fix["line"] - 1]
    lines[fix["line"] - 1] = row[: fix["column"]] + fix["text"] + row[fix["end_column"] :]
    assert (last["code"], "\n".join(lines)) == (code, better)
    assert events_of(better)[-1]["kind"] == "run-finished"


def test_names_that_nothing_gives_are_told_together() -> None:
    text = "import torch\nx = torch.tensor(1.0)\ny = x * loss\nfor i in range(2):\n    z = xx + lenn([y])\nprint(y, z, i)\n"
    end = failure(text)
    assert [(one["line"], one["column"], one["message"], one["replacement"]) for one in end["refusals"]] == [
        (3, 8, "name 'loss' is not defined", None),
        (5, 8, "name 'xx' is not defined", "x"),
        (5, 13, "name 'lenn' is not defined", "len"),
    ]
    assert (end["error"], end["line"], "fix" in end) == ("NameError", 3, False)
    assert "name-bound" in {event["kind"] for event in events_of(text)}, "what ran before stays to be seen"


def test_names_that_nothing_gives_are_told_with_what_is_refused() -> None:
    text = "try:\n    eval('1')\nexcept Exception as e:\n    print(e, wrong)\nimport math as m\nprint(m.pi, __name__)\n"
    assert [(one["line"], one["code"]) for one in failure(text)["refusals"]] == [(2, "refused-name"), (4, "name")]


def test_a_name_that_comes_too_late_is_told_alone() -> None:
    end = failure("print(later)\nlater = 1\n")
    assert end["code"] == "name" and "refusals" not in end
