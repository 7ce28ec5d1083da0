"""Errors that no `raise` of the engine brought about: those of NumPy and of Python's own operations, for operands that they do not take."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from opcode import opmap
from typing import Any

from engine.broadcast import together
from engine.signatures import type_name
from engine.standin import stands
from engine.tensor import Tensor

RAISE = opmap["RAISE_VARARGS"]
# What Python says of a program's own values, as it does in those functions of PyTorch that are written in Python.
PYTHONS = re.compile(
    r"unsupported operand type\(s\) for [^ ]+: '(\w+)' and '(\w+)'|'[<>]=?' not supported between instances of '(\w+)' and '(\w+)'"
    r"|'(\w+)' object (?:is not (?:iterable|callable|subscriptable)|has no attribute '[^_'][^']*'.*)|object of type '(\w+)' has no len\(\)"
    r"|bad operand type for [^:]+: '(\w+)'|[^ ()]+\(\) (?:missing|takes|got an unexpected keyword argument|got multiple values for argument) .*"
)
NAMED = {"Tensor", "int", "float", "str", "bool", "list", "tuple", "dict", "set", "NoneType", "dtype", "device", "Size", "Generator", "function", "method", "range"}  # fmt: skip
"""Types whose name is a program's own word; the modules of `torch.nn` put theirs here."""
# What NumPy says of shapes, as where a rule meets memory that `.data = ` put another shape in.
APART = re.compile(
    r"operands could not be broadcast together with (?:remapped )?shapes (?:\[original->remapped\]: )?(\([\d,() ]*\))"
)
AS_PYTHON = frozenset(("tuple index out of range", "integer modulo by zero", "integer division or modulo by zero"))
"""What Python says within a layer of ours as within PyTorch's."""
ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def told(
    name: str, error: Exception, given: Iterable[Any] = (), named: Mapping[str, Any] | None = None
) -> Exception | None:
    """PyTorch's class and a sentence for an error that came up by itself within the engine; None for one that was raised, or that Python says in words of its own."""
    if not isinstance(error, ERRORS) or _asked(error) or not _unraised(error):
        return None
    if isinstance(error, OverflowError):
        return RuntimeError("value cannot be converted to type int64_t without overflow")
    if said := APART.match(str(error)):
        shapes = [tuple(map(int, filter(None, shape.strip("()").split(",")))) for shape in said[1].split()]
        for left, right in itertools.combinations(shapes, 2):
            try:
                together(left, right)
            except RuntimeError as apart:
                return apart
    if not name and str(error) in AS_PYTHON:
        return type(error)(str(error))
    values = [*map(_face, given), *(f"{key}={_face(value)}" for key, value in (named or {}).items())]
    got = f"{name}() received arguments that do not fit together - got ({', '.join(values)})" if name else "these arguments do not fit together"  # fmt: skip
    if not isinstance(error, (TypeError, AttributeError)):
        return RuntimeError(got)
    said = PYTHONS.fullmatch(str(error))
    if said and all(name in NAMED or stands(name) for name in said.groups() if name):
        return type(error)(str(error).replace("'dtype'", "'torch.dtype'").replace("'device'", "'torch.device'"))
    return TypeError(got)


def _asked(error: Exception) -> bool:
    """Whether a program asked a dict of PyTorch's for a key that it does not have."""
    return isinstance(error, KeyError) and [type(key) for key in error.args] == [str]


def _face(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{type_name(value)} {list(value._data.shape)} of {value.dtype}"
    return type_name(value)


def _unraised(error: Exception) -> bool:
    """Whether the error came up in NumPy, or in an instruction of the engine that is no `raise`: what a program or a function of its own does wrong is neither."""
    trace, place = error.__traceback__, None
    while trace is not None:
        if not trace.tb_frame.f_globals.get("__name__", "").startswith("numpy."):
            place = trace
        trace = trace.tb_next
    if place is None:
        return False
    module, code = place.tb_frame.f_globals.get("__name__", ""), place.tb_frame.f_code
    ours = module.startswith("engine.") and not module.startswith("engine.program.")
    return (ours or code.co_filename.startswith("<formula ")) and code.co_code[place.tb_lasti] != RAISE
