"""NumPy's arrays and scalars as values of the language: what operators, items and methods of theirs give, each within the budget."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.program import arithmetic, reach, sizes
from engine.program.failures import ProgramError
from engine.program.prices import ELEMENT, SLOW, SORTED
from engine.program.values import Array, Builtin, Stream, TypeValue, Value, View, type_name

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
KINDS = "biuf"
NESTING = 8
DTYPE_NAMES = ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
SHOWN = {name: TypeValue(name, frozenset(), text=name) for name in DTYPE_NAMES}
PYTHON = {"float": "float64", "int": "int64", "bool": "bool"}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    **{kind: apply for kind, (_, apply) in arithmetic.ORDERS.items()},
}


def of_type(value: Value) -> np.dtype[Any]:
    """The NumPy dtype that a value stands for. Raises TypeError for what is none of those here."""
    name = value if type(value) is str else value.name if type(value) is TypeValue else None
    name = PYTHON.get(str(name), name)
    if name not in DTYPE_NAMES:
        raise ProgramError("TypeError", f"data type {type_name(value)!r} not understood", code="argument")
    return np.dtype(name)


def raw(run: Machine, value: Value, depth: int = 0) -> Any:
    """A value as NumPy takes it: arrays, numbers, and lists of them made into arrays."""
    kind = type(value)
    if kind is Array:
        return value.data
    if kind in (int, float, bool) or value is None or kind in (slice, type(...)):
        return value
    if kind in reach.TENSORS:
        return run.host(reach.METHODS["numpy"], [value], {}).data
    if kind in (list, tuple, range, Stream, View) and depth < NESTING:
        items = [raw(run, item, depth + 1) for item in run.gather(value)]
        return items if depth else stacked(run, items)
    if kind is TypeValue or kind is str:
        return of_type(value)
    raise ProgramError(
        "TypeError", f"a value of type '{type_name(value)}' cannot be put into an array", code="argument"
    )


def stacked(run: Machine, items: list[Any]) -> Any:
    """The rows as one array. Raises ValueError where they are of different shapes."""
    run.meter.need_elements(_leaves(items))
    try:
        return checked(np.array(items))
    except (ValueError, TypeError, OverflowError) as error:
        raise ProgramError("ValueError", str(error)) from None


def _leaves(value: Any) -> int:
    return sum(map(_leaves, value)) if type(value) is list else int(np.size(value))


def checked(data: Any) -> Any:
    """The array, where its elements are numbers of NumPy's."""
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind not in KINDS:
        raise ProgramError("ValueError", "an array holds real numbers of one width here", code="argument")
    return data


def wrapped(run: Machine, result: Any) -> Value:
    """What NumPy gave, as a value of the language."""
    if isinstance(result, (np.ndarray, np.generic)):
        made = Array(checked(result))
        if isinstance(result, np.ndarray) and result.size >= 1000:
            run.meter.watch(result)
        return made
    if type(result) is tuple or type(result) is list:
        return type(result)(wrapped(run, item) for item in result)
    return result


def apply(run: Machine, function: Callable[..., Any], given: list[Any], named: dict[str, Any], size: int) -> Value:
    """What a function of NumPy gives, its room asked for before; its errors become the program's."""
    run.meter.need_elements(size)
    if function in PRODUCTS and given:
        inner = (shape_of(given[0]) or (1,))[-1]
        run.meter.need_products(size * inner, np.result_type(*given[:1]).name)
    run.meter.need_work(_work(function.__name__.lstrip("_"), given, named, size))
    try:
        with np.errstate(all="ignore"):
            result = function(*given, **named)
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise ProgramError(type(error).__name__ if type(error) in WORDS else "ValueError", str(error)) from None
    return wrapped(run, result)


def _work(name: str, given: list[Any], named: dict[str, Any], size: int) -> int:
    """The multiply-adds of NumPy's function of this name beyond its result's elements."""
    if name in SORTED or name in SEARCHED:
        return ELEMENT * size * size.bit_length() // 2
    shape = shape_of(given[0]) if given else ()
    if len(shape) > 1 and (name in TAKEN_APART or (name == "norm" and (len(given) > 1 or "ord" in named))):
        return 4 * math.prod(shape) * min(shape[-2:])
    return ELEMENT * SLOW.get(name, 0) * size


SEARCHED = frozenset({"interp", "percentile", "permutation", "shuffle"})
"""What takes about as long as putting elements in order, beside the sorting functions."""
TAKEN_APART = frozenset({"det", "inv", "solve"})
PRODUCTS: frozenset[Callable[..., Any]] = frozenset({operator.matmul, operator.imatmul, np.matmul, np.dot})
WORDS = frozenset({ValueError, TypeError, IndexError, OverflowError, ZeroDivisionError, RuntimeError})


def shape_of(value: Any) -> tuple[int, ...]:
    return value.shape if isinstance(value, np.ndarray) else ()


def together(values: list[Any]) -> int:
    """The elements of the shape that all of these broadcast to."""
    return sizes.broadcast([shape_of(value) for value in values])


def dot(left: tuple[int, ...], right: tuple[int, ...]) -> int:
    """The elements of `np.dot`: every row of the one with every column of the other."""
    if not left or not right:
        return math.prod(left) * math.prod(right)
    return math.prod(left[:-1]) * math.prod(right[:-2]) * (right[-1] if len(right) > 1 else 1)


def operate(run: Machine, kind: type[ast.operator], left: Value, right: Value, in_place: bool) -> Value:
    """The result of an operator one of whose operands is an array."""
    if run.is_tensor(left) or run.is_tensor(right):
        return run.operate(kind, _beside(run, left), _beside(run, right), in_place=in_place)
    if not {type(left), type(right)} <= {Array, int, float, bool, list, tuple}:
        raise arithmetic.unsupported(kind, left, right, in_place)
    first, second = raw(run, left), raw(run, right)
    size = sizes.matmul(shape_of(first), shape_of(second)) if kind is ast.MatMult else together([first, second])
    if in_place and isinstance(first, np.ndarray):
        run.recorder.settle()
        apply(run, arithmetic.IN_PLACE[kind], [first, second], {}, size)
        return left
    return apply(run, arithmetic.OPERATORS[kind][1], [first, second], {}, size)


def _beside(run: Machine, value: Value) -> Value:
    """An array as a tensor takes it into an operation."""
    if type(value) is not Array:
        return value
    return value.data.item() if not value.data.ndim else run.host(reach.TORCH["tensor"], [value.data], {})


def compare(run: Machine, kind: type[ast.cmpop], left: Value, right: Value) -> Value:
    if run.is_tensor(left) or run.is_tensor(right):
        return run.compare(kind, _beside(run, left), _beside(run, right))
    if not {type(left), type(right)} <= {Array, int, float, bool, list, tuple}:
        return kind is ast.NotEq
    first, second = raw(run, left), raw(run, right)
    return apply(run, COMPARE[kind], [first, second], {}, together([first, second]))


def unary(run: Machine, value: Array, function: Callable[[Any], Any]) -> Value:
    return apply(run, function, [value.data], {}, value.data.size)


# Items


def _index(run: Machine, index: Value) -> Any:
    return tuple([raw(run, part) for part in index]) if type(index) is tuple else raw(run, index)


def item(run: Machine, owner: Array, index: Value) -> Value:
    picked = _index(run, index)
    chosen = [part for part in (picked if type(picked) is tuple else (picked,)) if isinstance(part, np.ndarray)]
    size = owner.data.size
    if chosen and not any(part.dtype == bool for part in chosen):
        size = together(chosen) * math.prod(sorted(shape_of(owner.data))[len(chosen) :])
    return apply(run, operator.getitem, [owner.data, picked], {}, size)


def set_item(run: Machine, owner: Array, index: Value, value: Value) -> None:
    if not isinstance(owner.data, np.ndarray):
        name = type_name(owner)
        raise ProgramError("TypeError", f"'{name}' object does not support item assignment", code="not-subscriptable")
    run.recorder.settle()
    apply(run, operator.setitem, [owner.data, _index(run, index), raw(run, value)], {}, owner.data.size)


# Attributes and methods


def attribute(run: Machine, owner: Array, name: str) -> Value:
    """The value of `array.name`; None where there is none."""
    data = owner.data
    if name == "shape":
        return tuple(data.shape)
    if name in ("ndim", "size"):
        return int(data.ndim if name == "ndim" else data.size)
    if name == "dtype":
        return SHOWN[data.dtype.name]
    if name == "T":
        return wrapped(run, data.T)
    if name in METHODS:
        return Builtin(name, lambda at, given, keywords: method(at, owner, name, given, keywords))
    return None


def method(run: Machine, owner: Array, name: str, given: Given, keywords: Keywords) -> Value:
    """What a method of an array gives."""
    data = owner.data
    if name in ("item", "tolist"):
        run.meter.need_items(data.size)
        try:
            return data.item() if name == "item" else data.tolist()
        except ValueError as error:
            raise ProgramError("ValueError", str(error)) from None
    if name == "reshape" and len(given) == 1:
        wanted: list[Any] = [
            tuple([run.whole(v) for v in run.gather(given[0])]) if type(given[0]) is not int else given[0]
        ]
    else:
        wanted = [raw(run, value) for value in given]
    if name in ("fill", "sort"):
        run.recorder.settle()
    size = data.size
    if name == "dot" and wanted:
        size = dot(shape_of(data), shape_of(wanted[0]))
    named = {key: _keyword(run, key, value) for key, value in keywords.items()}
    return apply(run, METHODS[name], [data, *wanted], named, size)


def _keyword(run: Machine, key: str, value: Value) -> Any:
    if key in ("axis", "size", "shape") and type(value) in (tuple, list):
        return tuple([run.whole(part) for part in value])
    if (key == "ord" and value in ("fro", "nuc")) or (key == "indexing" and value in ("xy", "ij")):
        return value
    return raw(run, value)


def _sort(data: Any, axis: int = -1) -> None:
    data.sort(axis=axis)


METHODS: dict[str, Callable[..., Any]] = {
    "sum": np.sum,
    "mean": np.mean,
    "std": np.std,
    "var": np.var,
    "max": np.max,
    "min": np.min,
    "prod": np.prod,
    "any": np.any,
    "all": np.all,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "argsort": np.argsort,
    "cumsum": np.cumsum,
    "clip": np.clip,
    "round": np.round,
    "dot": np.dot,
    "reshape": lambda data, *shape: np.reshape(data, shape[0] if len(shape) == 1 else shape),
    "transpose": lambda data, *axes: np.transpose(data, axes or None),
    "astype": lambda data, kind: data.astype(kind),
    "copy": lambda data: data.copy(),
    "flatten": lambda data: np.ravel(data).copy(),
    "ravel": np.ravel,
    "squeeze": np.squeeze,
    "nonzero": np.nonzero,
    "fill": lambda data, value: data.fill(value),
    "sort": _sort,
    "item": np.ndarray.item,
    "tolist": np.ndarray.tolist,
}
