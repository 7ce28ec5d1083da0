"""Functions of `torch.nn.functional` that PyTorch has in Python: the order of their parameters, Python's words, and the old ways to ask for a sum."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from engine import accepted
from engine.signatures import type_name
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
        path, _, called = head.partition("=")
        parts = body.strip().split(", ")
        names = tuple(part.rstrip("=") for part in parts)
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

    def call(*given: Any, **named: Any) -> Any:
        if len(given) > needed or not OLD.isdisjoint(named):
            refused = refusal(called, names, needed, given, named)
            if refused is not None:
                raise TypeError(refused)
            given, named = given[:needed], {**dict(zip(names[needed:], given[needed:], strict=False)), **named}
            _modern(named)
        try:
            return front(*given, **named)
        except Exception:
            refused = refusal(called, names, needed, given, named)
            if refused is not None:
                raise TypeError(refused) from None
            inside = _no_tensor(name, {**dict(zip(names, given, strict=False)), **named})
            if inside is None:
                raise
            raise inside from None

    return call


@functools.cache
def _tensors() -> dict[str, tuple[str, list[str]]]:
    """By the path of a function: what its tensors are handed to, and their names there in order, `?` where one may be None."""
    return {path: (called, names) for path, called, *names in map(str.split, accepted.HANDED.strip().splitlines())}


def _no_tensor(name: str, given: Named) -> Exception | None:
    """What PyTorch raises within a function of its own in Python for an argument that is no tensor."""
    called, names = _tensors().get(name, ("", []))
    for place, each in enumerate(names, 1):
        value = given.get(each.rstrip("?"))
        if isinstance(value, Tensor) or each.rstrip("?") not in given or (value is None and each.endswith("?")):
            continue
        if called == ".size":
            return AttributeError(f"'{type(value).__name__}' object has no attribute 'size'")
        return TypeError(f"{called}(): argument '{each.rstrip('?')}' (position {place}) must be Tensor, not {type_name(value)}")  # fmt: skip
    return None


def _modern(named: Named) -> None:
    """Turn the flags that PyTorch had before 1.0 into the name of a reduction."""
    average, reduce = named.pop("size_average", None), named.pop("reduce", None)
    if average is None and reduce is None:
        return
    kept = reduce is None or bool(reduce)
    named["reduction"] = ("mean" if average is None or average else "sum") if kept else "none"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{named['reduction']}' instead.",
        UserWarning,
        stacklevel=3,
    )
