"""`torch.testing`: whether two values are close, item for item, and where they differ most if they are not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes, grad_mode, recording
from engine.program import reach
from engine.program.arguments import fitted
from engine.program.failures import ProgramError
from engine.program.functions import type_of
from engine.program.values import DICTS, Array, Builtin, Deque, Record, Value
from engine.size import Size

if TYPE_CHECKING:
    from engine.program.machine import Machine

Given = list[Value]
Keywords = dict[str, Value]
PRECISION: dict[dtypes.dtype, tuple[float, float]] = {
    dtypes.float16: (0.001, 1e-5),
    dtypes.float32: (1.3e-6, 1e-5),
    dtypes.float64: (1e-7, 1e-7),
}
"""How far numbers of a dtype may lie apart where a program does not say it: a share of what was expected, and a distance."""
NUMBERS: dict[type, dtypes.dtype] = {int: dtypes.int64, float: dtypes.float64}
ROWS: frozenset[type] = frozenset({list, tuple, Record, Deque, range, Size})
DEPTH = 30
WIDE = 1000
"""So much of a value a message tells."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks for: `rtol`, `atol` or neither, what else must be equal, and the words for a failure."""

    rtol: float | None
    atol: float | None
    equal_nan: bool
    subclasses: bool
    dtype: bool
    stride: bool
    msg: Value


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values that must be close, where they were found, and their tolerances: None for what must be the same."""

    actual: Value
    expected: Value
    path: tuple[Value, ...]
    rtol: float | None = None
    atol: float | None = None


def _assert_close(run: Machine, given: Given, keywords: Keywords) -> Value:
    if len(given) > 2:
        text = f"assert_close() takes 2 positional arguments but {len(given)} were given"
        raise ProgramError("TypeError", text, code="arguments")
    parameters: dict[str, Value] = {"actual": ..., "expected": ..., "allow_subclasses": True, "rtol": None, "atol": None, "equal_nan": False,
                                    "check_device": True, "check_dtype": True, "check_layout": True, "check_stride": False, "msg": None}  # fmt: skip
    told = fitted("assert_close", parameters, given, keywords)
    rtol, atol = (None if told[name] is None else run.as_float(told[name]) for name in ("rtol", "atol"))
    flags = ("equal_nan", "allow_subclasses", "check_dtype", "check_stride")
    equal_nan, subclasses, dtype, stride = (run.truth(told[name]) for name in flags)
    asked = Asked(rtol, atol, equal_nan, subclasses, dtype, stride, told["msg"])
    pairs = list(_pairs(run, told["actual"], told["expected"], (), asked, 0))
    for pair in pairs:
        words = _difference(run, pair, asked)
        if words is not None:
            raise _failure(run, "AssertionError", words, pair.path, asked.msg)


def _failure(run: Machine, kind: str, words: str, path: tuple[Value, ...], msg: Value = None) -> ProgramError:
    """The error, in the program's own words where it gave some."""
    if type(msg) is str:
        return ProgramError(kind, msg)
    if path:
        words += f"\n\nThe failure occurred for item {_at(run, path)}"
    return ProgramError(kind, words if msg is None else run.shown(run.call(msg, [words], {}), WIDE))


def _pairs(
    run: Machine, actual: Value, expected: Value, path: tuple[Value, ...], asked: Asked, depth: int
) -> Iterator[Pair]:
    """The pairs in two values, in order. Raises AssertionError where they are not built alike, TypeError for what cannot be compared."""
    run.meter.burn(1)
    if depth > DEPTH:
        raise ProgramError("RecursionError", "maximum recursion depth exceeded", code="nesting")
    if type(actual) in ROWS and type(expected) in ROWS:
        ours, theirs = run.gather(actual), run.gather(expected)
        if len(ours) != len(theirs):
            text = f"The length of the sequences mismatch: {len(ours)} != {len(theirs)}"
            raise _failure(run, "AssertionError", text, path)
        for place, each in enumerate(zip(ours, theirs, strict=True)):
            yield from _pairs(run, *each, (*path, place), asked, depth + 1)
    elif type(actual) in DICTS and type(expected) in DICTS:
        keys = list(actual)
        if actual.keys() != expected.keys():
            missing, more = _keys(run, expected, actual), _keys(run, actual, expected)
            text = (
                f"The keys of the mappings do not match:\nMissing keys in the actual mapping: {missing}\n"
                f"Additional keys in the actual mapping: {more}"
            )
            raise _failure(run, "AssertionError", text, path)
        if all(type(key) is str for key in keys):
            keys.sort()
        for key in keys:
            yield from _pairs(run, actual[key], expected[key], (*path, key), asked, depth + 1)
    else:
        yield _pair(run, actual, expected, path, asked)


def _keys(run: Machine, these: dict[Value, Value], those: dict[Value, Value]) -> str:
    """The keys that one has and the other has not."""
    found = [key for key in these if key not in those]
    return run.repr(sorted(found) if all(type(key) is str for key in found) else found, WIDE)


def _pair(run: Machine, actual: Value, expected: Value, path: tuple[Value, ...], asked: Asked) -> Pair:
    both = (actual, expected)
    if None in (actual if actual is None else 0, expected if expected is None else 0):
        return Pair(actual, expected, path)
    if all(type(each) is bool for each in both):
        return Pair(actual, expected, path)
    if all(type(each) in (int, float, bool) for each in both):
        if bool in map(type, both):
            raise ProgramError("RuntimeError", _odd(run, actual, expected, path))
        return Pair(actual, expected, path, *_tolerances(run, [NUMBERS[type(each)] for each in both], path, asked))
    tensors = all(type(each) in reach.TENSORS for each in both)
    if tensors and not asked.subclasses:
        tensors = type(actual) is type(expected)
    arrays = all(type(each) is Array for each in both) and all(each.data.dtype.kind in "biuf" for each in both)
    if not tensors and not arrays:
        kinds = (run.shown(type_of(run, each), WIDE) for each in both)
        text = "No comparison pair was able to handle inputs of type {} and {}.".format(*kinds)
        raise _failure(run, "TypeError", text, path)
    if arrays:
        actual, expected = (run.host(reach.TORCH["as_tensor"], [run.outward(each)], {}) for each in both)
    return Pair(actual, expected, path, *_tolerances(run, [actual.dtype, expected.dtype], path, asked))


def _odd(run: Machine, actual: Value, expected: Value, path: tuple[Value, ...]) -> str:
    """What PyTorch says of a bool beside a number, which it did not think of."""
    told = "\n\nand\n\n".join(f"{type(each).__name__}(): {each}" for each in (actual, expected))
    return (
        f"Originating a NumberPair() at item {_at(run, path)} with\n\n{told}\n\nresulted in the unexpected exception above. "
        "If you are a user and see this message during normal operation please file an issue at https://github.com/pytorch/pytorch/issues. "
        "If you are a developer and working on the comparison functions, please except the previous error and raise an expressive `ErrorMeta` "
        "instead."
    )


def _at(run: Machine, path: tuple[Value, ...]) -> str:
    return "".join(f"[{run.repr(each, WIDE)}]" for each in path)


def _tolerances(run: Machine, kinds: list[dtypes.dtype], path: tuple[Value, ...], asked: Asked) -> tuple[float, float]:
    """The looser of what two dtypes usually have. Raises ValueError where the program says but one of both."""
    if asked.rtol is not None and asked.atol is not None:
        return asked.rtol, asked.atol
    if asked.rtol is not None or asked.atol is not None:
        no = "rtol" if asked.rtol is None else "atol"
        text = f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {no}."
        raise _failure(run, "ValueError", text, path)
    shares, distances = zip(*(PRECISION.get(kind, (0.0, 0.0)) for kind in kinds), strict=True)
    return max(shares), max(distances)


def _difference(run: Machine, pair: Pair, asked: Asked) -> str | None:
    """What to say of two values that are not close; None where they are."""
    actual, expected = pair.actual, pair.expected
    if pair.rtol is None or pair.atol is None:
        if actual is expected:
            return None
        kind = "None" if actual is None or expected is None else "Booleans"
        return f"{kind} mismatch: {run.shown(actual, WIDE)} is not {run.shown(expected, WIDE)}"
    if type(actual) in (int, float):
        return _of_numbers(actual, expected, pair.rtol, pair.atol, asked)
    shown = _attributes(actual, expected, asked)
    if shown is not None:
        return "The values for attribute '{}' do not match: {} != {}.".format(*shown)
    run.meter.need_elements(4 * actual.numel())
    with recording.unseen(), grad_mode.no_grad():
        return _of_tensors(run, actual, expected, pair.rtol, pair.atol, asked.equal_nan)


def _attributes(actual: Value, expected: Value, asked: Asked) -> tuple[str, Any, Any] | None:
    """The first attribute that must be equal and is not, and what it is on both sides."""
    wanted = {"shape": (actual.shape, expected.shape)}
    if asked.stride:
        wanted["stride()"] = (actual.stride(), expected.stride())
    if asked.dtype:
        wanted["dtype"] = (actual.dtype, expected.dtype)
    return next(((name, ours, theirs) for name, (ours, theirs) in wanted.items() if ours != theirs), None)


def _of_numbers(actual: float, expected: float, rtol: float, atol: float, asked: Asked) -> str | None:
    if asked.dtype and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    if actual == expected or (asked.equal_nan and math.isnan(actual) and math.isnan(expected)):
        return None
    distance = abs(actual - expected)
    if math.isfinite(distance) and distance <= atol + rtol * abs(expected):
        return None
    return _told_number("Scalars", actual, expected, rtol, atol)


def _told_number(what: str, actual: float, expected: float, rtol: float, atol: float) -> str:
    distance = abs(actual - expected)
    share = math.inf if expected == 0 else distance / abs(expected)
    return _told(what, f"Expected {expected} but got {actual}.", (distance, None), (share, None), rtol, atol)


def _of_tensors(run: Machine, actual: Value, expected: Value, rtol: float, atol: float, equal_nan: bool) -> str | None:
    call: Callable[..., Any] = lambda name, *given, **named: run.host(reach.TORCH[name], list(given), named)  # noqa: E731
    if actual.dtype is not expected.dtype:
        kind = call("promote_types", actual.dtype, expected.dtype)
        actual, expected = (run.host(reach.METHODS["to"], [each, kind], {}) for each in (actual, expected))
    matches = call("isclose", actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan)._data
    if bool(np.all(matches)):
        return None
    if not actual.shape:
        return _told_number("Scalars", actual.item(), expected.item(), rtol, atol)
    whole = actual._data.dtype.kind != "f"
    ours, theirs = (np.asarray(each._data).astype(np.int64) if whole else each._data for each in (actual, expected))
    with np.errstate(all="ignore"):
        distances = np.where(matches, 0, np.abs(ours - theirs))
        shares = np.abs(theirs)
        shares = np.where(matches, 0, (distances / shares).astype(np.float32 if whole else ours.dtype))
    count = matches.size - int(np.sum(matches))
    extra = f"Mismatched elements: {count} / {matches.size} ({count / matches.size:.1%})"
    return _told("Tensor-likes", extra, _greatest(distances), _greatest(shares), rtol, atol)


def _greatest(values: Any) -> tuple[float, tuple[int, ...]]:
    """The greatest of the numbers, the first nan before all, and its index."""
    place = int(np.argmax(values))
    return values.flat[place].item(), tuple(int(each) for each in np.unravel_index(place, values.shape))


def _told(
    what: str, extra: str, distance: tuple[float, Any], share: tuple[float, Any], rtol: float, atol: float
) -> str:
    exact = rtol == 0 and atol == 0
    lines = [f"{what} are not {'equal' if exact else 'close'}!", "", extra]
    for kind, (size, place), most in (("absolute", distance, atol), ("relative", share, rtol)):
        text = f"{kind.title()} difference: {size}"
        if place is not None:
            text = f"Greatest {kind} difference: {size} at index {place}"
        lines.append(text if exact else f"{text} (up to {most} allowed)")
    return "\n".join(lines)


MEMBERS: dict[str, Value] = {"assert_close": Builtin("assert_close", _assert_close)}
