"""`numpy`: the array makers, functions, and constants that tutorials use; room is asked for before each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.program import arrays, reach, sizes
from engine.program.arguments import take
from engine.program.arrays import Given, Keywords, raw, shape_of, together
from engine.program.failures import ProgramError
from engine.program.library import itertools
from engine.program.library.draws import elements
from engine.program.values import Array, Builtin, HostFunction, Record, RecordType, TypeValue, Value

if TYPE_CHECKING:
    from engine.program.machine import Machine

FINFO = RecordType("finfo", ("eps", "max", "min", "tiny", "resolution"), {})


def _finfo(run: Machine, given: Given, keywords: Keywords) -> Value:
    """The limits of a floating dtype."""
    take("finfo", given, keywords, 1, 1)
    kind = arrays.of_type(given[0])
    if kind.kind != "f":
        raise ProgramError("ValueError", f"data type {kind.str[1:]!r} not inexact", code="argument")
    found = np.finfo(kind)
    facts = found.eps, found.max, found.min, found.tiny, found.resolution
    made = Record(Array(np.array(fact, kind)) for fact in facts)
    made.of = FINFO
    return made


Rule = Callable[[list[Any], dict[str, Any]], int]


def _shape(values: list[Any]) -> int:
    return elements(values[0] if values else 1)


def _made(given: list[Any], named: dict[str, Any]) -> int:
    return _shape([named["shape"]] if "shape" in named else given)


def _range(given: list[Any], named: dict[str, Any]) -> int:
    start, stop, step = (0, given[0], 1) if len(given) == 1 else (*given, 1)[:3]
    return max(0, math.ceil((stop - start) / step)) if step and math.isfinite((stop - start) / step) else 1


def _steps(given: list[Any], named: dict[str, Any]) -> int:
    return int(given[2] if len(given) > 2 else named.get("num", 50))


def _square(given: list[Any], named: dict[str, Any]) -> int:
    return int(given[0]) * int(given[1] if len(given) > 1 and given[1] is not None else given[0])


def _all(given: list[Any], named: dict[str, Any]) -> int:
    return sum(np.size(value) for value in given)


def _beside(given: list[Any], named: dict[str, Any]) -> int:
    return together(list(given))


def _product(given: list[Any], named: dict[str, Any]) -> int:
    return math.prod(np.size(value) for value in given[:2])


def _grids(given: list[Any], named: dict[str, Any]) -> int:
    return len(given) * math.prod(np.size(value) for value in given)


def _dot(given: list[Any], named: dict[str, Any]) -> int:
    return arrays.dot(shape_of(given[0]), shape_of(given[1]))


def _diagonal(given: list[Any], named: dict[str, Any]) -> int:
    size, aside = int(np.size(given[0])), int(given[1] if len(given) > 1 else named.get("k", 0))
    return size if np.ndim(given[0]) > 1 else (size + abs(aside)) ** 2


def _matrix(given: list[Any], named: dict[str, Any]) -> int:
    return sizes.matmul(shape_of(given[0]), shape_of(given[1])) if len(given) > 1 else 1


def _times(given: list[Any], named: dict[str, Any]) -> int:
    return int(np.size(given[0])) * math.prod(int(part) for part in np.atleast_1d(given[1])) if len(given) > 1 else 1


def _repeated(given: list[Any], named: dict[str, Any]) -> int:
    return int(np.size(given[0])) * int(np.max(given[1])) if len(given) > 1 else 1


def _counts(given: list[Any], named: dict[str, Any]) -> int:
    return max(int(np.max(given[0], initial=0)) + 1, int(named.get("minlength", 0)), int(np.size(given[0])))


def _places(run: Machine, given: Given, keywords: Keywords) -> Value:
    take("ndindex", given, keywords, 0, None)
    sizes = run.gather(given[0]) if len(given) == 1 and type(given[0]) in (tuple, list) else given
    ranges = [range(run.whole(size)) for size in sizes]
    run.meter.need_items(len(ranges))
    return run.call(itertools.MEMBERS["product"], ranges, {})


HANDED: dict[str, dict[str, Value]] = {
    name: {each: 0 if each == "ddof" else None for each in handed.split()}
    for handed, names in (
        ("axis dtype out", "sum prod mean"),
        ("axis out", "max min amax amin any all"),
        ("axis out dtype ddof", "std var"),
    )
    for name in names.split()
}
"""What NumPy gives to the method of a tensor that it is asked for: it works no such result out itself."""


def _handed(run: Machine, name: str, given: Given, keywords: Keywords) -> Value:
    """What NumPy makes of a tensor: it asks the tensor's own method, in its own words. Raises TypeError, for PyTorch has others."""
    named = {**HANDED[name], **({"axis": given[1]} if len(given) > 1 else {}), **keywords}
    if name in ("max", "min", "amax", "amin", "prod") and named["axis"] is None:
        text = f"{name.removeprefix('a')}(): argument 'dim' must be int, not NoneType"
    elif name in ("any", "all", "std", "var"):
        return run.call(HostFunction(name, reach.METHODS[name], (given[0],)), [], named)
    else:
        text = f"{name.removeprefix('a')}() got an unexpected keyword argument 'axis'"
    hint = f"Write x.{name.removeprefix('a')}(), or np.{name}(x.detach().numpy())."
    raise ProgramError("TypeError", text, code="numpy-tensor", hint=hint)


def _function(name: str, host: Callable[..., Any], rule: Rule) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        if name in HANDED and given and run.is_tensor(given[0]):
            return _handed(run, name, given, keywords)
        rows = name in WHOLE_FIRST and bool(given) and type(given[0]) in (tuple, list)
        values = [raw(run, value) for value in given[rows:]]
        if rows:
            values.insert(0, [raw(run, part) for part in given[0]])
        if name in SHAPED and given and type(given[0]) in (tuple, list):
            values[0] = tuple([run.whole(part) for part in given[0]])
        if name == "reshape" and len(given) > 1 and type(given[1]) in (tuple, list):
            values[1] = tuple([run.whole(part) for part in given[1]])
        named = {key: arrays._keyword(run, key, value) for key, value in keywords.items()}
        if not set(named) <= NAMED:
            unknown = sorted(set(named) - NAMED)[0]
            raise ProgramError(
                "TypeError", f"{name}() got an unexpected keyword argument '{unknown}'", code="arguments"
            )
        if "out" in named:
            run.recorder.settle()
        parts = values[0] if name in WHOLE_FIRST and type(values[0]) is list else values
        try:
            size = int(rule(parts, named))
        except (TypeError, ValueError, IndexError, OverflowError, AttributeError):
            size = 1  # arguments of the wrong kind: NumPy says so and makes nothing
        result = arrays.apply(run, host, values, named, size)
        return keywords.get("out", result)

    return Builtin(name, call)


WHOLE_FIRST = frozenset({"concatenate", "stack", "vstack", "hstack", "column_stack"})
SHAPED = frozenset({"zeros", "ones", "empty", "full"})
NAMED = frozenset(
    {
        *(
            "axis",
            "keepdims",
            "dtype",
            "out",
            "decimals",
            "endpoint",
            "num",
            "shape",
            "ddof",
            "k",
            "fill_value",
            "copy",
        ),
        *("base", "indexing", "weights", "q"),
        *("a_min", "a_max", "initial", "nan", "atol", "rtol", "ord", "return_counts", "minlength"),
    }
)
SAME = (
    *("exp", "log", "log2", "log10", "log1p", "expm1", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh"),
    *("cosh", "tanh", "sqrt", "square", "abs", "absolute", "sign", "floor", "ceil", "rint", "negative", "reciprocal"),
    *("isnan", "isinf", "isfinite", "logical_not", "deg2rad", "zeros_like", "ones_like", "full_like", "copy"),
    *("sum", "mean", "std", "var", "max", "min", "amax", "amin", "prod", "any", "all", "median", "argmax", "argmin"),
    *("cumsum", "cumprod", "argsort", "sort", "unique", "transpose", "squeeze", "ravel", "flip", "diff", "trace"),
    *("reshape", "expand_dims", "round", "around", "clip", "nonzero", "array", "asarray", "ptp"),
    *("append", "argwhere", "average", "cbrt", "count_nonzero", "degrees", "flatnonzero", "fliplr", "flipud", "interp"),
    *("isin", "nan_to_num", "percentile", "quantile", "radians", "roll", "searchsorted", "swapaxes", "take"),
)
BROADCAST = (
    *("add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "power", "mod", "maximum", "minimum"),
    *("greater", "less", "equal", "not_equal", "greater_equal", "less_equal", "logical_and", "logical_or", "arctan2"),
    *("where", "hypot", "isclose", "allclose", "array_equal", "fmod"),
)
HOST = {name: value for name, value in np.__dict__.items() if name in {*SAME, *BROADCAST}}


def _linalg(name: str, host: Callable[..., Any]) -> Value:
    return _function(name, host, _all)


def _typed(name: str) -> Value:
    def call(run: Machine, given: Given, keywords: Keywords) -> Value:
        take(name, given, keywords, 0, 1)
        value = raw(run, given[0]) if given else 0
        return arrays.apply(run, lambda: np.asarray(value).astype(name)[()], [], {}, int(np.size(value)))

    return TypeValue(name, frozenset(), call, f"<class 'numpy.{name}'>")


MEMBERS: dict[str, Value] = {
    **{name: _function(name, HOST[name], _all) for name in SAME},
    **{name: _function(name, HOST[name], _beside) for name in BROADCAST},
    **{name: _function(name, host, _made) for name, host in (("zeros", np.zeros), ("ones", np.ones))},
    "empty": _function("empty", np.zeros, _made),
    "full": _function("full", np.full, _made),
    "arange": _function("arange", np.arange, _range),
    "linspace": _function("linspace", np.linspace, _steps),
    "logspace": _function("logspace", np.logspace, _steps),
    "meshgrid": _function("meshgrid", np.meshgrid, _grids),
    "kron": _function("kron", np.kron, _product),
    "eye": _function("eye", np.eye, _square),
    "identity": _function("identity", np.identity, _square),
    "dot": _function("dot", np.dot, _dot),
    "matmul": _function("matmul", np.matmul, _matrix),
    "outer": _function("outer", np.outer, _product),
    "repeat": _function("repeat", np.repeat, _repeated),
    "tile": _function("tile", np.tile, _times),
    "diag": _function("diag", np.diag, _diagonal),
    "tril": _function("tril", np.tril, _diagonal),
    "triu": _function("triu", np.triu, _diagonal),
    **{
        name: _function(name, host, _all)
        for name, host in (
            ("concatenate", np.concatenate),
            ("stack", np.stack),
            ("vstack", np.vstack),
            ("hstack", np.hstack),
            ("column_stack", np.column_stack),
        )
    },
    **{name: _typed(name) for name in arrays.DTYPE_NAMES if name != "bool"},
    "bool_": _typed("bool"),
    "ndarray": TypeValue("numpy.ndarray", frozenset({Array}), text="<class 'numpy.ndarray'>"),
    "finfo": Builtin("finfo", _finfo),
    "bincount": _function("bincount", np.bincount, _counts),
    "ndindex": Builtin("ndindex", _places),
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "newaxis": None,
}

LINALG: dict[str, Value] = {
    "norm": _linalg("norm", np.linalg.norm),
    "det": _linalg("det", np.linalg.det),
    "inv": _linalg("inv", np.linalg.inv),
    "solve": _linalg("solve", np.linalg.solve),
}
