"""The words of Python's own errors: class, text, place, code, and what to try."""

from __future__ import annotations

import pytest

from tests.program.trace import failure

# program, error, message, (line, column, end column), code
ERRORS = [
    ("1 + 'a'", "TypeError", "unsupported operand type(s) for +: 'int' and 'str'", (1, 0, 7), "operand-types"),
    ("x = 1\ny = 'a' + x", "TypeError", 'can only concatenate str (not "int") to str', (2, 4, 11), "add-text"),
    ("[] + ()", "TypeError", 'can only concatenate list (not "tuple") to list', (1, 0, 7), "type-error"),
    ("[1][5]", "IndexError", "list index out of range", (1, 0, 6), "index"),
    ("x = [1]\nx['a']", "TypeError", "list indices must be integers or slices, not str", (2, 0, 6), "index-type"),
    ("x = 3\nx()", "TypeError", "'int' object is not callable", (2, 0, 3), "not-callable"),
    ("len(3)", "TypeError", "object of type 'int' has no len()", (1, 0, 6), "type-error"),
    ("-'a'", "TypeError", "bad operand type for unary -: 'str'", (1, 0, 4), "operand-types"),
    ("1 < 'a'", "TypeError", "'<' not supported between instances of 'int' and 'str'", (1, 0, 7), "operand-types"),
    ("x = None\nx[0]", "TypeError", "'NoneType' object is not subscriptable", (2, 0, 4), "none-value"),
    ("x = None\nx.grad", "AttributeError", "'NoneType' object has no attribute 'grad'", (2, 0, 6), "none-value"),
    ("x = None\nx + 1", "TypeError", "unsupported operand type(s) for +: 'NoneType' and 'int'", (2, 0, 5), "none-value"),
    ("x = None\nx += 1", "TypeError", "unsupported operand type(s) for +=: 'NoneType' and 'int'", (2, 0, 6), "none-value"),
    ("x = {1}\nx -= 3", "TypeError", "unsupported operand type(s) for -=: 'set' and 'int'", (2, 0, 6), "operand-types"),
    ("x = 2\nx **= 'a'", "TypeError", "unsupported operand type(s) for **=: 'int' and 'str'", (2, 0, 9), "operand-types"),
    ("import torch\ntorch.ones(2) < None", "TypeError", "'<' not supported between instances of 'Tensor' and 'NoneType'", (2, 0, 20), "none-value"),
    ("x = None\n3 > x", "TypeError", "'>' not supported between instances of 'int' and 'NoneType'", (2, 0, 5), "none-value"),
    ("[1].insert(10**20, 1)", "OverflowError", "Python int too large to convert to C ssize_t", (1, 0, 21), "overflow"),
    ("[1].pop(-10**20)", "OverflowError", "Python int too large to convert to C ssize_t", (1, 0, 16), "overflow"),
    ("from collections import deque\ndeque([], 10**20)", "OverflowError", "Python int too large to convert to C ssize_t", (2, 0, 17), "overflow"),
    ("from collections import deque\ndeque([], maxlen=-1)", "ValueError", "maxlen must be non-negative", (2, 0, 20), "value-error"),
    ("{}['a']", "KeyError", "'a'", (1, 0, 7), "key"),
    ("{[]: 1}", "TypeError", "unhashable type: 'list'", (1, 0, 7), "unhashable"),
    ("print(3, 1 // 0)", "ZeroDivisionError", "integer division or modulo by zero", (1, 9, 15), "zero-division"),
    ("import torch\ntorch.float32.foo", "AttributeError", "'torch.dtype' object has no attribute 'foo'", (2, 0, 17), "attribute"),
    ("import torch\ntorch.Size([1]).foo", "AttributeError", "'torch.Size' object has no attribute 'foo'", (2, 0, 19), "attribute"),
    ("import torch\ntorch.device('cpu').foo", "AttributeError", "'torch.device' object has no attribute 'foo'", (2, 0, 23), "attribute"),
    ("import torch\ntorch.Generator().foo", "AttributeError", "'torch._C.Generator' object has no attribute 'foo'", (2, 0, 21), "attribute"),
    ("import torch\ntorch.ones(2).shape = 3", "AttributeError", "attribute 'shape' of 'torch._C.TensorBase' objects is not writable", (2, 0, 23), "read-only"),
    ("import torch\ntorch.nn.Linear(1, 1).forward = 3", "AttributeError", "attribute 'forward' of 'Linear' objects is not writable", (2, 0, 33), "read-only"),
    ("from torch import nn\nnn.ParameterDict()['b']", "AttributeError", "'ParameterDict' object has no attribute 'b'", (2, 0, 23), "attribute"),
    ("from torch import nn\nnn.ReLU().get_submodule(3)", "AttributeError", "'int' object has no attribute 'split'", (2, 0, 26), "attribute"),
    ("from torch import nn\nnn.ReLU().get_parameter(3)", "AttributeError", "'int' object has no attribute 'rpartition'", (2, 0, 26), "attribute"),
    ("from torch import nn\nnn.TransformerEncoder([1], 3)", "TypeError", "argument must be Module, not list", (2, 0, 29), "argument"),
    ("from torch import nn\nnn.init.zeros_(nn.ReLU())", "AttributeError", "'ReLU' object has no attribute 'zero_'", (2, 0, 25), "attribute"),
    ("(3).__name__", "AttributeError", "'int' object has no attribute '__name__'", (1, 0, 12), "attribute"),
    ("1.5 / 0", "ZeroDivisionError", "float division by zero", (1, 0, 7), "zero-division"),
    ("int('x')", "ValueError", "invalid literal for int() with base 10: 'x'", (1, 0, 8), "value-error"),
    ("max([])", "ValueError", "max() arg is an empty sequence", (1, 0, 7), "value-error"),
    ("import math\nmath.sqrt(-1)", "ValueError", "math domain error", (2, 0, 13), "value-error"),
    ("a, b = [1]", "ValueError", "not enough values to unpack (expected 2, got 1)", (1, 0, 10), "unpack"),
    ("a, b = 1, 2, 3", "ValueError", "too many values to unpack (expected 2)", (1, 0, 14), "unpack"),
    ("a, b = 5", "TypeError", "cannot unpack non-iterable int object", (1, 0, 8), "not-iterable"),
    ("for i in 3:\n    pass", "TypeError", "'int' object is not iterable", (1, 9, 10), "not-iterable"),
    ("def f(a, b): pass\nf(1)", "TypeError", "f() missing 1 required positional argument: 'b'", (2, 0, 4), "arguments"),
    ("def f(): pass\nf(1)", "TypeError", "f() takes 0 positional arguments but 1 was given", (2, 0, 4), "arguments"),
    ("def f(): pass\nf(x=1)", "TypeError", "f() got an unexpected keyword argument 'x'", (2, 0, 6), "arguments"),
    ("def f(a): pass\nf(1, a=2)", "TypeError", "f() got multiple values for argument 'a'", (2, 0, 9), "arguments"),
    ("assert 1 == 2, 'no'", "AssertionError", "no", (1, 0, 19), "assertion"),
    ("raise ValueError('mine')", "ValueError", "mine", (1, 0, 24), "raised"),
    ("raise KeyError", "KeyError", "", (1, 0, 14), "raised"),
    ("def f():\n    return 1 / 0\nf()", "ZeroDivisionError", "division by zero", (2, 11, 16), "zero-division"),
    ("名字 = 1\nprint(名字, 1 / 0)", "ZeroDivisionError", "division by zero", (2, 10, 15), "zero-division"),
    ("def f():\n    print(z)\n    z = 1\nf()", "UnboundLocalError", "cannot access local variable 'z' where it is not associated with a value", (2, 10, 11), "unbound-local"),
    ("x = (1 +\n     'a')", "TypeError", "unsupported operand type(s) for +: 'int' and 'str'", (1, 5, 6), "operand-types"),
    ("import torch\ntorch.tenosr(1)", "AttributeError", "module 'torch' has no attribute 'tenosr'", (2, 0, 12), "attribute"),
    ("from torch import tenosr", "ImportError", "cannot import name 'tenosr' from 'torch'", (1, 0, 24), "import"),
    ("with 3:\n    pass", "TypeError", "'int' object does not support the context manager protocol", (1, 5, 6), "with"),
    ("x = -1\ny = x ** 0.5", "ValueError", "a negative number to a fractional power", (2, 4, 12), "value-error"),
    ("s = 'a'\ns % 3", "TypeError", "not all arguments converted during string formatting", (2, 0, 5), "percent-format"),
    ("'%d' % 'a'", "TypeError", "%d format: a real number is required, not str", (1, 0, 10), "percent-format"),
    ("'%s %s' % 3", "TypeError", "not enough arguments for format string", (1, 0, 11), "percent-format"),
    ("'%y' % 3", "ValueError", "unsupported format character 'y'", (1, 0, 8), "percent-format"),
    ("from dataclasses import dataclass\n@dataclass(slots=True)\nclass A:\n    a: int", "NotImplementedError", "dataclass(slots=True) is not part of the language here", (2, 1, 22), "not-yet"),
    ("from dataclasses import dataclass\n@dataclass(frozen=True)\nclass A:\n    a: int\n{A(1): 2}", "NotImplementedError", "a frozen dataclass as a key is not part of the language here", (5, 0, 9), "not-yet"),
    ("f'{[1]:.2f}'", "TypeError", "unsupported format string passed to list.__format__", (1, 0, 12), "format-type"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "error", "message", "place", "code"), ERRORS, ids=[row[0][:40] for row in ERRORS])
def test_an_error_has_the_words_of_python_and_the_place_of_its_expression(
    source: str, error: str, message: str, place: tuple[int, int, int], code: str
) -> None:
    event = failure(source)
    assert (event["error"], event["status"]) == (error, "failed")
    assert message in event["message"]
    assert (event["line"], event["column"], event["end_column"], event["code"]) == (*place, code)


SUGGESTIONS = [
    ("loss = 3\nprint(lose)", "loss"),
    ("Weight = 3\nweigth", "Weight"),
    ("pront(3)", "print"),
    ("def f():\n    value = 3\n    return vlaue\nf()", "value"),
    ("import torch\ntorch.tenosr(1.)", "tensor"),
    ("import torch\nx = torch.ones(2)\nx.bakward()", "backward"),
    ("import torch\nx = torch.ones(2)\nx.requires_gard = True", "requires_grad"),
    ("import torch.nn.functional as F\nF.rleu(3)", "relu"),
    ("import torch.nn as nn\nnn.functionl", "functional"),
    ("[].apend(3)", "append"),
    ("import math\nmath.sqr(3)", "sqrt"),
    ("import torch\ntorch.tahn(3)", "tanh"),
]


@pytest.mark.parametrize(("source", "wanted"), SUGGESTIONS)
def test_a_misspelt_name_is_answered_with_the_nearest_one(source: str, wanted: str) -> None:
    event = failure(source)
    assert event["hint"] == f"Did you mean {wanted}?"
    assert event["arguments"]["suggestion"] == wanted


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("torch", "import torch"),
        ("nn", "import torch.nn as nn"),
        ("F", "import torch.nn.functional as F"),
        ("math", "import math"),
    ],
)
def test_a_forgotten_import_is_named(name: str, line: str) -> None:
    event = failure(f"{name}.x")
    assert event["code"] == "import-missing"
    assert line in event["hint"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("x.register_hook(print, print)", "Tensor.register_hook() takes 2 positional arguments but 3 were given"),
        ("x.backward(graph=True)", "Tensor.backward() got an unexpected keyword argument 'graph'"),
        ("torch.atleast_1d(rows=1)", "atleast_1d() got an unexpected keyword argument 'rows'"),
        ("torch.cuda.is_available(1)", "is_available() takes 0 positional arguments but 1 was given"),
        ("torch.nn.functional.threshold(x, 1, 'a')", "threshold(): argument 'value' (position 3) must be Number, not str"),
        (
            "torch.nn.init.sparse_(torch.ones(2, 2), .1, 'a')",
            "sparse_() received arguments that do not fit together - got (Tensor [2, 2] of torch.float32, float, str)",
        ),
        ("x[[[[0, 1], [1]]]]", "expected sequences of equal length in a nested list"),
        ("torch.nn.Sequential() + torch.nn.ReLU()", "add operator supports only objects of Sequential class, but <class 'torch.nn.modules.activation.ReLU'> is given."),
    ],
)  # fmt: skip
def test_no_message_names_our_own_insides(call: str, message: str) -> None:
    last = failure(f"import torch\nx = torch.ones(2, requires_grad=True)\n{call}")
    assert last["message"] == message
    assert last["code"] != "internal"
