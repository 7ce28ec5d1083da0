"""Functions of `torch.nn.functional` that PyTorch has in Python: the order of their parameters, Python's words, and the old ways to ask for a sum."""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine import accepted, glance, strangers
from engine.glance import plain, wide
from engine.signatures import Signature, read, type_name
from engine.tensor import Tensor

Given = tuple[Any, ...]
Named = dict[str, Any]
OLD = frozenset({"size_average", "reduce"})


@functools.cache
def parameters() -> dict[str, tuple[str, tuple[str, ...], int]]:
    """By the path of a function: its name in messages, its parameters, and how many of them have to be given."""
    lines = accepted.PYTHON.strip().splitlines()
    found = {}
    for head, body in zip(lines[::2], lines[1::2], strict=True):
        paths, _, called = head.partition("=")
        parts = body.strip().split(", ")
        names = tuple(part.rstrip("=") for part in parts)
        for path in paths.split():
            found[path] = (called or path.rpartition(".")[2], names, sum(not part.endswith("=") for part in parts))
    return found


def refusal(called: str, names: tuple[str, ...], needed: int, given: Given, named: Named) -> str | None:
    """Why Python would not bind these arguments, in its words."""
    for key in named:
        if key not in names:
            return f"{called}() got an unexpected keyword argument '{key}'"
        if names.index(key) < len(given):
            return f"{called}() got multiple values for argument '{key}'"
    if len(given) > len(names):
        few = f"from {needed} to {len(names)}" if needed != len(names) else str(needed)
        return f"{called}() takes {few} positional argument{'s' * (len(names) != 1)} but {len(given)} were given"
    missing = [f"'{name}'" for name in names[len(given) : needed] if name not in named]
    if not missing:
        return None
    told = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])}{',' * (len(missing) > 2)} and {missing[-1]}"
    return f"{called}() missing {len(missing)} required positional argument{'s' * (len(missing) != 1)}: {told}"


def bound(name: str, front: Callable[..., Any]) -> Callable[..., Any]:
    """The function as Python would call it: each argument by place or by name, `size_average` and `reduce` told as a reduction."""
    called, names, needed = parameters()[name]
    placed = _placed(front, names)

    def fault(given: Given, named: Named) -> Exception | None:
        told = refusal(called, names, needed, given, named)
        return TypeError(told) if told else _refused(name, {**dict(zip(names, given, strict=False)), **named})

    def look(given: Given, named: Named, key: Any, taken: set[Any]) -> tuple[Given, Named]:
        known = (..., key) in taken
        # These are called otherwise than they stand, so their kinds are kept apart.
        turned = len(given) > placed or not OLD.isdisjoint(named)
        if turned:
            refused = None if known else refusal(called, names, needed, given, named)
            if refused is not None:
                raise TypeError(refused)
            given, named = given[:needed], {**dict(zip(names[needed:], given[needed:], strict=False)), **named}
            _modern(named)
        if not known:
            wrong = fault(given, named)
            if wrong is not None:
                raise wrong
            if wide(given[1:]) and wide(named.values()) and plain(key):
                taken.add((..., key) if turned else key)
        return given, named

    def failed(given: Given, named: Named, error: Exception) -> Any:
        wrong = fault(given, named)
        if wrong is None:
            wrong = strangers.told(called, error, given, named)
            numbers = wrong and _numbered(name, names, given, named)
            if numbers:
                return front(**numbers)
        if wrong is None:
            raise error
        raise wrong from None

    return glance.checked(front, look, failed)


def _placed(front: Any, names: tuple[str, ...]) -> int:
    """How many of these parameters a function takes by place in the same order."""
    while "__wrapped__" in front.__dict__:
        front = front.__wrapped__
    own = front.__code__.co_varnames[: front.__code__.co_argcount]
    return len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], zip(names, own, strict=False))))


@functools.cache
def _handed() -> dict[str, list[Signature]]:
    """By the path of a function: the signatures of what it hands its arguments to, in order."""
    lines = accepted.HANDED.strip().splitlines()
    found: dict[str, list[Signature]] = {}
    for head, text in zip(lines[::2], lines[1::2], strict=True):
        path, called = head.split()
        found.setdefault(path, []).append(read(called, text.strip()))
    return found


# What the one calls otherwise than the other.
HANDED_AS = {"training": "train", "input": "indices"}
# What stands for an argument that is not given: its default, which fits.
FITTING = {"int": 1, "bool": False, "float": 1.0, "Number": 1.0}


def _refused(name: str, given: Named) -> Exception | None:
    """What PyTorch raises within a function of its own in Python, for an argument of another type than what it is handed to takes."""
    given = {**given, **{inner: given[outer] for outer, inner in HANDED_AS.items() if outer in given}}
    for signature in _handed().get(name, ()):
        refused = _refused_by(signature, given)
        if refused is not None:
            return refused
    return None


def _refused_by(signature: Signature, given: Named) -> Exception | None:
    if signature.called.startswith("."):
        for each in signature.parameters:
            value = given.get(each.name)
            if not isinstance(value, Tensor):
                return AttributeError(f"'{type_name(value)}' object has no attribute '{signature.called[1:]}'")
        return None
    if signature.called.endswith("_") and not given.get("inplace"):
        signature = replace(signature, called=signature.called[:-1])
    placed: list[Any] = []
    called_by_name: Named = {}
    for each in signature.parameters:
        if each.keyword:
            if each.name in given:
                called_by_name[each.name] = given[each.name]
        elif each.name in given:
            value = given[each.name]
            placed.append([value, value] if each.kind == "pair" and not isinstance(value, (list, tuple)) else value)
        elif each.none:
            placed.append(None)
        elif each.kind in FITTING:
            placed.append(FITTING[each.kind])
        else:
            break
    seen = [
        *signature.parameters[: len(placed)],
        *(each for each in signature.parameters if each.name in called_by_name),
    ]
    signature = replace(signature, parameters=tuple(seen), positional=len(placed))
    try:
        told = signature.refusal(tuple(placed), called_by_name) or signature.unpacked(tuple(placed), called_by_name)
    except (TypeError, ValueError, OverflowError) as error:
        return error
    return None if told is None else TypeError(told)


def _numbered(name: str, names: tuple[str, ...], given: Given, named: Named) -> Named | None:
    """All arguments by name, with plain numbers in the place of tensors that stand for one; None where there are none."""
    whole = {**dict(zip(names, given, strict=False)), **named}
    for signature in _handed().get(name, ()):
        numbers = signature.with_numbers((), whole)
        if numbers:
            return numbers[1]
    return None


def _modern(named: Named) -> None:
    """Turn the flags that PyTorch had before 1.0 into the name of a reduction."""
    average, reduce = named.pop("size_average", None), named.pop("reduce", None)
    if average is not None or reduce is not None:
        named["reduction"] = reduction(average, reduce, 5)


def reduction(size_average: Any, reduce: Any, above: int = 3) -> str:
    """The name of the reduction that two flags of before 1.0 asked for, with PyTorch's warning."""
    average, kept = size_average is None or size_average, reduce is None or reduce
    found = "mean" if average and kept else "sum" if kept else "none"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{found}' instead.",
        UserWarning,
        stacklevel=above,
    )
    return found
