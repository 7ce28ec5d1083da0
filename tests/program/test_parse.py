"""Texts that are refused: each place with its words, all at once, before anything runs."""

import pytest

from engine.program.failures import Refusal, Refused
from engine.program.limits import LIMITS
from engine.program.parse import parse


def refusals(source: str) -> list[Refusal]:
    with pytest.raises(Refused) as caught:
        parse(source)
    return caught.value.refusals


# text, code, line, column, end column, words of the message
PLACES = [
    ("import os", "import-files", 1, 0, 9, "The module os is not here."),
    ("import torch, os.path", "import-files", 1, 12, 21, "os.path"),
    ("import torch, os.path\nos.path", "import-files", 1, 14, 21, "os.path"),
    ("from os import path", "import-files", 1, 0, 19, "The module os is not here."),
    ("from . import x", "import", 1, 0, 15, "no files to import"),
    ("from torch import *", "import", 1, 0, 19, "import *"),
    ("import pandas as pd", "import-data", 1, 0, 19, "pandas"),
    ("x = 1\ny = x.__bases__", "underscore", 2, 4, 15, "__bases__"),
    ("__import__('os')", "underscore", 1, 0, 10, "__import__"),
    ("__x = 3", "underscore", 1, 0, 3, "__x"),
    ("lambda __x: 3", "underscore", 1, 7, 10, "__x"),
    ("global __g", "underscore", 1, 0, 10, "__g"),
    ("x.__init__()", "underscore", 1, 0, 10, "__init__"),
    ("eval('1')", "refused-name", 1, 0, 4, "eval"),
    ("x = 3\nexec('y')", "refused-name", 2, 0, 4, "exec"),
    ("open('f')", "no-open", 1, 0, 4, "open"),
    ("async def f(): pass", "async", 1, 0, 19, "async"),
    ("def f():\n    x = 1 + (yield 3)", "yield", 2, 13, 20, "yield"),
    ("def f():\n    with (yield 3):\n        pass", "yield", 2, 10, 17, "yield"),
    ("def f():\n    match 1:\n        case 1:\n            yield 3", "yield", 4, 12, 19, "yield"),
    ("[(yield 1) for i in x]", "yield", 1, 2, 9, "yield"),
    ("f = lambda: (yield)", "yield", 1, 13, 18, "yield"),
    ("class A:\n    yield 3", "class-body", 2, 4, 11, "class body"),
    (
        "match x:\n    case y: pass\n    case 1: pass",
        "syntax",
        2,
        9,
        10,
        "name capture 'y' makes remaining patterns unreachable",
    ),
    ("match x:\n    case 1 | _ | 2: pass", "syntax", 2, 13, 14, "wildcard makes remaining patterns unreachable"),
    ("match x:\n    case (y, y): pass", "syntax", 2, 9, 15, "multiple assignments to name 'y' in pattern"),
    ("match x:\n    case (1, y) | 2: pass", "syntax", 2, 9, 19, "alternative patterns bind different names"),
    ("match x:\n    case [*a, *b]: pass", "syntax", 2, 9, 17, "multiple starred expressions in sequence pattern"),
    ("match x:\n    case A(__class__=c): pass", "underscore", 2, 9, 23, "__class__"),
    ("match x:\n    case A(format_map=c): pass", "str-format", 2, 9, 24, "str.format_map"),
    ("match x:\n    case __b: pass", "underscore", 2, 9, 12, "__b"),
    ("match x:\n    case [*__b]: pass", "underscore", 2, 10, 14, "__b"),
    ("match x:\n    case {1: 2, **__b}: pass", "underscore", 2, 9, 22, "__b"),
    ("match x:\n    case A.__dict__: pass", "underscore", 2, 9, 19, "__dict__"),
    ("f(__a=1)", "underscore", 1, 2, 7, "__a"),
    ("import torch as __t", "underscore", 1, 0, 19, "__t"),
    ("from torch import __n", "underscore", 1, 0, 21, "__n"),
    ("try:\n    pass\nexcept E as __e:\n    pass", "underscore", 3, 0, 16, "__e"),
    ("from torch import nn as __n", "underscore", 1, 0, 27, "__n"),
    ("'{}'.format_map(3)", "str-format", 1, 0, 15, "str.format_map"),
    ("b'bytes'", "bytes", 1, 0, 8, "bytes"),
    ("x = 3j", "complex", 1, 4, 6, "complex"),
    ("f'{x:{w}}'", "format-spec", 1, 0, 10, "{ }"),
    ("f'{x:999}'", "format-spec", 1, 0, 10, "width of 999"),
    ("f'{x:.99f}'", "format-spec", 1, 0, 11, "precision of 99"),
    ("f'{x:%Y}'", "format-spec", 1, 0, 9, "is not known"),
    ("return 3", "return", 1, 0, 8, "outside function"),
    ("break", "syntax", 1, 0, 5, "outside loop"),
    ("for i in x:\n    def f():\n        continue", "syntax", 3, 8, 16, "not properly in loop"),
    ("nonlocal x", "syntax", 1, 0, 10, "module level"),
    ("def f(a, a): pass", "syntax", 1, 0, 17, "duplicate argument 'a'"),
    ("f(a=1, a=2)", "syntax", 1, 0, 11, "keyword argument repeated: a"),
    ("*a, *b = x", "syntax", 1, 0, 6, "multiple starred"),
    ("*a = x", "syntax", 1, 0, 2, "must be in a list or tuple"),
    ("x = (1,\n", "bracket", 1, 4, 7, "never closed"),
    ("if x\n    y = 1", "missing-colon", 1, 4, 5, "expected ':'"),
    ("if x:\ny = 1", "indentation", 2, 0, 1, "expected an indented block"),
    ("  x = 1", "indentation", 1, 0, 2, "unexpected indent"),
    ("if x:\n\ty = 1\n        z = 2", "tabs", 2, 0, 1, "inconsistent use of tabs"),
    ("x = 'abc", "open-string", 1, 4, 8, "unterminated string"),
    ("print 3", "print-call", 1, 0, 7, "Missing parentheses"),
    (">>> x = 1\n>>> x", "prompt", 1, 0, 4, "prompt"),
    ("y＝3", "full-width", 1, 1, 2, "＝"),
    ("x = 1\nprint（x）", "full-width", 2, 5, 6, "（"),
    ("x = “你好”", "full-width", 1, 4, 5, "“"),
    ("x = 3\u00a0+ 4", "full-width", 1, 5, 6, "U+00A0"),
    ("名 = 3; 名.__dict__", "underscore", 1, 7, 17, "__dict__"),
    ("x = '\ud800'", "surrogate", 1, 5, 6, "surrogate"),
    ("x = 1\0", "null", 1, 5, 6, "null"),
    ("x = " + "9" * 100, "limit-integer", 1, 4, 104, "256 bits"),
    ("x = '" + "a" * 3000 + "'", "limit-string", 1, 4, 3006, "3,000 characters"),
    ("a" * 61 + " = 1", "long-name", 1, 0, 61, "too long"),
    ("x = " + "-" * 100 + "1", "nesting", 1, 83, 105, "80 levels"),
    ("class A(nn.Module, B): pass", "class-bases", 1, 19, 20, "one base"),
    ("class A(f()): pass", "class-bases", 1, 8, 11, "is a name"),
    ("class A(metaclass=B): pass", "class-bases", 1, 8, 19, "no keywords"),
    ("class A:\n    class B:\n        pass", "class-body", 2, 4, 12, "inside a class"),
    ("class A:\n    for i in x:\n        pass", "class-body", 2, 4, 15, "class body"),
    ("class A:\n    print(3)", "class-body", 2, 4, 12, "class body"),
    ("class A:\n    a[0] = 3", "class-body", 2, 4, 12, "class body"),
    ("class A:\n    __dict__ = ()", "underscore", 2, 4, 12, "__dict__"),
    ("__slots__ = ()", "underscore", 1, 0, 9, "__slots__"),
    ("class A:\n    def f(self): self.__slots__", "underscore", 2, 17, 31, "__slots__"),
    ("def __init__(self): pass", "underscore", 1, 0, 24, "__init__"),
    ("class A:\n    def f(self):\n        self.__init__()", "underscore", 3, 8, 21, "__init__"),
    ("class A:\n    def f(self):\n        x = super().__init__", "underscore", 3, 12, 28, "__init__"),
    ("class A:\n    def f(self):\n        x = super()", "refused-name", 3, 12, 17, "super"),
    ("super().f()", "refused-name", 1, 0, 5, "super"),
    ("def f(): super().f()", "refused-name", 1, 9, 14, "super"),
    ("@staticmethod\ndef f(): pass", "refused-name", 1, 1, 13, "staticmethod"),
    ("try:\n    pass\nexcept* ValueError:\n    pass", "except-star", 1, 0, 4, "except*"),
]


@pytest.mark.parametrize(("source", "code", "line", "column", "end", "words"), PLACES, ids=[p[0][:30] for p in PLACES])
def test_a_refusal_names_its_place_its_reason_and_its_code(
    source: str, code: str, line: int, column: int, end: int, words: str
) -> None:
    first = refusals(source)[0]
    assert (first.code, first.line, first.column, first.end_column) == (code, line, column, end)
    assert words in first.message
    assert first.hint


def test_all_refusals_of_a_text_come_at_once_and_in_order() -> None:
    found = refusals("import os\nx = 3\nx.__bases__\nyield 4\neval('x')\n")
    assert [(refusal.line, refusal.code) for refusal in found] == [
        (1, "import-files"),
        (3, "underscore"),
        (4, "yield"),
        (5, "refused-name"),
    ]


FULL_WIDTH = [
    ("x＝torch．tensor（［1．，2．］）", "x=torch.tensor([1.,2.])"),
    ("if x：\n    print（‘a’，“b”）；y＝x＊2", "if x:\n    print('a',\"b\");y=x*2"),
    ("x = 3　+ 4", "x = 3 + 4"),
    ("x \u2212 3 × 2 ÷ 4", "x - 3 * 2 / 4"),
    ("x ≤ 3", "x <= 3"),
    ("x\u200b = ３", "x = 3"),
]


REPLACED = [
    ("if x\n    y = 1", "if x:\n    y = 1"),
    ("for i in x\n    y = 1", "for i in x:\n    y = 1"),
    ("x = 3\nprint x", "x = 3\nprint(x)"),
    ("if x = 3:\n    y = 1", "if x == 3:\n    y = 1"),
    ("  x = 1\n  if x:\n      y = 2\n\n  z = 3", "x = 1\nif x:\n    y = 2\n\nz = 3"),
    (">>> x = 1\n>>> if x:\n...     y = 2", "x = 1\nif x:\n    y = 2"),
    ("import torch, time, glob, os", "import torch, time"),
    ("import os, glob, torch as t, matplotlib.pyplot as plt\nplt.show()", "import torch as t\n# plt.show()"),
    ("import tourch, math", "import torch, math"),
    ("from matplotlib import cm, pyplot", "# from matplotlib import cm, pyplot"),
]


@pytest.mark.parametrize(("source", "wanted"), REPLACED)
def test_a_slip_of_syntax_carries_what_could_stand_there(source: str, wanted: str) -> None:
    lines = source.split("\n")
    for refusal in sorted(refusals(source), key=lambda refusal: (-refusal.line, -refusal.column)):
        line = lines[refusal.line - 1]
        lines[refusal.line - 1] = line[: refusal.column] + str(refusal.replacement) + line[refusal.end_column :]
    assert "\n".join(lines) == wanted
    parse(wanted)


@pytest.mark.parametrize(("source", "wanted"), FULL_WIDTH)
def test_replacing_what_is_refused_gives_the_program_that_was_meant(source: str, wanted: str) -> None:
    lines = source.split("\n")
    for refusal in sorted(refusals(source), key=lambda refusal: (-refusal.line, -refusal.column)):
        assert refusal.code == "full-width"
        line = lines[refusal.line - 1]
        lines[refusal.line - 1] = line[: refusal.column] + str(refusal.replacement) + line[refusal.end_column :]
    assert "\n".join(lines) == wanted
    parse(wanted)


ACCEPTED = [
    "",
    "\ufeffx = 1",
    "x = 1\r\ny = 2\r\n",
    "x = 1\ry = 2",
    "# 注释（全角，标点：“好”）",
    "x = '（，：）' + \"“”\" + '''。\n；'''",
    "for _ in range(3): pass",
    "if __name__ == '__main__': pass",
    "y.grad_fn._saved_self, y._version, y._base, y._is_view()",
    "import torch, math\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom torch import nn, optim",
    "from __future__ import annotations",
    "x: int = 3",
    "def f(a: int, b: 'Tensor' = 2) -> float: return a",
    "f'{x:>10.3f} {y!r} {z=}'",
    "'>>> not a prompt'",
    "_x = 3\ndef _f(_a): return _a\nf(_a=_x)",
    "class A:\n    def __call__(self): return self.__len__()\n    __radd__ = __add__ = 3",
    "type(x).__name__, x.__class__.__name__",
]


@pytest.mark.parametrize("source", ACCEPTED)
def test_what_belongs_to_the_language_is_accepted(source: str) -> None:
    assert parse(source).tree.body is not None


BOMBS = {
    "brackets": "(" * 5000,
    "pluses": "x = 1" + "+1" * 6000,
    "minuses": "-" * 15000 + "1",
    "tuples": "x = " + "(1," * 90 + ")" * 90,
    "dots": "x" + ".a" * 5000,
    "calls": "f" + "()" * 5000,
    "lambdas": "lambda: " * 2000 + "1",
    "ifs": "".join(" " * depth + "if x:\n" for depth in range(95)) + " " * 95 + "y = 1",
    "many statements": "x=1\n" * 4500,
    "long text": "x = 1\n" * 10_000,
    "digits": "x = " + "9" * 10_000,
    "comparison": "x" + "<x" * 9000,
    "nots": "not " * 4000 + "x",
}


@pytest.mark.parametrize("bomb", BOMBS, ids=list(BOMBS))
def test_a_parser_bomb_is_refused_with_a_place(bomb: str) -> None:
    found = refusals(BOMBS[bomb])
    assert found[0].line >= 1
    assert found[0].code in (
        "nesting",
        "limit-nodes",
        "limit-source",
        "limit-integer",
        "bracket",
        "syntax",
        "indentation",
    )


def test_columns_count_characters_not_bytes() -> None:
    program = parse("宽 = 名字 + 3")
    assert program.spans[program.tree.body[0].value] == (1, 4, 1, 10)  # type: ignore[attr-defined]


def test_the_size_of_a_text_is_looked_at_before_it_is_parsed() -> None:
    assert refusals("(" * (LIMITS.source_bytes + 1))[0].code == "limit-source"


NOTEBOOK = """%matplotlib inline
import torch
import matplotlib.pyplot as plt
for i in range(2):
    !pip install torchviz
    print（i)
%%time
"""


def test_a_notebook_s_commands_are_told_with_everything_else_and_become_comments() -> None:
    found = refusals(NOTEBOOK)
    assert [(one.line, one.code) for one in found] == [
        (1, "notebook-command"), (5, "notebook-command"), (6, "full-width"), (7, "notebook-command"),
    ]  # fmt: skip
    assert [one.replacement for one in found] == ["# %matplotlib inline", "# !pip install torchviz", "(", "# %%time"]
    assert [(one.line, one.code) for one in refusals(NOTEBOOK.replace("（", "("))][1:3] == [
        (3, "import-plot"),
        (5, "notebook-command"),
    ]


@pytest.mark.parametrize("text", ["x = (7\n%3)", "s = '''\n!ls\n%time\n'''\nprint(s)", "x = 7 \\\n%2"])
def test_a_sign_that_begins_a_line_of_python_is_no_command(text: str) -> None:
    assert parse(text).tree.body


@pytest.mark.parametrize(
    ("module", "code"),
    [("os", "import-files"), ("torchvision.datasets", "import-data"), ("seaborn", "import-plot"), ("IPython", "import-notebook"), ("asyncio", "import-script"), ("d2l.torch", "import-helpers"), ("gym", "import-game"), ("transformers", "import-above"), ("torch.utils.tensorboard", "import-plot"), ("bz2", "import")],
)  # fmt: skip
def test_a_module_that_is_not_here_is_refused_by_what_people_want_of_it(module: str, code: str) -> None:
    (found,) = refusals(f"import {module}")
    assert found.code == code
    assert module in found.message
    assert "Did you mean" not in found.hint


@pytest.mark.parametrize(
    ("written", "meant"),
    [("nunpy", "numpy"), ("tourch", "torch"), ("colections", "collections"), ("iter_tools", "itertools")],
)
def test_a_module_that_was_mistyped_is_taken_for_its_neighbour(written: str, meant: str) -> None:
    (found,) = refusals(f"import {written} as m\nprint(m)")
    assert found.hint == f"Did you mean {meant}?"


@pytest.mark.parametrize("module", ["scipy.stats", "datetime", "shelve", "statsmodels", "torch.hub"])
def test_a_module_that_only_sounds_like_one_of_ours_is_not_taken_for_it(module: str) -> None:
    (found,) = refusals(f"import {module}")
    assert found.hint.startswith("Available are")
