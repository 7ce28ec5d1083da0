"""The arguments of a call as the rules of sizes and work read them, whichever of the accepted ways they were given in.

PyTorch takes an argument by place or by name, names in any order, NumPy's names for some; a rule sees places first, then names in the order of
the parameters, and NumPy's arrays as tensors. What the engine is called with stays as it was.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from engine import bindings, signatures
from engine.tensor import Tensor

Given = list[Any]
Named = dict[str, Any]
Way = tuple[tuple[str, ...], int]
"""One way to call a function: the names of its parameters in order, and how many of them may be given by place."""
CANONICAL = {alias: name for name, aliases in signatures.ALIASES.items() for alias in aliases}


@functools.cache
def _signed(path: str) -> tuple[Way, ...]:
    own = ("input",) if path.startswith("Tensor.") else ()
    signed = signatures.signatures(path)
    if not signed and path in bindings.parameters():
        names = bindings.parameters()[path][1]
        return ((names, len(names)),)
    return tuple(((*own, *(each.name for each in one.parameters)), len(own) + one.positional) for one in signed)


def ways(path: str, function: Callable[..., Any]) -> tuple[Way, ...]:
    """The ways to call a function, one at least; a method's path begins with `Tensor.`."""
    found = _signed(path)
    if found:
        return found
    while type(function) is FunctionType and "__wrapped__" in function.__dict__:
        function = function.__dict__["__wrapped__"]
    if type(function) is not FunctionType or not function.__code__.co_argcount:
        return ((("input",), 1),)
    code = function.__code__
    return ((code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], code.co_argcount),)


def whole(value: Any) -> int:
    """What a size is: a whole number, or a tensor of one; anything else counts as 1."""
    if type(value) in (int, bool):
        return int(value)
    return int(value._data.reshape(())) if isinstance(value, Tensor) and value._data.size == 1 else 1


def several(value: Any) -> list[Any] | None:
    """The items of what may be given where several sizes are asked for; None where it is no row."""
    if isinstance(value, (list, tuple)):
        return list(value)
    return list(value._data.tolist()) if isinstance(value, Tensor) and value._data.ndim == 1 else None


def placed(path: str, function: Callable[..., Any], given: Given, named: Named) -> tuple[Given, Named]:
    """The arguments by place as far as there are any, the others by name."""
    if any(type(value) is np.ndarray for value in (*given, *named.values())):
        given, named = list(map(_tensor, given)), {key: _tensor(value) for key, value in named.items()}
    if not named:
        return given, named
    found = ways(path, function)
    known = {name for names, _ in found for name in names}
    named = {key if key in known else CANONICAL.get(key, key): value for key, value in named.items()}
    names, most = next((one for one in found if named.keys() <= set(one[0])), found[0])
    first = list(given)
    for name in names[len(given) : most]:
        if name not in named:
            break
        first.append(named.pop(name))
    rest = {name: named[name] for name in names if name in named}
    return first, {**rest, **named}


def _tensor(value: Any) -> Any:
    return Tensor(value) if type(value) is np.ndarray else value
