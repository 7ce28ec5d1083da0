"""What a program can reach in the engine: the tables of `engine.names`, with the kinds of object the interpreter must tell apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import grad_mode, names
from engine.program.values import HostFunction, TypeValue, Value
from engine.tensor import Tensor

TENSORS: frozenset[type] = frozenset({Tensor})
TORCH: dict[str, Any] = names.TORCH
METHODS: dict[str, Callable[..., Any]] = names.METHODS
ATTRIBUTES: dict[str, Callable[..., Any]] = names.ATTRIBUTES
SETTERS: dict[str, Callable[..., Any]] = names.SETTERS
OBJECTS: dict[tuple[type, str], Callable[..., Any]] = {}
GETTERS: dict[tuple[type, str], Callable[..., Any]] = {}
OBJECT_SETTERS: dict[tuple[type, str], Callable[..., Any]] = {}
HOST_TYPES: frozenset[type] = frozenset()
ITERATORS: frozenset[type] = frozenset()
NAMED_TUPLES: frozenset[type] = frozenset()
SIZED: frozenset[type] = frozenset()
CALLABLES: frozenset[type] = frozenset()
MODES: dict[str, Callable[..., Any]] = {
    "no_grad": grad_mode.no_grad,
    "enable_grad": grad_mode.enable_grad,
    "set_grad_enabled": grad_mode.set_grad_enabled,
}
SPACES = {path.rpartition(".")[0] for path in TORCH if "." in path}
SPACES |= {path.partition(".")[0] for path in SPACES}


def torch_value(path: str) -> Value:
    """The value of a name in `torch`: a function, a type, or a constant."""
    found = TORCH[path]
    if found is Tensor:
        return TypeValue("Tensor", TENSORS, None, "<class 'torch.Tensor'>")
    if callable(found):
        return HostFunction(path, found)
    return found
